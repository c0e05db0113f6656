"""Uploads: whatever comes as content is taken, or refused with Drive's body and nothing changed."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetsync.sandbox import Running
from sheetsync.sandbox.model import MAX_CHARACTERS, SHEETS_MIME
from tests.sandbox.conftest import BOOK, Api
from tests.sandbox.test_drive_discovery import reason, whole

V2 = f"/upload/drive/v2/files/{BOOK}"
V3 = "/upload/drive/v3/files"


def send(api: Api, method: str, path: str, body: bytes, content_type: str, **params: str) -> tuple[int, str]:
    """Status and text of an upload."""
    headers = {"Content-Type": content_type}
    url = f"{api.sandbox.base}{path}"
    answer = api.session.request(method, url, data=body, headers=headers, params=params, timeout=10)
    if not answer.ok:
        assert answer.status_code < 500
        reason(answer)
    return answer.status_code, answer.text


def exported(api: Api, kind: str = "text/csv") -> bytes:
    """The first tab as a file."""
    return api.call("GET", f"/drive/v3/files/{BOOK}/export", mimeType=kind).content


CELLS = st.text(st.sampled_from('ab ,"\n\r\tü='), max_size=5).map(lambda text: f"x{text}x")
ROWS = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=4))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_what_is_exported_is_imported_as_the_same(sandbox: Running, api: Api, rows: list[list[str]]) -> None:
    sandbox.state.commit(sandbox.state.workbooks[BOOK].copied(), "person")
    text = "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    assert send(api, "PUT", V2, text.encode(), "text/csv", uploadType="media", convert="True")[0] == 200
    first = exported(api)
    assert send(api, "PUT", V2, first, "text/csv", uploadType="media", convert="True")[0] == 200
    assert exported(api) == first
    title = sandbox.state.workbooks[BOOK].tabs[0].title
    assert sandbox.grid(BOOK, title) == rows


@pytest.mark.parametrize(
    ("body", "content_type", "params"),
    [
        (b"a", "text/csv", {}),
        (b"a", "text/csv", {"uploadType": "nonsense"}),
        (b"a", "text/csv", {"uploadType": "resumable"}),
        (b"a", "", {"uploadType": "media", "convert": "True"}),
        (b"a", "text/csv", {"uploadType": "media"}),
        (b"a", "application/pdf", {"uploadType": "media", "convert": "True"}),
        (b"a", "text/csv", {"uploadType": "multipart"}),
        (b"a", "multipart/related", {"uploadType": "multipart"}),
        (b"--x\r\n\r\n[]\r\n--x\r\n\r\na\r\n--x--", "multipart/related; boundary=x", {"uploadType": "multipart"}),
        (b"--x\r\n\r\nno json\r\n--x\r\n\r\na\r\n--x--", "multipart/related; boundary=x", {"uploadType": "multipart"}),
        (b"--x\r\n\r\n{}\r\n--x--", "multipart/related; boundary=x", {"uploadType": "multipart"}),
        (b"x" * (MAX_CHARACTERS + 1), "text/csv", {"uploadType": "media", "convert": "True"}),
        (b"x" * 200_000, "text/csv", {"uploadType": "media", "convert": "True"}),
        (b"," * 20_000 + b"\n" * 1_000, "text/csv", {"uploadType": "media", "convert": "True"}),
    ],
)  # fmt: skip
def test_an_upload_that_cannot_be_taken_changes_nothing(
    sandbox: Running, api: Api, body: bytes, content_type: str, params: dict[str, str]
) -> None:
    before = whole(sandbox)
    assert send(api, "PUT", V2, body, content_type, **params)[0] == 400
    assert send(api, "POST", V3, body, content_type, **params)[0] == 400
    assert whole(sandbox) == before


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60))
def test_any_bytes_are_rows_or_refused(api: Api, body: bytes) -> None:
    send(api, "PUT", V2, body, "text/csv", uploadType="media", convert="True")
    metadata = json.dumps({"mimeType": SHEETS_MIME}).encode()
    parts = b"--x\r\nContent-Type: application/json\r\n\r\n" + metadata + b"\r\n--x\r\nContent-Type: text/csv\r\n\r\n"
    send(api, "POST", V3, parts + body + b"\r\n--x--", "multipart/related; boundary=x", uploadType="multipart")


def test_an_import_takes_away_what_hung_on_the_old_tabs(sandbox: Running, person: Api) -> None:
    at = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    person.done(
        {"addNamedRange": {"namedRange": {"name": "N", "range": at}}},
        {"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "tab", "visibility": "DOCUMENT",
                                                           "location": {"sheetId": 7}}}},
        {"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "book", "visibility": "DOCUMENT",
                                                           "location": {"spreadsheet": True}}}},
    )  # fmt: skip
    assert send(person, "PUT", V2, b"a", "text/csv", uploadType="media", convert="True")[0] == 200
    book = sandbox.state.workbooks[BOOK]
    assert ([each.key for each in book.metadata], book.named, len(book.tabs)) == (["book"], [], 1)
    assert person.read("sheets.properties.title") == {"sheets": [{"properties": {"title": "Season plan"}}]}


def test_an_export_shows_formats_and_spills_but_only_the_first_tab(api: Api) -> None:
    assert exported(api) == b""
    api.write("Plan!A1", [["11/27/2026", "$1,000.5", "=ARRAYFORMULA({1;2})"]])
    api.write("Other!A1", [["not this"]])
    assert exported(api) == b'11/27/2026,"$1,000.50",1\r\n,,2'
    answer = api.call("GET", f"/drive/v3/files/{BOOK}/export", mimeType="text/tab-separated-values")
    assert answer.headers["content-type"].startswith("text/tab-separated-values")
    assert reason(api.call("GET", f"/drive/v3/files/{BOOK}/export")) == (400, "required")
