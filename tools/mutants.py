"""Mutation testing of `planning/`: one small change at a time, and some quick test must fail.

`make mutants` makes them with mutmut in a scratch copy, and judges each with the pure tests that
reach its function, in a fork of one process that has collected them all: mutmut's own runner starts
pytest anew for each, which takes five times as long. build/mutants.txt lists those that survived;
`--again` judges only what survived the last time, and names of modules only those.
tools/mutants.toml lists the equivalent ones, which no test can tell from the original, and why.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import gc
import importlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import settings

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build"
EQUIVALENT = Path(__file__).with_suffix(".toml")
PLANNING = Path("oscartes_sync", "planning")
COPIED = ("bazar_forms", "oscartes_sync", "tests", "cli.py", "pyproject.toml", "setup.cfg")
TESTS = ("tests/unit/planning", "tests/unit/usecases")
TARGET = 90.0
_MARK = "__mutmut_"
_MEMORY = 2 << 30
_THEIRS = "from mutmut.mutation.trampoline import wrap_in_trampoline as _mutmut_mutated, MutantDict"
_SWITCH = "from switch import switched as _mutmut_mutated, MutantDict"
_SWITCH_CODE = """
from functools import wraps

MutantDict = dict
hits = set()


def switched(variants, is_classmethod=False):
    def decorate(function):
        where = f"{function.__module__}.{function.__qualname__}"

        @wraps(function)
        def switch(*args, **kwargs):
            hits.add(where)
            chosen = variants["_mutmut_orig"]
            if is_classmethod:
                return getattr(args[0], chosen.__name__)(*args[1:], **kwargs)
            return chosen(*args, **kwargs)

        return switch

    return decorate
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one function: `was` and `becomes` are its lines as `ast.unparse` writes them.

    `name` is mutmut's; `where` the module and the function; `nth` tells equal ones apart.
    """

    name: str
    where: str
    was: str
    becomes: str
    nth: int

    @property
    def module(self) -> str:
        """By its full name."""
        return self.name.rpartition(".")[0]

    @property
    def function(self) -> str:
        """What the tests that reach it were noted under."""
        return f"{self.module}.{self.where.partition('.')[2]}"

    def activate(self) -> None:
        """From now on the original is called no more."""
        name = self.name.rpartition(".")[2]
        variants = vars(sys.modules[self.module])[f"mutants_{name.partition(_MARK)[0]}__mutmut"]
        variants["_mutmut_orig"] = variants[name]

    @property
    def key(self) -> str:
        """The same as long as its lines are."""
        return "\n".join((self.where, self.was, self.becomes, str(self.nth)))

    def shown(self) -> str:
        """As listed for those who write the test that is missing."""
        before, after = (lines.splitlines() for lines in (self.was, self.becomes))
        return "\n".join((self.where, *(f"  - {b}" for b in before), *(f"  + {a}" for a in after)))


# Making them


def copy_to(scratch: Path) -> None:
    """What the tests need, without what they leave behind."""
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        source, target = ROOT / name, scratch / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=unwanted)
        else:
            shutil.copy(source, target)
    with (scratch / "setup.cfg").open("a", encoding="utf-8") as stream:
        stream.write(f"\n[mutmut]\nsource_paths = {PLANNING}\n")


def mutate(modules: Sequence[str]) -> list[Mutant]:
    """Write the mutants of `modules` of `planning/` (all where none is named) beside the originals
    in the working directory, behind a switch quicker than mutmut's."""
    made: list[Mutant] = []
    mutation = importlib.import_module("mutmut.mutation.file_mutation")
    Path("switch.py").write_text(_SWITCH_CODE, encoding="utf-8")
    for path in sorted(PLANNING.glob("*.py")):
        if modules and path.stem not in modules:
            continue
        mutated = mutation.mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        path.write_text(mutated.code.replace(_THEIRS, _SWITCH), encoding="utf-8")
        made += _named(path, mutated.code, mutated.mutant_names)
    return made


def _named(path: Path, code: str, names: Sequence[str]) -> Iterator[Mutant]:
    bodies = {
        node.name: node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)
    }
    met: Counter[tuple[str, str, str]] = Counter()
    package = ".".join(PLANNING.parts)
    for name in names:
        function = name.partition(_MARK)[0]
        plain = function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
        where = f"{path.stem}.{plain}"
        was, becomes = _difference(bodies[f"{function}{_MARK}orig"], bodies[name])
        met[where, was, becomes] += 1
        nth = met[where, was, becomes]
        yield Mutant(f"{package}.{path.stem}.{name}", where, was, becomes, nth)


def _difference(one: ast.FunctionDef, other: ast.FunctionDef) -> tuple[str, str]:
    before, after = (
        ast.unparse(each).replace(f"def {each.name}(", "def f(", 1).splitlines()
        for each in (one, other)
    )
    was: list[str] = []
    becomes: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if tag != "equal":
            was += before[a:b]
            becomes += after[c:d]
    return tuple("\n".join(line.strip() for line in lines) for lines in (was, becomes))  # type: ignore[return-value]


# Judging them


@dataclass
class Judge:
    """A pytest plugin that runs each test once, then the tests of each mutant until one fails."""

    mutants: Sequence[Mutant]
    killed: dict[str, bool] = field(default_factory=dict)
    reach: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[float] = field(default_factory=list)
    items: list[pytest.Item] = field(default_factory=list)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of pytest's own."""
        self.items = session.items
        self._survey()
        gc.collect()
        gc.freeze()
        everything = sorted(range(len(self.items)), key=self.seconds.__getitem__)
        if not self.reach or self._dies(None, everything):
            pytest.exit("the tests fail in a fork without any mutant, or reach none", 2)
        for mutant in self.mutants:
            self.killed[mutant.key] = self._dies(mutant, self.reach.get(mutant.function, []))
            _progress(len(self.killed), len(self.mutants))
        return True

    def _survey(self) -> None:
        """Which tests reach which function, the quick ones first; all must pass."""
        hits: set[str] = importlib.import_module("switch").hits
        for number, item in enumerate(self.items):
            hits.clear()
            started = time.process_time()
            if _fails(item):
                pytest.exit(f"{item.nodeid} fails without any mutant", 2)
            self.seconds.append(time.process_time() - started)
            for name in hits:
                self.reach[name].append(number)
        for numbers in self.reach.values():
            numbers.sort(key=self.seconds.__getitem__)

    def _dies(self, mutant: Mutant | None, numbers: list[int]) -> bool:
        """Whether one of these tests fails, or it takes far longer than it should; that test is
        asked first for the next mutant of the same function."""
        if not numbers:
            return False
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._child(mutant, numbers, writing)
        os.close(writing)
        with os.fdopen(reading) as stream:
            killer = stream.read()
        _, status = os.waitpid(child, 0)
        if killer:
            numbers.remove(int(killer))
            numbers.insert(0, int(killer))
        return status != 0

    def _child(self, mutant: Mutant | None, numbers: Sequence[int], answer: int) -> None:
        """Ends with 0 where all tests pass; a mutant that never ends is ended by the kernel."""
        try:
            allowed = 10 + int(10 * sum(self.seconds[number] for number in numbers))
            resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            if mutant is not None:
                mutant.activate()
            for number in numbers:
                if _fails(self.items[number]):
                    os.write(answer, str(number).encode())
                    os._exit(1)
        except BaseException:  # noqa: BLE001 - whatever it is, the mutant did it
            os._exit(1)
        os._exit(0)


def _fails(item: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty() or done % 500 == 0:
        print(f"{done} of {of}", end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr)


def judge(mutants: Sequence[Mutant]) -> dict[str, bool]:
    """By the key of each, whether it was killed."""
    settings.register_profile("mutants", derandomize=True, deadline=None, database=None)
    settings.load_profile("mutants")
    plugin = Judge(mutants)
    options = ("-qq", "-s", "--no-header", "--no-summary", "--assert=plain", "--tb=native")
    code = pytest.main([*options, *TESTS], plugins=[plugin])
    if len(plugin.killed) < len(mutants):
        raise SystemExit(f"the tests could not be run: {code}")
    return plugin.killed


# Counting them


@dataclass
class Equivalents:
    """The mutants that tools/mutants.toml lists, and which of them were met."""

    listed: list[tuple[str, str, str]] = field(default_factory=list)
    met: set[tuple[str, str, str]] = field(default_factory=set)

    @classmethod
    def read(cls) -> Equivalents:
        """Each entry has `where` and `becomes` (one or several), `was` and `why`."""
        found = cls()
        for each in tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]:
            if not each["why"]:
                raise SystemExit(f"{EQUIVALENT.name} does not say why of {each['was']!r}")
            places = product(_several(each["where"]), _several(each["becomes"]))
            found.listed += [(where, each["was"], becomes) for where, becomes in places]
        return found

    def has(self, mutant: Mutant) -> bool:
        """Whether it is listed."""
        for where, was, becomes in self.listed:
            if where == mutant.where and _says_instead(mutant, was, becomes):
                self.met.add((where, was, becomes))
                return True
        return False


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _says_instead(mutant: Mutant, was: str, becomes: str) -> bool:
    """Whether it is made by changing `was` into `becomes` at one place."""
    parts = mutant.was.split(was)
    return any(
        was.join(parts[:cut]) + becomes + was.join(parts[cut:]) == mutant.becomes
        for cut in range(1, len(parts))
    )


def report(mutants: Sequence[Mutant], killed: Mapping[str, bool]) -> bool:
    """Print the score of each module and of all; whether it reaches the target."""
    equivalents = Equivalents.read()
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    survivors = []
    for mutant in mutants:
        equivalent = equivalents.has(mutant)
        if equivalent and killed[mutant.key]:
            print(f"listed as equivalent, and killed:\n{mutant.shown()}")
        verdict = "killed" if killed[mutant.key] else "equivalent" if equivalent else "survived"
        tally[mutant.where.partition(".")[0]][verdict] += 1
        if verdict == "survived":
            survivors.append(mutant.shown())
    modules = {mutant.where.partition(".")[0] for mutant in mutants}
    for where, was, becomes in sorted(set(equivalents.listed) - equivalents.met):
        if where.partition(".")[0] in modules:
            print(f"listed as equivalent, and not there: {where}\n  - {was}\n  + {becomes}")
    (BUILD / "mutants.txt").write_text("\n".join(survivors) + "\n", encoding="utf-8")
    for module, counts in sorted(tally.items()):
        print(f"{module:14} {_score(counts)}")
    total = sum(tally.values(), Counter())
    print(_score(total))
    return _share(total) >= TARGET


def _share(counts: Counter[str]) -> float:
    all_told = counts["killed"] + counts["survived"]
    return 100 * counts["killed"] / all_told if all_told else 100.0


def _score(counts: Counter[str]) -> str:
    all_told, share = counts["killed"] + counts["survived"], _share(counts)
    said = f"{all_told} mutants: killed {counts['killed']} ({share:.1f} %)"
    more = f"; {counts['equivalent']} more are equivalent" if counts["equivalent"] else ""
    return f"{said}, survived {counts['survived']}{more}"


def main() -> int:
    """Make them, judge them, count them."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("modules", nargs="*", help="modules of planning/, all by default")
    parser.add_argument("--again", action="store_true", help="only what survived the last time")
    given = parser.parse_args()
    BUILD.mkdir(exist_ok=True)
    past = BUILD / "mutants.json"
    known: dict[str, bool] = json.loads(past.read_text()) if past.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        copy_to(Path(folder))
        os.chdir(folder)
        sys.path.insert(0, folder)
        mutants = mutate(given.modules)
        asked = [m for m in mutants if not (given.again and known.get(m.key))]
        verdicts = {**known, **judge(asked)}
        os.chdir(ROOT)
    past.write_text(json.dumps(verdicts), encoding="utf-8")
    return 0 if report(mutants, verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
