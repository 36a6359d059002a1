"""An entry (fiche) of a form, as the API gives it.

Source: reference section 3 (one entry), recordings 110-126, 179, 410, 600-608, v444-03, v444-04.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bazar_forms.errors import EntryMalformed

DISPLAY_KEYS = frozenset({"user", "owner", "html_data", "html_output", "url", "semantic"})
"""Keys that the API adds for display; they are never sent back."""

SYSTEM_KEYS = frozenset(
    {"id_fiche", "id_typeannonce", "date_creation_fiche", "date_maj_fiche", "statut_fiche"}
)
"""Keys that the wiki keeps by itself; an edit that names them is ignored (recording 701)."""

_RAW_OUTPUT = "rawOutput"
_NO_TAG = re.compile(r"^\s|\s$|[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    `tag` is the stable id, `form` the form's number (empty where `fields=` left it out),
    `properties` the stored JSON without display and system keys. `created` and `updated` are the
    wiki's own text, `YYYY-MM-DD hh:mm:ss` in an unsaid zone: no version numbers. `owner` is empty
    for an anonymous one, `user` is the last writer.
    """

    tag: str
    form: str
    properties: Mapping[str, object]
    created: str = ""
    updated: str = ""
    status: str = ""
    owner: str = ""
    user: str = ""
    url: str = ""

    @classmethod
    def from_json(cls, raw: object, tag: str = "") -> Entry:
        """Reads one entry; `tag` is the key that it stood under, for answers without `id_fiche`.

        Raises EntryMalformed where `raw` is no object or has no tag that could be one.
        """
        if not isinstance(raw, Mapping):
            raise EntryMalformed("Something in the answer is no entry of a form.")
        written = _scalar(raw.get("id_fiche")) or tag
        if not written:
            raise EntryMalformed("An entry has no tag.")
        if _NO_TAG.search(written):
            raise EntryMalformed("An entry has a tag that no page can have.")
        if tag and written.casefold() != tag.casefold():
            raise EntryMalformed("An entry stands under a tag that is not its own.")
        kept = {
            str(key): value
            for key, value in raw.items()
            if key not in DISPLAY_KEYS and key not in SYSTEM_KEYS
        }
        return cls(
            tag=written,
            form=_scalar(raw.get("id_typeannonce")),
            properties=MappingProxyType(kept),
            created=_scalar(raw.get("date_creation_fiche")),
            updated=_scalar(raw.get("date_maj_fiche")),
            status=_scalar(raw.get("statut_fiche")),
            owner=_scalar(raw.get("owner")),
            user=_scalar(raw.get("user")),
            url=_scalar(raw.get("url")),
        )

    def digest(self) -> str:
        """A version of the content, 64 hexadecimal digits.

        The order of keys does not matter, nor whether a value is absent, null or empty: the
        server gives each of the three for a field that was never filled.
        """
        filled = {key: value for key, value in self.properties.items() if value not in ("", None)}
        text = json.dumps(filled, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def entries_from_json(raw: object) -> tuple[dict[str, Entry], list[EntryMalformed]]:
    """Reads a list of entries, an object keyed by tag; what is no entry is set apart.

    `rawOutput`, which PHP adds where something was printed, is left out without a word. An empty
    list stands for an empty object. Raises EntryMalformed where the whole is neither.
    """
    if raw == []:
        return {}, []
    if not isinstance(raw, Mapping):
        raise EntryMalformed("The list of entries is not a JSON object.")
    entries: dict[str, Entry] = {}
    problems: list[EntryMalformed] = []
    for key, member in raw.items():
        if key == _RAW_OUTPUT and not isinstance(member, Mapping):
            continue
        try:
            entry = Entry.from_json(member, str(key))
        except EntryMalformed as problem:
            problems.append(problem)
        else:
            entries[entry.tag] = entry
    return entries, problems


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
