"""PHP's habits that show through a wiki's answers: arrays, JSON, form bodies, entities."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from html.entities import codepoint2name
from typing import Any
from urllib.parse import unquote_to_bytes

PhpArray = dict[Any, Any]
"""An ordered map with text or integer keys, as PHP's arrays."""

MAX_INPUT_VARS = 1000

_LATIN_LETTER = re.compile(
    r"&([A-za-z])(?:acute|cedil|caron|circ|grave|orn|ring|slash|th|tilde|uml);"
)
_LIGATURE = re.compile(r"&([A-za-z]{2})(?:lig);")
_ENTITY = re.compile(r"&[^;]+;")
_BRACKETS = re.compile(r"\[([^\]]*)\]")


def url_decode(text: str) -> str:
    """Decode ``%xx`` and ``+`` as ``urldecode`` does."""
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def parse_pairs(raw: str) -> list[tuple[str, str]]:
    """Split ``a=1&b=2`` into decoded pairs; a pair without ``=`` has an empty value."""
    pairs = []
    for piece in raw.split("&"):
        if piece:
            key, _, value = piece.partition("=")
            pairs.append((url_decode(key), url_decode(value)))
    return pairs


def nest(pairs: Iterable[tuple[str, Any]]) -> PhpArray:
    """Build the array PHP builds of request variables: ``a[b][]=1`` nests, the 1001st is cut.

    The cut (max_input_vars) is silent, as on the servers observed.
    """
    result: PhpArray = {}
    for count, (key, value) in enumerate(pairs):
        if count >= MAX_INPUT_VARS:
            break
        _assign(result, key.lstrip(" "), value)
    return result


def _assign(result: PhpArray, key: str, value: Any) -> None:
    head, bracket, rest = key.partition("[")
    if not head:
        return
    name = head.replace(".", "_").replace(" ", "_")
    steps = _BRACKETS.findall(bracket + rest) if bracket and "]" in rest else []
    target = result
    for step in steps:
        inner = target.get(array_key(name))
        if not isinstance(inner, dict):
            inner = {}
        target[array_key(name)] = inner
        target = inner
        name = step if step else str(_next_index(target))
    target[array_key(name)] = value


def array_key(name: str) -> str | int:
    """Return the key PHP makes of ``name``: decimal texts become integers."""
    return int(name) if name.isdecimal() and str(int(name)) == name else name


def _next_index(array: PhpArray) -> int:
    return max((key for key in array if isinstance(key, int)), default=-1) + 1


def is_list(array: Mapping[Any, Any]) -> bool:
    """Tell whether PHP would write this array as a JSON list (keys 0..n-1 in order)."""
    return all(str(key) == str(index) for index, key in enumerate(array))


def as_json_value(value: Any) -> Any:
    """Turn nested arrays into what ``json_encode`` writes: lists where the keys are 0..n-1."""
    if isinstance(value, dict):
        if is_list(value):
            return [as_json_value(inner) for inner in value.values()]
        return {str(key): as_json_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json_value(inner) for inner in value]
    return value


def json_encode(value: Any) -> str:
    """Write JSON as PHP does by default: ASCII, escaped slashes, no spaces."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def html_special_chars(text: str) -> str:
    """Escape as ``htmlspecialchars`` of PHP 8.1 and later does."""
    return html.escape(text, quote=True).replace("&#x27;", "&#039;")


def is_empty(value: Any) -> bool:
    """PHP's ``empty``: nothing, no text, ``"0"``, zero or an empty array."""
    return value in (None, "", "0", 0, False) or value in ({}, [])


def as_text(value: Any) -> str:
    """Coerce a scalar as a PHP text parameter does; raise TypeError for an array."""
    if isinstance(value, bool):
        return "1" if value else ""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise TypeError("must be of type string, array given")
    return str(value)


def remove_accents(text: str) -> str:
    """Strip accents by way of the HTML 4 entities, dropping what has another entity.

    Read in the server's tools/bazar/libs/bazar.fonct.php.
    """
    escaped = "".join(
        f"&{codepoint2name[ord(char)]};" if ord(char) in codepoint2name and char != '"' else char
        for char in text
    )
    return _ENTITY.sub("", _LIGATURE.sub(r"\1", _LATIN_LETTER.sub(r"\1", escaped)))


def word_wrap(text: bytes, width: int, mark: bytes, *, cut: bool) -> bytes:
    """PHP's ``wordwrap``: counts bytes, eats the space it breaks at, may cut inside a letter."""
    result: list[bytes] = []
    start = space = at = 0
    while at < len(text):
        if text.startswith(mark, at) and at + len(mark) < len(text):
            result.append(text[start : at + len(mark)])
            at += len(mark)
            start = space = at
            continue
        full = at - start >= width
        if text[at : at + 1] == b" ":
            if full:
                result += [text[start:at], mark]
                start = at + 1
            space = at
        elif full and cut and start >= space:
            result += [text[start:at], mark]
            start = space = at
        elif full and start < space:
            result += [text[start:space], mark]
            start = space = space + 1
        at += 1
    return b"".join([*result, text[start:]])
