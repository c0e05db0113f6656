"""What was said elsewhere, and every change of its state; neither is ever changed itself."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None


# REPLACE removes a row without asking a DELETE trigger, hence the third of each.
APPEND_ONLY = (
    """CREATE TRIGGER hearsay_no_update BEFORE UPDATE ON hearsay
       BEGIN SELECT RAISE(ABORT, 'hearsay is append-only'); END""",
    """CREATE TRIGGER hearsay_no_delete BEFORE DELETE ON hearsay
       BEGIN SELECT RAISE(ABORT, 'hearsay is append-only'); END""",
    # Nor is anything kept twice about the same.
    """CREATE TRIGGER hearsay_no_replace BEFORE INSERT ON hearsay
       WHEN EXISTS (SELECT 1 FROM hearsay WHERE seq = NEW.seq OR id = NEW.id OR (record = NEW.record
                    AND field = NEW.field AND value = NEW.value AND origin = NEW.origin))
       BEGIN SELECT RAISE(ABORT, 'hearsay is append-only'); END""",
    """CREATE TRIGGER hearsay_moves_no_update BEFORE UPDATE ON hearsay_moves
       BEGIN SELECT RAISE(ABORT, 'hearsay_moves is append-only'); END""",
    """CREATE TRIGGER hearsay_moves_no_delete BEFORE DELETE ON hearsay_moves
       BEGIN SELECT RAISE(ABORT, 'hearsay_moves is append-only'); END""",
    """CREATE TRIGGER hearsay_moves_no_replace BEFORE INSERT ON hearsay_moves
       WHEN EXISTS (SELECT 1 FROM hearsay_moves WHERE hearsay = NEW.hearsay AND number = NEW.number)
       BEGIN SELECT RAISE(ABORT, 'hearsay_moves is append-only'); END""",
)


def upgrade() -> None:
    op.create_table(
        "hearsay",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("record", "field", "value", "origin", "by", "note")),
    )
    op.create_table(
        "hearsay_moves",
        sa.Column("hearsay", sa.Text, sa.ForeignKey("hearsay.id"), primary_key=True, nullable=False),
        sa.Column("number", sa.Integer, primary_key=True, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("until", sa.Text),
        sa.Column("seen", sa.Text),
    )
    for trigger in APPEND_ONLY:
        op.execute(trigger)
