"""vCards, read by `vobject`."""

from __future__ import annotations

import vobject

from oscartes_sync.exports.cards import render
from tests.unit.exports.publications import (
    LICENCE,
    actor,
    hostile_actor,
    published,
    row,
    stable,
)


def test_an_actor_is_a_card_with_the_identity_it_has_in_the_address_book() -> None:
    content = stable(render, row("LaGrange", actor()), row("Autre", actor(name="Autre", image="")))
    card, other = vobject.readComponents(content.decode())
    assert (card.version.value, card.uid.value) == ("3.0", "LaGrange.noe@oscartes")
    assert card.fn.value == card.org.value[0] == "La Grange aux Outils"
    assert [each.value for each in card.tel_list] == ["+33 1 60 00 00 11", "01 60 00 00 12"]
    assert (card.adr.value.code, card.adr.value.city) == ("01000", "Orsay")
    assert card.rev.value == "20261124T103000Z"
    assert card.photo.value == "https://wiki.example/files/logo.png"
    assert LICENCE.url in card.x_license.value
    assert "photo" not in other.contents


def test_no_actors_are_no_cards() -> None:
    assert render(published()) == b""


def test_a_hostile_actor_is_one_card() -> None:
    content = stable(render, row("Mal", hostile_actor()), row("Bon", actor()))
    bad, good = vobject.readComponents(content.decode())
    assert "]]>" in bad.fn.value
    assert good.fn.value == "La Grange aux Outils"
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
