"""What a recipe tells of a form, whatever kind of record its entries become."""

from __future__ import annotations

from typing import Protocol

from bazar_forms.field import Field
from oscartes_sync.records.problem import Problem


class FormRecipe(Protocol):
    """See `recipe.Recipe`, whose words these are."""

    @property
    def form(self) -> str:
        """The form's number."""

    @property
    def title_template(self) -> str:
        """What must be sent as title where the wiki makes titles itself, else ""."""

    @property
    def position(self) -> Field | None:
        """The map."""

    @property
    def properties(self) -> frozenset[str]:
        """All properties of the form."""

    @property
    def hidden(self) -> frozenset[str]:
        """Those that not everybody may read."""

    @property
    def fixed(self) -> frozenset[str]:
        """Those of mapped fields that we may not write."""

    @property
    def carries(self) -> frozenset[str]:
        """The record fields that an entry can show."""

    @property
    def says(self) -> frozenset[str]:
        """What only the derived paragraph can tell."""

    @property
    def writes(self) -> frozenset[str]:
        """The record fields that we may write into an entry, on its own terms."""

    @property
    def required(self) -> tuple[Field, ...]:
        """The fields without which the form is not complete."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Guesses that may be wrong."""

    def mapping(self) -> dict[str, str]:
        """Record field → property names joined by commas, for people."""

    def fields_of(self, name: str) -> tuple[Field, ...]:
        """The form's fields for one record field, in order."""

    def keys(self) -> frozenset[str]:
        """The keys of an entry that a record depends on."""

    def digest(self) -> str:
        """Changes with everything of the form that a record depends on."""
