"""The stand-in cloud's shares, publications and what members see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from oscartes_sync.sandbox.cloud import CloudStandIn, seed_members_events
from tests.sandbox.cloud_client import BOT, CALENDAR, NAMESPACES, Client, event, network, said

SHARED = f"{CALENDAR}_shared_by_{BOT}"
OUTILS = "<oc:set><d:href>principal:principals/groups/gt-outils</d:href></oc:set>"
COMMUNICATION = (
    "<oc:set><d:href>principal:principals/groups/gt-communication</d:href><oc:read-write/></oc:set>"
)


@pytest.fixture
def cloud() -> Iterator[CloudStandIn]:
    with CloudStandIn() as cloud:
        yield cloud


@pytest.fixture
def clients(cloud: CloudStandIn) -> dict[str, Client]:
    found = network(cloud)
    cloud.put(BOT, CALENDAR, "a.ics", event())
    return found


def test_one_request_shares_with_several_groups(clients: dict[str, Client]) -> None:
    bot = clients[BOT]
    before = bot.cloud.token(BOT, CALENDAR)
    assert bot.share(OUTILS + COMMUNICATION).status_code == 200
    assert bot.cloud.token(BOT, CALENDAR) == before
    assert SHARED in bot.cloud.calendars("alice")
    assert SHARED in bot.cloud.calendars("bob")
    (told,) = bot.found(bot.place(), "oc:invite").values()
    assert "gt-communication" in told["invite"]


@pytest.mark.parametrize(
    "href",
    [
        "principal:principals/groups/inconnu",
        "principal:principals/users/inconnu",
        "/remote.php/dav/principals/groups/gt-outils/",
        "mailto:bob@example.org",
        f"principal:principals/users/{BOT}",
    ],
)
def test_unknown_principals_are_answered_200_and_nothing_is_shared(
    clients: dict[str, Client], href: str
) -> None:
    bot = clients[BOT]
    answer = bot.share(f"<oc:set><d:href>{href}</d:href></oc:set>")
    assert answer.status_code == 200
    (told,) = bot.found(bot.place(), "oc:invite").values()
    assert told["invite"] == ""


def test_teams_can_be_shared_with(cloud: CloudStandIn, clients: dict[str, Client]) -> None:
    team = cloud.add_team("Équipe", ["bob"])
    href = f"principal:principals/circles/{team.number}"
    clients[BOT].share(f"<oc:set><d:href>{href}</d:href></oc:set>")
    assert SHARED in cloud.calendars("bob")
    assert SHARED not in cloud.calendars("alice")


def test_read_only_members_are_told_404_when_they_write(clients: dict[str, Client]) -> None:
    clients[BOT].share(OUTILS)
    alice = clients["alice"]
    place = f"calendars/alice/{SHARED}/a.ics"
    (told,) = alice.found(f"calendars/alice/{SHARED}/", "oc:read-only").values()
    assert told["read-only"] == "1"
    assert said(alice.ask("PUT", place, event(summary="Moi"))) == (404, "NotFound")
    assert said(alice.ask("DELETE", place)) == (404, "NotFound")
    assert alice.ask("GET", place).status_code == 200


def test_writing_members_write_under_the_owners_etag(clients: dict[str, Client]) -> None:
    bot = clients[BOT]
    bot.share(COMMUNICATION)
    place = f"calendars/bob/{SHARED}/b.ics"
    written = clients["bob"].ask("PUT", place, event("b@wiki"))
    assert written.status_code == 201
    assert bot.ask("GET", bot.place("b.ics")).headers["ETag"] == written.headers["ETag"]


def test_a_member_who_deletes_a_groups_calendar_stays_out(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    bot = clients[BOT]
    bot.share(COMMUNICATION)
    assert clients["bob"].ask("DELETE", f"calendars/bob/{SHARED}/").status_code == 204
    bot.share(COMMUNICATION.replace("set>", "remove>"))
    bot.share(COMMUNICATION)
    assert SHARED not in cloud.calendars("bob")
    bot.share("<oc:set><d:href>principal:principals/users/bob</d:href></oc:set>")
    assert SHARED in cloud.calendars("bob")


def test_members_see_neither_private_events_nor_the_words_of_confidential_ones(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT5M", "DESCRIPTION:x", "END:VALARM")
    cloud.put(BOT, CALENDAR, "c.ics", event("c@wiki", "Secret", "CLASS:CONFIDENTIAL", *alarm))
    cloud.put(BOT, CALENDAR, "p.ics", event("p@wiki", "Privé", "CLASS:PRIVATE"))
    cloud.put(BOT, CALENDAR, "v.ics", event("v@wiki", "Public", *alarm))
    clients[BOT].share(OUTILS)
    read = cloud.resources("alice", SHARED)
    assert sorted(read) == ["a.ics", "c.ics", "v.ics"]
    assert b"SUMMARY:Busy" in read["c.ics"]
    assert b"Secret" not in read["c.ics"]
    assert b"VALARM" not in read["v.ics"]
    assert cloud.etags("alice", SHARED)["c.ics"] == cloud.etags(BOT, CALENDAR)["c.ics"]


def test_names_and_colours_of_members_are_their_own(clients: dict[str, Client]) -> None:
    clients[BOT].share(OUTILS)
    alice, path = clients["alice"], f"calendars/alice/{SHARED}/"
    (told,) = alice.found(path, "d:displayname").values()
    assert told["displayname"] == "Agenda (Robot d’OsCartes)"
    body = (
        f"<d:propertyupdate {NAMESPACES}><d:set><d:prop><d:displayname>À moi</d:displayname>"
        "</d:prop></d:set></d:propertyupdate>"
    )
    assert alice.ask("PROPPATCH", path, body).status_code == 207
    (mine,) = alice.found(path, "d:displayname").values()
    (owners,) = clients[BOT].found(clients[BOT].place(), "d:displayname").values()
    assert (mine["displayname"], owners["displayname"]) == ("À moi", "Agenda")


def test_sharing_is_limited_by_the_hour_on_the_newer_version_cookies_or_not() -> None:
    for version, last in ((34, 429), (32, 200)):
        with CloudStandIn(version=34 if version == 34 else 32) as cloud:
            bot = network(cloud)[BOT]
            answers = [bot.share(OUTILS).status_code for _ in range(21)]
            assert answers == [200] * 20 + [last]


def test_published_calendars_are_read_by_everybody_until_unpublished(
    clients: dict[str, Client],
) -> None:
    bot = clients[BOT]
    kind = {"Content_Type": "application/xml"}
    publish = f"<cs:publish-calendar {NAMESPACES}/>"
    assert bot.ask("POST", bot.place(), publish, **kind).status_code == 202
    (told,) = bot.found(bot.place(), "cs:publish-url").values()
    url = told["publish-url"]
    export = requests.get(f"{url}?export", timeout=5)
    assert "UID:a@wiki" in export.text
    assert "X-WR-CALNAME" in export.text
    assert "ETag" not in export.headers
    unpublish = f"<cs:unpublish-calendar {NAMESPACES}/>"
    assert bot.ask("POST", bot.place(), unpublish, **kind).status_code == 200
    assert requests.get(f"{url}?export", timeout=5).status_code == 404
    bot.ask("POST", bot.place(), publish, **kind)
    (again,) = bot.found(bot.place(), "cs:publish-url").values()
    assert again["publish-url"] != url


def test_exports_expand_series_within_a_range(
    cloud: CloudStandIn, clients: dict[str, Client]
) -> None:
    seed_members_events(cloud, BOT, CALENDAR)
    bot = clients[BOT]
    whole = bot.ask("GET", f"{bot.place()}?export").text
    assert whole.count("BEGIN:VTIMEZONE") == 1
    assert "RRULE:FREQ=WEEKLY" in whole
    span = "start=1796083200&end=1798761600"
    cut = bot.ask("GET", f"{bot.place()}?export&expand=1&{span}").text
    assert "RRULE" not in cut
    assert cut.count("UID:b2a7d9d0-permanence") == 4
