"""Conflicts, decisions and looks at lines, as they stand in the ledger, and back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as put

from sheetsync.adapters.sql_schema import conflicts, filed, heard, looks, rulings
from sheetsync.core.conflicts import Conflict, State, decision_words
from sheetsync.core.disputes import Dispute, Side
from sheetsync.core.flags import FlagKind
from sheetsync.core.model import Place
from sheetsync.core.rulings import End, Ruling, Verdict
from sheetsync.core.terms import Severity
from sheetsync.core.typed import Look, Typed
from sheetsync.errors import LockHeld
from sheetsync.ports import Decided, Deciding, Filed, Heard, Withdrawal

Line = dict[str, Any]

#: stands for the run, where an operator took a decision back before any run heard it
WITHDRAWN = "withdrawn"
TAKEN_BACK = "not applied: it was taken back by an undo; choose anew, or add a word under `why`"


# ---------------------------------------------------------------- what there is


def known(connection: Connection) -> Deciding:
    """What a cycle needs."""
    holding = select(rulings).where(rulings.c.end.is_(None)).order_by(rulings.c.seq)
    seen = (Look(**row._mapping) for row in connection.execute(select(looks)))
    return Deciding(
        tuple(_conflict(row) for row in connection.execute(select(conflicts).order_by(conflicts.c.id))),
        tuple(_ruling(row) for row in connection.execute(holding)),
        {(look.spreadsheet, look.id): look for look in seen},
        _waiting(connection),
    )


def all_rulings(connection: Connection) -> Sequence[Ruling]:
    return tuple(_ruling(row) for row in connection.execute(select(rulings).order_by(rulings.c.seq)))


def heard_of(connection: Connection, matter: str | None, run: str | None) -> Sequence[Heard]:
    wanted = select(heard).order_by(heard.c.seq)
    if matter is not None:
        wanted = wanted.where(heard.c.matter == matter)
    if run is not None:
        wanted = wanted.where(heard.c.run == run)
    found = connection.execute(wanted)
    return tuple(Heard(it.run, it.at, it.matter, it.where, it.typed, it.refused) for it in found)


# ---------------------------------------------------------------- what is added


def file(connection: Connection, typed: Typed, at: datetime) -> Filed:
    """Of two that come at once the first one waits, and both are told so."""
    waiting = next((one for one in _waiting(connection) if one.typed.matter == typed.matter), None)
    if waiting is not None:
        return waiting
    added = connection.execute(insert(filed).values(at=at, document=asdict(typed), judged="", said=""))
    return Filed(int(added.inserted_primary_key[0]) if added.inserted_primary_key else None, typed, at)


def unfile(connection: Connection, it: Filed, said: str) -> bool:
    return _judged(connection, it, WITHDRAWN, said)


def _judged(connection: Connection, it: Filed, judged: str, said: str) -> bool:
    """Note what became of it; False where that is noted already."""
    this = (filed.c.number == it.number) & (filed.c.judged == "")
    return bool(connection.execute(update(filed).where(this).values(judged=judged, said=said)).rowcount)


def keep(connection: Connection, run: str, it: Decided) -> None:
    """What a run leaves, in its commit."""
    for one in it.conflicts:
        line = _conflict_line(one)
        connection.execute(put(conflicts).values(line).on_conflict_do_update(index_elements=["id"], set_=line))
    for ruling in it.rulings:
        connection.execute(insert(rulings).values(**_ruling_line(ruling), ended_by=run if ruling.end else ""))
    for ruling in it.ended:
        these = (rulings.c.matter == ruling.matter) & (rulings.c.run == ruling.run)
        ending = {"end": ruling.end, "ended": ruling.ended, "ended_by": run}
        connection.execute(update(rulings).where(these).values(ending))
    for spreadsheet, lines in it.looks.items():
        connection.execute(delete(looks).where(looks.c.spreadsheet == spreadsheet))
        if lines:
            connection.execute(insert(looks), [asdict(look) for look in lines])
    if it.heard:
        connection.execute(insert(heard), [{**asdict(one), "typed": dict(one.typed)} for one in it.heard])
    for judged in it.filed:
        if not _judged(connection, judged, judged.judged, judged.said):
            # Another run took this one for dead, and has heard the same.
            raise LockHeld("Another run took over while this one stood still; it decided nothing.", "Run it again")


def take_back(connection: Connection, it: Withdrawal) -> None:
    """What a run decided holds no more; what it ended may hold again, and the next run sees whether it does."""
    at = it.run.started
    ended = rulings.c.ended_by == it.undoes
    for again in [_ruling(row) for row in connection.execute(select(rulings).where(ended))]:
        _decided_again(connection, again, at)
    connection.execute(update(rulings).where(ended).values(end=None, ended=None, ended_by=""))
    these = (rulings.c.run == it.undoes) & rulings.c.matter.in_(it.decided)
    for look in it.looks:
        this = (looks.c.spreadsheet == look.spreadsheet) & (looks.c.id == look.id)
        connection.execute(update(looks).where(this).values(asdict(look)))
    back = [_ruling(row) for row in connection.execute(select(rulings).where(these))]
    undone = {"end": End.UNDONE, "ended": at, "ended_by": it.run.id}
    connection.execute(update(rulings).where(these & rulings.c.end.is_distinct_from(End.UNDONE)).values(undone))
    others = select(rulings.c.matter).where(rulings.c.end.is_(None))
    decided_anew = {row.matter for row in connection.execute(others)}
    for ruling in back:
        if ruling.matter not in decided_anew:
            _open_again(connection, ruling, at)


def _open_again(connection: Connection, ruling: Ruling, at: datetime) -> None:
    """The conflict that this ruling decided, also where it was closed by that, unless it has come back since.

    One that was closed later, because both sides came to say the same, stays closed: no decision keeps them apart. But
    what was changed under a freeze counts by the decision alone, whenever it was closed.
    """
    known = connection.execute(select(conflicts).where(conflicts.c.id == ruling.matter)).one_or_none()
    if known is None:
        return
    if known.state == State.CLOSED:
        newer = select(conflicts.c.id).where(conflicts.c.flag == known.flag, conflicts.c.episode > known.episode)
        is_late = known.document["dispute"]["kind"] == FlagKind.LATE
        if not (is_late or known.changed == ruling.at) or connection.execute(newer).first() is not None:
            return
    state = State.OPEN if known.episode == 1 else State.REOPENED
    this = conflicts.c.id == ruling.matter
    connection.execute(update(conflicts).where(this).values(state=state, said="", changed=at))
    heard_of_it = (looks.c.id == ruling.matter) & (looks.c.judged != "")
    connection.execute(update(looks).where(heard_of_it).values(said=TAKEN_BACK))


def _decided_again(connection: Connection, ruling: Ruling, at: datetime) -> None:
    """The conflict that was closed because this ruling had ended, unless it has come back since."""
    newer = select(conflicts.c.flag).where(conflicts.c.id != ruling.matter, conflicts.c.since >= ruling.ended)
    those = (conflicts.c.id == ruling.matter) & (conflicts.c.state == State.CLOSED)
    closed = those & (conflicts.c.changed == ruling.ended) & conflicts.c.flag.not_in(newer)
    said = {"state": State.DECIDED, "said": decision_words(ruling), "changed": at}
    connection.execute(update(conflicts).where(closed).values(said))


# ---------------------------------------------------------------- lines and back


def _conflict_line(it: Conflict) -> Line:
    facts = {name: getattr(it, name) for name in ("id", "flag", "episode", "state", "since", "changed", "said")}
    document = {"dispute": asdict(it.dispute), "follows": it.follows, "follows_discreet": it.follows_discreet}
    return {**facts, "document": _plain(document)}


def _conflict(row: Row[Any]) -> Conflict:
    document = row.document
    words = document["follows"], document["follows_discreet"]
    dispute = _dispute(document["dispute"])
    return Conflict(row.id, row.flag, row.episode, State(row.state), dispute, row.since, row.changed, row.said, *words)


def _dispute(it: Mapping[str, Any]) -> Dispute:
    read: dict[str, Callable[[Any], Any]] = {
        "kind": FlagKind,
        "severity": Severity,
        "a": _side,
        "b": _side,
        "contracts": tuple,
        "launch": lambda day: date.fromisoformat(day) if day else None,
    }
    return Dispute(**{name: read.get(name, _same)(value) for name, value in it.items()})


def _side(it: Mapping[str, Any]) -> Side:
    return Side(it["source"], Place(**it["place"]), it["says"])


def _ruling_line(it: Ruling) -> Line:
    document = _plain(asdict(replace(it, end=None, ended=None)))
    return {"matter": it.matter, "run": it.run, "document": document, "end": it.end, "ended": it.ended}


def _ruling(row: Row[Any]) -> Ruling:
    it = row.document
    facts = {
        "verdict": Verdict(it["verdict"]),
        "contracts": tuple(it["contracts"]),
        "at": datetime.fromisoformat(it["at"]),
        "until": date.fromisoformat(it["until"]) if it["until"] else None,
        "end": End(row.end) if row.end else None,
        "ended": row.ended,
    }
    return Ruling(**{**it, **facts})


def _filed(row: Row[Any]) -> Filed:
    only = row.document["only"]
    typed = Typed(**{**row.document, "only": None if only is None else tuple(only)})
    return Filed(row.number, typed, row.at, row.judged, row.said)


def _waiting(connection: Connection) -> tuple[Filed, ...]:
    """Decisions left on the command line that no run has judged, in the order they were left."""
    left = select(filed).where(filed.c.judged == "").order_by(filed.c.number)
    return tuple(_filed(row) for row in connection.execute(left))


def _plain(value: Any) -> Any:
    """Days and moments as texts."""
    if isinstance(value, dict):
        return {name: _plain(it) for name, it in value.items()}
    return value.isoformat() if isinstance(value, date | datetime) else value


def _same(value: Any) -> Any:
    return value
