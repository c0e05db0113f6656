"""Messages to people on their way, in the ledger's file."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, or_, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert

from sheetsync.adapters.sql_file import LedgerFile
from sheetsync.adapters.sql_lines import Line, kept_since
from sheetsync.adapters.sql_schema import notices, proposed_ids
from sheetsync.core.notices import Notice
from sheetsync.ports.notifying import Kept

#: whoever takes a message and says nothing for so long is gone: longer than any delivery may take
_TAKEN: Final = timedelta(minutes=10)
#: what was said in a message is forgotten after so long; that it was sent never is
_TEXT_KEPT: Final = timedelta(days=90)
_ENDED: Final = (notices.c.sent, notices.c.given_up)
_WAITS: Final = tuple(it.is_(None) for it in _ENDED)


def add(connection: Connection, these: Iterable[Notice], sent: datetime | None = None) -> None:
    """Let notices wait, in the transaction of whoever has seen what they tell; one that is known stays as it is."""
    if lines := [{**_line(it), "sent": sent} for it in these]:
        connection.execute(insert(notices).on_conflict_do_nothing(), lines)
        old = kept_since(max(it["made"] for it in lines), _TEXT_KEPT)
        connection.execute(
            update(notices)
            .where(notices.c.made < old, notices.c.text != "", or_(*(it.is_not(None) for it in _ENDED)))
            .values(title="", text="")
        )


class SqlNotices:
    """Implements `Outbox` in the ledger's file, opened when first asked. Raises `SheetsyncError` as it does."""

    def __init__(self, path: Path) -> None:
        """The ledger at `path`, which must be there by the first question."""
        self._path = path

    def close(self) -> None:
        """Give the file back."""
        if "_file" in self.__dict__:
            self._file.close()

    @cached_property
    def _file(self) -> LedgerFile:
        return LedgerFile(self._path, create=False)

    def put(self, these: Sequence[Notice], *, sent: datetime | None = None) -> None:
        """Let these wait, unless they count as `sent`; on the disk when this returns."""
        with self._file.writing() as connection:
            add(connection, these, sent)

    def knows(self, keys: Collection[tuple[str, str, str]]) -> Collection[tuple[str, str, str]]:
        """Which of these keys are known already."""
        key = (notices.c.about, notices.c.state, notices.c.channel)
        with self._file.reading() as connection:
            return {
                (row.about, row.state, row.channel)
                for row in connection.execute(select(*key).where(tuple_(*key).in_(keys)))
            }

    def waiting(self) -> Sequence[Kept]:
        """What is neither sent nor given up, oldest first."""
        with self._file.reading() as connection:
            return [_read(row) for row in connection.execute(select(notices).where(*_WAITS).order_by(notices.c.seq))]

    def take(self, channel: str, now: datetime, may_go: Callable[[Kept], bool], most: int) -> Sequence[Kept]:
        """Take the oldest that may go, so that nobody else sends them; nobody can take the same at once."""
        free = or_(notices.c.taken.is_(None), notices.c.taken < kept_since(now, _TAKEN))
        wanted = select(notices).where(*_WAITS, notices.c.channel == channel, free).order_by(notices.c.seq)
        with self._file.writing() as connection:
            taken = [kept for row in connection.execute(wanted) if may_go(kept := _read(row))][:most]
            for kept in taken:
                begun = {"taken": now, "tried": now, "attempts": kept.attempts + 1}
                first = {"first_tried": kept.first_tried or now}
                connection.execute(update(notices).where(notices.c.seq == kept.seq).values(begun | first))
        return taken

    def note(self, taken: Sequence[Kept], now: datetime, trouble: str) -> None:
        """What became of them; on the disk when this returns."""
        became: Line = {"taken": None, "trouble": trouble, "sent": None if trouble else now}
        self._set(taken, became)

    def give_up(self, these: Sequence[Kept], now: datetime) -> None:
        """Nobody tries these any more."""
        self._set(these, {"taken": None, "given_up": now})

    def latest(self, limit: int) -> Sequence[Kept]:
        """The notices made last, oldest first, and before them all that wait however old they are."""
        last = select(notices).order_by(notices.c.seq.desc()).limit(limit)
        with self._file.reading() as connection:
            rows = [*connection.execute(last), *connection.execute(select(notices).where(*_WAITS))]
        return sorted({kept.seq: kept for kept in map(_read, rows)}.values(), key=lambda kept: kept.seq)

    def given_up(self, since: datetime) -> Sequence[Kept]:
        """What was given up since then, oldest first."""
        wanted = select(notices).where(notices.c.given_up >= since).order_by(notices.c.seq)
        with self._file.reading() as connection:
            return [_read(row) for row in connection.execute(wanted)]

    def names(self) -> Collection[str]:
        """Campaigns whose id nobody has accepted yet, by their folded names."""
        with self._file.reading() as connection:
            return frozenset(connection.scalars(select(proposed_ids.c.natural_key)))

    def _set(self, these: Sequence[Kept], values: Line) -> None:
        if these:
            with self._file.writing() as connection:
                which = notices.c.seq.in_([kept.seq for kept in these])
                connection.execute(update(notices).where(which, *_WAITS).values(values))


def _line(it: Notice) -> Line:
    about = {"about": it.about, "state": it.state, "channel": it.channel, "severity": it.severity}
    return {**about, "made": it.made, "run": it.run, "title": it.title, "text": it.text, "attempts": 0, "trouble": ""}


def _read(row: Row[Any]) -> Kept:
    notice = Notice(row.about, row.state, row.channel, row.severity, row.made, row.run, row.title, row.text)
    return Kept(row.seq, notice, row.attempts, row.first_tried, row.tried, row.sent, row.given_up, row.trouble)
