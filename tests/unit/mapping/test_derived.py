"""The derived paragraph, put on and taken off."""

from __future__ import annotations

import html as html_library
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscartes_sync.mapping.derived import (
    MARKERS,
    is_derived,
    join_html,
    join_text,
    paragraph,
    split_html,
    split_text,
)
from oscartes_sync.records.event import Event, Series, Status

ALL = frozenset({"organizer", "status", "series"})
ZONE = "Europe/Paris"


def event(**values: object) -> Event:
    return Event(title="Fête", start=date(2027, 6, 5), end=date(2027, 6, 5), **values)  # type: ignore[arg-type]


FULL = event(organizer="Le  Pôle\nSud", status=Status.CANCELLED, series=Series("FREQ=YEARLY"))
FRENCH = (
    "— Ajouté par OSCARTES, ne pas modifier —\nOrganisé par : Le Pôle Sud\n"
    "Cet événement est annulé.\nDates : tous les ans, le 5 juin."
)
ENGLISH = (
    "— Added by OSCARTES, do not edit —\nOrganised by: Le Pôle Sud\n"
    "This event is cancelled.\nDates: every year, on 5 June."
)


def test_says_only_what_it_is_asked_and_there_is_to_say() -> None:
    assert paragraph(FULL, ALL, "fr", zone=ZONE) == FRENCH
    assert paragraph(FULL, ALL, "en", zone=ZONE) == ENGLISH
    assert paragraph(FULL, frozenset(), "fr", zone=ZONE) == ""
    assert paragraph(event(), ALL, "fr", zone=ZONE) == ""
    status = paragraph(event(status=Status.TENTATIVE), ALL, "fr", zone=ZONE)
    assert status.endswith("\nÀ confirmer.")


def test_a_paragraph_in_either_language_is_derived_and_an_edited_one_is_not() -> None:
    assert is_derived(FRENCH, FULL, ALL, "fr", zone=ZONE)
    assert is_derived(ENGLISH, FULL, ALL, "fr", zone=ZONE)
    assert is_derived(FRENCH.replace("\n", "  \n "), FULL, ALL, "en", zone=ZONE)
    assert not is_derived(FRENCH + " Mais si !", FULL, ALL, "fr", zone=ZONE)


@pytest.mark.parametrize("said", [FRENCH, ENGLISH])
@pytest.mark.parametrize("own", ["", "Venez !", "Un\n\ndeux — et trois"])
def test_text_comes_apart_as_it_was_put_together(own: str, said: str) -> None:
    assert split_text(join_text(own, said)) == (own, said)
    assert split_text(own) == (own, "")


@pytest.mark.parametrize("said", [FRENCH, ENGLISH])
@pytest.mark.parametrize(
    "own",
    [
        "",
        "<p>Venez&nbsp;!</p>",
        "Texte nu",
        "<p>Pas fermé",
        "<div><p>x</p></div>",
        "<html><body><p>x</p></body></html>",
        "<ul><li>a</li></ul><br>",
    ],
)
def test_html_comes_apart_as_it_was_put_together(own: str, said: str) -> None:
    assert split_html(join_html(own, said)) == (own, said)
    assert split_html(own) == (own, "")


def test_what_is_typed_behind_the_paragraph_is_the_members_own() -> None:
    text = join_text("Avant", FRENCH) + "\n\nAprès"
    assert split_text(text) == ("Avant\n\nAprès", FRENCH)
    html = join_html("<p>Avant</p>", FRENCH) + "<p>Après</p>"
    assert split_html(html) == ("<p>Avant</p><p>Après</p>", FRENCH)


def test_a_copied_paragraph_goes_too() -> None:
    assert split_text(f"{FRENCH}\n\n{ENGLISH}\n\nMoi")[0] == "Moi"
    assert split_html(join_html(join_html("<p>Moi</p>", FRENCH), ENGLISH))[0] == "<p>Moi</p>"


def test_entities_and_reflowed_blanks_do_not_hide_the_marker() -> None:
    encoded = (
        join_html("<p>Moi</p>", FRENCH)
        .replace("—", "&mdash;")
        .replace("é", "&eacute;")
        .replace("OSCARTES, ", "OSCARTES,&nbsp;")
        .replace("<br>", "<br />\n")
    )
    own, said = split_html(encoded)
    assert own == "<p>Moi</p>"
    assert said.split() == FRENCH.split()
    assert split_text("Moi\n\n—  Ajouté par\n OSCARTES, ne pas modifier —\nx")[0] == "Moi"


def test_a_marker_without_block_ends_with_the_next_block() -> None:
    html = f"Moi<br>{MARKERS['fr']}<br>Organisé par : X<p>Toi</p>"
    assert split_html(html) == ("Moi<p>Toi</p>", f"{MARKERS['fr']}\nOrganisé par : X")


@given(st.text(max_size=80), st.sampled_from([FRENCH, ENGLISH]))
def test_any_own_text_survives(own: str, said: str) -> None:
    own = own.strip()
    assert split_text(join_text(own, said))[0] == own


@given(st.text(alphabet="<>p/ -—&;b\n", max_size=60))
def test_any_own_html_survives(own: str) -> None:
    own = html_library.escape(own) if own.rstrip().endswith("<") else own
    assert "OSCARTES" not in split_html(join_html(own, FRENCH))[0]


@pytest.mark.parametrize(
    "piece", ["—", "<", "<p>", "— ", MARKERS["fr"], "&", "\n\n", "<p>— Ajouté "]
)
def test_time_stays_in_proportion_to_length(piece: str) -> None:
    long = piece * (200_000 // len(piece))
    # Twenty times longer than any field holds: what is not in proportion never comes back.
    assert len(split_text(long)[0]) <= len(long)
    assert len(split_html(long)[0]) <= len(long)
