"""Rows at the end of a table that may be another list: what says too little to end the table there is asked."""

from collections.abc import Iterator, Sequence

from sheetsync.core.lookup import a1
from sheetsync.core.model import Tab
from sheetsync.core.tables import Table
from sheetsync.core.tables.seen import is_label, is_typed

#: columns in which the rows hold something else than those above
_AT_LEAST = 2


def apart(tab: Tab, table: Table) -> tuple[str, ...]:
    """What is asked of rows behind a blank one that hold words where all others hold values."""
    blocks = list(_blocks(table))
    return tuple(
        _question(block, columns)
        for at, block in enumerate(blocks)
        if at and len(columns := _changed(tab, table, [row for one in blocks[:at] for row in one], block)) >= _AT_LEAST
    )


def _blocks(table: Table) -> Iterator[list[int]]:
    """The data rows, parted where a blank row stands between two of them, perhaps with a title below it."""
    block: list[int] = []
    for row in table.data_rows:
        if block and any(at not in table.kinds for at in range(block[-1] + 1, row)):
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _changed(tab: Tab, table: Table, above: Sequence[int], block: Sequence[int]) -> list[int]:
    """Columns that held values and hold nothing but words now, where the block begins as a header would."""
    first = [cell for column in table.columns if not (cell := tab.cell(block[0], column.index)).blank]
    if len(block) < 2 or len(first) < 3 or any(is_typed(cell) or not is_label(cell) for cell in first):
        return []
    return [column.index for column in table.columns if _turns_into_words(tab, column.index, above, block)]


def _turns_into_words(tab: Tab, column: int, above: Sequence[int], block: Sequence[int]) -> bool:
    before = [cell for row in above if not (cell := tab.cell(row, column)).blank]
    after = [cell for row in block if not (cell := tab.cell(row, column)).blank]
    typed = sum(map(is_typed, before))
    return len(before) > 1 and typed * 3 >= len(before) * 2 and bool(after) and not any(map(is_typed, after))


def _question(block: Sequence[int], columns: Sequence[int]) -> str:
    letters = ", ".join(a1(None, column) for column in columns)
    return (
        f"Rows {block[0] + 1} to {block[-1] + 1} stand apart and hold words where the rows above hold values "
        f"({letters}). Are they rows like the others, or another list that needs a tab of its own?"
    )
