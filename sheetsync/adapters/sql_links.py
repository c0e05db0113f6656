"""What was found out about addresses, in the ledger's file."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, assert_never

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from sheetsync.adapters.sql_file import LedgerFile
from sheetsync.adapters.sql_lines import Line, kept_since
from sheetsync.adapters.sql_schema import link_looks
from sheetsync.core.link_health import Answered, Gone, Looked, Stopped
from sheetsync.ports.links import LastLook

#: an address nobody asked about for so long is published no more
_KEPT: Final = timedelta(days=90)


class SqlLinks:
    """Implements `LinkMemory`. Raises `SheetsyncError` naming the file when it cannot be opened, read or written."""

    def __init__(self, path: Path) -> None:
        """The ledger at `path`, which must be there."""
        self._file = LedgerFile(path, create=False)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def looks(self) -> Mapping[str, LastLook]:
        """The last look at each address."""
        with self._file.reading() as connection:
            return {row.url: LastLook(row.url, row.at, _read(row)) for row in connection.execute(select(link_looks))}

    def keep(self, look: LastLook) -> None:
        """Note a look, in place of the one before, and forget those of long ago; on the disk when this returns."""
        line = {"url": look.url, "at": look.at, **_line(look.looked)}
        with self._file.writing() as connection:
            connection.execute(delete(link_looks).where(link_looks.c.at < kept_since(look.at, _KEPT)))
            changed = {name: value for name, value in line.items() if name != "url"}
            put = insert(link_looks).values(line).on_conflict_do_update(index_elements=["url"], set_=changed)
            connection.execute(put)


def _line(looked: Looked) -> Line:
    match looked:
        case Answered(status, final):
            return {"what": "answered", "status": status, "final": final, "reason": ""}
        case Gone(reason):
            return {"what": "gone", "status": None, "final": "", "reason": reason}
        case Stopped(reason):
            return {"what": "stopped", "status": None, "final": "", "reason": reason}
        case _:
            assert_never(looked)


def _read(row: Row[Any]) -> Looked:
    if row.what == "answered":
        return Answered(row.status, row.final)
    return Gone(row.reason) if row.what == "gone" else Stopped(row.reason)
