"""A Google that behaves otherwise than believed: the sandbox with one belief made false, by the belief's name."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sheetsync.adapters.google_probe import spills, timing
from sheetsync.core.lookup import spilling_lookup
from sheetsync.sandbox import Running, api_sheets, calls, cellviews, results, views
from sheetsync.sandbox.batch import editing as editing_room
from sheetsync.sandbox.batch import table
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.batch.table import KINDS
from sheetsync.sandbox.drive import views as drive_views
from sheetsync.sandbox.errors import GoogleError, forbidden, not_found
from sheetsync.sandbox.formulas import Array, FormulaError
from sheetsync.sandbox.formulas import evaluate as evaluate_usually
from sheetsync.sandbox.formulas.functions import FUNCTIONS

Json = dict[str, Any]
Patch = pytest.MonkeyPatch
Change = Callable[[Patch, Running], None]


def _request(kind: str, instead: Callable[[Callable[..., Json], Editing, Json], Json]) -> Change:
    """Another handling of one kind of request; `instead` gets the usual one first."""
    usual = KINDS[kind]
    return lambda patch, _: patch.setitem(KINDS, kind, lambda editing, request: instead(usual, editing, request))


def _formula(change: Callable[..., str]) -> Change:
    """A formula that shows what ours would show if Google evaluated it otherwise."""
    return lambda patch, _: patch.setattr(spills, "spilling_lookup", change)


# ---------------------------------------------------------------- formulas


def _starting_below(header: str, source: str, key: object, our_tab: str, column: int) -> str:
    found = f"XLOOKUP(\"{source}␟\"&$A$2:$A$20;'{our_tab}'!$A:$A;'{our_tab}'!$B:$B)"
    return f'={{"{header}";ARRAYFORMULA(IFERROR({found}))}}'


def _remembering(*_: object) -> str:
    return '={"ss:probe";"of Z1";"of A1";"of T1";"of M1"}'


def _forgiving(*given: Any) -> str:
    """Without the last look at the key that was found."""
    return spilling_lookup(*given).replace("IF(EXACT(XLOOKUP", "IF(LEN(XLOOKUP").replace(";key);XLOOKUP", ");XLOOKUP")


def _spills_around(patch: Patch, _: Running) -> None:
    def spill(self: Any, tab: Any, row: int, column: int, array: Array) -> Any:
        for down, line in enumerate(array.rows):
            if line[0] is not None and down:
                self._spilled[tab.sheet_id, row + down, column] = line[0]
        return array.rows[0][0]

    patch.setattr(results.Results, "_spill", spill)


def _no_semicolons(patch: Patch, _: Running) -> None:
    usual = evaluate_usually

    def evaluate(formula: str, *rest: Any, **more: Any) -> Any:
        return FormulaError("#ERROR!", "parse error") if ";" in formula else usual(formula, *rest, **more)

    patch.setattr(results, "evaluate", evaluate)


def _bare_text(patch: Patch, _: Running) -> None:
    patch.setitem(FUNCTIONS, "TO_TEXT", FUNCTIONS["CONCATENATE"])


# ---------------------------------------------------------------- batches


def _not_atomic(patch: Patch, sandbox: Running) -> None:
    usual = table.apply_batch

    def apply(book: Any, requests: list[Json], account: str, today: Any) -> Any:
        edited, replies = book, []
        for each in requests:
            try:
                edited, reply = usual(edited, [each], account, today)
            except GoogleError:
                sandbox.state.commit(edited, account)
                raise
            replies += reply
        return edited, replies

    patch.setattr(api_sheets, "apply_batch", apply)


def _stale(in_answers: bool) -> Change:
    """Answers to batches, or else the first read after each, show the workbook as it was before."""

    def change(patch: Patch, _: Running) -> None:
        usual_apply, usual_view = table.apply_batch, api_sheets._view
        before: list[Any] = []

        def apply(book: Any, *rest: Any) -> Any:
            before[:] = [book]
            return usual_apply(book, *rest)

        def view(call: Any, book: Any, mask: Any, ranges: Any, grid_data: bool) -> Json:
            known = before and all(before[0].titled(each.strip("'")) for each in ranges or [])
            if known and bool(call.kinds) is in_answers:
                book = before.pop()
            return usual_view(call, book, mask, ranges, grid_data)

        patch.setattr(api_sheets, "apply_batch", apply)
        patch.setattr(api_sheets, "_view", view)

    return change


def _refuses_the_end(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    where = request["range"]
    if where["startIndex"] >= editing.tab(where["sheetId"]).columns:
        raise editing.refuse("range.startIndex must be less than the grid size.")
    return usual(editing, request)


def _leaves_the_rest(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    if request.get("rows") and "range" in request:
        request = {"start": {"sheetId": request["range"]["sheetId"]}, **request}
    return usual(editing, request)


def _runs_text(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    for row in request.get("rows", []):
        for cell in row.get("values", []):
            text = cell.get("userEnteredValue", {}).get("stringValue", "")
            if text.startswith("="):
                cell["userEnteredValue"] = {"formulaValue": text}
    return usual(editing, request)


def _colours_blanks(patch: Patch, _: Running) -> None:
    usual = cellviews._ruled

    def ruled(book: Any, tab: Any, row: int, column: int) -> Json:
        if book.text(tab, row, column) == "":
            return {"backgroundColorStyle": {"rgbColor": {"red": 0.85, "green": 0.94, "blue": 0.86}}}
        return usual(book, tab, row, column)

    patch.setattr(cellviews, "_ruled", ruled)
    # A blank cell of a coloured range is answered with its colour.
    patch.setattr(
        views, "_rows", lambda results, tab, area, _mask: [
            {"values": [cellviews.cell_view(results, tab, row, column, ["formattedValue", "effectiveFormat"])
                        for column in range(area.left, area.right)]} for row in range(area.top, area.bottom)]
    )  # fmt: skip


# ---------------------------------------------------------------- metadata


def _ignores_collisions(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    given = dict(request["developerMetadata"])
    if given.get("metadataId") in {each.id for each in editing.book.metadata}:
        del given["metadataId"]
    return usual(editing, {"developerMetadata": given})


def _finds_anywhere(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    lookup = dict(request["dataFilter"]["developerMetadataLookup"])
    lookup.pop("metadataLocation", None)
    return usual(editing, {"dataFilter": {"developerMetadataLookup": lookup}})


def _looks_at_no_value(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    lookup = dict(request["dataFilter"]["developerMetadataLookup"])
    lookup.pop("metadataValue", None)
    return usual(editing, {"dataFilter": {"developerMetadataLookup": lookup}})


def _stays_behind(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    before = list(editing.book.metadata)
    answer = usual(editing, request)
    editing.book.metadata = before
    return answer


def _changes_what_is_gone(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    try:
        return usual(editing, request)
    except GoogleError:
        return {}


def _sorts_tags(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    answer = usual(editing, request)
    tagged = editing.book.metadata
    editing.book.metadata = [replace(each, index=2 - each.index) if each.dimension else each for each in tagged]
    return answer


def _takes_the_mark_along(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    answer = usual(editing, request)
    twin, book = request["newSheetId"], editing.book
    here = request["sourceSheetId"]
    book.metadata = [replace(each, sheet_id=twin) if each.sheet_id == here else each for each in book.metadata]
    return answer


# ---------------------------------------------------------------- refusals


def _tells_editors(patch: Patch, _: Running) -> None:
    usual = views.protection_view
    patch.setattr(views, "protection_view", lambda book, tab, each, _account: usual(book, tab, each, book.owner)
                  | {"requestingUserCanEdit": False})  # fmt: skip


def _tells_everybody_of_themselves(patch: Patch, _: Running) -> None:
    usual = views.protection_view

    def view(book: Any, tab: Any, each: Any, account: str) -> Json:
        seen = usual(book, tab, each, account)
        return seen | ({"editors": {"users": [account]}} if "editors" in seen else {})

    patch.setattr(views, "protection_view", view)


def _stops_programs(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    return usual(editing, {"protectedRange": {**request["protectedRange"], "warningOnly": False}})


def _hides_metadata(patch: Patch, _: Running) -> None:
    usual = api_sheets._view

    def view(call: Any, *rest: Any) -> Json:
        answer = usual(call, *rest)
        return answer if call.account.startswith("sheetsync@") else {**answer, "developerMetadata": []}

    patch.setattr(api_sheets, "_view", view)


# ---------------------------------------------------------------- Drive


def _stands_still(patch: Patch, _: Running) -> None:
    still = {"version": "7", "modifiedTime": "2026-11-01T00:00:00.000Z"}
    patch.setattr("sheetsync.sandbox.drive.api_files.file_view", lambda *given: drive_views.file_view(*given) | still)


#: belief -> what makes it false; one that nobody can check is missing here
OTHERWISE: dict[str, Change] = {
    "reads-see-writes": _stale(in_answers=False),
    "large-lookups-are-ready-soon": lambda patch, _: patch.setattr(timing, "spilling_lookup", lambda *_: '="Loading"'),
    "spill-follows-rows": _formula(_starting_below),
    "sorted-header-shows-nothing-wrong": _formula(_remembering),
    "blocked-spill-is-an-error": _spills_around,
    "to-text-is-what-people-see": _bare_text,
    "blank-results-are-blank": _formula(lambda *given: spilling_lookup(*given).replace(";)))))", ';""));"")))')),
    "semicolons-part-arguments": _no_semicolons,
    "lookups-are-to-the-letter": _formula(_forgiving),
    "batches-are-atomic": _not_atomic,
    "answers-show-the-state-after": _stale(in_answers=True),
    "columns-insert-and-fill-at-once": _request("insertDimension", lambda *_: {}),
    "columns-insert-at-the-grids-end": _request("insertDimension", _refuses_the_end),
    "whole-tab-updates-clear-the-rest": _request("updateCells", _leaves_the_rest),
    "typed-text-stays-text": _request("updateCells", _runs_text),
    "blank-cells-are-not-coloured": _colours_blanks,
    "doubled-batches-are-refused": _request("createDeveloperMetadata", _ignores_collisions),
    "one-installation-signs": _request("deleteDeveloperMetadata", _looks_at_no_value),
    "metadata-moves-with-its-column": _request("moveDimension", _stays_behind),
    "moved-columns-refuse-the-batch": _request("deleteDeveloperMetadata", _finds_anywhere),
    "deleted-columns-refuse-the-batch": _request("updateProtectedRange", _changes_what_is_gone),
    "columns-go-with-all-of-ours": _request("deleteDimension", _stays_behind),
    "pasted-onto-itself-a-spill-is-text": _request("copyPaste", lambda *_: {}),
    "row-metadata-ignores-sorts": _request("sortRange", _sorts_tags),
    "copies-have-no-mark": _request("duplicateSheet", _takes_the_mark_along),
    "unknown-ids-are-404": lambda patch, _: patch.setattr(calls, "not_found", forbidden),
    "unshared-ids-are-403": lambda patch, _: patch.setattr(calls, "forbidden", not_found),
    "editors-see-editors": _tells_editors,
    "editors-are-told-whole": _tells_everybody_of_themselves,
    "warnings-stop-no-program": _request("addProtectedRange", _stops_programs),
    "fences-are-seen-by-others": _hides_metadata,
    "versions-move-with-writes": _stands_still,
    "protected-ranges-are-400": lambda patch, _: patch.setattr(editing_room, "PROTECTED", "You may not do that."),
}
