"""A person at the keyboard: acts in a running sandbox over HTTP with one account's key file.

Written against the public protocol (token, then `:batchUpdate` and values), with no short cut into the server, so that
what works here works for any client.
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jwt
import requests

from sheetsync.sandbox.a1 import cell_name, quoted

_SCOPE = "https://www.googleapis.com/auth/spreadsheets"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TIMEOUT_SECONDS = 10


class PersonError(Exception):
    """The act could not be done; the message is one line for the person at the terminal."""


class Person:
    """Acts as the account whose service-account key file is given."""

    def __init__(self, base: str, key_file: Path) -> None:
        self._base = base
        self._session = requests.Session()
        self._session.trust_env = False  # loopback only: no proxy has a say
        self._session.headers["Authorization"] = f"Bearer {self._token(key_file)}"

    def type_into(self, spreadsheet: str, tab_id: int, row: int, column: int, value: str) -> None:
        """Type into one cell (0-based), parsed as by hand."""
        where = quote(f"{quoted(self._title(spreadsheet, tab_id))}!{cell_name(row, column)}", safe="")
        body = {"values": [[value]]}
        self._ask("PUT", f"{spreadsheet}/values/{where}?valueInputOption=USER_ENTERED", body)

    def sort(self, spreadsheet: str, tab_id: int, first_row: int, column: int) -> None:
        """Sort all columns from `first_row` (0-based) downwards, ascending by `column`."""
        block = {"sheetId": tab_id, "startRowIndex": first_row}
        order = [{"dimensionIndex": column, "sortOrder": "ASCENDING"}]
        self.change(spreadsheet, [{"sortRange": {"range": block, "sortSpecs": order}}])

    def change(self, spreadsheet: str, requests_: list[dict[str, Any]]) -> Mapping[str, Any]:
        """Any `:batchUpdate`; returns Google's reply."""
        return self._ask("POST", f"{spreadsheet}:batchUpdate", {"requests": requests_})

    def _title(self, spreadsheet: str, tab_id: int) -> str:
        answer = self._ask("GET", f"{spreadsheet}?fields=sheets.properties(sheetId,title)")
        titles = {sheet["properties"]["sheetId"]: str(sheet["properties"]["title"]) for sheet in answer["sheets"]}
        if tab_id not in titles:
            raise PersonError(f"the spreadsheet has no tab with id {tab_id}")
        return titles[tab_id]

    def _token(self, key_file: Path) -> str:
        try:
            key = json.loads(key_file.read_text())
            now = int(time.time())
            claim = {
                "iss": key["client_email"],
                "aud": key["token_uri"],
                "iat": now,
                "exp": now + 600,
                "scope": _SCOPE,
            }
            assertion = jwt.encode(claim, key["private_key"], algorithm="RS256")
        except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
            raise PersonError(f"{key_file} is no key file this sandbox issued ({type(error).__name__})") from error
        form = {"grant_type": _GRANT, "assertion": assertion}
        url = f"{self._base}/token"
        return str(self._answer(lambda: self._session.post(url, data=form, timeout=_TIMEOUT_SECONDS))["access_token"])

    def _ask(self, verb: str, path: str, body: Any = None) -> Mapping[str, Any]:
        url = f"{self._base}/v4/spreadsheets/{path}"
        return self._answer(lambda: self._session.request(verb, url, json=body, timeout=_TIMEOUT_SECONDS))

    def _answer(self, send: Any) -> Mapping[str, Any]:
        try:
            response = send()
            answer: Mapping[str, Any] = response.json()
        except (requests.RequestException, ValueError) as error:
            raise PersonError(f"nothing useful answers at {self._base}: is the sandbox up?") from error
        if response.ok:
            return answer
        trouble = answer.get("error", {})
        message = trouble.get("message", "") if isinstance(trouble, dict) else answer.get("error_description", trouble)
        raise PersonError(f"the sandbox refused: {message}")
