"""What a write changed or removed, kept whole beforehand, and put back byte for byte afterwards."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from oscartes_sync.adapters.nextcloud.address import canonical
from oscartes_sync.adapters.nextcloud.bodies import Bodies
from oscartes_sync.adapters.nextcloud.resources import Resource, Resources, etag_of
from oscartes_sync.adapters.nextcloud.trash_bin import TrashBin
from oscartes_sync.adapters.nextcloud.uids import uid_in
from oscartes_sync.adapters.nextcloud.writing import CREATED, Place, Text, Writing, may_write
from oscartes_sync.errors import Invalid, Missing, Moved, Taken
from oscartes_sync.planning.operation import Action, Operation
from oscartes_sync.ports import Image, Written
from oscartes_sync.records.event import Event, Visibility
from oscartes_sync.records.problem import Problem, Side

_VERSION: Final = 1


class Restoring:
    """Images of resources, and their return."""

    def __init__(
        self, resources: Resources, bodies: Bodies, trash: TrashBin, writing: Writing
    ) -> None:
        self._resources = resources
        self._bodies = bodies
        self._trash = trash
        self._writing = writing

    def images(self, collection: str, operations: Sequence[Operation]) -> Mapping[str, Image]:
        """The bodies under the ETags that the operations name, in one request per hundred.

        They are kept for the patches that follow, which ask for nothing then.
        """
        found: dict[str, Image] = {}
        missing: dict[str, str] = {}
        for operation in operations:
            href, token = operation.href or "", operation.token
            kept = self._bodies.get(href, token)
            if kept is not None:
                found[href] = Image(_to_json(kept))
            elif href and token:
                missing[href] = token
        for resource in self._resources.fetch(collection, missing):
            exact = resource if resource.exact else self._there(resource.href)
            if exact is not None and exact.etag == missing.get(exact.href):
                self._bodies.keep(exact)
                # Not from what is kept: of many texts the first give way to the last.
                found[exact.href] = Image(_to_json(exact))
        return found

    def put_back(self, place: Place, operation: Operation, token: str, image: Image) -> Written:
        """The resource as it was, under its own href and UID.

        What is there as it was already, after an answer that was lost, is done.

        Raises:
            Moved: it is not as the operation left it.
            Taken: another resource has its UID, or its name in the trash bin.
            Invalid: the image is none.
        """
        may_write(place.collection, operation.href or "")
        old = _from_json(image, operation.href or "")
        text = Text(old.body, place.record(old.body, old.href))
        there = self._there(old.href)
        if there is not None and there.body == old.body:
            return self._writing.as_is(place, there)
        if operation.action is Action.UPDATE:
            if there is None or there.etag != token:
                raise Moved("cloud-moved", href=old.href)
            return self._put(place, text, old.href, {"If-Match": token})
        if there is not None:
            raise Moved("cloud-moved", href=old.href)
        return self._back_from_nowhere(place, old, text)

    def erase(
        self, place: Place, href: str, uid_by_name: Callable[[str], str]
    ) -> tuple[Problem, ...]:
        """Remove it whatever its version, then every copy of its UID from the trash bin.

        Where the bin has no room for its name, since another event of that name is in it, nothing
        but its text can be taken away: what stays is told.
        """
        may_write(place.collection, href)
        there = self._there(href)
        uid = uid_in(there.body.decode("utf-8", "replace")) if there else uid_by_name(href)
        if there is not None:
            try:
                self._writing.delete(place, href, "")
            except Taken:
                self._empty(place, there, uid)
                return (Problem.warning("copy-emptied", Side.CLOUD, href=href),)
        for trashed in list(self._trash.objects()) if uid else ():
            if trashed.calendar == place.collection.uri and trashed.uid == uid:
                self._trash.purge(trashed)
        return ()

    def _empty(self, place: Place, there: Resource, uid: str) -> None:
        """Nothing but its UID stays of it, and nobody sees it whom the calendar is shared with."""
        day = date(1970, 1, 1)
        nothing = Event(title="–", start=day, end=day, visibility=Visibility.PRIVATE)
        self._put(place, place.new(uid, nothing), there.href, {"If-Match": there.etag})

    def _back_from_nowhere(self, place: Place, old: Resource, text: Text) -> Written:
        """Out of the trash bin where it is in it: a PUT of a trashed UID answers 500 (045)."""
        uid = uid_in(old.body.decode("utf-8", "replace"))
        holder = self._resources.holder(place.collection.href, uid)
        if holder is not None:
            raise Taken("cloud-uid-taken", href=holder.href)
        trashed = self._trash.find(place.collection.uri, uid)
        if trashed is None:
            return self._put(place, text, old.href, {"If-None-Match": "*"})
        self._trash.restore(trashed)
        restored = self._resources.holder(place.collection.href, uid)
        if restored is None:
            raise Missing("cloud-missing", href=old.href)
        if restored.body == old.body:
            return self._writing.as_is(place, restored)
        return self._put(place, text, restored.href, {"If-Match": restored.etag})

    def _put(self, place: Place, text: Text, href: str, guard: Mapping[str, str]) -> Written:
        reply = self._resources.put(href, text.body, guard=guard)
        if reply.status == 412:
            raise Moved("cloud-moved", href=href)
        if reply.status not in CREATED:
            raise self._writing.refusal(reply)
        return self._writing.kept(place, href, text, reply)

    def _there(self, href: str) -> Resource | None:
        try:
            return self._resources.get(href)
        except Missing:
            return None


def _to_json(resource: Resource) -> str:
    kept: dict[str, object] = {
        "version": _VERSION,
        "href": resource.href,
        "etag": resource.etag,
    }
    try:
        kept["body"] = resource.body.decode()
    except UnicodeDecodeError:
        kept["base64"] = base64.b64encode(resource.body).decode()
    return json.dumps(kept, sort_keys=True)


def _from_json(image: Image, href: str) -> Resource:
    try:
        raw = json.loads(image.text)
        if raw["version"] != _VERSION:
            raise Invalid("cloud-image-unreadable", href=href)
        encoded = raw.get("base64")
        body = base64.b64decode(encoded) if encoded else str(raw["body"]).encode()
        return Resource(canonical(raw["href"]), etag_of(body), body)
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("cloud-image-unreadable", href=href) from error
