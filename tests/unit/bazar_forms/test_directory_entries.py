"""Entries in a directory: odd values, what is left out, and links between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazar_forms import Directory, Entry, Source
from bazar_forms.directory import Cause, LinkState, Unindexed
from tests.unit.bazar_forms.directories import (
    ACTORS,
    TITLE,
    actors,
    entry,
    form,
    prepared,
    tags,
)

PROPERTIES = [str(one["id"]) for one in ACTORS] + ["bf_latitude", "bf_longitude", "carte_google"]
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(
    st.lists(st.dictionaries(st.sampled_from(PROPERTIES), junk), max_size=3), st.text(max_size=6)
)
def test_no_value_is_too_odd(rows: list[dict[str, object]], text: str) -> None:
    entries = [Entry(f"T{number}", "5", row) for number, row in enumerate(rows)]
    directory = actors(*entries)
    assert len(directory) == len(rows)
    found = directory.search(text, {"Thématiques": text or "x"}, near=(0, 0), box=(-90, 0, 90, 360))
    assert all(hit.reasons for hit in found.hits)


@pytest.mark.parametrize(
    ("properties", "cause", "property_name"),
    [
        ({"bf_description": ["x"]}, Cause.ILL_TYPED, "bf_description"),
        ({"bf_type": {"asso": 1}}, Cause.ILL_TYPED, "bf_type"),
        ({"bf_type": "inconnu"}, Cause.UNKNOWN_CHOICE, "bf_type"),
        ({"checkboxListThemes": "agri,danse,chant"}, Cause.UNKNOWN_CHOICE, "checkboxListThemes"),
        ({"bf_latitude": "95", "bf_longitude": "2"}, Cause.NO_POSITION, "geolocation"),
        ({"bf_latitude": "ici", "bf_longitude": "là"}, Cause.NO_POSITION, "geolocation"),
        ({"bf_latitude": "nan", "bf_longitude": "2"}, Cause.NO_POSITION, "geolocation"),
        ({"bf_latitude": "0.0", "bf_longitude": "0"}, Cause.NO_POSITION, "geolocation"),
        ({"bf_titre": " "}, Cause.NO_TITLE, "bf_titre"),
    ],
)
def test_a_bad_value_is_told_and_the_rest_of_the_entry_is_there(
    properties: dict[str, object], cause: Cause, property_name: str
) -> None:
    directory = actors(entry("A", bf_motscles="pain", **properties), wiki="un")
    assert directory.problems == (Unindexed(cause, "un", "5", "A", property_name),)
    assert tags(directory, "pain") == ["A"]
    assert directory.actors[0].position is None


def test_empty_and_missing_values_are_no_problem() -> None:
    empty: dict[str, object] = dict.fromkeys(PROPERTIES[1:], "")
    nothing: dict[str, object] = dict.fromkeys(PROPERTIES[1:])
    directory = actors(entry("A", **empty), entry("B", **nothing), entry("C"))
    assert directory.problems == ()
    assert [one.labels.keys() for one in directory.actors] == [{"form"}] * 3


@pytest.mark.parametrize(
    ("given_entry", "cause"),
    [
        (entry("B", status="0"), Cause.UNPUBLISHED),
        (entry("B", "6"), Cause.OTHER_FORM),
        (entry("a", bf_titre="Autre"), Cause.TWICE),
    ],
)
def test_an_entry_that_does_not_belong_is_left_out_and_told(
    given_entry: Entry, cause: Cause
) -> None:
    directory = actors(entry("A"), given_entry)
    assert tags(directory) == ["A"]
    assert directory.problems == (Unindexed(cause, "", "5", given_entry.tag),)


def test_an_entry_without_a_form_is_one_of_the_form_it_is_given_with() -> None:
    assert tags(actors(Entry("A", "", {"bf_titre": "A"}))) == ["A"]


def test_a_title_is_plain_and_is_the_tag_where_there_is_none() -> None:
    directory = actors(entry("A", bf_titre=" Vélo &amp;  <b>Cie</b> "), Entry("Seul", "5", {}))
    assert [one.title for one in directory.actors] == ["Seul", "Vélo & Cie"]


def test_a_form_without_its_title_or_its_fields_is_read() -> None:
    directory = Directory.of((form(), [entry("A", bf_titre="Salut")]))
    assert directory.actors[0].title == "Salut"
    assert tags(directory, "salut") == ["A"]
    hidden = Directory.of((form({**TITLE, "read_acl": "@admins"}), [entry("A", bf_titre="Salut")]))
    assert hidden.actors[0].title == "A"


def test_equal_tags_of_two_wikis_are_two_actors() -> None:
    directory = Directory.of(
        Source(form(*ACTORS), [entry("A")], "un"), Source(form(*ACTORS), iter([entry("A")]), "deux")
    )
    assert [one.identity for one in directory.actors] == [("deux", "a"), ("un", "a")]
    found = directory.actor("A", "un")
    assert found is not None
    assert found.wiki == "un"
    assert found.entry == entry("A")
    assert directory.actor("A") is None
    assert len(directory) == len(set(directory.actors)) == 2


EVENTS = form(
    TITLE,
    prepared("listefiche", "listefiche5bf_orga", "Organisateur", linkedObjectName="5"),
    prepared("listefiche", "listefiche9bf_lieu", "Lieu", linkedObjectName="9"),
    number="6",
    label="Agenda",
)
LINKED = Directory.of(
    (form(*ACTORS), [entry("A", checkboxfiche5bf_amis="B,Disparu,b"), entry("B")]),
    (EVENTS, [entry("Fete", "6", listefiche5bf_orga="A", listefiche9bf_lieu="Salle")]),
)


def test_links_lead_to_actors_or_nowhere_or_elsewhere() -> None:
    fete, ami = LINKED.actor("Fete"), LINKED.actor("A")
    assert fete is not None
    assert ami is not None
    assert [(one.field, one.tag, one.state) for one in LINKED.links(fete)] == [
        ("Organisateur", "A", LinkState.FOUND),
        ("Lieu", "Salle", LinkState.ELSEWHERE),
    ]
    assert LINKED.links(fete)[0].target == ami
    assert [one.tag for one in LINKED.links(ami)] == ["B", "Disparu", "b"]
    assert [one.tag for one in LINKED.dangling] == ["Disparu"]
    assert LINKED.dangling[0].target is None


def test_links_are_followed_backwards() -> None:
    ami = LINKED.actor("A")
    assert ami is not None
    (link,) = LINKED.linked_from(ami)
    assert (link.source.tag, link.property) == ("Fete", "listefiche5bf_orga")
    assert LINKED.linked_from(link.source) == ()


def test_links_do_not_leave_their_wiki() -> None:
    source = Source(form(*ACTORS), [entry("A", checkboxfiche5bf_amis="B")], "un")
    directory = Directory.of(source, Source(form(*ACTORS), [entry("B")], "deux"))
    assert [one.state for one in directory.links(directory.actors[0])] == [LinkState.DANGLING]
