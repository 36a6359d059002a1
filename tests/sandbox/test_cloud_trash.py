"""The stand-in cloud's bins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oscartes_sync.sandbox.cloud import CloudStandIn
from tests.sandbox.cloud_client import (
    BOT,
    CALENDAR,
    NAMESPACES,
    Client,
    event,
    network,
    properties,
    said,
)


@pytest.fixture
def cloud() -> Iterator[CloudStandIn]:
    with CloudStandIn() as cloud:
        yield cloud


@pytest.fixture
def bot(cloud: CloudStandIn) -> Client:
    client = network(cloud)[BOT]
    cloud.put(BOT, CALENDAR, "a.ics", event())
    return client


def binned(client: Client) -> dict[str, dict[str, str]]:
    """The bin by REPORT; its filter matches nothing, which the server does not mind."""
    body = (
        f"<cal:calendar-query {NAMESPACES}><d:prop><d:getetag/><ncc:calendar-uri/>"
        "<ncc:deleted-at/><ncc:source-calendar-uri/></d:prop><cal:filter>"
        '<cal:comp-filter name="VCALENDAR"><cal:comp-filter name="VTODO"/></cal:comp-filter>'
        "</cal:filter></cal:calendar-query>"
    )
    path = f"calendars/{client.uid}/trashbin/objects/"
    return properties(client.ask("REPORT", path, body, Depth="1"))


def test_a_binned_uid_cannot_be_created_again_until_it_leaves_the_bin(bot: Client) -> None:
    bot.ask("DELETE", bot.place("a.ics"))
    assert said(bot.put("a.ics", event())) == (500, "DbalException")
    assert said(bot.put("b.ics", event())) == (500, "DbalException")
    (href,) = binned(bot)
    assert bot.ask("DELETE", href).status_code == 204
    assert bot.put("a.ics", event()).status_code == 201


def test_the_bin_is_read_by_report_and_emptied_by_moving_to_restore(bot: Client) -> None:
    bot.ask("DELETE", bot.place("a.ics"))
    folder = f"calendars/{BOT}/trashbin/objects/"
    assert bot.ask("PROPFIND", folder, Depth="1").status_code == 501
    ((href, values),) = binned(bot).items()
    assert values["calendar-uri"] == CALENDAR
    there = bot.cloud.url + href.replace("/objects/", "/restore/")
    assert bot.ask("MOVE", href, Destination=there).status_code == 201
    assert list(bot.cloud.resources(BOT, CALENDAR)) == ["a.ics"]


def test_a_second_of_the_same_name_cannot_be_binned_nor_restored_over(bot: Client) -> None:
    bot.ask("DELETE", bot.place("a.ics"))
    bot.put("a.ics", event("autre@wiki"))
    assert said(bot.ask("DELETE", bot.place("a.ics"))) == (403, "Forbidden")
    (href,) = binned(bot)
    there = bot.cloud.url + href.replace("/objects/", "/restore/")
    assert said(bot.ask("MOVE", href, Destination=there)) == (403, "Forbidden")


def test_without_retention_deletion_is_final(cloud: CloudStandIn, bot: Client) -> None:
    cloud.settings.retention = 0
    bot.ask("DELETE", bot.place("a.ics"))
    assert binned(bot) == {}
    assert bot.put("a.ics", event()).status_code == 201


def test_a_trashed_calendar_keeps_its_uri_and_still_takes_events(bot: Client) -> None:
    assert bot.ask("DELETE", bot.place()).status_code == 204
    assert bot.ask("MKCALENDAR", bot.place()).status_code == 405
    assert bot.put("b.ics", event("b@wiki")).status_code == 201
    home = bot.ask("PROPFIND", f"calendars/{BOT}/", Depth="1").text
    assert "deleted-calendar" in home
    assert CALENDAR not in bot.cloud.calendars(BOT)
    restore = f"{bot.cloud.url}/remote.php/dav/calendars/{BOT}/trashbin/restore/{CALENDAR}"
    assert bot.ask("MOVE", bot.place(), Destination=restore).status_code == 201
    assert CALENDAR in bot.cloud.calendars(BOT)


def test_the_header_against_the_bin_counts_for_calendars_alone(bot: Client) -> None:
    bot.ask("DELETE", bot.place("a.ics"), X_NC_CalDAV_No_Trashbin="1")
    assert len(binned(bot)) == 1
    bot.ask("DELETE", bot.place(), X_NC_CalDAV_No_Trashbin="1")
    assert bot.ask("MKCALENDAR", bot.place()).status_code == 201


@pytest.mark.parametrize(("version", "count"), [(34, 1), (32, 0)])
def test_members_see_shared_calendars_binned_objects_on_the_newer_version_alone(
    version: int, count: int
) -> None:
    with CloudStandIn(version=34 if version == 34 else 32) as cloud:
        clients = network(cloud)
        cloud.put(BOT, CALENDAR, "a.ics", event())
        cloud.share(BOT, CALENDAR, "principals/users/bob", writable=True)
        cloud.delete(BOT, CALENDAR, "a.ics")
        assert len(binned(clients["bob"])) == count


def test_a_backup_brings_tokens_back_too(cloud: CloudStandIn, bot: Client) -> None:
    backup = cloud.snapshot()
    token = cloud.token(BOT, CALENDAR)
    bot.put("b.ics", event("b@wiki"))
    cloud.restore_backup(backup)
    assert cloud.token(BOT, CALENDAR) == token
    assert list(cloud.resources(BOT, CALENDAR)) == ["a.ics"]
