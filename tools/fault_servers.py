"""Both stand-ins in a process of their own, which outlives every run; and what they hold.

`serve` is that process; `Servers` is how others speak to it.
"""

from __future__ import annotations

import copy
import json
import multiprocessing
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from fault_clock import SharedClock
from fault_files import files_of, kept_files, names_of, put_back_files
from fault_scene import BOT, KEYS, PASSWORD
from fault_scenes import SCENES

from oscartes_sync.sandbox.cloud import CloudStandIn
from oscartes_sync.sandbox.wiki import WikiStandIn, seed_network

ACCOUNTS = (BOT, "alice")
_QUIET_SECONDS = 0.03
_BY_NATURE = re.compile(rb"^(?:DTSTAMP|LAST-MODIFIED|CREATED|REV):[^\r\n]*\r?\n", re.MULTILINE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?")
_STATE_ID = re.compile(r"\b[0-9a-f]{16}\b")
_BY_NATURE_TOO = frozenset({"date_maj_fiche", "date_creation_fiche"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "SEARCH"})

Contents = dict[str, Any]
"""What is kept: path-like name → value that compares; see `_contents`."""


class _Pair:
    """The stand-ins, and copies of them to go back to."""

    def __init__(self, folder: Path, clock: SharedClock) -> None:
        self._folder = folder
        self._clock = clock
        self._kept: dict[str, Any] = {}
        self.cloud = CloudStandIn(clock=clock.now)
        self.cloud.settings.rate_limits = False
        self.cloud.settings.brute_force = False
        self.cloud.start()
        for uid in ACCOUNTS:
            self.cloud.further.cards.greet(uid)
        self._empty = _kept_of(self.cloud)
        self._number = 0
        self._port = 0
        self.wiki = self._wiki()

    def _wiki(self) -> WikiStandIn:
        wiki = WikiStandIn(
            database=str(self._file), clock=self._clock.now, port=self._port, keys=self._keys()
        )
        wiki.start()
        self._port = int(wiki.url.rpartition(":")[2])
        return wiki

    @property
    def _file(self) -> Path:
        return self._folder / f"wiki-{self._number}.db"

    def _keys(self) -> dict[str, str]:
        return {KEYS.admin: KEYS.admin_key, KEYS.robot: KEYS.robot_key}

    def begin(self) -> tuple[str, str]:
        """Both anew, with the network's accounts; their addresses."""
        _put_back(self.cloud, self._empty)
        self.cloud.add_group("gt-outils")
        self.cloud.add_user(BOT, PASSWORD)
        self.cloud.add_user("alice", "alice", groups=("gt-outils",))
        self._reopen(None)
        seed_network(self.wiki)
        return self.wiki.url, self.cloud.url

    def act(self, scene: str, number: int) -> None:
        """Play one act."""
        SCENES[scene].acts[number](self.wiki, self.cloud)

    def keep(self, name: str) -> None:
        """Remember how it is now."""
        file = self._folder / f"kept-{name}.db"
        with closing(sqlite3.connect(self._file)) as now, closing(sqlite3.connect(file)) as kept:
            now.backup(kept)
        self._kept[name] = (file, _kept_of(self.cloud))

    def go_back(self, name: str) -> tuple[str, str]:
        """As it was when it was kept; sessions and logs begin anew."""
        file, cloud = self._kept[name]
        self._reopen(file)
        _put_back(self.cloud, cloud)
        self.cloud.requests.clear()
        return self.wiki.url, self.cloud.url

    def _reopen(self, kept: Path | None) -> None:
        self.wiki.stop()
        self._file.unlink(missing_ok=True)
        self._number += 1
        if kept is not None:
            shutil.copyfile(kept, self._file)
        self.wiki = self._wiki()

    def quiet(self) -> None:
        """Wait until nothing is carried out any more."""
        seen = -1
        while (now := len(self.wiki.requests) + len(self.cloud.requests)) != seen:
            seen = now
            time.sleep(_QUIET_SECONDS)

    def writes(self) -> int:
        """How many requests may have changed something since they went back."""
        lines = [*self.wiki.requests, *self.cloud.requests]
        return sum(line[0] not in _SAFE for line in lines)

    def contents(self) -> Contents:
        """All that both keep."""
        cloud = {**_of_cloud(self.cloud), **_of_books(self.cloud), **files_of(self.cloud, BOT)}
        return {**_of_wiki(self._file), **cloud}

    def names(self) -> dict[str, str]:
        """What ids of files and tokens of public addresses stand for."""
        return names_of(self.cloud, BOT)


def _kept_of(cloud: CloudStandIn) -> Any:
    """A copy of all it keeps, address books and files included."""
    with cloud.core.lock:
        cards = copy.deepcopy(vars(cloud.further.cards.store))
        return cloud.snapshot(), cards, kept_files(cloud)


def _put_back(cloud: CloudStandIn, kept: Any) -> None:
    calendars, cards, files = kept
    with cloud.core.lock:
        cloud.restore_backup(calendars)
        # Many rooms hold this store, so it stays the same one.
        vars(cloud.further.cards.store).update(copy.deepcopy(cards))
        put_back_files(cloud, files)


def _of_wiki(file: Path) -> Contents:
    with closing(sqlite3.connect(file)) as database:
        pages = database.execute("select tag, body, owner from pages where latest = 'Y'").fetchall()
        rights = database.execute("select fold, privilege, list from acls").fetchall()
        triples = database.execute("select fold, property, value from triples").fetchall()
        files = database.execute("select name from files").fetchall()
    found: Contents = {}
    for tag, body, owner in pages:
        found[f"wiki/{tag}"] = _without_dates(body)
        found[f"wiki/{tag} owner"] = owner
    for tag, privilege, rules in rights:
        found[f"wiki/{tag} {privilege}"] = rules
    for tag, name, value in triples:
        found.setdefault(f"wiki/{tag} triples", []).append((name, value))
    for (name,) in files:
        found[f"wiki/files/{name}"] = True
    return {name: sorted(it) if isinstance(it, list) else it for name, it in found.items()}


def _without_dates(body: str) -> Any:
    try:
        properties = json.loads(body)
    except ValueError:
        # The wiki's log of what was deleted is such a page: its order is that of time.
        return "\n".join(sorted(_MOMENT.sub("", body).splitlines()))
    return {name: it for name, it in properties.items() if name not in _BY_NATURE_TOO}


def _of_cloud(cloud: CloudStandIn) -> Contents:
    found: Contents = {}
    for uid in ACCOUNTS:
        for calendar in cloud.calendars(uid):
            place = f"cloud/{uid}/{calendar}"
            found[place] = True
            for name, body in cloud.resources(uid, calendar).items():
                found[f"{place}/{name}"] = _BY_NATURE.sub(b"", body).decode()
            if uid == BOT:
                for name, body in cloud.trash(uid, calendar).items():
                    found[f"{place}/trash/{name}"] = _BY_NATURE.sub(b"", body).decode()
    for one in cloud.core.store.calendars.values():
        place = f"cloud/{one.owner}/{one.uri}"
        found[f"{place} shares"] = sorted((it.principal, it.writable) for it in one.shares)
        found[f"{place} properties"] = {
            name: _STATE_ID.sub("a state", value) for name, value in one.properties.items()
        }
        found[f"{place} uids"] = sorted(it.uid for it in one.resources.values())
    return found


def _of_books(cloud: CloudStandIn) -> Contents:
    found: Contents = {}
    with cloud.core.lock:
        for book in cloud.further.cards.store.every():
            place = f"cloud/{book.owner}/books/{book.uri}"
            found[place] = sorted((it.principal, it.writable) for it in book.shares)
            found[f"{place} properties"] = {
                name: _STATE_ID.sub("a state", value) for name, value in book.properties.items()
            }
            for name, card in book.cards.items():
                found[f"{place}/{name}"] = _lines_of(card.body)
    return found


def _lines_of(card: bytes) -> str:
    """A card's lines: a logo that was fetched by a later run stands below the others."""
    plain = _BY_NATURE.sub(b"", card).decode().replace("\r\n ", "")
    return "\n".join(sorted(plain.splitlines()))


def serve(pipe: Connection, folder: Path, clock: SharedClock) -> None:
    """Obey until the other end is closed: (verb, words) in, the result out."""
    pair = _Pair(folder, clock)
    verbs: dict[str, Callable[..., Any]] = {
        name: getattr(pair, name)
        for name in ("begin", "act", "keep", "go_back", "quiet", "writes", "contents", "names")
    }
    while True:
        try:
            verb, words = pipe.recv()
        except EOFError:
            break
        pipe.send(verbs[verb](*words))
    pair.wiki.stop()
    pair.cloud.stop()


@dataclass
class Servers:
    """The other end of `serve`."""

    pipe: Connection
    process: BaseProcess

    @classmethod
    def start(cls, folder: Path, clock: SharedClock) -> Servers:
        """Start the process; it ends with this one."""
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()

        def run() -> None:
            ours.close()
            serve(theirs, folder, clock)

        process = context.Process(target=run, daemon=True)
        process.start()
        theirs.close()
        return cls(ours, process)

    def __call__(self, verb: str, *words: Any) -> Any:
        """Do it there."""
        self.pipe.send((verb, words))
        return self.pipe.recv()

    def close(self) -> None:
        """Let it end."""
        self.pipe.close()
        self.process.join()
