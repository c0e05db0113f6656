"""Where columns of ours would be unsafe in a tab, and why: then our own tab has to do.

The reasons are said in the words of whoever can change them; they name only what stands in that very tab.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from sheetsync.core.graph import Mode, Source
from sheetsync.core.header_texts import fold_header
from sheetsync.core.lookup import a1
from sheetsync.core.managed import fold_address, is_addressable
from sheetsync.core.model import Block, Snapshot, Tab
from sheetsync.core.our_columns import is_closed, is_closed_before, is_swallowed, marked, right_of_everything
from sheetsync.core.tables import our_columns_of

#: this many places are named before "and n more"
_NAMED = 3


def why_unfit(tab: Tab, source: Source, snapshot: Snapshot) -> str:
    """Why columns are not written into this tab, in one sentence; empty where they are, or are not asked for.

    Columns of ours that stand there already stay: what they show is right, or blank.
    """
    if source.mode is not Mode.COLUMNS:
        return ""
    return next(_reasons(tab, source, snapshot), "")


def _reasons(tab: Tab, source: Source, snapshot: Snapshot) -> Iterator[str]:
    if tab.has_tables:
        yield "the tab holds a table of Google's own, which swallows new columns: convert it back to a range"
    if is_closed_before(tab, right_of_everything(tab)):
        yield "the tab is protected against us right of its last column: let our account edit there"
    if closed := [a1(None, mark.column) for mark in marked(tab) if is_closed(tab, mark.column)]:
        yield f"our columns ({_some(closed)}) are protected against us: let our account edit there"
    top = snapshot.header_row
    if swallowed := [a1(None, mark.column) for mark in marked(tab) if is_swallowed(tab, mark.column, top)]:
        yield f"cells of our columns ({_some(swallowed)}) are merged with yours: unmerge them"
    if merged := _merged_keys(tab, snapshot, [snapshot.columns[name] for name in source.key]):
        yield f"key cells are merged ({_some(merged)}): unmerge them"
    if twice := _headers_again(tab, snapshot):
        yield f"tables stand side by side ({_some(twice)} are headers again): give each a tab of its own"
    if (row := _other_header(tab, source, snapshot)) is not None:
        yield f"another table with other headers begins in row {row + 1}: give it a tab of its own"
    if snapshot.records and not _keys_of_their_own(snapshot):
        yield "not even half of the rows have a key of their own: choose other `key` fields, or fill the key in"


def _merged_keys(tab: Tab, snapshot: Snapshot, keys: Sequence[int]) -> list[str]:
    rows = {record.place.row for record in snapshot.records}
    return [
        f"{a1(block.top, block.left)}:{a1(block.bottom - 1, block.right - 1)}"
        for block in tab.merges
        if any(block.left <= column < block.right for column in keys) and _meets(block, rows)
    ]


def _meets(block: Block, rows: set[int | None]) -> bool:
    return any(row in rows for row in range(block.top, block.bottom))


def _headers_again(tab: Tab, snapshot: Snapshot) -> list[str]:
    """Mapped headers that stand a second time in the header row: a single one may well be a team's own habit."""
    mapped = {fold_header(text) for text in snapshot.headers.values()}
    taken = {*snapshot.columns.values(), *our_columns_of(tab, snapshot.header_row)}
    row = snapshot.header_row
    cells = [(column, tab.cell(row, column)) for column in range(tab.used_columns) if column not in taken]
    again = [a1(row, column) for column, cell in cells if fold_header(cell.shown) in mapped]
    return again if len(again) > 1 else []


def _other_header(tab: Tab, source: Source, snapshot: Snapshot) -> int | None:
    """A row below the header that is one itself, with the source's words in other columns.

    The header row once more is none, whatever is mapped of it: a column that was adopted is not, nor a header's twin.
    """
    top = [fold_header(tab.cell(snapshot.header_row, column).shown) for column in range(tab.used_columns)]
    names = {fold_header(text): name for name, texts in source.columns.items() for text in texts}
    for row in range(snapshot.header_row + 1, len(tab.rows)):
        texts = [fold_header(cell.shown) for cell in tab.rows[row]]
        found = {column: names.get(text) for column, text in enumerate(texts) if text != top[column]}
        elsewhere = [name for column, name in found.items() if name and snapshot.columns.get(name) != column]
        if len(elsewhere) > 1:
            return row
    return None


def _keys_of_their_own(snapshot: Snapshot) -> bool:
    folded = [tuple(fold_address(part) for part in record.address) for record in snapshot.records]
    count = Counter(folded)
    own = sum(is_addressable(record) and count[key] == 1 for record, key in zip(snapshot.records, folded, strict=True))
    return own * 2 >= len(snapshot.records)


def _some(places: Sequence[str]) -> str:
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return ", ".join(places[:_NAMED]) + more
