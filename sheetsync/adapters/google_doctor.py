"""Questions to Google that a newcomer's first run would fail at, each asked by itself, and none that writes."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import requests
from gspread.http_client import HTTPClient

from sheetsync.adapters.google_client import AnyAccount, TokenRequest, open_client, open_plain
from sheetsync.adapters.google_default import default_file, open_account
from sheetsync.adapters.google_errors import (
    API_PAGE,
    OFFICE,
    SCOPE_REMEDY,
    SHEETS_API,
    Call,
    Complaint,
    Rejected,
    moment,
    silence,
    told,
)
from sheetsync.core.checkup import Finding, Verdict, failure, warning, well
from sheetsync.errors import SheetsyncError
from sheetsync.ports import Clock, RequestCount

Json = dict[str, Any]

#: what we ask of Drive: names, kinds and times of files, nothing that is in them
DRIVE_SCOPES: Final = ("https://www.googleapis.com/auth/drive.metadata.readonly",)

_SHEETS: Final = f"https://{SHEETS_API}"
_DRIVE_API: Final = "drive.googleapis.com"
_DRIVE: Final = "https://www.googleapis.com/drive/v3/files"
_NO_SPREADSHEET: Final = "no-such-spreadsheet"
#: seconds; a token request says when it was made, and Google believes only fresh ones
_SKEW: Final = 60
_MIME: Final = "application/vnd.google-apps.spreadsheet"
_OFFICE_MIMES: Final = ("application/vnd.openxmlformats", "application/vnd.ms-excel")
_READS_A_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """One spreadsheet of the configuration, as its messages name it."""

    spreadsheet: str
    #: the titles of its sources: 'Partner briefs'
    titles: str
    #: whether any source in it is written
    writes: bool
    #: the setting that names it, and where that stands
    setting: str
    #: opens it in a browser
    link: str

    @property
    def role(self) -> str:
        return "Editor" if self.writes else "Viewer"


class GoogleDoctor:
    """One account and its way to Google. Call `credentials` first; each method yields what it found.

    Raises `SheetsyncError` for trouble that has nothing to do with the question.
    """

    def __init__(self, endpoint: str | None, timeout_seconds: float, clock: Clock) -> None:
        self.count = RequestCount()
        self._endpoint = endpoint
        self._timeout = timeout_seconds
        self._clock = clock
        self._plain = open_plain(endpoint, timeout_seconds)
        self._account: AnyAccount
        self._sheets: HTTPClient
        #: None where Drive does not answer us
        self._drive: HTTPClient | None = None

    # ---------------------------------------------------------------- the account and the way

    def credentials(self, key_file: Path | None) -> Iterator[Finding]:
        """Is there a key, and whose? Raises `ConfigError`; `key_file` None is Application Default Credentials."""
        self._account = open_account(key_file, self._endpoint)
        self._sheets = self._client(self._account)
        self._key_file = key_file
        file = key_file or default_file()
        if file is not None and _is_open(file):
            yield warning(f"{file} can be read by other users of this computer", f"chmod 600 {file}")
        what = f"key file {file}" if file is not None else "application default credentials"
        yield well(f"{what}, of {self._account.address}")

    def network(self) -> Iterator[Finding]:
        """Does Google answer, and does our clock go as its does?"""
        place = self._endpoint or _SHEETS
        began = self._clock.monotonic()
        try:
            answer = self._plain.get(f"{place}/", timeout=self._timeout)
        except requests.RequestException as error:
            raise silence(error, self._endpoint) from error
        took = self._clock.monotonic() - began
        theirs = moment(answer.headers.get("Date", ""))
        if theirs is None:
            yield warning(
                f"{place} answers, but does not say what time it is", "Compare this computer's clock yourself."
            )
            return
        skew = (self._clock.now() - theirs).total_seconds() - took / 2
        if abs(skew) > _SKEW:
            said = f"this computer's clock is {_span(abs(skew))} {'fast' if skew > 0 else 'slow'}"
            remedy = "Set it (switch automatic time on): with a wrong clock Google gives no access token."
            # Perhaps it gives one all the same: the next check knows.
            yield Finding(Verdict.FAIL, said, remedy)
        else:
            yield well(f"{place} answers, and its clock agrees with ours")

    def token(self) -> Iterator[Finding]:
        """Does the account get an access token?"""
        self._account.refresh(TokenRequest(self._plain))  # type: ignore[no-untyped-call]
        yield well(f"given to {self._account.address}")

    def sheets_api(self) -> Iterator[Finding]:
        """Is the Sheets API enabled, and does the token open it? A spreadsheet that does not exist is asked for."""
        try:
            self._spreadsheet(_NO_SPREADSHEET)
        except Rejected as error:
            said = Complaint.of(error.response)
            if said.code != 404:
                raise told(self._call(_NO_SPREADSHEET), error) from error
        yield well("enabled, and open to the account")

    def drive_api(self) -> Iterator[Finding]:
        """Does Drive tell us about files? Without it some things cannot be looked at, and the daemon gets no hints."""
        lost = "only the daemon's hints and the rights below need it"
        try:
            drive = self._client(open_account(self._key_file, self._endpoint, DRIVE_SCOPES))
            self._get(drive, _DRIVE, pageSize=1, fields="files(id)")
        except Rejected as error:
            said = Complaint.of(error.response)
            if said.is_disabled:
                remedy = f"Enable it at {said.enable_at or API_PAGE + _DRIVE_API} and wait a few minutes."
                yield warning(f"not enabled in the account's Cloud project; {lost}", remedy, blocks=True)
            elif said.is_out_of_scope:
                yield warning(f"the access token does not cover it; {lost}", SCOPE_REMEDY, blocks=True)
            else:
                yield warning(f"answered {said.code}; {lost}", "Run it again later.", blocks=True)
        except SheetsyncError as error:
            yield warning(f"{error.args[0]} ({lost})", error.remedy, blocks=True)
        else:
            self._drive = drive
            yield well("enabled, and open to the account")

    # ---------------------------------------------------------------- one spreadsheet

    def spreadsheet(self, asked: Asked) -> Iterator[Finding]:
        """Is it there, shared with us, and a Google Sheet?"""
        try:
            title = self._spreadsheet(asked.spreadsheet).get("properties", {}).get("title", "")
        except Rejected as error:
            said = Complaint.of(error.response)
            if said.code not in (400, 403, 404) or said.may_pass or (said.code == 403 and not said.message):
                raise told(self._call(asked.spreadsheet), error) from error
            yield self._refused(asked, said)
        else:
            yield well(f"{title!r} is a Google Sheet that {self._account.address} may read")

    def rights(self, asked: Asked) -> Iterator[Finding]:
        """Is it in the trash, and may we edit it where we shall have to? As Drive says; nothing is tried."""
        file = self._file(asked.spreadsheet)
        if file is None:
            remedy = f"Share it with the address itself, as {asked.role}: {asked.link}"
            yield warning("Drive does not know it, so it is open to anybody with the link", remedy)
            return
        may_edit = file.get("capabilities", {}).get("canEdit") is True
        if file.get("trashed"):
            yield failure(
                f"{file.get('name', '')!r} is in the trash, and Google will delete it",
                f"Take it out of the trash, or put the right address into {asked.setting}.",
            )
        if asked.writes and not may_edit:
            yield failure("may be read, but not edited", self._share(asked))
        if not file.get("trashed") and (may_edit or not asked.writes):
            yield well("may be edited" if may_edit else "may be read, and is not to be written")

    def quota(self, spreadsheets: int, more: RequestCount) -> Iterator[Finding]:
        """What this look, `more` included, has taken of what Google lets one account do, and what a run takes."""
        took = f"{self.count.reads + more.reads} of the {_READS_A_MINUTE} reads a minute"
        said = (
            f"this look took {took} that Google lets one account do; a run takes {spreadsheets}, and for each workbook "
            "that changes a write and a read more"
        )
        if spreadsheets * 2 > _READS_A_MINUTE:
            yield warning(said, "Ask for more: Cloud console > APIs & Services > Google Sheets API > Quotas.")
        else:
            yield well(said)

    # ---------------------------------------------------------------- what a refusal means

    def _refused(self, asked: Asked, said: Complaint) -> Finding:
        correct = f"Put the right address into {asked.setting}."
        file = self._file(asked.spreadsheet)
        kind = file.get("mimeType", "") if file is not None else ""
        if OFFICE in said.message or kind.startswith(_OFFICE_MIMES):
            remedy = (
                f"Open it, File > Save as Google Sheets, and put the new address into {asked.setting}: {asked.link}"
            )
            return failure(f"{asked.titles} is an Excel file (.xlsx) in Drive, no Google Sheet", remedy)
        if kind not in ("", _MIME):
            return failure(f"{asked.titles} is no spreadsheet ({kind.rpartition('.')[2]})", correct)
        if said.code == 400:
            return failure(f"{asked.titles} is no spreadsheet that Google's API takes", correct)
        if said.code == 404:
            missing = f"there is no spreadsheet with the id {asked.spreadsheet} ({asked.titles})"
            return failure(missing, f"{correct} If it is right: {self._share(asked)}")
        return failure(f"{asked.titles} is not shared with {self._account.address}", self._share(asked))

    def _share(self, asked: Asked) -> str:
        forbidden = "; where your Workspace forbids that, see 'Point it at your sheets' in the README"
        return f"Share {asked.titles} with {self._account.address} as {asked.role}{forbidden}: {asked.link}"

    # ---------------------------------------------------------------- requests

    def _client(self, account: AnyAccount) -> HTTPClient:
        return open_client(account, self._timeout, self.count).http_client

    def _spreadsheet(self, spreadsheet: str) -> Json:
        url = f"{_SHEETS}/v4/spreadsheets/{quote(spreadsheet, safe='')}"
        return self._get(self._sheets, url, fields="spreadsheetId,properties.title")

    def _file(self, spreadsheet: str) -> Json | None:
        """What Drive knows of a file; None where it knows none, or is not to be asked."""
        if self._drive is None:
            return None
        url = f"{_DRIVE}/{quote(spreadsheet, safe='')}"
        fields = "name,mimeType,trashed,capabilities(canEdit)"
        try:
            return self._get(self._drive, url, fields=fields, supportsAllDrives="true")
        except Rejected as error:
            if error.response.status_code == 404:
                return None
            raise told(self._call(spreadsheet), error) from error

    def _get(self, client: HTTPClient, url: str, **params: Any) -> Json:
        """One question. Raises `Rejected` for an answer that is no 200, and `SheetsyncError` where there is none."""
        try:
            answer = client.request("GET", url, params=params).json()
            if not isinstance(answer, dict):
                raise ValueError("the answer is no object")
            return answer
        except (Rejected, SheetsyncError):
            raise
        except Exception as error:
            raise told(self._call(url.rpartition("/")[2]), error) from error

    def _call(self, spreadsheet: str) -> Call:
        return Call("read", spreadsheet, "", self._account.address, self._endpoint)


def _is_open(file: Path) -> bool:
    """Whether others on this computer may read it."""
    try:
        return bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


def _span(seconds: float) -> str:
    """In the largest unit that fills twice: 75 s, 4 min, 3 h."""
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    return f"{round(seconds)} s" if minutes < 2 else f"{minutes} min" if hours < 2 else f"{hours} h"
