"""The properties of address books and cards, as XML values by Clark name (080, 082, 087, 088)."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import format_datetime

from oscartes_sync.sandbox.cloud.calendar_properties import privileges
from oscartes_sync.sandbox.cloud.cards_seeing import (
    RECENT_BOOK,
    SYSTEM_BOOK,
    SYSTEM_OWNER,
    SeenBook,
    owner_name,
)
from oscartes_sync.sandbox.cloud.cards_store import AddressBook, StoredCard
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.files_xml import card
from oscartes_sync.sandbox.cloud.store import SYNC_PREFIX
from oscartes_sync.sandbox.cloud.xml_text import cs, dav, href_element, oc, text

VCARD_TYPE = "text/vcard; charset=utf-8"
MAX_RESOURCE_SIZE = "10000000"
ADDRESS_DATA = card("address-data")
DESCRIPTION = card("addressbook-description")
DATA_TYPES = "".join(
    f'<card:address-data-type content-type="{kind}" version="{version}"/>'
    for kind, version in (
        ("text/vcard", "3.0"),
        ("text/vcard", "4.0"),
        ("application/vcard+json", "4.0"),
    )
)
READING = ("read", "read-acl", "read-current-user-privilege-set")
WRITING = ("write-properties", "write", "write-content", "unlock", "bind", "unbind", "write-acl")
REPORTS = (
    "d:sync-collection",
    "d:expand-property",
    "d:principal-match",
    "d:principal-property-search",
    "d:principal-search-property-set",
    "card:addressbook-multiget",
    "card:addressbook-query",
    "oc:filter-comments",
    "oc:filter-files",
)
PROTECTED = frozenset(
    (
        cs("getctag"), dav("sync-token"), dav("resourcetype"), dav("getetag"), dav("owner"),
        dav("getlastmodified"), dav("current-user-privilege-set"), dav("supported-report-set"),
        card("supported-address-data"), card("max-resource-size"), oc("owner-principal"),
        oc("invite"), oc("read-only"), oc("groups"),
    )
)  # fmt: skip
BOOK_ALLPROP = (
    dav("resourcetype"), cs("getctag"), dav("displayname"), DESCRIPTION, oc("owner-principal"),
    oc("read-only"),
)  # fmt: skip
CARD_ALLPROP = (
    dav("getlastmodified"), dav("getcontentlength"), dav("resourcetype"), dav("getetag"),
    dav("getcontenttype"),
)  # fmt: skip


class BookProperties:
    """Answers what a PROPFIND asks of one book."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._values: dict[str, Callable[[SeenBook], str | None]] = {
            dav("resourcetype"): lambda _: "<d:collection/><card:addressbook/>",
            dav("displayname"): self._name,
            cs("getctag"): self._ctag,
            dav("sync-token"): self._sync_token,
            card("supported-address-data"): lambda _: DATA_TYPES,
            card("max-resource-size"): lambda _: MAX_RESOURCE_SIZE,
            oc("owner-principal"): self._owner,
            oc("read-only"): self._read_only,
            oc("invite"): self._invite,
            oc("groups"): lambda seen: None if seen.uri == RECENT_BOOK else "",
            dav("supported-report-set"): lambda _: _REPORTS,
            dav("current-user-privilege-set"): self._privileges,
            dav("owner"): self._owner_href,
        }

    def found(self, seen: SeenBook, names: list[str]) -> dict[str, str]:
        """The properties there are among those asked for."""
        values: dict[str, str] = {}
        for name in names:
            known = self._values.get(name)
            value = known(seen) if known else seen.kept_property(name)
            if value is not None:
                values[name] = value
        return values

    def _name(self, seen: SeenBook) -> str | None:
        name = seen.kept_property(dav("displayname"))
        mine = seen.book.member_properties.get(seen.viewer, {})
        if seen.own or seen.generated or name is None or dav("displayname") in mine:
            return name
        return f"{name} ({owner_name(self.core, seen.book)})"

    def _ctag(self, seen: SeenBook) -> str:
        token = str(seen.book.token)
        return f"{SYNC_PREFIX}{token}" if seen.uri == RECENT_BOOK else token

    def _sync_token(self, seen: SeenBook) -> str | None:
        return None if seen.uri == RECENT_BOOK else f"{SYNC_PREFIX}{seen.book.token}"

    def _owner(self, seen: SeenBook) -> str | None:
        if seen.own or seen.uri == RECENT_BOOK:
            return None
        return SYSTEM_OWNER if seen.uri == SYSTEM_BOOK else f"principals/users/{seen.book.owner}"

    def _owner_href(self, seen: SeenBook) -> str:
        owner = SYSTEM_OWNER if seen.generated else f"principals/users/{seen.book.owner}"
        return href_element(f"/remote.php/dav/{owner}/")

    def _read_only(self, seen: SeenBook) -> str | None:
        if seen.own:
            return None
        return "" if seen.writable else "1"

    def _invite(self, seen: SeenBook) -> str | None:
        if seen.uri == RECENT_BOOK:
            return None
        return invitees(seen.book)

    def _privileges(self, seen: SeenBook) -> str:
        if seen.writable:
            return privileges(*WRITING, *READING)
        return privileges("write-properties", *READING)


_REPORTS = "".join(
    f"<d:supported-report><d:report><{name}/></d:report></d:supported-report>" for name in REPORTS
)


def invitees(book: AddressBook) -> str:
    """``oc:user`` of everybody a book is shared with, by principal."""
    return "".join(
        "<oc:user>"
        f"<d:href>principal:{text(share.principal)}</d:href>"
        f"<oc:common-name>{text(share.common_name)}</oc:common-name><oc:invite-accepted/>"
        f"<oc:access><oc:{'read-write' if share.writable else 'read'}/></oc:access></oc:user>"
        for share in sorted(book.shares, key=lambda one: one.principal)
    )


def card_values(seen: SeenBook, stored: StoredCard, names: list[str]) -> dict[str, str]:
    """The properties of one card among those asked for; address-data as it is stored."""
    values: dict[str, str] = {}
    for name in names:
        value = _card_value(seen, stored, name)
        if value is not None:
            values[name] = value
    return values


def _card_value(seen: SeenBook, stored: StoredCard, name: str) -> str | None:
    if name == dav("getetag"):
        return text(stored.etag)
    if name == ADDRESS_DATA:
        return text(stored.body.decode("utf-8", "replace"))
    if name == dav("getlastmodified"):
        return format_datetime(stored.modified, usegmt=True)
    if name == dav("getcontentlength"):
        return str(len(stored.body))
    if name == dav("getcontenttype"):
        return VCARD_TYPE
    if name == dav("resourcetype"):
        return ""
    if name == dav("current-user-privilege-set"):
        return privileges(*WRITING, *READING) if seen.writable else privileges(*READING)
    return None
