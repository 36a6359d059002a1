"""A small network to try things on: accounts, groups, and events a member's own client made."""

from __future__ import annotations

from oscartes_sync.sandbox.cloud.stand_in import CloudStandIn

GROUPS = {"gt-outils": "GT Outils", "gt-communication": "GT Communication"}
PASSWORDS = {
    "oscartes-bot": "Robot-de-paille-1",
    "alice": "Alice-de-paille-1",
    "bob": "Bob-de-paille-1",
    "admin": "Admin-de-paille-1",
}


def seed_network(cloud: CloudStandIn) -> dict[str, str]:
    """Add the accounts oscartes-bot, alice, bob and admin; their passwords by uid."""
    for gid in GROUPS:
        cloud.add_group(gid)
    cloud.add_user(
        "oscartes-bot",
        PASSWORDS["oscartes-bot"],
        email="oscartes-bot@cloud.example",
        name="Robot d’OsCartes",
        groups=GROUPS,
    )
    cloud.add_user(
        "alice",
        PASSWORDS["alice"],
        email="alice@example.org",
        name="Alice Test",
        groups=("gt-outils",),
    )
    cloud.add_user(
        "bob",
        PASSWORDS["bob"],
        email="bob@example.org",
        name="Bob Test",
        groups=("gt-communication",),
    )
    cloud.add_user("admin", PASSWORDS["admin"], name="admin", groups=("admin",), admin=True)
    return dict(PASSWORDS)


def seed_members_events(cloud: CloudStandIn, uid: str, calendar: str) -> list[str]:
    """Write events as an independent desktop client makes them; their names.

    Alarms, an override and an exclusion, attendees of nobody here, X- properties, a day event.
    """
    for name, body in EVENTS.items():
        cloud.put(uid, calendar, name, body.replace("\n", "\r\n").encode())
    return list(EVENTS)


_HEAD = """BEGIN:VCALENDAR
PRODID:-//Agenda du bureau//Version 7//FR
VERSION:2.0
"""
_PARIS = """BEGIN:VTIMEZONE
TZID:Europe/Paris
X-TZINFO:Europe/Paris[2026b]
BEGIN:DAYLIGHT
TZOFFSETTO:+020000
TZOFFSETFROM:+010000
TZNAME:CEST
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETTO:+010000
TZOFFSETFROM:+020000
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
EVENTS = {
    "6f0c1f0e-atelier.ics": _HEAD
    + _PARIS
    + """BEGIN:VEVENT
CREATED:20261102T081512Z
LAST-MODIFIED:20261110T190043Z
DTSTAMP:20261110T190043Z
UID:6f0c1f0e-5b1d-4c52-9a53-atelier
SUMMARY:Atelier vélo : réparer ensemble
DTSTART;TZID=Europe/Paris:20261205T140000
DTEND;TZID=Europe/Paris:20261205T173000
TRANSP:OPAQUE
LOCATION:Le Garage\\, 12 quai des Tanneurs\\, Nantes
DESCRIPTION:On apporte ses outils \\;\\nle café est offert.
CATEGORIES:Vélo,Entraide
X-MOZ-GENERATION:3
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER;VALUE=DURATION:-PT30M
DESCRIPTION:Rappel
END:VALARM
END:VEVENT
END:VCALENDAR
""",
    "b2a7-permanence.ics": _HEAD
    + _PARIS
    + """BEGIN:VEVENT
CREATED:20261020T170000Z
LAST-MODIFIED:20261021T070000Z
DTSTAMP:20261021T070000Z
UID:b2a7d9d0-permanence
SUMMARY:Permanence du mardi
RRULE:FREQ=WEEKLY;COUNT=8;BYDAY=TU
EXDATE;TZID=Europe/Paris:20261222T183000
DTSTART;TZID=Europe/Paris:20261201T183000
DTEND;TZID=Europe/Paris:20261201T200000
X-MOZ-GENERATION:4
END:VEVENT
BEGIN:VEVENT
CREATED:20261021T070000Z
LAST-MODIFIED:20261021T070500Z
DTSTAMP:20261021T070500Z
UID:b2a7d9d0-permanence
SUMMARY:Permanence déplacée à la médiathèque
RECURRENCE-ID;TZID=Europe/Paris:20261208T183000
DTSTART;TZID=Europe/Paris:20261209T190000
DTEND;TZID=Europe/Paris:20261209T203000
LOCATION:Médiathèque Jacques-Demy
SEQUENCE:1
END:VEVENT
END:VCALENDAR
""",
    "assemblee-2027.ics": _HEAD
    + """BEGIN:VEVENT
DTSTAMP:20261115T120000Z
UID:assemblee-2027@bureau.example
SUMMARY:Assemblée générale
DTSTART;VALUE=DATE:20270116
DTEND;VALUE=DATE:20270118
CLASS:PUBLIC
STATUS:TENTATIVE
ORGANIZER;CN=Camille Roy:mailto:camille@exterieur.example
ATTENDEE;PARTSTAT=NEEDS-ACTION;CN="Roy, Dominique":mailto:dominique@exterieur.example
X-ALT-DESC;FMTTYPE=text/html:<p>Ordre du jour à venir</p>
END:VEVENT
END:VCALENDAR
""",
    "rdv-prive.ics": _HEAD
    + """BEGIN:VEVENT
DTSTAMP:20261118T090000Z
UID:rdv-prive-1@bureau.example
SUMMARY:Rendez-vous chez le banquier
DTSTART:20261214T091500Z
DURATION:PT45M
CLASS:CONFIDENTIAL
PRIORITY:1
END:VEVENT
END:VCALENDAR
""",
}
