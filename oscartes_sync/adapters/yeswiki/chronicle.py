"""When the things of a form changed last, how one was when it had changed at some time, and what
an entry of it cannot do without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bazar_forms.client import BazarClient, PageRow, Revision
from bazar_forms.entry import Entry
from bazar_forms.errors import EntryMalformed, Forbidden, Malformed
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.mapping.entry_reading import structure_of
from oscartes_sync.mapping.groups import group, parent_of
from oscartes_sync.ports.tables import Past
from oscartes_sync.records.record import Record

_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_MINUTE: Final = len("2026-11-24 10:00")
_TRIES: Final = 3
"""Revisions whose text is asked for: the two clocks may differ by a second, or by an hour more in
the other half of the year."""
_SUMMER: Final = (0.0, 3600.0, -3600.0)
_GRAIN: Final = timedelta(minutes=15)
_SLACK: Final = timedelta(seconds=30)
_WIDEST: Final = timedelta(hours=27)
"""From the westernmost zone to the easternmost."""


def change_dates(client: BazarClient, bound: Bound) -> Mapping[str, datetime]:
    """See `ports.tables.Chronicle.dates`; raises BazarErrors."""
    fields = ("id_fiche", "date_maj_fiche", RECURRENCE_PROPERTY)
    answer = client.entries(bound.form.id, fields=fields, anonymous=True)
    if not answer.rows and any(isinstance(each, Malformed) for each in answer.problems):
        raise EntryMalformed(f"Nothing in the list of form {bound.form.id} is an entry of it.")
    zone = ZoneInfo(bound.binding.zone)
    dates = {tag: _read(row.get("date_maj_fiche") or "", zone) for tag, row in answer.rows.items()}
    things = group(
        {tag: parent_of(row.get(RECURRENCE_PROPERTY)) for tag, row in answer.rows.items()}
    )
    found = {}
    for tag, members in things.things.items():
        known = [date for each in members if (date := dates[each]) is not None]
        if known:
            found[tag] = max(known)
    return found


def entry_at(
    client: BazarClient, bound: Bound, tag: str, moment: datetime, *, minute: bool = False
) -> Past:
    """See `ports.tables.Chronicle.at`; raises BazarErrors.

    The wiki gives the text of a revision by its second alone, so what is not the only one of its
    second is not to be had (see `revisions`), and neither is what is older than the list shows.
    """
    asked = moment.astimezone(ZoneInfo(bound.binding.zone)).strftime(_FORMAT)
    asked = asked[:_MINUTE] if minute else asked
    try:
        listed = client.revisions(tag)
    except Forbidden:
        return Past(None)
    page = client.page(tag)
    now = page.entry() if isinstance(page, PageRow) else None
    if not isinstance(page, PageRow) or now is None:
        return Past(None)
    expected = _naive(f"{asked}:00" if minute else asked) + _between(page, now)
    series = structure_of(now) is not None
    for one in (_not_after if series else _nearest)(listed, expected):
        entry = _text(client, tag, one)
        if entry is None or entry.form != bound.form.id:
            continue
        fits = entry.updated.startswith(asked)
        # What of a series moved last may be a repetition: it is itself as it was before then.
        if fits or (series and entry.updated <= asked):
            alone = _is_alone(one, listed, len(asked) if fits else len(one.time))
            return Past(bound.entries.read([entry]).record if alone else None)
    return Past(None)


def lacking(bound: Bound, record: Record, now: datetime) -> frozenset[str]:
    """See `ports.tables.Chronicle.lacks`."""
    with translated(bound.binding.wiki):
        writing = bound.entries.draft(record, {}, now)
    return frozenset(
        dict(each.params)["property"] for each in writing.problems if each.code == "required-empty"
    )


def _text(client: BazarClient, tag: str, revision: Revision) -> Entry | None:
    row = client.page(tag, time=revision.time)
    return row.entry() if isinstance(row, PageRow) and row.id == revision.id else None


def _is_alone(one: Revision, listed: Sequence[Revision], length: int) -> bool:
    """Whether no other has its second, or its minute."""
    return [each for each in listed if each.time[:length] == one.time[:length]] == [one]


def _between(page: PageRow, entry: Entry) -> timedelta:
    """How far the database's clock, which dates revisions, is ahead of PHP's, which dates entries.

    They are often set to two zones. An entry that was put back to an old revision has its old
    date, which tells nothing.
    """
    try:
        found = datetime.fromisoformat(page.time) - datetime.fromisoformat(entry.updated)
    except (ValueError, TypeError):
        return timedelta()
    near = round(found / _GRAIN) * _GRAIN
    return found if abs(found - near) <= _SLACK and abs(found) <= _WIDEST else timedelta()


def _nearest(listed: Sequence[Revision], expected: datetime) -> Sequence[Revision]:
    """An hour off counts for a little, since one of the two clocks may know no summer."""

    def distance(one: Revision) -> float:
        read = _parsed(one.time)
        off = (read - expected).total_seconds() if read is not None else float("inf")
        return min(abs(off - shift) + bool(shift) for shift in _SUMMER)

    return sorted(listed, key=distance)[:_TRIES]


def _not_after(listed: Sequence[Revision], expected: datetime) -> Sequence[Revision]:
    """The newest that are not younger, but for what the minute may still hold."""
    limit = expected + timedelta(seconds=1 if expected.second else 60)
    older = [one for one in listed if (read := _parsed(one.time)) is not None and read <= limit]
    return older[:_TRIES]


def _read(text: str, zone: ZoneInfo) -> datetime | None:
    """A date of the wiki's database, which says no zone: the network's is meant."""
    found = _parsed(text)
    return found.replace(tzinfo=zone) if found is not None else None


def _parsed(text: str) -> datetime | None:
    try:
        return _naive(text)
    except ValueError:
        return None


def _naive(text: str) -> datetime:
    return datetime.strptime(text, _FORMAT)  # noqa: DTZ007 - see `_read`
