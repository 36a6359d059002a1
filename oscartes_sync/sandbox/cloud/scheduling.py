"""Scheduling: invitations that a PUT with ORGANIZER and ATTENDEE sends (recording 067).

Only the organizer's side: replies of attendees to an organizer are not delivered.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

from oscartes_sync.sandbox.cloud.checking import PRODID, Checked
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.icalendar_text import Component, Line, Unreadable, read
from oscartes_sync.sandbox.cloud.store import Calendar, Resource, etag_of

Keep = Callable[[Calendar, str, Checked], tuple[bool, Resource]]
DEFAULT_CALENDAR = "personal"
DELIVERED = ";SCHEDULE-STATUS=1.1"
CLIENTS = ("CLIENT", "NONE")


class Scheduling:
    """Sends invitations to the calendars and inboxes of local accounts."""

    def __init__(self, core: Core, keep: Keep) -> None:
        self.core = core
        self.keep = keep

    def send(self, calendar: Calendar, checked: Checked) -> bool:
        """Send what a text asks for; tells whether the text was touched.

        Every attendee is marked with SCHEDULE-STATUS=1.1, outsiders too: mail comes later.
        Raises Refusal where a local attendee has binned an invitation of that UID: 500.
        """
        if b"ATTENDEE" not in checked.body.upper() or not self._organizes(calendar, checked.tree):
            return False
        addresses = sorted({line.value.lower() for line in self._invited(calendar, checked.tree)})
        if not addresses:
            return False
        for address in addresses:
            self._deliver(address, self._invitation(checked.tree, None), checked.component)
        for line in self._invited(calendar, checked.tree):
            line.parameters = _without(line.parameters, "SCHEDULE-STATUS") + DELIVERED
        checked.body = checked.tree.text().encode()
        return True

    def cancel(self, calendar: Calendar, resource: Resource) -> None:
        """Cancel what was sent for an object about to be deleted; the copies stay, CANCELLED."""
        if b"ATTENDEE" not in resource.body.upper():
            return
        try:
            tree = read(resource.body)
        except Unreadable:
            return
        if not self._organizes(calendar, tree):
            return
        for address in sorted({line.value.lower() for line in self._invited(calendar, tree)}):
            self._deliver(address, self._invitation(tree, "CANCELLED"), resource.component)

    def _invitation(self, tree: Component, status: str | None) -> Component:
        """The attendees' copy: everybody NEEDS-ACTION, no alarms, no SCHEDULE-STATUS."""
        copied = tree.copy()
        copied.lines = [Line("VERSION", "", "2.0"), Line("PRODID", "", PRODID)]
        copied.lines.append(Line("CALSCALE", "", "GREGORIAN"))
        for part in copied.children:
            part.children = [child for child in part.children if child.name != "VALARM"]
            for line in part.every("ATTENDEE"):
                line.parameters = _without(line.parameters, "SCHEDULE-STATUS")
                if line.parameter("PARTSTAT") is None:
                    line.parameters += ";PARTSTAT=NEEDS-ACTION"
            if part.name == "VTIMEZONE":
                continue
            dropped = {"SEQUENCE", "STATUS"} if status is not None else set()
            added = [] if status is None else [_next_sequence(part), Line("STATUS", "", status)]
            if self.core.version == 32:
                dropped.add("DTSTAMP")
                added.append(Line("DTSTAMP", "", f"{self.core.now():%Y%m%dT%H%M%SZ}"))
                added.reverse()
            part.lines = [line for line in part.lines if line.name not in dropped] + added
        return copied

    def _organizes(self, calendar: Calendar, tree: Component) -> bool:
        account = self.core.directory.accounts.get(calendar.owner)
        own = f"mailto:{account.email}".lower() if account and account.email else None
        for part in tree.children:
            organizer = part.first("ORGANIZER")
            if organizer is not None:
                agent = (organizer.parameter("SCHEDULE-AGENT") or "").upper()
                return organizer.value.lower() == own and agent not in CLIENTS
        return False

    def _invited(self, calendar: Calendar, tree: Component) -> Iterator[Line]:
        own = f"mailto:{self.core.directory.accounts[calendar.owner].email}".lower()
        for part in tree.children:
            for line in part.every("ATTENDEE"):
                agent = (line.parameter("SCHEDULE-AGENT") or "").upper()
                if line.value.lower() != own and agent not in CLIENTS:
                    yield line

    def _deliver(self, address: str, invitation: Component, component: str) -> None:
        account = next(
            (
                one
                for one in self.core.directory.accounts.values()
                if one.email and f"mailto:{one.email}".lower() == address
            ),
            None,
        )
        if account is None:
            return
        calendar = self.core.store.find(account.uid, DEFAULT_CALENDAR)
        if calendar is None:
            return
        body = invitation.text().encode()
        uid = next(
            (part.value("UID") or "" for part in invitation.children if part.name == component), ""
        )
        checked = Checked(body, invitation, component, uid, None)
        there = calendar.by_uid.get(uid)
        message = f"sabredav-{uuid.uuid4()}.ics"
        kept_under = there.name if there and there.deleted is None else message
        self.keep(calendar, kept_under, checked)
        self.core.inboxes.setdefault(account.uid, {})[message] = etag_of(body)


def _next_sequence(part: Component) -> Line:
    sequence = part.value("SEQUENCE") or ""
    return Line("SEQUENCE", "", str(int(sequence) + 1 if sequence.isdigit() else 1))


def _without(parameters: str, name: str) -> str:
    return "".join(
        f";{part}"
        for part in Line("X", parameters, "").each_parameter()
        if part.partition("=")[0].upper() != name
    )
