"""Cards that a program saved without what it does not know."""

from __future__ import annotations

from dataclasses import replace

from oscartes_sync.planning.baseline import MISSING, Link
from oscartes_sync.planning.meeting import Merge
from oscartes_sync.planning.thinned import bring_back, filled
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Position, RichText
from oscartes_sync.records.problem import Problem, Side

WHOLE = Contact(
    name="La Grange",
    phones=("01",),
    categories=("Énergie",),
    position=Position(48.7, 2.2),
    description=RichText("Un texte"),
)
THIN = Contact(name="La Grange", phones=("02",), thinned=True)


def link(cloud: Contact = WHOLE, **unsettled: object) -> Link:
    return Link(
        uid="Grange.noe@oscartes",
        origin=Side.WIKI,
        tag="Grange",
        href="/Grange.vcf",
        wiki_token="w",
        cloud_token="c",
        wiki=WHOLE,
        cloud=cloud,
        unsettled=dict.fromkeys(unsettled, (MISSING, MISSING)),
    )


def test_what_was_agreed_and_is_missing_stands_for_what_was_dropped() -> None:
    record, names = filled(link(), THIN)
    assert record == replace(WHOLE, phones=("02",))
    assert names == ("position", "categories", "description")


def test_a_card_with_our_mark_lacks_what_somebody_took_out() -> None:
    emptied = replace(THIN, thinned=False)
    assert filled(link(), emptied) == (emptied, ())


def test_what_was_never_there_or_never_agreed_was_not_dropped() -> None:
    assert filled(link(THIN), THIN) == (THIN, ())
    never = link(position=None, categories=None, description=None)
    assert filled(never, THIN) == (THIN, ())


def test_it_comes_back_as_the_wiki_says_it_now_and_is_told() -> None:
    merged = Merge()
    wiki = replace(WHOLE, categories=("Eau",), description=RichText())
    bring_back(merged, ("position", "categories", "description"), wiki, writes=True)
    assert merged.to_cloud == {"position": WHOLE.position, "categories": ("Eau",)}
    told = Problem.warning("card-thinned", Side.CLOUD, fields="position,categories")
    assert merged.problems == [told]


def test_where_the_cloud_is_not_written_it_is_only_told() -> None:
    merged = Merge()
    bring_back(merged, ("position",), WHOLE, writes=False)
    assert merged.to_cloud == {}
    assert [each.code for each in merged.problems] == ["card-thinned"]
    silent = Merge()
    bring_back(silent, ("position",), THIN, writes=True)
    assert silent.problems == []
