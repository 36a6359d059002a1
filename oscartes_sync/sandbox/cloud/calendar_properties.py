"""The properties of calendars and of calendar objects, as XML values by Clark name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from oscartes_sync.sandbox.cloud.accounts import user_principal
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.seeing import Seen, last_modified
from oscartes_sync.sandbox.cloud.store import Calendar, Resource, Share
from oscartes_sync.sandbox.cloud.xml_text import (
    SABRE_NS,
    Writer,
    apple,
    cal,
    cs,
    dav,
    href_element,
    ncc,
    oc,
    text,
)

MAX_RESOURCE_SIZE = "10000000"
READING = ("read", "read-acl", "read-current-user-privilege-set")
WRITING = ("write", "write-properties", "write-content", "unlock", "bind", "unbind")
REPORTS = (
    "d:sync-collection",
    "d:expand-property",
    "d:principal-match",
    "d:principal-property-search",
    "d:principal-search-property-set",
    "cal:calendar-multiget",
    "cal:calendar-query",
    "cal:free-busy-query",
    "oc:filter-comments",
    "oc:filter-files",
)
PROTECTED = frozenset(
    (
        cs("getctag"),
        dav("sync-token"),
        dav("resourcetype"),
        dav("getetag"),
        dav("owner"),
        dav("getlastmodified"),
        dav("current-user-privilege-set"),
        dav("supported-report-set"),
        cal("supported-calendar-component-set"),
        oc("owner-principal"),
        oc("invite"),
        oc("read-only"),
        cs("publish-url"),
        cs("invite"),
    )
)
ALLPROP = (
    dav("resourcetype"),
    cs("getctag"),
    f"{{{SABRE_NS}}}sync-token",
    cal("supported-calendar-component-set"),
    cal("schedule-calendar-transp"),
    dav("displayname"),
    cal("calendar-description"),
    cal("calendar-timezone"),
    apple("calendar-order"),
    apple("calendar-color"),
    oc("owner-principal"),
    oc("read-only"),
    ncc("owner-displayname"),
)


def privileges(*names: str) -> str:
    """``d:privilege`` elements; names with a prefix keep it."""
    return "".join(
        f"<d:privilege><{name if ':' in name else f'd:{name}'}/></d:privilege>" for name in names
    )


@dataclass(slots=True)
class Asking:
    """How a calendar is asked for: into which document, and whether in its home's listing.

    Looked up alone, an own calendar has no oc:owner-principal (013 against 015). With `cached`
    (a header), subscriptions show as the calendars they are cached in (066).
    """

    writer: Writer
    listed: bool = False
    cached: bool = False


REPORT_SET = "".join(
    f"<d:supported-report><d:report><{name}/></d:report></d:supported-report>" for name in REPORTS
)


class CalendarProperties:
    """Answers what a PROPFIND asks of one calendar."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._values: dict[str, Callable[[Seen, Asking], str | None]] = {
            dav("resourcetype"): self._resource_type,
            dav("displayname"): self._name,
            cs("getctag"): self._ctag,
            dav("sync-token"): self._sync_token,
            f"{{{SABRE_NS}}}sync-token": self._bare_token,
            apple("calendar-order"): lambda seen, _: (
                seen.own_property(apple("calendar-order")) or "0"
            ),
            cal("supported-calendar-component-set"): self._components,
            oc("owner-principal"): self._owner_principal,
            ncc("owner-displayname"): lambda seen, _: self._owner_name(seen),
            oc("invite"): self._invite,
            oc("read-only"): self._read_only,
            cs("publish-url"): self._publish_url,
            cs("allowed-sharing-modes"): self._sharing_modes,
            cal("schedule-calendar-transp"): self._transparency,
            dav("current-user-privilege-set"): self._privileges,
            dav("owner"): lambda seen, _: href_element(
                f"/remote.php/dav/{user_principal(seen.calendar.owner)}/"
            ),
            dav("supported-report-set"): lambda *_: REPORT_SET,
            ncc("deleted-at"): self._deleted_at,
            cal("max-resource-size"): lambda seen, _: (
                None if seen.calendar.source else MAX_RESOURCE_SIZE
            ),
            cs("source"): self._source,
        }

    def value(self, seen: Seen, name: str, asking: Asking) -> str | None:
        """One property; None where there is none."""
        known = self._values.get(name)
        if known is not None:
            return known(seen, asking)
        return seen.own_property(name)

    def _resource_type(self, seen: Seen, asking: Asking) -> str:
        calendar = seen.calendar
        if calendar.deleted is not None:
            return f"<d:collection/>{asking.writer.element(ncc('deleted-calendar'))}"
        kind = "cs:subscribed" if calendar.source and not asking.cached else "cal:calendar"
        return f"<d:collection/><{kind}/>"

    def _name(self, seen: Seen, _: Asking) -> str | None:
        mine = seen.calendar.member_properties.get(seen.viewer or "", {}).get(dav("displayname"))
        if not seen.own and mine:
            return mine
        name = seen.calendar.properties.get(dav("displayname"))
        if seen.own or name is None:
            return name
        if seen.viewer is None:
            return f"{name} ({text(seen.calendar.owner)})"
        return f"{name} ({self._owner_name(seen)})"

    def _owner_name(self, seen: Seen) -> str:
        account = self.core.directory.accounts.get(seen.calendar.owner)
        return text(account.name or account.uid) if account else text(seen.calendar.owner)

    def _ctag(self, seen: Seen, _: Asking) -> str:
        return str(seen.calendar.token) if seen.calendar.source else seen.calendar.sync_token

    def _sync_token(self, seen: Seen, _: Asking) -> str | None:
        return None if seen.calendar.source else seen.calendar.sync_token

    def _bare_token(self, seen: Seen, _: Asking) -> str:
        return str(seen.calendar.token)

    def _components(self, seen: Seen, _: Asking) -> str:
        return "".join(f'<cal:comp name="{name}"/>' for name in seen.calendar.components)

    def _owner_principal(self, seen: Seen, asking: Asking) -> str | None:
        if seen.own and not asking.listed:
            return None
        return text(user_principal(seen.calendar.owner))

    def _invite(self, seen: Seen, _: Asking) -> str | None:
        if seen.calendar.source:
            return None
        if seen.own:
            return self._invitees(seen.calendar)
        return ""

    def _invitees(self, calendar: Calendar) -> str:
        shares = list(calendar.shares)
        if calendar.public_token is not None:
            # a published calendar counts its owner among the invited (064)
            owner = user_principal(calendar.owner)
            common = self.core.directory.common_name(owner) or calendar.owner
            shares.append(Share(owner, True, common))
        return "".join(_invitee(share) for share in sorted(shares, key=lambda one: one.principal))

    def _read_only(self, seen: Seen, _: Asking) -> str | None:
        return None if seen.own else "" if seen.writable else "1"

    def _publish_url(self, seen: Seen, _: Asking) -> str | None:
        token = seen.calendar.public_token
        if token is None or not seen.own:
            return None
        return href_element(f"{self.core.url}/remote.php/dav/public-calendars/{token}")

    def _sharing_modes(self, seen: Seen, _: Asking) -> str | None:
        if not seen.own or seen.calendar.source:
            return None
        return "<cs:can-be-shared/><cs:can-be-published/>"

    def _transparency(self, seen: Seen, _: Asking) -> str | None:
        if seen.calendar.source:
            return None
        return "<cal:transparent/>" if seen.calendar.transparent else "<cal:opaque/>"

    def _privileges(self, seen: Seen, _: Asking) -> str:
        if seen.own:
            return privileges(*WRITING, "write-acl", *READING, "cal:read-free-busy")
        if seen.writable:
            return privileges(*WRITING, "write-acl", *READING, "cal:read-free-busy")
        return privileges("write-properties", *READING, "cal:read-free-busy")

    def _source(self, seen: Seen, asking: Asking) -> str | None:
        source = seen.calendar.source
        return None if source is None or asking.cached else f"<d:href>{text(source)}</d:href>"

    def _deleted_at(self, seen: Seen, _: Asking) -> str | None:
        moment = seen.calendar.deleted
        return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}+00:00"


def _invitee(share: Share) -> str:
    access = "read-write" if share.writable else "read"
    return (
        f"<oc:user><d:href>principal:{text(share.principal)}</d:href>"
        f"<oc:common-name>{text(share.common_name)}</oc:common-name><oc:invite-accepted/>"
        f"<oc:access><oc:{access}/></oc:access></oc:user>"
    )


class ObjectProperties:
    """Answers what is asked of one calendar object."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def found(self, seen: Seen, resource: Resource, names: Iterable[str]) -> dict[str, str]:
        """The properties there are, of those asked for, in that order."""
        values: dict[str, str] = {}
        for name in names:
            value = self.value(seen, resource, name)
            if value is not None:
                values[name] = value
        return values

    def value(self, seen: Seen, resource: Resource, name: str) -> str | None:
        """One property; None where there is none."""
        if name == GETETAG:
            return f"&quot;{resource.etag[1:-1]}&quot;"
        if name == CALENDAR_DATA:
            body = seen.body(resource, self.core.settings.busy_word)
            return text(body.decode("utf-8", "replace").replace("\r", ""))
        return self._other(seen, resource, name)

    def _other(self, seen: Seen, resource: Resource, name: str) -> str | None:
        if name == dav("getlastmodified"):
            return last_modified(resource)
        if name == dav("getcontenttype"):
            return content_type(resource)
        if name == dav("getcontentlength"):
            return str(len(seen.body(resource, self.core.settings.busy_word)))
        if name == dav("resourcetype"):
            return ""
        if name == dav("owner"):
            return href_element(f"/remote.php/dav/{user_principal(seen.calendar.owner)}/")
        if name == dav("current-user-privilege-set"):
            granted = (*WRITING, *READING) if seen.writable else READING
            return privileges(*granted)
        return None


GETETAG = dav("getetag")
CALENDAR_DATA = cal("calendar-data")
OBJECT_ALLPROP = (
    dav("getlastmodified"),
    dav("getcontentlength"),
    dav("resourcetype"),
    dav("getetag"),
    dav("getcontenttype"),
)


def content_type(resource: Resource) -> str:
    """The Content-Type objects are served with: it names their component."""
    return f"text/calendar; charset=utf-8; component={resource.component.lower()}"
