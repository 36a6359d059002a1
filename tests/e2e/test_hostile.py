"""Everything ugly at once, on both servers: the good ones beside it cross, and nothing runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from oscartes_sync.presentation.texts import all_texts
from oscartes_sync.sandbox.cloud.messages import Refusal
from oscartes_sync.sandbox.cloud.store import Resource, etag_of
from oscartes_sync.sandbox.wiki.messages import Response
from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, Pair
from tests.hostile.calendars import READ, TOLD
from tests.hostile.conftest import hard_limit  # noqa: F401 -- a fixture for all of these
from tests.hostile.entries import ENTRIES, TEXTS, VALUES, row
from tests.hostile.telling import assert_harmless_html

pytestmark = pytest.mark.slow

GOOD = resource(
    "bon@autre-client",
    "DTSTART;VALUE=DATE:20270608",
    "DTEND;VALUE=DATE:20270609",
    "SUMMARY:Bonne fête",
)
LONGEST_TAG = 191
"""Characters that the wiki's database has for a name."""

FIELDS = (
    "bf_titre", "bf_description", "bf_date_debut_evenement", "bf_adresse", "bf_site_internet",
    "geolocation",
)  # fmt: skip
BODIES = {**READ, **{name: body for name, (body, _) in TOLD.items()}}
MOST = 2_000_000
MOVES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def distinct(number: int, body: bytes) -> bytes:
    """The same under a UID of its own: a calendar holds a UID once."""
    return body.replace(b"UID:ugly@example", b"UID:ugly%d@example" % number)


def plant(pair: Pair, name: str, body: bytes) -> None:
    """Past what the server refuses, as an older one, an import or a restored backup leaves it."""
    with pair.cloud.core.lock:
        calendar = pair.cloud._calendar(BOT, CALENDAR)
        calendar.add(
            Resource(
                number=pair.cloud.core.store.next_number(),
                name=name,
                body=body,
                etag=etag_of(body),
                uid=f"planted-{name}",
                component="VEVENT",
                classification="PUBLIC",
                modified=pair.cloud.core.now(),
            )
        )


def fill_calendar(pair: Pair, bodies: Mapping[str, bytes] = BODIES) -> tuple[int, int]:
    """The corpus by the door where it is let in, else past it; how many of each."""
    pair.cloud.make_calendar(BOT, CALENDAR)
    pair.cloud.put(BOT, CALENDAR, "bon.ics", GOOD)
    refused = 0
    for number, body in enumerate(bodies.values()):
        unique = distinct(number, body)
        try:
            pair.cloud.put(BOT, CALENDAR, f"ugly-{number}.ics", unique)
        except (Refusal, RecursionError):
            refused += 1
            plant(pair, f"planted-{number}.ics", unique)
    return len(bodies) - refused, refused


def rows(*, texts: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The corpus as entries, each under a tag: whole rows, long texts, odd values in each field.

    Of those of 10 MB there are two, since each listing holds them all.
    """
    for tag, raw in ENTRIES.items():
        if isinstance(raw, Mapping) and raw and len(tag) <= LONGEST_TAG:
            yield tag, dict(raw)
    for number, (name, text) in enumerate(TEXTS.items() if texts else ()):
        if len(text) < MOST or name == "10 MB of paragraphs":
            yield f"Text{number}", row(f"Text{number}", bf_description=text)
    for number, value in enumerate(VALUES.values()):
        large = isinstance(value, str) and len(value) > MOST
        for name in () if large else FIELDS if texts else FIELDS[:1]:
            tag = f"Value{number}{name.replace('_', '')}"
            yield tag, row(tag, **{name: value})
    yield "TitleOf10Mb", row("TitleOf10Mb", bf_titre=VALUES["long word"])


def fill_wiki(pair: Pair, *, texts: bool = True) -> None:
    """The corpus in every answer that lists the form, beside what the wiki has of its own.

    It is put into the answers, since most of it no form of the wiki would store.
    """
    corpus = {**dict(rows(texts=texts)), **{tag: raw for tag, raw in ENTRIES.items() if not raw}}

    def among(answer: Response) -> Response:
        own = json.loads(answer.content)
        return replace(answer, json_value={**corpus, **own}, body=b"")

    pair.wiki.faults.change_next(among, n=100, method="GET", containing="api/forms/6/entries")


def assert_told_in_words(report: Mapping[str, Any]) -> None:
    """Every problem of a report says what is wrong and what to do."""
    for problem in report["problems"]:
        assert problem["code"] in all_texts(), problem
        assert problem["message"], problem
        assert problem["remedy"], problem


def assert_quiet_afterwards(pair: Pair, *words: str) -> None:
    """One more run finds nothing to write."""
    pair.wiki.requests.clear()
    pair.cloud.requests.clear()
    code, report = pair.sync(*words)
    assert code in {0, 4}
    assert report["operations"] == []
    asked = {each.method for each in pair.wiki.requests} | {
        each.method for each in pair.cloud.requests
    }
    assert asked <= {"GET", "HEAD", "PROPFIND", "REPORT"}


def test_a_calendar_full_of_ugly_events(pair: Pair) -> None:
    by_the_door, planted = fill_calendar(pair)
    assert by_the_door > 60
    assert planted > 20
    before = pair.cloud.resources(BOT, CALENDAR)
    code, report = pair.sync()
    assert code == 4
    assert_told_in_words(report)
    entries = pair.wiki.entries(6)
    titles = [str(each.get("bf_titre", "")) for each in entries.values()]
    assert titles.count("Bonne fête") == 1
    assert "=cmd|' /C calc'!A0" in map(unescape, titles)
    for tag, entry in entries.items():
        assert "<" not in str(entry.get("bf_titre", "")), tag
        assert "script:" not in str(entry.get("bf_site_internet", "")).lower(), tag
        assert_harmless_html(str(entry.get("bf_description", "")))
    after = pair.cloud.resources(BOT, CALENDAR)
    assert {name: after.get(name) for name in before} == before
    assert_quiet_afterwards(pair)
    assert_quiet_afterwards(pair, "--full")


def test_a_wiki_full_of_ugly_entries(pair: Pair) -> None:
    good = set(pair.wiki.entries(6)) - {"ReunionDePreparation"}
    fill_wiki(pair)
    code, report = pair.sync()
    assert code == 4
    assert_told_in_words(report)
    events = pair.events()
    assert {f"{tag}.noe.ics" for tag in good} <= set(events)
    assert len(events) > len(good) + 100
    for name, text in events.items():
        assert_inert(name, text)
    assert_quiet_afterwards(pair)
    assert_quiet_afterwards(pair, "--full")


def assert_inert(name: str, text: str) -> None:
    """An event of ours that a calendar shows without running anything."""
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), name
    assert text.count("BEGIN:VEVENT") >= 1, name
    for line in text.split("\n"):
        head, _, value = line.partition(":")
        if head.startswith("X-ALT-DESC"):
            plain = value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
            assert_harmless_html(plain.replace("\\\\", "\\"))
        if head.startswith(("URL", "ATTACH", "IMAGE")):
            assert not re.match(r"\W*(?:javascript|vbscript|data)\W*:", value, re.IGNORECASE), name


def test_nothing_ugly_moves_the_terminal(pair: Pair) -> None:
    fill_calendar(pair, {name: READ[name] for name in READ if "title" in name or "cont" in name})
    fill_wiki(pair, texts=False)
    for words in (("plan", "--verbose"), ("plan", "--lang", "fr"), ("sync",)):
        code, out, err = pair.call(*words)
        assert code in {0, 4}, (words, out[-2000:], err[-2000:])
        assert len(out) > 500
        assert not MOVES.search(out + err)
