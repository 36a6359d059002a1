"""When the entries of a form changed last, and how one was when it had changed at some time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bazar_forms.client import BazarClient, PageRow, Revision
from bazar_forms.errors import EntryMalformed, Forbidden, Malformed
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.ports.tables import Past

_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_TRIES: Final = 3
"""Revisions whose text is asked for: the database's clock, which dates them, may differ a little
from PHP's, which dates entries."""


def change_dates(client: BazarClient, bound: Bound) -> Mapping[str, datetime]:
    """See `ports.tables.Chronicle.dates`; raises BazarErrors."""
    fields = ("id_fiche", "date_maj_fiche")
    answer = client.entries(bound.form.id, fields=fields, anonymous=True)
    if not answer.rows and any(isinstance(each, Malformed) for each in answer.problems):
        raise EntryMalformed(f"Nothing in the list of form {bound.form.id} is an entry of it.")
    found = {}
    for tag, row in answer.rows.items():
        moment = _read(row.get("date_maj_fiche") or "", ZoneInfo(bound.binding.zone))
        if moment is not None:
            found[tag] = moment
    return found


def entry_at(client: BazarClient, bound: Bound, tag: str, moment: datetime) -> Past:
    """See `ports.tables.Chronicle.at`; raises BazarErrors.

    The wiki gives the text of a revision by its second alone, so what is not the only one of its
    second is not to be had (see `revisions`), and neither is what is older than the list shows.
    """
    zone = ZoneInfo(bound.binding.zone)
    asked = moment.astimezone(zone).strftime(_FORMAT)
    try:
        listed = client.revisions(tag)
    except Forbidden:
        return Past(None)
    for one in sorted(listed, key=lambda each: _distance(each, moment, zone))[:_TRIES]:
        row = client.page(tag, time=one.time)
        entry = row.entry() if isinstance(row, PageRow) and row.id == one.id else None
        if entry is not None and entry.form == bound.form.id and entry.updated == asked:
            alone = [each for each in listed if each.time == one.time] == [one]
            return Past(bound.entries.read([entry]).record if alone else None)
    return Past(None)


def _distance(revision: Revision, moment: datetime, zone: ZoneInfo) -> float:
    read = _read(revision.time, zone)
    return abs((read - moment).total_seconds()) if read is not None else float("inf")


def _read(text: str, zone: ZoneInfo) -> datetime | None:
    """A date of the wiki's database, which says no zone: the network's is meant."""
    try:
        return datetime.strptime(text, _FORMAT).replace(tzinfo=zone)
    except ValueError:
        return None
