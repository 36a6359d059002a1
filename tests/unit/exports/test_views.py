"""What a view shows, where it is published, under which licence."""

from __future__ import annotations

import pytest

from oscartes_sync.errors import RecordError
from oscartes_sync.exports.formats import FORMATS, fitting
from oscartes_sync.exports.licence import KNOWN, Licence, find_licence
from oscartes_sync.exports.preparing import prepare
from oscartes_sync.exports.view import EXPORTED, Kind, View
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import RichText
from tests.unit.exports.publications import HOSTILE, LICENCE, actor, event, published, row


def test_what_is_not_shown_is_in_no_format() -> None:
    publication = published(row("LaGrange", actor()), fields=("town",))
    hidden = ("60 00 00", "bonjour@", "Lavoir", "48.69", "boutures", "logo.png", "mamot", "Vélo")
    for each in fitting("contacts"):
        for _, content in each.render(publication):
            told = content.decode("utf-8-sig").replace("\r\n ", "")
            assert [word for word in hidden if word in told] == [], each.name


def test_texts_lose_what_no_format_can_hold() -> None:
    found = prepare(row("Mal", actor(description=RichText(HOSTILE))), EXPORTED["contacts"]).record
    text = found.description.text
    assert text.startswith("=1+1[31m]]>")
    assert not {"\x00", "\x1b", "\ud800", "\ufffe", "\r"} & set(text)


def test_a_name_of_nothing_but_controls_is_no_name() -> None:
    with pytest.raises(RecordError, match="no-name"):
        prepare(row("Mal", Contact(name="\x01\x02")), EXPORTED["contacts"])


@pytest.mark.parametrize("kind", ["contacts", "events"])
def test_a_format_knows_whether_a_file_of_its_own_has_entries(kind: Kind) -> None:
    record = actor(name='"Feature" "id": <item>') if kind == "contacts" else event()
    full, empty = published(row("A", record), kind=kind), published(kind=kind)
    tricky = published(kind=kind, title='"Feature" "id": <item> <entry> "mainEntityOfPage"')
    for each in fitting(kind):
        assert each.holds_entries(each.render(full)[0][1]), each.name
        assert not each.holds_entries(each.render(empty)[0][1]), each.name
        assert not each.holds_entries(each.render(tricky)[0][1]), each.name


def test_every_format_names_its_licence() -> None:
    actors, agenda = published(row("A", actor())), published(row("A", event()), kind="events")
    for publication in (actors, agenda):
        for each in fitting(publication.kind):
            for extension, content in each.render(publication):
                told = content.decode("utf-8-sig").replace("\r\n ", "")
                assert LICENCE.url in told, extension


def test_vcards_are_for_actors_and_calendars_for_events() -> None:
    assert {each.name for each in fitting("contacts")} == FORMATS.keys() - {"ics"}
    assert {each.name for each in fitting("events")} == FORMATS.keys() - {"vcf"}


@pytest.mark.parametrize(
    ("url", "extension", "address"),
    [
        ("", "atom", ""),
        ("https://a.example/f", "atom", "https://a.example/f/acteurs.atom"),
        ("https://a.example/f/ici.atom", "atom", "https://a.example/f/ici.atom"),
        ("https://a.example/f/ici.atom", "rss", ""),
    ],
)
def test_a_view_knows_where_each_of_its_files_will_be(
    url: str, extension: str, address: str
) -> None:
    view = View(name="acteurs", wiki="noe", form="5", licence=LICENCE, url=url)
    assert view.address(extension) == address


def test_licences_are_found_by_identifier_or_address() -> None:
    assert find_licence(" cc-by-sa-4.0") == Licence("CC-BY-SA-4.0", KNOWN["CC-BY-SA-4.0"])
    own = "https://a.example/licence"
    assert find_licence(own) == Licence(own, own)
    for wrong in ("", "CC-BY-SA", "ftp://a.example", "https://u:p@a.example", "https://a b"):
        assert find_licence(wrong) is None
    assert Licence(own, own).told == own
