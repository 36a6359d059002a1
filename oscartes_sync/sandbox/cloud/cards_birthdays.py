"""The calendar the server makes of birthdays and anniversaries in cards (recording 089)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from oscartes_sync.sandbox.cloud.cards_store import AddressBook
from oscartes_sync.sandbox.cloud.cards_text import ESCAPES, Card
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.icalendar_text import Line
from oscartes_sync.sandbox.cloud.store import Calendar, Resource, etag_of
from oscartes_sync.sandbox.cloud.xml_text import dav

CALENDAR = "contact_birthdays"
FIELDS = (("BDAY", "", "\U0001f382"), ("ANNIVERSARY", "-anniversary", "\U0001f48d"))
DAY = re.compile(r"(\d{4}|--)-?(\d\d)-?(\d\d)(T.*)?")
UNKNOWN_YEARS_START = 1970
OMITTED_YEAR = "1604"


class Birthdays:
    """Keeps an account's ``contact_birthdays`` in step; `Settings.birthday_calendars` rules."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def refresh(self, book: AddressBook, name: str, card: Card | None) -> None:
        """Make, change or delete the events of one card (None: it was deleted)."""
        if not self.core.settings.birthday_calendars:
            return
        for field, suffix, sign in FIELDS:
            body = None if card is None else self._event(card, field, suffix, sign)
            self._keep(book, f"{book.uri}-{name}{suffix}.ics", body)

    def _keep(self, book: AddressBook, uri: str, body: bytes | None) -> None:
        calendar = self._calendar(book.owner, wanted=body is not None)
        if calendar is None:
            return
        there = calendar.resources.get(uri)
        if body is None:
            if there is not None:
                calendar.forget(there)
            return
        uid = next(line[4:] for line in body.decode().split("\r\n") if line.startswith("UID:"))
        made = Resource(
            self.core.store.next_number(), uri, body, etag_of(body), uid, "VEVENT", "PUBLIC",
            self.core.now(),
        )  # fmt: skip
        if there is None:
            calendar.add(made)
        elif there.body != body:
            calendar.rewrite(there, made)

    def _calendar(self, owner: str, *, wanted: bool) -> Calendar | None:
        calendar = self.core.store.find(owner, CALENDAR)
        if calendar is None and wanted:
            calendar = self.core.store.make(owner, CALENDAR)
            calendar.components = ("VEVENT",)
            calendar.modified = self.core.now()
            calendar.properties[dav("displayname")] = "Contact birthdays"
        return calendar

    def _event(self, card: Card, field: str, suffix: str, sign: str) -> bytes | None:
        found = card.first(field)
        if found is None and field == "ANNIVERSARY":
            found = card.first("X-ANNIVERSARY")
        parts = DAY.fullmatch(found.raw) if found else None
        if found is None or parts is None:
            return None
        omitted = found.parameters.get("X-APPLE-OMIT-YEAR", [""])[0] == OMITTED_YEAR
        unknown = omitted or parts[1] == "--"
        year = UNKNOWN_YEARS_START if unknown else int(parts[1])
        try:
            day = date(max(year, UNKNOWN_YEARS_START), int(parts[2]), int(parts[3]))
        except ValueError:
            return None
        uid, name = card.first("UID"), card.first("FN")
        shown = (name.value() if name else "").translate(ESCAPES)
        summary = f"{sign} {shown}" if unknown else f"{sign} {shown} ({year})"
        known = [f"X-NEXTCLOUD-BC-UNKNOWN-YEAR:{int(unknown)}"]
        if not unknown:
            known.append(f"X-NEXTCLOUD-BC-YEAR:{year}")
        return _body(
            [
                f"DTSTAMP:{self.core.now():%Y%m%dT%H%M%SZ}",
                f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
                f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
                f"UID:{uid.value() if uid else ''}{suffix}",
                "RRULE:FREQ=YEARLY",
                f"SUMMARY:{summary}",
                "TRANSP:TRANSPARENT",
                f"X-NEXTCLOUD-BC-FIELD-TYPE:{field}",
                *known,
            ],
            summary,
        )


def _body(lines: list[str], summary: str) -> bytes:
    whole = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "PRODID:-//IDN nextcloud.com//Birthday calendar//EN",
        "BEGIN:VEVENT",
        *lines,
        "BEGIN:VALARM",
        "TRIGGER;VALUE=DURATION:PT9H",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{summary}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(one) for one in whole).encode()


def _folded(line: str) -> str:
    name, _, value = line.partition(":")
    bare, semicolon, rest = name.partition(";")
    return Line(bare, f"{semicolon}{rest}", value).text()
