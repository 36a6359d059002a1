"""A Problem: what is wrong with one thing, as a value beside the good rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from oscartes_sync.errors import OscartesError


class Side(StrEnum):
    """Where a thing lives."""

    WIKI = "wiki"
    CLOUD = "cloud"

    @property
    def other(self) -> Side:
        """The side across."""
        return Side.CLOUD if self is Side.WIKI else Side.WIKI


class Severity(StrEnum):
    """ERROR: something is not mirrored. WARNING: mirrored less well than it could be."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. Its sentence and remedy are found by `code` in `presentation.texts`.

    `params` fill the blanks of both; they are sorted pairs, so that equal problems are equal.
    """

    code: str
    severity: Severity = Severity.ERROR
    side: Side | None = None
    entry: str | None = None
    href: str | None = None
    params: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        code: str,
        *,
        severity: Severity = Severity.ERROR,
        side: Side | None = None,
        entry: str | None = None,
        href: str | None = None,
        **params: object,
    ) -> Problem:
        """Build one with its blanks given by name."""
        pairs = tuple(sorted((name, str(value)) for name, value in params.items()))
        return cls(code, severity, side, entry, href, pairs)

    @classmethod
    def warning(cls, code: str, side: Side | None = None, **params: object) -> Problem:
        """A warning with its blanks given by name."""
        pairs = tuple(sorted((name, str(value)) for name, value in params.items()))
        return cls(code, Severity.WARNING, side, None, None, pairs)

    @classmethod
    def from_error(
        cls,
        error: OscartesError,
        *,
        side: Side | None = None,
        entry: str | None = None,
        href: str | None = None,
    ) -> Problem:
        """The error of one thing, as a problem of that thing."""
        pairs = tuple(sorted(error.params.items()))
        return cls(error.code, Severity.ERROR, side, entry, href, pairs)

    def at(self, *, entry: str | None = None, href: str | None = None) -> Problem:
        """The same problem, placed where it is not yet."""
        return replace(self, entry=self.entry or entry, href=self.href or href)

    def sort_key(self) -> tuple[str, ...]:
        """A total order, so that outputs are the same for the same inputs."""
        blanks = [f"{name}={value}" for name, value in self.params]
        return (
            self.severity,
            self.code,
            self.entry or "",
            self.href or "",
            self.side or "",
            *blanks,
        )

    def to_json(self) -> dict[str, object]:
        """As stored in the state."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "side": self.side.value if self.side else None,
            "entry": self.entry,
            "href": self.href,
            "params": dict(self.params),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> Problem:
        """Back from `to_json`."""
        params = raw.get("params")
        side = raw.get("side")
        entry, href = raw.get("entry"), raw.get("href")
        return cls(
            str(raw["code"]),
            Severity(str(raw["severity"])),
            Side(str(side)) if side else None,
            str(entry) if entry is not None else None,
            str(href) if href is not None else None,
            tuple(sorted((str(k), str(v)) for k, v in params.items()))
            if isinstance(params, Mapping)
            else (),
        )
