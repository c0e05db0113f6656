"""The way to Google: a key file becomes an account, and gspread gets a transport that never hangs, strays or forgets.

In sandbox mode (an endpoint is given) everything stays on this computer: hosts, token endpoint, proxies, look-ups.
"""

import ipaddress
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import gspread
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import service_account
from gspread.http_client import HTTPClient
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from sheetsync.adapters.google_errors import Rejected, refused_token, silence
from sheetsync.errors import ConfigError, Refused, Transient
from sheetsync.ports import RequestCount

#: the least that reads and writes spreadsheets shared with the account; nothing of Drive
SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)

_GOOGLE = ("https://sheets.googleapis.com", "https://www.googleapis.com")
_TOKEN_HOSTS = ("googleapis.com", "accounts.google.com")
_KEY_PARTS = ("client_email", "token_uri", "private_key")
_CHUNK = 1 << 16
#: statuses of a token request that say nothing about the account
_NO_ANSWER = {301, 302, 303, 307, 308, 408, 429}
#: workbooks may be read side by side
_COUNTING = Lock()


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this computer and nowhere else."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# ---------------------------------------------------------------- the account


class AnyAccount(Credentials):
    """Credentials whose token trouble speaks our words.

    Trouble with the token means that the request behind it was never sent: a write is then safe to try again.
    """

    #: where the sandbox is, if that is where we are
    endpoint: str | None = None

    @property
    def address(self) -> str:
        """What people share their spreadsheets with."""
        raise NotImplementedError


class Account(AnyAccount, service_account.Credentials):
    """A service account, by its key file."""

    @property
    def address(self) -> str:
        """What people share their spreadsheets with."""
        return str(self.service_account_email)

    def refresh(self, request: Any) -> None:
        """Fetch an access token. Raises `Transient` or `Unreachable`."""
        with token_trouble(self.address, self.endpoint):
            super().refresh(request)  # type: ignore[no-untyped-call]

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        # google-auth would look up a host of Google's in the background, with our token, even when all else is local.
        return self.endpoint is None and bool(super()._is_regional_access_boundary_lookup_required())  # type: ignore[no-untyped-call]


@contextmanager
def token_trouble(address: str, endpoint: str | None) -> Iterator[None]:
    """Whatever goes wrong with fetching a token comes out in our words."""
    try:
        yield
    except TransportError as error:
        raise silence(error.__cause__ or error, endpoint) from error
    except RefreshError as error:
        raise refused_token(error, address) from error
    except (GoogleAuthError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise Transient(f"{endpoint or 'Google'} answered no access token.") from error


def load_account(path: Path, endpoint: str | None, scopes: Sequence[str] = SCOPES) -> Account:
    """The service account of a JSON key file. Raises `ConfigError` naming the file, never what is in it."""
    key = _key(path)
    _check_token_uri(path, str(key["token_uri"]), endpoint)
    try:
        account: Account = Account.from_service_account_info(key, scopes=scopes)  # type: ignore[no-untyped-call]
    except (GoogleAuthError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: its private key is damaged.", "Download the key again.") from error
    account.endpoint = endpoint
    return account


def _key(path: Path) -> Mapping[str, object]:
    try:
        key = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: there is no such key file.",
            "Check `google.credentials_file`, or the variable `google.credentials_env` names.",
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{path}: the key file cannot be read ({error.strerror}).", "Check its permissions."
        ) from error
    except (RecursionError, ValueError) as error:
        raise ConfigError(f"{path}: this is no JSON key file.", _WANTED) from error
    if not isinstance(key, dict) or key.get("type") != "service_account":
        raise ConfigError(f"{path}: this is not the key of a service account.", _WANTED)
    missing = [part for part in _KEY_PARTS if not isinstance(key.get(part), str) or not key[part]]
    if missing:
        raise ConfigError(f"{path}: the key file lacks {', '.join(missing)}.", "Download the key again.")
    return key


_WANTED = "Create a key of type JSON for a service account in the Google Cloud console."


def _check_token_uri(path: Path, token_uri: str, endpoint: str | None) -> None:
    """A signed assertion goes to the token endpoint: a sandbox's must stay here, a real one must be Google's."""
    if endpoint is not None:
        if not is_loopback(token_uri):
            text = f"{path}: this key is for Google, but the sandbox at {endpoint} is configured."
            raise ConfigError(text, "Use the sandbox's own key file, or remove the endpoint.")
        return
    host = urlsplit(token_uri).hostname or ""
    googles = any(host == known or host.endswith(f".{known}") for known in _TOKEN_HOSTS)
    if not token_uri.startswith("https://") or not googles:
        text = f"{path}: the token endpoint in this key is not Google's."
        raise ConfigError(text, "Is it the key of a sandbox? Then configure the sandbox's endpoint.")


# ---------------------------------------------------------------- the transport


class Transport(HTTPAdapter):
    """Sends one request: within its time, counted, and in sandbox mode only to this computer."""

    # google-auth copies its transport for a thread of its own; what is not named here would be missing in the copy.
    __attrs__ = (*HTTPAdapter.__attrs__, "patience", "local", "count")

    def __init__(self, patience: float, local: bool, count: RequestCount | None = None) -> None:
        #: seconds for the whole body to arrive; requests' own timeout only bounds the silence between two bytes
        self.patience = patience
        self.local = local
        self.count = count
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Like HTTPAdapter.send; every try is counted, also a second one after a refreshed token."""
        url = request.url or ""
        if self.local and not is_loopback(url):
            text = f"the sandbox wanted to send us to {urlsplit(url).hostname}, which was refused."
            raise Refused(text, "Check SHEETS_EMULATOR_HOST or `google.endpoint`.")
        with _COUNTING:
            _tally(self.count, request.method or "", urlsplit(url).path)
        return super().send(request, *args, **kwargs)

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Like HTTPAdapter.build_response, with the whole body received. Raises ReadTimeout or ConnectionError."""
        return super().build_response(req, _received(resp, self.patience))


def _tally(count: RequestCount | None, method: str, path: str) -> None:
    if count is None:
        return
    if not path.startswith("/v4/spreadsheets"):
        count.drive += 1
    elif method == "GET":
        count.reads += 1
    else:
        count.writes += 1


def _received(answer: HTTPResponse, patience: float) -> HTTPResponse:
    """The same answer with its body in memory, still encoded as it came."""
    body = BytesIO()
    deadline = time.monotonic() + patience
    try:
        while chunk := answer.read1(_CHUNK, decode_content=False):
            body.write(chunk)
            if time.monotonic() > deadline:
                raise requests.ReadTimeout(f"the body did not arrive within {patience} s")
    except HTTPError as error:
        answer.close()
        raise requests.ConnectionError(f"the body broke off: {type(error).__name__}") from error
    except requests.ReadTimeout:
        answer.close()
        raise
    body.seek(0)
    return HTTPResponse(
        body=body,
        headers=answer.headers,
        status=answer.status,
        version=answer.version,
        reason=answer.reason,
        preload_content=False,
    )


class TokenRequest(Request):
    """Asks the token endpoint once: google-auth would sleep and repeat by itself, outside our budget and clock."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Like Request.__call__. Raises `Transient` for what google-auth would sleep on or follow."""
        answer = super().__call__(*args, **kwargs)  # type: ignore[no-untyped-call]
        if answer.status in _NO_ANSWER or answer.status >= 500:
            raise Transient(f"the token endpoint answered {answer.status}.")
        return answer


class GoogleHTTPClient(HTTPClient):
    """gspread's HTTP client, able to talk to another host and strict about what is an answer."""

    def __init__(self, auth: Credentials, session: requests.Session | None = None) -> None:
        super().__init__(auth, session)
        self.auth = auth
        #: origin that stands in for Google's, without a slash at its end
        self.endpoint: str | None = getattr(auth, "endpoint", None)

    def request(
        self,
        method: str,
        endpoint: str,
        params: Any = None,
        data: bytes | None = None,
        json: Any = None,
        files: Any = None,
        headers: Any = None,
    ) -> requests.Response:
        """Send one request. Raises `Rejected` for anything but a 200, a redirect included.

        gspread's own way would raise an APIError, which breaks down with a KeyError over an error without a code.
        """
        response = self.session.request(
            method,
            self._address(endpoint),
            params=params,
            data=data,
            json=json,
            files=files,
            headers=headers,
            timeout=self.timeout,
        )
        if response.status_code != requests.codes.ok:
            raise Rejected(response)
        return response

    def _address(self, url: str) -> str:
        for google in _GOOGLE if self.endpoint else ():
            if url.startswith(f"{google}/"):
                return f"{self.endpoint}{url.removeprefix(google)}"
        return url


class _Straight(requests.Session):
    """Never follows a redirect: Google's API sends none, so it is a captive portal or proxy that wants us elsewhere."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 (requests passes it)
        return None


class _Authorized(_Straight, AuthorizedSession):
    """A straight session that shows the account's token."""


def open_client(account: AnyAccount, timeout_seconds: float, count: RequestCount) -> gspread.Client:
    """gspread on our transport. No request is made yet.

    `timeout_seconds` bounds each of connecting, waiting for the answer and receiving it; the token request too.
    """
    tokens = _mounted(_Straight(), account.endpoint, timeout_seconds)
    authorized = _Authorized(account, auth_request=TokenRequest(tokens))  # type: ignore[no-untyped-call]
    session = _mounted(authorized, account.endpoint, timeout_seconds, count)
    client = gspread.Client(account, session, GoogleHTTPClient)
    client.set_timeout(timeout_seconds)
    return client


def open_plain(endpoint: str | None, timeout_seconds: float) -> requests.Session:
    """A session on our transport that shows no token."""
    return _mounted(_Straight(), endpoint, timeout_seconds)


def _mounted(
    session: requests.Session, endpoint: str | None, timeout_seconds: float, count: RequestCount | None = None
) -> requests.Session:
    local = endpoint is not None
    for scheme in ("https://", "http://"):
        session.mount(scheme, Transport(timeout_seconds, local, count))
    # A company's proxy is the way to Google, but never the way to this computer.
    session.trust_env = not local
    return session
