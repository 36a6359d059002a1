"""The next dates: whose they are, which of a series, in what order, and what is read for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bazar_forms import Directory, Entry, Form
from bazar_forms.client import Listing
from bazar_forms.errors import DatabaseDown, Forbidden
from oscartes_sync.adapters.yeswiki.actors import YesWikiActors
from oscartes_sync.adapters.yeswiki.unfinished import NEUTRAL_TITLE
from oscartes_sync.errors import Unavailable
from oscartes_sync.mapping.derived import paragraph
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports.actors import ActorForms, Agenda, AgendaForm, AgendaForms, ComingEvent
from oscartes_sync.records.event import Override, Series, Status, When
from oscartes_sync.usecases.asking.answer import Answers, Asked
from oscartes_sync.usecases.asking.ask import ask
from oscartes_sync.usecases.asking.dates import MOST_AROUND, MOST_OF_ACTOR, Diary
from oscartes_sync.usecases.asking.questions import JOIN
from oscartes_sync.usecases.report import Exit
from tests.fakes.things import FakeClock
from tests.questions.region import (
    actor_form,
    agenda_form,
    entry,
    event_entry,
    event_form,
    form,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ASSO = ("noe", "asso")
TUESDAY = datetime(2026, 11, 17, 17, tzinfo=UTC)
WEEKLY = Series(rule="FREQ=WEEKLY", zone="Europe/Paris")


def row(tag: str, start: str = "2026-12-01", end: str = "", **more: Any) -> dict[str, Any]:
    return {"tag": tag, "title": tag, "start": start, "end": end or start, **more}


def diary(*rows: Mapping[str, Any], now: datetime = NOW) -> Diary:
    return Diary([agenda_form("noe", [event_entry(one) for one in rows])], {}, now)


def series(event: Series, *, at: Mapping[When, str] | None = None, **more: Any) -> Diary:
    """One weekly event on Tuesdays at six in the evening."""
    given = agenda_form("noe", [event_entry(row("Mardi", "2026-11-17T18:00:00+01:00"))])
    (only,) = given.events
    ends = only.event.start + timedelta(hours=2)
    changed = replace(only.event, end=ends, series=event, **more)
    coming = ComingEvent(event=changed, tags=("Mardi",), at=at or {})
    return Diary([replace(given, events=(coming,))], {}, NOW)


def told(diary: Diary, title: str = "", actor: tuple[str, str] = ASSO) -> list[str]:
    return [each.entry for each in diary.of_actor(actor, title, {ASSO})]


def around(diary: Diary, words: str = "") -> list[str]:
    asked = Asked(question=JOIN, words=words)
    return [each.entry for each in diary.around(asked, None, Directory.of())]


# Whose dates


def test_an_event_is_of_those_that_it_links_to() -> None:
    found = diary(row("A", by=["Asso"]), row("B", **{"with": ["X", "ASSO"]}), row("C", by=["X"]))
    assert told(found) == ["A", "B"]


def test_a_name_says_whose_it_is_where_no_link_does() -> None:
    form = agenda_form("tel", [event_entry(row("A", organizer="L\u2019ASSO  des amis"))])
    found = Diary([form], {}, NOW)
    assert told(found, "L'asso des amis") == ["A"]
    assert told(found, "Autre") == []
    assert told(found) == []


def test_a_link_to_one_actor_outweighs_the_same_name_of_another() -> None:
    found = diary(row("A", by=["LaGrangeAuxOutils"]))
    grange = ("noe", "lagrangeauxoutils")
    other = ("tel", "homonyme")
    name = "La Grange aux Outils"
    known = {grange, other}
    assert [each.entry for each in found.of_actor(grange, name, known)] == ["A"]
    assert found.of_actor(other, name, known) == ()
    # The actor that is linked to was not read, so that its name is all there is.
    assert [each.entry for each in found.of_actor(other, name, {other})] == ["A"]


# Which dates


def test_what_is_over_is_left_out_and_days_end_at_midnight_there() -> None:
    rows = (
        row("Passe", "2026-11-23"),
        row("Ici", "2026-11-24"),
        row("Matin", "2026-11-24T08:00:00+01:00", "2026-11-24T10:00:00+01:00"),
        row("EnCours", "2026-11-24T08:00:00+01:00", "2026-11-24T10:30:00+01:00"),
    )
    assert around(diary(*rows)) == ["Ici", "EnCours"]
    late = datetime(2026, 11, 24, 22, 59, tzinfo=UTC)
    assert around(diary(*rows, now=late)) == ["Ici"]
    assert around(diary(*rows, now=late + timedelta(minutes=1))) == []


def test_dates_come_in_the_order_of_time_and_no_more_than_are_wanted() -> None:
    rows = [row(f"J{day}", f"2026-12-{day:02}", by=["Asso"]) for day in range(9, 0, -1)]
    rows.append(row("Midi", "2026-12-02T12:00:00+01:00", by=["Asso"]))
    assert told(diary(*rows)) == ["J1", "J2", "Midi"]
    assert MOST_OF_ACTOR == 3
    assert around(diary(*rows)) == ["J1", "J2", "Midi", "J3", "J4"]
    assert MOST_AROUND == 5


def test_a_series_is_told_by_its_next_date_on_the_page_of_that_date() -> None:
    following = TUESDAY + timedelta(days=7)
    found = series(WEEKLY, at={following: "Mardi2"})
    (one,) = found.around(Asked(question=JOIN), None, Directory.of())
    assert (one.start, one.end) == (following, following + timedelta(hours=2))
    assert (one.entry, one.url) == ("Mardi2", "https://noe.example/?Mardi2")


def test_a_date_that_was_called_off_gives_way_and_one_that_was_changed_says_so() -> None:
    first, second = TUESDAY + timedelta(days=7), TUESDAY + timedelta(days=14)
    off = Override(at=first, start=first, end=first, title="x", status=Status.CANCELLED)
    moved = Override(
        at=second, start=second + timedelta(hours=1), end=second + timedelta(hours=3),
        title="Exceptionnel", place="Ailleurs",
    )  # fmt: skip
    found = series(replace(WEEKLY, overrides=(off, moved)), at={second: "Mardi3"})
    (one,) = found.around(Asked(question=JOIN), None, Directory.of())
    assert (one.title, one.place, one.entry) == ("Exceptionnel", "Ailleurs", "Mardi3")
    assert one.start == second + timedelta(hours=1)


def test_what_was_called_off_altogether_has_no_date() -> None:
    assert around(series(WEEKLY, status=Status.CANCELLED)) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_only_the_derived_paragraph_tells_counts(language: str) -> None:
    given = agenda_form("noe", [event_entry(row("A"))])
    (only,) = given.events
    off = replace(only.event, status=Status.CANCELLED, organizer="Les Amis : asso")
    for event, expected in ((off, []), (replace(off, status=Status.CONFIRMED), ["A"])):
        says = frozenset({"status", "organizer"})
        said = paragraph(event, says, language, zone="Europe/Paris")
        told_so = replace(only.event, said=said)
        found = Diary([replace(given, events=(replace(only, event=told_so),))], {}, NOW)
        assert told(found, "les amis : Asso") == expected


def test_of_words_the_events_count_that_meet_the_most_of_them() -> None:
    found = diary(
        row("Soupe", "2026-12-03", text="Une soupe."),
        row("Concert", "2026-12-02", text="Un concert."),
        row("Both", "2026-12-04", text="Concert et soupe."),
    )
    assert around(found, "concert soupe") == ["Both"]
    assert around(found, "concert") == ["Concert", "Both"]
    assert around(found, "licorne") == []
    assert around(found, "où") == ["Concert", "Soupe", "Both"]


# All of it


class Village:
    """A wiki with one actor, and an agenda or an error in its place."""

    def __init__(self, agenda: AgendaForm | None = None, error: Exception | None = None) -> None:
        self._agenda = agenda
        self._error = error
        self.after: list[datetime] = []

    def read(self, bindings: Sequence[Binding]) -> ActorForms:
        actors = [entry({"tag": "Asso", "title": "Asso", "type": "asso", "town": "Orsay"})]
        return ActorForms(forms=(actor_form("noe", actors),))

    def coming(self, agendas: Sequence[Agenda], after: datetime) -> AgendaForms:
        self.after.append(after)
        if self._error is not None:
            raise self._error
        return AgendaForms(forms=(self._agenda,) if self._agenda else ())


def bound(**more: Any) -> Agenda:
    binding = {"name": "a", "wiki": "noe", "cloud": "c", "form": "6", "collection": "a"}
    sure = more.pop("sure", True)
    return Agenda(binding=Binding(**{**binding, **more}), sure=sure)


def joined(village: Village, *agendas: Agenda) -> Answers:
    asked = Asked(question=JOIN)
    return ask(asked, {"noe": village}, (), {}, agendas=agendas, clock=FakeClock(NOW))


def test_dates_around_are_told_only_where_no_answer_has_any() -> None:
    other, own = row("B", by=["X"]), row("A", by=["Asso"])
    found = joined(Village(agenda_form("noe", [event_entry(other)])), bound())
    assert ([each.dates for each in found.answers], [each.entry for each in found.dates]) == (
        [()],
        ["B"],
    )
    found = joined(Village(agenda_form("noe", [event_entry(one) for one in (other, own)])), bound())
    assert [date.entry for each in found.answers for date in each.dates] == ["A"]
    assert found.dates == ()


def test_a_wiki_that_falls_silent_meanwhile_takes_no_answer_with_it() -> None:
    found = joined(Village(error=Unavailable("wiki-database-down", wiki="noe")), bound())
    assert [each.entry for each in found.answers] == ["Asso"]
    assert [each.code for each in found.problems] == ["wiki-database-down"]
    assert found.exit is Exit.PART


def test_without_an_agenda_nothing_is_asked_for() -> None:
    village = Village()
    assert joined(village).answers
    assert village.after == []


# The port to a YesWiki


class Client:
    """What the port asks of a client, one agenda in it."""

    base_url = "https://noe.example"
    user = "RobotNuage"

    def __init__(self, *entries: Entry, error: Exception | None = None) -> None:
        self._entries = entries
        self._error = error
        self.asked: list[str] = []

    def page_url(self, tag: str) -> str:
        return f"{self.base_url}/?{tag}"

    def forms(self, *, anonymous: bool) -> Sequence[Form]:
        assert anonymous
        self.asked.append("forms")
        return form("noe"), event_form("noe")

    def entries(self, form_id: str, *, query: str, anonymous: bool) -> Listing:
        assert anonymous
        self.asked.append(f"{form_id} {query}".strip())
        if self._error is not None and form_id == "6":
            raise self._error
        return Listing({one.tag: one for one in self._entries})


def coming(client: Client, *agendas: Agenda) -> AgendaForms:
    return YesWikiActors(client, "noe").coming(agendas, NOW)  # type: ignore[arg-type]


def tags(found: AgendaForms) -> list[str]:
    return [tag for one in found.forms for event in one.events for tag in event.tags]


def test_the_forms_are_asked_for_once_and_each_agenda_once() -> None:
    client = Client()
    port = YesWikiActors(client, "noe")  # type: ignore[arg-type]
    port.read(())
    agendas = (bound(), bound(name="b"), bound(where="bf_ville=Orsay"), bound(wiki="tel"))
    port.coming(agendas, NOW)
    assert client.asked == ["forms", "5", "6 bf_ville=Orsay", "6"]
    assert coming(Client(), bound(wiki="tel")) == AgendaForms()


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        ("2026-11-21", "2026-11-21", False),
        ("2026-11-22T10:00:00+01:00", "2026-11-22T12:00:00+01:00", False),
        ("2026-11-23", "2026-11-23", True),  # two days of doubt: clocks differ
        ("2020-01-01", "2027-01-01", True),
        ("2026-12-01", "", True),
        ("2026-01-01", "", False),
    ],
)
def test_what_is_surely_over_is_not_read_through(start: str, end: str, kept: bool) -> None:
    given = event_entry({"tag": "A", "title": "A", "start": start, "end": end})
    assert tags(coming(Client(given), bound())) == (["A"] if kept else [])


def test_what_has_no_date_that_can_be_read_or_is_unfinished_is_left_out() -> None:
    begun = replace(event_entry(row("B", title=NEUTRAL_TITLE)), owner="RobotNuage")
    given = (event_entry(row("A", "bientôt")), begun, event_entry(row("C")))
    found = coming(Client(*given), bound())
    assert (tags(found), found.problems) == (["C"], ())


def test_a_repetition_follows_its_parent_and_without_it_is_left_out() -> None:
    def repetition(tag: str, day: date, parent: str) -> Entry:
        made = event_entry(row(tag, day.isoformat()))
        mark = json.dumps({"recurrentParentId": parent})
        return replace(made, properties={**made.properties, "bf_date_fin_evenement_data": mark})

    given = (
        event_entry(row("A", "2026-11-01")),
        repetition("A2", date(2026, 12, 1), "A"),
        repetition("Orphan", date(2026, 12, 2), "Cachee"),
    )
    found = coming(Client(*given), bound())
    assert tags(found) == ["A", "A2"]
    (event,) = found.forms[0].events
    assert event.at[date(2026, 12, 1)] == "A2"


def test_a_form_that_is_no_agenda_is_a_problem_where_the_configuration_calls_it_one() -> None:
    found = coming(Client(), bound(form="5"), bound(form="5", where="bf_ville=Orsay", sure=False))
    assert [each.code for each in found.problems] == ["form-without-dates"]
    assert coming(Client(), bound(form="5", sure=False)) == AgendaForms()


def test_an_agenda_that_cannot_be_had_is_a_problem() -> None:
    found = coming(Client(error=Forbidden("no")), bound())
    assert ([each.code for each in found.problems], found.forms) == (["wiki-forbidden"], ())
    found = coming(Client(error=DatabaseDown("no")), bound(), bound(form="9"))
    assert [each.code for each in found.problems] == ["form-missing", "wiki-database-down"]
