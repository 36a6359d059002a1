"""Files in the fields of entries: read, replaced, taken out, each edit read back.

Sources: reference section 4 (files), recordings 400-421, 464-465; the server's
tools/bazar/fields/FileField.php: a file of a type that the wiki does not allow empties its field,
and the stored name of a file that is there attaches it again.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import BinaryIO, Final

from bazar_forms.client import BazarClient, Upload
from bazar_forms.entry import Entry
from bazar_forms.errors import NotFound
from bazar_forms.field import Field
from oscartes_sync import errors
from oscartes_sync.adapters.spool import spooled
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.editing import Edited, EntryEditor
from oscartes_sync.adapters.yeswiki.reader import EntryReader
from oscartes_sync.adapters.yeswiki.revisions import Watch
from oscartes_sync.adapters.yeswiki.tokens import digest_of, token_of
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.mapping.documents.entries import DocumentEntries
from oscartes_sync.mapping.documents.names import extension_of
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.snapshot import Look, Presence, Seen, Sighting, Standing
from oscartes_sync.ports import Image, Written
from oscartes_sync.records.body import Body
from oscartes_sync.records.document import Document
from oscartes_sync.records.identity import PART, entry_of, field_of
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, a_document

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of what is copied into a wiki at most: an upload is whole in memory, here and there."""

_LONGEST_STEM = 80
"""Characters of a name that is sent: the wiki puts the tag, the field and two dates around it,
and what gets longer than a file system bears is never stored, without an error."""


class FileKeeper:
    """The files of one binding's entries. Errors of bazar_forms leave it translated.

    `followed`: by what an entry held before a write of this run, what it held after it. An entry
    has several files, and a write to one of them is no reason to refuse the next.
    """

    def __init__(self, client: BazarClient, bound: Bound, followed: dict[str, str]) -> None:
        self._client = client
        self._followed = followed
        self._bound = bound
        self._wiki = bound.binding.wiki
        self._reader = EntryReader(client, bound)
        self._editor = EntryEditor(self._reader)

    def fetched(self, stored: str) -> AbstractContextManager[Body]:
        """The bytes of a file by its stored name; see `ports.contents.Contents.fetched`."""

        def fill(target: BinaryIO) -> datetime:
            with translated(self._wiki, file=stored):
                try:
                    return _moment(self._client.download(stored, target).last_modified)
                except NotFound as gone:
                    raise errors.Missing("stored-file-missing", file=stored) from gone

        return spooled(fill)

    def judged(self, sightings: Mapping[str, Sighting]) -> dict[str, Sighting]:
        """The same, files that the binding does not want left out and told."""
        return {key: self._judged(key, sighting) for key, sighting in sightings.items()}

    def _judged(self, key: str, sighting: Sighting) -> Sighting:
        binding, record = self._bound.binding, sighting.record
        if PART not in key or not isinstance(record, Document):
            return sighting
        code = ""
        if binding.types and extension_of(record.name) not in binding.types:
            code = "file-of-another-type"
        elif binding.max_size:
            with translated(self._wiki, file=record.content):
                size = self._client.file_size(record.content)
            code = "file-over-size" if (size or 0) > binding.max_size else ""
        if not code:
            return sighting
        problem = Problem.warning(code, Side.WIKI, path=record.name).at(entry=key)
        return replace(sighting, record=None, standing=Standing.BROKEN, problems=(problem,))

    def look(self, keys: Sequence[str], entries: Mapping[str, Look]) -> dict[str, Look]:
        """What became of files, from what became of their entries."""
        there = [entry_of(key) for key in keys if entries[entry_of(key)].presence is Presence.HERE]
        found = {tag: self._reader.find(tag) for tag in dict.fromkeys(there)}
        looks = {}
        for key in keys:
            look, entry = entries[entry_of(key)], found.get(entry_of(key))
            presence = look.presence
            if presence is Presence.HERE:
                held = key in self._bound.entries.parts(entry) if entry is not None else True
                presence = Presence.HERE if held else Presence.GONE
            looks[key] = Look(presence, look.owner)
        return looks

    def update(
        self, key: str, token: str, changes: Sequence[FieldChange], record: Record
    ) -> Written:
        """Put another file in the place of the one there, with what else changes in its entry.

        Without a body, the one that is there is taken out.

        Raises:
            Moved: `entry-moved`, also where somebody put another in right after ours.
            Invalid: `upload-refused`, `upload-too-large`: the one that was there stands again.
            NotKept: `upload-not-kept`: the wiki gives back other bytes than were sent.
        """
        tag, field = entry_of(key), self._field(key)
        watch = self._editor.watch(tag)
        entry = self._reader.now(tag)
        self._refuse_moved(key, entry, token, changes)
        wanted = {each.name: each.after for each in changes if each.name != "content"}
        with translated(self._wiki, tag=tag):
            writing = self._bound.entries.patch(entry, wanted, record)
        sent, body = dict(writing.values), a_document(record).body
        if all(each.name != "content" for each in changes):
            if not sent:
                return self._written(key, entry, writing.problems)
            edited = self._editor.edit(entry, sent, watch)
        elif body is None:
            sent[field.property] = ""
            edited = self._editor.edit(entry, sent, watch)
        else:
            upload = self._upload(field, record, body)
            edited = self._sent(entry, sent, watch, field, upload)
            self._check(edited.entry, field, body, before=entry)
        self._follow(entry, edited.entry, {*sent, field.property})
        return self._written(key, edited.entry, (*writing.problems, *edited.problems))

    def lacks_entry(self, key: str) -> bool:
        """Whether there is no entry for a file any more."""
        return self._reader.find(entry_of(key)) is None

    def create(self, key: str, record: Record) -> Written:
        """Put a file into a field that holds none; one that holds the same has it already.

        Raises:
            Taken: `entry-made-before`: somebody put another in.
            Invalid, NotKept: as `update`.
        """
        tag, field, body = entry_of(key), self._field(key), a_document(record).body
        watch = self._editor.watch(tag)
        entry = self._reader.now(tag)
        stored = self._stored(entry, field.property)
        if body is None:
            raise errors.Invalid("upload-refused", tag=tag, wiki=self._wiki)
        if stored:
            with self.fetched(stored) as there:
                if there.sha256 == body.sha256:
                    return self._written(key, entry, ())
            raise errors.Taken("entry-made-before", tag=tag)
        edited = self._sent(entry, {}, watch, field, self._upload(field, record, body))
        self._check(edited.entry, field, body, before=entry)
        self._follow(entry, edited.entry, {field.property})
        return self._written(key, edited.entry, edited.problems)

    def delete(self, key: str, token: str) -> None:
        """Take a file out of its field; it stays on the wiki's disk, open to who knows its name.

        Raises:
            Moved: `entry-moved`.
        """
        tag, name = entry_of(key), field_of(key)
        watch = self._editor.watch(tag)
        entry = self._reader.now(tag)
        if not self._stored(entry, name):
            return
        if token and not self._is_still(entry, token):
            raise errors.Moved("entry-moved", tag=tag)
        edited = self._editor.edit(entry, {name: ""}, watch)
        if self._stored(edited.entry, name):
            raise errors.NotKept("not-kept", tag=tag, properties=name)
        self._follow(entry, edited.entry, {name})

    def erase(self, key: str) -> tuple[Problem, ...]:
        """The same, whatever the file is by now; what stays is told."""
        tag = entry_of(key)
        entry = self._reader.find(tag)
        stored = self._stored(entry, field_of(key)) if entry else ""
        if not stored:
            return ()
        self.delete(key, "")
        return (Problem.warning("files-stay", Side.WIKI, files=stored).at(entry=tag),)

    # Undoing

    def images(self, operations: Sequence[Operation]) -> dict[str, Image]:
        """The names of the files that these are about, where they are as the operations say."""
        found = {}
        for operation in operations:
            key = operation.key or ""
            entry = self._reader.find(entry_of(key))
            stored = self._stored(entry, field_of(key)) if entry else ""
            if entry is not None and stored:
                found[key] = Image(json.dumps({"key": key, "stored": stored}))
        return found

    def put_back(self, operation: Operation, token: str, image: Image) -> Written:
        """Attach the file that was there; see `ports.SidePort.put_back`.

        Raises:
            Invalid: `image-unreadable`.
            Moved: `entry-moved`.
        """
        try:
            raw = json.loads(image.text)
            key, stored = str(raw["key"]), str(raw["stored"])
        except (ValueError, KeyError, TypeError) as broken:
            raise errors.Invalid("image-unreadable", tag=operation.key or "?") from broken
        tag, name = entry_of(key), field_of(key)
        watch = self._editor.watch(tag)
        entry = self._reader.now(tag)
        there = self._stored(entry, name)
        if there == stored:
            return self._written(key, entry, ())
        if operation.action is Action.DELETE:
            if there:
                raise errors.Moved("entry-moved", tag=tag)
        elif not self._is_still(entry, token):
            raise errors.Moved("entry-moved", tag=tag)
        edited = self._editor.edit(entry, {name: stored}, watch)
        if self._stored(edited.entry, name) != stored:
            raise errors.NotKept("not-kept", tag=tag, properties=name)
        self._follow(entry, edited.entry, {name})
        return self._written(key, edited.entry, edited.problems)

    # The parts

    def _field(self, key: str) -> Field:
        """The field of a file, the first of all for an entry that holds a copy."""
        entries = self._bound.entries
        files = entries.recipe.files if isinstance(entries, DocumentEntries) else ()
        wanted = field_of(key)
        for field in files:
            if wanted in ("", field.property):
                return field
        raise errors.Invalid("form-without-files", form=self._bound.form.id)

    def _refuse_moved(
        self, key: str, entry: Entry, token: str, changes: Sequence[FieldChange]
    ) -> None:
        """Raises Moved where somebody touched what is to be changed since it was decided."""
        if self._is_still(entry, token):
            return
        there = self._bound.entries.read([entry], field_of(key)).record
        if there is None or any(getattr(there, each.name) != each.before for each in changes):
            raise errors.Moved("entry-moved", tag=entry.tag)

    def _is_still(self, entry: Entry, token: str) -> bool:
        """Whether nobody touched an entry since it had this token, but for this run."""
        found, now = digest_of(token), self._digest(entry)
        for _ in range(len(self._followed) + 1):
            if found == now:
                return True
            found = self._followed.get(found, "")
        return False

    def _follow(self, before: Entry, after: Entry, written: Collection[str]) -> None:
        """Remember a write of ours, unless somebody else's came with it."""
        names = self._bound.recipe.keys() - set(written)
        if all(before.properties.get(each) == after.properties.get(each) for each in names):
            self._followed[self._digest(before)] = self._digest(after)

    def _digest(self, entry: Entry) -> str:
        return digest_of(token_of([entry], self._bound.recipe))

    def _upload(self, field: Field, record: Record, body: Body) -> Upload:
        largest = min(field.max_bytes or LARGEST, LARGEST)
        if body.size > largest:
            size = f"{largest / 1_000_000:.0f} MB"
            raise errors.Invalid(
                "upload-too-large", property=field.property, size=size, file=_name_of(record)
            )
        with body.open() as source:
            content = source.read()
        return Upload(_sent_name(a_document(record)), content)

    def _sent(
        self, entry: Entry, sent: Mapping[str, str], watch: Watch, field: Field, upload: Upload
    ) -> Edited:
        """Edit with a file; under another name where one of this name came in the same second.

        The wiki then keeps the older one, and says so in its page alone (FileField.php).
        """
        name = field.property
        try:
            return self._editor.edit(entry, sent, watch, files={name: upload})
        except errors.Invalid as refused:
            before, now = self._stored(entry, name), self._reader.now(entry.tag)
            if now.updated != entry.updated and now.user != self._bound.user:
                # Somebody came right after us: it is theirs, and nobody knows what became of ours.
                raise errors.Moved("entry-moved", tag=entry.tag) from refused
            if not before or self._stored(now, name) != before:
                self._attach_again(entry, field)
                raise
        stem, dot, extension = upload.name.rpartition(".")
        other = replace(upload, name=f"{stem}_2{dot}{extension}")
        watch = self._editor.watch(entry.tag)
        return self._editor.edit(self._reader.now(entry.tag), sent, watch, files={name: other})

    def _attach_again(self, entry: Entry, field: Field) -> None:
        """A file that is refused empties its field: what was there is put in again."""
        stored = self._stored(entry, field.property)
        if not stored:
            return
        watch = self._editor.watch(entry.tag)
        now = self._reader.now(entry.tag)
        if not self._stored(now, field.property):
            self._editor.edit(now, {field.property: stored}, watch)

    def _check(self, entry: Entry, field: Field, body: Body, *, before: Entry) -> None:
        """That the wiki gives back what it was sent: it answers 201 to what it threw away.

        Of a file over PHP's own limit it keeps the name, and nothing under it (tried on 4.4.4 and
        on the 4.5 line): what stood there before is put in again.
        """
        stored, tag = self._stored(entry, field.property), entry.tag
        arrived = bool(stored)
        if stored:
            try:
                with self.fetched(stored) as kept:
                    if kept.sha256 == body.sha256:
                        return
            except errors.Missing:
                arrived = False
        if entry.user != self._bound.user:
            raise errors.Moved("entry-moved", tag=tag)  # somebody came right after us
        if not arrived:
            if stored:
                watch = self._editor.watch(tag)
                old = {field.property: self._stored(before, field.property)}
                self._editor.edit(self._reader.now(tag), old, watch)
            raise errors.Invalid("upload-refused", tag=tag, wiki=self._wiki)
        raise errors.NotKept("upload-not-kept", tag=tag, file=stored)

    def _written(self, key: str, entry: Entry, problems: Sequence[Problem]) -> Written:
        reading = self._bound.entries.read([entry], field_of(key))
        if reading.record is None:
            raise errors.NotKept("entry-broken-after", tag=entry.tag)
        seen = Seen(key, token_of([entry], self._bound.recipe), reading.record)
        return Written(seen, tuple(each.at(entry=entry.tag) for each in problems))

    @staticmethod
    def _stored(entry: Entry, name: str) -> str:
        found = entry.properties.get(name)
        return found if isinstance(found, str) else ""


def _name_of(record: Record) -> str:
    return a_document(record).name


def _sent_name(document: Document) -> str:
    """A name that the wiki keeps most of: it drops accents, and all that is no letter or digit."""
    stem, dot, extension = document.name.rpartition(".")
    if not dot:
        stem, extension = document.name, ""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    words = "_".join("".join(each if each.isalnum() else " " for each in plain).split())
    return f"{words[:_LONGEST_STEM] or 'document'}{dot}{extension}"


def _moment(said: str) -> datetime:
    try:
        return parsedate_to_datetime(said).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.fromtimestamp(0, UTC)
