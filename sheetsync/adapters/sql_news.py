"""Whether somebody has left a decision in the ledger, for who looks often: the file is opened only when it moved."""

from pathlib import Path

from sqlalchemy import func, select

from sheetsync.adapters.sql_file import looking_into
from sheetsync.adapters.sql_schema import HEAD, filed

#: of a file and its write-ahead log: when each was written, and how long it is
_Mark = tuple[tuple[int, int] | None, ...]


class FiledNews:
    """The number of the newest decision in a ledger's file; 0 where there is no file, and none is made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: _Mark | None = None
        self._newest = 0

    def __call__(self) -> int:
        """Raises `SheetsyncError` for a file that cannot be read."""
        mark = _mark(self._path), _mark(self._path.with_name(f"{self._path.name}-wal"))
        if mark[0] is None:
            return 0
        if mark != self._seen:
            with looking_into(self._path) as (connection, stored):
                # An older file has no such table yet; the next run brings it up to date.
                newest = select(func.max(filed.c.number))
                self._newest = (connection.scalar(newest) or 0) if stored == HEAD else 0
            # Taken before the look: what is written meanwhile moves it again.
            self._seen = mark
        return self._newest


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size
