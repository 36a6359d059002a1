"""Taking entries away: deleted where we may, else closed to readers, else told to their owner.

Deleting takes the owner or an administrator, whatever the write right says (reference section 4,
recordings 380-386). Files stay on the disk, public by their address (section 2, recording 509).
"""

from __future__ import annotations

from bazar_forms import errors as bazar
from bazar_forms.client import BazarClient, Hidden, PageRow
from bazar_forms.entry import Entry
from bazar_forms.field import FieldType
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.listing import entries_of, members_of, things_of
from oscartes_sync.adapters.yeswiki.reader import own_entry
from oscartes_sync.adapters.yeswiki.tokens import digest_of, token_of
from oscartes_sync.adapters.yeswiki.translate import translate, translated
from oscartes_sync.records.problem import Problem, Side

_OWNER_ALONE = "%"


class EntryRemover:
    """Removes the entries of one binding. Errors of bazar_forms leave it translated."""

    def __init__(self, client: BazarClient, bound: Bound) -> None:
        self._client = client
        self._bound = bound
        self._wiki = bound.binding.wiki

    def delete(self, tag: str, token: str, *, withdrawn: bool = False) -> None:
        """Delete an entry, and its repetitions with it; see `ports.SidePort.delete`."""
        if token:
            self._refuse_moved(tag, token)
        try:
            self._delete(tag)
        except bazar.Forbidden as refused:
            if not withdrawn or not self._close(tag):
                raise translate(refused, self._wiki, tag=tag) from refused
        except bazar.BazarError as error:
            raise translate(error, self._wiki, tag=tag) from error

    def erase(self, tag: str) -> tuple[Problem, ...]:
        """Delete an entry for good, whatever it holds by now; see `ports.SidePort.erase`.

        Its files and those of its repetitions stay on the wiki's disk, where an administrator
        alone can remove them: they are named.
        """
        with translated(self._wiki, tag=tag):
            page = self._client.page(tag)
            if page is None:
                return ()
            if isinstance(page, Hidden):
                raise errors.Forbidden("wiki-forbidden", tag=tag)
            entry = page.entry()
            if page.tag != tag or entry is None or entry.form != self._bound.form.id:
                return ()
            members = things_of(self._client, self._bound, anonymous=False).get(tag) or [entry]
            files = self._files_of(members)
            self._delete(tag)
        if not files:
            return ()
        said = Problem.warning("files-stay", Side.WIKI, files=", ".join(files))
        return (said.at(entry=tag),)

    def _delete(self, tag: str) -> None:
        try:
            self._client.delete(tag)
        except bazar.NotFound:
            return
        except bazar.UnknownOutcome:
            if self._client.page(tag) is not None:
                raise

    def _close(self, tag: str) -> bool:
        """Leave it to its owner alone, if the wiki lets us, and see that nobody else reads it.

        The write right goes with it: an edit page shows the text to whoever may write.
        """
        try:
            self._client.set_rights(tag, read=_OWNER_ALONE, write=_OWNER_ALONE)
        except bazar.AccessRefused:
            return False
        return not isinstance(self._client.page(tag, anonymous=True), PageRow)

    def _files_of(self, members: list[Entry]) -> list[str]:
        fields = (
            *self._bound.form.of_type(FieldType.FILE),
            *self._bound.form.of_type(FieldType.IMAGE),
        )
        held = (member.properties.get(field.property) for member in members for field in fields)
        return sorted({name for name in held if isinstance(name, str) and name})

    def _refuse_moved(self, tag: str, token: str) -> None:
        """Raises Moved where it is not what was read."""
        with translated(self._wiki, tag=tag):
            if "#" in token:
                entries = members_of(self._client, self._bound, tag)
            else:
                entries = [*entries_of(self._client, self._bound, [tag]).values()]
            if not entries:
                entries = self._unlisted(tag, series="#" in token)
        if entries and digest_of(token_of(entries, self._bound.recipe)) != digest_of(token):
            raise errors.Moved("entry-moved", tag=tag)

    def _unlisted(self, tag: str, *, series: bool) -> list[Entry]:
        """That a list leaves it out proves nothing: its own page tells, where it does so to us.

        Of a series it does not tell the repetitions. One that its readers still see is then not
        what was read; one that is hidden from them is judged no more.
        """
        entry = own_entry(self._client, self._bound, tag)
        if entry is None or not series:
            return [entry] if entry else []
        if isinstance(self._client.page(tag, anonymous=self._bound.anonymous), PageRow):
            raise errors.Moved("entry-moved", tag=tag)
        return []
