"""What a space gives to the wiki: its published documents, and the dates of its category."""

from __future__ import annotations

import pytest

from oscartes_sync.sandbox.wiki.seed import DOCUMENTS
from oscartes_sync.sandbox.wiki.seed_groups import GARDENS
from oscartes_sync.sandbox.wiki.templates import event_kind_property, list_name
from tests.e2e.conftest import BOT, Pair
from tests.e2e.spaces import (
    TITLE,
    calendars,
    close,
    codes,
    configure,
    edit,
    furnish,
    put,
    spaces,
)
from tests.fakes.wiki_place import Time

BINDINGS = f"""[[bindings]]
name = "documents"
kind = "documents"
form = {DOCUMENTS}
collection = "Réseau/Publié"
"""
BOUND = {"documents": '"documents"', "agenda": '"agenda"'}
EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//FR\r\nBEGIN:VEVENT\r\nUID:semis@x\r\n"
    "DTSTAMP:20261101T080000Z\r\nDTSTART;VALUE=DATE:20270110\r\nSUMMARY:Semis\r\n"
    "{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def bound(dated: Pair, clock: Time) -> Pair:
    """A public group whose name is a category of the agenda and of the documents."""
    version = dated.wiki.settings.version
    for plain, title in (("TypeDEvenement", "Types"), ("Thematiques", "Thématiques")):
        name = list_name(version, plain)
        dated.wiki.add_list(name, title, {"reunion": "Réunion", "jardins": TITLE})
    furnish(dated, bindings=BINDINGS, **BOUND)
    clock.sleep(120)
    assert spaces(dated, "apply")[0] == 0
    return dated


def names(pair: Pair, command: str = "status") -> list[str]:
    return [one["name"] for one in pair.json(command)[1]["bindings"]]


def test_a_public_space_gives_two_bindings(bound: Pair) -> None:
    expected = ["agenda", "documents", f"documents/{GARDENS}", f"agenda/{GARDENS}"]
    assert names(bound) == expected
    assert names(bound, "plan") == expected
    (one,) = bound.json("spaces", "list")[1]["spaces"]
    assert one["bindings"] == expected[2:]


def test_what_is_published_in_its_folder_is_on_the_wiki(bound: Pair) -> None:
    put(bound, "Publié/Bilan de l'année.pdf", b"%PDF")
    put(bound, "Documents de travail/brouillon.pdf", b"%PDF")
    code, document = bound.json("sync", f"documents/{GARDENS}")
    assert (code, document["bindings"][0]["summary"]["created"]) == (0, 1)
    entries = bound.wiki.entries(DOCUMENTS).values()
    (made,) = [one for one in entries if one["bf_titre"] == "Bilan de l'année"]
    assert made["checkboxListeThematiques"] == "jardins"
    code, document = bound.json("sync")
    assert code in (0, 4)
    ours = next(one for one in document["bindings"] if one["name"] == f"documents/{GARDENS}")
    assert ours["operations"] == []


def test_dates_of_its_category_go_both_ways(bound: Pair) -> None:
    (uri,) = calendars(bound)
    kind = event_kind_property(bound.wiki.settings.version)
    tag = "CafeCitoyenDeLYvette"
    bound.wiki.edit(tag, {kind: "jardins"}, user="ClaireMorel")
    public = EVENT.format(more=f"CATEGORIES:{TITLE}\r\n")
    bound.cloud.put(BOT, uri, "semis.ics", public.encode())
    inner = EVENT.format(more="").replace("semis@x", "interne@x").replace("Semis", "Interne")
    bound.cloud.put(BOT, uri, "interne.ics", inner.encode())
    code, document = bound.json("sync", f"agenda/{GARDENS}")
    assert code == 0, document
    (report,) = document["bindings"]
    assert report["summary"]["created"] == 2
    titles = {str(one["bf_titre"]): one for one in bound.wiki.entries(6).values()}
    assert titles["Semis"][kind] == "jardins"
    assert "Interne" not in titles
    assert any(name.startswith(tag) for name in bound.cloud.resources(BOT, uri))


def test_a_group_that_is_not_public_gives_nothing(bound: Pair, clock: Time) -> None:
    clock.sleep(60)
    close(bound)
    spaces(bound, "apply")
    assert names(bound) == ["agenda", "documents"]


def test_an_entry_that_visitors_do_not_read_gives_nothing(bound: Pair, clock: Time) -> None:
    clock.sleep(60)
    bound.wiki.set_acl(GARDENS, read="+")
    spaces(bound, "apply")
    assert names(bound) == ["agenda", "documents"]


def test_an_archive_ends_them_and_deletes_nothing_in_the_wiki(bound: Pair, clock: Time) -> None:
    put(bound, "Publié/Bilan.pdf", b"%PDF")
    bound.json("sync", f"documents/{GARDENS}")
    before = set(bound.wiki.entries(DOCUMENTS))
    clock.sleep(120)
    assert spaces(bound, "archive", GARDENS)[0] == 0
    assert names(bound) == ["agenda", "documents"]
    bound.json("sync")
    assert set(bound.wiki.entries(DOCUMENTS)) == before


def test_a_folder_that_was_moved_keeps_its_links(bound: Pair, clock: Time) -> None:
    put(bound, "Publié/Bilan.pdf", b"%PDF")
    bound.json("sync", f"documents/{GARDENS}")
    before = set(bound.wiki.entries(DOCUMENTS))
    bound.cloud.put_file(BOT, "Ailleurs/x.txt", b"")
    bound.cloud.move_file(BOT, f"Espaces/{TITLE}", f"Ailleurs/{TITLE}")
    clock.sleep(120)
    code, report = spaces(bound, "apply")
    assert (code, codes(report)) == (0, [])
    (one,) = bound.json("spaces", "list")[1]["spaces"]
    assert one["folder"] == f"Ailleurs/{TITLE}"
    code, document = bound.json("sync", f"documents/{GARDENS}")
    assert (code, document["bindings"][0]["operations"]) == (0, [])
    assert set(bound.wiki.entries(DOCUMENTS)) == before


def test_without_a_category_of_that_name_the_dates_stay_apart(dated: Pair, clock: Time) -> None:
    furnish(dated, bindings=BINDINGS, **BOUND)
    code, report = spaces(dated, "apply")
    assert (code, codes(report)) == (0, ["space-category-missing"])
    assert names(dated) == ["agenda", "documents", f"documents/{GARDENS}"]
    version = dated.wiki.settings.version
    dated.wiki.add_list(list_name(version, "TypeDEvenement"), "Types", {"jardins": TITLE})
    clock.sleep(60)
    assert codes(spaces(dated, "apply")[1]) == []
    assert f"agenda/{GARDENS}" in names(dated)


def test_a_new_title_keeps_the_category_until_the_list_has_it(bound: Pair, clock: Time) -> None:
    clock.sleep(60)
    edit(bound, bf_titre="Jardins du plateau")
    spaces(bound, "apply")
    assert f"agenda/{GARDENS}" in names(bound)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"documents": '"nulle-part"'}, "config-unknown-binding"),
        ({"agenda": '"documents"'}, "config-binding-of-kind"),
        ({"archive": '"Espaces/Archives"'}, "config-archive-inside"),
        ({"published": '"Ailleurs"'}, "config-published-missing"),
        ({"template": '["../ailleurs"]'}, "config-bad-folder"),
        ({"fields": "{ membre = 'x' }"}, "config-unknown-field"),
        ({"membres": '"x"'}, "config-unknown-key"),
        ({"team_folders": "true"}, "config-missing-admin"),
    ],
)
def test_what_the_configuration_may_not_say(dated: Pair, more: dict[str, str], code: str) -> None:
    configure(dated, bindings=BINDINGS, **more)
    found, document = dated.json("spaces", "plan")
    assert (found, document["error"]["code"]) == (2, code)
    assert document["error"]["remedy"]


def test_an_entry_that_is_gone_publishes_nothing_more(bound: Pair, clock: Time) -> None:
    bound.wiki.remove(GARDENS)
    clock.sleep(60)
    spaces(bound, "apply")
    assert names(bound) == ["agenda", "documents"]
