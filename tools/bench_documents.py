"""Documents: many small files and one large one to the cloud and back, against Debian's rclone.

Each contender is a process of its own, start-up included, on files on disk; what it brought is
compared byte for byte afterwards, untimed. rclone runs by its defaults for WebDAV of Nextcloud.
`tools/bench.py` runs this; by itself it measures the suite of this environment:

    python tools/bench_documents.py
"""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from bench_contest import BUILD, ROOT, Results, Server, Timed, median_of, run

LATENCY = 0.02
MEGABYTE = 1_000_000
TOOL = ROOT / "tools" / "bench_transfer.py"
MISSING = """\
rclone is not installed, and the benchmarks of documents measure against it. On Debian:
    apt-get install rclone
Then run `make bench` again."""
_NUMBERS = count(1)
Transfer = Callable[[str, Path, str], Timed]


@dataclass(frozen=True)
class Load:
    """What crosses: `files` of `size` bytes, at most `target` of rclone's time, so many runs."""

    name: str
    files: int
    size: int
    target: float
    times: int


LOADS = (
    Load("500_small", 500, 8_000, 0.5, 5),
    Load("200_megabytes", 1, 200 * MEGABYTE, 1.1, 9),
)


@dataclass
class Ferry:
    """Both contenders between one folder of the disk and one cloud."""

    cloud: Server
    python: Path
    rclone: Path
    load: Load

    @property
    def here(self) -> Path:
        """The files to push."""
        return BUILD / "files" / self.load.name

    def fill(self) -> dict[str, str]:
        """Make the files, the same every time; the digest of each."""
        self.here.mkdir(parents=True, exist_ok=True)
        chance = random.Random(self.load.name)
        told = {}
        for number in range(self.load.files):
            path = self.here / f"Compte rendu {number:03}.bin"
            digest, left = hashlib.sha256(), self.load.size
            with path.open("wb") as file:
                while left:
                    block = chance.randbytes(min(left, MEGABYTE))
                    left -= len(block)
                    digest.update(block)
                    file.write(block)
            told[path.name] = digest.hexdigest()
        return told

    def configure(self) -> Path:
        """rclone's configuration: WebDAV, of a Nextcloud."""
        account = self.cloud.account
        hidden = subprocess.run(
            [self.rclone, "obscure", account["password"]],
            check=True,
            capture_output=True,
            text=True,
        )
        path = BUILD / "rclone.conf"
        path.write_text(
            f"""[cloud]
type = webdav
vendor = nextcloud
url = {account["url"]}/remote.php/dav/files/{account["user"]}/
user = {account["user"]}
pass = {hidden.stdout.strip()}
""",
            encoding="utf-8",
        )
        return path

    def ours(self, way: str, here: Path, there: str) -> Timed:
        """One transfer by the suite's rooms."""
        account = self.cloud.account
        told = [str(account[word]) for word in ("url", "user", "password")]
        return run([self.python, TOOL, way, here, there, *told])

    def theirs(self, way: str, here: Path, there: str) -> Timed:
        """One transfer by rclone."""
        ends = (str(here), f"cloud:{there}")
        start, end = ends if way == "push" else ends[::-1]
        return run([self.rclone, "--config", BUILD / "rclone.conf", "copy", start, end])

    def pushed(self, transfer: Transfer, told: Mapping[str, str]) -> Timed:
        """One push to a folder that is not there, and what it left."""
        there = f"push-{next(_NUMBERS)}"
        timed = transfer("push", self.here, there)
        kept = self.cloud.tell(f"kept {there}")["files"]
        self.cloud.tell("empty")
        return _checked(timed, kept, told)

    def pulled(self, transfer: Transfer, told: Mapping[str, str]) -> Timed:
        """One pull to a folder that is not there, and what it left."""
        here = BUILD / f"pull-{next(_NUMBERS)}"
        timed = transfer("pull", here, source_of(transfer))
        kept = {path.name: _digest(path) for path in here.iterdir()}
        shutil.rmtree(here)
        return _checked(timed, kept, told)

    def compare(self, way: str, results: Results) -> float:
        """Ours and theirs in turn, after one run of each that is counted; our peak of memory."""
        told = self.fill()
        if way == "pull":
            # Each brings back what it sent: with the checksum that it told, and so can check.
            for transfer in (self.ours, self.theirs):
                transfer("push", self.here, source_of(transfer))
        once = self.pushed if way == "push" else self.pulled
        contenders = [partial(once, self.ours, told), partial(once, self.theirs, told)]
        asked = [self._requests(contender) for contender in contenders]
        ours, theirs = median_of(self.load.times, *contenders)
        print(
            f"{way} of {self.load.name}: ours {ours.seconds:.2f} s, {ours.peak:.0f} MB, "
            f"{asked[0]} requests; rclone {theirs.seconds:.2f} s, {theirs.peak:.0f} MB, "
            f"{asked[1]} requests"
        )
        name = f"documents_{way}_{self.load.name}_to_rclone"
        results.add(name, ours.seconds / theirs.seconds, self.load.target)
        self.cloud.tell("empty")
        return ours.peak

    def _requests(self, contender: Callable[[], Timed]) -> int:
        """What one run asks of the cloud."""
        self.cloud.tell("asked")
        contender()
        return int(self.cloud.tell("asked")["requests"])


def source_of(transfer: Transfer) -> str:
    """The folder of the cloud that one contender brings back."""
    return f"source-{transfer.__name__}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(timed: Timed, kept: Mapping[str, str], told: Mapping[str, str]) -> Timed:
    if kept != told:
        raise SystemExit(f"{len(kept)} files arrived, {len(told)} were sent, or not as they were")
    return timed


def find_rclone() -> Path:
    """Where rclone is; without it the benchmarks do not begin."""
    found = shutil.which("rclone")
    if found is None:
        raise SystemExit(MISSING)
    return Path(found)


def version_of(rclone: Path) -> str:
    """What it calls itself."""
    told = subprocess.run([rclone, "version"], check=True, capture_output=True, text=True)
    return told.stdout.partition("\n")[0]


def transfers(cloud: Server, python: Path, rclone: Path, results: Results) -> None:
    """Both loads, both ways."""
    print(f"documents against {version_of(rclone)}, with its defaults")
    cloud.tell(f"latency {LATENCY}")
    peaks = []
    for load in LOADS:
        ferry = Ferry(cloud, python, rclone, load)
        ferry.configure()
        peaks += [ferry.compare(way, results) for way in ("push", "pull")]
        shutil.rmtree(ferry.here)
    cloud.tell("latency 0")
    results.add("documents_peak_megabytes", max(peaks), 150)


def main() -> int:
    """The transfers alone; 1 where a target is missed."""
    rclone, results = find_rclone(), Results()
    shutil.rmtree(BUILD / "files", ignore_errors=True)
    BUILD.mkdir(parents=True, exist_ok=True)
    cloud = Server("cloud")
    try:
        transfers(cloud, Path(sys.executable), rclone, results)
    finally:
        cloud.stop()
    return 0 if all(each["holds"] for each in results.found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
