"""What an entry of a form of groups says: who is to be given a space, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceEntry:
    """What one entry says. `members` and `leads` are user ids and e-mail addresses, which nobody
    may write down, in the entry's order.

    `end` is the last day. `public`: its documents and its dates may go to the wiki; never where an
    anonymous reader does not see the entry. `archived`: it bears our mark. `links` are the
    addresses that it holds now, by name, for the fields that the form has. `readable` is false
    where the property of the members cannot be read; `markable` where the form has a field for
    the mark of an archived one; `token` is the entry's version, "" where an
    edit could still bear the same one.
    """

    tag: str
    title: str
    description: str = ""
    start: date | None = None
    end: date | None = None
    public: bool = False
    archived: bool = False
    members: tuple[str, ...] = field(default=(), repr=False)
    leads: tuple[str, ...] = field(default=(), repr=False)
    links: Mapping[str, str] = field(default_factory=dict)
    readable: bool = True
    markable: bool = True
    token: str = ""
