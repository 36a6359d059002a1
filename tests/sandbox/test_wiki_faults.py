"""Failures on demand: down, closed, slow, cut, refused, in the middle of a race."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from oscartes_sync.sandbox.wiki import NetworkKeys, SeededEntry, WikiStandIn, seed_network
from oscartes_sync.sandbox.wiki.faults import cut_short, halved, torn

KEYS = NetworkKeys()
ROBOT = {"Authorization": f"Bearer {KEYS.robot_key}"}
LIST = "api/forms/6/entries&fields=id_fiche"


@pytest.fixture
def wiki() -> Iterator[WikiStandIn]:
    with WikiStandIn() as stand_in:
        seed_network(stand_in)
        yield stand_in


def get(wiki: WikiStandIn, query: str = LIST) -> requests.Response:
    return requests.get(f"{wiki.url}/?{query}", timeout=5)


def create(wiki: WikiStandIn) -> requests.Response:
    sent = {"bf_titre": "Nouveau bal", "id_fiche": "NouveauBal"}
    return requests.post(f"{wiki.url}/?api/entries/6", headers=ROBOT, json=sent, timeout=5)


def edit(wiki: WikiStandIn) -> int:
    cookies = requests.get(f"{wiki.url}/?api/triples/X", headers=ROBOT, timeout=5).cookies
    return requests.post(
        f"{wiki.url}/?BourseAuxPlantes/edit", cookies=cookies, timeout=5,
        data={"bf_titre": "x", "antispam": "1"}, allow_redirects=False,
    ).status_code  # fmt: skip


def test_database_down_is_200_and_a_sentence_for_everything(wiki: WikiStandIn) -> None:
    wiki.faults.database_down = True
    assert get(wiki).status_code == create(wiki).status_code == 200
    assert "base de données" in get(wiki).text
    wiki.faults.clear()
    assert wiki.entry("NouveauBal") is None
    assert len(get(wiki).json()) == 11


def test_hibernation_refuses_writes_and_reads_on(wiki: WikiStandIn) -> None:
    wiki.faults.hibernate = True
    assert create(wiki).status_code == 500
    assert "lecture seule" in create(wiki).json()["exceptionMessage"]
    gone = requests.delete(f"{wiki.url}/?api/pages/LaGrangeAuxOutils", headers=ROBOT, timeout=5)
    assert (gone.status_code, list(gone.json())) == (500, ["notDeleted", "error"])
    assert edit(wiki) == 200
    assert get(wiki).status_code == 200


def test_captcha_stops_edits_but_not_the_api(wiki: WikiStandIn) -> None:
    wiki.faults.captcha = True
    assert edit(wiki) == 200
    assert create(wiki).status_code == 201


def test_moderation_unpublishes_what_a_member_edits(wiki: WikiStandIn) -> None:
    wiki.faults.moderation = True
    wiki.edit("BourseAuxPlantes", {}, user=KEYS.member)
    wiki.edit("ConferenceEauEtSols", {}, user=KEYS.admin)
    assert (wiki.entry("BourseAuxPlantes") or {})["statut_fiche"] == "0"
    assert (wiki.entry("ConferenceEauEtSols") or {})["statut_fiche"] == "1"
    assert "BourseAuxPlantes" in get(wiki).json()


def test_raw_output_stands_beside_the_entries(wiki: WikiStandIn) -> None:
    wiki.faults.raw_output = "<br />Notice: …"
    assert next(iter(get(wiki).json())) == "rawOutput"
    assert list(create(wiki).json()) == ["rawOutput", "success"]


def test_maintenance_is_a_503_page(wiki: WikiStandIn) -> None:
    wiki.faults.maintenance = True
    answer = get(wiki)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=UTF-8")


def test_a_wrong_body_comes_with_200(wiki: WikiStandIn) -> None:
    wiki.faults.wrong_body = "<html>Portail captif</html>"
    assert (get(wiki).status_code, get(wiki).text) == (200, "<html>Portail captif</html>")


def test_the_next_requests_fail_with_a_status_and_then_no_more(wiki: WikiStandIn) -> None:
    wiki.faults.fail_next(2, status=429, retry_after=7, method="GET")
    assert create(wiki).status_code == 201
    first = get(wiki)
    assert (first.status_code, first.headers["Retry-After"]) == (429, "7")
    assert [get(wiki).status_code for _ in range(2)] == [429, 200]


def test_a_failure_after_executing_has_written(wiki: WikiStandIn) -> None:
    wiki.faults.fail_next(status=503, after_executing=True, containing="api/entries")
    assert create(wiki).status_code == 503
    assert wiki.entry("NouveauBal") is not None


@pytest.mark.parametrize("after", [False, True])
def test_a_cut_connection_may_have_written_or_not(wiki: WikiStandIn, after: bool) -> None:
    wiki.faults.fail_next(cut=True, after_executing=after, method="POST")
    with pytest.raises(requests.ConnectionError):
        create(wiki)
    assert (wiki.entry("NouveauBal") is not None) is after
    assert wiki.requests[-1].status == 0


def test_a_slow_wiki_makes_clients_give_up(wiki: WikiStandIn) -> None:
    wiki.faults.latency = 0.3
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{wiki.url}/?{LIST}", timeout=0.05)


def test_a_member_may_write_between_a_read_and_a_write(wiki: WikiStandIn) -> None:
    wiki.faults.interpose(
        lambda: wiki.edit("BourseAuxPlantes", {"bf_ville": "Massy"}, user=KEYS.member),
        method="POST",
        containing="BourseAuxPlantes/edit",
    )
    assert edit(wiki) == 302
    users = [one["user"] for one in wiki.revisions("BourseAuxPlantes")]
    assert users == [KEYS.robot, KEYS.member, KEYS.member]


def test_requests_are_logged_with_their_account(wiki: WikiStandIn) -> None:
    create(wiki)
    get(wiki)
    assert wiki.requests[0] == ("POST", "/?api/entries/6", 201, KEYS.robot)
    assert wiki.requests[1] == ("GET", f"/?{LIST}", 200, "")
    assert wiki.requests.counted("GET", "fields=") == 1
    wiki.requests.clear()
    assert wiki.requests == []


def test_public_key_and_closed_wiki() -> None:
    with WikiStandIn(public_key=True, default_read_acl="+") as wiki:
        seed_network(wiki)
        answer = requests.post(
            f"{wiki.url}/?api/entries/6", data={"bf_titre": "De passage"}, timeout=5
        )
        assert answer.status_code == 201
        assert wiki.revisions("DePassage")[0] | {"id": "", "time": "", "body": ""} == {
            "id": "", "time": "", "body": "", "user": "127.0.0.1", "owner": "",
        }  # fmt: skip
        assert "DePassage" not in get(wiki).json()
        assert "BourseAuxPlantes" in get(wiki).json()


def test_a_database_file_is_found_again(tmp_path: Path) -> None:
    database = str(tmp_path / "wiki.db")
    with WikiStandIn(database=database) as wiki:
        seed_network(wiki)
        wiki.edit("BourseAuxPlantes", {"bf_ville": "Massy"}, user=KEYS.member)
        before = (wiki.entries(6), wiki.revisions("BourseAuxPlantes"), wiki.files())
    with WikiStandIn(database=database, keys={KEYS.robot: KEYS.robot_key}) as again:
        assert (again.entries(6), again.revisions("BourseAuxPlantes"), again.files()) == before
        assert create(again).status_code == 201


def test_it_runs_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "oscartes_sync.sandbox.wiki", "--version", "4.4", "--seed"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        forms = requests.get(f"{told['url']}/?api/forms", timeout=5).json()
        process.terminate()
        assert process.wait(timeout=10) == 0
    assert told["keys"][KEYS.robot] == KEYS.robot_key
    assert forms["6"]["prepared"][1]["id"] == "checkboxListeTypeDEvenement"


@pytest.mark.slow
def test_ten_thousand_entries_are_listed_whole() -> None:
    with WikiStandIn() as wiki:
        seed_network(wiki)
        event = wiki.entry("AtelierReparonsEnsemble") or {}
        wiki.add_entries(6, (SeededEntry(f"Evenement{number}", event) for number in range(10_000)))
        assert len(get(wiki, "api/forms/6/entries&fields=id_fiche,date_maj_fiche").json()) == 10_011


def test_something_else_answers_without_the_wikis_cookies(wiki: WikiStandIn) -> None:
    wiki.faults.answer_next(
        b"", status=302, location="http://portal.example/", containing="triples"
    )
    address = f"{wiki.url}/?api/triples/X"
    portal = requests.get(address, headers=ROBOT, timeout=5, allow_redirects=False)
    assert (portal.status_code, portal.headers["Location"]) == (302, "http://portal.example/")
    assert not portal.cookies
    wiki.faults.answer_next(b"{}", kind="application/json", ours=True, containing="triples")
    assert "token" in requests.get(address, headers=ROBOT, timeout=5).cookies
    wiki.faults.answer_next(b"", method="POST")
    create(wiki)
    assert wiki.entry("NouveauBal") is None


def test_a_list_arrives_halved_or_cut_short_or_torn(wiki: WikiStandIn) -> None:
    whole = get(wiki)
    wiki.faults.change_next(halved, ending=LIST)
    assert list(get(wiki).json()) == list(whole.json())[::2]
    wiki.faults.change_next(cut_short)
    assert get(wiki).content == whole.content[: len(whole.content) // 2]
    wiki.faults.change_next(torn)
    with pytest.raises(requests.RequestException):
        get(wiki)
    assert get(wiki).content == whole.content


def test_a_form_that_is_removed_is_unknown_and_its_list_empty(wiki: WikiStandIn) -> None:
    wiki.remove_form(6)
    assert get(wiki, "api/forms/6").status_code == 404
    assert get(wiki, "api/forms/999/entries").json() == {}
    assert wiki.entry("BourseAuxPlantes") is not None
