"""A calendar or an address book, as its properties tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import canonical, decoded, last_segment
from oscartes_sync.adapters.nextcloud.discovery import Account

SHARED_PROPS: Final = (
    "d:resourcetype",
    "d:displayname",
    "cs:getctag",
    "d:sync-token",
    "oc:owner-principal",
    "d:owner",
    "oc:read-only",
    "oc:invite",
    "d:current-user-privilege-set",
    "x:states",
)
"""What is asked of either; the list is what keeps a run without changes at one request."""

_WRITING = frozenset(map(dav_xml.name, ("d:write", "d:write-content", "d:all")))
Noun = Literal["calendar", "book"]
"""What it is, as the codes and the blanks of our messages have it."""

_REAL: Final = frozenset(map(dav_xml.name, ("cal:calendar", "card:addressbook")))
_SHARED_BY: Final = "_shared_by_"


@dataclass(frozen=True, slots=True)
class Invite:
    """One share of a calendar. `principal` is `principals/groups/gt-outils`, escapes read."""

    principal: str
    write: bool
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
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
    noun: Noun = "calendar"

    @property
    def uri(self) -> str:
        """Its name within the home, as a person would write it."""
        return decoded(last_segment(self.href))

    @property
    def takes_events(self) -> bool:
        """Whether events may be put there."""
        return not self.components or "VEVENT" in self.components


def shared_under(uri: str, home: tuple[Collection, ...]) -> list[Collection]:
    """Those that other people share with us under that name."""
    return [one for one in home if not one.ours and one.uri.startswith(uri + _SHARED_BY)]


def read_collection(response: dav_xml.Response, account: Account) -> Collection:
    """A calendar or an address book from its properties.

    The home leaves `d:owner` out of some answers and a calendar by itself leaves out
    `oc:owner-principal` (recordings 013, 015), so either will do.
    """
    kinds = kinds_of(response)
    owner = _owner(response) or account.uid
    privileges = {
        str(one.tag)
        for privilege in children(response, "d:current-user-privilege-set")
        for one in privilege
    }
    read_only = response.text("oc:read-only").strip() == "1"
    told = response.prop("d:current-user-privilege-set") is not None
    token = response.text("d:sync-token").strip()
    return Collection(
        href=canonical(response.href.rstrip("/") + "/"),
        title=response.text("d:displayname"),
        color=response.text("ical:calendar-color").strip(),
        token=token,
        ctag=response.text("cs:getctag").strip(),
        owner=owner,
        ours=owner.casefold() == account.uid.casefold(),
        writes=not read_only and (not told or bool(privileges & _WRITING)),
        trashed=dav_xml.name("ncc:deleted-calendar") in kinds or bool(_deleted(response)),
        real=not kinds.isdisjoint(_REAL) and bool(token),
        components=frozenset(
            child.get("name", "")
            for child in children(response, "cal:supported-calendar-component-set")
        ),
        invites=tuple(_invites(response)),
        states=response.text("x:states"),
        noun="book" if dav_xml.name("card:addressbook") in kinds else "calendar",
    )


def kinds_of(response: dav_xml.Response) -> frozenset[str]:
    """What it is, by the names of its resource types."""
    return frozenset(str(child.tag) for child in children(response, "d:resourcetype"))


def children(response: dav_xml.Response, prefixed: str) -> list[dav_xml.Element]:
    """What stands in a property."""
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
    for user in children(response, "oc:invite"):
        href = user.findtext(dav_xml.name("d:href"), "").strip().removeprefix("principal:")
        write = user.find(f".//{dav_xml.name('oc:read-write')}") is not None
        label = user.findtext(dav_xml.name("oc:common-name"), "")
        found.append(Invite(decoded(href.replace("+", " ")), write, label))
    return found
