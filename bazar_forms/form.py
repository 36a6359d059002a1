"""A Bazar form: its fields, in the order of the template.

Source: reference section 3, recordings 100, 101, 108, v444-00, v444-01, v444-07.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

from bazar_forms.errors import FormMalformed
from bazar_forms.field import Field, FieldType, field_from_json
from bazar_forms.template import TemplateLine, lines_from_json, parse_template


@dataclass(frozen=True, slots=True)
class Form:
    """A form; `label` and `description` are unescaped.

    `one_entry_per_user` is enforced by the wiki's own pages only. `problems` are the fields that
    could not be read, as errors that were not raised: the other fields are good.
    """

    id: str
    label: str
    description: str = ""
    fields: tuple[Field, ...] = ()
    one_entry_per_user: bool = False
    problems: tuple[FormMalformed, ...] = field(default=(), compare=False)

    @classmethod
    def from_json(cls, raw: object) -> Form:
        """Reads a form of `?api/forms/{id}`, or a member of `?api/forms`.

        `prepared` may be a list or, where a line is of an unknown type, an object keyed by
        position (recording 108). Raises FormMalformed where there is no id or no `prepared`.
        """
        if not isinstance(raw, Mapping):
            raise FormMalformed("A form is not a JSON object.")
        number = raw.get("bn_id_nature")
        if not isinstance(number, (str, int)) or isinstance(number, bool) or not str(number):
            raise FormMalformed("A form has no number.")
        fields, problems = _fields(str(number), raw)
        return cls(
            id=str(number),
            label=_unescaped(raw.get("bn_label_nature")),
            description=_unescaped(raw.get("bn_description")),
            fields=fields,
            one_entry_per_user=raw.get("bn_only_one_entry") == "Y",
            problems=problems,
        )

    def field(self, property: str) -> Field | None:  # noqa: A002 -- Bazar's own word
        """The first field whose value an entry holds under `property`, or None."""
        return next((one for one in self.fields if property and one.property == property), None)

    def of_type(self, *types: FieldType) -> tuple[Field, ...]:
        """The fields of these types, in the order of the form."""
        return tuple(one for one in self.fields if one.type in types)

    @property
    def title_template(self) -> str | None:
        """What has to be sent as `bf_titre` where the title is automatic, else None."""
        return next((one.name for one in self.of_type(FieldType.TITLE)), None)

    @property
    def hidden(self) -> frozenset[str]:
        """The properties that not everybody may read."""
        return frozenset(
            one.property for one in self.fields if one.property and not one.readable_by_all
        )

    @property
    def sends_mail(self) -> bool:
        """Whether some field mails on every write of an entry."""
        return any(one.sends_mail for one in self.fields)

    @property
    def entry_read_acl(self) -> str:
        """The read right that an `acls` field gives new entries; empty without such a field."""
        return next((one.entry_read_acl for one in self.of_type(FieldType.ACLS)), "")

    @property
    def entry_write_acl(self) -> str:
        """The write right that an `acls` field gives new entries; empty without such a field."""
        return next((one.entry_write_acl for one in self.of_type(FieldType.ACLS)), "")


def forms_from_json(raw: object) -> tuple[dict[str, Form], list[FormMalformed]]:
    """Reads `?api/forms`, an object keyed by form number (or a list); bad forms are set apart."""
    rows = list(raw.values()) if isinstance(raw, Mapping) else raw
    if not isinstance(rows, list):
        raise FormMalformed("The list of forms is not a JSON object.")
    forms: dict[str, Form] = {}
    problems: list[FormMalformed] = []
    for row in rows:
        if isinstance(row, str):  # `rawOutput`, what PHP printed beside its answer
            continue
        try:
            form = Form.from_json(row)
        except FormMalformed as problem:
            problems.append(problem)
        else:
            forms[form.id] = form
    return forms, problems


def _fields(
    number: str, raw: Mapping[str, object]
) -> tuple[tuple[Field, ...], tuple[FormMalformed, ...]]:
    lines = _lines(raw)
    fields: list[Field] = []
    problems: list[FormMalformed] = []
    for position, member in _prepared(number, raw.get("prepared")):
        try:
            fields.append(field_from_json(member, _line_of(member, position, lines)))
        except FormMalformed:
            problems.append(FormMalformed(f"Field {position + 1} of form {number} cannot be read."))
    return tuple(fields), tuple(problems)


def _prepared(number: str, raw: object) -> list[tuple[int, object]]:
    if isinstance(raw, list):
        return list(enumerate(raw))
    if isinstance(raw, Mapping):
        keyed = [(int(key), member) for key, member in raw.items() if str(key).isdecimal()]
        return sorted(keyed, key=lambda pair: pair[0])
    raise FormMalformed(f"Form {number} has no list of fields.")


def _lines(raw: Mapping[str, object]) -> tuple[TemplateLine, ...]:
    lines = lines_from_json(raw.get("template"))
    template = raw.get("bn_template")
    return lines or (parse_template(template) if isinstance(template, str) else ())


def _line_of(member: object, position: int, lines: tuple[TemplateLine, ...]) -> TemplateLine | None:
    """The line at the same position, unless it bears another name: then the one that bears it."""
    at_position = lines[position] if position < len(lines) else None
    names = _names(member)
    if not names or (at_position and _bears(at_position, names)):
        return at_position
    return next((line for line in lines if _bears(line, names)), at_position)


def _names(member: object) -> set[str]:
    if not isinstance(member, Mapping):
        return set()
    found = (member.get(key) for key in ("id", "name", "linkedObjectName"))
    return {name for name in found if isinstance(name, str) and name}


def _bears(line: TemplateLine, names: set[str]) -> bool:
    return line.cell(1) in names or line.cell(6) in names


def _unescaped(value: object) -> str:
    return html.unescape(value) if isinstance(value, str) else ""
