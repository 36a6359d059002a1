"""What the papers of the house name exists: commands, options, exit codes, keys, outputs."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import msgspec
import pytest
import trustme
from msgspec import NODEFAULT
from msgspec.structs import fields

from oscartes_sync import config
from oscartes_sync.commands.group import PROGRAM, common_options, make_group
from oscartes_sync.config import shape
from oscartes_sync.config.space_shape import SpaceShape
from oscartes_sync.config.view_shape import ViewShape
from oscartes_sync.planning.operation import Action, FieldChange, Operation, State
from oscartes_sync.planning.plan import Conflict, ConflictKind
from oscartes_sync.presentation.to_text import run_lines
from oscartes_sync.presentation.translation import translator
from oscartes_sync.records.problem import Problem, Side
from oscartes_sync.usecases.report import BindingReport, Exit, RunReport, Summary
from tests.papers import (
    LINK,
    PACKAGING,
    PAGES,
    ROOT,
    blocks,
    headings,
    page_id,
    prose,
    read,
    slug,
    tables,
)

READMES = (ROOT / "README.md", ROOT / "LISEZMOI.md")
SECRETS = {"OSCARTES_WIKI_NOE_KEY": "key", "OSCARTES_CLOUD_NOE_PASSWORD": "password"}
CONFIGURATION, COMMANDS_, CODES, WHAT_TO_DO = 2, 3, 4, 5


def section(page: Path, number: int) -> list[list[str]]:
    """The table of the section that stands at this place, whatever the language calls it."""
    titles = [title for level, title in headings(page) if level == 2]
    return tables(page)[titles[number]]


# Links and structure


@pytest.mark.parametrize("page", PAGES, ids=page_id)
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
        if name not in GROUP.list_commands(CONTEXT):
            wrong.append((where, words))
            continue
        seen.add(name)
        given = {word.partition("=")[0] for word in words if word.startswith("-")}
        if given - options_of(name):
            wrong.append((where, words))
    assert wrong == []
    assert seen == set(GROUP.list_commands(CONTEXT))


@pytest.mark.parametrize("page", READMES, ids=page_id)
def test_the_table_of_commands_names_each_with_its_own_options(page: Path) -> None:
    rows = {row[0].split()[1].strip("`"): row for row in section(page, COMMANDS_)}
    assert list(rows) == GROUP.list_commands(CONTEXT)
    for name, row in rows.items():
        told = set(re.findall(r"`(--[a-z-]+)", row[2])) - {"--help"}
        own = options_of(name) - COMMON
        assert told <= own, name
        if name != "init":
            assert told == own, name


@pytest.mark.parametrize("page", READMES, ids=page_id)
def test_options_common_to_all_commands_are_told(page: Path) -> None:
    told = set(re.findall(r"`(--[a-z]+)", prose(page)))
    assert {name for name in COMMON if name.startswith("--")} <= told


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_options_named_alone_belong_to_some_command(page: Path) -> None:
    known = COMMON.union(*map(options_of, GROUP.list_commands(CONTEXT)))
    assert set(re.findall(r"`(--[a-z-]+)", prose(page))) <= known


# Exit codes


@pytest.mark.parametrize("page", [*READMES, ROOT / "docs/exit-codes.md"], ids=page_id)
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
    tables_: dict[str, type[msgspec.Struct]] = {
        "network": shape.NetworkShape,
        "wikis.*": shape.ServerShape,
        "clouds.*": shape.ServerShape,
        "state": shape.StateShape,
        "bindings": shape.BindingShape,
        "views.*": ViewShape,
        "spaces": SpaceShape,
    }
    for table, model in tables_.items():
        for field in fields(model):
            made = None if field.default_factory is NODEFAULT else field.default_factory()
            default = made if field.default is NODEFAULT else field.default
            found[f"{table}.{field.name}"] = default
    return found


@pytest.mark.parametrize("page", READMES, ids=page_id)
def test_the_table_of_keys_holds_every_key_and_its_default(page: Path) -> None:
    told, known = documented_keys(page), known_keys()
    assert list(told) == list(known)
    for key, default in known.items():
        literal = re.fullmatch(r"`(.*)`", told[key])
        if told[key] == "–":
            assert default is None, key
        elif literal and isinstance(default, bool):
            assert literal[1] == str(default).lower(), key
        elif literal:
            assert literal[1] == str(default), key
        else:
            assert not default, key


def loaded(folder: Path, text: str) -> config.Settings:
    path = folder / "oscartes.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, SECRETS)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_configurations_that_are_shown_can_be_loaded(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "toml"):
        assert loaded(tmp_path, block).bindings


def test_the_example_loads_as_it_is_and_with_all_its_comments_taken_off(tmp_path: Path) -> None:
    example = read(PACKAGING / "oscartes.toml.example")
    assert loaded(tmp_path, example).bindings[0].name == "agenda"
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "authorities.pem"))
    whole = re.sub(r"^# (\w+ = )", r"\1", example, flags=re.MULTILINE)
    settings = loaded(tmp_path, whole)
    assert settings.wikis["noe"].ca == str(tmp_path / "authorities.pem")
    assert settings.bindings[0].owner == "MarieDupont"
    binding = tomllib.loads(whole)["bindings"][0]
    assert set(binding) == set(shape.BindingShape.__struct_fields__)
    parsed = tomllib.loads(whole)
    assert set(parsed["views"]["acteurs"]) == set(ViewShape.__struct_fields__)
    assert set(parsed["spaces"][0]) == set(SpaceShape.__struct_fields__)
    assert set(parsed["wikis"]["noe"]) == set(shape.ServerShape.__struct_fields__)
    assert set(parsed["state"]) == set(shape.StateShape.__struct_fields__)
    assert set(parsed["network"]) == set(shape.NetworkShape.__struct_fields__)


def test_the_variables_of_secrets_are_those_that_are_read() -> None:
    names = {config.wiki_variable("noe"), config.cloud_variable("noe")}
    assert names == set(SECRETS)
    for page in (*READMES, PACKAGING / "oscartes.toml.example"):
        assert all(name in read(page) for name in names), page.name


# What is shown of the output


def test_the_output_shown_in_the_guide_is_what_the_command_says() -> None:
    created = Operation(
        action=Action.CREATE,
        side=Side.CLOUD,
        uid="AtelierVelo.noe@oscartes",
        entry="AtelierVelo",
        href=None,
        title="Atelier vélo",
        state=State.DONE,
    )
    moved = tuple(FieldChange(name, "before", "after") for name in ("start", "place"))
    updated = replace(
        created, action=Action.UPDATE, side=Side.WIKI, entry="CineDebat", changes=moved
    )
    updated = replace(updated, title="Ciné-débat sur l’eau")
    waiting = Conflict(
        id="3f9a1c77d2",
        kind=ConflictKind.DELETION,
        uid="MarcheDeNoel.noe@oscartes",
        entry="MarcheDeNoel",
        href=None,
    )
    binding = BindingReport(
        name="agenda",
        operations=(created, updated),
        conflicts=(waiting,),
        problems=(Problem.of("end-before-start", side=Side.WIKI, entry="FeteDuJardin"),),
        summary=Summary(unchanged=41, created=1, updated=1, conflicts=1),
        exit=Exit.PART,
    )
    report = RunReport(run="1", bindings=(binding,), exit=Exit.PART)
    shown = [line.text for line in run_lines(translator("fr"), report, planned=False)]
    (told,) = blocks(ROOT / "docs/fr/guide-admin.md", "text")
    assert told.splitlines() == shown


# The guarantees

GUARANTEES = ROOT / "docs" / "guarantees.md"
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_the_tests_that_hold_each_guarantee_exist() -> None:
    rows = tables(GUARANTEES)["What is promised, and what holds it"]
    assert [row[0].partition(".")[0] for row in rows] == [str(one) for one in range(1, 11)]
    for name, how, tests in rows:
        assert how.count(". ") >= 1, f"two sentences: {name}"
        named = NAMED_TEST.findall(tests)
        assert named, name
        for file, function in named:
            wanted = rf"^def {function}\(" if function else r"^ *def test_|^Test\w+ = "
            assert re.search(wanted, read(ROOT / file), re.MULTILINE), (file, function)


def test_both_languages_tell_the_same_guarantees() -> None:
    rows = tables(GUARANTEES)["What is promised, and what holds it"]
    french = tables(ROOT / "docs" / "fr" / "garanties.md")["Les dix garanties"]
    numbers = [[row[0].partition(".")[0] for row in page] for page in (rows, french)]
    assert numbers[0] == numbers[1]


def test_every_guard_that_can_be_taken_away_is_there_and_told() -> None:
    told = {row[1] for row in tables(GUARANTEES)["Guards taken away"]}
    breaks = tomllib.loads(read(ROOT / "tools" / "guards.toml"))["break"]
    assert told == {one["name"] for one in breaks}
    assert {one["guarantee"] for one in breaks} == set(range(1, 11))
    for one in breaks:
        assert read(ROOT / one["file"]).count(one["old"]) == 1, one["name"]
        assert all((ROOT / test).exists() for test in one["tests"]), one["name"]
