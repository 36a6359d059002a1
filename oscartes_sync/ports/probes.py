"""What doctor, forms and init ask of the servers, and where init writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from oscartes_sync.planning.binding import Binding

CheckStatus = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of `doctor`. Message and remedy are found by `code`; "" remedy where all is well."""

    id: str
    target: str
    status: CheckStatus
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """What `forms` tells of one form: `mapping` is record field → Bazar property names."""

    wiki: str
    id: str
    label: str
    entries: int
    kinds: tuple[str, ...]
    mapping: Mapping[str, str]


class WikiProbe(Protocol):
    """What doctor, forms and init ask of a wiki."""

    def check(self, bindings: Sequence[Binding]) -> Sequence[Check]:
        """Reachable, key, clock, forms and mapping of these bindings, rights, traps."""

    def forms(self, bindings: Sequence[Binding]) -> Sequence[FormView]:
        """All forms and what each could be bound to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login that a browser grants (login flow v2): show `url`, then poll."""

    url: str
    poll: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What login flow v2 gives."""

    server: str
    user: str
    password: str = field(repr=False)


class CloudProbe(Protocol):
    """What doctor and init ask of a cloud."""

    def check(self, bindings: Sequence[Binding]) -> Sequence[Check]:
        """Reachable, password, clock, capabilities, collections, rights, shares, traps."""

    def start_login(self) -> Login:
        """Begin login flow v2."""

    def poll_login(self, login: Login) -> Granted | None:
        """The granted password, or None while nobody has answered."""


class SettingsStore(Protocol):
    """Where `init` writes the configuration."""

    def exists(self) -> bool:
        """Whether there is one already."""

    def write(self, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> Sequence[str]:
        """Write oscartes.toml and .env (0600), atomically; the paths written."""
