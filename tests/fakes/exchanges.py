"""A cloud that answers as scripted: each expected request once, in order, with its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import requests
import responses
from responses.registries import OrderedRegistry

from oscartes_sync.adapters.nextcloud.auth import AppPassword
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.adapters.nextcloud.transport import Transport
from tests.fakes.sides import FakeClock

ORIGIN = "https://cloud.example"
HOME = "/remote.php/dav/calendars/oscartes-bot/"
AGENDA = f"{HOME}agenda/"
NAMESPACES = (
    'xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:cal="urn:ietf:params:xml:ns:caldav" '
    'xmlns:cs="http://calendarserver.org/ns/" xmlns:oc="http://owncloud.org/ns" '
    'xmlns:x1="http://nextcloud.com/ns" xmlns:x2="http://apple.com/ns/ical/"'
)
XML = "application/xml; charset=utf-8"
SETTINGS = CloudSettings(id="noe", url=ORIGIN, user="bot@example.org", password="s3cret")


def etag(body: str | bytes) -> str:
    """The ETag of stored bytes."""
    raw = body.encode() if isinstance(body, str) else body
    return f'"{hashlib.md5(raw).hexdigest()}"'


def found(href: str, **props: str) -> str:
    """A `d:response` with these properties, named `d_getetag` for `d:getetag`, raw XML inside."""
    inner = "".join(
        f"<{name.replace('_', ':', 1).replace('_', '-')}>{value}"
        f"</{name.replace('_', ':', 1).replace('_', '-')}>"
        for name, value in props.items()
    )
    return (
        f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{inner}</d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )


def gone(href: str, status: str = "404 Not Found") -> str:
    """A `d:response` that says an object is not there."""
    return f"<d:response><d:href>{href}</d:href><d:status>HTTP/1.1 {status}</d:status></d:response>"


def listed(href: str, body: str, *, data: bool = False) -> str:
    """An object in a listing or, with its text, in a multiget."""
    props = {"d_getetag": escape(etag(body), {'"': "&quot;"})}
    if data:
        props["cal_calendar_data"] = escape(body.replace("\r", ""))
    return found(href, **props)


def folder(href: str) -> str:
    """A collection in the listing of itself, which Sabre always begins with."""
    return found(href, d_resourcetype="<d:collection/>")


def multistatus(*parts: str, token: str = "") -> str:
    """A whole answer."""
    end = f"<d:sync-token>{token}</d:sync-token>" if token else ""
    return f'<?xml version="1.0"?><d:multistatus {NAMESPACES}>{"".join(parts)}{end}</d:multistatus>'


def dav_error(exception: str, message: str = "", extra: str = "") -> str:
    """Sabre's error body."""
    return (
        f'<?xml version="1.0"?><d:error {NAMESPACES}><s:exception>{exception}</s:exception>'
        f"<s:message>{message}</s:message>{extra}</d:error>"
    )


NOT_FOUND = dav_error("Sabre\\DAV\\Exception\\NotFound", "Calendar object not found")
WRITING = "".join(
    f"<d:privilege><d:{name}/></d:privilege>" for name in ("write", "write-content", "read")
)
READING = "<d:privilege><d:write-properties/></d:privilege><d:privilege><d:read/></d:privilege>"


def calendar(
    href: str = AGENDA, *, token: int = 5, owner: str = "oscartes-bot", **more: str
) -> str:
    """A calendar's properties as recordings 013 and 060 have them."""
    props = {
        "d_resourcetype": "<d:collection/><cal:calendar/>",
        "d_displayname": "Agenda",
        "cs_getctag": f"http://sabre.io/ns/sync/{token}",
        "d_sync_token": f"http://sabre.io/ns/sync/{token}",
        "x2_calendar_color": "#2E7D32FF",
        "cal_supported_calendar_component_set": '<cal:comp name="VEVENT"/>',
        "oc_invite": "",
        "d_current_user_privilege_set": WRITING,
        "d_owner": f"<d:href>/remote.php/dav/principals/users/{owner}/</d:href>",
        **more,
    }
    return found(href, **props)


def invite(principal: str, *, write: bool = False, label: str = "") -> str:
    """One share within `oc:invite`."""
    access = "<oc:read-write/>" if write else "<oc:read/>"
    return (
        f"<oc:user><d:href>principal:{principal}</d:href><oc:common-name>{label}</oc:common-name>"
        f"<oc:invite-accepted/><oc:access>{access}</oc:access></oc:user>"
    )


@dataclass
class Exchanges:
    """The script. `calls` are the requests made so far."""

    mock: responses.RequestsMock
    clock: FakeClock = field(default_factory=FakeClock)
    kept: dict[str, str] = field(default_factory=dict)

    def on(
        self,
        method: str,
        path: str,
        body: str | bytes | Exception = "",
        status: int = 207,
        *,
        headers: dict[str, str] | None = None,
        content_type: str = XML,
    ) -> None:
        """Expect one more request, answered so; an exception as body stands for no answer."""
        self.mock.add(
            method=method,
            url=ORIGIN + path,
            body=body,
            status=status,
            headers=headers,
            content_type=content_type,
        )

    @property
    def calls(self) -> list[requests.PreparedRequest]:
        """The requests made."""
        return [call.request for call in self.mock.calls]

    @property
    def sent(self) -> list[str]:
        """Methods and paths of the requests made."""
        return [f"{call.method} {(call.url or '').removeprefix(ORIGIN)}" for call in self.calls]

    def text(self, number: int = -1) -> str:
        """The body of a request made."""
        body = self.calls[number].body
        return body.decode() if isinstance(body, bytes) else (body or "")

    def transport(self, settings: CloudSettings = SETTINGS) -> Transport:
        """A transport that talks to this script."""
        account = AppPassword(settings.user, settings.password)
        return Transport(settings, self.clock, account, user_agent="oscartes-test")

    def dav(self) -> Dav:
        """WebDAV on that transport."""
        return Dav(self.transport())

    def remember_account(self, uid: str = "oscartes-bot") -> None:
        """As if an earlier run had found the account."""
        self.kept["cloud/noe/account"] = (
            f'{{"url": "{ORIGIN}", "user": "bot@example.org", "uid": "{uid}", '
            f'"principal": "/remote.php/dav/principals/users/{uid}/", '
            f'"home": "/remote.php/dav/calendars/{uid}/"}}'
        )


def scripted(run: Callable[[Exchanges], None]) -> None:
    """Run with a script; every expected request must have been made."""
    with responses.RequestsMock(registry=OrderedRegistry) as mock:
        run(Exchanges(mock))
