"""The entries of a view, as anybody reads them: no request of these bears a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bazar_forms.client import BazarClient
from bazar_forms.entry import Entry
from bazar_forms.errors import EntryMalformed, Malformed, NotFound
from bazar_forms.form import Form
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync.adapters.yeswiki.bound import Bound, bind
from oscartes_sync.adapters.yeswiki.listing import holds_others
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.adapters.yeswiki.unfinished import is_unfinished
from oscartes_sync.errors import ConfigurationError, Missing
from oscartes_sync.exports.view import NO_DATE, Kind, Row, View
from oscartes_sync.mapping.groups import Groups, group, parent_of
from oscartes_sync.mapping.recipe import find_recipe
from oscartes_sync.planning.binding import Binding, Direction
from oscartes_sync.ports.publications import Found
from oscartes_sync.records.contact import Contact
from oscartes_sync.records.event import Event
from oscartes_sync.records.identity import uid_of
from oscartes_sync.records.problem import Problem, Side


class YesWikiPublications:
    """One wiki. `client` has no key; `user` is the account whose unfinished entries are no news."""

    def __init__(self, client: BazarClient, wiki: str, user: str = "") -> None:
        self._client = client
        self._wiki = wiki
        self._user = user

    def find(self, view: View) -> Found:
        """See `ports.publications.Publications.find`.

        The form is read first: a list is empty, too, where the form is not there or is closed.
        """
        with translated(self._wiki, form=view.form):
            form = self._form(view.form)
            kind = view.kind or _kind_of(form)
            bound = bind(self._client, _binding(view, kind), form, user=self._user)
            listing = self._client.entries(form.id, query=bound.binding.selection, anonymous=True)
            broken = any(isinstance(each, Malformed) for each in listing.problems)
            if broken and not listing.entries:
                raise EntryMalformed(f"Nothing in the list of form {form.id} is an entry of it.")
        rows, problems = self._rows(listing.entries, bound, view)
        if broken:
            problems.append(Problem.of("export-listing-malformed", side=Side.WIKI, form=form.id))
        return Found(
            kind=kind,
            label=form.label,
            source=self._client.base_url,
            rows=tuple(rows),
            problems=tuple(problems),
            others=not listing.entries and self._holds_others(bound),
        )

    def _holds_others(self, bound: Bound) -> bool:
        with translated(self._wiki, form=bound.form.id):
            return holds_others(self._client, bound)

    def kind_of(self, number: str) -> Kind:
        """See `ports.publications.Publications.kind_of`."""
        with translated(self._wiki, form=number):
            return _kind_of(self._form(number))

    def _form(self, number: str) -> Form:
        try:
            return self._client.form(number)
        except NotFound as error:
            raise Missing("form-missing", form=number, wiki=self._wiki) from error

    def _rows(
        self, entries: Mapping[str, Entry], bound: Bound, view: View
    ) -> tuple[list[Row], list[Problem]]:
        groups = _things(entries)
        problems = [
            Problem.warning("repetition-orphan", Side.WIKI).at(entry=tag) for tag in groups.orphans
        ]
        rows = []
        zone = ZoneInfo(view.zone)
        for tag, members in groups.things.items():
            things = [entries[each] for each in members]
            if is_unfinished(things[0], self._user):
                continue
            reading = bound.entries.read(things)
            problems += reading.problems
            # A view is of events or contacts, so its entries are, or nothing.
            if isinstance(reading.record, Event | Contact):
                rows.append(
                    Row(
                        tag=tag,
                        uid=uid_of(tag, self._wiki),
                        record=reading.record,
                        created=min(_dates((things[0].created,), zone), default=NO_DATE),
                        updated=max(
                            _dates((each.updated for each in things), zone), default=NO_DATE
                        ),
                    )
                )
        return rows, problems


def _binding(view: View, kind: Kind) -> Binding:
    """The view as a binding without a cloud: its form is met, and its query checked, as theirs."""
    return Binding(
        name=view.name,
        kind=kind,
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


def _kind_of(form: Form) -> Kind:
    """What has dates is an agenda."""
    try:
        find_recipe(form, {})
    except ConfigurationError:
        return "contacts"
    return "events"


def _things(entries: Mapping[str, Entry]) -> Groups:
    return group(
        {
            tag: parent_of(entry.properties.get(RECURRENCE_PROPERTY))
            for tag, entry in entries.items()
        }
    )


def _dates(texts: Iterable[str], zone: ZoneInfo) -> Iterator[datetime]:
    """Dates as the wiki's database writes them, which says no zone: the network's is meant."""
    for text in texts:
        try:
            yield datetime.fromisoformat(text).replace(tzinfo=zone)
        except ValueError:
            continue
