"""One import, with all that it needs."""

from __future__ import annotations

from dataclasses import dataclass

from oscartes_sync.exports.view import Kind
from oscartes_sync.imports.table import Table
from oscartes_sync.ports.tables import Chronicle
from oscartes_sync.usecases.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One table on its way into one form; `world` has no cloud, `kind` is that of the entries."""

    world: World
    chronicle: Chronicle
    kind: Kind
    table: Table
