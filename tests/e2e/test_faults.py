"""A part of `make faults`, and the proof that it would see a program that is broken."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
LAST_LINE = re.compile(r"(\d+) fault points: lost (\d+), duplicated (\d+), diverged (\d+)")

INTENTIONS_IGNORED = """
from oscartes_sync.adapters.state.store import SqlStateStore
SqlStateStore.unfinished = lambda self, binding: ()
"""
TAGS_THAT_NOBODY_FINDS_AGAIN = """
import secrets
from oscartes_sync.adapters.yeswiki import creating
creating.suffix = lambda *_: "".join(secrets.choice("abcdefgh") for _ in range(8))
"""


CARDS_THAT_STAY = """
from oscartes_sync.adapters.nextcloud.cloud import NextcloudCloud
NextcloudCloud.delete = lambda *_, **__: None
"""


def ended(*words: str, sabotage: str = "") -> subprocess.CompletedProcess[str]:
    """The tool in a process of its own, once it is over."""
    script = f"import sys\n{sabotage}\nimport faults\nsys.exit(faults.main(sys.argv[1:]))"
    environ = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    environ["PYTHONPATH"] = os.pathsep.join([str(TOOLS), str(TOOLS.parent)])
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def played(*words: str, sabotage: str = "") -> tuple[int, list[int], str]:
    """Its exit code, its four figures, what it said besides."""
    over = ended(*words, sabotage=sabotage)
    last = LAST_LINE.fullmatch(over.stdout.strip().rpartition("\n")[2])
    assert last is not None, over.stdout + over.stderr
    return over.returncode, [int(figure) for figure in last.groups()], over.stderr


@pytest.mark.slow
def test_a_run_that_is_broken_anywhere_is_made_up_for() -> None:
    code, figures, said = played("--sample", "50")
    assert (code, figures) == (0, [50, 0, 0, 0]), said


@pytest.mark.slow
def test_intentions_that_are_ignored_would_be_seen() -> None:
    code, (points, *_, diverged), _ = played(
        *("--scene", "first", "--only", "request-inside", "--sample", "4"),
        sabotage=INTENTIONS_IGNORED,
    )
    assert (code, points) == (1, 4)
    assert diverged > 0


@pytest.mark.slow
def test_a_creation_that_finds_nothing_of_its_own_would_be_seen() -> None:
    code, (points, _, duplicated, _), _ = played(
        *("--scene", "hidden", "--only", "request-inside", "--sample", "8"),
        sabotage=TAGS_THAT_NOBODY_FINDS_AGAIN,
    )
    assert (code, points) == (1, 8)
    assert duplicated > 0


@pytest.mark.slow
def test_a_card_of_who_was_withdrawn_or_erased_would_be_seen() -> None:
    over = ended("--scene", "contacts", "--sample", "1", sabotage=CARDS_THAT_STAY)
    assert over.returncode == 1
    assert "CollectifVeloHurepoix.noe.vcf" in over.stderr
    assert "is there still" in over.stderr
