"""A run in which nothing happened ends before the rooms that write would be loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

DOORS = (
    "bazar_forms.client",
    "oscartes_sync.adapters.nextcloud.cloud",
    "oscartes_sync.adapters.yeswiki.wiki",
    "oscartes_sync.bootstrap.house",
    "oscartes_sync.config",
    "oscartes_sync.config.shape",
)

RARE = (
    "bazar_forms.client.editing",
    "bazar_forms.client.rights",
    "bazar_forms.value",
    "dateutil",
    "icalendar",
    "oscartes_sync.adapters.nextcloud.looking",
    "oscartes_sync.adapters.nextcloud.memberships",
    "oscartes_sync.adapters.nextcloud.ocs",
    "oscartes_sync.adapters.nextcloud.shares",
    "oscartes_sync.adapters.nextcloud.writing",
    "oscartes_sync.adapters.yeswiki.looking",
    "oscartes_sync.adapters.yeswiki.members",
    "oscartes_sync.adapters.yeswiki.writing",
    "oscartes_sync.bootstrap.plan_file",
    "oscartes_sync.config.complaints",
    "oscartes_sync.config.writing",
    "oscartes_sync.mapping.entry_reading",
    "oscartes_sync.mapping.entry_writing",
    "oscartes_sync.mapping.resource_reading",
    "oscartes_sync.planning.decide",
    "oscartes_sync.usecases.doctor",
    "rich",
)


def loaded() -> set[str]:
    """What is there once everything that each run needs was imported."""
    script = f"import sys\nimport {', '.join(DOORS)}\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def modules() -> set[str]:
    return loaded()


def test_the_doors_are_there(modules: set[str]) -> None:
    assert set(DOORS) <= modules


@pytest.mark.parametrize("name", RARE)
def test_a_quiet_run_does_not_load(name: str, modules: set[str]) -> None:
    assert name not in modules
