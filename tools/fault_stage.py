"""The scenes played: each point from the same beginning, then the reruns, then the comparison."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fault_clock import SharedClock
from fault_files import plain
from fault_points import Kind, Point, Trace
from fault_run import Ending, sync, warm
from fault_scene import KEYS, PASSWORD, configuration
from fault_scenes import SCENES
from fault_servers import Contents, Servers
from fault_verdict import Verdict, compare, remains, remembers, state_contents

_FIRST_DAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Expected:
    """The run that was let be: what it left, and what a further run answers."""

    trace: Trace
    contents: Contents
    code: int
    quiet: tuple[object, ...]
    quiet_writes: int
    losers: tuple[str, ...]


class Stage:
    """One pair of servers, one configuration folder, one state file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._clock = SharedClock()
        self._clock.start(_FIRST_DAY)
        self._servers = Servers.start(folder, self._clock)
        self._state = folder / "oscartes.db"
        self._expected: dict[str, Expected] = {}
        self._warm = False

    def close(self) -> None:
        """Let the servers end."""
        self._servers.close()

    def prepare(self, name: str) -> Expected:
        """Play a scene up to its last act, keep it, and let its last run be.

        Raises:
            SystemExit: it does not do what the scene is there for.
        """
        if name in self._expected:
            return self._expected[name]
        scene = SCENES[name]
        self._drop_state()
        moment = _FIRST_DAY
        self._clock.start(moment)
        addresses = self._servers("begin")
        for act in range(len(scene.acts)):
            moment += timedelta(days=1)
            self._clock.start(moment)
            self._configure(configuration(scene, act, wiki=addresses[0], cloud=addresses[1]))
            self._servers("act", name, act)
            if act < len(scene.acts) - 1:
                _as_it_should(sync(self._folder, self._clock))
        self._servers("keep", name)
        if self._state.exists():
            shutil.copyfile(self._state, self._kept_state(name))
        self._expected[name] = self._let_be(name)
        return self._expected[name]

    def _let_be(self, name: str) -> Expected:
        if not self._warm:
            self._go_back(name)
            warm(self._folder)
            self._warm = True
        self._go_back(name)
        ending = sync(self._folder, self._clock)
        _as_it_should(ending)
        contents = self._contents(name)
        self._later()
        before = int(self._servers("writes"))
        quiet = sync(self._folder, self._clock)
        writes = int(self._servers("writes")) - before
        if _acted(name, quiet) or compare(contents, self._contents(name)) != Verdict():
            raise SystemExit(f"scene {name}: a second run still writes")
        if left := list(remains(contents, SCENES[name].gone)):
            raise SystemExit(f"scene {name}: {', '.join(left)} is there still")
        losers = tuple(
            text
            for conflict in ending.report["conflicts"]
            for values in conflict["fields"].values()
            for text in _texts(values["cloud"])
        )
        return Expected(ending.trace, contents, ending.code, _told(quiet), writes, losers)

    def play(self, point: Point) -> Verdict:
        """Break a run there, run again, and once more; what is wrong then."""
        expected = self.prepare(point.scene)
        self._go_back(point.scene)
        broken = sync(self._folder, self._clock, point)
        if point.kind is Kind.REQUEST_ABREAST:
            self._servers("quiet")
        wrong = list(_wrong_ending(point, broken))
        self._later()
        second = sync(self._folder, self._clock)
        if second.code not in (expected.quiet[0], expected.code):
            wrong.append(f"the rerun ended with {second.code} ({_codes(second)})")
        found = self._contents(point.scene)
        verdict = compare(expected.contents, found)
        verdict.lost.extend(
            "a value that lost a conflict"
            for text in expected.losers
            if not remembers(self._state, text)
        )
        wrong.extend(
            f"{name} says what is gone" for name in remains(found, SCENES[point.scene].gone)
        )
        wrong.extend(self._third(point.scene, expected, found))
        verdict.diverged.extend(wrong)
        return verdict

    def _third(self, name: str, expected: Expected, found: Contents) -> Iterator[str]:
        """One more run: it writes nothing, and says what it says where nothing was broken."""
        self._later()
        before = int(self._servers("writes"))
        third = sync(self._folder, self._clock)
        written = int(self._servers("writes")) - before != expected.quiet_writes
        if written or _acted(name, third) or self._contents(name) != found:
            yield f"a third run writes ({_operations(third)})"
        if _told(third) != expected.quiet:
            yield f"a third run ended with {third.code} ({_codes(third)})"

    def explain(self, point: Point) -> None:
        """Break a run there and show on stderr how it and the next ones ended."""
        self.prepare(point.scene)
        self._go_back(point.scene)
        for number, where in enumerate((point, None, None), start=1):
            ending = sync(self._folder, self._clock, where)
            print(f"run {number} ended with {ending.code}", file=sys.stderr)
            for method, route in ending.trace.requests:
                print(f"  {method} {route}", file=sys.stderr)
            print(f"  {_operations(ending)}; {_codes(ending)}", file=sys.stderr)
            print(ending.complaints, file=sys.stderr)
            self._servers("quiet")
            self._later()

    def _configure(self, text: str) -> None:
        (self._folder / "oscartes.toml").write_text(text, encoding="utf-8")
        secrets = self._folder / ".env"
        secrets.touch(mode=0o600)
        secrets.write_text(
            f"OSCARTES_WIKI_NOE_KEY={KEYS.robot_key}\nOSCARTES_CLOUD_NOE_PASSWORD={PASSWORD}\n",
            encoding="utf-8",
        )

    def _go_back(self, name: str) -> None:
        scene = SCENES[name]
        last = len(scene.acts) - 1
        wiki, cloud = self._servers("go_back", name)
        self._configure(configuration(scene, last, wiki=wiki, cloud=cloud))
        self._drop_state()
        if self._kept_state(name).exists():
            shutil.copyfile(self._kept_state(name), self._state)
            self._state.chmod(0o600)
        self._clock.start(_FIRST_DAY + timedelta(days=len(scene.acts)) + _HOUR)

    def _later(self) -> None:
        self._clock.sleep(_HOUR.total_seconds())

    def _drop_state(self) -> None:
        for suffix in ("", "-journal", ".lock"):
            self._state.with_name(self._state.name + suffix).unlink(missing_ok=True)

    def _kept_state(self, name: str) -> Path:
        return self._folder / f"kept-state-{name}.db"

    def _contents(self, name: str) -> Contents:
        servers: Contents = self._servers("contents")
        found = {**servers, **state_contents(self._state)}
        if not SCENES[name].files:
            return found
        # An id of a conflict is a digest of words for bytes, which hang on how they came about.
        told = {key: it for key, it in found.items() if not key.startswith("state/conflict/")}
        return dict(plain(told, self._servers("names")))


def _texts(value: Any) -> list[str]:
    """The texts that a value is made of: a contact has several telephones."""
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def _as_it_should(ending: Ending) -> None:
    if ending.code not in (0, 4):
        raise SystemExit(f"a run that was let be ended with {ending.code}:\n{ending.complaints}")


def _wrong_ending(point: Point, ending: Ending) -> list[str]:
    if point.kind.kills:
        return [] if ending.killed else [f"the run was not killed, it ended with {ending.code}"]
    if ending.is_bug or ending.code < 0:
        return [f"the broken run ended with {ending.code}, a mistake of the program"]
    if ending.code not in (0, 1, 4):
        return [f"the broken run ended with {ending.code}"]
    return []


def _told(ending: Ending) -> tuple[object, ...]:
    """What a person learns from a run: its code, problems and conflicts."""
    report = ending.report
    problems = [(one["code"], one["entry"], one["href"]) for one in report.get("problems", [])]
    conflicts = [(one["id"], one["status"]) for one in report.get("conflicts", [])]
    return ending.code, sorted(map(str, problems)), sorted(map(str, conflicts))


def _acted(name: str, ending: Ending) -> bool:
    """Whether a run did anything. A write into one field of an entry moves the token of the files
    in its other fields, which are linked anew by the run after it."""
    operations: list[dict[str, Any]] = ending.report.get("operations", [])
    return any(not (SCENES[name].files and one["action"] == "relink") for one in operations)


def _codes(ending: Ending) -> str:
    problems: list[dict[str, Any]] = ending.report.get("problems", [])
    return ", ".join(sorted({str(problem["code"]) for problem in problems}))


def _operations(ending: Ending) -> str:
    operations: list[dict[str, Any]] = ending.report.get("operations", [])
    return ", ".join(
        f"{one['action']} {one['side']} {one['entry'] or one['href']} {one['status']}"
        for one in operations
    )
