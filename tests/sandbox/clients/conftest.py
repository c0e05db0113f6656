"""Clients nobody here wrote, each with an account of the sandbox, and nothing beyond this computer."""

import socket
from collections.abc import Iterator
from typing import Any

import google_auth_httplib2
import gspread
import httplib2
import pytest
from google.oauth2 import service_account
from googleapiclient.discovery import build

from sheetsync.sandbox import Running
from tests.sandbox.conftest import AUTH, BOOK

_HOSTS = ("https://sheets.googleapis.com", "https://www.googleapis.com", "https://oauth2.googleapis.com")
_SCOPES = [f"{AUTH}spreadsheets", f"{AUTH}drive"]


class Credentials(service_account.Credentials):
    """google-auth would ask Google for a regional boundary, with the token, whatever `token_uri` says."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


def credentials(sandbox: Running, account: str) -> Credentials:
    """google-auth's credentials from an account's key file."""
    made: Any = Credentials.from_service_account_file
    return made(str(sandbox.key_file(account)), scopes=_SCOPES)  # type: ignore[no-any-return]


def _here(sandbox: Running, address: str) -> str:
    for host in _HOSTS:
        address = address.replace(host, sandbox.base, 1)
    return address


def gspread_of(sandbox: Running, account: str) -> gspread.Client:
    """gspread as it comes, but for the host."""

    class Redirected(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> Any:
            return super().request(method, _here(sandbox, endpoint), *args, **kwargs)

    client = gspread.Client(auth=credentials(sandbox, account), http_client=Redirected)
    client.set_timeout(30)
    return client


class _Redirected(httplib2.Http):  # type: ignore[misc]
    """httplib2 as it comes, but for the host: bundles of calls go to an address that no option changes."""

    sandbox: Running

    def request(self, uri: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(_here(self.sandbox, uri), *args, **kwargs)


def service_of(sandbox: Running, account: str, api: str, version: str) -> Any:
    """google-api-python-client's service, built from the discovery document it brings along."""
    http = _Redirected(timeout=30, proxy_info=None)
    http.sandbox = sandbox
    authorized = google_auth_httplib2.AuthorizedHttp(credentials(sandbox, account), http=http)
    return build(api, version, http=authorized, static_discovery=True, cache_discovery=False)


@pytest.fixture(autouse=True)
def nothing_but_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a client looks up must be this computer."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def watched(host: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(str(host))
        return real(host if host in ("127.0.0.1", "localhost") else "127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", watched)
    yield
    assert set(asked) <= {"127.0.0.1", "localhost"}


@pytest.fixture
def client(sandbox: Running) -> gspread.Client:
    """gspread with the account that may write."""
    return gspread_of(sandbox, "sheetsync")


@pytest.fixture
def book(client: gspread.Client) -> gspread.Spreadsheet:
    """The test's workbook in gspread."""
    return client.open_by_key(BOOK)


@pytest.fixture
def plan(book: gspread.Spreadsheet) -> gspread.Worksheet:
    """The tab `Plan`: 100 rows, 26 columns, empty."""
    return book.worksheet("Plan")


@pytest.fixture
def sheets(sandbox: Running) -> Iterator[Any]:
    """Sheets v4 in google-api-python-client."""
    with service_of(sandbox, "sheetsync", "sheets", "v4") as service:
        yield service


@pytest.fixture
def drive(sandbox: Running) -> Iterator[Any]:
    """Drive v3 in google-api-python-client."""
    with service_of(sandbox, "sheetsync", "drive", "v3") as service:
        yield service
