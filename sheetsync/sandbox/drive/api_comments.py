"""Drive v3: comments on a file and the replies to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sheetsync.sandbox import ids
from sheetsync.sandbox.calls import Call
from sheetsync.sandbox.drive.calls import answered, drive_endpoint, found_file, page_of, page_size
from sheetsync.sandbox.drive.errors import fields_required, insufficient, invalid, part_not_found, refused
from sheetsync.sandbox.drive.model import Comment, Reply
from sheetsync.sandbox.drive.views import comment_view, reply_view
from sheetsync.sandbox.drive.wire import checked_body
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.oauth import DRIVE_CONTENT, DRIVE_WRITE

_Post = TypeVar("_Post", Comment, Reply)


def list_comments(call: Call) -> Json:
    """`comments.list`: the newest change first [believed: comments-come-newest-first]."""
    _require_fields(call)
    book = found_file(call)
    since = _since(call)
    seen = [
        each for each in book.drive.comments if _visible(call, each) and datetime.fromisoformat(each.modified) >= since
    ]
    seen.sort(key=lambda each: each.modified, reverse=True)
    page, more = page_of(call, f"comments {book.id}", seen, page_size(call, 20, 100))
    view: Json = {"kind": "drive#commentList", "comments": [_view(call, each) for each in page]}
    return answered(call, "CommentList", "*", view | more)


def _since(call: Call) -> datetime:
    text = call.params.get("startModifiedTime", "1970-01-01T00:00:00Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("startModifiedTime") from None
    if moment.tzinfo is None:
        raise invalid("startModifiedTime")
    return moment


def get_comment(call: Call) -> Json:
    """`comments.get`: a deleted one only with `includeDeleted`."""
    _require_fields(call)
    return _answered(call, _shown(call, found_file(call)))


def create_comment(call: Call) -> Json:
    """`comments.create`: commenters may, readers not."""
    _require_fields(call)
    book = found_file(call, "commenter")
    body = checked_body(call.body, "Comment")
    now = call.state.timestamp()
    comment = Comment(
        _fresh_id(), call.account, _content(body, "comment"), now, now,
        anchor=body.get("anchor") or "", quoted=body.get("quotedFileContent"),
    )  # fmt: skip
    _commit(call, book, (*book.drive.comments, comment))
    return _answered(call, comment)


def update_comment(call: Call) -> Json:
    """`comments.update`: its author's content."""
    _require_fields(call)
    book = found_file(call, "commenter")
    comment = _shown(call, book)
    _check_author(call, comment)
    content = _content(checked_body(call.body, "Comment"), "comment")
    changed = replace(comment, content=content, modified=call.state.timestamp())
    _replace(call, book, changed)
    return _answered(call, changed)


def delete_comment(call: Call) -> None:
    """`comments.delete`: what is left says only that there was one."""
    book = found_file(call, "commenter")
    comment = _shown(call, book)
    if book.owner != call.account:
        _check_author(call, comment)
    _replace(call, book, _emptied(comment, call.state.timestamp()))


def list_replies(call: Call) -> Json:
    """`replies.list`: in order of time [schema]."""
    _require_fields(call)
    book = found_file(call)
    comment = _shown(call, book)
    seen = [each for each in comment.replies if _visible(call, each)]
    page, more = page_of(call, f"replies {book.id} {comment.id}", seen, page_size(call, 20, 100))
    view: Json = {"kind": "drive#replyList", "replies": [reply_view(each, call.account) for each in page]}
    return answered(call, "ReplyList", "*", view | more)


def get_reply(call: Call) -> Json:
    """`replies.get`."""
    _require_fields(call)
    return _answered_reply(call, _shown_reply(call, _shown(call, found_file(call))))


def create_reply(call: Call) -> Json:
    """`replies.create`: an answer, which may resolve or reopen the comment."""
    _require_fields(call)
    book = found_file(call, "commenter")
    comment = _shown(call, book)
    body = checked_body(call.body, "Reply")
    action = body.get("action") or ""
    if action not in ("", "resolve", "reopen"):
        raise invalid("reply.action")
    content = (body.get("content") or "") if action else _content(body, "reply")
    now = call.state.timestamp()
    reply = Reply(_fresh_id(), call.account, content, now, now, action=action)
    _replace(call, book, replace(comment, replies=(*comment.replies, reply), modified=now))
    return _answered_reply(call, reply)


def update_reply(call: Call) -> Json:
    """`replies.update`: its author's content."""
    _require_fields(call)
    book = found_file(call, "commenter")
    comment = _shown(call, book)
    reply = _shown_reply(call, comment)
    _check_author(call, reply)
    now = call.state.timestamp()
    changed = replace(reply, content=_content(checked_body(call.body, "Reply"), "reply"), modified=now)
    _replace(call, book, replace(comment, replies=_with(comment.replies, changed), modified=now))
    return _answered_reply(call, changed)


def delete_reply(call: Call) -> None:
    """`replies.delete`: what is left says only that there was one."""
    book = found_file(call, "commenter")
    comment = _shown(call, book)
    reply = _shown_reply(call, comment)
    if book.owner != call.account:
        _check_author(call, reply)
    now = call.state.timestamp()
    gone = replace(reply, deleted=True, content="", action="", modified=now)
    _replace(call, book, replace(comment, replies=_with(comment.replies, gone), modified=now))


def _require_fields(call: Call) -> None:
    if not call.params.get("fields"):
        raise fields_required()


def _visible(call: Call, post: Comment | Reply) -> bool:
    return not post.deleted or call.params.get("includeDeleted", False)


def _shown(call: Call, book: Workbook) -> Comment:
    return _found(call, book.drive.comments, call.path["part"], "Comment")


def _shown_reply(call: Call, comment: Comment) -> Reply:
    return _found(call, comment.replies, call.path["reply"], "Reply")


def _found(call: Call, posts: Sequence[_Post], wanted: str, kind: str) -> _Post:
    for each in posts:
        if each.id == wanted and _visible(call, each):
            return each
    raise part_not_found(kind, wanted)


def _check_author(call: Call, post: Comment | Reply) -> None:
    if post.author != call.account:
        raise insufficient()


def _content(body: Json, kind: str) -> str:
    content = body.get("content")
    if not content:
        # [believed: comments-need-content]
        raise refused(400, f"The {kind} content field is required.", "required", f"{kind}.content")
    return str(content)


def _fresh_id() -> str:
    return "AAAA" + ids.text(8)


def _emptied(comment: Comment, now: str) -> Comment:
    return replace(comment, deleted=True, content="", anchor="", quoted=None, replies=(), modified=now)


def _with(posts: Sequence[_Post], changed: _Post) -> tuple[_Post, ...]:
    return tuple(changed if each.id == changed.id else each for each in posts)


def _replace(call: Call, book: Workbook, changed: Comment) -> None:
    _commit(call, book, _with(book.drive.comments, changed))


def _commit(call: Call, book: Workbook, comments: tuple[Comment, ...]) -> None:
    edited = book.copied()
    edited.drive = replace(edited.drive, comments=comments)
    call.state.commit(edited, call.account, content=False)


def _view(call: Call, comment: Comment) -> Json:
    shown = tuple(each for each in comment.replies if _visible(call, each))
    return comment_view(replace(comment, replies=shown), call.account) | (
        {"resolved": comment.resolved} if not comment.deleted else {}
    )


def _answered(call: Call, comment: Comment) -> Json:
    return answered(call, "Comment", "*", _view(call, comment))


def _answered_reply(call: Call, reply: Reply) -> Json:
    return answered(call, "Reply", "*", reply_view(reply, call.account))


_LISTING = {"includeDeleted": "bool", "pageSize": "int", "pageToken": "str", "startModifiedTime": "str"}
_COMMENTS = "files/{id}/comments"
_COMMENT = _COMMENTS + "/{part}"
_REPLIES = _COMMENT + "/replies"
_REPLY = _REPLIES + "/{reply}"

ENDPOINTS = (
    drive_endpoint("GET", _COMMENTS, list_comments, DRIVE_CONTENT, "DriveComments.List", _LISTING),
    drive_endpoint("POST", _COMMENTS, create_comment, DRIVE_WRITE, "DriveComments.Create"),
    drive_endpoint("GET", _COMMENT, get_comment, DRIVE_CONTENT, "DriveComments.Get", _LISTING),
    drive_endpoint("PATCH", _COMMENT, update_comment, DRIVE_WRITE, "DriveComments.Update"),
    drive_endpoint("DELETE", _COMMENT, delete_comment, DRIVE_WRITE, "DriveComments.Delete"),
    drive_endpoint("GET", _REPLIES, list_replies, DRIVE_CONTENT, "DriveReplies.List", _LISTING),
    drive_endpoint("POST", _REPLIES, create_reply, DRIVE_WRITE, "DriveReplies.Create"),
    drive_endpoint("GET", _REPLY, get_reply, DRIVE_CONTENT, "DriveReplies.Get", _LISTING),
    drive_endpoint("PATCH", _REPLY, update_reply, DRIVE_WRITE, "DriveReplies.Update"),
    drive_endpoint("DELETE", _REPLY, delete_reply, DRIVE_WRITE, "DriveReplies.Delete"),
)
