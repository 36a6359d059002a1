"""Random histories for as long as it takes: `make soak`.

Histories are cut into lots, each with a seed of its own, and the lots are shared among processes.
A lot in which something does not hold is searched again for the shortest history that shows it.
The last line says how many histories were walked and in how many lots one was found; with any, the
exit code is 1. `--seed SEED --histories LOT --workers 1` walks one lot again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as fixed_seed
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.histories import Histories
from tests.machine.library_histories import LibraryHistories

STEPS = 40
LOT = 50
"""Histories of one lot: few enough that one can be walked again while somebody waits."""


@dataclass(frozen=True, slots=True)
class Lot:
    """What came of one lot: histories that were walked, and the history that failed, "" if none."""

    seed: int
    histories: int
    failed: str = ""


@dataclass(slots=True)
class Tally:
    """What came of all lots so far."""

    histories: int = 0
    failed: list[Lot] = field(default_factory=list)

    def add(self, lot: Lot) -> None:
        """One lot is over."""
        self.histories += lot.histories
        if lot.failed:
            self.failed.append(lot)
            print(f"counterexample, seed {lot.seed}:\n{lot.failed}", flush=True)


def walk(seed: int, histories: int, *, shortest: bool = False) -> Lot:
    """Walk so many histories; `shortest` looks for the shortest one that fails."""
    walked = 0

    # Of four lots, one is of documents.
    machine: Any = Histories if seed % 4 else LibraryHistories

    class Counted(machine):  # type: ignore[misc]
        def teardown(self) -> None:
            nonlocal walked
            walked += 1
            super().teardown()

    phases = (Phase.generate, Phase.shrink) if shortest else (Phase.generate,)
    fixed_seed(seed)(Counted)
    chosen = settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        phases=phases,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Counted, settings=chosen)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a counterexample
        return Lot(seed, min(walked, histories), _shown(error))
    return Lot(seed, min(walked, histories))


def _shown(error: BaseException) -> str:
    """The error with the steps that led to it, without the frames of the search."""
    lines = traceback.format_exception(error, limit=-6)
    return "".join(lines)


def soak(seed: int, histories: int, workers: int, seconds: float) -> Tally:
    """Walk all lots, as far as the time goes."""
    until = time.monotonic() + seconds
    tally = Tally()
    sizes = [min(LOT, histories - start) for start in range(0, histories, LOT)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_quiet) as pool:
        lots = [pool.submit(walk, seed + number, size) for number, size in enumerate(sizes)]
        try:
            _gather(lots, tally, until)
            again = [
                pool.submit(walk, lot.seed, LOT, shortest=True) for lot in list(tally.failed)[:3]
            ]
            for future in wait(again, max(0.0, until - time.monotonic())).done:
                lot = future.result()
                print(f"shortest of seed {lot.seed}:\n{lot.failed}", flush=True)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
    return tally


def _gather(lots: Sequence[Future[Lot]], tally: Tally, until: float) -> None:
    waiting = set(lots)
    while waiting and time.monotonic() < until:
        done, waiting = wait(waiting, timeout=1.0)
        for future in done:
            tally.add(future.result())


def _quiet() -> None:
    """A worker that the parent ends says nothing about it."""
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until it ends


def main() -> int:
    """Read the command line, walk, say what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--histories", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.workers} workers", flush=True)
    tally = soak(asked.seed, asked.histories, asked.workers, asked.minutes * 60)
    found = len(tally.failed)
    print(f"{tally.histories} histories of up to {STEPS} steps: {found} counterexamples")
    return 1 if found or tally.histories < asked.histories else 0


if __name__ == "__main__":
    sys.exit(main())
