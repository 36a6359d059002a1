"""Atom and RSS, read by `feedparser`, and by a strict reader of XML."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import feedparser
import pytest

from oscartes_sync.exports import atom, rss
from oscartes_sync.exports.view import NO_DATE, Publication
from oscartes_sync.records.event import Status
from tests.unit.exports.publications import (
    LICENCE,
    MADE,
    MEANT,
    actor,
    event,
    hostile_actor,
    published,
    row,
    stable,
)

Render = Callable[[Publication], bytes]

URL = "https://open.example/f"
RENDERERS = pytest.mark.parametrize("render", [atom.render, rss.render])
SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "oscartes")


@RENDERERS
def test_an_entry_has_a_stable_identity_which_is_no_address(render: Render) -> None:
    read = feedparser.parse(stable(render, row("LaGrange", actor())))
    assert not read.bozo, read.get("bozo_exception")
    (entry,) = read.entries
    assert entry.id == uuid.uuid5(SPACE, "LaGrange.noe@oscartes").urn
    assert entry.link == "https://wiki.example/?LaGrange"
    assert entry.title == "La Grange aux Outils"
    assert [each.term for each in entry.tags] == ["Numérique libre / Outils", "Énergie"]
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == MADE
    assert "4 rue du Lavoir, 01000 Orsay, France" in entry.summary


@RENDERERS
def test_a_feed_names_its_licence_its_publisher_and_itself(render: Render) -> None:
    read = feedparser.parse(render(published(row("LaGrange", actor()), url=URL)))
    links = {each.rel: each.href for each in read.feed.links}
    assert links["license"] == LICENCE.url
    assert links["self"].startswith(f"{URL}/acteurs.")
    assert LICENCE.url in read.feed.rights
    assert "PôleS NOE" in f"{read.feed.get('author')} {read.feed.get('subtitle')}"


def test_a_feed_of_atom_is_complete_and_as_new_as_its_newest_entry() -> None:
    older = row("Autre", actor(name="Autre"), updated=MADE)
    content = atom.render(published(older, row("LaGrange", actor())))
    read = feedparser.parse(content)
    assert read.feed.updated == "2026-11-24T10:30:00+00:00"
    assert [each.title for each in read.entries] == ["La Grange aux Outils", "Autre"]
    assert ElementTree.fromstring(content).find("{*}complete") is not None


def test_a_guid_of_rss_is_no_link() -> None:
    root = ElementTree.fromstring(rss.render(published(row("LaGrange", actor()))))
    guid = root.find("channel/item/guid")
    assert guid is not None
    assert guid.get("isPermaLink") == "false"


def test_dates_of_rss_are_english_and_name_the_right_day() -> None:
    root = ElementTree.fromstring(rss.render(published(row("LaGrange", actor()))))
    assert root.findtext("channel/lastBuildDate") == "Tue, 24 Nov 2026 10:30:00 +0000"


def test_an_event_tells_when_where_and_whether() -> None:
    start, end = datetime(2027, 3, 6, 18, tzinfo=UTC), datetime(2027, 3, 6, 20, tzinfo=UTC)
    rows = (
        row("A", event(start=start, end=end, status=Status.CANCELLED)),
        row("B", event()),
        row("C", event(start=date(2027, 3, 6), end=date(2027, 3, 6))),
    )
    read = feedparser.parse(atom.render(published(*rows, kind="events")))
    told = [entry.content[0].value.split("\n") for entry in read.entries]
    assert told[0][:3] == ["Annulé", "2027-03-06 18:00 – 20:00", "Salle des fêtes, 91400 Orsay"]
    assert [lines[0] for lines in told[1:]] == ["2027-03-06 – 2027-03-07", "2027-03-06"]


@RENDERERS
def test_an_empty_feed_has_a_date_that_is_not_now(render: Render) -> None:
    read = feedparser.parse(render(published()))
    assert not read.bozo
    assert datetime(*read.feed.updated_parsed[:6], tzinfo=UTC) == NO_DATE
    undated = feedparser.parse(render(published(row("A", actor(), created=NO_DATE))))
    assert not undated.bozo


@RENDERERS
def test_hostile_texts_are_texts(render: Render) -> None:
    content = stable(render, row("Mal", hostile_actor()), row("Bon", actor()))
    ElementTree.fromstring(content)
    read = feedparser.parse(content, sanitize_html=False)
    assert not read.bozo
    bad, good = sorted(read.entries, key=lambda each: "Grange" in each.title)
    assert good.title == "La Grange aux Outils"
    titles = ElementTree.fromstring(content).iter()
    assert any(MEANT in (each.text or "") for each in titles if each.tag.endswith("title"))
    assert "\x1b" not in bad.title
