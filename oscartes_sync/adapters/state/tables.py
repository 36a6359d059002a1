"""The tables of the state, as SQLAlchemy Core sees them.

Instants are ISO 8601 text in UTC. What a run without changes reads (`links`) is kept apart from
the records (`link_records`): a row that holds two records fills pages that such a run would have
to turn. Texts of members stand in `link_records`, `conflicts` and `journal` alone; `forgotten`
holds digests.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

REVISION: Final = "0004"
"""The revision of `migrations/versions` that these tables are."""

metadata: Final = MetaData()

notes = Table(
    "notes",
    metadata,
    Column("key", String(255), nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("key", name="notes_pk"),
)

identities = Table(
    "identities",
    metadata,
    Column("kind", String(16), nullable=False),
    Column("name", String(255), nullable=False),
    Column("identity", Text, nullable=False),
    PrimaryKeyConstraint("kind", "name", name="identities_pk"),
)

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("binding", String(255), nullable=False),
    Column("wiki_cursor", Text, nullable=False),
    Column("cloud_cursor", Text, nullable=False),
    Column("last_run", String(40), nullable=False),
    Column("last_success", String(40)),
    PrimaryKeyConstraint("binding", name="bookmarks_pk"),
)

links = Table(
    "links",
    metadata,
    Column("binding", String(255), nullable=False),
    Column("uid", Text, nullable=False),
    Column("origin", String(8), nullable=False),
    Column("tag", Text, nullable=False),
    Column("href", Text, nullable=False),
    Column("wiki_token", Text, nullable=False),
    Column("cloud_token", Text, nullable=False),
    Column("restless", Boolean, nullable=False),
    Column("due", String(40)),
    Column("dropped", String(8)),
    Column("problems", Text),
    PrimaryKeyConstraint("binding", "uid", name="links_pk"),
)

link_records = Table(
    "link_records",
    metadata,
    Column("binding", String(255), nullable=False),
    Column("uid", Text, nullable=False),
    Column("wiki", Text, nullable=False),
    Column("cloud", Text, nullable=False),
    Column("unsettled", Text, nullable=False),
    PrimaryKeyConstraint("binding", "uid", name="link_records_pk"),
    ForeignKeyConstraint(
        ["binding", "uid"],
        ["links.binding", "links.uid"],
        name="link_records_link",
        ondelete="CASCADE",
    ),
)

left_out = Table(
    "left_out",
    metadata,
    Column("binding", String(255), nullable=False),
    Column("side", String(8), nullable=False),
    Column("key", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("problems", Text, nullable=False),
    PrimaryKeyConstraint("binding", "side", "key", name="left_out_pk"),
)

runs = Table(
    "runs",
    metadata,
    Column("run", String(64), nullable=False),
    Column("command", String(32), nullable=False),
    Column("started", String(40), nullable=False),
    Column("ended", String(40)),
    Column("exit", Integer),
    PrimaryKeyConstraint("run", name="runs_pk"),
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("binding", String(255), nullable=False),
    Column("id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("uid", Text, nullable=False),
    Column("entry", Text),
    Column("href", Text),
    Column("fields", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("winner", String(8)),
    Column("run", String(64), nullable=False),
    Column("seen", String(40), nullable=False),
    PrimaryKeyConstraint("binding", "id", name="conflicts_pk"),
)

journal = Table(
    "journal",
    metadata,
    Column("number", Integer, nullable=False, autoincrement=False),
    Column("run", String(64), nullable=False),
    Column("binding", String(255), nullable=False),
    Column("progress", String(16), nullable=False),
    Column("operation", Text, nullable=False),
    Column("content", Text),
    Column("before", Text),
    Column("after", Text),
    Column("image", Text),
    Column("left", Text),
    PrimaryKeyConstraint("number", name="journal_pk"),
    ForeignKeyConstraint(["run"], ["runs.run"], name="journal_run"),
    Index("journal_by_run", "run"),
    Index("journal_by_progress", "progress", "binding"),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("binding", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    PrimaryKeyConstraint("binding", "digest", name="forgotten_pk"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("binding", String(255), nullable=False),
    Column("place", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("tie", String(16), nullable=False),
    Column("token", String(40), nullable=False),
    Column("asked", String(40)),
    PrimaryKeyConstraint("binding", "place", "entry", "account", "tie", name="memberships_pk"),
)

spaces = Table(
    "spaces",
    metadata,
    Column("kind", String(255), nullable=False),
    Column("tag", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("folder", Integer, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("archive", Text, nullable=False),
    Column("archived", String(40), nullable=False),
    Column("left", Text, nullable=False),
    PrimaryKeyConstraint("kind", "tag", name="spaces_pk"),
)

_VERSION: Final = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic makes it, who keeps it from then on."""


def make(connection: Connection) -> None:
    """All tables at once, in a database that has none, in the transaction that is open."""
    metadata.create_all(connection, checkfirst=False)
    _VERSION.create(connection, checkfirst=False)
    connection.execute(_VERSION.insert().values(version_num=REVISION))
