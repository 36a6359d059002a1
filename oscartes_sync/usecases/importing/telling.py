"""What is told of the rows of a table, beside what is done with the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from oscartes_sync.exports.plain import as_text
from oscartes_sync.imports.table import Row
from oscartes_sync.records.event import Position
from oscartes_sync.records.problem import Problem, Severity, Side

_LONGEST: Final = 80
"""Of a value that is shown, so that it is known again."""


@dataclass(slots=True)
class Telling:
    """Problems of a table, in the order they were found.

    They may hold values of its cells: they are told to whoever runs the import, and are kept
    nowhere. `left_out` are the lines of rows of which something was not done.
    """

    problems: list[Problem] = field(default_factory=list)
    left_out: set[int] = field(default_factory=set)

    def warn(self, code: str, **blanks: Any) -> None:
        """Something about the table as a whole."""
        self.problems.append(Problem.warning(code, Side.WIKI, **blanks))

    def wrong(self, code: str, row: Row, *, entry: str | None = None, **blanks: Any) -> None:
        """Why something that a row says is not done."""
        self.left_out.add(row.line)
        self._of(Severity.ERROR, code, row, entry, blanks)

    def hint(self, code: str, row: Row, *, entry: str | None = None, **blanks: Any) -> None:
        """What else there is to know of a row."""
        self._of(Severity.WARNING, code, row, entry, blanks)

    def _of(
        self, severity: Severity, code: str, row: Row, entry: str | None, blanks: dict[str, Any]
    ) -> None:
        self.problems.append(
            Problem.of(
                code,
                severity=severity,
                side=Side.WIKI,
                entry=entry or row.key[:_LONGEST] or None,
                row=row.line,
                **blanks,
            )
        )


def shown(values: Sequence[Any]) -> str:
    """Values in a sentence."""
    texts = (
        f"{each.latitude} {each.longitude}" if isinstance(each, Position) else as_text(each)
        for each in values
    )
    text = " ".join(" | ".join(texts).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
