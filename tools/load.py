"""Ten thousand events in one binding, on stand-ins in processes of their own.

    python tools/load.py [--events N]

Prints what each run took: seconds, peak memory, requests, and ends with 1 where a run did not do
what it should, cost more requests than it may, or more memory. Times are told and not judged:
machines differ, and `tools/bench.py` compares.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import Bench, clear
from bench_contest import Server

MEGABYTES = 300
"""That a run may hold at its peak; half of it was seen."""

EDITS = 15
"""Of each side, while both refuse every third request; each refusal costs a second of waiting."""


@dataclass
class Load:
    """The runs, one after the other on the same servers."""

    bench: Bench
    configuration: Path
    events: int
    missed: list[str] = field(default_factory=list)

    def run(self, name: str, requests: int, **expected: int) -> None:
        """One run of ours: what its summary must say, and how many requests it may take."""
        timed = self.bench.ours(self.configuration)
        (report,) = json.loads(timed.output)["bindings"]
        summary: dict[str, Any] = report["summary"]
        asked = sum(summary["requests"].values())
        wrong = [
            f"{word} {summary[word]}, not {value}"
            for word, value in expected.items()
            if summary[word] != value
        ]
        if report["problems"]:
            wrong.append("problems")
        if asked > requests:
            wrong.append(f"more than {requests} requests")
        if timed.peak > MEGABYTES:
            wrong.append(f"more than {MEGABYTES} MB")
        self.missed += [f"{name}: {word}" for word in wrong]
        print(
            f"{'MISS' if wrong else 'ok  '} {name}: {timed.seconds:.1f} s, {timed.peak:.0f} MB, "
            f"{asked} requests"
        )

    def play(self) -> None:
        """All of them."""
        events = self.events
        self.run("first run", events + 50, created=events)
        self.run("nothing happened", 10, unchanged=events)
        self.bench.wiki.tell("edit 1")
        self.bench.cloud.tell("edit 1")
        self.run("one edit on each side", 30, updated=2, unchanged=events - 2)
        self.bench.wiki.tell(f"edit {EDITS + 1}")
        self.bench.cloud.tell(f"edit {EDITS}")
        for server in (self.bench.wiki, self.bench.cloud):
            server.tell("busy 3")
        self.run("edits, every third request refused", 20 * EDITS, updated=2 * EDITS)
        for server in (self.bench.wiki, self.bench.cloud):
            server.tell("busy 0")
        for file in self.configuration.parent.glob("oscartes.db*"):
            file.unlink()
        self.run("the state was lost", events, relinked=events)
        self.run("nothing happened since", 10, unchanged=events)


def main() -> int:
    """All runs; 1 where one missed something."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=10_000)
    events = parser.parse_args().events
    clear()
    wiki, cloud = Server("wiki"), Server("cloud")
    try:
        bench = Bench(wiki, cloud, Path(sys.executable).with_name("oscartes"), Path())
        wiki.tell(f"events {events}")
        load = Load(bench, bench.configure("load"), events)
        load.play()
    finally:
        wiki.stop()
        cloud.stop()
    for line in load.missed:
        print(line, file=sys.stderr)
    return 1 if load.missed else 0


if __name__ == "__main__":
    sys.exit(main())
