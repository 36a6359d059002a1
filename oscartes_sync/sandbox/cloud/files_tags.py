"""System tags: ``/remote.php/dav/systemtags`` and ``systemtags-relations`` (recording 114)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from oscartes_sync.sandbox.cloud.dav_room import COLLECTION_TEXT, options
from oscartes_sync.sandbox.cloud.files_nodes import FileStore, Node
from oscartes_sync.sandbox.cloud.files_xml import multistatus, names_asked, nc, response
from oscartes_sync.sandbox.cloud.messages import (
    SABRE,
    Refusal,
    Reply,
    Request,
    bad_request,
    forbidden,
    not_found,
    not_implemented,
)
from oscartes_sync.sandbox.cloud.xml_text import Writer, dav, oc, text


@dataclass(slots=True)
class Tag:
    """One tag of the whole cloud."""

    number: int
    name: str
    visible: bool
    assignable: bool


class TagStore:
    """Keeps the tags; numbers are never used again."""

    def __init__(self) -> None:
        self.tags: dict[int, Tag] = {}
        self._last = 0

    def make(self, name: str, *, visible: bool = True, assignable: bool = True) -> Tag:
        """A new tag. Raises Refusal 409 where there is one like it."""
        same = (name, visible, assignable)
        if any((one.name, one.visible, one.assignable) == same for one in self.tags.values()):
            raise Refusal(409, SABRE + "Conflict", "Tag already exists")
        self._last += 1
        self.tags[self._last] = Tag(self._last, name, visible, assignable)
        return self.tags[self._last]


class TagRoom:
    """Answers requests on tags and on the tags of files."""

    def __init__(self, store: FileStore, tags: TagStore) -> None:
        self.store = store
        self.tags = tags

    def answer(self, request: Request) -> Reply:
        """``/remote.php/dav/systemtags/…``."""
        if request.method == "OPTIONS":
            return options()
        parts = request.segments[3:]
        if not parts:
            return self._all(request)
        tag = self.tags.tags.get(int(parts[0])) if parts[0].isdigit() else None
        if tag is None:
            raise not_found(f"Tag with id {parts[0]} not found")
        if request.method == "DELETE":
            if not request.user.admin:
                raise forbidden(f"No permission to delete tag {tag.number}")
            del self.tags.tags[tag.number]
            return Reply(204)
        if request.method == "PROPFIND":
            writer = Writer()
            return multistatus(writer, [self._one(writer, request, tag, "/systemtags/", "/")])
        raise not_implemented(request.method)

    def _all(self, request: Request) -> Reply:
        if request.method == "POST":
            return self._make(request)
        if request.method in ("GET", "HEAD"):
            return Reply(200, COLLECTION_TEXT)
        if request.method != "PROPFIND":
            raise not_implemented(request.method)
        writer = Writer()
        names = names_asked(request)
        plain = {dav("resourcetype"): "<d:collection/>"}
        responses = [response(writer, "/remote.php/dav/systemtags/", names, plain)]
        if request.headers.get("depth", "1") != "0":
            responses += [
                self._one(writer, request, tag, "/systemtags/", "/")
                for tag in self.tags.tags.values()
                if tag.visible or request.user.admin
            ]
        return multistatus(writer, responses)

    def _make(self, request: Request) -> Reply:
        try:
            said = json.loads(request.body)
            name = str(said["name"])
        except (ValueError, KeyError, TypeError) as unreadable:
            raise bad_request('Missing "name" attribute') from unreadable
        visible, assignable = said.get("userVisible", True), said.get("userAssignable", True)
        if not (visible and assignable) and not request.user.admin:
            raise bad_request("Not sufficient permissions")
        tag = self.tags.make(name, visible=bool(visible), assignable=bool(assignable))
        return Reply(
            201, headers=[("Content-Location", f"/remote.php/dav/systemtags/{tag.number}")]
        )

    def relations(self, request: Request) -> Reply:
        """``/remote.php/dav/systemtags-relations/files/<fileid>/…``."""
        if request.method == "OPTIONS":
            return options()
        parts = request.segments[3:]
        if parts[:1] != ("files",) or len(parts) < 2:
            raise not_implemented(request.method)
        node = self.store.find(int(parts[1])) if parts[1].isdigit() else None
        if node is None:
            raise not_found(f'Entity "{parts[1]}" of type "files" could not be found')
        if len(parts) == 2:
            return self._of_node(request, node)
        number = int(parts[2]) if parts[2].isdigit() else 0
        if number not in self.tags.tags:
            raise not_found(f"Tag with id {parts[2]} not present")
        return self._relation(request, node, number)

    def _of_node(self, request: Request, node: Node) -> Reply:
        if request.method != "PROPFIND":
            raise not_implemented(request.method)
        writer = Writer()
        base = f"/systemtags-relations/files/{node.number}/"
        plain = {dav("resourcetype"): "<d:collection/>"}
        responses = [response(writer, f"/remote.php/dav{base}", names_asked(request), plain)]
        if request.headers.get("depth", "1") != "0":
            responses += [
                self._one(writer, request, self.tags.tags[number], base, "")
                for number in sorted(node.tags & self.tags.tags.keys())
            ]
        return multistatus(writer, responses)

    def _relation(self, request: Request, node: Node, number: int) -> Reply:
        if request.method == "PUT":
            if number in node.tags:
                raise Refusal(409, SABRE + "Conflict", "PUT is not allowed on non-files.")
            node.tags.add(number)
            return Reply(201)
        if number not in node.tags:
            raise not_found(f"Tag with id {number} not present for element {node.number}")
        if request.method == "DELETE":
            node.tags.discard(number)
            return Reply(204)
        if request.method == "PROPFIND":
            writer = Writer()
            base = f"/systemtags-relations/files/{node.number}/"
            tag = self.tags.tags[number]
            return multistatus(writer, [self._one(writer, request, tag, base, "")])
        raise not_implemented(request.method)

    def _one(self, writer: Writer, request: Request, tag: Tag, base: str, slash: str) -> str:
        values = {
            oc("id"): str(tag.number),
            oc("display-name"): text(tag.name),
            oc("user-visible"): "true" if tag.visible else "false",
            oc("user-assignable"): "true" if tag.assignable else "false",
            oc("can-assign"): "true" if tag.assignable or request.user.admin else "false",
            nc("color"): "",
            nc("files-assigned"): "-1",
            dav("resourcetype"): "",
        }
        path = f"/remote.php/dav{base}{tag.number}{slash}"
        return response(writer, path, names_asked(request), values)
