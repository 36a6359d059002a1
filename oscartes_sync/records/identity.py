"""Who is who: UIDs, hrefs and tags that find each other again with the state gone.

A thing born in the wiki has the UID `<tag>.<wiki id>@oscartes`. A thing born in the cloud keeps
its UID, and its entry's tag ends with eight letters digested from it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

_OURS = re.compile(r"^(?P<tag>.+)\.(?P<wiki>[a-z0-9_-]+)@oscartes$")
_PLAIN = re.compile(r"^[A-Za-z0-9._-]{1,150}$")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
SUFFIX_LENGTH = 8
STEM_LENGTH = 36


PART = "#"
"""Between an entry's tag and the field that holds a file of it: together its key."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a UID of ours says: born in this wiki as this entry."""

    tag: str
    wiki: str


def uid_of(tag: str, wiki: str) -> str:
    """The UID of the event of entry `tag` of the wiki with the id `wiki`."""
    return f"{tag}.{wiki}@oscartes"


def origin_of(uid: str) -> Origin | None:
    """Read a UID back; None where it is not one of ours."""
    match = _OURS.match(uid)
    return Origin(match["tag"], match["wiki"]) if match else None


def file_key(tag: str, field: str) -> str:
    """The key of the file in one field of an entry."""
    return f"{tag}{PART}{field}"


def entry_of(key: str) -> str:
    """The tag of the entry that a key of the wiki is about."""
    return key.partition(PART)[0]


def field_of(key: str) -> str:
    """The field of the file that a key is about, "" for an entry as a whole."""
    return key.partition(PART)[2]


def resource_name(uid: str, extension: str = "ics") -> str:
    """The last segment of the href of a resource we create, derived from its UID alone.

    Characters that would have to be escaped in a path are replaced, and a digest then keeps two
    UIDs apart.
    """
    stem = uid.removesuffix("@oscartes")
    if _PLAIN.match(stem):
        return f"{stem}.{extension}"
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", stem)[:100].strip("-.")
    return f"{safe}-{hashlib.sha256(uid.encode()).hexdigest()[:12]}.{extension}"


def suffix(wiki: str, form: str, collection: str, uid: str) -> str:
    """The eight lower-case letters that end the tag of a cloud-born thing."""
    number = int.from_bytes(
        hashlib.sha256("\x00".join((wiki, form, collection, uid)).encode()).digest()[:8], "big"
    )
    letters = []
    for _ in range(SUFFIX_LENGTH):
        number, rest = divmod(number, 26)
        letters.append(_LETTERS[rest])
    return "".join(letters)


def is_ending(ending: str) -> bool:
    """Whether a tag that ends so may be a cloud-born thing's; many a word of a title may, too."""
    return len(ending) == SUFFIX_LENGTH and all(letter in _LETTERS for letter in ending)


def camel_case(title: str) -> str:
    """The title as the stem of a tag: ASCII letters and digits, words capitalised, at most 36.

    A title without any gives `Evenement`, since a tag of the suffix alone would not be CamelCase.
    """
    plain = unicodedata.normalize("NFKD", title.replace("œ", "oe").replace("Œ", "Oe"))
    ascii_only = plain.encode("ascii", "ignore").decode()
    # An accent's base letter must stay glued to its word, an apostrophe must not.
    words = re.findall(r"[A-Za-z0-9]+", ascii_only)
    stem = "".join(word[0].upper() + word[1:] for word in words)[:STEM_LENGTH]
    if stem and stem[0].isdigit():
        stem = f"E{stem}"[:STEM_LENGTH]
    return stem or "Evenement"


def tag_for(title: str, ending: str, attempt: int = 0) -> str:
    """The tag under which a cloud-born thing is created; `attempt` counts taken tags."""
    number = str(attempt + 1) if attempt else ""
    return f"{camel_case(title)[: STEM_LENGTH - len(number)]}{number}{ending}"


def has_suffix(tag: str, ending: str) -> bool:
    """Whether `tag` is one made for `ending`, whatever the title was.

    Tags are compared as the wiki's database does, without case.
    """
    return len(tag) > len(ending) and tag.lower().endswith(ending)


def forgotten_digest(binding: str, key: str) -> str:
    """What is kept of a tag, an href or a UID that was erased: enough to know it again."""
    return hashlib.sha256("\x00".join(("forgotten", binding, key)).encode()).hexdigest()
