"""addNamedRange, updateNamedRange, deleteNamedRange."""

import re

from sheetsync.sandbox import ids
from sheetsync.sandbox.a1 import Box
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.grids import box_of
from sheetsync.sandbox.masks import merged, update_mask
from sheetsync.sandbox.model import NamedRange, Tab
from sheetsync.sandbox.views import named_view

_NAME = re.compile(r"[^\W\d]\w{0,249}")
_LOOKS_LIKE_RANGE = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d+[Cc]\d+|true|false", re.IGNORECASE)


def add_named_range(editing: Editing, request: Json) -> Json:
    """A named range; names are unique without regard to case and may not look like a cell."""
    editing.require(request, "namedRange")
    given, book = request["namedRange"], editing.book
    tab, box = _place(editing, given)
    name = _checked_name(editing, given.get("name", ""), None)
    own_id = given.get("namedRangeId") or str(ids.number(10**9))
    if any(each.id == own_id for each in book.named):
        raise editing.refuse(f"A named range with id {own_id} already exists.")
    named = NamedRange(own_id, name, tab.sheet_id, box)
    book.named.append(named)
    return {"addNamedRange": {"namedRange": named_view(named)}}


def _place(editing: Editing, given: Json) -> tuple[Tab, Box]:
    tab, _ = editing.area(given.get("range", {}))
    return tab, box_of(given.get("range", {}), editing.prefix)


def _checked_name(editing: Editing, name: str, own: NamedRange | None) -> str:
    if not _NAME.fullmatch(name) or _LOOKS_LIKE_RANGE.fullmatch(name):
        raise editing.refuse(f"Invalid name: {name}")
    if any(each.name.casefold() == name.casefold() for each in editing.book.named if each is not own):
        raise editing.refuse(f"A named range with the name {name} already exists.")
    return name


def update_named_range(editing: Editing, request: Json) -> Json:
    """Another name or place for a named range; its id stays."""
    paths = update_mask(request.get("fields"), "NamedRange", editing.prefix)
    given, book = request.get("namedRange", {}), editing.book
    old = editing.named(given.get("namedRangeId", ""))
    wanted = merged(named_view(old), given, paths)
    tab, box = _place(editing, wanted)
    new = NamedRange(old.id, _checked_name(editing, wanted.get("name", ""), old), tab.sheet_id, box)
    book.named[book.named.index(old)] = new
    return {}


def delete_named_range(editing: Editing, request: Json) -> Json:
    """Removes a named range by its id."""
    book = editing.book
    book.named.remove(editing.named(request.get("namedRangeId", "")))
    return {}
