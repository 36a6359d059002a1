"""`ports.StateStore` on a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Final, Self

from sqlalchemy import delete, insert, select

from oscartes_sync.adapters.state import (
    forgetting,
    history,
    identity,
    memberships,
    pairs,
    spaces,
)
from oscartes_sync.adapters.state.database import Database
from oscartes_sync.adapters.state.lock import Notice, held
from oscartes_sync.adapters.state.tables import notes
from oscartes_sync.planning.baseline import Baseline, LeftOut, Link
from oscartes_sync.planning.membership import Membership
from oscartes_sync.planning.plan import Conflict
from oscartes_sync.planning.spaces.values import KeptSpace
from oscartes_sync.ports import (
    BindingState,
    Forgotten,
    Intention,
    Journalled,
    RunRecord,
    Settlement,
)

_STATE_ID: Final = "state-id"


def _silent(_code: str, _params: Mapping[str, str]) -> None:
    """Tell nobody."""


class SqlStateStore:
    """The memory between runs, in the database at `url` (SQLAlchemy's form).

    `read_only`: nothing is made or claimed; where there is no state yet, an empty one answers.
    `notice` is told `state-waiting` before the lock is waited for.

    Raises:
        StateError: `state-url`, `state-not-ours`, `state-newer` (the constructor alone);
            `state-unopenable`, `state-readonly`, `state-disk-full`, `state-disk-failing`,
            `state-unlockable`, `state-gone`, `state-corrupt`, `state-unreachable` (any method). The
            state is then as it was before the method was called.
        StateLocked: `state-busy` where another program holds the file.
    """

    def __init__(self, url: str, *, notice: Notice = _silent, read_only: bool = False) -> None:
        self._read_only = read_only
        self._notice = notice
        self._database = Database(url, read_only=read_only)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def lock(self, wait: float) -> AbstractContextManager[None]:
        """See `lock.held`."""
        return held(self._database, wait, self._notice)

    def claim(self, wikis: Mapping[str, str], bindings: Mapping[str, str]) -> None:
        """Freeze new ids, and compare those that are known.

        A binding that never linked anything may become another: nothing would point elsewhere.

        Raises:
            StateError: `wiki-moved` with both addresses; `foreign-state` with the configuration's
                `key`.
        """
        said = identity.wanted(wikis, bindings)
        with self._database.read() as connection:
            frozen = identity.known(connection)
            others = identity.strangers(
                frozen, said, partial(pairs.has_links, connection), self._database.place
            )
        if identity.is_settled(frozen, said) or self._read_only:
            return
        with self._database.write() as connection:
            identity.freeze(connection, frozen, said, others)

    def rename_wiki(self, old: str, new: str) -> Sequence[str]:
        """The wiki at URL `old` is at `new` now; the ids of the wikis that it was frozen for.

        Raises:
            StateError: `wiki-unknown` with the addresses that are `known`.
        """
        with self._database.write() as connection:
            return identity.rename(connection, old, new)

    def identity(self, make: Callable[[], str]) -> str:
        """The state's own name, made once; "" for a look that finds none."""
        name = self.recall(_STATE_ID)
        if name is None and not self._read_only:
            name = make()
            self.remember(_STATE_ID, name)
        return name or ""

    def baseline(self, binding: str) -> Baseline:
        """The light heads of all links, and what was left out."""
        with self._database.read() as connection:
            return pairs.baseline(connection, binding)

    def links(self, binding: str, uids: Iterable[str]) -> Mapping[str, Link]:
        """The whole links of these uids; unknown ones are left away."""
        found: dict[str, Link] = {}
        with self._database.read() as connection:
            for batch in pairs.in_batches(uids):
                found.update(
                    (link.uid, link) for link in pairs.links_of(connection, binding, batch)
                )
        return found

    def all_links(self, binding: str) -> Iterator[Link]:
        """Every link in the order of uids, read a few hundred at a time.

        No read stays open between two of them, so links may be settled meanwhile.
        """
        last = ""
        while True:
            with self._database.read() as connection:
                batch = pairs.links_after(connection, binding, last)
            if not batch:
                return
            yield from batch
            last = batch[-1].uid

    def begin(self, run: RunRecord) -> None:
        """A run starts."""
        with self._database.write() as connection:
            history.begin(connection, run)

    def intend(
        self,
        run: str,
        binding: str,
        intended: Sequence[Intention],
        merged: Sequence[Conflict] = (),
    ) -> Sequence[int]:
        """Journal operations before any is sent, and what they settle, in one transaction."""
        if not intended:
            return []
        with self._database.write() as connection:
            history.keep_conflicts(connection, binding, run, merged)
            return history.intend(connection, run, binding, intended)

    def settle(self, binding: str, settlement: Settlement) -> None:
        """Record results and the links they leave, in one transaction."""
        with self._database.write() as connection:
            pairs.drop_links(connection, binding, settlement.forgotten)
            pairs.keep_links(connection, binding, settlement.links)
            pairs.keep_left_out(connection, binding, settlement.left_out)
            history.finish(connection, settlement.results, settlement.open)

    def close_binding(
        self,
        binding: str,
        *,
        run: str,
        left_out: Sequence[LeftOut],
        conflicts: Sequence[Conflict],
        wiki_cursor: str,
        cloud_cursor: str,
        ended: datetime,
        success: bool,
    ) -> None:
        """The run is over for this binding: replace what is left out, conflicts and bookmarks."""
        with self._database.write() as connection:
            pairs.replace_left_out(connection, binding, left_out)
            history.replace_conflicts(connection, binding, run, ended, conflicts)
            history.bookmark(
                connection,
                binding,
                wiki_cursor=wiki_cursor,
                cloud_cursor=cloud_cursor,
                ended=ended,
                success=success,
            )

    def end(self, run: str, ended: datetime, exit_code: int) -> None:
        """A run ends."""
        with self._database.write() as connection:
            history.end(connection, run, ended, exit_code)

    def unfinished(self, binding: str) -> Sequence[Journalled]:
        """Intentions that never got a result, oldest first."""
        with self._database.read() as connection:
            return history.unfinished(connection, binding)

    def abandon(self, numbers: Sequence[int]) -> None:
        """These intentions were looked into and are settled by what is there now."""
        with self._database.write() as connection:
            history.abandon(connection, numbers)

    def status(self, bindings: Sequence[str]) -> Sequence[BindingState]:
        """What `status` tells, in the order asked."""
        with self._database.read() as connection:
            return [history.status(connection, name) for name in bindings]

    def conflicts(self, binding: str) -> Sequence[Conflict]:
        """The open conflicts, and the settled ones that are not purged yet."""
        with self._database.read() as connection:
            return history.conflicts_of(connection, binding)

    def runs(self) -> Sequence[RunRecord]:
        """All runs, newest first."""
        with self._database.read() as connection:
            return history.all_runs(connection)

    def journal(self, run: str) -> Sequence[Journalled]:
        """What one run wrote."""
        with self._database.read() as connection:
            return history.of_run(connection, run)

    def purge(self, before: datetime) -> int:
        """Drop before- and after-images of runs that ended before this; how many."""
        with self._database.write() as connection:
            return forgetting.purge(connection, before)

    def forget(self, binding: str, thing: Forgotten) -> int:
        """Erase one thing, and keep it out; so many operations of the journal were emptied."""
        with self._database.write() as connection:
            return forgetting.forget(connection, binding, thing)

    def memberships(self, binding: str) -> Sequence[Membership]:
        """Who was agreed to be in the groups of this binding, in order."""
        with self._database.read() as connection:
            return memberships.of_binding(connection, binding)

    def keep_memberships(self, binding: str, place: str, kept: Sequence[Membership]) -> None:
        """Write what is known of one group, in the place of all that was."""
        with self._database.write() as connection:
            memberships.replace_all(connection, binding, place, kept)

    def spaces(self, kind: str) -> Mapping[str, KeptSpace]:
        """See `ports.spaces.SpaceMemory`."""
        return {kept.tag: kept for kept in self.all_spaces([kind])}

    def all_spaces(self, kinds: Iterable[str]) -> Sequence[KeptSpace]:
        """What is remembered of the spaces of several kinds, in order."""
        with self._database.read() as connection:
            return spaces.of_kinds(connection, kinds)

    def keep_space(self, kept: KeptSpace) -> None:
        """See `ports.spaces.SpaceMemory`."""
        with self._database.write() as connection:
            spaces.keep(connection, kept)

    def recall(self, key: str) -> str | None:
        """A small remembered text."""
        with self._database.read() as connection:
            return connection.execute(select(notes.c.value).where(notes.c.key == key)).scalar()

    def remember(self, key: str, value: str) -> None:
        """Keep a small text; a look that writes nothing keeps none."""
        if self._read_only:
            return
        with self._database.write() as connection:
            connection.execute(delete(notes).where(notes.c.key == key))
            connection.execute(insert(notes).values(key=key, value=value))
