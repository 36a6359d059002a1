"""The recipe of a documents form: which field holds which field of a Document.

Found by itself; what the configuration says goes before. Only fields that everybody may read are
in it (interface, guarantee 9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bazar_forms.field import Field, FieldType
from bazar_forms.form import Form
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.guesses import CHOICES, folded, guess
from oscartes_sync.mapping.recipe import TITLE, may_write
from oscartes_sync.records.fingerprint import digest
from oscartes_sync.records.problem import Problem

SHOWN: Final = ("title", "date", "author", "categories", "link", "files")
_ALLOWED: Final[Mapping[str, frozenset[FieldType]]] = {
    "title": frozenset({FieldType.TEXT, FieldType.TITLE}),
    "date": frozenset({FieldType.DATE}),
    "author": frozenset({FieldType.TEXT}),
    "categories": frozenset(CHOICES),
    "link": frozenset({FieldType.LINK, FieldType.TEXT}),
    "files": frozenset({FieldType.FILE}),
}
_LISTS: Final = frozenset({"categories", "files"})
_PLACES: Final[Mapping[str, str]] = {"file": "link", "content": "files"}
"""Fields of a Document that stand in fields of another name."""
_AUTHOR_SAID: Final = ("auteur", "author")
_LINK_SAID: Final = ("lien", "url", "link", "adresse", "fichier", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecipe:
    """See `form_recipe.FormRecipe`; `fields` are by record field, `link` and `files` among them."""

    form: str
    fields: Mapping[str, tuple[Field, ...]]
    title_template: str = ""
    required: tuple[Field, ...] = ()
    properties: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def title(self) -> Field:
        """The field of the title."""
        return self.fields["title"][0]

    @property
    def link(self) -> Field | None:
        """The field that holds the public address of a file."""
        return self.one("link")

    @property
    def files(self) -> tuple[Field, ...]:
        """The fields that hold files, images apart: a cover stays where it is."""
        return self.fields.get("files", ())

    @property
    def position(self) -> Field | None:
        """Documents are on no map; what a form has of one is kept by the edit route."""
        return None

    @property
    def carries(self) -> frozenset[str]:
        """The fields of a Document that an entry of this form can show; a file by its address."""
        shown = {name for name, place in _PLACES.items() if place in self.fields}
        return (frozenset(self.fields) - frozenset(_PLACES.values())) | shown

    @property
    def says(self) -> frozenset[str]:
        """What only a derived paragraph could tell: documents have none."""
        return frozenset()

    @property
    def writes(self) -> frozenset[str]:
        """The fields of a Document that we may write into an entry, its address among them."""
        barred = {"title"} if self.title_template else set()
        return frozenset(
            name
            for name in frozenset(self.fields) - barred
            if any(one.property not in self.fixed for one in self.fields[name])
        )

    def one(self, name: str) -> Field | None:
        """The form's field for a record field that has one, None where it has none."""
        return next(iter(self.fields.get(name, ())), None)

    def fields_of(self, name: str) -> tuple[Field, ...]:
        """The form's fields for one record field, in order."""
        return self.fields.get(_PLACES.get(name, name), ())

    def mapping(self) -> dict[str, str]:
        """Record field → property names joined by commas, for people."""
        return {
            name: ",".join(one.property for one in self.fields[name])
            for name in SHOWN
            if name in self.fields
        }

    def keys(self) -> frozenset[str]:
        """The keys of an entry that a record depends on, and the link, which tells whose it is."""
        return frozenset(one.property for held in self.fields.values() for one in held)

    def digest(self) -> str:
        """Changes with everything of the form that a record depends on, labels included."""
        told = [
            [name, [[one.property, one.type.value, dict(one.options)] for one in self.fields[name]]]
            for name in sorted(self.fields)
        ]
        return digest(["documents", self.title_template, told])


def find_document_recipe(
    form: Form, overrides: Mapping[str, str], *, user: str = "", needs: frozenset[str] = frozenset()
) -> DocumentRecipe:
    """Find the fields of `form`; `overrides` maps record fields to properties.

    `needs` names what the binding cannot do without: `link`, `files`.

    Raises:
        ConfigurationError: `field-name-unknown`, `field-property-unknown`, `field-not-public`,
            `field-wrong-type` for an override; `form-without-title`, `form-without-link`,
            `form-without-files`.
    """
    chosen = {name: _chosen(form, name, written) for name, written in overrides.items()}
    fields = {**_guessed(form), **chosen}
    fields = {name: held for name, held in fields.items() if held}
    for name in ("title", "link", "files"):
        if name not in fields and name in {"title", *needs}:
            raise ConfigurationError(f"form-without-{name}", form=form.id)
    automatic = fields["title"][0].property == TITLE
    held = [one for each in fields.values() for one in each]
    return DocumentRecipe(
        form=form.id,
        fields=fields,
        title_template=(form.title_template or "") if automatic else "",
        required=tuple(one for one in form.fields if one.required and one.holds_value),
        properties=frozenset(one.property for one in form.fields if one.property),
        hidden=form.hidden,
        fixed=frozenset(one.property for one in held if not may_write(one, user)),
    )


def _guessed(form: Form) -> dict[str, tuple[Field, ...]]:
    """What each readable field of the form is for."""
    fields = [one for one in form.fields if one.holds_value and one.readable_by_all]
    common = guess(form)
    title = common.single.get("title")
    dates = [one for one in fields if one.type is FieldType.DATE]
    links = [one for one in fields if one.type is FieldType.LINK]
    told = [one for one in links if any(word in folded(one.label) for word in _LINK_SAID)]
    return {
        "title": (title.field,) if title else (),
        "date": tuple(dates[:1]),
        "author": _author(fields),
        "categories": common.categories,
        "link": tuple((told or links)[:1]),
        "files": tuple(one for one in fields if one.type is FieldType.FILE),
    }


def _author(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The text field that says by its label, or its name, that it is for authors."""
    texts = [one for one in fields if one.type is FieldType.TEXT]
    found = [
        one
        for one in texts
        if any(word in folded(said) for said in (one.label, one.name) for word in _AUTHOR_SAID)
    ]
    return tuple(found[:1])


def _chosen(form: Form, name: str, written: str) -> tuple[Field, ...]:
    if name not in _ALLOWED:
        raise ConfigurationError(
            "field-name-unknown", field=name, form=form.id, fields=", ".join(SHOWN)
        )
    wanted = dict.fromkeys(each.strip() for each in written.split(",") if each.strip())
    found = tuple(_field(form, name, each) for each in wanted)
    return found if name in _LISTS else found[:1]


def _field(form: Form, name: str, wanted: str) -> Field:
    one = form.field(wanted)
    code, fitting = "", [each for each in form.fields if each.holds_value]
    if one is None:
        code = "field-property-unknown"
    elif one.type not in _ALLOWED[name]:
        code, fitting = (
            "field-wrong-type",
            [each for each in fitting if each.type in _ALLOWED[name]],
        )
    elif not one.readable_by_all:
        code = "field-not-public"
    if one is None or code:
        listed = ", ".join(each.property for each in fitting) or "–"
        raise ConfigurationError(code, field=name, property=wanted, form=form.id, properties=listed)
    return one
