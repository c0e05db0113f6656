"""One account's raw requests about one spreadsheet: paced below the quota, patient, refusals as Google words them."""

import re
from collections import deque
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from google.auth.exceptions import RefreshError
from gspread.http_client import HTTPClient

from sheetsync.adapters.drive_changes import DriveChanges
from sheetsync.adapters.google_client import open_client
from sheetsync.adapters.google_default import open_account
from sheetsync.adapters.google_errors import Call, Complaint, Rejected, told
from sheetsync.errors import AnswerLost, Refused, SheetsyncError, Transient, Unreachable, UsageError
from sheetsync.ports import Clock, RequestCount

Json = dict[str, Any]
_Answer = TypeVar("_Answer")

_ORIGIN = "https://sheets.googleapis.com/v4/spreadsheets"
_DRIVE = "https://www.googleapis.com"
#: whole, because files are made, shared and deleted; asked for only where beliefs of the sandbox are tried
DRIVE_SCOPES = (f"{_DRIVE}/auth/drive",)
_NO_CONTENT = 204
#: seconds to wait after a try that may pass by itself; the quota is counted by the minute
_PAUSES = (5.0, 20.0, 40.0)
_MINUTE = 60.0
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


def checked_id(spreadsheet: str) -> str:
    """A spreadsheet's id as given. Raises `UsageError` for what cannot be one: it becomes part of a path."""
    if not _ID.fullmatch(spreadsheet):
        remedy = "It is the part of the spreadsheet's URL between /d/ and /edit."
        raise UsageError(f"{spreadsheet[:80]!r} is no spreadsheet id.", remedy)
    return spreadsheet


class Declined(Refused):
    """Google said no for good; `complaint` is its answer, for checks that expect one."""

    def __init__(self, complaint: Complaint, told_as: SheetsyncError) -> None:
        super().__init__(str(told_as))
        self.complaint = complaint


class Barred(Refused):
    """The account lacks a right that only some checks need: they cannot be tried, and the message says why."""


class Pace:
    """At most `per_minute` requests of a kind in any minute; None is as fast as they come."""

    def __init__(self, clock: Clock, per_minute: int | None) -> None:
        self._clock = clock
        self._sent: dict[str, deque[float]] = {verb: deque(maxlen=per_minute) for verb in ("read", "write", "drive")}

    def keep(self, verb: str) -> None:
        """Wait until one more request of this kind may go."""
        sent = self._sent[verb]
        if len(sent) == sent.maxlen:
            self._clock.sleep(max(0.0, sent[0] + _MINUTE - self._clock.monotonic()))
        sent.append(self._clock.monotonic())


class Wire:
    """Requests of one account about one spreadsheet.

    Each call raises `Declined` (Google's refusal as it came), `AnswerLost` (a write that may have been applied) or
    `Unreachable`. What surely was not applied is tried again a few times.
    """

    def __init__(
        self,
        credentials: Path | None,
        endpoint: str | None,
        timeout_seconds: float,
        spreadsheet: str,
        clock: Clock,
        count: RequestCount,
        per_minute: int | None,
    ) -> None:
        account = open_account(credentials, endpoint)
        self._http = open_client(account, timeout_seconds, count).http_client
        self._listing = partial(DriveChanges, credentials, endpoint, timeout_seconds, count)
        self._drive_account = partial(open_account, credentials, endpoint, DRIVE_SCOPES)
        self._open = partial(open_client, timeout_seconds=timeout_seconds, count=count)
        self.account = account.address
        self.spreadsheet = checked_id(spreadsheet)
        self.clock = clock
        self._endpoint = endpoint
        self._pace = Pace(clock, per_minute)

    @cached_property
    def _changes(self) -> DriveChanges:
        # Asked for when it is needed: who never runs a daemon grants nothing of Drive.
        return self._listing()

    @cached_property
    def _drive(self) -> HTTPClient:
        return self._open(self._drive_account()).http_client

    def get(self, fields: str, *ranges: str, spreadsheet: str = "", **more: Any) -> Json:
        """`spreadsheets.get`, with `more` parameters."""
        params = {"fields": fields} | ({"ranges": list(ranges)} if ranges else {}) | more
        return self._patiently(lambda: self._once("read", "GET", "", spreadsheet, {"params": params}))

    def version(self) -> str:
        """The version in Drive's listing, under a token of its own. Raises `Refused` where the Drive API is off."""
        return self._changes.versions()[self.spreadsheet]

    def batch(self, body: Json) -> Json:
        """`spreadsheets.batchUpdate` with a whole body."""
        return self._patiently(lambda: self._once("write", "POST", ":batchUpdate", "", {"json": body}))

    def append(self, a1: str, row: list[str]) -> Json:
        """`spreadsheets.values.append` of one row of raw text."""
        path = f"/values/{quote(a1, safe='')}:append"
        content = {"params": {"valueInputOption": "RAW"}, "json": {"values": [row]}}
        return self._patiently(lambda: self._once("write", "POST", path, "", content))

    def drive(self, method: str, path: str, **content: Any) -> bytes:
        """Any request of Drive's, under a token of its own; the body answered. Raises also `Barred`."""
        return self._patiently(lambda: self._once_of_drive(method, path, content))

    def _patiently(self, send: Callable[[], _Answer]) -> _Answer:
        for pause in _PAUSES:
            try:
                return send()
            except AnswerLost:
                raise
            except Transient as trouble:
                self.clock.sleep(max(pause, trouble.retry_after or 0.0))
        try:
            return send()
        except AnswerLost:
            raise
        except Transient as trouble:
            raise Unreachable(f"gave up after {len(_PAUSES) + 1} tries: {trouble}") from trouble

    def _once(self, verb: str, method: str, rest: str, spreadsheet: str, content: Json) -> Json:
        spreadsheet = spreadsheet or self.spreadsheet
        call = Call(verb, spreadsheet, "", self.account, self._endpoint)
        self._pace.keep(verb)
        url = f"{_ORIGIN}/{spreadsheet}{rest}"
        return _told(call, lambda: self._http.request(method, url, **content).json())

    def _once_of_drive(self, method: str, path: str, content: Json) -> bytes:
        call = Call("read" if method == "GET" else "write", self.spreadsheet, "", self.account, self._endpoint)
        self._pace.keep("drive")
        try:
            answer: bytes = self._drive.request(method, f"{_DRIVE}{path}", **content).content
            return answer
        except SheetsyncError as trouble:
            if isinstance(trouble.__cause__, RefreshError):
                raise Barred(f"no access token with the scope {DRIVE_SCOPES[0]}: {trouble}") from trouble
            raise
        except Rejected as error:
            if error.response.status_code == _NO_CONTENT:
                return b""
            said = Complaint.of(error.response)
            if said.is_disabled:
                raise Barred("the Google Drive API is not enabled; enable `drive.googleapis.com`.") from error
            if said.is_out_of_scope:
                remedy = "Log in again with it, or use a service account's key file."
                raise Barred(f"the access token does not cover the scope {DRIVE_SCOPES[0]}.", remedy) from error
            raise _refusal(call, error) from error
        except Exception as error:
            raise told(call, error) from error


def _told(call: Call, ask: Callable[[], Any]) -> Json:
    try:
        answer = ask()
        if not isinstance(answer, dict) or answer.get("spreadsheetId", call.spreadsheet) != call.spreadsheet:
            raise ValueError("the answer is about another spreadsheet, or none")
        return answer
    except SheetsyncError:
        raise
    except Exception as error:
        raise _refusal(call, error) from error


def _refusal(call: Call, error: Exception) -> SheetsyncError:
    trouble = told(call, error)
    if isinstance(error, Rejected) and isinstance(trouble, Refused):
        return Declined(Complaint.of(error.response), trouble)
    return trouble
