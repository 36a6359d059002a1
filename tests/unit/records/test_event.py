"""Events are checked when they are built, and survive JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oscartes_sync.errors import OscartesError, RecordError
from oscartes_sync.records.event import (
    Attachment,
    Event,
    Override,
    Position,
    RichText,
    Series,
    Status,
    Visibility,
)
from oscartes_sync.records.fingerprint import (
    digest,
    record_from_json,
    record_to_json,
    value_from_json,
    value_to_json,
)
from oscartes_sync.records.problem import Problem, Severity, Side

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2027, 3, 6)


def full() -> Event:
    start = datetime(2027, 3, 27, 21, 30, tzinfo=PARIS)
    return Event(
        title="Nuit",
        start=start,
        end=datetime(2027, 3, 28, 5, 30, tzinfo=PARIS),
        description=RichText("a", "<p>a</p>"),
        place="Orsay",
        position=Position(48.6978123456, 2.18),
        link="https://a.example",
        categories=("b", "a", "b"),
        organizer="Les Semeuses",
        image="https://a.example/i.png",
        files=(Attachment("https://a.example/f.pdf", "fichierbf_f"),),
        status=Status.TENTATIVE,
        visibility=Visibility.CONFIDENTIAL,
        series=Series(
            rule="FREQ=DAILY;COUNT=3",
            extra=(start + timedelta(days=9),),
            excluded=(start + timedelta(days=1),),
            overrides=(Override(start, start, start, "autre"),),
            zone="Europe/Paris",
        ),
        guests=True,
        page="https://w.example/?Nuit",
        properties=(("link", "bf_site"),),
        said="— ajouté",
    )


def test_an_event_comes_back_whole_from_json() -> None:
    event = full()
    again = record_from_json(json.loads(json.dumps(record_to_json(event))))
    assert again == event
    assert (again.page, again.properties, again.said) == (
        event.page,
        event.properties,
        event.said,
    )


def test_where_the_wiki_keeps_it_is_no_part_of_the_comparison() -> None:
    assert Event(title="a", start=DAY, end=DAY, page="x") == Event(title="a", start=DAY, end=DAY)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("no-title", {"title": "  "}),
        ("end-before-start", {"end": date(2027, 3, 5)}),
        ("day-and-time-mixed", {"end": datetime(2027, 3, 6, 10, tzinfo=PARIS)}),
        ("floating-time", {"start": datetime(2027, 3, 6, 9), "end": datetime(2027, 3, 6, 10)}),
    ],
)
def test_what_is_no_event_is_refused(code: str, values: dict[str, object]) -> None:
    with pytest.raises(RecordError) as caught:
        Event(**{"title": "a", "start": DAY, "end": DAY, **values})  # type: ignore[arg-type]
    assert caught.value.code == code


def test_the_hour_that_autumn_repeats_keeps_its_order() -> None:
    first = datetime(2026, 10, 25, 2, 45, tzinfo=PARIS)
    second = datetime(2026, 10, 25, 2, 15, tzinfo=PARIS, fold=1)
    event = Event(title="a", start=first, end=second)
    assert isinstance(event.start, datetime)
    assert event.start.utcoffset() == timedelta(hours=2)
    with pytest.raises(RecordError):
        Event(title="a", start=second, end=first)


def test_equal_instants_are_equal_whatever_their_offset() -> None:
    paris = datetime(2027, 1, 1, 10, tzinfo=PARIS)
    utc = datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert Event(title="a", start=paris, end=paris) == Event(title="a", start=utc, end=utc)


def test_a_position_is_rounded_and_on_earth() -> None:
    assert Position(48.69781234, 2.1).latitude == 48.697812
    with pytest.raises(RecordError):
        Position(91, 0)


def test_values_come_back_from_json_by_their_field() -> None:
    event = full()
    for name in ("start", "description", "position", "files", "status", "series", "title"):
        value = getattr(event, name)
        assert value_from_json(name, json.loads(json.dumps(value_to_json(value)))) == value
    assert value_from_json("start", None) is None


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": "é"}) == digest({"b": "é", "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_a_problem_comes_back_from_json_and_is_placed_once() -> None:
    problem = Problem.of("x", severity=Severity.WARNING, side=Side.WIKI, entry="A", n=1)
    assert Problem.from_json(json.loads(json.dumps(problem.to_json()))) == problem
    assert problem.at(entry="B", href="/b") == Problem.of(
        "x", severity=Severity.WARNING, side=Side.WIKI, entry="A", href="/b", n=1
    )


def test_an_error_shows_its_code_and_blanks() -> None:
    error = OscartesError("some-code", b=2, a="x")
    assert str(error) == "some-code (a=x, b=2)"
    assert str(OscartesError("bare")) == "bare"
    assert Problem.from_error(error).params == (("a", "x"), ("b", "2"))
