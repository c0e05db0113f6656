"""Drive: finding workbooks and noticing that they changed."""

from datetime import UTC, datetime

import pytest

from sheetsync.sandbox import Running
from tests.sandbox.conftest import BOOK, Api, add_workbook

SHEETS = "application/vnd.google-apps.spreadsheet"


@pytest.fixture
def three(sandbox: Running) -> Running:
    for number, title in ((2, "Legal log"), (3, "Season's links")):
        book = add_workbook(sandbox, f"book-{number}").copied()
        book.title = title
        book.trashed = number == 3
        sandbox.state.commit(book, book.owner)
    return sandbox


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {1, 2, 3}),
        (f"mimeType='{SHEETS}'", {1, 2, 3}),
        (f'mimeType="{SHEETS}" and trashed=false', {1, 2}),
        ("mimeType = 'text/plain'", set()),
        ("name = 'Legal log'", {2}),
        (r"name = 'Season\'s links'", {3}),
        ('name = "Season\'s links"', {3}),
        ("name contains 'season'", {1, 3}),
        ("name contains 'log'", {2}),
        ("name contains 'egal'", set()),
        ("not trashed = true and (name contains 'legal' or name contains 'plan')", {1, 2}),
        ("'folder-1' in parents", set()),
        ("'person@sandbox.iam.gserviceaccount.com' in owners", {1, 2, 3}),
        ("'second@sandbox.iam.gserviceaccount.com' in writers", set()),
        ("modifiedTime > '2012-06-04T12:00:00'", {1, 2, 3}),
        ("modifiedTime > '2112-06-04T12:00:00Z'", set()),
    ],
)
def test_queries(api: Api, three: Running, query: str, found: set[int]) -> None:
    files = api.call("GET", "/drive/v3/files", q=query, pageToken="", supportsAllDrives="True").json()["files"]
    assert {file["id"] for file in files} == {f"book-{number}" for number in found}


@pytest.mark.parametrize(
    "query", ["name", "name =", "name ~ 'x'", "'x' in", "(trashed=false", "name = 'x", "a" * 5000, "(" * 200]
)
def test_a_query_that_cannot_be_read_is_refused(api: Api, query: str) -> None:
    answer = api.call("GET", "/drive/v3/files", q=query)
    error = {"message": "Invalid Value", "domain": "global", "reason": "invalid", "location": "q"}
    assert answer.json()["error"]["errors"] == [error | {"locationType": "parameter"}]


def test_pages_and_order(api: Api, three: Running) -> None:
    first = api.call("GET", "/drive/v3/files", pageSize=2, orderBy="name").json()
    second = api.call("GET", "/drive/v3/files", pageSize=2, orderBy="name", pageToken=first["nextPageToken"]).json()
    assert [file["name"] for file in first["files"] + second["files"]] == ["Legal log", "Season plan", "Season's links"]
    assert "nextPageToken" not in second
    assert api.call("GET", "/drive/v3/files", pageSize=0).status_code == 400
    assert api.call("GET", "/drive/v3/files", orderBy="size").status_code == 400


def test_a_file_says_four_things_unless_asked(api: Api) -> None:
    plain = api.call("GET", f"/drive/v3/files/{BOOK}").json()
    assert plain == {"kind": "drive#file", "id": BOOK, "name": "Season plan", "mimeType": SHEETS}
    full = api.call("GET", f"/drive/v3/files/{BOOK}", fields="*").json()
    assert "headRevisionId" not in full
    assert isinstance(full["version"], str)
    error = api.call("GET", f"/drive/v3/files/{BOOK}", fields="nope").json()["error"]
    assert error["message"] == "Invalid field selection nope"


def test_an_unknown_file_is_not_found_in_drives_words(api: Api) -> None:
    error = api.call("GET", "/drive/v3/files/none").json()["error"]
    entry = {"message": "File not found: none.", "domain": "global", "reason": "notFound", "location": "fileId"}
    assert error == {
        "code": 404,
        "message": "File not found: none.",
        "errors": [entry | {"locationType": "parameter"}],
    }


def test_a_write_moves_version_and_time_and_a_read_does_not(api: Api) -> None:
    def state() -> tuple[int, datetime]:
        file = api.call("GET", f"/drive/v3/files/{BOOK}", fields="version,modifiedTime").json()
        return int(file["version"]), datetime.fromisoformat(file["modifiedTime"])

    before = state()
    api.values("Plan")
    assert state() == before
    api.write("Plan!A1", [["x"]])
    after = state()
    assert after[0] > before[0]
    assert after[1] >= before[1]
    assert after[1].tzinfo == UTC
    api.batch({"nonsense": {}})
    assert state() == after


def test_uploads_and_unknown_addresses(api: Api) -> None:
    assert api.call("POST", "/upload/drive/v2/files/x", {}).status_code == 400
    missing = api.call("GET", "/drive/v9/nothing")
    assert (missing.status_code, missing.headers["content-type"].split(";")[0]) == (404, "text/html")
