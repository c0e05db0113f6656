"""What people said about columns that lost their header, and which are asked about."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("held", sa.Column("first", sa.Text))
    op.create_table(
        "column_answers",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_table(
        "doubts",
        sa.Column("position", sa.Integer, primary_key=True, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("is_key", sa.Integer, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=False),
        sa.Column("candidates", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
    )
