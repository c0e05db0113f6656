"""What people do to their sheets in the sandbox, and what then stands beside their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheetsync.core.graph import Mode, SheetTab, Source
from sheetsync.core.lookup import OUR_PREFIX, SEPARATOR
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.sandbox import Running
from tests.season import Season

BRIEFS = "1NorthlightPartnerBriefsQ42026demo00000001"
LANDING = "1NorthlightLandingPagesQ42026demo00000002"
UTM = "1NorthlightUtmBuilderQ42026demo0000000003"

Json = dict[str, Any]


@dataclass(frozen=True)
class Hand:
    """A person's hand in one tab. Rows and columns are 0-based, ranges half open, as on the wire."""

    sandbox: Running
    book: str
    tab_id: int
    account: str = "person"

    def act(self, *requests: Json) -> None:
        self.sandbox.act(self.book, list(requests), self.account)

    # ------------------------------------------------------------ cells

    def type(self, row: int, column: int, *typed: object) -> None:
        """Type into one cell and those right of it; `=...` is a formula, None empties."""
        rows = [{"values": [{"userEnteredValue": _entered(one)} if one is not None else {} for one in typed]}]
        start = {"sheetId": self.tab_id, "rowIndex": row, "columnIndex": column}
        self.act({"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}})

    def text(self, row: int, column: int, text: str) -> None:
        """A text that stays text, whatever it begins with."""
        start = {"sheetId": self.tab_id, "rowIndex": row, "columnIndex": column}
        rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
        self.act({"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}})

    def format(self, row: int, column: int, kind: str, pattern: str) -> None:
        cell = {"userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}}}
        fields = "userEnteredFormat.numberFormat"
        self.act(
            {"repeatCell": {"range": self.range(row, row + 1, column, column + 1), "cell": cell, "fields": fields}}
        )

    def merge(self, *area: int) -> None:
        self.act({"mergeCells": {"range": self.range(*area), "mergeType": "MERGE_ALL"}})

    def copy(self, source: Sequence[int | None], to: Sequence[int | None], kind: str = "PASTE_NORMAL") -> None:
        where = {"source": self.range(*source), "destination": self.range(*to), "pasteType": kind}
        self.act({"copyPaste": where})

    def cut(self, source: Sequence[int | None], row: int, column: int) -> None:
        to = {"sheetId": self.tab_id, "rowIndex": row, "columnIndex": column}
        self.act({"cutPaste": {"source": self.range(*source), "destination": to, "pasteType": "PASTE_NORMAL"}})

    # ------------------------------------------------------------ rows, columns, tabs

    def insert(self, dimension: str, at: int, count: int = 1) -> None:
        self.act({"insertDimension": {"range": self.lines(dimension, at, at + count), "inheritFromBefore": at > 0}})

    def delete(self, dimension: str, at: int, count: int = 1) -> None:
        self.act({"deleteDimension": {"range": self.lines(dimension, at, at + count)}})

    def move(self, dimension: str, start: int, end: int, to: int) -> None:
        self.act({"moveDimension": {"source": self.lines(dimension, start, end), "destinationIndex": to}})

    def sort(self, top: int, column: int, right: int | None = None, descending: bool = False) -> None:
        order = {"dimensionIndex": column, "sortOrder": "DESCENDING" if descending else "ASCENDING"}
        self.act({"sortRange": {"range": self.range(top, None, 0, right), "sortSpecs": [order]}})

    def rename(self, title: str) -> None:
        self.act({"updateSheetProperties": {"properties": {"sheetId": self.tab_id, "title": title}, "fields": "title"}})

    def resize(self, rows: int, columns: int) -> None:
        grid = {"rowCount": rows, "columnCount": columns}
        fields = "gridProperties.rowCount,gridProperties.columnCount"
        properties = {"sheetId": self.tab_id, "gridProperties": grid}
        self.act({"updateSheetProperties": {"properties": properties, "fields": fields}})

    def delete_tab(self) -> None:
        self.act({"deleteSheet": {"sheetId": self.tab_id}})

    # ------------------------------------------------------------ looking

    def range(
        self, top: int | None = None, bottom: int | None = None, left: int | None = None, right: int | None = None
    ) -> Json:
        sides = {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}
        return {"sheetId": self.tab_id} | {side: index for side, index in sides.items() if index is not None}

    def lines(self, dimension: str, start: int, end: int) -> Json:
        return {"sheetId": self.tab_id, "dimension": dimension, "startIndex": start, "endIndex": end}

    @property
    def tab(self) -> Json:
        """The tab as exported."""
        return exported_tab(self.sandbox.export(self.book), self.tab_id)

    @property
    def grid(self) -> list[list[str]]:
        return self.sandbox.grid(self.book, self.tab["title"])

    def find(self, text: str) -> tuple[int, int]:
        """The first cell that shows this text."""
        return next((r, c) for r, cells in enumerate(self.grid) for c, shown in enumerate(cells) if shown == text)


def _entered(typed: object) -> Json:
    if isinstance(typed, bool):
        return {"boolValue": typed}
    if isinstance(typed, int | float):
        return {"numberValue": typed}
    return {"formulaValue": typed} if str(typed).startswith("=") else {"stringValue": typed}


def exported_tab(export: Mapping[str, Any], tab_id: int) -> Json:
    found: Json = next(tab for tab in export["tabs"] if tab["sheet_id"] == tab_id)
    return found


def briefs(season: Season) -> Hand:
    return Hand(season.sandbox, BRIEFS, 0)


def builder(season: Season) -> Hand:
    return Hand(season.sandbox, UTM, 77)


def ours_in(season: Season, book: str) -> Hand:
    """A person's hand in our tab."""
    return Hand(season.sandbox, book, OUR_TAB_ID)


# ---------------------------------------------------------------- what stands beside their rows


def our_lines(season: Season, book: str) -> dict[str, dict[str, str]]:
    """Our tab's lines by their key, without case, as Google's lookup compares; lines without key are left out."""
    if not any(tab["sheet_id"] == OUR_TAB_ID for tab in season.sandbox.export(book)["tabs"]):
        return {}
    head, *rows = ours_in(season, book).grid
    lines = [dict(zip(head, row + [""] * (len(head) - len(row)), strict=True)) for row in rows]
    return {line["key"].lower(): line for line in reversed(lines) if line["key"]}


def shown_beside(season: Season, source: Source) -> dict[tuple[int, str], tuple[str, str]]:
    """(row, name) -> (the row's own scoped key or "", what our column `name` shows there), below the header."""
    assert isinstance(source.location, SheetTab)
    grid = Hand(season.sandbox, source.location.spreadsheet, source.location.tab_id).grid
    wanted = [{text.casefold() for text in source.columns[name]} for name in source.key]
    top, keys = _header(grid, wanted)
    mine = {text.removeprefix(OUR_PREFIX): column for column, text in enumerate(grid[top]) if text.startswith("ss:")}
    shown: dict[tuple[int, str], tuple[str, str]] = {}
    for row in range(top + 1, len(grid)):
        parts = [grid[row][column] for column in keys]
        key = SEPARATOR.join([source.name, *parts]) if all(parts) else ""
        shown |= {(row, name): (key, grid[row][column]) for name, column in mine.items()}
    return shown


def _header(grid: list[list[str]], wanted: list[set[str]]) -> tuple[int, list[int]]:
    for row, cells in enumerate(grid):
        texts = [" ".join(text.casefold().split()) for text in cells]
        columns = [next((column for column, text in enumerate(texts) if text in names), None) for names in wanted]
        if all(column is not None for column in columns):
            return row, [column for column in columns if column is not None]
    raise AssertionError("the tab has no header any more")


def assert_beside_their_rows(season: Season, complete: bool = False) -> int:
    """Promise 2: each value our columns show is the one our tab holds for that row's own key, or blank.

    With `complete` (right after a cycle) none of those is blank. Returns how many values were looked at.
    """
    looked = 0
    for source in season.config.rules.sources.values():
        if source.mode is not Mode.COLUMNS or not isinstance(source.location, SheetTab):
            continue
        lines = our_lines(season, source.location.spreadsheet)
        shown = shown_beside(season, source)
        for (row, name), (key, text) in shown.items():
            should = lines.get(key.lower(), {}).get(name, "") if key else ""
            assert text in ({should} if complete else {should, ""}), (source.name, row + 1, name, key, text, should)
            looked += bool(text)
        wanted = {"status", "issues", *source.generated} - set(source.key)
        assert not complete or {name for _, name in shown} == wanted, (source.name, wanted)
    return looked
