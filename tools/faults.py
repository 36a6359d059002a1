"""Breaks a sync at every point where it can break, runs it again, and compares.

    python tools/faults.py [--only KIND] [--scene SCENE] [--point SCENE:KIND:NUMBER] [--sample N]

One process per fault point (`fault_points.Kind`): killed by SIGKILL before, inside and after each
request and each transaction of the state; or met by a connection or an answer that is cut, by a
disk that is full, failing or read-only. Then the run again, once, and a third time, which must not
write any more. What stands on both servers and in the state must be what a run leaves that was
let be. The last line printed is `N fault points: lost 0, duplicated 0, diverged 0`, where each
figure counts points; the exit code is 1 where one is not 0.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from fault_points import Kind, Point, points_of, sampled
from fault_scenes import SCENES
from fault_stage import Stage
from fault_verdict import Verdict

_EVERY = 50


@dataclass(frozen=True)
class Share:
    """What one worker plays: each `of`-th of the points, from `first` on."""

    scenes: tuple[str, ...]
    kinds: tuple[Kind, ...]
    sample: int
    first: int
    of: int


def _kinds(scene: str, asked: Sequence[Kind]) -> list[Kind]:
    """Those of the kinds that a scene is broken by."""
    return [one for one in asked if not (SCENES[scene].requests_alone and one.of_transactions)]


def play(share: Share, pipe: Connection) -> None:
    """A worker: sends how many points there are, then each with its verdict."""
    with (
        tempfile.TemporaryDirectory(prefix="oscartes-faults-") as folder,
        closing(Stage(Path(folder))) as stage,
    ):
        points = [
            point
            for scene in share.scenes
            for point in points_of(scene, stage.prepare(scene).trace, _kinds(scene, share.kinds))
        ]
        chosen = sampled(points, share.sample)
        pipe.send(len(chosen))
        for point in chosen[share.first :: share.of]:
            pipe.send((point, stage.play(point)))
    pipe.close()


def played(shares: Sequence[Share]) -> Iterator[tuple[Point, Verdict]]:
    """All points of all workers, as they end.

    Raises:
        SystemExit: a worker ended before its time.
    """
    context = multiprocessing.get_context("fork")
    pipes = []
    for share in shares:
        ours, theirs = context.Pipe(duplex=False)
        context.Process(target=play, args=(share, theirs)).start()
        theirs.close()
        pipes.append(ours)
    expected: set[int] = set()
    count = 0
    while pipes:
        for pipe in wait(pipes):
            assert isinstance(pipe, Connection)
            try:
                told = pipe.recv()
            except EOFError:
                pipes.remove(pipe)
                continue
            if isinstance(told, int):
                expected.add(told)
                continue
            count += 1
            yield told
    if expected != {count}:
        raise SystemExit(f"{count} points were played, {expected} were to be")


def count(shares: Sequence[Share]) -> Counter[str]:
    """Play them; tell progress and what is wrong on stderr."""
    found: Counter[str] = Counter()
    started = time.monotonic()
    for point, verdict in played(shares):
        found["points"] += 1
        if verdict != Verdict():
            print(f"{point}: python tools/faults.py --point {point}", file=sys.stderr)
            for line in verdict.lines():
                print(f"  {line}", file=sys.stderr)
        for word in ("lost", "duplicated", "diverged"):
            found[word] += bool(getattr(verdict, word))
        if found["points"] % _EVERY == 0:
            gone = time.monotonic() - started
            print(f"{found['points']} points in {gone:.0f} s", file=sys.stderr)
    return found


def one(point: Point) -> Counter[str]:
    """Play one point, with everything there is to say of it."""
    with (
        tempfile.TemporaryDirectory(prefix="oscartes-faults-") as folder,
        closing(Stage(Path(folder))) as stage,
    ):
        stage.explain(point)
        verdict = stage.play(point)
    for line in verdict.lines():
        print(line, file=sys.stderr)
    words = ("lost", "duplicated", "diverged")
    return Counter({"points": 1, **{word: int(bool(getattr(verdict, word))) for word in words}})


def main(words: Sequence[str] | None = None) -> int:
    """Play what the command line asks for; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="append", type=Kind, metavar="KIND", help="this kind")
    parser.add_argument("--scene", action="append", choices=sorted(SCENES), help="this scene")
    parser.add_argument("--point", type=Point.parse, help="one point, told at length")
    parser.add_argument("--sample", type=int, default=0, help="so many points, spread over all")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(words)
    if asked.point:
        found = one(asked.point)
    else:
        scenes, kinds = tuple(asked.scene or SCENES), tuple(asked.only or Kind)
        found = count(
            [
                Share(scenes, kinds, asked.sample, first, asked.workers)
                for first in range(asked.workers)
            ]
        )
    wrong = {word: found[word] for word in ("lost", "duplicated", "diverged")}
    told = ", ".join(f"{word} {number}" for word, number in wrong.items())
    print(f"{found['points']} fault points: {told}")
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
