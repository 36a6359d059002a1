"""What the stand-in cloud does to written events."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from oscartes_sync.sandbox.cloud import CloudStandIn, Refusal
from tests.sandbox.cloud_client import BOT, CALENDAR, Client, event, network, properties, said


@pytest.fixture
def cloud() -> Iterator[CloudStandIn]:
    with CloudStandIn() as cloud:
        yield cloud


@pytest.fixture
def bot(cloud: CloudStandIn) -> Client:
    return network(cloud)[BOT]


def test_the_etag_is_the_md5_of_the_bytes_and_bytes_are_kept(bot: Client) -> None:
    body = event()
    answer = bot.put("a.ics", body, If_None_Match="*")
    assert answer.status_code == 201
    assert answer.headers["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    assert bot.ask("GET", bot.place("a.ics")).content == body


def test_the_same_bytes_again_keep_the_etag_but_move_the_token(
    cloud: CloudStandIn, bot: Client
) -> None:
    first = bot.put("a.ics", event()).headers["ETag"]
    before = cloud.token(BOT, CALENDAR)
    assert bot.put("a.ics", event()).headers["ETag"] == first
    assert cloud.token(BOT, CALENDAR) != before


@pytest.mark.parametrize("form", ["{}", "W/{}"])
def test_stale_tags_are_refused_with_the_current_one_and_odd_forms_never_match(
    bot: Client, form: str
) -> None:
    etag = bot.put("a.ics", event()).headers["ETag"]
    odd = etag.strip('"') if form == "{}" else form.format(etag)
    refused = bot.put("a.ics", event(summary="Autre"), If_Match=odd)
    assert said(refused) == (412, "PreconditionFailed")
    assert refused.headers["ETag"] == etag


def test_a_refused_if_none_match_names_no_etag(bot: Client) -> None:
    bot.put("a.ics", event())
    refused = bot.put("a.ics", event(), If_None_Match="*")
    assert refused.status_code == 412
    assert "ETag" not in refused.headers


def test_a_repaired_text_is_answered_without_etag_and_strict_handling_refuses_it(
    bot: Client,
) -> None:
    body = event().replace(b"DTSTAMP:20261123T200000Z\r\n", b"")
    answer = bot.put("a.ics", body)
    assert answer.status_code == 201
    assert "ETag" not in answer.headers
    assert "DTSTAMP" in answer.headers["X-Sabre-Ew-Gross"]
    assert b"\r\nDTSTAMP:2" in bot.ask("GET", bot.place("a.ics")).content
    strict = bot.put("b.ics", body, Prefer="handling=strict")
    assert said(strict) == (415, "UnsupportedMediaType")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ((b"BEGIN:VEVENT", b"METHOD:PUBLISH\r\nBEGIN:VEVENT"), 415),
        ((b"DTSTART:20261201T180000Z\r\n", b""), 415),
        ((b"DTSTART:20261201T180000Z", b"DTSTART:20261301T180000Z"), 415),
        ((b"VEVENT", b"VTODO"), 403),
        ((b"SUMMARY:", b"RRULE:FREQ=DAILY;COUNT=1\r\nEXDATE:20261201T180000Z\r\nSUMMARY:"), 403),
        ((b"SUMMARY:", b"RRULE:FREQ=PARFOIS\r\nSUMMARY:"), 500),
        ((b"SUMMARY:", b"SUMMARY:x\r\nSUMMARY:"), 415),
    ],
)
def test_refusals_have_the_observed_statuses(
    bot: Client, change: tuple[bytes, bytes], status: int
) -> None:
    assert bot.put("a.ics", event().replace(*change)).status_code == status
    assert bot.cloud.resources(BOT, CALENDAR) == {}


@pytest.mark.parametrize("end", [b"20261101T000000Z", b"20261201T200000Z"])
def test_ends_before_starts_are_taken_without_a_word(bot: Client, end: bytes) -> None:
    body = event().replace(b"DTEND:20261201T200000Z", b"DTEND:" + end)
    assert bot.put("a.ics", body).status_code == 201


def test_too_large_events_are_forbidden(bot: Client) -> None:
    bot.cloud.settings.event_size_limit = 1000
    assert said(bot.put("a.ics", event("a", "x" * 1000))) == (403, "Forbidden")


def test_a_uid_taken_in_the_calendar_is_refused_in_words_or_with_its_href(bot: Client) -> None:
    bot.put("a.ics", event())
    assert said(bot.put("b.ics", event())) == (400, "BadRequest")
    bot.cloud.settings.uid_conflict = 409
    conflict = bot.put("b.ics", event())
    assert conflict.status_code == 409
    assert "no-uid-conflict" in conflict.text
    assert f"/calendars/{BOT}/{CALENDAR}/a.ics</d:href>" in conflict.text


def test_uids_are_told_apart_by_case_and_freed_by_a_change(bot: Client) -> None:
    assert bot.put("a.ics", event("UID@wiki")).status_code == 201
    assert bot.put("b.ics", event("uid@wiki")).status_code == 201
    assert bot.put("a.ics", event("neuf@wiki")).status_code == 204
    assert bot.put("c.ics", event("UID@wiki")).status_code == 201
    assert said(bot.put("c.ics", event("uid@wiki"))) == (500, "DbalException")


def test_names_over_255_characters_are_a_server_error(bot: Client) -> None:
    assert said(bot.put("x" * 252 + ".ics", event())) == (500, "DbalException")


def test_uids_over_255_characters_are_a_server_error_on_the_older_version() -> None:
    with CloudStandIn(version=32) as old:
        assert network(old)[BOT].put("a.ics", event("u" * 300)).status_code == 500


def test_attendees_of_an_own_organizer_are_invited_and_the_text_is_touched(
    cloud: CloudStandIn, bot: Client
) -> None:
    people = (
        "ORGANIZER:mailto:oscartes-bot@cloud.example",
        "ATTENDEE:mailto:alice@example.org",
        "ATTENDEE:mailto:dehors@ailleurs.example",
    )
    answer = bot.put("a.ics", event("a@wiki", "Bilan", *people))
    assert "ETag" not in answer.headers
    kept = bot.ask("GET", bot.place("a.ics")).text.replace("\r\n ", "")
    assert kept.count("SCHEDULE-STATUS=1.1") == 2
    assert [b"UID:a@wiki" in one for one in cloud.resources("alice", "personal").values()] == [True]
    bot.ask("DELETE", bot.place("a.ics"))
    (copy,) = cloud.resources("alice", "personal").values()
    assert b"STATUS:CANCELLED" in copy


def test_attendees_who_binned_the_invitation_make_the_organizers_write_a_server_error(
    cloud: CloudStandIn, bot: Client
) -> None:
    people = ("ORGANIZER:mailto:oscartes-bot@cloud.example", "ATTENDEE:mailto:alice@example.org")
    bot.put("a.ics", event("a@wiki", "Bilan", *people))
    (name,) = cloud.resources("alice", "personal")
    cloud.delete("alice", "personal", name)
    assert said(bot.put("a.ics", event("a@wiki", "Bilan 2", *people))) == (500, "DbalException")


def test_scheduling_left_to_the_client_leaves_the_text_alone(bot: Client) -> None:
    people = (
        "ORGANIZER;SCHEDULE-AGENT=CLIENT:mailto:oscartes-bot@cloud.example",
        "ATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:alice@example.org",
    )
    assert "ETag" in bot.put("a.ics", event("a@wiki", "Bilan", *people)).headers


def test_a_member_writing_directly_is_refused_as_over_http(cloud: CloudStandIn) -> None:
    network(cloud)
    cloud.put(BOT, CALENDAR, "a.ics", event())
    with pytest.raises(Refusal) as refused:
        cloud.put(BOT, CALENDAR, "b.ics", event())
    assert refused.value.status == 400


def test_moving_to_another_calendar_works_renaming_within_one_does_not(bot: Client) -> None:
    bot.put("a.ics", event())
    here = bot.place("a.ics")
    root = f"{bot.cloud.url}/remote.php/dav/"
    renamed = bot.ask("MOVE", here, Destination=root + bot.place("b.ics"))
    assert said(renamed) == (403, "Forbidden")
    there = root + bot.place("a.ics", "personal")
    assert bot.ask("MOVE", here, Destination=there).status_code == 201
    assert list(bot.cloud.resources(BOT, "personal")) == ["a.ics"]
    assert bot.cloud.resources(BOT, CALENDAR) == {}


def test_a_property_of_nobodys_is_kept_and_moves_no_token(bot: Client) -> None:
    """Recording 016: displayname and the like move it, a dead property does not."""
    token = bot.cloud.token(BOT, CALENDAR)
    changes = (
        '<d:propertyupdate xmlns:d="DAV:" xmlns:x="urn:x"><d:set><d:prop><{0}>oui</{0}>'
        "</d:prop></d:set></d:propertyupdate>"
    )
    bot.ask("PROPPATCH", bot.place(), changes.format("x:mienne").encode())
    asked = '<d:propfind xmlns:d="DAV:" xmlns:x="urn:x"><d:prop><x:mienne/></d:prop></d:propfind>'
    kept = bot.ask("PROPFIND", bot.place(), asked, Depth="0")
    assert list(properties(kept).values()) == [{"mienne": "oui"}]
    assert bot.cloud.token(BOT, CALENDAR) == token
    bot.ask("PROPPATCH", bot.place(), changes.format("d:displayname").encode())
    assert bot.cloud.token(BOT, CALENDAR) != token
