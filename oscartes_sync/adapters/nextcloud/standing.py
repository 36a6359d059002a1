"""Whether an event of the calendar may be mirrored, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oscartes_sync.adapters.nextcloud.resources import Resource
from oscartes_sync.mapping.resource_reading import ResourceReading, read_resource
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Sighting, Standing
from oscartes_sync.records.event import Event, Visibility
from oscartes_sync.records.identity import origin_of
from oscartes_sync.records.occurrences import occurrences


def judge(binding: Binding, resource: Resource, now: datetime) -> Sighting:
    """One resource, read and judged."""
    reading = read_resource(resource.body, zone=binding.zone, language=binding.language)
    return Gate(binding, now).sighting(resource.href, resource.etag, reading)


@dataclass(frozen=True, slots=True)
class Gate:
    """What one binding lets through at one moment."""

    binding: Binding
    now: datetime

    def sighting(self, href: str, etag: str, reading: ResourceReading) -> Sighting:
        """The reading of one resource, judged."""
        standing = self.standing(reading)
        # What is not this binding's is not this binding's to complain of either.
        told = () if standing is Standing.FOREIGN else reading.problems
        return Sighting(
            key=href,
            token=etag,
            uid=reading.uid,
            record=reading.record,
            standing=standing,
            problems=tuple(problem.at(href=href) for problem in told),
        )

    def standing(self, reading: ResourceReading) -> Standing:
        """FOREIGN is what another binding mirrors here, and what is no event at all: a task."""
        origin = origin_of(reading.uid)
        if origin is not None and self._of_another(origin.wiki, reading.hint):
            return Standing.FOREIGN
        if reading.record is None:
            return Standing.FOREIGN if _is_no_event(reading) else Standing.BROKEN
        if self._hidden(reading.record, cloud_born=origin is None):
            return Standing.HIDDEN
        return Standing.PAST if self._past(reading.record) else Standing.OPEN

    def _of_another(self, wiki: str, hint: str) -> bool:
        """Whether another wiki or another form mirrors it here; the hint alone knows the form."""
        _, form, tag = [*hint.split(":", 2), "", ""][:3]
        return wiki != self.binding.wiki or bool(tag and form and form != self.binding.form)

    def _hidden(self, event: Event, *, cloud_born: bool) -> bool:
        if event.visibility is not Visibility.PUBLIC and not self.binding.private:
            return True
        if not cloud_born or self.binding.publish == "all":
            return False
        wanted = self.binding.publish_category.casefold()
        return not wanted or wanted not in {name.casefold() for name in event.categories}

    def _past(self, event: Event) -> bool:
        """Over for longer than `since`; a series by its last date, one without end never."""
        if self.binding.since is None:
            return False
        after = self.now - timedelta(days=self.binding.since)
        return next(occurrences(event, after=after, limit=1, zone=self.binding.zone), None) is None


def _is_no_event(reading: ResourceReading) -> bool:
    return any(problem.code == "no-event" for problem in reading.problems)
