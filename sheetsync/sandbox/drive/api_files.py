"""Drive v3: the files themselves, listed, described, made, changed, copied, exported and deleted."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sheetsync.sandbox import ids
from sheetsync.sandbox.calls import Call, Content
from sheetsync.sandbox.drive.access import at_least, is_listed, may_copy
from sheetsync.sandbox.drive.calls import (
    answered,
    drive_endpoint,
    drive_mask,
    found_file,
    page_position,
    page_size,
    page_token,
)
from sheetsync.sandbox.drive.errors import (
    fields_required,
    file_not_found,
    insufficient,
    invalid,
    no_conversion,
    no_import,
    not_writable,
    out_of_range,
    refused,
    required,
    unsupported,
)
from sheetsync.sandbox.drive.files import CSV, DELIMITERS, TSV, exported
from sheetsync.sandbox.drive.folders import descendants, inherit, lies_below, parent_id, pass_on, root_folder, root_id
from sheetsync.sandbox.drive.model import FOLDER_MIME, DriveAttributes
from sheetsync.sandbox.drive.query import Searched, matches, parse_query, searches_text
from sheetsync.sandbox.drive.views import file_view, user_view
from sheetsync.sandbox.drive.wire import checked_body
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import SHEETS_MIME, Tab, Workbook
from sheetsync.sandbox.oauth import DRIVE_CONTENT, DRIVE_DESCRIBE, DRIVE_READ, DRIVE_WRITE
from sheetsync.sandbox.store import drive_time

DEFAULT_FILE = "kind,id,name,mimeType"
_DEFAULT_LIST = f"kind,incompleteSearch,nextPageToken,files({DEFAULT_FILE})"
_LISTING = dict.fromkeys(("q", "pageToken", "orderBy", "spaces", "corpora", "corpus", "driveId", "teamDriveId"), "str")
_LISTING |= {"pageSize": "int"}
_ORDERS = frozenset(
    ("createdTime", "folder", "modifiedByMeTime", "modifiedTime", "name", "name_natural", "quotaBytesUsed", "recency")
) | frozenset(("sharedWithMeTime", "starred", "viewedByMeTime"))
#: what a body may set, beside `id` and `parents` of a new file; Drive sets the rest [schema: output only]
_WRITABLE = frozenset(
    ("name", "description", "starred", "trashed", "properties", "appProperties", "mimeType", "modifiedTime", "kind")
) | frozenset(("createdTime", "contentHints", "viewedByMeTime", "originalFilename"))
_SETTINGS = ("writersCanShare", "copyRequiresWriterPermission", "folderColorRgb")
_NEW_ONLY = frozenset(("id", "parents", "createdTime"))
_TITLE_LIMIT = 32_767


# -- reading


def get_file(call: Call) -> Json:
    """`files.get`: 404 also for what exists but is not shared; content only of what has it as bytes."""
    if call.path["id"] in ("root", root_id(call.account)):
        return answered_file(call, root_folder(call.account))
    book = found_file(call)
    if call.params.get("alt") == "media":
        message = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
        raise refused(403, message, "fileNotDownloadable", "alt")
    return answered_file(call, book)


def answered_file(call: Call, book: Workbook) -> Json:
    """The file as the call's `fields` want it."""
    return answered(call, "File", DEFAULT_FILE, file_view(call.state, book, call.account, call.base))


def list_files(call: Call) -> Json:
    """`files.list`: trashed files are listed unless the query says otherwise [schema]."""
    mask = drive_mask(call, "FileList", _DEFAULT_LIST)
    text, order = call.params.get("q", ""), call.params.get("orderBy", "")
    query, keys = parse_query(text), _order(order or "modifiedTime desc")
    if order and searches_text(query):
        message = "Sorting is not supported for queries with fullText terms. Results are always in descending "
        raise refused(400, message + "relevance order.", "badRequest", "orderBy")  # [documented]
    _check_where(call)
    size = page_size(call, 100, 1000)
    position = page_position(call, f"{text}\n{order}")
    files = [
        file_view(call.state, book, call.account, call.base)
        for book in call.state.workbooks.values()
        if is_listed(book, call.account) and matches(query, Searched(call.state, book, call.account))
    ]
    files = _after(position, files, keys)
    page: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": files[:size]}
    if len(files) > size:
        last = files[size - 1]
        place = {name: last.get(name) for name in ("id", "mimeType", *(field for field, _ in keys))}
        page["nextPageToken"] = page_token(call, f"{text}\n{order}", place)
    return mask.prune(page)  # type: ignore[no-any-return]


def _check_where(call: Call) -> None:
    """Everything lies in the accounts' own drives; there is no shared drive to look into."""
    if call.params.get("corpora", "user") not in ("user", "domain", "drive", "allDrives"):
        raise invalid("corpora")
    if call.params.get("spaces", "drive") not in ("drive", "appDataFolder", "photos"):
        raise invalid("spaces")
    drive = call.params.get("driveId") or call.params.get("teamDriveId")
    if drive:
        raise refused(404, f"Shared drive not found: {drive[:200]}", "notFound", "driveId")


def _order(text: str) -> list[tuple[str, bool]]:
    """Fields of a File and whether each descends. Raises 400 for a key that Drive does not have."""
    keys = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        if name not in _ORDERS or direction.strip() not in ("", "desc"):
            raise invalid("orderBy", f"Invalid sort key '{name[:200]}'")
        field = {"name_natural": "name", "recency": "modifiedTime"}.get(name, name)
        keys.append((field, bool(direction)))
    return keys


def _after(position: Any, files: list[Json], keys: list[tuple[str, bool]]) -> list[Json]:
    """The files in order, from behind `position`: the last file told, or where it would stand now.

    So no file is told twice or left out when others come and go between two pages.
    """
    marker: list[Json] = [position] if isinstance(position, dict) else []
    if position is not None and not marker:
        raise invalid("pageToken")
    ordered = sorted([*files, *marker], key=lambda file: str(file.get("id")))
    for field, descending in reversed(keys):
        ordered.sort(key=_sort_key(field), reverse=descending)
    if not marker:
        return ordered
    at = max(index for index, file in enumerate(ordered) if file is marker[0])
    return [file for file in ordered[at + 1 :] if file["id"] != marker[0].get("id")]


def _sort_key(field: str) -> Callable[[Json], Any]:
    if field == "folder":
        return lambda file: file.get("mimeType") != FOLDER_MIME
    if field == "quotaBytesUsed":
        return lambda file: str(file.get(field) or "").rjust(20, "0")
    if field == "starred":
        return lambda file: not file.get(field)
    return lambda file: str(file.get(field) or "").casefold()


def export_file(call: Call) -> Content:
    """`files.export`: CSV and TSV of the first tab."""
    media_type = call.params.get("mimeType")
    if not media_type:
        raise required("mimeType")
    book = found_file(call)
    if book.mime_type != SHEETS_MIME:
        raise refused(403, "Export only supports Docs Editors files.", "fileNotExportable")
    if not may_copy(book, call.account):
        raise refused(403, "This file cannot be exported by the user.", "cannotExportFile")
    if media_type not in DELIMITERS:
        raise no_conversion()
    return Content(exported(call.state.results(book), media_type), media_type)


def about(call: Call) -> Json:
    """`about.get`: who asks, and what this Drive can."""
    if not call.params.get("fields"):
        raise fields_required()
    used = sum(1024 for book in call.state.workbooks.values() if book.owner == call.account)
    view: Json = {
        "kind": "drive#about",
        "user": user_view(call.account, call.account),
        "storageQuota": {"usage": str(used), "usageInDrive": str(used), "usageInDriveTrash": "0"},
        "exportFormats": {SHEETS_MIME: [CSV, TSV]},
        "importFormats": {CSV: [SHEETS_MIME], TSV: [SHEETS_MIME]},
        "maxImportSizes": {SHEETS_MIME: "104857600"},
        "maxUploadSize": "33554432",
        "appInstalled": True,
        "canCreateDrives": False,
        "canCreateTeamDrives": False,
        "folderColorPalette": [],
        "driveThemes": [],
        "teamDriveThemes": [],
    }
    return answered(call, "About", "*", view)


def generate_ids(call: Call) -> Json:
    """`files.generateIds`."""
    count = call.params.get("count", 10)
    if not 1 <= count <= 1000:
        raise out_of_range("count", count, 1, 1000)
    view: Json = {"kind": "drive#generatedIds", "space": call.params.get("space", "drive")}
    return answered(call, "GeneratedIds", "*", view | {"ids": [fresh_file_id() for _ in range(count)]})


# -- making


def fresh_file_id() -> str:
    """A random id of the length Google's have."""
    return "1" + ids.text(43)


def create_file(call: Call) -> Json:
    """`files.create` without content: a spreadsheet with one empty tab, or a folder."""
    book = new_file(call, checked_body(call.body, "File"))
    call.state.commit(book, call.account)
    return answered_file(call, book)


def new_file(call: Call, body: Json) -> Workbook:
    """The file a body describes, not yet committed. Raises Drive's refusals."""
    kind = body.get("mimeType") or "application/octet-stream"
    if kind not in (SHEETS_MIME, FOLDER_MIME):
        raise unsupported(f"Creating a file of type {kind[:100]}")
    book = Workbook(_new_id(call, body, kind), "Untitled", owner=call.account, mime_type=kind)
    if kind == SHEETS_MIME:
        book.tabs = [Tab(0, "Sheet1")]
    _place(call, book, body.get("parents"))
    _describe(call, book, body, new=True)
    return book


def _new_id(call: Call, body: Json, kind: str) -> str:
    wanted = body.get("id")
    if wanted is None:
        return fresh_file_id()
    if kind != FOLDER_MIME:
        # [believed: generated-ids-are-no-spreadsheets]
        raise invalid("file.id", "Generated IDs are not supported for Docs Editors formats.")
    if not re.fullmatch(r"[\w-]{10,100}", wanted, re.ASCII):
        raise invalid("file.id", "The provided file ID is not usable.")
    if wanted in call.state.workbooks:
        raise refused(409, "A file already exists with the provided ID.", "fileIdInUse")
    return str(wanted)


def _place(call: Call, book: Workbook, parents: list[str] | None) -> None:
    """Puts a file into the one folder given, or the root."""
    if not parents:
        return
    if len(parents) > 1:
        # [believed: files-lie-in-one-folder]
        raise refused(403, "A file cannot be added to more than one folder.", "multipleParentsNotAllowed")
    folder = _folder(call, parents[0])
    if folder is None:
        book.drive = replace(book.drive, parent="")
        return
    if lies_below(call.state, folder.id, book.id):
        raise refused(403, "This would make the file an ancestor of itself.", "cyclicMembershipsNotAllowed")
    book.drive = replace(book.drive, parent=folder.id)
    inherit(book, folder)


def _folder(call: Call, folder_id: str) -> Workbook | None:
    """The folder to put a file into, None for the root. Raises 404 and 403."""
    if folder_id in ("root", root_id(call.account)):
        return None
    folder = call.state.workbooks.get(folder_id)
    if folder is None or folder.role(call.account) is None:
        raise file_not_found(folder_id)
    if not at_least(folder, call.account, "writer"):
        raise insufficient()
    if folder.mime_type != FOLDER_MIME:
        raise refused(403, "The specified parent is not a folder.", "parentNotAFolder")
    return folder


def copy_file(call: Call) -> Json:
    """`files.copy`: content comes along, shares never; whoever copies owns the copy."""
    book = found_file(call)
    body = checked_body(call.body, "File")
    if not may_copy(book, call.account):
        raise refused(403, "This file cannot be copied by the user.", "cannotCopyFile")
    if body.get("id") is not None:
        raise invalid("file.id", "Generated IDs are not supported for Docs Editors formats.")
    twin = book.copied()
    twin.id, twin.title, twin.owner = fresh_file_id(), f"Copy of {book.title}", call.account
    twin.shared_with, twin.created, twin.trashed = {}, "", False
    comments = book.drive.comments if call.params.get("copyComments") else ()
    twin.drive = DriveAttributes(
        description=book.drive.description,
        properties=book.drive.properties,
        app_properties=book.drive.app_properties,
        comments=comments,
    )
    twin.mime_type = _copied_type(book, body.get("mimeType"))
    _place(call, twin, body.get("parents") or _discoverable_parent(call, book))
    _describe(call, twin, {name: value for name, value in body.items() if name != "mimeType"}, new=True)
    call.state.commit(twin, call.account)
    return answered_file(call, twin)


def _copied_type(book: Workbook, wanted: str | None) -> str:
    """An Office file becomes a spreadsheet where that is asked for."""
    if wanted in (None, book.mime_type, SHEETS_MIME) and book.tabs:
        return wanted or book.mime_type
    raise no_import()


def _discoverable_parent(call: Call, book: Workbook) -> list[str]:
    """A copy lies beside the original, where its maker may write [schema]."""
    folder = call.state.workbooks.get(book.drive.parent)
    return [folder.id] if folder is not None and at_least(folder, call.account, "writer") else []


# -- changing


def update_file(call: Call) -> Json:
    """`files.update` without content: name, bin, stars, properties, another folder."""
    return updated(call, found_file(call).copied(), checked_body(call.body, "File"), content=False)


def updated(call: Call, book: Workbook, body: Json, *, content: bool) -> Json:
    """A copied file changed as a body says, and committed; `content` says whether its content changed before."""
    if set(body) - {"starred"} or call.params.get("addParents") or call.params.get("removeParents"):
        found_file(call, "writer")
    if "parents" in body:
        raise not_writable(
            "The parents field is not directly writable in update requests. Use the addParents and removeParents "
            "parameters instead."
        )
    if body.get("mimeType") not in (None, book.mime_type):
        raise unsupported(f"Changing a file's type to {str(body['mimeType'])[:100]}")
    before = book.title, book.drive.description, book.drive.properties
    _describe(call, book, body, new=False)
    _move(call, book)
    content = content or before != (book.title, book.drive.description, book.drive.properties)
    call.state.commit(book, call.account, content=content)
    if "trashed" in body:
        pass_on(call.state, book, call.account, lambda below: _trash_below(below, book))
    return answered_file(call, book)


def _describe(call: Call, book: Workbook, body: Json, *, new: bool) -> None:
    """What a body says of a copied file. Raises 403 for what only Drive sets, 400 for what cannot be."""
    if set(body) - _WRITABLE - set(_SETTINGS) - (_NEW_ONLY if new else set()):
        raise not_writable()
    if not new and "createdTime" in body:
        raise not_writable()
    for field in ("modifiedTime", "createdTime"):
        if body.get(field) is not None:
            body = body | {field: _time(body[field], f"file.{field}")}
    name = body.get("name")
    if name is not None:
        book.title = name[:_TITLE_LIMIT] or "Untitled"
    if body.get("createdTime"):
        book.created = body["createdTime"]
    if body.get("modifiedTime") and not new:
        book.modified, book.modified_by = body["modifiedTime"], call.account
    if "trashed" in body:
        _trash(call, book, body["trashed"] is True)
    drive = book.drive
    if "description" in body:
        drive = replace(drive, description=body["description"] or "")
    if "starred" in body:
        others = tuple(email for email in drive.starred if email != call.account)
        drive = replace(drive, starred=(*others, call.account) if body["starred"] else others)
    settings = {name: body[name] for name in _SETTINGS if body.get(name) is not None}
    book.drive = replace(
        drive,
        settings=drive.settings | settings,
        properties=_merged(drive.properties, body.get("properties")),
        app_properties=_merged(drive.app_properties, body.get("appProperties")),
    )


def _time(text: str, at: str) -> str:
    """A moment of a body as Drive states times. Raises 400 for what is no RFC 3339."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise invalid(at)
        return drive_time(moment)
    except (ValueError, OverflowError):
        raise invalid(at) from None


def _merged(held: Json, given: Json | None) -> Json:
    """A null clears its key [schema]."""
    return {name: value for name, value in (held | (given or {})).items() if value is not None}


def _trash(call: Call, book: Workbook, trashed: bool) -> None:
    """Only the owner may [schema]."""
    if book.owner != call.account:
        raise insufficient()
    book.trashed = trashed
    book.drive = replace(book.drive, trashed_with="")


def _trash_below(book: Workbook, folder: Workbook) -> None:
    """What lies in a trashed folder is in the bin with it, and comes out with it unless it was there before."""
    if folder.trashed and not book.trashed:
        book.trashed, book.drive = True, replace(book.drive, trashed_with=folder.id)
    elif not folder.trashed and book.drive.trashed_with == folder.id:
        book.trashed, book.drive = False, replace(book.drive, trashed_with="")


def _move(call: Call, book: Workbook) -> None:
    """Into the folder of `addParents`; `removeParents` alone puts it into the root."""
    added = [each.strip() for each in call.params.get("addParents", "").split(",") if each.strip()]
    removed = {each.strip() for each in call.params.get("removeParents", "").split(",") if each.strip()}
    removed = {root_id(call.account) if each == "root" else each for each in removed}
    if added:
        if parent_id(book) not in removed | {root_id(book.owner)} and added[0] != parent_id(book):
            message = "Increasing the number of parents is not allowed"
            raise refused(403, message, "cannotAddParent")  # [reported]
        _place(call, book, added)
    elif book.drive.parent in removed:
        book.drive = replace(book.drive, parent="")


# -- deleting


def delete_file(call: Call) -> None:
    """`files.delete`: for ever, by the owner only; of a folder also what its owner has below it [schema]."""
    book = found_file(call, "owner")
    below = list(descendants(call.state, book.id)) if book.mime_type == FOLDER_MIME else []
    call.state.remove(book.id)
    for each in below:
        if each.owner == call.account:
            call.state.remove(each.id)
    for each in below:
        if each.id in call.state.workbooks and each.drive.parent not in call.state.workbooks:
            orphan = each.copied()
            orphan.drive = replace(orphan.drive, parent="")
            call.state.commit(orphan, call.account, content=False)


def empty_trash(call: Call) -> None:
    """`files.emptyTrash`: the account's own trashed files, for ever."""
    for book in list(call.state.workbooks.values()):
        if book.trashed and book.owner == call.account:
            call.state.remove(book.id)


_COPYING = dict.fromkeys(("copyComments", "ignoreDefaultVisibility", "keepRevisionForever"), "bool")
_PARENTS = dict.fromkeys(("addParents", "removeParents"), "str")

#: addresses of one word come before `{id}`, which would take them
ENDPOINTS = (
    drive_endpoint("GET", "about", about, DRIVE_READ, "DriveAbout.Get"),
    drive_endpoint("GET", "files", list_files, DRIVE_READ, "DriveFiles.List", _LISTING),
    drive_endpoint("POST", "files", create_file, DRIVE_WRITE, "DriveFiles.Create"),
    drive_endpoint(
        "GET", "files/generateIds", generate_ids, DRIVE_WRITE, "DriveFiles.GenerateIds",
        {"count": "int", "space": "str", "type": "str"},
    ),
    drive_endpoint("DELETE", "files/trash", empty_trash, DRIVE_WRITE, "DriveFiles.EmptyTrash"),
    drive_endpoint("GET", "files/{id}", get_file, DRIVE_READ, "DriveFiles.Get"),
    drive_endpoint("PATCH", "files/{id}", update_file, DRIVE_DESCRIBE, "DriveFiles.Update", _PARENTS),
    drive_endpoint("DELETE", "files/{id}", delete_file, DRIVE_WRITE, "DriveFiles.Delete"),
    drive_endpoint("POST", "files/{id}/copy", copy_file, DRIVE_WRITE, "DriveFiles.Copy", _COPYING),
    drive_endpoint(
        "GET", "files/{id}/export", export_file, DRIVE_CONTENT, "DriveFiles.Export", {"mimeType": "str"}
    ),
)  # fmt: skip
