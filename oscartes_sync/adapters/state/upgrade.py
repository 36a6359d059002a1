"""Alembic, which only a state of another schema needs: it takes longer to load than a run to do."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_MIGRATIONS = "oscartes_sync.adapters.state:migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    config.set_main_option("path_separator", "os")
    return config


@cache
def known_revisions() -> frozenset[str]:
    """Every revision that this release can bring to the present one."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


def current(connection: Connection) -> str | None:
    """The revision the tables are at, None in an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection) -> None:
    """Run all missing revisions in the transaction that is open on `connection`."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
