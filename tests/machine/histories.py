"""Random histories: members, admins and accidents, in any order.

Whatever happened, the sides converge, nothing anybody typed is lost, nothing is there twice, and a
run after that writes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from oscartes_sync.planning.binding import Binding, Deletions, Direction, MaxDelete, OnConflict
from oscartes_sync.planning.rules import Decision
from oscartes_sync.records.problem import Side
from tests.machine.gate import Fault, How
from tests.machine.trades import mark_of
from tests.machine.village import Accident, Deed, Village

kinds = st.sampled_from(("events", "events", "events", "contacts"))
sides = st.sampled_from(list(Side))
picks = st.integers(0, 5)
orders = st.integers(0, 63)
fields = st.sampled_from(
    ("title", "place", "description", "categories", "start", "no place", "no label", "nothing")
)
faults = st.lists(st.builds(Fault, st.integers(1, 24), st.sampled_from(list(How))), max_size=2).map(
    tuple
)
Faults = tuple[Fault, ...]
limits = st.sampled_from((MaxDelete(100), MaxDelete(10), MaxDelete(1, percent=False), MaxDelete(0)))


class Histories(RuleBasedStateMachine):
    """Members act on both sides; now and then somebody runs the sync."""

    village: Village

    @initialize(
        kind=kinds,
        policy=st.sampled_from(list(OnConflict)),
        deletions=st.sampled_from(list(Deletions)),
        direction=st.sampled_from([*[Direction.BOTH] * 4, *Direction]),
        limit=limits,
        born=st.lists(sides, max_size=4),
        consent=st.sampled_from(("", "accord=oui")),
        erases=st.sampled_from((True, True, True, False)),
        logos=st.booleans(),
    )
    def begin(
        self,
        *,
        kind: Literal["events", "contacts"],
        policy: OnConflict,
        deletions: Deletions,
        direction: Direction,
        limit: MaxDelete,
        born: list[Side],
        consent: str,
        erases: bool,
        logos: bool,
    ) -> None:
        directory = kind == "contacts"
        self.village = Village(
            Binding(
                name="agenda",
                kind=kind,
                consent=consent if directory else "",
                wiki="noe",
                cloud="noe",
                form="6",
                collection="agenda",
                on_conflict=policy,
                deletions=Deletions.PROPAGATE if directory and erases else deletions,
                direction=direction,
                max_delete=limit,
            )
        )
        self.village.cloud.logos = logos
        for number, side in enumerate(born):
            self.village.create(side, series=directory and number % 2 == 0)
        self.village.sync()

    # Members

    @rule(side=sides, owner=st.sampled_from(("RobotNuage", "MarieDupont")), series=st.booleans())
    def create(self, side: Side, owner: str, series: bool) -> None:
        self.village.create(side, owner=owner, series=series)

    @rule(side=sides, pick=picks, name=fields, line=st.integers(0, 2))
    def edit(self, side: Side, pick: int, name: str, line: int) -> None:
        self.village.edit(side, self.village.pick(side, pick), name, line=line)

    @rule(pick=picks, name=fields, line=st.integers(0, 2), other=fields)
    def edit_both(self, pick: int, name: str, line: int, other: str) -> None:
        """Two members edit the two sides of one event."""
        tag = self.village.pick(Side.WIKI, pick)
        if tag is None:
            return
        mark = mark_of(self.village.wiki.things[tag].record)
        self.village.edit(Side.WIKI, tag, name, line=line)
        for href, thing in sorted(self.village.cloud.things.items()):
            if mark_of(thing.record) == mark:
                self.village.edit(Side.CLOUD, href, other, line=line)

    @rule(
        side=sides,
        pick=picks,
        name=st.sampled_from(("series", "no series")),
        line=st.integers(0, 2),
    )
    def repeat(self, side: Side, pick: int, name: str, line: int) -> None:
        """A member makes a series of an event of the calendar, or one event of a series.

        Of a contact, the logo is chosen in the wiki, or taken away.
        """
        side = side if self.village.binding.kind == "contacts" else Side.CLOUD
        self.village.edit(side, self.village.pick(side, pick), name, line=line)

    @rule(side=sides, pick=picks, name=fields, line=st.integers(0, 2), order=orders)
    def edit_and_remove(self, side: Side, pick: int, name: str, line: int, order: int) -> None:
        """A member edits one side while the other is deleted, on the eve of a run."""
        key = self.village.pick(side, pick)
        if key is not None:
            mark = mark_of(self.village.sides[side].things[key].record)
            self.village.edit(side, key, name, line=line)
            self.village.remove_all(side.other, mark)
            self.village.sync((), order)

    @precondition(lambda self: self.village.binding.kind == "contacts")
    @rule(pick=picks, count=st.integers(1, 3), line=st.integers(0, 1))
    def telephones(self, pick: int, count: int, line: int) -> None:
        """A card has more telephones than the form has room for, and then the wiki's change."""
        key = self.village.pick(Side.CLOUD, pick)
        if key is not None:
            for _ in range(count):
                self.village.edit(Side.CLOUD, key, "start", line=0)
            mark = mark_of(self.village.cloud.things[key].record)
            self.village.sync()
            for tag, thing in sorted(self.village.wiki.things.items()):
                if mark_of(thing.record) == mark:
                    self.village.edit(Side.WIKI, tag, "start", line=line)

    @precondition(lambda self: self.village.binding.kind == "contacts")
    @rule(there=st.booleans())
    def logos(self, there: bool) -> None:
        """The server of the logos fails, or is back."""
        self.village.cloud.logos = there

    @rule(deed=st.sampled_from(list(Deed)), side=sides, pick=picks)
    def act(self, deed: Deed, side: Side, pick: int) -> None:
        self.village.act(deed, side, pick)

    # Admins

    @rule(faults=faults, order=orders, full=st.booleans())
    def sync(self, faults: Faults, order: int, full: bool) -> None:
        self.village.sync(faults, order, full=full)

    @rule(order=orders, allow=st.booleans())
    def sync_in_peace(self, order: int, allow: bool) -> None:
        """A run that meets no fault; `allow`: it may remove all there is."""
        limit = {"allow_empty": True, "max_delete": MaxDelete(100)} if allow else {}
        self.village.sync((), order, **limit)

    @rule(pick=picks, decision=st.sampled_from(list(Decision)), faults=faults, order=orders)
    def resolve(self, pick: int, decision: Decision, faults: Faults, order: int) -> None:
        self.village.resolve(pick, decision, faults, order)

    @rule(pick=st.integers(0, 2), faults=faults, order=orders)
    def undo(self, pick: int, faults: Faults, order: int) -> None:
        self.village.undo(pick, faults, order)

    @rule(side=sides, pick=picks, faults=faults, order=orders)
    def forget(self, side: Side, pick: int, faults: Faults, order: int) -> None:
        self.village.forget(side, pick, faults, order)

    @rule(days=st.integers(1, 200))
    def wait(self, days: int) -> None:
        self.village.clock.sleep(days * 86400)

    @rule(
        policy=st.sampled_from(list(OnConflict)),
        deletions=st.sampled_from(list(Deletions)),
        limit=limits,
        publish=st.sampled_from(("all", "all", "none", "category:Atelier")),
        where=st.sampled_from(("", "", "selected")),
        erases=st.sampled_from((True, True, True, False)),
    )
    def reconfigure(
        self,
        *,
        policy: OnConflict,
        deletions: Deletions,
        limit: MaxDelete,
        publish: str,
        where: str,
        erases: bool,
    ) -> None:
        """Another policy, or another choice of what is mirrored."""
        directory = self.village.binding.kind == "contacts"
        self.village.binding = replace(
            self.village.binding,
            on_conflict=policy,
            deletions=Deletions.PROPAGATE if directory and erases else deletions,
            max_delete=limit,
            publish=publish,
            where=where,
        )

    @rule(accident=st.sampled_from(list(Accident)), pick=picks)
    def happen(self, accident: Accident, pick: int) -> None:
        self.village.happen(accident, pick)

    # What must hold

    @rule()
    def converge(self) -> None:
        self.village.converge()

    @rule()
    def converge_on_both_machines(self) -> None:
        for _ in range(4):
            self.village.happen(Accident.OTHER_MACHINE, 0)
            self.village.settle()
        self.village.converge()

    def teardown(self) -> None:
        if hasattr(self, "village"):
            self.village.converge()
            self.village.cloud.logos = True
            self.village.converge()
