"""What counts under a freeze before launch, until somebody says yes to what was changed since."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "frozen",
        sa.Column("source", sa.Text, primary_key=True, nullable=False),
        sa.Column("record", sa.Text, primary_key=True, nullable=False),
        sa.Column("field", sa.Text, primary_key=True, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("accepted_by", sa.Text, nullable=False),
    )
