"""One import, wired: the file, the form as the configuration knows it, its wiki, no cloud."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from oscartes_sync.bootstrap.wiring import make_publications, make_wiki
from oscartes_sync.config import Settings
from oscartes_sync.errors import UsageError
from oscartes_sync.exports.view import Kind
from oscartes_sync.imports.table import read_table
from oscartes_sync.planning.binding import Binding, Deletions, Direction, MaxDelete
from oscartes_sync.planning.importing import import_name
from oscartes_sync.ports import Clock, Journalled, StateStore
from oscartes_sync.records.event import Event
from oscartes_sync.records.fingerprint import record_from_json
from oscartes_sync.usecases.importing.import_table import Import
from oscartes_sync.usecases.importing.no_cloud import NoCloud
from oscartes_sync.usecases.world import World

if TYPE_CHECKING:
    from oscartes_sync.adapters.yeswiki.wiki import YesWikiWiki

_NAME: Final = re.compile(r"import:(?P<wiki>[a-z0-9_-]+)/(?P<form>[0-9]+)")
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that is read at once; ten thousand actors are three or four million."""


@dataclass(frozen=True, slots=True)
class Target:
    """One form of one wiki."""

    wiki: str
    form: str


def target(settings: Settings, wiki: str | None, form: str) -> Target:
    """The form that is meant; the wiki may be left out where there is one.

    Raises:
        UsageError: `import-bad-form`, `import-which-wiki`, `unknown-wiki`.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,9}", form):
        raise UsageError("import-bad-form", form=form)
    known = ", ".join(settings.wikis)
    if wiki is None:
        bound = {each.wiki for each in settings.bindings if each.form == form}
        candidates = bound if len(bound) == 1 else set(settings.wikis)
        if len(candidates) > 1:
            raise UsageError("import-which-wiki", known=known)
        wiki = candidates.pop()
    if wiki not in settings.wikis:
        raise UsageError("import-unknown-wiki", name=wiki, known=known)
    return Target(wiki, form)


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
        UsageError: see `read_file` and `read_table`.
        SideError, ConfigurationError: the form cannot be read, or no records can be made of it.
    """
    table = read_table(read_file(path))
    kind = _known_kind(settings, aim) or make_publications(settings.wikis[aim.wiki], clock).kind_of(
        aim.form
    )
    world, wiki = _world(settings, store, clock, aim, kind)
    return Import(world=world, chronicle=wiki, table=table)


def kind_told(first: Journalled) -> Kind:
    """What the entries of an import were, by one of its operations."""
    record = first.operation.record
    if record is None and first.before is not None:
        record = record_from_json(first.before)
    return "events" if isinstance(record, Event) else "contacts"


def world_named(
    settings: Settings, store: StateStore, clock: Clock, name: str, kind: Kind
) -> World | None:
    """The world of earlier imports, by the name they have in the journal; None for other names."""
    found = _NAME.fullmatch(name)
    if found is None or found["wiki"] not in settings.wikis:
        return None
    return _world(settings, store, clock, Target(found["wiki"], found["form"]), kind)[0]


def _world(
    settings: Settings, store: StateStore, clock: Clock, aim: Target, kind: Kind
) -> tuple[World, YesWikiWiki]:
    wiki = make_wiki(settings.wikis[aim.wiki], clock)
    binding = _binding(settings, aim, kind)
    return World(binding=binding, wiki=wiki, cloud=NoCloud(), state=store, clock=clock), wiki


def _known_kind(settings: Settings, aim: Target) -> Kind | None:
    """What the configuration says of the form, in a binding or in a view."""
    said = [each.kind for each in settings.bindings if _is_of(each, aim)]
    said += [each.kind for each in settings.views if _is_of(each, aim) and each.kind]
    return said[0] if said else None


def _is_of(each: object, aim: Target) -> bool:
    return (getattr(each, "wiki", ""), getattr(each, "form", "")) == (aim.wiki, aim.form)


def _binding(settings: Settings, aim: Target, kind: Kind) -> Binding:
    """The form as its bindings and views map it; what they select counts for no table."""
    bound = next((b for b in settings.bindings if _is_of(b, aim) and b.kind == kind), None)
    views = [each for each in settings.views if _is_of(each, aim)]
    columns = next((each.columns for each in views if each.columns), {})
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
        fields=bound.fields if bound and bound.fields else columns,
        defaults=bound.defaults if bound else {},
        zone=settings.network.timezone,
        language=settings.network.language,
    )
