"""One import, wired: the file, the form as the configuration knows it, its wiki, no cloud."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from oscartes_sync.bootstrap.exporting import view_named
from oscartes_sync.bootstrap.wiring import make_publications, make_wiki
from oscartes_sync.config import Settings
from oscartes_sync.errors import UsageError
from oscartes_sync.exports.view import Kind, View
from oscartes_sync.imports.table import read_table
from oscartes_sync.planning.binding import Binding, Deletions, Direction, MaxDelete
from oscartes_sync.planning.importing import import_name
from oscartes_sync.ports import Clock, Journalled, StateStore
from oscartes_sync.records.event import Event
from oscartes_sync.records.fingerprint import record_from_json
from oscartes_sync.usecases.importing.importing import Import
from oscartes_sync.usecases.importing.no_cloud import NoCloud
from oscartes_sync.usecases.world import World

if TYPE_CHECKING:
    from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki

_NAME: Final = re.compile(r"import:(?P<wiki>[a-z0-9_-]+)/(?P<form>[0-9]+)")
_KINDS: Final[Mapping[str | None, Kind]] = {"events": "events", "contacts": "contacts"}
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that is read at once; ten thousand actors are three or four million."""


@dataclass(frozen=True, slots=True)
class Target:
    """One form of one wiki; `view` is the one that the table was exported from, where named."""

    wiki: str
    form: str
    view: str | None = None


def target(settings: Settings, wiki: str | None, form: str, view: str | None = None) -> Target:
    """The form that is meant; the wiki may be left out where there is one, or a view names it.

    Raises:
        UsageError: `import-bad-form`, `import-which-wiki`, `import-unknown-wiki`.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,9}", form):
        raise UsageError("import-bad-form", form=form)
    known = ", ".join(settings.wikis)
    if wiki is None and view is not None:
        wiki = view_named(settings, view).wiki
    if wiki is None:
        bound = {each.wiki for each in settings.bindings if each.form == form}
        candidates = bound if len(bound) == 1 else set(settings.wikis)
        if len(candidates) > 1:
            raise UsageError("import-which-wiki", known=known)
        wiki = candidates.pop()
    if wiki not in settings.wikis:
        raise UsageError("import-unknown-wiki", name=wiki, known=known)
    return Target(wiki, form, view)


def read_file(path: Path) -> bytes:
    """The bytes of a table.

    Raises:
        UsageError: `import-unreadable`, `import-too-large`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError("import-unreadable", path=path) from error
    if len(content) > LARGEST:
        raise UsageError("import-too-large", path=path, limit=LARGEST // (1024 * 1024))
    return content


def prepare(settings: Settings, store: StateStore, clock: Clock, path: Path, aim: Target) -> Import:
    """All that one import needs; the file is read first, so that a wrong one costs no request.

    Raises:
        UsageError: see `read_file`, `read_table` and `_columns`.
        SideError, ConfigurationError: the form cannot be read, or no records can be made of it.
    """
    table = read_table(read_file(path))
    kind = _kind(settings, clock, aim)
    fields = _columns(settings, aim, kind)
    # An undo must read the entries as this import does.
    store.remember(_memory(aim), json.dumps(dict(fields), sort_keys=True))
    world, wiki = _world(settings, store, clock, _binding(settings, aim, kind, fields))
    return Import(world=world, chronicle=wiki, kind=kind, table=table)


def world_named(
    settings: Settings, store: StateStore, clock: Clock, name: str, written: Sequence[Journalled]
) -> World | None:
    """The world of earlier imports, by the name they have in the journal and what they did there.

    None for other names.
    """
    found = _NAME.fullmatch(name)
    if found is None or found["wiki"] not in settings.wikis:
        return None
    aim = Target(found["wiki"], found["form"])
    kind = _kind_told(written) or _kind(settings, clock, aim)
    remembered = store.recall(_memory(aim))
    fields = json.loads(remembered) if remembered else _columns_of_any(settings, aim, kind)
    return _world(settings, store, clock, _binding(settings, aim, kind, fields))[0]


def _memory(aim: Target) -> str:
    return f"{import_name(aim.wiki, aim.form)} fields"


def _world(
    settings: Settings, store: StateStore, clock: Clock, binding: Binding
) -> tuple[World, YesWikiWiki]:
    wiki = make_wiki(settings.wikis[binding.wiki], clock)
    return World(binding=binding, wiki=wiki, cloud=NoCloud(), state=store, clock=clock), wiki


def _kind_told(written: Sequence[Journalled]) -> Kind | None:
    """What the entries were, by the first of them of which something is kept yet."""
    for each in written:
        record = each.operation.record
        if record is None and each.before is not None:
            record = record_from_json(each.before)
        if record is not None:
            return "events" if isinstance(record, Event) else "contacts"
    return None


def _kind(settings: Settings, clock: Clock, aim: Target) -> Kind:
    """What the configuration says of the form, in a view or in a binding; else the form itself."""
    said: list[str | None] = [view_named(settings, aim.view).kind] if aim.view else []
    said += [each.kind for each in settings.bindings if _is_of(each, aim)]
    said += [each.kind for each in _views(settings, aim)]
    # What else may be bound, as documents, has no table.
    for kind in (_KINDS[each] for each in said if each in _KINDS):
        return kind
    return make_publications(settings.wikis[aim.wiki], clock).kind_of(aim.form)


def _is_of(each: Binding | View, aim: Target) -> bool:
    return (each.wiki, each.form) == (aim.wiki, aim.form)


def _views(settings: Settings, aim: Target) -> list[View]:
    return [each for each in settings.views if _is_of(each, aim)]


def _columns(settings: Settings, aim: Target, kind: Kind) -> Mapping[str, str]:
    """Which property each column is: as the view says that the table was exported from.

    A table does not name its view, so that those of the form must agree, or one is named.

    Raises:
        UsageError: `no-views`, `view-unknown`, `import-view-of-other-form`; `import-which-view`.
    """
    if aim.view is not None:
        named = view_named(settings, aim.view)
        if not _is_of(named, aim):
            raise UsageError("import-view-of-other-form", name=named.name, form=aim.form)
        return named.columns
    views = [each for each in _views(settings, aim) if each.kind in (None, kind)]
    if any(dict(each.columns) != dict(views[0].columns) for each in views):
        known = ", ".join(each.name for each in views)
        raise UsageError("import-which-view", form=aim.form, known=known)
    return _columns_of_any(settings, aim, kind)


def _columns_of_any(settings: Settings, aim: Target, kind: Kind) -> Mapping[str, str]:
    """Of the form's first view, else of its binding."""
    views = [each for each in _views(settings, aim) if each.kind in (None, kind)]
    if views:
        return views[0].columns
    bound = _bound(settings, aim, kind)
    return bound.fields if bound else {}


def _bound(settings: Settings, aim: Target, kind: Kind) -> Binding | None:
    return next((b for b in settings.bindings if _is_of(b, aim) and b.kind == kind), None)


def _binding(settings: Settings, aim: Target, kind: Kind, fields: Mapping[str, str]) -> Binding:
    """The form as a binding; what views and bindings select counts for no table."""
    bound = _bound(settings, aim, kind)
    return Binding(
        name=import_name(aim.wiki, aim.form),
        kind=kind,
        wiki=aim.wiki,
        cloud="",
        form=aim.form,
        collection="import",
        direction=Direction.TO_WIKI,
        deletions=Deletions.IGNORE,
        max_delete=bound.max_delete if bound else MaxDelete(10),
        owner=bound.owner if bound else "",
        fields=fields,
        defaults=bound.defaults if bound else {},
        zone=settings.network.timezone,
        language=settings.network.language,
    )
