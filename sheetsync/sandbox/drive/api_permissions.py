"""Drive v3: permissions, the access list of each file."""

from dataclasses import replace

from sheetsync.sandbox.calls import Call
from sheetsync.sandbox.drive.access import (
    Permission,
    drop_permission,
    grant_id,
    may_share,
    permission_id,
    permissions,
    set_permission,
)
from sheetsync.sandbox.drive.calls import answered, drive_endpoint, found_file, page_of, page_size
from sheetsync.sandbox.drive.errors import insufficient, invalid, not_writable, part_not_found, refused
from sheetsync.sandbox.drive.folders import pass_on
from sheetsync.sandbox.drive.model import FOLDER_MIME, ROLES, Grant
from sheetsync.sandbox.drive.views import permission_view
from sheetsync.sandbox.drive.wire import checked_body
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.oauth import DRIVE_READ, DRIVE_WRITE

_DEFAULT = "kind,id,type,role"
_DEFAULT_LIST = f"kind,nextPageToken,permissions({_DEFAULT})"
_TYPES = ("user", "group", "domain", "anyone")


def list_permissions(call: Call) -> Json:
    """`permissions.list`: for those who may share the file [reported]."""
    book = _shareable(call)
    size = page_size(call, 100, 100)
    page, more = page_of(call, f"permissions {book.id}", permissions(book), size)
    view: Json = {"kind": "drive#permissionList", "permissions": [permission_view(each) for each in page]}
    return answered(call, "PermissionList", _DEFAULT_LIST, view | more)


def get_permission(call: Call) -> Json:
    """`permissions.get`: one's own, or any for those who may share."""
    book = found_file(call)
    if call.path["part"] != permission_id(call.account):
        _shareable(call)
    return _answered(call, _permission(call, book))


def create_permission(call: Call) -> Json:
    """`permissions.create`: somebody who has a greater role already keeps it."""
    book = _shareable(call)
    body = checked_body(call.body, "Permission")
    wanted = _wanted(body)
    if wanted.role == "owner" or body.get("pendingOwner"):
        return _create_owner(call, book, wanted)
    held = next((each for each in permissions(book) if each.id == wanted.id), None)
    if held is not None and ROLES.index(held.role) >= ROLES.index(wanted.role):
        return _answered(call, held)
    return _answered(call, _put(call, book, wanted))


def _create_owner(call: Call, book: Workbook, wanted: Permission) -> Json:
    """An offer, or what Google refuses without one."""
    if wanted.role == "owner":
        _check_transfer(call, book, wanted)
        return _answered(call, _make_owner(call, book, wanted.email))
    return _offer(call, book, wanted)


def update_permission(call: Call) -> Json:
    """`permissions.update`: another role, an offer of the ownership, or its acceptance."""
    book = found_file(call)
    held = _permission(call, book)
    body = checked_body(call.body, "Permission")
    if set(body) - {"role", "pendingOwner", "kind", "id"} or body.get("id") not in (None, held.id):
        if "expirationTime" in body:
            raise refused(403, "Expiration dates cannot be set on this item.", "cannotSetExpiration")  # [reported]
        raise not_writable()
    role = _role(body.get("role") or held.role)
    if role == "owner":
        if held.role == "owner":
            return _answered(call, held)
        _check_transfer(call, book, held)
        return _answered(call, _make_owner(call, book, held.email))
    _shareable(call)
    if held.role == "owner":
        raise insufficient()
    wanted = replace(held, role=role)
    if body.get("pendingOwner"):
        return _offer(call, book, wanted)
    if body.get("pendingOwner") is False:
        wanted = replace(wanted, pending_owner=False)
    return _answered(call, _put(call, book, wanted))


def delete_permission(call: Call) -> None:
    """`permissions.delete`: the owner's stays; everybody may leave a file."""
    book = found_file(call)
    held = _permission(call, book)
    if held.id != permission_id(call.account):
        _shareable(call)
    if held.role == "owner":
        raise insufficient()
    edited = book.copied()
    drop_permission(edited, held)
    call.state.commit(edited, call.account, content=False)
    pass_on(call.state, edited, call.account, lambda below: drop_permission(below, held))


def _shareable(call: Call) -> Workbook:
    book = found_file(call)
    if not may_share(book, call.account):
        raise insufficient()
    return book


def _permission(call: Call, book: Workbook) -> Permission:
    found = next((each for each in permissions(book) if each.id == call.path["part"]), None)
    if found is None:
        raise part_not_found("Permission", call.path["part"])
    return found


def _answered(call: Call, each: Permission) -> Json:
    return answered(call, "Permission", _DEFAULT, permission_view(each))


def _wanted(body: Json) -> Permission:
    """The permission a body asks for. Raises Drive's 400s."""
    kind, email, domain = body.get("type"), (body.get("emailAddress") or "").lower(), body.get("domain") or ""
    if not kind:
        raise refused(400, "The permission type field is required.", "required", "permission.type")
    if not body.get("role"):
        raise refused(400, "The permission role field is required.", "required", "permission.role")
    if kind not in _TYPES:
        raise invalid("permission.type", "The specified type is invalid.")  # [believed: shares-are-of-a-known-type]
    if body.get("expirationTime"):
        raise refused(403, "Expiration dates cannot be set on this item.", "cannotSetExpiration")  # [reported]
    role, discoverable = _role(body["role"]), bool(body.get("allowFileDiscovery"))
    if (kind in ("user", "group")) != bool(email) or (email and ("@" not in email or email.startswith("@"))):
        raise _not_for_type("emailAddress")
    if (kind == "domain") != bool(domain) or "@" in domain:
        raise _not_for_type("domain")
    if kind == "user":
        return Permission(permission_id(email), kind, role, email)
    if role == "owner":
        raise _not_for_owners()
    number = grant_id(Grant(kind, role, email or domain, discoverable))
    return Permission(number, kind, role, email, domain, discoverable)


def _not_for_type(field: str) -> Exception:
    message = f"The specified {field} is invalid or not applicable for the given permission type."
    return invalid(f"permission.{field}", message)


def _not_for_owners() -> Exception:
    message = "The specified role is invalid for the given permission type."
    return invalid("permission.role", message)  # [believed: only-people-are-owners]


def _role(role: str) -> str:
    if role in ("organizer", "fileOrganizer"):
        # [believed: organizers-are-for-shared-drives]
        raise refused(403, "The specified role is only valid in shared drives.", "forbidden")
    if role not in ROLES:
        raise invalid("permission.role", "The specified role is invalid.")  # [believed: shares-give-a-known-role]
    return role


def _put(call: Call, book: Workbook, wanted: Permission) -> Permission:
    """The file with this line in its list, and so what lies in it if it is a folder."""
    edited = book.copied()
    set_permission(edited, wanted)
    if edited.drive.pending_owner == wanted.email and not wanted.pending_owner:
        edited.drive = replace(edited.drive, pending_owner="")
    call.state.commit(edited, call.account, content=False)
    pass_on(call.state, edited, call.account, lambda below: _inherited(below, wanted))
    return wanted


def _inherited(below: Workbook, wanted: Permission) -> None:
    if wanted.email != below.owner or wanted.type != "user":
        set_permission(below, wanted)


# -- ownership


def _offer(call: Call, book: Workbook, wanted: Permission) -> Json:
    """The owner offers the file to a writer, who must accept [documented: transfer-file]."""
    if book.owner != call.account:
        raise insufficient()
    if wanted.type != "user" or wanted.role != "writer" or wanted.email == book.owner:
        message = "A pending owner must be a user with the role of writer."
        raise invalid("permission.pendingOwner", message)  # [believed: pending-owners-are-writers]
    edited = book.copied()
    set_permission(edited, wanted)
    edited.drive = replace(edited.drive, pending_owner=wanted.email)
    call.state.commit(edited, call.account, content=False)
    return _answered(call, replace(wanted, pending_owner=True))


def _check_transfer(call: Call, book: Workbook, to: Permission) -> None:
    """Raises 403 unless the account accepts an offer, or owner and heir are of one Workspace domain [documented]."""
    if not call.params.get("transferOwnership"):
        message = "The transferOwnership parameter must be enabled when the permission role is 'owner'."
        raise refused(403, message, "forbidden", "transferOwnership")  # [reported]
    if to.type != "user":
        raise _not_for_owners()
    if to.email == call.account and book.drive.pending_owner == call.account:
        return
    if book.owner != call.account:
        raise insufficient()
    domain = book.owner.partition("@")[2]
    if domain.endswith("gserviceaccount.com") or to.email.partition("@")[2] != domain:
        message = "Consent is required to transfer ownership of a file to another user."
        raise refused(403, message, "consentRequiredForOwnershipTransfer")  # [reported]


def _make_owner(call: Call, book: Workbook, email: str) -> Permission:
    """The owner before becomes a writer."""
    if email == book.owner:
        return permissions(book)[0]
    edited = book.copied()
    edited.shared_with.pop(email, None)
    edited.shared_with[book.owner] = "writer"
    edited.owner = email
    stays = book.drive.parent if book.mime_type == FOLDER_MIME or book.drive.parent in call.state.workbooks else ""
    edited.drive = replace(edited.drive, pending_owner="", parent=stays)
    call.state.commit(edited, call.account, content=False)
    return permissions(edited)[0]


_SHARING = dict.fromkeys(
    ("sendNotificationEmail", "transferOwnership", "moveToNewOwnersRoot", "enforceExpansiveAccess", "removeExpiration"),
    "bool",
) | {"emailMessage": "str"}
_LIST = "files/{id}/permissions"
_ONE = _LIST + "/{part}"

ENDPOINTS = (
    drive_endpoint(
        "GET", _LIST, list_permissions, DRIVE_READ, "DrivePermissions.List", {"pageSize": "int", "pageToken": "str"}
    ),
    drive_endpoint("POST", _LIST, create_permission, DRIVE_WRITE, "DrivePermissions.Create", _SHARING),
    drive_endpoint("GET", _ONE, get_permission, DRIVE_READ, "DrivePermissions.Get"),
    drive_endpoint("PATCH", _ONE, update_permission, DRIVE_WRITE, "DrivePermissions.Update", _SHARING),
    drive_endpoint("DELETE", _ONE, delete_permission, DRIVE_WRITE, "DrivePermissions.Delete"),
)
