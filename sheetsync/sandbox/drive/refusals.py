"""What Google's Drive has and this one does not: each method of the discovery document is refused by its name.

Shared drives are the exception: an account that is a member of none gets an empty list, as from Google.
"""

from sheetsync.sandbox.calls import Call
from sheetsync.sandbox.drive.calls import Handler, answered, drive_endpoint, found_file, page_size
from sheetsync.sandbox.drive.errors import refused, unsupported
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.oauth import DRIVE_READ

#: METHOD path (below `/drive/v3/`) name
_METHODS = """
GET files/{id}/accessproposals/{part} accessproposals.get
GET files/{id}/accessproposals accessproposals.list
POST files/{id}/accessproposals/{part}:resolve accessproposals.resolve
POST files/{id}/approvals/{part}:approve approvals.approve
POST files/{id}/approvals/{part}:cancel approvals.cancel
POST files/{id}/approvals/{part}:comment approvals.comment
POST files/{id}/approvals/{part}:decline approvals.decline
GET files/{id}/approvals/{part} approvals.get
GET files/{id}/approvals approvals.list
POST files/{id}/approvals/{part}:reassign approvals.reassign
POST files/{id}/approvals:start approvals.start
GET apps/{part} apps.get
GET apps apps.list
POST changes/watch changes.watch
POST channels/stop channels.stop
POST files/{id}/download files.download
GET files/generateCseToken files.generateCseToken
GET files/{id}/listLabels files.listLabels
POST files/{id}/modifyLabels files.modifyLabels
POST files/{id}/watch files.watch
GET operations/{part} operations.get
DELETE files/{id}/revisions/{part} revisions.delete
PATCH files/{id}/revisions/{part} revisions.update
POST drives drives.create
POST drives/{part}/hide drives.hide
POST drives/{part}/unhide drives.unhide
POST teamdrives teamdrives.create
"""
_SHARED_DRIVES = """
GET drives/{part} drives.get
PATCH drives/{part} drives.update
DELETE drives/{part} drives.delete
GET teamdrives/{part} teamdrives.get
PATCH teamdrives/{part} teamdrives.update
DELETE teamdrives/{part} teamdrives.delete
"""


def _refusing(name: str) -> Handler:
    def handler(call: Call) -> Json:
        if "id" in call.path:
            found_file(call)
        raise unsupported(name)

    return handler


def _no_shared_drive(call: Call) -> Json:
    raise refused(404, f"Shared drive not found: {call.path['part'][:200]}", "notFound", "driveId")


def _empty(kind: str, resource: str, items: str) -> Handler:
    def handler(call: Call) -> Json:
        page_size(call, 10, 100)
        return answered(call, resource, "*", {"kind": kind, items: []})

    return handler


def _lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


_PAGED = {"pageSize": "int", "pageToken": "str", "q": "str", "useDomainAdminAccess": "bool"}
#: before all others: some addresses of one word would be taken for a file's id
ENDPOINTS = (
    *(drive_endpoint(method, path, _refusing(name), DRIVE_READ, name) for method, path, name in _lines(_METHODS)),
    *(
        drive_endpoint(method, path, _no_shared_drive, DRIVE_READ, name)
        for method, path, name in _lines(_SHARED_DRIVES)
    ),
    drive_endpoint(
        "GET", "drives", _empty("drive#driveList", "DriveList", "drives"), DRIVE_READ, "drives.list", _PAGED
    ),
    drive_endpoint(
        "GET",
        "teamdrives",
        _empty("drive#teamDriveList", "TeamDriveList", "teamDrives"),
        DRIVE_READ,
        "teamdrives.list",
        _PAGED,
    ),
)
