"""The small world in which schedules are played: two workbooks, four sheets, one register, all rolled back in a moment."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sheetsync import wiring
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.config import Config, load
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.world import Request, Run, World
from sheetsync.sandbox import Running, running
from sheetsync.sandbox.model import Workbook
from tests.season import TOP

STORY = TOP / "fixtures" / "trust"

#: what the story's tabs keep of their grid: small, so that a cycle is quick
_ROWS = 16


@dataclass
class Trust:
    """The story in a sandbox, with the doors of a cycle opened once."""

    place: Path
    sandbox: Running
    config: Config
    doors: World
    fresh: Mapping[str, Workbook]

    @property
    def ledger(self) -> SqlLedger:
        ledger = self.doors.ledger
        assert isinstance(ledger, SqlLedger)
        return ledger

    def again(self) -> None:
        """The story from its beginning: workbooks and past as if nothing had happened."""
        self.sandbox.between = None
        self.sandbox.requests.clear()
        with self.sandbox.state.lock:
            self.sandbox.state.workbooks.clear()
            self.sandbox.state.workbooks.update(self.fresh)
        self.ledger.close()
        _forget(self.config.ledger)
        shutil.copyfile(self.place / "empty.db", self.config.ledger)
        leases = SqlLeases(self.config.ledger, self.doors.clock)
        self.doors = replace(self.doors, ledger=SqlLedger(self.config.ledger), leases=leases)

    def cycle(self) -> Run:
        return reconcile(self.doors, self.config.rules, Request())


#: whatever reads and writes sheets: ours, or one that must be found out
System = Callable[[Trust], Run | None]


def sheetsync(trust: Trust) -> Run:
    """The system under test."""
    return trust.cycle()


@contextmanager
def trust(place: Path) -> Iterator[Trust]:
    """The story freshly loaded into a sandbox of its own."""
    with running(accounts=place / "accounts", stories=[STORY]) as sandbox:
        environment = {
            "SHEETS_EMULATOR_HOST": sandbox.base,
            "SHEETSYNC_CREDENTIALS": str(sandbox.key_file("sheetsync")),
            "SHEETSYNC_LEDGER": str(place / "ledger.db"),
            "SHEETSYNC_RECORDS": str(place / "records.db"),
        }
        config = load(STORY / "config", environment)
        wiring.load_records(config, "campaigns", STORY / "records.csv")
        for book in list(sandbox.state.workbooks.values()):
            sandbox.act(book.id, [_sized(tab.sheet_id) for tab in book.tabs], book.owner)
        SqlLedger(config.ledger).close()
        shutil.copyfile(config.ledger, place / "empty.db")
        yield Trust(place, sandbox, config, wiring.world(config), dict(sandbox.state.workbooks))


def _sized(tab_id: int) -> dict[str, object]:
    properties = {"sheetId": tab_id, "gridProperties": {"rowCount": _ROWS}}
    return {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}}


def _forget(ledger: Path) -> None:
    for path in ledger.parent.glob(f"{ledger.name}*"):
        path.unlink()
