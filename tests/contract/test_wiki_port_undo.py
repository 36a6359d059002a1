"""Images and undoing through the Wiki port, on the stand-in wiki, as both versions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.unfinished import NEUTRAL_TITLE
from oscartes_sync.planning.operation import Action, Operation
from oscartes_sync.planning.snapshot import Known, Look, Presence, Seen
from oscartes_sync.ports import Image
from oscartes_sync.records.problem import Side
from tests.fakes.wiki_place import BINDING, EVENT, UID, Place, open_place

TAG = "FeteDesCommunsDOrsay"
FILE = "Programme_fichierbf_fichier_p_20261101101010_20261101101010.pdf_"


@pytest.fixture(params=["4.4", "4.5"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with open_place(request.param) as found:
        yield found


def operation(seen: Seen, action: Action = Action.UPDATE) -> Operation:
    return Operation(
        action=action,
        side=Side.WIKI,
        uid=UID,
        entry=seen.key,
        href=None,
        title=seen.record.title,
        token=seen.token,
    )


def image_of(place: Place, wanted: Operation) -> Image:
    assert wanted.key is not None
    return place.port.images(BINDING, [wanted])[wanted.key]


def content(place: Place, tag: str) -> dict[str, Any]:
    """What an entry says, without its dates."""
    entry = place.wiki.entry(tag)
    assert entry is not None
    dates = {"date_maj_fiche", "date_creation_fiche"}
    return {key: value for key, value in entry.items() if key not in dates and value}


def rights(place: Place, tag: str) -> Sequence[str]:
    shown = place.another_run()._client.rights(tag)
    return (shown.read, shown.write, shown.comment, shown.owner)


def add_ours(place: Place, tag: str = "Nuit", **more: Any) -> Seen:
    """An entry of ours with all that an undo has to bring back."""
    place.wiki.add_file(FILE, b"%PDF")
    properties = {
        "bf_titre": "Nuit des étoiles &amp; <b>co</b>",
        "bf_date_debut_evenement": "2027-08-10",
        "bf_date_fin_evenement": "2027-08-11",
        "bf_description": "<p>Sous le <b>ciel</b></p>",
        "bf_lieu": "Ferme",
        "bf_latitude": "48.7",
        "bf_longitude": "2.1",
        "geolocation": {"bf_latitude": "48.7", "bf_longitude": "2.1"},
        "bf_type_evenement": "",
        "fichierbf_fichier": FILE,
        **more,
    }
    place.wiki.add_entry(6, tag, properties, owner=place.keys.robot)
    place.clock.sleep(5)
    return place.seen(tag)


# Images


def test_an_image_of_an_edit_holds_what_the_record_is_made_of(place: Place) -> None:
    seen = place.seen(TAG)
    held = json.loads(image_of(place, operation(seen)).text)
    assert held["version"] == 1
    assert held["properties"]["bf_titre"] == content(place, TAG)["bf_titre"]
    assert held["rights"] == {}
    assert "bf_date_debut_evenement" in held["properties"]
    assert "checkboxfiche5bf_coorganisateurs" not in held["properties"]


def test_images_are_taken_in_one_listing_a_kind(place: Place) -> None:
    snapshot = place.port.snapshot(BINDING, Known())
    things = [s.seen for s in snapshot.sightings.values() if s.seen]
    before = place.port.traffic().requests
    images = place.port.images(BINDING, [operation(each) for each in things])
    assert images.keys() == {each.key for each in things}
    assert place.port.traffic().requests == before + 1
    ours = add_ours(place)
    before = place.port.traffic().requests
    place.port.images(BINDING, [operation(ours, Action.DELETE)])
    assert place.port.traffic().requests == before + 3  # the list, and the session with the rights


def test_what_moved_or_went_has_no_image(place: Place) -> None:
    seen, other = place.seen(TAG), place.seen("BourseAuxPlantes")
    place.wiki.edit(TAG, {"bf_lieu": "Parc"}, user=place.keys.member)
    place.wiki.remove(other.key)
    assert place.port.images(BINDING, [operation(seen), operation(other)]) == {}


def test_an_image_shows_nothing_in_a_log() -> None:
    assert "secret" not in repr(Image('{"x": "secret"}'))


# Undoing an edit


def test_an_edit_is_undone_field_by_field(place: Place) -> None:
    seen = place.seen(TAG)
    before = content(place, TAG)
    wanted = operation(seen)
    image = image_of(place, wanted)
    written = place.update(seen, title="Autre", place="Ailleurs", link="https://x.example/")
    place.clock.sleep(5)
    back = place.port.put_back(BINDING, wanted, written.seen.token, image)
    assert content(place, TAG) == before
    assert back.seen.record == seen.record
    assert back.problems == ()


def test_an_undone_edit_leaves_what_was_never_ours(place: Place) -> None:
    seen = place.seen(TAG)
    wanted = operation(seen)
    image = image_of(place, wanted)
    written = place.update(seen, title="Autre")
    place.wiki.add_file(FILE, b"%PDF")
    place.wiki.edit(TAG, {"checkboxfiche5bf_coorganisateurs": "Nature"}, user=place.keys.member)
    place.clock.sleep(5)
    place.port.put_back(BINDING, wanted, written.seen.token, image)
    assert content(place, TAG)["checkboxfiche5bf_coorganisateurs"] == "Nature"
    assert content(place, TAG)["bf_titre"] != "Autre"


def test_what_moved_since_is_not_undone(place: Place) -> None:
    seen = place.seen(TAG)
    wanted = operation(seen)
    image = image_of(place, wanted)
    written = place.update(seen, title="Autre")
    place.wiki.edit(TAG, {"bf_lieu": "Parc"}, user=place.keys.member)
    with pytest.raises(errors.Moved):
        place.port.put_back(BINDING, wanted, written.seen.token, image)
    assert content(place, TAG)["bf_titre"] == "Autre"


def test_an_undo_that_rights_forbid_names_who_can(place: Place) -> None:
    seen = place.seen(TAG)
    wanted = operation(seen)
    image = image_of(place, wanted)
    written = place.update(seen, title="Autre")
    place.wiki.set_owner(TAG, place.keys.member)
    place.wiki.set_acl(TAG, write="%")
    with pytest.raises(errors.Forbidden) as refused:
        place.port.put_back(BINDING, wanted, written.seen.token, image)
    assert refused.value.params["owner"] == place.keys.member


def test_an_image_that_cannot_be_read_is_refused(place: Place) -> None:
    wanted = operation(place.seen(TAG))
    for text in ("", "[]", '{"version": 2}', '{"version": 1}', '{"version": 1, "properties": 3}'):
        with pytest.raises(errors.Invalid, match="image-unreadable"):
            place.port.put_back(BINDING, wanted, "x|y", Image(text))


# Undoing a deletion


def test_a_deleted_entry_comes_back_with_text_files_rights_and_owner(place: Place) -> None:
    seen = add_ours(place)
    place.wiki.set_acl(seen.key, write=f"+\n{place.keys.member}")
    before, kept = content(place, seen.key), rights(place, seen.key)
    wanted = operation(seen, Action.DELETE)
    image = image_of(place, wanted)
    place.port.delete(BINDING, seen.key, seen.token)
    place.clock.sleep(5)
    back = place.port.put_back(BINDING, wanted, "", image)
    assert content(place, seen.key) == before
    assert rights(place, seen.key) == kept
    assert back.seen.record == seen.record
    assert [problem.code for problem in back.problems] == ["undo-incomplete"]
    assert place.seen(seen.key) == back.seen


def test_nothing_of_a_closed_entry_is_public_for_a_moment(place: Place) -> None:
    seen = add_ours(place)
    wanted = operation(seen, Action.DELETE)
    place.wiki.set_acl(seen.key, read="@admins", write="@admins")
    image = image_of(place, wanted)
    place.port.delete(BINDING, seen.key, "")
    place.clock.sleep(5)
    shown: list[tuple[str, str]] = []

    def look() -> None:
        entry = place.wiki.entry(seen.key)
        if entry is not None:
            acl = place.another_run()._client.rights(seen.key).read
            shown.append((entry["bf_titre"], acl))
        place.wiki.faults.interpose(look, method="POST", after=True)

    port = place.port
    look()
    port.put_back(BINDING, wanted, "", image)
    assert [title for title, acl in shown if acl == "*"] == [NEUTRAL_TITLE]
    assert len(shown) == 3
    assert rights(place, seen.key)[:2] == ("@admins", "@admins")


def test_a_hand_over_comes_last(place: Place) -> None:
    """A deletion by an administrator's key, undone with it: the owner was somebody else."""
    seen = add_ours(place)
    place.wiki.set_owner(seen.key, place.keys.member)
    place.wiki.set_acl(seen.key, read="*", write="%")
    place.another_run(key=place.keys.admin_key)
    wanted = operation(seen, Action.DELETE)
    image = image_of(place, wanted)
    place.port.delete(BINDING, seen.key, seen.token)
    place.clock.sleep(5)
    back = place.port.put_back(BINDING, wanted, "", image)
    assert back.seen.record == seen.record
    assert place.port.look(BINDING, [seen.key])[seen.key].owner == place.keys.member
    assert content(place, seen.key)["bf_lieu"] == "Ferme"


def test_a_tag_that_somebody_took_is_not_overwritten(place: Place) -> None:
    seen = add_ours(place)
    wanted = operation(seen, Action.DELETE)
    image = image_of(place, wanted)
    place.port.delete(BINDING, seen.key, seen.token)
    place.wiki.add_page(seen.key, "une page d'un membre", owner=place.keys.member)
    with pytest.raises(errors.Moved):
        place.port.put_back(BINDING, wanted, "", image)
    assert place.wiki.revisions(seen.key)[0]["body"] == "une page d'un membre"


@pytest.mark.parametrize("fault", ["creation", "rights", "edit"])
@pytest.mark.parametrize("after", [True, False])
def test_an_interrupted_restoration_is_finished(place: Place, fault: str, after: bool) -> None:
    seen = add_ours(place)
    before, kept = content(place, seen.key), rights(place, seen.key)
    wanted = operation(seen, Action.DELETE)
    image = image_of(place, wanted)
    place.port.delete(BINDING, seen.key, seen.token)
    place.clock.sleep(5)
    part = {"creation": "entries", "rights": "acls", "edit": "/edit"}[fault]
    place.wiki.faults.fail_next(cut=True, method="POST", containing=part, after_executing=after)
    try:
        place.port.put_back(BINDING, wanted, "", image)
    except errors.SideError:
        place.clock.sleep(5)
        place.another_run().put_back(BINDING, wanted, "", image)
    assert content(place, seen.key) == before
    assert rights(place, seen.key) == kept


def test_a_half_made_entry_is_left_out_and_named(place: Place) -> None:
    seen = add_ours(place)
    wanted = operation(seen, Action.DELETE)
    image = image_of(place, wanted)
    place.port.delete(BINDING, seen.key, seen.token)
    place.clock.sleep(5)
    place.wiki.faults.fail_next(cut=True, method="POST", containing="acls")
    with pytest.raises(errors.SideError):
        place.port.put_back(BINDING, wanted, "", image)
    known = Known(tokens={seen.key: seen.token})
    snapshot = place.another_run().snapshot(BINDING, known)
    assert seen.key not in snapshot.sightings
    assert seen.key not in snapshot.absent
    assert [(one.code, one.entry) for one in snapshot.problems] == [("entry-unfinished", seen.key)]
    looks = place.port.look(BINDING, [seen.key])
    assert looks[seen.key] == Look(Presence.UNSURE, place.keys.robot, deletable=True)
    place.wiki.set_owner(seen.key, place.keys.member)
    assert seen.key in place.another_run().snapshot(BINDING, Known()).sightings


def test_a_half_made_entry_is_finished_by_the_creation_of_its_event(place: Place) -> None:
    made = place.create()
    wanted = operation(made.seen, Action.DELETE)
    image = image_of(place, wanted)
    place.port.delete(BINDING, made.seen.key, made.seen.token)
    place.clock.sleep(5)
    place.wiki.faults.fail_next(cut=True, method="POST", containing="/edit")
    with pytest.raises(errors.SideError):
        place.port.put_back(BINDING, wanted, "", image)
    place.clock.sleep(5)
    again = place.another_run().create(BINDING, UID, EVENT, None)
    assert again.seen.key == made.seen.key
    assert again.seen.record == made.seen.record


# Series


def add_series(place: Place) -> Seen:
    if place.wiki.settings.version == "4.4":
        pytest.skip("recurrence came with 4.5")
    days = {"bf_date_debut_evenement": "2027-03-02", "bf_date_fin_evenement": "2027-03-02"}
    place.wiki.add_entry(6, "Serie", {"bf_titre": "Série", **days}, owner=place.keys.robot)
    rule = {"isRecurrent": "1", "repetition": "d", "step": "1", "nbmax": "4", "limitdate": ""}
    place.wiki.edit("Serie", {"bf_date_fin_evenement_data": rule, **days}, user=place.keys.robot)
    place.clock.sleep(5)
    place.wiki.edit("Serie20270303", {"bf_lieu": "Salle B"}, user=place.keys.robot)
    place.wiki.remove("Serie20270304")
    place.wiki.set_acl("Serie20270305", read="+")
    place.clock.sleep(5)
    return place.seen("Serie")


def series(place: Place) -> dict[str, dict[str, Any]]:
    return {tag: content(place, tag) for tag in place.wiki.entries(6) if tag.startswith("Serie")}


def test_a_series_comes_back_with_what_members_changed_on_single_dates(place: Place) -> None:
    seen = add_series(place)
    before = series(place)
    wanted = operation(seen, Action.DELETE)
    image = image_of(place, wanted)
    place.port.delete(BINDING, "Serie", "")
    assert series(place) == {}
    place.clock.sleep(5)
    back = place.port.put_back(BINDING, wanted, "", image)
    assert series(place) == before
    assert back.seen.record == seen.record
    assert rights(place, "Serie20270305")[0] == "+"


def test_a_closed_series_comes_back_closed_on_all_its_dates(place: Place) -> None:
    add_series(place)
    for tag in series(place):
        place.wiki.set_acl(tag, read="+")
    private = replace(BINDING, private=True, read_acl="+")
    seen = place.port.snapshot(private, Known()).sightings["Serie"].seen
    assert seen is not None
    wanted = operation(seen, Action.DELETE)
    image = place.port.images(private, [wanted])[seen.key]
    ours = set(series(place))
    place.port.delete(private, "Serie", "")
    place.clock.sleep(5)
    shown: set[str] = set()
    port = place.port

    def look() -> None:
        listed = place.another_run()._client.entries("6").entries
        shown.update(str(one.properties["bf_titre"]) for tag, one in listed.items() if tag in ours)
        place.wiki.faults.interpose(look, method="POST", after=True)

    look()
    back = port.put_back(private, wanted, "", image)
    assert "undo-without-recurrence" in [problem.code for problem in back.problems]
    assert shown == {NEUTRAL_TITLE}
    assert {rights(place, tag)[0] for tag in series(place)} == {"+"}
    assert set(series(place)) == ours


def test_an_edit_of_a_series_is_undone_with_its_repetitions(place: Place) -> None:
    seen = add_series(place)
    before = {tag: held for tag, held in series(place).items() if tag != "Serie20270305"}
    wanted = operation(seen)
    image = image_of(place, wanted)
    place.wiki.set_acl("Serie20270305", read="*")
    place.wiki.remove("Serie20270305")
    structure = {**content(place, "Serie")["bf_date_fin_evenement_data"], "nbmax": "2"}
    changes = {"bf_titre": "Autre", "bf_date_fin_evenement_data": structure}
    place.wiki.edit("Serie", changes, user=place.keys.robot)
    place.clock.sleep(5)
    left = place.seen("Serie")
    back = place.port.put_back(BINDING, wanted, left.token, image)
    held = series(place)
    assert held.pop("Serie")["bf_titre"] == "Série"
    assert held["Serie20270303"]["bf_lieu"] == "Salle B"
    assert held.keys() == before.keys() - {"Serie"}
    assert replace(back.seen, token="") == replace(seen, token="")


def test_undoing_an_edit_of_a_series_leaves_its_repetitions_their_owners(place: Place) -> None:
    seen = add_series(place)
    for tag in series(place):
        place.wiki.set_owner(tag, place.keys.member)
    place.wiki.set_acl("Serie20270305", read="*")
    seen = place.seen("Serie")
    wanted = operation(seen)
    image = image_of(place, wanted)
    changed = {**content(place, "Serie"), "bf_titre": "Autre"}
    place.wiki.edit("Serie", changed, user=place.keys.robot)
    place.clock.sleep(5)
    place.port.put_back(BINDING, wanted, place.seen("Serie").token, image)
    owners = {place.wiki.revisions(tag)[0]["owner"] for tag in series(place)}
    assert owners == {place.keys.member}


def test_an_edit_that_made_a_series_is_undone_to_one_date(place: Place) -> None:
    if place.wiki.settings.version == "4.4":
        pytest.skip("recurrence came with 4.5")
    seen = place.seen(TAG)
    before = content(place, TAG)
    wanted = operation(seen)
    image = image_of(place, wanted)
    rule = {"isRecurrent": "1", "repetition": "d", "step": "1", "nbmax": "2", "limitdate": ""}
    place.wiki.edit(TAG, {"bf_date_fin_evenement_data": rule}, user=place.keys.robot)
    place.clock.sleep(5)
    left = place.seen(TAG)
    assert "#" in left.token
    back = place.port.put_back(BINDING, wanted, left.token, image)
    assert content(place, TAG) == before
    assert [tag for tag in place.wiki.entries(6) if tag.startswith(TAG)] == [TAG]
    assert back.seen.record == seen.record
