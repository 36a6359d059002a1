"""The bookmark of one calendar between runs, and what it allows to be asked.

A sync-token is trusted within limits only (reference, CalDAV, "sync-collection traps"): the server
forgets changes after 60 days without a word, answers a token that is too high with "nothing", and
counts each calendar on its own, so that one made anew may arrive at the number we know.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

TOKEN_AGE = timedelta(days=30)
"""Half of what the server keeps its changes for."""

FULL_AGE = timedelta(days=7)
MOST_MISSING = 500
_PREFIX = "http://sabre.io/ns/sync/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """`token` was read at `taken`; everything was last compared at `full`.

    `missing` are keys that were not there and whose links the run kept: a later delta says
    nothing of them, so they are looked for each time. `lost` are those of them that went missing
    when the token went back. `whole`: whatever the token says, everything is to be compared.
    """

    token: str
    taken: datetime
    full: datetime
    missing: frozenset[str] = field(default_factory=frozenset)
    lost: frozenset[str] = field(default_factory=frozenset)
    whole: bool = False

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """The bookmark, None where there is none that can be used."""
        try:
            raw = json.loads(text)
            return cls(
                token=str(raw["token"]),
                taken=datetime.fromisoformat(raw["taken"]),
                full=datetime.fromisoformat(raw["full"]),
                missing=frozenset(map(str, raw.get("missing", ()))),
                lost=frozenset(map(str, raw.get("lost", ()))),
                whole=bool(raw.get("whole")),
            )
        except (ValueError, KeyError, TypeError):
            return None

    def write(self) -> str:
        """As text. Too many missing keys make the next run compare everything instead."""
        many = len(self.missing) > MOST_MISSING
        return json.dumps(
            {
                "token": self.token,
                "taken": self.taken.isoformat(),
                "full": self.full.isoformat(),
                "missing": [] if many else sorted(self.missing),
                "lost": sorted(self.lost),
                "whole": self.whole or many,
            },
            sort_keys=True,
        )

    def serves(self, token: str, now: datetime) -> bool:
        """Whether differences from this bookmark to `token`, the calendar's own now, can be had."""
        if self.whole or not self.token or not timedelta(0) <= now - self.taken <= TOKEN_AGE:
            return False
        if not timedelta(0) <= now - self.full <= FULL_AGE:
            return False
        return self.token == token or is_later(token, self.token)

    def is_ahead_of(self, token: str) -> bool:
        """Whether the server's own token went back behind ours, which none does by itself."""
        return is_later(self.token, token)

    def lost_by(self, token: str, absent: frozenset[str]) -> frozenset[str]:
        """Of what is absent now, what no member deleted: the server went back to an older time.

        A calendar's token only ever rises; one that is lower than ours comes out of a backup, or
        belongs to a calendar made anew under the old name.
        """
        newly = absent - self.missing if self.is_ahead_of(token) else frozenset()
        return newly | absent & self.lost


def is_later(token: str, than: str) -> bool:
    """Whether a token is higher than another; False where they are no numbers to compare."""
    mine, other = _number(token), _number(than)
    return mine is not None and other is not None and mine > other


def _number(token: str) -> int | None:
    digits = token.removeprefix(_PREFIX)
    usable = token.startswith(_PREFIX) and digits.isascii() and digits.isdecimal()
    return int(digits) if usable and len(digits) < 20 else None
