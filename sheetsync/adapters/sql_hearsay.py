"""What was said elsewhere, as it stands in the ledger: a line for each, and one for every change of its state."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from sheetsync.adapters.sql_lines import Line
from sheetsync.adapters.sql_schema import hearsay, hearsay_moves
from sheetsync.core.hearsay import Hearsay, Move, State, Turn


def all_of(connection: Connection) -> tuple[Hearsay, ...]:
    """Everything that was ever filed, in that order."""
    moves: defaultdict[str, list[Move]] = defaultdict(list)
    for row in connection.execute(select(hearsay_moves).order_by(hearsay_moves.c.hearsay, hearsay_moves.c.number)):
        moves[row.hearsay].append(_read_move(row))
    filed = connection.execute(select(hearsay).order_by(hearsay.c.seq))
    return tuple(_read(row, moves[row.id]) for row in filed)


def keep(connection: Connection, it: Hearsay, longer: str) -> Hearsay:
    """Keep one that is not there yet; of what is there already about the same, say what it is."""
    known = {one.about: one for one in all_of(connection)}
    if it.about in known:
        return known[it.about]
    taken = it.id in {one.id for one in known.values()}
    name = longer if taken else it.id
    about = {"record": it.record, "field": it.field, "value": it.value, "origin": it.origin}
    connection.execute(insert(hearsay).values(id=name, **about, by=it.by, note=it.note))
    connection.execute(insert(hearsay_moves), [_line(name, number, move) for number, move in enumerate(it.moves)])
    return Hearsay(name, *it.about, it.by, it.note, it.moves)


def turn(connection: Connection, turns: Iterable[Turn]) -> int:
    """Note each move that still follows the one it was decided after; say how many did."""
    noted = 0
    for one in turns:
        # A writer has the file for itself, so nobody comes in between.
        there = select(func.count()).where(hearsay_moves.c.hearsay == one.id)
        if connection.scalar(there) == one.after > 0:
            connection.execute(insert(hearsay_moves).values(_line(one.id, one.after, one.move)))
            noted += 1
    return noted


def _line(name: str, number: int, it: Move) -> Line:
    when = {"by": it.by, "at": it.at, "until": it.until, "seen": it.seen}
    return {"hearsay": name, "number": number, "state": it.state.value, **when}


def _read(row: Row[Any], moves: Iterable[Move]) -> Hearsay:
    return Hearsay(row.id, row.record, row.field, row.value, row.origin, row.by, row.note, tuple(moves))


def _read_move(row: Row[Any]) -> Move:
    return Move(State(row.state), row.by, row.at, row.until, row.seen)
