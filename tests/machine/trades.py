"""What members write: events into an agenda, actors into a directory, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Protocol

from oscartes_sync.records.contact import LISTS, Contact
from oscartes_sync.records.event import Event, RichText, Series
from oscartes_sync.records.problem import Side
from oscartes_sync.records.record import Record, a_contact, an_event
from tests.fakes.sides import (
    FakeClock,
    FakeSide,
    fake_book,
    fake_cloud,
    fake_directory,
    fake_wiki,
)
from tests.fakes.things import either

FIRST_DAY = date(2027, 3, 1)
KNOWN = frozenset({"Atelier", "Conférence", *(f"Thème {number}" for number in range(2000))})
TRACKED = {
    Event: ("title", "place", "description", "categories", "start"),
    Contact: ("name", "phones", "emails", "street", "description", "categories", "image"),
}
"""The fields that members type into."""


def mark_of(record: Record) -> str:
    """By what a thing is known on whichever side it is; nobody edits that."""
    known = either(record)
    return known.link if isinstance(known, Event) else known.country


class Trade(Protocol):
    """One kind of record. `new` is a thing as a member makes it, `rich` with all there may be;
    `typed` what a member changes under that name, which the other kind understands its own way."""

    def sides(self, clock: FakeClock) -> tuple[FakeSide, FakeSide]:
        """The wiki and the cloud, empty."""

    def new(self, number: int, mark: str, side: Side, *, rich: bool) -> Record:
        """A thing that nobody made before."""

    def typed(self, record: Record, name: str, line: int, number: int) -> dict[str, Any]:
        """Field → value."""

    def alike(self, wiki: Record, cloud: Record, held: Record, names: frozenset[str]) -> None:
        """Fail where linked sides differ; `held` is what the wiki could hold of the cloud's."""


def _text(record: Record, line: int, number: int) -> RichText:
    text = either(record).description.text
    lines = text.split("\n\n") if text else ["", "", ""]
    lines[line % len(lines)] = f"Texte {number}"
    return RichText("\n\n".join(each for each in lines if each))


def _labels(record: Record, line: int, number: int) -> tuple[str, ...]:
    """One label less and one more, of those that the form's list has or of the member's own."""
    more = f"{'Perso' if line else 'Thème'} {number}"
    return tuple(sorted({*record.categories[1:], more}))


class Agenda:
    """Events. Those of the calendar may be series."""

    def sides(self, clock: FakeClock) -> tuple[FakeSide, FakeSide]:
        wiki = fake_wiki(clock=clock)
        wiki.categories = KNOWN
        return wiki, fake_cloud(clock=clock)

    def new(self, number: int, mark: str, side: Side, *, rich: bool) -> Event:
        day = FIRST_DAY + timedelta(days=number)
        series = Series(rule="FREQ=WEEKLY;COUNT=60") if rich and side is Side.CLOUD else None
        return Event(title=f"Fête {number}", start=day, end=day, link=mark, series=series)

    def typed(self, record: Record, name: str, line: int, number: int) -> dict[str, Any]:
        day = FIRST_DAY + timedelta(days=number)
        new: dict[str, dict[str, Any]] = {
            "title": {"title": f"Fête {number}"},
            "place": {"place": f"Lieu {number}"},
            "no place": {"place": ""},
            "description": {"description": _text(record, line, number)},
            "no label": {"categories": an_event(record).categories[1:]},
            "categories": {"categories": _labels(record, line, number)},
            "start": {"start": day, "end": day + timedelta(days=line)},
            "series": {"series": Series(rule=f"FREQ=WEEKLY;COUNT={50 + line}")},
            "no series": {"series": None},
            "nothing": {},
        }
        return new[name]

    def alike(self, wiki: Record, cloud: Record, held: Record, names: frozenset[str]) -> None:
        for name in names:
            assert getattr(wiki, name) == getattr(held, name), (name, wiki, cloud)


class Directory:
    """Actors. The form has two fields for telephones, a card has room for more."""

    def sides(self, clock: FakeClock) -> tuple[FakeSide, FakeSide]:
        wiki = fake_directory(clock=clock)
        wiki.categories = KNOWN
        return wiki, fake_book(clock=clock)

    def new(self, number: int, mark: str, side: Side, *, rich: bool) -> Contact:
        bare = Contact(name=f"Acteur {number}", country=mark)
        if not rich:
            return bare
        more: dict[str, Any] = {
            "phones": (f"Tel {number}-1", f"Tel {number}-2"),
            "image": f"https://wiki.example/logo-{number}" if side is Side.WIKI else "",
        }
        return replace(bare, **more)

    def typed(self, record: Record, name: str, line: int, number: int) -> dict[str, Any]:
        contact, phone = a_contact(record), f"Tel {number}"
        new: dict[str, dict[str, Any]] = {
            "title": {"name": f"Acteur {number}"},
            "place": {"street": f"Rue {number}"},
            "no place": {"phones": contact.phones[1:]},
            "description": {"description": _text(record, line, number)},
            "no label": {"categories": contact.categories[1:]},
            "categories": {"categories": _labels(record, line, number)},
            # A telephone more, another instead of the first, or a new address.
            "start": (
                {"phones": (*contact.phones, phone)},
                {"phones": (phone, *contact.phones[1:])},
                {"emails": (f"mail{number}@acteur.example",)},
            )[line],
            "series": {"image": f"https://wiki.example/logo-{number}"},
            "no series": {"image": ""},
            "nothing": {},
        }
        return new[name]

    def alike(self, wiki: Record, cloud: Record, held: Record, names: frozenset[str]) -> None:
        """A card may hold more telephones than the form, those of the form among them.

        An entry that was made again has no logo, while its card keeps the one it had.
        """
        for name in names - ({"image"} if not a_contact(wiki).image else set()):
            here, there = getattr(wiki, name), getattr(held, name)
            if name in LISTS:
                here, there = set(here), set(getattr(cloud, name)) & set(here)
            assert here == there, (name, wiki, cloud)
