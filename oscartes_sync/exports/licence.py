"""The licence under which a view is published: no file leaves without one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_CC: Final = "https://creativecommons.org"
_ODC: Final = "https://opendatacommons.org/licenses"
_KINDS: Final = ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")

KNOWN: Final[Mapping[str, str]] = {
    "CC0-1.0": f"{_CC}/publicdomain/zero/1.0/",
    **{f"CC-{kind.upper()}-4.0": f"{_CC}/licenses/{kind}/4.0/" for kind in _KINDS},
    "ODbL-1.0": f"{_ODC}/odbl/1-0/",
    "ODC-By-1.0": f"{_ODC}/by/1-0/",
    "PDDL-1.0": f"{_ODC}/pddl/1-0/",
    "etalab-2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
}
"""SPDX identifiers of licences made for data or texts, and where their terms are.

Not all of SPDX: a misspelt identifier would lead whoever reuses the file to a missing page. Any
other licence is given by its address.
"""

_BY_FOLDED: Final = {name.casefold(): name for name in KNOWN}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence: `name` is its SPDX identifier, or its address where it has none here."""

    name: str
    url: str

    @property
    def told(self) -> str:
        """Name and address in one line, in no language."""
        return self.name if self.name == self.url else f"{self.name} – {self.url}"


def find_licence(written: str) -> Licence | None:
    """The licence that an SPDX identifier (in whatever capitals) or an address means, else None."""
    name = _BY_FOLDED.get(written.strip().casefold())
    if name is not None:
        return Licence(name, KNOWN[name])
    parts = urlsplit(written.strip())
    is_address = parts.scheme in {"http", "https"} and parts.hostname and parts.username is None
    if not is_address or re.search(r"\s", written.strip()):
        return None
    return Licence(written.strip(), written.strip())
