"""Trouble with Google in our words: what may pass by itself, what may have been applied, what a person must mend.

The status code of the response decides, never a code inside its body: an error page of a proxy has no body of Google's.
No message holds a token, a key or more of Google's text than one line.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from ssl import SSLCertVerificationError

import requests
from google.auth.exceptions import RefreshError
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from sheetsync.errors import AnswerLost, Refused, SheetsyncError, Transient, Unreachable

#: reasons Google gives, in the older envelope of Drive and the newer of Sheets
_RATE = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED"}
_DISABLED = {"accessNotConfigured", "SERVICE_DISABLED"}
_SCOPE = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
_CONSOLE = re.compile(r"https://console\.(developers|cloud)\.google\.com/[\w./?=&%:-]+\Z")

SHEETS_API = "sheets.googleapis.com"
API_PAGE = "https://console.cloud.google.com/apis/library/"
SCOPE_REMEDY = (
    "Use a service account's key file, or log in with the scopes the README names; on a server in Google's cloud give "
    "its identity these scopes."
)

#: what Google says of an Excel file that only lies in Drive
OFFICE = "not supported for this document"
#: part of Google's message for a 400 -> what to do about it
_REMEDIES = {
    "protected cell": "Ask the owner to take the protection away there, or set the source to `mode: sidecar`.",
    OFFICE: "It is an Excel file: open it, File > Save as Google Sheets, and configure the new address.",
    "above the limit of": "Delete unused rows, columns or tabs: Google counts the grid, empty cells included.",
}

_AT_A_LOSS = "Run it again; if that stays so, `sheetsync doctor` may say why."
_GONE = "Check in the Google Cloud console that the account and its key still exist; if not, make a new key."
#: part of the token endpoint's reason, in small letters -> what to do about it
_TOKEN_REMEDIES = {
    "short-lived": "Set this computer's clock.",
    "iat": "Set this computer's clock.",
    "exp ": "Set this computer's clock.",
    "jwt signature": "The key was revoked: in the Google Cloud console make the account a new one, and put its key "
    "file where the old one is.",
    "account not found": "The account was deleted: in the Google Cloud console make another, or correct its key file.",
    "scope": "The account may not ask for what sheetsync needs; ask the administrator who set it up.",
    "rapt": "Log in again: `gcloud auth application-default login`.",
    "expired or revoked": "Log in again: `gcloud auth application-default login`.",
}


class Rejected(Exception):
    """An answer that is no 200."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(f"{response.status_code} {response.reason}")
        self.response = response


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way, with all that its messages need to say."""

    #: "read" or "write"
    verb: str
    spreadsheet: str
    #: the workbook's title where it is known
    title: str
    account: str
    endpoint: str | None

    @property
    def workbook(self) -> str:
        return f"'{self.title}' ({self.spreadsheet})" if self.title else self.spreadsheet

    @property
    def place(self) -> str:
        return self.endpoint or "Google"


def told(call: Call, error: Exception) -> SheetsyncError:
    """A foreign error of this call in our words; the caller raises it `from` the original."""
    if isinstance(error, Rejected):
        return _answered(call, Complaint.of(error.response))
    if isinstance(error, requests.RequestException) and never_sent(error):
        return silence(error, call.endpoint)
    # From here on the request was out: a read can be asked again, a write may stand.
    return _unsure(call, f"{call.place} gave no usable answer ({type(error).__name__})", None)


def never_sent(error: BaseException) -> bool:
    """Whether the connection never came about, so that nothing can have been applied."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    outer = error.args[0] if error.args else None
    reason = outer.reason if isinstance(outer, MaxRetryError) else None
    return isinstance(reason, NewConnectionError) or _mistrusted(reason)


def _mistrusted(reason: BaseException | None) -> bool:
    """Whether the other side's certificate was refused: other TLS trouble may come in the middle of an answer."""
    return isinstance(reason, SSLError) and any(isinstance(part, SSLCertVerificationError) for part in reason.args)


def silence(error: BaseException, endpoint: str | None) -> Transient | Unreachable:
    """Nobody answers, or not in time: the first thing a person meets when the sandbox is not running."""
    if isinstance(error, requests.exceptions.SSLError):
        text = f"no safe connection to {endpoint or 'Google'};"
        return Transient(text, "check the certificates of your proxy and this computer.")
    if not never_sent(error):
        return Transient(f"{endpoint or 'Google'} did not answer in time or broke off.")
    if endpoint is None:
        return Transient("Google cannot be reached;", "check the network.")
    # On this computer nobody is on the way to the door: waiting would only keep a person waiting.
    return Unreachable(f"nothing answers at {endpoint}; start it with `sheetsync sandbox`.")


def refused_token(error: RefreshError, account: str) -> Unreachable:
    """The token endpoint said no: the key is revoked or wrong, or our clock is."""
    data = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    reason = one_line(f"{data.get('error', 'no reason given')}: {data.get('error_description', '')}").rstrip(": ")
    remedy = next((remedy for part, remedy in _TOKEN_REMEDIES.items() if part in reason.lower()), _GONE)
    return Unreachable(f"no access token for {account} ({reason}).", remedy)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an answer other than 200 says."""

    code: int
    #: Google's own sentence, on one line; empty when the body is not Google's
    message: str
    reasons: frozenset[str]
    #: seconds to wait, if it says so
    retry_after: float | None
    #: where to enable the API that is not, if that is what it says
    enable_at: str = ""

    @property
    def is_disabled(self) -> bool:
        """Whether the API is not enabled in the account's project."""
        return self.code == 403 and bool(self.reasons & _DISABLED)

    @property
    def is_out_of_scope(self) -> bool:
        """Whether the access token is for something else."""
        return self.code == 403 and bool(self.reasons & _SCOPE)

    @property
    def may_pass(self) -> bool:
        """Whether it says nothing about the request itself."""
        return self.code in (408, 409, 429) or self.code >= 500 or (self.code == 403 and bool(self.reasons & _RATE))

    @classmethod
    def of(cls, response: requests.Response) -> "Complaint":
        error = _envelope(response)
        listed = [*_dicts(error.get("errors")), *_dicts(error.get("details"))]
        reasons = frozenset(str(entry["reason"]) for entry in listed if "reason" in entry)
        message = one_line(error.get("message", ""))
        return cls(response.status_code, message, reasons, _retry_after(response), _enable_at(error))


def _answered(call: Call, said: Complaint) -> SheetsyncError:
    if said.code == 429 or (said.code == 403 and said.reasons & _RATE):
        text = f"too many requests to {call.place} as {call.account} in the last minute."
        return Transient(text, retry_after=said.retry_after)
    if said.code == 409:
        return Transient(f"{call.workbook} was busy; the {call.verb} was not taken.", retry_after=said.retry_after)
    if said.code >= 500 or said.code == 408 or said.code < 400:
        return _unsure(call, f"{call.place} answered {said.code}{_quoted(said)}", said.retry_after)
    if said.code == 401:
        remedy = "Check in the Google Cloud console that the account and its key still exist."
        return Unreachable(f"{call.place} does not accept the access token of {call.account}.", remedy)
    return _no(call, said)


def _unsure(call: Call, what: str, retry_after: float | None) -> Transient:
    if call.verb == "read":
        return Transient(f"{what} to reading {call.workbook}.", retry_after=retry_after)
    text = f"{what} to writing {call.workbook}; it may or may not have been applied."
    return AnswerLost(text, retry_after=retry_after)


def _no(call: Call, said: Complaint) -> Refused:
    if said.code == 404:
        text = f"no spreadsheet with id {call.spreadsheet};"
        return Refused(text, f"check `spreadsheet:` in the configuration, and that it is shared with {call.account}.")
    if said.code == 403:
        return _forbidden(call, said)
    remedy = next((remedy for part, remedy in _REMEDIES.items() if part in said.message), _AT_A_LOSS)
    return Refused(f"the {call.verb} of {call.workbook} was refused{_quoted(said) or f' with {said.code}'}.", remedy)


def _forbidden(call: Call, said: Complaint) -> Refused:
    if said.is_disabled:
        text = f"the Google Sheets API is not enabled in the Cloud project of {call.account};"
        return Refused(
            text, f"enable `{SHEETS_API}` at {said.enable_at or API_PAGE + SHEETS_API} and wait a few minutes."
        )
    if said.is_out_of_scope:
        return Refused(f"the access token of {call.account} does not cover spreadsheets{_quoted(said)}.", SCOPE_REMEDY)
    if not said.message:
        text = f"something between here and {call.place} forbids the {call.verb} of {call.workbook};"
        return Refused(text, "check the proxy or firewall.")
    return Refused(f"{call.workbook} is not shared with {call.account};", "share it as Editor.")


def _quoted(said: Complaint) -> str:
    return f": {said.message.rstrip('.')}" if said.message else ""


def one_line(text: object, limit: int = 300) -> str:
    """Foreign text fit for a message of ours."""
    flat = " ".join(str(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _envelope(response: requests.Response) -> dict[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _enable_at(error: dict[str, object]) -> str:
    """The page of Google's console that a refusal names; a link that leads anywhere else is not passed on."""
    details = _dicts(error.get("details"))
    named = [str(link.get("url", "")) for entry in details for link in _dicts(entry.get("links"))]
    written = re.findall(r"https://[^\s\"<>]+", str(error.get("message", "")))
    return next((url for url in [*named, *written] if _CONSOLE.match(url)), "")


def _dicts(listed: object) -> list[dict[str, object]]:
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def _retry_after(response: requests.Response) -> float | None:
    """`Retry-After` in either form; a date counts from the answer's own `Date`, so our clock does not matter."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until, now = moment(value), moment(response.headers.get("Date", ""))
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


def moment(value: str) -> datetime | None:
    """A date of HTTP, aware; None where it is none."""
    try:
        found = parsedate_to_datetime(value)
    except ValueError:
        return None
    # Only a moment with a zone can be told apart from another one.
    return found if found.tzinfo is not None else None
