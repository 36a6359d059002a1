"""What a route works with: the parts of the wiki and the request in hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from oscartes_sync.sandbox.wiki.core import Core, Visitor
from oscartes_sync.sandbox.wiki.entries import Entries
from oscartes_sync.sandbox.wiki.forms import Forms
from oscartes_sync.sandbox.wiki.messages import Request
from oscartes_sync.sandbox.wiki.recurrence import Repetitions
from oscartes_sync.sandbox.wiki.sessions import Login, Sessions


class Parts:
    """The wiki taken apart."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.forms = Forms(core)
        self.entries = Entries(core, self.forms)
        self.repetitions = Repetitions(core, self.entries)
        self.sessions = Sessions(core)


@dataclass
class Call:
    """One request being answered; `printed` is what PHP would have echoed beside the answer."""

    parts: Parts
    request: Request
    login: Login
    printed: list[str] = field(default_factory=list)

    @property
    def core(self) -> Core:
        """The wiki's heart."""
        return self.parts.core

    @property
    def visitor(self) -> Visitor:
        """Who asks."""
        return self.login.visitor

    def parameter(self, name: str) -> str:
        """A text parameter of the query string, "" where absent or an array."""
        value = self.request.get.get(name)
        return value if isinstance(value, str) else ""
