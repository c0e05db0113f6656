"""Google's own Drive client: changes, revisions, comments, permissions, folders, uploads."""

from pathlib import Path
from typing import Any

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaInMemoryUpload

from sheetsync.sandbox import Running, email_of, running
from sheetsync.sandbox.model import SHEETS_MIME
from tests.sandbox.conftest import BOOK, Api, add_workbook
from tests.sandbox.drive_clients import with_google_client
from tests.sandbox.test_drive_discovery import reason

FOLDER = "application/vnd.google-apps.folder"


@pytest.fixture
def drive(sandbox: Running) -> Any:
    """The writer's Drive."""
    return with_google_client(sandbox, "sheetsync")


@pytest.fixture
def owner(sandbox: Running) -> Any:
    """The Drive of the person who owns the workbook."""
    return with_google_client(sandbox, "person")


@pytest.fixture
def second(sandbox: Running) -> Any:
    """The Drive of an account that may read."""
    return with_google_client(sandbox, "second")


class Watcher:
    """Somebody who asks for changes from where they stopped, page by page."""

    def __init__(self, drive: Any, size: int = 100) -> None:
        self._drive, self._size = drive, size
        self._token = drive.changes().getStartPageToken().execute()["startPageToken"]

    def news(self) -> list[tuple[str, bool]]:
        """File and whether it is removed, for each change since the last time."""
        told: list[tuple[str, bool]] = []
        while True:
            page = self._drive.changes().list(pageToken=self._token, pageSize=self._size).execute()
            told += [(change["fileId"], change["removed"]) for change in page["changes"]]
            if "newStartPageToken" in page:
                self._token = page["newStartPageToken"]
                return told
            self._token = page["nextPageToken"]


def test_a_write_is_a_change_once_for_each_who_can_see_it(api: Api, drive: Any, second: Any) -> None:
    writer, reader = Watcher(drive), Watcher(second)
    assert writer.news() == []
    api.write("Plan!A1", [["x"]])
    api.write("Plan!A1", [["y"]])
    assert writer.news() == reader.news() == [(BOOK, False)]
    assert writer.news() == []
    api.values("Plan!A1")
    api.refused({"deleteSheet": {"sheetId": 99}})
    assert writer.news() == []


def test_access_lost_and_files_deleted_are_told_as_removed(
    sandbox: Running, drive: Any, second: Any, owner: Any
) -> None:
    add_workbook(sandbox, "book-2")
    writer, reader = Watcher(drive), Watcher(second)
    sandbox.unshare(BOOK, "second")
    assert reader.news() == [(BOOK, True)]
    assert writer.news() == [(BOOK, False)]
    sandbox.share(BOOK, "second", "reader")
    assert reader.news() == [(BOOK, False)]
    sandbox.trash(BOOK)
    assert reader.news() == [(BOOK, False)]
    writer.news()
    owner.files().delete(fileId="book-2").execute()
    assert reader.news() == writer.news() == [("book-2", True)]
    only_there = drive.changes().list(pageToken="1", includeRemoved=False).execute()["changes"]
    assert {change["fileId"] for change in only_there} == {BOOK}


def test_changes_on_small_pages_leave_nothing_out(sandbox: Running, drive: Any) -> None:
    watcher = Watcher(drive, size=2)
    for number in range(5):
        add_workbook(sandbox, f"more-{number}")
    assert watcher.news() == [(f"more-{number}", False) for number in range(5)]


def test_a_change_without_a_token_or_with_a_wrong_one_is_refused(api: Api) -> None:
    assert api.call("GET", "/drive/v3/changes").json()["error"]["errors"][0] == {
        "domain": "global", "reason": "required", "message": "Required parameter: pageToken",
        "locationType": "parameter", "location": "pageToken",
    }  # fmt: skip
    for token in ("-1", "x", "99999999", "٣"):
        assert reason(api.call("GET", "/drive/v3/changes", pageToken=token)) == (400, "invalid")


def test_shares_and_the_bin_move_the_version_but_not_the_content(sandbox: Running, owner: Any) -> None:
    def state() -> tuple[int, str, int]:
        file = owner.files().get(fileId=BOOK, fields="version,modifiedTime").execute()
        return (
            int(file["version"]),
            file["modifiedTime"],
            len(owner.revisions().list(fileId=BOOK).execute()["revisions"]),
        )

    before = state()
    sandbox.share(BOOK, "team@example.com", "reader")
    sandbox.trash(BOOK)
    owner.comments().create(fileId=BOOK, body={"content": "hm"}, fields="id").execute()
    assert state() == (before[0] + 3, *before[1:])


def test_revisions_tell_who_wrote_and_are_bounded(api: Api, drive: Any, second: Any) -> None:
    api.write("Plan!A1", [["x"]])
    for _ in range(205):
        api.batch({"updateSheetProperties": {"properties": {"sheetId": 0, "title": "Plan"}, "fields": "title"}})
    first = drive.revisions().list(fileId=BOOK, pageSize=150, fields="*").execute()
    rest = drive.revisions().list(fileId=BOOK, pageSize=150, pageToken=first["nextPageToken"], fields="*").execute()
    numbers = [int(each["id"]) for each in first["revisions"] + rest["revisions"]]
    assert numbers == list(range(numbers[0], numbers[0] + 200))
    assert first["revisions"][0]["lastModifyingUser"]["emailAddress"] == email_of("sheetsync")
    newest = drive.revisions().get(fileId=BOOK, revisionId="head").execute()
    assert newest["id"] == str(numbers[-1])
    with pytest.raises(HttpError, match="Revision not found: 1"):
        drive.revisions().get(fileId=BOOK, revisionId="1").execute()
    with pytest.raises(HttpError, match="sufficient permissions"):
        second.revisions().list(fileId=BOOK).execute()


def test_a_conversation_beside_a_file(drive: Any, owner: Any, second: Any) -> None:
    comments, replies = drive.comments(), owner.replies()
    one = comments.create(fileId=BOOK, body={"content": "<b>?", "anchor": "{}"}, fields="*").execute()
    assert one["htmlContent"] == "&lt;b&gt;?"
    assert one["author"] == {"kind": "drive#user", "displayName": "sheetsync", "me": True}
    answer = replies.create(fileId=BOOK, commentId=one["id"], body={"content": "yes"}, fields="*").execute()
    replies.create(fileId=BOOK, commentId=one["id"], body={"action": "resolve"}, fields="id").execute()
    seen = second.comments().get(fileId=BOOK, commentId=one["id"], fields="*").execute()
    assert seen["resolved"]
    assert [each.get("content") for each in seen["replies"]] == ["yes", ""]
    replies.update(
        fileId=BOOK, commentId=one["id"], replyId=answer["id"], body={"content": "no"}, fields="id"
    ).execute()
    with pytest.raises(HttpError, match="sufficient permissions"):
        drive.replies().update(
            fileId=BOOK, commentId=one["id"], replyId=answer["id"], body={"content": "!"}, fields="id"
        ).execute()
    replies.delete(fileId=BOOK, commentId=one["id"], replyId=answer["id"]).execute()
    assert len(drive.replies().list(fileId=BOOK, commentId=one["id"], fields="*").execute()["replies"]) == 1
    whole = drive.replies().list(fileId=BOOK, commentId=one["id"], fields="*", includeDeleted=True).execute()
    assert [(each["deleted"], "content" in each) for each in whole["replies"]] == [(True, False), (False, True)]
    comments.update(fileId=BOOK, commentId=one["id"], body={"content": "?"}, fields="id").execute()
    comments.delete(fileId=BOOK, commentId=one["id"]).execute()
    assert comments.list(fileId=BOOK, fields="*").execute()["comments"] == []
    left = comments.list(fileId=BOOK, fields="*", includeDeleted=True).execute()["comments"]
    assert [(each["deleted"], "content" in each) for each in left] == [(True, False)]
    with pytest.raises(HttpError, match=f"Comment not found: {one['id']}"):
        comments.get(fileId=BOOK, commentId=one["id"], fields="id").execute()


def test_comments_come_on_pages_each_once(drive: Any) -> None:
    for number in range(7):
        drive.comments().create(fileId=BOOK, body={"content": str(number)}, fields="id").execute()
    found, request = [], drive.comments().list(fileId=BOOK, pageSize=3, fields="*")
    while request is not None:
        page = request.execute()
        found += [each["content"] for each in page["comments"]]
        request = drive.comments().list_next(request, page)
    assert sorted(found) == [str(number) for number in range(7)]


def test_comments_answer_nothing_unless_asked(drive: Any) -> None:
    with pytest.raises(HttpError, match="The 'fields' parameter is required for this method"):
        drive.comments().list(fileId=BOOK).execute()


def test_permissions_change_by_patch_and_go_by_delete(drive: Any, second: Any, owner: Any) -> None:
    listed = owner.permissions().list(fileId=BOOK).execute()["permissions"]
    assert [sorted(each) for each in listed] == [["id", "kind", "role", "type"]] * 3
    mine = second.about().get(fields="user").execute()["user"]["permissionId"]
    assert second.permissions().get(fileId=BOOK, permissionId=mine).execute()["role"] == "reader"
    with pytest.raises(HttpError, match="sufficient permissions"):
        second.permissions().update(fileId=BOOK, permissionId=mine, body={"role": "writer"}).execute()
    drive.permissions().update(fileId=BOOK, permissionId=mine, body={"role": "writer"}).execute()
    assert second.files().get(fileId=BOOK, fields="capabilities/canEdit").execute() == {
        "capabilities": {"canEdit": True}
    }
    kept = drive.permissions().create(
        fileId=BOOK, body={"type": "user", "role": "reader", "emailAddress": email_of("second")}
    ).execute()  # fmt: skip
    assert kept["role"] == "writer"
    second.permissions().delete(fileId=BOOK, permissionId=mine).execute()
    with pytest.raises(HttpError, match=f"File not found: {BOOK}"):
        second.files().get(fileId=BOOK).execute()
    with pytest.raises(HttpError, match=f"Permission not found: {mine}"):
        drive.permissions().delete(fileId=BOOK, permissionId=mine).execute()
    with pytest.raises(HttpError, match="sufficient permissions"):
        drive.permissions().delete(fileId=BOOK, permissionId=listed[0]["id"]).execute()
    owner.files().update(fileId=BOOK, body={"writersCanShare": False}).execute()
    with pytest.raises(HttpError, match="sufficient permissions"):
        drive.permissions().list(fileId=BOOK).execute()


def test_what_lies_in_a_folder_is_shared_trashed_and_deleted_with_it(drive: Any, second: Any) -> None:
    files = drive.files()
    outer = files.create(body={"name": "Outer", "mimeType": FOLDER}).execute()["id"]
    inner = files.create(body={"name": "Inner", "mimeType": FOLDER, "parents": [outer]}).execute()["id"]
    book = files.create(body={"name": "Book", "mimeType": SHEETS_MIME, "parents": [inner]}).execute()["id"]
    share = drive.permissions().create(
        fileId=outer, body={"type": "user", "role": "writer", "emailAddress": email_of("second")}
    ).execute()  # fmt: skip
    late = files.create(body={"name": "Late", "mimeType": SHEETS_MIME, "parents": [inner]}).execute()["id"]
    theirs = second.files().create(body={"name": "Theirs", "mimeType": SHEETS_MIME, "parents": [inner]}).execute()["id"]
    for each in (book, late):
        assert second.files().get(fileId=each, fields="parents").execute() == {"parents": [inner]}
    found = second.files().list(q=f"'{inner}' in parents", orderBy="name").execute()["files"]
    assert [file["name"] for file in found] == ["Book", "Late", "Theirs"]
    files.update(fileId=outer, body={"trashed": True}).execute()
    shown = files.get(fileId=book, fields="trashed,explicitlyTrashed").execute()
    assert shown == {"trashed": True, "explicitlyTrashed": False}
    files.update(fileId=outer, body={"trashed": False}).execute()
    assert files.list(q="trashed = true").execute()["files"] == []
    drive.permissions().delete(fileId=outer, permissionId=share["id"]).execute()
    with pytest.raises(HttpError, match="File not found"):
        second.files().get(fileId=book).execute()
    files.update(fileId=late, addParents="root", removeParents=inner).execute()
    files.delete(fileId=outer).execute()
    names = {file["name"] for file in files.list(q=f"mimeType = '{SHEETS_MIME}'").execute()["files"]}
    assert names == {"Season plan", "Late", "Theirs"}
    assert second.files().get(fileId=theirs, fields="ownedByMe").execute() == {"ownedByMe": True}


def test_a_folder_cannot_be_put_into_itself(drive: Any) -> None:
    files = drive.files()
    outer = files.create(body={"name": "Outer", "mimeType": FOLDER}).execute()["id"]
    inner = files.create(body={"name": "Inner", "mimeType": FOLDER, "parents": [outer]}).execute()["id"]
    for folder in (outer, inner):
        with pytest.raises(HttpError, match="ancestor of itself"):
            files.update(fileId=outer, addParents=folder, removeParents="root").execute()
    with pytest.raises(HttpError, match="Increasing the number of parents"):
        files.update(fileId=inner, addParents=files.create(body={"mimeType": FOLDER}).execute()["id"]).execute()


def test_a_file_keeps_what_is_said_of_it(drive: Any, second: Any) -> None:
    body = {"name": "Named", "description": "what for", "starred": True, "properties": {"team": "crm", "old": "1"}}
    drive.files().update(fileId=BOOK, body=body | {"appProperties": {"mine": "yes"}}).execute()
    drive.files().update(fileId=BOOK, body={"properties": {"old": None}}).execute()
    wanted = "name,description,starred,properties,appProperties"
    told = body | {"properties": {"team": "crm"}, "appProperties": {"mine": "yes"}}
    assert drive.files().get(fileId=BOOK, fields=wanted).execute() == told
    assert second.files().get(fileId=BOOK, fields="starred").execute() == {"starred": False}
    second.files().update(fileId=BOOK, body={"starred": True}).execute()
    with pytest.raises(HttpError, match="sufficient permissions"):
        second.files().update(fileId=BOOK, body={"name": "no"}).execute()
    only_drives: tuple[dict[str, Any], ...] = ({"id": "x"}, {"version": "7"}, {"owners": []}, {"parents": ["root"]})
    for body_refused in only_drives:
        with pytest.raises(HttpError, match="not directly writable"):
            drive.files().update(fileId=BOOK, body=body_refused).execute()
    moved = drive.files().update(fileId=BOOK, body={"modifiedTime": "2020-01-01T00:00:00+01:00"}).execute()
    assert moved["id"] == BOOK
    assert drive.files().get(fileId=BOOK, fields="modifiedTime").execute()["modifiedTime"] == "2019-12-31T23:00:00.000Z"


def test_rows_are_uploaded_as_a_new_spreadsheet_and_over_an_old_one(drive: Any, api: Api) -> None:
    rows = MediaInMemoryUpload(b"a,b\r\n1,=1+1\r\n", mimetype="text/csv", resumable=False)
    made = drive.files().create(body={"name": "Up", "mimeType": SHEETS_MIME}, media_body=rows).execute()["id"]
    exported = drive.files().export(fileId=made, mimeType="text/csv").execute()
    assert exported == b"a,b\r\n1,2"
    tabs = MediaInMemoryUpload("ä\tb".encode(), mimetype="text/tab-separated-values")
    drive.files().update(fileId=made, body={"name": "Down"}, media_body=tabs).execute()
    assert drive.files().export(fileId=made, mimeType="text/csv").execute() == "ä,b".encode()
    assert drive.files().get(fileId=made, fields="name").execute() == {"name": "Down"}
    for kind in ("application/pdf", "image/png"):
        picture = MediaInMemoryUpload(b"a", mimetype=kind)
        with pytest.raises(HttpError, match="Conversion of the uploaded content"):
            drive.files().create(body={"mimeType": SHEETS_MIME}, media_body=picture).execute()
    with pytest.raises(HttpError, match="Storing a file of type text/csv is not supported"):
        drive.files().create(body={"name": "x.csv"}, media_body=rows).execute()
    slow = MediaInMemoryUpload(b"a", mimetype="text/csv", resumable=True)
    with pytest.raises(HttpError, match="A resumable upload is not supported"):
        drive.files().create(body={"mimeType": SHEETS_MIME}, media_body=slow).execute()


def test_only_exports_give_content(drive: Any) -> None:
    with pytest.raises(HttpError, match="Only files with binary content can be downloaded"):
        drive.files().get_media(fileId=BOOK).execute()
    folder = drive.files().create(body={"mimeType": FOLDER}).execute()["id"]
    with pytest.raises(HttpError, match="Export only supports Docs Editors files"):
        drive.files().export(fileId=folder, mimeType="text/csv").execute()
    with pytest.raises(HttpError, match="This file cannot be copied by the user"):
        drive.files().copy(fileId=folder, body={}).execute()


def test_the_bin_is_emptied_of_ones_own(drive: Any, owner: Any, sandbox: Running) -> None:
    mine = drive.files().create(body={"mimeType": SHEETS_MIME, "trashed": True}).execute()["id"]
    sandbox.trash(BOOK)
    drive.files().emptyTrash().execute()
    assert set(sandbox.state.workbooks) == {BOOK}
    assert mine not in sandbox.state.workbooks
    owner.files().emptyTrash().execute()
    assert sandbox.state.workbooks == {}


def test_access_lists_comments_folders_and_changes_survive_a_restart(tmp_path: Path, own_accounts: Path) -> None:
    state = str(tmp_path / "sandbox.db")
    with running(state, own_accounts) as first:
        drive = with_google_client(first, "sheetsync")
        folder = drive.files().create(body={"name": "F", "mimeType": FOLDER}).execute()["id"]
        book = drive.files().create(body={"name": "B", "mimeType": SHEETS_MIME, "parents": [folder]}).execute()["id"]
        for body in (
            {"type": "anyone", "role": "reader"},
            {"type": "domain", "role": "commenter", "domain": "example.com", "allowFileDiscovery": True},
            {"type": "user", "role": "writer", "emailAddress": email_of("second"), "pendingOwner": True},
        ):
            drive.permissions().create(fileId=book, body=body).execute()
        one = drive.comments().create(fileId=book, body={"content": "c"}, fields="id").execute()["id"]
        drive.replies().create(fileId=book, commentId=one, body={"content": "r"}, fields="id").execute()
        gone = drive.files().create(body={"mimeType": SHEETS_MIME}).execute()["id"]
        token = drive.changes().getStartPageToken().execute()["startPageToken"]
        drive.files().delete(fileId=gone).execute()
        before = everything(drive, book, token)
    with running(state, own_accounts) as again:
        assert everything(with_google_client(again, "sheetsync"), book, token) == before
        assert with_google_client(again, "second").files().get(fileId=book).execute()["name"] == "B"


def everything(drive: Any, book: str, token: str) -> list[Any]:
    """All that Drive tells of a file, and of what changed since, less the server's own address."""
    file = drive.files().get(fileId=book, fields="*").execute()
    links = ("exportLinks", "webViewLink", "iconLink")
    return [
        {name: value for name, value in file.items() if name not in links},
        drive.comments().list(fileId=book, fields="*").execute(),
        drive.revisions().list(fileId=book, fields="*").execute(),
        drive.changes().list(pageToken=token).execute(),
    ]
