"""Tags made of titles, and stored names made of file names."""

from __future__ import annotations

import re

from oscartes_sync.sandbox.wiki.php import html_special_chars, remove_accents
from oscartes_sync.sandbox.wiki.php_tags import strip_tags
from oscartes_sync.sandbox.wiki.store import Store

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_NOT_ALPHANUMERIC = re.compile(r"[^A-Za-z0-9]")
_WORD_START = re.compile(r"(?:^|(?<=[ \t\r\n\f\v]))[a-z]")

# The server's patterns are UTF-8 bytes matched against a Latin-1 text, which is why accented
# letters vanish while some signs become letters (tools/attach/libs/attach.lib.php).
_FILE_LETTERS = (
    ("Ã©¨ª«\x8a\x8b", "e"),
    ("\xa0¢¤\x82\x84", "a"),
    ("®¯\x8e\x8f", "i"),
    ("»¹¼\x9b\x9c", "u"),
    ("´¶\x94\x96", "o"),
    ("§", "c"),
    (" ", "_"),
)


def camel_case(title: str) -> str:
    """The tag a title gives, before looking whether it is taken; "" without any letter."""
    short = _PUNCTUATION.sub(" ", title)[:47]
    words = remove_accents(short).translate(_LOWER)
    capitalised = _WORD_START.sub(lambda found: found[0].upper(), words)
    name = "".join(_NOT_ALPHANUMERIC.sub("", word) for word in capitalised.split(" "))
    if sum(char.isupper() for char in name) < 2:
        name = name[:-1] + name[-1:].upper()
    return name


_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def tag_for(title: str, store: Store) -> str:
    """A free tag for the title: a number is put behind one that is taken."""
    name = camel_case(title)
    if not name or store.page(name) is None:
        return name
    number = 2
    while store.page(f"{name}{number}") is not None:
        number += 1
    return f"{name}{number}"


def clean_file_name(name: str) -> str:
    """The name under which an upload is kept, without accents and most signs."""
    escaped = html_special_chars(strip_tags(name))
    latin = escaped.encode("latin-1", "replace").decode("latin-1")
    for letters, plain in _FILE_LETTERS:
        latin = re.sub(f"[{re.escape(letters)}]", plain, latin)
    return re.sub(r"[^a-zA-Z0-9_.]", "", latin)
