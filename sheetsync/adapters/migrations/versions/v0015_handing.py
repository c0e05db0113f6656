"""How far each handoff of each record is, and every change of that, which is never changed itself."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

# REPLACE removes a row without asking a DELETE trigger, hence the third.
APPEND_ONLY = (
    """CREATE TRIGGER handoff_events_no_update BEFORE UPDATE ON handoff_events
    BEGIN SELECT RAISE(ABORT, 'the history of handoffs is append-only'); END""",
    """CREATE TRIGGER handoff_events_no_delete BEFORE DELETE ON handoff_events
    BEGIN SELECT RAISE(ABORT, 'the history of handoffs is append-only'); END""",
    """CREATE TRIGGER handoff_events_no_replace BEFORE INSERT ON handoff_events
    WHEN EXISTS (SELECT 1 FROM handoff_events WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'the history of handoffs is append-only'); END""",
)


def upgrade() -> None:
    op.create_table(
        "handed",
        sa.Column("handoff", sa.Text, primary_key=True, nullable=False),
        sa.Column("record", sa.Text, primary_key=True, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
    )
    op.create_table(
        "handoff_events",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("handoff", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("old", sa.Text),
        sa.Column("new", sa.Text),
        sa.Column("evidence", sa.Text, nullable=False),
    )
    op.create_index("handoff_events_record", "handoff_events", ["record"])
    for trigger in APPEND_ONLY:
        op.execute(trigger)
