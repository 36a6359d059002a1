"""Links, operations and conflicts as rows, and back.

A field's value is stored in a list of one, so that an empty list can say "never agreed on". What
cannot be read back raises `faults.Damaged`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from oscartes_sync.adapters.state.faults import stored
from oscartes_sync.planning.baseline import MISSING, LeftOut, Link
from oscartes_sync.planning.operation import Action, FieldChange, Operation, Reason, State
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind
from oscartes_sync.records.fingerprint import (
    record_from_json,
    record_to_json,
    value_from_json,
    value_to_json,
)
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.records.record import Record

Row = dict[str, Any]


def dump(value: Any) -> str:
    """Compact JSON with its keys in a fixed order."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def instant_to_text(instant: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the microsecond, so that texts sort as instants do."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds") if instant else None


@stored()
def instant_from_text(text: str | None) -> datetime | None:
    """Back from `instant_to_text`."""
    return datetime.fromisoformat(text) if text else None


def side_from_text(text: str | None) -> Side | None:
    """A side, or None."""
    return Side(text) if text else None


def _boxed(value: Any) -> list[Any]:
    return [] if value is MISSING else [value_to_json(value)]


def _unboxed(field: str, box: list[Any]) -> Any:
    return value_from_json(field, box[0]) if box else MISSING


def problems_to_text(problems: Iterable[Problem]) -> str:
    """Problems as a JSON list."""
    return dump([problem.to_json() for problem in problems])


@stored()
def problems_from_text(text: str | None) -> tuple[Problem, ...]:
    """Back from `problems_to_text`."""
    return tuple(map(Problem.from_json, json.loads(text))) if text else ()


def record_to_text(event: Record | None) -> str | None:
    """A record as JSON."""
    return dump(record_to_json(event)) if event else None


def link_to_rows(binding: str, link: Link) -> tuple[Row, Row]:
    """The row of `links` and the row of `link_records`."""
    head = {
        "binding": binding,
        "uid": link.uid,
        "origin": link.origin.value,
        "tag": link.tag,
        "href": link.href,
        "wiki_token": link.wiki_token,
        "cloud_token": link.cloud_token,
        "restless": bool(link.unsettled),
        "due": instant_to_text(link.due),
        "dropped": link.dropped.value if link.dropped else None,
        "problems": problems_to_text(link.problems) if link.problems else None,
    }
    records = {
        "binding": binding,
        "uid": link.uid,
        "wiki": record_to_text(link.wiki),
        "cloud": record_to_text(link.cloud),
        "unsettled": dump(
            {name: [_boxed(wiki), _boxed(cloud)] for name, (wiki, cloud) in link.unsettled.items()}
        ),
    }
    return head, records


@stored()
def record_from_text(text: str | None) -> Any:
    """A record as the journal tells it, or None."""
    return json.loads(text) if text else None


@stored()
def link_from_row(row: Mapping[str, Any]) -> Link:
    """A link from its two rows, joined."""
    unsettled = {
        name: (_unboxed(name, wiki), _unboxed(name, cloud))
        for name, (wiki, cloud) in json.loads(row["unsettled"]).items()
    }
    return Link(
        uid=row["uid"],
        origin=Side(row["origin"]),
        tag=row["tag"],
        href=row["href"],
        wiki_token=row["wiki_token"],
        cloud_token=row["cloud_token"],
        wiki=record_from_json(json.loads(row["wiki"])),
        cloud=record_from_json(json.loads(row["cloud"])),
        unsettled=unsettled,
        due=instant_from_text(row["due"]),
        dropped=side_from_text(row["dropped"]),
        problems=problems_from_text(row["problems"]),
    )


def left_out_to_row(binding: str, left: LeftOut) -> Row:
    """The row of `left_out`."""
    return {
        "binding": binding,
        "side": left.side.value,
        "key": left.key,
        "token": left.token,
        "problems": problems_to_text(left.problems),
    }


def operation_to_text(operation: Operation) -> str:
    """An operation without what members typed, except its title."""
    return dump(
        {
            "action": operation.action.value,
            "side": operation.side.value,
            "uid": operation.uid,
            "entry": operation.entry,
            "href": operation.href,
            "title": operation.title,
            "token": operation.token,
            "other_token": operation.other_token,
            "reason": operation.reason.value,
            "state": operation.state.value,
            "problem": operation.problem.to_json() if operation.problem else None,
        }
    )


def content_to_text(operation: Operation) -> str:
    """What members typed of an operation: its record and its changes."""
    return dump(
        {
            "event": record_to_json(operation.record) if operation.record else None,
            "changes": [
                [change.name, _boxed(change.before), _boxed(change.after)]
                for change in operation.changes
            ],
        }
    )


@stored()
def names_in(text: str) -> set[str]:
    """The UID, tag and href that an operation tells."""
    raw = json.loads(text)
    return {each for each in (raw["uid"], raw["entry"], raw["href"]) if each}


@stored()
def bare_operation(text: str, *, keys: bool) -> str:
    """The operation without what anybody typed; with `keys` it still says which thing it was."""
    raw = json.loads(text)
    bare = {**raw, "title": "", "problem": _bare_problem(raw["problem"])}
    if not keys:
        bare |= {"uid": "", "entry": None, "href": None, "token": "", "other_token": ""}
    return dump(bare)


def _bare_problem(raw: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return {**raw, "params": {}, "entry": None, "href": None} if raw else None


@stored()
def operation_from_text(text: str, content: str | None) -> Operation:
    """Back from both; a purged one has neither record nor changes."""
    raw = json.loads(text)
    typed = json.loads(content) if content else {"event": None, "changes": []}
    return Operation(
        action=Action(raw["action"]),
        side=Side(raw["side"]),
        uid=raw["uid"],
        entry=raw["entry"],
        href=raw["href"],
        title=raw["title"],
        record=record_from_json(typed["event"]) if typed["event"] else None,
        changes=tuple(
            FieldChange(name, _unboxed(name, before), _unboxed(name, after))
            for name, before, after in typed["changes"]
        ),
        token=raw["token"],
        other_token=raw["other_token"],
        reason=Reason(raw["reason"]),
        state=State(raw["state"]),
        problem=Problem.from_json(raw["problem"]) if raw["problem"] else None,
    )


def conflict_to_row(binding: str, run: str, seen: datetime | None, conflict: Conflict) -> Row:
    """The row of `conflicts`."""
    return {
        "binding": binding,
        "id": conflict.id,
        "kind": conflict.kind.value,
        "uid": conflict.uid,
        "entry": conflict.entry,
        "href": conflict.href,
        "fields": dump(
            {
                name: [_boxed(clash.base), _boxed(clash.wiki), _boxed(clash.cloud)]
                for name, clash in conflict.fields.items()
            }
        ),
        "open": conflict.open,
        "winner": conflict.winner.value if conflict.winner else None,
        "run": run,
        "seen": instant_to_text(seen),
    }


@stored()
def conflict_from_row(row: Mapping[str, Any]) -> Conflict:
    """Back from `conflict_to_row`."""
    fields = {
        name: Clash(*(_unboxed(name, box) for box in boxes))
        for name, boxes in json.loads(row["fields"]).items()
    }
    return Conflict(
        id=row["id"],
        kind=ConflictKind(row["kind"]),
        uid=row["uid"],
        entry=row["entry"],
        href=row["href"],
        fields=fields,
        open=row["open"],
        winner=side_from_text(row["winner"]),
    )
