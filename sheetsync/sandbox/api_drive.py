"""Drive v3: listing and describing the workbooks an account may see."""

import hashlib
from collections.abc import Callable

from sheetsync.sandbox.calls import Call, Endpoint
from sheetsync.sandbox.drive_query import parse_query
from sheetsync.sandbox.errors import GoogleError, Json
from sheetsync.sandbox.masks import ALL, Mask, MaskSyntaxError, parse_mask
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.oauth import DRIVE_READ

_FLAGS = ("supportsAllDrives", "includeItemsFromAllDrives", "supportsTeamDrives", "includeTeamDriveItems")
_COMMON = dict.fromkeys((*_FLAGS, "acknowledgeAbuse"), "bool") | {
    "includeLabels": "str",
    "includePermissionsForView": "str",
}
_LISTING = _COMMON | {
    "q": "str", "pageSize": "int", "pageToken": "str", "orderBy": "str", "spaces": "str", "corpora": "str",
    "corpus": "str", "driveId": "str", "teamDriveId": "str",
}  # fmt: skip
_DEFAULT_FILE = "kind,id,name,mimeType"
_DEFAULT_LIST = f"kind,incompleteSearch,nextPageToken,files({_DEFAULT_FILE})"
#: what a mask may name at the top of a File [schema]
_FILE_NAMES = """
    appProperties capabilities clientEncryptionDetails contentHints contentRestrictions
    copyRequiresWriterPermission createdTime description downloadRestrictions driveId explicitlyTrashed exportLinks
    fileExtension folderColorRgb fullFileExtension hasAugmentedPermissions hasThumbnail headRevisionId iconLink id
    imageMediaMetadata inheritedPermissionsDisabled isAppAuthorized kind labelInfo lastModifyingUser linkShareMetadata
    md5Checksum mimeType modifiedByMe modifiedByMeTime modifiedTime name originalFilename ownedByMe owners parents
    permissionIds permissions properties quotaBytesUsed resourceKey sha1Checksum sha256Checksum shared
    sharedWithMeTime sharingUser shortcutDetails size spaces starred teamDriveId thumbnailLink thumbnailVersion trashed
    trashedTime trashingUser version videoMediaMetadata viewedByMe viewedByMeTime viewersCanCopyContent webContentLink
    webViewLink writersCanShare
"""
_FILE_FIELDS = frozenset(_FILE_NAMES.split())
_LIST_FIELDS = frozenset(("kind", "incompleteSearch", "nextPageToken", "files"))
_ORDER_NAMES = """
    createdTime folder modifiedByMeTime modifiedTime name name_natural quotaBytesUsed recency sharedWithMeTime
    starred viewedByMeTime
"""
_ORDERS = frozenset(_ORDER_NAMES.split())


def file_view(book: Workbook, account: str, base: str) -> Json:
    """A Drive File; `version` is a string, `headRevisionId` absent: Sheets have no binary content [schema]."""
    role = book.role(account)
    view: Json = {
        "kind": "drive#file",
        "id": book.id,
        "name": book.title,
        "mimeType": book.mime_type,
        "starred": False,
        "trashed": book.trashed,
        "explicitlyTrashed": book.trashed,
        "spaces": ["drive"],
        "version": str(book.version),
        "createdTime": book.created,
        "modifiedTime": book.modified,
        "modifiedByMe": book.modified_by == account,
        "owners": [_user(book.owner, account)],
        "ownedByMe": role == "owner",
        "shared": bool(book.shared_with),
        "permissions": _permissions(book),
        "capabilities": {"canEdit": role != "reader", "canShare": role == "owner", "canCopy": True},
        "webViewLink": f"{base}/spreadsheets/d/{book.id}/edit?usp=drivesdk",
    }
    if book.modified_by:
        view["lastModifyingUser"] = _user(book.modified_by, account)
    return view


def _permission_id(email: str) -> str:
    return str(int(hashlib.sha256(email.encode()).hexdigest()[:15], 16)).rjust(20, "0")


def _user(email: str, account: str) -> Json:
    return {
        "kind": "drive#user",
        "displayName": email.partition("@")[0],
        "me": email == account,
        "permissionId": _permission_id(email),
        "emailAddress": email,
    }


def _permissions(book: Workbook) -> list[Json]:
    roles = {book.owner: "owner"} | book.shared_with
    return [
        {"kind": "drive#permission", "id": _permission_id(email), "type": "user", "emailAddress": email, "role": role}
        for email, role in roles.items()
    ]


def _mask(text: str | None, default: str, known: frozenset[str]) -> Mask:
    """Drive's `fields`, checked at the top level. Raises Drive's `Invalid field selection`."""
    try:
        mask = parse_mask(text or default)
    except MaskSyntaxError:
        raise _invalid_selection(text or "") from None
    wrong = next((name for name in mask.below if name not in known), None)
    files = mask.below.get("files") if known is _LIST_FIELDS else None
    if wrong is None and files is not None and not files.everything:
        wrong = next((name for name in files.below if name not in _FILE_FIELDS), None)
    if wrong is not None:
        raise _invalid_selection(wrong)
    return ALL if mask.everything else mask


def _invalid_selection(name: str) -> GoogleError:
    error = GoogleError(400, f"Invalid field selection {name[:200]}", reason="invalidParameter")
    error.location = "fields"
    return error


def get_file(call: Call) -> Json:
    """`files.get`: 404 also for what exists but is not shared."""
    book = call.state.workbooks.get(call.path["id"])
    if book is None or book.role(call.account) is None:
        error = GoogleError(404, f"File not found: {call.path['id']}.", reason="notFound")
        error.location = "fileId"
        raise error
    mask = _mask(call.params.get("fields"), _DEFAULT_FILE, _FILE_FIELDS)
    return mask.prune(file_view(book, call.account, call.base))  # type: ignore[no-any-return]


def list_files(call: Call) -> Json:
    """`files.list`: trashed files are listed unless the query says otherwise [schema]."""
    mask = _mask(call.params.get("fields"), _DEFAULT_LIST, _LIST_FIELDS)
    test = parse_query(call.params.get("q", ""))
    size = call.params.get("pageSize", 100)
    if not 1 <= size <= 1000:
        raise _invalid("pageSize", f"Invalid value '{size}'. Values must be within the range: [1, 1000]")
    visible = [book for book in call.state.workbooks.values() if book.role(call.account) is not None]
    files = [file for file in (file_view(book, call.account, call.base) for book in visible) if test(file)]
    for key, descending in reversed(_order(call.params.get("orderBy") or "modifiedTime desc")):
        files.sort(key=key, reverse=descending)
    start = _start(call.params.get("pageToken") or "0")
    page: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": files[start : start + size]}
    if start + size < len(files):
        page["nextPageToken"] = f"~{start + size}"
    return mask.prune(page)  # type: ignore[no-any-return]


def _start(token: str) -> int:
    digits = token.removeprefix("~")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise _invalid("pageToken", "Invalid Value")
    return int(digits)


def _invalid(location: str, message: str) -> GoogleError:
    error = GoogleError(400, message, reason="invalid")
    error.location = location
    return error


def _order(text: str) -> list[tuple[Callable[[Json], str], bool]]:
    keys: list[tuple[Callable[[Json], str], bool]] = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        if name not in _ORDERS or direction.strip() not in ("", "desc"):
            raise _invalid("orderBy", f"Invalid sort key '{name[:200]}'")
        field = {"name_natural": "name", "recency": "modifiedTime"}.get(name, name)
        keys.append((lambda file, field=field: str(file.get(field, "")).casefold(), bool(direction)))  # type: ignore[misc]
    return keys


ENDPOINTS = (
    Endpoint("GET", "/drive/v3/files", list_files, DRIVE_READ, "drive", "DriveFiles.List", _LISTING),
    Endpoint("GET", "/drive/v3/files/{id}", get_file, DRIVE_READ, "drive", "DriveFiles.Get", _COMMON),
)
