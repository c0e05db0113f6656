"""Protected ranges: they stop everyone but their editors and the owner, with 400 and not 403."""

from typing import Any

import pytest

from sheetsync.sandbox import GoogleError, Running, email_of
from tests.sandbox.conftest import BOOK, Api, grid_range, lines

STOP = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection "
    "if you need to edit."
)


def protect(sandbox: Running, **more: Any) -> int:
    """The owner protects B2:C3."""
    given: dict[str, Any] = {"range": grid_range(1, 3, 1, 3)} | more
    reply = sandbox.act(BOOK, [{"addProtectedRange": {"protectedRange": given}}])
    return int(reply[0]["addProtectedRange"]["protectedRange"]["protectedRangeId"])


def update(row: int, column: int) -> dict[str, Any]:
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    rows = [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}]
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def test_a_non_editor_is_stopped_everywhere_inside_and_nowhere_else(api: Api, sandbox: Running) -> None:
    protect(sandbox)
    assert api.refused(update(1, 1)) == f"Invalid requests[0].updateCells: {STOP}"
    api.done(update(0, 1), update(3, 1), update(1, 3))
    answer = api.sheets("PUT", "/values/Plan!A1:C2", {"values": [[1, 2, 3], [1, 2, 3]]}, valueInputOption="RAW")
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, STOP)
    data = [{"range": "Plan!B2", "values": [[1]]}]
    answer = api.sheets("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
    assert answer.json()["error"]["message"] == f"Invalid data[0]: {STOP}"
    assert api.sheets("POST", "/values/Plan:clear", {}).status_code == 400


@pytest.mark.parametrize(
    "request_",
    [
        {"deleteDimension": {"range": lines("ROWS", 2, 3)}},
        {"insertDimension": {"range": lines("ROWS", 2, 3)}},
        {"sortRange": {"range": grid_range(1, 5, 0, 3), "sortSpecs": [{"dimensionIndex": 0}]}},
        {"mergeCells": {"range": grid_range(1, 2, 1, 3), "mergeType": "MERGE_ALL"}},
        {"deleteSheet": {"sheetId": 0}},
        {"setDataValidation": {"range": grid_range(1, 2, 1, 2)}},
    ],
    ids=lambda request: next(iter(request)),
)
def test_every_way_in_is_closed(api: Api, sandbox: Running, request_: dict[str, Any]) -> None:
    protect(sandbox)
    assert api.refused(request_).endswith(STOP)
    sandbox.act(BOOK, [request_])


def test_rows_may_be_inserted_at_the_edge(api: Api, sandbox: Running) -> None:
    protect(sandbox)
    api.done({"insertDimension": {"range": lines("ROWS", 1, 2)}}, {"insertDimension": {"range": lines("ROWS", 4, 5)}})


def test_warning_only_stops_no_program(api: Api, sandbox: Running) -> None:
    protect(sandbox, warningOnly=True)
    api.done(update(1, 1))
    given = {"range": grid_range(5, 6, 0, 1), "warningOnly": True, "editors": {"users": ["a@b.c"]}}
    assert api.batch({"addProtectedRange": {"protectedRange": given}}).status_code == 400


def test_named_editors_and_the_creator_pass(api: Api, sandbox: Running) -> None:
    protect(sandbox, editors={"users": [email_of("sheetsync")]})
    api.done(update(1, 1))
    own = {"range": grid_range(8, 9, 0, 1), "requestingUserCanEdit": False}
    reply = api.done({"addProtectedRange": {"protectedRange": own}})["replies"][0]["addProtectedRange"]
    assert reply["protectedRange"]["requestingUserCanEdit"] is True
    assert reply["protectedRange"]["editors"] == {}
    api.done(update(8, 0))


def test_only_editors_remove_a_protection(api: Api, sandbox: Running) -> None:
    number = protect(sandbox)
    assert api.refused({"deleteProtectedRange": {"protectedRangeId": number}}).endswith(STOP)
    change = {"protectedRange": {"protectedRangeId": number, "description": "mine"}, "fields": "description"}
    assert api.refused({"updateProtectedRange": change}).endswith(STOP)
    sandbox.act(BOOK, [{"updateProtectedRange": change}])
    view = api.read("sheets.protectedRanges")["sheets"][0]["protectedRanges"][0]
    bounds = {name: index for name, index in grid_range(1, 3, 1, 3).items() if name != "sheetId"}
    assert view == {"protectedRangeId": number, "description": "mine", "range": bounds}
    sandbox.act(BOOK, [{"deleteProtectedRange": {"protectedRangeId": number}}])
    api.done(update(1, 1))


def test_a_whole_tab_is_protected_once_and_may_have_holes(api: Api, sandbox: Running) -> None:
    whole: dict[str, Any] = {"range": {"sheetId": 0}, "unprotectedRanges": [grid_range(0, 2, 0, 2)]}
    sandbox.act(BOOK, [{"addProtectedRange": {"protectedRange": whole}}])
    with pytest.raises(GoogleError, match='Sheet "Plan" already has sheet protection'):
        sandbox.act(BOOK, [{"addProtectedRange": {"protectedRange": whole}}])
    api.done(update(1, 1))
    assert api.refused(update(2, 2)).endswith(STOP)
