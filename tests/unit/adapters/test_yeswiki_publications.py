"""A view's form and entries as anybody reads them, and answers that are not to be believed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from bazar_forms.client import BazarClient, Listing
from bazar_forms.entry import Entry
from bazar_forms.errors import BazarError, EntryMalformed, NotAWiki, NotFound
from bazar_forms.form import Form
from oscartes_sync.adapters.yeswiki.publications import YesWikiPublications
from oscartes_sync.adapters.yeswiki.unfinished import NEUTRAL_TITLE
from oscartes_sync.errors import ConfigurationError, Missing, SideError, Unexpected
from oscartes_sync.exports.view import NO_DATE, View
from tests.fakes.agenda_form import agenda_fields, entry, form_of
from tests.unit.exports.publications import LICENCE
from tests.unit.mapping.contacts.directory_form import directory_fields

DIRECTORY = form_of(directory_fields(), "5")
AGENDA = form_of(agenda_fields(), "6")
VIEW = View(name="acteurs", wiki="noe", form="5", licence=LICENCE)


@dataclass
class FakeClient:
    """Answers so, and remembers what it was asked."""

    shown: Form = DIRECTORY
    listing: Listing = field(default_factory=Listing)
    error: BazarError | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    base_url: str = "https://wiki.example"

    def page_url(self, tag: str) -> str:
        return f"{self.base_url}/?{tag}"

    def form(self, form_id: str) -> Form:
        if self.error is not None:
            raise self.error
        assert form_id == self.shown.id
        return self.shown

    def entries(self, form_id: str, **more: Any) -> Listing:
        self.asked.append(more)
        return self.listing


def find(client: FakeClient, view: View = VIEW, user: str = "RobotNuage") -> Any:
    return YesWikiPublications(cast("BazarClient", client), "noe", user).find(view)


def listed(*entries: Entry, problems: tuple[BazarError, ...] = ()) -> Listing:
    return Listing({each.tag: each for each in entries}, problems=problems)


def actor(tag: str, /, **more: Any) -> Entry:
    return replace(entry(tag, **{"bf_titre": "La Grange", **more}), form="5")


def test_entries_are_asked_for_as_anybody_with_where_and_consent() -> None:
    client = FakeClient(listing=listed(actor("LaGrange")))
    view = replace(VIEW, where="bf_ville=Orsay", consent="bf_pays=France")
    found = find(client, view)
    assert client.asked == [{"query": "bf_ville=Orsay|bf_pays=France", "anonymous": True}]
    assert (found.kind, found.label, found.source) == ("contacts", "Agenda", client.base_url)
    (row,) = found.rows
    assert (row.uid, row.record.name) == ("LaGrange.noe@oscartes", "La Grange")
    assert row.record.page == "https://wiki.example/?LaGrange"


def test_dates_are_those_of_the_entry_in_the_network_s_zone() -> None:
    undated = replace(actor("Sans"), updated="", created="jamais")
    rows = find(FakeClient(listing=listed(actor("LaGrange"), undated))).rows
    assert rows[0].updated == datetime(2026, 11, 1, 10, tzinfo=ZoneInfo("Europe/Paris"))
    assert (rows[1].created, rows[1].updated) == (NO_DATE, NO_DATE)


def test_a_form_with_dates_is_an_agenda_unless_the_view_says_otherwise() -> None:
    client = FakeClient(AGENDA, listed(entry("Cafe")))
    view = replace(VIEW, form="6")
    assert find(client, view).kind == "events"
    assert find(client, replace(view, kind="contacts")).kind == "contacts"


def test_an_entry_that_cannot_be_read_is_a_problem_beside_the_others() -> None:
    found = find(FakeClient(listing=listed(actor("LaGrange"), actor("Vide", bf_titre=""))))
    assert [row.tag for row in found.rows] == ["LaGrange"]
    assert [(each.code, each.entry) for each in found.problems] == [("entry-without-title", "Vide")]


def test_an_entry_that_we_have_begun_ourselves_is_no_news() -> None:
    begun = replace(actor("Debut", bf_titre=NEUTRAL_TITLE), owner="RobotNuage")
    assert find(FakeClient(listing=listed(begun))).rows == ()


def test_a_repetition_without_its_parent_is_told_and_left_out() -> None:
    lost = entry("Cafe", bf_date_fin_evenement_data='{"recurrentParentId":"Mere"}')
    found = find(FakeClient(AGENDA, listed(lost)), replace(VIEW, form="6"))
    assert found.rows == ()
    assert [each.code for each in found.problems] == ["repetition-orphan"]


def test_a_list_that_is_partly_damaged_says_so_and_a_wholly_damaged_one_is_none() -> None:
    damage = (EntryMalformed("no entry"),)
    found = find(FakeClient(listing=listed(actor("LaGrange"), problems=damage)))
    assert [each.code for each in found.problems] == ["export-listing-malformed"]
    with pytest.raises(Unexpected):
        find(FakeClient(listing=listed(problems=damage)))


@pytest.mark.parametrize("error", [NotFound("no form"), NotAWiki("HTML")])
def test_a_form_that_cannot_be_read_is_no_empty_view(error: BazarError) -> None:
    client = FakeClient(error=error)
    with pytest.raises(SideError) as caught:
        find(client)
    assert isinstance(caught.value, Missing | Unexpected)
    assert client.asked == []


def test_a_query_on_what_the_form_lacks_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="where-property-unknown"):
        find(FakeClient(), replace(VIEW, consent="bf_acord=oui"))
