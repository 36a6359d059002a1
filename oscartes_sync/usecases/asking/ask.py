"""Ask one of the founding questions of the directories of all wikis; nothing is written."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bazar_forms.directory import Directory
from bazar_forms.directory.actor import identity
from bazar_forms.directory.folding import town_key
from bazar_forms.entry import Entry
from bazar_forms.value import Position
from oscartes_sync.errors import SideError, UsageError
from oscartes_sync.mapping.contacts.entry_reading import read_contact
from oscartes_sync.mapping.contacts.setting import ContactSetting
from oscartes_sync.planning.binding import Binding
from oscartes_sync.ports import Clock
from oscartes_sync.ports.actors import ActorForm, ActorReader, Agenda, AgendaForm
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.problem import Problem, Severity, Side
from oscartes_sync.usecases.asking.answer import Answer, Answers, Asked, Kind, NextDate, Reason
from oscartes_sync.usecases.asking.dates import Diary
from oscartes_sync.usecases.asking.scoring import Scored, score
from oscartes_sync.usecases.report import Exit

Licences = Mapping[tuple[str, str], str]
"""Wiki and number of a form → the licence under which its entries are given."""

_NEAREST_NAMES = 5


def ask(
    asked: Asked,
    wikis: Mapping[str, ActorReader],
    bindings: Sequence[Binding],
    licences: Licences,
    *,
    agendas: Sequence[Agenda] = (),
    clock: Clock,
) -> Answers:
    """The best answers of all wikis; one that does not answer is a Problem beside the others.

    A question that asks for dates has the next ones of each answer, from `agendas`; where no answer
    has any, those around.

    Raises:
        SideError: no wiki answers.
        UsageError: `ask-unknown-town`.
    """
    there, forms, problems = _read(wikis, bindings)
    directory = Directory(each.source for each in forms)
    near = _place(directory, asked.near) if asked.near else None
    found = score(directory, asked, near)
    desk = _Desk(
        {(form.source.wiki, form.source.form.id): form.setting for form in forms}, licences
    )
    answers = [desk.answer(one, asked.question.reach) for one in _shortlist(found, asked)]
    answers.sort(key=lambda each: -each.score)
    best = tuple(answers[: asked.limit])
    around: tuple[NextDate, ...] = ()
    if asked.question.dates and agendas:
        now = clock.now()
        diary = Diary(_read_agendas(there, agendas, now, problems), licences, now)
        best = _dated(best, diary, directory)
        around = () if any(each.dates for each in best) else diary.around(asked, near, directory)
    return Answers(
        asked=asked,
        answers=best,
        found=len(found),
        actors=len(directory),
        dates=around,
        problems=tuple(sorted(problems, key=Problem.sort_key)),
        exit=_exit(problems),
    )


def _exit(problems: Sequence[Problem]) -> Exit:
    wrong = any(each.severity is Severity.ERROR for each in problems)
    return Exit.PART if wrong else Exit.DONE


def _read(
    wikis: Mapping[str, ActorReader], bindings: Sequence[Binding]
) -> tuple[list[ActorReader], list[ActorForm], list[Problem]]:
    """The wikis that answer, and their forms.

    Raises:
        SideError: what the first wiki said, where none answers.
    """
    there: list[ActorReader] = []
    forms: list[ActorForm] = []
    problems: list[Problem] = []
    lost: list[SideError] = []
    for wiki in sorted(wikis):
        try:
            found = wikis[wiki].read(bindings)
        except SideError as error:
            lost.append(error)
            problems.append(Problem.from_error(error, side=Side.WIKI))
        else:
            there.append(wikis[wiki])
            forms += found.forms
            problems += found.problems
    if lost and len(lost) == len(wikis):
        raise lost[0]
    return there, forms, problems


def _read_agendas(
    wikis: Sequence[ActorReader],
    agendas: Sequence[Agenda],
    now: datetime,
    problems: list[Problem],
) -> list[AgendaForm]:
    """What is coming in all wikis; one that falls silent meanwhile takes no answer with it."""
    forms: list[AgendaForm] = []
    for wiki in wikis:
        try:
            found = wiki.coming(agendas, now)
        except SideError as error:
            problems.append(Problem.from_error(error, side=Side.WIKI))
        else:
            forms += found.forms
            problems += found.problems
    return forms


def _dated(answers: Sequence[Answer], diary: Diary, directory: Directory) -> tuple[Answer, ...]:
    """The answers with their next dates."""
    known = {each.identity for each in directory.actors}
    return tuple(
        replace(each, dates=diary.of_actor(identity(each.wiki, each.entry), each.title, known))
        for each in answers
    )


def _place(directory: Directory, name: str) -> Position:
    """Where a town lies.

    Raises:
        UsageError: `ask-unknown-town`, with the names that are most like it.
    """
    place = directory.town(name)
    if place is None:
        known = {town_key(one.town): one.town for one in directory.actors if one.position}
        alike = difflib.get_close_matches(
            town_key(name), sorted(filter(None, known)), n=_NEAREST_NAMES, cutoff=0.3
        )
        towns = ", ".join(known[each] for each in alike) or "–"
        raise UsageError("ask-unknown-town", name=name, known=towns)
    return place


def _shortlist(found: Sequence[Scored], asked: Asked) -> Sequence[Scored]:
    """Those who can still be among the best once the ways to reach them are counted."""
    most = asked.question.reach * len(_WAYS)
    last = found[asked.limit - 1].score if len(found) > asked.limit else 0
    return [one for one in found if one.score + most >= last]


_WAYS = ("phones", "emails", "sites")


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is known of each form, by wiki and number."""

    settings: Mapping[tuple[str, str], ContactSetting]
    licences: Licences

    def answer(self, one: Scored, reach: int) -> Answer:
        """An answer, its reasons told; `reach` is what each way to reach it is worth."""
        actor = one.actor
        place = (actor.wiki, actor.form)
        setting = self.settings[place]
        contact = read_contact(actor.entry, setting).record
        reasons = (*one.reasons(), *_reached(contact, reach))
        return Answer(
            title=actor.title,
            wiki=actor.wiki,
            form=actor.form,
            entry=actor.tag,
            url=setting.page_url(actor.tag),
            score=sum(each.points for each in reasons),
            reasons=reasons,
            distance=one.away.kilometres if one.away else None,
            town=actor.town,
            licence=self.licences.get(place, ""),
            confirmed=_day(actor.entry),
            phones=contact.phones if contact else (),
            emails=contact.emails if contact else (),
            sites=contact.sites if contact else (),
        )


def _reached(contact: Contact | None, reach: int) -> tuple[Reason, ...]:
    ways = tuple(way for way in _WAYS if getattr(contact, way, ()))
    return (Reason(kind=Kind.REACH, points=reach * len(ways), words=ways),) if ways else ()


def _day(entry: Entry) -> date | None:
    """The day of `date_maj_fiche`; the wiki writes zeros where it knows none."""
    try:
        return date.fromisoformat(entry.updated[:10])
    except ValueError:
        return None
