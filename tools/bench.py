"""Benchmarks on the stand-ins, against vdirsyncer, rclone and bare threads, in one run.

`make bench` prints the ratios and writes build/bench.json. Each contender is a process of its own,
start-up included; the stand-in cloud adds 20 ms to every answer while anything is timed. Machines
are noisy: what counts are ratios of figures taken side by side.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

import requests
from bench_contest import BUILD, ROOT, Results, Server, Timed, median_of, run
from bench_documents import find_rclone, transfers
from bench_exports import exports

LATENCY = 0.02
PEER = "vdirsyncer==0.21.0"
_TURNS = 5
"""First runs of ours and of the bare threads, in turn: the machine's speed moves by a quarter."""


@dataclass
class Bench:
    """The contenders on one pair of servers."""

    wiki: Server
    cloud: Server
    program: Path
    peer: Path
    results: Results = field(default_factory=Results)

    # ours

    def configure(self, name: str, *, kind: str = "events", form: int = 6) -> Path:
        """A configuration and a state of its own for each collection."""
        folder = BUILD / name
        folder.mkdir(parents=True, exist_ok=True)
        wiki, cloud = self.wiki.account, self.cloud.account
        (folder / "oscartes.toml").write_text(
            f"""[network]
name = "Banc"
language = "en"
[wikis.noe]
url = "{wiki["url"]}"
user = "{wiki["user"]}"
[clouds.noe]
url = "{cloud["url"]}"
user = "{cloud["user"]}"
[[bindings]]
name = "agenda"
kind = "{kind}"
form = {form}
collection = "{name}"
""",
            encoding="utf-8",
        )
        secrets = folder / ".env"
        secrets.write_text(
            f"OSCARTES_WIKI_NOE_KEY={wiki['key']}\nOSCARTES_CLOUD_NOE_PASSWORD={cloud['password']}\n",
            encoding="utf-8",
        )
        secrets.chmod(0o600)
        return folder / "oscartes.toml"

    def ours(self, configuration: Path) -> Timed:
        """One sync of ours."""
        return run([self.program, "sync", "--json", "--config", configuration])

    # theirs

    def collection(self, name: str) -> str:
        """The URL of a calendar, made where it is missing."""
        cloud = self.cloud.account
        url = f"{cloud['url']}/remote.php/dav/calendars/{cloud['user']}/{name}/"
        requests.request(
            "MKCALENDAR", url, auth=(cloud["user"], cloud["password"]), timeout=60
        ).close()
        return url

    def export(self, name: str, folder: Path) -> None:
        """The resources of a calendar as files, byte for byte."""
        folder.mkdir(parents=True, exist_ok=True)
        cloud = self.cloud.account
        auth = (cloud["user"], cloud["password"])
        body = (
            '<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>'
            "<d:getetag/><c:calendar-data/></d:prop><c:filter>"
            '<c:comp-filter name="VCALENDAR"/></c:filter></c:calendar-query>'
        )
        headers = {"Depth": "1", "Content-Type": "application/xml"}
        answer = requests.request(
            "REPORT", self.collection(name), data=body, auth=auth, headers=headers, timeout=300
        )
        from lxml import etree  # noqa: PLC0415

        tree = etree.fromstring(answer.content)
        for place, found in enumerate(tree.iter("{urn:ietf:params:xml:ns:caldav}calendar-data")):
            text = (found.text or "").replace("\r\n", "\n").replace("\n", "\r\n")
            (folder / f"{place:06d}.ics").write_bytes(text.encode())

    def peer_pair(self, name: str, folder: Path) -> Path:
        """A vdirsyncer configuration with its collection discovered beforehand."""
        cloud = self.cloud.account
        config = BUILD / f"vdirsyncer-{name}.conf"
        config.write_text(
            f"""[general]
status_path = "{BUILD / f"vdirsyncer-{name}-status"}"
[pair bench]
a = "local"
b = "remote"
collections = [["agenda", "{folder.name}", "{name}"]]
[storage local]
type = "filesystem"
path = "{folder.parent}"
fileext = ".ics"
[storage remote]
type = "caldav"
url = "{cloud["url"]}/remote.php/dav/"
username = "{cloud["user"]}"
password = "{cloud["password"]}"
""",
            encoding="utf-8",
        )
        self.collection(name)
        run([self.peer, "-c", config, "discover", "bench"])
        return config

    def theirs(self, config: Path) -> Timed:
        """One sync of vdirsyncer's."""
        return run([self.peer, "-c", config, "sync"])

    def bare(self, folder: Path, name: str) -> Timed:
        """Four bare threads of PUTs."""
        cloud = self.cloud.account
        tool = ROOT / "tools" / "bench_puts.py"
        url = self.collection(name)
        return run([sys.executable, tool, folder, url, cloud["user"], cloud["password"]])


def first_sync(bench: Bench) -> None:
    """1,000 events into an empty calendar."""
    bench.wiki.tell("events 1000")
    bench.cloud.tell("latency 0")
    bench.ours(bench.configure("warm"))
    folder = BUILD / "files" / "first"
    bench.export("warm", folder)
    peer = bench.peer_pair("first-peer", folder)
    configurations = iter([bench.configure(f"first-{turn}") for turn in range(_TURNS)])
    empty = iter([f"first-bare-{turn}" for turn in range(_TURNS)])
    bench.cloud.tell(f"latency {LATENCY}")
    ours, bare = median_of(
        _TURNS,
        lambda: bench.ours(next(configurations)),
        lambda: bench.bare(folder, next(empty)),
    )
    theirs = bench.theirs(peer)
    print(
        f"first sync of 1,000: ours {ours.seconds:.1f} s, {ours.peak:.0f} MB; "
        f"vdirsyncer {theirs.seconds:.1f} s; four bare threads {bare.seconds:.1f} s"
    )
    bench.results.add("first_sync_1000_to_vdirsyncer", ours.seconds / theirs.seconds, 0.4)
    bench.results.add("first_sync_1000_to_bare_puts", ours.seconds / bare.seconds, 1.25)


def no_op(bench: Bench, count: int, target: float) -> tuple[Timed, int]:
    """A run without changes: ours against vdirsyncer's, in turn."""
    bench.wiki.tell(f"events {count}")
    bench.cloud.tell("latency 0")
    configuration = bench.configure(f"noop-{count}")
    bench.ours(configuration)
    folder = BUILD / "files" / f"noop-{count}"
    bench.export(f"noop-{count}", folder)
    peer = bench.peer_pair(f"noop-{count}", folder)
    for _ in range(2):
        bench.theirs(peer)
        bench.ours(configuration)
    bench.cloud.tell(f"latency {LATENCY}")
    ours, theirs = median_of(5, lambda: bench.ours(configuration), lambda: bench.theirs(peer))
    summary = json.loads(ours.output)["bindings"][0]["summary"]
    asked = sum(summary["requests"].values())
    if summary["unchanged"] != count or summary["created"] or summary["updated"]:
        raise SystemExit(f"not a no-op: {summary}")
    print(
        f"no-op at {count}: ours {ours.seconds:.2f} s, {ours.peak:.0f} MB, {asked} requests; "
        f"vdirsyncer {theirs.seconds:.2f} s, {theirs.peak:.0f} MB"
    )
    bench.results.add(f"no_op_{count}_to_vdirsyncer", ours.seconds / theirs.seconds, target)
    return ours, asked


def directory(bench: Bench) -> None:
    """Actors to cards: time and memory as the directory grows, and runs without changes."""
    bench.cloud.tell("latency 0")
    found: dict[int, tuple[Timed, int]] = {}
    for count in (1000, 5000, 10000):
        bench.wiki.tell(f"actors {count}")
        configuration = bench.configure(f"actors-{count}", kind="contacts", form=5)
        first = bench.ours(configuration)
        created = json.loads(first.output)["bindings"][0]["summary"]["created"]
        again = json.loads(bench.ours(configuration).output)["bindings"][0]
        asked = sum(again["summary"]["requests"].values())
        if created != count or again["operations"]:
            raise SystemExit(f"{created} of {count} crossed, then {again['operations'][:1]}")
        print(f"{count} actors to cards: {first.seconds:.1f} s, {first.peak:.0f} MB")
        found[count] = (first, asked)
    small, large = found[1000], found[10000]
    bench.results.add("cards_time_10000_to_1000", large[0].seconds / small[0].seconds, 12)
    bench.results.add("cards_more_requests_at_10000", large[1] - small[1], 0)
    bench.results.add("cards_peak_megabytes", large[0].peak, 300)


def documents(bench: Bench) -> None:
    """Folders to entries: what a run without changes asks for, as the folder grows."""
    bench.cloud.tell("latency 0")
    found: dict[int, dict[str, int]] = {}
    for count in (50, 5000):
        folder = f"documents-{count}"
        bench.cloud.tell(f"files {count} {folder}")
        configuration = bench.configure(folder, kind="documents", form=7)
        first = bench.ours(configuration)
        bench.ours(configuration)
        bench.cloud.tell(f"latency {LATENCY}")
        bench.cloud.tell("asked")
        again = bench.ours(configuration)
        asked = int(bench.cloud.tell("asked")["requests"])
        bench.cloud.tell("latency 0")
        created = json.loads(first.output)["bindings"][0]["summary"]["created"]
        report = json.loads(again.output)["bindings"][0]
        if created != count or report["summary"]["unchanged"] != count or report["operations"]:
            raise SystemExit(f"{created} of {count} crossed, then {report['summary']}")
        print(
            f"{count} documents: first run {first.seconds:.1f} s, {first.peak:.0f} MB; without "
            f"changes {again.seconds:.2f} s, {again.peak:.0f} MB, {asked} of the cloud"
        )
        found[count] = {**report["summary"]["requests"], "seen": asked}
        bench.results.add(f"documents_{count}_peak_megabytes", max(first.peak, again.peak), 150)
    bench.results.add("documents_no_op_requests_at_5000", found[5000]["seen"], 1)
    more = found[5000]["wiki"] - found[50]["wiki"]
    bench.results.add("documents_no_op_more_wiki_requests_at_5000", more, 0)


def start_up(bench: Bench) -> None:
    """`oscartes --help` against the import of click alone."""
    help_, click = median_of(
        9,
        lambda: run([bench.program, "--help"]),
        lambda: run([bench.program.with_name("python"), "-c", "import click"]),
    )
    print(f"start-up: --help {help_.seconds:.3f} s, import click {click.seconds:.3f} s")
    bench.results.add("help_to_import_click", help_.seconds / click.seconds, 3)


def install(name: str, *what: str | Path) -> Path:
    """Packages in an environment of their own, as a user installs them; its programs' folder."""
    folder = BUILD / name
    if not (folder / "bin" / "pip").exists():
        venv.create(folder, with_pip=True)
    pip: list[str | Path] = [
        folder / "bin" / "pip",
        "install",
        "--quiet",
        "--quiet",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, *what], check=True)
    return folder / "bin"


def clear() -> None:
    """Nothing of an earlier run but the two environments is left."""
    import shutil  # noqa: PLC0415

    BUILD.mkdir(parents=True, exist_ok=True)
    for path in BUILD.iterdir():
        if path.name in ("peer", "ours"):
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def main() -> int:
    """All benchmarks; 1 where a target is missed."""
    rclone = find_rclone()
    clear()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    peer = install("peer", PEER) / "vdirsyncer"
    install("ours", ROOT)
    ours = install("ours", "--force-reinstall", "--no-deps", ROOT) / "oscartes"
    wiki, cloud = Server("wiki"), Server("cloud")
    try:
        bench = Bench(wiki, cloud, ours, peer)
        first_sync(bench)
        small, few = no_op(bench, 1000, 1.0)
        large, many = no_op(bench, 10000, 0.5)
        bench.results.add("no_op_time_10000_to_1000", large.seconds / small.seconds, 12)
        bench.results.add("no_op_more_requests_at_10000", many - few, 0)
        bench.results.add("no_op_peak_megabytes", max(small.peak, large.peak), 200)
        directory(bench)
        transfers(cloud, ours.with_name("python"), rclone, bench.results)
        documents(bench)
        exports(ours, bench.results)
        start_up(bench)
    finally:
        wiki.stop()
        cloud.stop()
    target = ROOT / "build" / "bench.json"
    target.write_text(json.dumps(bench.results.found, indent=1) + "\n", encoding="utf-8")
    return 0 if all(each["holds"] for each in bench.results.found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
