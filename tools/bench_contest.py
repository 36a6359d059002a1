"""What the benchmarks share: stand-ins, contenders that are timed, and figures with targets."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "bench"
_TIMED = ROOT / "tools" / "bench_timed.py"
_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    # rclone runs by its defaults, whatever whoever measures has set.
    if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("RCLONE_")
}
_ENVIRONMENT["NO_COLOR"] = "1"
# What a stand-in has had of memory it keeps and uses again: else each large file that it takes
# costs pages that the machine has to clear first, and one that comes in parts costs them twice.
# Other C libraries than GNU's pass over it.
_KEEPING = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
}


class Server:
    """A stand-in in a process of its own."""

    def __init__(self, kind: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tools" / "bench_servers.py"), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | _KEEPING,
        )
        self.account = self._line()

    def tell(self, order: str) -> Any:
        """Send one order and wait until it is done; what it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        return self._line()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()

    def _line(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@dataclass
class Timed:
    """One run of a process: wall seconds, peak memory in MB, what it printed, processor seconds."""

    seconds: float
    peak: float
    output: str
    work: float = 0.0


def run(command: Sequence[str | Path]) -> Timed:
    """Run it to its end; anything but success ends the benchmark."""
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        tempfile.NamedTemporaryFile() as told,
    ):
        ended = subprocess.run(
            [sys.executable, "-I", "-S", str(_TIMED), told.name, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=_ENVIRONMENT,
            cwd=BUILD,
            check=False,
        )
        printed, said = (_whole(stream) for stream in (out, err))
        if ended.returncode != 0:
            raise SystemExit(f"{command[0]} ended with {ended.returncode}:\n{said}{printed}")
        figures = json.loads(told.read())
    return Timed(output=printed, **figures)


def _whole(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


@dataclass
class Results:
    """Figures with their targets; `holds` where value ≤ target."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, value: float, target: float) -> None:
        """Note one figure and print it."""
        holds = value <= target
        self.found[name] = {"value": round(value, 3), "target": target, "holds": holds}
        print(f"{'ok  ' if holds else 'MISS'} {name}: {value:.3f} (target at most {target})")


def median_of(times: int, *contenders: Callable[[], Timed]) -> list[Timed]:
    """Runs taken in turn, so that noise meets all alike; each one's median, peak at its highest."""
    runs: list[list[Timed]] = [[] for _ in contenders]
    for _ in range(times):
        for found, contender in zip(runs, contenders, strict=True):
            found.append(contender())
    return [
        Timed(
            statistics.median(one.seconds for one in found),
            max(one.peak for one in found),
            found[-1].output,
            statistics.median(one.work for one in found),
        )
        for found in runs
    ]
