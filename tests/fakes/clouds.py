"""Clouds with members in them, for the contract of the port: in memory and over HTTP, with a
calendar or with an address book."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from types import TracebackType
from typing import Literal, Self

from oscartes_sync.adapters.nextcloud.cloud import NextcloudCloud
from oscartes_sync.adapters.nextcloud.genre import EVENTS, Genre, contacts
from oscartes_sync.adapters.nextcloud.probe import NextcloudProbe
from oscartes_sync.adapters.nextcloud.settings import CloudSettings
from oscartes_sync.errors import Refused
from oscartes_sync.mapping.contacts.card_writing import Photo, write_card
from oscartes_sync.mapping.resource_writing import new_resource
from oscartes_sync.ports import Cloud
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.record import Record, a_contact, an_event
from oscartes_sync.sandbox.cloud import CloudStandIn
from tests.fakes.sides import FakeClock, FakeSide, fake_book, fake_cloud

BOT = "oscartes-bot"
LOGIN = "bot@cloud.example"
PASSWORD = "Robot-de-paille-1"
ALICE = "alice"
CALENDAR = "agenda-reseau"
HOME = f"/remote.php/dav/calendars/{BOT}/"
COLLECTION = f"{HOME}{CALENDAR}/"
BOOK = "annuaire"
BOOK_HREF = f"/remote.php/dav/addressbooks/users/{BOT}/{BOOK}/"


class FakeWorld:
    """The cloud of `sides`, and its members."""

    def __init__(self, *, book: bool = False) -> None:
        self.side: FakeSide = fake_book() if book else fake_cloud()
        self._numbers = count(1)

    def port(self) -> Cloud:
        """The one fake there is."""
        return self.side

    def put(self, record: Record) -> str:
        """A member makes an event, or a contact."""
        key = f"/cal/{next(self._numbers)}.ics"
        self.side.put(key, record, uid=f"{key}@members.example")
        return key

    def retitle(self, key: str, title: str) -> None:
        """A member edits it."""
        is_contact = isinstance(self.side.things[key].record, Contact)
        self.side.edit(key, **{"name" if is_contact else "title": title})

    def remove(self, key: str) -> None:
        """A member deletes it."""
        self.side.remove(key)


class StandInWorld:
    """The stand-in cloud: the bot signs in by an address that is not its uid."""

    genre: Genre = EVENTS

    def __init__(
        self, *, version: Literal[32, 34] = 34, uid_conflict: Literal[400, 409] = 400
    ) -> None:
        self.cloud = CloudStandIn(version=version, uid_conflict=uid_conflict)
        self.clock = FakeClock()
        self.kept: dict[str, str] = {}
        self._numbers = count(1)
        self._ports: list[NextcloudCloud] = []

    def __enter__(self) -> Self:
        self.cloud.start()
        self.cloud.add_group("gt-outils")
        self.cloud.add_user(BOT, PASSWORD, login=LOGIN, groups=("gt-outils",))
        self.cloud.add_user(ALICE, "Alice-de-paille-1", groups=("gt-outils",))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for port in self._ports:
            port.close()
        self.cloud.stop()

    @property
    def settings(self) -> CloudSettings:
        """How the bot signs in."""
        return CloudSettings(id="noe", url=self.cloud.url, user=LOGIN, password=PASSWORD)

    def port(self, *, state: str = "", **changes: object) -> NextcloudCloud:
        """A fresh port, with what earlier ones remembered."""
        settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        port = NextcloudCloud(
            settings,
            self.clock,
            self.kept.get,
            self.kept.__setitem__,
            user_agent="oscartes-test",
            state=state,
            genre=self.genre,
        )
        self._ports.append(port)
        return port

    def probe(self, state: str = "") -> NextcloudProbe:
        """What doctor uses."""
        return NextcloudProbe(self.settings, self.clock, user_agent="oscartes-test", state=state)

    def put(self, record: Record) -> str:
        """A member makes an event."""
        name = f"{next(self._numbers)}.ics"
        self.write(name, record, f"{name}@members.example")
        return f"{COLLECTION}{name}"

    def write(self, name: str, record: Record, uid: str, calendar: str = CALENDAR) -> None:
        """A member writes one object."""
        body = new_resource(
            an_event(record), uid, zone="Europe/Paris", language="fr", hint="", now=self.clock.now()
        )
        self.cloud.put(BOT, calendar, name, body)

    def retitle(self, key: str, title: str) -> None:
        """A member edits it."""
        name = key.rsplit("/", 1)[-1]
        lines = self.text(name).split(b"\r\n")
        changed = [
            b"SUMMARY:" + title.encode() if line.startswith(b"SUMMARY") else line for line in lines
        ]
        self.cloud.put(BOT, CALENDAR, name, b"\r\n".join(changed))

    def text(self, name: str) -> bytes:
        """What is stored under a name."""
        return self.cloud.resources(BOT, CALENDAR)[name]

    def remove(self, key: str) -> None:
        """A member deletes it."""
        self.cloud.delete(BOT, CALENDAR, key.rsplit("/", 1)[-1])


def _no_logos(url: str) -> Photo:
    """No logo is to be had."""
    raise Refused("logo-unusable", url=url)


class BookWorld(StandInWorld):
    """The stand-in cloud with an address book."""

    genre = contacts(_no_logos)

    def put(self, record: Record) -> str:
        """A member makes a contact."""
        name = f"{next(self._numbers)}.vcf"
        self.write(name, record, f"{name}@members.example")
        return f"{BOOK_HREF}{name}"

    def write(self, name: str, record: Record, uid: str, calendar: str = BOOK) -> None:
        """A member writes one card."""
        now = self.clock.now()
        body = write_card(a_contact(record), uid, hint="", photo=None, now=now)
        self._keep(calendar, name, body)

    def retitle(self, key: str, title: str) -> None:
        """A member edits it."""
        name = key.rsplit("/", 1)[-1]
        lines = self.text(name).split(b"\r\n")
        changed = [b"FN:" + title.encode() if line.startswith(b"FN:") else line for line in lines]
        self._keep(BOOK, name, b"\r\n".join(changed))

    def text(self, name: str) -> bytes:
        """What is stored under a name."""
        return self.cloud.cards(BOT, BOOK)[name]

    def remove(self, key: str) -> None:
        """A member deletes it: for good."""
        cards = self.cloud.further.cards
        with self.cloud.core.lock:
            book = cards.store.find(BOT, BOOK)
            assert book is not None
            cards.writing.delete(book, key.rsplit("/", 1)[-1])

    def _keep(self, calendar: str, name: str, body: bytes) -> None:
        cards = self.cloud.further.cards
        with self.cloud.core.lock:
            book = cards.store.find(BOT, calendar)
            assert book is not None
            cards.writing.put(book, name, body)
