"""A library with a folder and a documents form: what its members do, and what its admin runs.

What members put into a file is unlike anything else, in its length too, so that it is known by the
words with which a side tells of it; what they call things is never what we would call them.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from oscartes_sync.errors import ConfigurationError, Outdated, SideError, StateError, UsageError
from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.operation import Action, Operation, State
from oscartes_sync.planning.plan import Conflict
from oscartes_sync.planning.rules import Decision
from oscartes_sync.ports import Cloud, StateStore, Wiki
from oscartes_sync.ports.contents import Contents
from oscartes_sync.ports.links import PublicLinks
from oscartes_sync.records.identity import PART, SUFFIX_LENGTH, entry_of, field_of, file_key
from oscartes_sync.records.problem import Side
from oscartes_sync.usecases.carrying import FilledCloud
from oscartes_sync.usecases.publishing import PublishedWiki
from oscartes_sync.usecases.report import BindingReport, RunReport
from oscartes_sync.usecases.resolve_conflict import resolve_conflict
from oscartes_sync.usecases.run import sync_run
from oscartes_sync.usecases.undo_run import undo_run
from oscartes_sync.usecases.world import Options, World
from tests.fakes.folder_side import FakeFolder
from tests.fakes.shelf_side import FILES, LINK, MAIN, TITLE, FakeShelf, keys_of
from tests.fakes.state import InMemoryStateStore
from tests.fakes.things import FakeClock
from tests.machine.gate import Fault, Gate, Gated, Killed, in_turns

Work = Callable[[World], RunReport]
OURS = "https://cloud.example/s/"
_SHORTEST = 10
_FALLBACKS = {"copy-linked-instead", "file-not-taken"}
_SIZE = re.compile(r"(\d+) \d{4}-")


@dataclass
class Ledger:
    """`due` are the contents that must lie on a side; `twins` those of which there may be two.

    `titles` and `paths` are what members called entries and files, by tag and by id.
    """

    due: set[bytes] = field(default_factory=set)
    twins: Counter[bytes] = field(default_factory=Counter)
    titles: dict[str, str] = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


class Library:
    """Both sides, the state, and the ledger of what members put there."""

    def __init__(self, binding: Binding, *, restless: bool = False) -> None:
        self.binding = binding
        self.clock = FakeClock()
        self.wiki = FakeShelf(clock=self.clock)
        self.cloud = FakeFolder(clock=self.clock, restless=restless)
        self.state = InMemoryStateStore()
        self.ledger = Ledger()
        self.number = 0
        self.undone = self.lost = False
        self.restored: set[int] = set()
        """Files that a member took out of the bin, where others may have their mark by then."""
        self.contents: dict[int, bytes] = {}

    # What members do in the wiki

    def next(self) -> int:
        self.number += 1
        return self.number

    def content(self) -> bytes:
        """What nobody ever put into a file, nor anything of its length."""
        number = self.next()
        made = f"{number}.".encode().ljust(_SHORTEST + number, b".")
        self.contents[len(made)] = made
        self.ledger.due.add(made)
        return made

    def tag(self, pick: int) -> str | None:
        tags = sorted(self.wiki.pages)
        return tags[pick % len(tags)] if tags else None

    def add_entry(self, *, filled: bool, owner: str) -> None:
        number = self.next()
        tag = f"Entree{number}"
        self.wiki.put(tag, owner=owner, **{TITLE: f"Titre {number}"})
        self.ledger.titles[tag] = f"Titre {number}"
        if filled:
            self.wiki.attach(tag, self.content())

    def attach(self, pick: int, name: str, *, program: bool = False) -> None:
        """A member puts a file into a field, whatever was there."""
        tag = self.tag(pick)
        if tag is not None:
            self._gave_up(self.wiki.held(tag, name))
            self.wiki.attach(tag, self.content(), name, "exe" if program else "pdf")

    def detach(self, pick: int) -> None:
        keys = keys_of(self.wiki)
        if keys:
            key = keys[pick % len(keys)]
            self._gave_up(self.wiki.held(entry_of(key), field_of(key)))
            self.wiki.put(entry_of(key), **{field_of(key): ""})

    def retitle(self, pick: int) -> None:
        tag = self.tag(pick)
        if tag is not None:
            self.ledger.titles[tag] = f"Titre {self.next()}"
            self.wiki.put(tag, **{TITLE: self.ledger.titles[tag]})

    def give_address(self, pick: int, *, nothing: bool) -> None:
        tag = self.tag(pick)
        if tag is not None:
            given = "" if nothing else f"https://elsewhere.example/{self.next()}"
            self.wiki.put(tag, **{LINK: given})
            self.ledger.links[tag] = given

    def remove_entry(self, pick: int) -> None:
        tag = self.tag(pick)
        if tag is not None:
            for name in FILES:
                self._gave_up(self.wiki.held(tag, name))
            self._gave_up_the_file_of(tag)
            self.wiki.remove(tag)
            self.ledger.titles.pop(tag, None)
            self.ledger.links.pop(tag, None)

    def _gave_up_the_file_of(self, tag: str) -> None:
        """An entry that is deleted may take the file that it tells of with it."""
        for link in self.state.all_links(self.binding.name):
            number = int(link.href.removeprefix("/f/") or 0)
            if link.tag == tag and link.origin is Side.CLOUD and number in self.cloud.files:
                self._gave_up(self.cloud.files[number].content)

    # What members do in the folder

    def file(self, pick: int) -> int | None:
        numbers = sorted(self.cloud.files)
        return numbers[pick % len(numbers)] if numbers else None

    def put(self, *, branch: str = "", program: bool = False) -> None:
        name = f"Fichier {self.next()}.{'exe' if program else 'pdf'}"
        path = f"{branch}/{name}" if branch else name
        self.ledger.paths[self.cloud.put(path, self.content())] = path

    def write(self, pick: int) -> None:
        number = self.file(pick)
        if number is not None:
            self._gave_up(self.cloud.files[number].content)
            self.cloud.put(self.cloud.files[number].path, self.content())

    def save_anew(self, pick: int) -> None:
        """A program of an office saves: the path is the same, the file is not."""
        number = self.file(pick)
        if number is not None:
            self._gave_up(self.cloud.files[number].content)
            path = self.ledger.paths.pop(number, None)
            made = self.cloud.save_anew(number, self.content())
            if path is not None:
                self.ledger.paths[made] = path

    def rename(self, pick: int, *, branch: str = "", ours: bool = False) -> None:
        """`ours`: it is our own account that a person uses, and the mark goes along."""
        number = self.file(pick)
        if number is not None:
            name = f"Nom {self.next()}.pdf"
            path = f"{branch}/{name}" if branch else name
            self.cloud.move(number, path, ours=ours)
            self.ledger.paths[number] = path

    def copy(self, pick: int) -> None:
        number = self.file(pick)
        if number is not None:
            content = self.cloud.files[number].content
            path = f"Copie {self.next()}.pdf"
            self.ledger.paths[self.cloud.copy(number, path)] = path
            self.ledger.twins[content] += 1

    def remove_file(self, pick: int, *, leave: bool = False) -> None:
        number = self.file(pick)
        if number is not None:
            content = self.cloud.files[number].content
            if self.ledger.twins[content] and self._lying(content) > 1:
                self.ledger.twins[content] -= 1
            else:
                self._gave_up(content)
            self.ledger.paths.pop(number, None)
            self.cloud.leave(number) if leave else self.cloud.remove(number)

    def restore(self, pick: int) -> None:
        numbers = sorted(self.cloud.bin)
        if numbers:
            number = numbers[pick % len(numbers)]
            content = self.cloud.bin[number].content
            if self._lying(content) or content in self._held():
                self.ledger.twins[content] += 1
            self.cloud.restore(number)
            self.restored.add(number)

    def put_in_both(self) -> None:
        """The same file in both places, by hand, under one name."""
        number = self.next()
        tag, content = f"Double{number}", self.content()
        self.wiki.put(tag, **{TITLE: f"Double {number}"})
        self.wiki.attach(tag, content)
        self.ledger.titles[tag] = f"Double {number}"
        self.cloud.put(f"double {number}.PDF", content)
        self.ledger.twins[content] += 1  # they are two once somebody renames one of them

    def _gave_up(self, content: bytes | None) -> None:
        """A member replaced or deleted what held this."""
        if content is not None:
            self.ledger.due.discard(content)

    def _lying(self, content: bytes) -> int:
        return sum(lying.content == content for lying in self.cloud.files.values())

    def _held(self) -> list[bytes]:
        found = (self.wiki.held(entry_of(key), field_of(key)) for key in keys_of(self.wiki))
        return [content for content in found if content is not None]

    # What the admin runs

    def sync(
        self, faults: Sequence[Fault] = (), order: int = 0, **options: Any
    ) -> BindingReport | None:
        """One run; None where it did not come to an end."""

        def work(world: World) -> RunReport:
            asked = Options(**options)
            return sync_run([world], asked, command="sync", state=world.state, clock=self.clock)

        return self._attempt(work, faults, order)

    def resolve(self, pick: int, decision: Decision) -> None:
        """Settle one of the conflicts that the state knows."""
        known = self.state.conflicts(self.binding.name)
        if not known:
            return
        conflict = known[pick % len(known)]
        self._decided(conflict, decision)

        def work(world: World) -> RunReport:
            return resolve_conflict(
                [world], conflict.id, decision, state=world.state, clock=self.clock
            )

        self._attempt(work, (), 0)

    def _decided(self, conflict: Conflict, decision: Decision) -> None:
        """What a decision takes away is given up by who decides."""
        if decision is not Decision.RESTORE:
            self.ledger.due -= set(self._told([conflict]))
            tag, number = conflict.entry or "", int((conflict.href or "0").removeprefix("/f/"))
            keys = FILES if PART not in tag else (field_of(tag),)
            if entry_of(tag) in self.wiki.pages:
                for name in keys:
                    self._gave_up(self.wiki.held(entry_of(tag), name))
            if number in self.cloud.files:
                self._gave_up(self.cloud.files[number].content)

    def undo(self, pick: int, faults: Sequence[Fault] = (), order: int = 0) -> None:
        """Undo one of the last runs: what it overwrites then is wanted so."""
        runs = [run for run in self.state.runs() if self.state.journal(run.run)]
        if runs:
            asked = runs[pick % len(runs)].run
            self.undone = True

            def work(world: World) -> RunReport:
                return undo_run([world], asked, state=world.state, clock=self.clock)

            self._attempt(work, faults, order)
            self.ledger.due &= self.visible()
            self._believe_what_is_there()

    def lose_state(self) -> None:
        """The state is gone, and what it alone knew."""
        self.state = InMemoryStateStore()
        self.lost = True
        # A file that lost its mark under another name is anybody's then.
        for lying in self.cloud.files.values():
            self.ledger.twins[lying.content] += 1
        for content in self._held():
            self.ledger.twins[content] += 1

    def _world(self, gate: Gate) -> World:
        wiki = Gated("wiki", self.wiki, gate)
        cloud = Gated("cloud", self.cloud, gate)
        contents = {Side.WIKI: cast("Contents", wiki), Side.CLOUD: cast("Contents", cloud)}
        return World(
            binding=self.binding,
            wiki=PublishedWiki(
                cast("Wiki", wiki),
                cast("PublicLinks", cloud),
                theirs=contents[Side.CLOUD],
                own=contents[Side.WIKI],
            ),
            cloud=FilledCloud(cast("Cloud", cloud), theirs=contents[Side.WIKI]),
            state=cast("StateStore", Gated("state", self.state, gate)),
            clock=self.clock,
            links=cast("PublicLinks", cloud),
            contents=contents,
        )

    def _attempt(self, work: Work, faults: Sequence[Fault], order: int) -> BindingReport | None:
        gate = Gate({fault.at: fault.how for fault in faults}, self._rival)
        report: RunReport | None = None
        ended = False
        try:
            with in_turns(order):
                report = work(self._world(gate))
            ended = True
        except (Killed, KeyboardInterrupt, StateError):
            pass
        except (UsageError, Outdated, ConfigurationError, SideError):
            ended = True
        bindings = report.bindings if report is not None else ()
        conflicts = [each for binding in bindings for each in binding.conflicts]
        self._account(conflicts, excused=not ended or bool(gate.met))
        self._nothing_twice()
        self._names_stay()
        return bindings[0] if bindings else None

    def _rival(self, side: Side, key: str | None) -> None:
        """A member comes in between."""
        pick = self.number
        if side is Side.WIKI and key is not None and entry_of(key) in self.wiki.pages:
            pick = sorted(self.wiki.pages).index(entry_of(key))
        deeds = (self.retitle, lambda n: self.attach(n, MAIN)), (self.write, self.rename)
        deeds[side is Side.CLOUD][self.number % 2](pick)

    # What must hold

    def visible(self) -> set[bytes]:
        """All that lies on a side."""
        return {lying.content for lying in self.cloud.files.values()} | set(self._held())

    def _told(self, conflicts: Sequence[Conflict]) -> set[bytes]:
        """The contents that conflicts name."""
        words = [
            word
            for conflict in conflicts
            for clash in (conflict.fields.get("content"),)
            if clash is not None
            for word in (clash.base, clash.wiki, clash.cloud)
            if isinstance(word, str)
        ]
        found = {self.wiki.disk[word] for word in words if word in self.wiki.disk}
        sizes = (match for match in map(_SIZE.match, words) if match)
        return found | {self.contents[int(m[1])] for m in sizes if int(m[1]) in self.contents}

    def _account(self, conflicts: Sequence[Conflict], *, excused: bool) -> None:
        """What is due and lies nowhere was told, or can be had again where a run was broken."""
        missing = self.ledger.due - self.visible()
        kept = [*self.cloud.files.values(), *self.cloud.bin.values(), *self.cloud.outside.values()]
        versions = {content for lying in kept for _, content in lying.versions}
        for content in missing:
            assert content in versions or content in self.wiki.disk.values(), f"lost: {content!r}"
        known = self._told([*conflicts, *self.state.conflicts(self.binding.name)])
        if not (excused or self.undone):
            assert missing <= known, f"overwritten: {missing - known!r}"
        self.ledger.due -= missing

    def _nothing_twice(self) -> None:
        lying = Counter(one.content for one in self.cloud.files.values())
        for side, found in (("folder", lying), ("wiki", Counter(self._held()))):
            for content, times in found.items():
                allowed = 1 + self.ledger.twins[content]
                assert times <= allowed or self.undone, f"twice in the {side}: {content!r}"
        ours = (one for n, one in self.cloud.files.items() if n not in self.restored)
        marks = Counter(one.mark.uid for one in ours if one.mark)
        assert all(times == 1 for times in marks.values()), f"two bear one mark: {marks}"
        made = [tag for tag in self.wiki.pages if not tag.startswith(("Entree", "Double"))]
        endings = Counter(tag[-SUFFIX_LENGTH:] for tag in made)
        assert all(times == 1 for times in endings.values()), f"two entries of one file: {made}"

    def _names_stay(self) -> None:
        """What a member called an entry or a file, nobody else calls otherwise."""
        for tag, title in self.ledger.titles.items():
            page = self.wiki.pages.get(tag)
            assert page is None or page.values[TITLE] == title, f"called otherwise: {tag}"
        for tag, given in self.ledger.links.items():
            page = self.wiki.pages.get(tag)
            assert page is None or page.values.get(LINK, "") == given, f"shown otherwise: {tag}"
        for number, path in self.ledger.paths.items():
            lying = self.cloud.files.get(number)
            assert lying is None or lying.path == path, f"renamed: {path} to {lying.path}"

    def _believe_what_is_there(self) -> None:
        """After an undo, what things are called is what it made of them."""
        titles = {tag: page.values[TITLE] for tag, page in self.wiki.pages.items()}
        self.ledger.titles = {t: titles[t] for t in self.ledger.titles.keys() & titles.keys()}
        self.ledger.paths = {
            n: self.cloud.files[n].path for n in self.ledger.paths.keys() & self.cloud.files.keys()
        }
        links = {tag: page.values.get(LINK, "") for tag, page in self.wiki.pages.items()}
        self.ledger.links = {t: links[t] for t in self.ledger.links.keys() & links.keys()}

    def _seen(self) -> tuple[Mapping[str, Any], Mapping[int, Any], Mapping[int, str]]:
        pages = {tag: dict(page.values) for tag, page in self.wiki.pages.items()}
        files = {n: (one.path, one.content, one.mark) for n, one in self.cloud.files.items()}
        return pages, files, dict(self.cloud.links)

    def settle(self) -> BindingReport:
        """Run until a run has nothing more to write."""
        last: BindingReport | None = None
        for _ in range(8):
            report = self.sync()
            assert report is not None, "a run in peace came to no end"
            at_rest = last is not None and last.operations == report.operations
            if at_rest and not any(map(_wrote, report.operations)):
                return report
            last = report
        raise AssertionError(f"never at rest: {last.operations if last else ()}")

    def converge(self) -> None:
        """At rest, another run and a look at everything write nothing and say the same."""
        report = self.settle()
        before = self._seen()
        for full in (False, True):
            again = self.sync(full=full)
            assert again is not None
            assert not any(map(_wrote, again.operations)), (full, again.operations)
            assert [c.id for c in again.conflicts] == [c.id for c in report.conflicts], full
            assert self._seen() == before, full
        assert not self.state.unfinished(self.binding.name)
        for link in self.state.all_links(self.binding.name):
            self._agrees(link)
        self._no_address_without_an_entry()

    def _agrees(self, link: Link) -> None:
        """Both sides of a link hold the same, but for what is open or was undone."""
        number = int(link.href.removeprefix("/f/"))
        here, there = link.tag, self.cloud.files.get(number)
        if there is None or link.dropped or self.undone or "content" in link.unsettled:
            return
        if entry_of(here) not in self.wiki.pages:
            return
        held = self.wiki.held(entry_of(here), field_of(here) or MAIN)
        if held is None and PART in here:
            return  # its deletion waits
        told = any(each.code in _FALLBACKS for each in link.problems)
        if link.origin is Side.WIKI or (self.binding.mode == "copy" and not told):
            assert held == there.content, f"differs: {here}"
        shown = self.wiki.pages[entry_of(here)].values.get(LINK, "")
        if link.origin is Side.CLOUD and shown.startswith(OURS):
            assert shown in self.cloud.links.values(), f"leads nowhere: {here}"

    def _no_address_without_an_entry(self) -> None:
        links = self.state.all_links(self.binding.name)
        told = {link.href for link in links if link.dropped is not Side.WIKI}
        shown = {page.values.get(LINK, "") for page in self.wiki.pages.values()}
        for number, link in self.cloud.links.items():
            # A run that knows of no entry, and does nothing, does not look at addresses either.
            known = f"/f/{number}" in told or link in shown or self.lost
            assert known, f"open to everybody: {number}"


def copied(state: InMemoryStateStore) -> InMemoryStateStore:
    """A backup; MISSING is known by being itself."""
    return copy.deepcopy(state, {id(MISSING): MISSING})


def _wrote(operation: Operation) -> bool:
    return operation.action is not Action.RELINK and operation.state is State.DONE


def part(tag: str, name: str = MAIN) -> str:
    """The key of a file in an entry."""
    return file_key(tag, name)
