"""What stands in our tabs, and what people had typed there when a batch was on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    # A new column only: the lines that are there stay as they are, as their triggers demand.
    op.add_column("journal", sa.Column("events", sa.Text))
    op.create_table(
        "standing",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("spreadsheet", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("rows", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
    )
    op.create_index("standing_batch", "standing", ["spreadsheet", "generation", "run"], unique=True)
