"""Nothing but positive proof says that an entry is gone, or closed: each lie by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from oscartes_sync import errors
from oscartes_sync.adapters.yeswiki import listing as listing_module
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Known, Presence, Snapshot
from oscartes_sync.sandbox.wiki.faults import cut_short, halved, torn
from oscartes_sync.sandbox.wiki.messages import Response
from oscartes_sync.sandbox.wiki.stand_in import DATABASE_DOWN
from oscartes_sync.sandbox.wiki.templates import agenda_template
from tests.fakes.wiki_place import BINDING, Place, known, open_place

JSON = "application/json"
PAGE = b"<!DOCTYPE html><html><head><title>YesWiki</title></head><body>Bonjour</body></html>"
PORTAL = b"<!DOCTYPE html><html><head><title>Connexion</title></head><body>Wi-Fi</body></html>"
FAILURE = (
    b'{"exceptionMessage":"Exception: no in \\/var\\/www\\/yeswiki\\/x.php:477\\nStack trace"}'
)
PLANTS, EAU, FETE = "BourseAuxPlantes", "ConferenceEauEtSols", "FeteDesCommunsDOrsay"

LIES: dict[str, dict[str, Any]] = {
    "a page": {"body": PORTAL},
    "a page of the wiki": {"body": PAGE, "ours": True},
    "a page that calls itself JSON": {"body": PAGE, "kind": JSON},
    "a database that is down": {"body": DATABASE_DOWN.encode()},
    "a database that is down, as an error": {"body": DATABASE_DOWN.encode(), "status": 500},
    "nothing": {"body": b""},
    "nothing of the wiki": {"body": b"", "ours": True},
    "nothing of JSON": {"body": b"", "kind": JSON, "ours": True},
    "an empty object": {"body": b"{}", "kind": JSON},
    "an empty object of the wiki": {"body": b"{}", "kind": JSON, "ours": True},
    "an empty object that calls itself a page": {"body": b"{}", "ours": True},
    "an empty list": {"body": b"[]", "kind": JSON, "ours": True},
    "null": {"body": b"null", "kind": JSON, "ours": True},
    "false": {"body": b"false", "kind": JSON, "ours": True},
    "a text": {"body": b'"ok"', "kind": JSON, "ours": True},
    "a list of texts": {"body": b'["a","b"]', "kind": JSON, "ours": True},
    "texts by tag": {"body": b'{"A":"a","B":null}', "kind": JSON, "ours": True},
    "deep JSON": {"body": b"[" * 20_000, "kind": JSON, "ours": True},
    "a failure as it were well": {"body": FAILURE, "kind": JSON, "ours": True},
    "a failure": {"body": FAILURE, "kind": JSON, "status": 500, "ours": True},
    "an error as the old handler says it": {"body": b'{"error":"no"}', "kind": JSON, "ours": True},
    "a notice alone": {"body": b'{"rawOutput":"Notice: x"}', "kind": JSON, "ours": True},
    "a page that is missing": {"body": PAGE, "status": 404},
    "nothing is there": {"body": b"", "status": 404},
    "nothing is there, by a proxy's JSON": {"body": b"{}", "status": 404, "kind": JSON},
    "nothing is there, as a list": {"body": b"[]", "status": 404, "kind": JSON, "ours": True},
    "nothing is there, as null": {"body": b"null", "status": 404, "kind": JSON, "ours": True},
    "gone for good": {"body": PAGE, "status": 410},
    "gone for good, in JSON": {"body": b"{}", "status": 410, "kind": JSON, "ours": True},
    "forbidden by a proxy": {"body": PAGE, "status": 403},
    "forbidden in JSON": {"body": b'{"error":"no"}', "status": 403, "kind": JSON, "ours": True},
    "not authorised": {"body": b"", "status": 401},
    "a captive portal": {"body": b"", "status": 302, "location": "http://portal.example/"},
    "a redirection home": {"body": b"", "status": 302, "location": "/?PagePrincipale"},
    "not modified": {"body": b"", "status": 304},
    "maintenance": {"body": PORTAL, "status": 503},
    "too often": {"body": b"", "status": 429},
}
CHANGES: dict[str, Callable[[Response], Response]] = {
    "half of the bytes": cut_short,
    "a torn answer": torn,
}
REQUESTS: dict[str, dict[str, Any]] = {
    "the key": {"containing": "api/triples/"},
    "the form": {"ending": "api/forms/6"},
    "the list": {"ending": "api/forms/6/entries"},
    "the page": {"containing": "api/pages/"},
    "the readers": {"containing": "entries/json/"},
    "the dates": {"containing": "entries&fields="},
    "everything": {"containing": ""},
}


@dataclass
class Agenda:
    """A wiki as a run finds it after one that knew everything there."""

    place: Place
    known: Known

    def snapshot(self, binding: Binding = BINDING) -> Snapshot:
        return self.place.another_run().snapshot(binding, self.known)

    def removals(self, binding: Binding = BINDING) -> dict[str, Presence]:
        """What a run would take from the calendar, though it were told that empty is meant."""
        port = self.place.another_run()
        snapshot = port.snapshot(binding, self.known)
        looks = port.look(binding, snapshot.absent)
        removing = {Presence.GONE, Presence.HIDDEN, Presence.OUTSIDE}
        return {
            key: look.presence
            for key, look in looks.items()
            if snapshot.trusted and look.presence in removing
        }

    def refuses_or_removes_nothing(self, binding: Binding = BINDING) -> None:
        """As an error of ours, or because nothing is taken for gone."""
        try:
            found = self.removals(binding)
        except (errors.SideError, errors.ConfigurationError):
            return
        assert found == {}

    def lie(self, which: str, request: str) -> None:
        faults = self.place.wiki.faults
        if which in CHANGES:
            faults.change_next(CHANGES[which], n=99, **REQUESTS[request])
        else:
            faults.answer_next(**LIES[which], n=99, **REQUESTS[request])

    def halve(self) -> None:
        """Every list of the form shows every other entry."""
        self.place.wiki.faults.change_next(halved, n=99, containing="api/forms/6/entries")


@pytest.fixture(params=["4.4", "4.5"])
def agenda(request: pytest.FixtureRequest) -> Iterator[Agenda]:
    with open_place(request.param) as place:
        yield Agenda(place, known(place.port.snapshot(BINDING, Known())))


@pytest.fixture(scope="module", params=["4.4", "4.5"])
def shared(request: pytest.FixtureRequest) -> Iterator[Agenda]:
    with open_place(request.param) as place:
        found = Agenda(place, known(place.port.snapshot(BINDING, Known())))
        place.clock.sleep(60)
        found.known = known(found.snapshot(), found.known)
        yield found


@pytest.fixture
def lied(shared: Agenda) -> Iterator[Agenda]:
    """One that nobody changes, so that many lies are told of the same wiki."""
    yield shared
    shared.place.wiki.faults.clear()


@pytest.fixture
def scanning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few things are many here, so that dates are scanned."""
    monkeypatch.setattr(listing_module, "FEW", 0)


# One lie at one of a run's requests


@pytest.mark.parametrize("request_", sorted(REQUESTS.keys() - {"the dates"}))
@pytest.mark.parametrize("which", sorted([*LIES, *CHANGES]))
def test_a_lie_removes_nothing(lied: Agenda, which: str, request_: str) -> None:
    lied.lie(which, request_)
    lied.refuses_or_removes_nothing()


@pytest.mark.parametrize("request_", ["the page", "the readers"])
@pytest.mark.parametrize("which", sorted([*LIES, *CHANGES]))
def test_a_look_that_is_lied_to_finds_nothing_gone(lied: Agenda, which: str, request_: str) -> None:
    """The list shows every other entry, and the look at the others is a lie as well."""
    lied.place.wiki.faults.change_next(halved, ending="api/forms/6/entries")
    lied.lie(which, request_)
    lied.refuses_or_removes_nothing()


@pytest.mark.parametrize("which", sorted([*LIES, *CHANGES]))
def test_a_list_that_is_a_lie_is_an_error_or_empty(lied: Agenda, which: str) -> None:
    lied.lie(which, "the list")
    try:
        snapshot = lied.snapshot()
    except errors.SideError:
        return
    assert snapshot.empty


@pytest.mark.usefixtures("scanning")
@pytest.mark.parametrize("which", sorted([*LIES, *CHANGES]))
def test_a_list_of_dates_that_is_a_lie_is_an_error_or_empty(lied: Agenda, which: str) -> None:
    lied.lie(which, "the dates")
    try:
        snapshot = lied.snapshot()
    except errors.SideError:
        return
    assert snapshot.empty


@pytest.mark.parametrize("scan", [False, True], ids=["whole", "dates"])
def test_a_member_that_is_no_entry_makes_a_list_untrusted(
    agenda: Agenda, scan: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if scan:
        monkeypatch.setattr(listing_module, "FEW", 0)

    def failing(answer: Response) -> Response:
        return replace(answer, json_value={**answer.json_value, **json.loads(FAILURE)})

    agenda.place.wiki.remove(PLANTS)
    agenda.place.wiki.faults.change_next(failing, n=9, containing="api/forms/6/entries")
    snapshot = agenda.snapshot()
    assert snapshot.absent == {PLANTS}
    assert not snapshot.trusted
    assert [problem.code for problem in snapshot.problems] == ["listing-malformed"]


# Lists that are plausible


@pytest.mark.parametrize("where", ["", "bf_titre=.*"])
def test_half_a_list_removes_nothing_since_the_others_are_found_there(
    agenda: Agenda, where: str
) -> None:
    binding = replace(BINDING, where=where)
    agenda.place.wiki.faults.change_next(halved, containing="api/forms/6/entries")
    port = agenda.place.another_run()
    snapshot = port.snapshot(binding, agenda.known)
    assert len(snapshot.absent) == 5
    assert snapshot.trusted
    looks = port.look(binding, snapshot.absent)
    assert {look.presence for look in looks.values()} == {Presence.HERE}


@pytest.mark.parametrize("where", ["", "bf_titre=.*"])
def test_every_list_halved_removes_nothing(agenda: Agenda, where: str) -> None:
    """What shortened the list may shorten what the look asks as well."""
    agenda.halve()
    assert agenda.removals(replace(BINDING, where=where)) == {}


@pytest.mark.parametrize("body", [b"{}", b"[]"])
@pytest.mark.parametrize("where", ["", "bf_titre=.*"])
def test_every_list_empty_removes_nothing(agenda: Agenda, body: bytes, where: str) -> None:
    agenda.place.wiki.faults.answer_next(
        body, n=99, kind=JSON, ours=True, containing="api/forms/6/entries"
    )
    assert agenda.removals(replace(BINDING, where=where)) == {}


def test_an_empty_selection_of_entries_that_it_fits_removes_nothing(agenda: Agenda) -> None:
    binding = replace(BINDING, where="bf_titre=.*")
    agenda.place.wiki.faults.answer_next(
        b"{}", n=99, kind=JSON, ours=True, containing="query=bf_titre"
    )
    port = agenda.place.another_run()
    looks = port.look(binding, port.snapshot(binding, agenda.known).absent)
    assert {look.presence for look in looks.values()} == {Presence.UNSURE}


@pytest.mark.parametrize("scan", [False, True], ids=["whole", "dates"])
def test_a_list_of_another_form_is_an_error(
    agenda: Agenda, scan: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if scan:
        monkeypatch.setattr(listing_module, "FEW", 0)
    others = {
        tag: {**entry, "id_fiche": tag, "id_typeannonce": "5"}
        for tag, entry in agenda.place.wiki.entries(5).items()
    }
    agenda.place.wiki.faults.answer_next(
        json.dumps(others).encode(), n=99, kind=JSON, ours=True, containing="api/forms/6/entries"
    )
    with pytest.raises(errors.Unexpected) as caught:
        agenda.snapshot()
    assert caught.value.code == "wiki-answer-malformed"


def test_a_form_of_another_number_is_an_error(agenda: Agenda) -> None:
    def of_another(answer: Response) -> Response:
        return replace(answer, json_value={**answer.json_value, "bn_id_nature": "7"})

    agenda.place.wiki.faults.change_next(of_another, ending="api/forms/6")
    with pytest.raises(errors.Unexpected):
        agenda.snapshot()


def test_what_php_prints_beside_the_entries_hides_none(agenda: Agenda) -> None:
    agenda.place.wiki.faults.raw_output = "Notice: undefined"
    agenda.place.wiki.remove(PLANTS)
    assert agenda.removals() == {PLANTS: Presence.GONE}
    agenda.place.wiki.remove(EAU)
    assert agenda.removals() == {PLANTS: Presence.GONE, EAU: Presence.GONE}


def test_a_page_of_nearly_the_same_name_proves_nothing(agenda: Agenda) -> None:
    def renamed(answer: Response) -> Response:
        return replace(answer, json_value={**answer.json_value, "tag": PLANTS.lower()})

    agenda.place.wiki.faults.change_next(halved, ending="api/forms/6/entries")
    agenda.place.wiki.faults.change_next(renamed, n=99, containing="api/pages/")
    assert agenda.removals() == {}


# Keys and rights


def test_a_key_that_became_a_wrong_one_is_an_error(agenda: Agenda) -> None:
    agenda.place.wiki.settings.keys[agenda.place.keys.robot] = "autre"
    with pytest.raises(errors.CredentialsRefused):
        agenda.snapshot()


@pytest.mark.parametrize("gone", [False, True])
def test_a_key_that_becomes_a_wrong_one_within_a_run_is_an_error(
    agenda: Agenda, gone: bool
) -> None:
    """Its calls are answered as anybody's are: by 404 for what is gone, by 403 for what is not."""
    if gone:
        agenda.place.wiki.remove(PLANTS)
    else:
        agenda.place.wiki.set_acl(PLANTS, read="+")
    port = agenda.place.another_run()
    snapshot = port.snapshot(BINDING, agenda.known)
    assert snapshot.absent == {PLANTS}
    agenda.place.wiki.settings.keys[agenda.place.keys.robot] = "autre"
    with pytest.raises(errors.CredentialsRefused):
        port.look(BINDING, snapshot.absent)


def test_a_bot_that_lost_the_right_to_read_changes_nothing_that_everybody_reads(
    agenda: Agenda,
) -> None:
    """It is anybody's reading that counts; the bot's own one is not even asked."""
    agenda.place.wiki.faults.answer_next(b"", n=99, status=403, ours=True, containing="api/pages/")
    assert agenda.snapshot().absent == frozenset()


def test_a_bot_that_lost_the_right_to_read_a_private_form_finds_it_empty(agenda: Agenda) -> None:
    """Empty deletes nothing: the engine sees to that."""
    private = replace(BINDING, private=True, read_acl="+")
    for tag in agenda.place.wiki.entries(6):
        agenda.place.wiki.set_acl(tag, read="@admins")
    snapshot = agenda.snapshot(private)
    assert snapshot.empty
    assert agenda.place.wiki.entries(6)


@pytest.mark.parametrize("body", [b"{}", b"[]"])
def test_a_private_list_that_is_empty_removes_nothing_that_the_key_still_reads(
    agenda: Agenda, body: bytes
) -> None:
    private = replace(BINDING, private=True, read_acl="+")
    agenda.place.wiki.faults.answer_next(
        body, n=99, kind=JSON, ours=True, containing="api/forms/6/entries"
    )
    assert agenda.removals(private) == {}


def test_a_wiki_that_closed_shows_an_empty_form(agenda: Agenda) -> None:
    for tag in agenda.place.wiki.entries(6):
        agenda.place.wiki.set_acl(tag, read="+")
    assert agenda.snapshot().empty


def test_a_wiki_closed_by_default_takes_nothing_that_is_open_by_itself(agenda: Agenda) -> None:
    """Entries keep the rights of their creation (recording 505)."""
    agenda.place.wiki.settings.default_read_acl = "+"
    assert agenda.removals() == {}


# Forms


def test_a_form_whose_rights_closed_takes_nothing(agenda: Agenda) -> None:
    """Its `acls` line is for entries to come; its definition stays public (recording 508)."""
    wiki = agenda.place.wiki
    lines = [agenda_template(wiki.settings.version), "acls***@admins***@admins***@admins"]
    wiki.add_form(6, "Agenda", "\r\n".join(lines))
    assert agenda.removals() == {}


def test_a_form_that_was_renamed_takes_nothing(agenda: Agenda) -> None:
    wiki = agenda.place.wiki
    wiki.add_form(6, "Tout autre chose", agenda_template(wiki.settings.version))
    assert agenda.removals() == {}


def without(template: str, *words: str) -> str:
    lines = template.split("\r\n")
    return "\r\n".join(each for each in lines if not any(word in each for word in words))


@pytest.mark.parametrize(
    ("dropped", "code"),
    [
        (("bf_date_debut", "bf_date_fin"), "form-without-dates"),
        (("bf_titre",), "form-without-title"),
    ],
)
def test_a_form_that_lost_what_makes_events_is_an_error(
    agenda: Agenda, dropped: tuple[str, ...], code: str
) -> None:
    wiki = agenda.place.wiki
    wiki.add_form(6, "Agenda", without(agenda_template(wiki.settings.version), *dropped))
    with pytest.raises(errors.ConfigurationError) as caught:
        agenda.snapshot()
    assert caught.value.code == code


@pytest.mark.parametrize("template", ["", "labelhtml***Bonjour*** *** *** ***"])
def test_a_form_that_lost_all_its_fields_is_an_error(agenda: Agenda, template: str) -> None:
    agenda.place.wiki.add_form(6, "Agenda", template)
    with pytest.raises((errors.ConfigurationError, errors.Unexpected)):
        agenda.snapshot()


def test_a_form_that_was_emptied_is_said_to_be_empty(agenda: Agenda) -> None:
    """ "Empty the form" deletes its entries for good. The engine asks whether that was meant."""
    for tag in sorted(agenda.place.wiki.entries(6)):
        agenda.place.wiki.remove(tag)
    snapshot = agenda.snapshot()
    assert snapshot.empty
    assert snapshot.absent == agenda.known.tokens.keys()


@pytest.mark.parametrize("entries", ["kept", "deleted with it"])
def test_a_form_that_was_deleted_is_an_error(agenda: Agenda, entries: str) -> None:
    wiki = agenda.place.wiki
    wiki.remove_form(6)
    if entries != "kept":
        for tag in sorted(wiki.entries(6)):
            wiki.remove(tag)
    with pytest.raises(errors.Missing) as caught:
        agenda.snapshot()
    assert caught.value.code == "form-missing"


def test_a_form_that_is_deleted_within_a_run_shows_no_entry(agenda: Agenda) -> None:
    """For an unknown form the list is 200 and empty (recording 120)."""
    agenda.place.wiki.faults.interpose(
        lambda: agenda.place.wiki.remove_form(6), containing="api/forms/6", after=True
    )
    assert agenda.snapshot().absent <= agenda.known.tokens.keys()
    agenda.refuses_or_removes_nothing()


# Outages


def test_hibernation_takes_nothing(agenda: Agenda) -> None:
    agenda.place.wiki.faults.hibernate = True
    assert agenda.removals() == {}


@pytest.mark.parametrize("fault", ["maintenance", "database_down"])
def test_an_outage_is_an_error(agenda: Agenda, fault: str) -> None:
    setattr(agenda.place.wiki.faults, fault, True)
    with pytest.raises(errors.Unavailable):
        agenda.snapshot()


@pytest.mark.parametrize("fault", ["maintenance", "database_down"])
def test_an_outage_before_the_look_is_an_error(agenda: Agenda, fault: str) -> None:
    agenda.place.wiki.faults.change_next(halved, ending="api/forms/6/entries")
    port = agenda.place.another_run()
    snapshot = port.snapshot(BINDING, agenda.known)
    setattr(agenda.place.wiki.faults, fault, True)
    with pytest.raises(errors.Unavailable):
        port.look(BINDING, snapshot.absent)


# What is true


def test_what_is_gone_is_told_once_it_is_proved(agenda: Agenda) -> None:
    agenda.place.wiki.remove(PLANTS)
    assert agenda.removals() == {PLANTS: Presence.GONE}


def test_what_was_closed_is_told_once_it_is_proved(agenda: Agenda) -> None:
    agenda.place.wiki.set_acl(PLANTS, read="+")
    agenda.place.wiki.set_acl(EAU, read="@admins")
    assert agenda.removals() == {PLANTS: Presence.HIDDEN, EAU: Presence.HIDDEN}


def test_what_left_the_selection_is_told_once_it_is_proved(agenda: Agenda) -> None:
    binding = replace(BINDING, where="bf_titre!=Bourse.*")
    assert agenda.removals(binding) == {PLANTS: Presence.OUTSIDE}
    agenda.place.wiki.edit(FETE, {"bf_titre": "Bourse aux livres"}, user="ClaireMorel")
    assert agenda.removals(binding) == {PLANTS: Presence.OUTSIDE, FETE: Presence.OUTSIDE}


def test_an_entry_that_moved_after_it_was_read_is_not_deleted_on_an_empty_list(
    agenda: Agenda,
) -> None:
    """The list that should show what it is now is a lie: its own page tells."""
    place = agenda.place
    seen = place.create().seen
    place.wiki.edit(seen.key, {"bf_lieu": "Halle"}, user=place.keys.member)
    place.wiki.faults.answer_next(b"{}", kind=JSON, ours=True, containing="entries/json/")
    with pytest.raises(errors.Moved):
        place.port.delete(BINDING, seen.key, seen.token)
    place.wiki.faults.clear()
    now = place.seen(seen.key)
    place.port.delete(BINDING, seen.key, now.token)
    assert place.wiki.entry(seen.key) is None


def test_a_series_is_not_deleted_on_a_list_that_leaves_it_out(agenda: Agenda) -> None:
    place = agenda.place
    if place.wiki.settings.version == "4.4":
        pytest.skip("recurrence came with 4.5")
    days = {"bf_date_debut_evenement": "2027-03-02", "bf_date_fin_evenement": "2027-03-02"}
    place.wiki.add_entry(6, "Serie", {"bf_titre": "Série", **days}, owner=place.keys.robot)
    rule = {"isRecurrent": "1", "repetition": "d", "step": "1", "nbmax": "2", "limitdate": ""}
    place.wiki.edit("Serie", {"bf_date_fin_evenement_data": rule, **days}, user=place.keys.robot)
    seen = place.seen("Serie")
    place.wiki.faults.answer_next(b"{}", kind=JSON, ours=True, ending="api/forms/6/entries")
    with pytest.raises(errors.Moved):
        place.port.delete(BINDING, "Serie", seen.token)
    place.port.delete(BINDING, "Serie", seen.token)
    assert [tag for tag in place.wiki.entries(6) if tag.startswith("Serie")] == []
