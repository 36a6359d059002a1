"""Public addresses of files in a folder of the cloud."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from oscartes_sync.planning.binding import Binding
from oscartes_sync.records.problem import Problem


class PublicLinks(Protocol):
    """The addresses under which anybody may read files, made by us and by nobody else."""

    def publish(self, binding: Binding, file: str, title: str) -> str:
        """The address of the file with this key; made where it has none, else the one it has.

        Raises:
            SideError: it cannot be made.
        """

    def keep(
        self, binding: Binding, files: Collection[str], *, among: Collection[str] | None = None
    ) -> tuple[Problem, ...]:
        """Revoke those that we made in the folder of this binding, but for these files.

        With `among`, none but those of the files it names.
        """

    def owes(self, binding: Binding) -> bool:
        """Whether one that was to end may be open again, its file having come back."""
