"""Guards: what was last accepted of each source, what holds, and the ledger's own mark."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "accepted",
        sa.Column("source", sa.Text, primary_key=True, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("written_at", sa.Text),
        sa.Column("lost", sa.Text, nullable=False),
    )
    op.create_table(
        "held",
        sa.Column("position", sa.Integer, primary_key=True, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("guard", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
    )
    op.create_table("installation", sa.Column("mark", sa.Text, primary_key=True, nullable=False))
    # Chance comes from the file itself: a ledger gets its mark when it is made, and keeps it.
    op.execute("INSERT INTO installation (mark) VALUES (lower(hex(randomblob(16))))")
