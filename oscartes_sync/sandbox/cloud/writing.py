"""Writing calendar objects: what PUT, DELETE and MOVE do once conditions hold.

The stand-in's own members write through here too.
"""

from __future__ import annotations

from dataclasses import dataclass

from oscartes_sync.sandbox.cloud.checking import Checked, check
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.messages import Refusal, bad_request, forbidden
from oscartes_sync.sandbox.cloud.recurrence import check_rules
from oscartes_sync.sandbox.cloud.scheduling import Scheduling
from oscartes_sync.sandbox.cloud.store import Calendar, Resource, binned_name, etag_of
from oscartes_sync.sandbox.cloud.xml_text import href_element

LONGEST_NAME = 255
DATABASE = "OC\\DB\\Exceptions\\DbalException"
DUPLICATE = "Calendar object with uid already exists in this calendar collection."


@dataclass(slots=True)
class Written:
    """What became of a PUT. `etag` is None where the text kept is not the text sent."""

    created: bool
    etag: str | None
    warning: str | None
    resource: Resource


class ObjectWriting:
    """Creates, changes, bins and moves calendar objects."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.scheduling = Scheduling(core, self.keep)

    def put(
        self,
        calendar: Calendar,
        name: str,
        body: bytes,
        *,
        strict: bool = False,
        schedule: bool = True,
    ) -> Written:
        """Check and keep a body under a name, sending invitations unless told not to."""
        limit = self.core.settings.event_size_limit
        if len(body) > limit:
            raise forbidden(f"VEvent or VTodo object exceeds {limit} bytes")
        checked = check(body, calendar.components, self.core.now(), strict=strict)
        scheduled = schedule and self.scheduling.send(calendar, checked)
        created, resource = self.keep(calendar, name, checked)
        untouched = checked.warning is None and not scheduled
        return Written(created, resource.etag if untouched else None, checked.warning, resource)

    def keep(self, calendar: Calendar, name: str, checked: Checked) -> tuple[bool, Resource]:
        """Store a checked body. Raises Refusal for clashing UIDs and names."""
        check_rules(checked.tree)
        existing = calendar.resources.get(name)
        holder = calendar.by_uid.get(checked.uid)
        if existing is None and holder is not None and holder.deleted is None:
            raise self._uid_conflict(calendar, holder)
        if len(name) > LONGEST_NAME:
            raise _database_error(
                "22001",
                "String data, right truncated: 1406 Data too long for column 'uri' at row 1",
            )
        if self.core.version == 32 and len(checked.uid) > LONGEST_NAME:
            raise _database_error(
                "22001",
                "String data, right truncated: 1406 Data too long for column 'uid' at row 1",
            )
        if holder is not None and holder is not existing:
            raise _database_error(
                "23000",
                "Integrity constraint violation: 1062 Duplicate entry "
                f"'{calendar.number}-0-{checked.uid}' for key "
                "'calobjects_by_uid_index'",
            )
        resource = self._resource(name, checked)
        if existing is None:
            resource.number = self.core.store.next_number()
            calendar.add(resource)
            return True, resource
        calendar.rewrite(existing, resource)
        return False, existing

    def _resource(self, name: str, checked: Checked) -> Resource:
        main = next(part for part in checked.tree.children if part.name == checked.component)
        classification = (main.value("CLASS") or "PUBLIC").upper()
        return Resource(
            number=0,
            name=name,
            body=checked.body,
            etag=etag_of(checked.body),
            uid=checked.uid,
            component=checked.component,
            classification=classification,
            modified=self.core.now(),
        )

    def _uid_conflict(self, calendar: Calendar, holder: Resource) -> Refusal:
        if self.core.settings.uid_conflict == 400:
            return bad_request(DUPLICATE)
        path = f"/remote.php/dav/calendars/{calendar.owner}/{calendar.uri}/{holder.name}"
        return Refusal(
            409,
            "Sabre\\CalDAV\\Exception\\UidConflict",
            DUPLICATE,
            extra='  <cal:no-uid-conflict xmlns:cal="urn:ietf:params:xml:ns:caldav">'
            f"{href_element(path)}</cal:no-uid-conflict>\n",
        )

    def delete(self, calendar: Calendar, resource: Resource) -> None:
        """Bin an object, or delete it for good where retention is off. Raises Refusal 403."""
        binned = binned_name(resource.name)
        retained = self.core.settings.retention > 0
        if retained and binned in calendar.trashed:
            raise forbidden(
                f"A calendar object with URI {binned} already exists in calendar "
                f"{calendar.number}, therefore this object can't be moved into the trashbin"
            )
        self.scheduling.cancel(calendar, resource)
        if retained:
            calendar.bin(resource, self.core.now())
        else:
            calendar.forget(resource)

    def move(self, source: Calendar, resource: Resource, target: Calendar, name: str) -> None:
        """Move an object to a free name of another calendar."""
        holder = target.by_uid.get(resource.uid)
        if holder is not None:
            raise _database_error(
                "23000",
                "Integrity constraint violation: 1062 Duplicate entry "
                f"'{target.number}-0-{resource.uid}' for key "
                "'calobjects_by_uid_index'",
            )
        source.forget(resource)
        resource.name = name
        target.add(resource)


def _database_error(state: str, words: str) -> Refusal:
    return Refusal(
        500, DATABASE, f"An exception occurred while executing a query: SQLSTATE[{state}]: {words}"
    )
