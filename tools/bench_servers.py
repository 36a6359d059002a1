"""One stand-in as a process of its own for benchmarks and load, obeying lines on standard input.

    python tools/bench_servers.py wiki|cloud

Prints its address as one JSON line. Lines understood: `latency SECONDS` (cloud), `events N`
(wiki: that many events, dated over a year), `actors N` (wiki: so many in the directory), `edit N`
(a member edits so many events), `busy N` (every N-th request is answered by 429; 0 ends it),
`asked` (how many requests came since the last time), `files N FOLDER` (cloud: so many small
files in ten folders below it), `kept FOLDER` (cloud: the digest of each file of a folder), `empty`
(cloud: no file is left anywhere), `stop`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from oscartes_sync.sandbox.cloud import CloudStandIn
from oscartes_sync.sandbox.wiki import WikiStandIn, seed_network

FORM = "6"
DIRECTORY = "5"
LIBRARY = "7"
BOT = "oscartes-bot"


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


def actors(count: int) -> list[dict[str, Any]]:
    """Made-up actors of a directory: reachable, placed, described, with two labels."""
    towns = (("91400", "Orsay"), ("91190", "Gif-sur-Yvette"), ("91470", "Limours"))
    made = []
    for number in range(count):
        code, town = towns[number % len(towns)]
        phone = f"01 60 {number // 10000:02} {number // 100 % 100:02} {number % 100:02}"
        latitude, longitude = f"{48.6 + number % 97 / 500:.4f}", f"{2.1 + number % 89 / 500:.4f}"
        made.append(
            {
                "tag": f"ActeurNumero{number}",
                "bf_titre": f"Association n°{number} &amp; amis",
                "bf_description": f"<p>Nous réparons et partageons, n°{number}.</p>"
                "<ul><li>Atelier du samedi</li><li>Prêt d’outils</li></ul>",
                "bf_adresse": f"{number % 90 + 1} rue de la Mairie",
                "bf_code_postal": code,
                "bf_ville": town,
                "bf_latitude": latitude,
                "bf_longitude": longitude,
                "geolocation": {"bf_latitude": latitude, "bf_longitude": longitude},
                "bf_telephone": phone,
                "bf_mail_public": f"contact{number}@acteur.example",
                "bf_site_internet": f"https://acteur{number}.example/",
                "bf_motscles": "vélo,réparation",
            }
        )
    return made


def answer(line: dict[str, Any]) -> None:
    """One JSON line to whoever started us."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def serve_wiki() -> None:
    """A wiki with an agenda and a directory that grow on demand."""
    with WikiStandIn() as wiki:
        keys = seed_network(wiki)
        for form in (FORM, DIRECTORY, LIBRARY):
            for tag in wiki.entries(form):
                wiki.remove(tag)
        answer({"url": wiki.url, "user": keys.robot, "key": keys.robot_key})
        known = {FORM: 0, DIRECTORY: 0}
        for order in sys.stdin:
            verb, _, value = order.strip().partition(" ")
            if verb == "stop":
                return
            if verb in ("events", "actors"):
                form, made = (FORM, entries) if verb == "events" else (DIRECTORY, actors)
                wanted = made(int(value))[known[form] :]
                known[form] += len(wanted)
                wiki.add_entries(form, dated(wanted, known[form]))
            if verb == "edit":
                for tag in sorted(wiki.entries(FORM))[: int(value)]:
                    wiki.edit(tag, {"bf_ville": "Limours"}, user=keys.member)
            if verb == "busy":
                wiki.faults.every_nth(int(value), 429)
            told = {"done": verb}
            if verb == "asked":
                told["requests"] = str(len(wiki.requests))
                wiki.requests.clear()
            answer(told)


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
        cloud.add_user(BOT, "bench")
        answer({"url": cloud.url, "user": BOT, "password": "bench"})
        for order in sys.stdin:
            verb, _, value = order.strip().partition(" ")
            if verb == "stop":
                return
            if verb == "latency":
                cloud.faults.latency = float(value)
            if verb == "edit":
                edit_events(cloud, int(value))
            if verb == "busy":
                cloud.faults.every_nth(int(value), 429)
            told: dict[str, Any] = {"done": verb}
            if verb == "asked":
                told["requests"] = len(cloud.requests)
                cloud.requests.clear()
            if verb == "kept":
                told["files"] = kept(cloud, value)
            if verb == "files":
                count, _, folder = value.partition(" ")
                add_files(cloud, int(count), folder)
            if verb == "empty":
                empty(cloud)
            answer(told)


def add_files(cloud: CloudStandIn, count: int, folder: str) -> None:
    """Documents of a working group, in ten sub-folders."""
    for number in range(count):
        path = f"{folder}/Année {2017 + number % 10}/Compte rendu n°{number}.pdf"
        cloud.put_file(BOT, path, f"%PDF-1.7 {number}\n".encode())


def kept(cloud: CloudStandIn, folder: str) -> dict[str, str]:
    """What the files of a folder hold, by name."""
    with cloud.core.lock:
        place = cloud.further.mounts.resolve(BOT, tuple(folder.split("/")))
        return {
            name: hashlib.sha256(node.content).hexdigest()
            for name, node in place.node.children.items()
        }


def empty(cloud: CloudStandIn) -> None:
    """Give all files up, so that no transfer meets a machine whose memory an earlier one took."""
    with cloud.core.lock:
        for name in cloud.further.store.home(BOT).children.copy():
            cloud.further.store.take_out(cloud.further.mounts.resolve(BOT, (name,)).node)
        cloud.further.uploads.uploads.clear()


def edit_events(cloud: CloudStandIn, count: int) -> None:
    """A member edits the last events of each calendar with their own client."""
    for calendar in cloud.calendars(BOT):
        for name, body in sorted(cloud.resources(BOT, calendar).items())[-count:]:
            cloud.put(BOT, calendar, name, body.replace(b"SUMMARY:", b"SUMMARY:Grand "))


if __name__ == "__main__":
    serve_wiki() if sys.argv[1] == "wiki" else serve_cloud()
