"""Many things: a thousand events in one binding, fifty bindings in one configuration."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oscartes_sync.sandbox.wiki.seeding import SeededEntry
from oscartes_sync.sandbox.wiki.templates import agenda_template
from tests.e2e.conftest import Pair

MANY = 1_000
BINDINGS = 50
CONNECTIONS = 24
"""Of both sides, in one run: what writes side by side, and who reads meanwhile."""


@pytest.fixture(params=["4.5"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def entries(form: int, count: int) -> list[SeededEntry]:
    """Made-up events, one each half day."""
    first = datetime(2026, 12, 1, 9, 0)
    made = []
    for number in range(count):
        start = first + timedelta(hours=12 * number)
        properties = {
            "bf_titre": f"Évènement {number} du formulaire {form}",
            "bf_date_debut_evenement": start.date().isoformat(),
            "bf_date_fin_evenement": start.date().isoformat(),
            "bf_description": f"<p>Le numéro {number}.</p>",
            "bf_ville": "Orsay",
        }
        made.append(SeededEntry(f"Evenement{form}Numero{number}", properties, owner="ClaireMorel"))
    return made


def requests(report: dict[str, Any]) -> dict[str, int]:
    return dict(report["summary"]["requests"])


def test_a_thousand_events(pair: Pair) -> None:
    for tag in list(pair.wiki.entries(6)):
        pair.wiki.remove(tag)
    pair.wiki.add_entries(6, entries(6, MANY))
    code, report = pair.sync()
    assert (code, report["summary"]["created"], report["problems"]) == (0, MANY, [])
    assert requests(report)["wiki"] < 20
    assert requests(report)["cloud"] < MANY + 20

    code, report = pair.sync()
    assert (code, report["operations"]) == (0, [])
    assert sum(requests(report).values()) < 10

    pair.wiki.edit("Evenement6Numero500", {"bf_ville": "Limours"}, user="ClaireMorel")
    pair.rewrite("Evenement6Numero501.noe.ics", ("SUMMARY:", "SUMMARY:Grand "))
    code, report = pair.sync()
    assert (code, report["summary"]["updated"]) == (0, 2)
    assert sum(requests(report).values()) < 30
    pair.wiki.remove("Evenement6Numero502")
    code, report = pair.sync("--full")
    assert (code, len(report["operations"])) == (4, 0)  # it is asked about
    assert sum(requests(report).values()) < 60


def fifty(pair: Pair) -> None:
    """Fifty forms, each tied to a calendar of its own."""
    template = agenda_template(pair.wiki.settings.version)
    tables = []
    for form in range(100, 100 + BINDINGS):
        pair.wiki.add_form(form, f"Agenda {form}", template)
        pair.wiki.add_entries(form, entries(form, 8))
        tables.append(
            f'[[bindings]]\nname = "b{form}"\nform = {form}\ncollection = "agenda-{form}"\n'
        )
    path = pair.folder / "oscartes.toml"
    servers = path.read_text("utf-8").partition("[[bindings]]")[0]
    path.write_text(servers + "\n".join(tables), "utf-8")


def open_files() -> int:
    """Of this process, the servers' ends of connections included."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_fifty_bindings_share_what_they_can(pair: Pair) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc here")
    fifty(pair)
    before, most = open_files(), 0

    def count() -> None:
        nonlocal most
        most = max(most, open_files())
        pair.cloud.faults.interpose(count, method="PUT")

    pair.cloud.faults.interpose(count, method="PUT")
    code, out, _ = pair.call("sync", "--json")
    reports = json.loads(out)["bindings"]
    assert code == 0
    assert [report["summary"]["created"] for report in reports] == [8] * BINDINGS
    costs = [requests(report) for report in reports]
    assert all(cost == costs[1] for cost in costs[1:])  # the first finds out who we are
    assert most - before <= 2 * CONNECTIONS

    code, out, _ = pair.call("sync", "--json")
    reports = json.loads(out)["bindings"]
    assert (code, [report["operations"] for report in reports]) == (0, [[]] * BINDINGS)
    costs = [requests(report) for report in reports]
    assert all(cost == costs[1] for cost in costs[1:])
    assert sum(costs[1].values()) < 8
