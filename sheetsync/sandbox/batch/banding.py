"""addBanding, updateBanding, deleteBanding: alternating colours."""

from sheetsync.sandbox.a1 import Box
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.colours import mirrored, without_twins
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.grids import box_of
from sheetsync.sandbox.masks import merged, update_mask
from sheetsync.sandbox.model import Banding, Tab
from sheetsync.sandbox.views import banding_view

_SIDES = ("rowProperties", "columnProperties")


def add_banding(editing: Editing, request: Json) -> Json:
    """Bands over a range, with a random id or the one asked for."""
    editing.require(request, "bandedRange")
    given = request["bandedRange"]
    editing.require(given, "range")
    taken = {each.id for tab in editing.book.tabs for each in tab.bandings}
    wanted = given.get("bandedRangeId", 0) or editing.book.fresh_id(taken)
    if wanted in taken:
        raise editing.refuse(f"Banded range with id {wanted} already exists.")
    tab, banding = _stated(editing, given, wanted, None)
    tab.bandings.append(banding)
    return {"addBanding": {"bandedRange": banding_view(tab, banding)}}


def _stated(editing: Editing, given: Json, wanted: int, own: Banding | None) -> tuple[Tab, Banding]:
    tab, area = editing.area(given["range"])
    for other in tab.bandings:
        if other is not own and other.box.within(tab.rows, tab.columns).touches(area):
            raise editing.refuse(
                "You cannot add alternating background colors to a range that already has alternating background "
                "colors."
            )
    body = {side: mirrored(given[side]) for side in _SIDES if side in given}
    if not body:
        raise editing.refuse("At least one of rowProperties and columnProperties must be specified.")
    for side, properties in body.items():
        for band in ("firstBand", "secondBand"):
            if f"{band}ColorStyle" not in properties:
                raise editing.refuse(f"bandedRange.{side}.{band}Color must be specified.")
    box: Box = box_of(given["range"], editing.prefix)
    return tab, Banding(wanted, box, body)


def _find(editing: Editing, wanted: int) -> tuple[Tab, Banding]:
    for tab in editing.book.tabs:
        for each in tab.bandings:
            if each.id == wanted:
                return tab, each
    raise editing.refuse(f"No banded range with id: {wanted}")


def update_banding(editing: Editing, request: Json) -> Json:
    """Changes the masked fields of a banding; it stays on its tab."""
    paths = update_mask(request.get("fields"), "BandedRange", editing.prefix)
    given = request.get("bandedRange", {})
    tab, old = _find(editing, given.get("bandedRangeId", 0))
    current = banding_view(tab, old)
    for path in paths:
        current = without_twins(current, path)
    wanted = merged(current, given, paths)
    editing.require(wanted, "range")
    new_tab, new = _stated(editing, wanted, old.id, old)
    if new_tab is not tab:
        raise editing.refuse("A banded range can't move to another sheet.")
    tab.bandings[tab.bandings.index(old)] = new
    return {}


def delete_banding(editing: Editing, request: Json) -> Json:
    """Removes a banding by its id."""
    tab, banding = _find(editing, request.get("bandedRangeId", 0))
    tab.bandings.remove(banding)
    return {}
