"""The directories of a wiki, as anybody may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bazar_forms.directory import Source
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.planning.binding import Binding
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


class ActorReader(Protocol):
    """Reads the directories of one wiki, never as more than an anonymous reader."""

    def read(self, bindings: Sequence[Binding]) -> ActorForms:
        """The forms that `bindings` bind as contacts, with the entries that these select; where
        none is bound, every form that looks like a directory.

        Raises:
            SideError: the wiki does not answer as it should.
        """
