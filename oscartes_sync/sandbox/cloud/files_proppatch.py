"""PROPPATCH of files: favourites, times, access rules, and own dead properties (101, 140)."""

from __future__ import annotations

from lxml import etree

from oscartes_sync.sandbox.cloud.files_mounts import Place
from oscartes_sync.sandbox.cloud.files_nodes import FileStore, Rule
from oscartes_sync.sandbox.cloud.files_properties import PROTECTED, FileProperties
from oscartes_sync.sandbox.cloud.files_xml import inner, nc, property_changes
from oscartes_sync.sandbox.cloud.messages import XML, Reply, Request
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, oc, parse

TIMES = (dav("lastmodified"), dav("getlastmodified"))
RULES = nc("acl-list")


class Proppatch:
    """Changes properties: all of a request, or none."""

    def __init__(self, store: FileStore, properties: FileProperties) -> None:
        self.store = store
        self.properties = properties

    def answer(self, request: Request, base: str, place: Place) -> Reply:
        """The 207; its href lacks the slash."""
        changes = property_changes(parse(request.body))
        refused = [name for name, one in changes.items() if not self._possible(place, name, one)]
        if refused:
            rest = [name for name in changes if name not in refused]
            statuses = {403: refused, 424: rest}
        else:
            for name, element in changes.items():
                self._apply(place, name, element)
            statuses = {200: list(changes)}
        writer = Writer()
        path = (base + "/".join(place.parts)).rstrip("/")
        return Reply(207, writer.multistatus(writer.propstats(path, statuses)), XML)

    def _possible(self, place: Place, name: str, element: etree._Element | None) -> bool:
        if name in PROTECTED:
            return False
        if name in TIMES:
            said = (element.text or "").strip() if element is not None else ""
            return said.isdigit() and place.may(2)
        if name == RULES:
            folder = place.mount.team_folder if place.mount else None
            return folder is not None and folder.acl and self.properties.manages(folder, place)
        return True

    def _apply(self, place: Place, name: str, element: etree._Element | None) -> None:
        node = place.node
        if name in TIMES and element is not None:
            self.store.set_mtime(node, int((element.text or "").strip()))
            self.store.climb(node)
        elif name == oc("favorite"):
            wanted = element is not None and (element.text or "").strip() in ("1", "true")
            (node.favourites.add if wanted else node.favourites.discard)(place.uid)
        elif name == RULES:
            node.rules = [] if element is None else [_rule(one) for one in element]
            self.store.climb(node)
        elif element is None:
            node.dead.pop((place.uid, name), None)
        else:
            node.dead[place.uid, name] = inner(element)


def _rule(element: etree._Element) -> Rule:
    def said(local: str) -> str:
        return (element.findtext(nc(f"acl-{local}")) or "").strip()

    return Rule(
        said("mapping-type"),
        said("mapping-id"),
        int(said("mask") or 0),
        int(said("permissions") or 0),
    )
