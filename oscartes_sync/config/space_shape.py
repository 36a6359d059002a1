"""What a table [[spaces]] of oscartes.toml may hold (msgspec)."""

from __future__ import annotations

from typing import Final, Literal, Self

from msgspec import Struct, field

from oscartes_sync.config.rules import Checked, FormNumber, Limit, Property, Refusal, Text

SPACE_FIELDS: Final = (
    "name",
    "description",
    "members",
    "lead",
    "start",
    "end",
    "public",
    "team_link",
    "folder_link",
    "calendar_link",
    "state",
)
"""What [spaces.fields] may tie to a property; mapping.spaces knows how each is found."""


class FolderPath(Checked):
    """The path of a folder below the bot's files."""

    __slots__ = ()

    @classmethod
    def obeying(cls, value: str) -> str:
        parts = value.strip().strip("/").split("/")
        if not all(part.strip() and part not in (".", "..") for part in parts):
            raise Refusal("config-bad-folder")
        return "/".join(part.strip() for part in parts)


class SpaceFields(dict[str, str]):
    """The table that ties what is read and written to properties."""

    @classmethod
    def read(cls, value: object) -> Self:
        """What the file holds, as it is kept; raises `Refusal`."""
        if not isinstance(value, dict):
            raise Refusal("config-not-table")
        table: dict[str, object] = value
        for name in table:
            if name not in SPACE_FIELDS:
                raise Refusal("config-unknown-field", field=name, known=", ".join(SPACE_FIELDS))
        return cls({name: Property.read(table[name]) for name in table})


class SpaceShape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[[spaces]]"""

    name: Text
    wiki: str | None = None
    cloud: str | None = None
    form: FormNumber
    where: str = ""
    folder: FolderPath | None = None
    template: list[FolderPath] | None = None
    published: str | None = None
    archive: FolderPath = FolderPath("Archives")
    team_folders: bool = False
    after_archive: Literal["read", "none"] = "read"
    max_delete: Limit = Limit("10%")
    documents: str = ""
    agenda: str = ""
    fields: SpaceFields = field(default_factory=SpaceFields)
