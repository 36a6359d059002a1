"""Language, numbers, dates."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from oscartes_sync.presentation.translation import language_from, translator

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("option", "environ", "language"),
    [
        ("en", {"LANG": "fr_FR.UTF-8"}, "en"),
        (None, {"LANG": "en_GB.UTF-8"}, "en"),
        (None, {"LANG": "en"}, "en"),
        (None, {"LANG": "fr_FR.UTF-8", "LC_ALL": "en_US"}, "en"),
        (None, {"LANG": "en_US", "LANGUAGE": "fr:en"}, "fr"),
        (None, {"LC_MESSAGES": "en_IE@euro"}, "en"),
        (None, {"LANG": "C.UTF-8"}, "fr"),
        (None, {"LANG": "enm_XX"}, "fr"),
        (None, {"LANG": ""}, "fr"),
        (None, {}, "fr"),
        ("de", {"LANG": "en_US"}, "en"),
    ],
)
def test_the_option_comes_first_then_the_environment_then_french(
    option: str | None, environ: dict[str, str], language: str
) -> None:
    assert language_from(option, environ) == language


def test_numbers_are_grouped_and_pointed_as_the_language_does() -> None:
    assert translator("en").number(1234567) == "1,234,567"
    assert translator("fr").number(1234567) == "1\u202f234\u202f567"
    assert translator("fr").number(2.5) == "2,5"
    assert translator("fr").number(12) == "12"


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("fr", 0, "0 lien"),
        ("fr", 1, "1 lien"),
        ("fr", 2, "2 liens"),
        ("en", 0, "0 links"),
        ("en", 1, "1 link"),
        ("en", 2, "2 links"),
    ],
)
def test_plurals_are_those_of_the_language(language: str, number: int, said: str) -> None:
    assert translator(language).ngettext("{number} link", "{number} links", number) == said


def test_moments_are_told_on_the_network_s_clocks() -> None:
    moment = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)
    paris = ZoneInfo("Europe/Paris")
    assert translator("fr").moment(moment, paris) == "15 juil. 2026, 00:30:00"
    assert translator("en").moment(moment, paris).startswith("Jul 15, 2026, 12:30:00")


def test_ages_are_told_in_words() -> None:
    assert translator("fr").age(timedelta(hours=2)) == "il y a 2 heures"
    assert translator("en").age(timedelta(days=3)) == "3 days ago"


def test_both_catalogues_are_complete_and_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "catalogues.py"), "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.stdout, checked.returncode) == ("catalogues: complete and up to date\n", 0)
