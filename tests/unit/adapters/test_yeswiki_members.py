"""Whom one value of an entry names, and when an edit could still hide behind its date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oscartes_sync.adapters.yeswiki.members import _naming
from oscartes_sync.planning.binding import KeptGroup

TEAM = KeptGroup(kind="team", name="Réseau", members="bf_mail")
DATE = "2026-11-24 10:00:00"
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("", ()),
        (" \n ", ()),
        ("alice", ("alice",)),
        (" alice@x.example ", ("alice@x.example",)),
        ("alice,bob;carole dora\nemil\r\n", ("alice", "bob", "carole", "dora", "emil")),
        ("alice, alice", ("alice",)),
        ("Alice alice", ("Alice", "alice")),
    ],
)
def test_a_value_names_one_or_several(value: str, named: tuple[str, ...]) -> None:
    row = {"bf_mail": value, "date_maj_fiche": DATE}
    assert _naming(row, TEAM, NOW + timedelta(days=2)).values == named


def test_a_value_is_in_no_representation() -> None:
    row = {"bf_mail": "alice@x.example", "date_maj_fiche": DATE}
    assert "alice" not in repr(_naming(row, TEAM, NOW))


@pytest.mark.parametrize(
    ("later", "token"),
    [
        (timedelta(), ""),
        (timedelta(seconds=30), ""),
        (timedelta(minutes=2), DATE),
        (timedelta(hours=1), ""),  # in another zone, that is now
        (timedelta(hours=1, minutes=2), DATE),
        (timedelta(days=2), DATE),
    ],
)
def test_a_date_that_may_be_now_proves_nothing_yet(later: timedelta, token: str) -> None:
    row = {"bf_mail": "alice", "date_maj_fiche": DATE}
    assert _naming(row, TEAM, NOW + later).token == token
