"""Every kind of request of `spreadsheets.batchUpdate` the sandbox understands, and the loop that applies a batch."""

from collections.abc import Mapping
from datetime import date

from sheetsync.sandbox.batch import (
    banding,
    blocks,
    borders,
    cells,
    conditional,
    dimensions,
    filling,
    filtering,
    finding,
    groups,
    merging,
    metadata,
    moving,
    names,
    pasting,
    protection,
    tabs,
    tidying,
)
from sheetsync.sandbox.batch.editing import Editing, Handler
from sheetsync.sandbox.errors import Json, bad
from sheetsync.sandbox.model import Workbook

#: kind -> handler; a kind of the schema that is missing here is refused by name
KINDS: Mapping[str, Handler] = {
    "addSheet": tabs.add_sheet,
    "deleteSheet": tabs.delete_sheet,
    "duplicateSheet": tabs.duplicate_sheet,
    "updateSheetProperties": tabs.update_sheet_properties,
    "updateSpreadsheetProperties": tabs.update_spreadsheet_properties,
    "insertDimension": dimensions.insert_dimension,
    "deleteDimension": dimensions.delete_dimension,
    "moveDimension": dimensions.move_dimension,
    "appendDimension": dimensions.append_dimension,
    "updateDimensionProperties": dimensions.update_dimension_properties,
    "autoResizeDimensions": dimensions.auto_resize_dimensions,
    "addDimensionGroup": groups.add_dimension_group,
    "deleteDimensionGroup": groups.delete_dimension_group,
    "updateDimensionGroup": groups.update_dimension_group,
    "insertRange": blocks.insert_range,
    "deleteRange": blocks.delete_range,
    "updateCells": cells.update_cells,
    "repeatCell": cells.repeat_cell,
    "setDataValidation": cells.set_data_validation,
    "updateBorders": borders.update_borders,
    "appendCells": pasting.append_cells,
    "pasteData": pasting.paste_data,
    "textToColumns": pasting.text_to_columns,
    "autoFill": filling.auto_fill,
    "findReplace": finding.find_replace,
    "trimWhitespace": tidying.trim_whitespace,
    "deleteDuplicates": tidying.delete_duplicates,
    "randomizeRange": tidying.randomize_range,
    "sortRange": moving.sort_range,
    "cutPaste": moving.cut_paste,
    "copyPaste": moving.copy_paste,
    "mergeCells": merging.merge_cells,
    "unmergeCells": merging.unmerge_cells,
    "setBasicFilter": filtering.set_basic_filter,
    "clearBasicFilter": filtering.clear_basic_filter,
    "addFilterView": filtering.add_filter_view,
    "updateFilterView": filtering.update_filter_view,
    "deleteFilterView": filtering.delete_filter_view,
    "duplicateFilterView": filtering.duplicate_filter_view,
    "addNamedRange": names.add_named_range,
    "updateNamedRange": names.update_named_range,
    "deleteNamedRange": names.delete_named_range,
    "addProtectedRange": protection.add_protected_range,
    "updateProtectedRange": protection.update_protected_range,
    "deleteProtectedRange": protection.delete_protected_range,
    "addConditionalFormatRule": conditional.add_conditional_format_rule,
    "updateConditionalFormatRule": conditional.update_conditional_format_rule,
    "deleteConditionalFormatRule": conditional.delete_conditional_format_rule,
    "addBanding": banding.add_banding,
    "updateBanding": banding.update_banding,
    "deleteBanding": banding.delete_banding,
    "createDeveloperMetadata": metadata.create_developer_metadata,
    "updateDeveloperMetadata": metadata.update_developer_metadata,
    "deleteDeveloperMetadata": metadata.delete_developer_metadata,
}


def kinds_in(requests: list[Json]) -> list[str]:
    """The kind of each decoded request, `""` where none is set."""
    return [next(iter(request), "") for request in requests]


def apply_batch(book: Workbook, requests: list[Json], account: str, today: date) -> tuple[Workbook, list[Json]]:
    """The workbook after all requests and their replies. `book` itself is never touched: a refusal leaves no trace."""
    if not requests:
        raise bad("Must specify at least one request.")
    edited = book.copied()
    editing = Editing(edited, account, today)
    replies = []
    for index, request in enumerate(requests):
        if len(request) != 1:
            raise bad(f"Invalid requests[{index}]: Exactly one kind of request must be set.")
        kind = next(iter(request))
        editing.prefix = f"Invalid requests[{index}].{kind}: "
        handler = KINDS.get(kind)
        if handler is None:
            raise editing.refuse(f"{kind} is not supported by this sandbox.")
        replies.append(handler(editing, request[kind]))
    return edited, replies
