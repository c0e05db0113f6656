"""Developer metadata: chosen ids as a fence, places, filters, the budget."""

from typing import Any

import pytest

from sheetsync.sandbox import Running
from tests.sandbox.conftest import BOOK, Api, lines


def create(number: int | None, key: str = "ss", value: str = "", **location: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"metadataKey": key, "visibility": "PROJECT", "location": location or {"spreadsheet": True}}
    if value:
        given["metadataValue"] = value
    if number is not None:
        given["metadataId"] = number
    return {"createDeveloperMetadata": {"developerMetadata": given}}


def test_a_chosen_id_in_use_refuses_the_whole_batch(api: Api, sandbox: Running) -> None:
    api.done(create(7, value="g1"))
    before = sandbox.export(BOOK)
    message = api.refused({"addSheet": {}}, create(7, value="g1"))
    assert message == "Invalid requests[1].createDeveloperMetadata: Developer metadata with ID 7 already exists."
    assert sandbox.export(BOOK) == before


def test_get_search_update_delete(api: Api) -> None:
    api.done(create(1, "a", sheetId=0), create(2, "b", dimensionRange=lines("ROWS", 4, 5)), create(None, "b"))
    row = api.sheets("GET", "/developerMetadata/2").json()
    place = {"dimension": "ROWS", "startIndex": 4, "endIndex": 5}  # sheet 0 goes without saying
    assert row["location"] == {"locationType": "ROW", "dimensionRange": place}
    lookup = {"developerMetadataLookup": {"metadataKey": "b"}}
    found = api.sheets("POST", "/developerMetadata:search", {"dataFilters": [lookup]}).json()
    assert [each["dataFilters"] for each in found["matchedDeveloperMetadata"]] == [[lookup], [lookup]]
    update = {"dataFilters": [lookup], "developerMetadata": {"metadataValue": "v"}, "fields": "metadataValue"}
    changed = api.done({"updateDeveloperMetadata": update})["replies"][0]["updateDeveloperMetadata"]
    assert [each["metadataValue"] for each in changed["developerMetadata"]] == ["v", "v"]
    gone = {"dataFilter": {"developerMetadataLookup": {"metadataId": 2}}}
    reply = api.done({"deleteDeveloperMetadata": gone}, {"deleteDeveloperMetadata": gone})["replies"]
    assert [each["metadataId"] for each in reply[0]["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]] == [2]
    assert reply[1] == {"deleteDeveloperMetadata": {}}
    error = api.sheets("GET", "/developerMetadata/2").json()["error"]
    assert error == {"code": 404, "message": "No developer metadata with ID 2", "status": "NOT_FOUND"}


def test_metadata_is_seen_where_it_stands(api: Api) -> None:
    api.done(create(1), create(2, sheetId=7), create(3, dimensionRange=lines("COLUMNS", 2, 3)))
    own = "developerMetadata.metadataId"
    mask = f"{own},sheets({own},data.columnMetadata.{own})"
    view = api.read(mask)
    assert view["developerMetadata"] == [{"metadataId": 1}]
    assert view["sheets"][1]["developerMetadata"] == [{"metadataId": 2}]
    columns = view["sheets"][0]["data"][0]["columnMetadata"]
    assert columns[:4] == [{}, {}, {"developerMetadata": [{"metadataId": 3}]}, {}]


def test_an_empty_lookup_matches_everything(api: Api) -> None:
    api.done(create(1), create(2, sheetId=7))
    api.done({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {}}}})
    assert (
        api.sheets("POST", "/developerMetadata:search", {"dataFilters": [{"developerMetadataLookup": {}}]}).json() == {}
    )


@pytest.mark.parametrize(
    "location",
    [
        {"dimensionRange": lines("ROWS", 1, 3)},
        {"dimensionRange": lines("ROWS", 500, 501)},
        {"sheetId": 99},
        {"sheetId": 0, "spreadsheet": True},
    ],
)
def test_a_place_that_is_not_one_thing_is_refused(api: Api, location: dict[str, Any]) -> None:
    assert api.refused(create(1, **location)).startswith("Invalid requests[0].createDeveloperMetadata: ")


def test_visibility_and_key_are_mandatory_and_the_budget_holds(api: Api) -> None:
    bare = {"location": {"spreadsheet": True}, "metadataKey": "k"}
    assert "visibility" in api.refused({"createDeveloperMetadata": {"developerMetadata": bare}})
    assert "metadataKey" in api.refused(create(1, key=""))
    assert "30000" in api.refused(create(1, value="x" * 30_000))
    api.done(create(1, value="x" * 29_998), create(2, value="x" * 29_998, sheetId=0))


def test_deleting_a_tab_deletes_its_metadata(api: Api) -> None:
    api.done(create(5, sheetId=7), {"deleteSheet": {"sheetId": 7}})
    assert api.sheets("GET", "/developerMetadata/5").status_code == 404


def test_a_grid_made_narrower_takes_along_what_hangs_on_the_columns_cut_off(api: Api, sandbox: Running) -> None:
    last = {"sheetId": 0, "startColumnIndex": 25, "endColumnIndex": 26}
    api.done(
        create(9, dimensionRange=lines("COLUMNS", 25, 26)),
        {"addProtectedRange": {"protectedRange": {"range": last, "warningOnly": True}}},
    )
    properties = {"sheetId": 0, "gridProperties": {"columnCount": 25}}
    fields = "gridProperties.columnCount"
    api.done({"updateSheetProperties": {"properties": properties, "fields": fields}})
    export = sandbox.export(BOOK)
    assert export["metadata"] == []
    assert export["tabs"][0]["protections"] == []
    api.done(create(9))
