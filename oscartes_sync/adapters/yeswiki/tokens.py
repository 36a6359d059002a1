"""Version tokens of what the wiki holds, and the bookmark of one run.

A token is `<date part>|<digest>`. The date part is the entry's date of change, and for a series
also a digest of those of all its members; it decides where only dates were listed. The digest is
of the content and decides where everything was read. Dates have a resolution of a second and go
back when a revision is restored (reference section 8, "Cursor"), so any other date means moved,
and two edits within one second are told apart only by reading again: see `Bookmark.settled`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from bazar_forms.entry import Entry
from oscartes_sync.mapping.form_recipe import FormRecipe
from oscartes_sync.records.fingerprint import digest

_DATE = "%Y-%m-%d %H:%M:%S"
_DATE_LENGTH = 19
_GRAIN = timedelta(seconds=3)
"""More than the resolution of the wiki's dates: what is older than this cannot be equalled."""
_ZONES = timedelta(minutes=15)
_SKEW = timedelta(seconds=60)
_WIDEST = timedelta(hours=15)


def date_part(dates: Mapping[str, str]) -> str:
    """The date part of a thing, from the dates of its members by tag."""
    newest = max(dates.values(), default="")
    if len(dates) < 2:
        return newest
    return f"{newest}#{digest(sorted(dates.items()), 8)}"


def token_of(members: Sequence[Entry], recipe: FormRecipe) -> str:
    """The token of a thing that was read."""
    dates = date_part({entry.tag: entry.updated for entry in members})
    return f"{dates}|{content_digest(members, recipe)}"


def content_digest(members: Sequence[Entry], recipe: FormRecipe) -> str:
    """Of what a record depends on, and nothing else."""
    keys = recipe.keys()
    return digest(
        [
            [
                entry.tag,
                {
                    name: value
                    for name, value in entry.properties.items()
                    if name in keys and value not in ("", None)
                },
            ]
            for entry in members
        ]
    )


def dates_of(token: str) -> str:
    """The date part of a token."""
    return token.partition("|")[0]


def digest_of(token: str) -> str:
    """The digest of a token."""
    return token.partition("|")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """What one run leaves to the next.

    `basis` changes with the form and with the binding: everything is then compared anew.
    `settled`: whatever bears this date or an older one was read when no other edit could bear it
    any more. `newest` is the newest date that was seen, `at` when, by our clock (ISO, UTC).
    """

    basis: str = ""
    settled: str = ""
    newest: str = ""
    at: str = ""

    @classmethod
    def read(cls, cursor: str) -> Bookmark:
        """Back from `write`; an unreadable one is an empty one."""
        try:
            raw = json.loads(cursor)
            return cls(**{name: str(raw[name]) for name in cls.__slots__ if name in raw})
        except (ValueError, TypeError):
            return cls()

    def write(self) -> str:
        """As a cursor."""
        return json.dumps(asdict(self), sort_keys=True)

    def is_settled(self, token: str) -> bool:
        """Whether a date that did not move since proves that nothing did."""
        return dates_of(token)[:_DATE_LENGTH] <= self.settled

    def follow(self, basis: str, dates: Iterable[str], now: datetime) -> Bookmark:
        """The bookmark after a run that read all that was not settled, `dates` being all there."""
        newest = max(dates, default="")
        settled = max(self.settled if self.basis == basis else "", _before(newest))
        waited = (
            self.newest == newest and self.at and now - datetime.fromisoformat(self.at) >= _GRAIN
        )
        if waited or not may_be_now(newest, now):
            settled = max(settled, newest)
        return Bookmark(
            basis=basis,
            settled=settled,
            newest=newest,
            at=now.astimezone(UTC).isoformat(timespec="seconds"),
        )


def _before(date: str) -> str:
    try:
        return (datetime.fromisoformat(date) - _GRAIN).strftime(_DATE)
    except (ValueError, OverflowError):
        return ""


def may_be_now(date: str, now: datetime) -> bool:
    """Whether the date may be the present second in some zone, the wiki's own being unknown."""
    try:
        read = datetime.fromisoformat(date).replace(tzinfo=UTC)
    except ValueError:
        return False
    behind = now - read
    if abs(behind) > _WIDEST:
        return False
    return (behind + _SKEW) % _ZONES <= 2 * _SKEW
