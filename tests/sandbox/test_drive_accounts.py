"""What each account may do with a file, by its role, in Drive and in Sheets; and how Google refuses the rest."""

from pathlib import Path

import pytest

from sheetsync.sandbox import Running, email_of, running
from sheetsync.sandbox.drive.access import permission_id
from tests.sandbox.conftest import BOOK, Api, add_workbook
from tests.sandbox.test_drive_discovery import reason, whole

FILE = f"/drive/v3/files/{BOOK}"
SHEET = f"/v4/spreadsheets/{BOOK}"
ROLES = ("nobody", "reader", "commenter", "writer", "owner")
SHARED: dict[str, object] = {"type": "user", "role": "reader", "emailAddress": "x@example.com"}

#: method, address, body and the least role that may
ACTS: list[tuple[str, str, dict[str, object] | None, str]] = [
    ("GET", FILE, None, "reader"),
    ("GET", f"{FILE}/export?mimeType=text/csv", None, "reader"),
    ("POST", f"{FILE}/copy", {}, "reader"),
    ("PATCH", FILE, {"starred": True}, "reader"),
    ("GET", f"{FILE}/comments?fields=*", None, "reader"),
    ("POST", f"{FILE}/comments?fields=*", {"content": "c"}, "commenter"),
    ("PATCH", FILE, {"name": "other"}, "writer"),
    ("PATCH", FILE, {"properties": {"a": "b"}}, "writer"),
    ("GET", f"{FILE}/revisions", None, "writer"),
    ("GET", f"{FILE}/permissions", None, "writer"),
    ("POST", f"{FILE}/permissions", SHARED, "writer"),
    ("POST", f"{FILE}/permissions", SHARED | {"role": "writer", "pendingOwner": True}, "owner"),
    ("PATCH", FILE, {"trashed": True}, "owner"),
    ("DELETE", FILE, None, "owner"),
    ("GET", SHEET, None, "reader"),
    ("GET", f"{SHEET}/values/A1", None, "reader"),
    ("PUT", f"{SHEET}/values/A1?valueInputOption=RAW", {"values": [["x"]]}, "writer"),
    ("POST", f"{SHEET}:batchUpdate", {"requests": [{"addSheet": {}}]}, "writer"),
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "body", "least"), ACTS)
def test_each_role_may_what_it_may(
    sandbox: Running, method: str, path: str, body: dict[str, object] | None, least: str, role: str
) -> None:
    sandbox.unshare(BOOK, "second")
    if role not in ("nobody", "owner"):
        sandbox.share(BOOK, "second", role)
    before = whole(sandbox)
    answer = Api(sandbox, "person" if role == "owner" else "second").call(method, path, body)
    if ROLES.index(role) >= ROLES.index(least):
        assert answer.status_code in (200, 204), answer.text
        return
    assert whole(sandbox) == before
    if path.startswith(SHEET):
        error = {"code": 403, "message": "The caller does not have permission", "status": "PERMISSION_DENIED"}
        assert answer.json() == {"error": error}
    elif role == "nobody":
        assert reason(answer) == (404, "notFound")
    else:
        assert reason(answer) == (403, "insufficientFilePermissions")
        assert answer.json()["error"]["message"] == "The user does not have sufficient permissions for this file."


@pytest.mark.parametrize(("role", "may"), [("reader", 403), ("commenter", 403), ("writer", 200)])
def test_a_link_gives_its_role_to_everybody_and_shows_the_file_to_nobody(sandbox: Running, role: str, may: int) -> None:
    sandbox.unshare(BOOK, "second")
    sandbox.share(BOOK, "anyone", role)
    second = Api(sandbox, "second")
    assert second.values("Plan!A1") == []
    body = {"values": [["x"]]}
    assert second.sheets("PUT", "/values/Plan!A1", body, valueInputOption="RAW").status_code == may
    assert second.call("GET", FILE, fields="shared,ownedByMe").json() == {"shared": True, "ownedByMe": False}
    assert second.call("GET", "/drive/v3/files").json()["files"] == []
    sandbox.unshare(BOOK, "anyone")
    assert second.call("GET", FILE).status_code == 404


def test_of_several_ways_to_a_file_the_greatest_role_counts(sandbox: Running) -> None:
    sandbox.share(BOOK, "anyone", "reader")
    sandbox.share(BOOK, "@sandbox.iam.gserviceaccount.com", "writer")
    sandbox.share(BOOK, "second", "commenter")
    assert sandbox.state.workbooks[BOOK].role(email_of("second")) == "writer"


def test_a_domain_is_found_by_its_members(sandbox: Running, api: Api) -> None:
    sandbox.unshare(BOOK, "second")
    token = api.call("GET", "/drive/v3/changes/startPageToken").json()["startPageToken"]
    sandbox.share(BOOK, "@sandbox.iam.gserviceaccount.com", "reader")
    second = Api(sandbox, "second")
    assert [file["id"] for file in second.call("GET", "/drive/v3/files").json()["files"]] == [BOOK]
    assert [each["fileId"] for each in second.call("GET", "/drive/v3/changes", pageToken=token).json()["changes"]] == [
        BOOK
    ]
    assert second.values("Plan!A1") == []


@pytest.mark.parametrize(
    ("body", "code", "why"),
    [
        ({}, 400, "required"),
        ({"type": "user"}, 400, "required"),
        ({"type": "dog", "role": "reader"}, 400, "invalid"),
        ({"type": "user", "role": "king", "emailAddress": "a@b.c"}, 400, "invalid"),
        ({"type": "user", "role": "reader"}, 400, "invalid"),
        ({"type": "user", "role": "reader", "emailAddress": "no address"}, 400, "invalid"),
        ({"type": "anyone", "role": "reader", "emailAddress": "a@b.c"}, 400, "invalid"),
        ({"type": "domain", "role": "reader"}, 400, "invalid"),
        ({"type": "anyone", "role": "owner"}, 400, "invalid"),
        ({"type": "user", "role": "organizer", "emailAddress": "a@b.c"}, 403, "forbidden"),
        ({"type": "user", "role": "owner", "emailAddress": "a@b.c"}, 403, "forbidden"),
        (SHARED | {"expirationTime": "2030-01-01T00:00:00Z"}, 403, "cannotSetExpiration"),
    ],
)
def test_a_share_that_cannot_be_is_refused(
    sandbox: Running, person: Api, body: dict[str, object], code: int, why: str
) -> None:
    before = whole(sandbox)
    assert reason(person.call("POST", f"{FILE}/permissions", body)) == (code, why)
    assert whole(sandbox) == before


def test_people_of_one_workspace_hand_a_file_over_at_once(tmp_path: Path) -> None:
    with running(accounts=tmp_path, names=["anna@example.com", "bert@example.com"]) as sandbox:
        add_workbook(sandbox)
        book = sandbox.state.workbooks[BOOK].copied()
        book.owner = "anna@example.com"
        sandbox.state.commit(book, book.owner)
        anna, bert = Api(sandbox, "anna@example.com"), Api(sandbox, "bert@example.com")
        heir = {"type": "user", "role": "owner", "emailAddress": "bert@example.com"}
        assert reason(anna.call("POST", f"{FILE}/permissions", heir)) == (403, "forbidden")
        made = anna.call("POST", f"{FILE}/permissions", heir, transferOwnership=True)
        assert made.json()["role"] == "owner"
        assert bert.call("GET", FILE, fields="ownedByMe").json() == {"ownedByMe": True}
        stranger = heir | {"emailAddress": "carl@example.org"}
        refused = bert.call("POST", f"{FILE}/permissions", stranger, transferOwnership=True)
        assert reason(refused) == (403, "consentRequiredForOwnershipTransfer")
        back = bert.call("PATCH", f"{FILE}/permissions/{permission_id('anna@example.com')}", {"role": "owner"})
        assert reason(back) == (403, "forbidden")
        assert anna.call("DELETE", FILE).status_code == 403
