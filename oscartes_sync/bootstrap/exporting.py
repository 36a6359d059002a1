"""One export, wired: the view of the configuration, its wiki without a key, a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from oscartes_sync.bootstrap.shelf import FolderShelf
from oscartes_sync.bootstrap.wiring import make_publications
from oscartes_sync.config import Settings
from oscartes_sync.errors import UsageError
from oscartes_sync.exports.formats import ALL
from oscartes_sync.exports.view import View
from oscartes_sync.ports import Clock
from oscartes_sync.usecases.export_view import Destination, ExportReport, export_view


def export(
    settings: Settings,
    clock: Clock,
    name: str,
    formats: Sequence[str],
    *,
    out: Path | None = None,
    allow_empty: bool = False,
) -> ExportReport:
    """Publish the view of this name; see `export_view`.

    Raises:
        UsageError: `no-views`, `view-unknown`, `export-several-in-file`.
    """
    view = view_named(settings, name)
    return export_view(
        view,
        formats,
        publications=make_publications(settings.wikis[view.wiki], clock),
        destination=destination(out, view.name, formats) if out else None,
        allow_empty=allow_empty,
    )


def view_named(settings: Settings, name: str) -> View:
    """The view of this name.

    Raises:
        UsageError: `no-views`, `view-unknown`.
    """
    known = {view.name: view for view in settings.views}
    if not known:
        raise UsageError("no-views", path=settings.path)
    if name not in known:
        raise UsageError("view-unknown", name=name, known=", ".join(known))
    return known[name]


def destination(out: Path, view: str, formats: Sequence[str]) -> Destination:
    """What `--out` means: a folder where one is there, or where there are several files to put.

    A name without an extension that nothing bears yet is a folder's, too.

    Raises:
        UsageError: `export-several-in-file`.
    """
    several = ALL in formats or len(set(formats)) > 1
    if several and out.is_file():
        raise UsageError("export-several-in-file", path=out)
    if several or out.is_dir() or not (out.suffix or out.exists()):
        return Destination(FolderShelf(out, make=True), view)
    return Destination(FolderShelf(out.parent), out.stem, out.name)
