"""Publications to render: an actor, an event, and texts that nobody means well with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from oscartes_sync.exports.licence import KNOWN, Licence
from oscartes_sync.exports.preparing import prepare
from oscartes_sync.exports.view import Kind, Publication, Row, View, shown_fields
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Event, Position, RichText
from oscartes_sync.records.identity import uid_of
from oscartes_sync.records.record import Record

LICENCE = Licence("CC-BY-SA-4.0", KNOWN["CC-BY-SA-4.0"])
MADE = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CHANGED = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
MEANT = "]]> <b>&amp;</b> \"deux\" 'trois'; a, b \\ c\nligne deux 🔧 \u202eمرحبا\u202c"
HOSTILE = f"=1+1\x00\x1b[31m{MEANT}\ud800\ufffe\r\n{'très long ' * 3000}"
"""What a member may have typed or the API stored."""


def actor(**more: Any) -> Contact:
    base = Contact(
        name="La Grange aux Outils",
        phones=("+33 1 60 00 00 11", "01 60 00 00 12"),
        emails=("bonjour@grange.example",),
        sites=("grange.example/ici", "https://autre.example"),
        social=("https://mamot.fr/@grange",),
        street="4 rue du Lavoir",
        postcode="01000",
        town="Orsay",
        country="France",
        position=Position(48.6989, -2.1875),
        categories=("Énergie", "Numérique libre / Outils"),
        description=RichText("Prêt d'outils & de savoirs.\nOuvert le samedi."),
        image="https://wiki.example/files/logo.png",
        related=("Vélo & Cie",),
        page="https://wiki.example/?LaGrange",
    )
    return replace(base, **more)


def event(**more: Any) -> Event:
    base = Event(
        title="Bourse aux plantes",
        start=date(2027, 3, 6),
        end=date(2027, 3, 7),
        description=RichText("Apportez des boutures.", "<p>Apportez des boutures.</p>"),
        place="Salle des fêtes, 91400 Orsay",
        position=Position(48.6989, 2.1875),
        link="plantes.example",
        categories=("Fête", "Atelier"),
        organizer="La Grange aux Outils",
        page="https://wiki.example/?Bourse",
    )
    return replace(base, **more)


def hostile_actor() -> Contact:
    """Texts alone: what is no text has a shape of its own."""
    lines = ("name", "street", "postcode", "town", "country", "given_name", "family_name")
    many = ("categories", "related", "phones")
    return actor(
        **dict.fromkeys(lines, HOSTILE),
        **dict.fromkeys(many, (HOSTILE, f"b{HOSTILE}")),
        description=RichText(HOSTILE),
        sites=("http://a.example/\"><script>alert('ö b')</script>",),
        position=None,
    )


def hostile_event() -> Event:
    return event(
        title=HOSTILE,
        place=HOSTILE,
        organizer=HOSTILE,
        categories=(HOSTILE,),
        description=RichText(HOSTILE, f"<p>{HOSTILE}</p>"),
        link="http://a.example/\"><script>alert('ö b')</script>",
        position=None,
    )


def row(tag: str, record: Record, **more: Any) -> Row:
    base = Row(tag=tag, uid=uid_of(tag, "noe"), record=record, created=MADE, updated=CHANGED)
    return replace(base, **more)


def published(*rows: Row, kind: Kind = "contacts", title: str = "", **view: Any) -> Publication:
    """Rows as an export would hand them to a format."""
    whole: dict[str, Any] = {"name": "acteurs", "wiki": "noe", "form": "5", "licence": LICENCE}
    made = View(**{"publisher": "PôleS NOE", **whole, **view})
    shown = shown_fields(made, kind)
    return Publication(
        view=made,
        kind=kind,
        title=title or "Annuaire",
        source="https://wiki.example",
        rows=tuple(prepare(each, shown) for each in rows),
    )


def stable(render: Callable[[Publication], bytes], *rows: Row, kind: Kind = "contacts") -> bytes:
    """The file, which is the same when it is made again."""
    first = render(published(*rows, kind=kind))
    assert render(published(*rows, kind=kind)) == first
    return first
