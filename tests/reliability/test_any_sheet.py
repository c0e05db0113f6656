"""Any grid is read: messy sheets, mutated in ways that people and programs find, never stop the reader.

What is looked at on each grid: nothing is raised; every row that holds something has exactly one kind in each table it
lies in, or one outside of all; a source that is proposed reads back its own rows, each of them and no other; a cell
gives a value, a problem or nothing; and reading it again gives the same. `SHEETSYNC_GRIDS` grids (150), from seeds,
so that one can be repeated.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from sheetsync.config.headers import shipped_header_words
from sheetsync.core.inspection import Inspection, inspect
from sheetsync.core.model import BLANK, Block, Cell, Format, Parsed, Problem, RowKind, Tab
from tests.bench.unseen import NASTY
from tests.core.test_messes_values import FIELDS
from tests.messes import MESSES, load_mess, stories
from tests.read_back import read_back

GRIDS = int(os.environ.get("SHEETSYNC_GRIDS", "150"))
#: grids to one test, so that workers share them
_SHARE = 25

Rows = list[list[Cell]]

_TEXTS = (
    *("", " ", "\u200b", "=", "'", "-", "#REF!", "TBD", "Status", "Campaign ID", "Total", "e.g. this", "NL-1OO3"),
    *("29.02.2027", "31/02/26", "0000-00-00", "99:99", "1e999", "٣٤", "NaN", "−5 %", "€€", "v", "http://"),
    *("\ud83d", "🟢" * 50, "\u202eabc", "Ａ１", "İ", "ß", "ﬁ", "\x00", "\r\n", "1" * 400, "%" * 30, "(((("),
    *("a" * 40_000, "a.b.c.d.e/" * 20),
)
_NUMBERS = (0.0, -0.0, 1e308, -1e308, 1e-320, float("inf"), float("nan"), 46353.0, 12.0, 0.2, 2_958_466.0, -1.0)


@cache
def sheets() -> list[tuple[str, Tab, str]]:
    """Every tab of every story: its name, itself, its workbook's locale."""
    books = [load_mess(folder) for folder in stories(MESSES, NASTY)]
    return [(f"{book.name}/{tab.title}", tab, book.workbook.locale) for book in books for tab in book.workbook.tabs]


@pytest.mark.parametrize("share", range(0, GRIDS, _SHARE), ids=lambda first: f"from-{first}")
def test_any_grid_is_read(share: int) -> None:
    for seed in range(share, min(share + _SHARE, GRIDS)):
        chance = Random(seed)  # noqa: S311
        name, tab, locale = chance.choice(sheets())
        mutated = mutate(tab, chance)
        try:
            look_at(mutated, locale)
        except Exception as error:
            error.add_note(f"grid {seed}, made of {name}")
            raise


def look_at(tab: Tab, locale: str) -> None:
    seen = inspect(tab, shipped_header_words(), locale)
    assert_every_row_has_one_kind(seen)
    assert inspect(tab, shipped_header_words(), locale) == seen
    for one, _, read in read_back(seen, locale):
        assert [record.place.row for record in read.records] == one.table.data_rows
        assert all(is_canonical(name, claim.parsed) for it in read.records for name, claim in it.claims.items())


def assert_every_row_has_one_kind(seen: Inspection) -> None:
    tables, outside = seen.found.tables, seen.found.kinds
    inside: set[int] = set()
    for table in tables:
        assert all(table.block.top <= row < table.block.bottom for row in table.kinds)
        inside |= {row for row, kind in table.kinds.items() if kind is not RowKind.BLANK}
    for row, cells in enumerate(seen.tab.rows):
        if any(not cell.blank and cell.value is not False and str(cell.value).strip() for cell in cells):
            assert row in outside or row in inside, f"row {row + 1} has no kind"


def is_canonical(name: str, parsed: Parsed) -> bool:
    kind = FIELDS[name].type
    return parsed is None or isinstance(parsed, Problem) or kind.read(kind.format(parsed)) == parsed


# ---------------------------------------------------------------- what happens to sheets


def mutate(tab: Tab, chance: Random) -> Tab:
    rows: Rows = [list(row) for row in tab.rows]
    merges = list(tab.merges)
    for _ in range(chance.randrange(1, 12)):
        chance.choice(_MUTATIONS)(rows, chance)
    if chance.random() < 0.3:
        top, left = chance.randrange(30), chance.randrange(12)
        merges.append(Block(top, left, top + chance.randrange(1, 6), left + chance.randrange(1, 6)))
    if chance.random() < 0.2:
        merges = [Block(m.top + 1, m.left, m.bottom + 1, m.right) for m in merges]
    width = max((len(row) for row in rows), default=0)
    cells = tuple(tuple(row) for row in rows)
    return replace(tab, rows=cells, merges=tuple(merges), row_count=len(rows) + 20, column_count=width + 3)


def _somewhere(rows: Rows, chance: Random) -> tuple[int, int]:
    if not rows:
        rows.append([BLANK])
    row = chance.randrange(len(rows))
    rows[row] += [BLANK] * (1 - len(rows[row]))
    return row, chance.randrange(len(rows[row]))


def _type_text(rows: Rows, chance: Random) -> None:
    row, column = _somewhere(rows, chance)
    text = chance.choice(_TEXTS)
    rows[row][column] = Cell(text or None, text, struck=chance.random() < 0.1, note=chance.choice(("", "moved")))


def _type_number(rows: Rows, chance: Random) -> None:
    row, column = _somewhere(rows, chance)
    number = chance.choice(_NUMBERS)
    rows[row][column] = Cell(number, f"{number:g}", chance.choice(list(Format)), chance.choice(("", "€#,##0", '"$"0')))


def _tick(rows: Rows, chance: Random) -> None:
    row, column = _somewhere(rows, chance)
    rows[row][column] = Cell(chance.random() < 0.5, "TRUE")


def _break(rows: Rows, chance: Random) -> None:
    row, column = _somewhere(rows, chance)
    rows[row][column] = Cell(None, "#REF!", formula="=#REF!", error="#REF!")


def _empty(rows: Rows, chance: Random) -> None:
    row, column = _somewhere(rows, chance)
    rows[row][column] = BLANK


def _empty_row(rows: Rows, chance: Random) -> None:
    rows[_somewhere(rows, chance)[0]] = []


def _empty_column(rows: Rows, chance: Random) -> None:
    _, column = _somewhere(rows, chance)
    for row in rows:
        row[column : column + 1] = [BLANK] if column < len(row) else []


def _delete_row(rows: Rows, chance: Random) -> None:
    del rows[_somewhere(rows, chance)[0]]


def _delete_column(rows: Rows, chance: Random) -> None:
    _, column = _somewhere(rows, chance)
    for row in rows:
        del row[column : column + 1]


def _insert_column(rows: Rows, chance: Random) -> None:
    _, column = _somewhere(rows, chance)
    for row in rows:
        if column < len(row):
            row.insert(column, BLANK)


def _shift_row(rows: Rows, chance: Random) -> None:
    rows[_somewhere(rows, chance)[0]].insert(0, BLANK)


def _copy_row(rows: Rows, chance: Random) -> None:
    row, _ = _somewhere(rows, chance)
    rows.insert(chance.randrange(len(rows) + 1), list(rows[row]))


def _move_row(rows: Rows, chance: Random) -> None:
    row, _ = _somewhere(rows, chance)
    rows.insert(chance.randrange(len(rows)), rows.pop(row))


def _sort(rows: Rows, chance: Random) -> None:
    _, column = _somewhere(rows, chance)
    rows.sort(key=lambda row: row[column].shown if column < len(row) else "")


def _paste_another_sheet(rows: Rows, chance: Random) -> None:
    _, other, _ = chance.choice(sheets())
    left = chance.choice((0, 0, max((len(row) for row in rows), default=0) + chance.randrange(2)))
    top = chance.randrange(len(rows) + 1) if rows else 0
    for offset, cells in enumerate(other.rows[: chance.randrange(1, 30)]):
        while len(rows) <= top + offset:
            rows.append([])
        row = rows[top + offset]
        row += [BLANK] * (left - len(row))
        row[left : left + len(cells)] = cells


def _turn(rows: Rows, _: Random) -> None:
    """Rows become columns."""
    width = max((len(row) for row in rows), default=0)
    turned = [[row[column] if column < len(row) else BLANK for row in rows] for column in range(width)]
    rows[:] = turned


_MUTATIONS: Sequence[Callable[[Rows, Random], None]] = (
    *(_type_text, _type_text, _type_number, _tick, _break, _empty, _empty_row, _empty_column, _delete_row),
    *(_delete_column, _insert_column, _shift_row, _copy_row, _move_row, _sort, _paste_another_sheet, _turn),
)
