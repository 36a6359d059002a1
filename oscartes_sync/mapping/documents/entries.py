"""Entries of a documents form as Documents, and Documents as entries.

An entry holds the public address of a file, or a copy of it; whose file it is, its tag says, which
ends with a digest of the file's UID. What members attach to entries themselves are documents, too,
one for each field for files, named after their entry (`planning.document_merge`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bazar_forms.entry import Entry
from bazar_forms.field import Field
from bazar_forms.form import Form
from bazar_forms.richtext import text_to_line
from bazar_forms.value import Day, Instant
from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.bounds import check_entry
from oscartes_sync.mapping.choices import choose, labels_of
from oscartes_sync.mapping.contacts.spelling import tidy
from oscartes_sync.mapping.documents.names import extension_of, file_name
from oscartes_sync.mapping.documents.recipe import DocumentRecipe, find_document_recipe
from oscartes_sync.mapping.entry_draft import NO_ENTRY, EntryDraft, Writing
from oscartes_sync.mapping.entry_reading import Values
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.records.document import DOCUMENT_FIELDS, Document
from oscartes_sync.records.identity import file_key
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record, a_document


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What was read: `record` is None where no Document can be made of it; it ends at no time."""

    record: Document | None
    problems: tuple[Problem, ...] = ()
    last: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntries:
    """Of a documents form; `page_url` gives the address of the page of a tag.

    `copies`: its entries hold copies of the folder's files, and not their addresses alone.
    """

    recipe: DocumentRecipe
    zone: ZoneInfo
    page_url: Callable[[str], str]
    copies: bool = False

    def read(self, members: Sequence[Entry], field: str = "") -> DocumentReading:
        """See `Entries.read`: what an entry says of a file of the folder, or a file of its own."""
        entry = members[0]
        values = Values(entry)
        own = next((one for one in self.recipe.files if field and one.property == field), None)
        try:
            check_entry(entry.properties)
            record = self._file(entry, values, own) if own else self._told(entry, values)
        except RecordError as error:
            problem = Problem.from_error(error, side=Side.WIKI, entry=entry.tag)
            return DocumentReading(None, (*values.problems, problem))
        return DocumentReading(record, tuple(dict.fromkeys(values.problems)))

    def parts(self, entry: Entry) -> Sequence[str]:
        """See `Entries.parts`: one for each field that holds a file."""
        held = (one for one in self.recipe.files if _stored(entry, one))
        return tuple(file_key(entry.tag, one.property) for one in held)

    def _told(self, entry: Entry, values: Values) -> Document:
        link, files = self.recipe.link, self.recipe.files
        return Document(
            title=self._title(values),
            date=self._date(values),
            author=self._author(values),
            categories=self._categories(values),
            content=_stored(entry, files[0]) if files else "",
            link=values.line(link) if link else "",
            page=self.page_url(entry.tag),
            properties=(("link", link.property),) if link else (),
        )

    def _file(self, entry: Entry, values: Values, field: Field) -> Document:
        title, stored = self._title(values), _stored(entry, field)
        leading = field == self.recipe.files[0]
        called = title if leading else f"{title} ({field.label or field.name})"
        return Document(
            title=title,
            content=stored,
            name=file_name(called, extension_of(stored.rstrip("_"))),
            page=self.page_url(entry.tag),
            leading=leading,
        )

    def _title(self, values: Values) -> str:
        title = tidy(values.line(self.recipe.title))
        if not title:
            raise RecordError("entry-without-title")
        return title

    def _author(self, values: Values) -> str:
        field = self.recipe.one("author")
        return tidy(values.line(field)) if field else ""

    def draft(self, record: Record, defaults: Mapping[str, str], now: datetime) -> Writing:  # noqa: ARG002
        """See `Entries.draft`."""
        document = a_document(record)
        draft = EntryDraft()
        self._write(draft, document, DOCUMENT_FIELDS)
        draft.place(self.recipe.link if document.link else None, document.link, self.recipe.fixed)
        draft.values[TITLE] = (
            self.recipe.title_template
            or draft.values.get(TITLE)
            or text_to_line(tidy(document.title))
        )
        writing = draft.complete(self.recipe, defaults)
        if not (self.copies and document.content):
            return writing
        # The file itself comes right after: no form can be sent one with a text that is read back.
        given = {one.property for one in self.recipe.files[:1]}
        told = [each for each in writing.problems if not _lacks(each, given)]
        return Writing(writing.values, tuple(told))

    def patch(self, entry: Entry, changes: Mapping[str, object], record: Record) -> Writing:
        """See `Entries.patch`."""
        draft = EntryDraft(entry)
        document = a_document(record)
        self._write(draft, document, tuple(changes))
        if "file" in changes and document.link:
            draft.place(self.recipe.link, document.link, self.recipe.fixed)
        kept = {
            name: text
            for name, text in draft.values.items()
            if name in draft.together or text != entry.properties.get(name)
        }
        return draft.kept(self.recipe, kept)

    def project(self, record: Record, now: datetime) -> Record:
        """See `Entries.project`."""
        document = a_document(record)
        values = self.draft(document, {}, now).values
        form = self.recipe.form
        back = self.read([Entry(tag="", form=form, properties=dict(values))]).record
        if back is None:
            return document
        title = document.title if self.recipe.title_template else back.title
        return replace(
            document,
            title=title,
            date=back.date,
            author=back.author,
            categories=back.categories,
        )

    def _write(self, draft: EntryDraft, document: Document, names: Sequence[str]) -> None:
        recipe = self.recipe
        if "title" in names and recipe.title_template:
            if draft.entry is not NO_ENTRY:
                draft.warn("title-automatic")
        elif "title" in names:
            draft.place(recipe.title, tidy(document.title), recipe.fixed)
        if "date" in names and document.date is not None:
            draft.place(recipe.one("date"), Day(document.date), recipe.fixed)
        if "author" in names and document.author and recipe.one("author"):
            draft.place(recipe.one("author"), tidy(document.author), recipe.fixed)
        if "categories" in names:
            self._write_categories(draft, document.categories)

    def _write_categories(self, draft: EntryDraft, wanted: Sequence[str]) -> None:
        """Labels that the form knows; a sub-folder of another name is no category, and no word.

        Keys that an entry has of its own stay: what a member chose is no matter of folders.
        """
        fields = [
            one
            for one in self.recipe.fields_of("categories")
            if one.property not in self.recipe.fixed and one.options
        ]
        current = {one.property: draft.current.keys(one) for one in fields}
        held = {label for one in fields for label in labels_of(one, current[one.property])[0]}
        choice = choose(
            fields,
            current,
            added=[each for each in wanted if each not in held],
            removed=frozenset(held - set(wanted)),
        )
        draft.values.update(choice.values)

    def _date(self, values: Values) -> date | None:
        field = self.recipe.one("date")
        if field is None:
            return None
        try:
            found = values.when(field)
        except ValueError:
            values.warn("field-unreadable", property=field.property)
            return None
        if isinstance(found, Instant):
            moment = found.moment
            return (moment.astimezone(self.zone) if moment.tzinfo else moment).date()
        return found.date if isinstance(found, Day) else None

    def _categories(self, values: Values) -> tuple[str, ...]:
        found: list[str] = []
        for one in self.recipe.fields_of("categories"):
            labels, unknown = labels_of(one, values.keys(one))
            found += labels if one.options else ()
            if unknown:
                values.warn("choice-unknown", property=one.property)
        return tuple(found)


def document_entries(
    form: Form,
    overrides: Mapping[str, str],
    *,
    user: str,
    zone: ZoneInfo,
    page_url: Callable[[str], str],
    needs: frozenset[str] = frozenset(),
    copies: bool = False,
) -> DocumentEntries:
    """Of this form; raises as `find_document_recipe`."""
    recipe = find_document_recipe(form, overrides, user=user, needs=needs)
    return DocumentEntries(recipe=recipe, zone=zone, page_url=page_url, copies=copies)


def _stored(entry: Entry, field: Field) -> str:
    """The name of the file in a field, as the wiki stores it, "" where there is none."""
    found = entry.properties.get(field.property)
    return found.strip() if isinstance(found, str) else ""


def _lacks(problem: Problem, given: set[str]) -> bool:
    return problem.code == "required-empty" and dict(problem.params).get("property") in given
