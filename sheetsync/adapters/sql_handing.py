"""How far handoffs are, as it stands in the ledger: one line for each, and one for every change, which stays."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, select

from sheetsync.adapters.sql_lines import Line
from sheetsync.adapters.sql_schema import handed, handoff_events
from sheetsync.core.record_fields import one_of
from sheetsync.ports import AboutHandoff, HandoffEvent, HandoffState


def state_line(it: HandoffState) -> Line:
    return {column.name: getattr(it, column.name) for column in handed.columns}


def event_line(it: HandoffEvent) -> Line:
    return {column.name: getattr(it, column.name) for column in handoff_events.columns if column.name != "seq"}


def forget(connection: Connection, gone: Iterable[AboutHandoff]) -> None:
    """Handoffs that are none any more; what became of them stays told."""
    these = and_(handed.c.handoff == bindparam("of"), handed.c.record == bindparam("what"))
    if lines := [{"of": handoff, "what": record} for handoff, record in gone]:
        connection.execute(delete(handed).where(these), lines)


def states(connection: Connection) -> dict[AboutHandoff, HandoffState]:
    """Every handoff as it was last seen; of the many there are, what is alike is held once."""
    alike: dict[Any, Any] = {}
    found = (_state(row, alike) for row in connection.execute(select(handed)))
    return {it.about: it for it in found}


def read_event(row: Row[Any]) -> HandoffEvent:
    return HandoffEvent(row.run, row.at, row.handoff, row.record, row.old, row.new, row.evidence)


def _state(row: Row[Any], alike: dict[Any, Any]) -> HandoffState:
    known = (row.handoff, row.record, row.state, row.evidence, row.since, row.run)
    return HandoffState(*(one_of(alike, it) for it in known))
