"""What doctor and forms see of the stand-in wiki."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bazar_forms.client import BazarClient
from oscartes_sync.adapters.yeswiki.probe import YesWikiProbe
from oscartes_sync.adapters.yeswiki.server_time import read_server_time
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports import Check
from oscartes_sync.sandbox.wiki import WikiStandIn, seed_network
from tests.fakes.sides import FakeClock

AGENDA = Binding(name="agenda", wiki="noe", cloud="noe", form="6", collection="agenda-reseau")


@pytest.fixture
def wiki() -> Iterator[WikiStandIn]:
    with WikiStandIn(version="4.5") as wiki:
        seed_network(wiki)
        yield wiki


def probe(wiki: WikiStandIn, key: str = "cle-robot-demo", drift: int = 0) -> YesWikiProbe:
    clock = FakeClock()
    client = BazarClient(
        wiki.url,
        key=key,
        user="RobotNuage",
        sleep=clock.sleep,
        monotonic=clock.monotonic,
        user_agent="tests",
    )
    return YesWikiProbe(client, "noe", clock, lambda: clock.now() - timedelta(seconds=drift))


def found(checks: Sequence[Check]) -> Mapping[str, tuple[str, str]]:
    return {check.id: (check.status, check.code) for check in checks}


def test_a_wiki_in_order(wiki: WikiStandIn) -> None:
    checks = probe(wiki).check([AGENDA, replace(AGENDA, wiki="other", name="not ours")])
    assert {check.status for check in checks} == {"ok"}
    assert found(checks) == {
        "wiki-reachable": ("ok", "wiki-answers"),
        "wiki-key": ("ok", "key-accepted"),
        "wiki-clock": ("ok", "clock-agrees"),
        "wiki-rights": ("ok", "default-rights-open"),
        "agenda-form": ("ok", "form-found"),
        "agenda-mapping": ("ok", "mapping-found"),
        "agenda-entries": ("ok", "entries-public"),
        "agenda-captcha": ("ok", "no-captcha"),
    }


def test_what_stands_in_the_way_is_told(wiki: WikiStandIn) -> None:
    assert found(probe(wiki, key="wrong").check([AGENDA]))["wiki-key"] == (
        "fail",
        "wiki-key-refused",
    )
    assert found(probe(wiki, key="cle-admin-demo").check([]))["wiki-key"][1] == "key-of-another"
    assert found(probe(wiki, drift=600).check([]))["wiki-clock"] == ("warn", "clock-differs")
    wiki.settings.default_read_acl = "+"
    assert found(probe(wiki).check([]))["wiki-rights"] == ("warn", "default-rights-hide")
    wiki.faults.database_down = True
    assert found(probe(wiki).check([AGENDA])) == {"wiki-reachable": ("fail", "wiki-database-down")}


@pytest.mark.parametrize(
    ("binding", "id_", "expected"),
    [
        (replace(AGENDA, form="99"), "agenda-form", ("fail", "form-missing")),
        (replace(AGENDA, form="7"), "agenda-mapping", ("fail", "form-without-dates")),
        (replace(AGENDA, private=True), "agenda-entries", ("ok", "entries-readable")),
        (replace(AGENDA, where="bf_titre=Rien"), "agenda-entries", ("warn", "entries-hidden")),
        (
            replace(AGENDA, fields={"link": "bf_titr"}),
            "agenda-mapping",
            ("fail", "field-property-unknown"),
        ),
    ],
)
def test_a_binding_that_does_not_fit(
    wiki: WikiStandIn, binding: Binding, id_: str, expected: tuple[str, str]
) -> None:
    assert found(probe(wiki).check([binding]))[id_] == expected


def test_traps_of_writing_are_warned_of(wiki: WikiStandIn) -> None:
    ends = "*** *** *** * *** * *** *** *** *** ***"
    lines = [
        f"texte***bf_titre***Titre***60***255*** *** ***text***1{ends}",
        f"listedatedeb***bf_date_debut_evenement***Début*** *** *** *** *** ***1{ends}",
        f"listedatefin***bf_date_fin_evenement***Fin*** *** *** *** *** ***1{ends}",
        f"texte***bf_obligatoire***Obligatoire***60***255*** *** ***text***1{ends}",
        "texte***bf_lieu***Lieu***60***255*** *** ***text***0*** *** *** * *** @admins *** ***",
    ]
    wiki.add_form(20, "Autre agenda", "\r\n".join(lines), only_one_entry=True)
    checks = probe(wiki).check([replace(AGENDA, form="20")])
    codes = {check.code for check in checks if check.status == "warn"}
    assert codes >= {"form-empty", "required-without-default", "one-entry-per-user"}
    assert "fields-not-ours" in codes


def test_forms_say_what_they_could_be_bound_to(wiki: WikiStandIn) -> None:
    views = {view.id: view for view in probe(wiki).forms([AGENDA])}
    assert views["6"].kinds[0] == "events"
    assert views["6"].entries == 11
    assert views["6"].mapping["organizer"] == "listefiche5bf_organisateur"
    assert views["5"].kinds == ("contacts",)
    assert views["7"].kinds == ("documents",)


def test_the_server_tells_its_time(wiki: WikiStandIn) -> None:
    told = read_server_time(wiki.url)
    assert told is None or abs(datetime.now(UTC) - told) < timedelta(minutes=5)
    assert read_server_time("http://127.0.0.1:9", timeout=0.5) is None
