"""A sandbox, small hands to use it over real HTTP, and a check of every good answer against Google's schema."""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sheetsync.sandbox import Running, email_of, running
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.values_write import type_into
from tests.sandbox.discovery import complaints

BOOK = "book-1"
AUTH = "https://www.googleapis.com/auth/"

#: the end of an address -> the message answered there
_ANSWERS = (
    (r"GET .*/values:batchGet$", "BatchGetValuesResponse"),
    (r"POST .*/values:batchUpdate$", "BatchUpdateValuesResponse"),
    (r"POST .*/values:batchClear$", "BatchClearValuesResponse"),
    (r"POST .*:append$", "AppendValuesResponse"),
    (r"POST .*:clear$", "ClearValuesResponse"),
    (r"PUT .*/values/.*$", "UpdateValuesResponse"),
    (r"GET .*/values/.*$", "ValueRange"),
    (r"POST .*/developerMetadata:search$", "SearchDeveloperMetadataResponse"),
    (r"GET .*/developerMetadata/.*$", "DeveloperMetadata"),
    (r"POST .*:batchUpdate$", "BatchUpdateSpreadsheetResponse"),
    (r"GET /v4/spreadsheets/[^/]+$", "Spreadsheet"),
)
_DRIVE_ANSWERS = (
    (r"GET /drive/v3/files$", "FileList"),
    (r"GET /drive/v3/files/generateIds$", "GeneratedIds"),
    (r"(GET|PATCH) /drive/v3/files/[^/]+$", "File"),
    (r"GET /drive/v3/files/[^/]+/permissions$", "PermissionList"),
    (r"GET /drive/v3/files/[^/]+/comments$", "CommentList"),
    (r"GET /drive/v3/files/[^/]+/revisions$", "RevisionList"),
    (r"GET /drive/v3/changes$", "ChangeList"),
)


def assertion(key_file: Path, *, key: str | None = None, **claims: Any) -> str:
    """A signed JWT as google-auth makes it; `claims` replace the usual ones, None leaves one out."""
    account = json.loads(key_file.read_text())
    now = int(time.time())
    usual: dict[str, Any] = {
        "iss": account["client_email"],
        "aud": account["token_uri"],
        "iat": now,
        "exp": now + 3600,
        "scope": f"{AUTH}spreadsheets {AUTH}drive",
    }
    payload = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode(payload, _loaded(key or account["private_key"]), algorithm="RS256")


@lru_cache(maxsize=8)
def _loaded(pem: str) -> Any:
    return load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)


class Api:
    """One account's view of a sandbox over HTTP."""

    def __init__(self, sandbox: Running, account: str, scope: str | None = None) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False
        claims = {"scope": scope} if scope else {}
        answer = self.token(assertion(sandbox.key_file(account), **claims))
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def token(self, signed: str, grant: str = "urn:ietf:params:oauth:grant-type:jwt-bearer") -> requests.Response:
        """The token endpoint's answer."""
        form = {"grant_type": grant, "assertion": signed}
        return self.session.post(f"{self.sandbox.base}/token", data=form, timeout=10)

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        """Any call; a good answer must fit Google's schema."""
        url = f"{self.sandbox.base}{path}"
        answer = self.session.request(method, url, json=body, params=params, timeout=10)
        if answer.ok:
            _fits_schema(f"{method} {path}", answer)
        return answer

    def sheets(self, method: str, rest: str, body: Any = None, **params: Any) -> requests.Response:
        """A call on the test's workbook."""
        return self.call(method, f"/v4/spreadsheets/{BOOK}{rest}", body, **params)

    def batch(self, *batch: dict[str, Any], **extra: Any) -> requests.Response:
        """A batchUpdate of these requests."""
        return self.sheets("POST", ":batchUpdate", {"requests": list(batch), **extra})

    def done(self, *batch: dict[str, Any], **extra: Any) -> dict[str, Any]:
        """A batchUpdate that must succeed."""
        answer = self.batch(*batch, **extra)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refused(self, *batch: dict[str, Any]) -> str:
        """The message of a batchUpdate that must be refused as invalid."""
        answer = self.batch(*batch)
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
        return str(answer.json()["error"]["message"])

    def values(self, a1: str, **params: Any) -> list[list[Any]]:
        """The values of a range."""
        answer = self.sheets("GET", f"/values/{a1}", **params)
        assert answer.status_code == 200, answer.text
        return list(answer.json().get("values", []))

    def formulas(self, a1: str) -> list[list[Any]]:
        """The values of a range with formulas as written."""
        return self.values(a1, valueRenderOption="FORMULA")

    def write(self, a1: str, values: Sequence[Sequence[Any]], option: str = "USER_ENTERED") -> dict[str, Any]:
        """A values.update that must succeed."""
        answer = self.sheets("PUT", f"/values/{a1}", {"values": values}, valueInputOption=option)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def read(self, fields: str, **params: Any) -> dict[str, Any]:
        """spreadsheets.get with a mask."""
        answer = self.sheets("GET", "", fields=fields, **params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def _fits_schema(request: str, answer: requests.Response) -> None:
    for table, name in ((_ANSWERS, "sheets.v4"), (_DRIVE_ANSWERS, "drive.v3")):
        for pattern, schema in table:
            if re.match(pattern, request):
                assert complaints(answer.json(), schema, name) == []
                return


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of key files for all tests: making RSA keys is slow."""
    return tmp_path_factory.mktemp("accounts")


@pytest.fixture
def own_accounts(accounts: Path, server: Running, tmp_path: Path) -> Path:
    """The same keys in another folder, for a second server: each writes its own address into the key files."""
    return Path(shutil.copytree(accounts, tmp_path / "accounts"))


@pytest.fixture(scope="session")
def server(accounts: Path) -> Iterator[Running]:
    """One server for all tests that do not need their own."""
    with running(accounts=accounts) as started:
        yield started


@pytest.fixture
def sandbox(server: Running) -> Iterator[Running]:
    """A sandbox with one workbook: tabs `Plan` (0) and `Other` (7), owned by person, second may only read."""
    server.state.workbooks.clear()
    server.requests.clear()
    add_workbook(server)
    yield server
    server.between = None


def add_workbook(sandbox: Running, book_id: str = BOOK, locale: str = "en_US", **shared: str) -> Workbook:
    """Puts a small empty workbook into a sandbox."""
    roles = shared or {"sheetsync": "writer", "second": "reader"}
    book = Workbook(book_id, "Season plan", locale, "Europe/London", email_of("person"))
    book.shared_with = {email_of(name): role for name, role in roles.items()}
    book.tabs = [Tab(0, "Plan", 100, 26), Tab(7, "Other", 50, 10)]
    sandbox.state.commit(book, email_of("person"))
    return book


@pytest.fixture
def api(sandbox: Running) -> Api:
    """The writer's hands."""
    return Api(sandbox, "sheetsync")


@pytest.fixture
def person(sandbox: Running) -> Api:
    """The owner's hands."""
    return Api(sandbox, "person")


@pytest.fixture
def typed_cells() -> Callable[[Running, str, str, Sequence[Sequence[str]]], None]:
    """Types rows of text into a tab without HTTP."""

    def type_all(sandbox: Running, book_id: str, title: str, rows: Sequence[Sequence[str]]) -> None:
        book = sandbox.state.workbooks[book_id].copied()
        editing = Editing(book, book.owner, sandbox.state.today(book))
        tab = book.titled(title)
        assert tab is not None
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                tab.put(row, column, type_into(tab.cell(row, column), text, editing))
        sandbox.state.commit(book, book.owner)

    return type_all


def grid_range(top: int, bottom: int, left: int, right: int, sheet_id: int = 0) -> dict[str, int]:
    """A GridRange."""
    return {
        "sheetId": sheet_id,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def lines(dimension: str, start: int, end: int, sheet_id: int = 0) -> dict[str, Any]:
    """A DimensionRange."""
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}
