"""What we want changed, as requests of Google's `spreadsheets.batchUpdate`: the only file that knows how a write looks.

Source: the Sheets v4 discovery document. Indexes are 0-based and half open, a missing one is an open end. Every request
here is either about a tab of ours, about columns of ours, or about our own metadata.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sheetsync.core.changes import (
    AddFilterView,
    AddTab,
    Batch,
    Change,
    ClearBody,
    ColourStatus,
    DeleteColumn,
    DeleteTab,
    Dress,
    DropFences,
    DropMark,
    DropWarning,
    Fence,
    FillTab,
    FreezeColumn,
    HintDate,
    HoldColumn,
    InsertColumns,
    InsertLines,
    MarkColumn,
    OfferChoices,
    OfferColumn,
    PutFormula,
    PutHeaders,
    ResizeTab,
    Sign,
    Unmerge,
    WarnAtHeader,
)

Json = dict[str, Any]

#: key of the developer metadata that carries a batch's generation; its value is the number and the run that sent it
GENERATION_KEY = "sheetsync.generation"
#: key of the metadata that stays with a column of ours; its value is what the column shows, and the header it keeps
COLUMN_KEY = "sheetsync.column"
#: key of the metadata on a column that is being handed over
OFFERED_KEY = "sheetsync.offered"
#: between name and header in a mark's value
VALUE_SEPARATOR = "␟"
#: key of the metadata that says whose ledger writes here
INSTALLATION_KEY = "sheetsync.installation"

#: how our warnings are told from other people's
WARNING = "Filled by sheetsync: what is typed here is replaced at the next run"
#: a calm green; the words carry the meaning
_SOFT = {"red": 0.85, "green": 0.94, "blue": 0.86}


def body(batch: Batch) -> Json:
    """The request body for `spreadsheets.batchUpdate`; the order of the changes is kept, for Google applies them so."""
    return {"requests": [request for change in batch.changes for request in requests(change)]}


def requests(change: Change) -> list[Json]:
    """The requests that one change takes."""
    return _REQUESTS[type(change)](change)


def _add_tab(change: AddTab) -> list[Json]:
    grid = {"rowCount": change.rows, "columnCount": change.columns, "frozenRowCount": change.frozen_rows}
    properties = {"sheetId": change.tab_id, "title": change.title, "gridProperties": grid}
    if not change.warned:
        return [{"addSheet": {"properties": properties}}]
    # Only a warning: a real protection would stop the owner from fixing things by hand, and Google refuses a
    # warning-only protection that names editors.
    protection = {"range": {"sheetId": change.tab_id}, "description": WARNING, "warningOnly": True}
    return [{"addSheet": {"properties": properties}}, {"addProtectedRange": {"protectedRange": protection}}]


def _resize_tab(change: ResizeTab) -> list[Json]:
    grid = {"rowCount": change.rows, "columnCount": change.columns}
    properties = {"sheetId": change.tab_id, "gridProperties": grid}
    fields = "gridProperties.rowCount,gridProperties.columnCount"
    return [{"updateSheetProperties": {"properties": properties, "fields": fields}}]


def _unmerge(change: Unmerge) -> list[Json]:
    where, block = {"sheetId": change.tab_id}, change.block
    if block is not None:
        where |= {"startRowIndex": block.top, "endRowIndex": block.bottom}
        where |= {"startColumnIndex": block.left, "endColumnIndex": block.right}
    return [{"unmergeCells": {"range": where}}]


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


def _put_headers(change: PutHeaders) -> list[Json]:
    return [_update(_in_row(change), [{"values": [_text(text) for text in change.texts]}])]


def _in_row(change: PutHeaders) -> Json:
    end = change.column + len(change.texts)
    where = {"sheetId": change.tab_id, "startRowIndex": change.row, "endRowIndex": change.row + 1}
    return where | {"startColumnIndex": change.column, "endColumnIndex": end}


def _insert_lines(change: InsertLines) -> list[Json]:
    end = change.at + len(change.ids)
    ours = {"startIndex": change.at, "endIndex": end}
    where = {"sheetId": change.tab_id, "dimension": "ROWS"} | ours
    # Formats and dropdowns come from the row below, for the header's are other ones. What people painted there, or
    # struck through, says something of that line only.
    rows = {"sheetId": change.tab_id, "startRowIndex": change.at, "endRowIndex": end}
    looks = ",".join(f"userEnteredFormat.{name}" for name in ("backgroundColorStyle", "textFormat", "borders"))
    ids = [{"values": [_text(one)]} for one in change.ids]
    return [
        {"insertDimension": {"range": where, "inheritFromBefore": False}},
        {"updateCells": {"range": rows, "fields": looks}},
        _update(_rectangle(change.tab_id, change.column, change.at, end), ids),
    ]


def _offer_choices(change: OfferChoices) -> list[Json]:
    values = [{"userEnteredValue": choice} for choice in change.choices]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": values}, "strict": False, "showCustomUi": True}
    where = _rectangle(change.tab_id, change.column, change.first_row, None)
    return [{"setDataValidation": {"range": where, "rule": rule}}]


def _hint_date(change: HintDate) -> list[Json]:
    rule = {"condition": {"type": "DATE_IS_VALID"}, "inputMessage": change.hint, "strict": False, "showCustomUi": True}
    where = _rectangle(change.tab_id, change.column, change.first_row, None)
    return [{"setDataValidation": {"range": where, "rule": rule}}]


def _dress(change: Dress) -> list[Json]:
    tab = {"sheetId": change.tab_id}
    top = "userEnteredFormat.verticalAlignment"
    wrap = "userEnteredFormat.wrapStrategy"
    folded = {"userEnteredFormat": {"wrapStrategy": "WRAP", "verticalAlignment": "TOP"}}
    cut = {"userEnteredFormat": {"wrapStrategy": "CLIP"}}
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    header = tab | {"startRowIndex": 0, "endRowIndex": 1}
    sized = [
        {
            "updateDimensionProperties": {
                "range": _columns(change.tab_id, column),
                "properties": {"pixelSize": width},
                "fields": "pixelSize",
            }
        }
        for column, width in enumerate(change.widths)
    ]
    clipped = [
        {"repeatCell": {"range": _rectangle(change.tab_id, column, 1, None), "cell": cut, "fields": wrap}}
        for column in change.cut
    ]
    frozen = {"sheetId": change.tab_id, "gridProperties": {"frozenColumnCount": change.frozen}}
    return [
        {"updateSheetProperties": {"properties": frozen, "fields": "gridProperties.frozenColumnCount"}},
        *sized,
        {"repeatCell": {"range": tab, "cell": folded, "fields": f"{wrap},{top}"}},
        *clipped,
        {"repeatCell": {"range": header, "cell": bold, "fields": "userEnteredFormat.textFormat.bold"}},
    ]


def _add_filter_view(change: AddFilterView) -> list[Json]:
    # A view, not the filter of the tab: of that there is one, and it is people's.
    condition = {"type": "TEXT_NOT_CONTAINS", "values": [{"userEnteredValue": change.without}]}
    spec = {"columnIndex": change.column, "filterCriteria": {"condition": condition}}
    view = {"title": change.title, "range": {"sheetId": change.tab_id}, "filterSpecs": [spec]}
    return [{"addFilterView": {"filter": view}}]


def _clear_body(change: ClearBody) -> list[Json]:
    return [_update(_rectangle(change.tab_id, change.column, change.first_row, change.last_row + 1), [])]


def _colour_status(change: ColourStatus) -> list[Json]:
    # "Contains not OK" would be the obvious rule, but it also matches every blank cell down to the end of the grid, and
    # a custom formula is parsed in the workbook's locale. "Is exactly OK" is neither.
    kind = "TEXT_STARTS_WITH" if change.begins else "TEXT_EQ"
    condition = {"type": kind, "values": [{"userEnteredValue": change.word}]}
    rule = {
        "ranges": [_rectangle(change.tab_id, change.column, change.first_row, None)],
        "booleanRule": {"condition": condition, "format": {"backgroundColorStyle": {"rgbColor": _SOFT}}},
    }
    return [{"addConditionalFormatRule": {"rule": rule, "index": 0}}]


def _fence(change: Fence) -> list[Json]:
    created = {
        "metadataId": change.metadata_id,
        "metadataKey": GENERATION_KEY,
        "metadataValue": f"{change.generation} {change.run}".rstrip(),
        "location": {"spreadsheet": True},
        # DOCUMENT, not PROJECT: another service account of the same team, of another Cloud project, must see the fence.
        "visibility": "DOCUMENT",
    }
    deleted = [_delete_metadata(metadata_id, GENERATION_KEY) for metadata_id in change.retired]
    return [*deleted, {"createDeveloperMetadata": {"developerMetadata": created}}]


def _mark(key: str, change: MarkColumn | OfferColumn | HoldColumn, value: str) -> Json:
    # DOCUMENT: whichever account of the team comes next must know the column for ours.
    mark = {
        "metadataId": change.metadata_id,
        "metadataKey": key,
        "metadataValue": value,
        "location": {"dimensionRange": _columns(change.tab_id, change.column)},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": mark}}


def _mark_value(name: str, header: str) -> str:
    return f"{name}{VALUE_SEPARATOR}{header}" if header else name


def _hold_column(change: HoldColumn) -> list[Json]:
    # There is no precondition to a write, so one is made of three requests. The warning at the header is gone if people
    # have deleted the column, and an update of what is gone is refused. The mark is taken away where it should be and
    # put back: if its column has moved, nothing is taken away, the id is still in use, and Google refuses the batch.
    same = {"protectedRangeId": change.warning_id, "description": WARNING}
    key = OFFERED_KEY if change.offered else COLUMN_KEY
    there = {"dimensionRange": _columns(change.tab_id, change.column)}
    exactly = {"metadataLocation": there, "locationMatchingStrategy": "EXACT_LOCATION"}
    value = change.name if change.offered else _mark_value(change.name, change.header)
    return [
        {"updateProtectedRange": {"protectedRange": same, "fields": "description"}},
        _delete_metadata(change.metadata_id, key, **exactly),
        _mark(key, change, value),
    ]


def _warn_at_header(change: WarnAtHeader) -> list[Json]:
    where = _rectangle(change.tab_id, change.column, change.row, change.row + 1)
    return [{"addProtectedRange": {"protectedRange": {"range": where, "description": WARNING, "warningOnly": True}}}]


def _freeze_column(change: FreezeColumn) -> list[Json]:
    # Pasted onto itself by Google, in one step: each text stays in its row whatever people have sorted meanwhile.
    where = _rectangle(change.tab_id, change.column, change.first_row, None)
    return [{"copyPaste": {"source": where, "destination": where, "pasteType": "PASTE_VALUES"}}]


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
    # Only the mark that was seen: another one that came meanwhile stays, and refuses the batch.
    return [_delete_installation(change.seen), create]


def _delete_installation(seen: str) -> Json:
    lookup = {"metadataKey": INSTALLATION_KEY, "metadataValue": seen}
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}


def _delete_metadata(metadata_id: int, key: str, **more: Any) -> Json:
    # An empty lookup deletes everything in the workbook, and an id of 0 is an empty lookup on the wire: the key keeps
    # even the worst mistake within our own entries.
    lookup = {"metadataId": metadata_id, "metadataKey": key} | more
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}


def _columns(tab_id: int, column: int) -> Json:
    return {"sheetId": tab_id, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}


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


def _mark_column(change: MarkColumn) -> list[Json]:
    return [_mark(COLUMN_KEY, change, _mark_value(change.name, change.header))]


def _offer_column(change: OfferColumn) -> list[Json]:
    return [_delete_metadata(change.metadata_id, OFFERED_KEY), _mark(OFFERED_KEY, change, change.name)]


def _delete_column(change: DeleteColumn) -> list[Json]:
    return [{"deleteDimension": {"range": _columns(change.tab_id, change.column)}}]


def _drop_mark(change: DropMark) -> list[Json]:
    return [_delete_metadata(change.metadata_id, OFFERED_KEY if change.offered else COLUMN_KEY)]


def _drop_warning(change: DropWarning) -> list[Json]:
    return [{"deleteProtectedRange": {"protectedRangeId": change.warning_id}}]


def _delete_tab(change: DeleteTab) -> list[Json]:
    return [{"deleteSheet": {"sheetId": change.tab_id}}]


def _drop_fences(change: DropFences) -> list[Json]:
    deleted = [_delete_metadata(metadata_id, GENERATION_KEY) for metadata_id in change.generations]
    return deleted if change.installation is None else [*deleted, _delete_installation(change.installation)]


#: one entry per kind of `Change`; a test holds the two together
_REQUESTS: Mapping[type[Change], Callable[[Any], list[Json]]] = {
    AddTab: _add_tab,
    ResizeTab: _resize_tab,
    Unmerge: _unmerge,
    FillTab: _fill_tab,
    InsertColumns: _insert_columns,
    PutFormula: _put_formula,
    PutHeaders: _put_headers,
    InsertLines: _insert_lines,
    OfferChoices: _offer_choices,
    HintDate: _hint_date,
    Dress: _dress,
    AddFilterView: _add_filter_view,
    ClearBody: _clear_body,
    ColourStatus: _colour_status,
    MarkColumn: _mark_column,
    OfferColumn: _offer_column,
    WarnAtHeader: _warn_at_header,
    HoldColumn: _hold_column,
    DeleteColumn: _delete_column,
    FreezeColumn: _freeze_column,
    DropMark: _drop_mark,
    DropWarning: _drop_warning,
    DeleteTab: _delete_tab,
    DropFences: _drop_fences,
    Fence: _fence,
    Sign: _sign,
}
