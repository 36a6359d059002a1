"""Sentence and remedy of every code, gathered from one module a room."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final, NamedTuple

from oscartes_sync.errors import OscartesError
from oscartes_sync.planning.binding import cloud_variable, wiki_variable
from oscartes_sync.presentation.texts.text import Text
from oscartes_sync.presentation.translation import Translator, msg
from oscartes_sync.records.problem import Problem, Side

UNKNOWN: Final = Text(
    msg("Something happened that has no description yet ({code})."),
    msg("Report it to the authors of OSCARTES with this code."),
)

FIELD_NAMES: Final = {
    "title": msg("title"),
    "start": msg("start"),
    "end": msg("end"),
    "date": msg("date"),
    "description": msg("description"),
    "place": msg("place"),
    "location": msg("place"),
    "address": msg("address"),
    "postcode": msg("postcode"),
    "town": msg("town"),
    "position": msg("position"),
    "link": msg("link"),
    "categories": msg("categories"),
    "organizer": msg("organiser"),
    "image": msg("image"),
    "file": msg("file"),
    "content": msg("content"),
    "author": msg("author"),
    "files": msg("files"),
    "status": msg("status"),
    "visibility": msg("visibility"),
    "series": msg("recurrence"),
    "guests": msg("guests"),
    "page": msg("page address"),
    "name": msg("name"),
    "kind": msg("kind of contact"),
    "given_name": msg("first name"),
    "family_name": msg("family name"),
    "phones": msg("telephones"),
    "emails": msg("e-mail addresses"),
    "sites": msg("web sites"),
    "street": msg("street"),
    "country": msg("country"),
    "social": msg("social networks"),
    "related": msg("linked contacts"),
}
WORDS: Final = {
    "timeout": msg("no answer in time"),
    "refused": msg("connection refused"),
    "handshake": msg("no secure connection could be made"),
    "certificate-expired": msg("it has expired, or is not valid yet"),
    "certificate-of-another": msg("it is for a server of another name"),
    "certificate-unknown": msg("no authority that is known here has signed it"),
    "cut": msg("connection cut"),
    "gateway": msg("the server in front of it fails"),
    "user": msg("user"),
    "group": msg("group"),
    "team": msg("team"),
}
"""Words that stand in the blanks `reason` and `kind`."""

_ROOMS: Final = (
    "asking",
    "books",
    "cloud",
    "commands",
    "configuration",
    "contacts",
    "decisions",
    "exports",
    "folders",
    "forms",
    "groups",
    "imports",
    "planning",
    "records",
    "spaces",
    "state",
    "wiki",
    "wiki_checks",
)
"""The modules of this package that hold TEXTS."""

SIDE_NAMES: Final = {Side.WIKI: msg("wiki"), Side.CLOUD: msg("cloud")}


class Told(NamedTuple):
    """What a reader is told: one sentence, and what to do."""

    message: str
    remedy: str


@cache
def all_texts() -> Mapping[str, Text]:
    """Code → text."""
    # They need this package's Text, and are not needed before something is told.
    modules = (import_module(f"{__name__}.{room}") for room in _ROOMS)
    return {code: text for module in modules for code, text in module.TEXTS.items()}


def explain(translator: Translator, code: str, blanks: Mapping[str, str]) -> Told:
    """The sentence and the remedy of a code."""
    texts = all_texts()
    text = texts.get(code, UNKNOWN)
    if blanks.get("owner"):
        text = texts.get(f"{code}-owner", text)
    filled = {"code": code, **blanks}
    if "fields" in blanks:
        filled["fields"] = field_names(translator, blanks["fields"].split(","))
    if "field" in blanks:
        filled["field_name"] = field_names(translator, [blanks["field"]])
    for name, variable in (("wiki", wiki_variable), ("cloud", cloud_variable)):
        if name in blanks:
            filled[f"{name}_variable"] = variable(blanks[name])
    for name in ("reason", "kind"):
        if blanks.get(name) in WORDS:
            filled[name] = translator.gettext(WORDS[blanks[name]])
    return Told(
        translator.gettext(text.sentence, **filled),
        translator.gettext(text.remedy, **filled) if text.remedy else "",
    )


def explain_error(translator: Translator, error: OscartesError) -> Told:
    """The sentence and the remedy of an error."""
    return explain(translator, error.code, error.params)


def explain_problem(translator: Translator, problem: Problem) -> Told:
    """The sentence and the remedy of a problem; its place fills the blanks `side` and `entry`."""
    blanks = dict(problem.params)
    if problem.side is not None:
        blanks.setdefault("side", side_name(translator, problem.side))
    for name, value in (("entry", problem.entry), ("href", problem.href)):
        if value is not None:
            blanks.setdefault(name, value)
    told = explain(translator, problem.code, blanks)
    if "row" not in blanks:
        return told
    located = translator.gettext(msg("Line {row}: {said}"), row=blanks["row"], said=told.message)
    return Told(located, told.remedy)


def side_name(translator: Translator, side: Side) -> str:
    """What people call a side."""
    return translator.gettext(SIDE_NAMES[side])


def field_names(translator: Translator, names: list[str]) -> str:
    """Record fields as people call them, joined by commas."""
    stripped = (name.strip() for name in names)
    return ", ".join(
        translator.gettext(FIELD_NAMES[name]) if name in FIELD_NAMES else name for name in stripped
    )
