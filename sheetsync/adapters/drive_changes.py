"""Google Drive behind the port `Changes`: one listing tells the versions of all spreadsheets the account may see.

It asks for metadata only, under a scope and a token of its own: who starts no daemon and attests no approval grants
nothing of Drive.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from sheetsync.adapters.google_client import open_client
from sheetsync.adapters.google_default import open_account
from sheetsync.adapters.google_errors import Call, Complaint, Rejected, told
from sheetsync.errors import Refused, SheetsyncError, Transient, Unreachable
from sheetsync.ports import RequestCount

#: the least that lists files: their names and versions, not what is in them
SCOPES = ("https://www.googleapis.com/auth/drive.metadata.readonly",)

_URL = "https://www.googleapis.com/drive/v3/files"
_PARAMETERS: dict[str, Any] = {
    "q": "mimeType = 'application/vnd.google-apps.spreadsheet' and trashed = false",
    "fields": "nextPageToken,files(id,version,modifiedTime,trashed)",
    "pageSize": 1000,
    # Else files in shared drives are left out.
    "supportsAllDrives": True,
    "includeItemsFromAllDrives": True,
}
_DISABLED = {"accessNotConfigured", "SERVICE_DISABLED"}
_SCOPE = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
#: a listing with more pages than this goes round in circles
_PAGES = 100


class DriveChanges:
    """Versions of spreadsheets, through the account they are shared with; parameters as those of `GoogleSheets`."""

    def __init__(
        self, credentials: Path | None, endpoint: str | None, timeout_seconds: float, count: RequestCount
    ) -> None:
        account = open_account(credentials, endpoint, SCOPES)
        self._account = account.address
        self._endpoint = endpoint
        self._http = open_client(account, timeout_seconds, count).http_client

    def versions(self) -> Mapping[str, str]:
        """Spreadsheet -> version, of all that are shared with the account and in no bin. One request a thousand files.

        Raises `Refused` where somebody has to mend something first, `Unreachable` for all other trouble; nothing is
        tried again, because the next turn asks anyway.
        """
        try:
            return self._listed()
        except SheetsyncError as error:
            raise Unreachable(str(error)) from error
        except Exception as error:
            self._refuse(error)

    def _listed(self) -> dict[str, str]:
        found: dict[str, str] = {}
        token: str | None = None
        for _ in range(_PAGES):
            more = {"pageToken": token} if token else {}
            page: Any = self._http.request("get", _URL, params=_PARAMETERS | more).json()
            for file in page.get("files", []):
                if not file.get("trashed"):
                    found[str(file["id"])] = f"{file['version']} {file.get('modifiedTime', '')}"
            token = page.get("nextPageToken")
            if not token:
                return found
        raise Transient("Drive's listing has no end.")

    def _refuse(self, error: Exception) -> NoReturn:
        said = Complaint.of(error.response) if isinstance(error, Rejected) else None
        if said is not None and said.reasons & _DISABLED:
            raise Refused(
                f"the Google Drive API is not enabled in the Cloud project of {self._account};",
                "enable `drive.googleapis.com` there, so that one request tells what has changed.",
            ) from error
        if said is not None and said.reasons & _SCOPE:
            raise Refused(
                f"{self._account} may not list its files;",
                f"allow it the scope {SCOPES[0]}, so that one request tells what has changed.",
            ) from error
        trouble = told(Call("read", "the list of changed files", "", self._account, self._endpoint), error)
        kind = Refused if isinstance(trouble, Refused) else Unreachable
        raise kind(f"Drive does not say what has changed: {trouble}") from error
