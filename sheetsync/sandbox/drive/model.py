"""What Drive knows of a file beside its content: where it lies, who else may see it, what was said about it."""

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]

FOLDER_MIME = "application/vnd.google-apps.folder"
#: from the least to the most
ROLES = ("reader", "commenter", "writer", "owner")


@dataclass(frozen=True, slots=True)
class Grant:
    """Access that is not one person's: a group's, a domain's, or anyone's who has the link."""

    #: `group`, `domain` or `anyone`
    type: str
    role: str
    #: the group's e-mail or the domain's name
    to: str = ""
    #: found by searching; otherwise the link is needed
    discoverable: bool = False

    def covers(self, account: str) -> bool:
        """Whether the account has its role by this grant. Groups have no members here but themselves."""
        if self.type == "domain":
            return account.partition("@")[2].casefold() == self.to.casefold()
        return self.type == "anyone" or account == self.to


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a comment; a deleted one has no content."""

    id: str
    author: str
    content: str
    created: str
    modified: str
    deleted: bool = False
    #: `resolve` or `reopen`, what it did to its comment
    action: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with all its replies; times as Drive states them."""

    id: str
    author: str
    content: str
    created: str
    modified: str
    deleted: bool = False
    #: where in the file, in words of the client that made it
    anchor: str = ""
    quoted: Json | None = None
    replies: tuple[Reply, ...] = ()

    @property
    def resolved(self) -> bool:
        actions = [reply.action for reply in self.replies if reply.action and not reply.deleted]
        return bool(actions) and actions[-1] == "resolve"


@dataclass(frozen=True, slots=True)
class DriveAttributes:
    """The dicts inside are never changed in place."""

    #: id of the folder it lies in; empty for its owner's root
    parent: str = ""
    description: str = ""
    #: e-mails of those who starred it
    starred: tuple[str, ...] = ()
    properties: Json = field(default_factory=dict)
    app_properties: Json = field(default_factory=dict)
    #: File fields that are kept as stated: `writersCanShare`, `copyRequiresWriterPermission`, `folderColorRgb`
    settings: Json = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    #: who was offered the ownership and has not yet accepted
    pending_owner: str = ""
    #: e-mail -> when it was shared with them
    shared_at: Json = field(default_factory=dict)
    comments: tuple[Comment, ...] = ()
    #: id of the folder that took it into the bin; empty if it was put there itself, or is not there
    trashed_with: str = ""


def dump_attributes(attributes: DriveAttributes) -> Json:
    """Only what differs from a plain file."""
    return {name: value for name, value in asdict(attributes).items() if value}


def load_attributes(stored: Json) -> DriveAttributes:
    lists: Json = {
        "starred": tuple(stored.get("starred", ())),
        "grants": tuple(Grant(**each) for each in stored.get("grants", ())),
        "comments": tuple(_comment(each) for each in stored.get("comments", ())),
    }
    return DriveAttributes(**(stored | lists))


def _comment(stored: Json) -> Comment:
    return Comment(**(stored | {"replies": tuple(Reply(**each) for each in stored["replies"])}))
