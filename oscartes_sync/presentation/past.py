"""What `conflicts` and `history` show, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

from oscartes_sync.planning.operation import Action
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind
from oscartes_sync.ports import Journalled, RunRecord
from oscartes_sync.presentation.texts import explain_problem, field_names, side_name
from oscartes_sync.presentation.to_text import (
    Line,
    change_lines,
    conflict_line,
    operation_line,
    shown,
)
from oscartes_sync.presentation.translation import Translator, msg
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.show_history import KnownConflict, RunHistory


def conflict_lines(translator: Translator, known: Sequence[KnownConflict]) -> list[Line]:
    """Each conflict with its values and the command that settles it; one summary line last."""
    lines: list[Line] = []
    last = ""
    for each in known:
        if each.binding != last:
            lines.append(Line(each.binding))
            last = each.binding
        lines.append(conflict_line(translator, each.conflict))
        lines.extend(_values(translator, each.conflict))
        lines.extend(_choices(each.conflict))
    is_open = sum(1 for each in known if each.conflict.open)
    ngettext = translator.ngettext
    said = [
        ngettext("{number} decision to take", "{number} decisions to take", is_open)
        if is_open
        else translator.gettext(msg("nothing waits for you"))
    ]
    settled = len(known) - is_open
    if settled:
        said.append(ngettext("{number} settled", "{number} settled", settled))
    return [*lines, Line(translator.gettext(msg("{what}."), what=", ".join(said)))]


def _values(translator: Translator, conflict: Conflict) -> Iterator[Line]:
    for name, clash in sorted(conflict.fields.items()):
        yield Line(f"    {field_names(translator, [name])}")
        for label, value in _sides(translator, clash):
            yield Line(f"      {label}: {shown(translator, name, value)}")


def _sides(translator: Translator, clash: Clash) -> Iterator[tuple[str, Any]]:
    yield side_name(translator, Side.WIKI), clash.wiki
    yield side_name(translator, Side.CLOUD), clash.cloud
    if clash.base is not None:
        yield translator.gettext(msg("before")), clash.base


def _choices(conflict: Conflict) -> Iterator[Line]:
    if not conflict.open:
        return
    about_deletion = conflict.kind is ConflictKind.DELETION
    choice = "--delete | --restore" if about_deletion else "--keep wiki | --keep cloud"
    yield Line(f"    → oscartes resolve {conflict.id} {choice}")


def history_lines(
    translator: Translator, runs: Sequence[RunHistory], *, zone: tzinfo, whole: bool
) -> list[Line]:
    """One line a run; where `whole`, all that it wrote below it."""
    lines: list[Line] = []
    for run in runs:
        lines.append(Line(_run(translator, run, zone)))
        if whole:
            for written in run.written:
                lines.extend(_written(translator, written))
    count = translator.ngettext("{number} run", "{number} runs", len(runs))
    return [*lines, Line(translator.gettext(msg("{what}."), what=count))]


def _run(translator: Translator, run: RunHistory, zone: tzinfo) -> str:
    record = run.record
    writes = sum(1 for each in run.written if each.operation.action is not Action.RELINK)
    return translator.gettext(
        msg("{run}  {command}, {moment}: {writes}, {ending}"),
        run=record.run,
        command=record.command,
        moment=translator.moment(record.started, zone),
        writes=translator.ngettext("{number} write", "{number} writes", writes),
        ending=_ending(translator, record),
    )


def _ending(translator: Translator, record: RunRecord) -> str:
    if record.ended is None:
        return translator.gettext(msg("interrupted"))
    return translator.gettext(msg("exit code {code}"), code=record.exit)


def _written(translator: Translator, written: Journalled) -> Iterator[Line]:
    operation = written.operation
    yield operation_line(translator, operation)
    place = ", ".join(each for each in (operation.entry, operation.href) if each)
    yield Line(f"      {place}")
    if not written.finished:
        said = translator.gettext(msg("interrupted: its outcome was looked for since"))
        yield Line(f"      {said}")
    yield from change_lines(translator, operation)
    if operation.problem is not None:
        told = explain_problem(translator, operation.problem)
        yield Line(f"    ! {told.message}", "!")
