"""What each run moved and how it was before, so that it can be taken back; and what was."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("accepted", sa.Column("undone", sa.Text))
    op.create_table(
        "footprints",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("ended", sa.Text, nullable=False),
        sa.Column("document", sa.Text),
        sa.Column("undoes", sa.Text, nullable=False),
        sa.Column("undone_by", sa.Text, nullable=False),
    )
    op.create_index("footprints_run", "footprints", ["run"], unique=True)
