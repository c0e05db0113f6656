"""Clients nobody here wrote, pointed at a sandbox: gspread, and Google's own client for Drive v3."""

from typing import Any

import gspread
import requests
from google.oauth2 import service_account
from googleapiclient.discovery import build

from sheetsync.sandbox import Running
from tests.sandbox.conftest import AUTH, Api

_HOSTS = ("https://sheets.googleapis.com", "https://www.googleapis.com")


class Credentials(service_account.Credentials):
    """google-auth would ask Google for a regional boundary, with the token, whatever `token_uri` says."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


def with_gspread(sandbox: Running, account: str) -> gspread.Client:
    """gspread as this account."""

    class Redirected(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> Any:
            for host in _HOSTS:
                endpoint = endpoint.replace(host, sandbox.base)
            return super().request(method, endpoint, *args, **kwargs)

    make: Any = Credentials.from_service_account_file
    credentials = make(str(sandbox.key_file(account)), scopes=[f"{AUTH}spreadsheets", f"{AUTH}drive"])
    client = gspread.Client(auth=credentials, http_client=Redirected)
    client.set_timeout(10)
    return client


class _Response(dict[str, str]):
    """An answer's headers, as httplib2 hands them on."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__({name.lower(): text for name, text in answer.headers.items()})
        self.status, self.reason = answer.status_code, answer.reason


class _Http:
    """What googleapiclient asks of httplib2, over the sandbox's address and an account's token."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any
    ) -> tuple[_Response, bytes]:
        for host in _HOSTS:
            uri = uri.replace(host, self._api.sandbox.base)
        kept = {name: text for name, text in (headers or {}).items() if name.lower() != "accept-encoding"}
        answer = self._api.session.request(method, uri, data=body, headers=kept, timeout=10)
        return _Response(answer), answer.content

    def close(self) -> None:
        self._api.session.close()


def with_google_client(sandbox: Running, account: str) -> Any:
    """Google's Drive v3 client as this account, made from the discovery document in its package."""
    return build("drive", "v3", http=_Http(Api(sandbox, account)), static_discovery=True, cache_discovery=False)
