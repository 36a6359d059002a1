"""The page-edit route, revisions and rights, as cookies see them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, get_args

import pytest
import requests
from requests.cookies import RequestsCookieJar

from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn, seed_network
from oscartes_sync.sandbox.wiki.core import Version

KEYS = NetworkKeys()
ROBOT = {"Authorization": f"Bearer {KEYS.robot_key}"}


@pytest.fixture(params=get_args(Version))
def wiki(request: pytest.FixtureRequest) -> Iterator[WikiStandIn]:
    with WikiStandIn(version=request.param) as stand_in:
        seed_network(stand_in)
        yield stand_in


def robot(wiki: WikiStandIn) -> RequestsCookieJar:
    return requests.get(f"{wiki.url}/?api/triples/X", headers=ROBOT, timeout=5).cookies


def member(wiki: WikiStandIn, password: str = KEYS.password) -> RequestsCookieJar:
    sent = {"action": "login", "name": KEYS.member, "password": password, "remember": "1"}
    address = f"{wiki.url}/?PageLogin"
    answer = requests.post(address, data=sent, timeout=5, allow_redirects=False)
    assert answer.status_code == 302
    return answer.cookies


def edit(
    wiki: WikiStandIn, tag: str, cookies: RequestsCookieJar | None = None, **sent: Any
) -> requests.Response:
    return requests.post(
        f"{wiki.url}/?{tag}/edit", cookies=cookies, data=sent, timeout=5, allow_redirects=False
    )


def stored(wiki: WikiStandIn, tag: str) -> dict[str, Any]:
    found = wiki.entry(tag)
    assert found is not None
    return found


def test_success_is_a_redirect_with_modif_ok_and_other_fields_stay(wiki: WikiStandIn) -> None:
    before = stored(wiki, "AtelierReparonsEnsemble")
    answer = edit(
        wiki, "AtelierReparonsEnsemble", robot(wiki),
        bf_titre="Atelier", antispam="1", bf_lieu="Salle & cour",
    )  # fmt: skip
    assert answer.status_code == 302
    assert "message=modif_ok" in answer.headers["Location"]
    after = stored(wiki, "AtelierReparonsEnsemble")
    assert after["bf_lieu"] == "Salle &amp; cour"
    assert after["bf_description"] == before["bf_description"]
    assert wiki.revisions("AtelierReparonsEnsemble")[0]["user"] == KEYS.robot
    assert wiki.revisions("AtelierReparonsEnsemble")[0]["owner"] == KEYS.member


def test_the_map_is_wiped_unless_sent_flat(wiki: WikiStandIn) -> None:
    tag = "AtelierReparonsEnsemble"
    place = {"bf_latitude": "48.7", "bf_longitude": "2.2"}
    edit(wiki, tag, robot(wiki), bf_titre="x", antispam="1", **place)
    assert stored(wiki, tag)["geolocation"] == place
    nested = {"geolocation[bf_latitude]": "48.7", "geolocation[bf_longitude]": "2.2"}
    edit(wiki, tag, robot(wiki), bf_titre="x", antispam="1", **nested)
    assert {"geolocation", "bf_latitude", "bf_longitude"}.isdisjoint(stored(wiki, tag))


def test_keys_unknown_to_the_form_are_dropped(wiki: WikiStandIn) -> None:
    old = {
        "bf_titre": "Vieille",
        "createur": "Léa",
        "carte_google": "48.7|2.2",
        "bf_ville": "Massy",
    }
    wiki.add_entry(5, "VieilleFiche", old)
    edit(wiki, "VieilleFiche", robot(wiki), bf_titre="Vieille", antispam="1")
    after = stored(wiki, "VieilleFiche")
    assert {"createur", "carte_google"}.isdisjoint(after)
    assert after["bf_ville"] == "Massy"


@pytest.mark.parametrize(
    "sent",
    [
        {"bf_titre": "x"},
        {"antispam": "1", "bf_ville": "x"},
        {"bf_titre": "x", "antispam": "1", "bf_lieu[a]": "tableau"},
    ],
    ids=["no antispam", "no title", "an array in a text field"],
)
def test_refusals_are_html_with_200_and_change_nothing(
    wiki: WikiStandIn, sent: dict[str, str]
) -> None:
    answer = edit(wiki, "BourseAuxPlantes", robot(wiki), **sent)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")
    assert len(wiki.revisions("BourseAuxPlantes")) == 1


def test_json_is_not_read_and_an_unknown_tag_creates_nothing(wiki: WikiStandIn) -> None:
    sent = {"bf_titre": "x", "antispam": "1"}
    address = f"{wiki.url}/?BourseAuxPlantes/edit"
    assert requests.post(address, json=sent, cookies=robot(wiki), timeout=5).status_code == 200
    assert edit(wiki, "NexistePas", robot(wiki), **sent).status_code == 200
    assert wiki.entry("NexistePas") is None
    assert len(wiki.revisions("BourseAuxPlantes")) == 1


def test_the_key_is_not_read_on_pages_so_an_open_wiki_takes_it_for_nobody(
    wiki: WikiStandIn,
) -> None:
    answer = requests.post(
        f"{wiki.url}/?BourseAuxPlantes/edit", headers=ROBOT,
        data={"bf_titre": "x", "antispam": "1"}, timeout=5, allow_redirects=False,
    )  # fmt: skip
    assert answer.status_code == 302
    assert wiki.revisions("BourseAuxPlantes")[0]["user"] == "127.0.0.1"


def test_injected_identity_and_dates_are_ignored(wiki: WikiStandIn) -> None:
    edit(
        wiki, "BourseAuxPlantes", robot(wiki), bf_titre="x", antispam="1", id_fiche="Autre",
        id_typeannonce="5", date_creation_fiche="1999-01-01", statut_fiche="9", owner="Moi",
    )  # fmt: skip
    after = stored(wiki, "BourseAuxPlantes")
    assert (after["id_typeannonce"], after["statut_fiche"]) == ("6", "1")
    assert not after["date_creation_fiche"].startswith("1999")
    assert wiki.entry("Autre") is None


def test_a_restricted_field_is_kept_by_an_edit_and_emptied_by_an_overwrite(
    wiki: WikiStandIn,
) -> None:
    tag, note = "LaGrangeAuxOutils", "bf_note_interne"
    edit(wiki, tag, member(wiki), bf_titre="x", antispam="1", **{note: "vu"})
    assert stored(wiki, tag)[note] == "Convention à renouveler"
    requests.post(
        f"{wiki.url}/?api/entries/5",
        headers=ROBOT,
        data={"id_fiche": tag, "bf_titre": "x"},
        timeout=5,
    )
    assert stored(wiki, tag)[note] == ""


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("*", True),
        ("+", True),
        (KEYS.robot, True),
        ("%", False),
        ("@admins", False),
        (f"!{KEYS.robot}", False),
    ],
)
def test_write_rights_decide_and_can_be_asked_by_antispam(
    wiki: WikiStandIn, rule: str, allowed: bool
) -> None:
    wiki.set_acl("BourseAuxPlantes", write=rule)
    page = requests.get(f"{wiki.url}/?BourseAuxPlantes/edit", cookies=robot(wiki), timeout=5)
    assert ("antispam" in page.text) is allowed
    answer = edit(wiki, "BourseAuxPlantes", robot(wiki), bf_titre="x", antispam="1")
    assert (answer.status_code == 302) is allowed


def test_a_wrong_password_redirects_too_but_sets_no_login(wiki: WikiStandIn) -> None:
    assert "token" in member(wiki)
    assert "token" not in member(wiki, "faux")


def test_an_edit_that_changes_nothing_makes_a_revision(wiki: WikiStandIn) -> None:
    title = unescape(stored(wiki, "BourseAuxPlantes")["bf_titre"])
    edit(wiki, "BourseAuxPlantes", robot(wiki), bf_titre=title, antispam="1")
    assert len(wiki.revisions("BourseAuxPlantes")) == 2


def shown_revisions(wiki: WikiStandIn, tag: str) -> list[dict[str, str]]:
    page = requests.get(f"{wiki.url}/?{tag}/revisions", timeout=5).text
    found = re.search(r'data-revisions="([^"]*)"', page)
    assert found is not None
    shown: list[dict[str, str]] = json.loads(unescape(found[1]))
    return shown


def test_revisions_page_lists_the_last_thirty(wiki: WikiStandIn) -> None:
    for number in range(32):
        wiki.edit("BourseAuxPlantes", {"bf_lieu": str(number)}, user=KEYS.member)
    shown = shown_revisions(wiki, "BourseAuxPlantes")
    assert len(shown) == 30
    assert shown[0] == {
        key: wiki.revisions("BourseAuxPlantes")[0][key] for key in ("id", "time", "user")
    }
    of_that_second = [
        one for one in wiki.revisions("BourseAuxPlantes") if one["time"] == shown[0]["time"]
    ]
    answer = requests.get(
        f"{wiki.url}/?api/pages/BourseAuxPlantes&time={shown[0]['time']}", timeout=5
    ).json()
    assert answer["id"] == of_that_second[-1]["id"]


def test_a_restored_revision_turns_the_change_date_back(wiki: WikiStandIn) -> None:
    first = stored(wiki, "BourseAuxPlantes")
    wiki.edit("BourseAuxPlantes", {"bf_ville": "Massy"}, user=KEYS.member)
    number = wiki.revisions("BourseAuxPlantes")[-1]["id"]
    address = f"{wiki.url}/?BourseAuxPlantes/revisions&restoreRevisionId={number}"
    requests.get(address, cookies=member(wiki), timeout=5, allow_redirects=False)
    assert stored(wiki, "BourseAuxPlantes") == first


def test_an_owner_sets_rights_hands_over_and_may_no_longer(wiki: WikiStandIn) -> None:
    address = f"{wiki.url}/?LaGrangeAuxOutils/acls"
    sent = {
        "read_acl": "+",
        "write_acl": "%",
        "comment_acl": "comments-closed",
        "newowner": KEYS.other,
    }
    refused = requests.post(
        address, data=sent, cookies=member(wiki), timeout=5, allow_redirects=False
    )
    granted = requests.post(
        address, data=sent, cookies=robot(wiki), timeout=5, allow_redirects=False
    )
    again = requests.post(address, data=sent, cookies=robot(wiki), timeout=5, allow_redirects=False)
    assert (refused.status_code, granted.status_code, again.status_code) == (200, 302, 200)
    query = f"{wiki.url}/?api/entries/json/LaGrangeAuxOutils"
    assert requests.get(query, timeout=5).json() == {}
    assert wiki.revisions("LaGrangeAuxOutils")[0]["owner"] == KEYS.other


def test_deleted_and_recreated_private_entries_become_public(wiki: WikiStandIn) -> None:
    wiki.set_acl("LaGrangeAuxOutils", read="%")
    requests.delete(f"{wiki.url}/?api/pages/LaGrangeAuxOutils", headers=ROBOT, timeout=5)
    sent = {"id_fiche": "LaGrangeAuxOutils", "bf_titre": "x"}
    requests.post(f"{wiki.url}/?api/entries/5", headers=ROBOT, data=sent, timeout=5)
    answer = requests.get(f"{wiki.url}/?api/entries/json/LaGrangeAuxOutils", timeout=5)
    assert "LaGrangeAuxOutils" in answer.json()


def test_the_form_of_an_entry_round_trips_through_a_browser(wiki: WikiStandIn) -> None:
    page = requests.get(
        f"{wiki.url}/?AtelierReparonsEnsemble/edit", cookies=member(wiki), timeout=5
    ).text
    inputs = re.findall(
        r'<input type="(?:text|hidden)"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page
    )
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    chosen = re.findall(
        r'<select[^>]*name="([^"]+)".*?<option value="([^"]*)" selected', page, re.DOTALL
    )
    sent = {name: unescape(value) for name, value in [*inputs, *areas, *chosen]}
    before = stored(wiki, "AtelierReparonsEnsemble")
    edit(wiki, "AtelierReparonsEnsemble", member(wiki), **{**sent, "antispam": "1"})
    after = stored(wiki, "AtelierReparonsEnsemble")
    moved = {"date_maj_fiche", "date_creation_fiche"}
    assert {key: after[key] for key in before if key not in moved} == {
        key: before[key] for key in before if key not in moved
    }


def test_pages_are_readable_french_html(wiki: WikiStandIn) -> None:
    home = requests.get(f"{wiki.url}/", timeout=5)
    assert home.url.endswith("/?PagePrincipale")
    assert 'lang="fr"' in home.text
    assert "Agenda du réseau" in home.text
    page = requests.get(f"{wiki.url}/?AtelierReparonsEnsemble", timeout=5).text
    assert "05.12.2026 - 14:00" in page
    assert '<th scope="row">Organisateur</th>' in page
