"""A `StateStore` in memory, held to the same contract as the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from oscartes_sync.errors import StateError, StateLocked
from oscartes_sync.planning.baseline import Baseline, LeftOut, Link, LinkHead
from oscartes_sync.planning.membership import Membership
from oscartes_sync.planning.plan import Conflict, ConflictKind
from oscartes_sync.ports import (
    BindingState,
    Forgotten,
    Intention,
    Journalled,
    RunRecord,
    Settlement,
)
from oscartes_sync.records.fingerprint import record_to_json
from oscartes_sync.records.identity import forgotten_digest
from oscartes_sync.records.problem import Problem, Side


@dataclass
class _Memory:
    """What is kept of one binding."""

    links: dict[str, Link] = field(default_factory=dict)
    left_out: dict[tuple[Side, str], LeftOut] = field(default_factory=dict)
    conflicts: dict[str, tuple[Conflict, datetime]] = field(default_factory=dict)
    wiki_cursor: str = ""
    cloud_cursor: str = ""
    forgotten: set[str] = field(default_factory=set)
    memberships: dict[str, tuple[Membership, ...]] = field(default_factory=dict)
    last_run: datetime | None = None
    last_success: datetime | None = None


def _head(link: Link) -> LinkHead:
    return LinkHead(
        uid=link.uid,
        origin=link.origin,
        tag=link.tag,
        href=link.href,
        wiki_token=link.wiki_token,
        cloud_token=link.cloud_token,
        restless=bool(link.unsettled),
        due=link.due,
        dropped=link.dropped,
    )


def _emptied(entry: Journalled, *, keys: bool) -> Journalled:
    """Without what anybody typed; with `keys` it still says which thing it was."""
    old = entry.operation
    problem = (
        Problem(old.problem.code, old.problem.severity, old.problem.side) if old.problem else None
    )
    bare = replace(old, record=None, changes=(), title="", problem=problem)
    if not keys:
        bare = replace(bare, uid="", entry=None, href=None, token="", other_token="")
    return replace(entry, operation=bare, before=None, after=None, image=None, left="")


class InMemoryStateStore:
    """`settled` counts settlements, so that a test can tell that nothing was written."""

    def __init__(self) -> None:
        self._bindings: dict[str, _Memory] = {}
        self._identities: dict[str, str] = {}
        self._runs: dict[str, RunRecord] = {}
        self._journal: dict[int, tuple[str, Journalled]] = {}
        self._abandoned: set[int] = set()
        self._purged: set[int] = set()
        self._notes: dict[str, str] = {}
        self._locked = False
        self.settled = 0

    def _of(self, binding: str) -> _Memory:
        return self._bindings.setdefault(binding, _Memory())

    @contextmanager
    def lock(self, wait: float) -> Iterator[None]:
        if self._locked:
            raise StateLocked("state-locked", path="memory", seconds=f"{wait:g}")
        self._locked = True
        try:
            yield
        finally:
            self._locked = False

    def claim(self, wikis: Mapping[str, str], bindings: Mapping[str, str]) -> None:
        wanted = {f"wikis.{name}": url.rstrip("/") for name, url in wikis.items()}
        wanted |= {f"bindings.{name}": identity for name, identity in bindings.items()}
        for key, identity in sorted(wanted.items()):
            if self._identities.get(key, identity) == identity:
                continue
            name = key.removeprefix("bindings.")
            if name == key:
                old = self._identities[key]
                blanks = {"name": key.removeprefix("wikis."), "old": old, "new": identity}
                raise StateError("wiki-moved", path="memory", **blanks)
            if self._of(name).links:
                raise StateError("foreign-state", path="memory", key=key)
            del self._bindings[name]
        self._identities |= wanted

    def rename_wiki(self, old: str, new: str) -> Sequence[str]:
        wikis = {key: url for key, url in self._identities.items() if key.startswith("wikis.")}
        moved = [key for key, url in wikis.items() if url == old.rstrip("/")]
        if not moved:
            known = ", ".join(sorted(set(wikis.values())))
            raise StateError("wiki-unknown", url=old, known=known or "–")
        self._identities |= dict.fromkeys(moved, new.rstrip("/"))
        for memory in self._bindings.values():
            memory.links = {uid: replace(link, wiki_token="") for uid, link in memory.links.items()}
        return sorted(key.removeprefix("wikis.") for key in moved)

    def baseline(self, binding: str) -> Baseline:
        memory = self._of(binding)
        ordered = [memory.links[uid] for uid in sorted(memory.links)]
        left = [memory.left_out[key] for key in sorted(memory.left_out)]
        return Baseline(
            heads=tuple(map(_head, ordered)),
            left_out=tuple(left),
            problems=tuple(problem for link in ordered for problem in link.problems),
            wiki_cursor=memory.wiki_cursor,
            cloud_cursor=memory.cloud_cursor,
            forgotten=frozenset(memory.forgotten),
        )

    def links(self, binding: str, uids: Iterable[str]) -> Mapping[str, Link]:
        known = self._of(binding).links
        return {uid: known[uid] for uid in uids if uid in known}

    def all_links(self, binding: str) -> Iterator[Link]:
        known = self._of(binding).links
        for uid in sorted(known):
            yield known[uid]

    def begin(self, run: RunRecord) -> None:
        self._runs[run.run] = run

    def intend(
        self,
        run: str,
        binding: str,
        intended: Sequence[Intention],
        merged: Sequence[Conflict] = (),
    ) -> Sequence[int]:
        kept = {each.id: (each, self._runs[run].started) for each in merged}
        self._of(binding).conflicts.update(kept)
        numbers = []
        for each in intended:
            number = len(self._journal) + 1
            entry = Journalled(
                number=number,
                binding=binding,
                operation=each.operation,
                before=record_to_json(each.before) if each.before else None,
                image=each.image,
            )
            self._journal[number] = (run, entry)
            numbers.append(number)
        return numbers

    def settle(self, binding: str, settlement: Settlement) -> None:
        self.settled += 1
        memory = self._of(binding)
        for uid in settlement.forgotten:
            memory.links.pop(uid, None)
        memory.links.update((link.uid, link) for link in settlement.links)
        memory.left_out.update(((left.side, left.key), left) for left in settlement.left_out)
        for number, (operation, seen) in settlement.results.items():
            run, entry = self._journal[number]
            ended = replace(
                entry,
                operation=operation,
                after=record_to_json(seen.record) if seen else None,
                left=seen.token if seen else "",
                finished=number not in settlement.open,
            )
            self._journal[number] = (run, ended)

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
        assert run in self._runs
        memory = self._of(binding)
        memory.left_out = {(left.side, left.key): left for left in left_out}
        kept = {key: pair for key, pair in memory.conflicts.items() if not pair[0].open}
        memory.conflicts = kept | {each.id: (each, ended) for each in conflicts}
        memory.wiki_cursor, memory.cloud_cursor = wiki_cursor, cloud_cursor
        memory.last_run = ended
        if success:
            memory.last_success = ended

    def end(self, run: str, ended: datetime, exit_code: int) -> None:
        self._runs[run] = replace(self._runs[run], ended=ended, exit=exit_code)

    def unfinished(self, binding: str) -> Sequence[Journalled]:
        return [
            entry
            for number, (_, entry) in self._journal.items()
            if entry.binding == binding and not entry.finished and number not in self._abandoned
        ]

    def abandon(self, numbers: Sequence[int]) -> None:
        self._abandoned.update(numbers)

    def status(self, bindings: Sequence[str]) -> Sequence[BindingState]:
        return [self._status(name) for name in bindings]

    def _status(self, name: str) -> BindingState:
        memory = self._of(name)
        kinds = [each.kind for each, _ in memory.conflicts.values() if each.open]
        deletions = kinds.count(ConflictKind.DELETION)
        return BindingState(
            name=name,
            links=len(memory.links),
            conflicts=len(kinds) - deletions,
            pending_deletions=deletions,
            last_run=memory.last_run,
            last_success=memory.last_success,
        )

    def conflicts(self, binding: str) -> Sequence[Conflict]:
        kept = self._of(binding).conflicts
        return [kept[key][0] for key in sorted(kept)]

    def runs(self) -> Sequence[RunRecord]:
        return sorted(self._runs.values(), key=lambda run: (run.started, run.run), reverse=True)

    def journal(self, run: str) -> Sequence[Journalled]:
        return [entry for owner, entry in self._journal.values() if owner == run]

    def purge(self, before: datetime) -> int:
        old = {run.run for run in self._runs.values() if (run.ended or run.started) < before}
        emptied = 0
        for number, (run, entry) in self._journal.items():
            settled = entry.finished or number in self._abandoned
            if run in old and settled and number not in self._purged:
                self._purged.add(number)
                self._journal[number] = (run, _emptied(entry, keys=True))
                emptied += 1
        self._forget_conflicts(before)
        with_journal = {run for run, _ in self._journal.values()}
        for name in old - with_journal:
            del self._runs[name]
        return emptied

    def memberships(self, binding: str) -> Sequence[Membership]:
        rows = [row for kept in self._of(binding).memberships.values() for row in kept]
        return sorted(rows, key=Membership.sort_key)

    def keep_memberships(self, binding: str, place: str, kept: Sequence[Membership]) -> None:
        self._of(binding).memberships[place] = tuple(kept)

    def forget(self, binding: str, thing: Forgotten) -> int:
        memory = self._of(binding)
        named = {each for each in (thing.uid, thing.tag, thing.href) if each}
        memory.links = {
            uid: link
            for uid, link in memory.links.items()
            if not named & {link.uid, link.tag, link.href}
        }
        memory.left_out = {
            key: left for key, left in memory.left_out.items() if left.key not in named
        }
        memory.conflicts = {
            key: pair
            for key, pair in memory.conflicts.items()
            if not named & {pair[0].uid, pair[0].entry, pair[0].href}
        }
        memory.memberships = {
            place: tuple(row for row in rows if row.entry not in named)
            for place, rows in memory.memberships.items()
        }
        hits = [
            number
            for number, (_, entry) in self._journal.items()
            if entry.binding == binding
            and named & {entry.operation.uid, entry.operation.entry, entry.operation.href}
        ]
        for number in hits:
            run, entry = self._journal[number]
            self._journal[number] = (run, _emptied(entry, keys=False))
            self._purged.add(number)
            if not entry.finished:
                self._abandoned.add(number)
        memory.forgotten |= {forgotten_digest(binding, each) for each in named}
        return len(hits)

    def _forget_conflicts(self, before: datetime) -> None:
        for memory in self._bindings.values():
            memory.conflicts = {
                key: (each, seen)
                for key, (each, seen) in memory.conflicts.items()
                if each.open or seen >= before
            }

    def identity(self, make: Callable[[], str]) -> str:
        return self._notes.setdefault("state-id", make())

    def recall(self, key: str) -> str | None:
        return self._notes.get(key)

    def remember(self, key: str, value: str) -> None:
        self._notes[key] = value
