"""XML in and out, with the prefixes the server uses: its own fixed ones, else x1, x2, …

Names are in Clark's notation, ``{namespace}local``. Values of properties are XML already.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from lxml import etree

from oscartes_sync.sandbox.cloud.messages import bad_request

DAV = "DAV:"
CALDAV = "urn:ietf:params:xml:ns:caldav"
CARDDAV = "urn:ietf:params:xml:ns:carddav"
CALENDARSERVER = "http://calendarserver.org/ns/"
OWNCLOUD = "http://owncloud.org/ns"
NEXTCLOUD = "http://nextcloud.org/ns"
NEXTCLOUD_COM = "http://nextcloud.com/ns"
APPLE = "http://apple.com/ns/ical/"
SABRE_NS = "http://sabredav.org/ns"

PREFIXES = {
    DAV: "d",
    SABRE_NS: "s",
    CALDAV: "cal",
    CALENDARSERVER: "cs",
    OWNCLOUD: "oc",
    NEXTCLOUD: "nc",
}
CARD_PREFIX = {CARDDAV: "card"}
STATUS_LINES = {
    200: "HTTP/1.1 200 OK",
    403: "HTTP/1.1 403 Forbidden",
    404: "HTTP/1.1 404 Not Found",
    424: "HTTP/1.1 424 Failed Dependency",
}


def dav(local: str) -> str:
    """A name of RFC 4918."""
    return f"{{DAV:}}{local}"


def cal(local: str) -> str:
    """A name of RFC 4791."""
    return f"{{{CALDAV}}}{local}"


def cs(local: str) -> str:
    """A name of Apple's calendar server."""
    return f"{{{CALENDARSERVER}}}{local}"


def oc(local: str) -> str:
    """A name of ownCloud's."""
    return f"{{{OWNCLOUD}}}{local}"


def ncc(local: str) -> str:
    """A name of the CalDAV trash bin: nextcloud.com, not nextcloud.org."""
    return f"{{{NEXTCLOUD_COM}}}{local}"


def apple(local: str) -> str:
    """A name of iCal's: colour and order."""
    return f"{{{APPLE}}}{local}"


def text(value: str) -> str:
    """Character data as PHP's XMLWriter escapes it: quotes and carriage returns too."""
    return (
        value.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("\r", "&#13;")
    )


def href(path: str) -> str:
    """A decoded path as an href: escapes in lower case, as the server writes them."""
    escaped = quote(path, safe="/!$&'()*+,;=:@-._~")
    if "%" in escaped:
        parts = escaped.split("%")
        escaped = parts[0] + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts[1:])
    return text(escaped)


def href_element(path: str) -> str:
    """``d:href`` of a decoded path."""
    return f"<d:href>{href(path)}</d:href>"


def parse(body: bytes) -> etree._Element:
    """The root element; raises the server's 400 on broken XML (recording 014)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as broken:
        raise bad_request(xml_complaint(broken)) from broken


def xml_complaint(broken: etree.XMLSyntaxError) -> str:
    """What the server says of broken XML: libxml's words, then the place."""
    line, column = broken.position
    words = (broken.msg or "").split(", line ")[0]
    return f"{words}\n on line {line}, column {column}"


class Writer:
    """Writes one document's names: prefixes not fixed are numbered as they appear."""

    def __init__(self, *, cards: bool = False) -> None:
        self._fixed = {**PREFIXES, **CARD_PREFIX} if cards else PREFIXES
        self._numbered: dict[str, str] = {}
        self._tags: dict[str, tuple[str, str]] = {}

    def element(self, name: str, content: str | None = None) -> str:
        """One element; `content` is XML, None or "" an empty element."""
        opening, closing = self._tags.get(name) or self._tag(name)
        return f"<{opening}>{content}</{closing}>" if content else f"<{opening}/>"

    def _tag(self, name: str) -> tuple[str, str]:
        namespace, _, local = name[1:].rpartition("}")
        prefix = self._fixed.get(namespace)
        if prefix is not None:
            tag = (f"{prefix}:{local}", f"{prefix}:{local}")
        elif not namespace:
            tag = (f'{local} xmlns=""', local)
        else:
            prefix = self._numbered.setdefault(namespace, f"x{len(self._numbered) + 1}")
            tag = (f'{prefix}:{local} xmlns:{prefix}="{text(namespace)}"', f"{prefix}:{local}")
        self._tags[name] = tag
        return tag

    def response(self, path: str, found: dict[str, str], missing: Iterable[str]) -> str:
        """One ``d:response`` with the properties found and those that are not."""
        element = self.element
        parts = [f"<d:response>{href_element(path)}"]
        if found:
            inner = "".join([element(name, value) for name, value in found.items()])
            parts.append(f"<d:propstat><d:prop>{inner}</d:prop>{_OK}</d:propstat>")
        absent = "".join([element(name) for name in missing])
        if absent or not found:
            body = f"<d:prop>{absent}</d:prop>" if absent else "<d:prop/>"
            status = _ABSENT if absent else _OK
            parts.append(f"<d:propstat>{body}{status}</d:propstat>")
        parts.append("</d:response>")
        return "".join(parts)

    def propstats(self, path: str, by_status: dict[int, list[str]]) -> str:
        """A ``d:response`` of PROPPATCH: empty properties under each status."""
        stats = "".join(
            f"<d:propstat><d:prop>{''.join(self.element(name) for name in names)}</d:prop>"
            f"<d:status>{STATUS_LINES[status]}</d:status></d:propstat>"
            for status, names in by_status.items()
            if names
        )
        return f"<d:response>{href_element(path)}{stats}</d:response>"

    def multistatus(self, inner: str) -> bytes:
        """The whole document."""
        spaces = "".join(f' xmlns:{prefix}="{space}"' for space, prefix in self._fixed.items())
        whole = (
            f"<d:multistatus{spaces}>{inner}</d:multistatus>"
            if inner
            else (f"<d:multistatus{spaces}/>")
        )
        return f'<?xml version="1.0"?>\n{whole}\n'.encode()


_OK = f"<d:status>{STATUS_LINES[200]}</d:status>"
_ABSENT = f"<d:status>{STATUS_LINES[404]}</d:status>"
