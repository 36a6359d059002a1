"""Links, operations and conflicts to fill a state with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind
from oscartes_sync.ports import RunRecord
from oscartes_sync.records.event import (
    Attachment,
    Event,
    Override,
    Position,
    RichText,
    Series,
    Status,
)
from oscartes_sync.records.problem import Problem, Severity, Side

NOW = datetime(2026, 11, 24, 9, 30, 0, 123456, tzinfo=UTC)
PARIS = timezone(timedelta(hours=1))
PLAIN = Event(title="Fête", start=date(2026, 12, 1), end=date(2026, 12, 2))
RICH = Event(
    title="Repair café 🛠",
    start=datetime(2026, 10, 25, 2, 30, tzinfo=PARIS),
    end=datetime(2026, 10, 25, 4, 0, tzinfo=PARIS),
    description=RichText("Apportez\nvos pannes", "<p>Apportez<br>vos pannes</p>"),
    place="Maison du parc, Orsay",
    position=Position(48.7, 2.18),
    link="https://repair.example/",
    categories=("Atelier", "Réparer"),
    organizer="Les Réparateurs",
    image="https://wiki.example/files/a.jpg",
    files=(Attachment("https://wiki.example/files/a.pdf", "fichierbf_fichier"),),
    status=Status.TENTATIVE,
    series=Series(
        rule="FREQ=WEEKLY;COUNT=4",
        extra=(datetime(2026, 12, 1, 9, 0, tzinfo=PARIS),),
        overrides=(
            Override(
                at=datetime(2026, 11, 1, 2, 30, tzinfo=PARIS),
                start=datetime(2026, 11, 1, 3, 30, tzinfo=PARIS),
                end=datetime(2026, 11, 1, 5, 0, tzinfo=PARIS),
                title="Repair café (tard)",
            ),
        ),
        zone="Europe/Paris",
    ),
    guests=True,
    page="https://wiki.example/?RepairCafe",
    properties=(("link", "lien_internet"),),
)
PROBLEM = Problem.of(
    "guests-not-told", severity=Severity.WARNING, side=Side.CLOUD, entry="RepairCafe", count=3
)
RUN = RunRecord(run="20261124T093000-1", command="sync", started=NOW)


def a_link(uid: str = "RepairCafe.noe@oscartes", **changes: object) -> Link:
    link = Link(
        uid=uid,
        origin=Side.WIKI,
        tag=uid.partition(".")[0],
        href=f"/remote.php/dav/calendars/bot/agenda/{uid}.ics",
        wiki_token="2026-11-24 09:00:00",
        cloud_token='"abc"',
        wiki=RICH,
        cloud=PLAIN,
    )
    return replace(link, **changes)  # type: ignore[arg-type]


def an_operation(**changes: object) -> Operation:
    operation = Operation(
        action=Action.UPDATE,
        side=Side.CLOUD,
        uid="RepairCafe.noe@oscartes",
        entry="RepairCafe",
        href="/remote.php/dav/calendars/bot/agenda/RepairCafe.ics",
        title="Repair café",
        record=RICH,
        changes=(
            FieldChange("start", PLAIN.start, RICH.start),
            FieldChange("description", MISSING, RICH.description),
            FieldChange("position", None, RICH.position),
        ),
        token='"abc"',
        other_token="2026-11-24 09:00:00",
    )
    return replace(operation, **changes)  # type: ignore[arg-type]


def a_conflict(id_: str = "c1", **changes: object) -> Conflict:
    conflict = Conflict(
        id=id_,
        kind=ConflictKind.FIELD,
        uid="RepairCafe.noe@oscartes",
        entry="RepairCafe",
        href=None,
        fields={"title": Clash(MISSING, "Repair", "Réparer"), "end": Clash(None, PLAIN.end, None)},
        winner=Side.WIKI,
    )
    return replace(conflict, **changes)  # type: ignore[arg-type]
