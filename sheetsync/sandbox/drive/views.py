"""Drive's resources as an account sees them."""

from html import escape

from sheetsync.sandbox.drive.access import Permission, capabilities, may_share, permission_id, permissions
from sheetsync.sandbox.drive.folders import seen_parents
from sheetsync.sandbox.drive.history import Change, Revision
from sheetsync.sandbox.drive.model import FOLDER_MIME, Comment, Reply
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import SHEETS_MIME, Workbook
from sheetsync.sandbox.store import State

CSV, TSV = "text/csv", "text/tab-separated-values"


def user_view(email: str, account: str) -> Json:
    return {
        "kind": "drive#user",
        "displayName": email.partition("@")[0],
        "me": email == account,
        "permissionId": permission_id(email),
        "emailAddress": email,
    }


def file_view(state: State, book: Workbook, account: str, base: str) -> Json:
    """A Drive File; `version` is a string, `headRevisionId` absent: Sheets have no binary content [schema]."""
    view: Json = {
        "kind": "drive#file",
        "id": book.id,
        "name": book.title,
        "mimeType": book.mime_type,
        "starred": account in book.drive.starred,
        "trashed": book.trashed,
        "explicitlyTrashed": book.trashed and not book.drive.trashed_with,
        "spaces": ["drive"],
        "version": str(book.version),
        "createdTime": book.created,
        "modifiedTime": book.modified,
        "modifiedByMe": book.modified_by == account,
        "viewedByMe": False,
        "owners": [user_view(book.owner, account)],
        "ownedByMe": book.owner == account,
        "shared": len(permissions(book)) > 1,
        "capabilities": capabilities(book, account),
        "writersCanShare": book.drive.settings.get("writersCanShare", True),
        "copyRequiresWriterPermission": book.drive.settings.get("copyRequiresWriterPermission", False),
        "viewersCanCopyContent": not book.drive.settings.get("copyRequiresWriterPermission", False),
        "hasThumbnail": False,
        "isAppAuthorized": True,
        "inheritedPermissionsDisabled": False,
        "linkShareMetadata": {"securityUpdateEligible": False, "securityUpdateEnabled": True},
        "quotaBytesUsed": "0",
        "webViewLink": _link(book, base),
        "iconLink": f"{base}/icon/{'folder' if book.mime_type == FOLDER_MIME else 'spreadsheet'}",
    }
    return view | _where_known(state, book, account, base)


def _where_known(state: State, book: Workbook, account: str, base: str) -> Json:
    """The fields that are absent where there is nothing to say."""
    drive = book.drive
    view: Json = {
        "parents": seen_parents(state, book, account),
        "description": drive.description,
        "properties": drive.properties,
        "appProperties": drive.app_properties,
        "folderColorRgb": drive.settings.get("folderColorRgb"),
    }
    if book.mime_type == SHEETS_MIME:
        size = str(1024 + 32 * sum(len(tab.cells) for tab in book.tabs))
        links = {kind: f"{base}/drive/v3/files/{book.id}/export?mimeType={kind}" for kind in (CSV, TSV)}
        view |= {"size": size, "quotaBytesUsed": size, "exportLinks": links}
    if book.modified_by:
        view["lastModifyingUser"] = user_view(book.modified_by, account)
    if book.modified_by == account:
        view["modifiedByMeTime"] = book.modified
    if account in book.shared_with:
        view["sharedWithMeTime"] = drive.shared_at.get(account, book.created)
        view["sharingUser"] = user_view(book.owner, account)
    if may_share(book, account):
        view["permissions"] = [permission_view(each) for each in permissions(book)]
        view["permissionIds"] = [each.id for each in permissions(book)]
    return {name: value for name, value in view.items() if value}


def _link(book: Workbook, base: str) -> str:
    if book.mime_type == FOLDER_MIME:
        return f"{base}/drive/folders/{book.id}"
    return f"{base}/spreadsheets/d/{book.id}/edit?usp=drivesdk"


def permission_view(each: Permission) -> Json:
    view: Json = {"kind": "drive#permission", "id": each.id, "type": each.type, "role": each.role}
    if each.type in ("user", "group"):
        view |= {"emailAddress": each.email, "displayName": each.email.partition("@")[0], "deleted": False}
    if each.type == "user":
        view["pendingOwner"] = each.pending_owner
    if each.type == "domain":
        view |= {"domain": each.domain, "displayName": each.domain}
    if each.type in ("domain", "anyone"):
        view["allowFileDiscovery"] = each.discoverable
    return view


def comment_view(comment: Comment, account: str) -> Json:
    """A comment with its replies; deleted ones say only that they were."""
    view = _post(comment, "comment", account) | {"replies": [reply_view(reply, account) for reply in comment.replies]}
    if not comment.deleted:
        view |= {"resolved": comment.resolved, "anchor": comment.anchor, "quotedFileContent": comment.quoted}
    return {name: value for name, value in view.items() if value not in ("", None)}


def reply_view(reply: Reply, account: str) -> Json:
    return _post(reply, "reply", account) | ({"action": reply.action} if reply.action else {})


def _post(post: Comment | Reply, kind: str, account: str) -> Json:
    # The author's e-mail and permission id are not told [schema].
    author = {name: value for name, value in user_view(post.author, account).items()
              if name in ("kind", "displayName", "me")}  # fmt: skip
    view: Json = {"kind": f"drive#{kind}", "id": post.id, "createdTime": post.created, "modifiedTime": post.modified}
    view |= {"author": author, "deleted": post.deleted}
    return view if post.deleted else view | {"content": post.content, "htmlContent": escape(post.content)}


def revision_view(revision: Revision, book: Workbook, account: str) -> Json:
    return {
        "kind": "drive#revision",
        "id": str(revision.number),
        "mimeType": book.mime_type,
        "modifiedTime": revision.time,
        "lastModifyingUser": user_view(revision.account, account),
        "published": False,
        "publishAuto": False,
        "publishedOutsideDomain": False,
    }


def change_view(state: State, change: Change, account: str, base: str) -> Json:
    """What became of a file, `removed` where the account cannot see it any more."""
    book = state.workbooks.get(change.file)
    view: Json = {"kind": "drive#change", "type": "file", "changeType": "file", "time": change.time}
    if book is None or book.role(account) is None:
        return view | {"removed": True, "fileId": change.file}
    return view | {"removed": False, "fileId": change.file, "file": file_view(state, book, account, base)}
