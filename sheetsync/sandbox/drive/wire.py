"""What Drive v3's resources look like on the wire: each one's fields and their types, bodies checked against them.

Source: the public discovery document of drive v3 (revision 20261106), reduced to the resources the sandbox speaks.
`[X]` is a list of X, `{str}` a map of texts, `any` a field the sandbox does not look into.
"""

from collections.abc import Mapping
from typing import Any

from sheetsync.sandbox.drive.errors import invalid, parse_error
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.wire import item_type

_RESOURCES = """
About: appInstalled=bool canCreateDrives=bool canCreateTeamDrives=bool driveThemes=[any] exportFormats=any
  folderColorPalette=[str] importFormats=any kind=str maxImportSizes=any maxUploadSize=str
  storageQuota=AboutStorageQuota teamDriveThemes=[any] user=User
AboutStorageQuota: limit=str usage=str usageInDrive=str usageInDriveTrash=str
Change: changeType=str drive=any driveId=str file=File fileId=str kind=str removed=bool teamDrive=any teamDriveId=str
  time=str type=str
ChangeList: changes=[Change] kind=str newStartPageToken=str nextPageToken=str
Comment: anchor=str assigneeEmailAddress=str author=User content=str createdTime=str deleted=bool htmlContent=str
  id=str kind=str mentionedEmailAddresses=[str] modifiedTime=str quotedFileContent=CommentQuotedFileContent
  replies=[Reply] resolved=bool
CommentList: comments=[Comment] kind=str nextPageToken=str
CommentQuotedFileContent: mimeType=str value=str
DriveList: drives=[any] kind=str nextPageToken=str
File: appProperties={str} capabilities=FileCapabilities clientEncryptionDetails=any contentHints=any
  contentRestrictions=[any] copyRequiresWriterPermission=bool createdTime=str description=str downloadRestrictions=any
  driveId=str explicitlyTrashed=bool exportLinks=any fileExtension=str folderColorRgb=str fullFileExtension=str
  hasAugmentedPermissions=bool hasThumbnail=bool headRevisionId=str iconLink=str id=str imageMediaMetadata=any
  inheritedPermissionsDisabled=bool isAppAuthorized=bool kind=str labelInfo=any lastModifyingUser=User
  linkShareMetadata=FileLinkShareMetadata md5Checksum=str mimeType=str modifiedByMe=bool modifiedByMeTime=str
  modifiedTime=str name=str originalFilename=str ownedByMe=bool owners=[User] parents=[str] permissionIds=[str]
  permissions=[Permission] properties={str} quotaBytesUsed=str resourceKey=str sha1Checksum=str sha256Checksum=str
  shared=bool sharedWithMeTime=str sharingUser=User shortcutDetails=FileShortcutDetails size=str spaces=[str]
  starred=bool teamDriveId=str thumbnailLink=str thumbnailVersion=str trashed=bool trashedTime=str trashingUser=User
  version=str videoMediaMetadata=any viewedByMe=bool viewedByMeTime=str viewersCanCopyContent=bool webContentLink=str
  webViewLink=str writersCanShare=bool
FileCapabilities: canAcceptOwnership=bool canAccessViaGenAi=bool canAddChildren=bool canAddFolderFromAnotherDrive=bool
  canAddMyDriveParent=bool canChangeCopyRequiresWriterPermission=bool canChangeItemDownloadRestriction=bool
  canChangeSecurityUpdateEnabled=bool canChangeViewersCanCopyContent=bool canComment=bool canCopy=bool canDelete=bool
  canDeleteChildren=bool canDisableInheritedPermissions=bool canDownload=bool canEdit=bool
  canEnableInheritedPermissions=bool canListChildren=bool canModifyContent=bool canModifyContentRestriction=bool
  canModifyEditorContentRestriction=bool canModifyLabels=bool canModifyOwnerContentRestriction=bool
  canMoveChildrenOutOfDrive=bool canMoveChildrenOutOfTeamDrive=bool canMoveChildrenWithinDrive=bool
  canMoveChildrenWithinTeamDrive=bool canMoveItemIntoTeamDrive=bool canMoveItemOutOfDrive=bool
  canMoveItemOutOfTeamDrive=bool canMoveItemWithinDrive=bool canMoveItemWithinTeamDrive=bool canMoveTeamDriveItem=bool
  canReadDrive=bool canReadLabels=bool canReadRevisions=bool canReadTeamDrive=bool canRemoveChildren=bool
  canRemoveContentRestriction=bool canRemoveMyDriveParent=bool canRename=bool canShare=bool canStartApproval=bool
  canTrash=bool canTrashChildren=bool canUntrash=bool
FileLinkShareMetadata: securityUpdateEligible=bool securityUpdateEnabled=bool
FileList: files=[File] incompleteSearch=bool kind=str nextPageToken=str
FileShortcutDetails: targetId=str targetMimeType=str targetResourceKey=str
GeneratedIds: ids=[str] kind=str space=str
Permission: allowFileDiscovery=bool deleted=bool displayName=str domain=str emailAddress=str expirationTime=str id=str
  inheritedPermissionsDisabled=bool kind=str pendingOwner=bool permissionDetails=[any] photoLink=str role=str
  teamDrivePermissionDetails=[any] type=str view=str
PermissionList: kind=str nextPageToken=str permissions=[Permission]
Reply: action=str assigneeEmailAddress=str author=User content=str createdTime=str deleted=bool htmlContent=str id=str
  kind=str mentionedEmailAddresses=[str] modifiedTime=str
ReplyList: kind=str nextPageToken=str replies=[Reply]
Revision: exportLinks=any id=str keepForever=bool kind=str lastModifyingUser=User md5Checksum=str mimeType=str
  modifiedTime=str originalFilename=str publishAuto=bool published=bool publishedLink=str publishedOutsideDomain=bool
  size=str
RevisionList: kind=str nextPageToken=str revisions=[Revision]
StartPageToken: kind=str startPageToken=str
TeamDriveList: kind=str nextPageToken=str teamDrives=[any]
User: displayName=str emailAddress=str kind=str me=bool permissionId=str photoLink=str
"""


def _read(table: str) -> dict[str, dict[str, str]]:
    """`Name: field=type` lines (continued by indented ones) as name -> field -> type."""
    lines = table.strip().replace("\n  ", " ").splitlines()
    named = (line.partition(":") for line in lines)
    return {name: dict(word.split("=", 1) for word in words.split()) for name, _, words in named}


#: resource -> field -> type
RESOURCES: Mapping[str, Mapping[str, str]] = _read(_RESOURCES)

_SCALARS: Mapping[str, tuple[type, ...]] = {"str": (str,), "bool": (bool,), "int": (int,), "float": (int, float)}


def checked_body(body: Any, resource: str) -> Json:
    """The known fields of a body; a null stays, for it clears. Raises Drive's 400 for a value of another type.

    Unknown fields are let pass: gspread sends v2's `withLink` in a permission [recorded].
    """
    if not isinstance(body, dict):
        raise parse_error()
    fields = RESOURCES[resource]
    return {
        name: value if value is None else _checked(value, fields[name], f"{resource[0].lower()}{resource[1:]}.{name}")
        for name, value in body.items()
        if name in fields
    }


def _checked(value: Any, kind: str, at: str) -> Any:
    item = item_type(kind)
    if item is not None:
        if not isinstance(value, list):
            raise invalid(at)
        return [_checked(each, item, at) for each in value]
    if kind == "{str}":
        return _map(value, at)
    if kind in RESOURCES:
        if not isinstance(value, dict):
            raise invalid(at)
        return checked_body(value, kind)
    if kind == "any":
        return value
    if not isinstance(value, _SCALARS[kind]) or (kind != "bool" and isinstance(value, bool)):
        raise invalid(at)
    return value


def _map(value: Any, at: str) -> Json:
    if not isinstance(value, dict) or not all(text is None or isinstance(text, str) for text in value.values()):
        raise invalid(at)
    return value
