"""The directories of a wiki, and what is coming in its agendas, as anybody may read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bazar_forms.directory import Source
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.planning.binding import Binding
from oscartes_sync.records.event import Event, When
from oscartes_sync.records.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorForm:
    """A directory form with its entries, and how a Contact is read of one of them."""

    source: Source
    setting: ContactSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorForms:
    """The directory forms of one wiki; `problems` tell what of them could not be read."""

    forms: tuple[ActorForm, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """A form that may hold events; `binding` says which entries of it, and how they are read.

    `sure` is whether the configuration calls it one; where it does not, the form is to tell.
    """

    binding: Binding
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingEvent:
    """An event or a series with the tags of its entries, its own first.

    `at` are dates of a series (as their RECURRENCE-ID) → the tag of the repetition on that date.
    """

    event: Event
    tags: tuple[str, ...]
    at: Mapping[When, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaForm:
    """An agenda: what may still come, and the entries of just that, to be searched."""

    source: Source
    setting: Setting
    events: tuple[ComingEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaForms:
    """The agendas of one wiki; `problems` tell which of them could not be read."""

    forms: tuple[AgendaForm, ...] = ()
    problems: tuple[Problem, ...] = ()


class ActorReader(Protocol):
    """Reads one wiki, never as more than an anonymous reader."""

    def read(self, bindings: Sequence[Binding]) -> ActorForms:
        """The forms that `bindings` bind as contacts, with the entries that these select; where
        none is bound, every form that looks like a directory.

        Raises:
            SideError: the wiki does not answer as it should.
        """

    def coming(self, agendas: Sequence[Agenda], after: datetime) -> AgendaForms:
        """Those agendas that are this wiki's, without what was surely over at `after`.

        What can be read of none, or not wholly, is told by `problems` and costs nothing else. A
        single entry without a date that can be read is left out: sync and export tell of it.

        Raises:
            SideError: the wiki does not answer at all as it should.
        """
