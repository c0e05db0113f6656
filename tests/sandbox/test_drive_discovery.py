"""Every method of Drive's discovery document is made here, or refused with Google's body: no 500, nothing changed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sheetsync.sandbox import Running
from sheetsync.sandbox.codec import export_book
from tests.sandbox.conftest import BOOK, Api
from tests.sandbox.discovery import complaints, document


def methods(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All methods of the discovery document."""
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from methods(inner)


METHODS = {method["id"]: method for method in methods(document("drive.v3"))}
#: what is made here; every other method must be refused by its name
MADE = {
    f"drive.{group}.{name}"
    for group, names in {
        "about": "get",
        "changes": "getStartPageToken list",
        "comments": "create delete get list update",
        "drives": "list get update delete",
        "files": "copy create delete emptyTrash export generateIds get list update",
        "permissions": "create delete get list update",
        "replies": "create delete get list update",
        "revisions": "get list",
        "teamdrives": "list get update delete",
    }.items()
    for name in names.split()
}


def reason(answer: requests.Response) -> tuple[int, str]:
    """Code and reason of a refusal; the body must be exactly Drive's envelope."""
    body = answer.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"code", "message", "errors"}
    (entry,) = error["errors"]
    assert set(entry) in ({"message", "domain", "reason"}, {"message", "domain", "reason", "location", "locationType"})
    assert (entry["message"], entry["domain"], error["code"]) == (error["message"], "global", answer.status_code)
    return error["code"], entry["reason"]


def address(method: dict[str, Any], file: str) -> str:
    """The method's path with `file` as the file and nothing known for the rest."""
    path = method["path"].replace("{fileId}", file)
    for name in method.get("parameters", {}):
        path = path.replace("{" + name + "}", "nothing")
    return f"/drive/v3/{path}"


def whole(sandbox: Running) -> str:
    """All workbooks as one text."""
    return json.dumps([export_book(book) for book in sandbox.state.workbooks.values()])


def test_the_table_names_what_there_is() -> None:
    assert set(METHODS) > MADE


@pytest.mark.parametrize("name", sorted(set(METHODS) - MADE))
def test_what_is_not_made_here_is_refused_by_name_and_changes_nothing(person: Api, sandbox: Running, name: str) -> None:
    before = whole(sandbox)
    answer = person.call(METHODS[name]["httpMethod"], address(METHODS[name], BOOK), {})
    assert reason(answer) == (400, "badRequest")
    assert name.removeprefix("drive.") in answer.json()["error"]["message"]
    assert whole(sandbox) == before


@pytest.mark.parametrize("name", sorted(name for name in METHODS if "{fileId}" in METHODS[name]["path"]))
@pytest.mark.parametrize("account", ["sheetsync", "second"])
def test_a_file_that_is_not_shared_is_no_file_to_any_method(sandbox: Running, name: str, account: str) -> None:
    sandbox.unshare(BOOK, account)
    api = Api(sandbox, account)
    before = whole(sandbox)
    answer = api.call(METHODS[name]["httpMethod"], address(METHODS[name], BOOK), {}, fields="*", mimeType="text/csv")
    assert reason(answer) == (404, "notFound")
    assert answer.json()["error"]["message"] == f"File not found: {BOOK}."
    assert whole(sandbox) == before


#: bodies that no method can take
_NONSENSE: tuple[Any, ...] = (
    [], 7, "x", {"name": 7}, {"role": []}, {"content": {}}, {"parents": "x"}, {"properties": {"a": 1}},
    {"mimeType": "x/y", "role": "king", "type": "dog", "content": "", "trashed": "yes"}, {"role": "owner"},
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(METHODS))
def test_nonsense_is_answered_with_4xx_or_what_it_happens_to_mean(person: Api, sandbox: Running, name: str) -> None:
    method = METHODS[name]
    for body in _NONSENSE:
        for params in (
            {},
            {"pageSize": "x"},
            {"pageSize": -1, "fields": "*"},
            {"fields": "a(b"},
            {"pageToken": "~!!~e30="},
        ):
            answer = person.call(method["httpMethod"], address(method, BOOK), body, **params)
            assert answer.status_code < 500, answer.text
            if not answer.ok:
                reason(answer)
        if BOOK not in sandbox.state.workbooks:
            break


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("about", "About"),
        ("files", "FileList"),
        ("files/generateIds", "GeneratedIds"),
        (f"files/{BOOK}", "File"),
        (f"files/{BOOK}/permissions", "PermissionList"),
        (f"files/{BOOK}/comments", "CommentList"),
        (f"files/{BOOK}/revisions", "RevisionList"),
        ("changes/startPageToken", "StartPageToken"),
        ("changes?pageToken=1", "ChangeList"),
        ("drives", "DriveList"),
        ("teamdrives", "TeamDriveList"),
    ],
)
def test_what_is_answered_fits_the_schema(person: Api, sandbox: Running, path: str, resource: str) -> None:
    sandbox.share(BOOK, "anyone", "reader")
    sandbox.share(BOOK, "@example.com", "commenter")
    person.call("POST", f"/drive/v3/files/{BOOK}/comments", {"content": "c"}, fields="id")
    answer = person.call("GET", f"/drive/v3/{path}", fields="*")
    assert answer.status_code == 200, answer.text
    assert complaints(answer.json(), resource, "drive.v3") == []


@pytest.mark.parametrize("names", ["nope", "id,nope", "capabilities(canFly)", "owners/nope", "a..b", "(", "id(name)"])
def test_a_mask_is_checked_at_every_depth(api: Api, names: str) -> None:
    answer = api.call("GET", f"/drive/v3/files/{BOOK}", fields=names)
    assert reason(answer) == (400, "invalidParameter")
    assert answer.json()["error"]["message"].startswith("Invalid field selection ")


def test_a_scope_that_is_too_small_is_refused(sandbox: Running) -> None:
    reader = Api(sandbox, "sheetsync", scope="https://www.googleapis.com/auth/drive.metadata.readonly")
    assert reader.call("GET", f"/drive/v3/files/{BOOK}").ok
    for method, path in (
        ("POST", "files"),
        ("PATCH", f"files/{BOOK}"),
        ("DELETE", f"files/{BOOK}"),
        ("GET", f"files/{BOOK}/export"),
        ("POST", f"files/{BOOK}/permissions"),
        ("POST", f"files/{BOOK}/comments"),
    ):
        answer = reader.call(method, f"/drive/v3/{path}", {} if method != "GET" else None)
        assert reason(answer) == (403, "insufficientPermissions")
