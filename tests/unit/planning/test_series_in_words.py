"""A series that the wiki shows as one entry: in words, begun there, or ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Direction
from oscartes_sync.planning.meeting import Merge
from oscartes_sync.planning.merge import merge
from oscartes_sync.records.event import FIELDS, Event
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import (
    ENDLESS,
    day,
    laid_out,
    meet,
    no_structure,
    own,
    series,
    single,
    weekly,
)

SHOWN_UNTIL = datetime(2027, 3, 1, 23, 0, tzinfo=UTC)
NEXT_YEAR = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
LATE = own(8, place="Salle 2")


def in_words(
    wiki: Event,
    cloud: Event | None = None,
    base: tuple[Event, Event] | None = None,
    **more: Any,
) -> Merge:
    agreed = base or (single(), weekly())
    return merge(meet(agreed, wiki, cloud or agreed[1], project=no_structure, **more))


DATES = {"start": (day(1), day(1)), "end": (day(1), day(1))}


def test_a_date_that_is_over_gives_way_to_the_next() -> None:
    now = datetime(2027, 3, 2, 9, tzinfo=UTC)
    over = {"due": SHOWN_UNTIL}
    made = in_words(single(), now=now, link=over)
    until = datetime(2027, 3, 8, 23, tzinfo=UTC)
    assert made == Merge(to_wiki={"start": day(8), "end": day(8)}, bases=DATES, due=until)
    assert in_words(single(), now=now, link={"due": now}) == made
    assert in_words(single(), now=now) == made
    soon = {"due": datetime(2027, 3, 2, 10, tzinfo=UTC)}
    assert in_words(single(), now=now, link=soon) == Merge(bases=DATES, due=until)
    one_way = in_words(single(), now=now, link=over, direction=Direction.TO_CLOUD)
    assert one_way == Merge(bases=DATES, due=until)


@pytest.mark.parametrize(
    ("cloud", "start", "end"),
    [
        (weekly(single(start=day(2), end=day(2))), 2, 2),
        (weekly(single(end=day(2))), 1, 2),
        (weekly(excluded=(day(1),)), 8, 8),
    ],
)
def test_a_series_that_moved_shows_its_date_before_the_old_one_is_over(
    cloud: Event, start: int, end: int
) -> None:
    made = in_words(single(), cloud, link={"due": SHOWN_UNTIL})
    assert (made.to_wiki["start"], made.to_wiki["end"]) == (day(start), day(end))


def test_a_member_who_edits_a_shown_date_is_told_and_keeps_it_until_it_moves_on() -> None:
    told = [Problem.warning("derived-dates-edited", Side.WIKI)]
    edited = single(start=day(3), end=day(3))
    kept = in_words(edited, link={"due": SHOWN_UNTIL})
    assert kept == Merge(bases=DATES, unsettled=DATES, problems=told, due=SHOWN_UNTIL)
    again = {"due": SHOWN_UNTIL, "unsettled": DATES}
    same = in_words(edited, base=(edited, weekly()), link=again)
    assert same == kept
    now = datetime(2027, 3, 2, 9, tzinfo=UTC)
    moved = in_words(edited, base=(edited, weekly()), link=again, now=now)
    assert moved.to_wiki == {"start": day(8), "end": day(8)}
    assert moved.unsettled == {}
    assert moved.problems == told


def test_a_date_put_where_it_is_to_go_next_is_no_edit() -> None:
    now = datetime(2027, 3, 2, 9, tzinfo=UTC)
    made = in_words(single(start=day(8), end=day(8)), now=now, link={"due": SHOWN_UNTIL})
    assert (made.to_wiki, made.problems, made.unsettled) == ({}, [], {})


def test_the_date_that_the_wiki_was_given_is_no_edit_of_a_member() -> None:
    base = (single(start=day(8), end=day(8)), weekly())
    due = {"due": datetime(2027, 3, 8, 23, tzinfo=UTC)}
    made = in_words(base[0], base=base, link=due)
    dates = {"start": (day(8), day(1)), "end": (day(8), day(1))}
    assert made == Merge(bases=dates, due=SHOWN_UNTIL)


def test_dates_never_agreed_on_are_taken_as_they_are() -> None:
    edited = single(start=day(3), end=day(3))
    never = {"unsettled": dict.fromkeys(("start", "end"), (MISSING, MISSING))}
    made = in_words(edited, link=never)
    assert made.problems == []
    assert made.to_wiki == {"start": day(1), "end": day(1)}


def test_a_series_whose_words_changed_is_said_anew() -> None:
    other = weekly(rule="FREQ=WEEKLY;COUNT=6")
    made = in_words(single(), other, link={"due": SHOWN_UNTIL})
    assert made.to_wiki == {"series": other.series}
    assert made.bases["series"] == (None, series())
    one_way = in_words(single(), other, direction=Direction.TO_CLOUD)
    assert one_way.to_wiki == {}


def test_a_series_that_is_one_event_by_now_is_one_in_the_wiki_too() -> None:
    base = (single(start=day(8), end=day(8)), weekly())
    shown = base[0]
    made = merge(meet(base, shown, single()))
    assert made.to_wiki == {"start": day(1), "end": day(1), "series": None}
    assert made.to_cloud == {}
    edited = merge(meet(base, single(start=day(3), end=day(3)), single()))
    assert edited.to_wiki == {"start": day(1), "end": day(1), "series": None}
    assert edited.clashes == {}
    still = merge(meet((single(), single()), single(), single()))
    assert still == Merge()


# A series that the wiki made otherwise


OTHERWISE = Problem.warning("series-made-otherwise", Side.WIKI)


def test_a_series_that_the_wiki_made_otherwise_stays_in_words_and_that_is_told_again() -> None:
    told = {"problems": (OTHERWISE,), "due": SHOWN_UNTIL}
    base = (single(), weekly())
    made = merge(meet(base, single(), weekly(), link=told))
    assert made == Merge(bases=DATES, due=SHOWN_UNTIL, problems=[OTHERWISE])


@pytest.mark.parametrize(
    "cloud",
    [
        weekly(rule="FREQ=WEEKLY;COUNT=6"),
        weekly(single(end=day(2))),
        weekly(single(start=day(2), end=day(2))),
    ],
)
def test_it_is_tried_again_once_the_series_is_another_one(cloud: Event) -> None:
    told = {"problems": (OTHERWISE,), "due": SHOWN_UNTIL}
    made = merge(meet((single(), weekly()), single(), cloud, link=told))
    assert made.to_wiki["series"] == cloud.series
    assert (made.problems, made.due) == ([], None)


def test_another_problem_of_the_link_does_not_keep_it_in_words() -> None:
    told = {"problems": (Problem.warning("left-on-wiki", Side.WIKI),)}
    made = merge(meet((single(), weekly()), single(), weekly(), link=told))
    assert (made.to_wiki, made.problems) == ({"series": series()}, [])


# Begun in the wiki


def test_a_wiki_that_has_learnt_to_repeat_is_given_the_series_and_its_first_date() -> None:
    shown = single(start=day(8), end=day(8))
    made = merge(meet((shown, weekly()), shown, weekly()))
    assert made == Merge(
        to_wiki={"series": series(), "start": day(1), "end": day(1)},
        bases={
            "series": (None, series()),
            "start": (day(8), day(1)),
            "end": (day(8), day(1)),
        },
    )


def test_an_event_that_the_cloud_made_a_series_begins_one_in_the_wiki() -> None:
    made = merge(meet(single(), single(), weekly(rule=ENDLESS)))
    assert made == Merge(
        to_wiki={"series": series(ENDLESS)}, bases={"series": (None, None)}, due=NEXT_YEAR
    )


def test_a_series_in_words_stays_so_where_the_wiki_has_no_structure_for_it() -> None:
    shown = single()
    made = merge(meet((shown, weekly()), shown, weekly(), project=no_structure))
    assert made == Merge(
        bases={"start": (day(1), day(1)), "end": (day(1), day(1))}, due=SHOWN_UNTIL
    )


@pytest.mark.parametrize(("origin", "begun"), [(Side.CLOUD, True), (Side.WIKI, False)])
def test_a_pair_never_agreed_on_begins_its_series_only_in_the_copy(
    origin: Side, *, begun: bool
) -> None:
    never = {"unsettled": dict.fromkeys(FIELDS, (MISSING, MISSING)), "origin": origin}
    made = merge(meet(single(), single(), weekly(), link=never))
    assert made.to_wiki.get("series") == (series() if begun else None)


def test_where_a_member_took_the_recurrence_away_the_cloud_is_told() -> None:
    made = merge(meet(weekly(), single(), weekly()))
    assert made.to_cloud == {"series": None}
    said = merge(meet(weekly(), single(said="Tous les lundis"), weekly()))
    assert said.to_cloud == {}


def test_single_dates_of_their_own_keep_a_series_in_words() -> None:
    def bare_only(event: Event) -> Event:
        kept = event.series is not None and not event.series.overrides
        return event if kept else no_structure(event)

    cloud = weekly(overrides=(LATE,))
    made = merge(meet((single(), weekly()), single(), cloud, project=bare_only))
    assert made.due == SHOWN_UNTIL
    plain = merge(meet((single(), weekly()), single(), weekly(), project=bare_only))
    assert (plain.due, plain.to_wiki) == (None, {"series": series()})
    page = replace(weekly(), page="https://wiki.example/?P")
    seen: list[str] = []

    def noting(event: Event) -> Event:
        seen.append(event.page)
        return laid_out(event)

    merge(meet((single(), page), single(), page, project=noting))
    assert "" in seen


def test_what_is_edited_besides_crosses_while_a_series_is_begun() -> None:
    shown = single(start=day(8), end=day(8))
    wiki, base = replace(shown, title="Autre", start=day(9), end=day(9)), (shown, weekly())
    made = merge(meet(base, wiki, weekly()))
    assert made.to_wiki == {"series": series(), "start": day(1), "end": day(1)}
    assert made.to_cloud == {"title": "Autre"}
    own_day = merge(meet(single(), single(start=day(2), end=day(2)), weekly()))
    assert own_day.to_wiki == {"series": series()}
    assert own_day.to_cloud == {"start": day(2), "end": day(2)}
