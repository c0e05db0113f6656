"""A workbook in memory: tabs, sparse cells and what hangs on them; cells and rows are frozen, so copying is cheap."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sheetsync.sandbox import ids
from sheetsync.sandbox.a1 import Area, Box
from sheetsync.sandbox.drive.model import ROLES, DriveAttributes
from sheetsync.sandbox.sparse import Sparse

Json = dict[str, Any]
Cells: TypeAlias = Sparse["Cell"]

SHEETS_MIME = "application/vnd.google-apps.spreadsheet"
XLSX_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Google's limits, checked on the grid and not on filled cells [reported]
MAX_CELLS = 10_000_000
MAX_CHARACTERS = 50_000


@dataclass(frozen=True, slots=True)
class Cell:
    """What a person or program put into one cell. The dicts inside are never changed in place."""

    #: None, bool, float or str as entered; ignored where there is a formula
    value: bool | float | str | None = None
    #: with its leading `=`
    formula: str | None = None
    #: Google's CellFormat
    format: Json | None = None
    note: str = ""
    #: Google's DataValidationRule
    validation: Json | None = None
    #: Google's TextFormatRuns
    runs: tuple[Json, ...] = ()
    #: Google's ChipRuns: smart chips, which only people make here
    chips: tuple[Json, ...] = ()

    @property
    def holds_value(self) -> bool:
        return self.value is not None or self.formula is not None

    def with_value(self, value: bool | float | str | None, formula: str | None = None) -> "Cell":
        """This cell with another value; a new text has no runs, no chips and no link behind it."""
        return replace(self, value=value, formula=formula, runs=(), chips=(), format=_without_link(self.format))


def _without_link(cell_format: Json | None) -> Json | None:
    text = (cell_format or {}).get("textFormat", {})
    if cell_format is None or "link" not in text:
        return cell_format
    rest = {name: value for name, value in text.items() if name != "link"}
    others = {name: value for name, value in cell_format.items() if name != "textFormat"}
    return (others | {"textFormat": rest} if rest else others) or None


EMPTY = Cell()
#: by their text: a million cells have a dozen formats
_SHARED: dict[str, Json] = {}
_MOST_SHARED = 10_000


def shared(part: Json | None) -> Json | None:
    """One object for all equal formats, or rules, of cells: none of them is ever changed in place."""
    if part is None:
        return None
    if len(_SHARED) > _MOST_SHARED:
        _SHARED.clear()
    return _SHARED.setdefault(repr(part), part)


@dataclass(frozen=True, slots=True)
class Protection:
    """A protected range; `box` without bounds is the whole tab."""

    id: int
    box: Box
    description: str = ""
    warning_only: bool = False
    editors: tuple[str, ...] = ()
    #: who asked for it: may always edit, though Google does not list them
    creator: str = ""
    unprotected: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A conditional format: its ranges on the tab and the rule as Google states it."""

    boxes: tuple[Box, ...]
    #: `booleanRule` or `gradientRule`
    body: Json


@dataclass(frozen=True, slots=True)
class Group:
    """A group of rows or columns; `depth` counts the groups it lies in, itself included."""

    start: int
    end: int
    depth: int
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class FilterView:
    """A filter view: what it shows is its own affair and hides no row from anybody else."""

    id: int
    title: str
    box: Box
    #: `filterSpecs` and `sortSpecs` as Google states them
    body: Json
    #: the id of the named range that backs it, whose box then counts
    named: str = ""


@dataclass(frozen=True, slots=True)
class Banding:
    """Alternating colours over a range."""

    id: int
    box: Box
    #: `rowProperties` and `columnProperties` as Google states them
    body: Json


@dataclass(frozen=True, slots=True)
class Metadata:
    """Developer metadata at the spreadsheet (no sheet), a sheet (no dimension), or one row or column."""

    id: int
    key: str
    value: str = ""
    visibility: str = "DOCUMENT"
    sheet_id: int | None = None
    dimension: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class NamedRange:
    id: str
    name: str
    sheet_id: int
    box: Box


@dataclass
class Tab:
    """One tab. `copied` shares the frozen parts, so edits on the copy never reach the original."""

    sheet_id: int
    title: str
    rows: int = 1000
    columns: int = 26
    hidden: bool = False
    frozen_rows: int = 0
    frozen_columns: int = 0
    #: further SheetProperties kept as Google states them (tabColor, rightToLeft) and gridProperties (hideGridlines)
    extra: Json = field(default_factory=dict)
    extra_grid: Json = field(default_factory=dict)
    cells: Cells = field(default_factory=Sparse)
    merges: list[Area] = field(default_factory=list)
    protections: list[Protection] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    #: BasicFilter without its range, and its range
    filter: Json | None = None
    filter_box: Box = field(default_factory=Box)
    filter_views: list[FilterView] = field(default_factory=list)
    bandings: list[Banding] = field(default_factory=list)
    row_groups: list[Group] = field(default_factory=list)
    column_groups: list[Group] = field(default_factory=list)
    #: index -> DimensionProperties that differ from the default (hiddenByUser, pixelSize)
    row_properties: dict[int, Json] = field(default_factory=dict)
    column_properties: dict[int, Json] = field(default_factory=dict)

    def copied(self) -> "Tab":
        """A tab that can be edited without touching this one."""
        twin = copy.copy(self)
        twin.cells = self.cells.copy()
        twin.merges, twin.protections, twin.rules = list(self.merges), list(self.protections), list(self.rules)
        twin.filter_views, twin.bandings = list(self.filter_views), list(self.bandings)
        twin.row_groups, twin.column_groups = list(self.row_groups), list(self.column_groups)
        twin.row_properties, twin.column_properties = dict(self.row_properties), dict(self.column_properties)
        twin.extra, twin.extra_grid = dict(self.extra), dict(self.extra_grid)
        return twin

    @property
    def grid(self) -> Area:
        return Area(0, self.rows, 0, self.columns)

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), EMPTY)

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Stores a cell; an empty one is forgotten."""
        if cell == EMPTY:
            self.cells.pop((row, column), None)
            return
        if cell.format is not (alike := shared(cell.format)):
            cell = replace(cell, format=alike)
        self.cells[row, column] = cell

    def inside(self, area: Area) -> Iterator[tuple[int, int]]:
        """The places of stored cells within `area`, cheap for both small areas and small tabs."""
        rows = self.cells.rows
        within = range(area.top, area.bottom) if area.rows <= len(rows) else sorted(rows)
        for row in within:
            line = rows.get(row, ()) if area.top <= row < area.bottom else ()
            for column in range(area.left, min(area.right, len(line))):
                if line[column] is not None:
                    yield row, column


@dataclass
class Workbook:
    """One spreadsheet with its Drive attributes."""

    id: str
    title: str
    locale: str = "en_US"
    time_zone: str = "Etc/GMT"
    owner: str = ""
    #: e-mail -> `writer`, `commenter` or `reader`; the owner is not listed, groups, domains and links are in `drive`
    shared_with: dict[str, str] = field(default_factory=dict)
    #: RFC 3339 with milliseconds, as Drive states times
    created: str = ""
    modified: str = ""
    modified_by: str = ""
    version: int = 1
    trashed: bool = False
    #: what Drive says the file is; an Office file only lies there, and the Sheets API does not take it
    mime_type: str = SHEETS_MIME
    tabs: list[Tab] = field(default_factory=list)
    metadata: list[Metadata] = field(default_factory=list)
    named: list[NamedRange] = field(default_factory=list)
    drive: DriveAttributes = field(default_factory=DriveAttributes)

    def copied(self) -> "Workbook":
        """A workbook whose edits do not reach this one; the base of every atomic batch."""
        twin = copy.copy(self)
        twin.tabs = [tab.copied() for tab in self.tabs]
        twin.metadata, twin.named, twin.shared_with = list(self.metadata), list(self.named), dict(self.shared_with)
        return twin

    def tab(self, sheet_id: int) -> Tab | None:
        return next((tab for tab in self.tabs if tab.sheet_id == sheet_id), None)

    def titled(self, title: str) -> Tab | None:
        """The tab of this title; Google compares titles without regard to case."""
        folded = title.casefold()
        return next((tab for tab in self.tabs if tab.title.casefold() == folded), None)

    def role(self, account: str) -> str | None:
        """`owner`, `writer`, `commenter`, `reader`, or None where the account has no access."""
        if account == self.owner:
            return "owner"
        held = [grant.role for grant in self.drive.grants if grant.covers(account)]
        if account in self.shared_with:
            held.append(self.shared_with[account])
        return max(held, key=ROLES.index, default=None)

    @property
    def grid_cells(self) -> int:
        return sum(tab.rows * tab.columns for tab in self.tabs)

    def fresh_id(self, taken: set[int]) -> int:
        """A random positive id not in `taken`, as Google gives to sheets, protections and metadata."""
        while (number := ids.number(2**31 - 1)) in taken:
            continue
        return number
