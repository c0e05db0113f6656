"""gspread's own method for every endpoint and request kind it can send, over HTTP, against the sandbox."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import gspread
import pytest
import requests
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from gspread.http_client import HTTPClient
from gspread.utils import InsertDataOption, MergeType, PasteType, ValidationConditionType

from sheetsync.sandbox import Running
from tests.sandbox.conftest import BOOK, add_workbook

SCOPES = ["https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive"]


class _Loopback(Credentials):
    """Credentials that ask nobody but the sandbox."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


class _ToSandbox(requests.adapters.HTTPAdapter):
    """Sends what is meant for Google to the sandbox."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = urlsplit(base)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.url = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        return super().send(request, *args, **kwargs)


def _client(sandbox: Running, key_file: Path) -> gspread.Client:
    credentials = _Loopback.from_service_account_file(str(key_file), scopes=SCOPES)  # type: ignore[no-untyped-call]
    session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    session.trust_env = False
    session.mount("https://", _ToSandbox(sandbox.base))
    client = gspread.Client(credentials, session=session, http_client=HTTPClient)
    client.set_timeout(10)
    return client


@pytest.fixture
def book(sandbox: Running) -> gspread.Spreadsheet:
    """The test's workbook as its owner's gspread sees it."""
    return _client(sandbox, sandbox.key_file("person")).open_by_key(BOOK)


@pytest.fixture
def tab(book: gspread.Spreadsheet) -> gspread.Worksheet:
    return book.worksheet("Plan")


def sheet(book: gspread.Spreadsheet, title: str = "Plan") -> dict[str, Any]:
    """What spreadsheets.get says about a tab."""
    sheets = book.fetch_sheet_metadata()["sheets"]
    return next(each for each in sheets if each["properties"]["title"] == title)


def kinds(sandbox: Running) -> set[str]:
    return {kind for record in sandbox.requests for kind in record.kinds}


def test_tabs_are_added_renamed_ordered_hidden_duplicated_and_deleted(book: gspread.Spreadsheet) -> None:
    added = book.add_worksheet("New", 10, 5, index=0)
    added.update_title("Newer")
    added.update_index(2)
    added.update_tab_color("#ff0000")
    assert book.worksheet("Newer").get_tab_color() == "#FF0000"
    added.clear_tab_color()
    added.hide()
    assert [each.title for each in book.worksheets(exclude_hidden=True)] == ["Plan", "Other"]
    added.show()
    book.reorder_worksheets([added, book.worksheet("Other"), book.worksheet("Plan")])
    twin = added.duplicate(new_sheet_name="Twin")
    assert [each.title for each in book.worksheets()] == ["Twin", "Newer", "Other", "Plan"]
    book.del_worksheet(twin)
    book.del_worksheet_by_id(added.id)
    assert [each.title for each in book.worksheets()] == ["Other", "Plan"]


def test_the_spreadsheets_own_properties(book: gspread.Spreadsheet) -> None:
    book.update_title("Renamed")
    book.update_locale("de_DE")
    book.update_timezone("Europe/Berlin")
    assert (book.title, book.locale, book.timezone) == ("Renamed", "de_DE", "Europe/Berlin")


def test_a_tab_is_copied_into_another_spreadsheet(
    sandbox: Running, book: gspread.Spreadsheet, tab: gspread.Worksheet
) -> None:
    add_workbook(sandbox, "book-2")
    tab.update([["x", "=A1"]], "A1", raw=False)
    answer = tab.copy_to("book-2")
    other = _client(sandbox, sandbox.key_file("person")).open_by_key("book-2")
    copied = other.get_worksheet_by_id(answer["sheetId"])
    assert copied.title == answer["title"] == "Copy of Plan"
    assert copied.get("A1:B1") == [["x", "x"]]
    assert answer["index"] == 2


def test_rows_and_columns_are_inserted_moved_sized_hidden_and_deleted(tab: gspread.Worksheet) -> None:
    tab.insert_rows([["a", 1], ["b", 2]], 1)
    tab.insert_cols([["left", "x"]], 1)
    tab.insert_note("A1", "mind")
    assert tab.get_note("A1") == "mind"
    tab.update_notes({"A2": "two"})
    tab.clear_notes(["A1"])
    assert (tab.get_note("A1"), tab.get_note("A2")) == ("", "two")
    tab.columns_auto_resize(0, 2)
    tab.rows_auto_resize(0, 2)
    tab.hide_rows(1, 2)
    tab.unhide_rows(1, 2)
    tab.hide_columns(2, 3)
    tab.unhide_columns(2, 3)
    tab.delete_rows(2)
    tab.delete_columns(1)
    assert tab.get("A1:B9") == [["a", "1"]]
    tab.add_rows(5)
    tab.add_cols(1)
    tab.resize(rows=50)
    tab.freeze(rows=1, cols=1)
    assert (tab.row_count, tab.col_count, tab.frozen_row_count, tab.frozen_col_count) == (50, 27, 1, 1)
    tab.hide_gridlines()
    assert tab.is_gridlines_hidden
    tab.show_gridlines()


def test_rows_and_columns_are_grouped(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    tab.add_dimension_group_columns(0, 2)
    tab.add_dimension_group_rows(1, 4)
    assert tab.list_dimension_group_columns() == [
        {"range": {"dimension": "COLUMNS", "startIndex": 0, "endIndex": 2}, "depth": 1}
    ]
    assert sheet(book)["properties"]["gridProperties"]["columnGroupControlAfter"] is True
    tab.delete_dimension_group_columns(0, 2)
    tab.delete_dimension_group_rows(1, 4)
    assert tab.list_dimension_group_columns() == tab.list_dimension_group_rows() == []


def test_cells_are_merged_and_unmerged(tab: gspread.Worksheet) -> None:
    tab.update([["a", "b", "x"], ["c", "d", "y"]], "A1")
    tab.merge_cells("A1:B2", MergeType.merge_rows)
    assert tab.get("A1:C2") == [["a", "", "x"], ["c", "", "y"]]
    assert tab.get("A1:C2", combine_merged_cells=True) == [["a", "a", "x"], ["c", "c", "y"]]
    tab.unmerge_cells("A1:B2")


def test_formats_are_set(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    tab.format("A1:B2", {"backgroundColor": {"red": 1}, "textFormat": {"bold": True}})
    tab.batch_format([{"range": "C1", "format": {"horizontalAlignment": "CENTER"}}])
    view = book.fetch_sheet_metadata({"fields": "sheets.data.rowData.values.userEnteredFormat"})
    row = view["sheets"][0]["data"][0]["rowData"][0]["values"]
    red = {"red": 1}
    bold = {"textFormat": {"bold": True}}
    assert row[0]["userEnteredFormat"] == {"backgroundColor": red, "backgroundColorStyle": {"rgbColor": red}} | bold
    assert row[2] == {"userEnteredFormat": {"horizontalAlignment": "CENTER"}}


def test_ranges_are_sorted_copied_cut_and_filtered(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    tab.update([["b", 2], ["a", 1]], "A1")
    tab.sort((1, "asc"), range="A1:B2")
    assert tab.get("A1:B2") == [["a", "1"], ["b", "2"]]
    tab.copy_range("A1:B1", "D1", PasteType.values)
    tab.cut_range("A2:B2", "D2")
    assert tab.get("A1:E2") == [["a", "1", "", "a", "1"], ["", "", "", "b", "2"]]
    tab.set_basic_filter("D1:E2")
    assert sheet(book)["basicFilter"] == {
        "range": {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 3, "endColumnIndex": 5}
    }
    tab.clear_basic_filter()
    assert "basicFilter" not in sheet(book)


def test_ranges_are_named_and_protected(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    reply = tab.define_named_range("A1:B2", "Offers")
    named = reply["replies"][0]["addNamedRange"]["namedRange"]
    assert book.list_named_ranges() == [named]
    assert "sheetId" not in named["range"]
    tab.delete_named_range(named["namedRangeId"])
    tab.add_protected_range("A1:B2", editor_users_emails=[], description="ours")
    protected = book.list_protected_ranges(0)
    assert protected[0]["description"] == "ours"
    tab.delete_protected_range(protected[0]["protectedRangeId"])
    assert book.list_protected_ranges(0) == []


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (ValidationConditionType.boolean, []),
        (ValidationConditionType.one_of_list, ["yes", "no"]),
        (ValidationConditionType.one_of_range, ["=Other!A1:A3"]),
        (ValidationConditionType.number_between, ["1", "5"]),
        (ValidationConditionType.date_is_valid, []),
        (ValidationConditionType.date_after, ["2026-11-27"]),
        (ValidationConditionType.text_contains, ["x"]),
        (ValidationConditionType.text_is_url, []),
        (ValidationConditionType.custom_formula, ["=A1>0"]),
    ],
)
def test_validations_of_every_kind_are_kept_and_shown(
    book: gspread.Spreadsheet, tab: gspread.Worksheet, kind: ValidationConditionType, values: list[Any]
) -> None:
    tab.add_validation("A1", kind, values, strict=True, showCustomUi=True)
    view = book.fetch_sheet_metadata({"fields": "sheets.data.rowData.values.dataValidation"})
    shown = view["sheets"][0]["data"][0]["rowData"][0]["values"][0]["dataValidation"]
    stated = {"type": kind.value} | ({"values": [{"userEnteredValue": str(v)} for v in values]} if values else {})
    assert shown == {"condition": stated, "strict": True, "showCustomUi": True}
    tab.update([["anything"]], "A1")  # strict or not, the API writes


def test_values_are_read_and_written_in_every_way(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    tab.batch_update([{"range": "A1:B1", "values": [["k", "v"]]}, {"range": "A2", "values": [["a"]]}])
    tab.append_row(["b", 2], table_range="A1")
    tab.append_rows([["c", 3]], insert_data_option=InsertDataOption.insert_rows, table_range="A1")
    assert tab.get_all_records() == [{"k": "a", "v": ""}, {"k": "b", "v": 2}, {"k": "c", "v": 3}]
    assert tab.batch_get(["A1:A2", "B1"]) == [[["k"], ["a"]], [["v"]]]
    assert book.values_batch_get(["Plan!A1"])["valueRanges"][0]["values"] == [["k"]]
    found = tab.find("c")
    assert found is not None
    assert found.address == "A4"
    tab.update_cell(5, 1, "d")
    tab.batch_clear(["A1:B1"])
    tab.clear()
    assert tab.get_all_values() == [[]]


#: the kinds gspread 6.2.1 has a method for, each sent by one of the tests above
OF_GSPREAD = """
    addDimensionGroup addNamedRange addProtectedRange addSheet autoResizeDimensions clearBasicFilter copyPaste cutPaste
    deleteDimension deleteDimensionGroup deleteNamedRange deleteProtectedRange deleteSheet duplicateSheet
    insertDimension mergeCells repeatCell setBasicFilter setDataValidation sortRange unmergeCells updateCells
    updateDimensionProperties updateSheetProperties updateSpreadsheetProperties
"""


def test_no_kind_that_gspread_has_a_method_for_is_left_out() -> None:
    sources = "".join(
        Path(str(gspread.__file__)).with_name(f"{name}.py").read_text() for name in ("worksheet", "spreadsheet")
    )
    from sheetsync.sandbox.batch.table import KINDS
    from tests.sandbox.discovery import document

    known = document("sheets.v4")["schemas"]["Request"]["properties"]
    sent = {kind for kind in known if f'"{kind}"' in sources}
    assert sent == set(OF_GSPREAD.split())
    assert sent <= set(KINDS)
