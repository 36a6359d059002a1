"""The rows of a table beside the entries of a form, and what comes of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from oscartes_sync.errors import RecordError, UsageError
from oscartes_sync.imports.holding import lost, renamed, says_the_same
from oscartes_sync.imports.table import Row
from oscartes_sync.imports.values import (
    UPDATED,
    BadCell,
    typed_in_vain,
    unknown_columns,
    updated,
    wishes,
)
from oscartes_sync.mapping.guesses import folded
from oscartes_sync.planning.importing import Wish, is_empty, settled
from oscartes_sync.planning.snapshot import Presence, Seen, Sighting, Snapshot
from oscartes_sync.records.identity import forgotten_digest, uid_of
from oscartes_sync.records.record import Record, series_of
from oscartes_sync.usecases.importing.importing import Import
from oscartes_sync.usecases.importing.new_rows import NewRows
from oscartes_sync.usecases.importing.telling import Telling, shown

_NOT_THERE: Final[Mapping[Presence, str]] = {
    Presence.GONE: "import-entry-gone",
    Presence.HIDDEN: "import-entry-hidden",
}
_ELSEWHERE: Final = "import-entry-elsewhere"
_FEW: Final = 5
"""So many rows of which no entry is in the form are no slip of the pen."""
_LOOKED_AT: Final = 50
"""Each unknown id costs a request."""
_LONGEST: Final = 191
"""Letters of a tag (the server's column `pages.tag`)."""


@dataclass(slots=True)
class RowReader:
    """Reads all rows, in order; what is wrong with one is told beside the others."""

    one: Import
    snapshot: Snapshot
    dates: Mapping[str, datetime]
    writes: frozenset[str]
    forgotten: frozenset[str]
    telling: Telling = field(default_factory=Telling)
    wishes: list[Wish] = field(default_factory=list)
    unchanged: int = 0

    @property
    def zone(self) -> ZoneInfo:
        """The network's."""
        return ZoneInfo(self.one.world.binding.zone)

    @property
    def there(self) -> Mapping[str, Sighting]:
        """The things of the form, by tag."""
        return self.snapshot.sightings

    def read(self) -> None:
        """All of them.

        Raises:
            UsageError: `import-other-form`.
        """
        table = self.one.table
        for name in unknown_columns(table.columns, self.one.kind):
            self.telling.warn("import-unknown-column", name=name)
        known = [row for row in table.rows if row.key]
        if known and UPDATED not in table.columns:
            self.telling.warn("import-without-dates")
        alike = {tag.casefold(): tag for tag in self.there}
        self._check_form(known, alike)
        often = Counter(row.key for row in known)
        strange = [tag for tag in often if tag not in self.there and tag.casefold() not in alike]
        elsewhere = self._looked(strange)
        new = NewRows(self.one, self.snapshot, self.forgotten, self.telling)
        for row in table.rows:
            try:
                if not row.key:
                    new.read(row)
                elif self._is_forgotten(row.key):
                    self.telling.wrong("import-forgotten", row)
                elif often[row.key] > 1:
                    self.telling.wrong("import-row-twice", row)
                elif row.key in self.there:
                    self._known(row)
                elif (right := alike.get(row.key.casefold())) is not None:
                    self.telling.wrong("import-entry-spelling", row, other=right)
                else:
                    self.telling.wrong(elsewhere.get(row.key, _ELSEWHERE), row)
            except BadCell as bad:
                self.telling.wrong("import-bad-cell", row, field=bad.field)
            except RecordError as error:
                self.telling.wrong(error.code, row)
        self.wishes += new.wishes
        self.unchanged += len(new.made)

    def _check_form(self, known: list[Row], alike: Mapping[str, str]) -> None:
        if len(known) >= _FEW and not any(row.key.casefold() in alike for row in known):
            form = self.one.world.binding.form
            raise UsageError("import-other-form", form=form, rows=len(known))

    def _looked(self, tags: list[str]) -> dict[str, str]:
        """Why these are not in the form as everybody sees it, as the code that says so."""
        asked = [tag for tag in tags if len(tag) <= _LONGEST][:_LOOKED_AT]
        if not asked:
            return {}
        looks = self.one.world.wiki.look(self.one.world.binding, asked)
        return {tag: _NOT_THERE.get(look.presence, _ELSEWHERE) for tag, look in looks.items()}

    def _is_forgotten(self, tag: str) -> bool:
        return forgotten_digest(self.one.world.binding.name, tag) in self.forgotten

    # Rows that name their entry

    def _known(self, row: Row) -> None:
        now = self.there[row.key].seen
        if now is None:
            self.telling.wrong("import-entry-unreadable", row)
            return
        wanted = wishes(row.cells, now.record, self.one.kind, self.zone)
        wanted = self._not_overtaken(row, now, wanted) if wanted else {}
        wanted = self._placed(row, now.record, wanted) if wanted else {}
        self._tell_read_only(row, now.record)
        if wanted and self._is_complete(row, now.record, wanted):
            self._wish(row, now, wanted)
        elif row.line not in self.telling.left_out:
            self.unchanged += 1

    def _wish(self, row: Row, now: Seen, wanted: Mapping[str, Any]) -> None:
        record: Any = replace(now.record, **wanted)
        self.wishes.append(
            Wish(
                line=row.line,
                uid=uid_of(row.key, self.one.world.binding.wiki),
                now=now,
                record=record,
                names=tuple(wanted),
                renames=folded(record.title) != folded(now.record.title),
            )
        )

    def _not_overtaken(self, row: Row, now: Seen, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The wishes that are the table's own, where the entry changed since it was made.

        Raises:
            BadCell: the table says of the other entries when they had changed, and not of this.
        """
        made, changed = updated(row.cells, self.zone), self.dates.get(row.key)
        if made is None and UPDATED in self.one.table.columns:
            raise BadCell(UPDATED)
        if made is None or changed is None or made.says(changed):
            return dict(wanted)
        binding = self.one.world.binding
        then = self.one.chronicle.at(binding, row.key, made.moment, minute=made.minute).record
        if then is None:
            self.telling.wrong("import-entry-moved", row)
            return {}
        wanted_then = wishes(row.cells, then, self.one.kind, self.zone)
        own, overtaken = settled(wanted, then, wanted_then, now.record)
        if overtaken:
            self.telling.wrong("import-overtaken", row, fields=",".join(overtaken))
        return own

    def _placed(self, row: Row, now: Record, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The wishes without those that the form has no place for: they would never be fulfilled.

        Nor are those meant that the entry would spell as it does now.

        Raises:
            RecordError: what is left makes no record.
        """
        if series_of(now) is not None and {"start", "end"}.intersection(wanted):
            self.telling.wrong("import-series", row)
            return {}
        world = self.one.world
        ours = {name: value for name, value in wanted.items() if name in self.writes}
        changed: Any = replace(now, **ours)
        after = world.wiki.project(world.binding, changed)
        placed: dict[str, Any] = {}
        for name, value in wanted.items():
            there, here = getattr(after, name), getattr(now, name)
            if name in self.writes:
                gone: tuple[Any, ...] = lost(name, value, there, here)
                if name == "categories" and not gone:
                    gone = renamed(value, here, self.one.chronicle.labels(world.binding))
            else:
                # Where it follows from another field, that one brings it.
                gone = () if there == value else (value,)
            if gone:
                self.telling.wrong("import-no-place", row, field=name, value=shown(gone))
            elif name in self.writes and not says_the_same(name, there, here):
                placed[name] = value
        return placed

    def _is_complete(self, row: Row, now: Record, wanted: Mapping[str, Any]) -> bool:
        """Whether the entry keeps all that the form requires; it may lack some of it already."""
        if not any(_takes_away(value, getattr(now, name)) for name, value in wanted.items()):
            return True
        world, lacks = self.one.world, self.one.chronicle.lacks
        changed: Any = replace(now, **wanted)
        missing = lacks(world.binding, changed) - lacks(world.binding, now)
        if missing:
            self.telling.wrong("import-required", row, property=min(missing))
        return not missing

    def _tell_read_only(self, row: Row, now: Record) -> None:
        """Nothing is told of an entry that changed since: it may be the wiki that says otherwise.

        Raises:
            BadCell: see `updated`.
        """
        names = typed_in_vain(row.cells, now, self.one.kind)
        made = updated(row.cells, self.zone) if names else None
        changed = self.dates.get(row.key)
        if names and (made is None or changed is None or made.says(changed)):
            self.telling.hint("import-read-only", row, fields=",".join(names))


def _takes_away(value: Any, here: Any) -> bool:
    if isinstance(value, tuple):
        return bool(set(here) - set(value))
    return is_empty(value) and not is_empty(here)
