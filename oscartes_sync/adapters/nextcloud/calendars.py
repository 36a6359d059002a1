"""Calendars as collections: found, made, titled. One PROPFIND tells all that a run needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import canonical, decoded, last_segment, segment
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.discovery import Account, Discovery
from oscartes_sync.adapters.nextcloud.refusals import unexpected
from oscartes_sync.errors import (
    Forbidden,
    Invalid,
    Missing,
    OutcomeUnknown,
    SideError,
    Unexpected,
)

PROPS = (
    "d:resourcetype",
    "d:displayname",
    "cs:getctag",
    "d:sync-token",
    "ical:calendar-color",
    "cal:supported-calendar-component-set",
    "oc:owner-principal",
    "d:owner",
    "oc:read-only",
    "oc:invite",
    "d:current-user-privilege-set",
    "ncc:deleted-at",
    "x:states",
)
"""All that is asked of a calendar; the list is what keeps a run without changes at one request."""

_WRITING = frozenset(map(dav_xml.name, ("d:write", "d:write-content", "d:all")))
_SHARED_BY = "_shared_by_"


@dataclass(frozen=True, slots=True)
class Invite:
    """One share of a calendar. `principal` is `principals/groups/gt-outils`, escapes read."""

    principal: str
    write: bool
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar as its properties tell. `owner` is a uid, "" where the server does not say.

    `token` is its sync-token ("" for subscriptions and boards, which are no real calendars),
    `writes` what our privileges allow; `components` what it takes, empty for anything; `states`
    who works on it, see `states`.
    """

    href: str
    title: str = ""
    color: str = ""
    token: str = ""
    ctag: str = ""
    owner: str = ""
    ours: bool = True
    writes: bool = True
    trashed: bool = False
    real: bool = True
    components: frozenset[str] = frozenset()
    invites: tuple[Invite, ...] = field(default=())
    states: str = ""

    @property
    def uri(self) -> str:
        """Its name within the home, as a person would write it."""
        return decoded(last_segment(self.href))

    @property
    def takes_events(self) -> bool:
        """Whether events may be put there."""
        return not self.components or "VEVENT" in self.components


class Calendars:
    """The calendars of the account."""

    def __init__(self, dav: Dav, discovery: Discovery) -> None:
        self._dav = dav
        self._discovery = discovery

    def find(self, uri: str) -> Calendar | None:
        """The calendar of that name, ours or one shared to us under it; None if there is none.

        A name that is not found may mean that the remembered home is out of date, which one
        listing of the home tells.

        Raises:
            Missing: `calendar-ambiguous` where several people share one of that name.
        """
        found = self.at(self.href(uri))
        if found is not None:
            return found
        try:
            home = self.home()
        except Missing:
            if not self._discovery.again():
                raise
            return self.at(self.href(uri)) or self._shared(uri, self.home())
        return self._shared(uri, home)

    def at(self, href: str) -> Calendar | None:
        """The calendar at that href."""
        try:
            responses = self._dav.propfind(href, PROPS)
        except Missing:
            return None
        if not responses:
            raise Unexpected(
                "cloud-unexpected-answer", cloud=self._dav.cloud, href=href, status=207
            )
        return read_calendar(responses[0], self._discovery.account())

    def home(self) -> tuple[Calendar, ...]:
        """Everything that the account's home lists as a calendar, trashed and shared included.

        Raises:
            Unexpected: the answer does not even hold the home itself (RFC 4918, 9.1).
        """
        account = self._discovery.account()
        listed = self._dav.propfind(account.home, PROPS, depth=1)
        if account.home not in {canonical(response.href) for response in listed}:
            raise Unexpected(
                "cloud-unexpected-answer", cloud=self._dav.cloud, href=account.home, status=207
            )
        return tuple(
            read_calendar(response, account)
            for response in listed
            if canonical(response.href) != account.home and _is_collection_of_events(response)
        )

    def href(self, uri: str) -> str:
        """Where our calendar of that name is, or would be."""
        return f"{self._discovery.account().home}{segment(uri)}/"

    def make(self, uri: str, title: str, color: str, timezone: str) -> Calendar:
        """Make a calendar of events, and read it back.

        Raises:
            Forbidden: `calendar-limit` where the account may have no more (recording 048).
        """
        href = self.href(uri)
        body = dav_xml.mkcalendar(title, color, timezone)
        reply = self._dav.send("MKCALENDAR", href, body, patience=0)
        # 405 says that it is there by now: somebody was quicker.
        if reply.status not in (201, 405):
            raise self._not_made(self._dav.refusal(reply, wrote=True), href)
        made = self.at(href)
        if made is None:
            raise Missing("calendar-missing", cloud=self._dav.cloud, calendar=uri)
        return made

    def entitle(self, calendar: Calendar, title: str, color: str) -> frozenset[str]:
        """Set title and colour, each where it is not ""; the names of what was refused."""
        body = dav_xml.proppatch(title, color)
        reply = self._dav.send("PROPPATCH", calendar.href, body)
        if reply.status != 207:
            raise self._dav.refusal(reply, wrote=True)
        try:
            return dav_xml.failed(reply.body)
        except dav_xml.NotXml as failure:
            raise unexpected(reply, self._dav.cloud) from failure

    def sign(self, calendar: Calendar, states: str) -> None:
        """Leave our state's name on a calendar; a server that will not have it is left in peace."""
        # Nothing hangs on it: what keeps the server from answering, the writes after it meet too.
        for _ in range(2):
            try:
                self._dav.send("PROPPATCH", calendar.href, dav_xml.sign(states), patience=0)
            except OutcomeUnknown:
                continue
            except SideError:
                return
            return

    def _shared(self, uri: str, home: tuple[Calendar, ...]) -> Calendar | None:
        named = [one for one in home if not one.ours and one.uri.startswith(uri + _SHARED_BY)]
        if len(named) > 1:
            raise Missing("calendar-ambiguous", cloud=self._dav.cloud, calendar=uri)
        return named[0] if named else None

    def _not_made(self, error: SideError, href: str) -> SideError:
        if isinstance(error, Forbidden):
            return Forbidden("calendar-limit", href=href)
        if isinstance(error, Invalid):
            return Invalid("calendar-refused", href=href)
        return error


def read_calendar(response: dav_xml.Response, account: Account) -> Calendar:
    """A calendar from its properties.

    The home leaves `d:owner` out of some answers and a calendar by itself leaves out
    `oc:owner-principal` (recordings 013, 015), so either will do.
    """
    kinds = {str(child.tag) for child in _children(response, "d:resourcetype")}
    owner = _owner(response) or account.uid
    privileges = {
        str(one.tag)
        for privilege in _children(response, "d:current-user-privilege-set")
        for one in privilege
    }
    read_only = response.text("oc:read-only").strip() == "1"
    told = response.prop("d:current-user-privilege-set") is not None
    token = response.text("d:sync-token").strip()
    return Calendar(
        href=canonical(response.href.rstrip("/") + "/"),
        title=response.text("d:displayname"),
        color=response.text("ical:calendar-color").strip(),
        token=token,
        ctag=response.text("cs:getctag").strip(),
        owner=owner,
        ours=owner.casefold() == account.uid.casefold(),
        writes=not read_only and (not told or bool(privileges & _WRITING)),
        trashed=dav_xml.name("ncc:deleted-calendar") in kinds or bool(_deleted(response)),
        real=dav_xml.name("cal:calendar") in kinds and bool(token),
        components=frozenset(
            child.get("name", "")
            for child in _children(response, "cal:supported-calendar-component-set")
        ),
        invites=tuple(_invites(response)),
        states=response.text("x:states"),
    )


def _is_collection_of_events(response: dav_xml.Response) -> bool:
    kinds = {str(child.tag) for child in _children(response, "d:resourcetype")}
    wanted = map(dav_xml.name, ("cal:calendar", "ncc:deleted-calendar", "cs:subscribed"))
    return not kinds.isdisjoint(wanted)


def _children(response: dav_xml.Response, prefixed: str) -> list[dav_xml.Element]:
    found = response.prop(prefixed)
    return list(found) if found is not None else []


def _owner(response: dav_xml.Response) -> str:
    path = response.text("oc:owner-principal").strip()
    if not path:
        element = response.prop("d:owner")
        path = element.findtext(dav_xml.name("d:href"), "").strip() if element is not None else ""
    return decoded(last_segment(path)) if path else ""


def _deleted(response: dav_xml.Response) -> str:
    return response.text("ncc:deleted-at").strip()


def _invites(response: dav_xml.Response) -> list[Invite]:
    found = []
    for user in _children(response, "oc:invite"):
        href = user.findtext(dav_xml.name("d:href"), "").strip().removeprefix("principal:")
        write = user.find(f".//{dav_xml.name('oc:read-write')}") is not None
        label = user.findtext(dav_xml.name("oc:common-name"), "")
        found.append(Invite(decoded(href.replace("+", " ")), write, label))
    return found
