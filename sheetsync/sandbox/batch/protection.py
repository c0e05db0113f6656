"""addProtectedRange, updateProtectedRange, deleteProtectedRange."""

from dataclasses import replace

from sheetsync.sandbox.a1 import Box
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import PROTECTED, Json
from sheetsync.sandbox.grids import box_of
from sheetsync.sandbox.masks import merged, update_mask
from sheetsync.sandbox.model import Protection, Tab
from sheetsync.sandbox.views import protection_view


def add_protected_range(editing: Editing, request: Json) -> Json:
    """A protection with a random id (or the one asked for); a tab has at most one as a whole [reported]."""
    editing.require(request, "protectedRange")
    given = request["protectedRange"]
    tab, box = _target(editing, given)
    taken = {each.id for other in editing.book.tabs for each in other.protections}
    wanted = given.get("protectedRangeId", 0) or editing.book.fresh_id(taken)
    if wanted in taken:
        raise editing.refuse(f"Protected range with id {wanted} already exists.")
    if box == Box() and any(each.box == Box() for each in tab.protections):
        raise editing.refuse(f'Sheet "{tab.title}" already has sheet protection.')
    protection = replace(_stated(editing, given, box), id=wanted)
    tab.protections.append(protection)
    view = protection_view(editing.book, tab, protection, editing.account)
    return {"addProtectedRange": {"protectedRange": view}}


def _target(editing: Editing, given: Json) -> tuple[Tab, Box]:
    """The tab and box protected, directly or through a named range."""
    named = given.get("namedRangeId")
    if named:
        found = editing.named(named)
        return editing.tab(found.sheet_id), found.box
    if "range" not in given:
        raise editing.refuse("protectedRange.range must be specified.")
    tab, _ = editing.area(given["range"])
    return tab, box_of(given["range"], editing.prefix)


def _stated(editing: Editing, given: Json, box: Box) -> Protection:
    editors = given.get("editors", {})
    warning = given.get("warningOnly", False)
    if warning and editors.get("users"):
        raise editing.refuse("warningOnly and editors may not be set together.")  # [reported: gspread#1437]
    holes = [box_of(hole, editing.prefix) for hole in given.get("unprotectedRanges", [])]
    if holes and box != Box():
        raise editing.refuse("unprotectedRanges may only be set on a protected sheet.")
    return Protection(
        id=0,
        box=box,
        description=given.get("description", ""),
        warning_only=warning,
        editors=tuple(editors.get("users", ())),
        creator=editing.account,
        unprotected=tuple(holes),
    )


def _find(editing: Editing, wanted: int) -> tuple[Tab, Protection]:
    """The protection of this id, if this account may change it."""
    for tab in editing.book.tabs:
        for each in tab.protections:
            if each.id == wanted:
                allowed = (editing.book.owner, each.creator, *each.editors)
                if not each.warning_only and editing.account not in allowed:
                    raise editing.refuse(PROTECTED)
                return tab, each
    raise editing.refuse(f"No protected range with id: {wanted}")


def update_protected_range(editing: Editing, request: Json) -> Json:
    """Changes the masked fields of a protection; it stays on its tab."""
    paths = update_mask(request.get("fields"), "ProtectedRange", editing.prefix)
    given = request.get("protectedRange", {})
    tab, old = _find(editing, given.get("protectedRangeId", 0))
    view = merged(protection_view(editing.book, tab, old, editing.account), given, paths)
    new_tab, box = _target(editing, view)
    if new_tab is not tab:
        raise editing.refuse("A protected range can't move to another sheet.")
    new = replace(_stated(editing, view, box), id=old.id, creator=old.creator)
    tab.protections[tab.protections.index(old)] = new
    return {}


def delete_protected_range(editing: Editing, request: Json) -> Json:
    """Removes a protection; like any edit of it, for its editors only."""
    tab, protection = _find(editing, request.get("protectedRangeId", 0))
    tab.protections.remove(protection)
    return {}
