"""Accounts, groups and teams, and what they are called among principals."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Account:
    """One account. `login` may differ from `uid`: DAV paths take the uid, sign-in either."""

    uid: str
    password: str
    login: str
    email: str = ""
    name: str = ""
    groups: set[str] = field(default_factory=set)
    admin: bool = False
    enabled: bool = True
    app_passwords: set[str] = field(default_factory=set)
    first_seen: int = 0
    last_seen: int = 0


@dataclass
class Team:
    """A team (circle): account uids in it."""

    number: str
    name: str
    members: set[str] = field(default_factory=set)


class Directory:
    """Who there is."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.groups: dict[str, str] = {}
        self.teams: dict[str, Team] = {}

    def add(self, account: Account) -> Account:
        """Add an account; its groups are made where missing."""
        self.accounts[account.uid] = account
        for group in account.groups:
            self.groups.setdefault(group, group)
        return account

    def add_team(self, name: str, members: Iterable[str], number: str | None = None) -> Team:
        """Add a team; its number is drawn unless given."""
        team = Team(number or secrets.token_urlsafe(23)[:31], name, set(members))
        self.teams[team.number] = team
        return team

    def by_login(self, name: str) -> Account | None:
        """The account that signs in with this name: its login or, as servers allow, its uid."""
        for account in self.accounts.values():
            if account.login == name:
                return account
        return self.accounts.get(name)

    def principals(self, uid: str) -> set[str]:
        """Every principal an account is or is in."""
        account = self.accounts[uid]
        names = {user_principal(uid)}
        names.update(f"principals/groups/{group}" for group in account.groups)
        names.update(
            f"principals/circles/{team.number}"
            for team in self.teams.values()
            if uid in team.members
        )
        return names

    def common_name(self, principal: str) -> str | None:
        """The display name of a principal that exists, None for another."""
        kind, _, name = principal.removeprefix("principals/").partition("/")
        if kind == "users" and name in self.accounts:
            return self.accounts[name].name or name
        if kind == "groups":
            return self.groups.get(name)
        if kind == "circles" and name in self.teams:
            return self.teams[name].name
        return None


def user_principal(uid: str) -> str:
    """``principals/users/…``."""
    return f"principals/users/{uid}"
