"""What import-linter cannot see: the module `cli`, and what pure rooms may call."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = [
    *(f"bazar_forms/{name}" for name in ("choice_list", "entry", "field", "form", "template")),
    "bazar_forms/directory",
    "bazar_forms/recurrence",
    "bazar_forms/richtext",
    "oscartes_sync/records",
    "oscartes_sync/mapping",
    "oscartes_sync/planning",
    "oscartes_sync/usecases",
    "oscartes_sync/presentation",
    "oscartes_sync/errors",
    "oscartes_sync/exports",
    "oscartes_sync/ports",
]
BANNED_CALLS = {"print", "open", "input"}
BANNED_CLOCKS = {"now", "utcnow", "today"}
BANNED_MODULES = {"time", "random", "os", "secrets", "uuid", "socket", "urllib.request"}


def modules_of(room: str) -> Iterator[Path]:
    path = ROOT / room
    yield from path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]


def imports_of(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_the_contracts_of_setup_cfg_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_entry_point_knows_only_commands_and_click() -> None:
    tree = ast.parse((ROOT / "cli.py").read_text(encoding="utf8"))
    ours = {name for name in imports_of(tree) if name.startswith(("oscartes_sync", "bazar_forms"))}
    assert all(name.startswith("oscartes_sync.commands") for name in ours), ours


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_have_no_clock_no_print_no_open(room: str) -> None:
    faults = []
    for path in modules_of(room):
        tree = ast.parse(path.read_text(encoding="utf8"))
        faults += [f"{path.name}: {name}" for name in imports_of(tree) & BANNED_MODULES]
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            function = node.func
            if isinstance(function, ast.Name) and function.id in BANNED_CALLS:
                faults.append(f"{path.name}:{node.lineno} {function.id}()")
            if (
                isinstance(function, ast.Attribute)
                and function.attr in BANNED_CLOCKS
                and isinstance(function.value, ast.Name)
                and function.value.id in {"datetime", "date"}
            ):
                faults.append(f"{path.name}:{node.lineno} {function.attr}()")
    assert faults == []


LIBRARY_HOMES = {
    "requests": ("bazar_forms/client", "oscartes_sync/adapters"),
    "sqlalchemy": ("oscartes_sync/adapters/state",),
    "alembic": ("oscartes_sync/adapters/state",),
    "dotenv": ("oscartes_sync/config",),
    "click": ("oscartes_sync/commands", "cli"),
    "rich": ("oscartes_sync/commands", "cli"),
}


@pytest.mark.parametrize("library", LIBRARY_HOMES)
def test_each_library_has_one_home(library: str) -> None:
    homes = LIBRARY_HOMES[library]
    paths = [ROOT / "cli.py", *(ROOT / "bazar_forms").rglob("*.py")]
    paths += (ROOT / "oscartes_sync").rglob("*.py")
    strangers = [
        str(path.relative_to(ROOT))
        for path in paths
        if any(
            name == library or name.startswith(f"{library}.")
            for name in imports_of(ast.parse(path.read_text(encoding="utf8")))
        )
        and not str(path.relative_to(ROOT)).startswith(homes)
    ]
    assert strangers == []
