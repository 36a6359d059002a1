"""Spaces in Team folders: an administrator's own password for their calls, and no others."""

from __future__ import annotations

import pytest
import requests

from oscartes_sync.sandbox.wiki.seed_groups import GARDENS
from tests.e2e.conftest import BOT, Pair
from tests.e2e.spaces import (
    TITLE,
    add_group,
    close,
    codes,
    edit,
    furnish,
    moves,
    spaces,
    teams,
    tree,
)
from tests.e2e.test_spaces_bound import BINDINGS
from tests.fakes.wiki_place import Time

SECRET = "Mot-de-passe-d-administration-7"


@pytest.fixture
def group(dated: Pair) -> Pair:
    """One group, and an administrator whose own password stands in .env."""
    furnish(dated, team_folders="true")
    dated.cloud.add_user("chef", SECRET, admin=True)
    path = dated.folder / ".env"
    path.write_text(
        path.read_text("utf-8")
        + f"OSCARTES_CLOUD_NOE_ADMIN=chef\nOSCARTES_CLOUD_NOE_ADMIN_PASSWORD={SECRET}\n",
        encoding="utf-8",
    )
    return dated


def mounts(pair: Pair) -> dict[str, dict[str, int]]:
    """Mount point → team or group → rights."""
    folders = pair.cloud.further.mounts.team_folders.values()
    return {one.mount_point: dict(one.groups) for one in folders}


def test_a_team_folder_is_made_and_given_to_the_team(group: Pair, clock: Time) -> None:
    code, report = spaces(group, "apply")
    assert (code, codes(report)) == (0, [])
    (number,) = group.cloud.further.teams.records
    assert mounts(group) == {TITLE: {number: 15}}
    assert teams(group) == {TITLE: {"alice": 1}}
    (folder,) = group.cloud.further.mounts.team_folders.values()
    assert set(folder.root.children) == {"Comptes rendus", "Documents de travail", "Publié"}
    assert not [each for each in tree(group) if each.startswith("Espaces")]
    assert group.cloud.further.mounts.find("alice", (TITLE, "Publié")) is not None
    clock.sleep(120)
    assert moves(spaces(group, "apply")[1]) == []


def test_what_is_published_in_it_is_on_the_wiki(group: Pair, clock: Time) -> None:
    bind(group)
    spaces(group, "apply")
    group.cloud.put_file("alice", f"{TITLE}/Publié/Bilan.md", b"Bilan")
    clock.sleep(60)
    code, report = group.json("sync", f"documents/{GARDENS}")
    assert (code, [one["status"] for one in report["bindings"][0]["operations"]]) == (0, ["done"])
    (number,) = group.cloud.further.teams.records
    assert mounts(group) == {TITLE: {number: 31}}
    assert moves(spaces(group, "apply")[1]) == []
    (link,) = [one for one in group.cloud.further.mounts.shares if one.token]
    clock.sleep(60)
    assert spaces(group, "archive", GARDENS)[0] == 0
    assert mounts(group) == {TITLE: {number: 17}}
    address = f"{group.cloud.url}/public.php/dav/files/{link.token}"
    assert requests.get(address, timeout=10).content == b"Bilan"


def test_what_the_wiki_shows_of_it_may_not_be_closed(group: Pair) -> None:
    bind(group, 'after_archive = "none"')
    found, document = group.json("spaces", "plan")
    assert (found, document["error"]["code"]) == (2, "config-links-closed")
    path = group.folder / "oscartes.toml"
    path.write_text(f'{path.read_text("utf-8")}template = ["Notes"]\n', encoding="utf-8")
    assert group.json("spaces", "plan")[0] == 0


def test_only_their_calls_are_made_as_the_administrator(group: Pair) -> None:
    spaces(group, "apply")
    as_chef = {one.path for one in group.cloud.requests if one.user == "chef"}
    assert as_chef
    assert all("/apps/groupfolders/" in path for path in as_chef)


def test_with_the_state_gone_it_is_found_again(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    before = mounts(group)
    (group.folder / "oscartes.db").unlink()
    clock.sleep(120)
    code, report = spaces(group, "apply")
    assert (code, moves(report), mounts(group)) == (0, [], before)


def test_an_interrupted_one_is_gone_on_with(group: Pair, clock: Time) -> None:
    group.cloud.faults.fail_next(
        cut=True, after_executing=True, method="POST", containing="/groups"
    )
    assert spaces(group, "apply")[0] == 4
    assert [each.startswith("oscartes-") for each in mounts(group)] == [True]
    clock.sleep(60)
    assert spaces(group, "apply")[0] == 0
    assert set(mounts(group)) == {TITLE}


def test_one_that_was_named_and_not_marked_is_the_teams_all_the_same(
    group: Pair, clock: Time
) -> None:
    group.cloud.faults.fail_next(cut=True, method="PROPPATCH", containing="/files/")
    assert spaces(group, "apply")[0] == 4
    assert set(mounts(group)) == {TITLE}
    (group.folder / "oscartes.db").unlink()
    clock.sleep(60)
    assert spaces(group, "apply")[0] == 0
    assert set(mounts(group)) == {TITLE}
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == []


@pytest.mark.parametrize("remembered", [True, False])
def test_a_mount_point_that_an_administrator_changed_stays_so(
    group: Pair, clock: Time, remembered: bool
) -> None:
    spaces(group, "apply")
    if not remembered:
        (group.folder / "oscartes.db").unlink()
    remount(group, "Jardins d’en bas")
    clock.sleep(60)
    code, report = spaces(group, "apply")
    assert (code, codes(report)) == (0, [])
    assert moves(report) == [("update", "folder", "done")]
    assert set(mounts(group)) == {"Jardins d’en bas"}
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == []


def test_another_folder_of_the_team_is_left_alone(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    (number,) = group.cloud.further.teams.records
    other = group.cloud.further.team_folders.make("Photos")
    other.groups[number] = 31
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == []
    remount(group, "Photos de l’an passé", "Photos")
    (group.folder / "oscartes.db").unlink()
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == []
    assert other.groups == {number: 31}


def test_a_folder_that_is_mounted_where_ours_was_is_not_ours(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    (ours,) = group.cloud.further.mounts.team_folders.values()
    remount(group, "Ailleurs")
    other = group.cloud.further.team_folders.make(TITLE)
    assert other.root.dead
    other.groups |= ours.groups
    clock.sleep(60)
    assert spaces(group, "apply")[0] == 0
    assert set(other.root.children) == set()
    assert ours.root.dead == other.root.dead


def test_a_new_space_is_not_over_because_an_earlier_one_was_at_its_place(
    group: Pair, clock: Time
) -> None:
    add_group(group, "AnciensJardins", TITLE)
    edit(group, bf_titre="Autre groupe")
    spaces(group, "apply")
    clock.sleep(60)
    assert spaces(group, "archive", "AnciensJardins")[0] == 0
    remount(group, "Vieux jardins")
    edit(group, bf_titre=TITLE)
    add_group(group, "Jardins2", TITLE)
    clock.sleep(60)
    assert spaces(group, "apply")[0] == 0
    assert TITLE in mounts(group)
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == []
    listed = {one["entry"]: one["state"] for one in group.json("spaces", "list")[1]["spaces"]}
    assert listed["Jardins2"] == "live"


def test_a_folder_that_is_remembered_is_not_taken_for_another(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    (number,) = group.cloud.further.teams.records
    (ours,) = group.cloud.further.mounts.team_folders.values()
    del ours.groups[number]
    other = group.cloud.further.team_folders.make("Photos")
    other.groups[number] = 1
    clock.sleep(60)
    spaces(group, "apply")
    assert (other.groups, other.root.dead, other.root.children) == ({number: 1}, {}, {})


def test_a_group_that_is_not_public_passes_nothing_on(group: Pair, clock: Time) -> None:
    bind(group)
    close(group)
    spaces(group, "apply")
    (number,) = group.cloud.further.teams.records
    assert mounts(group) == {TITLE: {number: 15}}
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == []
    assert spaces(group, "archive", GARDENS)[0] == 0
    assert mounts(group) == {TITLE: {number: 1}}


def test_a_folder_from_before_stays_the_bots_own_and_is_closed(group: Pair, clock: Time) -> None:
    path = group.folder / "oscartes.toml"
    path.write_text(path.read_text("utf-8").replace("team_folders = true", ""), encoding="utf-8")
    spaces(group, "apply")
    path.write_text(f"{path.read_text('utf-8')}team_folders = true\n", encoding="utf-8")
    bind(group)
    clock.sleep(60)
    assert moves(spaces(group, "apply")[1]) == []
    assert mounts(group) == {}
    assert spaces(group, "archive", GARDENS)[0] == 0
    (share,) = [one for one in group.cloud.further.mounts.shares if one.kind == 7]
    assert share.permissions == 1


def bind(pair: Pair, *more: str) -> None:
    """Documents are published from the spaces; one more line each of their table."""
    path = pair.folder / "oscartes.toml"
    bound = path.read_text("utf-8").replace("[[spaces]]", f"{BINDINGS}\n[[spaces]]")
    lines = "\n".join(('documents = "documents"', *more))
    path.write_text(f"{bound}{lines}\n", encoding="utf-8")


def remount(pair: Pair, name: str, former: str = TITLE) -> None:
    """An administrator gives a Team folder another mount point."""
    number = next(
        one.number
        for one in pair.cloud.further.mounts.team_folders.values()
        if one.mount_point == former
    )
    requests.post(
        f"{pair.cloud.url}/index.php/apps/groupfolders/folders/{number}/mountpoint",
        data={"mountpoint": name},
        auth=("chef", SECRET),
        headers={"OCS-APIRequest": "true"},
        timeout=10,
    ).raise_for_status()


def test_it_is_archived_and_closed(group: Pair, clock: Time) -> None:
    spaces(group, "apply")
    group.cloud.put_file(BOT, f"{TITLE}/Publié/Bilan.md", b"Bilan")
    clock.sleep(60)
    code, report = spaces(group, "archive", GARDENS)
    assert (code, codes(report)) == (0, [])
    (number,) = group.cloud.further.teams.records
    assert mounts(group) == {TITLE: {number: 1}}
    assert [each for each in tree(group) if each.endswith(".zip")]


def test_an_app_password_is_refused_with_a_remedy(group: Pair) -> None:
    if group.cloud.core.version != 34:
        pytest.skip("32 takes an app password")
    group.cloud.core.directory.accounts["chef"].app_passwords.add("app-password-of-chef")
    path = group.folder / ".env"
    path.write_text(path.read_text("utf-8").replace(SECRET, "app-password-of-chef"), "utf-8")
    code, report = spaces(group, "apply")
    assert (code, codes(report)) == (4, ["team-folders-refused"])


def test_a_wrong_password_of_the_administrator_is_not_taken_for_the_bots(group: Pair) -> None:
    path = group.folder / ".env"
    path.write_text(path.read_text("utf-8").replace(SECRET, "faux"), "utf-8")
    code, report = spaces(group, "apply")
    assert (code, codes(report)) == (1, ["team-folders-refused"])


def test_doctor_says_whether_the_password_will_do(group: Pair) -> None:
    def told() -> dict[str, str]:
        checks = group.json("doctor")[1]["checks"]
        return {one["id"]: one["status"] for one in checks if one["target"] == "spaces.groupes"}

    assert told()["space-team-folders"] == "ok"
    group.cloud.core.directory.accounts["chef"].app_passwords.add("app-password-of-chef")
    path = group.folder / ".env"
    path.write_text(path.read_text("utf-8").replace(SECRET, "app-password-of-chef"), "utf-8")
    newer = group.cloud.core.version == 34
    assert told()["space-team-folders"] == ("fail" if newer else "ok")
