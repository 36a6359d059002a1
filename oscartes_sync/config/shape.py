"""What oscartes.toml may hold, key by key (pydantic). Loaded only when a file is read.

A rule that is broken is a `PydanticCustomError` whose type is the code of our own error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from oscartes_sync.planning.binding import Deletions, Direction, MaxDelete, OnConflict, Share

FIELD_NAMES: Final = (
    "title",
    "start",
    "end",
    "description",
    "place",
    "address",
    "postcode",
    "town",
    "position",
    "link",
    "categories",
    "organizer",
    "image",
    "files",
)
"""The record fields that [bindings.fields] may tie to a property."""

_ALIASES: Final = {"location": "place"}
_ID: Final = re.compile(r"[a-z0-9_-]+")


def refusal(code: str, **params: object) -> PydanticCustomError:
    """A broken rule, with the blanks of its sentence."""
    return PydanticCustomError(code, code, {name: str(value) for name, value in params.items()})


def _matching(pattern: str, code: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise refusal(code)
        return value

    return check


def _filled(value: str) -> str:
    if not value.strip():
        raise refusal("config-empty")
    return value.strip()


def _number_or_text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise refusal("config-not-text")
    return str(value).strip()


def _url(value: str) -> str:
    parsed = urlsplit(value.strip())
    bad = parsed.scheme not in {"http", "https"} or not parsed.hostname
    if bad or "?" in value or "#" in value or parsed.username is not None:
        raise refusal("config-bad-url")
    return value.strip().rstrip("/")


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        raise refusal("config-unknown-zone", zone=value) from None
    except KeyError:
        raise refusal("config-unknown-zone", zone=value) from None
    return value


def _max_delete(value: object) -> MaxDelete:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", str(value))
    if isinstance(value, bool) or not isinstance(value, int | str) or not match:
        raise refusal("config-bad-max-delete")
    number, percent = float(match[1]), bool(match[2])
    if (percent and number > 100) or (not percent and number != int(number)):
        raise refusal("config-bad-max-delete")
    return MaxDelete(number if percent else int(number), percent)


def max_delete(raw: str) -> MaxDelete:
    """Read "10%" or "5", as in the file so on the command line.

    Raises:
        ValueError: where it is neither.
    """
    return _max_delete(raw)


def _since(value: str) -> int:
    match = re.fullmatch(r"\s*([1-9]\d{0,4})\s*d\s*", value)
    if not match:
        raise refusal("config-bad-since")
    return int(match[1])


def _kind(value: str) -> str:
    if value in {"contacts", "documents"}:
        raise refusal("config-kind-later", kind=value)
    if value != "events":
        raise refusal("config-not-one-of", allowed="events")
    return value


def _private(value: bool) -> bool:
    if value:
        raise refusal("config-private-later")
    return value


def _property(value: object) -> str:
    """A property's name, or several joined by commas; "" leaves the field unmapped."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = ",".join(value)
    if not isinstance(value, str):
        raise refusal("config-not-text")
    return value.strip()


def _field_names(value: object) -> object:
    if not isinstance(value, dict):
        return value
    for name in value:
        if name not in FIELD_NAMES and name not in _ALIASES:
            raise refusal("config-unknown-field", field=name, known=", ".join(FIELD_NAMES))
    return {_ALIASES.get(name, name): named for name, named in value.items()}


Text = Annotated[str, AfterValidator(_filled)]
Loose = Annotated[str, BeforeValidator(_number_or_text), AfterValidator(_filled)]


class Shape(BaseModel):
    """Nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NetworkShape(Shape):
    """[network]"""

    name: str = ""
    timezone: Annotated[str, AfterValidator(_zone)] = "Europe/Paris"
    language: Literal["fr", "en"] = "fr"


class ServerShape(Shape):
    """[wikis.ID] and [clouds.ID]"""

    url: Annotated[str, AfterValidator(_url)]
    user: Text
    ca: str = ""
    insecure: bool = False

    @model_validator(mode="after")
    def _no_plain_http(self) -> ServerShape:
        parsed = urlsplit(self.url)
        if parsed.scheme == "http" and not self.insecure and not _loopback(parsed.hostname or ""):
            raise refusal("config-plain-http", url=self.url)
        return self


class StateShape(Shape):
    """[state]"""

    url: Text = "sqlite:///oscartes.db"
    keep_days: Annotated[int, Field(ge=0)] = 30


class ShareShape(Shape):
    """One share: exactly one of user, group and team."""

    user: Text | None = None
    group: Text | None = None
    team: Text | None = None
    access: Literal["read", "write"] = "read"

    @model_validator(mode="after")
    def _one_target(self) -> ShareShape:
        if len([name for name in (self.user, self.group, self.team) if name]) != 1:
            raise refusal("config-bad-share")
        return self

    def share(self) -> Share:
        """As planning knows it."""
        write = self.access == "write"
        if self.user:
            return Share("user", self.user, write)
        if self.group:
            return Share("group", self.group, write)
        return Share("team", self.team or "", write)


class BindingShape(Shape):
    """[[bindings]]"""

    name: Text
    kind: Annotated[str, AfterValidator(_kind)] = "events"
    wiki: str | None = None
    cloud: str | None = None
    form: Loose
    collection: Annotated[
        str, AfterValidator(_matching(r"(?!\.\.?$)[^/\s?#%]+", "config-bad-collection"))
    ]
    title: str = ""
    color: Annotated[str, AfterValidator(_matching(r"(#[0-9A-Fa-f]{6})?", "config-bad-color"))] = ""
    direction: Annotated[Direction, Field(strict=False)] = Direction.BOTH
    on_conflict: Annotated[OnConflict, Field(strict=False)] = OnConflict.WIKI
    deletions: Annotated[Deletions, Field(strict=False)] = Deletions.ASK
    max_delete: Annotated[Any, BeforeValidator(_max_delete)] = MaxDelete(10)
    private: Annotated[bool, AfterValidator(_private)] = False
    since: Annotated[Any, BeforeValidator(lambda value: _since(str(value)))] = None
    where: str = ""
    publish: Annotated[
        str, AfterValidator(_matching(r"all|none|category:.*\S.*", "config-bad-publish"))
    ] = "all"
    owner: str = ""
    share: list[ShareShape] | None = None
    fields: Annotated[
        dict[str, Annotated[str, BeforeValidator(_property)]], BeforeValidator(_field_names)
    ] = Field(default_factory=dict)
    defaults: dict[str, Annotated[str, BeforeValidator(_number_or_text)]] = Field(
        default_factory=dict
    )


def _ids(value: object) -> object:
    if isinstance(value, dict):
        for name in value:
            if not _ID.fullmatch(name):
                raise refusal("config-bad-id", id=name)
        if not value:
            raise refusal("config-empty")
    return value


Servers = Annotated[dict[str, ServerShape], BeforeValidator(_ids)]


class FileShape(Shape):
    """oscartes.toml"""

    network: NetworkShape = NetworkShape()
    wikis: Servers
    clouds: Servers
    state: StateShape = StateShape()
    bindings: list[BindingShape] = Field(default_factory=list)
