"""Entries of a documents form as Documents, and Documents as entries.

An entry holds the public address of a file; whose file it is, its tag says, which ends with a
digest of the file's UID. The title, the day and the categories follow the file as long as nobody
says otherwise in the wiki (`planning.document_merge`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bazar_forms.entry import Entry
from bazar_forms.form import Form
from bazar_forms.richtext import text_to_line
from bazar_forms.value import Day, Instant
from oscartes_sync.errors import RecordError
from oscartes_sync.mapping.bounds import check_entry
from oscartes_sync.mapping.choices import choose, labels_of
from oscartes_sync.mapping.contacts.spelling import tidy
from oscartes_sync.mapping.documents.recipe import DocumentRecipe, find_document_recipe
from oscartes_sync.mapping.entry_draft import NO_ENTRY, EntryDraft, Writing
from oscartes_sync.mapping.entry_reading import Values
from oscartes_sync.mapping.recipe import TITLE
from oscartes_sync.records.document import DOCUMENT_FIELDS, Document
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
    """Of a documents form; `page_url` gives the address of the page of a tag."""

    recipe: DocumentRecipe
    zone: ZoneInfo
    page_url: Callable[[str], str]

    def read(self, members: Sequence[Entry]) -> DocumentReading:
        """See `Entries.read`: a document is one entry."""
        entry = members[0]
        values = Values(entry)
        try:
            check_entry(entry.properties)
            title = tidy(values.line(self.recipe.title))
            if not title:
                raise RecordError("entry-without-title")
            record = Document(
                title=title,
                date=self._date(values),
                categories=self._categories(values),
                link=values.line(self.recipe.link),
                page=self.page_url(entry.tag),
                properties=(("link", self.recipe.link.property),),
            )
        except RecordError as error:
            problem = Problem.from_error(error, side=Side.WIKI, entry=entry.tag)
            return DocumentReading(None, (*values.problems, problem))
        return DocumentReading(record, tuple(dict.fromkeys(values.problems)))

    def draft(self, record: Record, defaults: Mapping[str, str], now: datetime) -> Writing:  # noqa: ARG002
        """See `Entries.draft`."""
        document = a_document(record)
        draft = EntryDraft()
        self._write(draft, document, DOCUMENT_FIELDS)
        if document.link:
            draft.place(self.recipe.link, document.link, self.recipe.fixed)
        draft.values[TITLE] = (
            self.recipe.title_template
            or draft.values.get(TITLE)
            or text_to_line(tidy(document.title))
        )
        return draft.complete(self.recipe, defaults)

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
        return replace(document, title=title, date=back.date, categories=back.categories)

    def _write(self, draft: EntryDraft, document: Document, names: Sequence[str]) -> None:
        recipe = self.recipe
        if "title" in names and recipe.title_template:
            if draft.entry is not NO_ENTRY:
                draft.warn("title-automatic")
        elif "title" in names:
            draft.place(recipe.title, tidy(document.title), recipe.fixed)
        if "date" in names and document.date is not None:
            draft.place(recipe.one("date"), Day(document.date), recipe.fixed)
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
) -> DocumentEntries:
    """Of this form; raises as `find_document_recipe`."""
    recipe = find_document_recipe(form, overrides, user=user)
    return DocumentEntries(recipe=recipe, zone=zone, page_url=page_url)
