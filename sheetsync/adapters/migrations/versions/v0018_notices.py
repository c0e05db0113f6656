"""Messages to people on their way: each change of state once for each channel, ever."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("taken", sa.Text),
        sa.Column("first_tried", sa.Text),
        sa.Column("tried", sa.Text),
        sa.Column("sent", sa.Text),
        sa.Column("given_up", sa.Text),
        sa.Column("trouble", sa.Text, nullable=False),
    )
    op.create_index("notices_once", "notices", ["about", "state", "channel"], unique=True)
