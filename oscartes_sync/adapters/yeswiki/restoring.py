"""Putting entries back as they were: edits undone by an edit, deletions by a new entry.

An entry that was deleted is made again under its own tag with a neutral title, then gets its
rights, then its text and files in one edit, and its owner last, after which it is no longer ours
to change. Deleting took the revisions, the comments and the date of creation for good (reference
section 8, "Delete and re-create"); files were left on the disk and are attached again by their
stored names (recordings 415, 416, 420).
"""

from __future__ import annotations

from collections.abc import Mapping

from bazar_forms.client import BazarClient, PageRow
from bazar_forms.entry import Entry
from bazar_forms.errors import TagTaken, UnknownOutcome
from bazar_forms.field import allows_everybody
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.editing import EntryEditor
from oscartes_sync.adapters.yeswiki.images import Picture
from oscartes_sync.adapters.yeswiki.listing import things_of
from oscartes_sync.adapters.yeswiki.ownership import Ownership
from oscartes_sync.adapters.yeswiki.reader import EntryReader
from oscartes_sync.adapters.yeswiki.removing import EntryRemover
from oscartes_sync.adapters.yeswiki.revisions import tracked
from oscartes_sync.adapters.yeswiki.tokens import content_digest, digest_of, token_of
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.adapters.yeswiki.unfinished import NEUTRAL_TITLE, is_unfinished
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.planning.operation import Action, Operation
from oscartes_sync.ports import Image, Written
from oscartes_sync.records.problem import Problem, Side


class EntryRestorer:
    """Undoes writes to the entries of one binding. Errors of bazar_forms leave it translated."""

    def __init__(self, client: BazarClient, bound: Bound) -> None:
        self._client = client
        self._bound = bound
        self._wiki = bound.binding.wiki
        self._reader = EntryReader(client, bound)
        self._ours = EntryReader(client, bound, ours=True)

    def put_back(self, operation: Operation, token: str, image: Image) -> Written:
        """Undo one edit or deletion; see `ports.SidePort.put_back`.

        Raises:
            Invalid: `image-unreadable`.
        """
        try:
            picture = Picture.from_image(image)
        except ValueError as broken:
            raise errors.Invalid("image-unreadable", tag=operation.key or "?") from broken
        if operation.action is Action.DELETE:
            return self._after_deletion(picture)
        return self._after_edit(picture, token)

    # After an edit

    def _after_edit(self, picture: Picture, token: str) -> Written:
        tag, editor = picture.tag, EntryEditor(self._reader)
        watch = editor.watch(tag)
        members = self._members(tag, series="#" in token or bool(picture.repetitions))
        if not members:
            self._reader.now(tag)
        if not members or digest_of(token_of(members, self._bound.recipe)) != digest_of(token):
            raise errors.Moved("entry-moved", tag=tag)
        sent, structure = self._differences(picture, members[0])
        problems: tuple[Problem, ...] = ()
        if sent or structure is not None:
            edited = editor.edit(members[0], sent, watch, structure=structure)
            problems = self._reader.compared(edited.entry, sent, edited.problems).problems
        self._repetitions(picture, self._reader)
        problems = (*problems, *self._give_back(picture))
        return self._left(picture, self._reader, problems)

    def _give_back(self, picture: Picture) -> tuple[Problem, ...]:
        """Repetitions that the wiki made anew for us, to those who had them."""
        us = self._bound.user
        had = {one.tag: one.owner for one in picture.repetitions if one.owner not in ("", us)}
        now = self._members(picture.tag, series=True) if had else []
        lost = {each.tag: had[each.tag] for each in now if each.owner == us and each.tag in had}
        return Ownership(self._client, self._bound).give_back(lost)

    def _members(self, tag: str, *, series: bool, ours: bool = False) -> list[Entry]:
        reads = self._bound.anonymous and not ours
        with translated(self._wiki, tag=tag):
            if series:
                return things_of(self._client, self._bound, anonymous=reads).get(tag, [])
        entry = (self._ours if ours else self._reader).find(tag)
        return [entry] if entry is not None else []

    def _differences(self, picture: Picture, entry: Entry) -> tuple[dict[str, str], object | None]:
        """What to send so that the entry says what it said: values, and a recurrence or None."""
        names = (self._bound.recipe.keys() | {TITLE}) & tracked(self._bound.form)
        was = {name: _text(picture.properties.get(name)) for name in names}
        sent = {
            name: text for name, text in was.items() if text != _text(entry.properties.get(name))
        }
        changed = sent.pop(RECURRENCE_PROPERTY, None) is not None
        if self._bound.recipe.title_template:
            sent.pop(TITLE, None)
        if not changed:
            return sent, None
        return sent, picture.properties.get(RECURRENCE_PROPERTY, {})

    # After a deletion

    def _after_deletion(self, picture: Picture) -> Written:
        tag = picture.tag
        with translated(self._wiki, tag=tag):
            page = self._client.page(tag)
        if page is None:
            problems = self._make(picture)
        else:
            problems = self._resume(picture, page if isinstance(page, PageRow) else None)
        self._repetitions(picture, self._ours)
        left = self._left(picture, self._ours, problems)
        told = (*left.problems, *self._hand_over(picture))
        lost = Problem.warning("undo-incomplete", Side.WIKI, created=picture.created or "?")
        return Written(left.seen, (*told, lost.at(entry=tag)))

    def _make(self, picture: Picture) -> tuple[Problem, ...]:
        """One entry again, as far as its text; the tag was seen to be free."""
        with translated(self._wiki, tag=picture.tag):
            try:
                self._client.create(self._bound.form.id, picture.tag, {TITLE: NEUTRAL_TITLE})
            except TagTaken as taken:
                raise errors.Moved("entry-moved", tag=picture.tag) from taken
            except UnknownOutcome:
                page = self._client.page(picture.tag)
                begun = page.entry() if isinstance(page, PageRow) else None
                if begun is None or not is_unfinished(begun, self._bound.user):
                    raise
        return self._fill(picture)

    def _resume(self, picture: Picture, page: PageRow | None) -> tuple[Problem, ...]:
        """Go on where an undo was interrupted.

        Raises:
            Moved: what is there now is no work of ours, or somebody changed it.
        """
        entry = page.entry() if page is not None and page.tag == picture.tag else None
        if entry is not None and entry.form == picture.form:
            if is_unfinished(entry, self._bound.user):
                return self._fill(picture)
            if self._says_the_same(picture, entry):
                if entry.owner == self._bound.user:
                    self._give_rights(picture)
                return ()
        raise errors.Moved("entry-moved", tag=picture.tag)

    def _says_the_same(self, picture: Picture, entry: Entry) -> bool:
        recipe = self._bound.recipe
        return content_digest([entry], recipe) == content_digest(picture.members[:1], recipe)

    def _fill(self, picture: Picture) -> tuple[Problem, ...]:
        self._give_rights(picture)
        editor = EntryEditor(self._ours)
        watch = editor.watch(picture.tag)
        names = tracked(self._bound.form) - {RECURRENCE_PROPERTY}
        sent = {name: _text(value) for name, value in picture.properties.items() if name in names}
        if self._bound.form.title_template:
            sent[TITLE] = self._bound.form.title_template
        structure, told = self._structure(picture)
        edited = editor.edit(self._ours.now(picture.tag), sent, watch, structure=structure)
        if self._bound.form.title_template:
            sent.pop(TITLE)
        return self._ours.compared(edited.entry, sent, (*told, *edited.problems)).problems

    def _structure(self, picture: Picture) -> tuple[object | None, tuple[Problem, ...]]:
        """The recurrence to send back: none for a closed parent, whose repetitions the wiki would
        make with its text and the default rights."""
        structure = picture.properties.get(RECURRENCE_PROPERTY)
        if not isinstance(structure, Mapping) or allows_everybody(picture.rights.get("read", "*")):
            return structure, ()
        return None, (Problem.warning("undo-without-recurrence", Side.WIKI),)

    def _give_rights(self, picture: Picture) -> None:
        if picture.rights:
            with translated(self._wiki, tag=picture.tag):
                self._client.set_rights(
                    picture.tag,
                    read=picture.rights.get("read"),
                    write=picture.rights.get("write"),
                    comment=picture.rights.get("comment"),
                )

    def _hand_over(self, picture: Picture) -> tuple[Problem, ...]:
        owner = picture.owner
        with translated(self._wiki, tag=picture.tag):
            page = self._client.page(picture.tag)
        if not isinstance(page, PageRow) or not owner or page.owner == owner:
            return ()
        if Ownership(self._client, self._bound).hands_over(picture.tag, owner):
            return ()
        said = Problem.warning("owner-not-set", Side.WIKI, owner=owner)
        return (said.at(entry=picture.tag),)

    # Series

    def _repetitions(self, picture: Picture, reader: EntryReader) -> None:
        """What members had changed on single dates, and the dates they had removed."""
        if not picture.repetitions:
            return
        now = {
            each.tag: each
            for each in self._members(picture.tag, series=True, ours=reader is self._ours)[1:]
        }
        for one in picture.repetitions:
            if one.tag in now:
                self._repetition(one, now[one.tag], reader)
            else:
                self._again(one)
        kept = {one.tag for one in picture.repetitions}
        for tag in sorted(now.keys() - kept):
            EntryRemover(self._client, self._bound).delete(tag, "")

    def _repetition(self, picture: Picture, entry: Entry, reader: EntryReader) -> None:
        if entry.owner == self._bound.user:
            self._give_rights(picture)
        sent, structure = self._differences(picture, entry)
        if sent or structure is not None:
            editor = EntryEditor(reader)
            editor.edit(entry, sent, editor.watch(entry.tag), structure=structure)

    def _again(self, picture: Picture) -> None:
        """A repetition under a name that the wiki did not give it this time."""
        with translated(self._wiki, tag=picture.tag):
            taken = self._client.page(picture.tag) is not None
        if not taken:
            self._make(picture)

    # Reading back

    def _left(
        self, picture: Picture, reader: EntryReader, problems: tuple[Problem, ...]
    ) -> Written:
        """The thing as everybody sees it by now, or as we do where it is closed."""
        series = bool(picture.repetitions)
        members = self._members(picture.tag, series=series)
        if not members and reader is self._ours:
            members = self._members(picture.tag, series=series, ours=True)
        if not members:
            raise errors.Missing("entry-gone", tag=picture.tag)
        return self._reader.written(members, problems)


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        # A structure is never sent as a text: `_differences` sets it apart.
        return repr(sorted(value.items(), key=str))
    return value if isinstance(value, str) else "" if value is None else str(value)
