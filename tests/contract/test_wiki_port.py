"""Writing through the Wiki port, on the stand-in wiki, as both versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest

from oscartes_sync import errors
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Known
from oscartes_sync.records.event import RichText
from oscartes_sync.records.identity import has_suffix
from oscartes_sync.records.problem import Severity
from oscartes_sync.sandbox.wiki.templates import agenda_template, line
from tests.fakes.wiki_place import (
    AGENDA_OF,
    BINDING,
    DIRECTORY_OF,
    EVENT,
    UID,
    Place,
    open_place,
)


@pytest.fixture(params=["4.4", "4.5"])
def version(request: pytest.FixtureRequest) -> Literal["4.4", "4.5"]:
    return "4.4" if request.param == "4.4" else "4.5"


@pytest.fixture(params=[AGENDA_OF, DIRECTORY_OF], ids=["agenda", "directory"])
def place(version: Literal["4.4", "4.5"], request: pytest.FixtureRequest) -> Iterator[Place]:
    with open_place(version, request.param) as found:
        yield found


@pytest.fixture
def agenda(version: Literal["4.4", "4.5"]) -> Iterator[Place]:
    with open_place(version) as found:
        yield found


def made(place: Place) -> list[str]:
    """The entries of the form that are made for `UID`."""
    return [
        tag
        for tag in place.wiki.entries(place.of.binding.form)
        if has_suffix(tag, place.of.ending_of(UID))
    ]


def test_a_creation_is_read_back_as_the_wiki_keeps_it(place: Place) -> None:
    written = place.create()
    assert has_suffix(written.seen.key, place.of.ending_of(UID))
    assert written.problems == ()
    assert written.seen.record == replace(
        place.port.project(place.of.binding, place.of.record), page=written.seen.record.page
    )
    again = place.another_run().snapshot(place.of.binding, Known())
    assert again.sightings[written.seen.key].token == written.seen.token


def test_a_creation_never_overwrites_a_page(place: Place) -> None:
    first = place.create()
    tag = f"EteALaFermeCie{place.of.ending_of('other@cloud')}"
    place.wiki.add_page(tag, "une page d'un membre")
    other = place.create(uid="other@cloud")
    assert other.seen.key not in (tag, first.seen.key)
    assert place.wiki.revisions(tag)[0]["body"] == "une page d'un membre"


def test_an_entry_made_by_an_interrupted_run_is_adopted(place: Place) -> None:
    first = place.create()
    place.clock.sleep(5)
    again = place.another_run().create(place.of.binding, UID, place.of.record, None)
    assert again.seen.key == first.seen.key
    assert len(place.wiki.revisions(first.seen.key)) == 1


@pytest.mark.parametrize("title", [EVENT.title, "Tout autre titre"])
def test_an_entry_that_members_edited_since_is_left_to_the_merge(place: Place, title: str) -> None:
    first = place.create()
    place.wiki.edit(first.seen.key, {"bf_adresse": "Parc"}, user=place.keys.member)
    with pytest.raises(errors.Taken, match="entry-made-before"):
        place.another_run().create(place.of.binding, UID, place.of.named(title), None)
    held = place.wiki.entry(first.seen.key)
    assert held is not None
    assert held["bf_adresse"] == "Parc"
    assert len(made(place)) == 1


def test_a_lost_answer_to_a_creation_is_looked_for(place: Place) -> None:
    place.port.snapshot(place.of.binding, Known())
    place.wiki.faults.fail_next(cut=True, method="POST", after_executing=True)
    written = place.create()
    assert made(place) == [written.seen.key]
    place.wiki.faults.fail_next(cut=True, method="POST")
    with pytest.raises(errors.OutcomeUnknown):
        place.create(uid="other@cloud")


def test_a_creation_that_nobody_sees_is_an_error(place: Place) -> None:
    place.wiki.settings.default_read_acl = "+"
    with pytest.raises(errors.Forbidden, match="created-hidden"):
        place.create()


def test_a_creation_gets_its_owner(place: Place) -> None:
    binding = replace(place.of.binding, owner=place.keys.member)
    written = place.port.create(binding, UID, place.of.record, None)
    looks = place.port.look(binding, [written.seen.key])
    assert looks[written.seen.key].owner == place.keys.member
    ghost = replace(place.of.binding, owner="Personne")
    other = place.port.create(ghost, "other@cloud", place.of.record, None)
    assert {problem.code for problem in other.problems} == {"owner-not-set"}


def test_a_re_creation_takes_its_old_name(place: Place) -> None:
    place.wiki.remove(place.of.tag)
    assert place.create(key=place.of.tag).seen.key == place.of.tag


def test_what_where_would_not_select_is_refused(place: Place) -> None:
    binding = replace(place.of.binding, where="bf_ville=Massy")
    problem = place.port.refuses(binding, place.of.record)
    assert problem is not None
    assert problem.code == "not-in-where"
    with pytest.raises(errors.Invalid, match="not-in-where"):
        place.port.create(binding, UID, place.of.record, None)
    assert place.port.refuses(place.of.binding, place.of.record) is None


def test_an_edit_changes_that_field_alone(place: Place) -> None:
    seen = place.seen(place.of.tag)
    before = place.wiki.entry(seen.key)
    assert before is not None
    written = place.rename(seen, "Fête & co")
    after = place.wiki.entry(seen.key)
    assert after is not None
    changed = {key for key in after.keys() | before.keys() if after.get(key) != before.get(key)}
    assert changed <= {"bf_titre", "date_maj_fiche", "date_creation_fiche"}
    assert after["bf_titre"] == "Fête &amp; co"
    assert written.seen.record == replace(seen.record, **{place.of.called: "Fête & co"})
    assert place.seen(seen.key) == written.seen


def test_what_is_there_already_is_not_written(place: Place) -> None:
    seen = place.seen(place.of.tag)
    written = place.rename(seen, seen.record.title)
    assert written.seen == seen
    assert place.wiki.requests.counted("POST") == 0


def test_an_entry_that_moved_is_not_overwritten(place: Place) -> None:
    seen = place.seen(place.of.tag)
    place.wiki.edit(seen.key, {"bf_titre": "La leur"}, user=place.keys.member)
    with pytest.raises(errors.Moved):
        place.rename(seen, "Autre")
    with pytest.raises(errors.Moved):
        place.port.delete(place.of.binding, seen.key, seen.token)
    place.wiki.set_acl(seen.key, read="+")
    for closed in ("+", "@admins"):
        place.wiki.set_acl(seen.key, read=closed)
        with pytest.raises(errors.Forbidden, match="entry-hidden"):
            place.rename(seen, "Autre")
    place.wiki.remove(seen.key)
    with pytest.raises(errors.Missing):
        place.rename(seen, "Autre")


def test_rights_that_forbid_name_who_can(place: Place) -> None:
    seen = place.seen(place.of.tag)
    place.wiki.set_owner(seen.key, place.keys.member)
    place.wiki.set_acl(seen.key, write="%")
    with pytest.raises(errors.Forbidden) as refused:
        place.rename(seen, "Autre")
    assert refused.value.params["owner"] == place.keys.member
    with pytest.raises(errors.Forbidden) as refused:
        place.port.delete(place.of.binding, seen.key, seen.token)
    assert refused.value.params["owner"] == place.keys.member


def test_a_lost_answer_to_an_edit_is_looked_for(place: Place) -> None:
    seen = place.seen(place.of.tag)
    place.wiki.faults.fail_next(cut=True, method="POST", after_executing=True)
    assert place.rename(seen, "Autre").seen.record.title == "Autre"
    now = place.seen(seen.key)
    place.wiki.faults.fail_next(cut=True, method="POST")
    with pytest.raises(errors.OutcomeUnknown):
        place.rename(now, "Encore")


def test_a_captcha_and_hibernation_are_told(place: Place) -> None:
    seen = place.seen(place.of.tag)
    place.wiki.faults.captcha = True
    with pytest.raises((errors.Forbidden, errors.Invalid), match=r"wiki-captcha|edit-refused"):
        place.rename(seen, "Autre")
    place.wiki.faults.clear()
    place.wiki.faults.hibernate = True
    with pytest.raises(errors.Unavailable, match="wiki-hibernated"):
        place.rename(seen, "Autre")


def test_a_deletion_is_done_once_and_may_be_repeated(place: Place) -> None:
    written = place.create()
    place.port.delete(place.of.binding, written.seen.key, written.seen.token)
    assert place.wiki.entry(written.seen.key) is None
    place.port.delete(place.of.binding, written.seen.key, "")


def test_how_many_may_be_written_at_once(place: Place) -> None:
    assert (place.port.parallel(creating=True), place.port.parallel(creating=False)) == (4, 1)


# Of an agenda alone


def test_a_link_that_the_wiki_writes_otherwise_is_kept_all_the_same(agenda: Place) -> None:
    text = '<p>Voir <a href="HTTPS://user:p@Exemple.fr/été/[1]">ici</a> et http://é.fr</p>'
    described = replace(EVENT, description=RichText("Voir ici", text))
    assert agenda.create(described).problems == ()


def test_an_edit_of_another_field_since_is_kept_beside_ours(agenda: Place) -> None:
    seen = agenda.seen("FeteDesCommunsDOrsay")
    agenda.clock.sleep(60)
    agenda.wiki.edit(seen.key, {"bf_ville": "Bures"}, user=agenda.keys.member)
    agenda.clock.sleep(60)
    written = agenda.update(seen, title="Autre")
    entry = agenda.wiki.entry(seen.key)
    assert entry is not None
    assert (entry["bf_titre"], entry["bf_ville"]) == ("Autre", "Bures")
    assert (written.problems, "Bures" in written.seen.record.place) == ((), True)


ENDS = "*** *** *** * *** * *** *** *** *** ***"
MEMBERS = ENDS.replace("*** * ", "*** + ")
TRAPS = "\r\n".join(
    [
        f"texte***bf_titre***Titre***60***255*** *** ***text***1{ENDS}",
        f"listedatedeb***bf_date_debut_evenement***Début*** *** *** *** *** ***1{ENDS}",
        f"listedatefin***bf_date_fin_evenement***Fin*** *** *** *** *** ***1{ENDS}",
        f"texte***bf_public***Public***60***255*** *** ***text***1{ENDS}",
        f"map***bf_latitude***bf_longitude*** *** *** *** *** ***0{MEMBERS}",
    ]
)
TRAP = replace(BINDING, form="20", name="traps")


def test_what_the_form_requires_must_come_from_somewhere(agenda: Place) -> None:
    agenda.wiki.add_form(20, "Pièges", TRAPS)
    problem = agenda.port.refuses(TRAP, EVENT)
    assert problem is not None
    assert (problem.code, problem.severity) == ("required-empty", Severity.ERROR)
    assert agenda.port.refuses(replace(TRAP, defaults={"bf_public": "tous"}), EVENT) is None


def test_a_position_that_only_members_see_survives_our_edits(agenda: Place) -> None:
    agenda.wiki.add_form(20, "Pièges", TRAPS)
    spot = {"bf_latitude": "48.7", "bf_longitude": "2.1"}
    days = {"bf_date_debut_evenement": "2027-03-02", "bf_date_fin_evenement": "2027-03-02"}
    agenda.wiki.add_entry(20, "Piege", {"bf_titre": "Piège", "bf_public": "x", **days, **spot})
    agenda.clock.sleep(5)
    seen = agenda.port.snapshot(TRAP, Known()).sightings["Piege"].seen
    assert seen is not None
    assert seen.record.position is None
    change = FieldChange("title", seen.record.title, "Autre")
    agenda.port.update(TRAP, "Piege", seen.token, [change], replace(seen.record, title="Autre"))
    held = agenda.wiki.entry("Piege")
    assert held is not None
    assert (held["bf_titre"], held["bf_latitude"], held["bf_longitude"]) == ("Autre", "48.7", "2.1")


def test_what_the_wiki_does_not_keep_is_told(agenda: Place) -> None:
    seen = agenda.seen("FeteDesCommunsDOrsay")
    lines = agenda_template(agenda.wiki.settings.version).split("\r\n")
    closed = line("lien_internet", "bf_site_internet", "Lien", write="@admins")
    closing = "\r\n".join(closed if "bf_site_internet" in each else each for each in lines)
    agenda.wiki.faults.interpose(
        lambda: agenda.wiki.add_form(6, "Agenda", closing), method="POST", containing=seen.key
    )
    written = agenda.update(seen, link="https://autre.example/")
    assert [problem.code for problem in written.problems] == ["not-kept"]


def test_what_php_prints_beside_the_list_is_no_entry(agenda: Place) -> None:
    agenda.wiki.faults.raw_output = "Notice: undefined"
    snapshot = agenda.port.snapshot(BINDING, Known())
    assert len(snapshot.sightings) == 11
    assert snapshot.trusted


def test_a_series_is_deleted_with_its_repetitions(agenda: Place) -> None:
    if agenda.wiki.settings.version == "4.4":
        pytest.skip("recurrence came with 4.5")
    days = {"bf_date_debut_evenement": "2027-03-02", "bf_date_fin_evenement": "2027-03-02"}
    agenda.wiki.add_entry(6, "Serie", {"bf_titre": "Série", **days}, owner=agenda.keys.robot)
    rule = {"isRecurrent": "1", "repetition": "d", "step": "1", "nbmax": "2", "limitdate": ""}
    agenda.wiki.edit("Serie", {"bf_date_fin_evenement_data": rule, **days}, user=agenda.keys.robot)
    seen = agenda.seen("Serie")
    with pytest.raises(errors.Moved):
        agenda.port.delete(BINDING, "Serie", "2026-11-24 10:00:00#00000000|0000")
    agenda.port.delete(BINDING, "Serie", seen.token)
    assert [tag for tag in agenda.wiki.entries(6) if tag.startswith("Serie")] == []
