"""Filters: which rows the basic filter hides, and the two spellings of their criteria.

Values read through the API are not affected by a filter.
"""

from collections.abc import Callable

from sheetsync.sandbox.colours import mirrored
from sheetsync.sandbox.conditions import holds
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import Tab
from sheetsync.sandbox.omission import omitted
from sheetsync.sandbox.results import Results

#: what a BasicFilter and a FilterView have in common; `criteria` is the older spelling of `filterSpecs`
_PARTS = ("criteria", "filterSpecs", "sortSpecs")


def filter_body(given: Json) -> Json:
    """The criteria and orders of a filter as they are kept: newer spelling only, which wins over the older [schema]."""
    older = given.get("criteria", {})
    specs = given.get("filterSpecs") or [
        {"columnIndex": int(column), "filterCriteria": criteria}
        for column, criteria in sorted(older.items(), key=lambda item: len(item[0]))
        if column.isascii() and column.isdigit() and len(column) < 8
    ]
    kept = {
        "filterSpecs": [spec | {"filterCriteria": mirrored(spec.get("filterCriteria", {}))} for spec in specs],
        "sortSpecs": [mirrored(spec) for spec in given.get("sortSpecs", [])],
    }
    return omitted(kept, "FilterView")


def filter_view_body(body: Json) -> Json:
    """`filterSpecs` and `sortSpecs` as read back, with `criteria` beside them [schema: both are populated]."""
    parts = {name: value for name, value in body.items() if name in _PARTS}
    specs = body.get("filterSpecs", [])
    criteria = {str(spec["columnIndex"]): spec.get("filterCriteria", {}) for spec in specs if "columnIndex" in spec}
    return parts | ({"criteria": criteria} if criteria else {})


def shifted_columns(body: Json, index: Callable[[int], int | None]) -> Json:
    """The filter after its tab's columns moved; what was said of a deleted column is gone."""
    moved = dict(body)
    for part, name in (("filterSpecs", "columnIndex"), ("sortSpecs", "dimensionIndex")):
        entries = [(spec, index(spec[name]) if name in spec else None) for spec in body.get(part, [])]
        specs = [spec | {name: at} for spec, at in entries if at is not None]
        moved.pop(part, None)
        if specs:
            moved[part] = specs
    return moved


def hidden_by_filter(results: Results, tab: Tab) -> set[int]:
    """Rows that the tab's filter hides: one of their values is listed, or fails its column's condition.

    Values are compared as shown; the first row of the filter is its header. Colours are not looked at.
    """
    if tab.filter is None:
        return set()
    area = tab.filter_box.within(tab.rows, tab.columns)
    hidden: set[int] = set()
    for column, criteria in _criteria(tab.filter).items():
        values = {str(value) for value in criteria.get("hiddenValues", [])}
        condition, origin = criteria.get("condition"), (area.top + 1, column)
        if not area.left <= column < area.right or not (values or condition):
            continue
        for row in range(area.top + 1, area.bottom):
            if results.text(tab, row, column) in values or (
                condition is not None and not holds(results, tab, (row, column), condition, origin)
            ):
                hidden.add(row)
    return hidden


def _criteria(basic_filter: Json) -> dict[int, Json]:
    """Column -> FilterCriteria."""
    # A state file may be older than the one spelling: its filter is brought to it here.
    body = filter_body(basic_filter) if "criteria" in basic_filter else basic_filter
    return {spec.get("columnIndex", 0): spec.get("filterCriteria", {}) for spec in body.get("filterSpecs", [])}
