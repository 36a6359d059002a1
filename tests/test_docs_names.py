"""What the papers say of files, functions and words is so; and so are units, licence, pictures."""

from __future__ import annotations

import ast
import configparser
import hashlib
import importlib
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from oscartes_sync.config import rules
from oscartes_sync.records.event import FIELDS
from oscartes_sync.usecases.report import Exit
from tests.papers import LINK, PACKAGING, PAGES, ROOT, headings, page_id, prose, read, tables

# Packaging


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """A systemd unit: keys may come more than once."""
    found: dict[str, dict[str, list[str]]] = {}
    current: dict[str, list[str]] = {}
    for line in read(PACKAGING / name).splitlines():
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            current.setdefault(key, []).append(value)
    return found


def test_the_service_runs_once_hardened_and_takes_a_waiting_decision_for_a_success() -> None:
    service = unit("oscartes.service")["Service"]
    expected = {
        "Type": "oneshot",
        "User": "oscartes",
        "StateDirectory": "oscartes",
        "WorkingDirectory": "/var/lib/oscartes",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "UMask": "0077",
    }
    assert {key: service[key] for key in expected} == {key: [v] for key, v in expected.items()}
    assert service["SuccessExitStatus"] == [str(int(Exit.PART))]
    (start,) = service["ExecStart"]
    assert start.split()[:2] == ["/usr/local/bin/oscartes", "sync"]
    assert "--quiet" in start.split()


def test_the_timer_rings_every_quarter_and_makes_up_for_what_it_missed() -> None:
    timer = unit("oscartes.timer")
    assert timer["Timer"]["OnCalendar"] == ["*:0/15"]
    assert timer["Timer"]["Persistent"] == ["true"]
    assert timer["Timer"]["RandomizedDelaySec"]
    assert timer["Timer"]["Unit"] == ["oscartes.service"]
    assert timer["Install"]["WantedBy"] == ["timers.target"]


def test_cron_runs_quietly_as_the_bot_and_mails() -> None:
    lines = [line for line in read(PACKAGING / "oscartes.cron").splitlines() if line]
    active = [line for line in lines if not line.startswith("#")]
    assert any(line.startswith("MAILTO=") for line in active)
    jobs = [line.split(None, 6) for line in active if line[0] in "*0123456789"]
    assert [job[5] for job in jobs] == ["oscartes", "oscartes"]
    assert "oscartes sync --quiet" in jobs[0][6]


def test_the_licence_is_the_whole_official_text() -> None:
    text = (ROOT / "LICENSE").read_bytes()
    lines = text.decode().splitlines()
    assert [line.strip() for line in lines[:2]] == [
        "GNU AFFERO GENERAL PUBLIC LICENSE",
        "Version 3, 19 November 2007",
    ]
    # The text of https://www.gnu.org/licenses/agpl-3.0.txt.
    assert len(text) == 34_523
    assert hashlib.md5(text, usedforsecurity=False).hexdigest() == (
        "4ae09d45eac4aa08d013b5f2e01c67f6"
    )
    metadata = configparser.ConfigParser()
    metadata.read(ROOT / "setup.cfg", encoding="utf-8")
    assert metadata["metadata"]["license_expression"] == "AGPL-3.0-or-later"


# Names of the code


def defined_in(path: Path) -> set[str]:
    tree = ast.parse(read(path))
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_files_and_functions_that_are_named_exist(page: Path) -> None:
    lost = []
    for name, what in re.findall(r"`([\w/]+\.py)(?:: (\w+))?`", prose(page)):
        path = next((p for p in (ROOT / "oscartes_sync" / name, ROOT / name) if p.is_file()), None)
        if path is None or (what and what not in defined_in(path)):
            lost.append((name, what))
    assert lost == []


def resolves(dotted: str) -> bool:
    """Whether a module, or something in one, bears this name."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part, None)
        return found is not None
    return False


HOMES = {
    "Field": "bazar_forms",
    "Entry": "bazar_forms",
    "Binding": "oscartes_sync.planning.binding",
    "Link": "oscartes_sync.planning.baseline",
    "Seen": "oscartes_sync.planning.snapshot",
    "Action": "oscartes_sync.planning.operation",
    "Reason": "oscartes_sync.planning.operation",
    "WikiSettings": "oscartes_sync.config",
    "CloudSettings": "oscartes_sync.config",
}


def test_the_glossary_gives_names_that_the_code_has() -> None:
    rows = tables(ROOT / "docs/glossary.md")["Glossary"]
    lost = []
    for row in rows:
        name = row[2].strip("`")
        owner, _, attribute = name.partition(".")
        if owner not in HOMES:
            if not resolves(name):
                lost.append(name)
            continue
        kind = getattr(importlib.import_module(HOMES[owner]), owner)
        named = {each.name for each in fields(kind)} if is_dataclass(kind) else set()
        if attribute not in named and not hasattr(kind, attribute):
            lost.append(name)
    assert lost == []


def test_the_glossary_knows_every_field_of_an_event() -> None:
    rows = tables(ROOT / "docs/glossary.md")["The fields of an event"]
    records = [row[2].strip("`") for row in rows if not row[2].startswith("part of")]
    assert sorted(records) == sorted(FIELDS)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row[3])}
    assert named == {*rules.FIELD_NAMES, "location"}


# Decisions and pictures


def test_decisions_are_numbered_listed_and_say_why() -> None:
    folder = ROOT / "docs/decisions"
    records = sorted(folder.glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in records] == list(range(1, len(records) + 1))
    listed = LINK.findall(read(folder / "README.md"))
    assert [name for name in listed if name[:1].isdigit()] == [page.name for page in records]
    for page in records:
        titles = [title for _, title in headings(page)]
        assert titles[0].startswith(f"{page.name[:4]}: ")
        assert titles[1:] == ["Context", "Decision", "Consequences"], page.name


@pytest.mark.parametrize("name", ["docs/flow.svg", "docs/fr/flux.svg"])
def test_pictures_say_in_words_what_they_show_and_read_in_the_dark(name: str) -> None:
    space = "{http://www.w3.org/2000/svg}"
    root = ElementTree.fromstring(read(ROOT / name))
    assert root.get("role") == "img"
    for tag in ("title", "desc"):
        found = root.find(f"{space}{tag}")
        assert found is not None
        assert found.text
        assert found.get("id", "") in (root.get("aria-labelledby") or "")
    assert "prefers-color-scheme: dark" in read(ROOT / name)
    assert "http" not in read(ROOT / name).replace("http://www.w3.org/2000/svg", "")
