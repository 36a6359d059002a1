"""A founding question, wired: all wikis without their keys, directories and agendas."""

from __future__ import annotations

from oscartes_sync.bootstrap.wiring import make_actors
from oscartes_sync.config import Settings
from oscartes_sync.exports.view import View
from oscartes_sync.planning.binding import Binding, Direction
from oscartes_sync.ports import Clock
from oscartes_sync.ports.actors import Agenda
from oscartes_sync.usecases.asking.answer import Answers, Asked
from oscartes_sync.usecases.asking.ask import ask


def ask_all(settings: Settings, clock: Clock, asked: Asked) -> Answers:
    """The answers of all wikis; see `ask`.

    Raises:
        SideError: no wiki answers.
        UsageError: `ask-unknown-town`.
    """
    wikis = {name: make_actors(one, clock) for name, one in settings.wikis.items()}
    views = reversed(settings.views)  # of several of one form, the first counts
    licences = {(one.wiki, one.form): one.licence.told for one in views}
    return ask(asked, wikis, settings.bindings, licences, agendas=agendas_of(settings), clock=clock)


def agendas_of(settings: Settings) -> tuple[Agenda, ...]:
    """The forms that bindings mirror as events, and those of views that may be of events."""
    bound = [Agenda(binding=each) for each in settings.bindings if each.kind == "events"]
    viewed = [
        Agenda(binding=_binding(view), sure=view.kind is not None)
        for view in settings.views
        if view.kind != "contacts"
    ]
    return (*bound, *viewed)


def _binding(view: View) -> Binding:
    """A view as a binding without a cloud."""
    return Binding(
        name=view.name,
        kind="events",
        wiki=view.wiki,
        cloud="",
        form=view.form,
        collection="",
        direction=Direction.TO_CLOUD,
        where=view.where,
        consent=view.consent,
        fields=view.columns,
        zone=view.zone,
        language=view.language,
    )
