"""What of a wanted value an entry would hold, and when two values mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from oscartes_sync.imports.holding import lost, renamed, says_the_same
from oscartes_sync.records.event import Position, RichText


@pytest.mark.parametrize(
    ("name", "wanted", "held", "here"),
    [
        ("phones", ("01.60.00.00.11",), ("01 60 00 00 11",), ()),
        ("emails", ("A@b.example",), ("a@b.example",), ()),
        ("sites", ("https://a.example/",), ("https://a.example",), ()),
        ("categories", ("energie",), ("Énergie",), ()),
        ("categories", ("Bois",), ("Énergie / Bois",), ()),
        ("categories", ("Énergie / Bois",), ("Bois",), ()),
        ("phones", ("01",), (), ("01",)),
        ("town", "Orsay", "Orsay", "Gif"),
        ("organizer", "la grange", "La Grange", ""),
        ("description", RichText("a\nb"), RichText("a b"), RichText()),
        ("place", "Salle, Orsay", "Salle (Orsay)", ""),
        ("town", "", "", "Gif"),
    ],
)
def test_what_has_its_place_is_not_lost(name: str, wanted: Any, held: Any, here: Any) -> None:
    assert lost(name, wanted, held, here) == ()


@pytest.mark.parametrize(
    ("name", "wanted", "held", "here", "gone"),
    [
        ("phones", ("01", "02"), ("01",), (), ("02",)),
        ("categories", ("Mobilités", "Inconnue"), ("Mobilités",), ("Énergie",), ("Inconnue",)),
        ("town", "Orsay", "", "", ("Orsay",)),
        ("organizer", "Personne", "", "La Grange", ("Personne",)),
        ("status", "CANCELLED", "CONFIRMED", "CONFIRMED", ("CANCELLED",)),
    ],
)
def test_what_has_none_is_named(
    name: str, wanted: Any, held: Any, here: Any, gone: tuple[str, ...]
) -> None:
    assert lost(name, wanted, held, here) == gone


def test_spelling_and_order_of_several_values_mean_nothing() -> None:
    assert says_the_same("phones", ("01.02", "03"), ("03", "01 02"))
    assert not says_the_same("phones", ("01", "03"), ("01",))
    assert says_the_same("categories", ("Fete",), ("Fête",))
    assert not says_the_same("town", "ORSAY", "Orsay")
    assert not says_the_same("position", Position(1, 2), None)


def test_a_label_that_was_renamed_is_no_new_keyword() -> None:
    labels = ("Énergies", "Numérique / Outils")
    assert renamed(("Énergie",), ("Énergies",), labels) == ("Énergie",)
    assert renamed(("Énergies", "compost"), ("Énergies",), labels) == ()
    assert renamed(("Outils",), ("Numérique / Outils",), labels) == ()
    assert renamed(("compost",), ("jardin",), labels) == ()
    assert renamed((), ("Énergies",), labels) == ()
