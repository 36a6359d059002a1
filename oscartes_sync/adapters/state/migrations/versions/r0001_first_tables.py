"""The first tables.

Revision: 0001, on an empty database, of 2026-11-24.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _memory()
    _pairs()
    _history()


def downgrade() -> None:
    """Remove them."""
    for name in (
        "journal",
        "conflicts",
        "runs",
        "left_out",
        "link_records",
        "links",
        "bookmarks",
        "identities",
        "notes",
    ):
        op.drop_table(name)


def _memory() -> None:
    op.create_table(
        "notes",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="notes_pk"),
    )
    op.create_table(
        "identities",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name="identities_pk"),
    )
    op.create_table(
        "bookmarks",
        sa.Column("binding", sa.String(255), nullable=False),
        sa.Column("wiki_cursor", sa.Text, nullable=False),
        sa.Column("cloud_cursor", sa.Text, nullable=False),
        sa.Column("last_run", sa.String(40), nullable=False),
        sa.Column("last_success", sa.String(40)),
        sa.PrimaryKeyConstraint("binding", name="bookmarks_pk"),
    )


def _pairs() -> None:
    op.create_table(
        "links",
        sa.Column("binding", sa.String(255), nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("href", sa.Text, nullable=False),
        sa.Column("wiki_token", sa.Text, nullable=False),
        sa.Column("cloud_token", sa.Text, nullable=False),
        sa.Column("restless", sa.Boolean, nullable=False),
        sa.Column("due", sa.String(40)),
        sa.Column("dropped", sa.String(8)),
        sa.Column("problems", sa.Text),
        sa.PrimaryKeyConstraint("binding", "uid", name="links_pk"),
    )
    op.create_table(
        "link_records",
        sa.Column("binding", sa.String(255), nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("wiki", sa.Text, nullable=False),
        sa.Column("cloud", sa.Text, nullable=False),
        sa.Column("unsettled", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("binding", "uid", name="link_records_pk"),
        sa.ForeignKeyConstraint(
            ["binding", "uid"],
            ["links.binding", "links.uid"],
            name="link_records_link",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "left_out",
        sa.Column("binding", sa.String(255), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("problems", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("binding", "side", "key", name="left_out_pk"),
    )


def _history() -> None:
    op.create_table(
        "runs",
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("command", sa.String(32), nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("ended", sa.String(40)),
        sa.Column("exit", sa.Integer),
        sa.PrimaryKeyConstraint("run", name="runs_pk"),
    )
    op.create_table(
        "conflicts",
        sa.Column("binding", sa.String(255), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("entry", sa.Text),
        sa.Column("href", sa.Text),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("winner", sa.String(8)),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("seen", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("binding", "id", name="conflicts_pk"),
    )
    op.create_table(
        "journal",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("binding", sa.String(255), nullable=False),
        sa.Column("progress", sa.String(16), nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.PrimaryKeyConstraint("number", name="journal_pk"),
        sa.ForeignKeyConstraint(["run"], ["runs.run"], name="journal_run"),
    )
    op.create_index("journal_by_run", "journal", ["run"])
    op.create_index("journal_by_progress", "journal", ["progress", "binding"])
