"""What is deleted, or withdrawn, on one side, and what becomes of it on the other: by policy, by
where it was born, by who owns the entry, by how many they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from oscartes_sync.records.identity import has_suffix, suffix
from tests.e2e.acceptance import resource
from tests.e2e.conftest import BOT, CALENDAR, Pair

BAD, MEMBER, ROBOT = "ReunionDePreparation", "ClaireMorel", "RobotNuage"
PLANTS, EAU, FETE, CAFE = (
    "BourseAuxPlantes",
    "ConferenceEauEtSols",
    "FeteDesCommunsDOrsay",
    "CafeCitoyenDeLYvette",
)
GONE = ("wiki", "cloud")
KINDS = {"4.4": "checkboxListeTypeDEvenement", "4.5": "bf_type_evenement"}


@dataclass(frozen=True)
class Thing:
    """One pair: where it was born, who owns its entry, on which side somebody deletes it."""

    origin: str
    owner: str
    gone: str
    tag: str
    name: str

    @property
    def pending(self) -> bool:
        """Whether it waits for its owner though deletions are propagated."""
        return self.gone == "cloud" and self.owner == MEMBER


def uid(number: int) -> str:
    return f"{number}@autre-client"


def event(number: int, *more: str) -> bytes:
    return resource(
        uid(number),
        f"DTSTART;TZID=Europe/Paris:202701{10 + number}T100000",
        f"DTEND;TZID=Europe/Paris:202701{10 + number}T120000",
        f"SUMMARY:Rencontre {number}",
        *more,
    )


def tag_of(pair: Pair, number: int) -> str:
    ending = suffix("noe", "6", CALENDAR, uid(number))
    (found,) = [tag for tag in pair.wiki.entries(6) if has_suffix(tag, ending)]
    return found


def named(tag: str) -> str:
    return f"{tag}.noe.ics"


def codes(report: dict[str, Any]) -> list[str]:
    return sorted(each["code"] for each in report["problems"])


def writes(report: dict[str, Any], status: str = "done") -> set[tuple[str, str, str]]:
    return {
        (each["action"], each["side"], each["entry"])
        for each in report["operations"]
        if each["action"] != "relink" and each["status"] == status
    }


def owners_named(report: dict[str, Any]) -> set[str]:
    """The entries whose problem names their owner."""
    return {
        each["entry"]
        for each in report["problems"]
        if MEMBER in each["message"] + each["remedy"] and each["severity"] == "error"
    }


def pending(report: dict[str, Any]) -> dict[str, str]:
    """Entry → the id of its open question."""
    return {
        each["entry"]: each["id"]
        for each in report["conflicts"]
        if each["kind"] == "deletion" and each["status"] == "open"
    }


def begin(pair: Pair, born: Iterable[int] = (), **binding: str) -> None:
    """Both sides agree; events of these numbers were born in the cloud."""
    pair.configure(**binding)
    if BAD in pair.wiki.entries(6):
        pair.wiki.remove(BAD)
    pair.cloud.make_calendar(BOT, CALENDAR)
    for number in born:
        pair.cloud.put(BOT, CALENDAR, f"{number}.ics", event(number))
    code, _ = pair.sync()
    assert code == 0


def quiet(pair: Pair) -> None:
    """Nothing is written, even where all is compared, and nothing is said."""
    before = held(pair)
    for words in ((), ("--full",)):
        code, report = pair.sync(*words)
        assert (code, writes(report), codes(report)) == (0, set(), [])
    assert held(pair) == before


def held(pair: Pair) -> tuple[dict[str, Any], dict[str, str]]:
    return pair.wiki.entries(6), pair.events()


def things(pair: Pair) -> Iterator[Thing]:
    """One of each kind."""
    seeded = iter((PLANTS, EAU, FETE, CAFE))
    numbers = iter(range(4))
    for origin, owner, gone in product(("wiki", "cloud"), (ROBOT, MEMBER), GONE):
        if origin == "wiki":
            tag = next(seeded)
            name = named(tag)
        else:
            number = next(numbers)
            tag, name = tag_of(pair, number), f"{number}.ics"
        pair.wiki.set_owner(tag, owner)
        yield Thing(origin, owner, gone, tag, name)


def delete(pair: Pair, thing: Thing) -> None:
    if thing.gone == "wiki":
        pair.wiki.remove(thing.tag)
    else:
        pair.cloud.delete(BOT, CALENDAR, thing.name)


def one_of_each(pair: Pair, policy: str) -> list[Thing]:
    """Eight pairs, one of each kind, each deleted on its side."""
    begin(pair, range(4), deletions=f'"{policy}"', max_delete='"100%"')
    found = list(things(pair))
    for thing in found:
        delete(pair, thing)
    return found


class TestPolicy:
    """Every origin, owner and side at once, under each of the three policies."""

    def test_propagate_deletes_all_but_what_somebody_else_owns(self, pair: Pair) -> None:
        found = one_of_each(pair, "propagate")
        waiting = {thing.tag for thing in found if thing.pending}
        assert len(waiting) == 2
        code, report = pair.sync()
        assert code == 4
        assert writes(report) == {
            ("delete", "cloud" if thing.gone == "wiki" else "wiki", thing.tag)
            for thing in found
            if not thing.pending
        }
        assert pending(report).keys() == waiting
        assert owners_named(report) == waiting
        for _ in range(2):
            code, report = pair.sync()
            assert (code, writes(report)) == (4, set())
            assert pending(report).keys() == owners_named(report) == waiting
        for tag in waiting:
            pair.wiki.remove(tag)
        quiet(pair)

    @pytest.mark.parametrize("version", ["4.5"])
    def test_ask_deletes_nothing_and_asks_for_each(self, pair: Pair) -> None:
        found = one_of_each(pair, "ask")
        code, document = pair.json("plan")
        asked = pending(document["bindings"][0])
        assert code == 4
        for _ in range(2):
            code, report = pair.sync()
            assert (code, writes(report)) == (4, set())
            assert pending(report) == asked
            assert asked.keys() == {thing.tag for thing in found}
            assert owners_named(report) == {thing.tag for thing in found if thing.pending}
        _, status = pair.json("status")
        assert status["bindings"][0]["pending_deletions"] == len(found)

    @pytest.mark.parametrize("version", ["4.4"])
    def test_ignore_deletes_nothing_and_makes_nothing_again(self, pair: Pair) -> None:
        found = one_of_each(pair, "ignore")
        before = held(pair)
        code, report = pair.sync()
        assert (code, writes(report), pending(report)) == (0, set(), {})
        assert held(pair) == before
        quiet(pair)
        for thing in found:
            assert (thing.tag in before[0]) is (thing.gone == "cloud")
            assert (thing.name in before[1]) is (thing.gone == "wiki")

    @pytest.mark.parametrize(("version", "direction"), [("4.4", "to-cloud"), ("4.5", "to-wiki")])
    def test_one_way_bindings_delete_on_the_written_side_alone(
        self, pair: Pair, direction: str
    ) -> None:
        begin(pair, range(2), deletions='"propagate"', max_delete='"100%"')
        pair.configure(direction=f'"{direction}"')
        pair.wiki.set_owner(EAU, ROBOT)
        pair.wiki.remove(PLANTS)
        pair.wiki.remove(tag_of(pair, 0))
        pair.cloud.delete(BOT, CALENDAR, named(EAU))
        pair.cloud.delete(BOT, CALENDAR, "1.ics")
        made = tag_of(pair, 1)
        _, report = pair.sync()
        sides = {side for _, side, _ in writes(report)}
        assert sides == ({"cloud"} if direction == "to-cloud" else {"wiki"})
        assert len(writes(report)) == 2
        assert (made in pair.wiki.entries(6)) is (direction == "to-cloud")
        quiet(pair)


class TestResolve:
    """A person's word, for each kind."""

    @pytest.mark.parametrize("version", ["4.4"])
    def test_delete_deletes_what_is_ours_and_names_who_owns_the_rest(self, pair: Pair) -> None:
        found = one_of_each(pair, "ask")
        _, report = pair.sync()
        asked = pending(report)
        for thing in found:
            code, document = pair.json("resolve", asked[thing.tag], "--delete")
            (settled,) = document["bindings"]
            assert code == (4 if thing.pending else 0)
            assert (thing.tag in owners_named(settled)) is thing.pending
        entries, events = held(pair)
        for thing in found:
            assert (thing.tag in entries) is thing.pending
            assert thing.name not in events
        waiting = {thing.tag for thing in found if thing.pending}
        for _ in range(2):
            code, report = pair.sync()
            assert (code, writes(report)) == (4, set())
            assert pending(report).keys() == owners_named(report) == waiting
        for tag in waiting:
            pair.wiki.remove(tag)
        quiet(pair)

    @pytest.mark.parametrize("version", ["4.5"])
    def test_restore_makes_each_again_once(self, pair: Pair) -> None:
        begin(pair, range(4), deletions='"ask"', max_delete='"100%"')
        before = held(pair)
        found = list(things(pair))
        for thing in found:
            delete(pair, thing)
        _, report = pair.sync()
        for tag, asked in pending(report).items():
            code, document = pair.json("resolve", asked, "--restore")
            assert code == 0, (tag, document["bindings"][0]["problems"])
        after = held(pair)
        assert after[0].keys() == before[0].keys()
        assert after[1].keys() == before[1].keys()
        assert {tag: entry["bf_titre"] for tag, entry in after[0].items()} == {
            tag: entry["bf_titre"] for tag, entry in before[0].items()
        }
        quiet(pair)

    @pytest.mark.parametrize("version", ["4.4"])
    def test_an_entry_of_a_member_who_gave_it_to_us_may_go(self, pair: Pair) -> None:
        begin(pair, deletions='"propagate"')
        pair.cloud.delete(BOT, CALENDAR, named(PLANTS))
        _, report = pair.sync()
        assert owners_named(report) == {PLANTS}
        pair.wiki.set_owner(PLANTS, ROBOT)
        _, report = pair.sync()
        assert writes(report) == {("delete", "wiki", PLANTS)}
        quiet(pair)

    @pytest.mark.parametrize("version", ["4.5"])
    def test_an_edit_of_what_waits_brings_it_back(self, pair: Pair) -> None:
        begin(pair, deletions='"propagate"')
        pair.cloud.delete(BOT, CALENDAR, named(PLANTS))
        _, report = pair.sync()
        assert pending(report).keys() == {PLANTS}
        pair.wiki.edit(PLANTS, {"bf_lieu": "Halle"}, user=MEMBER)
        code, report = pair.sync()
        assert (code, writes(report)) == (0, {("create", "cloud", PLANTS)})
        assert "Halle" in pair.events()[named(PLANTS)]
        quiet(pair)


LIMITS = [
    ("4.4", "wiki", "0", 0),
    ("4.5", "cloud", "0", 0),
    ("4.5", "wiki", "10%", 5),
    ("4.4", "cloud", "10%", 5),
    ("4.4", "wiki", "3", 3),
    ("4.5", "cloud", "3", 3),
]


class TestLimit:
    """Deletions and withdrawals are counted together; what is over the limit is not done at all."""

    @pytest.mark.parametrize(("version", "side", "limit", "most"), LIMITS)
    def test_as_many_as_the_limit_go_and_one_more_stays(
        self, pair: Pair, limit: str, most: int, side: str
    ) -> None:
        begin(pair, range(6), deletions='"propagate"', max_delete=f'"{limit}"')
        tags = [tag_of(pair, number) for number in range(6)]
        before = held(pair)

        def delete_one(number: int) -> None:
            if side == "wiki":
                pair.wiki.remove(tags[number])
            else:
                pair.cloud.delete(BOT, CALENDAR, f"{number}.ics")

        for number in range(most + 1):
            delete_one(number)
        for command in ("plan", "sync"):
            code, document = pair.json(command)
            (report,) = document["bindings"]
            assert (code, codes(report)) == (5, ["too-many-deletions"])
            assert len(writes(report, "skipped")) == most + 1
            assert writes(report) == set()
        assert held(pair)[side == "wiki"] == before[side == "wiki"]
        code, report = pair.sync("--max-delete", str(most + 1))
        assert (code, report["summary"]["deleted"]) == (0, most + 1)
        if most:
            for number in range(most + 1, min(6, 2 * most + 1)):
                delete_one(number)
            code, report = pair.sync()
            assert (code, codes(report)) == (0, [])
        quiet(pair)

    @pytest.mark.parametrize("version", ["4.5"])
    def test_what_is_over_the_limit_holds_up_nothing_else(self, pair: Pair) -> None:
        begin(pair, range(2), deletions='"propagate"', max_delete='"1"')
        for number in range(2):
            pair.cloud.delete(BOT, CALENDAR, f"{number}.ics")
        pair.wiki.edit(PLANTS, {"bf_lieu": "Halle"}, user=MEMBER)
        code, report = pair.sync()
        assert (code, writes(report)) == (5, {("update", "cloud", PLANTS)})
        assert len(writes(report, "skipped")) == 2

    @pytest.mark.parametrize("version", ["4.4"])
    def test_deletions_and_withdrawals_are_counted_together(self, pair: Pair) -> None:
        begin(pair, range(2), deletions='"propagate"', max_delete='"3"')
        pair.wiki.remove(PLANTS)
        pair.wiki.set_acl(EAU, read="@admins")
        pair.cloud.delete(BOT, CALENDAR, "0.ics")
        pair.cloud.put(BOT, CALENDAR, "1.ics", event(1, "CLASS:PRIVATE"))
        code, report = pair.sync()
        assert (code, writes(report)) == (5, set())
        assert len(writes(report, "skipped")) == 4
        code, report = pair.sync("--max-delete", "4")
        assert (code, report["summary"]["deleted"]) == (0, 4)
        quiet(pair)


class TestEmptied:
    """A side that holds nothing any more is believed once a person says so."""

    @pytest.mark.parametrize(
        ("version", "side", "policy"),
        [
            ("4.4", "wiki", "propagate"),
            ("4.5", "cloud", "propagate"),
            ("4.5", "wiki", "ask"),
            ("4.4", "cloud", "ask"),
        ],
    )
    def test_an_emptied_side_waits_for_allow_empty(
        self, pair: Pair, side: str, policy: str
    ) -> None:
        begin(pair, range(2), deletions=f'"{policy}"', max_delete='"100%"')
        ours = {tag_of(pair, number) for number in range(2)}
        if side == "wiki":
            for tag in pair.wiki.entries(6):
                pair.wiki.remove(tag)
        else:
            for name in pair.events():
                pair.cloud.delete(BOT, CALENDAR, name)
        before = held(pair)
        code, report = pair.sync()
        assert (code, codes(report), writes(report)) == (5, ["side-empty"], set())
        assert held(pair) == before
        code, report = pair.sync("--allow-empty")
        entries, events = held(pair)
        if policy == "ask":
            assert (code, writes(report), (entries, events)) == (4, set(), before)
            assert len(pending(report)) == 12
        elif side == "wiki":
            assert (code, entries, events) == (0, {}, {})
        else:
            assert (code, events, ours & entries.keys()) == (4, {}, set())
            assert owners_named(report) == entries.keys() == pending(report).keys()

    @pytest.mark.parametrize("version", ["4.5"])
    def test_allow_empty_does_not_lift_the_limit(self, pair: Pair) -> None:
        begin(pair, deletions='"propagate"')
        for tag in pair.wiki.entries(6):
            pair.wiki.remove(tag)
        code, report = pair.sync("--allow-empty")
        assert (code, codes(report), writes(report)) == (5, ["too-many-deletions"], set())
        code, report = pair.sync("--allow-empty", "--max-delete", "100%")
        assert (code, pair.events()) == (0, {})


BY_TURNS = [("4.4", "propagate"), ("4.5", "ask"), ("4.5", "ignore")]


class TestWithdrawal:
    """Where the original is no longer everybody's, the copy goes; under any policy."""

    @pytest.mark.parametrize(("version", "policy"), BY_TURNS)
    def test_an_entry_that_is_closed_takes_its_event_and_comes_back(
        self, pair: Pair, policy: str
    ) -> None:
        begin(pair, range(2), deletions=f'"{policy}"')
        copies = [tag_of(pair, number) for number in range(2)]
        before = held(pair)
        # For our key still there; refused to it by 403; and the same with copies of events.
        for tag, right in zip((PLANTS, EAU, *copies), ("+", "@admins") * 2, strict=True):
            pair.wiki.set_owner(tag, MEMBER)
            pair.wiki.set_acl(tag, read=right)
        code, report = pair.sync()
        assert (code, codes(report)) == (0, ["copy-hidden"] * 2)
        assert writes(report) == {("delete", "cloud", PLANTS), ("delete", "cloud", EAU)}
        assert before[1].keys() - pair.events().keys() == {named(PLANTS), named(EAU)}
        assert held(pair)[0] == before[0]
        for _ in range(2):
            code, report = pair.sync()
            assert (code, codes(report), writes(report)) == (0, ["copy-hidden"] * 2, set())
        for tag in (PLANTS, EAU, *copies):
            pair.wiki.set_acl(tag, read="*")
        _, report = pair.sync()
        assert writes(report) == {("create", "cloud", PLANTS), ("create", "cloud", EAU)}
        assert pair.events().keys() == before[1].keys()
        quiet(pair)

    @pytest.mark.parametrize(("version", "policy"), BY_TURNS)
    def test_an_entry_that_leaves_the_selection_takes_its_event_and_comes_back(
        self, pair: Pair, version: str, policy: str
    ) -> None:
        kind = KINDS[version]
        begin(pair, deletions=f'"{policy}"', where=f'"{kind}=fete"')
        pair.cloud.put(BOT, CALENDAR, "0.ics", event(0, "CATEGORIES:Fête & convivialité"))
        pair.sync()
        copy = tag_of(pair, 0)
        before = held(pair)
        assert named(PLANTS) in before[1]
        for tag in (PLANTS, copy):
            pair.wiki.edit(tag, {kind: "atelier"}, user=MEMBER)
        code, report = pair.sync()
        assert (code, codes(report)) == (0, ["copy-hidden"])
        assert writes(report) == {("delete", "cloud", PLANTS)}
        assert pair.wiki.entries(6).keys() == before[0].keys()
        for tag in (PLANTS, copy):
            pair.wiki.edit(tag, {kind: "fete"}, user=MEMBER)
        _, report = pair.sync()
        assert writes(report) == {("create", "cloud", PLANTS)}
        assert pair.events().keys() == before[1].keys()
        quiet(pair)

    @pytest.mark.parametrize(("version", "policy"), BY_TURNS)
    def test_an_event_that_is_no_longer_public_takes_its_entry_and_comes_back(
        self, pair: Pair, policy: str
    ) -> None:
        begin(pair, range(2), deletions=f'"{policy}"')
        copies = {tag_of(pair, number) for number in range(2)}
        before = held(pair)
        for number, kept in enumerate(("PRIVATE", "CONFIDENTIAL")):
            pair.cloud.put(BOT, CALENDAR, f"{number}.ics", event(number, f"CLASS:{kept}"))
            pair.rewrite(named((PLANTS, EAU)[number]), ("SUMMARY", f"CLASS:{kept}\nSUMMARY"))
        hidden = pair.events()
        code, report = pair.sync()
        assert (code, codes(report)) == (0, ["copy-hidden"] * 2)
        assert writes(report) == {("delete", "wiki", tag) for tag in copies}
        assert before[0].keys() - pair.wiki.entries(6).keys() == copies
        assert pair.events() == hidden
        for _ in range(2):
            code, report = pair.sync()
            assert (code, codes(report), writes(report)) == (0, ["copy-hidden"] * 2, set())
        for number, kept in enumerate(("PRIVATE", "CONFIDENTIAL")):
            pair.cloud.put(BOT, CALENDAR, f"{number}.ics", event(number))
            pair.rewrite(named((PLANTS, EAU)[number]), (f"CLASS:{kept}\n", ""))
        _, report = pair.sync()
        assert {(action, side) for action, side, _ in writes(report)} == {("create", "wiki")}
        assert pair.wiki.entries(6).keys() == before[0].keys()
        quiet(pair)

    @pytest.mark.parametrize(("version", "policy"), BY_TURNS)
    def test_an_event_that_leaves_the_published_category_takes_its_entry_and_comes_back(
        self, pair: Pair, policy: str
    ) -> None:
        begin(pair, deletions=f'"{policy}"', publish='"category:Atelier"')
        pair.cloud.put(BOT, CALENDAR, "0.ics", event(0, "CATEGORIES:Atelier"))
        pair.sync()
        copy = tag_of(pair, 0)
        before = held(pair)
        pair.cloud.put(BOT, CALENDAR, "0.ics", event(0, "CATEGORIES:Formation"))
        code, report = pair.sync()
        assert (code, codes(report), writes(report)) == (0, [], {("delete", "wiki", copy)})
        assert pair.events().keys() == before[1].keys()
        quiet(pair)
        pair.cloud.put(BOT, CALENDAR, "0.ics", event(0, "CATEGORIES:Atelier"))
        pair.sync()
        assert pair.wiki.entries(6).keys() == before[0].keys()
        quiet(pair)

    @pytest.mark.parametrize(("version", "limit", "most"), [("4.4", "10%", 5), ("4.5", "0", 0)])
    def test_withdrawals_are_bounded_as_deletions_are(
        self, pair: Pair, limit: str, most: int
    ) -> None:
        begin(pair, range(most + 1), deletions='"ignore"', max_delete=f'"{limit}"')
        tags = sorted(tag for tag in pair.wiki.entries(6) if not tag.startswith("Rencontre"))
        for tag in tags[: most + 1]:
            pair.wiki.set_acl(tag, read="@admins")
        before = held(pair)
        for _ in range(2):
            code, report = pair.sync()
            assert (code, codes(report), writes(report)) == (5, ["too-many-deletions"], set())
            assert held(pair) == before
        code, report = pair.sync("--max-delete", str(most + 1))
        assert (code, report["summary"]["deleted"]) == (0, most + 1)
        for number in range(most + 1):
            pair.cloud.put(BOT, CALENDAR, f"{number}.ics", event(number, "CLASS:PRIVATE"))
        code, report = pair.sync()
        assert (code, codes(report), writes(report)) == (5, ["too-many-deletions"], set())
        code, report = pair.sync("--max-delete", str(most + 1))
        assert (code, report["summary"]["deleted"]) == (0, most + 1)
        quiet(pair)

    @pytest.mark.parametrize(("version", "policy"), BY_TURNS)
    def test_an_entry_that_somebody_else_owns_is_told_until_it_is_gone(
        self, pair: Pair, policy: str
    ) -> None:
        """The wiki refuses by 401 to delete it, and to close it."""
        begin(pair, [0], deletions=f'"{policy}"')
        copy = tag_of(pair, 0)
        pair.wiki.set_owner(copy, MEMBER)
        pair.cloud.put(BOT, CALENDAR, "0.ics", event(0, "CLASS:PRIVATE"))
        for _ in range(3):
            code, report = pair.sync()
            assert (code, writes(report), owners_named(report)) == (4, set(), {copy})
            assert copy in pair.wiki.entries(6)
        pair.wiki.remove(copy)
        quiet(pair)
        pair.cloud.put(BOT, CALENDAR, "0.ics", event(0))
        _, report = pair.sync()
        assert writes(report) == {("create", "wiki", tag_of(pair, 0))}
        quiet(pair)

    @pytest.mark.parametrize("version", ["4.5"])
    def test_an_entry_closed_after_the_list_was_read_goes_at_the_next_run(self, pair: Pair) -> None:
        begin(pair, deletions='"propagate"')
        before = pair.events()
        pair.wiki.faults.interpose(
            lambda: pair.wiki.set_acl(PLANTS, read="@admins"),
            containing="api/forms/6/entries",
            after=True,
        )
        _, report = pair.sync()
        assert writes(report) == set()
        assert pair.events() == before
        _, report = pair.sync()
        assert writes(report) == {("delete", "cloud", PLANTS)}
        quiet(pair)
