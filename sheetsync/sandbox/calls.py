"""One API call as an endpoint sees it: who calls, with which checked parameters, on which workbook."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheetsync.sandbox.decode import decode, invalid_value
from sheetsync.sandbox.errors import (
    GoogleError,
    Json,
    bad_fields,
    forbidden,
    not_found,
    office_file,
    unauthenticated,
    unknown_key,
)
from sheetsync.sandbox.model import SHEETS_MIME, XLSX_MIME, Workbook
from sheetsync.sandbox.store import State
from sheetsync.sandbox.wire import ENUMS, snake

#: query parameters every Google API takes
STANDARD = frozenset(
    ("$.xgafv", "access_token", "alt", "callback", "fields", "key", "oauth_token", "prettyPrint", "quotaUser")
) | frozenset(("uploadType", "upload_protocol"))


@dataclass
class Call:
    """A call that has passed authentication. `params` are decoded by the endpoint's table."""

    state: State
    base: str
    account: str
    path: Mapping[str, str]
    params: Json
    body: Any = None
    #: request kinds of a batch, for the record
    kinds: list[str] = field(default_factory=list)
    #: what a read is answered from, where that is not the workbook as it is now
    seen: Workbook | None = None

    def readable(self, book_id: str | None = None) -> Workbook:
        """The workbook of the path or of another id. Raises 404 if there is none, 403 if the account may not see it.

        An Office file is 400, and a document of another kind 404 like no document at all [reported: both measured].
        """
        book = self.seen if book_id is None else None
        book = book or self.state.workbooks.get(self.path["id"] if book_id is None else book_id)
        if book is None:
            raise not_found()
        if book.role(self.account) is None:
            raise forbidden()
        if book.mime_type == XLSX_MIME:
            raise office_file()
        if book.mime_type != SHEETS_MIME:
            raise not_found()
        return book

    def writable(self, book_id: str | None = None) -> Workbook:
        """`readable`, and 403 for a reader or commenter."""
        book = self.readable(book_id)
        if book.role(self.account) not in ("owner", "writer"):
            raise forbidden()
        return book

    def message(self, name: str, at: str = "") -> Json:
        """The body as a checked message."""
        return decode(self.body, name, at)


@dataclass(frozen=True, slots=True)
class Content:
    """An answer that is a file and not JSON."""

    raw: bytes
    media_type: str


@dataclass(frozen=True)
class Endpoint:
    """One method of an API: where it is, who may call it, what it takes, what it answers.

    The handler answers a JSON object, a file, or None for 204 without a body.
    """

    method: str
    path: str
    handler: Callable[[Call], Json | Content | None]
    scopes: frozenset[str]
    #: `sheets` or `drive`: decides the error envelope
    service: str = "sheets"
    #: Google's name of the method, shown when a scope is missing
    name: str = ""
    #: query parameter -> type as in `wire`
    params: Mapping[str, str] = field(default_factory=dict)
    #: the message answered, for checking `fields`; empty for Drive, which has its own mask rules
    answer: str = ""
    #: query parameters as sent, by the table above -> decoded; None for `decoded_query`
    decodes: Callable[[Sequence[tuple[str, str]], Mapping[str, str]], Json] | None = None
    #: a body and its content type -> what `Call.body` is; None for JSON
    reader: Callable[[bytes, str], Any] | None = None

    @property
    def reads(self) -> bool:
        """Whether it changes nothing; some reads are POSTs because of what they ask with."""
        return self.method == "GET" or self.name.startswith(("Get", "BatchGet", "Search"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrives, before anybody has looked whether it may be served."""

    method: str
    path: str
    #: the id in the path, if there is one
    workbook: str
    #: Google's name of the method, or `token`
    endpoint: str
    #: `sheets`, `drive` or `token`
    service: str
    reads: bool
    #: whose token or assertion it carries; empty where that cannot be told
    account: str


def check_credentials(query: Sequence[tuple[str, str]], service: str) -> None:
    """Refuses what people put into addresses: an API key nobody issued (400), or a token (401), which would be logged.

    Google looks at the key first [believed: keys-are-looked-at-before-tokens]; it took tokens in addresses until it
    stopped to [documented].
    """
    names = {name for name, text in query if text}
    if "key" in names:
        raise unknown_key(service)
    if names & {"access_token", "oauth_token"}:
        raise unauthenticated()


def decoded_query(query: Sequence[tuple[str, str]], params: Mapping[str, str]) -> Json:
    """Query parameters by the endpoint's table; an unknown name is 400 as Google says it."""
    found: Json = {}
    for name, text in query:
        if name in found and params.get(name) != "[str]":
            raise _repeated(name)
        if name in STANDARD:
            found[name] = text
            continue
        kind = params.get(name)
        if kind is None:
            raise _unknown_parameter(name)
        if kind == "[str]":
            found.setdefault(name, []).append(text)
        elif text or kind == "str":
            found[name] = _parameter(name, text, kind)
    return found


def _parameter(name: str, text: str, kind: str) -> Any:
    if kind == "bool":
        # Python clients send True and False [recorded].
        if text.lower() not in ("true", "false", "1", "0"):
            raise invalid_value(snake(name), "TYPE_BOOL", text)
        return text.lower() in ("true", "1")
    if kind == "int":
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit() or len(text) > 10:
            raise invalid_value(snake(name), "TYPE_INT32", text)
        return int(text)
    if kind.startswith("#") and text not in ENUMS[kind[1:]]:
        raise invalid_value(snake(name), f"type.googleapis.com/google.apps.sheets.v4.{kind[1:]}", text)
    return text


def _repeated(name: str) -> GoogleError:
    """A parameter that is no list, twice: as for a list in a body [believed: parameters-come-once]."""
    message = f'Invalid JSON payload received. Unknown name "{name}": Proto field is not repeating, cannot start list.'
    return bad_fields(message, ("", message))


def _unknown_parameter(name: str) -> GoogleError:
    message = (
        f'Invalid JSON payload received. Unknown name "{name[:200]}": Cannot bind query parameter. '
        f"Field '{name[:200]}' could not be found in request message."
    )
    return bad_fields(message, ("", message))
