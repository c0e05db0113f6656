"""DataFilter: developer metadata found by id, key, value, visibility and place."""

from sheetsync.sandbox.a1 import Area, Box, RangeError
from sheetsync.sandbox.errors import Json, bad
from sheetsync.sandbox.grids import box_of, closed, tab_of
from sheetsync.sandbox.model import Metadata, Tab, Workbook
from sheetsync.sandbox.naming import resolve

_KINDS = {"ROWS": "ROW", "COLUMNS": "COLUMN"}


def kind_of(each: Metadata) -> str:
    """Its DeveloperMetadataLocationType."""
    if each.sheet_id is None:
        return "SPREADSHEET"
    return _KINDS.get(each.dimension, "SHEET")


def matching(book: Workbook, data_filter: Json, at: str = "") -> list[Metadata]:
    """Every metadata the filter selects, in the order of creation. An empty lookup matches all [reported]."""
    given = [name for name in ("developerMetadataLookup", "a1Range", "gridRange") if name in data_filter]
    if len(given) != 1:
        raise bad(f"{at}dataFilter must have exactly one of developerMetadataLookup, a1Range and gridRange.")
    if given[0] == "developerMetadataLookup":
        lookup = data_filter["developerMetadataLookup"]
        return [each for each in book.metadata if _fits(book, each, lookup, at)]
    sheet_id, area = _place(book, data_filter, at)
    return [each for each in book.metadata if _stands_in(book, each, sheet_id, area)]


def areas_of(book: Workbook, data_filter: Json, at: str = "") -> list[tuple[Tab, Area]]:
    """The ranges a filter selects: its own, or the lines, sheets and (for the spreadsheet's) all sheets found."""
    if "developerMetadataLookup" not in data_filter:
        matching(book, data_filter, at)  # raises where the filter is none
        tab, box = _named_box(book, data_filter, at)
        return [(tab, closed(tab, box, at))]
    found: dict[tuple[int, Area], tuple[Tab, Area]] = {}
    for each in matching(book, data_filter, at):
        for tab in book.tabs:
            if each.sheet_id in (None, tab.sheet_id):
                area = _area(each, tab)
                found[tab.sheet_id, area] = (tab, area)
    return list(found.values())


def _area(each: Metadata, tab: Tab) -> Area:
    if each.dimension == "ROWS":
        return Area(each.index, each.index + 1, 0, tab.columns)
    return Area(0, tab.rows, each.index, each.index + 1) if each.dimension else tab.grid


def _place(book: Workbook, data_filter: Json, at: str) -> tuple[int, Area]:
    tab, box = _named_box(book, data_filter, at)
    return tab.sheet_id, box.within(tab.rows, tab.columns)


def _named_box(book: Workbook, data_filter: Json, at: str) -> tuple[Tab, Box]:
    if "a1Range" in data_filter:
        try:
            return resolve(book, data_filter["a1Range"])
        except RangeError:
            raise bad(f"{at}Unable to parse range: {data_filter['a1Range']}") from None
    given = data_filter["gridRange"]
    return tab_of(book, given.get("sheetId", 0), at), box_of(given, at)


def _stands_in(book: Workbook, each: Metadata, sheet_id: int, area: Area) -> bool:
    """Whether row, column or sheet metadata meets a rectangle."""
    tab = book.tab(sheet_id)
    if tab is None or each.sheet_id != sheet_id:
        return False
    if each.dimension == "ROWS":
        return area.top <= each.index < area.bottom
    if each.dimension == "COLUMNS":
        return area.left <= each.index < area.right
    return area == tab.grid


def _fits(book: Workbook, each: Metadata, lookup: Json, at: str) -> bool:
    """All that the lookup names must agree [schema]."""
    facts = {
        "metadataId": each.id,
        "metadataKey": each.key,
        "metadataValue": each.value,
        "visibility": each.visibility,
        "locationType": kind_of(each),
    }
    if any(name in lookup and lookup[name] != fact for name, fact in facts.items()):
        return False
    if "metadataLocation" not in lookup:
        return True
    exact = lookup.get("locationMatchingStrategy", "EXACT_LOCATION") != "INTERSECTING_LOCATION"
    return _located(each, location(book, lookup["metadataLocation"], at), exact)


Location = tuple[int | None, str, int]


def location(book: Workbook, given: Json, at: str) -> Location:
    """A DeveloperMetadataLocation as sheet, dimension and index. Raises 400 unless it spans exactly one thing."""
    named = [name for name in ("spreadsheet", "sheetId", "dimensionRange") if name in given]
    if named == ["spreadsheet"] and given["spreadsheet"]:
        return None, "", 0
    if named == ["sheetId"]:
        return tab_of(book, given["sheetId"], at).sheet_id, "", 0
    if named != ["dimensionRange"]:
        raise bad(f"{at}location must have exactly one of spreadsheet, sheetId and dimensionRange.")
    lines = given["dimensionRange"]
    tab = tab_of(book, lines.get("sheetId", 0), at)
    dimension, first = lines.get("dimension", ""), lines.get("startIndex", 0)
    if dimension not in _KINDS or lines.get("endIndex", 0) - first != 1:
        raise bad(f"{at}location.dimensionRange must span exactly one row or column.")
    if not 0 <= first < (tab.rows if dimension == "ROWS" else tab.columns):
        raise bad(f"{at}location.dimensionRange.startIndex[{first}] is outside of the sheet.")
    return tab.sheet_id, dimension, first


def _located(each: Metadata, wanted: Location, exact: bool) -> bool:
    sheet_id, dimension, index = wanted
    if exact:
        return (each.sheet_id, each.dimension, each.index if each.dimension else 0) == (sheet_id, dimension, index)
    if sheet_id is None:
        return True
    if each.sheet_id != sheet_id:
        return each.sheet_id is None
    # A row meets every column of its sheet, so only another line of the same dimension does not intersect.
    return not dimension or each.dimension != dimension or each.index == index
