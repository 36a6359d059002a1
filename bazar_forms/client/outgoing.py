"""What a write sends: pairs of a web form, checked before they leave.

PHP decides what arrives: of two pairs of one name it keeps the last, it turns dots and blanks of
names into underscores, and beyond max_input_vars (1,000) it drops pairs without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bazar_forms.entry import SYSTEM_KEYS
from bazar_forms.errors import TitleRefused, WriteRefused

TITLE = "bf_titre"
_MOST_PAIRS = 990
_NOT_OURS_TO_SEND = SYSTEM_KEYS | {"antispam"}
_MANGLED = re.compile(r"[ .\x00]")

Values = Mapping[str, str | Sequence[str]]


def pairs_of(values: Values) -> list[tuple[str, str]]:
    """The pairs of some values: several choices are joined by commas, or repeated for `name[]`.

    JSON lists and PHP arrays in text fields are corrupted or refused (recordings 305-308, 701).
    Raises ValueError for keys that the wiki keeps by itself, however they are spelt: an
    `id_fiche` among them would write another page.
    """
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        head = _MANGLED.sub("_", name.split("[", 1)[0].strip())
        if not head or head in _NOT_OURS_TO_SEND:
            raise ValueError(f"{head or 'a nameless key'} is kept by the wiki, it cannot be sent")
        if isinstance(value, str):
            pairs.append((name, _sendable(value)))
        elif name.endswith("[]"):
            pairs += [(name, _sendable(one)) for one in value]
        else:
            pairs.append((name, _sendable(",".join(value))))
    return pairs


def _sendable(text: str) -> str:
    """The text without lone surrogates, which UTF-8 cannot write."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def checked_title(title: object, where: str) -> str:
    """The title, which every write must carry. Raises TitleRefused where it is blank."""
    if not isinstance(title, str) or not title.strip():
        raise TitleRefused(f"{where} was given no title.")
    return title


def refuse_too_many(pairs: Sequence[tuple[str, str]], where: str) -> None:
    """Raises WriteRefused where PHP would drop some of the pairs and still say yes."""
    if len(pairs) > _MOST_PAIRS:
        raise WriteRefused(f"{where} holds more values than the wiki takes at once.")
