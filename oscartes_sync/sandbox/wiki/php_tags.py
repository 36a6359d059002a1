"""PHP's ``strip_tags``, which the wiki runs over HTML texts and titles."""

from __future__ import annotations

import re
from collections.abc import Callable

_BLANKS = frozenset(" \t\n\r\v\f")


def strip_tags(text: str, allowed: frozenset[str] = frozenset()) -> str:
    """PHP's ``strip_tags``: tags not ``allowed``, comments and instructions go, the rest stays.

    Every ``<`` but one before a blank opens a tag: ``2 <3`` loses all up to the next ``>``, the
    rest of the text where there is none. Angles inside a kept tag's quotes go too. As PHP 8.2's
    state machine (ext/standard/string.c), tried against it; ``<?xml`` is not told from ``<?php``.
    """
    return _TagStripper(text, allowed).result


class _TagStripper:
    """One run over a text; `_tag` is what of the tag being read would be kept."""

    def __init__(self, text: str, allowed: frozenset[str]) -> None:
        self._text, self._allowed = text, allowed
        self._kept: list[str] = []
        self._tag: list[str] = []
        self._quote = ""
        self._depth = self._brackets = 0
        self._last = ""
        self._step: Callable[[str, int], None] = self._outside
        for at, char in enumerate(text):
            self._step(char, at)
        self.result = "".join(self._kept)

    def _before(self, at: int, length: int = 1) -> str:
        return self._text[max(0, at - length) : at]

    def _is_shut(self, char: str) -> bool:
        """Whether this ``>`` ends what was begun."""
        if char != ">":
            return False
        if self._depth:
            self._depth -= 1
            return False
        return not self._quote

    def _toggle(self, char: str) -> None:
        if self._quote in {"", char}:
            self._quote = "" if self._quote else char

    def _leave(self) -> None:
        self._quote, self._tag, self._step = "", [], self._outside

    def _outside(self, char: str, at: int) -> None:
        if char == "<" and self._text[at + 1 : at + 2] not in _BLANKS:
            self._tag, self._step = ["<"], self._inside
        elif (char != ">" or self._is_shut(char)) and char != "\0":
            self._kept.append(char)

    def _inside(self, char: str, at: int) -> None:
        opened = self._before(at) == "<"
        if char == "<" and self._text[at + 1 : at + 2] not in _BLANKS:
            self._depth += not self._quote
        elif char == ">":
            if self._is_shut(char):
                self._tag.append(char)
                if _tag_name("".join(self._tag)) in self._allowed:
                    self._kept += self._tag
                self._leave()
        elif char == "!" and opened:
            self._step = self._declaration
        elif char == "?" and opened:
            self._brackets, self._last, self._step = 0, "", self._instruction
        elif char != "\0" and not (char == "<" and self._quote):
            if char in {'"', "'"}:
                self._toggle(char)
            self._tag.append(char)

    def _instruction(self, char: str, at: int) -> None:
        if char in "()" and self._last not in {'"', "'"}:
            self._last, self._brackets = char, self._brackets + (1 if char == "(" else -1)
        elif char == ">":
            if self._is_shut(char) and not self._brackets and self._before(at) == "?":
                self._leave()
        elif char in {'"', "'"} and self._before(at) != "\\":
            self._last = "" if self._last == char else char
            self._toggle(char)

    def _declaration(self, char: str, at: int) -> None:
        if char == ">":
            if self._is_shut(char):
                self._leave()
        elif char in {'"', "'"} and self._before(at) != "\\":
            self._toggle(char)
        elif char == "-" and self._before(at, 2) == "!-":
            self._step = self._comment
        elif char in "eE" and self._before(at, 8).lower() == "<!doctyp":
            self._step = self._inside

    def _comment(self, char: str, at: int) -> None:
        if char == ">" and not self._quote and self._before(at, 2) == "--":
            self._leave()


def _tag_name(tag: str) -> str:
    """``br`` of ``< BR />``."""
    found = re.match(r"<\s*/?\s*([^\s>]*?)/?(?:\s|>)", tag)
    return found[1].lower() if found else ""
