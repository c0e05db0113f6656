"""How far handoffs are, as it stands in the ledger: one line for each, and one for every change, which stays."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, select

from sheetsync.adapters.sql_lines import Line
from sheetsync.adapters.sql_schema import handed, handoff_events
from sheetsync.ports import AboutHandoff, HandoffEvent, HandoffState, HandoffStates


def state_line(it: HandoffState) -> Line:
    return {column.name: getattr(it, column.name) for column in handed.columns}


def event_line(it: HandoffEvent) -> Line:
    return {column.name: getattr(it, column.name) for column in handoff_events.columns if column.name != "seq"}


def forget(connection: Connection, gone: Iterable[AboutHandoff]) -> None:
    """Handoffs that are none any more; what became of them stays told."""
    these = and_(handed.c.handoff == bindparam("of"), handed.c.record == bindparam("what"))
    if lines := [{"of": handoff, "what": record} for handoff, record in gone]:
        connection.execute(delete(handed).where(these), lines)


def states(connection: Connection) -> HandoffStates:
    """Every handoff as it was last seen."""
    by_handoff = select(handed).order_by(handed.c.handoff, handed.c.record)
    return HandoffStates(map(_state, connection.execute(by_handoff)))


def read_event(row: Row[Any]) -> HandoffEvent:
    return HandoffEvent(row.run, row.at, row.handoff, row.record, row.old, row.new, row.evidence)


def _state(row: Row[Any]) -> HandoffState:
    return HandoffState(row.handoff, row.record, row.state, row.evidence, row.since, row.run)
