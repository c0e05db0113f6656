"""What a run closed, wrote, withheld and could not reach, so that it can be asked for afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    for table, name in (("runs", "troubles"), ("runs", "written"), ("flags", "first"), ("flags", "last")):
        op.add_column(table, sa.Column(name, sa.Text))
    op.create_table(
        "closed_flags",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("row", sa.Integer),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("first", sa.Text),
        sa.Column("last", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("closed", sa.Text, nullable=False),
    )
    op.create_index("closed_flags_by", "closed_flags", ["by"])
    op.create_table(
        "withheld",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
