"""The other side of a table: there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Look, Snapshot
from oscartes_sync.ports import Image, Traffic, Written
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record


class NoCloud:
    """A Cloud port to nothing: a plan for it would be a bug, and is told as one."""

    def prepare(self, binding: Binding, *, writing: bool = True) -> tuple[Problem, ...]:  # noqa: ARG002
        """Nothing to prepare."""
        return ()

    def traffic(self) -> Traffic:
        """None."""
        return Traffic()

    def parallel(self, *, creating: bool) -> int:  # noqa: ARG002
        """One, of nothing."""
        return 1

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """Never asked for."""
        self._refuse(binding, known, full)

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """Never asked for."""
        self._refuse(binding, keys)

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """Never asked for."""
        self._refuse(binding, uid, record, key)

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """Never asked for."""
        self._refuse(binding, key, token, changes, record)

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        """Never asked for."""
        self._refuse(binding, key, token, withdrawn)

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """Never asked for."""
        self._refuse(binding, operations)

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        """Never asked for."""
        self._refuse(binding, operation, token, image)

    def complete(self, binding: Binding, key: str, uid: str = "") -> tuple[Problem, ...]:
        """Never asked for."""
        self._refuse(binding, key, uid)

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """Never asked for."""
        self._refuse(binding, key)

    def project(self, binding: Binding, record: Record) -> Record:
        """Never asked for."""
        self._refuse(binding, record)

    @staticmethod
    def _refuse(binding: Binding, *_words: object) -> NoReturn:
        raise AssertionError(f"{binding.name} has no cloud")
