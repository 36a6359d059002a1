"""Teams (circles): ``/ocs/v2.php/apps/circles/circles…`` (recording 141).

Records hold the keys an integrator reads; who invited whom is told one level deep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from oscartes_sync.sandbox.cloud.accounts import Team
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_ocs import answered, form_of, no_such_method, refusal
from oscartes_sync.sandbox.cloud.messages import Reply, Request
from oscartes_sync.sandbox.cloud.ocs import Ocs, as_json, random_text
from oscartes_sync.sandbox.cloud.team_levels import MEMBER, MODERATOR, OWNER, level_said

ID_LENGTH = 31
SHORTEST_NAME = 3
PERSON, GROUP, GROUP_SHOWN = 1, 2, 16
Record = dict[str, Any]


@dataclass(slots=True)
class Membership:
    """One member of a team: an account or a whole group. `joined` is seconds since 1970."""

    number: str
    name: str
    kind: int
    level: int
    joined: int


@dataclass
class TeamRecord:
    """What the API knows of a team beside its name and accounts."""

    team: Team
    owner: str
    creation: int
    config: int = 0
    description: str = ""
    members: list[Membership] = field(default_factory=list)


class TeamApi:
    """Makes teams and puts accounts and groups into them."""

    def __init__(self, core: Core, ocs: Ocs) -> None:
        self.core = core
        self.ocs = ocs
        self.records: dict[str, TeamRecord] = {}
        self._single_ids: dict[str, str] = {}

    def answer(self, request: Request) -> Reply:
        """Every route of the app; what 34 refuses without a word, it explains beside (141)."""
        reply = answered(self.ocs, request, self._dispatch)
        if reply.status == 403 and b'"message":""' in reply.body:
            said = as_json({"message": "Insufficient permissions to perform this action"})
            reply.body = reply.body.replace(b'"data":[]', b'"data":' + said)
        return reply

    def _dispatch(self, request: Request) -> Reply:
        parts = request.segments[5:]
        if request.segments[4:5] != ("circles",):
            raise refusal(404, "Invalid query, please check the syntax.", 998)
        if not parts:
            routes: dict[str, Callable[[Request], Any]] = {"GET": self._all, "POST": self._create}
            route = routes.get(request.method)
            return no_such_method() if route is None else self.ocs.well(request, route(request))
        listing = (request.method, parts[1:]) == ("GET", ("members",))
        if listing and not self._sees(request, parts[0]):
            return self.ocs.well(request, [])
        record = self._found(request, parts[0])
        changes: dict[tuple[str, str], Callable[[Request, TeamRecord], Any]] = {
            ("GET", ""): lambda one, team: self.record(team, one.user.uid),
            ("DELETE", ""): self._delete,
            ("GET", "members"): self._members,
            ("POST", "members"): self._add_member,
            ("PUT", "config"): self._set_config,
            ("PUT", "name"): self._set_name,
            ("PUT", "description"): self._set_description,
            ("PUT", "leave"): self._leave,
        }
        change = changes.get((request.method, "/".join(parts[1:])))
        if change is None and request.method == "DELETE" and parts[1:2] == ("members",):
            return self.ocs.well(request, self._remove_member(request, record, parts[2]))
        if (request.method, parts[1:2], parts[3:]) == ("PUT", ("members",), ("level",)):
            return self.ocs.well(request, self._set_level(request, record, parts[2]))
        if change is None:
            return no_such_method()
        return self.ocs.well(request, change(request, record))

    def _sees(self, request: Request, number: str) -> bool:
        """The members of a team that is gone, or a stranger's, are an empty list (33.0.1)."""
        team = self.core.directory.teams.get(number)
        return team is not None and request.user.uid in team.members

    def _found(self, request: Request, number: str) -> TeamRecord:
        """The team; 34 tells strangers, and owners who read one, to be an administrator (141)."""
        newer = self.core.version == 34
        reading = request.method == "GET" and len(request.segments) == 6
        if newer and reading and not request.user.admin:
            raise refusal(403, "Logged in account must be an admin")
        team = self.core.directory.teams.get(number)
        if team is None:
            raise refusal(403, "") if newer else refusal(404, "Circle not found")
        uid = request.user.uid
        if number not in self.records:
            self.records[number] = self._adopted(team)
        if uid not in team.members and not request.user.admin:
            raise refusal(403, "") if newer else refusal(404, "Circle not found")
        return self.records[number]

    def _adopted(self, team: Team) -> TeamRecord:
        """The record of a team made outside the API: its first member by name owns it."""
        now = self._now()
        uids = sorted(team.members)
        record = TeamRecord(team, uids[0] if uids else "", now)
        record.members = [
            Membership(random_text(ID_LENGTH), uid, PERSON, MEMBER if at else OWNER, now)
            for at, uid in enumerate(uids)
        ]
        return record

    def _now(self) -> int:
        return int(self.core.now().timestamp())

    def _all(self, request: Request) -> list[Record]:
        uid = request.user.uid
        found = []
        for number, team in self.core.directory.teams.items():
            if uid in team.members:
                if number not in self.records:
                    self.records[number] = self._adopted(team)
                found.append(self.record(self.records[number], uid))
        return found

    def _create(self, request: Request) -> Record:
        name, uid = form_of(request).get("name", "").strip(), request.user.uid
        if not name:
            raise refusal(400, "Team name cannot be empty")
        if len(name) < SHORTEST_NAME:
            raise refusal(400, "Circle name is too short")
        team = self.core.directory.add_team(name, {uid}, random_text(ID_LENGTH))
        now = self._now()
        owner = Membership(random_text(ID_LENGTH), uid, PERSON, OWNER, now)
        self.records[team.number] = TeamRecord(team, uid, now, members=[owner])
        return self.record(self.records[team.number], uid, fresh=True)

    def _owned(self, request: Request, record: TeamRecord) -> None:
        if record.owner != request.user.uid and not request.user.admin:
            raise (
                refusal(403, "") if self.core.version == 34 else refusal(400, "Insufficient rights")
            )

    def _kept(self, request: Request, record: TeamRecord) -> None:
        """Who may change the members: moderators and above."""
        levels = {one.name: one.level for one in record.members if one.kind == PERSON}
        if levels.get(request.user.uid, 0) < MODERATOR:
            raise (
                refusal(403, "") if self.core.version == 34 else refusal(400, "Insufficient rights")
            )

    def _delete(self, request: Request, record: TeamRecord) -> Record:
        self._owned(request, record)
        told = self.record(record, request.user.uid)
        del self.core.directory.teams[record.team.number]
        del self.records[record.team.number]
        return told

    def _set_config(self, request: Request, record: TeamRecord) -> Record:
        self._owned(request, record)
        said = form_of(request).get("value", "")
        record.config = int(said) if said.isdigit() else record.config
        return self.record(record, request.user.uid)

    def _set_name(self, request: Request, record: TeamRecord) -> Record:
        self._owned(request, record)
        record.team.name = form_of(request).get("value", "").strip() or record.team.name
        return self.record(record, request.user.uid)

    def _set_description(self, request: Request, record: TeamRecord) -> Record:
        self._owned(request, record)
        record.description = form_of(request).get("value", "")
        return self.record(record, request.user.uid)

    # Members

    def _members(self, _request: Request, record: TeamRecord) -> list[Record]:
        return [self._member(record, one) for one in record.members]

    def _add_member(self, request: Request, record: TeamRecord) -> Record:
        self._kept(request, record)
        form = form_of(request)
        name, kind = form.get("userId", ""), int(form.get("type") or PERSON)
        if kind == GROUP:
            if name not in self.core.directory.groups:
                raise refusal(404, f"group {name} not found")
        elif not self._means_somebody(name):
            raise refusal(404, f"user {name} not found")
        shown = GROUP_SHOWN if kind == GROUP else PERSON
        if any((one.name, one.kind) == (name, shown) for one in record.members):
            word = "team" if self.core.version == 34 else "circle"
            raise refusal(400, f"Already member of the {word}", 122)
        member = Membership(random_text(ID_LENGTH), name, shown, MEMBER, self._now())
        record.members.append(member)
        self._refresh(record)
        return self._member(record, member, fresh=True) | {"circle": self._plain(record)}

    def _means_somebody(self, name: str) -> bool:
        """An id in any case, or an address: each makes a member of its own (33.0.1)."""
        folded = name.casefold()
        return any(
            folded in (one.uid.casefold(), one.email.casefold())
            for one in self.core.directory.accounts.values()
        )

    def _remove_member(self, request: Request, record: TeamRecord, number: str) -> list[Record]:
        """An empty list where it is done, 404 for nobody's number (33.0.1)."""
        self._kept(request, record)
        if all(one.number != number for one in record.members):
            raise refusal(404, "")
        record.members = [one for one in record.members if one.number != number]
        self._refresh(record)
        return []

    def _set_level(self, request: Request, record: TeamRecord, number: str) -> Record:
        """A number wants JSON, a form wants a name; the same level again is refused (33.0.1)."""
        self._owned(request, record)
        level = level_said(request)
        if level is None:
            raise refusal(400, "Available levels: Member, Moderator, Admin, Owner")
        for one in record.members:
            if one.number == number:
                if one.level == level:
                    raise refusal(400, "This member already have the selected level")
                one.level = level
                return self._member(record, one) | {"circle": self._plain(record)}
        raise refusal(404, "")

    def _leave(self, request: Request, record: TeamRecord) -> Record:
        uid = request.user.uid
        told = self.record(record, uid)
        record.members = [one for one in record.members if (one.name, one.kind) != (uid, PERSON)]
        self._refresh(record)
        return told

    def _refresh(self, record: TeamRecord) -> None:
        """Who is in the team: its accounts, and those of its groups."""
        accounts = self.core.directory.accounts.values()
        groups = {one.name for one in record.members if one.kind == GROUP_SHOWN}
        people = {one.name for one in record.members if one.kind == PERSON}
        record.team.members = people | {one.uid for one in accounts if groups & one.groups}

    # Records

    def record(self, record: TeamRecord, viewer: str, *, fresh: bool = False) -> Record:
        """A team as one of its members sees it; the answer that makes it knows less (141)."""
        mine = [one for one in record.members if (one.name, one.kind) == (viewer, PERSON)]
        owner = [one for one in record.members if one.level == OWNER]
        told = self._plain(record)
        told["initiator"] = self._initiator(record, mine[0], fresh) if mine else None
        told["owner"] = self._member(record, owner[0], fresh=fresh) if owner else None
        told["settings"] = [] if fresh else self._counts(record)
        if fresh:
            told |= dict.fromkeys(("creation", *(told.keys() & self._counts(record))), 0)
        return told

    def _counts(self, record: TeamRecord) -> Record:
        """How many members there are, and how many accounts they come to."""
        return {
            "population": len(record.members) - 1,
            "populationInherited": len(record.team.members),
        }

    def _initiator(self, record: TeamRecord, member: Membership, fresh: bool) -> Record:
        told = self._member(record, member, fresh=fresh)
        single = self._single_id(member)
        if not fresh:
            told["inheritedBy"] = {
                **self._short(member),
                "inheritance": {
                    "singleId": single,
                    "circleId": record.team.number,
                    "circleConfig": record.config,
                    "level": member.level,
                    "inheritanceFirst": single,
                    "inheritanceLast": record.team.number,
                    "inheritancePath": [single],
                    "inheritanceDepth": 1,
                },
            }
        return told

    def _short(self, member: Membership) -> Record:
        return {
            "id": self._single_id(member),
            "userId": member.name,
            "userType": member.kind,
            "displayName": self._called(member),
            "instance": self._instance,
        }

    def _plain(self, record: TeamRecord) -> Record:
        name = self._shown_name(record)
        told = {
            "id": record.team.number,
            "name": record.team.name,
            "displayName": name,
            "sanitizedName": name,
            "source": 16,
            **self._counts(record),
            "config": record.config,
            "description": record.description,
            "url": "",
            "creation": record.creation,
        }
        if self.core.version == 32:
            told.pop("populationInherited")
        return told

    def _shown_name(self, record: TeamRecord) -> str:
        """The name; teams of one name are told apart by a number (141)."""
        same = [
            team for team in self.core.directory.teams.values() if team.name == record.team.name
        ]
        place = next((at for at, team in enumerate(same) if team is record.team), 0)
        return f"{record.team.name} ({place + 1})" if place else record.team.name

    def _member(self, record: TeamRecord, member: Membership, *, fresh: bool = False) -> Record:
        inviter = next((one for one in record.members if one.level == OWNER), member)
        invited = self._short(inviter) | {"basedOn": self._based_on(inviter)}
        return {
            "id": member.number,
            "circleId": record.team.number,
            "singleId": self._single_id(member),
            "userId": member.name,
            "userType": member.kind,
            "instance": self._instance,
            "local": True,
            "level": member.level,
            "status": "Member",
            "displayName": self._called(member),
            "displayUpdate": member.joined,
            "notes": [] if fresh else {"invitedBy": invited},
            "contactId": "",
            "contactMeta": "",
            "joined": member.joined,
            "invitedBy": invited,
            "basedOn": self._based_on(member),
        }

    @property
    def _instance(self) -> str:
        return self.core.url.partition("://")[2]

    def _single_id(self, member: Membership) -> str:
        """The id of the hidden team every account and group is by itself."""
        key = f"{member.kind}:{member.name}"
        return self._single_ids.setdefault(key, random_text(ID_LENGTH))

    def _based_on(self, member: Membership) -> Record:
        single, person = self._single_id(member), member.kind == PERSON
        told: Record = {
            "id": single,
            "name": f"user:{member.name}:{single}" if person else f"group:{member.name}",
            "displayName": self._called(member),
            "sanitizedName": "",
            "source": 1 if person else GROUP,
            "population": 0,
            "populationInherited": 0,
            "config": 1 if person else 1540,
            "description": "",
            "url": "",
            "creation": 0,
            "initiator": None,
        }
        if self.core.version == 32:
            del told["populationInherited"]
        return told

    def _called(self, member: Membership) -> str:
        kind = "users" if member.kind == PERSON else "groups"
        found = self.core.directory.common_name(f"principals/{kind}/{member.name}")
        return found or member.name
