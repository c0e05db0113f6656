"""Every method of gspread that talks to Drive, over HTTP, as several accounts."""

import gspread
import pytest
from gspread.utils import ExportFormat

from sheetsync.sandbox import Running, email_of
from tests.sandbox.conftest import BOOK, add_workbook
from tests.sandbox.drive_clients import with_gspread

SECOND = email_of("second")


@pytest.fixture
def client(sandbox: Running) -> gspread.Client:
    """The writer's gspread."""
    return with_gspread(sandbox, "sheetsync")


@pytest.fixture
def second(sandbox: Running) -> gspread.Client:
    """Another account's gspread."""
    return with_gspread(sandbox, "second")


def drive_error(refused: pytest.ExceptionInfo[gspread.exceptions.APIError]) -> tuple[int, str]:
    """Code and reason of a refusal in Drive's envelope."""
    error = refused.value.response.json()["error"]
    return error["code"], error["errors"][0]["reason"]


def test_a_spreadsheet_is_created_found_used_and_deleted(client: gspread.Client) -> None:
    made = client.create("Season links")
    assert made.sheet1.title == "Sheet1"
    assert (made.sheet1.row_count, made.sheet1.col_count) == (1000, 26)
    made.sheet1.update([["a", "1"]], "A1")
    assert client.open("Season links").id == made.id
    assert {book.title for book in client.openall()} == {"Season plan", "Season links"}
    assert [book.id for book in client.openall("Season links")] == [made.id]
    assert client.open_by_url(made.url).id == made.id
    client.del_spreadsheet(made.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        client.open_by_key(made.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        client.open("Season links")


def test_who_only_writes_cannot_delete(client: gspread.Client) -> None:
    with pytest.raises(gspread.exceptions.APIError) as refused:
        client.del_spreadsheet(BOOK)
    assert drive_error(refused) == (403, "insufficientFilePermissions")
    assert client.open_by_key(BOOK).title == "Season plan"


def test_a_folder_holds_what_is_made_in_it(client: gspread.Client, sandbox: Running) -> None:
    body = {"name": "Teams", "mimeType": "application/vnd.google-apps.folder"}
    folder = client.http_client.request("post", gspread.urls.DRIVE_FILES_API_V3_URL, json=body).json()["id"]
    inside = client.create("Inside", folder_id=folder)
    client.create("Outside")
    assert [file["id"] for file in client.list_spreadsheet_files(folder_id=folder)] == [inside.id]
    assert client.open("Inside", folder_id=folder).id == inside.id
    with pytest.raises(gspread.SpreadsheetNotFound):
        client.open("Outside", folder_id=folder)
    copied = client.copy(BOOK, title="Beside", folder_id=folder)
    assert {file["id"] for file in client.list_spreadsheet_files(folder_id=folder)} == {inside.id, copied.id}


def test_a_copy_has_the_content_and_if_asked_the_shares_and_comments(
    client: gspread.Client, second: gspread.Client
) -> None:
    original = client.create("Original")
    original.sheet1.update([["kept"]], "A1")
    original.share(SECOND, perm_type="user", role="reader")
    original.share("", perm_type="anyone", role="reader")
    url = gspread.urls.DRIVE_FILES_API_V3_COMMENTS_URL
    client.http_client.request("post", url % original.id, json={"content": "hm"}, params={"fields": "id"})

    plain = client.copy(original.id, copy_comments=False)
    assert plain.title == "Copy of Original"
    assert plain.sheet1.acell("A1").value == "kept"
    assert [each["role"] for each in plain.list_permissions()] == ["owner"]
    with pytest.raises(PermissionError):
        second.open_by_key(plain.id)

    whole = with_owner_shared_last(client, original)
    comments = client.http_client.request("get", url % whole.id, params={"fields": "*"}).json()["comments"]
    assert [each["content"] for each in comments] == ["hm"]
    assert second.open_by_key(whole.id).sheet1.acell("A1").value == "kept"


def with_owner_shared_last(client: gspread.Client, original: gspread.Spreadsheet) -> gspread.Spreadsheet:
    """gspread gives the copy's owner the ownership once more, which Google refuses; others it can copy."""
    with pytest.raises(gspread.exceptions.APIError, match="transferOwnership parameter must be enabled"):
        client.copy(original.id, title="Whole", copy_permissions=True)
    whole = client.copy(original.id, title="Whole")
    for each in original.list_permissions()[1:]:
        whole.share(str(each.get("emailAddress", "")), perm_type=str(each["type"]), role=str(each["role"]))
    return whole


def test_sharing_listing_and_unsharing(client: gspread.Client, second: gspread.Client) -> None:
    book = client.create("Shared")
    with pytest.raises(PermissionError):
        second.open_by_key(book.id)
    book.share(SECOND, perm_type="user", role="writer", notify=False)
    book.share("team@example.com", perm_type="group", role="reader")
    book.share("example.org", perm_type="domain", role="reader")
    found = {
        (each["type"], each["role"], each.get("emailAddress") or each.get("domain")) for each in book.list_permissions()
    }
    assert found == {
        ("user", "owner", email_of("sheetsync")),
        ("user", "writer", SECOND),
        ("group", "reader", "team@example.com"),
        ("domain", "reader", "example.org"),
    }
    second.open_by_key(book.id).sheet1.update([["mine"]], "A1")
    assert book.remove_permissions(SECOND, role="reader") == []
    assert len(book.remove_permissions(SECOND)) == 1
    assert len(client.list_permissions(book.id)) == 3
    with pytest.raises(PermissionError):
        second.open_by_key(book.id)
    client.insert_permission(book.id, SECOND, perm_type="user", role="reader")
    number = next(each["id"] for each in client.list_permissions(book.id) if each.get("emailAddress") == SECOND)
    client.remove_permission(book.id, str(number))
    assert SECOND not in str(client.list_permissions(book.id))


def test_the_link_opens_what_no_list_shows(client: gspread.Client, second: gspread.Client) -> None:
    book = client.create("Open to all")
    book.share("", perm_type="anyone", role="reader", with_link=True)
    opened = second.open_by_key(book.id)
    assert "Open to all" not in {file["name"] for file in second.list_spreadsheet_files()}
    with pytest.raises(gspread.exceptions.APIError, match="403"):
        opened.sheet1.update([["no"]], "A1")


def test_the_ownership_is_offered_and_accepted(client: gspread.Client, second: gspread.Client) -> None:
    book = client.create("Heirloom")
    book.share(SECOND, perm_type="user", role="writer")
    number = next(str(each["id"]) for each in book.list_permissions() if each.get("emailAddress") == SECOND)
    with pytest.raises(gspread.exceptions.APIError) as refused:
        second.open_by_key(book.id).accept_ownership(number)
    assert drive_error(refused) == (403, "insufficientFilePermissions")
    with pytest.raises(gspread.exceptions.APIError) as refused:
        book.accept_ownership(number)
    assert drive_error(refused) == (403, "consentRequiredForOwnershipTransfer")
    book.transfer_ownership(number)
    assert [each["pendingOwner"] for each in book.list_permissions()] == [False, True]
    second.open_by_key(book.id).accept_ownership(number)
    assert {each["emailAddress"]: each["role"] for each in book.list_permissions()} == {
        SECOND: "owner",
        email_of("sheetsync"): "writer",
    }
    with pytest.raises(gspread.exceptions.APIError, match="sufficient permissions"):
        client.del_spreadsheet(book.id)
    second.del_spreadsheet(book.id)


def test_csv_comes_in_and_goes_out_as_it_is_shown(client: gspread.Client) -> None:
    book = client.create("Import")
    book.add_worksheet("second", 5, 5)
    client.import_csv(book.id, 'id,text\n0042,"a, ""b""\nc"\n2026-11-27,=1+1\n')
    again = client.open_by_key(book.id)
    assert [tab.title for tab in again.worksheets()] == ["Import"]
    assert again.sheet1.get_all_values() == [["id", "text"], ["42", 'a, "b"\nc'], ["2026-11-27", "2"]]
    assert again.export(ExportFormat.CSV) == b'id,text\r\n42,"a, ""b""\nc"\r\n2026-11-27,2'
    assert client.export(book.id, ExportFormat.TSV) == b'id\ttext\r\n42\ta, "b" c\r\n2026-11-27\t2'


@pytest.mark.parametrize("kind", [ExportFormat.PDF, ExportFormat.OPEN_OFFICE_SHEET, ExportFormat.ZIPPED_HTML])
def test_an_export_that_is_not_made_here_is_refused(client: gspread.Client, kind: ExportFormat) -> None:
    with pytest.raises(gspread.exceptions.APIError) as refused:
        client.export(BOOK, kind)
    assert drive_error(refused) == (400, "badRequest")


def test_times_and_titles_come_from_drive(client: gspread.Client) -> None:
    book = client.open_by_key(BOOK)
    before = book.get_lastUpdateTime()
    assert book.creationTime <= before
    book.update_title("Renamed")
    assert client.get_file_drive_metadata(BOOK)["name"] == "Renamed"
    assert book.get_lastUpdateTime() >= before


def test_a_reader_and_a_commenter_read_and_no_more(sandbox: Running, second: gspread.Client) -> None:
    add_workbook(sandbox, "book-2", second="commenter")
    for book_id in (BOOK, "book-2"):
        book = second.open_by_key(book_id)
        assert book.worksheet("Plan").get_all_values() == [[]]
        with pytest.raises(gspread.exceptions.APIError) as refused:
            book.worksheet("Plan").update([["x"]], "A1")
        assert refused.value.response.json()["error"]["status"] == "PERMISSION_DENIED"
        with pytest.raises(gspread.exceptions.APIError) as refused:
            book.share("somebody@example.com", perm_type="user", role="reader")
        assert drive_error(refused) == (403, "insufficientFilePermissions")
        with pytest.raises(gspread.exceptions.APIError) as refused:
            second.import_csv(book_id, "a,b")
        assert drive_error(refused) == (403, "insufficientFilePermissions")
    url = gspread.urls.DRIVE_FILES_API_V3_COMMENTS_URL
    body = {"content": "a word"}
    with pytest.raises(gspread.exceptions.APIError):
        second.http_client.request("post", url % BOOK, json=body, params={"fields": "id"})
    assert second.http_client.request("post", url % "book-2", json=body, params={"fields": "id"}).json()["id"]
