"""The small world in which schedules are played: two workbooks, four sheets, one register, rolled back in a moment."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sheetsync import wiring
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.config import Config, load
from sheetsync.core.graph import Rules
from sheetsync.core.guards import Guard
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.world import Request, Run, World
from sheetsync.sandbox import Running, ids, running
from sheetsync.sandbox.model import Workbook
from tests.season import TOP

STORY = TOP / "fixtures" / "trust"

#: what the story's tabs keep of their grid: small, so that a cycle is quick
_ROWS = 16


@dataclass(frozen=True)
class Moment:
    """Workbooks (never changed in place, so keeping them is enough) and ledger to come back to."""

    books: Mapping[str, Workbook]
    ledger: Path
    #: what somebody else wants to remember of it
    about: Any = None


@dataclass
class Trust:
    """The story in a sandbox, with the doors of a cycle opened once."""

    place: Path
    sandbox: Running
    config: Config
    doors: World
    moments: dict[str, Moment] = field(default_factory=dict)
    #: as configured, or as somebody has changed it meanwhile
    rules: Rules = field(init=False)

    def __post_init__(self) -> None:
        self.rules = self.config.rules

    @property
    def ledger(self) -> SqlLedger:
        ledger = self.doors.ledger
        assert isinstance(ledger, SqlLedger)
        return ledger

    @property
    def leases(self) -> SqlLeases:
        leases = self.doors.leases
        assert isinstance(leases, SqlLeases)
        return leases

    @property
    def books(self) -> Mapping[str, Workbook]:
        """The story's workbooks as they were at the beginning."""
        return self.moments["untouched"].books

    def keep(self, name: str, about: Any = None) -> None:
        """Remember now as a moment to come back to."""
        kept = self.place / f"{name}.db"
        # Not a copy of the file: what was written last still stands beside it, in the write-ahead log.
        with closing(sqlite3.connect(self.config.ledger)) as now, closing(sqlite3.connect(kept)) as then:
            now.backup(then)
        self.moments[name] = Moment(dict(self.sandbox.state.workbooks), kept, about)

    def again(self, name: str) -> Any:
        """Everything as it was at a moment; returns what was to be remembered of it."""
        moment = self.moments[name]
        ids.drawn_from(name)
        self.rules = self.config.rules
        self.sandbox.between = None
        self.sandbox.requests.clear()
        with self.sandbox.state.lock:
            self.sandbox.state.workbooks.clear()
            self.sandbox.state.workbooks.update(moment.books)
        self.ledger.close()
        self.leases.close()
        _forget(self.config.ledger)
        shutil.copyfile(moment.ledger, self.config.ledger)
        leases = SqlLeases(self.config.ledger, self.doors.clock)
        self.doors = replace(self.doors, ledger=SqlLedger(self.config.ledger), leases=leases)
        return moment.about

    def cycle(self) -> Run:
        """One cycle, with a yes to every guard: what they stop would prove nothing about writing."""
        yes = frozenset((guard, name) for guard in Guard for name in self.rules.sources)
        return reconcile(self.doors, self.rules, Request(accept=yes))


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
        story = Trust(place, sandbox, config, wiring.world(config))
        story.keep("untouched")
        yield story


def _sized(tab_id: int) -> dict[str, object]:
    properties = {"sheetId": tab_id, "gridProperties": {"rowCount": _ROWS}}
    return {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.rowCount"}}


def _forget(ledger: Path) -> None:
    for path in ledger.parent.glob(f"{ledger.name}*"):
        path.unlink()
