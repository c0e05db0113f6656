"""What each approval covers, as it was taken down when the approval was first seen."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("approval", sa.Text, primary_key=True, nullable=False),
        sa.Column("record", sa.Text, primary_key=True, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("granted", sa.Integer, nullable=False),
        sa.Column("who", sa.Text),
        sa.Column("when", sa.Text),
        sa.Column("covered", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("away", sa.Text, nullable=False),
        sa.Column("place_source", sa.Text, nullable=False),
        sa.Column("spreadsheet", sa.Text, nullable=False),
        sa.Column("tab", sa.Text, nullable=False),
        sa.Column("tab_id", sa.Integer),
        sa.Column("row", sa.Integer),
        sa.Column("column", sa.Integer),
        sa.Column("column_name", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("first", sa.Text, nullable=False),
        sa.Column("taken", sa.Text, nullable=False),
        sa.Column("attested", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
