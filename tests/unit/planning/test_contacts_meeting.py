"""Two contacts and their last agreement."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.binding import Deletions, Direction, OnConflict
from oscartes_sync.planning.change import Evidence, Now
from oscartes_sync.planning.decide import decide
from oscartes_sync.planning.due import due_of
from oscartes_sync.planning.meeting import EventMeeting, Meeting, Merge
from oscartes_sync.planning.merge import merge
from oscartes_sync.planning.operation import Action, Reason, State
from oscartes_sync.planning.plan import Clash
from oscartes_sync.planning.rules import Rules
from oscartes_sync.planning.snapshot import Seen
from oscartes_sync.records.contact import CONTACT_FIELDS, Contact, ContactKind
from oscartes_sync.records.event import Position, RichText
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import NOW, binding

GRANGE = Contact(
    name="La Grange",
    phones=("01 60 00 00 11", "06 00 00 00 12"),
    emails=("bonjour@grange.example",),
    street="4 rue du Lavoir",
    town="Orsay",
    position=Position(48.7, 2.2),
    categories=("Association", "Énergie"),
    description=RichText("Un\n\nDeux\n\nTrois"),
    image="https://wiki.example/files/logo.png",
    related=("Le Panier",),
)


def met(
    wiki: Contact,
    cloud: Contact,
    base: Contact = GRANGE,
    *,
    unsettled: dict[str, Any] | None = None,
    carries: frozenset[str] = frozenset(CONTACT_FIELDS),
    **more: object,
) -> Merge:
    link = Link(
        uid="Grange.noe@oscartes",
        origin=Side.WIKI,
        tag="Grange",
        href="/Grange.noe.vcf",
        wiki_token="w",
        cloud_token="c",
        wiki=base,
        cloud=base,
        unsettled=unsettled or {},
    )
    meeting = Meeting(
        link=link,
        wiki=wiki,
        cloud=cloud,
        binding=binding(**{"kind": "contacts", "direction": Direction.BOTH, **more}),
        carries=carries,
        says=frozenset(),
        project=lambda record: record,
        now=NOW,
    )
    assert not isinstance(meeting, EventMeeting)
    return merge(meeting)


def changed(**more: Any) -> Contact:
    return replace(GRANGE, **more)


def test_what_nobody_changed_goes_nowhere() -> None:
    merged = met(GRANGE, GRANGE)
    assert (merged.to_wiki, merged.to_cloud, merged.clashes, merged.problems) == ({}, {}, {}, [])


FULL = replace(
    GRANGE,
    name="Camille Roux",
    kind=ContactKind.INDIVIDUAL,
    given_name="Camille",
    family_name="Roux",
    sites=("https://s.example",),
    postcode="91400",
    country="France",
    social=("https://m.example/@c",),
)


@pytest.mark.parametrize("name", CONTACT_FIELDS)
def test_every_field_that_moved_in_the_wiki_goes_to_the_cloud(name: str) -> None:
    old = Contact(name="Avant")
    new = replace(old, **{name: getattr(FULL, name)})
    merged = met(new, old, base=old)
    assert merged.to_cloud == {name: getattr(FULL, name)}
    assert merged.to_wiki == {}


@pytest.mark.parametrize("name", ["image", "related"])
def test_logos_and_linked_entries_never_go_back(name: str) -> None:
    other = "https://x.example/i.png" if name == "image" else ("Autre",)
    merged = met(GRANGE, changed(**{name: other}))
    assert merged.to_wiki == {}


def test_two_people_mend_two_fields_at_once() -> None:
    merged = met(changed(street="5 rue du Lavoir"), changed(town="Bures"))
    assert merged.to_cloud == {"street": "5 rue du Lavoir"}
    assert merged.to_wiki == {"town": "Bures"}
    doubts = {Problem.warning("position-doubtful", side) for side in Side}
    assert set(merged.problems) == doubts


def test_two_people_mend_two_telephones_at_once() -> None:
    wiki = changed(phones=("01 60 00 00 99", "06 00 00 00 12"))
    cloud = changed(phones=("01 60 00 00 11", "06 00 00 00 77", "07 00 00 00 01"))
    both = ("01 60 00 00 99", "06 00 00 00 77", "07 00 00 00 01")
    merged = met(wiki, cloud)
    assert (merged.to_wiki, merged.to_cloud) == ({"phones": both}, {"phones": both})
    assert merged.clashes == {}
    fewer = met(wiki, changed(phones=("01 60 00 00 11",)))
    assert fewer.to_wiki == {"phones": ("01 60 00 00 99",)}


def test_two_people_mend_the_same_telephone_and_the_policy_decides() -> None:
    wiki = changed(phones=("01 60 00 00 99", "06 00 00 00 12"))
    cloud = changed(phones=("01 60 00 00 88", "06 00 00 00 12"))
    clash = Clash(GRANGE.phones, wiki.phones, cloud.phones)
    merged = met(wiki, cloud)
    assert merged.clashes == {"phones": (clash, Side.WIKI)}
    assert merged.to_cloud == {"phones": wiki.phones}
    asked = met(wiki, cloud, on_conflict=OnConflict.ASK)
    assert asked.clashes == {"phones": (clash, None)}
    assert (asked.to_wiki, asked.to_cloud) == ({}, {})
    assert asked.unsettled == {"phones": (GRANGE.phones, GRANGE.phones)}


def test_lists_that_never_were_agreed_on_are_for_a_person() -> None:
    never = {"phones": (MISSING, MISSING)}
    merged = met(GRANGE, changed(phones=("09 00 00 00 00",)), unsettled=never)
    assert merged.clashes["phones"][1] is None


def test_categories_are_merged_one_by_one_and_texts_by_paragraphs() -> None:
    wiki = changed(categories=("Association",), description=RichText("1\n\nDeux\n\nTrois"))
    cloud = changed(
        categories=("Association", "Énergie", "Vélo"), description=RichText("Un\n\nDeux\n\n3")
    )
    merged = met(wiki, cloud)
    assert merged.to_cloud["categories"] == ("Association", "Vélo")
    assert merged.to_wiki["categories"] == ("Association", "Vélo")
    assert merged.to_wiki["description"].text == "1\n\nDeux\n\n3"
    assert merged.clashes == {}


def test_one_way_what_the_written_side_says_is_left_there_and_told() -> None:
    merged = met(GRANGE, changed(phones=("09 00 00 00 00",)), direction=Direction.TO_CLOUD)
    assert merged.to_wiki == {}
    assert merged.problems == [Problem.warning("left-on-cloud", Side.CLOUD, fields="phones")]


def test_what_the_form_has_no_field_for_stays_on_its_side() -> None:
    carries = frozenset(CONTACT_FIELDS) - {"phones"}
    merged = met(GRANGE, changed(phones=("09 00 00 00 00",)), carries=carries)
    assert (merged.to_wiki, merged.problems) == ({}, [])


def test_a_field_that_the_wiki_closed_is_taken_back_from_the_other_side() -> None:
    carries = frozenset(CONTACT_FIELDS) - {"phones"}
    closed = changed(phones=())
    assert met(closed, GRANGE, carries=carries).to_cloud == {"phones": ()}
    assert met(closed, GRANGE, carries=carries, direction=Direction.TO_WIKI).to_cloud == {}
    never = {"phones": (MISSING, MISSING)}
    assert met(closed, GRANGE, carries=carries, unsettled=never).to_cloud == {}


def test_two_orders_of_the_same_telephones_that_nobody_agreed_on_are_no_difference() -> None:
    swapped = changed(phones=GRANGE.phones[::-1])
    merged = met(GRANGE, swapped, unsettled={"phones": (MISSING, MISSING)})
    assert (merged.clashes, merged.to_wiki, merged.to_cloud) == ({}, {}, {})


def test_lines_in_another_order_are_no_edit_of_a_card() -> None:
    swapped = changed(phones=GRANGE.phones[::-1])
    assert met(GRANGE, swapped).to_wiki == {}
    assert met(swapped, GRANGE).to_cloud == {}


def test_the_step_of_a_contact_updates_both_sides_with_whole_records() -> None:
    wiki, cloud = changed(street="5 rue du Lavoir"), changed(town="Bures")
    link = Link(
        uid="Grange.noe@oscartes",
        origin=Side.WIKI,
        tag="Grange",
        href="/Grange.noe.vcf",
        wiki_token="w",
        cloud_token="c",
        wiki=GRANGE,
        cloud=GRANGE,
    )
    rules = Rules(
        binding=binding(kind="contacts"),
        carries=frozenset(CONTACT_FIELDS),
        says=frozenset(),
        writable=dict.fromkeys(Side, True),
        project=lambda record: record,
        now=NOW,
    )
    here = {
        side: Evidence(Now.HERE, Seen(link.seen(side).key, "new", record), (), None)
        for side, record in ((Side.WIKI, wiki), (Side.CLOUD, cloud))
    }
    step = decide(rules, link, here[Side.WIKI], here[Side.CLOUD])
    assert step is not None
    both = changed(street="5 rue du Lavoir", town="Bures")
    assert {op.side: (op.action, op.title, op.record) for op in step.operations} == dict.fromkeys(
        Side, (Action.UPDATE, "La Grange", both)
    )
    assert step.due is None


@pytest.mark.parametrize(
    ("now", "reason", "forget"),
    [(Now.GONE, Reason.DELETED, False), (Now.HIDDEN, Reason.WITHDRAWN, True)],
)
def test_a_card_that_makes_no_contact_any_more_goes_with_its_actor(
    now: Now, reason: Reason, forget: bool
) -> None:
    broken, out = Evidence(Now.BROKEN, None, (), None), Evidence(now, None, (), None)
    step = decide(erasing(), linked(), out, broken)
    assert step is not None
    (operation,) = step.operations
    assert (operation.action, operation.side, operation.href, operation.token) == (
        Action.DELETE,
        Side.CLOUD,
        "/Grange.noe.vcf",
        "",
    )
    assert (operation.reason, step.forget) == (reason, forget)


@pytest.mark.parametrize(
    ("now", "more"),
    [
        (Now.UNSURE, {}),
        (Now.HELD, {}),
        (Now.GONE, {"deletions": Deletions.ASK}),
        (Now.GONE, {"direction": Direction.TO_WIKI}),
    ],
)
def test_and_stays_where_nothing_is_proved_or_nothing_is_to_be_erased(
    now: Now, more: dict[str, Any]
) -> None:
    broken, out = Evidence(Now.BROKEN, None, (), None), Evidence(now, None, (), None)
    step = decide(erasing(**more), linked(), out, broken)
    assert step is None or not [op for op in step.operations if op.state is State.PLANNED]


def erasing(**more: Any) -> Rules:
    of_binding = {"kind": "contacts", "deletions": Deletions.PROPAGATE, **more}
    return Rules(
        binding=binding(**of_binding),
        carries=frozenset(CONTACT_FIELDS),
        says=frozenset(),
        writable=dict.fromkeys(Side, True),
        project=lambda record: record,
        now=NOW,
    )


def linked() -> Link:
    return Link(
        uid="Grange.noe@oscartes",
        origin=Side.WIKI,
        tag="Grange",
        href="/Grange.noe.vcf",
        wiki_token="w",
        cloud_token="c",
        wiki=GRANGE,
        cloud=GRANGE,
    )


def test_a_contact_is_due_at_no_time() -> None:
    assert due_of(GRANGE, NOW, "Europe/Paris") is None
