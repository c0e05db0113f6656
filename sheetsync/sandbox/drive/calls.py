"""How Drive's methods are called: lenient parameters, masks with defaults, files by id, pages of a list."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sheetsync.sandbox.calls import Call, Content, Endpoint
from sheetsync.sandbox.decode import parse_json
from sheetsync.sandbox.drive.errors import file_not_found, insufficient, invalid, out_of_range, parse_error, refused
from sheetsync.sandbox.drive.model import ROLES
from sheetsync.sandbox.drive.wire import RESOURCES
from sheetsync.sandbox.errors import GoogleError, Json
from sheetsync.sandbox.masks import ALL, Mask, MaskSyntaxError, parse_mask
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.wire import item_type

Handler = Callable[[Call], Json | Content | None]

_ANYWHERE = ("supportsAllDrives", "includeItemsFromAllDrives", "supportsTeamDrives", "includeTeamDriveItems")
#: parameters any method may get; shared drives do not exist here, so they change nothing
COMMON = dict.fromkeys((*_ANYWHERE, "enforceSingleParent", "useDomainAdminAccess"), "bool") | dict.fromkeys(
    ("fields", "alt", "includeLabels", "includePermissionsForView"), "str"
)


def drive_endpoint(
    method: str,
    path: str,
    handler: Handler,
    scopes: frozenset[str],
    name: str,
    params: Mapping[str, str] | None = None,
    reader: Callable[[bytes, str], Any] | None = None,
) -> Endpoint:
    """A method of Drive; `path` below `/drive/v3/` unless it begins with a slash."""
    whole = path if path.startswith("/") else f"/drive/v3/{path}"
    known = COMMON | dict(params or {})
    return Endpoint(method, whole, handler, scopes, "drive", name, known, decodes=_query, reader=reader or _json_body)


def _json_body(raw: bytes, _: str) -> Any:
    try:
        return parse_json(raw)
    except GoogleError:
        raise parse_error() from None


def _query(query: Sequence[tuple[str, str]], params: Mapping[str, str]) -> Json:
    """Known parameters by their type; unknown ones are let pass, and empty ones are as none [recorded]."""
    found: Json = {}
    for name, text in query:
        kind = params.get(name)
        if kind is not None and text:
            found[name] = _parameter(name, text, kind)
    return found


def _parameter(name: str, text: str, kind: str) -> Any:
    if kind == "bool":
        # Python clients send True and False [recorded].
        if text.lower() not in ("true", "false"):
            raise refused(400, f"Invalid boolean value: '{text[:200]}'.", "invalidParameter", name)
        return text.lower() == "true"
    if kind == "int":
        digits = text.removeprefix("-")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
            raise refused(400, f"Invalid integer value: '{text[:200]}'.", "invalidParameter", name)
        return int(text)
    return text


def found_file(call: Call, least: str = "reader") -> Workbook:
    """The file of the path. Raises 404 if it is not there or not shared, 403 below the role `least`."""
    book = call.state.workbooks.get(call.path["id"])
    role = book.role(call.account) if book is not None else None
    if book is None or role is None:
        raise file_not_found(call.path["id"])
    if ROLES.index(role) < ROLES.index(least):
        raise insufficient()
    return book


def answered(call: Call, resource: str, default: str, view: Json) -> Json:
    """The view less what was not asked for; without `fields` Drive answers a few things only [schema]."""
    return drive_mask(call, resource, default).prune(view)  # type: ignore[no-any-return]


def drive_mask(call: Call, resource: str, default: str) -> Mask:
    """The `fields` of the call, checked at every depth. Raises Drive's `Invalid field selection`."""
    text = call.params.get("fields") or default
    try:
        mask = parse_mask(text)
    except MaskSyntaxError:
        raise _invalid_selection(text) from None
    for path in mask.paths():
        _check_path(path, resource)
    return ALL if mask.everything else mask


def _check_path(path: tuple[str, ...], resource: str) -> None:
    kind = resource
    for name in path:
        while (item := item_type(kind)) is not None:
            kind = item
        if kind in ("any", "{str}"):
            return
        if name not in RESOURCES.get(kind, {}):
            raise _invalid_selection(name)
        kind = RESOURCES[kind][name]


def _invalid_selection(name: str) -> GoogleError:
    return refused(400, f"Invalid field selection {name[:200]}", "invalidParameter", "fields")


def page_size(call: Call, default: int, most: int) -> int:
    """The `pageSize` of the call. Raises 400 outside of the method's range."""
    size: int = call.params.get("pageSize", default)
    if not 1 <= size <= most:
        raise out_of_range("pageSize", size, 1, most)
    return size


def page_token(call: Call, about: str, position: Any) -> str:
    """A token for the page after `position` of the list that `about` describes; good for that list only."""
    raw = json.dumps([_digest(call, about), position], separators=(",", ":"))
    return "~!!~" + base64.urlsafe_b64encode(raw.encode()).decode()


def page_position(call: Call, about: str) -> Any:
    """Where the page of the call's `pageToken` begins, None for the first. Raises 400 for another list's token."""
    token: str = call.params.get("pageToken", "")
    if not token:
        return None
    try:
        digest, position = json.loads(base64.urlsafe_b64decode(token.removeprefix("~!!~").encode()))
    except (ValueError, binascii.Error, TypeError, RecursionError):
        raise invalid("pageToken") from None
    if digest != _digest(call, about):
        raise invalid("pageToken")
    return position


def _digest(call: Call, about: str) -> str:
    return hashlib.sha256(f"{call.account}\n{about}".encode()).hexdigest()[:16]


def page_of(call: Call, about: str, items: Sequence[Any], size: int) -> tuple[Sequence[Any], Json]:
    """The items of the call's page, and `nextPageToken` if there are more."""
    start = page_position(call, about) or 0
    if not isinstance(start, int) or start < 0:
        raise invalid("pageToken")
    more = {"nextPageToken": page_token(call, about, start + size)} if start + size < len(items) else {}
    return items[start : start + size], more
