"""Every version of a generated value that was ever issued."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None

# REPLACE removes a row without asking a DELETE trigger, hence the third.
APPEND_ONLY = (
    """CREATE TRIGGER versions_no_update BEFORE UPDATE ON versions
       BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END""",
    """CREATE TRIGGER versions_no_delete BEFORE DELETE ON versions
       BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END""",
    """CREATE TRIGGER versions_no_replace BEFORE INSERT ON versions
       WHEN EXISTS (SELECT 1 FROM versions WHERE source = NEW.source AND record = NEW.record
                    AND field = NEW.field AND number = NEW.number)
       BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END""",
)


def upgrade() -> None:
    op.create_table(
        "versions",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("source", "record", "field")),
        sa.Column("number", sa.Integer, primary_key=True, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("issued", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("changed", sa.Text, nullable=False),
        sa.Column("waits_for_live", sa.Integer, nullable=False),
        sa.Column("made_of", sa.Text, nullable=False),
    )
    for trigger in APPEND_ONLY:
        op.execute(trigger)
