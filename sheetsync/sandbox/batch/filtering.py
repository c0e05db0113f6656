"""setBasicFilter, clearBasicFilter and filter views."""

from dataclasses import replace

from sheetsync.sandbox.a1 import Area, Box
from sheetsync.sandbox.batch.conditions import FILTER, checked
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.filters import filter_body
from sheetsync.sandbox.grids import box_of
from sheetsync.sandbox.masks import merged, update_mask
from sheetsync.sandbox.model import FilterView, Tab
from sheetsync.sandbox.views import filter_view


def set_basic_filter(editing: Editing, request: Json) -> Json:
    """One filter per tab; a new one replaces it."""
    editing.require(request, "filter")
    given = request["filter"]
    _without_table(editing, given)
    tab, area = editing.area(given.get("range", {}))
    _check_area(editing, tab, area)
    tab.filter = _body(editing, given)
    tab.filter_box = box_of(given.get("range", {}), editing.prefix)
    return {}


def clear_basic_filter(editing: Editing, request: Json) -> Json:
    """Removes the tab's filter; nothing to remove is fine."""
    editing.tab(request.get("sheetId")).filter = None
    return {}


def add_filter_view(editing: Editing, request: Json) -> Json:
    """A filter view over a range or a named range, with a random id or the one asked for."""
    editing.require(request, "filter")
    given = request["filter"]
    tab, box, named = _extent(editing, given)
    wanted = given.get("filterViewId", 0) or editing.book.fresh_id(_taken(editing))
    if wanted in _taken(editing):
        raise editing.refuse(f"Filter view with id {wanted} already exists.")
    title = given.get("title") or _free_title(tab)
    _check_title(editing, tab, title, None)
    view = FilterView(wanted, title, box, _body(editing, given), named)
    tab.filter_views.append(view)
    return {"addFilterView": {"filter": filter_view(editing.book, tab, view)}}


def update_filter_view(editing: Editing, request: Json) -> Json:
    """Changes the masked fields of a filter view; it stays on its tab."""
    paths = update_mask(request.get("fields"), "FilterView", editing.prefix)
    given = request.get("filter", {})
    tab, old = _find(editing, given.get("filterViewId", 0))
    current = filter_view(editing.book, tab, old)
    current.pop("criteria", None)
    for name, other in (("range", "namedRangeId"), ("namedRangeId", "range"), ("criteria", "filterSpecs")):
        if any(path[:1] == (name,) for path in paths) and name in given:
            current.pop(other, None)  # one of the two may be set
    wanted = merged(current, given, [path for path in paths if path != ("filterViewId",)])
    if "namedRangeId" in wanted and "namedRangeId" in current:
        wanted.pop("range", None)
    new_tab, box, named = _extent(editing, wanted)
    if new_tab is not tab:
        raise editing.refuse("A filter view can't move to another sheet.")
    title = wanted.get("title") or old.title
    _check_title(editing, tab, title, old)
    new = FilterView(old.id, title, box, _body(editing, wanted), named)
    tab.filter_views[tab.filter_views.index(old)] = new
    return {}


def delete_filter_view(editing: Editing, request: Json) -> Json:
    """Removes a filter view by its id."""
    tab, view = _find(editing, request.get("filterId", 0))
    tab.filter_views.remove(view)
    return {}


def duplicate_filter_view(editing: Editing, request: Json) -> Json:
    """A copy of a filter view under another id and title."""
    tab, view = _find(editing, request.get("filterId", 0))
    title, number = f"Copy of {view.title}", 2
    while any(each.title.casefold() == title.casefold() for each in tab.filter_views):
        title, number = f"Copy of {view.title} {number}", number + 1
    twin = replace(view, id=editing.book.fresh_id(_taken(editing)), title=title)
    tab.filter_views.append(twin)
    return {"duplicateFilterView": {"filter": filter_view(editing.book, tab, twin)}}


def _taken(editing: Editing) -> set[int]:
    return {each.id for tab in editing.book.tabs for each in tab.filter_views}


def _find(editing: Editing, wanted: int) -> tuple[Tab, FilterView]:
    for tab in editing.book.tabs:
        for each in tab.filter_views:
            if each.id == wanted:
                return tab, each
    raise editing.refuse(f"No filter view with id: {wanted}")


def _free_title(tab: Tab) -> str:
    number = 1
    while any(each.title == f"Filter {number}" for each in tab.filter_views):
        number += 1
    return f"Filter {number}"


def _check_title(editing: Editing, tab: Tab, title: str, own: FilterView | None) -> None:
    if any(each.title.casefold() == title.casefold() for each in tab.filter_views if each is not own):
        # [believed: filter-view-titles-are-unique]
        raise editing.refuse(f'A filter view with the name "{title}" already exists.')


def _extent(editing: Editing, given: Json) -> tuple[Tab, Box, str]:
    """Tab, box and named range of a filter view: exactly one of `range` and `namedRangeId` says it [schema]."""
    _without_table(editing, given)
    named = given.get("namedRangeId", "")
    if named and "range" in given:
        raise editing.refuse("Only one of range, namedRangeId and tableId may be set.")
    if named:
        found = editing.named(named)
        return editing.tab(found.sheet_id), found.box, named
    if "range" not in given:
        raise editing.refuse("filter.range must be specified.")
    tab, area = editing.area(given["range"])
    _check_area(editing, tab, area)
    return tab, box_of(given["range"], editing.prefix), ""


def _without_table(editing: Editing, given: Json) -> None:
    if given.get("tableId"):
        raise editing.refuse("tableId is not supported by this sandbox.")


def _check_area(editing: Editing, tab: Tab, area: Area) -> None:
    if any(merge.touches(area) and merge.rows > 1 for merge in tab.merges):
        raise editing.refuse("You can't create a filter over a range containing vertical merges.")


def _body(editing: Editing, given: Json) -> Json:
    body = filter_body(given)
    for spec in body.get("filterSpecs", []):
        condition = spec.get("filterCriteria", {}).get("condition")
        if condition is not None:
            checked(editing, condition, FILTER, "filter.filterSpecs.filterCriteria.condition")
    return body
