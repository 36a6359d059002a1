"""Names of files: the one that a title gives, the title that a name says, and names left alone.

A name must do on every system that a member's client may copy it to, so Windows' rules hold
whether the server enforces them or not (recordings 105, 105b): at most 250 bytes of UTF-8, NFC,
none of ``\\ / : * ? " < > |``, no dot or space at an end, no device's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

LONGEST: Final = 250
"""Bytes of one name, its extension included (recording 105)."""

_LONGEST_EXTENSION = 16
_SPELT: Final = {
    "/": "-", "\\": "-", "|": "-", ":": "-", '"': "'", "<": "(", ">": ")", "*": "", "?": "",
}  # fmt: skip
"""Forbidden characters → what a person would write in their stead."""

_DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"]
)
_EXTENSION = re.compile(r"\.(?=[0-9]*[A-Za-z])([A-Za-z0-9]{1,10})\Z")
"""What ends a name and holds a letter: "v1.12" has none."""

_SYSTEM: Final = frozenset({"desktop.ini", "thumbs.db", "ehthumbs.db", ".ds_store", "icon\r"})
_EDITORS = re.compile(r"\.~lock|~\$|~wr[dl]\d")
_PARTIAL = (".part", ".filepart", ".crdownload", ".download", ".partial")
_TEMPORARY = (".tmp", ".temp", ".swp", "~")
_JOINING = frozenset({"\u200c", "\u200d", "\ufe0e", "\ufe0f"})
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})


def file_name(
    title: str, extension: str, taken: Collection[str] = (), *, untitled: str = "document"
) -> str:
    """The name of a file for a title; `extension` with or without its dot, "" for none.

    `taken` are the names of the same folder: none of them is given again, in whatever case.
    `untitled` stands for a title that leaves nothing.
    """
    end = _extension(extension)
    stem = _stem(title) or _stem(untitled) or "document"
    if why_left_out(_fitted(stem, "", end)) is not None:
        # "notes.part" without an extension of its own, "desktop" with ini.
        stem = f"{stem.replace('.', '-')}_"
    folded = {fold(name) for name in taken}
    number, name = 1, _fitted(stem, "", end)
    while fold(name) in folded:
        number += 1
        name = _fitted(stem, f" ({number})", end)
    return name


def title_of(name: str) -> str:
    """The title that a file's name says: itself without its extension."""
    plain = unicodedata.normalize("NFC", name)
    found = _EXTENSION.search(plain)
    stem = plain[: found.start()] if found and found.start() else plain
    return " ".join(stem.split())


def extension_of(name: str) -> str:
    """The extension of a name, in lower case and without its dot, "" for none."""
    found = _EXTENSION.search(name)
    return found[1].lower() if found and found.start() else ""


def why_left_out(name: str) -> str | None:
    """The code of why a file or folder of this name is never mirrored; None for all others."""
    plain = name.casefold()
    if _EDITORS.match(plain):
        return "file-of-an-editor"
    if plain in _SYSTEM:
        return "file-of-a-system"
    if plain.endswith(_PARTIAL):
        return "file-half-sent"
    if plain.endswith(_TEMPORARY):
        return "file-temporary"
    if plain.startswith("."):
        return "file-hidden"
    return None


def is_open(path: str, beside: Collection[str]) -> bool:
    """Whether an office program has a file open, by the lock that it lays beside it.

    LibreOffice locks `a.odt` by `.~lock.a.odt#`, Word `report.docx` by `~$port.docx`.
    """
    branch, slash, name = path.rpartition("/")
    locks = (f".~lock.{name}#", f"~${name[2:]}", f"~${name}")
    return any(f"{branch}{slash}{lock}" in beside for lock in locks)


def fold(name: str) -> str:
    """What two names share that one folder of any system could not hold both of."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _extension(said: str) -> str:
    plain = re.sub("[^a-z0-9]", "", said.casefold())[:_LONGEST_EXTENSION]
    return f".{plain}" if plain and why_left_out(f"x.{plain}") is None else ""


def _stem(title: str) -> str:
    """A title as the beginning of a name, however long."""
    colons = re.sub(r"\s*:(?=\s)", " -", unicodedata.normalize("NFC", title))
    spaced = "".join(" " if each.isspace() else _SPELT.get(each, each) for each in colons)
    shown = "".join(each for each in spaced if _is_shown(each))
    stem = _ends_well(" ".join(shown.split()).lstrip(" .~"))
    # A device stays one whatever follows its first dot.
    head, dot, rest = stem.partition(".")
    if head.rstrip().casefold() in _DEVICES:
        stem = f"{head.rstrip()}_{dot}{rest}"
    return stem


def _is_shown(each: str) -> bool:
    """Whether a person sees it, or it joins what they see; noncharacters fit in no XML."""
    if each in _JOINING:
        return True
    return unicodedata.category(each) not in _UNSEEN and ord(each) & 0xFFFE != 0xFFFE


def _ends_well(stem: str) -> str:
    """Without what Windows takes off, or what would make it an editor's copy."""
    return unicodedata.normalize("NFC", stem).rstrip(" .~")


def _fitted(stem: str, number: str, end: str) -> str:
    """The whole name, its stem cut between characters that are seen as one."""
    room = LONGEST - len(f"{number}{end}".encode())
    while len(stem.encode()) > room:
        cut = len(stem) - 1
        while cut > 1 and (unicodedata.combining(stem[cut]) or _joined(stem, cut)):
            cut -= 1
        stem = _ends_well(stem[:cut])
    return f"{stem}{number}{end}"


def _joined(stem: str, place: int) -> bool:
    return stem[place] in _JOINING or stem[place - 1] == "\u200d"
