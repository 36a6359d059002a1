"""A side with something in front of it: what is not changed on the way is passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.snapshot import Known, Look, Snapshot
from oscartes_sync.ports import Image, SidePort, Traffic, Written
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record


class PassedOn:
    """The port of a side in front of another one."""

    def __init__(self, side: SidePort) -> None:
        self._side = side

    def snapshot(self, binding: Binding, known: Known, *, full: bool = False) -> Snapshot:
        """See `SidePort.snapshot`."""
        return self._side.snapshot(binding, known, full=full)

    def look(self, binding: Binding, keys: Iterable[str]) -> Mapping[str, Look]:
        """See `SidePort.look`."""
        return self._side.look(binding, keys)

    def create(self, binding: Binding, uid: str, record: Record, key: str | None) -> Written:
        """See `SidePort.create`."""
        return self._side.create(binding, uid, record, key)

    def update(
        self,
        binding: Binding,
        key: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """See `SidePort.update`."""
        return self._side.update(binding, key, token, changes, record)

    def delete(self, binding: Binding, key: str, token: str, *, withdrawn: bool = False) -> None:
        """See `SidePort.delete`."""
        self._side.delete(binding, key, token, withdrawn=withdrawn)

    def images(self, binding: Binding, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """See `SidePort.images`."""
        return self._side.images(binding, operations)

    def put_back(self, binding: Binding, operation: Operation, token: str, image: Image) -> Written:
        """See `SidePort.put_back`."""
        return self._side.put_back(binding, operation, token, image)

    def complete(self, binding: Binding, key: str, uid: str = "") -> tuple[Problem, ...]:
        """See `SidePort.complete`."""
        return self._side.complete(binding, key, uid)

    def erase(self, binding: Binding, key: str) -> tuple[Problem, ...]:
        """See `SidePort.erase`."""
        return self._side.erase(binding, key)

    def project(self, binding: Binding, record: Record) -> Record:
        """See `SidePort.project`."""
        return self._side.project(binding, record)

    def parallel(self, *, creating: bool) -> int:
        """See `SidePort.parallel`."""
        return self._side.parallel(creating=creating)

    def traffic(self) -> Traffic:
        """See `SidePort.traffic`."""
        return self._side.traffic()
