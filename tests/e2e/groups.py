"""Teams and groups of a cloud as their people see them, and a directory whose list they follow."""

from __future__ import annotations

from typing import Any

from oscartes_sync.sandbox.cloud.teams import Membership
from tests.e2e.conftest import BOT, Pair

TEAM = "Réseau"
GRANGE, PANIER, VELO = "LaGrangeAuxOutils", "LePanierDeLYvette", "CollectifVeloHurepoix"
OTHERS = (VELO, "EnergieDesCoteaux", "MediathequeDesSources")
ADDRESSES = {"alice": "alice@prive.example", "bob": "bob@prive.example"}
BOTH = f'[{{ team = "{TEAM}", members = "bf_mail" }}]'


def furnish(pair: Pair) -> None:
    """Accounts with addresses that nobody may read in the wiki, and who they are in the list."""
    directory = pair.cloud.core.directory
    directory.accounts["alice"].email = ADDRESSES["alice"]
    pair.cloud.add_user("bob", "bob", email=ADDRESSES["bob"])
    pair.cloud.add_user("carole", "carole", email="carole@prive.example")
    for tag in OTHERS:
        name(pair, tag, "")
    name(pair, GRANGE, ADDRESSES["alice"])
    name(pair, PANIER, "bob")


def name(pair: Pair, tag: str, value: str) -> None:
    """An entry names somebody, in a field that only its owner reads."""
    pair.wiki.edit(tag, {"bf_mail": value}, user="RobotNuage")


def configure(pair: Pair, groups: str = BOTH, **more: Any) -> None:
    """One binding of contacts that keeps groups; values are TOML already."""
    pair.configure()
    path = pair.folder / "oscartes.toml"
    head = path.read_text("utf-8").partition("[[bindings]]")[0]
    lines = "\n".join(f"{key} = {value}" for key, value in more.items())
    path.write_text(
        f"""{head}[[bindings]]
name = "annuaire"
kind = "contacts"
form = 5
collection = "annuaire"
title = "Annuaire du réseau"
groups = {groups}
{lines}
""",
        encoding="utf-8",
    )


def team(pair: Pair, called: str = TEAM) -> dict[str, int]:
    """Account → level of the one team of that name; none where there is none."""
    found = [one for one in pair.cloud.further.teams.records.values() if one.team.name == called]
    assert len(found) <= 1
    return {member.name: member.level for each in found for member in each.members}


def take_out(pair: Pair, account: str) -> None:
    """A person takes somebody out of the team, by hand."""
    (found,) = pair.cloud.further.teams.records.values()
    found.members = [one for one in found.members if one.name != account]
    found.team.members.discard(account)


def put_in(pair: Pair, account: str, level: int = 1) -> None:
    """A person lets somebody join, by hand."""
    (found,) = pair.cloud.further.teams.records.values()
    found.members = [one for one in found.members if one.name != account]
    found.members.append(Membership(f"number-of-{account}", account, 1, level, 0))
    found.team.members.add(account)


def moves(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(action, account's place, status) of the memberships of a report."""
    return [
        (op["action"], op["href"], op["status"])
        for op in report["operations"]
        if (op["href"] or "").startswith(("teams/", "groups/"))
    ]


def codes(report: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in report["problems"]]


def ours(members: dict[str, int]) -> set[str]:
    """Who is in it besides the bot."""
    return set(members) - {BOT}
