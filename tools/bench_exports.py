"""The exports: each format by itself as the wiki grows, beside a bare dump of the same list.

Actors go to the eight formats that fit them, events to the calendar. Ratios are of processor
seconds: nothing is waited for, a dump is too short for the clock on the wall, and small and large
cannot be taken side by side. `tools/bench.py` runs this; by itself it measures the suite of this
environment:

    python tools/bench_exports.py
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench_contest import BUILD, ROOT, Results, Server, Timed, median_of, run

FORMATS = {
    "geojson": "acteurs",
    "csv": "acteurs",
    "xlsx-csv": "acteurs",
    "vcf": "acteurs",
    "ics": "agenda",
    "jsonld": "acteurs",
    "rss": "acteurs",
    "atom": "acteurs",
    "gogocarto": "acteurs",
}
"""Format → the view that goes to it."""
FORMS = {"acteurs": "5", "agenda": "6"}
TIMES = {1000: 3, 5000: 3, 10000: 1}
"""How many entries → how often each run is repeated."""


@dataclass
class Found:
    """What was seen at one size, by format; `bare` is the dump of the same list.

    `together` is one run for all formats of the actors.
    """

    ours: dict[str, Timed] = field(default_factory=dict)
    bare: dict[str, Timed] = field(default_factory=dict)
    together: Timed = field(default_factory=lambda: Timed(0, 0, ""))
    asked: int = 0

    @property
    def slowest(self) -> str:
        """The format that took the most work, measured by the dump beside it."""
        return max(self.ours, key=self.ratio)

    @property
    def peak(self) -> float:
        """The most memory that any of them took, in MB."""
        return max(one.peak for one in (*self.ours.values(), self.together))

    @property
    def apart(self) -> float:
        """The work of the actors' formats, one run after the other."""
        return sum(one.work for name, one in self.ours.items() if FORMATS[name] == "acteurs")

    def ratio(self, name: str) -> float:
        """How many times the work of the dump."""
        return self.ours[name].work / self.bare[name].work


@dataclass
class Desk:
    """One wiki, and the program that exports its views."""

    wiki: Server
    program: Path

    @property
    def folder(self) -> Path:
        """Where configuration and files are."""
        return BUILD / "exports"

    def configure(self) -> None:
        """Two views and nothing else; the cloud is never asked."""
        self.folder.mkdir(parents=True, exist_ok=True)
        wiki = self.wiki.account
        (self.folder / "oscartes.toml").write_text(
            f"""[network]
name = "Banc"
language = "en"
[wikis.noe]
url = "{wiki["url"]}"
user = "{wiki["user"]}"
[clouds.noe]
url = "http://127.0.0.1:9"
user = "oscartes-bot"
[[bindings]]
name = "agenda"
kind = "events"
form = 6
collection = "agenda"
[views.acteurs]
form = {FORMS["acteurs"]}
licence = "CC-BY-SA-4.0"
[views.agenda]
form = {FORMS["agenda"]}
licence = "CC-BY-SA-4.0"
""",
            encoding="utf-8",
        )
        secrets = self.folder / ".env"
        secrets.write_text(
            f"OSCARTES_WIKI_NOE_KEY={wiki['key']}\nOSCARTES_CLOUD_NOE_PASSWORD=none\n",
            encoding="utf-8",
        )
        secrets.chmod(0o600)

    def export(self, view: str, name: str) -> Timed:
        """One export of ours, into files that are not there yet."""
        target = self.folder / f"as-{name}"
        shutil.rmtree(target, ignore_errors=True)
        where: list[str | Path] = ["--out", target, "--config", self.folder / "oscartes.toml"]
        return run([self.program, "export", view, "--format", name, "--json", *where])

    def dump(self, view: str) -> Timed:
        """The bare script."""
        tool = ROOT / "tools" / "bench_dump.py"
        url = self.wiki.account["url"]
        return run([sys.executable, tool, url, FORMS[view], self.folder / f"{view}.json"])


def measure(desk: Desk, count: int) -> Found:
    """Every format at one size, each in turn with the dump."""
    desk.wiki.tell(f"actors {count}")
    desk.wiki.tell(f"events {count}")
    found = Found()
    for name, view in FORMATS.items():
        desk.wiki.tell("asked")
        told = json.loads(desk.export(view, name).output)
        found.asked = max(found.asked, int(desk.wiki.tell("asked")["requests"]))
        if told["entries"] != count or told["problems"]:
            raise SystemExit(f"{told['entries']} of {count} in {name}, {told['problems'][:1]}")
        found.ours[name], found.bare[name] = median_of(
            TIMES[count],
            lambda view=view, name=name: desk.export(view, name),  # type: ignore[misc]
            lambda view=view: desk.dump(view),  # type: ignore[misc]
        )
        print(
            f"{count} to {name}: {found.ours[name].seconds:.1f} s, "
            f"{found.ours[name].peak:.0f} MB, {found.asked} requests; "
            f"bare dump {found.bare[name].seconds:.2f} s, {found.bare[name].peak:.0f} MB; "
            f"{found.ratio(name):.1f} times its work"
        )
    found.together = desk.export("acteurs", "all")
    print(f"{count} to all at once: {found.together.seconds:.1f} s, {found.together.peak:.0f} MB")
    return found


def exports(program: Path, results: Results) -> None:
    """Time, memory and requests of every format, as the wiki grows."""
    wiki = Server("wiki")
    try:
        desk = Desk(wiki, program)
        desk.configure()
        found = {count: measure(desk, count) for count in sorted(TIMES)}
    finally:
        wiki.stop()
    small, middle, large = (found[count] for count in sorted(found))
    growth = {name: large.ours[name].work / small.ours[name].work for name in FORMATS}
    worst = max(growth, key=growth.__getitem__)
    print(f"exports: {middle.slowest} is the slowest, {worst} grows most")
    results.add("export_5000_to_bare_dump", middle.ratio(middle.slowest), 30)
    results.add("export_5000_at_once_to_apart", middle.together.work / middle.apart, 0.4)
    results.add("export_time_10000_to_1000", growth[worst], 12)
    results.add("export_more_requests_at_10000", large.asked - small.asked, 0)
    results.add("export_peak_megabytes", large.peak, 250)


def main() -> int:
    """The exports alone; 1 where a target is missed."""
    results = Results()
    exports(Path(sys.executable).with_name("oscartes"), results)
    return 0 if all(each["holds"] for each in results.found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
