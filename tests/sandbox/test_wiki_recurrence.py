"""Repetitions: made by web edits of the 4.5 line only, with Bazar's own arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn, seed_network
from oscartes_sync.sandbox.wiki.clock import WikiClock, utc_now
from oscartes_sync.sandbox.wiki.recurrence import Rule, occurrences, read_rule

KEYS = NetworkKeys()
ROBOT = {"Authorization": f"Bearer {KEYS.robot_key}"}
DATA = "bf_date_fin_evenement_data"
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def wiki() -> Iterator[WikiStandIn]:
    with WikiStandIn(version="4.5") as stand_in:
        seed_network(stand_in)
        yield stand_in


def create(wiki: WikiStandIn, start: str, end: str, **more: str) -> None:
    sent = {"id_fiche": "Serie", "bf_titre": "Série", **more}
    sent |= {"bf_date_debut_evenement": start, "bf_date_fin_evenement": end}
    answer = requests.post(f"{wiki.url}/?api/entries/6", headers=ROBOT, data=sent, timeout=5)
    assert answer.status_code == 201


def edit(wiki: WikiStandIn, tag: str = "Serie", **more: Any) -> None:
    cookies = requests.get(f"{wiki.url}/?api/triples/X", headers=ROBOT, timeout=5).cookies
    answer = requests.post(
        f"{wiki.url}/?{tag}/edit", cookies=cookies,
        data={"bf_titre": "Série", "antispam": "1", **more}, timeout=5, allow_redirects=False,
    )  # fmt: skip
    assert answer.status_code == 302


def structure(**parts: Any) -> dict[str, Any]:
    base = {"isRecurrent": "1", "step": "1", "limitdate": ""} | parts
    return {
        f"{DATA}[{key}]" + ("[]" if isinstance(value, list) else ""): value
        for key, value in base.items()
    }


def starts(wiki: WikiStandIn) -> dict[str, str]:
    found = wiki.entries(6)
    return {
        tag: one["bf_date_debut_evenement"] for tag, one in found.items() if tag.startswith("Serie")
    }


def test_weekly_repetitions_keep_the_local_hour(wiki: WikiStandIn) -> None:
    create(wiki, "2027-03-16T14:00:00+01:00", "2027-03-16T16:00:00+01:00")
    edit(wiki, **structure(repetition="w", nbmax="3", days=["tue"]))
    assert starts(wiki) == {
        "Serie": "2027-03-16T14:00:00+01:00",
        "Serie20270323": "2027-03-23T14:00:00+01:00",
        "Serie20270330": "2027-03-30T14:00:00+02:00",
        "Serie20270406": "2027-04-06T14:00:00+02:00",
    }
    child = wiki.entry("Serie20270330")
    assert child is not None
    assert child[DATA] == '{"recurrentParentId":"Serie"}'


def test_an_edit_of_the_parent_makes_its_repetitions_anew(wiki: WikiStandIn) -> None:
    create(wiki, "2027-03-16", "2027-03-16")
    weekly = structure(repetition="w", nbmax="2", days=["tue"])
    edit(wiki, **weekly)
    edit(wiki, "Serie20270323", bf_lieu="Salle B", **{DATA: '{"recurrentParentId":"Serie"}'})
    wiki.set_acl("Serie20270323", read="+")
    edit(wiki, **weekly)
    child = wiki.entry("Serie20270323")
    assert child is not None
    assert child["bf_lieu"] == ""
    answer = requests.get(f"{wiki.url}/?api/entries/json/Serie20270323", timeout=5)
    assert "Serie20270323" in answer.json()


def test_an_edit_without_the_structure_deletes_the_repetitions(wiki: WikiStandIn) -> None:
    create(wiki, "2027-03-16", "2027-03-16")
    edit(wiki, **structure(repetition="d", nbmax="2"))
    edit(wiki, bf_ville="Massy")
    assert list(starts(wiki)) == ["Serie"]
    parent = wiki.entry("Serie")
    assert parent is not None
    assert DATA not in parent


def test_a_repetition_edited_without_its_mark_is_detached_and_doubled(wiki: WikiStandIn) -> None:
    create(wiki, "2027-04-05", "2027-04-05")
    daily = structure(repetition="d", nbmax="1")
    edit(wiki, **daily)
    edit(wiki, "Serie20270406", bf_lieu="Ailleurs")
    edit(wiki, **daily)
    assert set(starts(wiki)) == {"Serie", "Serie20270406", "Serie202704062"}


def test_a_structure_sent_as_text_is_stored_and_repeats_nothing(wiki: WikiStandIn) -> None:
    create(wiki, "2027-03-16", "2027-03-16")
    edit(wiki, **{DATA: '{"isRecurrent":"1","repetition":"d","step":"1","nbmax":"3"}'})
    assert list(starts(wiki)) == ["Serie"]


def test_the_api_stores_the_structure_and_repeats_nothing(wiki: WikiStandIn) -> None:
    create(wiki, "2027-03-16", "2027-03-16", **structure(repetition="d", nbmax="3"))
    parent = wiki.entry("Serie")
    assert parent is not None
    assert parent[DATA]["repetition"] == "d"
    assert list(starts(wiki)) == ["Serie"]


def test_version_4_4_keeps_the_structure_and_repeats_nothing() -> None:
    with WikiStandIn(version="4.4") as old:
        seed_network(old)
        create(old, "2027-03-16", "2027-03-16")
        edit(old, **structure(repetition="d", nbmax="3"))
        parent = old.entry("Serie")
        assert parent is not None
        assert parent[DATA]["nbmax"] == "3"
        assert list(starts(old)) == ["Serie"]


def test_deleting_the_parent_deletes_its_repetitions_only(wiki: WikiStandIn) -> None:
    create(wiki, "2027-03-16", "2027-03-16")
    edit(wiki, **structure(repetition="d", nbmax="2"))
    requests.delete(f"{wiki.url}/?api/pages/Serie20270317", headers=ROBOT, timeout=5)
    assert set(starts(wiki)) == {"Serie", "Serie20270318"}
    requests.delete(f"{wiki.url}/?api/pages/Serie", headers=ROBOT, timeout=5)
    assert starts(wiki) == {}
    assert len(wiki.entries(6)) == 11


MONTHLY = {"repetition": "m", "nbmax": "1"}
CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a start outside the days skips its week": (
        "2027-03-15",
        {"repetition": "w", "nbmax": "2", "days": ["tue", "thu"]},
        ["03-23", "03-25"],
    ),
    "the limit is excluded": (
        "2027-03-16",
        {"repetition": "d", "nbmax": "9", "limitdate": "2027-03-18"},
        ["03-17"],
    ),
    "an exception uses one up": (
        "2027-03-16",
        {"repetition": "d", "nbmax": "3", "except": ["2027-03-18"]},
        ["03-17", "03-19"],
    ),
    "the 31st runs over": (
        "2027-01-31",
        {**MONTHLY, "nbmax": "3", "whenInMonth": "nthOfMonth", "nth": "31"},
        ["03-03", "05-01", "07-01"],
    ),
    "the last day of a month is never the last friday": (
        "2027-03-26",
        {**MONTHLY, "whenInMonth": "lastOfMonth", "days": ["fri"]},
        ["04-23"],
    ),
    "a month needs a place in it": ("2027-03-16", MONTHLY, []),
    "a number is obligatory": ("2027-03-16", {"repetition": "d"}, []),
}


@pytest.mark.parametrize(("start", "parts", "expected"), CASES.values(), ids=CASES.keys())
def test_bazars_arithmetic(
    wiki: WikiStandIn, start: str, parts: dict[str, Any], expected: list[str]
) -> None:
    create(wiki, start, start)
    edit(wiki, **structure(**parts))
    assert [day[5:] for tag, day in starts(wiki).items() if tag != "Serie"] == expected


@pytest.mark.parametrize(
    ("step", "nbmax", "read"), [("1.9", "2abc", (1, 2)), (" 1", "2", (1, 2)), ("abc", "2", None)]
)
def test_numbers_are_read_as_php_reads_them(
    step: str, nbmax: str, read: tuple[int, int] | None
) -> None:
    structure = {"isRecurrent": "1", "repetition": "d", "step": step, "nbmax": nbmax}
    start = datetime(2027, 5, 1, 10, tzinfo=PARIS)
    rule = read_rule(structure, start, WikiClock(utc_now))
    assert (rule and (rule.step, rule.count)) == read


@given(
    st.sampled_from("dwmy"),
    st.integers(1, 4),
    st.integers(1, 30),
    st.sampled_from(["nthOfMonth", "fisrtOfMonth", "lastOfMonth"]),
    st.lists(st.integers(1, 7), min_size=1, max_size=3, unique=True),
)
def test_repetitions_move_forward_and_stay_within_their_number(
    repetition: str, step: int, count: int, when: str, days: list[int]
) -> None:
    start = datetime(2027, 1, 14, 9, 30, tzinfo=PARIS)
    rule = Rule(repetition, step, count, None, frozenset(), tuple(sorted(days)), 1, when, 15)
    made = occurrences(rule, start, start + timedelta(hours=2))
    assert len(made) == count
    assert all(end - begin == timedelta(hours=2) for begin, end in made)
    found = [begin for begin, _ in made]
    assert all(later > sooner for sooner, later in zip([start, *found], found, strict=False))
    assert {(one.hour, one.minute) for one in found} == {(9, 30)}
