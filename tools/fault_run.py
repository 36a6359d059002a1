"""One run of `oscartes sync` in a process of its own, broken at one point or let be.

The processes are forked from this one, which has one thread and everything loaded.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import selectors
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fault_hooks
from fault_clock import SharedClock
from fault_points import Point, Trace

import bazar_forms
import oscartes_sync
from oscartes_sync.commands.boundary import BUG, run
from oscartes_sync.commands.doors import Doors

_LONGEST_SECONDS = 60
_ENVIRONMENT = {"LANG": "en_GB.UTF-8"}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: its exit code, or the signal that ended it as a negative number."""

    code: int
    said: str
    complaints: str
    trace: Trace

    @property
    def report(self) -> dict[str, Any]:
        """The report of the one binding; empty where none was printed."""
        try:
            document = json.loads(self.said)
        except ValueError:
            return {}
        bindings = document.get("bindings") or [{}]
        return dict(bindings[0])

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.code == -signal.SIGKILL

    @property
    def is_bug(self) -> bool:
        """Whether the run itself calls it a mistake of the program, or shows a traceback."""
        return self.code in (BUG, -signal.SIGALRM) or "Traceback" in self.complaints


def warm(folder: Path) -> None:
    """Load all that a run may load, and run it once here, so that what is computed once is."""
    for package in (bazar_forms, oscartes_sync):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "__main__" not in module.name and ".migrations." not in module.name:
                importlib.import_module(module.name)
    nowhere = io.TextIOWrapper(io.BytesIO())
    with redirect_stdout(nowhere), redirect_stderr(nowhere):
        run(_words(folder), Doors(_ENVIRONMENT))
    gc.freeze()


def _words(folder: Path) -> list[str]:
    return ["sync", "--json", "--config", str(folder / "oscartes.toml")]


def sync(folder: Path, clock: SharedClock, point: Point | None = None) -> Ending:
    """Run it with the configuration in this folder, to its end or its death."""
    said, complaints, trace = os.pipe(), os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        for read_end, _ in (said, complaints, trace):
            os.close(read_end)
        os.dup2(said[1], 1)
        os.dup2(complaints[1], 2)
        _be_the_run(folder, clock, point, trace[1])
    for _, write_end in (said, complaints, trace):
        os.close(write_end)
    texts = _read_all(said[0], complaints[0], trace[0])
    _, status = os.waitpid(child, 0)
    counted: dict[str, Any] = json.loads(texts[2] or "{}")
    return Ending(
        code=os.waitstatus_to_exitcode(status),
        said=texts[0],
        complaints=texts[1],
        trace=Trace(
            tuple((method, route) for method, route in counted.get("requests", ())),
            int(counted.get("transactions", 0)),
        ),
    )


def _be_the_run(folder: Path, clock: SharedClock, point: Point | None, trace: int) -> None:
    """In the child: never returns."""
    code = BUG
    try:
        signal.alarm(_LONGEST_SECONDS)
        os.chdir(folder)
        os.environ["XDG_STATE_HOME"] = str(folder)
        tape = fault_hooks.install(point, clock)
        code = run(_words(folder), Doors(_ENVIRONMENT))
        sys.stdout.flush()
        sys.stderr.flush()
        counted = tape.trace()
        text = json.dumps({"requests": counted.requests, "transactions": counted.transactions})
        os.write(trace, text.encode())
    finally:
        os._exit(code)


def _read_all(*pipes: int) -> list[str]:
    """What comes out of each, to its end."""
    found: dict[int, list[bytes]] = {pipe: [] for pipe in pipes}
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                chunk = os.read(key.fd, 65536)
                found[key.fd].append(chunk)
                if not chunk:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return [b"".join(found[pipe]).decode() for pipe in pipes]
