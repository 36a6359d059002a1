"""What Alembic runs: all missing revisions, in the transaction it is given."""

from __future__ import annotations

from alembic import context

from oscartes_sync.adapters.state.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
