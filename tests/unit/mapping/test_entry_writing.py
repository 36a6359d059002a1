"""From events to what is sent to the wiki."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazar_forms.entry import Entry
from oscartes_sync.errors import ConfigurationError
from oscartes_sync.mapping.entry_reading import read_entry
from oscartes_sync.mapping.entry_writing import (
    Writing,
    new_entry,
    patch_entry,
    position_of,
    project,
)
from oscartes_sync.mapping.setting import Setting
from oscartes_sync.records.event import (
    Attachment,
    Event,
    Position,
    RichText,
    Series,
    Status,
)
from tests.fakes.agenda_form import agenda_fields, entry, field, form_of, setting_of, text

SETTING = setting_of(form_of(agenda_fields()))
NOW = datetime(2026, 11, 24, tzinfo=UTC)
EVENT = Event(title="Fête & <bal>", start=date(2027, 3, 2), end=date(2027, 3, 3))


def new(event: Event, setting: Setting = SETTING, **defaults: str) -> Writing:
    return new_entry(event, setting, defaults=defaults, now=NOW)


def patch(stored: Entry, setting: Setting = SETTING, /, **changes: object) -> Writing:
    event = read_entry(stored, setting).record
    assert event is not None
    return patch_entry(stored, changes, replace(event, **changes), setting)  # type: ignore[arg-type]


def codes(writing: Writing) -> list[str]:
    return [problem.code for problem in writing.problems]


def test_a_new_entry_holds_every_field_in_the_wikis_way() -> None:
    event = replace(
        EVENT,
        start=datetime(2027, 7, 1, 8, 0, tzinfo=UTC),
        end=datetime(2027, 7, 1, 10, 30, tzinfo=UTC),
        description=RichText("Un & deux\n\n{{include}}"),
        place="Salle, 3 rue X, 91400 Orsay",
        position=Position(48.7, 2.1),
        link="https://x.example/?a=1&b=2",
        categories=("Atelier", "Inconnue"),
        organizer="Vélo & Cie",
        status=Status.CANCELLED,
        image="https://elsewhere/i.png",
        files=(Attachment("https://elsewhere/a.pdf"),),
    )
    writing = new(event)
    said = "— Ajouté par OSCARTES, ne pas modifier —<br>Cet événement est annulé."
    assert writing.values == {
        "bf_titre": "Fête &amp; &lt;bal&gt;",
        "bf_date_debut_evenement": "2027-07-01T10:00:00+02:00",
        "bf_date_fin_evenement": "2027-07-01T12:30:00+02:00",
        "bf_description": f"<p>Un &amp; deux</p>\n<p>{{{{include}}}}</p><p>{said}</p>",
        "bf_lieu": "Salle",
        "bf_adresse": "3 rue X",
        "bf_code_postal": "91400",
        "bf_ville": "Orsay",
        "bf_latitude": "48.7",
        "bf_longitude": "2.1",
        "listefiche5bf_organisateur": "VeloCie",
        "bf_site_internet": "https://x.example/?a=1&b=2",
        "bf_type_evenement": "atelier",
    }
    (unknown,) = writing.problems
    assert (unknown.code, dict(unknown.params)) == ("category-unknown", {"category": "Inconnue"})


def test_a_series_of_the_cloud_shows_its_next_date_and_says_its_rule() -> None:
    event = replace(
        EVENT, start=date(2026, 11, 3), end=date(2026, 11, 3), series=Series("FREQ=WEEKLY;COUNT=9")
    )
    values = new(event).values
    assert values["bf_date_debut_evenement"] == values["bf_date_fin_evenement"] == "2026-11-24"
    assert "Dates :" in values["bf_description"]


def test_defaults_fill_what_the_event_leaves_empty() -> None:
    fields = [*agenda_fields(), (text("bf_public", required=True), "")]
    setting = setting_of(form_of(fields))
    assert codes(new(EVENT, setting)) == ["required-empty"]
    filled = new(EVENT, setting, bf_public="1", bf_titre="never")
    assert filled.values["bf_public"] == "1"
    assert filled.values["bf_titre"] == "Fête &amp; &lt;bal&gt;"
    assert codes(filled) == []
    with pytest.raises(ConfigurationError, match="default-property-unknown"):
        new(EVENT, setting, bf_publik="1")


def test_automatic_titles_are_sent_as_their_template() -> None:
    title = {**field("titre", "bf_titre"), "name": "{{bf_lieu}}"}
    setting = setting_of(form_of([(title, ""), *agenda_fields()[1:]]))
    writing = new(EVENT, setting)
    assert writing.values["bf_titre"] == "{{bf_lieu}}"
    assert codes(writing) == ["title-automatic"]
    assert "title" not in setting.recipe.writes


def test_a_patch_holds_changed_fields_only() -> None:
    stored = entry(bf_titre="Caf&eacute;", bf_ville="Orsay", bf_autre="x")
    assert patch(stored).values == {}
    assert patch(stored, title="Thé").values == {"bf_titre": "Thé"}
    assert patch(stored, title="Café").values == {}
    assert patch(stored, end=date(2027, 3, 5)).values == {"bf_date_fin_evenement": "2027-03-05"}
    assert patch(stored, link="").values == {}


def test_clearing_sends_an_empty_value() -> None:
    stored = entry(bf_site_internet="https://x.example", bf_latitude="48", bf_longitude="2")
    writing = patch(stored, link="", position=None)
    assert writing.values == {"bf_site_internet": "", "bf_latitude": "", "bf_longitude": ""}


def test_a_text_that_says_the_same_keeps_its_markup() -> None:
    stored = entry(bf_description="<h2>Titre</h2><p>Un <i>mot</i></p>")
    kept = patch(stored, description=RichText("Titre\n\nUn mot"))
    assert kept.values == {}
    changed = patch(stored, description=RichText("Autre <b>"))
    assert changed.values == {"bf_description": "<p>Autre &lt;b&gt;</p>"}


def test_html_is_taken_where_it_says_what_the_text_says() -> None:
    html = "<p onclick='x()'>Un <b>mot</b></p><script>bad()</script>"
    agreed = patch(entry(), description=RichText("Un mot", html)).values["bf_description"]
    assert agreed == "<p>Un <b>mot</b></p>"
    stale = patch(entry(), description=RichText("Autre mot", html)).values["bf_description"]
    assert stale == "<p>Autre mot</p>"


def test_a_wiki_text_is_made_harmless() -> None:
    setting = setting_of(form_of(agenda_fields("wiki")))
    sent = patch(entry(), setting, description=RichText("{{include page}} [[x]]"))
    assert "{{" not in sent.values["bf_description"]
    back = read_entry(entry(**sent.values), setting).record
    assert back is not None
    assert back.description.text == "{{include page}} [[x]]"


@pytest.mark.parametrize("syntax", ["html", "wiki", "nohtml"])
def test_the_derived_paragraph_follows_the_state_and_leaves_the_text_alone(syntax: str) -> None:
    setting = setting_of(form_of(agenda_fields(syntax)))
    own = "<p>Un <i>mot</i></p>" if syntax == "html" else "Un mot"
    stored = entry(bf_description=own)
    cancelled = patch(stored, setting, status=Status.CANCELLED).values["bf_description"]
    assert cancelled.startswith(own)
    assert "annulé" in cancelled
    again = entry(bf_description=cancelled)
    assert patch(again, setting, status=Status.CONFIRMED).values == {"bf_description": own}


def test_an_organiser_without_a_field_is_said() -> None:
    setting = setting_of(form_of(agenda_fields()), organizer="")
    assert (
        "Organisé par : Zoé"
        in new(replace(EVENT, organizer="Zoé"), setting).values["bf_description"]
    )


def test_without_a_long_text_it_is_told() -> None:
    fields = [each for each in agenda_fields() if each[0]["type"] != "textelong"]
    event = replace(EVENT, status=Status.CANCELLED)
    assert codes(new(event, setting_of(form_of(fields)))) == ["no-long-text"]


@pytest.mark.parametrize(
    ("organizer", "sent", "code"),
    [
        ("La Ferme", "LaFerme", None),
        ("vélo &  cie", "VeloCie", None),
        ("LA FERME", None, "organizer-ambiguous"),
        ("Personne", None, "organizer-unknown"),
    ],
)
def test_organisers_are_found_by_title(organizer: str, sent: str | None, code: str | None) -> None:
    writing = new(replace(EVENT, organizer=organizer))
    assert writing.values.get("listefiche5bf_organisateur") == sent
    assert codes(writing) == ([code] if code else [])


def test_a_place_that_cannot_be_split_is_told_and_the_rest_stays() -> None:
    stored = entry(bf_lieu="Ferme", bf_adresse="3 rue X", bf_code_postal="91400", bf_ville="Orsay")
    writing = patch(stored, place="Chez Paul, derrière, à gauche")
    assert writing.values == {"bf_lieu": "Chez Paul, derrière, à gauche"}
    assert codes(writing) == ["place-not-split"]


def test_fields_of_others_are_not_written() -> None:
    fields = agenda_fields()
    fields[11][0]["write_acl"] = "@admins"
    fields[1][0]["write_acl"] = "@admins"
    setting = setting_of(form_of(fields))
    writing = new(replace(EVENT, link="https://x.example"), setting)
    assert "bf_site_internet" not in writing.values
    assert codes(writing) == ["field-not-ours"]


def test_a_long_text_is_sent_whole_and_told() -> None:
    writing = new(replace(EVENT, title="x" * 300))
    assert writing.values["bf_titre"] == "x" * 300
    assert codes(writing) == ["text-too-long"]


def test_files_go_one_way() -> None:
    writing = patch(entry(), files=(Attachment("https://x.example/a.pdf"),))
    assert (writing.values, codes(writing)) == ({}, ["attachment-one-way"])


def test_a_position_is_sent_as_it_is_stored() -> None:
    recipe = SETTING.recipe
    assert position_of(entry(bf_latitude="48,70", bf_longitude="2"), recipe) == ("48,70", "2")
    assert position_of(entry(), recipe) == ("", "")
    assert position_of(entry(bf_latitude="nord", bf_longitude="2"), recipe) == ("nord", "2")


def test_project_says_what_the_wiki_could_hold() -> None:
    event = replace(
        EVENT,
        categories=("Atelier", "Inconnue"),
        organizer="Personne",
        guests=True,
        status=Status.CANCELLED,
        image="https://elsewhere/i.png",
    )
    expected = replace(EVENT, categories=("Atelier",))
    assert project(event, SETTING, now=NOW) == expected


def test_project_keeps_what_is_the_wikis_own() -> None:
    series = Series("FREQ=DAILY;COUNT=3")
    event = replace(
        EVENT, page="https://wiki.example/?X", series=series, image="https://wiki.example/files/i"
    )
    assert project(event, SETTING, now=NOW) == event


words = st.text(alphabet="aé &<>'\"[{}]/*-_=\n,🔧", min_size=1, max_size=30)


@given(words, words, words, st.sampled_from(["html", "wiki", "nohtml"]))
def test_what_was_written_reads_back_and_is_not_written_again(
    title: str, body: str, place: str, syntax: str
) -> None:
    setting = setting_of(form_of(agenda_fields(syntax)))
    event = replace(EVENT, title=f"x {title}", description=RichText(body), place=place.strip())
    stored = entry(**new(event, setting).values)
    back = read_entry(stored, setting).record
    assert back is not None
    assert back.place == event.place
    changes = {name: getattr(back, name) for name in ("title", "description", "place")}
    assert patch_entry(stored, changes, back, setting).values == {}
