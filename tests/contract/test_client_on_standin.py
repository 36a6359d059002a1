"""The client against the stand-in wiki, over real HTTP on loopback, as both versions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bazar_forms.client import BazarClient, Hidden, PageRow
from bazar_forms.errors import (
    BazarError,
    CaptchaInTheWay,
    DatabaseDown,
    EditRefused,
    Forbidden,
    Hibernated,
    KeyRefused,
    NotFound,
    SessionLost,
    TagTaken,
    UnexpectedAnswer,
    UnknownOutcome,
    WikiUnavailable,
)
from oscartes_sync.sandbox.wiki import WikiStandIn

BOT = "RobotNuage"
MEMBER = "MarieDupont"
EVENT = {
    "bf_titre": "Café citoyen",
    "bf_date_debut_evenement": "2027-03-02",
    "bf_date_fin_evenement": "2027-03-02",
    "bf_lieu": "Orsay",
}

Open = Callable[..., BazarClient]


def stored(bazar_wiki: WikiStandIn, tag: str) -> dict[str, Any]:
    entry = bazar_wiki.entry(tag)
    assert entry is not None
    return entry


def test_keys_are_told_apart(open_bazar: Open) -> None:
    assert open_bazar().check_key() == BOT
    assert open_bazar("KEY-MEMBER").check_key() == MEMBER
    for wrong in (open_bazar("WRONG"), open_bazar("key-bot")):
        with pytest.raises(KeyRefused):
            wrong.check_key()
        with pytest.raises(KeyRefused):
            wrong.entries("6", anonymous=False)
        assert set(wrong.entries("6").entries) == {"RepairCafe"}


def test_forms_lists_and_entries_are_read(bazar: BazarClient, bazar_wiki: WikiStandIn) -> None:
    assert bazar.form("6").label == "Agenda"
    assert "6" in [form.id for form in bazar.forms()]
    assert bazar.choice_list("ListeOuiNon").labels() == {"1": "Oui", "2": "Non"}
    assert bazar.choice_lists()["ListeOuiNon"].title == "Oui Non"
    entry = bazar.entries("6").entries["RepairCafe"]
    assert (entry.form, entry.owner, entry.properties["bf_lieu"]) == ("6", MEMBER, "Orsay")
    rows = bazar.entries("6", fields=["id_fiche", "owner"], query="bf_lieu=Orsay").rows
    assert rows == {"RepairCafe": {"id_fiche": "RepairCafe", "owner": MEMBER}}
    assert bazar.entries("6", query="bf_lieu=Sète").entries == {}
    assert bazar.entries("6", since="2030-01-01").entries == {}
    with pytest.raises(NotFound):
        bazar.form("999")
    with pytest.raises(NotFound):
        bazar.choice_list("ListeAbsente")


def test_hundreds_of_tags_are_asked_in_batches(bazar: BazarClient, bazar_wiki: WikiStandIn) -> None:
    for number in range(250):
        bazar_wiki.add_entry(6, f"Evenement{number:03d}", EVENT, owner=BOT)
    tags = [f"Evenement{number:03d}" for number in range(250)] + ["Absent"]
    before = len(bazar_wiki.requests)
    assert set(bazar.entries("6", tags=tags).entries) == set(tags) - {"Absent"}
    assert len(bazar_wiki.requests) - before == 2


def test_what_only_members_see_is_hidden_from_anonymous_readers(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    bazar_wiki.set_acl("RepairCafe", read="+")
    assert bazar.entries("6").entries == {}
    assert set(bazar.entries("6", anonymous=False).entries) == {"RepairCafe"}
    assert bazar.page("RepairCafe", anonymous=True) == Hidden("RepairCafe")
    bazar_wiki.set_acl("RepairCafe", read="%")
    assert bazar.page("RepairCafe") == Hidden("RepairCafe")


def test_an_entry_is_created_and_read_back(bazar: BazarClient, bazar_wiki: WikiStandIn) -> None:
    assert bazar.page("Nuageabcdefgh") is None
    assert bazar.create("6", "Nuageabcdefgh", EVENT | {"bf_lieu": "A & B"}) == "Nuageabcdefgh"
    row = bazar.page("Nuageabcdefgh")
    assert isinstance(row, PageRow)
    assert (row.owner, row.user) == (BOT, BOT)
    entry = row.entry()
    assert entry is not None
    assert entry.properties["bf_lieu"] == "A &amp; B"
    assert "Nuageabcdefgh" in bazar.entries("6").entries


@pytest.mark.parametrize("tag", ["PageMenuHaut", "pagemenuhaut", "RepairCafe", "REPAIRCAFE"])
def test_no_page_is_ever_overwritten_by_a_creation(
    bazar: BazarClient, bazar_wiki: WikiStandIn, tag: str
) -> None:
    revisions = [len(bazar_wiki.revisions(one)) for one in ("PageMenuHaut", "RepairCafe")]
    with pytest.raises(TagTaken):
        bazar.create("6", tag, EVENT)
    assert bazar_wiki.requests.counted("POST") == 0
    assert [len(bazar_wiki.revisions(one)) for one in ("PageMenuHaut", "RepairCafe")] == revisions


def test_an_unknown_form_gets_no_orphan(bazar: BazarClient, bazar_wiki: WikiStandIn) -> None:
    with pytest.raises(NotFound):
        bazar.create("999", "Nuageabcdefgh", EVENT)
    assert bazar_wiki.requests.counted("POST") == 0


def test_a_lost_answer_leaves_the_outcome_open_and_a_look_settles_it(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    bazar_wiki.faults.fail_next(cut=True, after_executing=True, method="POST")
    with pytest.raises(UnknownOutcome):
        bazar.create("6", "Nuageabcdefgh", EVENT)
    assert bazar_wiki.requests.counted("POST") == 1
    assert isinstance(bazar.page("Nuageabcdefgh"), PageRow)
    with pytest.raises(TagTaken):
        bazar.create("6", "Nuageabcdefgh", EVENT)


def test_creations_run_side_by_side(bazar: BazarClient, bazar_wiki: WikiStandIn) -> None:
    tags = [f"Nuageabcdefg{letter}" for letter in "abcdefghijkl"]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda tag: bazar.create("6", tag, EVENT), tags)) == tags
    assert set(bazar.entries("6").entries) == {"RepairCafe", *tags}


def test_reads_survive_failures_and_refused_writes_are_sent_again(
    bazar: BazarClient, bazar_wiki: WikiStandIn, bazar_time: Any
) -> None:
    bazar_wiki.faults.fail_next(status=503, retry_after=7)
    bazar_wiki.faults.fail_next(cut=True)
    assert bazar.entries("6").entries
    assert bazar_time.slept[-2:] == [7.0, 2.0]
    bazar_wiki.faults.fail_next(status=429, method="POST")
    bazar.create("6", "Nuageabcdefgh", EVENT)
    assert bazar_wiki.requests.counted("POST") == 2
    assert len(bazar_wiki.revisions("Nuageabcdefgh")) == 1


def test_an_edit_changes_what_it_names_and_keeps_the_rest(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    bazar_wiki.add_entry(
        6,
        "Marche",
        EVENT
        | {
            "bf_latitude": "43.4",
            "bf_longitude": "3.6",
            "geolocation": {"bf_latitude": "43.4", "bf_longitude": "3.6"},
        },
        owner=MEMBER,
    )
    bazar.edit(
        "Marche", {"bf_lieu": "Les Ulis"}, title_text="Café citoyen", position=("43.4", "3.6")
    )
    after = stored(bazar_wiki, "Marche")
    assert after["bf_lieu"] == "Les Ulis"
    assert after["bf_titre"] == "Café citoyen"
    assert (after["bf_latitude"], after["bf_longitude"]) == ("43.4", "3.6")
    entry = bazar.entries("6", tags=["Marche"]).entries["Marche"]
    assert (entry.user, entry.owner) == (BOT, MEMBER)
    bazar.ensure_ours("Marche", entry.user)


def test_what_we_may_not_write_is_asked_and_not_posted(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    bazar_wiki.set_acl("RepairCafe", write="%")
    assert not bazar.may_edit("RepairCafe")
    with pytest.raises(Forbidden) as caught:
        bazar.edit("RepairCafe", {"bf_lieu": "x"}, title_text="Repair café")
    assert caught.value.owner == MEMBER
    assert bazar_wiki.requests.counted("POST") == 0
    for rights in ("*", "+", BOT):
        bazar_wiki.set_acl("RepairCafe", write=rights)
        assert bazar.may_edit("RepairCafe")
    with pytest.raises(NotFound):
        bazar.may_edit("Absent")


def test_a_right_lost_between_the_question_and_the_edit_is_forbidden(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    bazar_wiki.faults.interpose(lambda: bazar_wiki.set_acl("RepairCafe", write="%"), method="POST")
    with pytest.raises(Forbidden):
        bazar.edit("RepairCafe", {"bf_lieu": "x"}, title_text="Repair café")
    assert stored(bazar_wiki, "RepairCafe")["bf_lieu"] == "Orsay"


def test_an_ended_session_is_opened_again(
    bazar: BazarClient, bazar_wiki: WikiStandIn, bazar_time: Any
) -> None:
    bazar.edit("RepairCafe", {"bf_lieu": "x"}, title_text="Repair café")
    bazar_time.sleep(2 * 3600)
    bazar.edit("RepairCafe", {"bf_lieu": "y"}, title_text="Repair café")
    assert bazar_wiki.revisions("RepairCafe")[0]["user"] == BOT


def test_a_session_that_ends_between_question_and_edit_is_seen(
    bazar: BazarClient, bazar_wiki: WikiStandIn, bazar_time: Any
) -> None:
    bazar_wiki.faults.interpose(lambda: bazar_time.sleep(2 * 3600), method="POST")
    with pytest.raises(SessionLost) as caught:
        bazar.edit("RepairCafe", {"bf_lieu": "y"}, title_text="Repair café")
    assert caught.value.writer == "127.0.0.1"
    bazar.edit("RepairCafe", {"bf_lieu": "z"}, title_text="Repair café")
    assert bazar_wiki.revisions("RepairCafe")[0]["user"] == BOT


def test_two_edits_of_one_entry_have_different_seconds(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    for place in ("x", "y", "z"):
        bazar.edit("RepairCafe", {"bf_lieu": place}, title_text="Repair café")
    times = [one["time"] for one in bazar_wiki.revisions("RepairCafe")]
    assert len(set(times)) == len(times)


def test_a_captcha_stops_edits_and_not_creations(
    bazar: BazarClient, bazar_wiki: WikiStandIn
) -> None:
    bazar_wiki.faults.captcha = True
    with pytest.raises((CaptchaInTheWay, EditRefused)):
        bazar.edit("RepairCafe", {"bf_lieu": "x"}, title_text="Repair café")
    assert stored(bazar_wiki, "RepairCafe")["bf_lieu"] == "Orsay"
    assert bazar.create("6", "Nuageabcdefgh", EVENT) == "Nuageabcdefgh"


@pytest.mark.parametrize(
    ("fault", "error"),
    [("hibernate", Hibernated), ("database_down", DatabaseDown), ("maintenance", WikiUnavailable)],
)
def test_every_write_knows_a_wiki_that_cannot_work(
    bazar: BazarClient, bazar_wiki: WikiStandIn, fault: str, error: type[BazarError]
) -> None:
    bazar.may_edit("RepairCafe")
    setattr(bazar_wiki.faults, fault, True)
    writes: list[Callable[[], object]] = [
        lambda: bazar.create("6", "Nuageabcdefgh", EVENT),
        lambda: bazar.edit("RepairCafe", {"bf_lieu": "x"}, title_text="Repair café"),
        lambda: bazar.delete("RepairCafe"),
    ]
    if fault == "hibernate":
        bazar_wiki.set_owner("RepairCafe", BOT)
        assert bazar.entries("6").entries
    for write in writes:
        with pytest.raises(error):
            write()
    bazar_wiki.faults.clear()
    assert stored(bazar_wiki, "RepairCafe")["bf_lieu"] == "Orsay"
    assert bazar_wiki.entry("Nuageabcdefgh") is None


@pytest.mark.parametrize("body", ["<html><body>Un wiki</body></html>", '{"RepairCafe": {"bf_'])
def test_a_wrong_body_is_no_list(bazar: BazarClient, bazar_wiki: WikiStandIn, body: str) -> None:
    bazar_wiki.faults.wrong_body = body
    with pytest.raises(UnexpectedAnswer):
        bazar.entries("6")


def test_stray_output_hides_nothing(bazar: BazarClient, bazar_wiki: WikiStandIn) -> None:
    bazar_wiki.faults.raw_output = "<b>Notice</b>"
    listing = bazar.entries("6")
    assert set(listing.entries) == {"RepairCafe"}
    assert len(listing.problems) == 1
    assert bazar.page("Absent") is None
    assert bazar.create("6", "Nuageabcdefgh", EVENT) == "Nuageabcdefgh"
    assert {form.id for form in bazar.forms()} == {"6"}


def test_requests_and_bytes_are_counted(bazar: BazarClient, bazar_wiki: WikiStandIn) -> None:
    bazar.entries("6")
    bazar.page("RepairCafe")
    assert bazar.counters.requests == len(bazar_wiki.requests) == 2
    assert bazar.counters.bytes > 500
