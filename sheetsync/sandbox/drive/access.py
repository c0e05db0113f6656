"""Who may see a file and do what with it: roles, permissions under Google's ids, capabilities."""

import hashlib
from dataclasses import dataclass, replace

from sheetsync.sandbox.drive.model import FOLDER_MIME, ROLES, Grant
from sheetsync.sandbox.drive.wire import RESOURCES
from sheetsync.sandbox.errors import SandboxError
from sheetsync.sandbox.model import Workbook

#: what can be given with `shared_with` of a story and `Running.share`
GIVEN = ("reader", "commenter", "writer")


@dataclass(frozen=True, slots=True)
class Permission:
    """One line of a file's access list, whoever it is for."""

    id: str
    type: str
    role: str
    email: str = ""
    domain: str = ""
    discoverable: bool = False
    pending_owner: bool = False


def permission_id(about: str) -> str:
    """The id of a person's or group's permission, the same on every file, as Google's are [schema]."""
    return str(int(hashlib.sha256(about.encode()).hexdigest()[:15], 16)).rjust(20, "0")


def grant_id(grant: Grant) -> str:
    """`anyone`, `anyoneWithLink` as Google names them; a domain's ends in k."""
    if grant.type == "anyone":
        return "anyone" if grant.discoverable else "anyoneWithLink"
    return permission_id(grant.to) + ("k" if grant.type == "domain" else "")


def permissions(book: Workbook) -> list[Permission]:
    """The whole access list, the owner first."""
    roles = {book.owner: "owner"} | book.shared_with
    pending = book.drive.pending_owner
    people = [
        Permission(permission_id(email), "user", role, email, pending_owner=email == pending)
        for email, role in roles.items()
    ]
    return people + [_of_grant(grant) for grant in book.drive.grants]


def _of_grant(grant: Grant) -> Permission:
    email, domain = (grant.to, "") if grant.type == "group" else ("", grant.to)
    return Permission(grant_id(grant), grant.type, grant.role, email, domain, grant.discoverable)


def set_permission(book: Workbook, wanted: Permission) -> None:
    """Puts a line into the access list of a copied workbook, in the place of one with its id."""
    if wanted.type == "user":
        book.shared_with[wanted.email] = wanted.role
        return
    grant = Grant(wanted.type, wanted.role, wanted.email or wanted.domain, wanted.discoverable)
    others = tuple(each for each in book.drive.grants if grant_id(each) != wanted.id)
    book.drive = replace(book.drive, grants=(*others, grant))


def drop_permission(book: Workbook, gone: Permission) -> None:
    """Takes a line out of the access list of a copied workbook."""
    if gone.type == "user":
        book.shared_with.pop(gone.email, None)
        if book.drive.pending_owner == gone.email:
            book.drive = replace(book.drive, pending_owner="")
        return
    left = tuple(each for each in book.drive.grants if grant_id(each) != gone.id)
    book.drive = replace(book.drive, grants=left)


def give(book: Workbook, to: str, role: str) -> None:
    """Shares a copied workbook with an e-mail, a domain (`@example.com`) or `anyone` with the link.

    Raises SandboxError for a role that cannot be given.
    """
    if role not in GIVEN:
        raise SandboxError(f"a file is shared with a {', '.join(GIVEN)}, not {role!r}")
    set_permission(book, _named(to, role))


def take(book: Workbook, to: str) -> None:
    """The contrary of `give`."""
    drop_permission(book, _named(to, "reader"))


def _named(to: str, role: str) -> Permission:
    if to == "anyone":
        return _of_grant(Grant("anyone", role))
    if to.startswith("@"):
        return _of_grant(Grant("domain", role, to[1:], discoverable=True))
    return Permission(permission_id(to), "user", role, to)


def at_least(book: Workbook, account: str, role: str) -> bool:
    """Whether the account has this role or a greater one."""
    own = book.role(account)
    return own is not None and ROLES.index(own) >= ROLES.index(role)


def may_share(book: Workbook, account: str) -> bool:
    """The owner may, and writers unless the owner said otherwise [schema: writersCanShare]."""
    if book.drive.settings.get("writersCanShare", True):
        return at_least(book, account, "writer")
    return at_least(book, account, "owner")


def may_copy(book: Workbook, account: str) -> bool:
    """Readers may, unless the owner said otherwise; folders cannot be copied [documented]."""
    needs_writer = book.drive.settings.get("copyRequiresWriterPermission", False)
    return book.mime_type != FOLDER_MIME and at_least(book, account, "writer" if needs_writer else "reader")


def is_listed(book: Workbook, account: str) -> bool:
    """Whether `files.list` finds it: what is only open to those with the link it does not."""
    if account == book.owner or account in book.shared_with:
        return True
    return any(grant.covers(account) and (grant.discoverable or grant.type == "group") for grant in book.drive.grants)


def capabilities(book: Workbook, account: str) -> dict[str, bool]:
    """What the account may do; capabilities of shared drives and labels are all false here."""
    reads, comments, edits, owns = (at_least(book, account, role) for role in ROLES)
    folder = book.mime_type == FOLDER_MIME
    can = dict.fromkeys(RESOURCES["FileCapabilities"], False)
    can |= dict.fromkeys(("canDelete", "canTrash", "canUntrash", "canMoveItemOutOfDrive"), owns)
    can |= dict.fromkeys(("canEdit", "canRename", "canModifyContentRestriction"), edits)
    can |= dict.fromkeys(("canMoveItemWithinDrive", "canChangeCopyRequiresWriterPermission"), edits)
    can |= dict.fromkeys(("canModifyContent", "canReadRevisions"), edits and not folder)
    can |= dict.fromkeys(("canAddChildren", "canRemoveChildren", "canMoveChildrenWithinDrive"), edits and folder)
    can |= dict.fromkeys(("canDeleteChildren", "canTrashChildren"), False)
    can |= {"canComment": comments and not folder, "canListChildren": reads and folder}
    can |= {"canShare": may_share(book, account), "canCopy": may_copy(book, account)}
    can |= {"canDownload": may_copy(book, account), "canAcceptOwnership": book.drive.pending_owner == account}
    return can
