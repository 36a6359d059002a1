"""Page edits, guarded against what slips in between, each read back.

Sources: reference sections 4 and 8; recordings 601-606 (what an edit must carry), 700-702.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bazar_forms.client import PageRow, Revision, Upload
from bazar_forms.entry import Entry
from bazar_forms.errors import BazarError, SessionLost, UnknownOutcome
from bazar_forms.field import POSITION, FieldType
from bazar_forms.recurrence import RECURRENCE_PROPERTY, flat_pairs
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.comparing import not_kept
from oscartes_sync.adapters.yeswiki.listing import entries_of
from oscartes_sync.adapters.yeswiki.reader import EntryReader
from oscartes_sync.adapters.yeswiki.revisions import Slips, Watch, overwritten, told
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.mapping.entry_writing import position_of
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.records.problem import Problem, Side

_ROUNDS = 3
"""How often a merge that is itself overtaken is merged again; the next run does the rest."""


@dataclass(slots=True)
class _Rivalry:
    """What others wrote around one edit, as far as somebody has to hear of it."""

    tag: str
    hidden: list[Revision] = field(default_factory=list)
    rivals: list[Revision] = field(default_factory=list)
    contested: list[str] = field(default_factory=list)

    def contest(self, properties: Sequence[str], rivals: Sequence[Revision]) -> None:
        """Both wrote these."""
        if properties:
            self.contested.extend(properties)
            self.rivals.extend(rivals)

    def raise_contested(self) -> None:
        """Raises Moved where both wrote the same."""
        if self.contested:
            code = "slipped-in-unreadable" if self.hidden else "slipped-in"
            edits = told(self.hidden or self.rivals)
            properties = ", ".join(dict.fromkeys(self.contested))
            raise errors.Moved(code, tag=self.tag, edits=edits, properties=properties)

    def problems(self) -> tuple[Problem, ...]:
        """A warning that names the edits of which nothing can be known."""
        if not self.hidden:
            return ()
        code = "slipped-in-unreadable"
        return (Problem.warning(code, Side.WIKI, tag=self.tag, edits=told(self.hidden)),)


@dataclass(frozen=True, slots=True)
class Edited:
    """The entry as read back, and what is to be told of others' edits."""

    entry: Entry
    problems: tuple[Problem, ...] = ()


class EntryEditor:
    """Edits entries as `reader` sees them, through the wiki's own page; errors are translated."""

    def __init__(self, reader: EntryReader) -> None:
        self._reader = reader
        self._client = reader.client
        self._bound = reader.bound
        self._recipe = reader.bound.recipe

    def watch(self, tag: str) -> Watch:
        """Begin to watch an entry; to be called before it is read for the edit."""
        with translated(self._reader.wiki, tag=tag):
            return Watch(self._client, tag)

    def edit(
        self,
        entry: Entry,
        sent: Mapping[str, str],
        watch: Watch,
        *,
        structure: object | None = None,
        files: Mapping[str, Upload] | None = None,
    ) -> Edited:
        """Send `sent` to the entry as it was read, and merge back what others wrote meanwhile.

        `structure` replaces the recurrence, which is otherwise sent back as it is; `files` are
        sent into their fields, by property.

        Raises:
            Moved: `slipped-in`, `slipped-in-unreadable`: somebody wrote the same fields. Their
                text stands again where it could be read, so that the next run merges both.
        """
        kept = entry.properties.get(RECURRENCE_PROPERTY) or None
        with translated(self._reader.wiki, tag=entry.tag):
            spot = self._spot(entry)
            wanted = kept if structure is None else structure
            reshaped = structure not in (None, kept) or bool(files)
            back = self._send(entry, sent, spot, wanted, files or {}, reshaped=reshaped)
            named = {name: _text(back.properties.get(name)) for name in files or ()}
            return self._merged(entry, {**sent, **named}, back, watch)

    # Sending

    def _spot(self, entry: Entry) -> tuple[str, str] | None:
        """The map position to send again: an edit without it empties it (recordings 601-602)."""
        if not self._bound.hidden_map:
            return position_of(entry, self._recipe)
        ours = entries_of(self._client, self._bound, [entry.tag], anonymous=False)
        latitude, longitude = self._map_names()
        stored = ours[entry.tag].properties if entry.tag in ours else {}
        spot = stored.get(latitude), stored.get(longitude)
        if entry.owner == self._bound.user:
            return _text(spot[0]), _text(spot[1])  # of our own we see everything, so none is none
        if not all(isinstance(each, str) and each for each in spot):
            raise errors.Forbidden("map-hidden", tag=entry.tag, owner=entry.owner or "?")
        return str(spot[0]), str(spot[1])

    def _map_names(self) -> tuple[str, str]:
        maps = self._bound.form.of_type(FieldType.MAP)
        return (maps[0].latitude, maps[0].longitude) if maps else POSITION

    def _send(
        self,
        entry: Entry,
        sent: Mapping[str, str],
        spot: tuple[str, str] | None,
        structure: object,
        files: Mapping[str, Upload],
        *,
        reshaped: bool,
    ) -> Entry:
        """Send the edit, and read the entry back.

        A session that ended before the edit is opened again, once; an edit whose answer was lost
        is looked for. `reshaped`: it changes the recurrence, or files, which no value that is
        sent tells.
        """
        for last in (False, True):
            try:
                self._post(entry, sent, spot, structure, files)
            except (SessionLost, UnknownOutcome) as lost:
                back = self._reader.now(entry.tag)
                untouched = back.updated == entry.updated
                if not not_kept(back, sent, self._recipe) and not (reshaped and untouched):
                    self._client.ensure_ours(entry.tag, back.user)
                    return back
                if isinstance(lost, UnknownOutcome) or last or not untouched:
                    raise
            else:
                break
        return self._reader.now(entry.tag)

    def _post(
        self,
        entry: Entry,
        sent: Mapping[str, str],
        spot: tuple[str, str] | None,
        structure: object,
        files: Mapping[str, Upload] | None = None,
    ) -> None:
        title = self._recipe.title_template or str(entry.properties.get(TITLE) or "")
        self._client.edit(
            entry.tag,
            sent,
            title_text=title,
            position=spot,
            recurrence_pairs=list(flat_pairs(RECURRENCE_PROPERTY, structure).items()),
            position_names=self._map_names(),
            files=files or None,
        )

    # Merging back

    def _merged(self, entry: Entry, sent: Mapping[str, str], back: Entry, watch: Watch) -> Edited:
        base, ours, found = entry, dict(sent), _Rivalry(entry.tag)
        for _ in range(_ROUNDS):
            slips = watch.slips(self._bound.user, partial(self._says, ours))
            found.hidden.extend(slips.hidden)
            refused = not_kept(back, ours, self._recipe)
            if slips.after and refused:
                # Theirs came last and stands, or began before ours and knew nothing of it.
                found.contest(refused, slips.after)
                break
            try:
                lost = self._put_back(base, ours, slips, watch)
            except BazarError as error:
                # Whatever it was, somebody has to hear whose text may be gone.
                edits = told(slips.before)
                raise errors.Moved("slipped-in-lost", tag=entry.tag, edits=edits) from error
            if lost is None:
                break
            found.contest([name for name in lost if name in sent], slips.before)
            base, back, ours = back, self._reader.now(entry.tag), lost
        found.raise_contested()
        if not_kept(back, sent, self._recipe):
            self._client.ensure_ours(entry.tag, back.user)
        return Edited(back, found.problems())

    def _says(self, sent: Mapping[str, str], entry: Entry) -> bool:
        return not not_kept(entry, sent, self._recipe)

    def _put_back(
        self, entry: Entry, ours: Mapping[str, str], slips: Slips, watch: Watch
    ) -> dict[str, str] | None:
        """Write what our edit overwrote of another's; None where it overwrote nothing."""
        theirs = watch.text(slips.readable)
        page = self._client.page(entry.tag) if theirs is not None else None
        now = page.entry() if isinstance(page, PageRow) else None
        if theirs is None or now is None:
            return None
        base = watch.text(slips.base) or entry
        found = overwritten(self._bound.form, base, theirs, now, ours)
        if not found:
            return None
        values = {name: _text(value) for name, value in found.items()}
        structure = found.get(RECURRENCE_PROPERTY, now.properties.get(RECURRENCE_PROPERTY))
        values.pop(RECURRENCE_PROPERTY, None)
        if self._recipe.title_template:
            values.pop(TITLE, None)
        latitude, longitude = (
            _text(found.get(name, now.properties.get(name))) for name in self._map_names()
        )
        mapped = bool(self._bound.form.of_type(FieldType.MAP))
        self._post(now, values, (latitude, longitude) if mapped else None, structure or None)
        return values


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
