"""What our formula costs beside other ways to write it: six managed columns over 2,000 filled rows.

Seconds are the sandbox's, which finds a key by hashing: evidence about the text of the formula, not about Google. The
last two columns are what any spreadsheet has to do: keys looked up, and keys compared if it searches line by line.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sheetsync.core.lookup import column_letters, scoped_key, spilling_lookup
from sheetsync.sandbox.model import Cell, Tab, Workbook
from sheetsync.sandbox.results import Results

FILLED, COLUMNS = 2_000, 6
GRIDS = (2_001, 5_000, 50_000)
_ROWS_LEFT = "INDEX($A:$A;ROW()):INDEX($A:$A;ROWS($A:$A))"
_FILLED_LEFT = "INDEX($A:$A;ROW()):INDEX($A:$A;MAX(ROW();IFERROR(IF(LEN($A:$A);ROW($A:$A)))))"


@dataclass(frozen=True)
class Way:
    """One way to write the formula of a column of our tab."""

    formula: Callable[[str, int], str]
    #: keys looked up per row of the grid, and per filled row
    per_row: int
    per_filled: int


def _plainly(cells: str) -> Callable[[str, int], str]:
    """Each row's key looked up once, filled or not; whatever is alike is taken for the same."""

    def formula(header: str, column: int) -> str:
        letter = column_letters(column)
        found = f'XLOOKUP("briefs␟"&TO_TEXT({cells});sheetsync!$A:$A;sheetsync!${letter}:${letter})'
        unheaded_or_blank = f'(TO_TEXT(INDEX($A:$A;ROW()))="Ref")*LEN(TO_TEXT({cells}))=0'
        return f'=ARRAYFORMULA(IF(ROW({cells})=ROW();"{header}";IFERROR(IF({unheaded_or_blank};;{found});)))'

    return formula


WAYS: Mapping[str, Way] = {
    "ours": Way(lambda header, column: spilling_lookup(header, "briefs", ((0, "Ref"),), "sheetsync", column), 0, 2),
    "not exact, every row": Way(_plainly(_ROWS_LEFT), 1, 0),
    "not exact, to the last filled row": Way(_plainly(_FILLED_LEFT), 0, 1),
}


def seconds(way: Way, grid: int) -> float:
    """The processor time in which the sandbox calculates the whole workbook."""
    book = Workbook("bench", "Bench", "en_US", "Europe/London", "bench@example.org")
    theirs, ours = Tab(0, "Plan", grid, COLUMNS + 1), Tab(1, "sheetsync", FILLED + 1, COLUMNS + 1)
    theirs.put(0, 0, Cell("Ref"))
    ours.put(0, 0, Cell("key"))
    for column in range(1, COLUMNS + 1):
        theirs.put(0, column, Cell(formula=way.formula(f"ss:field {column}", column)))
        ours.put(0, column, Cell(f"field {column}"))
    for row in range(1, FILLED + 1):
        theirs.put(row, 0, Cell(f"NL-{row}"))
        ours.put(row, 0, Cell(scoped_key("briefs", (f"NL-{row}",))))
        for column in range(1, COLUMNS + 1):
            ours.put(row, column, Cell(f"{column} of {row}"))
    book.tabs = [theirs, ours]
    started = time.process_time()
    results = Results(book, date(2026, 11, 1))
    took = time.process_time() - started
    if results.text(theirs, FILLED, COLUMNS) != f"{COLUMNS} of {FILLED}":
        raise SystemExit("the formula does not show what it should: nothing is measured")
    return took


def main() -> None:
    sys.stdout.write(f"{FILLED:,} filled rows, {COLUMNS} columns\n")
    sys.stdout.write(
        f"{'rows of the grid':>16}  {'formula':33}{'seconds':>8}{'ratio':>7}{'lookups':>10}{'compared':>14}\n"
    )
    for grid in GRIDS:
        taken = {name: min(seconds(way, grid) for _ in range(2)) for name, way in WAYS.items()}
        for name, way in WAYS.items():
            lookups = COLUMNS * (way.per_row * grid + way.per_filled * FILLED)
            ratio = taken[name] / taken["ours"]
            row = f"{grid:>16,}  {name:33}{taken[name]:8.2f}{ratio:7.2f}{lookups:10,}{lookups * FILLED:14,}\n"
            sys.stdout.write(row)


if __name__ == "__main__":
    main()
