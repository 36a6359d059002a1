"""What the papers of the house name exists: commands, options, codes, keys, files, functions."""

from __future__ import annotations

import ast
import configparser
import hashlib
import importlib
import re
import shlex
import textwrap
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from pydantic import BaseModel

from oscartes_sync import config
from oscartes_sync.commands.group import PROGRAM, common_options, make_group
from oscartes_sync.config import shape
from oscartes_sync.records.event import FIELDS
from oscartes_sync.usecases.report import Exit

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READMES = (ROOT / "README.md", ROOT / "LISEZMOI.md")
PACKAGING = ROOT / "packaging"
SECRETS = {"OSCARTES_WIKI_NOE_KEY": "key", "OSCARTES_CLOUD_NOE_PASSWORD": "password"}
LATER = {"conflicts", "resolve", "history", "undo", "forget", "wiki"}
"""Commands that the papers say are yet to come."""

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [
        textwrap.dedent(body) for _, named, body in FENCE.findall(read(page)) if named == language
    ]


def prose(page: Path) -> str:
    return FENCE.sub("", read(page))


def headings(page: Path) -> list[tuple[int, str]]:
    found = re.findall(r"^(#+) (.+)$", prose(page), re.MULTILINE)
    return [(len(signs), title) for signs, title in found]


def slug(title: str) -> str:
    kept = [
        letter
        for letter in title.lower()
        if letter in "-_ " or unicodedata.category(letter)[0] in "LN"
    ]
    return "".join(kept).replace(" ", "-")


def tables(page: Path) -> dict[str, list[list[str]]]:
    """The rows of each table by the title of its section, heads left out."""
    found: dict[str, list[list[str]]] = {}
    title = ""
    for line in prose(page).splitlines():
        if line.startswith("#"):
            title = line.lstrip("# ")
        elif line.startswith(("| ", "|-")):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
            found.setdefault(title, []).append(cells)
    return {name: [row for row in rows[1:] if set(row[0]) - {"-"}] for name, rows in found.items()}


def section(page: Path, number: int) -> list[list[str]]:
    """The table of the section that stands at this place, whatever the language calls it."""
    titles = [title for level, title in headings(page) if level == 2]
    return tables(page)[titles[number]]


CONFIGURATION, COMMANDS_, CODES, WHAT_TO_DO = 2, 3, 4, 5


# Links and structure


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in LINK.findall(prose(page)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        found = there.exists() and there.is_relative_to(ROOT)
        if found and anchor:
            found = anchor in {slug(title) for _, title in headings(there)}
        if not found:
            lost.append(target)
    assert lost == []


def test_both_readmes_have_the_same_sections_commands_and_rows() -> None:
    english, french = READMES
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(french)]
    for language in ("sh", "toml"):
        assert blocks(english, language) == blocks(french, language)
    for number in (CONFIGURATION, CODES):
        ours, theirs = section(english, number), section(french, number)
        assert [row[0] for row in ours] == [row[0] for row in theirs]
    for number in (COMMANDS_, WHAT_TO_DO):
        assert len(section(english, number)) == len(section(french, number))


def test_the_readmes_open_with_the_two_commands_before_anything_else_to_type() -> None:
    for page in READMES:
        assert blocks(page, "sh")[0].split("\n")[:2] == ["make demo", "make test"]
        picture = read(page).index("](docs/")
        assert picture < read(page).index("make demo")


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    named = set()
    for page in PAGES:
        named |= set(re.findall(r"`make ([a-z]+)`", prose(page)))
        for block in blocks(page, "sh"):
            named |= set(re.findall(r"^make ([a-z]+)$", block, re.MULTILINE))
    assert {"demo", "test", "check"} <= named <= targets


# Commands


GROUP = make_group()
CONTEXT = click.Context(GROUP)


def options_of(name: str) -> set[str]:
    """The options of a command, those common to all included."""
    command = GROUP.get_command(CONTEXT, name)
    assert command is not None
    return {name for param in command.get_params(CONTEXT) for name in param.opts if "-" in name}


COMMON = {name for param in common_options() for name in param.opts if "-" in name} | {"--help"}


def command_lines(text: str) -> Iterator[list[str]]:
    """The words after `oscartes` wherever a line of shell calls it."""
    called_as = rf"(?:^|&& +|\) +|bin/){PROGRAM} ([a-z-][^'\"`;|&()<>#“”]*)"
    for line in text.replace("\\\n", " ").splitlines():
        yield from map(shlex.split, re.findall(called_as, line.strip()))


def called() -> Iterator[tuple[str, list[str]]]:
    for page in PAGES:
        inline = re.findall(r"`([^`\n]+)`", prose(page))
        for code in (*blocks(page, "sh"), *inline):
            yield from ((page.name, words) for words in command_lines(code))
    for file in ("oscartes.cron", "oscartes.service"):
        lines = (line for line in read(PACKAGING / file).splitlines() if not line.startswith("# "))
        for line in lines:
            yield from ((file, words) for words in command_lines(line))


def test_commands_that_are_called_exist_and_take_the_options_given() -> None:
    wrong, seen = [], set()
    for where, words in called():
        name = words[0]
        if name in LATER or name not in GROUP.list_commands(CONTEXT):
            wrong.append((where, words))
            continue
        seen.add(name)
        given = {word.partition("=")[0] for word in words if word.startswith("-")}
        if given - options_of(name):
            wrong.append((where, words))
    assert wrong == []
    assert seen == set(GROUP.list_commands(CONTEXT))


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_the_table_of_commands_names_each_with_its_own_options(page: Path) -> None:
    rows = {row[0].split()[1].strip("`"): row for row in section(page, COMMANDS_)}
    assert list(rows) == GROUP.list_commands(CONTEXT)
    for name, row in rows.items():
        told = set(re.findall(r"`(--[a-z-]+)", row[2])) - {"--help"}
        own = options_of(name) - COMMON
        assert told <= own, name
        if name != "init":
            assert told == own, name


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_options_common_to_all_commands_are_told(page: Path) -> None:
    told = set(re.findall(r"`(--[a-z]+)", prose(page)))
    assert {name for name in COMMON if name.startswith("--")} <= told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_options_named_alone_belong_to_some_command(page: Path) -> None:
    known = COMMON.union(*map(options_of, GROUP.list_commands(CONTEXT)))
    assert set(re.findall(r"`(--[a-z-]+)", prose(page))) <= known


# Exit codes


@pytest.mark.parametrize(
    "page", [*READMES, ROOT / "docs/exit-codes.md"], ids=lambda page: page.name
)
def test_exit_codes_are_those_of_the_code(page: Path) -> None:
    rows = section(page, CODES) if page in READMES else tables(page)["Exit codes"]
    assert [int(row[0]) for row in rows] == [int(code) for code in Exit]
    if page not in READMES:
        assert [row[1] for row in rows] == [f"`{code.name}`" for code in Exit]


# Configuration


def documented_keys(page: Path) -> dict[str, str]:
    return {row[0].strip("`"): row[1] for row in section(page, CONFIGURATION)}


def known_keys() -> dict[str, object]:
    """Every key of the file, with its default."""
    found: dict[str, object] = {}
    tables_: dict[str, type[BaseModel]] = {
        "network": shape.NetworkShape,
        "wikis.*": shape.ServerShape,
        "clouds.*": shape.ServerShape,
        "state": shape.StateShape,
        "bindings": shape.BindingShape,
    }
    for table, model in tables_.items():
        for name, field in model.model_fields.items():
            default = field.get_default(call_default_factory=True)
            found[f"{table}.{name}"] = None if field.is_required() else default
    return found


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_the_table_of_keys_holds_every_key_and_its_default(page: Path) -> None:
    told, known = documented_keys(page), known_keys()
    assert list(told) == list(known)
    for key, default in known.items():
        literal = re.fullmatch(r"`(.*)`", told[key])
        if told[key] == "–":
            assert default is None, key
        elif literal and isinstance(default, bool):
            assert literal[1] == str(default).lower(), key
        elif literal and key != "bindings.max_delete":
            assert literal[1] == str(default), key
        else:
            assert not default or key == "bindings.max_delete", key
    assert told["bindings.max_delete"] == "`10%`"
    assert known["bindings.max_delete"] == shape.max_delete("10%")


def loaded(folder: Path, text: str) -> config.Settings:
    path = folder / "oscartes.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, SECRETS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_configurations_that_are_shown_can_be_loaded(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "toml"):
        assert loaded(tmp_path, block).bindings


def test_the_example_loads_as_it_is_and_with_all_its_comments_taken_off(tmp_path: Path) -> None:
    example = read(PACKAGING / "oscartes.toml.example")
    assert loaded(tmp_path, example).bindings[0].name == "agenda"
    (tmp_path / "authorities.pem").touch()
    whole = re.sub(r"^# (\w+ = )", r"\1", example, flags=re.MULTILINE)
    settings = loaded(tmp_path, whole)
    assert settings.bindings[0].owner == "MarieDupont"
    binding = tomllib.loads(whole)["bindings"][0]
    assert set(binding) == set(shape.BindingShape.model_fields)
    parsed = tomllib.loads(whole)
    assert set(parsed["wikis"]["noe"]) == set(shape.ServerShape.model_fields)
    assert set(parsed["state"]) == set(shape.StateShape.model_fields)
    assert set(parsed["network"]) == set(shape.NetworkShape.model_fields)


def test_the_variables_of_secrets_are_those_that_are_read() -> None:
    names = {config.wiki_variable("noe"), config.cloud_variable("noe")}
    assert names == set(SECRETS)
    for page in (*READMES, PACKAGING / "oscartes.toml.example"):
        assert all(name in read(page) for name in names), page.name


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
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
    assert named == {*shape.FIELD_NAMES, "location"}


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
