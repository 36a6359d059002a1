"""Spaces as text and as JSON: plans, runs, and what is known of them.

The JSON has the shape of `plan --json`, with `part` and `account` beside each operation:
`{"spaces": [{"name", "operations", "problems", "summary", "spaces"}]}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from oscartes_sync.planning.operation import Action, State
from oscartes_sync.planning.spaces.values import Part, SpacePlan, Standing, Step
from oscartes_sync.presentation.texts import explain_problem
from oscartes_sync.presentation.to_json import problem_to_json
from oscartes_sync.presentation.to_text import Line
from oscartes_sync.presentation.translation import Translator, msg
from oscartes_sync.records.problem import Problem, Severity
from oscartes_sync.usecases.report import Exit
from oscartes_sync.usecases.spaces.report import KindReport, KnownSpace, SpacesReport

Json = dict[str, Any]

_SIGNS: Final = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.RELINK: "="}
_PARTS: Final = {
    Part.TEAM: msg("team"),
    Part.FOLDER: msg("folder"),
    Part.SUBFOLDER: msg("sub-folder"),
    Part.SHARE: msg("the team's rights in the folder"),
    Part.CALENDAR: msg("calendar"),
    Part.CALENDAR_SHARE: msg("the team's rights in the calendar"),
    Part.MEMBER: msg("member"),
    Part.LEAD: msg("moderator"),
    Part.LINKS: msg("addresses in the entry"),
    Part.ARCHIVE: msg("archive"),
    Part.MARK: msg("“archived” in the entry"),
}
_NAMED: Final = frozenset({Part.SUBFOLDER, Part.MEMBER, Part.LEAD, Part.ARCHIVE})
_STANDINGS: Final = {
    Standing.WANTED: msg("to be made"),
    Standing.LIVE: msg("in use"),
    Standing.ENDED: msg("over: to be archived"),
    Standing.ARCHIVED: msg("archived"),
    Standing.ORPHANED: msg("without an entry"),
}


def spaces_lines(translator: Translator, report: SpacesReport, *, planned: bool) -> list[Line]:
    """Space by space what is to be done, or was, and one summary line last."""
    lines: list[Line] = []
    for kind in report.kinds:
        body = list(_kind(translator, kind))
        lines += [Line(kind.name), *body] if body else []
    return [*lines, Line(_summary_line(translator, report, planned=planned))]


def _kind(translator: Translator, kind: KindReport) -> Iterator[Line]:
    for space in kind.spaces:
        told = set(space.problems)
        if not space.steps and not told:
            continue
        standing = translator.gettext(_STANDINGS[space.standing])
        yield Line(f"  {space.title} ({space.tag}, {standing})")
        for step in space.steps:
            yield _step(translator, step)
        for problem in sorted(told, key=Problem.sort_key):
            yield from _problem(translator, problem, named=False)
    for problem in sorted(set(kind.problems), key=Problem.sort_key):
        yield from _problem(translator, problem, named=True)


def _step(translator: Translator, step: Step) -> Line:
    ends = {
        State.FAILED: translator.gettext(msg(" – failed")),
        State.SKIPPED: translator.gettext(msg(" – left out")),
    }
    part = translator.gettext(_PARTS[step.part])
    name = f" {step.name}" if step.part in _NAMED else ""
    sign = _SIGNS[step.action]
    return Line(f"    {sign} {part}{name}{ends.get(step.state, '')}", sign)


def _problem(translator: Translator, problem: Problem, *, named: bool) -> Iterator[Line]:
    told = explain_problem(translator, problem)
    head = ""
    if named and problem.entry:
        head = translator.gettext(msg("{place}: "), place=problem.entry)
    yield Line(f"    ! {head}{told.message}", "!")
    if told.remedy:
        yield Line(f"      → {told.remedy}")


def _counts(spaces: Sequence[SpacePlan]) -> dict[str, int]:
    steps = [step for space in spaces for step in space.steps]
    going = [step for step in steps if step.state in (State.PLANNED, State.DONE)]
    return {
        "unchanged": sum(1 for space in spaces if not space.steps),
        "created": sum(1 for step in going if step.action is Action.CREATE),
        "updated": sum(1 for step in going if step.action is Action.UPDATE),
        "deleted": sum(1 for step in going if step.action is Action.DELETE),
        "archived": sum(1 for step in going if step.part is Part.ARCHIVE),
        "left": sum(1 for step in steps if step.state is State.SKIPPED),
        "failed": sum(1 for step in steps if step.state is State.FAILED),
    }


def _summary_line(translator: Translator, report: SpacesReport, *, planned: bool) -> str:
    spaces = [space for kind in report.kinds for space in kind.spaces]
    counts, ngettext = _counts(spaces), translator.ngettext
    made, changed, gone = counts["created"], counts["updated"], counts["deleted"]
    done = [
        said
        for count, said in (
            (made, ngettext("{number} creation", "{number} creations", made)),
            (changed, ngettext("{number} update", "{number} updates", changed)),
            (gone, ngettext("{number} removal", "{number} removals", gone)),
        )
        if count
    ]
    if done:
        opening = msg("To do: {what}.") if planned else msg("Done: {what}.")
        told = [translator.gettext(opening, what=", ".join(done))]
    elif report.exit in (Exit.FAILED, Exit.USAGE):
        told = [translator.gettext(msg("Nothing was done."))]
    else:
        told = [translator.gettext(msg("Nothing to do."))]
    rest = _rest(translator, report, counts)
    if rest:
        told.append(translator.gettext(msg("Besides: {what}."), what=", ".join(rest)))
    if report.exit is Exit.HELD_BACK:
        told.append(translator.gettext(msg("Removals of members over max_delete were left out.")))
    return " ".join(told)


def _rest(translator: Translator, report: SpacesReport, counts: dict[str, int]) -> list[str]:
    every = [each for kind in report.kinds for each in kind.problems]
    every += [each for kind in report.kinds for space in kind.spaces for each in space.problems]
    errors = len({each for each in every if each.severity is Severity.ERROR})
    warnings = len({each for each in every if each.severity is Severity.WARNING})
    ngettext, same, left = translator.ngettext, counts["unchanged"], counts["left"]
    counted = (
        (same, ngettext("{number} unchanged", "{number} unchanged", same)),
        (left, ngettext("{number} left for later", "{number} left for later", left)),
        (errors, ngettext("{number} problem", "{number} problems", errors)),
        (warnings, ngettext("{number} warning", "{number} warnings", warnings)),
    )
    return [said for count, said in counted if count]


def spaces_to_json(translator: Translator, report: SpacesReport) -> Json:
    """What `spaces plan|apply|archive --json` prints."""
    return {"spaces": [_kind_to_json(translator, kind) for kind in report.kinds]}


def _kind_to_json(translator: Translator, kind: KindReport) -> Json:
    problems = [*kind.problems, *(each for space in kind.spaces for each in space.problems)]
    counts = _counts(kind.spaces)
    return {
        "name": kind.name,
        "spaces": [
            {"entry": space.tag, "title": space.title, "state": space.standing.value}
            for space in kind.spaces
        ],
        "operations": [
            _operation(translator, step) for space in kind.spaces for step in space.steps
        ],
        "problems": [problem_to_json(translator, each) for each in dict.fromkeys(problems)],
        "summary": {
            **counts,
            "requests": {"wiki": kind.wiki.requests, "cloud": kind.cloud.requests},
            "bytes": {"wiki": kind.wiki.bytes, "cloud": kind.cloud.bytes},
            "seconds": round(kind.seconds, 3),
        },
    }


def _operation(translator: Translator, step: Step) -> Json:
    return {
        "action": step.action.value,
        "part": step.part.value,
        "side": step.side.value,
        "entry": step.entry,
        "title": step.name,
        "account": step.account or None,
        "status": step.state.value,
        "problem": problem_to_json(translator, step.problem) if step.problem else None,
    }


def known_lines(translator: Translator, known: Sequence[KnownSpace]) -> list[Line]:
    """What `spaces list` shows."""
    if not known:
        return [Line(translator.gettext(msg("No space was made yet.")))]
    lines = []
    for each in known:
        standing = translator.gettext(_STANDINGS[each.standing])
        count = translator.ngettext("{number} member", "{number} members", each.members)
        lines.append(Line(f"{each.title} ({each.kind}, {each.tag}): {standing}, {count}"))
        where = each.archive if each.standing is Standing.ARCHIVED else each.folder
        lines += [Line(f"  {part}") for part in (where, ", ".join(each.bindings)) if part]
    return lines


def known_to_json(known: Sequence[KnownSpace]) -> Json:
    """What `spaces list --json` prints."""
    return {
        "spaces": [
            {
                "name": each.kind,
                "entry": each.tag,
                "title": each.title,
                "state": each.standing.value,
                "folder": each.folder,
                "calendar": each.calendar,
                "members": each.members,
                "archive": each.archive or None,
                "archived": each.archived or None,
                "bindings": list(each.bindings),
            }
            for each in known
        ]
    }
