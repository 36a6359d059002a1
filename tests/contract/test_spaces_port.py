"""Spaces of a cloud as unkind as the real ones: what bears a marker, and what does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.spaces.places import NextcloudSpaces
from oscartes_sync.errors import (
    Forbidden,
    Missing,
    NotKept,
    OutcomeUnknown,
    Overloaded,
    Taken,
    Unexpected,
)
from oscartes_sync.planning.spaces.deciding import mark_line
from oscartes_sync.planning.spaces.values import (
    FoundSpace,
    FoundTeam,
    KeptSpace,
    SpaceKind,
    calendar_uri,
    marker,
    working_name,
)
from oscartes_sync.sandbox.cloud.faults import PlannedFailure
from oscartes_sync.sandbox.cloud.teams import Membership
from tests.e2e.folders import FolderClient
from tests.fakes.clouds import ALICE, BOT, LOGIN, PASSWORD, StandInWorld

KIND = SpaceKind(name="groupes", wiki="noe", cloud="noe", form="8")
TAG, TITLE = "Jardins", "Jardins & co"
MARK = marker(KIND, TAG)
TEXT = f"Semer.\n{mark_line(MARK)}"


@pytest.fixture(params=[34, 32])
def world(request: pytest.FixtureRequest) -> Iterator[StandInWorld]:
    with StandInWorld(version=request.param) as stand_in:
        yield stand_in


def fresh(world: StandInWorld) -> NextcloudSpaces:
    """The port as a run has it."""
    return NextcloudSpaces(
        CloudSettings(id="noe", url=world.cloud.url, user=LOGIN, password=PASSWORD),
        world.clock,
        world.kept.get,
        world.kept.__setitem__,
        user_agent="oscartes/test",
        zone="Europe/Paris",
    )


@pytest.fixture
def port(world: StandInWorld) -> NextcloudSpaces:
    return fresh(world)


def looked(port: NextcloudSpaces) -> FoundSpace:
    return port.look(KIND, [TAG], {})[TAG]


def team(port: NextcloudSpaces) -> FoundTeam:
    return port.make_team(MARK, TITLE, TEXT)


def whole(port: NextcloudSpaces) -> FoundSpace:
    """All of a space, as the next run finds it."""
    made = team(port)
    folder = port.make_folder(KIND, MARK, TITLE, made)
    port.share_folder(folder, made, 15)
    calendar = port.make_calendar(MARK, TITLE)
    port.share_calendar(calendar, made, write=True)
    return looked(port)


def test_there_is_nothing_at_first(port: NextcloudSpaces) -> None:
    assert looked(port).empty


def test_what_was_made_is_found_by_another_run(world: StandInWorld, port: NextcloudSpaces) -> None:
    made = whole(port)
    again = looked(fresh(world))
    assert again == made
    assert again.team is not None
    assert (again.team.name, again.team.description) == (TITLE, TEXT)
    assert again.team.members == {BOT: 9}
    assert again.folder is not None
    assert again.folder.path == f"Espaces/{TITLE}"
    assert again.folder.subfolders == set(KIND.template)
    assert again.share is not None
    assert again.share.rights == 15
    assert again.calendar is not None
    assert (again.calendar.uri, again.calendar.write) == (calendar_uri(MARK), True)


def test_a_tag_that_nobody_asked_for_is_found_by_its_marker(port: NextcloudSpaces) -> None:
    whole(port)
    assert set(port.look(KIND, [], {})) == {TAG}
    other = SpaceKind(name="autres", wiki="noe", cloud="noe", form="9")
    assert port.look(other, [], {}) == {}


def test_making_twice_makes_once(port: NextcloudSpaces) -> None:
    first = whole(port)
    again = port.make_team(MARK, TITLE, TEXT)
    assert first.team is not None
    assert again.id == first.team.id
    assert port.make_calendar(MARK, TITLE).uri == calendar_uri(MARK)
    assert looked(port) == first


@pytest.mark.parametrize("containing", ["/circles", "/description", "/name"])
@pytest.mark.parametrize("executed", [False, True])
def test_a_team_whose_making_was_cut_short_is_gone_on_with(
    world: StandInWorld, port: NextcloudSpaces, containing: str, executed: bool
) -> None:
    method = "POST" if containing == "/circles" else "PUT"
    cut = PlannedFailure(cut=True, after_executing=executed, method=method, containing=containing)
    world.cloud.faults.planned.append(cut)
    try:
        team(port)
    except OutcomeUnknown:
        assert not (containing == "/circles" and executed)
    team(fresh(world))
    names = [one.name for one in world.cloud.core.directory.teams.values()]
    assert names == [TITLE]


def test_a_team_of_the_same_name_is_left_alone(world: StandInWorld, port: NextcloudSpaces) -> None:
    world.cloud.core.directory.add_team(TITLE, {BOT, ALICE})
    assert looked(port).team is None
    assert team(port).name == f"{TITLE} (2)"


def test_a_marker_in_a_team_that_is_not_ours_counts_for_nothing(
    world: StandInWorld, port: NextcloudSpaces
) -> None:
    directory = world.cloud.core.directory
    theirs = directory.add_team("À elle", {ALICE, BOT})
    api = world.cloud.further.teams
    api.records[theirs.number] = api._adopted(theirs)
    api.records[theirs.number].description = TEXT
    assert looked(port).team is None


def test_two_teams_of_ours_with_one_marker_are_told(
    world: StandInWorld, port: NextcloudSpaces
) -> None:
    team(port)
    other = port.make_team(marker(KIND, "Autre"), "Autre", mark_line(marker(KIND, "Autre")))
    world.cloud.further.teams.records[other.id].description = TEXT
    found = looked(port)
    assert (found.team, [each.code for each in found.problems]) == (None, ["space-ambiguous"])


def test_a_folder_of_the_same_name_is_left_alone(
    world: StandInWorld, port: NextcloudSpaces
) -> None:
    world.cloud.put_file(BOT, f"Espaces/{TITLE}/lettre.md", b"x")
    made = port.make_folder(KIND, MARK, TITLE, team(port))
    assert made.path == f"Espaces/{TITLE} (2)"
    assert looked(port).folder == made


def test_a_title_that_no_folder_can_have_makes_one_all_the_same(port: NextcloudSpaces) -> None:
    made = port.make_folder(KIND, MARK, "GT : agenda / wiki?", team(port))
    assert made.path == "Espaces/GT - agenda - wiki"


def test_a_folder_that_lost_its_marker_is_known_by_its_id(
    world: StandInWorld, port: NextcloudSpaces
) -> None:
    made = whole(port)
    assert made.folder is not None
    node = world.cloud.further.mounts.resolve(BOT, tuple(made.folder.path.split("/"))).node
    node.dead.clear()
    assert looked(port).folder is None
    kept = KeptSpace(kind="groupes", tag=TAG, folder=made.folder.fileid)
    found = port.look(KIND, [TAG], {TAG: kept})[TAG].folder
    assert found is not None
    assert (found.path, found.marked) == (made.folder.path, False)


def test_a_folder_in_the_bin_is_told_as_that(world: StandInWorld, port: NextcloudSpaces) -> None:
    made = whole(port)
    assert made.folder is not None
    FolderClient(world.cloud.url, BOT, PASSWORD, "Espaces").delete(TITLE)
    kept = KeptSpace(kind="groupes", tag=TAG, folder=made.folder.fileid)
    found = port.look(KIND, [TAG], {TAG: kept})[TAG].folder
    assert found is not None
    assert found.binned


def test_a_calendar_in_the_bin_is_told_and_not_made_anew(
    world: StandInWorld, port: NextcloudSpaces
) -> None:
    whole(port)
    url = f"{world.cloud.url}/remote.php/dav/calendars/{BOT}/{calendar_uri(MARK)}/"
    with requests.Session() as session:
        session.trust_env = False
        assert session.delete(url, auth=(LOGIN, PASSWORD), timeout=20).status_code == 204
    found = looked(port).calendar
    assert found is not None
    assert found.binned
    with pytest.raises(Taken, match="space-calendar-binned"):
        port.make_calendar(MARK, TITLE)


def test_a_calendar_without_its_property_is_known_by_its_address(
    world: StandInWorld, port: NextcloudSpaces
) -> None:
    cut = PlannedFailure(cut=True, method="PROPPATCH", containing="/calendars/")
    world.cloud.faults.planned.append(cut)
    with pytest.raises(OutcomeUnknown):
        port.make_calendar(MARK, TITLE)
    found = looked(fresh(world)).calendar
    assert found is not None
    assert not found.marked
    assert fresh(world).change_calendar(found, MARK, "").marked
    again = looked(fresh(world)).calendar
    assert again is not None
    assert again.marked


# Members


def test_members_come_and_go_and_rise(world: StandInWorld, port: NextcloudSpaces) -> None:
    made = team(port)
    port.join(made, ALICE)
    port.join(made, ALICE)
    port.set_level(made, ALICE, 4)
    port.set_level(made, ALICE, 4)
    found = looked(fresh(world)).team
    assert found is not None
    assert found.members == {BOT: 9, ALICE: 4}
    port.set_level(made, ALICE, 1)
    port.leave(made, ALICE)
    port.leave(made, ALICE)
    found = looked(fresh(world)).team
    assert found is not None
    assert found.members == {BOT: 9}


def test_who_has_no_account_is_told(port: NextcloudSpaces) -> None:
    with pytest.raises(Missing, match="member-gone"):
        port.join(team(port), "personne")


def test_a_bot_that_may_not_change_levels_is_told(
    world: StandInWorld, port: NextcloudSpaces
) -> None:
    made = team(port)
    port.join(made, ALICE)
    record = world.cloud.further.teams.records[made.id]
    record.owner = ALICE
    with pytest.raises(Forbidden, match="team-level-refused"):
        port.set_level(made, ALICE, 4)


def test_a_team_that_shows_nobody_is_told_and_stops_no_other(
    world: StandInWorld, port: NextcloudSpaces
) -> None:
    made = team(port)
    record = world.cloud.further.teams.records[made.id]
    record.members = [Membership("n", ALICE, 1, 9, 0)]
    record.team.members = {ALICE, BOT}
    found = port.look(KIND, [TAG, "Autre"], {})
    assert found["Autre"].empty


# Shares


def test_rights_are_changed_in_the_share_that_is_there(port: NextcloudSpaces) -> None:
    made = whole(port)
    assert made.team is not None
    assert made.folder is not None
    assert made.share is not None
    assert port.share_folder(made.folder, made.team, 1).id == made.share.id
    again = looked(port).share
    assert again is not None
    assert again.rights == 1
    port.unshare_folder(made.folder, made.share, made.team)
    port.unshare_folder(made.folder, made.share, made.team)
    assert looked(port).share is None


def test_a_share_that_was_answered_and_not_made_is_told(port: NextcloudSpaces) -> None:
    made = whole(port)
    assert made.calendar is not None
    with pytest.raises(NotKept):
        port.share_calendar(made.calendar, FoundTeam(id="nobody", name="x"), write=True)


def test_too_many_share_requests_are_told_at_once(
    world: StandInWorld, port: NextcloudSpaces
) -> None:
    if world.cloud.core.version != 34:
        pytest.skip("32 counts none (049)")
    made = whole(port)
    assert made.calendar is not None
    assert made.team is not None
    for turn in range(19):
        port.share_calendar(made.calendar, made.team, write=bool(turn % 2))
    with pytest.raises(Overloaded):
        port.share_calendar(made.calendar, made.team, write=False)


def test_lists_that_are_none_prove_nothing(world: StandInWorld, port: NextcloudSpaces) -> None:
    whole(port)
    for containing in ("/circles", "/shares"):
        body = b'{"ocs":{"meta":{"statuscode":200},"data":"x"}}'
        world.cloud.faults.answer_next(body, containing=containing, kind="application/json")
        with pytest.raises(Unexpected):
            fresh(world).look(KIND, [TAG], {})
        world.cloud.faults.clear()


def test_addresses_are_what_a_browser_opens(world: StandInWorld, port: NextcloudSpaces) -> None:
    made = whole(port)
    assert made.team is not None
    assert made.folder is not None
    assert port.links(made) == {
        "team_link": f"{world.cloud.url}/index.php/apps/contacts/direct/circle/{made.team.id}",
        "folder_link": f"{world.cloud.url}/index.php/f/{made.folder.fileid}",
        "calendar_link": f"{world.cloud.url}/index.php/apps/calendar",
    }
    assert port.links(FoundSpace()) == {}


def test_a_working_name_is_found_as_what_it_is_for(port: NextcloudSpaces) -> None:
    assert working_name(MARK).startswith("oscartes-")
    assert working_name(MARK) != working_name(marker(KIND, "Autre"))
