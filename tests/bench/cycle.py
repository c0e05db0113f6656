"""What a whole `sheetsync reconcile` costs beside a process that does next to nothing, and how it grows with sheets.

The command runs as people run it, against a sandbox in a process of its own; only the command's own processor time
and memory count. Ratios are taken within one run of this bench, because machines differ; a limit that does not hold
is said, and ends the bench with 1.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

from tests.bench import growing
from tests.bench.idling import idle_turn
from tests.bench.spent import Spent, middle, spent_by
from tests.e2e.command import COMMAND, environment, sandbox_process

TOP = Path(__file__).resolve().parent.parent.parent
LIBRARIES = "pandas, gspread, deepdiff, sqlalchemy"
FEW, MANY = 10, 100
#: fills the system of record; in a process of its own, so that this one stays small
REGISTER = """
import os, sys
from pathlib import Path
from sheetsync import config, wiring

place = Path(sys.argv[1])
wiring.load_records(config.load(place / "config", os.environ), "campaigns", place / "records.csv")
"""
#: times the libraries' own cost
SEASON_LIMIT = 3.0
#: a twentieth, in percent
IDLE_LIMIT = 5.0
MEMORY_LIMIT = 300
SEVERAL = 3


@dataclass(frozen=True)
class Line:
    """One line of the table: what is measured, how, the figure, and the most it may be."""

    what: str
    how: str
    figure: float
    limit: float
    unit: str = ""

    @property
    def holds(self) -> bool:
        return self.figure <= self.limit

    def __str__(self) -> str:
        figure, limit = (f"{number:,.{2 if number < 10 else 0}f}{self.unit}" for number in self._numbers)
        return f"| {self.what} | {self.how} | {figure} | {limit} | {'holds' if self.holds else 'MISSED'} |"

    @property
    def _numbers(self) -> tuple[float, float]:
        return self.figure, self.limit


@dataclass(frozen=True)
class Story:
    """A story in a sandbox of its own, and the environment in which commands find it."""

    place: Path
    environ: Mapping[str, str]

    def reconcile(self) -> Spent:
        """What one `sheetsync reconcile` over it costs."""
        return spent_by(
            [COMMAND, "reconcile", "--config", str(self.place / "config"), "--accept", "first_write"], self.environ
        )


@contextmanager
def story(fill: Callable[[Path], None]) -> Iterator[Story]:
    """Load a story: `fill` puts `story`, `records.csv` and `config` into a folder."""
    with TemporaryDirectory() as temporary:
        place = Path(temporary)
        fill(place)
        accounts = place / "accounts"
        with sandbox_process("--accounts", str(accounts), "--story", str(place / "story")) as base:
            environ = environment(
                SHEETS_EMULATOR_HOST=base,
                SHEETSYNC_CREDENTIALS=str(accounts / "sheetsync.json"),
                SHEETSYNC_LEDGER=str(place / "ledger.db"),
                SHEETSYNC_RECORDS=str(place / "records.db"),
            )
            spent_by([sys.executable, "-c", REGISTER, str(place)], environ)
            yield Story(place, environ)


def season(place: Path) -> None:
    """What `sheetsync demo` tells."""
    copytree(TOP / "config", place / "config", ignore=ignore_patterns("state"))
    copytree(TOP / "fixtures" / "season", place / "story")
    (place / "story" / "records.csv").rename(place / "records.csv")


def first_and_second(fill: Callable[[Path], None], times: int) -> tuple[Spent, Spent]:
    """The cost of the first run over a story, which writes everything, and of the second, which has nothing to do."""
    first, second = [], []
    for _ in range(times):
        with story(fill) as loaded:
            first.append(loaded.reconcile())
            second.append(loaded.reconcile())
    return middle(first), middle(second)


def lines() -> Iterator[Line]:
    """Everything that is measured, one after the other."""
    bare = middle([spent_by([sys.executable, "-c", f"import {LIBRARIES}"], environment()) for _ in range(SEVERAL + 1)])
    of_imports = f"CPU, times that of `import {LIBRARIES}` ({bare.cpu:.2f} s)"
    whole = first_and_second(season, SEVERAL)
    for name, spent in _named(whole):
        yield Line(f"the season, {name}", of_imports, spent.cpu / bare.cpu, SEASON_LIMIT)
    idle, (_, second) = idle_turn(), whole
    of_second = f"CPU of the daemon ({idle.cpu * 1_000:.0f} ms) in that of a second run ({second.cpu:.2f} s)"
    yield Line("the season, an idle turn", of_second, 100 * idle.cpu / second.cpu, IDLE_LIMIT, " %")
    yield Line("the season, an idle turn", "requests, counted at the sandbox", idle.requests, 1)
    few = first_and_second(lambda place: growing.write(place, FEW, TOP / "config"), 1)
    many = first_and_second(lambda place: growing.write(place, MANY, TOP / "config"), 1)
    of_few = f"CPU per row, times that with {FEW}"
    rows = f"{MANY} workbooks of {growing.ROWS} rows"
    for (name, less), (_, more) in zip(_named(few), _named(many), strict=True):
        how = f"{of_few} ({less.cpu:.1f} s; now {more.cpu:.1f} s)"
        yield Line(f"{rows}, {name}", how, more.cpu / less.cpu * FEW / MANY, 1.0)
        yield Line(f"{rows}, {name}", "most memory at once", more.memory, MEMORY_LIMIT, " MiB")


def _named(runs: Sequence[Spent]) -> Iterator[tuple[str, Spent]]:
    return zip(("first run", "second run"), runs, strict=True)


def main() -> None:
    sys.stdout.write("| what | how measured | figure | limit | verdict |\n|---|---|--:|--:|---|\n")
    kept = True
    for line in lines():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        kept = kept and line.holds
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
