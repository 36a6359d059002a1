"""Categories of two sides, merged one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Direction
from oscartes_sync.planning.meeting import Merge
from oscartes_sync.planning.merge import merge
from oscartes_sync.records.event import Event
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import ALL, meet, single

NEVER: dict[str, Any] = {"unsettled": {"categories": (MISSING, MISSING)}}


def merged(wiki: Event, cloud: Event, base: Event | None = None, **more: Any) -> Merge:
    return merge(meet(base or single(), wiki, cloud, **more))


def both(name: str, value: object) -> dict[str, tuple[object, object]]:
    return {name: (value, value)}


def tagged(*labels: str) -> Event:
    return single(categories=labels)


def kept_by_wiki(*labels: str) -> Any:
    """A wiki whose list has these, whatever the case of their letters."""
    known = {label.casefold(): label for label in labels}

    def project(event: Event) -> Event:
        held = (known.get(label.casefold()) for label in event.categories)
        return replace(event, categories=tuple(label for label in held if label))

    return project


def test_categories_come_and_go_one_by_one() -> None:
    base = tagged("A", "B", "C")
    made = merged(tagged("A", "B", "D"), tagged("B", "C", "E"), base)
    assert made == Merge(
        to_wiki={"categories": ("B", "D", "E")},
        to_cloud={"categories": ("B", "D", "E")},
        bases=both("categories", ("A", "B", "C")),
    )
    assert merged(base, base, base) == Merge()
    both_removed = merged(tagged("A"), tagged("A"), base)
    assert both_removed == Merge(bases=both("categories", ("A", "B", "C")))


def test_a_category_that_the_list_of_the_wiki_lacks_stays_in_the_cloud_and_is_told() -> None:
    made = merged(tagged(), tagged("A", "Z"), tagged(), project=kept_by_wiki("A"))
    assert made == Merge(
        to_wiki={"categories": ("A",)},
        bases=both("categories", ()),
        problems=[Problem.warning("category-unknown", Side.CLOUD, category="Z")],
    )
    # It is told again, and what the wiki changes leaves it there.
    base = (tagged("A"), tagged("A", "Z"))
    later = merge(meet(base, tagged("B"), base[1], project=kept_by_wiki("A", "B")))
    assert later.to_cloud == {"categories": ("B", "Z")}
    assert later.to_wiki == {}
    assert [problem.code for problem in later.problems] == ["category-unknown"]


def test_the_cloud_keeps_its_own_spelling() -> None:
    base = (tagged("Atelier"), tagged("ATELIER"))
    project = kept_by_wiki("Atelier", "Bal")
    assert merge(meet(base, *base, project=project)) == Merge()
    made = merge(meet(base, tagged("Atelier", "Bal"), base[1], project=project))
    assert made.to_cloud == {"categories": ("ATELIER", "Bal")}
    assert made.to_wiki == {}
    gone = merge(meet(base, tagged(), base[1], project=project))
    assert gone.to_cloud == {"categories": ()}


def test_a_category_that_the_wiki_has_a_place_for_by_now_is_added() -> None:
    base = (tagged("A"), tagged("A", "Z"))
    for code, category, expected in (
        ("category-unknown", "Z", {"categories": ("A", "Z")}),
        ("category-crowded", "z", {"categories": ("A", "Z")}),
        ("category-unknown", "Y", {}),
        ("left-on-cloud", "Z", {}),
    ):
        told = {"problems": (Problem.warning(code, Side.CLOUD, category=category),)}
        made = merge(meet(base, *base, project=kept_by_wiki("A", "Z"), link=told))
        assert made.to_wiki == expected
        assert made.to_cloud == {}
    told = {"problems": (Problem.warning("category-unknown", Side.CLOUD, category="Z"),)}
    still = merge(meet(base, *base, project=kept_by_wiki("A"), link=told))
    assert still.to_wiki == {}


def test_categories_never_agreed_on_are_all_kept() -> None:
    made = merged(tagged("A", "B"), tagged("B", "C"), link=NEVER)
    assert made.to_wiki == {"categories": ("A", "B", "C")}
    assert made.to_cloud == {"categories": ("A", "B", "C")}
    assert made.bases["categories"] == (MISSING, MISSING)
    assert "categories" not in merged(tagged("A"), tagged("A"), link=NEVER).bases


def test_categories_stay_where_the_other_side_is_not_written_or_has_none() -> None:
    made = merged(tagged("A"), tagged("B"), direction=Direction.TO_CLOUD)
    bases = both("categories", ())
    assert made == Merge(
        to_cloud={"categories": ("A", "B")},
        bases=bases,
        unsettled=bases,
        left={Side.CLOUD: ["categories"]},
        problems=[Problem.warning("left-on-cloud", Side.CLOUD, fields="categories")],
    )
    to_wiki = merged(tagged("A"), tagged("B"), direction=Direction.TO_WIKI)
    assert to_wiki.to_cloud == {}
    assert to_wiki.left == {Side.WIKI: ["categories"]}
    assert merged(tagged("A"), tagged("B"), carries=ALL - {"categories"}) == Merge()


def test_what_one_side_adds_or_takes_away_is_noted_as_moved() -> None:
    for wiki, base in ((tagged("A"), tagged()), (tagged(), tagged("A"))):
        made = merged(wiki, base, base)
        bases = both("categories", base.categories)
        assert made == Merge(to_cloud={"categories": wiki.categories}, bases=bases)


def test_the_wiki_gets_the_spelling_of_its_list() -> None:
    made = merged(tagged(), tagged("BAL"), tagged(), project=kept_by_wiki("Bal"))
    assert made.to_wiki == {"categories": ("Bal",)}
    assert made.to_cloud == {}


def test_one_that_the_list_of_the_wiki_lost_stays_in_the_cloud_and_is_told_as_it_was_there() -> (
    None
):
    base = (tagged("Atelier"), tagged("ATELIER"))
    made = merge(meet(base, tagged(), base[1], project=kept_by_wiki()))
    told = [Problem.warning("category-unknown", Side.CLOUD, category="Atelier")]
    assert (made.to_cloud, made.to_wiki, made.problems) == ({}, {}, told)
