"""A scratch spreadsheet: tabs of our own to try things in, under ids of our own, all of them gone again at the end."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sheetsync.adapters.google_errors import Complaint
from sheetsync.adapters.google_probe.drive import Drive
from sheetsync.adapters.google_probe.wire import Declined, Json, Wire, checked_id
from sheetsync.errors import Refused, SheetsyncError, Unreachable, UsageError
from sheetsync.ports import Clock

#: ids of our tabs and metadata; none of them is one that a real run gives out
_FIRST_ID, _IDS = 1_999_000_000, 1_000
_PREFIX = "sheetsync-probe"
_OUR_KEYS = "sheetsync."

#: whatever a tab can hold that makes it somebody's
_OF_TABS = "merges,charts.chartId,protectedRanges.protectedRangeId,conditionalFormats,basicFilter.range,tables.tableId"
_CONTENT = (
    "namedRanges.namedRangeId,developerMetadata(metadataId,metadataKey),"
    f"sheets(properties(sheetId,title,sheetType),{_OF_TABS},data.rowData.values(userEnteredValue,note))"
)
_LEFT = "developerMetadata(metadataId,metadataKey),sheets.properties(sheetId,title)"
_TRIES = 3
#: seconds before what was refused is looked at again
_BREATH = 2.0

Cell = Mapping[str, Any]
"""One CellData of Google's."""


@dataclass(frozen=True, slots=True)
class Probed:
    """A tab of a check's own."""

    id: int
    title: str
    rows: int
    columns: int

    @property
    def added(self) -> Json:
        """The request that adds it."""
        grid = {"rowCount": self.rows, "columnCount": self.columns}
        return {"addSheet": {"properties": {"sheetId": self.id, "title": self.title, "gridProperties": grid}}}

    @property
    def removed(self) -> Json:
        """The request that takes it away again, for tabs so large that they would hold up the rest."""
        return {"deleteSheet": {"sheetId": self.id}}

    def block(self, top: int = 0, bottom: int | None = None, left: int = 0, right: int | None = None) -> Json:
        """A GridRange in it: 0-based, half open, by default the whole tab."""
        rows = {"startRowIndex": top, "endRowIndex": self.rows if bottom is None else bottom}
        columns = {"startColumnIndex": left, "endColumnIndex": self.columns if right is None else right}
        return {"sheetId": self.id} | rows | columns

    def lines(self, dimension: str, start: int, end: int) -> Json:
        """A DimensionRange in it: `ROWS` or `COLUMNS`."""
        return {"sheetId": self.id, "dimension": dimension, "startIndex": start, "endIndex": end}

    def filled(self, rows: Sequence[Sequence[object]], row: int = 0, column: int = 0) -> Json:
        """The request that puts cells from (row, column) on: texts, numbers, None, or CellData as they are."""
        start = {"sheetId": self.id, "rowIndex": row, "columnIndex": column}
        values = [{"values": [_cell(value) for value in each]} for each in rows]
        return {"updateCells": {"start": start, "rows": values, "fields": "userEnteredValue,userEnteredFormat"}}


def formula(text: str) -> Json:
    """A formula as CellData."""
    return {"userEnteredValue": {"formulaValue": text}}


def _cell(value: object) -> Json:
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    kind = "stringValue" if isinstance(value, str) else "numberValue"
    return {"userEnteredValue": {kind: value}}


def text(cell: Cell) -> str:
    """What a person sees in a cell."""
    return str(cell.get("formattedValue", ""))


class Scratch:
    """What a check may do. Raises `Declined`, `AnswerLost` or `Unreachable`, as the wire does."""

    def __init__(
        self, wire: Wire, second: Wire | None = None, unshared: str | None = None, files: bool = False
    ) -> None:
        self._wire = wire
        #: asks for its token when a check first needs it
        self.drive = Drive(wire)
        #: whether checks may make files of their own in Drive
        self._files = files
        #: another account that may edit the spreadsheet but does not own it
        self.second = second
        #: id of a spreadsheet that is not shared with us
        self.unshared = checked_id(unshared) if unshared else None
        self._given = 0

    @property
    def clock(self) -> Clock:
        return self._wire.clock

    @property
    def account(self) -> str:
        return self._wire.account

    def locale(self) -> str:
        """The workbook's locale, such as `de_DE`."""
        return str(self._wire.get("properties.locale")["properties"]["locale"])

    def version(self) -> str:
        """What Drive says of the spreadsheet's version, as the daemon asks for it."""
        return self._wire.version()

    def new_id(self) -> int:
        """An id for a tab or metadata that nothing else in this run has."""
        self._given += 1
        return _FIRST_ID + self._given

    def tab(self, rows: int = 20, columns: int = 8) -> Probed:
        """A tab of a check's own; it is there once a batch has sent its `added`."""
        chosen = self.new_id()
        return Probed(chosen, f"{_PREFIX} {chosen - _FIRST_ID}", rows, columns)

    def batch(self, *requests: Json, **extra: Any) -> Json:
        """One atomic batch that must be taken."""
        return self._wire.batch({"requests": list(requests)} | extra)

    def refusal(self, *requests: Json, wire: Wire | None = None) -> Complaint | None:
        """How a batch is refused; None when it is taken."""
        try:
            (wire or self._wire).batch({"requests": list(requests)})
        except Declined as declined:
            return declined.complaint
        return None

    def cells(self, tab: Probed, fields: str = "formattedValue,effectiveValue,userEnteredValue") -> list[list[Cell]]:
        """Every row of a tab as CellData, as far as Google answers them."""
        return _rows(self._wire.get(f"sheets.data.rowData.values({fields})", f"'{tab.title}'"))

    def shown(self, tab: Probed) -> list[list[str]]:
        """What a person sees, padded to the width and height of the tab."""
        read = self.cells(tab, "formattedValue")
        rows = [[text(cell) for cell in row] for row in read]
        padded = [row + [""] * (tab.columns - len(row)) for row in rows]
        return padded + [[""] * tab.columns] * (tab.rows - len(padded))

    def metadata(self, tab: Probed, dimension: str) -> dict[int, list[tuple[int, str]]]:
        """Row or column (0-based) -> (id, key) of the metadata on it; `dimension` is `row` or `column`."""
        kind = f"{dimension}Metadata"
        fields = f"sheets.data.{kind}.developerMetadata(metadataId,metadataKey)"
        answer = self._wire.get(fields, f"'{tab.title}'")
        lines = answer["sheets"][0]["data"][0].get(kind, [])
        found = {line: _entries(each) for line, each in enumerate(lines)}
        return {line: entries for line, entries in found.items() if entries}

    def get(self, fields: str, *ranges: str, spreadsheet: str = "", **more: Any) -> Json:
        """Any `spreadsheets.get`; `more` are further parameters."""
        return self._wire.get(fields, *ranges, spreadsheet=spreadsheet, **more)

    def append(self, tab: Probed, row: list[str]) -> str:
        """`values:append` to the table at A1; the range it went to."""
        return str(self._wire.append(f"'{tab.title}'!A1", row)["updates"]["updatedRange"])

    # ------------------------------------------------------------ coming and going

    def check_empty(self) -> None:
        """Raises `UsageError` unless there is nothing but blank tabs and leftovers of an earlier probe."""
        try:
            book = self._wire.get(_CONTENT)
        except Declined as declined:
            if declined.complaint.code != 404:
                raise
            text = f"no spreadsheet with id {self._wire.spreadsheet};"
            raise Refused(text, f"create a blank one and share it with {self.account} as Editor.") from declined
        tabs = book["sheets"]
        blank = [tab for tab in tabs if not _is_ours(tab["properties"])]
        full = next((tab["properties"]["title"] for tab in blank if _is_used(tab)), None)
        if full is None and (book.get("namedRanges") or len(_our_metadata(book)) < len(_entries(book))):
            full = "named ranges or developer metadata"
        if full is not None or not blank:
            what = f"holds something in {full!r}" if full else "has no blank tab of its own"
            remedy = "Create a blank spreadsheet, share it with this account as Editor, and give its id."
            raise UsageError(f"{self._wire.spreadsheet} is no scratch spreadsheet: it {what}.", remedy)

    def clean(self) -> str:
        """Take everything of ours away; in words what may have stayed, or nothing."""
        return " ".join(filter(None, [self._clean_tabs(), self.drive.clean() if self._files else ""]))

    def _clean_tabs(self) -> str:
        said = "it kept coming back"
        try:
            # Looked at again, because a write whose answer was lost may arrive after the first cleaning, and because
            # what a refused one wanted to take away may have been gone already.
            for _ in range(_TRIES):
                removal = self._removal()
                if not removal:
                    return ""
                refused = self.refusal(*removal)
                if refused is not None:
                    said = refused.message
                    self.clock.sleep(_BREATH)
            if not self._removal():
                return ""
        except SheetsyncError as trouble:
            said = str(trouble)
        what = f"what the probe added may still be there ({said.rstrip('.')});"
        return f"{what} run the probe again, or delete the tabs `{_PREFIX} …`."

    def _removal(self) -> list[Json]:
        book = self._wire.get(_LEFT)
        tabs = [tab["properties"] for tab in book["sheets"]]
        deleted: list[Json] = [{"deleteSheet": {"sheetId": tab["sheetId"]}} for tab in tabs if _is_ours(tab)]
        # By key alone: there was no metadata before, and Google may not have kept to the ids we chose.
        for metadata_id, key in (each for each in _entries(book) if each[1].startswith(_OUR_KEYS)):
            # The key keeps even the worst mistake within our own entries: an empty lookup would delete everything.
            lookup = {"metadataId": metadata_id, "metadataKey": key}
            deleted.append({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}})
        return deleted


@contextmanager
def borrowed(scratch: Scratch, left: list[str]) -> Iterator[None]:
    """The scratch spreadsheet for a block: checked and clean before, clean again afterwards whatever happens.

    What could not be taken away is told in `left`. Raises `UsageError` for a spreadsheet that holds anything, and
    `Declined` when we may not write there.
    """
    scratch.check_empty()
    try:
        scratch.clean()
        scratch.batch(scratch.tab().added)
        yield
    except BaseException as error:
        if stayed := scratch.clean():
            raise Unreachable(stayed) from error
        raise
    left += filter(None, [scratch.clean()])


def _rows(answer: Json) -> list[list[Cell]]:
    return [row.get("values", []) for row in answer["sheets"][0]["data"][0].get("rowData", [])]


def _is_ours(properties: Mapping[str, Any]) -> bool:
    ours: bool = _FIRST_ID < properties["sheetId"] <= _FIRST_ID + _IDS
    return ours and str(properties["title"]).startswith(_PREFIX)


def _is_used(tab: Json) -> bool:
    if tab["properties"].get("sheetType", "GRID") != "GRID":
        return True
    cells = (cell for data in tab.get("data", []) for row in data.get("rowData", []) for cell in row.get("values", []))
    return bool(set(tab) - {"properties", "data"}) or any(cells)


def _entries(holder: Json) -> list[tuple[int, str]]:
    return [(each["metadataId"], each["metadataKey"]) for each in holder.get("developerMetadata", [])]


def _our_metadata(book: Json) -> list[tuple[int, str]]:
    return [
        (number, key)
        for number, key in _entries(book)
        if _FIRST_ID < number <= _FIRST_ID + _IDS and key.startswith(_OUR_KEYS)
    ]
