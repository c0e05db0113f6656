"""Find the tables of a tab nobody has described, and say of every row what kind it is.

Real tabs hold titles, notes, key-value rows, banners, example rows, totals and legends around and between the rows that
count, several tables beside and below each other, and pages that are no table at all (`campaign-sheets` research).
Nothing is inferred from a row's number, and a row that is left alone has a kind that says why.
"""

from collections.abc import Collection, Sequence

from sheetsync.core.header_texts import fold_header
from sheetsync.core.model import Block, RowKind, Tab
from sheetsync.core.tables.found import Found, Names, Table
from sheetsync.core.tables.grids import MONTH_GRID, instead_of_a_table, month_grids
from sheetsync.core.tables.headers import Heading, Words, headings, repeats, structural
from sheetsync.core.tables.kinds import (
    Shape,
    end,
    kinds_below,
    legend_tail,
    prose_rows,
    total_unlike_data,
)
from sheetsync.core.tables.seen import Seen, has_digit, our_columns_anywhere, runs, see
from sheetsync.core.tables.spread import spread_of
from sheetsync.core.tables.tops import Top, is_group_row_of, joined, parted, topped

#: what a table without any row needs in known headers, to be one
_KNOWN_WHEN_EMPTY = 3


def find_tables(tab: Tab, names: Names) -> Found:
    """Find every table of a tab; `names` says which fields a header's text may name."""
    cells = spread_of(tab)
    seen = see(tab, our_columns_anywhere(tab, cells), cells)
    words = Words(names)
    grids = month_grids(seen)
    tops = tops_of(seen, words, grids)
    tables = [table_under(seen, words, top, limit(seen, top, tops, grids)) for top in tops]
    kept = [
        table
        for table, top in zip(tables, tops, strict=True)
        if table.data_rows or (top.known >= _KNOWN_WHEN_EMPTY and len(tops) == 1)
    ]
    kinds = _outside(seen, kept)
    reasons = {row: MONTH_GRID for grid in grids for row in range(grid.top, grid.bottom) if row in kinds}
    instead = "" if kept else instead_of_a_table(seen, grids)
    return Found(tuple(kept), kinds, reasons, instead)


# ---------------------------------------------------------------- the headers


def tops_of(seen: Seen, words: Words, grids: Sequence[Block]) -> list[Top]:
    """The headers of all tables, from top to bottom and from left to right."""
    known = [heading for heading in headings(seen, words) if not _in_grid(heading, grids)]
    return tops_over(seen, words, begun(seen, words, known, grids), grids)


def tops_over(seen: Seen, words: Words, found: Sequence[list[Heading]], grids: Sequence[Block]) -> list[Top]:
    """The headers that begin in these rows, those side by side each by itself."""
    tops: list[Top] = []
    for at, rows in enumerate(found):
        stops = [later[0].row for later in found[at + 1 :] if _meet(rows[0], later[0])]
        stops += [grid.top for grid in grids if grid.top > rows[-1].row]
        below = range(rows[-1].row + 1, min(stops, default=len(seen.rows)))
        for part in parted(seen, words, _widest(rows), below):
            own = [_cut(words, heading, part) for heading in rows]
            tops.append(topped(seen, words, [heading for heading in own if heading.texts], below))
    return sorted(tops, key=lambda top: (top.rows[0], top.left))


def begun(
    seen: Seen,
    words: Words,
    known: Sequence[Heading],
    grids: Sequence[Block],
    sure: Sequence[list[Heading]] = (),
) -> list[list[Heading]]:
    """The rows of each header that begins a table, or several side by side; `sure` are headers above all others."""
    return _with_unknown(seen, words, _merged(seen, words, known, sure), grids)


def _in_grid(heading: Heading, grids: Sequence[Block]) -> bool:
    return any(grid.top <= heading.row < grid.bottom and len(heading.fields) < 2 for grid in grids)


def _meet(one: Heading, other: Heading) -> bool:
    """Do they stand in the same columns? What stands far beside the known words belongs to something else."""
    (left, right), (other_left, other_right) = _reach(one), _reach(other)
    return left < other_right and other_left < right


def _reach(heading: Heading) -> tuple[int, int]:
    columns = heading.fields if len(heading.fields) > 1 else heading.texts
    return min(columns), max(columns) + 1


def _widest(rows: Sequence[Heading]) -> Heading:
    """All columns that any of the rows names, as one row: the lowest one."""
    texts: dict[int, str] = {}
    fields: dict[int, Collection[str]] = {}
    for heading in rows:
        texts |= heading.texts
        fields.update(heading.fields)
    return Heading(rows[-1].row, dict(sorted(texts.items())), fields)


def _cut(words: Words, heading: Heading, part: Heading) -> Heading:
    inside = {column: text for column, text in heading.texts.items() if part.left <= column < part.right}
    return words.heading(heading.row, inside)


def _merged(seen: Seen, words: Words, found: Sequence[Heading], sure: Sequence[list[Heading]]) -> list[list[Heading]]:
    """Headings that begin a table, each with those that follow directly and are one header with it."""
    tables = list(sure)
    taken = {heading.row for rows in sure for heading in rows[1:]}
    for at, heading in enumerate(found):
        if heading.row in taken and any(_meet(heading, rows[-1]) for rows in tables if heading.row == rows[-1].row):
            continue
        following = [other for other in found[at + 1 :] if other.row == heading.row + 1 and _meet(heading, other)]
        lower = following[0] if following else None
        before = next((rows for rows in reversed(tables) if _meet(rows[0], heading)), None)
        if before is not None and repeats(heading, _widest(before).texts, words):
            continue
        if lower is not None and not repeats(lower, heading.texts, words) and _gives_way(seen, heading, lower):
            continue
        stop = min((other.row for other in found[at + 1 :] if other is not lower), default=len(seen.rows))
        rows = joined(seen, words, heading, lower, range(heading.row + 1, stop))
        taken |= {row.row for row in rows[1:]}
        tables.append(rows)
    return tables


def _gives_way(seen: Seen, upper: Heading, lower: Heading) -> bool:
    """Of two headings right above each other that are not one, the upper names groups, or speaks of the whole plan."""
    known, more = len(upper.fields), len(lower.fields)
    better = more > known and more * len(upper.texts) >= known * len(lower.texts)
    return is_group_row_of(seen, upper, lower) or better


def _with_unknown(seen: Seen, words: Words, known: list[list[Heading]], grids: Sequence[Block]) -> list[list[Heading]]:
    """Headers whose words nobody knows, where the way they stand over their values leaves no doubt."""
    found = list(known)
    first = min((rows[-1].row for rows in found), default=len(seen.rows))
    counts = seen.counts(range(len(seen.rows)))
    for row in range(len(seen.rows)):
        if row > first and counts[row - 1] > 1:
            # Below a table it needs a blank row above it, or a title, which hardly any row has.
            continue
        above = [rows for rows in found if rows[-1].row < row]
        if any(grid.top <= row < grid.bottom for grid in grids) or not _may_begin(seen, row, found, above):
            continue
        start = max((rows[-1].row + 1 for rows in above), default=row)
        stop = min((rows[0].row for rows in found if rows[0].row > row), default=len(seen.rows))
        heading = structural(seen, words, row, range(start, row), range(row + 1, stop))
        if heading is not None and not any(_is_again(heading, rows, words) for rows in above):
            found.append([heading])
            found.sort(key=lambda rows: rows[0].row)
            first = min(first, row)
    return found


def _may_begin(seen: Seen, row: int, found: Sequence[list[Heading]], above: Sequence[list[Heading]]) -> bool:
    """Below a table a header nobody knows needs a blank row above it and its title, above one values right below it."""
    if len(seen.rows[row]) < 3 or any(heading.row == row for rows in found for heading in rows):
        return False
    if above:
        title = len(seen.rows[row - 1]) == 1 and row - 2 > max(rows[-1].row for rows in above)
        return not seen.rows[row - 2 if title else row - 1]
    return not found or row + 1 == len(seen.rows) or bool(seen.rows[row + 1])


def _is_again(heading: Heading, rows: Sequence[Heading], words: Words) -> bool:
    return _meet(rows[0], heading) and repeats(heading, _widest(rows).texts, words)


# ---------------------------------------------------------------- one table


def limit(seen: Seen, top: Top, tops: Sequence[Top], grids: Sequence[Block]) -> int:
    """The row before which a table ends: another header, or a month grid, begins in its columns."""
    later = [other.rows[0] for other in tops if other.rows[0] > top.rows[-1] and other.meets(top.left, top.right)]
    later += [grid.top for grid in grids if grid.top > top.rows[-1] and top.meets(grid.left, grid.right)]
    return min(later, default=len(seen.rows))


def table_under(seen: Seen, words: Words, top: Top, before: int) -> Table:
    """The table below a header, down to its last row that counts; it ends before row `before`."""
    kinds = row_kinds(seen, words, top, range(top.rows[-1] + 1, before))
    counting = [row for row, kind in kinds.items() if kind in _COUNTING]
    bottom = max((*counting, top.rows[-1])) + 1
    inside = {row: kind for row, kind in kinds.items() if row < bottom and kind is not RowKind.BLANK}
    header = dict.fromkeys(top.rows, RowKind.HEADER)
    return Table(Block(top.rows[0], top.left, bottom, top.right), top.rows, top.columns, {**header, **inside})


def row_kinds(seen: Seen, words: Words, top: Top, rows: range) -> dict[int, RowKind]:
    """The kind of each row below a header, blank ones too."""
    shape = Shape(top.headers, top.left, top.right, total_unlike_data(seen, top.left, top.right, rows))
    kinds = kinds_below(seen, shape, rows, _again(seen, words, shape, rows))
    kinds = end(kinds, prose_rows(seen, [row for row, kind in kinds.items() if kind is RowKind.BANNER]))
    kinds.update(dict.fromkeys(legend_tail(seen, shape, kinds), RowKind.LEGEND))
    return kinds


#: a table reaches down to the last of these
_COUNTING = frozenset({RowKind.DATA, RowKind.TOTAL, RowKind.EXAMPLE, RowKind.HEADER})


def _again(seen: Seen, words: Words, shape: Shape, rows: range) -> dict[int, RowKind]:
    """Rows that say the header once more, or some of it."""
    headers = {column: fold_header(text) for column, text in shape.headers.items()}
    longest = 2 * max(map(len, headers.values()), default=0) + 8
    enough = min(2, len(headers))
    found: dict[int, RowKind] = {}
    folded = frozenset(headers.values())
    # Hardly any row says a word of the header; without a header to say, each row says it.
    digits = any(map(has_digit, folded))
    likely = seen.rows_saying(lambda text: fold_header(text) in folded, digits=digits) if headers else rows
    for row in likely:
        if row not in rows:
            continue
        same = 0
        for column, text in seen.rows[row].items():
            header = headers.get(column)
            if header is not None and len(text) <= longest and fold_header(text) == header:
                same += 1
        if same >= enough or _reads_like_it(seen, words, shape, row, same):
            found[row] = RowKind.HEADER
    return found


def _reads_like_it(seen: Seen, words: Words, shape: Shape, row: int, same: int) -> bool:
    """The header again in other words of the same fields."""
    if not same:
        return False
    texts = seen.within(row, shape.left, shape.right)
    return len(texts) > 1 and repeats(words.heading(row, texts), shape.headers, words)


# ---------------------------------------------------------------- what stands outside


def _outside(seen: Seen, tables: Sequence[Table]) -> dict[int, RowKind]:
    """Rows of no table: what leads to a table is its preamble, everything else explains."""
    inside = {row for table in tables for row in table.kinds}
    filled = enumerate(seen.counts(range(len(seen.rows))))
    stretches = runs(row for row, count in filled if count and row not in inside)
    tops = sorted(table.block.top for table in tables)
    kinds: dict[int, RowKind] = {}
    for at, (first, stop) in enumerate(stretches):
        following = stretches[at + 1][0] if at + 1 < len(stretches) else len(seen.rows)
        leads = _leads(first, stop, following, tops, inside)
        kinds.update(dict.fromkeys(range(first, stop), RowKind.PREAMBLE if leads else RowKind.LEGEND))
    return kinds


def _leads(first: int, stop: int, following: int, tops: Sequence[int], inside: set[int]) -> bool:
    """Do these rows lead to the next table? Above all tables they do, between two what is nearest to the lower one."""
    top = next((top for top in tops if top >= stop), None)
    if top is None or first < tops[0]:
        return top is not None
    nearest = following > top and inside.isdisjoint(range(stop, top))
    return nearest and (stop == top or first - 1 not in inside)
