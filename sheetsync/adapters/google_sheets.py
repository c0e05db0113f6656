"""Google Sheets behind the port `Sheets`: one request to read a workbook, one atomic request to change it."""

import gc
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sheetsync.adapters import google_requests
from sheetsync.adapters.google_cells import FIELDS, Alike, workbook
from sheetsync.adapters.google_client import is_loopback, open_client
from sheetsync.adapters.google_default import open_account
from sheetsync.adapters.google_errors import Call, told
from sheetsync.core.changes import Batch
from sheetsync.core.model import Workbook
from sheetsync.errors import ConfigError, Refused, SheetsyncError
from sheetsync.ports import RequestCount

Answer = TypeVar("Answer")

_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


class GoogleSheets:
    """People's spreadsheets, through the official API and an account they share their sheets with.

    `credentials` is a service account's JSON key file, or None for Application Default Credentials. `endpoint` is the
    origin of a sandbox on this computer, such as `http://127.0.0.1:8765`, or None for Google itself. `timeout_seconds`
    bounds each phase of each request.

    Raises `ConfigError` at once when key file or endpoint cannot be used; no request is made before the first call.
    """

    def __init__(self, credentials: Path | None, endpoint: str | None, timeout_seconds: float) -> None:
        self.count = RequestCount()
        self._alike = Alike()
        self._endpoint = _origin(endpoint)
        self._account = open_account(credentials, self._endpoint)
        self._http = open_client(self._account, timeout_seconds, self.count).http_client

    @property
    def account(self) -> str:
        """The address that people share their spreadsheets with."""
        return self._account.address

    def read(self, spreadsheet: str) -> Workbook:
        """One consistent read of a whole workbook, in one `spreadsheets.get`.

        Raises `Transient`, `Refused` or `Unreachable`.
        """
        call = self._call("read", spreadsheet)
        with _no_collection():
            return _told(call, lambda: workbook(self._fetched(call), self._alike, self.account))

    def apply(self, batch: Batch) -> None:
        """The whole batch in one atomic `spreadsheets.batchUpdate`; an empty batch sends nothing.

        Raises `Transient` (surely not applied), `AnswerLost` (perhaps applied), `Refused` or `Unreachable`.
        """
        call = self._call("write", batch.spreadsheet, batch.title)
        if batch.changes:
            body = google_requests.body(batch)
            _told(call, lambda: _answer(call, self._http.batch_update(batch.spreadsheet, body)))

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        """A URL that opens the tab with the cell selected."""
        return sheet_link(self._endpoint, spreadsheet, tab_id, a1)

    def _fetched(self, call: Call) -> dict[str, Any]:
        return _answer(call, self._http.fetch_sheet_metadata(call.spreadsheet, _params()))

    def _call(self, verb: str, spreadsheet: str, title: str = "") -> Call:
        # An id becomes part of a path: "..", "?", "/" would ask something else than what was meant.
        if not _ID.fullmatch(spreadsheet):
            remedy = "It is the part of the spreadsheet's URL between /d/ and /edit; check `spreadsheet:`."
            raise Refused(f"{spreadsheet[:80]!r} is no spreadsheet id.", remedy)
        return Call(verb, spreadsheet, title, self.account, self._endpoint)


def sheet_link(endpoint: str | None, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
    """A URL that opens a tab with a cell selected, at Google or at a sandbox's endpoint."""
    url = f"{(endpoint or 'https://docs.google.com').rstrip('/')}/spreadsheets/d/{quote(spreadsheet, safe='')}/edit"
    if tab_id is None:
        return url
    # The tab stands twice: browsers that are not signed in lose the fragment on their way through the login.
    cell = f"&range={quote(a1, safe=':')}" if a1 else ""
    return f"{url}?gid={tab_id}#gid={tab_id}{cell}"


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of small dicts, none of them in a cycle: looking for cycles among them took two thirds of a big read."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _params() -> dict[str, Any]:
    # Without the blanks and line breaks that are Google's default, and more than half of an answer.
    return {"fields": FIELDS, "prettyPrint": "false"}


def _origin(endpoint: str | None) -> str | None:
    if endpoint is None:
        return None
    if not endpoint.startswith(("http://", "https://")) or not is_loopback(endpoint):
        text = f"the sandbox's endpoint {endpoint!r} is not on this computer."
        raise ConfigError(text, "Give an address such as http://127.0.0.1:8765, or none for Google itself.")
    return endpoint.rstrip("/")


def _told(call: Call, ask: Callable[[], Answer]) -> Answer:
    """What `ask` answers. Whatever foreign error it raises comes out in our words, with the original as its cause."""
    try:
        return ask()
    except SheetsyncError:
        raise
    except Exception as error:
        raise told(call, error) from error


def _answer(call: Call, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Google's answer, if it is one: a proxy's cheerful JSON must not pass for an applied write."""
    if not isinstance(answer, dict) or answer.get("spreadsheetId") != call.spreadsheet:
        raise ValueError("the answer is about no spreadsheet, or another one")
    return answer
