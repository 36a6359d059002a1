"""Version tokens, the bookmark of a run, errors translated, values compared."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import pytest

from bazar_forms import errors as bazar
from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki.comparing import not_kept
from oscartes_sync.adapters.yeswiki.tokens import (
    Bookmark,
    content_digest,
    date_part,
    dates_of,
    digest_of,
    token_of,
)
from oscartes_sync.adapters.yeswiki.translate import translate, translated
from tests.fakes.agenda_form import agenda_fields, entry, form_of, setting_of

RECIPE = setting_of(form_of(agenda_fields())).recipe
NOON = datetime(2026, 11, 24, 12, 5, 30, tzinfo=UTC)
KINDS = [
    kind
    for _, kind in inspect.getmembers(bazar, inspect.isclass)
    if issubclass(kind, bazar.BazarError)
]


def test_a_token_tells_date_and_content() -> None:
    token = token_of([entry()], RECIPE)
    assert dates_of(token) == "2026-11-01 10:00:00"
    assert digest_of(token) == content_digest([entry()], RECIPE)
    assert content_digest([entry(bf_lieu="x")], RECIPE) != digest_of(token)


def test_what_is_no_part_of_the_record_does_not_move_it() -> None:
    assert content_digest([entry(bf_note="x", bf_lieu="")], RECIPE) == content_digest(
        [entry()], RECIPE
    )


def test_the_date_of_a_series_is_that_of_all_its_members() -> None:
    dates = {"A": "2026-11-01 10:00:00", "A1": "2026-11-02 10:00:00"}
    part = date_part(dates)
    assert part.startswith("2026-11-02 10:00:00#")
    assert date_part({**dates, "A": "2026-10-01 10:00:00"}) != part
    assert date_part({"A": dates["A"]}) == dates["A"]


def test_a_date_is_settled_once_no_other_edit_can_bear_it() -> None:
    # The wiki's clock is one hour ahead of UTC here: this is the present second there.
    fresh = "2026-11-24 13:05:29"
    first = Bookmark().follow("b", [fresh, "2026-11-20 10:00:00"], NOON)
    assert not first.is_settled(f"{fresh}|x")
    assert first.is_settled("2026-11-20 10:00:00|x")
    soon = first.follow("b", [fresh], NOON + timedelta(seconds=1))
    assert not soon.is_settled(f"{fresh}|x")
    later = first.follow("b", [fresh], NOON + timedelta(seconds=9))
    assert later.is_settled(f"{fresh}|x")
    assert not later.is_settled("2026-11-24 13:06:00|x")


def test_an_old_date_is_settled_at_once() -> None:
    assert Bookmark().follow("b", ["2026-11-20 10:01:02"], NOON).is_settled("2026-11-20 10:01:02|x")
    assert Bookmark().follow("b", ["2026-11-24 12:58:00"], NOON).is_settled("2026-11-24 12:58:00|x")
    assert Bookmark().follow("b", ["garbage"], NOON).newest == "garbage"
    assert Bookmark().follow("b", [], NOON).settled == ""


def test_a_bookmark_survives_as_text_and_a_broken_one_is_empty() -> None:
    mark = Bookmark().follow("b", ["2026-11-20 10:00:00"], NOON)
    assert Bookmark.read(mark.write()) == mark
    assert Bookmark.read("") == Bookmark.read("[]") == Bookmark.read("{") == Bookmark()
    assert mark.follow("other", [], NOON).settled == ""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_error_of_the_library_leaves_untranslated(kind: type[bazar.BazarError]) -> None:
    with (
        pytest.raises(errors.OscartesError) as raised,
        translated("noe", tag="Cafe"),
    ):
        raise kind("A sentence.")
    assert raised.value.params["wiki"] == "noe"


def test_owners_and_properties_are_passed_on() -> None:
    forbidden = translate(bazar.Forbidden("x", owner="Claire"), "noe")
    assert (type(forbidden), forbidden.params["owner"]) == (errors.Forbidden, "Claire")
    lost = translate(bazar.WriteNotKept("x", properties=("a", "b")), "noe")
    assert lost.params["properties"] == "a, b"
    assert isinstance(translate(bazar.UnknownOutcome("x"), "noe"), errors.OutcomeUnknown)


def test_values_are_compared_by_what_they_mean() -> None:
    held = entry(
        bf_titre="A &amp; B",
        bf_description='<p class="x">Un  mot</p>',
        bf_type_evenement="fete,atelier",
        bf_latitude="48.70",
        bf_longitude="2.1",
        bf_autre="y",
    )
    same = {
        "bf_titre": "A & B",
        "bf_description": "<p>Un mot</p>",
        "bf_type_evenement": "atelier,fete",
        "bf_latitude": "48.7",
        "bf_longitude": "2.10",
        "bf_autre": "y",
    }
    assert not_kept(held, same, RECIPE) == ()
    other = {**same, "bf_titre": "C", "bf_longitude": "3", "bf_autre": "z", "bf_lieu": "Halle"}
    assert not_kept(held, other, RECIPE) == ("bf_autre", "bf_lieu", "bf_titre", "geolocation")
    assert not_kept(held, {"bf_date_debut_evenement": "?"}, RECIPE) == ("bf_date_debut_evenement",)
