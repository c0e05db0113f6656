"""What we want changed, as requests of Google's `spreadsheets.batchUpdate`: the only file that knows how a write looks.

Source: the Sheets v4 discovery document. Indexes are 0-based and half open, a missing one is an open end. Every request
here is either about a tab of ours, about columns of ours, or about our own metadata.
"""

from typing import Any, assert_never

from sheetsync.core.changes import (
    AddTab,
    Batch,
    Change,
    ClearBody,
    Fence,
    FillTab,
    InsertColumns,
    MarkStatus,
    Pin,
    PutFormula,
    ResizeTab,
    Sign,
    UnmergeTab,
)

Json = dict[str, Any]

#: key of the developer metadata that carries a batch's generation; its value is the number and nothing else
GENERATION_KEY = "sheetsync.generation"
#: key of the metadata that stays with a column of ours
COLUMN_KEY = "sheetsync.column"
#: key of the metadata that says whose ledger writes here
INSTALLATION_KEY = "sheetsync.installation"

_PROTECTION = "Filled by sheetsync: what is typed here is replaced at the next run"
#: a calm green; the words carry the meaning
_SOFT = {"red": 0.85, "green": 0.94, "blue": 0.86}


def body(batch: Batch) -> Json:
    """The request body for `spreadsheets.batchUpdate`; the order of the changes is kept, for Google applies them so."""
    return {"requests": [request for change in batch.changes for request in requests(change)]}


def requests(change: Change) -> list[Json]:
    """The requests that one change takes."""
    match change:
        case AddTab():
            return _add_tab(change)
        case ResizeTab():
            return _resize_tab(change)
        case UnmergeTab():
            return [{"unmergeCells": {"range": {"sheetId": change.tab_id}}}]
        case FillTab():
            return _fill_tab(change)
        case InsertColumns():
            return _insert_columns(change)
        case PutFormula():
            return _put_formula(change)
        case ClearBody():
            return _clear_body(change)
        case MarkStatus():
            return _mark_status(change)
        case Pin():
            return _pin(change)
        case Fence():
            return _fence(change)
        case Sign():
            return _sign(change)
    assert_never(change)


def _add_tab(change: AddTab) -> list[Json]:
    grid = {"rowCount": change.rows, "columnCount": change.columns, "frozenRowCount": change.frozen_rows}
    properties = {"sheetId": change.tab_id, "title": change.title, "gridProperties": grid}
    # Only a warning: a real protection would stop the owner from fixing things by hand, and Google refuses a
    # warning-only protection that names editors.
    protection = {"range": {"sheetId": change.tab_id}, "description": _PROTECTION, "warningOnly": True}
    return [{"addSheet": {"properties": properties}}, {"addProtectedRange": {"protectedRange": protection}}]


def _resize_tab(change: ResizeTab) -> list[Json]:
    grid = {"rowCount": change.rows, "columnCount": change.columns}
    properties = {"sheetId": change.tab_id, "gridProperties": grid}
    fields = "gridProperties.rowCount,gridProperties.columnCount"
    return [{"updateSheetProperties": {"properties": properties, "fields": fields}}]


def _fill_tab(change: FillTab) -> list[Json]:
    rows = [{"values": [_text(value) for value in row]} for row in change.rows]
    # A range, not a start: Google clears what lies in it and is not covered by rows, so nothing old is left over.
    return [_update({"sheetId": change.tab_id}, rows)]


def _insert_columns(change: InsertColumns) -> list[Json]:
    ours = {"startIndex": change.at, "endIndex": change.at + change.count}
    where = {"sheetId": change.tab_id, "dimension": "COLUMNS"} | ours
    # At the end of the grid, where we mostly insert, Google refuses to inherit from the column after. Appending instead
    # would need the grid's width, and a width that somebody has changed meanwhile would put our formula into a column
    # of theirs: insertion by index is the only one of the two that cannot. So the format is inherited from the column
    # before, and taken off again at once: dropdowns and currencies of a neighbour are not for us.
    insert = {"insertDimension": {"range": where, "inheritFromBefore": change.at > 0}}
    columns = {"sheetId": change.tab_id, "startColumnIndex": change.at, "endColumnIndex": change.at + change.count}
    return [insert, {"updateCells": {"range": columns, "fields": "userEnteredFormat,dataValidation"}}]


def _put_formula(change: PutFormula) -> list[Json]:
    cell = {"userEnteredValue": {"formulaValue": change.formula}}
    return [_update(_rectangle(change.tab_id, change.column, change.row, change.row + 1), [{"values": [cell]}])]


def _clear_body(change: ClearBody) -> list[Json]:
    return [_update(_rectangle(change.tab_id, change.column, change.first_row, change.last_row + 1), [])]


def _mark_status(change: MarkStatus) -> list[Json]:
    # "Contains not OK" would be the obvious rule, but it also matches every blank cell down to the end of the grid, and
    # a custom formula is parsed in the workbook's locale. "Is exactly OK" is neither.
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": "OK"}]}
    rule = {
        "ranges": [_rectangle(change.tab_id, change.column, change.first_row, None)],
        "booleanRule": {"condition": condition, "format": {"backgroundColorStyle": {"rgbColor": _SOFT}}},
    }
    return [{"addConditionalFormatRule": {"rule": rule, "index": 0}}]


def _fence(change: Fence) -> list[Json]:
    created = {
        "metadataId": change.metadata_id,
        "metadataKey": GENERATION_KEY,
        "metadataValue": str(change.generation),
        "location": {"spreadsheet": True},
        # DOCUMENT, not PROJECT: another service account of the same team, of another Cloud project, must see the fence.
        "visibility": "DOCUMENT",
    }
    deleted = [_delete_generation(metadata_id) for metadata_id in change.retired]
    return [*deleted, {"createDeveloperMetadata": {"developerMetadata": created}}]


def _pin(change: Pin) -> list[Json]:
    # There is no precondition to a write, so one is made of two requests: take the pin away where it should be, put it
    # back. If its column has moved, nothing is taken away, the id is still in use, and Google refuses the whole batch.
    one = {"startIndex": change.column, "endIndex": change.column + 1}
    location = {"dimensionRange": {"sheetId": change.tab_id, "dimension": "COLUMNS"} | one}
    lookup: Json = {"metadataId": change.metadata_id, "metadataKey": COLUMN_KEY}
    if not change.fresh:
        lookup |= {"metadataLocation": location, "locationMatchingStrategy": "EXACT_LOCATION"}
    pin = {"metadataId": change.metadata_id, "metadataKey": COLUMN_KEY, "location": location, "visibility": "DOCUMENT"}
    return [
        {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}},
        {"createDeveloperMetadata": {"developerMetadata": pin}},
    ]


def _sign(change: Sign) -> list[Json]:
    created = {
        "metadataId": change.metadata_id,
        "metadataKey": INSTALLATION_KEY,
        "metadataValue": change.installation,
        "location": {"spreadsheet": True},
        "visibility": "DOCUMENT",
    }
    create = {"createDeveloperMetadata": {"developerMetadata": created}}
    if change.seen is None:
        return [create]
    # Only the mark that was seen, by its value: another one that came meanwhile stays, and refuses the batch.
    lookup = {"metadataKey": INSTALLATION_KEY, "metadataValue": change.seen}
    return [{"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}, create]


def _delete_generation(metadata_id: int) -> Json:
    # An empty lookup deletes everything in the workbook, and an id of 0 is an empty lookup on the wire: the key keeps
    # even the worst mistake within our own entries.
    lookup = {"metadataId": metadata_id, "metadataKey": GENERATION_KEY}
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}


def _update(where: Json, rows: list[Json]) -> Json:
    """Values only: formats, notes and dropdowns stay."""
    return {"updateCells": {"range": where, "rows": rows, "fields": "userEnteredValue"}}


def _text(value: str) -> Json:
    """A typed text, so that one beginning with `=` is never run; a cell without value is truly blank."""
    return {"userEnteredValue": {"stringValue": value}} if value else {}


def _rectangle(tab_id: int, column: int, top: int, bottom: int | None) -> Json:
    """One column from `top` up to but not including `bottom`, or down to the end of the grid."""
    below = {} if bottom is None else {"endRowIndex": bottom}
    return {"sheetId": tab_id, "startRowIndex": top, "startColumnIndex": column, "endColumnIndex": column + 1} | below
