"""Drive v3: what has happened to files, as `changes` and `revisions` tell it."""

from sheetsync.sandbox.calls import Call
from sheetsync.sandbox.drive.calls import answered, drive_endpoint, found_file, page_of, page_size
from sheetsync.sandbox.drive.errors import invalid, part_not_found, refused, required
from sheetsync.sandbox.drive.history import Change
from sheetsync.sandbox.drive.model import FOLDER_MIME
from sheetsync.sandbox.drive.views import change_view, revision_view
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.oauth import DRIVE_READ

_DEFAULT_FILE = "kind,id,name,mimeType"
_DEFAULT_CHANGES = (
    f"kind,nextPageToken,newStartPageToken,changes(kind,removed,fileId,time,type,changeType,file({_DEFAULT_FILE}))"
)
_DEFAULT_REVISION = "kind,id,mimeType,modifiedTime"


def start_page_token(call: Call) -> Json:
    """`changes.getStartPageToken`: what happens from now on."""
    token = str(call.state.history.last + 1)
    return answered(call, "StartPageToken", "*", {"kind": "drive#startPageToken", "startPageToken": token})


def list_changes(call: Call) -> Json:
    """`changes.list`: each file that changed once, at its newest; `removed` where it is gone or lost.

    A page's token is the number to go on from, so what changes meanwhile comes later and nothing is left out.
    """
    since = _since(call)
    size = page_size(call, 100, 1000)
    found = [change for change in call.state.history.changes(call.account, since) if _is_wanted(call, change)]
    page: Json = {
        "kind": "drive#changeList",
        "changes": [change_view(call.state, change, call.account, call.base) for change in found[:size]],
    }
    if len(found) > size:
        page["nextPageToken"] = str(found[size].number)
    else:
        page["newStartPageToken"] = str(call.state.history.last + 1)
    return answered(call, "ChangeList", _DEFAULT_CHANGES, page)


def _since(call: Call) -> int:
    token = call.params.get("pageToken")
    if token is None:
        raise required("pageToken")
    if not token.isascii() or not token.isdigit() or len(token) > 18 or int(token) > call.state.history.last + 1:
        raise invalid("pageToken")
    return int(token)


def _is_wanted(call: Call, change: Change) -> bool:
    book = call.state.workbooks.get(change.file)
    if book is None or book.role(call.account) is None:
        return bool(call.params.get("includeRemoved", True))
    return not call.params.get("restrictToMyDrive") or book.owner == call.account


def list_revisions(call: Call) -> Json:
    """`revisions.list`: one for each committed content; the oldest first [believed: revisions-come-oldest-first].

    For editors only [believed: revisions-are-for-editors].
    """
    book = _revisable(call)
    size = page_size(call, 200, 1000)
    page, more = page_of(call, f"revisions {book.id}", call.state.history.revisions(book.id), size)
    views = [revision_view(each, book, call.account) for each in page]
    default = f"kind,nextPageToken,revisions({_DEFAULT_REVISION})"
    return answered(call, "RevisionList", default, {"kind": "drive#revisionList", "revisions": views} | more)


def get_revision(call: Call) -> Json:
    """`revisions.get`; `head` is the newest."""
    book = _revisable(call)
    if call.params.get("alt") == "media":
        message = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
        raise refused(403, message, "fileNotDownloadable", "alt")
    known = call.state.history.revisions(book.id)
    wanted = call.path["part"]
    for each in known:
        if wanted == str(each.number) or (wanted == "head" and each is known[-1]):
            return answered(call, "Revision", _DEFAULT_REVISION, revision_view(each, book, call.account))
    raise part_not_found("Revision", wanted)


def _revisable(call: Call) -> Workbook:
    book = found_file(call, "writer")
    if book.mime_type == FOLDER_MIME:
        # [believed: folders-have-no-revisions]
        raise refused(403, "The file does not support revisions.", "revisionsNotSupported")
    return book


_FLAGS = ("includeRemoved", "includeCorpusRemovals", "restrictToMyDrive")
_CHANGES = dict.fromkeys(_FLAGS, "bool") | {"pageToken": "str", "pageSize": "int", "spaces": "str", "driveId": "str"}
_REVISIONS = "files/{id}/revisions"

ENDPOINTS = (
    drive_endpoint("GET", "changes/startPageToken", start_page_token, DRIVE_READ, "DriveChanges.GetStartPageToken"),
    drive_endpoint("GET", "changes", list_changes, DRIVE_READ, "DriveChanges.List", _CHANGES),
    drive_endpoint(
        "GET", _REVISIONS, list_revisions, DRIVE_READ, "DriveRevisions.List", {"pageSize": "int", "pageToken": "str"}
    ),
    drive_endpoint("GET", _REVISIONS + "/{part}", get_revision, DRIVE_READ, "DriveRevisions.Get"),
)
