"""Random histories of documents: members on both sides, the admin, and accidents, in any order."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from oscartes_sync.planning.binding import Binding, Deletions, Direction, MaxDelete, OnConflict
from oscartes_sync.planning.rules import Decision
from tests.fakes.shelf_side import FILES
from tests.fakes.things import US
from tests.machine.gate import Fault, How
from tests.machine.library import Library

picks = st.integers(0, 5)
orders = st.integers(0, 63)
branches = st.sampled_from(("", "", "Énergie", "Énergie/Eau"))
faults = st.lists(st.builds(Fault, st.integers(1, 30), st.sampled_from(list(How))), max_size=2).map(
    tuple
)
Faults = tuple[Fault, ...]
DOCUMENTS = Binding(
    name="documents",
    kind="documents",
    wiki="noe",
    cloud="noe",
    form="7",
    collection="GT",
    max_delete=MaxDelete(100),
)


class LibraryHistories(RuleBasedStateMachine):
    """Members act on both sides; now and then somebody runs the sync."""

    library: Library

    @initialize(
        mode=st.sampled_from(("link", "copy", "copy")),
        policy=st.sampled_from(list(OnConflict)),
        deletions=st.sampled_from(list(Deletions)),
        limit=st.sampled_from((MaxDelete(100), MaxDelete(100), MaxDelete(10), MaxDelete(0))),
        files=st.integers(0, 3),
        entries=st.integers(0, 2),
        restless=st.booleans(),
    )
    def begin(
        self,
        *,
        mode: Literal["link", "copy"],
        policy: OnConflict,
        deletions: Deletions,
        limit: MaxDelete,
        files: int,
        entries: int,
        restless: bool,
    ) -> None:
        self.library = Library(
            replace(
                DOCUMENTS, mode=mode, on_conflict=policy, deletions=deletions, max_delete=limit,
                direction=Direction.BOTH,
            ),
            restless=restless,
        )  # fmt: skip
        for _ in range(files):
            self.library.put()
        for _ in range(entries):
            self.library.add_entry(filled=True, owner="MarieDupont")
        self.library.sync()

    # Members in the wiki

    @rule(filled=st.booleans(), owner=st.sampled_from((US, "MarieDupont")))
    def add_entry(self, *, filled: bool, owner: str) -> None:
        self.library.add_entry(filled=filled, owner=owner)

    @rule(pick=picks, name=st.sampled_from(FILES), program=st.sampled_from((False, False, True)))
    def attach(self, pick: int, name: str, *, program: bool) -> None:
        self.library.attach(pick, name, program=program)

    @rule(pick=picks)
    def detach(self, pick: int) -> None:
        self.library.detach(pick)

    @rule(pick=picks)
    def retitle(self, pick: int) -> None:
        self.library.retitle(pick)

    @rule(pick=picks, nothing=st.booleans())
    def give_address(self, pick: int, *, nothing: bool) -> None:
        self.library.give_address(pick, nothing=nothing)

    @rule(pick=picks)
    def remove_entry(self, pick: int) -> None:
        self.library.remove_entry(pick)

    # Members in the folder

    @rule(branch=branches, program=st.sampled_from((False, False, True)))
    def put(self, branch: str, *, program: bool) -> None:
        self.library.put(branch=branch, program=program)

    @rule(pick=picks)
    def write(self, pick: int) -> None:
        self.library.write(pick)

    @rule(pick=picks)
    def save_anew(self, pick: int) -> None:
        self.library.save_anew(pick)

    @rule(pick=picks, branch=branches, ours=st.booleans())
    def rename(self, pick: int, branch: str, *, ours: bool) -> None:
        self.library.rename(pick, branch=branch, ours=ours)

    @rule(pick=picks)
    def copy(self, pick: int) -> None:
        self.library.copy(pick)

    @rule(pick=picks, leave=st.booleans())
    def remove_file(self, pick: int, *, leave: bool) -> None:
        self.library.remove_file(pick, leave=leave)

    @rule(pick=picks)
    def restore(self, pick: int) -> None:
        self.library.restore(pick)

    @rule()
    def put_in_both(self) -> None:
        self.library.put_in_both()

    @rule(pick=picks, other=picks, name=st.sampled_from(FILES))
    def write_both(self, pick: int, other: int, name: str) -> None:
        """Two members write on the two sides, on the eve of a run."""
        self.library.write(pick)
        self.library.attach(other, name)

    # Admins

    @rule(faults=faults, order=orders, full=st.booleans())
    def sync(self, faults: Faults, order: int, *, full: bool) -> None:
        self.library.sync(faults, order, full=full)

    @rule(order=orders)
    def sync_in_peace(self, order: int) -> None:
        self.library.sync((), order, allow_empty=True, max_delete=MaxDelete(100))

    @rule(pick=picks, decision=st.sampled_from(list(Decision)))
    def resolve(self, pick: int, decision: Decision) -> None:
        self.library.resolve(pick, decision)

    @rule(pick=st.integers(0, 2), faults=faults, order=orders)
    def undo(self, pick: int, faults: Faults, order: int) -> None:
        self.library.undo(pick, faults, order)

    @rule(policy=st.sampled_from(list(OnConflict)), deletions=st.sampled_from(list(Deletions)))
    def reconfigure(self, policy: OnConflict, deletions: Deletions) -> None:
        self.library.binding = replace(
            self.library.binding, on_conflict=policy, deletions=deletions
        )

    @rule()
    def lose_state(self) -> None:
        self.library.lose_state()

    @rule(days=st.integers(1, 60))
    def wait(self, days: int) -> None:
        self.library.clock.sleep(days * 86400)

    # What must hold

    @rule()
    def converge(self) -> None:
        self.library.converge()

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.library.converge()
