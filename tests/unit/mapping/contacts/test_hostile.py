"""Ugly entries and ugly cards end as contacts that cross and come back, or as Problems."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import pytest

from oscartes_sync.errors import Invalid
from oscartes_sync.mapping.contacts.card_reading import read_card
from oscartes_sync.mapping.contacts.card_writing import patch_card, validate_card, write_card
from oscartes_sync.mapping.contacts.entry_reading import read_contact
from oscartes_sync.mapping.contacts.entry_writing import new_contact_entry, patch_contact_entry
from oscartes_sync.presentation.texts import all_texts
from oscartes_sync.presentation.texts.contacts import TEXTS as CONTACT_TEXTS
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact
from oscartes_sync.records.event import Position, RichText
from oscartes_sync.records.problem import Problem, Severity
from oscartes_sync.records.standing import Standing
from tests.fakes.agenda_form import form_of
from tests.hostile.entries import TEXTS, VALUES
from tests.hostile.telling import assert_harmless_html, assert_harmless_wiki
from tests.unit.mapping.contacts.cards import NOW, OURS, card
from tests.unit.mapping.contacts.directory_form import (
    PEOPLE,
    SETTING,
    actor,
    directory_fields,
    directory_of,
)

PROPERTIES = sorted(SETTING.recipe.keys() | PEOPLE.recipe.keys() | {"bf_horaires"})
WIKI = directory_of(form_of(directory_fields("wiki"), "5"))


def assert_known(problems: Iterable[Problem]) -> None:
    assert {each.code for each in problems} <= {*all_texts(), *CONTACT_TEXTS}


def crossed(contact: Contact) -> Contact | None:
    """The contact in a card and read from it; None where it is told that it cannot be sent."""
    body = write_card(contact, OURS, hint="noe:5:X", photo=None, now=NOW)
    try:
        validate_card(body)
    except Invalid as refused:
        assert_known([Problem.from_error(refused)])
        return None
    assert body.count(b"\r\nBEGIN:") == 0
    assert body.count(b"\r\nEND:") == 1
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", body)
    record = read_card(body).record
    assert record is not None
    assert not [url for url in (*record.sites, *record.social) if "script:" in url.lower()]
    return record


def carried_back(contact: Contact) -> None:
    """As a new entry: nothing of it runs in the wiki."""
    writing = new_contact_entry(contact, SETTING, defaults={})
    assert_known(writing.problems)
    assert_harmless_html(writing.values.get("bf_description", ""))
    for name in ("bf_titre", "bf_ville", "bf_telephone"):
        assert "<" not in writing.values.get(name, "")
    wiki = new_contact_entry(contact, WIKI, defaults={}).values
    assert_harmless_wiki(wiki.get("bf_description", ""))


@pytest.mark.parametrize("value", VALUES)
def test_an_ugly_value_in_any_field(value: str) -> None:
    for name in PROPERTIES:
        if value.startswith("long") and name not in {"bf_titre", "bf_telephone"}:
            continue
        properties: dict[str, Any] = {name: VALUES[value]}
        reading = read_contact(actor(**properties), SETTING)
        assert_known(reading.problems)
        if reading.record is None:
            assert [each for each in reading.problems if each.severity is Severity.ERROR]
            continue
        found = crossed(reading.record)
        if found is not None:
            carried_back(found)
        changes = {each: getattr(reading.record, each) for each in CONTACT_FIELDS}
        patch_contact_entry(actor(**properties), changes, reading.record, SETTING)


@pytest.mark.parametrize("name", [name for name in TEXTS if "10 MB" not in name])
def test_an_ugly_description(name: str) -> None:
    for setting in (SETTING, WIKI):
        reading = read_contact(actor(bf_description=TEXTS[name]), setting)
        assert_known(reading.problems)
        if reading.record is not None:
            found = crossed(reading.record)
            if found is not None and len(found.description.text) < 50_000:
                carried_back(found)


MANY: Final = 60_000
UGLY: Final[dict[str, bytes]] = {
    "telephones without end": card("FN:A", *(f"TEL:{n}" for n in range(MANY))),
    "one group without end": card("FN:A", *(f"a.URL:https://x.example/{n}" for n in range(MANY))),
    "groups without end": card(
        "FN:A", *(f"item{n}.TEL:{n}\r\nitem{n}.X-ABLabel:x" for n in range(MANY // 2))
    ),
    "labels without end": card("FN:A", *("a.X-ABLabel:Fiche" for n in range(MANY)), "a.URL:b.c"),
    "categories without end": card("FN:A", f"CATEGORIES:{','.join(map(str, range(MANY)))}"),
    "backslashes": card("FN:A", "ADR:" + "\\" * 1_000_000, "N:" + "\\;" * 500_000),
    "semicolons": card("FN:A", "ADR:" + ";" * 1_000_000, "TEL" + ";X=1" * 200_000 + ":1"),
    "parameters without end": card("FN:A", "TEL;TYPE=" + "a," * 500_000 + ":1"),
    "quotes": card("FN:A", 'TEL;TYPE="' * 100_000 + ":1"),
    "folds": card("FN:A\r\n " * 200_000),
    "cut accents": card("FN:x").replace(b"x", b"\r\n ".join([b"\xc3", b"\xa9\xc3"] * 50_000)),
    "a photo that is none": card("FN:A", "PHOTO;ENCODING=b:" + "=A" * 1_000_000),
    "a huge photo": card("FN:A", "X-OSCARTES-IMAGE;X-SHA256=0:a", "PHOTO:" + "A" * 4_000_000),
    "points": card("FN:A", "a." * 500_000 + "TEL:1", "." * 100_000),
    "colons": card("FN" + ":" * 500_000),
    "formula": card("FN:=cmd|' /C calc'!A0", "TEL:@SUM(1)", "NOTE:+1"),
    "controls": card("FN:a\x00b\x07c\x1b[31m\x7f\x9f", "NOTE:\x08", "TEL:\x00"),
    "markup": card("FN:<script>x()</script>", "NOTE:<img src=x onerror=x()>{{x}}", "ORG:<b>"),
    "code as sites": card("FN:A", "URL:JaVa\\script:x()", "URL;VALUE=uri:data:text/html,<b>"),
    "numbers": card("FN:A", "GEO:1e400;-1e400", "ADR;PREF=99999999999999:;;x", "GEO:"),
    "nested": card("FN:A", *["BEGIN:VCARD"] * 1_000, *["END:VCARD"] * 1_000),
    "BEGIN in a value": card("FN:A", "NOTE:\\nBEGIN:VCARD\\nEND:VCARD"),
    "nothing": card(),
}


@pytest.mark.parametrize("name", UGLY)
def test_an_ugly_card(name: str) -> None:
    body = UGLY[name]
    reading = read_card(body)
    assert_known(reading.problems)
    if reading.record is None:
        assert reading.standing is Standing.BROKEN
        return
    assert crossed(reading.record) is not None or len(body) > 1_000_000
    carried_back(reading.record)
    changes = {
        "name": "B",
        "phones": ("04 1",),
        "emails": ("a@b",),
        "sites": ("https://b.example",),
        "social": ("https://fb.me/b",),
        "street": "rue",
        "position": Position(1, 2),
        "categories": ("X",),
        "description": RichText("texte"),
    }
    after = patch_card(body, changes, reading.record, now=NOW)
    back = read_card(after).record
    assert back is not None
    assert {each: getattr(back, each) for each in changes} == changes
