"""What became of the things, compared with the run that was let be."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fault_servers import Contents

_LINKS = """
select l.uid, origin, tag, href, dropped, problems, wiki, cloud, unsettled
from links l left join link_records r on l.binding = r.binding and l.uid = r.uid
"""
_CONFLICTS = "select id, kind, uid, entry, href, fields, open, winner from conflicts"
_INTENDED = "select number from journal where progress = 'intended'"
_TEXTS = "select content, before, after, image from journal"


@dataclass(slots=True)
class Verdict:
    """What is wrong after a fault: names of things, never their texts."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    diverged: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """One line each."""
        for word in ("lost", "duplicated", "diverged"):
            yield from (f"{word}: {name}" for name in getattr(self, word))


def state_contents(file: Path) -> Contents:
    """What the state remembers, without tokens, bookmarks and times.

    Nor what was left out: that spares a later run a reading, and says nothing the run does not.
    """
    found: Contents = {}
    with closing(sqlite3.connect(file)) as database:
        for uid, *columns in database.execute(_LINKS):
            found[f"state/link/{uid}"] = columns
        for number, *columns in database.execute(_CONFLICTS):
            found[f"state/conflict/{number}"] = columns
        for (number,) in database.execute(_INTENDED):
            found[f"state/unfinished/{number}"] = True
    return found


def remembers(file: Path, text: str) -> bool:
    """Whether the state still holds a text that was written over."""
    with closing(sqlite3.connect(file)) as database:
        rows = [*database.execute(_TEXTS), *database.execute("select fields from conflicts")]
    escaped = json.dumps(text)[1:-1]
    return any(it in str(kept) for row in rows for kept in row for it in (text, escaped))


def remains(found: Contents, gone: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Where something stands still that was withdrawn or erased; `gone` is by server."""
    for name, value in sorted(found.items()):
        texts = gone.get(name.partition("/")[0], ())
        if any(text in f"{name} {value}" for text in texts):
            yield name


def compare(expected: Contents, found: Contents) -> Verdict:
    """Where the two differ. What is there too much on a server counts as a double, since no
    member did anything meanwhile."""
    verdict = Verdict()
    for name in sorted(expected.keys() - found.keys()):
        missing = verdict.diverged if name.startswith("state/") else verdict.lost
        missing.append(name)
    for name in sorted(found.keys() - expected.keys()):
        extra = verdict.diverged if name.startswith("state/") else verdict.duplicated
        extra.append(name)
    for name in sorted(expected.keys() & found.keys()):
        if expected[name] != found[name]:
            verdict.diverged.append(f"{name}{_where(expected[name], found[name])}")
    return verdict


def _where(expected: Any, found: Any) -> str:
    """Which properties or lines differ, by name."""
    names: Iterable[str]
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        keys = expected.keys() | found.keys()
        names = {str(key) for key in keys if expected.get(key) != found.get(key)}
    elif isinstance(expected, str) and isinstance(found, str):
        lines = set(expected.splitlines()) ^ set(found.splitlines())
        names = {line.partition(":")[0].partition(";")[0][:30] for line in lines}
    elif isinstance(expected, list) and isinstance(found, list):
        longest = max(len(expected), len(found))
        pad = [None] * longest
        pairs = zip([*expected, *pad][:longest], [*found, *pad][:longest], strict=True)
        names = {str(place) for place, (one, other) in enumerate(pairs) if one != other}
    else:
        return ""
    return f" ({', '.join(sorted(names))})"
