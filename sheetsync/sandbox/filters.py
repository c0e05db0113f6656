"""The basic filter: which rows it hides. Values read through the API are not affected by it."""

from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import Tab
from sheetsync.sandbox.results import Results


def hidden_by_filter(results: Results, tab: Tab) -> set[int]:
    """Rows hidden by `hiddenValues` of the tab's filter, compared as shown; its first row is the header."""
    if tab.filter is None:
        return set()
    area = tab.filter_box.within(tab.rows, tab.columns)
    hidden: set[int] = set()
    for column, criteria in _criteria(tab.filter).items():
        values = {str(value) for value in criteria.get("hiddenValues", [])}
        if values and area.left <= column < area.right:
            hidden |= {row for row in range(area.top + 1, area.bottom) if results.text(tab, row, column) in values}
    return hidden


def _criteria(basic_filter: Json) -> dict[int, Json]:
    """Column -> FilterCriteria from both spellings: `filterSpecs` and the older `criteria`."""
    found: dict[int, Json] = {}
    older = basic_filter.get("criteria")
    for column, criteria in (older if isinstance(older, dict) else {}).items():
        if column.isdigit() and len(column) < 8 and isinstance(criteria, dict):
            found[int(column)] = criteria
    for spec in basic_filter.get("filterSpecs", []):
        found[spec.get("columnIndex", 0)] = spec.get("filterCriteria", {})
    return {
        column: criteria for column, criteria in found.items() if isinstance(criteria.get("hiddenValues", []), list)
    }
