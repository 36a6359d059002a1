"""Who was agreed to be in a team or group that follows a list of the directory.

Revision: 0003, on 0002, of 2026-11-28.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "memberships",
        sa.Column("binding", sa.String(255), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("tie", sa.String(16), nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("asked", sa.String(40)),
        sa.PrimaryKeyConstraint(
            "binding", "place", "entry", "account", "tie", name="memberships_pk"
        ),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("memberships")
