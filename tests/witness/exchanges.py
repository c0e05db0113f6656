"""One request and its answer, held against Google's own description of both."""

import contextlib
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from tests.sandbox.discovery import message
from tests.witness.methods import Described, Method, method_of

#: pages for people, the sandbox's own orders, and an older Drive, of which the discovery documents do not speak
_PAGES = re.compile(r"/|/page/.*|/spreadsheets/.*|/batch(/drive/v3)?|/sandbox/.*|/upload/drive/v2/.*")
#: what clients send that Google has no name for and ignores: (method, parameter) [recorded]
_IGNORED = {("drive.files.get", "includeItemsFromAllDrives"), ("drive.files.get", "includeTeamDriveItems")}
#: gspread sends the field of Drive v2 to v3, which takes no notice [recorded]
_IGNORED_FIELDS = {("drive.permissions.create", "withLink")}
#: Drive takes no notice of what it has no name for, as the recordings above show; Sheets refuses it
_UNNOTICED = re.compile(r"parameter \w+ is unknown|.*: unknown field|a body where Google takes none")
#: of a zipped request no more is unzipped
_MANY_BYTES = 2**25
#: what the front end refuses before any API sees it, with a page
_PAGED = {408, 414}
#: canonical codes: google.rpc.Code
_STATUS = {
    400: {"INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE"},
    401: {"UNAUTHENTICATED"},
    403: {"PERMISSION_DENIED"},
    404: {"NOT_FOUND"},
    409: {"ABORTED", "ALREADY_EXISTS"},
    413: {"FAILED_PRECONDITION", "INVALID_ARGUMENT", "OUT_OF_RANGE"},
    429: {"RESOURCE_EXHAUSTED"},
}


@dataclass(frozen=True)
class Exchange:
    """A request and its answer as bytes."""

    verb: str
    #: percent signs and all
    path: str
    query: str
    headers: Mapping[str, str]
    raw: bytes
    status: int
    answer_headers: Mapping[str, str]
    answer: bytes

    def __str__(self) -> str:
        return f"{self.verb} {self.path[:200]}{'?' + self.query[:200] if self.query else ''} -> {self.status}"


@dataclass(frozen=True)
class Manners:
    """How requests are judged."""

    #: may be spelled in any way that proto3's JSON allows
    relaxed: bool = False
    #: may be wrong, if they are refused
    wrong: bool = False


def complaints(exchange: Exchange, manners: Manners = Manners()) -> Iterator[str]:
    """What Google's description does not allow about an exchange."""
    exchange = _overridden(_unzipped(exchange))
    if exchange.status == 421:
        # Whoever calls the server by another name has not reached Google's.
        return
    if (exchange.verb, exchange.path) == ("POST", "/token"):
        yield from _token(exchange)
    elif not _PAGES.fullmatch(exchange.path):
        found = method_of("GET" if exchange.verb == "HEAD" else exchange.verb, exchange.path)
        if found is None:
            yield from _nowhere(exchange, manners)
            return
        asked = [] if manners.wrong and exchange.status >= 400 else list(_request(*found, exchange, manners))
        if manners.wrong and found[0].id.startswith("drive."):
            asked = [each for each in asked if not _UNNOTICED.fullmatch(each)]
        yield from (f"request: {each}" for each in asked)
        yield from (f"answer: {each}" for each in _answer(found[0], exchange))


def _unzipped(exchange: Exchange) -> Exchange:
    if exchange.answer_headers.get("content-encoding") == "gzip":
        exchange = replace(exchange, answer=gzip.decompress(exchange.answer))
    if exchange.headers.get("content-encoding") == "gzip":
        with contextlib.suppress(zlib.error):
            exchange = replace(exchange, raw=zlib.decompressobj(wbits=31).decompress(exchange.raw, _MANY_BYTES))
    return exchange


def _overridden(exchange: Exchange) -> Exchange:
    """A request whose address was too long comes as a POST with its query in the body."""
    verb = exchange.headers.get("x-http-method-override", "").upper()
    if not verb or exchange.verb != "POST":
        return exchange
    form = exchange.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    query = "&".join(filter(None, (exchange.query, exchange.raw.decode()))) if form else exchange.query
    return replace(exchange, verb=verb, query=query, raw=b"" if form else exchange.raw)


def _nowhere(exchange: Exchange, manners: Manners) -> Iterator[str]:
    """An address of which Google does not speak: nobody of ours asks there, and nothing is done there."""
    if exchange.status < 400:
        yield "an address that Google does not have was served"
    if not manners.wrong:
        yield "Google has no method at this address"


# ---------------------------------------------------------------- requests


def _request(method: Method, path: Mapping[str, str], exchange: Exchange, manners: Manners) -> Iterator[str]:
    for name, text in path.items():
        yield from _parameter(method, name, [text])
    sent: dict[str, list[str]] = {}
    for name, text in parse_qsl(exchange.query, keep_blank_values=True):
        sent.setdefault(name, []).append(text)
    for name, texts in sent.items():
        if (method.id, name) not in _IGNORED:
            yield from _parameter(method, name, texts)
    for name, described in method.parameters.items():
        if described.get("required") and name not in sent and name not in path:
            yield f"parameter {name} is missing"
    if exchange.raw and not method.upload:
        yield from _body(method, exchange.raw, manners)


def _parameter(method: Method, name: str, texts: list[str]) -> Iterator[str]:
    described = method.parameter(name)
    if described is None:
        yield f"parameter {name} is unknown"
        return
    if len(texts) > 1 and not described.get("repeated"):
        yield f"parameter {name} is there {len(texts)} times"
    for text in texts:
        # An empty text is as good as none [recorded: an empty pageToken].
        if text and (wrong := method.check(name)(_value(described, text))):
            yield f"parameter {name}{wrong}"


def _value(described: Described, text: str) -> Any:
    """A parameter's text as the value it stands for. Python clients write True and False [recorded]."""
    if described["type"] == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    if described["type"] in ("integer", "number") and re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    return text


def _body(method: Method, raw: bytes, manners: Manners) -> Iterator[str]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        yield "the body is no JSON"
        return
    if isinstance(body, dict) and manners.relaxed:
        body = {name: part for name, part in body.items() if (method.id, name) not in _IGNORED_FIELDS}
    if not method.request:
        if body not in (None, {}):
            yield "a body where Google takes none"
        return
    if wrong := message(method.api, method.request, manners.relaxed)(body):
        yield f"{method.request}{wrong}"
    missing = [name for name in method.required if isinstance(body, dict) and name not in body]
    yield from (f"{method.request}.{name} is missing" for name in missing)


# ---------------------------------------------------------------- answers


def _answer(method: Method, exchange: Exchange) -> Iterator[str]:
    if exchange.status in _PAGED:
        return
    if exchange.status >= 400:
        yield from _refusal(method, exchange)
        return
    if not method.answer or (method.media and "alt=media" in exchange.query.split("&")):
        if not method.media and exchange.answer:
            yield f"{method.id} answers nothing, and this is something"
        return
    body = _json(exchange)
    if body is None:
        yield "no JSON of Google's type"
    elif wrong := message(method.api, method.answer)(body):
        yield f"{method.answer}{wrong}"


def _json(exchange: Exchange) -> Any:
    if not exchange.answer_headers.get("content-type", "").startswith("application/json; charset=UTF-8"):
        return None
    try:
        return json.loads(exchange.answer, parse_constant=_no_constant)
    except ValueError:
        return None


def _no_constant(name: str) -> float:
    raise ValueError(name)


_ERROR = {"code", "message", "status", "details"}
_ENTRY = {"message", "domain", "reason", "location", "locationType"}


def _refusal(method: Method, exchange: Exchange) -> Iterator[str]:
    """Google's two envelopes; nothing that Google would call its own fault."""
    error = (_json(exchange) or {}).get("error")
    if not isinstance(error, dict) or error.get("code") != exchange.status or not error.get("message"):
        yield f"no error of Google's: {exchange.answer[:200]!r}"
        return
    if exchange.status >= 500:
        yield f"a fault of the sandbox: {error['message']}"
    if method.api == "sheets.v4" and (set(error) - _ERROR or "status" not in error):
        yield f"the error has {sorted(error)}"
    if method.api == "drive.v3":
        entries = error.get("errors") or [{}]
        if set(error) - _ERROR - {"errors"} or any({"message", "domain", "reason"} - set(each) for each in entries):
            yield f"the error has {error}"
        if any(set(each) - _ENTRY for each in entries):
            yield f"the error's entries have {entries}"
    if "status" in error and error["status"] not in _STATUS.get(exchange.status, {error["status"]}):
        yield f"{exchange.status} is not {error['status']}"
    if any("@type" not in each for each in error.get("details", ())):
        yield "a detail without its type"


def _token(exchange: Exchange) -> Iterator[str]:
    """RFC 6749, as Google's token endpoint answers it."""
    body = _json(exchange)
    if not isinstance(body, dict):
        yield "the token endpoint answers JSON"
    elif exchange.status == 200 and set(body) != {"access_token", "expires_in", "token_type"}:
        yield f"a token answer has {sorted(body)}"
    elif exchange.status == 400 and not isinstance(body["error"], str):
        yield "an OAuth error is one word"
