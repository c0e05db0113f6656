"""Leases: at most one run at work on one ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("acquired", sa.Text, nullable=False),
        sa.Column("expires", sa.Text, nullable=False),
    )
