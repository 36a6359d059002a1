"""How the stand-in cloud lists: PROPFIND, sync-collection, multiget, query."""

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
    gone,
    network,
    properties,
    said,
)

PREFIX = "http://sabre.io/ns/sync/"


@pytest.fixture
def cloud() -> Iterator[CloudStandIn]:
    with CloudStandIn() as cloud:
        yield cloud


@pytest.fixture
def bot(cloud: CloudStandIn) -> Client:
    client = network(cloud)[BOT]
    for number in range(5):
        cloud.put(BOT, CALENDAR, f"n{number}.ics", event(f"n{number}@wiki", f"n°{number}"))
    return client


def test_what_was_deleted_and_put_back_within_a_window_is_called_gone(
    cloud: CloudStandIn, bot: Client
) -> None:
    token = cloud.token(BOT, CALENDAR)
    cloud.delete(BOT, CALENDAR, "n1.ics")
    cloud.restore(BOT, CALENDAR, "n1.ics")
    cloud.put(BOT, CALENDAR, "n2.ics", event("n2@wiki", "changé"))
    answer = bot.sync(token)
    assert gone(answer) == {"n1.ics"}
    assert len(bot.multiget("n1.ics")) == 1


def test_what_came_and_went_within_a_window_is_called_gone(
    cloud: CloudStandIn, bot: Client
) -> None:
    token = cloud.token(BOT, CALENDAR)
    cloud.put(BOT, CALENDAR, "bref.ics", event("bref@wiki"))
    cloud.delete(BOT, CALENDAR, "bref.ics")
    assert gone(bot.sync(token)) == {"bref.ics"}


@pytest.mark.parametrize("token", ["", f"{PREFIX}abc", PREFIX, f"{PREFIX}-1", f"{PREFIX}0"])
def test_tokens_without_a_number_list_everything(bot: Client, token: str) -> None:
    assert len(properties(bot.sync(token))) == 5


def test_a_token_too_high_says_nothing_changed(cloud: CloudStandIn, bot: Client) -> None:
    answer = bot.sync(f"{PREFIX}999999")
    assert properties(answer) == {}
    assert cloud.token(BOT, CALENDAR) in answer.text


def test_a_token_without_its_prefix_is_refused(bot: Client) -> None:
    refused = bot.sync("3")
    assert said(refused) == (403, "InvalidSyncToken")
    assert "<d:valid-sync-token/>" in refused.text


def test_pruned_changes_make_a_partial_answer_without_a_word(
    cloud: CloudStandIn, bot: Client
) -> None:
    token = cloud.token(BOT, CALENDAR)
    for number in range(3):
        cloud.put(BOT, CALENDAR, f"m{number}.ics", event(f"m{number}@wiki"))
    cloud.prune_changes(BOT, CALENDAR, keep=1)
    answer = bot.sync(token)
    assert [href.rsplit("/", 1)[1] for href in properties(answer)] == ["m2.ics"]
    assert cloud.token(BOT, CALENDAR) in answer.text


def test_a_limit_loses_changes_and_is_refused_at_first(cloud: CloudStandIn, bot: Client) -> None:
    limit = "<d:limit><d:nresults>1</d:nresults></d:limit>"
    token = cloud.token(BOT, CALENDAR)
    cloud.put(BOT, CALENDAR, "p.ics", event("p@wiki"))
    cloud.put(BOT, CALENDAR, "q.ics", event("q@wiki"))
    answer = bot.sync(token, more=limit)
    assert len(properties(answer)) == 1
    assert cloud.token(BOT, CALENDAR) in answer.text
    assert bot.sync("", more=limit).status_code == 507


def test_multiget_leaves_missing_ones_out_and_orders_as_it_likes(bot: Client) -> None:
    told = bot.multiget("n3.ics", "absent.ics", "n0.ics", "n3.ics")
    assert [href.rsplit("/", 1)[1] for href in told] == ["n0.ics", "n3.ics"]
    assert "\r" not in told[f"/remote.php/dav/{bot.place('n0.ics')}"]["calendar-data"]


def test_151_hrefs_in_one_multiget_are_answered_by_hundreds(
    cloud: CloudStandIn, bot: Client
) -> None:
    for number in range(5, 151):
        cloud.put(BOT, CALENDAR, f"n{number}.ics", event(f"n{number}@wiki"))
    names = [f"n{number}.ics" for number in range(151)]
    told = [href.rsplit("/", 1)[1] for href in bot.multiget(*names)]
    assert sorted(told) == sorted(names)
    assert told != names


def test_hrefs_come_back_with_lower_case_escapes(bot: Client) -> None:
    assert bot.put("%C3%A9t%C3%A9%20a.ics", event("ete@wiki")).status_code == 201
    told = bot.found(bot.place(), "d:getetag", depth="1")
    assert f"/remote.php/dav/{bot.place('%c3%a9t%c3%a9%20a.ics')}" in told


def query(bot: Client, inner: str, **headers: str) -> list[str]:
    """calendar-query; the last parts of the hrefs."""
    body = (
        f"<cal:calendar-query {NAMESPACES}><d:prop><d:getetag/></d:prop><cal:filter>"
        f'<cal:comp-filter name="VCALENDAR">{inner}</cal:comp-filter></cal:filter>'
        "</cal:calendar-query>"
    )
    answer = bot.ask("REPORT", bot.place(), body, **headers)
    if answer.status_code != 207:
        return [str(answer.status_code)]
    return [href.rsplit("/", 1)[1] for href in properties(answer)]


def test_queries_want_a_depth_and_a_component_around_their_time_range(bot: Client) -> None:
    inner = '<cal:comp-filter name="VEVENT"/>'
    span = '<cal:time-range start="20261201T000000Z" end="20261202T000000Z"/>'
    assert query(bot, inner) == ["400"]
    assert query(bot, span, Depth="1") == ["400"]
    assert len(query(bot, inner, Depth="1")) == 5


def test_queries_find_series_by_their_instances_and_events_by_uid(
    cloud: CloudStandIn, bot: Client
) -> None:
    series = event("serie@wiki", "Permanence", "RRULE:FREQ=WEEKLY;COUNT=8")
    cloud.put(BOT, CALENDAR, "serie.ics", series)
    span = '<cal:time-range start="20270101T000000Z" end="20270201T000000Z"/>'
    inner = f'<cal:comp-filter name="VEVENT">{span}</cal:comp-filter>'
    assert query(bot, inner, Depth="1") == ["serie.ics"]
    match = '<cal:text-match collation="i;octet">n3@wiki</cal:text-match>'
    by_uid = f'<cal:prop-filter name="UID">{match}</cal:prop-filter>'
    inner = f'<cal:comp-filter name="VEVENT">{by_uid}</cal:comp-filter>'
    assert query(bot, inner, Depth="1") == ["n3.ics"]


def test_broken_xml_is_a_server_error_in_reports_and_a_client_error_elsewhere(bot: Client) -> None:
    assert bot.ask("REPORT", bot.place(), "pas du xml", Depth="1").status_code == 500
    assert bot.ask("PROPFIND", bot.place(), "<pas du xml", Depth="1").status_code == 400


def test_a_subscription_has_a_bare_ctag_no_token_and_takes_no_writes(bot: Client) -> None:
    body = (
        f"<d:mkcol {NAMESPACES}><d:set><d:prop><d:resourcetype><d:collection/><cs:subscribed/>"
        "</d:resourcetype><cs:source><d:href>https://wiki.example/?ical</d:href></cs:source>"
        "</d:prop></d:set></d:mkcol>"
    )
    path = f"calendars/{BOT}/abonnement/"
    assert bot.ask("MKCOL", path, body).status_code == 201
    told = bot.found(path, "cs:getctag", "d:sync-token", "cs:source")
    (values,) = told.values()
    assert values == {"getctag": "1", "source": "https://wiki.example/?ical"}
    assert bot.ask("PUT", f"{path}a.ics", event()).status_code == 403


@pytest.mark.slow
def test_ten_thousand_resources_are_listed_whole(cloud: CloudStandIn, bot: Client) -> None:
    for number in range(10_000):
        cloud.put(BOT, CALENDAR, f"n{number}.ics", event(f"n{number}@wiki"))
    listed = bot.found(bot.place(), "d:getetag", depth="1")
    names = {href.rsplit("/", 1)[1] for href in listed}
    assert {f"n{number}.ics" for number in range(10_000)} <= names
