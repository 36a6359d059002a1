"""What a table [views.NAME] of oscartes.toml may hold (msgspec)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from oscartes_sync.config.rules import (
    CONTACT_FIELD_NAMES,
    FIELD_NAMES,
    Checked,
    Fields,
    FormNumber,
    Refusal,
    Text,
    Url,
)
from oscartes_sync.exports.licence import KNOWN, find_licence
from oscartes_sync.exports.view import EXPORTED, Kind

_FIELDS: Final = {name: None for names in EXPORTED.values() for name in names}


class ViewKind(Checked):
    """contacts or events."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        if value not in EXPORTED:
            raise Refusal("config-not-one-of", allowed=", ".join(EXPORTED))
        return value

    @property
    def kind(self) -> Kind:
        """As exports know it."""
        return "events" if self == "events" else "contacts"


class LicenceName(Checked):
    """An SPDX identifier, or an address."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        if find_licence(value) is None:
            raise Refusal("config-bad-licence", known=", ".join(KNOWN))
        return value.strip()


class RecordField(Checked):
    """The name of a record field."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        if value not in _FIELDS:
            raise Refusal("config-not-one-of", allowed=", ".join(_FIELDS))
        return value


class ViewShape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[views.NAME]"""

    form: FormNumber
    wiki: Text | None = None
    kind: ViewKind | None = None
    title: str = ""
    where: str = ""
    consent: str = ""
    fields: list[RecordField] = []
    licence: LicenceName
    url: Url | None = None
    columns: Fields = field(default_factory=Fields)

    def __post_init__(self) -> None:
        """Names of the other kind are told here where the kind is; else when the form is read."""
        if self.kind is None:
            return
        known = EXPORTED[self.kind.kind]
        for name in self.fields:
            if name not in known:
                raise Refusal("config-not-one-of", key="fields", allowed=", ".join(known))
        mapped = CONTACT_FIELD_NAMES if self.kind.kind == "contacts" else FIELD_NAMES
        for column in self.columns:
            if column not in mapped:
                raise Refusal("config-not-one-of", key="columns", allowed=", ".join(mapped))
