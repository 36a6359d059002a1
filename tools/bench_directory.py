"""How fast a directory answers: `bazar_forms.Directory` over made-up actors.

    python tools/bench_directory.py [--actors N …]

For each number of actors prints the seconds it took to build, median and maximum milliseconds of a
query with all its counts, and peak memory in MB. Each number runs in a process of its own. Actors
and queries come from a seeded random, so that two runs ask the same.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from typing import Any

from bazar_forms import Directory, Entry, Form

SEED = 20261
REPEATS = 5
PAGE = 20
THEMES = ("Agriculture", "Énergie", "Mobilité", "Culture", "Habitat", "Numérique", "Santé", "Eau")
PLACES = (48.45, 2.15)
SYLLABLES = tuple(re.findall("..", "bacodufegrijolamenoprasoutivelzaniroiragetiqu"))


def words(chance: random.Random, count: int) -> list[str]:
    """Words as of a language that nobody speaks."""
    return ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(count)]


def form() -> Form:
    """A form with what the directories of the networks have."""
    kinds = {str(number): name for number, name in enumerate(("Association", "SCOP", "Mairie"))}
    tree = {name: name for name in THEMES}
    for name in THEMES:
        tree |= {f"{name}{n}": f" {name} ➤ {name} {n}" for n in range(5)}
    prepared: list[dict[str, Any]] = [
        {"id": "bf_titre", "type": "text", "label": "Nom"},
        {"id": "bf_type", "type": "liste", "label": "Type", "options": kinds},
        {"id": "bf_themes", "type": "checkbox", "label": "Thématiques", "options": tree},
        {"id": "bf_motscles", "type": "tags", "label": "Mots clés"},
        {"id": "bf_description", "type": "textelong", "label": "Description"},
        {"id": "bf_ville", "type": "text", "label": "Ville"},
        {"id": "checkboxfiche5bf_amis", "type": "checkboxfiche", "label": "Partenaires"},
        {
            "id": "geolocation",
            "type": "map",
            "latitudeField": "bf_latitude",
            "longitudeField": "bf_longitude",
        },
    ]
    return Form.from_json({"bn_id_nature": "5", "bn_label_nature": "Acteurs", "prepared": prepared})


def entries(count: int, spoken: list[str], chance: random.Random) -> list[Entry]:
    """That many actors in 200 towns; one in twenty has no position."""
    towns = [f"{one.title()}-sur-{other.title()}" for one, other in pairwise(spoken[:201])]
    keys = [*THEMES, *(f"{name}{n}" for name in THEMES for n in range(5))]
    often = [1 / (rank + 5) for rank in range(len(spoken))]
    made = []
    for number in range(count):
        text = " ".join(chance.choices(spoken, often, k=50))
        properties: dict[str, object] = {
            "bf_titre": " ".join(chance.choices(spoken, k=3)).title(),
            "bf_type": str(chance.randrange(3)),
            "bf_themes": ",".join(chance.sample(keys, 3)),
            "bf_motscles": ",".join(chance.choices(spoken[:500], k=3)),
            "bf_description": f"<p>L'{text[:150]}</p><ul><li>{text[150:]} &amp; cie</li></ul>",
            "bf_ville": chance.choice(towns),
            "checkboxfiche5bf_amis": f"Acteur{chance.randrange(count)}",
        }
        if number % 20:
            properties["bf_latitude"] = str(PLACES[0] + chance.gauss(0, 0.3))
            properties["bf_longitude"] = str(PLACES[1] + chance.gauss(0, 0.3))
        made.append(Entry(f"Acteur{number}", "5", properties))
    return made


def queries(spoken: list[str], towns: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What is asked, from nothing at all to everything at once."""
    box = (48.2, 1.8, 48.7, 2.4)
    return {
        "everybody": {},
        "frequent word": {"text": spoken[0]},
        "one letter": {"text": spoken[0][0]},
        "three words": {"text": " ".join(spoken[:3])},
        "phrase": {"text": f'"{spoken[0]} {spoken[1]}"'},
        "theme": {"where": {"Thématiques": "Culture"}},
        "town and theme": {"where": {"town": towns[:3], "Thématiques": ["Eau", "Énergie"]}},
        "near": {"near": PLACES},
        "within": {"near": PLACES, "within": 10},
        "box": {"box": box},
        "all": {
            "text": spoken[0],
            "where": {"Thématiques": ["Culture", "Eau"], "Type": "SCOP"},
            "near": PLACES,
            "within": 40,
            "box": box,
        },
    }


def measure(count: int) -> dict[str, Any]:
    """The figures for that many actors."""
    chance = random.Random(SEED)
    spoken = list(dict.fromkeys(words(chance, 12_000)))
    given = entries(count, spoken, chance)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    directory = Directory.of((form(), given))
    built = time.perf_counter() - started
    medians: dict[str, float] = {}
    times: list[float] = []
    for name, asked in queries(spoken, directory.labels("town")).items():
        taken = [_timed(directory, asked) for _ in range(REPEATS)]
        times += taken
        medians[name] = round(statistics.median(taken), 1)
    return {
        "actors": len(directory),
        "build_s": round(built, 2),
        "median_ms": round(statistics.median(times), 1),
        "max_ms": round(max(times), 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "before_mb": before // 1024,
        "medians_ms": medians,
    }


def _timed(directory: Directory, asked: dict[str, Any]) -> float:
    """Milliseconds of a query with its counts, and a first page of hits with their reasons."""
    started = time.perf_counter()
    page = [(hit.actor, hit.reasons) for hit in directory.search(**asked).hits[:PAGE]]
    assert len(page) <= PAGE
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Measures each number in a process of its own, so that peaks of memory do not mix."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--actors", type=int, nargs="+", default=[1_000, 10_000])
    arguments.add_argument("--one", type=int, help=argparse.SUPPRESS)
    told = arguments.parse_args()
    if told.one is not None:
        print(json.dumps(measure(told.one)))
        return
    for count in told.actors:
        command = [sys.executable, __file__, "--one", str(count)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        print(
            f"{found['actors']} actors: built in {found['build_s']} s; a query takes "
            f"{found['median_ms']} ms in the median, {found['max_ms']} ms at most; peak memory "
            f"{found['peak_mb']} MB, {found['before_mb']} MB of it before building"
        )
        for name, taken in found["medians_ms"].items():
            print(f"    {name}: {taken} ms")


if __name__ == "__main__":
    main()
