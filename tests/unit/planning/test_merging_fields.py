"""Two records of one link and their last agreement: what goes where, field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oscartes_sync.planning.baseline import MISSING
from oscartes_sync.planning.binding import Direction, OnConflict
from oscartes_sync.planning.meeting import Merge
from oscartes_sync.planning.merge import merge
from oscartes_sync.planning.plan import Clash
from oscartes_sync.planning.units import apply_to
from oscartes_sync.records.event import (
    FIELDS,
    Attachment,
    Event,
    Position,
    RichText,
    Status,
    Visibility,
)
from oscartes_sync.records.problem import Problem, Side
from tests.unit.planning.meetings import ALL, day, meet, own, single, weekly

NEVER: dict[str, Any] = {"unsettled": dict.fromkeys(FIELDS, (MISSING, MISSING))}
WORDS = frozenset({"status", "series", "organizer"})


def merged(wiki: Event, cloud: Event, base: Event | None = None, **more: Any) -> Merge:
    return merge(meet(base or single(), wiki, cloud, **more))


def both(name: str, value: object) -> dict[str, tuple[object, object]]:
    return {name: (value, value)}


# One side


def test_nothing_moved_and_nothing_goes_anywhere() -> None:
    assert merged(single(), single()) == Merge()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Autre"),
        ("place", "Orsay"),
        ("link", "https://a.example/"),
        ("organizer", "Marie"),
        ("position", Position(48.7, 2.18)),
        ("description", RichText("Venez")),
        ("status", Status.CANCELLED),
    ],
)
def test_what_moved_on_one_side_goes_to_the_other(name: str, value: object) -> None:
    moved = single(**{name: value})
    bases = both(name, getattr(single(), name))
    assert merged(moved, single()) == Merge(to_cloud={name: value}, bases=bases)
    assert merged(single(), moved) == Merge(to_wiki={name: value}, bases=bases)
    assert merged(moved, moved) == Merge(bases=bases)


def test_a_day_that_moved_takes_its_end_along_where_that_moved_too() -> None:
    bases = {"start": (day(1), day(1)), "end": (day(1), day(1))}
    later = single(start=day(2), end=day(3))
    assert merged(later, single()) == Merge(to_cloud={"start": day(2), "end": day(3)}, bases=bases)
    longer = single(end=day(3))
    assert merged(single(), longer) == Merge(to_wiki={"end": day(3)}, bases=bases)


def test_each_side_is_compared_with_its_own_base() -> None:
    base = (single("Fête"), single("Fete"))
    assert merge(meet(base, *base)) == Merge()
    made = merge(meet(base, single("Fête!"), base[1]))
    assert made == Merge(to_cloud={"title": "Fête!"}, bases={"title": ("Fête", "Fete")})


@pytest.mark.parametrize("name", ["image", "files"])
def test_pictures_and_files_go_to_the_cloud_only(name: str) -> None:
    value: object = "https://a.example/a.jpg"
    other: object = "https://a.example/b.jpg"
    if name == "files":
        value, other = (Attachment(str(value)),), (Attachment(str(other)),)
    moved = single(**{name: value})
    bases = both(name, getattr(single(), name))
    assert merged(moved, single()) == Merge(to_cloud={name: value}, bases=bases)
    assert merged(single(), moved) == Merge()
    never = {"unsettled": {name: (MISSING, MISSING)}}
    found = merged(single(), moved, link=never)
    assert found == Merge(to_cloud={name: getattr(single(), name)}, bases=both(name, MISSING))
    assert merged(moved, moved, link=never) == Merge()
    one, two = single(**{name: value}), single(**{name: other})
    assert merged(one, two) == Merge(to_cloud={name: value}, bases=bases)


@pytest.mark.parametrize(("name", "value"), [("visibility", Visibility.PRIVATE), ("guests", True)])
def test_what_only_the_cloud_has_stays_there(name: str, value: object) -> None:
    assert merged(single(), single(**{name: value})) == Merge()


@pytest.mark.parametrize("side", list(Side))
def test_what_moved_on_the_side_that_is_read_only_stays_and_is_told(side: Side) -> None:
    way = Direction.TO_CLOUD if side is Side.CLOUD else Direction.TO_WIKI
    moved = single("Autre", place="Orsay", end=day(2))
    wiki, cloud = (moved, single()) if side is Side.WIKI else (single(), moved)
    made = merged(wiki, cloud, direction=way)
    bases = {
        **both("start", day(1)),
        **both("end", day(1)),
        **both("title", "Permanence"),
        **both("place", ""),
    }
    told = Problem.warning(f"left-on-{side.value}", side, fields="end, place, title")
    assert made == Merge(
        bases=bases, unsettled=bases, left={side: ["end", "title", "place"]}, problems=[told]
    )


# What the wiki says in words


def test_what_the_wiki_has_no_place_for_is_said_in_words_or_not_at_all() -> None:
    off = single(status=Status.CANCELLED)
    less = ALL - WORDS
    said = merged(single(), off, carries=less, says=WORDS)
    assert said == Merge(
        to_wiki={"status": Status.CANCELLED}, bases=both("status", Status.CONFIRMED)
    )
    assert merged(single(), off, carries=less) == Merge()
    assert merged(off, single(), carries=less, says=WORDS) == Merge()
    one_way = merged(single(), off, carries=less, says=WORDS, direction=Direction.TO_CLOUD)
    assert one_way == Merge()
    never = merged(single(), off, carries=less, says=WORDS, link={"unsettled": NEVER["unsettled"]})
    assert "status" not in never.to_wiki


# Both sides


@pytest.mark.parametrize(
    ("policy", "winner"),
    [(OnConflict.WIKI, Side.WIKI), (OnConflict.CLOUD, Side.CLOUD), (OnConflict.ASK, None)],
)
def test_two_values_of_one_field_are_settled_by_the_policy(
    policy: OnConflict, winner: Side | None
) -> None:
    made = merged(single("A"), single("B"), on_conflict=policy)
    assert made == Merge(
        clashes={"title": (Clash("Permanence", "A", "B"), winner)},
        bases=both("title", "Permanence"),
        unsettled={} if winner else both("title", "Permanence"),
        to_wiki={"title": "B"} if winner is Side.CLOUD else {},
        to_cloud={"title": "A"} if winner is Side.WIKI else {},
    )


def test_of_two_days_only_what_differs_clashes_and_both_stay_open() -> None:
    wiki, cloud = single(end=day(2)), single(end=day(3))
    made = merged(wiki, cloud, on_conflict=OnConflict.ASK)
    assert made.clashes == {"end": (Clash(day(1), day(2), day(3)), None)}
    assert made.unsettled == {**both("start", day(1)), **both("end", day(1))}


@pytest.mark.parametrize("side", list(Side))
def test_what_a_person_decided_goes_through(side: Side) -> None:
    made = merged(single("A"), single("B"), on_conflict=OnConflict.ASK, decided=side)
    assert made.clashes["title"][1] is side
    assert (made.to_wiki if side is Side.CLOUD else made.to_cloud) != {}
    assert made.unsettled == {}


@pytest.mark.parametrize("side", list(Side))
def test_a_one_way_binding_follows_its_source_whatever_the_policy(side: Side) -> None:
    way = Direction.TO_CLOUD if side is Side.WIKI else Direction.TO_WIKI
    made = merged(single("A"), single("B"), direction=way, on_conflict=OnConflict.ASK)
    assert made.clashes["title"][1] is side


@pytest.mark.parametrize("policy", list(OnConflict))
def test_a_pair_never_agreed_on_is_for_a_person_whatever_the_policy(policy: OnConflict) -> None:
    made = merged(single("A"), single("B"), link=NEVER, on_conflict=policy)
    assert made.clashes == {"title": (Clash(None, "A", "B"), None)}
    assert made.unsettled == both("title", MISSING)
    assert (made.to_wiki, made.to_cloud) == ({}, {})


def test_what_the_wiki_could_not_say_otherwise_is_the_same() -> None:
    def shouting(event: Event) -> Event:
        return replace(event, title=event.title.upper())

    base = both("title", "Permanence")
    assert merged(single("BAL"), single("Bal"), project=shouting) == Merge(bases=base)
    clash = merged(single("Bal"), single("bal"), project=shouting)
    assert set(clash.clashes) == {"title"}


def test_a_text_is_the_same_whatever_its_spaces_and_markup() -> None:
    one = single(description=RichText("Venez  tous", "<p>Venez tous</p>"))
    other = single(description=RichText("Venez\ntous"))
    made = merged(one, other)
    assert made == Merge(bases=both("description", RichText()))
    apart = merged(one, single(description=RichText("Veneztous")))
    assert apart != made


# Long texts


def text(*paragraphs: str, html: str = "") -> Event:
    return single(description=RichText("\n\n".join(paragraphs), html))


BASE = text("Accueil", "Repas", "Rangement")
OURS = text("Accueil à 9 h", "Repas", "Rangement")
THEIRS = text("Accueil", "Repas", "Rangement, puis balade")
WHOLE = RichText("Accueil à 9 h\n\nRepas\n\nRangement, puis balade")


def test_edits_of_two_paragraphs_go_both_ways() -> None:
    made = merged(OURS, THEIRS, BASE)
    assert made == Merge(
        to_wiki={"description": WHOLE},
        to_cloud={"description": WHOLE},
        bases=both("description", BASE.description),
    )


def test_a_side_that_has_the_whole_text_already_is_not_written() -> None:
    whole = single(description=WHOLE)
    bases = both("description", BASE.description)
    assert merged(whole, THEIRS, BASE) == Merge(to_cloud={"description": WHOLE}, bases=bases)
    assert merged(OURS, whole, BASE) == Merge(to_wiki={"description": WHOLE}, bases=bases)


def test_edits_of_one_paragraph_clash() -> None:
    other = text("Accueil à 10 h", "Repas", "Rangement")
    made = merged(OURS, other, BASE)
    clash = Clash(BASE.description, OURS.description, other.description)
    assert made.clashes == {"description": (clash, Side.WIKI)}
    assert made.to_wiki == {}


def test_two_edits_are_not_put_together_where_the_texts_were_not_the_same() -> None:
    base = (BASE, text("Accueil", "Repas", "Fin"))
    assert set(merge(meet(base, OURS, THEIRS)).clashes) == {"description"}
    spaced = (BASE, single(description=RichText("Accueil\nRepas\nRangement", "<p/>")))
    assert merge(meet(spaced, OURS, THEIRS)).clashes == {}


def test_two_edits_are_not_put_together_where_nothing_was_agreed_or_one_side_is_not_written() -> (
    None
):
    never = {"unsettled": {"description": (MISSING, MISSING)}}
    assert set(merged(OURS, THEIRS, BASE, link=never).clashes) == {"description"}
    half = {"unsettled": {"description": (BASE.description, MISSING)}}
    assert set(merged(OURS, THEIRS, BASE, link=half).clashes) == {"description"}
    for way in (Direction.TO_CLOUD, Direction.TO_WIKI):
        assert set(merged(OURS, THEIRS, BASE, direction=way).clashes) == {"description"}


# What is told besides


def test_the_address_of_an_entry_follows_its_wiki() -> None:
    old, new = single(page="https://old.example/?P"), single(page="https://new.example/?P")
    base = (old, old)
    made = merge(meet(base, new, old))
    assert made == Merge(to_cloud={"page": new.page}, bases={"page": (old.page, old.page)})
    assert merge(meet(base, new, new)) == Merge()
    assert merge(meet(base, old, old)) == Merge()
    assert merge(meet(base, single(), old)) == Merge()
    assert merge(meet((single(), single()), new, old)) == Merge()
    assert merge(meet(base, new, old, direction=Direction.TO_WIKI)) == Merge()
    assert merge(meet(base, new, old, link={"origin": Side.CLOUD})) == Merge()
    refused = {"unsettled": {"page": (old.page, old.page)}}
    assert merge(meet((new, old), new, old, link=refused)).to_cloud == {"page": new.page}


def test_a_place_that_moves_without_its_position_leaves_a_doubt() -> None:
    here, there = Position(48.7, 2.18), Position(48.8, 2.2)
    base = single(place="Orsay", position=here)
    moved = replace(base, place="Gif")
    for side, pair in ((Side.CLOUD, (moved, base)), (Side.WIKI, (base, moved))):
        made = merged(*pair, base)
        assert made.problems == [Problem.warning("position-doubtful", side)]
    assert merged(replace(moved, position=there), base, base).problems == []
    assert merged(single(place="Gif"), single(place="Orsay"), single(place="Orsay")).problems == []
    assert merged(replace(base, title="A"), base, base).problems == []


def test_guests_do_not_hear_of_a_new_time_from_us() -> None:
    invited = single(guests=True)
    told = [Problem.warning("guests-not-told", Side.CLOUD)]
    assert merged(single(start=day(2), end=day(2)), invited, invited).problems == told
    assert merged(single(end=day(2)), invited, invited).problems == told
    assert merged(single("Autre"), invited, invited).problems == []
    assert merged(single(end=day(2)), single()).problems == []
    repeated = weekly(invited)
    edited = merged(weekly(overrides=(own(8, title="A"),)), repeated, repeated)
    assert edited.problems == told


def test_what_is_written_into_our_own_words_goes_nowhere_and_is_told() -> None:
    base = (single(said="Tous les lundis"), single())
    told = [Problem.warning("derived-edited", Side.WIKI)]
    assert merge(meet(base, single(said="Tous les mardis"), single())).problems == told
    assert merge(meet(base, single(), single())).problems == told
    assert merge(meet(base, base[0], single())).problems == []
    assert merge(meet(single(), single(said="Tous les lundis"), single())).problems == []


# The record to write from


def test_the_record_to_write_knows_where_the_wiki_keeps_the_thing() -> None:
    pairs = (("link", "bf_lien"),)
    known = single(page="https://wiki.example/?P", properties=pairs)
    bare = single("Ici")
    made = apply_to(bare, {"place": "Orsay"}, known)
    assert made == single("Ici", place="Orsay")
    assert (made.page, made.properties) == (known.page, known.properties)
    other = single(page="https://other.example/?P", properties=(("link", "bf_site"),))
    kept = apply_to(known, {}, other)
    assert (kept.page, kept.properties) == (known.page, known.properties)
    moved = apply_to(known, {"page": "https://new.example/?P"}, other)
    assert moved.page == "https://new.example/?P"


def test_the_position_that_is_doubted_is_the_one_of_the_side_that_is_written() -> None:
    here = Position(48.7, 2.18)
    base = (single(place="Orsay", position=here), single(place="Orsay"))
    moved = replace(base[1], place="Gif")
    made = merge(meet(base, base[0], moved))
    assert made.problems == [Problem.warning("position-doubtful", Side.WIKI)]
    quiet = merge(meet(base, replace(base[0], place="Gif"), base[1]))
    assert quiet.problems == []


def test_guests_do_not_hear_of_a_new_start_either() -> None:
    invited = single(guests=True, end=day(3))
    moved = merged(single(start=day(2), end=day(3)), invited, invited)
    assert moved.to_cloud == {"start": day(2)}
    assert [problem.code for problem in moved.problems] == ["guests-not-told"]


def test_what_was_never_agreed_in_the_wiki_was_never_agreed() -> None:
    half = {"unsettled": {"title": (MISSING, "Permanence")}}
    made = merged(single("A"), single("B"), link=half)
    assert made.clashes["title"][1] is None
