"""A form of groups on the stand-in wiki, and their spaces as the stand-in cloud holds them."""

from __future__ import annotations

from typing import Any

from oscartes_sync.sandbox.cloud.files_mounts import TEAM
from oscartes_sync.sandbox.wiki.seed_groups import (
    GARDENS,
    GROUPS,
    group_entry,
    public_property,
    seed_groups,
)
from tests.e2e.conftest import BOT, Pair

TITLE = "Jardins partagés"
FOLDER = f"Espaces/{TITLE}"
MARK = f"[oscartes noe:{GROUPS}:{GARDENS}]"
PARTS = ["team", "folder", "share", "calendar", "calendar-share", "member", "links"]


def furnish(pair: Pair, **more: Any) -> None:
    """The form with one group that alice is in; bob and carole have accounts too."""
    directory = pair.cloud.core.directory
    directory.accounts["alice"].email = "alice@prive.example"
    pair.cloud.add_user("bob", "bob", email="bob@prive.example")
    pair.cloud.add_user("carole", "carole", email="carole@prive.example")
    seed_groups(pair.wiki)
    configure(pair, **more)


def configure(pair: Pair, *, bindings: str = "", **more: Any) -> None:
    """One kind of spaces beside the agenda; values are TOML already."""
    pair.configure()
    path = pair.folder / "oscartes.toml"
    lines = "\n".join(f"{key} = {value}" for key, value in more.items())
    path.write_text(
        f"""{path.read_text("utf-8")}
{bindings}
[[spaces]]
name = "groupes"
form = {GROUPS}
{lines}
""",
        encoding="utf-8",
    )


def edit(pair: Pair, tag: str = GARDENS, **values: Any) -> None:
    """A member edits a group's entry."""
    pair.wiki.edit(tag, values, user="RobotNuage")


def add_group(pair: Pair, tag: str, title: str, members: str = "bob", **more: Any) -> None:
    """One more group."""
    entry = group_entry(pair.wiki.settings.version, title, members, **more)
    pair.wiki.add_entry(GROUPS, tag, entry, owner="RobotNuage", user="RobotNuage")


def close(pair: Pair, tag: str = GARDENS) -> None:
    """The group is not public any more."""
    edit(pair, tag, **{public_property(pair.wiki.settings.version): "2"})


def spaces(pair: Pair, *words: str) -> tuple[int, dict[str, Any]]:
    """`oscartes spaces …`: its exit code and the report of the one kind."""
    code, document = pair.json("spaces", *words)
    assert "spaces" in document, document
    return code, document["spaces"][0]


def moves(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(action, part, status) of a report, in order."""
    return [(op["action"], op["part"], op["status"]) for op in report["operations"]]


def codes(report: dict[str, Any]) -> list[str]:
    return sorted(problem["code"] for problem in report["problems"])


def teams(pair: Pair) -> dict[str, dict[str, int]]:
    """Team → account → level, the bot left out."""
    return {
        one.team.name: {each.name: each.level for each in one.members if each.name != BOT}
        for one in pair.cloud.further.teams.records.values()
    }


def described(pair: Pair, name: str = TITLE) -> str:
    (found,) = [
        one.description
        for one in pair.cloud.further.teams.records.values()
        if one.team.name == name
    ]
    return found


def tree(pair: Pair, uid: str = BOT) -> set[str]:
    """The paths of everything in an account's files that are its own."""
    found: set[str] = set()

    def walk(node: Any, path: str) -> None:
        for name, child in node.children.items():
            full = f"{path}/{name}" if path else name
            found.add(full)
            if child.folder:
                walk(child, full)

    walk(pair.cloud.further.mounts.store.home(uid), "")
    return found


def rights(pair: Pair) -> dict[str, int]:
    """Shared folder → what its team may do in it."""
    return {
        share.node.name: share.permissions
        for share in pair.cloud.further.mounts.shares
        if share.kind == TEAM
    }


def calendars(pair: Pair, uid: str = BOT) -> list[str]:
    """The spaces' calendars in an account's home."""
    return sorted(uri for uri in pair.cloud.calendars(uid) if uri.startswith("jardins"))


def put(pair: Pair, path: str, content: bytes = b"Bonjour") -> None:
    """A member puts a file into the folder of the space."""
    pair.cloud.put_file(BOT, f"{FOLDER}/{path}", content)


def shape(pair: Pair) -> tuple[Any, ...]:
    """All that there is of spaces: the same after runs that change nothing."""
    return teams(pair), tree(pair), rights(pair), calendars(pair), calendars(pair, "alice")
