"""Conflicts with a life, what people decided about them, what they typed, and what each line said when we looked."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None

# REPLACE removes a row without asking a DELETE trigger, hence the third.
APPEND_ONLY = (
    """CREATE TRIGGER heard_no_update BEFORE UPDATE ON heard
    BEGIN SELECT RAISE(ABORT, 'what was decided is append-only'); END""",
    """CREATE TRIGGER heard_no_delete BEFORE DELETE ON heard
    BEGIN SELECT RAISE(ABORT, 'what was decided is append-only'); END""",
    """CREATE TRIGGER heard_no_replace BEFORE INSERT ON heard
    WHEN EXISTS (SELECT 1 FROM heard WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'what was decided is append-only'); END""",
)


def upgrade() -> None:
    op.create_table(
        "conflicts",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("flag", sa.Text, nullable=False),
        sa.Column("episode", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("changed", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("conflicts_flag", "conflicts", ["flag"])
    op.create_table(
        "rulings",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("matter", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("end", sa.Text),
        sa.Column("ended", sa.Text),
        sa.Column("ended_by", sa.Text, nullable=False),
    )
    op.create_index("rulings_matter", "rulings", ["matter", "run"], unique=True)
    op.create_table(
        "looks",
        sa.Column("spreadsheet", sa.Text, primary_key=True, nullable=False),
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("version", "digest", "under", "judged", "said")),
    )
    op.create_table(
        "filed",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("judged", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
    )
    op.create_table(
        "heard",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("matter", sa.Text, nullable=False),
        sa.Column("where", sa.Text, nullable=False),
        sa.Column("typed", sa.Text, nullable=False),
        sa.Column("refused", sa.Text, nullable=False),
    )
    for trigger in APPEND_ONLY:
        op.execute(trigger)
