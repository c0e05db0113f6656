"""What was found out about the addresses behind published links."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "link_looks",
        sa.Column("url", sa.Text, primary_key=True, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("final", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
