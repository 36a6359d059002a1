"""A table into a form: changed rows change entries, new rows make some, nothing is removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from oscartes_sync.errors import SideError
from oscartes_sync.planning.importing import plan_import
from oscartes_sync.planning.plan import Plan
from oscartes_sync.planning.snapshot import Known, Snapshot
from oscartes_sync.ports import Clock, StateStore
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.apply_plan import apply_plan
from oscartes_sync.usecases.importing.importing import Import
from oscartes_sync.usecases.importing.interrupted import settle_interrupted
from oscartes_sync.usecases.importing.rows import RowReader
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.run import failed, journalled, run_id
from oscartes_sync.usecases.tally import report, share
from oscartes_sync.usecases.world import Options, Progress, on_side


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan of one table, and the form as it was read for it."""

    plan: Plan
    snapshot: Snapshot


def plan_table(one: Import, options: Options) -> RunReport:
    """What the import would do; writes nothing anywhere.

    Raises:
        UsageError: `import-other-form`.
    """
    clock = one.world.clock
    binding = _reported(one, options, lambda planned: report(planned.plan))
    return RunReport(run=run_id(clock), bindings=(binding,), exit=binding.exit)


def import_table(
    one: Import, options: Options, *, state: StateStore, clock: Clock, progress: Progress | None
) -> RunReport:
    """Plan, safety, apply, as a run that can be undone; raises as `plan_table`."""

    def apply(run: str, planned: Planned) -> BindingReport:
        world, plan = one.world, planned.plan
        name = world.binding.name
        told = (lambda done, total: progress(name, done, total)) if progress else None
        unfinished = world.state.unfinished(name)
        applied = apply_plan(world, plan, run=run, progress=told)
        settled = settle_interrupted(
            world,
            unfinished,
            planned.snapshot.sightings,
            {step.uid for step in plan.steps},
        )
        problems = [*applied.problems, *settled]
        return report(plan, operations=applied.operations, problems=problems)

    return journalled(
        lambda run: [_reported(one, options, partial(apply, run))],
        command="import",
        state=state,
        clock=clock,
    )


def _reported(
    one: Import, options: Options, done: Callable[[Planned], BindingReport]
) -> BindingReport:
    world = one.world
    started, before = world.clock.monotonic(), world.traffic()
    try:
        with on_side(Side.WIKI):
            planned = make_import_plan(one, options)
        told = done(planned)
    except SideError as error:
        return failed(world, error)
    wiki, cloud = share(before, world.traffic())
    seconds = round(world.clock.monotonic() - started, 3)
    summary = replace(told.summary, wiki=wiki, cloud=cloud, seconds=seconds)
    return replace(told, summary=summary)


def make_import_plan(one: Import, options: Options) -> Planned:
    """The plan of one table.

    Raises:
        SideError: where the form cannot be read.
        ConfigurationError: where binding and form do not fit.
        UsageError: `import-other-form`.
    """
    world = one.world
    binding = world.binding
    snapshot = world.wiki.snapshot(binding, Known(), full=True)
    # Asked after the entries were read: an edit that comes between the two counts as one that came
    # after the table was made, and is not written over.
    reader = RowReader(
        one,
        snapshot,
        dates=one.chronicle.dates(binding),
        writes=one.chronicle.writes(binding),
        forgotten=world.state.baseline(binding.name).forgotten,
    )
    reader.read()
    plan = plan_import(
        binding.name,
        reader.wishes,
        limit=options.max_delete or binding.max_delete,
        unchanged=reader.unchanged,
        problems=[*one.table.problems, *reader.telling.problems],
        label=snapshot.label,
    )
    return Planned(plan, snapshot)
