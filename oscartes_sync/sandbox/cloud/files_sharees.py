"""Whom one may share with: the sharees search (recording 132)."""

from __future__ import annotations

from typing import Any

from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_mounts import GROUP, TEAM, USER
from oscartes_sync.sandbox.cloud.files_ocs import Form

EMPTY = ("users", "groups", "remotes", "remote_groups", "emails", "circles", "rooms")
Entry = tuple[str, str, str, dict[str, Any]]


def sharees(core: Core, uid: str, form: Form) -> dict[str, Any]:
    """Accounts, groups and teams by part of a name; whole matches apart, under `exact`.

    Accounts are found by their e-mail address, too (seen on 33.0.1).
    """
    wanted = form.get("search", "").casefold()
    exact: dict[str, list[Any]] = {name: [] for name in EMPTY}
    partial: dict[str, list[Any]] = {name: [] for name in EMPTY[:5]}
    partial |= {"lookup": [], "circles": [], "rooms": []}
    for kind, name, label, record in _all(core, uid):
        address = str(record.get("shareWithDisplayNameUnique", "")).casefold()
        texts = (name.casefold(), label.casefold(), address)
        if wanted in texts:
            exact[kind].append(record)
        elif any(wanted in one for one in texts):
            partial[kind].append(record)
    return {"exact": exact, **partial, "lookupEnabled": False}


def _all(core: Core, uid: str) -> list[Entry]:
    directory = core.directory
    found: list[Entry] = []
    for account in directory.accounts.values():
        if account.uid == uid:
            continue
        label = account.name or account.uid
        record = {
            "label": label,
            "subline": "",
            "icon": "icon-user",
            "value": {"shareType": USER, "shareWith": account.uid},
            "shareWithDisplayNameUnique": account.email or account.uid,
            "status": [],
        }
        found.append(("users", account.uid, label, record))
    for gid, label in sorted(directory.groups.items()):
        value = {"shareType": GROUP, "shareWith": gid}
        found.append(("groups", gid, label, {"label": label, "value": value}))
    for team in directory.teams.values():
        if uid in team.members:
            value = {"shareType": TEAM, "shareWith": team.number}
            found.append(("circles", team.number, team.name, {"label": team.name, "value": value}))
    return found
