"""Writes on single resources, each guarded by what was seen, each read back as it was kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from oscartes_sync.adapters.nextcloud import dav_xml
from oscartes_sync.adapters.nextcloud.address import canonical, segment
from oscartes_sync.adapters.nextcloud.bodies import Bodies
from oscartes_sync.adapters.nextcloud.collection import Collection
from oscartes_sync.adapters.nextcloud.dav import Dav
from oscartes_sync.adapters.nextcloud.dialect import CALDAV, Dialect
from oscartes_sync.adapters.nextcloud.refusals import Reply, dav_error
from oscartes_sync.adapters.nextcloud.resources import Resource, Resources, etag_of
from oscartes_sync.adapters.nextcloud.texts import Draft, Texts
from oscartes_sync.adapters.nextcloud.trash_bin import TrashBin
from oscartes_sync.adapters.nextcloud.uids import uid_in
from oscartes_sync.errors import (
    Forbidden,
    Invalid,
    Missing,
    Moved,
    NotKept,
    OutcomeUnknown,
    SideError,
    Taken,
)
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import FieldChange
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.ports import Written
from oscartes_sync.records.event import Visibility
from oscartes_sync.records.identity import resource_name
from oscartes_sync.records.problem import Problem
from oscartes_sync.records.record import Record, an_event, fields_of

CREATED = frozenset({200, 201, 204})
"""Statuses of a PUT that was taken."""
_NAMES = 3
"""Names tried for one new resource."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to send, and the record it holds."""

    body: bytes
    record: Record
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where one binding writes, and when."""

    binding: Binding
    collection: Collection
    now: datetime
    texts: Texts
    dialect: Dialect = CALDAV

    def new(self, uid: str, record: Record) -> Text:
        """The text of a new resource, and the record it holds.

        Raises:
            Invalid: it must not be sent.
        """
        return self._text(self.texts.new(self.binding, uid, record, self.now))

    def patched(self, body: bytes, changes: Sequence[FieldChange], record: Record) -> Text:
        """The text with these fields changed and all else as it was, checked."""
        return self._text(self.texts.patched(self.binding, body, changes, record, self.now))

    def _text(self, draft: Draft) -> Text:
        return Text(draft.body, self.record(draft.body, self.collection.href), draft.problems)

    def record(self, body: bytes, href: str) -> Record:
        """The record that a text holds.

        Raises:
            Invalid: it holds none, though it was ours to write.
        """
        return self.texts.read(self.binding, body, href)


class Writing:
    """Creates, patches and removes resources; safe for several threads on different resources."""

    def __init__(self, dav: Dav, resources: Resources, bodies: Bodies, trash: TrashBin) -> None:
        self._dav = dav
        self._resources = resources
        self._bodies = bodies
        self._trash = trash

    def create(self, place: Place, uid: str, record: Record, key: str | None) -> Written:
        """Make it under the name its UID gives, or under the one it had.

        What the calendar already holds under this UID is adopted where it says the same; where it
        says something else it is `Taken`, and left for the next run to merge, since nobody has
        compared the two yet. What lies in the trash bin is brought back and then patched.

        Raises:
            Taken, Forbidden, Invalid, Busy, Full, NotKept: as the server answers.
        """
        may_write(place.collection)
        text = place.new(uid, record)
        for href in _names(place, uid, key):
            reply = self._resources.put(href, text.body, guard={"If-None-Match": "*"})
            if reply.status in CREATED:
                return self.kept(place, href, text, reply)
            if reply.status != 412:
                return self._conflict(place, uid, text, reply, record)
            holder = self._there(href)
            if holder is not None and _uid(holder) == uid:
                return self._adopt(place, holder, text)
        raise Taken("cloud-names-taken", href=place.collection.href)

    def update(
        self,
        place: Place,
        href: str,
        token: str,
        changes: Sequence[FieldChange],
        record: Record,
    ) -> Written:
        """Change these fields of what is there under that ETag.

        Raises:
            Missing: it is gone.
            Moved: it is another version by now.
        """
        may_write(place.collection, href)
        resource = self._bodies.get(href, token) or self._resources.get(href)
        if resource.etag != token:
            raise Moved("cloud-moved", href=href)
        return self._patch(place, resource, changes, record)

    def hide(self, place: Place, href: str, token: str) -> None:
        """Make it PRIVATE, which those whom the calendar is shared with do not see (063)."""
        there = self._resources.get(href)
        if token and there.etag != token:
            raise Moved("cloud-moved", href=href)
        event = an_event(place.record(there.body, href))
        change = FieldChange("visibility", event.visibility, Visibility.PRIVATE)
        self._patch(place, there, [change], replace(event, visibility=Visibility.PRIVATE))

    def delete(self, place: Place, href: str, token: str) -> None:
        """Remove it, if its ETag still is `token`; what is gone already is done.

        Raises:
            Taken: `trash-name-taken` where the trash bin has no room for its name (045).
        """
        may_write(place.collection, href)
        try:
            reply = self._resources.delete(href, token)
        except OutcomeUnknown:
            if self._is_gone(href):
                return
            raise
        if reply.status in (200, 204, 404):
            return
        if reply.status == 412 and token and self._there(href) is None:
            return
        if reply.status == 403 and "trashbin" in dav_error(reply).message:
            raise Taken("trash-name-taken", href=href)
        raise self._dav.refusal(reply, wrote=True)

    def _patch(
        self, place: Place, resource: Resource, changes: Sequence[FieldChange], record: Record
    ) -> Written:
        text = place.patched(resource.body, changes, record)
        if text.body == resource.body:
            return replace(self.as_is(place, resource), problems=text.problems)
        reply = self._resources.put(resource.href, text.body, guard={"If-Match": resource.etag})
        if reply.status not in CREATED:
            raise self.refusal(reply)
        return self.kept(place, resource.href, text, reply, [one.name for one in changes])

    def kept(
        self, place: Place, href: str, sent: Text, reply: Reply, fields: Iterable[str] | None = None
    ) -> Written:
        """What the server made of it.

        An ETag that is the digest of what was sent proves that nothing was altered; without one
        the server repaired the text or scheduled something, and is asked for it (020, 026, 067).

        Raises:
            NotKept: fields that were written read otherwise.
        """
        if reply.etag == etag_of(sent.body):
            self._bodies.keep(Resource(href, reply.etag, sent.body))
            return Written(Seen(href, reply.etag, sent.record), sent.problems)
        stored = self._resources.get(href)
        self._bodies.keep(stored)
        read = place.record(stored.body, href)
        names = fields_of(read) if fields is None else fields
        lost = sorted(name for name in names if getattr(read, name) != getattr(sent.record, name))
        if lost:
            raise NotKept("cloud-not-kept", href=href, fields=", ".join(lost))
        return Written(Seen(href, stored.etag, read), sent.problems)

    def _conflict(
        self, place: Place, uid: str, text: Text, reply: Reply, record: Record
    ) -> Written:
        """A PUT of something new that was refused: who has its UID?"""
        holder = self._holder(place, uid, reply)
        if holder is not None:
            return self._adopt(place, holder, text)
        if reply.status == 500:
            restored = self._restored(place, uid)
            if restored is not None:
                changes = _differences(place.record(restored.body, restored.href), record)
                return self._patch(place, restored, changes, record)
        raise self.refusal(reply)

    def _holder(self, place: Place, uid: str, reply: Reply) -> Resource | None:
        """The resource that bears the UID: 400 until Nextcloud 34, then 409 with its href."""
        if reply.status not in (400, 409, 500):
            return None
        named = dav_error(reply).conditions.get(dav_xml.name(place.dialect.unique), "")
        if named and canonical(named).startswith(place.collection.href):
            return self._resources.get(canonical(named))
        return self._resources.holder(place.collection.href, uid)

    def _adopt(self, place: Place, holder: Resource, text: Text) -> Written:
        if place.record(holder.body, holder.href) != text.record:
            raise Taken("cloud-uid-taken", href=holder.href)
        return self.as_is(place, holder)

    def _restored(self, place: Place, uid: str) -> Resource | None:
        """What the trash bin held under this UID, back in its place (recording 045)."""
        trashed = self._trash.find(place.collection.uri, uid)
        if trashed is None:
            return None
        self._trash.restore(trashed)
        return self._resources.holder(place.collection.href, uid)

    def as_is(self, place: Place, resource: Resource) -> Written:
        """What is there, as if it had just been written."""
        self._bodies.keep(resource)
        read = place.record(resource.body, resource.href)
        return Written(Seen(resource.href, resource.etag, read))

    def _there(self, href: str) -> Resource | None:
        try:
            return self._resources.get(href)
        except Missing:
            return None

    def _is_gone(self, href: str) -> bool:
        try:
            return self._there(href) is None
        except SideError:
            return False

    def refusal(self, reply: Reply) -> SideError:
        """A 403 in a calendar of ours is not about rights but about what was sent (027, 030)."""
        error = self._dav.refusal(reply, wrote=True)
        if isinstance(error, Forbidden):
            exception = dav_error(reply).exception
            return Invalid("cloud-content-refused", href=reply.path, exception=exception)
        return error


def may_write(calendar: Collection, href: str = "") -> None:
    """Decided by the privileges: a reader's write is answered by 404 (recording 062).

    Raises:
        Forbidden: the calendar is somebody else's, or read-only.
    """
    if not (calendar.ours and calendar.writes):
        code = f"{calendar.noun}-read-only"
        raise Forbidden(code, href=href or calendar.href, owner=calendar.owner)


def _names(place: Place, uid: str, key: str | None) -> list[str]:
    """Hrefs to try: the one it had, then those that its UID gives."""
    extension = place.dialect.extension
    stem = resource_name(uid, extension).removesuffix(f".{extension}")
    ends = ["", *(f"-{number}" for number in range(2, _NAMES + 1))]
    home = place.collection.href
    hrefs = [home + segment(f"{stem}{end}.{extension}") for end in ends]
    if key is not None and canonical(key).startswith(home):
        hrefs.insert(0, canonical(key))
    return list(dict.fromkeys(hrefs))


def _uid(resource: Resource) -> str:
    return uid_in(resource.body.decode("utf-8", "replace"))


def _differences(there: Record, wanted: Record) -> list[FieldChange]:
    return [
        FieldChange(name, getattr(there, name), getattr(wanted, name))
        for name in fields_of(there)
        if getattr(there, name) != getattr(wanted, name)
    ]
