"""The XML of WebDAV, CalDAV and Nextcloud's own properties: bodies to send, answers to read.

Prefixes change from answer to answer (x1, x2), so everything is found by namespace. Entities and
document types are refused whatever they say; the transport has bounded the size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

NAMESPACES: Final = {
    "d": "DAV:",
    "s": "http://sabredav.org/ns",
    "cal": "urn:ietf:params:xml:ns:caldav",
    "card": "urn:ietf:params:xml:ns:carddav",
    "cs": "http://calendarserver.org/ns/",
    "oc": "http://owncloud.org/ns",
    "nc": "http://nextcloud.org/ns",
    # Trash bin properties live under .com, those of files under .org (reference, surprise 2).
    "ncc": "http://nextcloud.com/ns",
    "ical": "http://apple.com/ns/ical/",
    "x": "https://github.com/oscartes/oscartes/ns",
}
_DECLARED = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in NAMESPACES.items())
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_ILLEGAL = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
"""Compiled by its first use, and only writing uses it: its wide ranges take milliseconds."""

Element = etree._Element  # noqa: SLF001 -- lxml has no public name for the type


class NotXml(Exception):
    """These bytes are not a document we would read."""


@cache
def name(prefixed: str) -> str:
    """`d:href` as lxml names it."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def parse(body: bytes) -> Element:
    """The root element.

    Raises:
        NotXml: for what is not well-formed, or has a document type.
    """
    # Looked for before the parser sees it: `huge_tree`, which long listings need, takes the bounds
    # on what entities grow to off some versions of libxml2.
    if b"\x00" in body[:4] or _has_doctype(body):
        raise NotXml("document type")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as failure:
        raise NotXml("not well-formed") from failure
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotXml("document type")
    return root


def _has_doctype(body: bytes) -> bool:
    """Whether anything but comments and instructions stands ahead of the first element."""
    place = 0
    while (place := body.find(b"<", place)) >= 0:
        if body.startswith(b"<?", place):
            place = body.find(b"?>", place)
        elif body.startswith(b"<!--", place):
            place = body.find(b"-->", place)
        else:
            return body.startswith(b"<!", place)
        if place < 0:
            break
    return False


@dataclass(frozen=True, slots=True)
class Response:
    """One `d:response`: the properties found, by name as lxml gives it.

    `status` is that of the whole response, 0 where it has only those of its properties.
    """

    href: str
    status: int = 0
    props: Mapping[str, Element] = field(default_factory=dict)

    def text(self, prefixed: str) -> str:
        """The text of a property, "" where it is not set."""
        found = self.props.get(name(prefixed))
        return (found.text or "") if found is not None else ""

    def prop(self, prefixed: str) -> Element | None:
        """The element of a property."""
        return self.props.get(name(prefixed))


@dataclass(frozen=True, slots=True)
class MultiStatus:
    """A whole `d:multistatus`; hrefs are as the server wrote them."""

    responses: tuple[Response, ...]
    sync_token: str = ""


def multistatus(body: bytes) -> MultiStatus:
    """Read the answer to PROPFIND, PROPPATCH and REPORT.

    Raises:
        NotXml: where it is anything else.
    """
    root = parse(body)
    if root.tag != name("d:multistatus"):
        raise NotXml("not a multistatus")
    found = tuple(_response(child) for child in root.iterchildren(name("d:response")))
    return MultiStatus(found, root.findtext(name("d:sync-token"), "").strip())


def _response(element: Element) -> Response:
    props: dict[str, Element] = {}
    for propstat in element.iterchildren(name("d:propstat")):
        if _status(propstat) == 200:
            for prop in propstat.iterchildren(name("d:prop")):
                props.update((str(child.tag), child) for child in prop)
    return Response(element.findtext(name("d:href"), "").strip(), _status(element), props)


def _status(element: Element) -> int:
    parts = element.findtext(name("d:status"), "").split()
    code = parts[1] if len(parts) > 1 else ""
    return int(code) if len(code) == 3 and code.isdecimal() else 0


def failed(body: bytes) -> frozenset[str]:
    """The properties that a PROPPATCH did not set (recording 016)."""
    refused: set[str] = set()
    for element in parse(body).iter(name("d:propstat")):
        if _status(element) >= 300:
            for prop in element.iterchildren(name("d:prop")):
                refused.update(str(child.tag) for child in prop)
    return frozenset(refused)


def propfind(*props: str) -> bytes:
    """A PROPFIND for these properties."""
    return _document("d:propfind", _props(props))


def sync_collection(token: str) -> bytes:
    """RFC 6578; never with a limit, which loses changes there (recording 044)."""
    return _document(
        "d:sync-collection",
        f"<d:sync-token>{_escaped(token)}</d:sync-token><d:sync-level>1</d:sync-level>"
        + _props(("d:getetag",)),
    )


def multiget(hrefs: Iterable[str]) -> bytes:
    """RFC 4791, 7.9: ETags and texts of these hrefs."""
    wanted = "".join(f"<d:href>{_escaped(href)}</d:href>" for href in hrefs)
    return _document("cal:calendar-multiget", _props(("d:getetag", "cal:calendar-data")) + wanted)


def calendar_query(props: Sequence[str], uid: str | None = None) -> bytes:
    """RFC 4791, 7.8: all events of a calendar, or those of one UID, compared byte by byte."""
    matching = (
        '<cal:prop-filter name="UID"><cal:text-match collation="i;octet">'
        f"{_escaped(uid)}</cal:text-match></cal:prop-filter>"
        if uid is not None
        else ""
    )
    return _document(
        "cal:calendar-query",
        f'{_props(props)}<cal:filter><cal:comp-filter name="VCALENDAR">'
        f'<cal:comp-filter name="VEVENT">{matching}</cal:comp-filter>'
        "</cal:comp-filter></cal:filter>",
    )


def search(scope: str, props: Sequence[str], prop: str, value: str) -> bytes:
    """RFC 5323 with one comparison: what below `scope` has this value (recording 112)."""
    return _document(
        "d:searchrequest",
        f"<d:basicsearch><d:select>{_props(props)}</d:select><d:from><d:scope>"
        f"<d:href>{_escaped(scope)}</d:href><d:depth>infinity</d:depth></d:scope></d:from>"
        f"<d:where><d:eq>{_props((prop,))}<d:literal>{_escaped(value)}</d:literal></d:eq>"
        "</d:where></d:basicsearch>",
    )


def card_multiget(hrefs: Iterable[str]) -> bytes:
    """RFC 6352, 8.7: ETags and texts of these hrefs."""
    wanted = "".join(f"<d:href>{_escaped(href)}</d:href>" for href in hrefs)
    return _document(
        "card:addressbook-multiget", _props(("d:getetag", "card:address-data")) + wanted
    )


def card_query(props: Sequence[str], uid: str | None = None) -> bytes:
    """RFC 6352, 8.6: all cards of an address book, or those of one UID."""
    matching = (
        '<card:prop-filter name="UID"><card:text-match collation="i;octet" match-type="equals">'
        f"{_escaped(uid)}</card:text-match></card:prop-filter>"
        if uid is not None
        else '<card:prop-filter name="UID"/>'
    )
    return _document(
        "card:addressbook-query", f"{_props(props)}<card:filter>{matching}</card:filter>"
    )


def mkaddressbook(title: str) -> bytes:
    """RFC 5689 with RFC 6352, 6.3.1: an extended MKCOL (recording 080)."""
    return _document(
        "d:mkcol",
        "<d:set><d:prop><d:resourcetype><d:collection/><card:addressbook/></d:resourcetype>"
        f"{_values(_titles(title, ''))}</d:prop></d:set>",
    )


def mkcalendar(title: str, color: str, timezone: str) -> bytes:
    """RFC 4791, 5.3.1: a calendar of events alone."""
    return _document(
        "cal:mkcalendar",
        f"<d:set><d:prop>{_values(_titles(title, color))}<cal:supported-calendar-component-set>"
        '<cal:comp name="VEVENT"/></cal:supported-calendar-component-set>'
        f"<cal:calendar-timezone>{_escaped(timezone)}</cal:calendar-timezone></d:prop></d:set>",
    )


def proppatch(title: str, color: str) -> bytes:
    """Set the title and the colour; "" leaves one alone."""
    return _document(
        "d:propertyupdate", f"<d:set><d:prop>{_values(_titles(title, color))}</d:prop></d:set>"
    )


def sign(states: str) -> bytes:
    """Set our own property of a calendar, see `states`."""
    return set_property("x:states", states)


def set_property(prefixed: str, value: str) -> bytes:
    """Set one property."""
    return _document(
        "d:propertyupdate", f"<d:set><d:prop>{_values({prefixed: value})}</d:prop></d:set>"
    )


def share(granted: Mapping[str, bool], removed: Iterable[str]) -> bytes:
    """Nextcloud's `oc:share`: principal → whether it may write; all in one request (060)."""
    parts = [
        f"<oc:set><d:href>{_escaped(principal)}</d:href>"
        f"{'<oc:read-write/>' if write else ''}</oc:set>"
        for principal, write in granted.items()
    ]
    parts += [
        f"<oc:remove><d:href>{_escaped(principal)}</d:href></oc:remove>" for principal in removed
    ]
    return _document("oc:share", "".join(parts))


def _titles(title: str, color: str) -> dict[str, str]:
    named = {"d:displayname": title, "ical:calendar-color": color}
    return {prefixed: value for prefixed, value in named.items() if value}


def _document(root: str, content: str) -> bytes:
    return f"{_HEAD}<{root}{_DECLARED}>{content}</{root}>".encode()


def _props(props: Iterable[str]) -> str:
    return f"<d:prop>{''.join(f'<{prop}/>' for prop in props)}</d:prop>"


def _values(values: Mapping[str, str]) -> str:
    return "".join(f"<{prop}>{_escaped(value)}</{prop}>" for prop, value in values.items())


def _escaped(text: str) -> str:
    """For an element's text; what XML 1.0 has no way to write is left out."""
    return escape(re.sub(_ILLEGAL, "", text), {"\r": "&#13;"})
