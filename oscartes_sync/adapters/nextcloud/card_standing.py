"""Whether a card of the address book may be mirrored, and what is told of it."""

from __future__ import annotations

from datetime import datetime

from oscartes_sync.adapters.nextcloud.resources import Resource
from oscartes_sync.mapping.contacts.card_reading import CardReading, read_card
from oscartes_sync.planning.binding import Binding
from oscartes_sync.planning.snapshot import Sighting, Standing
from oscartes_sync.records.identity import origin_of


def judge(binding: Binding, resource: Resource, now: datetime) -> Sighting:  # noqa: ARG001
    """One card, read and judged; a card has no date, so the time is nothing to it."""
    reading = read_card(resource.body)
    standing = _standing(binding, reading)
    # What is not this binding's is not this binding's to complain of either.
    told = () if standing is Standing.FOREIGN else reading.problems
    return Sighting(
        key=resource.href,
        token=resource.etag,
        uid=reading.uid,
        record=reading.record,
        standing=standing,
        problems=tuple(problem.at(href=resource.href) for problem in told),
    )


def _standing(binding: Binding, reading: CardReading) -> Standing:
    """FOREIGN is what another binding mirrors here, and a group of contacts."""
    origin = origin_of(reading.uid)
    if origin is not None and _of_another(binding, origin.wiki, reading.hint):
        return Standing.FOREIGN
    if reading.record is None:
        return reading.standing
    if reading.standing is Standing.HIDDEN and not binding.private:
        return Standing.HIDDEN
    if origin is not None or binding.publish == "all":
        return Standing.OPEN
    wanted = binding.publish_category.casefold()
    names = {name.casefold() for name in reading.record.categories}
    return Standing.OPEN if wanted and wanted in names else Standing.HIDDEN


def _of_another(binding: Binding, wiki: str, hint: str) -> bool:
    _, form, tag = [*hint.split(":", 2), "", ""][:3]
    return wiki != binding.wiki or bool(tag and form and form != binding.form)
