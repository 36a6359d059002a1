"""What was made of each working group or project, and how it was left.

Revision: 0004, on 0003, of 2026-11-28.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "spaces",
        sa.Column("kind", sa.String(255), nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("folder", sa.Integer, nullable=False),
        sa.Column("calendar", sa.Text, nullable=False),
        sa.Column("archive", sa.Text, nullable=False),
        sa.Column("archived", sa.String(40), nullable=False),
        sa.Column("left", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "tag", name="spaces_pk"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("spaces")
