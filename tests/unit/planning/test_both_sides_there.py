"""Both sides of a link are there: the writes of its step, and what a person has to decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Deletions, Direction, OnConflict
from oscartes_sync.planning.change import Evidence, Now
from oscartes_sync.planning.decide import decide
from oscartes_sync.planning.operation import Action, FieldChange, Operation
from oscartes_sync.planning.plan import Clash, Conflict, ConflictKind, Step
from oscartes_sync.planning.rules import Decision
from oscartes_sync.planning.shaping import conflict_id
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.event import Event, Status
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import (
    ALL,
    HREF,
    TAG,
    UID,
    absent,
    at,
    day,
    link_of,
    no_structure,
    own,
    rules,
    series,
    single,
    weekly,
)

LINK = link_of(single(), single())
BASES = {"title": ("Permanence", "Permanence")}
FRAIL = replace(weekly(), frail=True)


def of(
    wiki: Event,
    cloud: Event,
    base: tuple[Event, Event] | None = None,
    *,
    link: dict[str, Any] | None = None,
    **more: Any,
) -> Step:
    agreed = base or (single(), single())
    made = decide(
        rules(**more),
        link_of(*agreed, **(link or {})),
        at(Side.WIKI, wiki, "w2"),
        at(Side.CLOUD, cloud, "c2"),
    )
    assert made is not None
    return made


def conflict(kind: ConflictKind, fields: dict[str, Clash], **more: object) -> Conflict:
    base = Conflict(
        id=conflict_id("agenda", UID, kind, fields),
        kind=kind,
        uid=UID,
        entry=TAG,
        href=HREF,
        fields=fields,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def update(side: Side, event: Event, *changes: FieldChange) -> Operation:
    on_wiki = side is Side.WIKI
    return Operation(
        action=Action.UPDATE,
        side=side,
        uid=UID,
        entry=TAG,
        href=HREF,
        title=event.title,
        record=event,
        changes=changes,
        token="w2" if on_wiki else "c2",
        other_token="c2" if on_wiki else "w2",
    )


def told(*problems: Problem) -> tuple[Problem, ...]:
    return tuple(problem.at(entry=TAG, href=HREF) for problem in problems)


# Writes


def test_an_edit_of_each_side_is_one_write_on_the_other_with_what_changed() -> None:
    made = of(single("Autre", place="Gif"), single(link="https://a.example/"))
    whole = single("Autre", place="Gif", link="https://a.example/")
    assert made.operations == (
        update(Side.WIKI, whole, FieldChange("link", "", "https://a.example/")),
        update(
            Side.CLOUD,
            whole,
            FieldChange("place", "", "Gif"),
            FieldChange("title", "Permanence", "Autre"),
        ),
    )
    assert made.wiki == Seen(TAG, "w2", single("Autre", place="Gif"))
    assert made.cloud == Seen(HREF, "c2", single(link="https://a.example/"))
    assert made.bases == {**BASES, "place": ("", ""), "link": ("", "")}
    assert (made.conflicts, made.problems, made.unsettled) == ((), (), {})


def test_a_thing_that_came_back_elsewhere_is_written_where_it_is() -> None:
    cloud = Evidence(Now.HERE, Seen("/cal/back.ics", "c2", single()), (), None)
    made = decide(rules(), LINK, at(Side.WIKI, single("Autre"), "w2"), cloud)
    assert made is not None
    assert [(op.entry, op.href) for op in made.operations] == [(TAG, "/cal/back.ics")]
    wiki = Evidence(Now.HERE, Seen("Ailleurs", "w2", single()), (), None)
    made = decide(rules(), LINK, wiki, at(Side.CLOUD, single("Autre"), "c2"))
    assert made is not None
    assert [(op.entry, op.href) for op in made.operations] == [("Ailleurs", HREF)]


@pytest.mark.parametrize("side", list(Side))
def test_a_side_that_may_not_be_written_is_told_and_the_other_is_written(side: Side) -> None:
    writable = {side: False, side.other: True}
    wiki, cloud = single("Autre"), single(place="Gif")
    made = of(wiki, cloud, writable=writable)
    name, base = ("place", "") if side is Side.WIKI else ("title", "Permanence")
    assert [(op.action, op.side) for op in made.operations] == [(Action.UPDATE, side.other)]
    assert made.unsettled == {name: (base, base)}
    assert made.problems == told(Problem.of("side-read-only", side=side))


def test_a_side_without_a_record_is_left_alone() -> None:
    for wiki, cloud in (
        (Evidence(Now.HERE, None, (), None), at(Side.CLOUD, single("Autre"), "c2")),
        (at(Side.WIKI, single("Autre"), "w2"), absent(Now.HERE)),
    ):
        assert decide(rules(), LINK, wiki, cloud) is None
        torn = link_of(single("A"), single("B"), unsettled={"title": ("a", "b")})
        made = decide(rules(), torn, wiki, cloud)
        assert made is not None
        assert [each.open for each in made.conflicts] == [True]


WORDS = frozenset({"status", "series", "organizer"})


def test_what_the_wiki_only_says_in_words_is_written_from_the_cloud() -> None:
    cloud = single("Autre", status=Status.CANCELLED, organizer="Marie")
    base = (single(), single(status=Status.CANCELLED, organizer="Marie"))
    said = of(single(), cloud, base, carries=ALL - WORDS, says=WORDS)
    (written,) = said.operations
    assert written.record == cloud
    assert written.changes == (FieldChange("title", "Permanence", "Autre"),)
    unsaid = of(single(), cloud, base, carries=ALL - WORDS)
    assert unsaid.operations[0].record == single("Autre")
    back = of(single("Autre"), base[1], base, carries=ALL - WORDS, says=WORDS)
    assert back.operations[0].record == cloud


def test_the_words_of_a_series_count_from_its_first_date_whatever_the_entry_shows() -> None:
    shown = single(start=day(8), end=day(8))
    cloud = replace(weekly(), title="Autre")
    link = {"due": None}
    for says in (WORDS, frozenset()):
        made = of(shown, cloud, (shown, weekly()), project=no_structure, link=link, says=says)
        written = next(op for op in made.operations if op.side is Side.WIKI)
        assert written.record == cloud
    due = {"due": datetime(2027, 3, 8, 23, tzinfo=UTC)}
    longer = weekly(single("Autre", end=day(3)))
    base = (single(start=day(8), end=day(10)), replace(longer, title="Permanence"))
    made = of(base[0], longer, base, project=no_structure, link=due)
    assert made.operations[0].record == longer
    assert [change.name for change in made.operations[0].changes] == ["title"]
    kept = of(weekly(), cloud, (weekly(), weekly()), says=WORDS - {"series"})
    assert kept.operations[0].record == cloud


# Conflicts


def test_an_open_conflict_and_a_merged_one_are_two() -> None:
    wiki, cloud = single("A", place="C"), single("B", place="D")
    clashes = {"title": Clash("Permanence", "A", "B"), "place": Clash("", "C", "D")}
    open_ones = of(wiki, cloud, on_conflict=OnConflict.ASK)
    assert open_ones.conflicts == (conflict(ConflictKind.FIELD, clashes),)
    assert open_ones.operations == (
        Operation(
            action=Action.RELINK,
            side=Side.CLOUD,
            uid=UID,
            entry=TAG,
            href=HREF,
            title="B",
        ),
    )
    merged = of(wiki, cloud, on_conflict=OnConflict.WIKI)
    settled = conflict(ConflictKind.FIELD, clashes, open=False, winner=Side.WIKI)
    assert merged.conflicts == (settled,)
    half = {"unsettled": {"title": ("a", "b")}}
    both = of(wiki, cloud, link=half, on_conflict=OnConflict.CLOUD)
    assert [(each.open, each.winner) for each in both.conflicts] == [(False, Side.CLOUD)]


def test_what_is_open_comes_first_and_is_not_decided_by_what_was_said_of_the_rest() -> None:
    wiki, cloud = single("A", place="C"), single("B", place="D")
    never = {"unsettled": {"title": (MISSING, MISSING)}}
    both = of(wiki, cloud, link=never, on_conflict=OnConflict.WIKI)
    merged = conflict(
        ConflictKind.FIELD, {"place": Clash("", "C", "D")}, open=False, winner=Side.WIKI
    )
    expected = (conflict(ConflictKind.FIELD, {"title": Clash(None, "A", "B")}), merged)
    assert both.conflicts == expected
    said = {merged.id: Decision.CLOUD}
    again = of(wiki, cloud, link=never, on_conflict=OnConflict.WIKI, decisions=said)
    assert again.conflicts == expected


@pytest.mark.parametrize("side", list(Side))
def test_what_a_person_said_of_it_settles_it(side: Side) -> None:
    fields = {"title": Clash("Permanence", "A", "B")}
    open_one = conflict(ConflictKind.FIELD, fields)
    said = {open_one.id: Decision(side.value)}
    made = of(single("A"), single("B"), on_conflict=OnConflict.ASK, decisions=said)
    assert made.conflicts == (replace(open_one, open=False, winner=side),)
    assert [(op.side, op.title) for op in made.operations] == [
        (side.other, "A" if side is Side.WIKI else "B")
    ]
    settled = of(single("A"), single("B"), on_conflict=OnConflict(side.other.value), decisions=said)
    assert settled.conflicts[0].winner is side.other


# A series that an edit would lose something of


def spoilt(**more: Any) -> Step:
    cloud = replace(weekly(), title="Autre", place="Gif")
    return of(FRAIL, cloud, (weekly(), weekly()), **more)


GUARDED = {
    "place": Clash("", "", "Gif"),
    "title": Clash("Permanence", "Permanence", "Autre"),
}


def test_an_edit_that_would_lose_a_repetition_waits_for_a_person() -> None:
    made = spoilt()
    assert made.conflicts == (conflict(ConflictKind.SERIES, GUARDED),)
    assert [op.action for op in made.operations] == [Action.RELINK]
    assert made.unsettled == {"place": ("", ""), **BASES}
    code = "series-edited-in-cloud"
    assert made.problems == told(Problem.warning(code, Side.CLOUD, fields="place, title"))


def test_it_stays_open_as_it_was_agreed_on_each_side() -> None:
    base = (replace(weekly(), title="Du wiki"), replace(weekly(), title="Du nuage"))
    made = of(replace(base[0], frail=True), replace(weekly(), title="Autre"), base)
    assert made.unsettled == {"title": ("Du wiki", "Du nuage")}
    assert made.conflicts[0].fields == {"title": Clash("Du nuage", "Du wiki", "Autre")}


def test_a_person_lets_it_through() -> None:
    said = {conflict(ConflictKind.SERIES, GUARDED).id: Decision.CLOUD}
    made = spoilt(decisions=said)
    settled = conflict(ConflictKind.SERIES, GUARDED, open=False, winner=Side.CLOUD)
    assert made.conflicts == (settled,)
    assert [(op.side, len(op.changes)) for op in made.operations] == [(Side.WIKI, 2)]
    assert (made.unsettled, made.problems) == ({}, ())


def test_a_person_takes_it_back() -> None:
    said = {conflict(ConflictKind.SERIES, GUARDED).id: Decision.WIKI}
    made = spoilt(decisions=said)
    settled = conflict(ConflictKind.SERIES, GUARDED, open=False, winner=Side.WIKI)
    assert made.conflicts == (settled,)
    (written,) = made.operations
    assert written.side is Side.CLOUD
    assert written.changes == (
        FieldChange("place", "Gif", ""),
        FieldChange("title", "Autre", "Permanence"),
    )
    assert (made.unsettled, made.problems) == ({}, ())


def test_it_waits_beside_what_the_policy_settled() -> None:
    cloud = replace(weekly(), title="B", place="Gif")
    made = of(replace(FRAIL, title="A"), cloud, (weekly(), weekly()))
    kinds = [(each.kind, each.open) for each in made.conflicts]
    assert kinds == [(ConflictKind.FIELD, False), (ConflictKind.SERIES, True)]


# Dates that the cloud excepted


def excepted(**more: Any) -> Step:
    cloud = weekly(excluded=(day(8),), overrides=(own(15, title="A"),))
    return of(weekly(), cloud, (weekly(), weekly()), **more)


def removal(**more: object) -> Conflict:
    clash = Clash(series(), series(), series(excluded=(day(8),), overrides=(own(15, title="A"),)))
    return conflict(ConflictKind.DELETION, {"series": clash}, **more)


def test_dates_that_the_cloud_excepted_wait_for_a_person_and_the_rest_goes_through() -> None:
    made = excepted()
    assert made.conflicts == (removal(),)
    assert [op.side for op in made.operations] == [Side.WIKI]
    assert made.operations[0].changes[0].after == series(overrides=(own(15, title="A"),))
    assert made.unsettled == {"series": (series(), series())}


def test_a_person_has_them_removed() -> None:
    made = excepted(decisions={removal().id: Decision.DELETE})
    assert made.conflicts == (removal(open=False, winner=Side.CLOUD),)
    (written,) = made.operations
    assert written.side is Side.WIKI
    whole = series(excluded=(day(8),), overrides=(own(15, title="A"),))
    assert written.changes[0].after == whole
    assert made.unsettled == {}


def test_a_person_has_them_put_back() -> None:
    made = excepted(decisions={removal().id: Decision.RESTORE})
    assert made.conflicts == (removal(open=False, winner=Side.WIKI),)
    assert [(op.side, op.changes[0].after) for op in made.operations] == [
        (Side.WIKI, series(overrides=(own(15, title="A"),))),
        (Side.CLOUD, series(overrides=(own(15, title="A"),))),
    ]
    assert made.unsettled == {}


def test_nobody_is_asked_where_the_policy_says_it() -> None:
    gone = excepted(deletions=Deletions.PROPAGATE)
    assert gone.conflicts == ()
    kept = excepted(deletions=Deletions.ASK, direction=Direction.TO_CLOUD)
    assert kept.conflicts == ()


def test_a_series_in_words_is_due_when_its_date_is_over() -> None:
    made = of(single(), weekly(), (single(), weekly()), project=no_structure)
    assert made.due == datetime(2027, 3, 1, 23, tzinfo=UTC)
