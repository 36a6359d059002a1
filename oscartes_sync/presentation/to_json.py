"""Reports as the JSON documents of interface.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.operation import FieldChange, Operation
from oscartes_sync.planning.plan import Clash, Conflict
from oscartes_sync.ports import BindingState, Check, FormView, Journalled
from oscartes_sync.presentation.texts import Told, explain, explain_problem
from oscartes_sync.presentation.translation import Translator
from oscartes_sync.records.event import RichText
from oscartes_sync.records.fingerprint import value_to_json
from oscartes_sync.records.problem import Problem
from oscartes_sync.usecases.report import BindingReport, RunReport, Summary
from oscartes_sync.usecases.show_history import KnownConflict, RunHistory

Json = dict[str, Any]


def run_to_json(translator: Translator, report: RunReport) -> Json:
    """What `plan --json` and `sync --json` print."""
    return {
        "run": report.run,
        "bindings": [_binding(translator, each) for each in report.bindings],
    }


def _binding(translator: Translator, report: BindingReport) -> Json:
    operations = sorted(report.operations, key=Operation.sort_key)
    conflicts = sorted(report.conflicts, key=Conflict.sort_key)
    problems = sorted(report.problems, key=Problem.sort_key)
    return {
        "name": report.name,
        "operations": [_operation(translator, each) for each in operations],
        "conflicts": [_conflict(each) for each in conflicts],
        "problems": [problem_to_json(translator, each) for each in problems],
        "summary": _summary(report.summary),
    }


def _operation(translator: Translator, operation: Operation) -> Json:
    problem = operation.problem
    return {
        "action": operation.action.value,
        "side": operation.side.value,
        "entry": operation.entry,
        "href": operation.href,
        "title": operation.title,
        "changes": {each.name: _change(each) for each in operation.changes},
        "status": operation.state.value,
        "problem": problem_to_json(translator, problem) if problem else None,
    }


def _change(change: FieldChange) -> list[Any]:
    return _told(change.before, change.after)


def _conflict(conflict: Conflict) -> Json:
    return {
        "id": conflict.id,
        "kind": conflict.kind.value,
        "entry": conflict.entry,
        "href": conflict.href,
        "fields": {name: _clash(clash) for name, clash in conflict.fields.items()},
        "status": "open" if conflict.open else "merged",
    }


def _clash(clash: Clash) -> Json:
    base, wiki, cloud = _told(clash.base, clash.wiki, clash.cloud)
    return {"base": base, "wiki": wiki, "cloud": cloud}


def _told(*values: Any) -> list[Any]:
    """Values as JSON; rich texts by their text, or by their HTML where only that differs."""
    texts = [each for each in values if isinstance(each, RichText)]
    by_text = len({each.text for each in texts}) == len(set(texts))
    return [_value(each, by_text=by_text) for each in values]


def _value(value: Any, *, by_text: bool) -> Any:
    if value is MISSING:
        return None
    if isinstance(value, RichText):
        return value.text if by_text else value.html or value.text
    return value_to_json(value)


def problem_to_json(translator: Translator, problem: Problem) -> Json:
    """One problem, with its sentence and its remedy."""
    told = explain_problem(translator, problem)
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "side": problem.side.value if problem.side else None,
        "entry": problem.entry,
        "href": problem.href,
        "message": told.message,
        "remedy": told.remedy,
    }


def _summary(summary: Summary) -> Json:
    return {
        "unchanged": summary.unchanged,
        "created": summary.created,
        "updated": summary.updated,
        "deleted": summary.deleted,
        "relinked": summary.relinked,
        "conflicts": summary.conflicts,
        "failed": summary.failed,
        "requests": {"wiki": summary.wiki.requests, "cloud": summary.cloud.requests},
        "bytes": {"wiki": summary.wiki.bytes, "cloud": summary.cloud.bytes},
        "seconds": round(summary.seconds, 3),
    }


def conflicts_to_json(known: Sequence[KnownConflict]) -> Json:
    """What `conflicts --json` prints."""
    return {"conflicts": [{"binding": each.binding, **_conflict(each.conflict)} for each in known]}


def history_to_json(translator: Translator, runs: Sequence[RunHistory]) -> Json:
    """What `history --json` prints: each operation with the records before and after it."""
    return {
        "runs": [
            {
                "run": run.record.run,
                "command": run.record.command,
                "started": _instant(run.record.started),
                "ended": _instant(run.record.ended),
                "exit": run.record.exit,
                "operations": [_written(translator, each) for each in run.written],
            }
            for run in runs
        ]
    }


def _written(translator: Translator, written: Journalled) -> Json:
    return {
        "binding": written.binding,
        **_operation(translator, written.operation),
        "before": written.before,
        "after": written.after,
        "finished": written.finished,
    }


def checks_to_json(translator: Translator, checks: Sequence[Check]) -> Json:
    """What `doctor --json` prints."""
    return {"checks": [_check(translator, each) for each in checks]}


def _check(translator: Translator, check: Check) -> Json:
    told = explain(translator, check.code, check.params)
    return {
        "id": check.id,
        "target": check.target,
        "status": check.status,
        "message": told.message,
        "remedy": told.remedy if check.status != "ok" else "",
    }


def states_to_json(states: Sequence[BindingState]) -> Json:
    """What `status --json` prints."""
    return {
        "bindings": [
            {
                "name": state.name,
                "links": state.links,
                "conflicts": state.conflicts,
                "pending_deletions": state.pending_deletions,
                "last_run": _instant(state.last_run),
                "last_success": _instant(state.last_success),
            }
            for state in states
        ]
    }


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None


def forms_to_json(forms: Sequence[FormView]) -> Json:
    """What `forms --json` prints."""
    return {
        "forms": [
            {
                "wiki": form.wiki,
                "id": form.id,
                "label": form.label,
                "entries": form.entries,
                "kinds": list(form.kinds),
                "mapping": dict(form.mapping),
            }
            for form in forms
        ]
    }


def told_to_json(code: str, told: Told) -> Json:
    """What any command prints with `--json` where it cannot do its work."""
    return {"error": {"code": code, "message": told.message, "remedy": told.remedy}}
