"""Folders: where a file lies, what lies below it, and what it takes on from there."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from sheetsync.sandbox.drive.access import permissions, set_permission
from sheetsync.sandbox.drive.model import FOLDER_MIME, ROLES
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.store import State


def root_id(account: str) -> str:
    """The id behind the alias `root`: each account's My Drive."""
    return "0A" + hashlib.sha256(f"root of {account}".encode()).hexdigest()[:17]


def root_folder(account: str) -> Workbook:
    """An account's My Drive; it is in no list and nobody can change it."""
    return Workbook(root_id(account), "My Drive", owner=account, mime_type=FOLDER_MIME)


def parent_id(book: Workbook) -> str:
    """The folder a file lies in."""
    return book.drive.parent or root_id(book.owner)


def seen_parents(state: State, book: Workbook, account: str) -> list[str]:
    """The parent, where the account may see it."""
    folder = state.workbooks.get(book.drive.parent)
    if folder is None:
        return [root_id(book.owner)] if account == book.owner else []
    return [folder.id] if folder.role(account) is not None else []


def descendants(state: State, folder: str) -> Iterator[Workbook]:
    """All that lies below a folder, at any depth."""
    waiting = [folder]
    while waiting:
        above = waiting.pop()
        for book in [each for each in state.workbooks.values() if each.drive.parent == above]:
            yield book
            waiting.append(book.id)


def lies_below(state: State, file: str, folder: str) -> bool:
    """Whether a file is the folder or anywhere below it."""
    return file == folder or any(book.id == file for book in descendants(state, folder))


def inherit(book: Workbook, folder: Workbook) -> None:
    """A copied workbook takes on what its new folder gives to others; roles it gives itself stay if greater."""
    held = {each.id: each.role for each in permissions(book)}
    for each in permissions(folder):
        role = min(each.role, "writer", key=ROLES.index)
        if each.id not in held or ROLES.index(held[each.id]) < ROLES.index(role):
            set_permission(book, replace(each, role=role, pending_owner=False))


def pass_on(state: State, folder: Workbook, account: str, change: Callable[[Workbook], object]) -> None:
    """Does the same to all below a folder that is one, each committed."""
    if folder.mime_type != FOLDER_MIME:
        return
    for book in list(descendants(state, folder.id)):
        edited = book.copied()
        change(edited)
        state.commit(edited, account, content=False)
