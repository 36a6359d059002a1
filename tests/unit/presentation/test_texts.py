"""Every code has a sentence: codes are read from the sources, so none can be forgotten."""

from __future__ import annotations

import ast
import inspect
import re
import string
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import oscartes_sync
from oscartes_sync import errors
from oscartes_sync.presentation.texts import UNKNOWN, all_texts, explain, explain_problem
from oscartes_sync.presentation.translation import LANGUAGES, translator
from oscartes_sync.records.problem import Problem, Side

SOURCES = Path(oscartes_sync.__file__).parent
ROOMS = (
    "adapters",
    "bootstrap",
    "commands",
    "config",
    "mapping",
    "planning",
    "records",
    "usecases",
)
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
ERRORS = {
    name
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.OscartesError)
}
TELLERS = ERRORS | {"of", "warning", "warn", "refusal", "fail", "notice", "tell", "_warn"}
BUILT = {f"config-{word}-{side}" for word in ("which", "unknown") for side in ("wiki", "cloud")}


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _branches(node: ast.expr) -> tuple[ast.expr, ...]:
    return (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)


def _called(call: ast.Call) -> Iterator[str]:
    name = _name(call.func)
    if name in TELLERS and call.args:
        yield from map(_text, _branches(call.args[0]))
    if name.lstrip("_").lower() == "check":
        words = [_text(argument) for argument in call.args]
        for status, code in pairwise(words):
            if status in {"ok", "warn", "fail"}:
                yield code
    yield from (_text(keyword.value) for keyword in call.keywords if keyword.arg == "code")


def _assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = " ".join(_name(target).lower() for target in targets)
    if node.value is not None and re.search(r"code|broken|_kinds", names):
        yield from (_text(each) for each in ast.walk(node.value) if isinstance(each, ast.Constant))


def codes_of_sources() -> dict[str, str]:
    """Code → the file that raises or tells it."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for file in sorted((SOURCES / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                raised: Iterator[str] = iter(())
                if isinstance(node, ast.Call):
                    raised = _called(node)
                elif isinstance(node, ast.Assign | ast.AnnAssign):
                    raised = _assigned(node)
                for code in raised:
                    if CODE.fullmatch(code):
                        found.setdefault(code, str(file.relative_to(SOURCES)))
    return found


def blanks_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_code_of_the_sources_has_its_sentence() -> None:
    found = codes_of_sources()
    assert len(found) > 100
    missing = {code: file for code, file in found.items() if code not in all_texts()}
    assert missing == {}


def test_codes_put_together_have_their_sentence_too() -> None:
    assert all_texts().keys() >= BUILT


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_ends_as_a_sentence(language: str) -> None:
    translated = translator(language)
    for code, text in all_texts().items():
        told = explain(translated, code, dict.fromkeys(blanks_of(text.sentence), "x"))
        assert told.message.rstrip()[-1] in ".:!?", code
        assert "\n" not in told.message + told.remedy, code
        assert len(told.message) < 220, code


def test_french_sentences_use_french_typography() -> None:
    french = translator("fr")
    for code in all_texts():
        told = explain(french, code, {})
        for sentence in told:
            assert not re.search(r"\w'\w", sentence), (code, sentence)
            assert not re.search(r" [:;!?»]|« ", sentence), (code, sentence)


def test_an_unknown_code_is_told_as_such() -> None:
    told = explain(translator("en"), "never-heard-of", {})
    assert told.message == UNKNOWN.sentence.format(code="never-heard-of")
    assert told.remedy


def test_braces_in_what_fills_a_blank_are_left_alone() -> None:
    told = explain(translator("en"), "category-unknown", {"category": "{0} {x}"})
    assert "“{0} {x}”" in told.message


def test_a_blank_that_nothing_fills_does_not_break_the_sentence() -> None:
    assert "…" in explain(translator("en"), "category-unknown", {}).message


def test_a_problem_names_its_side_and_fields_in_the_reader_s_words() -> None:
    readonly = Problem.of("side-read-only", side=Side.CLOUD)
    assert explain_problem(translator("fr"), readonly).message.endswith("de ce côté (nuage).")
    left = Problem.warning("left-on-wiki", Side.WIKI, fields="title, organizer")
    assert "(titre, organisateur)" in explain_problem(translator("fr"), left).message


def test_an_owner_changes_the_sentence_where_it_is_known() -> None:
    english = translator("en")
    assert "belongs" not in explain(english, "wiki-forbidden", {}).message
    assert "belongs to Jo" in explain(english, "wiki-forbidden", {"owner": "Jo"}).message


def test_reasons_are_said_in_words() -> None:
    told = explain(translator("fr"), "cloud-unreachable", {"cloud": "noe", "reason": "timeout"})
    assert told.message.endswith("(pas de réponse à temps).")
