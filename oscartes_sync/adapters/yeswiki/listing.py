"""A form's entries now, as differences from what the last run knew.

One request lists them, read as anybody would. Where little is known everything is read and compared
by content; beyond that only dates are scanned, and what moved is read by its tag.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bazar_forms.client import BazarClient
from bazar_forms.entry import Entry
from bazar_forms.errors import BazarError, EntryMalformed, Malformed
from bazar_forms.recurrence import RECURRENCE_PROPERTY
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.tokens import Bookmark, date_part, dates_of, token_of
from oscartes_sync.adapters.yeswiki.unfinished import is_unfinished
from oscartes_sync.mapping.entries import Reading
from oscartes_sync.mapping.groups import Groups, group, parent_of
from oscartes_sync.planning.snapshot import Known, Sighting, Snapshot, Standing
from oscartes_sync.records.event import Event, When
from oscartes_sync.records.identity import PART, entry_of, field_of
from oscartes_sync.records.problem import Problem, Severity, Side

FEW = 500
"""Up to so many known things the whole form is read in one request."""

_SCANNED = ("id_fiche", "id_typeannonce", "date_maj_fiche", RECURRENCE_PROPERTY)
_MANY_MOVED = 3
"""Where more than one in so many moved, reading the whole form is quicker than by tags."""


@dataclass(slots=True)
class Listing:
    """What a listing gave: dates of all entries, what groups they form, those read in full."""

    dates: dict[str, str] = field(default_factory=dict)
    groups: Groups = field(default_factory=lambda: Groups({}))
    entries: dict[str, Entry] = field(default_factory=dict)
    whole: bool = True
    broken: bool = False

    def part(self, members: Iterable[str]) -> str:
        """The date part of a thing."""
        return date_part({tag: self.dates[tag] for tag in members})


def take_snapshot(
    client: BazarClient, bound: Bound, known: Known, now: datetime, *, full: bool
) -> Snapshot:
    """The form now; raises BazarErrors: a list in which nothing is an entry is one."""
    last = Bookmark.read(known.cursor)
    anew = full or last.basis != bound.basis
    listing = _list(client, bound, known, last, anew=anew)
    if listing.broken and not listing.dates:
        raise EntryMalformed(f"Nothing in the list of form {bound.form.id} is an entry of it.")
    sightings: dict[str, Sighting] = {}
    unmoved: set[str] = set()
    problems = list(_malformed(bound)) if listing.broken else []
    files, asked = _files_known(known), _asked(known)
    for key, members in listing.groups.things.items():
        token = known.tokens.get(key, "")
        dates = listing.part(members)
        if not listing.whole and dates_of(token) == dates and key not in asked:
            unmoved.update((key, *files.get(key, ())))
            continue
        entries = [listing.entries[tag] for tag in members if tag in listing.entries]
        if len(entries) != len(members):
            continue  # deleted while we read; what was known of it is looked at directly
        if is_unfinished(entries[0], bound.user):
            problems.append(Problem.warning("entry-unfinished", Side.WIKI, tag=key).at(entry=key))
            unmoved.update({key, *files.get(key, ())} & known.tokens.keys())
            continue
        found = token_of(entries, bound.recipe)
        for one in (key, *bound.entries.parts(entries[0])):
            if known.tokens.get(one) == found and not anew:
                unmoved.add(one)
            else:
                reading = bound.entries.read(entries, field_of(one))
                sightings[one] = sight(one, found, reading, bound, now)
    for tag in listing.groups.orphans:
        _sight_orphan(tag, listing, known, sightings, unmoved, anew=anew)
    bookmark = last.follow(bound.basis, listing.dates.values(), now)
    return Snapshot(
        sightings=sightings,
        unmoved=frozenset(unmoved),
        absent=frozenset(known.tokens.keys() - sightings.keys() - unmoved),
        cursor=bookmark.write(),
        carries=bound.recipe.carries,
        says=bound.recipe.says,
        trusted=not listing.broken,
        empty=not listing.dates and not holds_others(client, bound),
        problems=tuple(problems),
    )


def _files_known(known: Known) -> dict[str, list[str]]:
    """The keys of files in entries that are known, by their tags."""
    found: dict[str, list[str]] = {}
    for key in known.tokens:
        if PART in key:
            found.setdefault(entry_of(key), []).append(key)
    return found


def _asked(known: Known) -> frozenset[str]:
    """The tags of what is to be read whether or not it moved."""
    return frozenset(entry_of(key) for key, token in known.tokens.items() if not token)


def holds_others(client: BazarClient, bound: Bound) -> bool:
    """Whether there are entries that lack nothing but consent: then nothing of the form was lost.

    The last one who takes consent back leaves an empty list, too.
    """
    binding = bound.binding
    if not binding.consent:
        return False
    answer = client.entries(
        bound.form.id, query=binding.where, fields=("id_fiche",), anonymous=bound.anonymous
    )
    return bool(answer.rows) and not _is_broken(answer.problems)


def sight(key: str, token: str, reading: Reading, bound: Bound, now: datetime) -> Sighting:
    """One thing as read, and whether it may be mirrored."""
    record = reading.record
    standing = Standing.OPEN
    if record is None:
        standing = Standing.BROKEN
    elif isinstance(record, Event) and _is_past(reading.last or record.end, bound, now):
        standing = Standing.PAST
    return Sighting(
        key=key, token=token, record=record, standing=standing, problems=reading.problems
    )


def _is_past(end: When, bound: Bound, now: datetime) -> bool:
    since = bound.binding.since
    return since is not None and _over(end, bound) < now - timedelta(days=since)


def entries_of(
    client: BazarClient, bound: Bound, tags: Sequence[str], *, anonymous: bool | None = None
) -> Mapping[str, Entry]:
    """These entries as everybody sees them, or as our account does; the others are left out.

    Where `anonymous` is left out, as the binding's records are read.
    """
    if not tags:
        return {}
    unsaid = anonymous is None
    return client.entries(
        bound.form.id, tags=tags, anonymous=bound.anonymous if unsaid else bool(anonymous)
    ).entries


def members_of(client: BazarClient, bound: Bound, tag: str) -> list[Entry]:
    """A thing with all its members, by a listing of the whole form."""
    return things_of(client, bound).get(tag, [])


def things_of(
    client: BazarClient, bound: Bound, *, anonymous: bool | None = None
) -> dict[str, list[Entry]]:
    """All things of the form with their members, whatever `where` selects; see `entries_of`."""
    listing = _read_whole(client, bound, "", anonymous=anonymous)
    return {
        tag: [listing.entries[each] for each in members]
        for tag, members in listing.groups.things.items()
    }


def _list(
    client: BazarClient, bound: Bound, known: Known, last: Bookmark, *, anew: bool
) -> Listing:
    where = bound.binding.selection
    settled = all(not token or last.is_settled(token) for token in known.tokens.values())
    if anew or len(known.tokens) <= FEW or not settled:
        return _read_whole(client, bound, where)
    listing, asked = _scan(client, bound, where), _asked(known)
    moved = [
        tag
        for key, members in listing.groups.things.items()
        if dates_of(known.tokens.get(key, "")) != listing.part(members) or key in asked
        for tag in members
    ]
    if len(moved) * _MANY_MOVED > len(listing.dates):
        return _read_whole(client, bound, where)
    listing.entries.update(entries_of(client, bound, moved))
    for tag, entry in listing.entries.items():
        listing.dates[tag] = entry.updated
    return listing


def _read_whole(
    client: BazarClient, bound: Bound, where: str, *, anonymous: bool | None = None
) -> Listing:
    reads = bound.anonymous if anonymous is None else anonymous
    answer = client.entries(bound.form.id, query=where, anonymous=reads)
    entries = dict(answer.entries)
    return Listing(
        dates={tag: entry.updated for tag, entry in entries.items()},
        groups=group(
            {
                tag: parent_of(entry.properties.get(RECURRENCE_PROPERTY))
                for tag, entry in entries.items()
            }
        ),
        entries=entries,
        broken=_is_broken(answer.problems),
    )


def _scan(client: BazarClient, bound: Bound, where: str) -> Listing:
    answer = client.entries(bound.form.id, query=where, fields=_SCANNED, anonymous=bound.anonymous)
    good = {
        tag: row
        for tag, row in answer.rows.items()
        if row.get("id_fiche") == tag
        and row.get("date_maj_fiche")
        and row.get("id_typeannonce") == bound.form.id
    }
    return Listing(
        dates={tag: row["date_maj_fiche"] for tag, row in good.items()},
        groups=group({tag: parent_of(row.get(RECURRENCE_PROPERTY)) for tag, row in good.items()}),
        whole=False,
        broken=len(good) < len(answer.rows) or _is_broken(answer.problems),
    )


def _is_broken(problems: Sequence[BazarError]) -> bool:
    return any(isinstance(each, Malformed) for each in problems)


def _malformed(bound: Bound) -> tuple[Problem, ...]:
    said = Problem.of(
        "listing-malformed", severity=Severity.WARNING, side=Side.WIKI, form=bound.form.id
    )
    return (said,)


def _sight_orphan(
    tag: str,
    listing: Listing,
    known: Known,
    sightings: dict[str, Sighting],
    unmoved: set[str],
    *,
    anew: bool,
) -> None:
    """A repetition without its parent is told, and mirrored by nobody."""
    token = f"{listing.dates[tag]}|orphan"
    if known.tokens.get(tag) == token and not anew:
        unmoved.add(tag)
        return
    problem = Problem.of("repetition-orphan", severity=Severity.WARNING, side=Side.WIKI, entry=tag)
    sightings[tag] = Sighting(key=tag, token=token, standing=Standing.BROKEN, problems=(problem,))


def _over(end: When, bound: Bound) -> datetime:
    """When it is over: for a day, at the midnight after it."""
    if isinstance(end, datetime):
        return end
    from oscartes_sync.mapping.moments import midnight  # noqa: PLC0415 - see `_read`

    following: date = end + timedelta(days=1)
    return midnight(following, bound.setting.zone)
