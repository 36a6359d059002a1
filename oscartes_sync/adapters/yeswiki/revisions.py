"""What others wrote around one edit of ours, and what of it our edit overwrote.

The wiki checks no version: it merges what is sent into what it holds when the request begins, and
writes the whole when it ends. So an edit that came between our read and our write survives in
the fields that we did not send, but not in those that every edit must carry (the title, the map, a
recurrence), nor where both requests ran at once. The list of revisions, read before and after,
shows it; the text of a revision is got by its second alone, and of several in one second only
the lowest number can be read (reference section 8, recording 702; the server's
handlers/RevisionsHandler.php, includes/services/PageManager.php).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bazar_forms.client import BazarClient, PageRow, Revision
from bazar_forms.entry import Entry
from bazar_forms.errors import Forbidden
from bazar_forms.form import Form
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync.mapping.recipe import TITLE

_MOST_TOLD = 10
"""A writer at full speed makes more revisions than a sentence can name."""


@dataclass(frozen=True, slots=True)
class Slips:
    """Revisions by others since we read: `before` our own, `after` it; oldest first.

    `hidden` are those of `before` whose text cannot be read. `readable` is the newest of `before`
    that can; `base` is what we read, None where its text cannot be had by itself.
    """

    before: tuple[Revision, ...] = ()
    after: tuple[Revision, ...] = ()
    hidden: tuple[Revision, ...] = ()
    readable: Revision | None = None
    base: Revision | None = None


class Watch:
    """The revisions of one entry, from before it was read; BazarErrors leave it as they are."""

    def __init__(self, client: BazarClient, tag: str) -> None:
        self._client = client
        self._tag = tag
        self._listed = self._list()

    def slips(self, user: str, says_ours: Callable[[Entry], bool]) -> Slips:
        """Looks again; `user` is our account, `says_ours` whether a text is what we sent.

        From here on the present list is the one that counts as read before.
        """
        old, self._listed = self._listed, self._list()
        known = {one.id for one in old}
        newest_known = max(known, default=0)
        fresh = sorted(
            (one for one in self._listed if one.id > newest_known), key=lambda one: one.id
        )
        ours = self._ours([one for one in fresh if one.user == user], says_ours)
        before = tuple(one for one in fresh if ours is None or one.id < ours)
        base = next((one for one in self._listed if one.id == newest_known), None)
        # The list shows the last thirty: where ours has left it, there were more than it names.
        unlisted = fresh[:1] if known and base is None else []
        open_ones = [one for one in before if self._is_readable(one)]
        return Slips(
            before=before,
            after=tuple(one for one in fresh if ours is not None and one.id > ours),
            hidden=(*unlisted, *(one for one in before if one not in open_ones)),
            readable=open_ones[-1] if open_ones else None,
            base=base if base is not None and self._is_readable(base) else None,
        )

    def _ours(self, written: Sequence[Revision], says_ours: Callable[[Entry], bool]) -> int | None:
        """Which of the revisions under our name is the one just made: another run may write too."""
        for one in reversed(written) if len(written) > 1 else ():
            text = self.text(one) if self._is_readable(one) else None
            if text is not None and says_ours(text):
                return one.id
        return written[-1].id if written else None

    def text(self, revision: Revision | None) -> Entry | None:
        """The entry as one revision holds it, None where another of that second is answered."""
        if revision is None:
            return None
        row = self._client.page(self._tag, time=revision.time)
        if not isinstance(row, PageRow) or row.id != revision.id:
            return None
        return row.entry()

    def _list(self) -> tuple[Revision, ...]:
        try:
            return self._client.revisions(self._tag)
        except Forbidden:
            # A wiki whose theme shows no list: the edit is then guarded by what is read back.
            return ()

    def _is_readable(self, revision: Revision) -> bool:
        alike = [one.id for one in self._listed if one.time == revision.time]
        return revision.id == min(alike)


def overwritten(
    form: Form, base: Entry, theirs: Entry, now: Entry, ours: Mapping[str, str]
) -> dict[str, object]:
    """What our edit did to that of another: values to put back, by property.

    Compares what we read, what another wrote then, and what is there now; `ours` are the
    properties that we meant to change. What a third writer changed since is left to them.
    """
    lost: dict[str, object] = {}
    for name in tracked(form):
        was, wish, is_ = (_plain(one.properties.get(name)) for one in (base, theirs, now))
        if wish in (was, is_):
            continue
        if name in ours or is_ in (was, ""):
            lost[name] = theirs.properties.get(name)
    return lost


def tracked(form: Form) -> frozenset[str]:
    """The keys of an entry that an edit may change."""
    names = {TITLE, RECURRENCE_PROPERTY}
    for field in form.fields:
        if field.latitude:
            names |= {field.latitude, field.longitude}
        elif field.holds_value:
            names.add(field.property)
    return frozenset(names)


def told(revisions: Sequence[Revision]) -> str:
    """Who and when, by the wiki's clock, for a sentence."""
    named = dict.fromkeys(f"{one.user} {one.time}" for one in revisions)
    shown = [*named][:_MOST_TOLD]
    return ", ".join(shown) + (" …" if len(named) > _MOST_TOLD else "")


def _plain(value: object) -> str:
    if value is None or value == []:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
