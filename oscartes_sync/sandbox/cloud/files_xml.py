"""What files and cards share of DAV's XML: property updates, dead properties, listings."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from oscartes_sync.sandbox.cloud.calendar_routes import inner_xml
from oscartes_sync.sandbox.cloud.messages import XML, Reply, Request
from oscartes_sync.sandbox.cloud.propfind import asked
from oscartes_sync.sandbox.cloud.xml_text import CARDDAV, NEXTCLOUD, Writer, dav


def card(local: str) -> str:
    """A name of RFC 6352."""
    return f"{{{CARDDAV}}}{local}"


def nc(local: str) -> str:
    """A name of Nextcloud's own for files: nextcloud.org, unlike the calendars' bin."""
    return f"{{{NEXTCLOUD}}}{local}"


def set_properties(root: etree._Element | None) -> dict[str, etree._Element]:
    """What an extended MKCOL (RFC 5689) sets, by Clark name."""
    if root is None:
        return {}
    return {
        child.tag: child
        for prop in root.iterfind(f"{dav('set')}/{dav('prop')}")
        for child in prop
        if isinstance(child.tag, str)
    }


def property_changes(root: etree._Element) -> dict[str, etree._Element | None]:
    """What a PROPPATCH sets, by Clark name; None for what it removes."""
    changes: dict[str, etree._Element | None] = {}
    for step in root:
        for prop in step.iterfind(dav("prop")):
            for child in prop:
                if isinstance(child.tag, str):
                    changes[child.tag] = child if step.tag == dav("set") else None
    return changes


def inner(element: etree._Element) -> str:
    """The XML within an element."""
    return inner_xml(element)


def response(writer: Writer, path: str, names: Iterable[str] | None, found: dict[str, str]) -> str:
    """One ``d:response`` of what was found among the names asked for (None: allprop)."""
    if names is None:
        return writer.response(path, found, ())
    wanted = list(names)
    there = {name: found[name] for name in wanted if name in found}
    return writer.response(path, there, [name for name in wanted if name not in there])


def multistatus(writer: Writer, responses: Iterable[str]) -> Reply:
    """The 207."""
    return Reply(207, writer.multistatus("".join(responses)), XML)


def names_asked(request: Request) -> list[str] | None:
    """The names a PROPFIND asks for; None for allprop."""
    return asked(request)
