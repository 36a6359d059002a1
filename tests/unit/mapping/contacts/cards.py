"""Cards as programs write them."""

from __future__ import annotations

from datetime import UTC, datetime

from oscartes_sync.mapping.contacts.card_reading import read_card
from oscartes_sync.mapping.contacts.card_writing import Photo, write_card
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Position, RichText

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OURS = "LeFournil.noe@oscartes"
THEIRS = "5f0c-41@client.example"
LOGO = "https://wiki.example/files/logo.png"
PHOTO = Photo(b"\x89PNG logo", "PNG")
FOURNIL = Contact(
    name="Le Fournil d'Élise ; fils, & <Cie>",
    phones=("04 67 00 00 06", "06 00 00 00 06"),
    emails=("contact@x.example",),
    sites=("https://x.example/?a=1,2;3",),
    social=("https://facebook.com/x", "https://social.example/@x"),
    street="5 bis, impasse; des Prés",
    postcode="34000",
    town="Montpellier",
    country="France",
    position=Position(43.6119, 3.8772),
    categories=("Association", "Coopérative (SCOP, SCIC)", "Numérique libre / Outils"),
    description=RichText("Une ligne\nUne autre, et; puis \\n"),
    image=LOGO,
    related=("Vélo & Cie", "L'autre, là"),
    page="https://wiki.example/?LeFournil",
    properties=(("related", "checkboxfiche5bf_partenaires"),),
)


def card(*lines: str, version: str = "3.0", uid: str = THEIRS, ending: str = "\r\n") -> bytes:
    """A card of these lines."""
    whole = ("BEGIN:VCARD", f"VERSION:{version}", f"UID:{uid}", *lines, "END:VCARD", "")
    return ending.join(whole).encode()


def new(contact: Contact = FOURNIL, uid: str = OURS) -> bytes:
    """A new card as we write it."""
    photo = PHOTO if contact.image else None
    return write_card(contact, uid, hint="noe:5:LeFournil", photo=photo, now=NOW)


def read(body: bytes) -> Contact:
    """The record of a card that has one."""
    reading = read_card(body)
    assert reading.record is not None, reading.problems
    return reading.record


def unfolded(body: bytes) -> list[str]:
    """The content lines."""
    return body.replace(b"\r\n ", b"").decode().splitlines()
