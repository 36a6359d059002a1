"""Takes one guard after the other away, and looks whether the tests notice.

    python tools/guards.py [--only WORD]

Each break of `guards.toml` says which guarantee it breaks, what is replaced in which file, and
which tests must then fail. It is made in a scratch copy, where those tests run with all else as it
is. The last line is `N guards taken away: noticed N, survived 0`; the exit code is 1 where one
survived, or where the tests fail before anything was taken away.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BREAKS = Path(__file__).with_suffix(".toml")
COPIED = ("bazar_forms", "oscartes_sync", "tests", "tools", "cli.py", "setup.cfg")
LONGEST_SECONDS = 600
LONGEST_IN_ALL = 3600


@dataclass(frozen=True, slots=True)
class Break:
    """One guard taken away: `old`, which stands once in `file`, becomes `new`."""

    guarantee: int
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def applied(self, text: str) -> str:
        """The text of the file without the guard.

        Raises:
            LookupError: the guard does not stand there exactly once.
        """
        if text.count(self.old) != 1:
            raise LookupError(f"{self.file}: “{self.name}” finds its place {text.count(self.old)}×")
        return text.replace(self.old, self.new)


def breaks(path: Path = BREAKS) -> list[Break]:
    """All that are known, in the order of the guarantees."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["break"]
    return [Break(**{**row, "tests": tuple(row["tests"])}) for row in rows]


def _copy(folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".hypothesis")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy2(source, folder / name)


def _passes(
    folder: Path, tests: Iterable[str], *, workers: int = 0, seconds: int = LONGEST_SECONDS
) -> bool:
    """Whether these tests pass there; they import what stands there."""
    environ = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    words = ("-m", "pytest", "-x", "-q", f"-n{workers}", "-p", "no:cacheprovider", *tests)
    try:
        ended = subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    if ended.returncode not in (0, 1):
        # Not a test that failed: pytest found none of these, or could not begin.
        raise SystemExit(f"{' '.join(words)}:\n{ended.stdout}{ended.stderr}")
    return ended.returncode == 0


def _survives(folder: Path, one: Break) -> bool:
    path = folder / one.file
    text = path.read_text(encoding="utf-8")
    path.write_text(one.applied(text), encoding="utf-8")
    try:
        return _passes(folder, one.tests)
    finally:
        path.write_text(text, encoding="utf-8")


def main(words: Sequence[str] | None = None) -> int:
    """Take them away one by one; 1 where one survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", help="those whose name holds this word")
    asked = parser.parse_args(words)
    chosen = [one for one in breaks() if asked.only in one.name]
    if not chosen:
        parser.error(f"no guard has “{asked.only}” in its name")
    survived = 0
    with tempfile.TemporaryDirectory(prefix="oscartes-guards-") as name:
        folder = Path(name)
        _copy(folder)
        tests = sorted({test for one in chosen for test in one.tests})
        if not _passes(folder, tests, workers=2, seconds=LONGEST_IN_ALL):
            raise SystemExit("The tests fail before any guard is taken away.")
        for one in chosen:
            lives = _survives(folder, one)
            survived += lives
            print(f"{'SURVIVED' if lives else 'noticed '} {one.guarantee}. {one.name}", flush=True)
    noticed = len(chosen) - survived
    print(f"{len(chosen)} guards taken away: noticed {noticed}, survived {survived}")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
