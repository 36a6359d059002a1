"""Spaces of working groups through the command line: made, followed, found again."""

from __future__ import annotations

import pytest

from oscartes_sync.sandbox.wiki.seed_groups import GARDENS
from tests.e2e.conftest import BOT, Pair
from tests.e2e.spaces import (
    FOLDER,
    MARK,
    PARTS,
    TITLE,
    add_group,
    calendars,
    codes,
    configure,
    described,
    edit,
    furnish,
    moves,
    put,
    rights,
    shape,
    spaces,
    teams,
    tree,
)
from tests.fakes.wiki_place import Time


@pytest.fixture
def group(dated: Pair) -> Pair:
    """One group with alice in it."""
    furnish(dated)
    return dated


def test_an_entry_becomes_a_team_a_folder_and_a_calendar(group: Pair) -> None:
    code, planned = spaces(group, "plan")
    assert (code, [part for _, part, _ in moves(planned)]) == (0, PARTS)
    assert {status for _, _, status in moves(planned)} == {"planned"}
    assert (teams(group), calendars(group)) == ({}, [])
    code, report = spaces(group, "apply")
    assert (code, codes(report)) == (0, [])
    assert [(part, status) for _, part, status in moves(report)] == [
        (part, "done") for part in PARTS
    ]
    assert teams(group) == {TITLE: {"alice": 1}}
    assert described(group) == f"Semer & récolter ensemble.\n{MARK}"
    assert {each for each in tree(group) if each.startswith("Espaces")} == {
        "Espaces",
        FOLDER,
        f"{FOLDER}/Comptes rendus",
        f"{FOLDER}/Documents de travail",
        f"{FOLDER}/Publié",
    }
    assert rights(group) == {TITLE: 15}
    (uri,) = calendars(group)
    assert calendars(group, "alice") == [f"{uri}_shared_by_{BOT}"]


def test_the_addresses_stand_in_the_entry(group: Pair) -> None:
    spaces(group, "apply")
    entry = group.wiki.entry(GARDENS) or {}
    base = f"{group.cloud.url}/index.php"
    number = next(iter(group.cloud.further.teams.records))
    assert entry["bf_equipe"] == f"{base}/apps/contacts/direct/circle/{number}"
    assert entry["bf_dossier"].startswith(f"{base}/f/")
    assert entry["bf_calendrier"] == f"{base}/apps/calendar"
    assert entry["bf_membres"] == "alice"


def test_a_second_run_writes_nothing(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    before = shape(group)
    clock.sleep(120)
    spaces(group, "apply")
    clock.sleep(120)
    group.cloud.requests.clear()
    code, report = spaces(group, "apply")
    assert (code, moves(report), codes(report)) == (0, [], [])
    written = [one for one in group.cloud.requests if one.method not in ("GET", "PROPFIND")]
    assert written == []
    assert report["summary"]["requests"] == {"wiki": 4, "cloud": 6}
    assert shape(group) == before
    assert spaces(group, "plan", "--exit-code")[0] == 0


def test_pending_changes_are_told_by_the_exit_code(group: Pair) -> None:
    assert spaces(group, "plan", "--exit-code")[0] == 10
    assert spaces(group, "apply", "--dry-run")[0] == 0
    assert teams(group) == {}


def test_members_are_named_by_user_id_or_by_an_address(group: Pair) -> None:
    edit(
        group,
        bf_membres="alice, bob@prive.example; personne@nulle-part.example",
        bf_responsable="carole",
    )
    code, report = spaces(group, "apply")
    assert (code, codes(report)) == (0, ["space-member-unknown"])
    assert teams(group) == {TITLE: {"alice": 1, "bob": 1, "carole": 4}}
    (told,) = report["problems"]
    assert "number 3 " in told["message"]
    assert "nulle-part" not in str(report)


def test_who_leaves_the_list_leaves_the_team_and_nobody_else_does(group: Pair, clock: Time) -> None:
    edit(group, bf_membres="alice, bob", bf_responsable="bob")
    spaces(group, "apply")
    (record,) = group.cloud.further.teams.records.values()
    from tests.e2e.groups import put_in

    put_in(group, "carole")
    assert record.team.members >= {"alice", "bob", "carole"}
    clock.sleep(60)
    edit(group, bf_membres="alice", bf_responsable="")
    put(group, "Documents de travail/notes.md")
    code, report = spaces(group, "apply")
    assert (code, moves(report)) == (0, [("delete", "member", "done")])
    assert teams(group) == {TITLE: {"alice": 1, "carole": 1}}
    assert f"{FOLDER}/Documents de travail/notes.md" in tree(group)


def test_whom_a_person_took_out_stays_out(group: Pair, clock: Time) -> None:
    from tests.e2e.groups import take_out

    spaces(group, "apply")
    take_out(group, "alice")
    for _ in range(2):
        clock.sleep(120)
        code, report = spaces(group, "apply")
        assert (code, moves(report), codes(report)) == (0, [], ["member-left"])
    assert teams(group) == {TITLE: {}}


def test_an_emptied_list_takes_nobody_out(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    clock.sleep(60)
    edit(group, bf_membres="")
    code, report = spaces(group, "apply")
    assert (code, codes(report)) == (5, ["members-list-empty"])
    assert teams(group) == {TITLE: {"alice": 1}}
    assert spaces(group, "apply", "--allow-empty")[0] == 0
    assert teams(group) == {TITLE: {}}


def test_a_lead_is_raised_once_and_lowered_again(group: Pair, clock: Time) -> None:
    edit(group, bf_responsable="bob")
    spaces(group, "apply")
    assert teams(group) == {TITLE: {"alice": 1, "bob": 4}}
    (record,) = group.cloud.further.teams.records.values()
    bob = next(one for one in record.members if one.name == "bob")
    bob.level = 1
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == []
    bob.level = 4
    edit(group, bf_membres="alice, bob", bf_responsable="alice")
    spaces(group, "apply")
    assert teams(group) == {TITLE: {"alice": 4, "bob": 1}}


def test_a_new_title_is_carried_over_and_the_folder_keeps_its_name(
    group: Pair, clock: Time
) -> None:
    spaces(group, "apply")
    clock.sleep(60)
    edit(group, bf_titre="Jardins du plateau", bf_description="<p>Autrement.</p>")
    code, report = spaces(group, "apply")
    assert (code, moves(report)) == (
        0,
        [("update", "team", "done"), ("update", "calendar", "done")],
    )
    assert described(group, "Jardins du plateau") == f"Autrement.\n{MARK}"
    assert FOLDER in tree(group)
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == []


def test_what_people_change_in_the_cloud_stands_and_is_told(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    (record,) = group.cloud.further.teams.records.values()
    record.team.name = "Les jardiniers"
    record.description = f"À nous.\n{MARK}"
    clock.sleep(60)
    code, report = spaces(group, "apply")
    assert (code, moves(report)) == (0, [])
    assert codes(report) == ["space-team-described", "space-team-renamed"]
    assert set(teams(group)) == {"Les jardiniers"}


def test_rights_that_were_lowered_are_mended(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    group.cloud.further.mounts.shares[0].permissions = 1
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == [("update", "share", "done")]
    assert rights(group) == {TITLE: 15}
    group.cloud.further.mounts.shares.clear()
    assert moves(spaces(group, "apply")[1]) == [("create", "share", "done")]
    assert rights(group) == {TITLE: 15}


def test_the_published_folder_is_made_again_and_no_other(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    folder = group.cloud.further.mounts.find(BOT, ("Espaces", TITLE))
    assert folder is not None
    for name in ("Publié", "Comptes rendus"):
        del folder.node.children[name]
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == [("create", "subfolder", "done")]
    assert f"{FOLDER}/Publié" in tree(group)
    assert f"{FOLDER}/Comptes rendus" not in tree(group)


def test_with_the_state_gone_everything_is_found_again(group: Pair, clock: Time) -> None:
    edit(group, bf_responsable="bob")
    spaces(group, "apply")
    before = shape(group)
    (group.folder / "oscartes.db").unlink()
    clock.sleep(120)
    code, report = spaces(group, "apply")
    assert (code, moves(report), codes(report)) == (0, [], [])
    assert shape(group) == before
    clock.sleep(60)
    edit(group, bf_membres="carole", bf_responsable="")
    spaces(group, "apply")
    assert teams(group) == {TITLE: {"carole": 1}}


def test_things_of_the_same_name_are_left_alone(group: Pair) -> None:
    put(group, "lettre.txt", b"d'un autre")
    group.cloud.core.directory.add_team(TITLE, {BOT, "carole"})
    assert spaces(group, "apply")[0] == 0
    assert teams(group)[f"{TITLE} (2)"] == {"alice": 1}
    assert f"{FOLDER} (2)/Publié" in tree(group)
    assert {each for each in tree(group) if each.startswith(f"{FOLDER}/")} == {
        f"{FOLDER}/lettre.txt"
    }
    assert rights(group) == {f"{TITLE} (2)": 15}


def test_an_entry_that_is_gone_leaves_its_space_alone(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    before = shape(group)
    group.wiki.remove(GARDENS)
    clock.sleep(60)
    code, report = spaces(group, "apply")
    assert (code, moves(report), codes(report)) == (0, [], ["space-orphaned"])
    assert shape(group) == before


def test_an_entry_outside_where_is_an_orphan_too(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    configure(group, where='"bf_etat=choisi"')
    clock.sleep(60)
    code, report = spaces(group, "apply")
    assert (code, moves(report), codes(report)) == (0, [], ["space-orphaned"])


def test_an_entry_that_visitors_do_not_read_has_a_space(group: Pair) -> None:
    group.wiki.set_acl(GARDENS, read="+")
    assert spaces(group, "apply")[0] == 0
    assert teams(group) == {TITLE: {"alice": 1}}


def test_an_address_that_a_member_wrote_stays(group: Pair, clock: Time) -> None:
    edit(group, bf_dossier="https://ailleurs.example/")
    assert spaces(group, "apply")[0] == 0
    clock.sleep(60)
    assert codes(spaces(group, "apply")[1]) == ["space-link-kept"]
    assert (group.wiki.entry(GARDENS) or {})["bf_dossier"] == "https://ailleurs.example/"


def test_limits_are_kept_over_several_runs(group: Pair, clock: Time) -> None:
    for number in range(11):
        add_group(group, f"Groupe{number:02}", f"Groupe numéro {number}")
    code, report = spaces(group, "plan")
    assert (code, set(codes(report))) == (4, {"space-left-for-next"})
    code, report = spaces(group, "apply")
    assert (code, set(codes(report))) == (4, {"space-left-for-next"})
    assert len(group.cloud.calendars(BOT)) == 1 + 10
    assert len(rights(group)) + 10 <= 20
    clock.sleep(60)
    assert spaces(group, "apply")[0] == 4
    for _ in range(2):
        clock.sleep(3601)
        code, report = spaces(group, "apply")
    assert (code, codes(report)) == (0, [])
    assert (len(group.cloud.calendars(BOT)), len(rights(group))) == (1 + 12, 12)
    assert {len(each) for each in teams(group).values()} == {1}


@pytest.mark.parametrize(
    ("containing", "left"),
    [("/calendars/", ["calendar-share"]), ("/shares", ["share", "calendar-share"])],
)
def test_a_server_that_has_enough_before_we_do_is_heeded(
    group: Pair, clock: Time, containing: str, left: list[str]
) -> None:
    group.cloud.faults.fail_next(status=429, method="POST", containing=containing)
    code, report = spaces(group, "apply")
    assert (code, codes(report)) == (4, ["space-left-for-next"])
    assert [part for _, part, status in moves(report) if status == "skipped"] == left
    clock.sleep(60)
    code, report = spaces(group, "apply")
    assert (code, moves(report)) == (0, [("create", part, "done") for part in left])


def test_one_group_whose_dates_make_no_sense_stops_no_other(group: Pair) -> None:
    add_group(group, "GroupeSansFin", "Groupe sans fin", bf_fin="bientôt")
    code, report = spaces(group, "apply")
    assert (code, codes(report)) == (4, ["space-date-unreadable"])
    assert set(teams(group)) == {TITLE}


def test_one_name_restricts_a_run(group: Pair) -> None:
    add_group(group, "GroupeVelo", "Groupe vélo")
    assert spaces(group, "apply", "GroupeVelo")[0] == 0
    assert set(teams(group)) == {"Groupe vélo"}


def test_a_form_without_members_is_refused_with_a_remedy(group: Pair) -> None:
    configure(group, fields='{ members = "bf_nulle_part" }')
    code, report = spaces(group, "plan")
    assert (code, codes(report)) == (2, ["space-property-unknown"])
    assert "bf_membres" in report["problems"][0]["remedy"]


def test_what_was_made_is_listed_from_memory(group: Pair) -> None:
    spaces(group, "apply")
    group.cloud.faults.maintenance = True
    code, document = group.json("spaces", "list")
    (one,) = document["spaces"]
    assert (code, one["entry"], one["state"], one["members"]) == (0, GARDENS, "live", 1)
    assert one["folder"] == FOLDER
    code, out, _ = group.call("spaces", "list")
    assert (code, TITLE in out) == (0, True)


def test_it_is_told_in_french(group: Pair) -> None:
    group.environ["LANG"] = "fr_FR.UTF-8"
    edit(group, bf_membres="personne")
    code, out, _ = group.call("spaces", "plan")
    assert code == 0
    assert "à créer" in out
    assert "aucun compte" in out
    assert "To do" not in out


def test_doctor_tells_what_was_found_and_writes_nothing(group: Pair) -> None:
    code, document = group.json("doctor")
    told = [one for one in document["checks"] if one["target"] == "spaces.groupes"]
    assert {one["status"] for one in told} == {"ok"}
    assert "bf_membres" in told[0]["message"]
    assert teams(group) == {}
    configure(group, fields='{ members = "bf_nulle_part" }')
    code, document = group.json("doctor")
    (failed,) = [one for one in document["checks"] if one["id"] == "space-form"]
    assert (code, failed["status"]) == (1, "fail")
    assert failed["remedy"]


def test_so_many_who_would_leave_at_once_stay_until_somebody_says_so(
    group: Pair, clock: Time
) -> None:
    many = [f"membre{number}" for number in range(7)]
    for uid in many:
        group.cloud.add_user(uid, uid)
    edit(group, bf_membres=", ".join(["alice", *many]))
    spaces(group, "apply")
    clock.sleep(60)
    edit(group, bf_membres="alice")
    for verb in ("plan", "apply"):
        code, report = spaces(group, verb)
        assert (code, codes(report)) == (5, ["members-too-many"])
    assert len(teams(group)[TITLE]) == 8
    assert spaces(group, "plan", "--max-delete", "7")[0] == 0
    assert spaces(group, "apply", "--max-delete", "7")[0] == 0
    assert teams(group) == {TITLE: {"alice": 1}}
