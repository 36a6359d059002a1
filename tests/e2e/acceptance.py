"""The recorded network in a stand-in wiki, and the habits of independent calendar clients."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from icalendar import Calendar

from oscartes_sync.sandbox.wiki import NetworkKeys, WikiStandIn

RECORDINGS = Path(__file__).parents[2].parent / "shared" / "recordings" / "yeswiki"
SHOWN = frozenset({"user", "owner", "url", "html_data", "semantic"})
DATES = frozenset({"date_maj_fiche", "date_creation_fiche"})
AGENDA = {"4.4": "v444-04-entries-6", "4.5": "111-entries-form-6"}
DIRECTORY = {"4.4": "v444-03-entries-5", "4.5": "110-entries-form-5"}


def recorded_body(name: str) -> Any:
    """The body that was recorded."""
    return json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))["response"]["body"]


def fill_as_recorded(wiki: WikiStandIn) -> NetworkKeys:
    """Forms, lists, directory and agenda as they were recorded on that version."""
    version = wiki.settings.version
    keys = NetworkKeys(admin="WikiAdmin", robot="RobotNuage", member="MarieDupont")
    wiki.add_user(keys.admin, admin=True, key=keys.admin_key)
    wiki.add_user(keys.robot, key=keys.robot_key)
    wiki.add_user(keys.member)
    wiki.add_user("JeanMartin")
    lists = recorded_body("v444-02-lists" if version == "4.4" else "103-lists-json-handler")
    for name, body in lists.items():
        content = body["label"] if version == "4.4" else body["nodes"]
        wiki.add_list(name, body.get("title", body.get("titre_liste", "")), content)
    for form in _forms(version):
        wiki.add_form(form["bn_id_nature"], form["bn_label_nature"], form["bn_template"])
    _add(wiki, 5, recorded_body(DIRECTORY[version]))
    _add(wiki, 6, recorded_body(AGENDA[version]))
    return keys


def _forms(version: str) -> list[dict[str, Any]]:
    if version == "4.4":
        return [recorded_body("v444-00-form-5"), recorded_body("v444-01-form-6")]
    return list(recorded_body("100-forms").values())


def _add(wiki: WikiStandIn, form: int, entries: Mapping[str, Mapping[str, Any]]) -> None:
    for tag, entry in entries.items():
        for key, value in entry.items():
            if key.startswith(("image", "fichier")) and value:
                wiki.add_file(value, b"%PDF-1.4\n")
        kept = {key: value for key, value in entry.items() if key not in SHOWN}
        wiki.add_entry(form, tag, kept, owner=entry["owner"], user=entry["user"])


def changed(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> dict[str, frozenset[str]]:
    """Tag → the properties that are not what they were, the wiki's own dates aside."""
    return {
        tag: frozenset(
            key
            for key in entry.keys() | before[tag].keys()
            if entry.get(key) != before[tag].get(key)
        )
        - DATES
        for tag, entry in after.items()
    }


def by_icalendar(body: bytes, edit: Callable[[Any], None]) -> bytes:
    """Edited and written anew by the `icalendar` library: order, folding, PRODID change."""
    calendar = Calendar.from_ical(body)
    calendar["PRODID"] = "-//Client independant//FR"
    edit(next(one for one in calendar.walk("VEVENT") if "RECURRENCE-ID" not in one))
    return bytes(calendar.to_ical(sorted=True))


def set_to(event: Any, name: str, value: Any) -> None:
    """Replace a property, whatever it was; None takes it away."""
    event.pop(name, None)
    if value is not None:
        event.add(name, value)


def resource(uid: str, *lines: str, around: tuple[str, ...] = ()) -> bytes:
    """An event as a client that knows nothing of us writes it."""
    whole = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Un autre client//FR",
        *around,
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20261101T080000Z",
        *lines,
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(whole).encode()
