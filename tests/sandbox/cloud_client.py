"""A small client for the tests of the stand-in cloud, and the texts they write."""

from __future__ import annotations

from dataclasses import dataclass

import requests
from lxml import etree

from oscartes_sync.sandbox.cloud import CloudStandIn, seed_network

NAMESPACES = (
    'xmlns:d="DAV:" xmlns:cal="urn:ietf:params:xml:ns:caldav" xmlns:oc="http://owncloud.org/ns" '
    'xmlns:cs="http://calendarserver.org/ns/" xmlns:ncc="http://nextcloud.com/ns"'
)
BOT = "oscartes-bot"
CALENDAR = "agenda"


def event(uid: str = "a@wiki", summary: str = "Réunion", *more: str) -> bytes:
    """A whole event, CRLF at its line ends."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Essais//FR",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20261123T200000Z",
        "DTSTART:20261201T180000Z",
        "DTEND:20261201T200000Z",
        f"SUMMARY:{summary}",
        *more,
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


@dataclass
class Client:
    """Asks one cloud as one account, without cookies."""

    cloud: CloudStandIn
    uid: str
    password: str

    def ask(
        self, method: str, path: str, body: str | bytes = b"", **headers: str
    ) -> requests.Response:
        """Send a request; `path` is below the DAV root unless it starts with a slash."""
        base = self.cloud.url + ("" if path.startswith("/") else "/remote.php/dav/")
        return requests.request(
            method,
            base + path,
            data=body.encode() if isinstance(body, str) else body,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            auth=(self.uid, self.password),
            timeout=10,
            allow_redirects=False,
        )

    def place(self, name: str = "", calendar: str = CALENDAR) -> str:
        """The path of a resource, or of the calendar."""
        return f"calendars/{self.uid}/{calendar}/{name}"

    def put(self, name: str, body: bytes, **headers: str) -> requests.Response:
        """PUT into the calendar."""
        return self.ask("PUT", self.place(name), body, Content_Type="text/calendar", **headers)

    def found(self, path: str, *names: str, depth: str = "0") -> dict[str, dict[str, str]]:
        """PROPFIND: texts of the properties found, by name, by href."""
        wanted = "".join(f"<{name}/>" for name in names)
        body = f"<d:propfind {NAMESPACES}><d:prop>{wanted}</d:prop></d:propfind>"
        return properties(self.ask("PROPFIND", path, body, Depth=depth))

    def sync(self, token: str, path: str | None = None, more: str = "") -> requests.Response:
        """sync-collection from a token."""
        body = (
            f"<d:sync-collection {NAMESPACES}><d:sync-token>{token}</d:sync-token>"
            f"<d:sync-level>1</d:sync-level>{more}<d:prop><d:getetag/></d:prop>"
            "</d:sync-collection>"
        )
        return self.ask("REPORT", path or self.place(), body, Depth="1")

    def multiget(self, *names: str) -> dict[str, dict[str, str]]:
        """calendar-multiget of names."""
        hrefs = "".join(f"<d:href>/remote.php/dav/{self.place(name)}</d:href>" for name in names)
        body = (
            f"<cal:calendar-multiget {NAMESPACES}><d:prop><d:getetag/><cal:calendar-data/></d:prop>"
            f"{hrefs}</cal:calendar-multiget>"
        )
        return properties(self.ask("REPORT", self.place(), body, Depth="1"))

    def share(self, inner: str) -> requests.Response:
        """POST oc:share."""
        body = f"<oc:share {NAMESPACES}>{inner}</oc:share>"
        return self.ask("POST", self.place(), body, Content_Type="application/xml")


def properties(answer: requests.Response) -> dict[str, dict[str, str]]:
    """What a multistatus says: texts of properties with status 200 by local name, by href."""
    assert answer.status_code == 207, answer.text
    told: dict[str, dict[str, str]] = {}
    for one in etree.fromstring(answer.content).iterfind("{DAV:}response"):
        values = told.setdefault(one.findtext("{DAV:}href") or "", {})
        for stat in one.iterfind("{DAV:}propstat"):
            if " 200 " in (stat.findtext("{DAV:}status") or ""):
                for value in stat.iterfind("{DAV:}prop/*"):
                    texts = (str(text) for text in value.itertext())
                    values[etree.QName(value).localname] = "".join(texts)
    return told


def gone(answer: requests.Response) -> set[str]:
    """The last parts of the hrefs a multistatus calls 404."""
    root = etree.fromstring(answer.content)
    return {
        (one.findtext("{DAV:}href") or "").rsplit("/", 1)[1]
        for one in root.iterfind("{DAV:}response")
        if "404" in (one.findtext("{DAV:}status") or "")
    }


def said(answer: requests.Response) -> tuple[int, str]:
    """Status and the exception's short name."""
    exception = etree.fromstring(answer.content).findtext("{http://sabredav.org/ns}exception")
    return answer.status_code, (exception or "").rsplit("\\", 1)[1]


def network(cloud: CloudStandIn) -> dict[str, Client]:
    """The seeded accounts' clients; the bot has an empty calendar named `CALENDAR`."""
    passwords = seed_network(cloud)
    cloud.make_calendar(BOT, CALENDAR, display_name="Agenda", components=("VEVENT",))
    return {uid: Client(cloud, uid, password) for uid, password in passwords.items()}
