"""One stand-in as a process of its own for the benchmarks, obeying lines on its standard input.

    python tools/bench_servers.py wiki|cloud

Prints its address as one JSON line. Lines understood: `latency SECONDS` (cloud), `events N`
(wiki: that many events, dated over a year), `stop`.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from oscartes_sync.sandbox.cloud import CloudStandIn
from oscartes_sync.sandbox.wiki import WikiStandIn, seed_network

FORM = "6"


def entries(count: int) -> list[dict[str, Any]]:
    """Made-up events as Bazar stores them: hours, days, text, place."""
    first = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    made = []
    for number in range(count):
        start = first + timedelta(hours=7 * number)
        day = start.date().isoformat()
        offset = "+02:00" if 4 <= start.month <= 10 else "+01:00"
        hours = number % 3
        made.append(
            {
                "tag": f"EvenementNumero{number}",
                "bf_titre": f"Évènement n°{number} &amp; compagnie",
                "bf_date_debut_evenement": f"{day}T14:00:00{offset}" if hours else day,
                "bf_date_fin_evenement": f"{day}T16:30:00{offset}" if hours else day,
                "bf_description": f"<p>Rencontre n°{number}, ouverte à tout le monde.</p>"
                "<p>Entrée libre, merci de <strong>prévenir</strong> si vous êtes plusieurs.</p>",
                "bf_lieu": "Salle des fêtes",
                "bf_adresse": f"{number % 90 + 1} rue de la Mairie",
                "bf_code_postal": "91400",
                "bf_ville": "Orsay",
            }
        )
    return made


def answer(line: dict[str, Any]) -> None:
    """One JSON line to whoever started us."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def serve_wiki() -> None:
    """A wiki with an agenda that grows on demand."""
    with WikiStandIn() as wiki:
        keys = seed_network(wiki)
        for tag in wiki.entries(FORM):
            wiki.remove(tag)
        answer({"url": wiki.url, "user": keys.robot, "key": keys.robot_key})
        known = 0
        for order in sys.stdin:
            verb, _, value = order.strip().partition(" ")
            if verb == "stop":
                return
            if verb == "events":
                wanted = entries(int(value))[known:]
                known += len(wanted)
                wiki.add_entries(FORM, dated(wanted, known))
            answer({"done": verb})


def dated(wanted: list[dict[str, Any]], last: int) -> Any:
    """The entries with dates of last change spread over the year before, as an agenda grows."""
    from oscartes_sync.sandbox.wiki.seeding import SeededEntry  # noqa: PLC0415

    begin = datetime(2025, 10, 1, 8, 0, tzinfo=UTC)
    step = timedelta(days=360) / max(last, 1)
    for place, entry in enumerate(wanted, start=last - len(wanted)):
        when = begin + place * step
        properties = {name: value for name, value in entry.items() if name != "tag"}
        yield SeededEntry(
            tag=entry["tag"], properties=properties, owner="RobotNuage", created=when, updated=when
        )


def serve_cloud() -> None:
    """A cloud with the bot's account and nothing else."""
    with CloudStandIn() as cloud:
        cloud.add_user("oscartes-bot", "bench")
        answer({"url": cloud.url, "user": "oscartes-bot", "password": "bench"})
        for order in sys.stdin:
            verb, _, value = order.strip().partition(" ")
            if verb == "stop":
                return
            if verb == "latency":
                cloud.faults.latency = float(value)
            answer({"done": verb})


if __name__ == "__main__":
    serve_wiki() if sys.argv[1] == "wiki" else serve_cloud()
