"""Forms: template lines read, `prepared` built, lists and choices looked up.

Read in the server's tools/bazar/services/FormManager.php; recordings 100-108.
"""

from __future__ import annotations

from typing import Any

from oscartes_sync.sandbox.wiki.core import Core, Version, Visitor
from oscartes_sync.sandbox.wiki.fields import (
    DateField,
    Field,
    Options,
    OptionSource,
    Reading,
    TextareaField,
    TextField,
)
from oscartes_sync.sandbox.wiki.fields_choice import (
    AclField,
    CheckboxField,
    ChoiceField,
    EntryCheckboxField,
    EntryChoiceField,
    FileField,
    ImageField,
    TagsField,
    TitleField,
)
from oscartes_sync.sandbox.wiki.fields_plain import (
    EmailField,
    HiddenField,
    LabelField,
    LinkedEntriesField,
    LinkField,
    MapField,
    PasswordField,
)
from oscartes_sync.sandbox.wiki.php import remove_accents
from oscartes_sync.sandbox.wiki.search import parse_query, select
from oscartes_sync.sandbox.wiki.store import LIST_TYPE, TAG_PROPERTY, TYPE_PROPERTY, Page

_KINDS: dict[str, type[Field]] = {
    keyword: kind
    for kind in (
        TextField,
        TextareaField,
        EmailField,
        DateField,
        MapField,
        LinkField,
        HiddenField,
        PasswordField,
        LabelField,
        LinkedEntriesField,
        ChoiceField,
        EntryChoiceField,
        CheckboxField,
        EntryCheckboxField,
        TagsField,
        FileField,
        ImageField,
        TitleField,
        AclField,
    )
    for keyword in kind.keywords
}
_IMAGE_DEFAULT = 13
_WIDTH = 16


def parse_template(template: str) -> list[list[str]]:
    """Cells of the lines that count: neither empty, nor comments, nor shorter than four cells."""
    rows = []
    for raw in template.split("\n"):
        line = raw.strip()
        cells = [cell.strip() for cell in line.split("***")]
        if line and not line.startswith("#") and len(cells) > 3:
            rows.append(cells + [""] * (_WIDTH - len(cells)))
    return rows


def write_template(rows: list[list[str]]) -> str:
    """Write cells as the 4.5 line does when it touches a form with an image."""
    shown = {"": " ", "*": " * "}
    lines = ("".join(f"{shown.get(cell, cell)}***" for cell in row).strip() for row in rows)
    return "\r\n".join(lines)


class Form:
    """A form with its fields; a line of an unknown type leaves a gap in their numbering."""

    def __init__(self, record: dict[str, Any], core: Core) -> None:
        self.record = record
        self._core = core
        version: Version = core.settings.version
        self._rows = parse_template(str(record["bn_template"]))
        images = [row for row in self._rows if row[0] == "image"]
        self._rewritten = version == "4.5" and bool(images)
        for row in images if self._rewritten else []:
            row[_IMAGE_DEFAULT] = ""
        self.numbered: dict[int, Field] = {
            index: _KINDS[row[0]](row, version)
            for index, row in enumerate(self._rows)
            if row[0] in _KINDS
        }
        self.fields = list(self.numbered.values())
        self._hidden: dict[tuple[Any, ...], frozenset[str]] = {}
        self.attributes = frozenset(
            field.property
            for field in self.fields
            if field.property and (field.is_choice or field.is_date)
        )

    @property
    def id(self) -> str:
        """`bn_id_nature`."""
        return str(self.record["bn_id_nature"])

    @property
    def label(self) -> str:
        """`bn_label_nature`."""
        return str(self.record["bn_label_nature"])

    @property
    def only_one_entry(self) -> bool:
        """One entry per member."""
        return self.record.get("bn_only_one_entry") == "Y"

    def field(self, name: str) -> Field | None:
        """The first field of that name or property."""
        return next((field for field in self.fields if name in (field.name, field.property)), None)

    def options(self, visitor: Visitor) -> OptionSource:
        """Where this reader's choices come from."""
        return option_source(self._core, visitor)

    def prepared(self, visitor: Visitor) -> list[Any] | dict[str, Any]:
        """`prepared`: a list, or an object where a line's type is unknown (recording 108)."""
        source = self.options(visitor)
        shown = {str(index): field.as_json(source) for index, field in self.numbered.items()}
        return list(shown.values()) if len(shown) == len(self._rows) else shown

    def as_json(self, visitor: Visitor) -> dict[str, Any]:
        """The form as the API shows it."""
        record = dict(self.record)
        if self._rewritten:
            record["bn_template"] = write_template(self._rows)
        return {**record, "template": self._rows, "prepared": self.prepared(visitor)}

    def hidden(self, visitor: Visitor, page: Page, tag: str, handler: str) -> frozenset[str]:
        """Properties this reader sees blanked; owner and admins see all."""
        core = self._core
        if core.is_admin(visitor) or core.owns(visitor, page):
            return frozenset()
        own_page = tag == page.tag
        key = (visitor.name, own_page, tag == "api", handler)
        if key not in self._hidden:
            reading = Reading(core, visitor, page, tag, handler)
            self._hidden[key] = frozenset(
                str(field.property) for field in self.fields if field.is_hidden_from(reading)
            )
        return self._hidden[key]


class Forms:
    """The wiki's forms, built when first asked for after a change."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._built: dict[str, Form] = {}

    def get(self, form_id: str) -> Form | None:
        """A form by its number."""
        record = self._core.store.forms.get(form_id)
        if record is None:
            return None
        built = self._built.get(form_id)
        if built is None or built.record is not record:
            built = self._built[form_id] = Form(record, self._core)
        return built

    def all(self) -> list[Form]:
        """All forms by label, as the database sorts them."""
        found = [form for form_id in self._core.store.forms if (form := self.get(form_id))]
        return sorted(found, key=lambda form: remove_accents(form.label).casefold())

    def forget_rights(self) -> None:
        """Forget what readers see, after a change of groups."""
        self._built.clear()


def option_source(core: Core, visitor: Visitor) -> OptionSource:
    """Choices as this reader gets them."""
    return OptionSource(
        of_list=lambda name: list_options(core, name),
        of_form=lambda form_id, query: _entry_options(core, visitor, form_id, query),
        of_keywords=lambda: {
            triple["value"]: triple["value"] for triple in core.store.triples(prop=TAG_PROPERTY)
        },
    )


def _entry_options(core: Core, visitor: Visitor, form_id: str, query: str) -> Options:
    readable = core.readable_lists(visitor)
    pages = [page for page in core.store.entries(form_id) if readable(page)]
    if query:
        pages = select(pages, parse_query({}, query))
    titles = {str(page.properties.get("id_fiche", page.tag)): page for page in pages}
    found = {tag: str(page.properties.get("bf_titre", "")) for tag, page in titles.items()}
    return dict(sorted(found.items(), key=lambda pair: pair[1].encode()))


def list_record(core: Core, name: str) -> dict[str, Any] | None:
    """A list as the old handler shows it: nodes in the 4.5 line, labels by key in 4.4."""
    page = core.store.page(name)
    if page is None or not core.store.triples(name, TYPE_PROPERTY, LIST_TYPE):
        return None
    if core.settings.version == "4.4":
        return page.properties
    return {**page.properties, "id": page.tag}


def list_options(core: Core, name: str) -> Options:
    """Labels by key; the children of a tree are labelled with their parents."""
    record = list_record(core, name) or {}
    if "label" in record:
        return {str(key): str(label) for key, label in record["label"].items()}
    found: Options = {}
    _collect(record.get("nodes") or [], "", found)
    return found


def _collect(nodes: list[dict[str, Any]], prefix: str, found: Options) -> None:
    for node in nodes:
        found[str(node["id"])] = f"{prefix}{node['label']}"
        _collect(node.get("children") or [], f"{prefix} {node['label']} ➤ ", found)
