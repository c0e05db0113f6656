"""The ledger: what was agreed, what was seen, what is on its way."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

# REPLACE removes a row without asking a DELETE trigger, hence the third of each table.
APPEND_ONLY = (
    """CREATE TRIGGER history_no_update BEFORE UPDATE ON history
       BEGIN SELECT RAISE(ABORT, 'history is append-only'); END""",
    """CREATE TRIGGER history_no_delete BEFORE DELETE ON history
       BEGIN SELECT RAISE(ABORT, 'history is append-only'); END""",
    """CREATE TRIGGER history_no_replace BEFORE INSERT ON history
       WHEN EXISTS (SELECT 1 FROM history WHERE seq = NEW.seq)
       BEGIN SELECT RAISE(ABORT, 'history is append-only'); END""",
    """CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
       BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END""",
    """CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
       BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END""",
    """CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal
       WHEN EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq)
       BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END""",
)


def upgrade() -> None:
    _create_what_a_run_leaves()
    _create_what_is_current()
    for trigger in APPEND_ONLY:
        op.execute(trigger)


def _create_what_a_run_leaves() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        _text("started"),
        _text("ended"),
        sa.Column("exit_code", sa.Integer, nullable=False),
        _text("counts"),
    )
    op.create_table(
        "history",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False),
        *map(_text, ("at", "source", "record", "field")),
        sa.Column("old", sa.Text),
        sa.Column("new", sa.Text),
        _text("raw"),
        *_place(),
    )
    op.create_index("history_record", "history", ["record"])
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer, primary_key=True),
        *map(_text, ("run", "spreadsheet")),
        sa.Column("generation", sa.Integer, nullable=False),
        _text("state"),
    )
    op.create_index("journal_batch", "journal", ["run", "spreadsheet", "generation"])


def _create_what_is_current() -> None:
    op.create_table("baselines", *_about(), _text("value"))
    op.create_table("observations", *_about(), sa.Column("value", sa.Text), _text("raw"), *_place(), _text("since"))
    op.create_table("published", *_about(), _text("value"), _text("since"))
    op.create_table(
        "flags",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        *map(_text, ("kind", "source", "severity")),
        sa.Column("row", sa.Integer),
        *map(_text, ("document", "since")),
    )
    op.create_table(
        "proposed_ids", sa.Column("natural_key", sa.Text, primary_key=True, nullable=False), _text("proposed")
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
    )


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _about() -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("source", "record", "field")]


def _place() -> list[sa.Column[Any]]:
    numbers = [sa.Column(name, sa.Integer) for name in ("tab_id", "row", "column")]
    return [*map(_text, ("place_source", "spreadsheet", "tab")), *numbers, _text("column_name")]
