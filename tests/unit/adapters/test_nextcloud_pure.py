"""Spellings, documents, bookmarks and kept texts: what needs no server."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import (
    Address,
    canonical,
    decoded,
    last_segment,
    segment,
)
from oscartes_sync.adapters.nextcloud.bodies import Bodies
from oscartes_sync.adapters.nextcloud.cursor import MOST_MISSING, Cursor, is_later
from oscartes_sync.adapters.nextcloud.refusals import Reply, refusal
from oscartes_sync.adapters.nextcloud.resources import Resource, etag_of
from oscartes_sync.adapters.nextcloud.standing import Gate
from oscartes_sync.adapters.nextcloud.uids import uid_in
from oscartes_sync.errors import (
    Busy,
    Forbidden,
    Full,
    Invalid,
    Missing,
    Moved,
    OutcomeUnknown,
    SideError,
    Taken,
    Unexpected,
)
from oscartes_sync.mapping.resource_reading import ResourceReading
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Standing
from oscartes_sync.records.event import Event, Series, Visibility
from oscartes_sync.records.problem import Problem
from tests.fakes.exchanges import dav_error, found, multistatus

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PREFIX = "http://sabre.io/ns/sync/"
BINDING = Binding(name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda")


@pytest.mark.parametrize(
    "spelling",
    [
        "/dav/%C3%A9t%C3%A9%20a.ics",
        "/dav/%c3%a9t%c3%a9%20a.ics",
        "/dav/été a.ics",
        "https://cloud.example/dav/%c3%a9t%c3%a9%20a.ics",
    ],
)
def test_every_spelling_of_an_href_is_one(spelling: str) -> None:
    assert canonical(spelling) == "/dav/%c3%a9t%c3%a9%20a.ics"


def test_an_href_is_escaped_as_the_server_escapes_it() -> None:
    assert canonical("/c/a@b+c'd!.ics") == "/c/a%40b%2bc%27d%21.ics"


@given(st.text(min_size=1, max_size=40).filter(lambda text: "\x00" not in text))
def test_a_name_survives_its_escaping(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    assert decoded(last_segment(f"/home/{segment(name)}/")) == name


@pytest.mark.parametrize(
    ("given_url", "origin", "base"),
    [
        ("https://cloud.example", "https://cloud.example", ""),
        ("https://cloud.example/nc/index.php/", "https://cloud.example", "/nc"),
        ("https://cloud.example:8443/remote.php/dav/", "https://cloud.example:8443", ""),
        ("http://[::1]:8080/", "http://[::1]:8080", ""),
    ],
)
def test_an_address_is_read_as_people_write_it(given_url: str, origin: str, base: str) -> None:
    assert Address.parse(given_url, cloud="noe") == Address(origin, base)


def test_properties_are_found_by_namespace_whatever_the_prefix() -> None:
    body = (
        '<m xmlns="DAV:" xmlns:x9="http://apple.com/ns/ical/"><response><href>/a/</href><propstat>'
        "<prop><x9:calendar-color>#123456</x9:calendar-color></prop>"
        "<status>HTTP/1.1 200 OK</status></propstat><propstat><prop><displayname/></prop>"
        "<status>HTTP/1.1 404 Not Found</status></propstat></response></m>"
    )
    read = dav_xml.multistatus(
        body.replace("<m ", "<multistatus ").replace("</m>", "</multistatus>").encode()
    )
    assert read.responses[0].text("ical:calendar-color") == "#123456"
    assert read.responses[0].prop("d:displayname") is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Login</body></html>",
        b"<d:multistatus xmlns:d='DAV:'><d:response>",
        b"<!DOCTYPE x [<!ENTITY e 'boom'>]><d:multistatus xmlns:d='DAV:'>&e;</d:multistatus>",
        b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><d:multistatus xmlns:d='DAV:'/>",
        b"<d:multistatus xmlns:d='DAV:'>\x08</d:multistatus>",
    ],
)
def test_what_is_no_plain_multistatus_is_not_read(body: bytes) -> None:
    with pytest.raises(dav_xml.NotXml):
        dav_xml.multistatus(body)


def test_a_document_says_what_it_was_told_and_nothing_else() -> None:
    title = "A & <b> « été » \x07"
    root = dav_xml.parse(dav_xml.mkcalendar(title, "#2e7d32", "BEGIN:VCALENDAR\r\n"))
    assert root.findtext(f".//{dav_xml.name('d:displayname')}") == "A & <b> « été » "
    assert root.findtext(f".//{dav_xml.name('cal:calendar-timezone')}") == "BEGIN:VCALENDAR\r\n"
    components = root.findall(f".//{dav_xml.name('cal:comp')}")
    assert [each.get("name") for each in components] == ["VEVENT"]


def test_only_what_is_given_is_patched() -> None:
    assert b"calendar-color>" not in dav_xml.proppatch("Titre", "")
    assert b"displayname" not in dav_xml.proppatch("", "#fff")


def test_a_sync_report_never_has_a_limit() -> None:
    assert b"limit" not in dav_xml.sync_collection(PREFIX + "4")


def test_the_refused_properties_of_a_patch_are_told() -> None:
    body = (
        "<d:multistatus xmlns:d='DAV:'><d:response><d:href>/a</d:href><d:propstat><d:prop>"
        "<d:displayname/></d:prop><d:status>HTTP/1.1 403 Forbidden</d:status></d:propstat>"
        "</d:response></d:multistatus>"
    )
    assert dav_xml.failed(body.encode()) == {dav_xml.name("d:displayname")}
    assert not dav_xml.failed(multistatus(found("/a", d_displayname="")).encode())


def cursor(token: int = 5, *, taken: int = 0, full: int = 0, missing: int = 0) -> Cursor:
    """A bookmark whose parts are that many days old."""
    return Cursor(
        token=f"{PREFIX}{token}",
        taken=NOW - timedelta(days=taken),
        full=NOW - timedelta(days=full),
        missing=frozenset(f"/a/{number}.ics" for number in range(missing)),
    )


def test_a_bookmark_survives_being_written() -> None:
    bookmark = cursor(missing=3)
    assert Cursor.read(bookmark.write()) == bookmark


@pytest.mark.parametrize("text", ["", "7", "{}", '{"token": "x"}', '{"token":"x","taken":"?"}'])
def test_no_bookmark_is_better_than_a_bad_one(text: str) -> None:
    assert Cursor.read(text) is None


def test_a_bookmark_with_too_much_missing_makes_the_next_run_compare_all() -> None:
    kept = Cursor.read(cursor(missing=MOST_MISSING + 1).write())
    assert kept is not None
    assert not kept.serves(f"{PREFIX}5", NOW)


@pytest.mark.parametrize(
    ("bookmark", "token", "serves"),
    [
        (cursor(5), "5", True),
        (cursor(5), "6", True),
        (cursor(9, full=6), "10", True),
        (cursor(5), "4", False),
        (cursor(5), "abc", False),
        (cursor(5), "", False),
        (cursor(5, taken=31), "6", False),
        (cursor(5, full=8), "5", False),
        (cursor(5, taken=-1), "6", False),
    ],
)
def test_a_bookmark_serves_only_forwards_and_not_for_long(
    bookmark: Cursor, token: str, serves: bool
) -> None:
    assert bookmark.serves(PREFIX + token, NOW) is serves


def test_a_bookmark_may_ask_for_everything_to_be_compared() -> None:
    kept = Cursor.read(replace(cursor(), whole=True).write())
    assert kept is not None
    assert not kept.serves(f"{PREFIX}5", NOW)


def test_a_bookmark_of_an_older_release_is_read() -> None:
    older = json.loads(cursor(missing=2).write())
    del older["lost"], older["whole"]
    assert Cursor.read(json.dumps(older)) == cursor(missing=2)


@pytest.mark.parametrize(
    ("token", "absent", "lost"),
    [
        ("4", {"/a/1.ics", "/a/9.ics"}, {"/a/9.ics"}),
        ("5", {"/a/1.ics", "/a/9.ics"}, set()),
        ("6", {"/a/9.ics", "/b"}, {"/b"}),
        ("4", {"/b"}, {"/b"}),
        ("abc", {"/a/9.ics"}, set()),
    ],
)
def test_what_goes_missing_when_the_token_goes_back_is_lost(
    token: str, absent: set[str], lost: set[str]
) -> None:
    bookmark = replace(cursor(5, missing=3), lost=frozenset({"/b"}))
    assert bookmark.lost_by(PREFIX + token, frozenset(absent)) == lost
    assert Cursor.read(bookmark.write()) == bookmark


def test_tokens_that_are_no_numbers_are_not_compared() -> None:
    assert is_later(PREFIX + "10", PREFIX + "9")
    assert not is_later(PREFIX + "9" * 30, PREFIX + "9")
    assert not is_later("10", "9")


def test_kept_texts_are_bounded_and_exact() -> None:
    bodies = Bodies(limit=10)
    one, two = Resource("/1", etag_of(b"123456"), b"123456"), Resource("/2", "x", b"1234567")
    bodies.keep(one)
    assert bodies.get("/1", one.etag) == one
    assert bodies.get("/1", "other") is None
    bodies.keep(two)
    assert bodies.get("/1", one.etag) is None
    bodies.keep(Resource("/2", "y", b"1", exact=False))
    assert bodies.get("/2", "y") is None
    assert bodies.get("/2", "x") is None


@pytest.mark.parametrize(
    ("text", "uid"),
    [
        ("BEGIN:VCALENDAR\r\nUID:cal\r\nBEGIN:VEVENT\r\nUID:a@b\r\nEND:VEVENT\r\n", "a@b"),
        ("BEGIN:VEVENT\nUID;X=1:a\\,b\nEND:VEVENT\n", "a,b"),
        ("BEGIN:VEVENT\r\nUID:long\r\n er\r\n", "longer"),
        ("BEGIN:VEVENT\r\nSUMMARY:x\r\n", ""),
    ],
)
def test_the_uid_is_read_without_reading_the_rest(text: str, uid: str) -> None:
    assert uid_in(text) == uid


def reply(status: int, body: str = "", content_type: str = "application/xml") -> Reply:
    return Reply(status, {"content-type": content_type}, body.encode(), "/x.ics")


SABRE = "Sabre\\DAV\\Exception\\"


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (reply(403, dav_error(SABRE + "Forbidden")), Forbidden, "cloud-forbidden"),
        (reply(403, "<html>", "text/html"), Unexpected, "cloud-html-answer"),
        (reply(404, dav_error(SABRE + "NotFound")), Missing, "cloud-missing"),
        (reply(404, "<html>", "text/html"), Unexpected, "cloud-html-answer"),
        (reply(405, dav_error(SABRE + "MethodNotAllowed")), Taken, "cloud-exists"),
        (reply(412), Moved, "cloud-moved"),
        (reply(413), Invalid, "cloud-content-too-large"),
        (reply(415, dav_error(SABRE + "UnsupportedMediaType")), Invalid, "cloud-content-refused"),
        (reply(423), Busy, "cloud-locked"),
        (reply(507), Full, "cloud-full"),
        (reply(400, dav_error(SABRE + "BadRequest")), Invalid, "cloud-content-refused"),
        (
            reply(500, dav_error("Sabre\\VObject\\InvalidDataException")),
            Invalid,
            "cloud-content-refused",
        ),
        (
            reply(500, dav_error("OC\\DB\\Exceptions\\DbalException", "1213 Deadlock found")),
            Busy,
            "cloud-database-busy",
        ),
        (reply(500, "Fatal error"), OutcomeUnknown, "cloud-outcome-unknown"),
        (reply(200, "<html>", "text/html; charset=UTF-8"), Unexpected, "cloud-html-answer"),
        (reply(501, dav_error(SABRE + "NotImplemented")), Unexpected, "cloud-unexpected-answer"),
    ],
)
def test_what_each_refusal_means(answer: Reply, kind: type[SideError], code: str) -> None:
    error = refusal(answer, "noe", wrote=True)
    assert type(error) is kind
    assert error.code == code


def test_an_etag_is_freed_of_what_a_proxy_adds() -> None:
    assert Reply(200, {"etag": 'W/"abc"'}, b"", "/").etag == '"abc"'
    assert Reply(200, {"etag": '"abc-gzip"'}, b"", "/").etag == '"abc"'


def reading(uid: str = "a@b", **changes: object) -> ResourceReading:
    values: dict[str, object] = {
        "title": "Fête",
        "start": date(2026, 12, 1),
        "end": date(2026, 12, 1),
        **changes,
    }
    return ResourceReading(uid, Event(**values), Standing.OPEN)  # type: ignore[arg-type]


def standing(read: ResourceReading, **binding: object) -> Standing:
    return Gate(replace(BINDING, **binding), NOW).standing(read)  # type: ignore[arg-type]


OLD: dict[str, Any] = {"start": date(2026, 1, 1), "end": date(2026, 1, 2)}


@pytest.mark.parametrize(
    ("read", "binding", "expected"),
    [
        (reading(), {}, Standing.OPEN),
        (reading(visibility=Visibility.PRIVATE), {}, Standing.HIDDEN),
        (reading(visibility=Visibility.CONFIDENTIAL), {}, Standing.HIDDEN),
        (reading(visibility=Visibility.PRIVATE), {"private": True}, Standing.OPEN),
        (reading(), {"publish": "none"}, Standing.HIDDEN),
        (reading(uid="Tag.noe@oscartes"), {"publish": "none"}, Standing.OPEN),
        (reading(categories=("Public",)), {"publish": "category:public"}, Standing.OPEN),
        (reading(categories=("Autre",)), {"publish": "category:public"}, Standing.HIDDEN),
        (reading(uid="Tag.essonne@oscartes"), {}, Standing.FOREIGN),
        (reading(**OLD), {}, Standing.OPEN),
        (reading(**OLD), {"since": 90}, Standing.PAST),
        (reading(**OLD), {"since": 400}, Standing.OPEN),
        (reading(**OLD, series=Series("FREQ=WEEKLY")), {"since": 90}, Standing.OPEN),
        (reading(**OLD, series=Series("FREQ=WEEKLY;COUNT=3")), {"since": 90}, Standing.PAST),
        (reading(**OLD, series=Series("FREQ=WEEKLY;COUNT=60")), {"since": 90}, Standing.OPEN),
    ],
)
def test_what_may_be_mirrored(
    read: ResourceReading, binding: dict[str, object], expected: Standing
) -> None:
    assert standing(read, **binding) is expected


def test_what_makes_no_event_is_told_and_a_task_is_not() -> None:
    broken = ResourceReading("a", None, Standing.BROKEN, (Problem.of("end-before-start"),))
    task = ResourceReading("b", None, Standing.BROKEN, (Problem.of("no-event"),))
    gate = Gate(BINDING, NOW)
    told = gate.sighting("/a.ics", '"1"', broken)
    assert told.standing is Standing.BROKEN
    assert [problem.href for problem in told.problems] == ["/a.ics"]
    passed = gate.sighting("/b.ics", '"2"', task)
    assert (passed.standing, passed.problems) == (Standing.FOREIGN, ())
