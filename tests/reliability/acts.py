"""What people do to their workbooks, one small function each. Where exactly comes from a few drawn numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheetsync.sandbox import Running
from sheetsync.sandbox.a1 import column_letters
from sheetsync.sandbox.model import Tab, Workbook
from tests.reliability.oracle import SHEETS, Oracle, Sheet

Json = dict[str, Any]
Columns = Sequence[int]

_DROPDOWN = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "ok"}]}}
_TITLES = ("D3", "It's 'Q4'", "sheetsync", "Sheetsync 2", "ŽÄ 中", "=A1")


@dataclass
class Person:
    """Somebody at work in one tab; `numbers` say where."""

    sandbox: Running
    oracle: Oracle
    numbers: list[int]
    #: a word nobody has typed before
    word: str
    sheet: Sheet = field(init=False)

    def __post_init__(self) -> None:
        self.sheet = SHEETS[self.next(len(SHEETS))]

    def next(self, end: int) -> int:
        """The next drawn number below `end`."""
        return (self.numbers.pop(0) if self.numbers else 0) % max(end, 1)

    def act(self, *requests: Json, by_owner: bool = False) -> None:
        self.sandbox.act(self.sheet.book, list(requests), self.book.owner if by_owner else "person")

    # ------------------------------------------------------------ what is there

    @property
    def book(self) -> Workbook:
        return self.sandbox.state.workbooks[self.sheet.book]

    @property
    def tab(self) -> Tab:
        """The sheet's own tab, or the first when it is gone."""
        return self.book.tab(self.sheet.tab_id) or self.book.tabs[0]

    @property
    def header(self) -> int:
        """The row of the key's headers; the first when there is none."""
        for row in range(self.tab.rows):
            texts = {cell.value for (at, _), cell in self.tab.cells.items() if at == row}
            if set(self.sheet.key) <= texts:
                return row
        return 0

    @property
    def ours(self) -> Columns:
        """Our columns in this tab; the last one where there are none."""
        found = sorted(
            one.index for one in self.book.metadata if one.key == "oracle.column" and one.sheet_id == self.tab.sheet_id
        )
        return found or [self.tab.columns - 1]

    @property
    def width(self) -> int:
        return max((column for _, column in self.tab.cells), default=0) + 1

    @property
    def bottom(self) -> int:
        return max((row for (row, _), cell in self.tab.cells.items() if cell.holds_value), default=0) + 1

    def row(self) -> int:
        """Any row under the header, up to two below the last."""
        return min(self.header + 1 + self.next(self.bottom - self.header + 1), self.tab.rows - 1)

    def column(self) -> int:
        return self.next(self.width)

    def key_column(self) -> int:
        """A column of the key."""
        keys = [
            column
            for (row, column), cell in sorted(self.tab.cells.items())
            if row == self.header and cell.value in self.sheet.key
        ]
        return keys[self.next(len(keys))] if keys else 0

    def our_column(self) -> int:
        return self.ours[self.next(len(self.ours))]

    def our_tab(self) -> Tab:
        """The tab we added to this workbook; the last one where there is none."""
        ours = [tab for tab in self.book.tabs if (self.book.id, tab.sheet_id) in self.oracle.our_tabs]
        return ours[0] if ours else self.book.tabs[-1]

    # ------------------------------------------------------------ requests

    def range(self, top: int | None, bottom: int | None, left: int | None, right: int | None) -> Json:
        return rectangle(self.tab, top, bottom, left, right)

    def lines(self, dimension: str, start: int, count: int = 1) -> Json:
        return lines(self.tab, dimension, start, count)

    def typed(self, row: int, column: int, value: str | float | None) -> Json:
        return typed(self.tab, row, column, value)

    def paste(self, kind: str, source: Json, row: int, column: int) -> Json:
        """A copy or a cut to a corner, with everything."""
        to = {"sheetId": self.tab.sheet_id, "rowIndex": row, "columnIndex": column}
        if kind == "cutPaste":
            return {kind: {"source": source, "destination": to, "pasteType": "PASTE_NORMAL"}}
        return {kind: {"source": source, "destination": self.range(row, row + 1, column, column + 1)}}


def rectangle(tab: Tab, top: int | None, bottom: int | None, left: int | None, right: int | None) -> Json:
    sides = {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}
    return {"sheetId": tab.sheet_id} | {side: index for side, index in sides.items() if index is not None}


def lines(tab: Tab, dimension: str, start: int, count: int = 1) -> Json:
    return {"sheetId": tab.sheet_id, "dimension": dimension, "startIndex": start, "endIndex": start + count}


def typed(tab: Tab, row: int, column: int, value: str | float | None) -> Json:
    entered: Json = {}
    if isinstance(value, str):
        entered = {"formulaValue" if value.startswith("=") else "stringValue": value}
    elif value is not None:
        entered = {"numberValue": value}
    rows = [{"values": [{"userEnteredValue": entered} if entered else {}]}]
    start = {"sheetId": tab.sheet_id, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def retitled(tab: Tab, **properties: Any) -> Json:
    fields = ",".join(properties)
    return {"updateSheetProperties": {"properties": {"sheetId": tab.sheet_id} | properties, "fields": fields}}


def gridded(tab: Tab, **grid: int) -> Json:
    fields = ",".join(f"gridProperties.{name}" for name in grid)
    properties = {"sheetId": tab.sheet_id, "gridProperties": grid}
    return {"updateSheetProperties": {"properties": properties, "fields": fields}}


def protected(area: Json) -> Json:
    return {"addProtectedRange": {"protectedRange": {"range": area}}}


Act = Callable[[Person], None]
ACTS: dict[str, Act] = {}


def act(function: Act) -> Act:
    """An act that schedules draw from, under its own name."""
    ACTS[function.__name__] = function
    return function


# ---------------------------------------------------------------- cells


@act
def edit_a_cell(p: Person) -> None:
    row, column = p.row(), p.column()
    p.act(p.typed(row, column if column not in p.ours else 0, p.word))


@act
def edit_a_value(p: Person) -> None:
    """A value that both sides of a handoff may move away from what they agreed on."""
    dates = [
        column
        for (row, column), cell in p.tab.cells.items()
        if row == p.header and cell.value in ("Ends", "To", "Code", "Promo code", "Live to")
    ]
    value = (f"CODE{p.next(5)}", 46330.0 + p.next(9))
    column = dates[p.next(len(dates))] if dates else 0
    coded = p.tab.cell(p.header, column).value in ("Code", "Promo code")
    p.act(p.typed(p.row(), column, value[0] if coded else value[1]))


@act
def blank_a_cell(p: Person) -> None:
    p.act(p.typed(p.row(), p.column(), None))


@act
def type_another_key(p: Person) -> None:
    p.act(p.typed(p.row(), p.key_column(), f"TR-0{p.next(10)}"))


@act
def blank_a_key(p: Person) -> None:
    p.act(p.typed(p.row(), p.key_column(), None))


@act
def swap_two_keys(p: Person) -> None:
    column, one, other = p.key_column(), p.row(), p.row()
    values = [p.tab.cell(row, column).value for row in (one, other)]
    p.act(*(p.typed(row, column, _text(value)) for row, value in zip((other, one), values, strict=True)))


def _text(value: object) -> str | float | None:
    return value if isinstance(value, str | float) else None


@act
def rename_a_header(p: Person) -> None:
    p.act(p.typed(p.header, p.column(), p.word))


# ---------------------------------------------------------------- sorts and filters


def _sort(p: Person, top: int, right: int | None, *, split: bool = True) -> None:
    order = "DESCENDING" if p.next(2) else "ASCENDING"
    spec = {"dimensionIndex": p.next(min(p.ours)), "sortOrder": order}
    whole = {"unmergeCells": {"range": p.range(top, None, 0, None)}}
    p.act(*([whole] if split else []), {"sortRange": {"range": p.range(top, None, 0, right), "sortSpecs": [spec]}})


@act
def sort_without_ours(p: Person) -> None:
    _sort(p, p.header + 1, min(p.ours))


@act
def sort_with_ours(p: Person) -> None:
    _sort(p, p.header + 1, None)


@act
def sort_a_part(p: Person) -> None:
    _sort(p, p.row(), None)


@act
def sort_the_header_along(p: Person) -> None:
    _sort(p, p.header, None, split=False)


@act
def filter_the_rows(p: Person) -> None:
    area = p.range(p.header, p.bottom, 0, p.width)
    p.act({"setBasicFilter": {"filter": {"range": area, "criteria": {"1": {"hiddenValues": ["TR-01"]}}}}})


@act
def hide_a_row(p: Person) -> None:
    hidden = {"range": p.lines("ROWS", p.row()), "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    p.act({"updateDimensionProperties": hidden})


# ---------------------------------------------------------------- rows and columns


def _insert(p: Person, dimension: str, at: int) -> None:
    where = p.lines(dimension, at, 1 + p.next(2))
    p.act({"insertDimension": {"range": where, "inheritFromBefore": at > 0}})


def _delete(p: Person, dimension: str, at: int, count: int = 1) -> None:
    p.act({"deleteDimension": {"range": p.lines(dimension, at, count)}})


def _move(p: Person, dimension: str, start: int, to: int, count: int = 1) -> None:
    p.act({"moveDimension": {"source": p.lines(dimension, start, count), "destinationIndex": to}})


@act
def insert_rows(p: Person) -> None:
    _insert(p, "ROWS", p.row())


@act
def insert_a_row_above_everything(p: Person) -> None:
    _insert(p, "ROWS", 0)


@act
def insert_a_row_under_the_header(p: Person) -> None:
    _insert(p, "ROWS", p.header + 1)


@act
def delete_rows(p: Person) -> None:
    _delete(p, "ROWS", p.row())


@act
def delete_the_header_row(p: Person) -> None:
    _delete(p, "ROWS", p.header)


@act
def insert_columns(p: Person) -> None:
    _insert(p, "COLUMNS", p.column())


@act
def insert_a_column_left_of_the_key(p: Person) -> None:
    _insert(p, "COLUMNS", p.key_column())


@act
def insert_a_column_of_the_next_rows_keys(p: Person) -> None:
    """ "Continues in": where the key stood, there are now keys of other rows."""
    key, top = p.key_column(), p.header + 1
    p.act({"insertDimension": {"range": p.lines("COLUMNS", key), "inheritFromBefore": key > 0}})
    p.act(p.typed(p.header, key, p.word))
    p.act(p.paste("copyPaste", p.range(top + 1, p.tab.rows, key + 1, key + 2), top, key))


@act
def insert_a_column_inside_ours(p: Person) -> None:
    _insert(p, "COLUMNS", p.our_column())


@act
def delete_a_column(p: Person) -> None:
    _delete(p, "COLUMNS", p.column())


@act
def delete_a_column_of_ours(p: Person) -> None:
    _delete(p, "COLUMNS", p.our_column())


@act
def move_rows(p: Person) -> None:
    _move(p, "ROWS", p.row(), p.row(), 1 + p.next(2))


@act
def move_a_column(p: Person) -> None:
    _move(p, "COLUMNS", p.column(), p.next(p.width + 1))


@act
def move_the_key_column(p: Person) -> None:
    _move(p, "COLUMNS", p.key_column(), p.next(p.width + 1))


@act
def move_a_column_of_ours(p: Person) -> None:
    _move(p, "COLUMNS", p.our_column(), p.next(p.width + 1))


@act
def widen_the_grid(p: Person) -> None:
    p.act({"appendDimension": {"sheetId": p.tab.sheet_id, "dimension": "COLUMNS", "length": 1 + p.next(3)}})


@act
def cut_the_grid(p: Person) -> None:
    """No spare row and no spare column is left."""
    p.act(gridded(p.tab, rowCount=max(p.bottom, 2), columnCount=p.width))


@act
def add_rows_at_the_end(p: Person) -> None:
    p.act({"appendDimension": {"sheetId": p.tab.sheet_id, "dimension": "ROWS", "length": 1 + p.next(5)}})


# ---------------------------------------------------------------- copies and cuts


@act
def copy_a_row(p: Person) -> None:
    source, to = p.row(), p.row()
    p.act({"copyPaste": {"source": p.range(source, source + 1, 0, None), "destination": p.range(to, to + 1, 0, None)}})


@act
def copy_a_rows_values(p: Person) -> None:
    source, to = p.row(), p.row()
    where = {"source": p.range(source, source + 1, 0, None), "destination": p.range(to, to + 1, 0, None)}
    p.act({"copyPaste": {**where, "pasteType": "PASTE_VALUES"}})


@act
def copy_a_key(p: Person) -> None:
    source, column = p.row(), p.key_column()
    p.act(p.paste("copyPaste", p.range(source, source + 1, column, column + 1), p.row(), column))


@act
def copy_a_block_over_ours(p: Person) -> None:
    row, column = p.row(), p.column()
    block = p.range(row, min(row + 2, p.tab.rows), column, column + 2)
    p.act(p.paste("copyPaste", block, p.row(), p.our_column()))


@act
def copy_our_header_elsewhere(p: Person) -> None:
    ours = p.our_column()
    p.act(p.paste("copyPaste", p.range(p.header, p.header + 1, ours, ours + 1), p.header, p.next(p.width + 1)))


@act
def copy_the_header_row(p: Person) -> None:
    to = p.row()
    header = p.range(p.header, p.header + 1, 0, None)
    p.act({"copyPaste": {"source": header, "destination": p.range(to, to + 1, 0, None)}})


@act
def cut_a_row(p: Person) -> None:
    row = p.row()
    p.act(p.paste("cutPaste", p.range(row, row + 1, 0, p.width), p.row(), 0))


@act
def cut_a_key(p: Person) -> None:
    row, column = p.row(), p.key_column()
    p.act(p.paste("cutPaste", p.range(row, row + 1, column, column + 1), p.row(), column))


@act
def cut_a_block_over_ours(p: Person) -> None:
    row, column = p.row(), p.column()
    block = p.range(row, min(row + 2, p.tab.rows), column, column + 1)
    p.act(p.paste("cutPaste", block, p.row(), p.our_column()))


@act
def cut_our_header_away(p: Person) -> None:
    ours = p.our_column()
    p.act(p.paste("cutPaste", p.range(p.header, p.header + 1, ours, ours + 1), p.row(), p.column()))


@act
def append_as_other_tools_do(p: Person) -> None:
    title = p.tab.title.replace("'", "''")
    row = [f"TR-0{p.next(10)}", p.word, "appended"]
    p.sandbox.append(p.sheet.book, f"'{title}'!A{p.header + 1}", [row], insert=bool(p.next(2)))


# ---------------------------------------------------------------- merges, notes, formats, rules


@act
def merge_cells(p: Person) -> None:
    row, column = p.row(), p.column()
    p.act({"mergeCells": {"range": p.range(row, row + 2, column, column + 2), "mergeType": "MERGE_ALL"}})


@act
def merge_keys(p: Person) -> None:
    row, column = p.row(), p.key_column()
    p.act({"mergeCells": {"range": p.range(row, row + 2, column, column + 1), "mergeType": "MERGE_ALL"}})


@act
def merge_over_ours(p: Person) -> None:
    row, column = p.header + p.next(3), p.our_column() - p.next(2)
    p.act({"mergeCells": {"range": p.range(row, row + 1, column, column + 2), "mergeType": "MERGE_ALL"}})


@act
def unmerge(p: Person) -> None:
    p.act({"unmergeCells": {"range": p.range(None, None, None, None)}})


@act
def write_a_note(p: Person) -> None:
    row, column = p.row(), p.column()
    area = p.range(row, row + 1, column, column + 1)
    p.act({"repeatCell": {"range": area, "cell": {"note": p.word}, "fields": "note"}})


@act
def format_cells(p: Person) -> None:
    column = p.column()
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}, "numberFormat": {"type": "TEXT", "pattern": "@"}}}
    fields = "userEnteredFormat.textFormat.bold,userEnteredFormat.numberFormat"
    p.act({"repeatCell": {"range": p.range(p.row(), None, column, column + 2), "cell": bold, "fields": fields}})


@act
def add_a_dropdown(p: Person) -> None:
    column = p.column()
    p.act({"setDataValidation": {"range": p.range(p.header + 1, None, column, column + 1), "rule": _DROPDOWN}})


@act
def add_a_colour_rule(p: Person) -> None:
    column = p.column()
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": "OK"}]}
    rule = {
        "ranges": [p.range(p.header + 1, None, column, column + 1 + p.next(2))],
        "booleanRule": {"condition": condition, "format": {"backgroundColor": {"red": 1}}},
    }
    p.act({"addConditionalFormatRule": {"rule": rule, "index": p.next(2)}})


@act
def delete_a_colour_rule(p: Person) -> None:
    p.act({"deleteConditionalFormatRule": {"sheetId": p.tab.sheet_id, "index": 0}})


@act
def name_a_range(p: Person) -> None:
    column = p.column()
    p.act({"addNamedRange": {"namedRange": {"name": p.word, "range": p.range(p.header, p.bottom, column, column + 1)}}})


@act
def write_a_formula_over_ours(p: Person) -> None:
    """A formula of theirs that reads ours; its value is steady, for a key that counts our values never settles."""
    row, column = p.row(), p.column()
    beside = f"{column_letters(column + 1)}{row + 1}:{column_letters(p.tab.columns)}{row + 1}"
    p.act(p.typed(row, column, f'=IF(COUNTA({beside})<0;"none";"{p.word}")'))


# ---------------------------------------------------------------- protections


@act
def protect_a_range(p: Person) -> None:
    column = p.column()
    p.act(protected(p.range(None, None, column, column + 1)), by_owner=True)


@act
def protect_ours(p: Person) -> None:
    column = p.our_column()
    p.act(protected(p.range(p.header + p.next(2), None, column, column + 1)), by_owner=True)


@act
def protect_the_tab(p: Person) -> None:
    p.act(protected(p.range(None, None, None, None)), by_owner=True)


@act
def protect_our_tab(p: Person) -> None:
    """For good: our own protection only warns, and a tab can have one."""
    tab = p.our_tab()
    old = [{"deleteProtectedRange": {"protectedRangeId": one.id}} for one in tab.protections]
    p.act(*old, protected({"sheetId": tab.sheet_id}), by_owner=True)


@act
def unprotect(p: Person) -> None:
    """Theirs or ours, whichever comes first."""
    protections = [one.id for tab in (p.tab, *p.book.tabs) for one in tab.protections]
    p.act(*({"deleteProtectedRange": {"protectedRangeId": one}} for one in protections[:1]), by_owner=True)


# ---------------------------------------------------------------- tabs


@act
def rename_their_tab(p: Person) -> None:
    p.act(retitled(p.tab, title=_TITLES[p.next(len(_TITLES))]))


@act
def rename_our_tab(p: Person) -> None:
    p.act(retitled(p.our_tab(), title=_TITLES[p.next(len(_TITLES))]))


@act
def add_a_tab(p: Person) -> None:
    p.act({"addSheet": {"properties": {"title": _TITLES[p.next(len(_TITLES))], "index": 0}}})


@act
def duplicate_their_tab(p: Person) -> None:
    p.act({"duplicateSheet": {"sourceSheetId": p.tab.sheet_id}})


@act
def duplicate_our_tab(p: Person) -> None:
    p.act({"duplicateSheet": {"sourceSheetId": p.our_tab().sheet_id}})


@act
def move_a_tab(p: Person) -> None:
    p.act(retitled(p.tab, index=p.next(len(p.book.tabs) + 1)))


@act
def delete_their_tab(p: Person) -> None:
    p.act({"deleteSheet": {"sheetId": p.tab.sheet_id}})


@act
def delete_our_tab(p: Person) -> None:
    p.act({"deleteSheet": {"sheetId": p.our_tab().sheet_id}})


# ---------------------------------------------------------------- into what is ours


@act
def type_into_ours(p: Person) -> None:
    p.act(p.typed(p.row(), p.our_column(), p.word))


@act
def type_a_formula_into_ours(p: Person) -> None:
    p.act(p.typed(p.row(), p.our_column(), "=1/0" if p.next(2) else '="OK"'))


@act
def type_over_our_header(p: Person) -> None:
    p.act(p.typed(p.header, p.our_column(), p.word))


@act
def clear_our_header(p: Person) -> None:
    p.act(p.typed(p.header, p.our_column(), None))


@act
def freeze_our_values(p: Person) -> None:
    """Copy, paste values only: the formula turns into what it shows."""
    column = p.our_column()
    area = p.range(p.header, None, column, column + 1)
    p.act({"copyPaste": {"source": area, "destination": area, "pasteType": "PASTE_VALUES"}})


@act
def type_into_our_tab(p: Person) -> None:
    tab = p.our_tab()
    p.act(typed(tab, p.next(tab.rows), p.next(tab.columns), p.word))


@act
def blank_a_cell_of_our_tab(p: Person) -> None:
    tab = p.our_tab()
    p.act(typed(tab, p.next(tab.rows), p.next(tab.columns), None))


@act
def sort_our_tab(p: Person) -> None:
    order = [{"dimensionIndex": p.next(5), "sortOrder": "DESCENDING"}]
    p.act({"sortRange": {"range": rectangle(p.our_tab(), p.next(2), None, 0, None), "sortSpecs": order}})


@act
def insert_into_our_tab(p: Person) -> None:
    tab, dimension = p.our_tab(), ("ROWS", "COLUMNS")[p.next(2)]
    p.act({"insertDimension": {"range": lines(tab, dimension, p.next(3))}})


@act
def delete_from_our_tab(p: Person) -> None:
    tab, dimension = p.our_tab(), ("ROWS", "COLUMNS")[p.next(2)]
    p.act({"deleteDimension": {"range": lines(tab, dimension, p.next(3))}})


@act
def move_in_our_tab(p: Person) -> None:
    tab, dimension = p.our_tab(), ("ROWS", "COLUMNS")[p.next(2)]
    p.act({"moveDimension": {"source": lines(tab, dimension, p.next(3)), "destinationIndex": p.next(5)}})


@act
def merge_in_our_tab(p: Person) -> None:
    row, column = p.next(4), p.next(4)
    area = rectangle(p.our_tab(), row, row + 2, column, column + 2)
    p.act({"mergeCells": {"range": area, "mergeType": "MERGE_ALL"}})


# ---------------------------------------------------------------- in Drive


@act
def copy_the_workbook(p: Person) -> None:
    p.sandbox.copy(p.sheet.book, f"copy-{p.word}-{p.sheet.book}")


@act
def unshare(p: Person) -> None:
    p.sandbox.unshare(p.sheet.book, "sheetsync")


@act
def let_us_only_read(p: Person) -> None:
    p.sandbox.share(p.sheet.book, "sheetsync", "reader")


@act
def share_again(p: Person) -> None:
    p.sandbox.share(p.sheet.book, "sheetsync")


@act
def trash(p: Person) -> None:
    p.sandbox.trash(p.sheet.book)


@act
def restore(p: Person) -> None:
    p.sandbox.trash(p.sheet.book, trashed=False)
