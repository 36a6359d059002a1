"""The configuration as frozen values, defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from oscartes_sync.exports.view import View
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.spaces.values import SpaceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """The network of initiatives: its name, its IANA time zone, the language of its texts."""

    name: str = ""
    timezone: str = "Europe/Paris"
    language: Literal["fr", "en"] = "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class WikiSettings:
    """One wiki. `url` ends without a slash; `ca` is the path of a file of authorities, "" if none.

    `insecure` allows plain http beyond loopback.
    """

    id: str
    url: str
    user: str
    key: str = field(repr=False)
    ca: str = ""
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudSettings:
    """One cloud; see `WikiSettings`. `password` is an app password.

    `admin` and `admin_password` are an administrator's account and its own password, "" where no
    `[[spaces]]` needs them: Team folders take nobody else's (recording 140).
    """

    id: str
    url: str
    user: str
    password: str = field(repr=False)
    ca: str = ""
    insecure: bool = False
    admin: str = ""
    admin_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of it. `state_url` is absolute; `keep_days` is how long before-images are kept."""

    path: Path
    network: NetworkSettings
    wikis: Mapping[str, WikiSettings]
    clouds: Mapping[str, CloudSettings]
    state_url: str = field(repr=False)
    keep_days: int
    bindings: tuple[Binding, ...]
    views: tuple[View, ...] = ()
    spaces: tuple[SpaceKind, ...] = ()
