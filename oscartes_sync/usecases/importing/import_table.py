"""A table into a form: changed rows change entries, new rows make some, nothing is removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from oscartes_sync.errors import RecordError, SideError
from oscartes_sync.exports.view import Kind
from oscartes_sync.imports.table import Row, Table
from oscartes_sync.imports.values import (
    NAMES,
    BadCell,
    unknown_columns,
    updated,
    wishes,
)
from oscartes_sync.planning.importing import Wish, plan_import, settled
from oscartes_sync.planning.plan import Plan
from oscartes_sync.planning.snapshot import Known, Presence, Seen, Sighting
from oscartes_sync.ports import Clock, StateStore
from oscartes_sync.ports.tables import Chronicle
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Event
from oscartes_sync.records.fingerprint import digest
from oscartes_sync.records.identity import has_suffix, suffix, uid_of
from oscartes_sync.records.problem import Problem, Severity, Side
from oscartes_sync.records.record import Record, series_of
from oscartes_sync.usecases.apply_plan import apply_plan
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.run import failed, journalled, run_id
from oscartes_sync.usecases.tally import report, share
from oscartes_sync.usecases.world import Options, Progress, World, on_side

_MAKE: Final[Mapping[Kind, type]] = {"contacts": Contact, "events": Event}
_NOT_THERE: Final[Mapping[Presence, str]] = {
    Presence.GONE: "import-entry-gone",
    Presence.HIDDEN: "import-entry-hidden",
}
_REFUSALS: Final[Mapping[str, str]] = {"required-empty": "import-required"}
"""What a refusal is called of a row, where its own sentence speaks of the cloud."""
_ELSEWHERE: Final = "import-entry-elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One table on its way into one form; `world` has no cloud."""

    world: World
    chronicle: Chronicle
    table: Table


def plan_table(one: Import, options: Options) -> RunReport:
    """What the import would do; writes nothing anywhere."""
    clock = one.world.clock
    binding = _reported(one, options, lambda plan, _made: report(plan))
    return RunReport(run=run_id(clock), bindings=(binding,), exit=binding.exit)


def import_table(
    one: Import, options: Options, *, state: StateStore, clock: Clock, progress: Progress | None
) -> RunReport:
    """Plan, safety, apply, as a run that can be undone."""

    def apply(run: str, plan: Plan, made: Mapping[str, str]) -> BindingReport:
        name = one.world.binding.name
        told = (lambda done, total: progress(name, done, total)) if progress else None
        begun = _begun(one.world, made)
        applied = apply_plan(one.world, plan, run=run, progress=told)
        problems = [*applied.problems, *_completed(one.world, begun)]
        return report(plan, operations=applied.operations, problems=problems)

    return journalled(
        lambda run: [_reported(one, options, partial(apply, run))],
        command="import",
        state=state,
        clock=clock,
    )


def _begun(world: World, made: Mapping[str, str]) -> list[str]:
    """Tags of what an interrupted import made, whose last touch nobody saw."""
    unfinished = world.state.unfinished(world.binding.name)
    return [made[each.operation.uid] for each in unfinished if each.operation.uid in made]


def _completed(world: World, tags: Sequence[str]) -> list[Problem]:
    problems: list[Problem] = []
    for tag in tags:
        try:
            problems += world.wiki.complete(world.binding, tag)
        except SideError as error:
            problems.append(Problem.from_error(error, side=Side.WIKI, entry=tag))
    return problems


def _reported(
    one: Import, options: Options, done: Callable[[Plan, Mapping[str, str]], BindingReport]
) -> BindingReport:
    world = one.world
    started, before = world.clock.monotonic(), world.traffic()
    try:
        with on_side(Side.WIKI):
            plan, made = make_import_plan(one, options)
        told = done(plan, made)
    except SideError as error:
        return failed(world, error)
    wiki, cloud = share(before, world.traffic())
    seconds = round(world.clock.monotonic() - started, 3)
    summary = replace(told.summary, wiki=wiki, cloud=cloud, seconds=seconds)
    return replace(told, summary=summary)


def make_import_plan(one: Import, options: Options) -> tuple[Plan, Mapping[str, str]]:
    """The plan of one table; and of its new rows those that are entries by now, tag by UID.

    Raises:
        SideError: where the form cannot be read.
        ConfigurationError: where binding and form do not fit.
    """
    world = one.world
    binding = world.binding
    snapshot = world.wiki.snapshot(binding, Known(), full=True)
    # Asked after the entries were read: an edit that comes between the two counts as one that came
    # after the table was made, and is not written over.
    reader = _Reader(one, snapshot.sightings, one.chronicle.dates(binding))
    reader.read()
    plan = plan_import(
        binding.name,
        reader.wishes,
        limit=options.max_delete or binding.max_delete,
        unchanged=reader.unchanged,
        problems=[*one.table.problems, *reader.problems],
        label=snapshot.label,
    )
    return plan, reader.made


@dataclass(slots=True)
class _Reader:
    """The rows of a table beside the entries of the form, and what comes of each."""

    one: Import
    there: Mapping[str, Sighting]
    dates: Mapping[str, Any]
    wishes: list[Wish] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    unchanged: int = 0

    @property
    def kind(self) -> Kind:
        return self.one.world.binding.kind

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.one.world.binding.zone)

    def read(self) -> None:
        """All rows, in order; what is wrong with one is told beside the others."""
        table = self.one.table
        for name in unknown_columns(table.columns, self.kind):
            self.problems.append(Problem.warning("import-unknown-column", Side.WIKI, name=name))
        known = [row for row in table.rows if row.key]
        if known and "updated" not in table.columns:
            self.problems.append(Problem.warning("import-without-dates", Side.WIKI))
        often = Counter(row.key for row in known)
        elsewhere = self._looked({tag for tag in often if tag not in self.there})
        first: dict[str, int] = {}
        for row in table.rows:
            try:
                if not row.key:
                    self._new(row, first)
                elif often[row.key] > 1:
                    self._tell("import-row-twice", row)
                elif row.key not in self.there:
                    self._tell(elsewhere.get(row.key, _ELSEWHERE), row)
                else:
                    self._known(row)
            except BadCell as bad:
                self._tell("import-bad-cell", row, field=bad.field)
            except RecordError as error:
                self._tell(error.code, row)

    def _tell(self, code: str, row: Row, **blanks: Any) -> None:
        self.problems.append(
            Problem.of(code, side=Side.WIKI, entry=row.key or None, row=row.line, **blanks)
        )

    def _warn(self, code: str, row: Row, entry: str | None = None, **blanks: Any) -> None:
        self.problems.append(
            Problem.of(
                code,
                severity=Severity.WARNING,
                side=Side.WIKI,
                entry=entry or row.key or None,
                row=row.line,
                **blanks,
            )
        )

    def _looked(self, tags: set[str]) -> dict[str, str]:
        """Why these are not in the form as everybody sees it, as the code that says so."""
        if not tags:
            return {}
        looks = self.one.world.wiki.look(self.one.world.binding, sorted(tags))
        return {tag: _NOT_THERE.get(look.presence, _ELSEWHERE) for tag, look in looks.items()}

    # Rows that name their entry

    def _known(self, row: Row) -> None:
        now = self.there[row.key].seen
        if now is None:
            self._tell("import-entry-unreadable", row)
            return
        wanted = wishes(row.cells, now.record, self.kind, self.zone)
        wanted = self._not_overtaken(row, now, wanted) if wanted else {}
        wanted = self._writable(row, now.record, wanted) if wanted else {}
        if not wanted:
            self.unchanged += 1
            return
        record: Any = replace(now.record, **wanted)
        uid = uid_of(row.key, self.one.world.binding.wiki)
        self.wishes.append(
            Wish(line=row.line, uid=uid, now=now, record=record, names=tuple(wanted))
        )

    def _not_overtaken(self, row: Row, now: Seen, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The wishes that are the table's own, where the entry changed since it was made."""
        made, changed = updated(row.cells, self.zone), self.dates.get(row.key)
        if made is None or changed is None or made == changed:
            return dict(wanted)
        then = self.one.chronicle.at(self.one.world.binding, row.key, made).record
        if then is None:
            self._tell("import-entry-moved", row)
            return {}
        own, overtaken = settled(
            wanted, then, wishes(row.cells, then, self.kind, self.zone), now.record
        )
        if overtaken:
            self._tell("import-overtaken", row, fields=",".join(overtaken))
        return own

    def _writable(self, row: Row, now: Record, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The wishes without those that the form has no place for: they would never be fulfilled.

        Raises:
            RecordError: what is left makes no record.
        """
        if series_of(now) is not None and {"start", "end"}.intersection(wanted):
            self._tell("import-series", row)
            return {}
        changed: Any = replace(now, **wanted)
        world = self.one.world
        before, after = (world.wiki.project(world.binding, each) for each in (now, changed))
        lost = [name for name in wanted if getattr(before, name) == getattr(after, name)]
        if lost:
            self._warn("import-no-place", row, fields=",".join(lost))
        return {name: value for name, value in wanted.items() if name not in lost}

    # New rows

    def _new(self, row: Row, first: dict[str, int]) -> None:
        wanted = wishes(row.cells, None, self.kind, self.zone)
        if not wanted.get(NAMES[self.kind]):
            self._tell("import-no-name", row)
            return
        if self.kind == "events":
            wanted.setdefault("end", wanted.get("start"))
            if "start" not in wanted:
                self._tell("import-no-start", row)
                return
        record: Record = _MAKE[self.kind](**wanted)
        binding = self.one.world.binding
        uid = f"{digest([binding.form, sorted(row.cells.items())], 24)}@import"
        ending = suffix(binding.wiki, binding.form, binding.collection, uid)
        before = next((tag for tag in self.there if has_suffix(tag, ending)), None)
        if uid in first:
            self._tell("import-same-row", row, other=first[uid])
            return
        first[uid] = row.line
        if before is not None:
            # The same table once more, or a run that was cut off after it.
            self.made[uid] = before
            self._warn("import-made-before", row, before)
            self.unchanged += 1
        elif (refusal := self.one.world.wiki.refuses(binding, record)) is not None:
            blanks: Any = dict(refusal.params)
            self._tell(_REFUSALS.get(refusal.code, refusal.code), row, **blanks)
        else:
            self.wishes.append(Wish(line=row.line, uid=uid, now=None, record=record))
