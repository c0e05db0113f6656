"""Google Drive behind the port `Owners`: to whom a file belongs, which a sheet itself does not say.

Asked only where an approval is to be attested, under the scope and a token of its own that the daemon uses. Whatever
goes wrong means that nobody says: the owner is then spared nowhere.
"""

from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gspread.http_client import HTTPClient

from sheetsync.adapters.drive_changes import SCOPES
from sheetsync.adapters.google_client import open_client
from sheetsync.adapters.google_default import open_account
from sheetsync.ports import RequestCount

_URL = "https://www.googleapis.com/drive/v3/files"
#: seconds at most: a run is about to be committed, and this is a question beside it
_PATIENCE = 10.0
_PARAMETERS: dict[str, Any] = {"fields": "owners(emailAddress)", "supportsAllDrives": True}


class DriveOwners:
    """Owners of files; parameters as those of `GoogleSheets`. No request is made before the first question."""

    def __init__(
        self, credentials: Path | None, endpoint: str | None, timeout_seconds: float, count: RequestCount
    ) -> None:
        self._given = credentials, endpoint, min(timeout_seconds, _PATIENCE), count

    def owner(self, spreadsheet: str) -> str:
        """The address that owns the file; empty for one in a shared drive, and whatever the trouble."""
        try:
            answer: Any = self._http.request("get", f"{_URL}/{quote(spreadsheet, safe='')}", params=_PARAMETERS).json()
            return str(answer["owners"][0]["emailAddress"])
        # Who owns it is a courtesy: no trouble with it may stop a run.
        except Exception:
            return ""

    @cached_property
    def _http(self) -> HTTPClient:
        credentials, endpoint, timeout_seconds, count = self._given
        return open_client(open_account(credentials, endpoint, SCOPES), timeout_seconds, count).http_client
