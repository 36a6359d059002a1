"""Who a state belongs to: the wikis' addresses, the bindings, and the state's own name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, insert, select, update

from oscartes_sync.adapters.state import pairs
from oscartes_sync.adapters.state.tables import identities
from oscartes_sync.errors import StateError

WIKI: Final = "wiki"
BINDING: Final = "binding"
_Known = Mapping[tuple[str, str], str]


def known(connection: Connection) -> _Known:
    """What is frozen: (kind, name) → identity."""
    rows = connection.execute(select(identities)).all()
    return {(row.kind, row.name): row.identity for row in rows}


def wanted(wikis: Mapping[str, str], bindings: Mapping[str, str]) -> _Known:
    """What a configuration says, in the same shape."""
    said = {(WIKI, name): address(url) for name, url in wikis.items()}
    return said | {(BINDING, name): identity for name, identity in bindings.items()}


def address(url: str) -> str:
    """A wiki's address without the slash that changes nothing."""
    return url.rstrip("/")


def strangers(frozen: _Known, said: _Known, linked: Callable[[str], bool], place: str) -> list[str]:
    """The bindings that may become another, since they never linked anything.

    Raises:
        StateError: `wiki-moved` where a wiki has another address, `foreign-state` where a binding
            with links is another.
    """
    others: list[str] = []
    for (kind, name), identity in sorted(said.items()):
        old = frozen.get((kind, name), identity)
        if old == identity or (kind == WIKI and old == name):
            continue  # a state of the first schema froze a wiki's name in place of its address
        if kind == WIKI:
            raise StateError("wiki-moved", path=place, name=name, old=old, new=identity)
        if linked(name):
            raise StateError("foreign-state", path=place, key=f"bindings.{name}")
        others.append(name)
    return others


def freeze(connection: Connection, frozen: _Known, said: _Known, others: Sequence[str]) -> None:
    """Write what is new."""
    for name in others:
        pairs.start_anew(connection, name)
    for (kind, name), identity in said.items():
        old = frozen.get((kind, name))
        if old is None or (kind == BINDING and name in others):
            row = {"kind": kind, "name": name, "identity": identity}
            connection.execute(insert(identities), [row])
        elif old != identity:
            _write(connection, kind, name, identity)


def is_settled(frozen: _Known, said: _Known) -> bool:
    """Whether there is nothing to write."""
    return all(frozen.get(key) == identity for key, identity in said.items())


def rename(connection: Connection, old: str, new: str) -> list[str]:
    """Move the wikis at `old` to `new`, and have all links read again.

    Raises:
        StateError: `wiki-unknown` where no wiki is at `old`.
    """
    wikis = {
        name: url
        for (kind, name), url in known(connection).items()
        if kind == WIKI and url != name  # the first schema froze names, and knew no address
    }
    moved = sorted(name for name, url in wikis.items() if url == address(old))
    if not moved:
        listed = ", ".join(sorted(set(wikis.values())))
        raise StateError("wiki-unknown", url=old, known=listed or "–")
    for name in moved:
        _write(connection, WIKI, name, address(new))
    pairs.doubt_all(connection)
    return moved


def _write(connection: Connection, kind: str, name: str, identity: str) -> None:
    connection.execute(
        update(identities)
        .where(identities.c.kind == kind, identities.c.name == name)
        .values(identity=identity)
    )
