"""A stand-in wiki of each version, and clients of it, for the contract tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bazar_forms.client import BazarClient
from oscartes_sync.sandbox.wiki import WikiStandIn

BOT = "RobotNuage"
MEMBER = "MarieDupont"
END = "*** *** *** * *** * *** *** *** *** ***"
LINES = (
    f"texte***bf_titre***Titre***60***255*** *** ***text***1{END}",
    f"listedatedeb***bf_date_debut_evenement***Début*** *** ***today*** *** ***1{END}",
    f"listedatefin***bf_date_fin_evenement***Fin*** *** ***today*** *** ***1{END}",
    f"texte***bf_lieu***Lieu***60***255*** *** ***text***0{END}",
    "map***bf_latitude***bf_longitude*** *** *** *** *** ***0*** *** *** *** *** *** *** *** ***",
    "fichier***bf_fichier***Fichier*** *** *** *** ***.pdf***0*** *** *** * *** * *** ***5M*** ***",
)
EVENT = {
    "bf_titre": "Café citoyen",
    "bf_date_debut_evenement": "2027-03-02",
    "bf_date_fin_evenement": "2027-03-02",
    "bf_lieu": "Orsay",
}


class Time:
    """The one clock of client and wiki; sleeping moves it, and nothing waits."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return self.now.timestamp()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def bazar_time() -> Time:
    return Time()


@pytest.fixture(params=["4.4", "4.5"])
def bazar_wiki(request: pytest.FixtureRequest, bazar_time: Time) -> Iterator[WikiStandIn]:
    keys = {BOT: "KEY-BOT", MEMBER: "KEY-MEMBER"}
    with WikiStandIn(version=request.param, clock=bazar_time, keys=keys) as bazar_wiki:
        bazar_wiki.add_form(6, "Agenda", "\r\n".join(LINES))
        bazar_wiki.add_list("ListeOuiNon", "Oui Non", {"1": "Oui", "2": "Non"})
        bazar_wiki.add_page("PageMenuHaut", "Accueil", owner=MEMBER)
        bazar_wiki.add_entry(6, "RepairCafe", EVENT | {"bf_titre": "Repair café"}, owner=MEMBER)
        bazar_time.sleep(5)
        yield bazar_wiki


Make = Callable[..., BazarClient]


@pytest.fixture
def open_bazar(bazar_wiki: WikiStandIn, bazar_time: Time) -> Iterator[Make]:
    made: list[BazarClient] = []

    def open_one(key: str | None = "KEY-BOT") -> BazarClient:
        made.append(
            BazarClient(
                bazar_wiki.url,
                key=key,
                timeout=10,
                sleep=bazar_time.sleep,
                monotonic=bazar_time.monotonic,
                user_agent="oscartes-tests",
            )
        )
        return made[-1]

    yield open_one
    for bazar in made:
        bazar.close()


@pytest.fixture
def bazar(open_bazar: Make) -> BazarClient:
    return open_bazar()
