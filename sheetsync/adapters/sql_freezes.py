"""What counts under a freeze, as it stands in the ledger."""

from typing import Any

from sqlalchemy import Connection, Row, select

from sheetsync.adapters.sql_lines import Line, about_line
from sheetsync.adapters.sql_schema import frozen
from sheetsync.core.late import Frozen
from sheetsync.core.record_fields import RecordField


def frozen_line(it: Frozen) -> Line:
    said = {"value": it.value, "since": it.since, "run": it.run, "accepted_by": it.accepted_by}
    return {**about_line(it.about), **said}


def all_frozen(connection: Connection) -> dict[RecordField, Frozen]:
    """Every value that counts under a freeze."""
    return {it.about: it for it in map(_frozen, connection.execute(select(frozen)))}


def _frozen(row: Row[Any]) -> Frozen:
    return Frozen(row.source, row.record, row.field, row.value, row.since, row.run, row.accepted_by)
