"""Readings: what is an answer, and which failure each non-answer is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bazar_forms.client import BazarClient, Hidden, PageRow
from bazar_forms.errors import (
    DatabaseDown,
    Forbidden,
    FormMalformed,
    KeyRefused,
    NotAWiki,
    NotFound,
    UnexpectedAnswer,
    WikiFailed,
    WikiUnavailable,
)

BOT = "RobotNuage"
ENTRY = {
    "id_fiche": "RepairCafe",
    "id_typeannonce": "6",
    "bf_titre": "Repair café",
    "owner": BOT,
    "user": "MarieDupont",
}
ROW = {
    "id": "253",
    "tag": "RepairCafe",
    "time": "2026-11-23 22:06:24",
    "body": '{"id_fiche":"RepairCafe","id_typeannonce":"6","bf_titre":"Repair caf\\u00e9"}',
    "owner": BOT,
    "user": "MarieDupont",
    "latest": "Y",
}
DATABASE_DOWN = (
    "Pour des raisons indépendantes de notre volonté, le contenu est inaccessible."
    "<br>Probablement l'accès à la base de donn&eacute;es a échoué."
)
PAGE = "<!doctype html><html><head><title>Un wiki</title></head><body>YesWiki</body></html>"


def test_entries_are_read_without_the_key_unless_asked(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("GET", "api/forms/6/entries", reply(content={"RepairCafe": ENTRY}, user=BOT))
    seen = client.entries("6").entries["RepairCafe"]
    assert (seen.owner, seen.user) == (BOT, "MarieDupont")
    client.entries("6", anonymous=False)
    assert ["Authorization" in one.headers for one in fake_wiki.sent] == [False, True]


def test_what_is_no_entry_of_the_form_is_set_apart(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    """Recordings 179 and 194: stray output, and the answer of a route that was cut."""
    content = {
        "rawOutput": "<hr>SELECT",
        "RepairCafe": ENTRY,
        "Ailleurs": {**ENTRY, "id_fiche": "Ailleurs", "id_typeannonce": "5"},
        "5": {"bn_id_nature": "5"},
        "Texte": "no entry",
    }
    fake_wiki.on("GET", "api/forms/6/entries", reply(content=content))
    listing = client.entries("6")
    assert list(listing.entries) == ["RepairCafe"]
    assert len(listing.problems) == 4
    assert "SELECT" not in str(listing.problems)


def test_single_fields_come_as_rows_of_text(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    row = {"owner": BOT, "geolocation": {"bf_latitude": "43.4"}, "bf_date": None}
    fake_wiki.on("GET", "api/forms/6/entries", reply(content={"RepairCafe": row}))
    listing = client.entries("6", fields=["owner", "geolocation"])
    assert listing.rows == {
        "RepairCafe": {"owner": BOT, "geolocation": '{"bf_latitude": "43.4"}', "bf_date": ""}
    }
    assert listing.entries == {}
    assert fake_wiki.lines()[-1] == "GET api/forms/6/entries&fields=owner%2Cgeolocation"


def test_changes_are_asked_with_the_database_time(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("GET", "api/forms/6/entries", reply(content={}))
    client.entries("6", since=datetime(2026, 11, 23, 20, 27, 31), query="bf_a=1")
    client.entries("6", since="2026-11-23")
    assert fake_wiki.lines() == [
        "GET api/forms/6/entries&query=bf_a%3D1&dateMin=2026-11-23%2020%3A27%3A31",
        "GET api/forms/6/entries&dateMin=2026-11-23",
    ]
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        client.entries("6", since="hier")


def test_many_tags_are_asked_in_addresses_of_bounded_length(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("GET", "api/forms/6/entries", reply(content={}))
    client.entries("6", tags=[f"T{number}" for number in range(401)] + ["T0"])
    counts = [line.count(",") + 1 for line in fake_wiki.lines()]
    assert counts == [200, 200, 1]
    fake_wiki.sent.clear()
    tags = [f"{number:0190d}" for number in range(100)]
    client.entries("6", tags=tags)
    asked = [tag for line in fake_wiki.lines() for tag in line.split("/json/")[1].split(",")]
    assert asked == tags
    assert max(len(one.url) for one in fake_wiki.sent) <= 7000


def test_no_tags_at_all_means_every_entry_and_one_request(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("GET", "api/forms/6/entries", reply(content=[]))
    assert client.entries("6").entries == {}
    assert fake_wiki.lines() == ["GET api/forms/6/entries"]


def test_a_page_is_there_or_free_or_hidden(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    """Recordings 130, 131, 704."""
    fake_wiki.on("GET", "api/pages/Libre", reply(404, {}, BOT))
    fake_wiki.on("GET", "api/pages/Fermee", reply(403, None, BOT))
    fake_wiki.on("GET", "api/pages/repaircafe", reply(content=ROW, user=BOT))
    row = client.page("repaircafe")
    assert isinstance(row, PageRow)
    assert (row.id, row.tag, row.user) == (253, "RepairCafe", "MarieDupont")
    entry = row.entry()
    assert entry is not None
    assert entry.properties == {"bf_titre": "Repair café"}
    assert client.page("Libre") is None
    assert client.page("Fermee") == Hidden("Fermee")


def test_a_revision_is_asked_by_its_time(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    fake_wiki.on("GET", "api/pages/", reply(content={**ROW, "latest": "N", "body": "x"}, user=BOT))
    row = client.page("RepairCafe", time="2026-11-23 20:27:32")
    assert fake_wiki.lines() == ["GET api/pages/RepairCafe&time=2026-11-23%2020%3A27%3A32"]
    assert isinstance(row, PageRow)
    assert not row.latest
    assert row.entry() is None


@pytest.mark.parametrize(
    ("status", "content"),
    [(404, None), (404, {"tag": "x"}), (200, []), (200, {"tag": "x"}), (500, {"a": 1})],
)
def test_only_an_empty_object_with_404_says_that_a_tag_is_free(
    client: BazarClient, fake_wiki: Any, reply: Any, status: int, content: object
) -> None:
    fake_wiki.on("GET", "api/pages/", reply(status, content, BOT))
    with pytest.raises(UnexpectedAnswer):
        client.page("RepairCafe")


def test_a_key_that_is_served_as_anonymous_is_refused(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    """Recordings 211, 215, 301: a wrong key gets 200 on public routes."""
    fake_wiki.on("GET", "api/forms/6/entries", reply(content={}))
    fake_wiki.on("GET", "api/pages/", reply(403))
    fake_wiki.on("GET", "api/triples/", reply(401))
    for ask in (
        lambda: client.entries("6", anonymous=False),
        lambda: client.page("RepairCafe"),
        client.check_key,
    ):
        with pytest.raises(KeyRefused):
            ask()


def test_deleted_cookies_are_no_acceptance(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    fake_wiki.on("GET", "api/triples/", reply(content=[], logged_out=True))
    with pytest.raises(KeyRefused):
        client.check_key()


def test_the_key_check_says_who_we_are(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    fake_wiki.on("GET", "api/triples/", reply(content=[], user="Robot%20No%C3%A9"))
    assert client.check_key() == "Robot Noé"


def test_no_key_is_refused_without_asking(make_client: Any, fake_wiki: Any) -> None:
    client = make_client(key=None)
    for ask in (client.check_key, lambda: client.page("X"), lambda: client.may_edit("X")):
        with pytest.raises(KeyRefused):
            ask()
    assert fake_wiki.sent == []


def test_an_accepted_key_without_any_right_is_forbidden(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("GET", "api/triples/", reply(401, None, BOT))
    with pytest.raises(Forbidden):
        client.check_key()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, DATABASE_DOWN), DatabaseDown),
        ((200, "For some reasons, probably database access error."), DatabaseDown),
        ((200, PAGE.replace("Un wiki", "Site en maintenance")), WikiUnavailable),
        ((200, PAGE), UnexpectedAnswer),
        ((200, "<html><body>A shop</body></html>"), NotAWiki),
        ((404, "<html><body>Not Found</body></html>"), NotAWiki),
        ((414, "<html><body>Too long</body></html>"), UnexpectedAnswer),
        ((200, None), UnexpectedAnswer),
        ((401, None), Forbidden),
        ((500, {"exceptionMessage": "Exception: x in /var/www/y.php:4\nStack"}), WikiFailed),
    ],
)
def test_what_is_no_answer_has_a_type(
    client: BazarClient,
    fake_wiki: Any,
    reply: Any,
    answer: tuple[int, object],
    error: type[Exception],
) -> None:
    fake_wiki.on("GET", "api/forms/6/entries", reply(*answer))
    with pytest.raises(error) as caught:
        client.entries("6")
    assert type(caught.value) is error
    assert "/var/www" not in str(caught.value)


def test_truncated_json_is_an_error(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    kind = {"Content-Type": "application/json"}
    fake_wiki.on("GET", "api/forms/6/entries", reply(content='{"RepairCafe": {"bf', headers=kind))
    with pytest.raises(UnexpectedAnswer, match="no whole JSON"):
        client.entries("6")


def test_a_malformed_query_says_so_without_the_sql(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    """Recording 178."""
    content = {"exceptionMessage": "mysqli_sql_exception: Regex error 'missing' in /var/www/D.php"}
    fake_wiki.on("GET", "api/forms/6/entries", reply(500, content))
    with pytest.raises(UnexpectedAnswer, match="query") as caught:
        client.entries("6", query="bf_titre=((")
    assert "expression" in caught.value.remedy


def test_an_unknown_form_is_not_found_and_another_form_is_no_answer(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    fake_wiki.on("GET", "api/forms/999", reply(404))
    fake_wiki.on("GET", "api/forms/7", reply(content={"bn_id_nature": "6", "prepared": []}))
    with pytest.raises(NotFound):
        client.form("999")
    with pytest.raises(UnexpectedAnswer):
        client.form("7")


def test_one_bad_form_does_not_hide_the_others(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    good = {"bn_id_nature": "6", "bn_label_nature": "Agenda", "prepared": []}
    fake_wiki.on("GET", "api/forms", reply(content={"rawOutput": "x", "6": good, "7": {}}))
    assert [form.id for form in client.forms()] == ["6"]
    fake_wiki.on("GET", "api/forms", reply(content={"7": {}}))
    with pytest.raises(FormMalformed):
        client.forms()


FLAT = {"titre_liste": "Oui Non", "label": {"1": "Oui", "2": "Non"}}
TREE = {"id": "ListOuiNon", "title": "Oui Non", "nodes": [{"id": 1, "label": "Oui"}]}


def test_choice_lists_of_both_shapes_are_read(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    lists = {"ListeOuiNon": FLAT, "ListOuiNon": TREE, "rawOutput": "x"}
    fake_wiki.on("GET", "BazaR/json&demand=lists", reply(content=lists))
    assert {key: one.labels() for key, one in client.choice_lists().items()} == {
        "ListeOuiNon": {"1": "Oui", "2": "Non"},
        "ListOuiNon": {"1": "Oui"},
    }


def test_one_choice_list_is_found_or_not(client: BazarClient, fake_wiki: Any, reply: Any) -> None:
    fake_wiki.on("GET", "BazaR/json&demand=lists&list=ListeOuiNon", reply(content=FLAT))
    fake_wiki.on("GET", "BazaR/json&demand=lists&list=Absente", reply(content={"error": "no"}))
    assert client.choice_list("ListeOuiNon").id == "ListeOuiNon"
    with pytest.raises(NotFound):
        client.choice_list("Absente")


@pytest.mark.parametrize(
    ("lists", "shape"), [({"a": FLAT}, "flat"), ({"a": TREE}, "tree"), ([], "none")]
)
def test_capabilities_are_found_by_asking(
    client: BazarClient, fake_wiki: Any, reply: Any, lists: object, shape: str
) -> None:
    fake_wiki.on("GET", "BazaR/json&demand=lists", reply(content=lists))
    found = client.capabilities()
    assert (found.lists, found.recurrence, found.rewriting) == (shape, None, None)


def test_an_edit_page_shows_recurrence_and_rewriting(
    client: BazarClient, fake_wiki: Any, reply: Any
) -> None:
    page = (
        '<html><input name="antispam" value="0" type="hidden">'
        '<input type="hidden" name="bf_date_fin_evenement_data[isRecurrent]" value="1"/>'
        '<script>var wiki = {"baseUrl":"https:\\/\\/wiki.example\\/"}</script></html>'
    )
    fake_wiki.on("GET", "BazaR/json", reply(content={"a": TREE}))
    fake_wiki.on("GET", "RepairCafe/edit", reply(content=page, user=BOT))
    found = client.capabilities("RepairCafe")
    assert (found.recurrence, found.rewriting) == (True, True)
