"""Private bindings, withdrawal, owners and erasure through the Wiki port, as both versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki import listing as listing_module
from oscartes_sync.adapters.yeswiki.unfinished import NEUTRAL_TITLE
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known, Presence
from oscartes_sync.records.event import Visibility
from oscartes_sync.records.identity import has_suffix
from oscartes_sync.sandbox.wiki.templates import agenda_template, line
from tests.fakes.wiki_place import BINDING, ENDING, EVENT, UID, Place, known, open_place

PRIVATE = replace(BINDING, private=True, read_acl="+")
HIDDEN = "BourseAuxPlantes"


@pytest.fixture(params=["4.4", "4.5"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with open_place(request.param) as found:
        yield found


def anonymously(place: Place, tag: str, handler: str = "") -> str:
    """All that a passer-by gets of a page, by the API and by the page."""
    api = requests.get(f"{place.wiki.url}/?api/entries/json/{tag}", timeout=5).text
    row = requests.get(f"{place.wiki.url}/?api/pages/{tag}", timeout=5).text
    page = requests.get(f"{place.wiki.url}/?{tag}{handler}", timeout=5).text
    return api + row + page


def made(place: Place) -> str:
    (tag,) = [tag for tag in place.wiki.entries(6) if has_suffix(tag, ENDING)]
    return tag


# Reading


def test_hidden_entries_are_mirrored_as_public_ones(place: Place) -> None:
    place.wiki.set_acl(HIDDEN, read="+")
    assert HIDDEN not in place.port.snapshot(BINDING, Known()).sightings
    sighting = place.port.snapshot(PRIVATE, Known()).sightings[HIDDEN]
    assert sighting.record is not None
    assert sighting.record.visibility is Visibility.PUBLIC
    assert place.port.look(PRIVATE, [HIDDEN])[HIDDEN].presence is Presence.HERE
    place.wiki.set_acl(HIDDEN, read="@admins")
    assert HIDDEN not in place.port.snapshot(PRIVATE, Known()).sightings
    assert place.port.look(PRIVATE, [HIDDEN])[HIDDEN].presence is Presence.HIDDEN


def test_a_hidden_entry_is_scanned_and_edited_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.wiki.set_acl(HIDDEN, read="+")
    first = place.port.snapshot(PRIVATE, Known())
    before = known(first)
    monkeypatch.setattr(listing_module, "FEW", 0)
    place.clock.sleep(60)
    place.wiki.edit(HIDDEN, {"bf_lieu": "Halle"}, user=place.keys.member)
    place.clock.sleep(60)
    again = place.another_run().snapshot(PRIVATE, before)
    assert list(again.sightings) == [HIDDEN]
    seen = again.sightings[HIDDEN].seen
    assert seen is not None
    change = FieldChange("title", seen.record.title, "Autre")
    event = replace(seen.record, title="Autre")
    written = place.port.update(PRIVATE, HIDDEN, seen.token, [change], event)
    assert written.seen.record.title == "Autre"
    assert written.problems == ()


def test_what_only_we_see_of_our_own_stays_out(place: Place) -> None:
    """A contact e-mail and an administrators' note; we see both where we own the entry."""
    lines = [
        agenda_template(place.wiki.settings.version),
        line("champs_mail", "bf_mail", "Courriel", pattern="form"),
        line("textelong", "bf_note", "Note", subtype="html", read="@admins", write="@admins"),
    ]
    place.wiki.add_form(6, "Agenda", "\r\n".join(lines))
    days = {"bf_date_debut_evenement": "2027-03-02", "bf_date_fin_evenement": "2027-03-02"}
    secret = {"bf_mail": "secret@example.org", "bf_note": "secret"}
    place.wiki.add_entry(
        6, "Nuit", {"bf_titre": "Nuit", **days, **secret}, owner=place.keys.robot, read_acl="+"
    )
    sighting = place.port.snapshot(PRIVATE, Known()).sightings["Nuit"]
    assert sighting.record is not None
    assert "secret" not in repr(sighting.record)


# Creating


def test_a_private_creation_is_hidden_from_its_first_moment(place: Place) -> None:
    seen: list[str] = []

    def look() -> None:
        begun = [tag for tag in place.wiki.entries(6) if has_suffix(tag, ENDING)]
        seen.extend(anonymously(place, tag) + anonymously(place, tag, "/edit") for tag in begun)
        place.wiki.faults.interpose(look, method="POST", after=True)

    look()
    written = place.port.create(PRIVATE, UID, EVENT, None)
    assert len(seen) == 3
    assert all("Orsay" not in text and "Bonjour" not in text for text in seen)
    assert "préparation" in seen[0]
    tag = written.seen.key
    assert "Orsay" not in anonymously(place, tag) + anonymously(place, tag, "/edit")
    assert written.problems == ()
    assert written.seen.record.place == "Ferme, 3 rue X, 91400 Orsay"
    again = place.another_run().snapshot(PRIVATE, Known())
    assert again.sightings[tag].token == written.seen.token
    assert tag not in place.port.snapshot(BINDING, Known()).sightings


def test_a_private_creation_gets_its_owner_last(place: Place) -> None:
    binding = replace(PRIVATE, owner=place.keys.member)
    written = place.port.create(binding, UID, EVENT, None)
    assert written.problems == ()
    assert place.wiki.revisions(written.seen.key)[0]["owner"] == place.keys.member


def test_a_read_right_that_leaves_it_public_stops_creations(place: Place) -> None:
    with pytest.raises(errors.Forbidden) as refused:
        place.port.create(replace(PRIVATE, read_acl="!@admins"), UID, EVENT, None)
    assert refused.value.code in ("created-public", "created-unreadable")
    assert held(place, made(place))["bf_titre"] == NEUTRAL_TITLE


def test_a_wiki_that_shows_it_all_the_same_gets_no_text(place: Place) -> None:
    def reopen() -> None:
        place.wiki.set_acl(made(place), read="*")

    place.wiki.faults.interpose(reopen, method="POST", containing="acls", after=True)
    with pytest.raises(errors.Forbidden, match="created-public"):
        place.port.create(PRIVATE, UID, EVENT, None)
    assert "Orsay" not in anonymously(place, made(place))
    place.clock.sleep(5)
    assert place.another_run().create(PRIVATE, UID, EVENT, None).problems == ()
    assert "Orsay" not in anonymously(place, made(place))


def test_a_read_right_that_shuts_us_out_is_told(place: Place) -> None:
    with pytest.raises(errors.Forbidden, match="created-unreadable") as refused:
        place.port.create(replace(PRIVATE, read_acl="@admins"), UID, EVENT, None)
    assert refused.value.params["read_acl"] == "@admins"


@pytest.mark.parametrize("part", ["entries", "acls", "/edit"])
@pytest.mark.parametrize("after", [True, False])
def test_an_interrupted_private_creation_is_finished(place: Place, part: str, after: bool) -> None:
    place.port.snapshot(PRIVATE, Known())
    place.wiki.faults.fail_next(cut=True, method="POST", containing=part, after_executing=after)
    try:
        place.port.create(PRIVATE, UID, EVENT, None)
    except errors.SideError:
        place.clock.sleep(5)
        half = place.another_run().snapshot(PRIVATE, Known())
        assert not [tag for tag in half.sightings if has_suffix(tag, ENDING)] or part == "/edit"
        place.clock.sleep(5)
        place.port.create(PRIVATE, UID, EVENT, None)
    tag = made(place)
    assert held(place, tag)["bf_lieu"] == "Ferme"
    assert "Orsay" not in anonymously(place, tag)


# Withdrawing, deleting, erasing


def test_a_withdrawal_that_deletes_needs_no_more(place: Place) -> None:
    written = place.create()
    place.port.delete(BINDING, written.seen.key, written.seen.token, withdrawn=True)
    assert place.wiki.entry(written.seen.key) is None


def test_a_withdrawal_of_what_is_not_ours_names_the_owner(place: Place) -> None:
    seen = place.seen(HIDDEN)
    place.wiki.set_owner(HIDDEN, place.keys.member)
    for withdrawn in (True, False):
        with pytest.raises(errors.Forbidden) as refused:
            place.port.delete(BINDING, HIDDEN, seen.token, withdrawn=withdrawn)
        assert refused.value.params["owner"] == place.keys.member
    assert place.wiki.entry(HIDDEN) is not None


def test_where_deleting_is_refused_the_read_right_closes_a_withdrawn_copy(place: Place) -> None:
    written = place.create()
    tag = written.seen.key
    place.wiki.faults.fail_next(status=403, method="DELETE")
    place.port.delete(BINDING, tag, written.seen.token, withdrawn=True)
    assert held(place, tag)["bf_lieu"] == "Ferme"
    assert "Orsay" not in anonymously(place, tag) + anonymously(place, tag, "/edit")
    assert place.port.look(BINDING, [tag])[tag].presence is Presence.HIDDEN
    place.wiki.faults.fail_next(status=403, method="DELETE")
    with pytest.raises(errors.Forbidden):
        place.port.delete(BINDING, tag, "")


def test_erasing_takes_any_version_and_names_the_files_that_stay(place: Place) -> None:
    name = "X_fichierbf_fichier_p_20261101101010_20261101101010.pdf_"
    place.wiki.add_file(name, b"%PDF")
    written = place.create()
    tag = written.seen.key
    place.wiki.edit(tag, {"fichierbf_fichier": name}, user=place.keys.member)
    (problem,) = place.port.erase(BINDING, tag)
    assert (problem.code, dict(problem.params)) == ("files-stay", {"files": name})
    assert place.wiki.entry(tag) is None
    assert place.port.erase(BINDING, tag) == ()


def test_erasing_what_is_not_ours_names_the_owner(place: Place) -> None:
    place.wiki.set_owner(HIDDEN, place.keys.member)
    with pytest.raises(errors.Forbidden) as refused:
        place.port.erase(BINDING, HIDDEN)
    assert refused.value.params["owner"] == place.keys.member
    place.wiki.set_acl(HIDDEN, read="@admins", write="@admins")
    with pytest.raises(errors.Forbidden):
        place.port.erase(BINDING, HIDDEN)
    place.wiki.add_page("PageDUnMembre", "texte")
    assert place.port.erase(BINDING, "PageDUnMembre") == ()
    assert place.wiki.revisions("PageDUnMembre")


# Completing


def test_an_interrupted_hand_over_is_completed_once(place: Place) -> None:
    binding = replace(BINDING, owner=place.keys.member)
    tag = place.create().seen.key
    assert place.port.complete(binding, tag) == ()
    assert place.wiki.revisions(tag)[0]["owner"] == place.keys.member
    posts = place.wiki.requests.counted("POST")
    assert place.port.complete(binding, tag) == ()
    assert place.wiki.requests.counted("POST") == posts


def test_an_owner_that_the_wiki_does_not_know_is_told(place: Place) -> None:
    tag = place.create().seen.key
    problems = place.port.complete(replace(BINDING, owner="Personne"), tag)
    assert [(one.code, one.entry) for one in problems] == [("owner-not-set", tag)]
    assert place.port.complete(BINDING, "PasDePage") == ()


@pytest.mark.parametrize("after", [True, False])
def test_a_hand_over_whose_answer_is_lost_is_looked_for_and_given_again(
    place: Place, after: bool
) -> None:
    binding = replace(BINDING, owner=place.keys.member)
    place.port.snapshot(binding, Known())
    lost = {"cut": True, "after_executing": after, "method": "POST", "containing": "acls"}
    place.wiki.faults.fail_next(**lost)
    written = place.port.create(binding, UID, EVENT, None)
    assert written.problems == ()
    assert place.wiki.revisions(written.seen.key)[0]["owner"] == place.keys.member


def test_a_hand_over_of_which_nothing_can_be_known_is_left_in_doubt(place: Place) -> None:
    binding = replace(BINDING, owner=place.keys.member)
    place.port.snapshot(binding, Known())
    place.wiki.faults.fail_next(2, cut=True, method="POST", containing="acls")
    with pytest.raises(errors.OutcomeUnknown):
        place.port.create(binding, UID, EVENT, None)
    assert place.another_run().complete(binding, made(place)) == ()
    assert place.wiki.revisions(made(place))[0]["owner"] == place.keys.member


def test_completing_leaves_what_is_half_made_to_its_creation(place: Place) -> None:
    binding = replace(PRIVATE, owner=place.keys.member)
    place.port.snapshot(binding, Known())
    place.wiki.faults.fail_next(cut=True, method="POST", containing="acls")
    with pytest.raises(errors.SideError):
        place.port.create(binding, UID, EVENT, None)
    problems = place.another_run().complete(binding, made(place))
    assert [one.code for one in problems] == ["entry-unfinished"]
    assert place.wiki.revisions(made(place))[0]["owner"] == place.keys.robot


def test_whether_we_may_is_asked_before_an_edit(place: Place) -> None:
    seen = place.seen(HIDDEN)
    place.wiki.set_owner(HIDDEN, place.keys.member)
    place.wiki.set_acl(HIDDEN, write="%")
    with pytest.raises(errors.Forbidden) as refused:
        place.update(seen, title="Autre")
    assert refused.value.params["owner"] == place.keys.member
    assert place.wiki.requests.counted("POST") == 0


def held(place: Place, tag: str) -> dict[str, Any]:
    entry = place.wiki.entry(tag)
    assert entry is not None
    return entry
