"""Before-images whole, the version that each write left, and what must be kept out.

Revision: 0002, on 0001, of 2026-11-24.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns and a table; what the journal held keeps neither image nor version."""
    op.add_column("journal", sa.Column("image", sa.Text))
    op.add_column("journal", sa.Column("left", sa.Text))
    op.create_table(
        "forgotten",
        sa.Column("binding", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("binding", "digest", name="forgotten_pk"),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("forgotten")
    with op.batch_alter_table("journal") as journal:
        journal.drop_column("left")
        journal.drop_column("image")
