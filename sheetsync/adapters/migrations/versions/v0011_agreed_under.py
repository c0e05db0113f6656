"""Under which terms baselines were agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "agreed_under",
        sa.Column("source", sa.Text, primary_key=True, nullable=False),
        sa.Column("field", sa.Text, primary_key=True, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
    )
