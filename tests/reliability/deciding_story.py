"""The small world in which people also decide: the schedules' story, an ops workbook, and a register that follows."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sheetsync import wiring
from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.adapters.retrying import RetryingSheets
from sheetsync.config import load
from sheetsync.core.guards import Guard
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.world import Request, Run
from sheetsync.sandbox import running
from tests.reliability.faults import Killed, Scythe
from tests.reliability.story import STORY, Trust, _forget, _sized
from tests.season import TOP

DECIDING = TOP / "fixtures" / "trust-decisions"
OPS = "1TrustOpsWorkbookWherePeopleDecide0000000003"
#: longer than any lease: whoever died is known to be dead
_A_WHILE = timedelta(hours=1)


class Ticking:
    """A clock that makes a step each time somebody looks at it, and over which waiting is free."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 5, 9, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=10)
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Deciding(Trust):
    """The story with a decisions tab. What is kept of a moment is also the register, which follows its owners here."""

    @property
    def clock(self) -> Ticking:
        assert isinstance(self.doors.clock, Ticking)
        return self.doors.clock

    @property
    def register(self) -> Path:
        return self.place / "records.db"

    def keep(self, name: str, about: Any = None) -> None:
        super().keep(name, (about, self.clock.at))
        _copied(self.register, self.place / f"{name}.records")

    def again(self, name: str) -> Any:
        about, self.clock.at = super().again(name)
        _copied(self.place / f"{name}.records", self.register)
        return about

    def yes(self) -> Request:
        """A yes to every guard: what they stop would prove nothing about deciding."""
        return Request(accept=frozenset((guard, name) for guard in Guard for name in self.rules.sources))

    def killed(self, at: int | str) -> tuple[Run | None, str]:
        """One cycle that ends at this of its points, with what it was doing then; the next process finds its ledger.

        `at` is its number, or the name of what it does.
        """
        grave = self.place / "grave"
        shutil.rmtree(grave, ignore_errors=True)
        scythe = _Scythe(self.config.ledger, grave, at) if isinstance(at, int) else _Scythe(self.config.ledger, grave)
        scythe.wanted = "" if isinstance(at, int) else at
        try:
            with scythe.over(self.doors) as deadly:
                return reconcile(deadly, self.rules, self.yes()), ""
        except Killed:
            self._woken(grave)
            return None, scythe.points[-1]

    def _woken(self, grave: Path) -> None:
        self.ledger.close()
        self.leases.close()
        _forget(self.config.ledger)
        for file in grave.iterdir():
            shutil.copyfile(file, self.config.ledger.with_name(file.name))
        self.clock.at += _A_WHILE
        self.doors = replace(
            self.doors,
            ledger=type(self.ledger)(self.config.ledger),
            leases=type(self.leases)(self.config.ledger, self.clock),
        )


class _Scythe(Scythe):
    """Ends a cycle also at a point that is called by its name."""

    wanted = ""

    def swing(self, name: str) -> None:
        if name == self.wanted:
            self.at = len(self.points)
        super().swing(name)


def _copied(one: Path, other: Path) -> None:
    with closing(sqlite3.connect(one)) as now, closing(sqlite3.connect(other)) as then:
        now.backup(then)


@contextmanager
def deciding(place: Path) -> Iterator[Deciding]:
    """The story freshly loaded into a sandbox of its own."""
    folder = place / "config"
    shutil.copytree(STORY / "config", folder)
    shutil.copy(DECIDING / "decisions.yaml", folder)
    sources = folder / "sources.yaml"
    sources.write_text(sources.read_text().replace('writes: "off"', "writes: on\n    version: row_version"))
    head, *rows = (STORY / "records.csv").read_text().splitlines()
    lines = place / "records.csv"
    lines.write_text("\n".join([f"{head},row_version", *(f"{row},1" for row in rows)]) + "\n")
    with running(accounts=place / "accounts", stories=[STORY, DECIDING]) as sandbox:
        environment = {
            "SHEETS_EMULATOR_HOST": sandbox.base,
            "SHEETSYNC_CREDENTIALS": str(sandbox.key_file("sheetsync")),
            "SHEETSYNC_LEDGER": str(place / "ledger.db"),
            "SHEETSYNC_RECORDS": str(place / "records.db"),
        }
        config = load(folder, environment)
        wiring.load_records(config, "campaigns", lines)
        for book in list(sandbox.state.workbooks.values()):
            sandbox.act(book.id, [_sized(tab.sheet_id) for tab in book.tabs], book.owner)
        clock, key = Ticking(), config.google.credentials
        assert key is not None
        doors = wiring.world(config)
        doors = replace(
            doors,
            sheets=RetryingSheets(GoogleSheets(key, sandbox.base, 30.0), clock, 1e9),
            clock=clock,
            leases=type(doors.leases)(config.ledger, clock),  # type: ignore[call-arg]
        )
        story = Deciding(place, sandbox, config, doors)
        story.keep("untouched")
        yield story
