"""Drive in a check's hands: refusals as they come, files of a check's own that are gone again, shares put back."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sheetsync.adapters.google_errors import Complaint
from sheetsync.adapters.google_probe.wire import Barred, Declined, Json, Wire
from sheetsync.errors import SheetsyncError

#: key of the metadata and of the file property that only a probe makes
PROBE_KEY = "sheetsync.probe"
FILES, UPLOADS = "/drive/v3/files", "/upload/drive/v3/files"
FOLDER, SHEET, CSV = "application/vnd.google-apps.folder", "application/vnd.google-apps.spreadsheet", "text/csv"

#: what makes a file one of ours, also for the next probe if this one is killed
_MARK: Mapping[str, Any] = {"name": "sheetsync-probe", "appProperties": {PROBE_KEY: "file"}}
_OURS = f"appProperties has {{ key='{PROBE_KEY}' and value='file' }} and 'me' in owners"
_ANYWHERE = {"supportsAllDrives": True}
#: methods that take no such parameter
_ELSEWHERE = re.compile(r"/(comments|revisions|generateIds)\b")
_BOUNDARY = "sheetsync-probe"


class Drive:
    """Requests of one account's. Raises `Declined`, `Barred`, `AnswerLost` or `Unreachable`, as the wire does."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @property
    def scratch(self) -> str:
        """The address of the scratch spreadsheet."""
        return f"{FILES}/{self._wire.spreadsheet}"

    def ask(self, method: str, path: str, body: Json | None = None, **params: Any) -> Json:
        """Any request; the JSON answered, or nothing."""
        content = {} if body is None else {"json": body}
        known = {} if _ELSEWHERE.search(path) else _ANYWHERE
        answer = self._wire.drive(method, path, params=known | params, **content)
        answered: Json = json.loads(answer or b"{}")
        return answered

    def refusal(self, method: str, path: str, body: Json | None = None, **params: Any) -> Complaint | None:
        """How a request is refused that would leave nothing behind; None when it is taken."""
        try:
            self.ask(method, path, body, **params)
        except Declined as declined:
            return declined.complaint
        return None

    def exported(self, media_type: str) -> bytes:
        """The scratch spreadsheet as a file."""
        return self._wire.drive("GET", f"{self.scratch}/export", params={"mimeType": media_type})

    def found(self, query: str) -> list[str]:
        """Ids of the files that a query finds, as far as one page tells."""
        whole = {"pageSize": 1000, "includeItemsFromAllDrives": True}
        listed = self.ask("GET", FILES, None, q=query, fields="files(id)", **whole)
        return [file["id"] for file in listed["files"]]

    # ------------------------------------------------------------ files of a check's own

    @contextmanager
    def file(self, kind: str = SHEET, rows: str | None = None) -> Iterator[str]:
        """The id of a file that is there for a block; `rows` is CSV that it is made of.

        Raises `Barred` where the account may own none.
        """
        body = dict(_MARK) | {"mimeType": kind}
        try:
            made = self.ask("POST", FILES, body) if rows is None else self._uploaded(body, rows)
        except Declined as declined:
            text = f"the account cannot make a file of its own: {declined.complaint.message}"
            raise Barred(text, "Try it with a person's login.") from declined
        try:
            yield made["id"]
        finally:
            self._delete(made["id"])

    def _uploaded(self, body: Json, rows: str) -> Json:
        heads = ("application/json; charset=UTF-8", CSV)
        parts = (
            f"--{_BOUNDARY}\r\nContent-Type: {head}\r\n\r\n{part}\r\n"
            for head, part in zip(heads, (json.dumps(body), rows), strict=True)
        )
        content = {"data": f"{''.join(parts)}--{_BOUNDARY}--".encode()}
        headers = {"Content-Type": f"multipart/related; boundary={_BOUNDARY}"}
        answer = self._wire.drive("POST", UPLOADS, params={"uploadType": "multipart"}, headers=headers, **content)
        made: Json = json.loads(answer)
        return made

    def replace(self, file: str, rows: str) -> None:
        """CSV in the place of all that is in a file of a check's own."""
        headers = {"Content-Type": CSV}
        content = {"params": {"uploadType": "media"}, "headers": headers, "data": rows.encode()}
        self._wire.drive("PATCH", f"{UPLOADS}/{file}", **content)

    def refused_file(self, body: Json, path: str = FILES, **params: Any) -> Complaint | None:
        """How the making of a file is refused; None when it was made, and it is deleted again."""
        try:
            made = self.ask("POST", path, dict(_MARK) | body, **params)
        except Declined as declined:
            return declined.complaint
        self._delete(made["id"])
        return None

    def _delete(self, file: str) -> None:
        self.ask("DELETE", f"{FILES}/{file}")

    # ------------------------------------------------------------ shares

    def refused_share(self, body: Json, **params: Any) -> Complaint | None:
        """How a share of the scratch spreadsheet is refused; None when it was taken. Shares are then put back."""
        before = self._shares()
        try:
            return self.refusal("POST", f"{self.scratch}/permissions", body, **params)
        finally:
            self._put_back(before)

    def _shares(self) -> dict[str, str]:
        try:
            listed = self.ask("GET", f"{self.scratch}/permissions", fields="permissions(id,role)", pageSize=100)
        except Declined as declined:
            why = f"the account may not see with whom the spreadsheet is shared: {declined.complaint.message}"
            raise Barred(why, "Let editors share it.") from declined
        return {each["id"]: each["role"] for each in listed["permissions"]}

    def _put_back(self, before: Mapping[str, str]) -> None:
        for share, role in self._shares().items():
            if share not in before:
                self.ask("DELETE", f"{self.scratch}/permissions/{share}")
            elif before[share] != role:
                self.ask("PATCH", f"{self.scratch}/permissions/{share}", {"role": before[share]})

    # ------------------------------------------------------------ leaving

    def clean(self) -> str:
        """Delete what a check or an earlier probe has left; in words what may have stayed, or nothing."""
        try:
            for file in self.found(_OURS):
                self._delete(file)
        except Barred:
            return ""  # who has no rights in Drive has left nothing there
        except SheetsyncError as trouble:
            said = str(trouble).rstrip(".")
            return f"files `{_MARK['name']}` may still be in the account's Drive ({said}); run the probe again."
        return ""
