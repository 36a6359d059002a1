"""Fields of a form: how each reads its line, shows itself in `prepared`, and saves a value.

Behaviour read in the server's tools/bazar/fields/*.php, seen in recordings 100-108 and 303-356.
Cells of a line: 0 type, 1 name, 2 label, 3 size, 4 length, 5 default, 6 pattern, 7 subtype,
8 required, 9 searchable, 10 help, 11 and 12 rights, 13 keywords, 14 semantic type, 15 query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any, ClassVar

from oscartes_sync.sandbox.wiki.core import Core, Version, Visitor
from oscartes_sync.sandbox.wiki.files import keep_inline_images
from oscartes_sync.sandbox.wiki.messages import Upload
from oscartes_sync.sandbox.wiki.php import as_text, is_empty
from oscartes_sync.sandbox.wiki.php_tags import strip_tags
from oscartes_sync.sandbox.wiki.purify import purify, purify_wiki_text
from oscartes_sync.sandbox.wiki.store import Page

if TYPE_CHECKING:
    from oscartes_sync.sandbox.wiki.forms import Form

Entry = dict[str, Any]
Options = dict[str, str]

_TAGS_OF_HTML_TEXTS = frozenset({
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "br", "span", "blockquote", "i", "u", "b", "strong",
    "ol", "ul", "li", "small", "div", "p", "a", "table", "tr", "th", "td", "img", "figure",
    "caption", "iframe",
})  # fmt: skip


@dataclass
class Saving:
    """The circumstances of one write: who, of which form, with which uploads."""

    core: Core
    form: Form
    visitor: Visitor
    creation: bool
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """The circumstances of one reading: who, of which page, by which tag and handler."""

    core: Core
    visitor: Visitor
    page: Page
    tag: str
    handler: str


@dataclass
class Saved:
    """What a field gives the entry: values to set, keys to drop first."""

    values: Entry
    dropped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class OptionSource:
    """Where choices come from: a list, the readable entries of a form, the keywords in use."""

    of_list: Callable[[str], Options]
    of_form: Callable[[str, str], Options]
    of_keywords: Callable[[], Options]


class Field:
    """A field that keeps its value as sent."""

    keywords: ClassVar[tuple[str, ...]] = ()
    shown_type: ClassVar[str | None] = None
    is_choice: ClassVar[bool] = False
    is_date: ClassVar[bool] = False

    def __init__(self, cells: list[str], version: Version) -> None:
        self.cells = cells
        self.version = version
        self.type = self.shown_type or cells[0]
        self.name: str | None = cells[1]
        self.label: str | None = unescape(cells[2])
        self.default: str | None = cells[5]
        self.required = cells[8] == "1"
        self.searchable: str | None = cells[9]
        self.read_acl = cells[11].replace(",", "\n")
        self.write_acl = cells[12].replace(",", "\n")
        self.property: str | None = cells[1]

    @property
    def semantic(self) -> str | list[str]:
        """Predicate, or predicates where several are parted by commas."""
        cell = self.cells[14]
        return [part.strip() for part in cell.split(",")] if "," in cell[1:] else cell

    def as_json(self, options: OptionSource) -> dict[str, Any]:
        """The object in `prepared`."""
        return {
            "id": self.property,
            "propertyname": self.property,
            "label": self.label,
            "name": self.name,
            "type": self.type,
            "default": self.default,
            "searchable": self.searchable,
            "required": self.required,
            "helper": self.cells[10],
            "read_acl": self.read_acl,
            "write_acl": self.write_acl,
            "sem_type": self.semantic,
            **self.particulars(options),
        }

    def particulars(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """What only this kind of field adds."""
        return {}

    def is_hidden_from(self, reading: Reading) -> bool:
        """Tell whether the value is blanked for this reader on this page and handler."""
        core = reading.core
        return bool(self.read_acl) and not core.matches(
            self.read_acl, reading.visitor, reading.page
        )

    def is_editable(self, saving: Saving, entry: Entry) -> bool:
        """Tell whether the writer may change the value."""
        page = saving.core.store.page(str(entry.get("id_fiche", "")))
        return not self.write_acl or saving.core.matches(
            self.write_acl, saving.visitor, page, creation=saving.creation
        )

    def value(self, entry: Entry) -> Any:
        """The value sent, else the default."""
        assert self.property is not None
        found = entry.get(self.property)
        return self.default if found is None else found

    def save(self, entry: Entry, saving: Saving) -> Saved:  # noqa: ARG002
        """What the entry shall hold."""
        return Saved({} if not self.property else {self.property: self.value(entry)})


class TextField(Field):
    """One line of text, purified as HTML."""

    keywords: ClassVar[tuple[str, ...]] = ("texte", "text")
    subtypes: ClassVar[tuple[str, ...]] = (
        "text", "date", "email", "url", "range", "password", "number", "color",
    )  # fmt: skip

    def __init__(self, cells: list[str], version: Version) -> None:
        super().__init__(cells, version)
        self.type = cells[7] if cells[7] in self.subtypes else "text"

    def particulars(self, options: OptionSource) -> dict[str, Any]:  # noqa: ARG002
        """Length, size, subtype and pattern."""
        ranged = self.type == "range"
        return {
            "maxChars": (self.cells[4] or 100) if ranged else self.cells[4],
            "size": (self.cells[3] or 0) if ranged else self.cells[3],
            "subType": self.cells[7],
            "pattern": self.cells[6],
        }

    def save(self, entry: Entry, saving: Saving) -> Saved:  # noqa: ARG002
        """The purified text; TypeError for an array."""
        return Saved({self.property: purify(as_text(self.value(entry)))} if self.property else {})


class TextareaField(Field):
    """A long text: HTML, wiki syntax, or plain (purified as HTML nevertheless)."""

    keywords: ClassVar[tuple[str, ...]] = ("textelong", "textarea")

    def save(self, entry: Entry, saving: Saving) -> Saved:
        """The cleaned text; TypeError for an array."""
        text = as_text(self.value(entry))
        match self.cells[7]:
            case "html":
                text = strip_tags(text, _TAGS_OF_HTML_TEXTS)
                text = purify(keep_inline_images(text, str(entry.get("id_fiche")), saving.core))
            case "wiki" | "wiki-textarea":
                text = purify_wiki_text(text)
            case _:
                text = purify(text)
        return Saved({str(self.property): text})


class DateField(Field):
    """A day, or a moment with its offset; the default is never taken."""

    keywords: ClassVar[tuple[str, ...]] = ("jour", "listedatedeb", "listedatefin", "date")
    is_date = True

    def value(self, entry: Entry) -> Any:
        """The value sent, else None."""
        return entry.get(str(self.property))

    def save(self, entry: Entry, saving: Saving) -> Saved:
        """The date as sent, or put together from the web form's parts."""
        name = str(self.property)
        saved = Saved({}, [f"{name}_{part}" for part in ("allday", "hour", "minutes")])
        if self.version == "4.5" and name == "bf_date_fin_evenement":
            self._recurrence(entry, saving, saved)
        value = self.value(entry)
        parts = [entry.get(key) for key in saved.dropped[:3]]
        if not is_empty(value) and None not in parts and str(parts[0]) in {"0", ""}:
            moment = saving.core.clock.parse_corrected(f"{value} {int(parts[1]):02d}:{parts[2]}")  # type: ignore[arg-type]
            value = moment.isoformat(timespec="seconds")
        saved.values[name] = value
        return saved

    def _recurrence(self, entry: Entry, saving: Saving, saved: Saved) -> None:
        key = "bf_date_fin_evenement_data"
        structure = entry.get(key)
        if isinstance(entry.get("id_fiche"), str):
            saving.followed.append(entry["id_fiche"])
        if saving.form.only_one_entry:
            structure = None
        elif isinstance(structure, dict) and not is_empty(structure.get("other")):
            structure = {name: value for name, value in structure.items() if name != "other"}
            if structure:
                saved.values[key] = structure
        if is_empty(structure):
            saved.dropped.append(key)
