"""The API's unkindness: addresses, keys, rights, lists, creations, deletions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
import requests

from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn, seed_network
from oscartes_sync.sandbox.wiki.core import Version

KEYS = NetworkKeys()
ROBOT = {"Authorization": f"Bearer {KEYS.robot_key}"}
ADMIN = {"Authorization": f"Bearer {KEYS.admin_key}"}


class Ticking:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture(params=get_args(Version))
def wiki(request: pytest.FixtureRequest, clock: Ticking) -> Iterator[WikiStandIn]:
    with WikiStandIn(version=request.param, clock=clock) as stand_in:
        seed_network(stand_in)
        yield stand_in


def get(wiki: WikiStandIn, query: str, **headers: str) -> requests.Response:
    return requests.get(f"{wiki.url}/?{query}", headers=headers, timeout=5, allow_redirects=False)


def create(wiki: WikiStandIn, form: int | str, **properties: Any) -> requests.Response:
    return requests.post(
        f"{wiki.url}/?api/entries/{form}", headers=ROBOT, json=properties, timeout=5
    )


def tags(wiki: WikiStandIn, query: str, **headers: str) -> list[str]:
    return list(get(wiki, query, **headers).json())


def test_a_route_with_a_trailing_equal_sign_is_cut_to_all_forms(wiki: WikiStandIn) -> None:
    answer = get(wiki, "api/forms/6/entries=&fields=id_fiche")
    assert answer.status_code == 200
    assert {"5", "6", "7"} == answer.json().keys()


def test_an_encoded_route_survives_the_equal_sign(wiki: WikiStandIn) -> None:
    assert "BourseAuxPlantes" in tags(wiki, "api%2Fforms%2F6%2Fentries=&fields=id_fiche")
    assert "BourseAuxPlantes" in tags(wiki, "wiki=api/forms/6/entries&fields=id_fiche")


def test_a_number_after_entries_is_an_output_so_all_forms_come(wiki: WikiStandIn) -> None:
    found = tags(wiki, "api/entries/5")
    assert {"LaGrangeAuxOutils", "BourseAuxPlantes", "GuideDuJardinPartage"} <= set(found)
    assert tags(wiki, "api/entries/5/BourseAuxPlantes") == ["BourseAuxPlantes"]


def test_an_unknown_form_has_no_entries_but_is_no_error(wiki: WikiStandIn) -> None:
    assert get(wiki, "api/forms/999/entries").json() == {}
    assert get(wiki, "api/forms/999").status_code == 404


def test_a_path_without_question_mark_is_the_web_servers_404(wiki: WikiStandIn) -> None:
    assert requests.get(f"{wiki.url}/api/forms/6", timeout=5).status_code == 404
    assert (
        get(wiki, "fields=id_fiche&api/forms/6/entries")
        .headers["Content-Type"]
        .startswith("text/html")
    )


def test_options_is_refused_and_head_has_no_body(wiki: WikiStandIn) -> None:
    address = f"{wiki.url}/?api/forms/6/entries"
    assert requests.options(address, timeout=5).status_code == 405
    answer = requests.head(address, timeout=5)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


def test_a_wrong_key_is_served_as_nobody_and_gets_no_login_cookies(wiki: WikiStandIn) -> None:
    answer = get(wiki, "api/forms/5/entries", Authorization="Bearer nothing")
    assert answer.status_code == 200
    assert set(answer.cookies.keys()) == {"YesWiki-main"}
    assert get(wiki, "api/triples/X", Authorization="Bearer nothing").status_code == 401


def test_an_accepted_key_sets_name_and_token(wiki: WikiStandIn) -> None:
    answer = get(wiki, "api/forms/5/entries", **ROBOT)
    assert {"name", "token", "YesWiki-main"} == set(answer.cookies.keys())
    assert answer.cookies["name"] == KEYS.robot


@pytest.mark.parametrize("scheme", ["bearer", "Token", "Basic"])
def test_only_the_word_bearer_as_written_counts(wiki: WikiStandIn, scheme: str) -> None:
    header = {"Authorization": f"{scheme} {KEYS.robot_key}"}
    address = f"{wiki.url}/?api/entries/6"
    answer = requests.post(address, headers=header, data={"bf_titre": "x"}, timeout=5)
    assert (answer.status_code, answer.content) == (401, b"")


def test_cookies_read_lists_but_do_not_create(wiki: WikiStandIn) -> None:
    cookies = get(wiki, "api/triples/X", **ROBOT).cookies
    assert requests.get(f"{wiki.url}/?api/triples/X", cookies=cookies, timeout=5).status_code == 200
    refused = requests.post(
        f"{wiki.url}/?api/entries/6", cookies=cookies, data={"bf_titre": "x"}, timeout=5
    )
    assert refused.status_code == 401


def test_login_cookies_expire_after_an_hour(wiki: WikiStandIn, clock: Ticking) -> None:
    cookies = get(wiki, "api/triples/X", **ROBOT).cookies
    clock.now = clock.now.replace(hour=11)
    answer = requests.get(f"{wiki.url}/?api/triples/X", cookies=cookies, timeout=5)
    assert answer.status_code == 401


def test_restricted_fields_read_as_empty(wiki: WikiStandIn) -> None:
    query = "api/entries/json/LaGrangeAuxOutils"
    nobody = get(wiki, query).json()["LaGrangeAuxOutils"]
    owner = get(wiki, query, **ROBOT).json()["LaGrangeAuxOutils"]
    assert (nobody["bf_mail"], nobody["bf_note_interne"]) == ("", "")
    assert owner["bf_mail"] == "contact@grange-outils.example"
    assert owner["bf_note_interne"] == "Convention à renouveler"
    page = get(wiki, "LaGrangeAuxOutils", Accept="application/json").json()
    assert page["bf_mail"] == "contact@grange-outils.example"


def test_unreadable_entries_are_left_out_silently(wiki: WikiStandIn) -> None:
    wiki.set_acl("BourseAuxPlantes", read="@admins")
    query = "api/forms/6/entries&fields=id_fiche"
    assert "BourseAuxPlantes" not in tags(wiki, query)
    assert "BourseAuxPlantes" not in tags(wiki, query, **ROBOT)
    assert "BourseAuxPlantes" in tags(wiki, query, **ADMIN)
    assert get(wiki, "api/pages/BourseAuxPlantes").status_code == 403
    assert get(wiki, "api/entries/json/BourseAuxPlantes").json() == {}


def test_an_owner_reads_the_page_of_an_entry_that_its_own_list_hides(wiki: WikiStandIn) -> None:
    wiki.set_acl("LaGrangeAuxOutils", read="@admins")
    assert get(wiki, "api/pages/LaGrangeAuxOutils", **ROBOT).status_code == 200
    assert get(wiki, "api/entries/json/LaGrangeAuxOutils", **ROBOT).json() == {}


def test_date_min_is_on_the_database_clock(wiki: WikiStandIn) -> None:
    wiki.edit("BourseAuxPlantes", {"bf_ville": "Massy"}, user=KEYS.member)
    changed = wiki.entry("BourseAuxPlantes")
    assert changed is not None
    assert changed["date_maj_fiche"] == "2026-11-24 10:00:00"
    query = "api/forms/6/entries&fields=id_fiche&dateMin="
    assert "BourseAuxPlantes" in tags(wiki, f"{query}2026-11-24%2009:00:00")
    assert tags(wiki, f"{query}2026-11-24%2010:00:00") == []
    assert len(tags(wiki, f"{query}hier")) == 11


def test_creation_date_jumps_at_the_first_update(wiki: WikiStandIn, clock: Ticking) -> None:
    create(wiki, 6, bf_titre="Un bal")
    first = wiki.entry("UnBal")
    clock.now = clock.now.replace(minute=5)
    wiki.edit("UnBal", {}, user=KEYS.member)
    second = wiki.entry("UnBal")
    assert first is not None
    assert second is not None
    assert first["date_creation_fiche"] == "2026-11-24 10:00:00"
    assert second["date_creation_fiche"] == "2026-11-24 09:00:00"


def test_query_values_are_regular_expressions_that_backslashes_do_not_escape(
    wiki: WikiStandIn,
) -> None:
    create(wiki, 6, id_fiche="PointFinal", bf_titre="a.b")
    create(wiki, 6, id_fiche="SansPoint", bf_titre="axb")
    query = "api/forms/6/entries&fields=id_fiche&query=bf_titre="
    assert tags(wiki, query + "a.b") == ["PointFinal", "SansPoint"]
    assert tags(wiki, query + "a%5C.b") == []
    assert tags(wiki, query + "a[.]b") == ["PointFinal"]
    broken = get(wiki, query + "((")
    assert broken.status_code == 500
    assert "Regex error" in broken.json()["exceptionMessage"]


def test_query_knows_or_and_not_and_empty(wiki: WikiStandIn) -> None:
    query = "api/forms/6/entries&fields=id_fiche&query="
    both = tags(wiki, query + "bf_ville=Palaiseau,Limours")
    assert set(both) == {"AssembleeGeneraleDuReseau", "NuitDesEtoilesEtDeLHeureDEte"}
    assert tags(wiki, query + "bf_ville=Palaiseau%7Cbf_titre=Assembl%C3%A9e.*") == [
        "AssembleeGeneraleDuReseau"
    ]
    assert "AssembleeGeneraleDuReseau" not in tags(wiki, query + "bf_ville!=Palaiseau")
    assert "ConferenceEauEtSols" in tags(wiki, query + "bf_ville=")
    assert tags(wiki, query + "id_fiche=.*DesCommunsDOrsay") == ["FeteDesCommunsDOrsay"]


def test_nothing_but_the_title_is_checked_at_creation(wiki: WikiStandIn) -> None:
    assert create(wiki, 6, bf_lieu="x").status_code == 500
    assert create(wiki, 6, bf_titre="🎉").status_code == 500
    assert create(wiki, "abc", bf_titre="Sans formulaire").status_code == 201
    answer = create(
        wiki, 6, bf_titre="Mal daté", bf_date_debut_evenement="demain peut-être", inconnu="gardé"
    )
    assert answer.json() == {"success": f"{wiki.url}/?MalDate"}
    stored = wiki.entry("MalDate")
    assert stored is not None
    assert (stored["bf_date_debut_evenement"], stored["inconnu"]) == ("demain peut-être", "gardé")
    assert get(wiki, "api/forms/6/entries/ical").status_code == 200


def test_a_json_array_in_a_checkbox_is_corrupted(wiki: WikiStandIn) -> None:
    name = "checkboxfiche5bf_coorganisateurs"
    for title, sent, kept in (
        ("Liste", ["A", "B"], "0,1"),
        ("Objet", {"A": 1, "B": "1", "C": 0}, "A,B"),
        ("Texte", "A,B", "A,B"),
    ):
        create(wiki, 6, id_fiche=title, bf_titre=title, **{name: sent})
        stored = wiki.entry(title)
        assert stored is not None
        assert stored[name] == kept


def test_an_array_for_a_latitude_spoils_the_whole_list(wiki: WikiStandIn) -> None:
    # Tried on the real wiki, the 4.5 line: until the entry is overwritten, and deleting fails too.
    sent = {"id_fiche": "Casse", "bf_titre": "x", "bf_latitude": ["a"], "bf_longitude": "3"}
    url = f"{wiki.url}/?api/entries/6"
    assert requests.post(url, headers=ROBOT, json=sent, timeout=5).status_code == 201
    for query in (
        "api/forms/6/entries",
        "api/forms/6/entries&fields=id_fiche",
        "api/entries/json/Casse",
    ):
        answer = get(wiki, query)
        assert answer.status_code == 500
        assert "htmlspecialchars()" in answer.json()["exceptionMessage"]
    assert get(wiki, "api/forms/5/entries").status_code == 200
    assert create(wiki, 6, id_fiche="Casse", bf_titre="x").status_code == 201
    assert get(wiki, "api/forms/6/entries").status_code == 200


def test_an_existing_tag_is_overwritten_and_emptied_whatever_its_rights(wiki: WikiStandIn) -> None:
    wiki.set_acl("BourseAuxPlantes", write="%")
    assert create(wiki, 6, id_fiche="BourseAuxPlantes", bf_titre="Pris").status_code == 201
    stored = wiki.entry("BourseAuxPlantes")
    assert stored is not None
    assert (stored["bf_titre"], stored["bf_ville"]) == ("Pris", "")
    newest = wiki.revisions("BourseAuxPlantes")[0]
    assert (newest["owner"], newest["user"]) == (KEYS.member, KEYS.robot)


def test_even_a_wiki_page_becomes_an_entry(wiki: WikiStandIn) -> None:
    wiki.add_page("PageMenuHaut", "- [[Accueil]]", owner=KEYS.admin)
    create(wiki, 6, id_fiche="PageMenuHaut", bf_titre="Menu")
    assert wiki.entry("PageMenuHaut") is not None


@pytest.mark.parametrize("twin", ["bourseauxplantes", "BoursÉAuxPlantes", "BourseAuxPlantes "])
def test_tags_fold_case_accents_and_trailing_blanks(wiki: WikiStandIn, twin: str) -> None:
    create(wiki, 6, id_fiche=twin, bf_titre="Jumelle")
    found = tags(wiki, "api/forms/6/entries&fields=id_fiche")
    assert twin in found
    assert "BourseAuxPlantes" not in found
    assert len(wiki.revisions("BourseAuxPlantes")) == 2


def test_a_tag_has_at_most_191_characters(wiki: WikiStandIn) -> None:
    assert create(wiki, 6, id_fiche="T" * 191, bf_titre="x").status_code == 201
    assert create(wiki, 6, id_fiche="U" * 255, bf_titre="x").status_code == 500


def test_deletion_answers_by_right_and_existence(wiki: WikiStandIn) -> None:
    address = f"{wiki.url}/?api/pages/"
    create(wiki, 6, bf_titre="À jeter")
    nobody = requests.delete(address + "AJeter", timeout=5)
    other = requests.delete(address + "BourseAuxPlantes", headers=ROBOT, timeout=5)
    owner = requests.delete(address + "AJeter", headers=ROBOT, timeout=5)
    again = requests.delete(address + "AJeter", headers=ROBOT, timeout=5)
    assert (nobody.status_code, nobody.content) == (401, b"")
    assert (other.status_code, other.json()) == (401, {"notDeleted": ["BourseAuxPlantes"]})
    assert (owner.status_code, owner.json()) == (200, {"deleted": ["AJeter"]})
    assert (again.status_code, again.json()) == (404, {"notDeleted": ["AJeter"]})
    log = get(wiki, "api/pages/LogDesActionsAdministratives20261124").json()
    assert 'RobotNuage . . . . Suppression de la page ->""AJeter""' in log["body"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_the_documented_page_methods_crash_as_html_200(wiki: WikiStandIn, method: str) -> None:
    address = f"{wiki.url}/?BourseAuxPlantes"
    answer = requests.request(method, address, headers=ROBOT, json={"bf_titre": "x"}, timeout=5)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert len(wiki.revisions("BourseAuxPlantes")) == 1


def test_source_url_finds_an_entry_encoded_twice_only(wiki: WikiStandIn) -> None:
    headers = {**ROBOT, "Source-Url": "https://nuage.example/a/42"}
    requests.post(
        f"{wiki.url}/?api/entries/6", headers=headers, data={"bf_titre": "Né ailleurs"}, timeout=5
    )
    twice = "https%253A%252F%252Fnuage.example%252Fa%252F42"
    assert get(wiki, f"api/entry/url/{twice}", **ROBOT).json() == [f"{wiki.url}/?NeAilleurs"]
    assert get(wiki, f"api/entry/url/{twice.replace('%25', '%')}", **ROBOT).status_code == 404


def test_admin_routes_are_for_admins(wiki: WikiStandIn) -> None:
    assert get(wiki, "api/groups", **ADMIN).json() == ["admins"]
    assert get(wiki, "api/groups", **ROBOT).status_code == 403
    made = requests.post(
        f"{wiki.url}/?api/users",
        headers=ADMIN,
        data={"name": "Nina", "email": "n@example.org"},
        timeout=5,
    )
    assert made.json()["created"] == ["Nina"]
    assert ("link" in made.json()["user"]) is (wiki.settings.version == "4.5")
    assert get(wiki, "api/users/Nina", **ADMIN).status_code == 500


def test_a_long_address_is_refused_by_the_web_server(wiki: WikiStandIn) -> None:
    several = ",".join(f"Etiquette{number:03}DUneFicheLongue" for number in range(200))
    assert get(wiki, f"api/entries/json/{several}").status_code == 200
    assert get(wiki, f"api/entries/json/{several},{several}").status_code == 414
