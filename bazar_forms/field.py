"""One field of a Bazar form, typed.

Source: reference section 3 (field coding) and recordings 100, 101, 108 and v444-00 to -07; the
server's own classes are tools/bazar/fields/*.php. The name under which an entry holds the value
is read from `prepared[].id` and never built, since it differs by version and by migration.
"""

from __future__ import annotations

import builtins
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from bazar_forms.errors import FormMalformed
from bazar_forms.template import TemplateLine

Syntax = Literal["html", "wiki", "nohtml"]

POSITION = ("bf_latitude", "bf_longitude")
"""The usual names of a map's two keys."""

LEGACY_POSITION = "carte_google"
"""The property in which old releases kept a position."""

_TREE_ARROW = "➤"
_SIZE_FACTORS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}


class FieldType(StrEnum):
    """What a field holds; the values are the template's keywords where Bazar has one."""

    TEXT = "texte"
    TITLE = "titre"
    TEXTAREA = "textelong"
    DATE = "jour"
    START_DATE = "listedatedeb"
    END_DATE = "listedatefin"
    LIST = "liste"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    LINKED_ENTRY = "listefiche"
    LINKED_ENTRIES = "checkboxfiche"
    REVERSE_LINKS = "listefichesliees"
    TAGS = "tags"
    MAP = "map"
    EMAIL = "champs_mail"
    LINK = "lien_internet"
    IMAGE = "image"
    FILE = "fichier"
    ACLS = "acls"
    DISPLAY = "labelhtml"
    HIDDEN = "champs_cache"
    PASSWORD = "mot_de_passe"  # noqa: S105 -- a field type of Bazar, no password
    USER = "utilisateur_wikini"
    SUBSCRIPTION = "inscriptionliste"
    CALCULATION = "calc"
    UNKNOWN = "unknown"


_TYPES: Mapping[str, FieldType] = MappingProxyType(
    {
        **{kind.value: kind for kind in FieldType},
        "text": FieldType.TEXT,
        "number": FieldType.TEXT,
        "url": FieldType.TEXT,
        "range": FieldType.TEXT,
        "color": FieldType.TEXT,
        "date": FieldType.TEXT,
        "password": FieldType.PASSWORD,
        "email": FieldType.EMAIL,
        "link": FieldType.LINK,
        "hidden": FieldType.HIDDEN,
        "carte_google": FieldType.MAP,
        "listefiches": FieldType.REVERSE_LINKS,
        "radiofiche": FieldType.LINKED_ENTRY,
        "yeswiki_user": FieldType.USER,
        "tabs": FieldType.DISPLAY,
        "tabchange": FieldType.DISPLAY,
        "conditionschecking": FieldType.DISPLAY,
        "bookmarklet": FieldType.DISPLAY,
        "metadatas": FieldType.DISPLAY,
        "externalselectlistfield": FieldType.LIST,
        "externalradiolistfield": FieldType.RADIO,
        "externalcheckboxlistfield": FieldType.CHECKBOX,
        "externalselectentryfield": FieldType.LINKED_ENTRY,
        "externalradioentryfield": FieldType.LINKED_ENTRY,
        "externalcheckboxentryfield": FieldType.LINKED_ENTRIES,
        "externaltagsfield": FieldType.TAGS,
        "externalfilefield": FieldType.FILE,
        "externalimagefield": FieldType.IMAGE,
    }
)


def _no_names() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    `property` is the key of the value in an entry, empty where the field holds none. `options`
    maps a choice's key to its label, unescaped; `parents` maps the key of a child in a tree to
    that of its parent. `linked` is the list or the form that the choices come from. `max_bytes`
    bounds a file. ACLs are Bazar's lines, separated by line feeds; empty means everybody.
    """

    type: FieldType
    property: str
    name: str = ""
    label: str = ""
    required: bool = False
    default: str = ""
    help: str = ""
    read_acl: str = ""
    write_acl: str = ""
    options: Mapping[str, str] = field(default_factory=_no_names)
    parents: Mapping[str, str] = field(default_factory=_no_names)
    linked: str = ""
    syntax: Syntax = "html"
    subtype: str = ""
    max_chars: int | None = None
    max_bytes: int | None = None
    semantic: str = ""
    latitude: str = ""
    longitude: str = ""
    address: Mapping[str, str] = field(default_factory=_no_names)
    extensions: tuple[str, ...] = ()
    email_is_contact_form: bool = False
    sends_mail: bool = False
    entry_read_acl: str = ""
    entry_write_acl: str = ""

    @builtins.property
    def readable_by_all(self) -> bool:
        """Whether an anonymous reader of the API sees the value (reference section 2)."""
        return allows_everybody(self.read_acl) and not self.email_is_contact_form

    @builtins.property
    def writable_by_all(self) -> bool:
        """Whether the field's own rights let everybody write it."""
        return allows_everybody(self.write_acl)

    @builtins.property
    def holds_value(self) -> bool:
        """Whether an entry has something under `property` that may be read and written."""
        return bool(self.property) and self.type not in _VALUELESS

    def label_path(self, key: str) -> str:
        """The label of a choice with those of its parents, as `Parent / Child`."""
        path = [leaf_label(self.options.get(key, key))]
        seen = {key}
        while (parent := self.parents.get(key)) is not None and parent not in seen:
            path.insert(0, leaf_label(self.options.get(parent, parent)))
            seen.add(parent)
            key = parent
        return " / ".join(path)


_VALUELESS = frozenset(
    {FieldType.REVERSE_LINKS, FieldType.ACLS, FieldType.DISPLAY, FieldType.PASSWORD}
)


def allows_everybody(acl: str) -> bool:
    """Whether an ACL lets an anonymous visitor through; an empty one does.

    Lines are alternatives, as in includes/services/AclService.php: `*` is everybody, and `!`
    before anything that an anonymous visitor is not (`+`, `%`, `@group`, a name) lets them in.
    """
    lines = [line.strip() for line in re.split(r"[\r\n,]+", acl)]
    lines = [line for line in lines if line]
    return not lines or any(_anonymous_passes(line) for line in lines)


def _anonymous_passes(line: str) -> bool:
    negated = line.startswith("!")
    who = line.removeprefix("!").strip()
    if not who or who.startswith("#") or who == "@":
        return False
    return negated != who.startswith("*")


def leaf_label(label: str) -> str:
    """The last part of a label of a tree, which Bazar writes ` Parent ➤ Child`."""
    return label.rsplit(_TREE_ARROW, 1)[-1].strip() or label.strip()


def field_from_json(raw: object, line: TemplateLine | None = None) -> Field:
    """Builds a Field from one member of `prepared`, with its template line where there is one.

    `raw` is the object that the server serialises; what it leaves out (the syntax of a long
    text, the size of a file, the length) is taken from the line. Raises FormMalformed where
    `raw` is no object or has no type.
    """
    if not isinstance(raw, Mapping) or not isinstance(raw.get("type"), str):
        raise FormMalformed("A field of the form has no type.")
    line = line or TemplateLine(())
    kind = _kind(raw)
    options = _options(raw.get("options"))
    address = raw.get("autocompleteFieldnames")
    return Field(
        type=kind,
        property=_text(raw.get("id")),
        name=_text(raw.get("name")),
        label=html.unescape(_text(raw.get("label"))),
        required=raw.get("required") in (True, 1, "1"),
        default=_text(raw.get("default")),
        help=html.unescape(_text(raw.get("helper"))),
        read_acl=_acl(raw.get("read_acl")),
        write_acl=_acl(raw.get("write_acl")),
        options=MappingProxyType({key: html.unescape(text.strip()) for key, text in options}),
        parents=MappingProxyType(_parents(options)),
        linked=_text(raw.get("linkedObjectName")),
        syntax=_syntax(line),
        subtype=_text(raw.get("subType")),
        max_chars=_max_chars(kind, raw, line),
        max_bytes=_bytes(line.cell(14)) if kind is FieldType.FILE else None,
        semantic="" if kind is FieldType.FILE else _joined(raw.get("sem_type")),
        latitude=_text(raw.get("latitudeField")),
        longitude=_text(raw.get("longitudeField")),
        address=MappingProxyType(
            {k: v for k, v in address.items() if isinstance(v, str) and v}
            if isinstance(address, Mapping)
            else {}
        ),
        extensions=_extensions(raw.get("authorizedExts")),
        email_is_contact_form=raw.get("showContactForm") is True,
        sends_mail=raw.get("sendMail") is True,
        entry_read_acl=_acl(raw.get("entryReadRight")),
        entry_write_acl=_acl(raw.get("entryWriteRight")),
    )


def _kind(raw: Mapping[str, object]) -> FieldType:
    keyword = str(raw["type"])
    if "subType" in raw and keyword != "password":
        # A `texte` whose subtype is e-mail calls itself `email`, as `champs_mail` does.
        return FieldType.TEXT
    return _TYPES.get(keyword.lower(), FieldType.UNKNOWN)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _joined(value: object) -> str:
    return ",".join(map(_text, value)) if isinstance(value, list) else _text(value)


def _acl(value: object) -> str:
    return "\n".join(part.strip() for part in re.split(r"[\r\n,]+", _text(value))).strip()


def _extensions(value: object) -> tuple[str, ...]:
    members = value.values() if isinstance(value, Mapping) else value
    return tuple(map(_text, members)) if isinstance(members, (list, type({}.values()))) else ()


def _options(raw: object) -> list[tuple[str, str]]:
    if isinstance(raw, Mapping):
        return [(str(key), _text(label)) for key, label in raw.items()]
    if isinstance(raw, list):  # keys 0 … n-1 make PHP write a list
        return [(str(index), _text(label)) for index, label in enumerate(raw)]
    return []


def _parents(options: list[tuple[str, str]]) -> dict[str, str]:
    """A child's label opens with a blank and holds those of its parents, which come before it."""
    parents: dict[str, str] = {}
    by_path: dict[tuple[str, ...], str] = {}
    for key, label in options:
        path = tuple(part.strip() for part in label.split(_TREE_ARROW))
        if label.startswith(" ") and path[:-1] in by_path:
            parents[key] = by_path[path[:-1]]
        by_path[path] = key
    return parents


def _syntax(line: TemplateLine) -> Syntax:
    """Cell 7; the server shows a long text of any other syntax, the empty one too, as HTML."""
    written = line.cell(7)
    if written in {"wiki", "wiki-textarea"}:
        return "wiki"
    return "nohtml" if written == "nohtml" else "html"


def _max_chars(kind: FieldType, raw: Mapping[str, object], line: TemplateLine) -> int | None:
    if kind is FieldType.TEXTAREA:
        written = line.cell(6)
    elif kind is FieldType.TEXT:
        written = _text(raw.get("maxChars"))
    else:
        return None
    return int(written) if re.fullmatch(r"[1-9][0-9]{0,8}", written) else None


def _bytes(written: str) -> int | None:
    match = re.fullmatch(r"([0-9]{1,9})\s*([KMG]?)[oB]?", written.strip(), re.IGNORECASE)
    return int(match[1]) * _SIZE_FACTORS[match[2].upper()] if match else None
