"""Plans and runs as sober text.

Signs: `+` created, `~` changed, `-` removed, `=` found again, `!` to be looked at. They say all
that colour says. The last line sums up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Conflict, ConflictKind
from oscartes_sync.presentation.contents import spelt_out
from oscartes_sync.presentation.texts import explain_problem, field_names, side_name
from oscartes_sync.presentation.translation import Translator, msg
from oscartes_sync.records.event import RichText
from oscartes_sync.records.fingerprint import value_to_json
from oscartes_sync.records.problem import Problem, Severity, Side
from oscartes_sync.usecases.report import BindingReport, Exit, RunReport, Summary

_SIGNS: Final = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.RELINK: "="}
_SIDE_WIDTH: Final = 5
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One line to show; `sign` is "" where it has none, and is part of `text` where it has."""

    text: str
    sign: str = ""


def run_lines(
    translator: Translator,
    report: RunReport,
    *,
    planned: bool,
    verbose: bool = False,
    values: bool = False,
) -> list[Line]:
    """What a plan would do or a run did, and one summary line last.

    `verbose` also tells the pairs that were only found again; `values` what each update changes.
    """
    lines: list[Line] = []
    for binding in report.bindings:
        body = list(_body(translator, binding, verbose=verbose, values=values))
        if body:
            lines += [Line(binding.name), *body]
    return [*lines, Line(summary_line(translator, report, planned=planned))]


def _body(
    translator: Translator, report: BindingReport, *, verbose: bool, values: bool
) -> Iterator[Line]:
    told: set[Problem] = set()
    for operation in sorted(report.operations, key=Operation.sort_key):
        if operation.action is Action.RELINK and operation.problem is None and not verbose:
            continue
        yield operation_line(translator, operation)
        if values:
            yield from change_lines(translator, operation)
        if operation.problem is not None:
            told.add(operation.problem)
            yield from _problem(translator, operation.problem, named=False)
    for conflict in sorted(report.conflicts, key=Conflict.sort_key):
        yield conflict_line(translator, conflict)
    for problem in sorted(set(report.problems) - told, key=Problem.sort_key):
        yield from _problem(translator, problem, named=True)


def operation_line(translator: Translator, operation: Operation) -> Line:
    """One operation: sign, side, title, what of it changed, how it ended."""
    changed = [change.name for change in operation.changes]
    what = f" ({field_names(translator, changed)})" if changed else ""
    ends = {
        State.FAILED: translator.gettext(msg(" – failed")),
        State.SKIPPED: translator.gettext(msg(" – left out")),
    }
    sign = _SIGNS[operation.action]
    side = side_name(translator, operation.side).ljust(_SIDE_WIDTH)
    title = " ".join(operation.title.split())
    return Line(f"  {sign} {side} {title}{what}{ends.get(operation.state, '')}", sign)


def change_lines(translator: Translator, operation: Operation) -> Iterator[Line]:
    """What it changes, old and new; one line a field."""
    for change in operation.changes:
        name = field_names(translator, [change.name])
        head = translator.gettext(msg("{place}: "), place=name)
        said = partial(shown, translator, change.name)
        yield Line(f"      {head}{said(change.before)} → {said(change.after)}")


def shown(translator: Translator, name: str, value: Any) -> str:
    """A field's value on one line, cut where it is long: the JSON shows it whole."""
    if value is None or value is MISSING or value in ("", ()):
        return "–"
    if name == "content" and isinstance(value, str):
        text = spelt_out(translator, value)
    elif isinstance(value, RichText):
        text = value.text
    elif isinstance(value, datetime):
        text = value.isoformat(" ", "minutes")
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        text = ", ".join(value)
    else:
        text = str(value if isinstance(value, str) else value_to_json(value))
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"


def conflict_line(translator: Translator, conflict: Conflict) -> Line:
    """One conflict in a sentence, with its id."""
    place = conflict.entry or conflict.href or ""
    changed = field_names(translator, sorted(conflict.fields))
    if conflict.kind is ConflictKind.DELETION and not conflict.open:
        said = translator.gettext(msg("{place}: a deletion that was decided on"), place=place)
    elif conflict.kind is ConflictKind.DELETION:
        said = translator.gettext(
            msg("{place}: deleted on one side, waits for your decision ({id})"),
            place=place,
            id=conflict.id,
        )
    elif conflict.kind is ConflictKind.SERIES and conflict.open:
        said = translator.gettext(
            msg("{place}: a series that a person must decide on ({id})"),
            place=place,
            id=conflict.id,
        )
    elif conflict.open:
        said = translator.gettext(
            msg("{place}: changed on both sides, waits for your decision: {fields} ({id})"),
            place=place,
            fields=changed,
            id=conflict.id,
        )
    else:
        winner = conflict.winner or Side.WIKI
        said = translator.gettext(
            msg("{place}: changed on both sides, merged, {side} kept for: {fields} ({id})"),
            place=place,
            fields=changed,
            side=side_name(translator, winner),
            id=conflict.id,
        )
    return Line(f"  ! {said}", "!")


def _problem(translator: Translator, problem: Problem, *, named: bool) -> Iterator[Line]:
    told = explain_problem(translator, problem)
    place = (problem.entry or problem.href or "") if named else ""
    head = translator.gettext(msg("{place}: "), place=place) if place else ""
    yield Line(f"  ! {head}{told.message}", "!")
    if told.remedy:
        yield Line(f"    → {told.remedy}")


def summary_line(translator: Translator, report: RunReport, *, planned: bool) -> str:
    """All bindings in one line."""
    total = _total([binding.summary for binding in report.bindings])
    done = _done(translator, total)
    if done:
        opening = msg("To do: {what}.") if planned else msg("Done: {what}.")
        said = [translator.gettext(opening, what=", ".join(done))]
    else:
        said = [translator.gettext(_nothing(report, planned=planned))]
    rest = _rest(translator, report, total)
    if rest:
        said.append(translator.gettext(msg("Besides: {what}."), what=", ".join(rest)))
    if report.exit is Exit.HELD_BACK:
        said.append(translator.gettext(msg("Deletions over max_delete were left out.")))
    return " ".join(said)


def _nothing(report: RunReport, *, planned: bool) -> str:
    """Agreement and failure both do nothing; they must not sound the same."""
    exits = {report.exit, *(binding.exit for binding in report.bindings)}
    failed = any(binding.summary.failed for binding in report.bindings)
    if not failed and exits <= {Exit.DONE, Exit.PENDING, Exit.PART}:
        return msg("Nothing to do.") if planned else msg("Nothing was to be done.")
    return msg("Nothing could be planned.") if planned else msg("Nothing was done.")


def _total(summaries: Sequence[Summary]) -> Summary:
    names = [each.name for each in fields(Summary) if each.name not in {"wiki", "cloud", "seconds"}]
    return Summary(**{name: sum(getattr(each, name) for each in summaries) for name in names})


def _done(translator: Translator, total: Summary) -> list[str]:
    ngettext = translator.ngettext
    counted = (
        (total.created, ngettext("{number} creation", "{number} creations", total.created)),
        (total.updated, ngettext("{number} update", "{number} updates", total.updated)),
        (total.deleted, ngettext("{number} deletion", "{number} deletions", total.deleted)),
        (total.relinked, ngettext("{number} pair found", "{number} pairs found", total.relinked)),
    )
    return [said for count, said in counted if count]


def _rest(translator: Translator, report: RunReport, total: Summary) -> list[str]:
    ngettext = translator.ngettext
    severities = [problem.severity for binding in report.bindings for problem in binding.problems]
    errors = severities.count(Severity.ERROR)
    warnings = severities.count(Severity.WARNING)
    counted = (
        (total.unchanged, ngettext("{number} unchanged", "{number} unchanged", total.unchanged)),
        (total.conflicts, ngettext("{number} conflict", "{number} conflicts", total.conflicts)),
        (total.failed, ngettext("{number} failure", "{number} failures", total.failed)),
        (errors, ngettext("{number} problem", "{number} problems", errors)),
        (warnings, ngettext("{number} warning", "{number} warnings", warnings)),
    )
    return [said for count, said in counted if count]
