"""Every method and request kind of the discovery document: served, or refused by name with nothing changed."""

import contextlib
import copy
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sheetsync.sandbox import Running
from sheetsync.sandbox.batch.table import KINDS, apply_batch
from sheetsync.sandbox.codec import dump_tab, export_book, load_tab
from sheetsync.sandbox.decode import decode
from sheetsync.sandbox.errors import GoogleError, bad
from sheetsync.sandbox.masks import ALL
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.server import ENDPOINTS
from sheetsync.sandbox.views import spreadsheet
from sheetsync.sandbox.wire import ENUMS, MESSAGES, entry_type, item_type
from tests.sandbox.conftest import BOOK, Api, grid_range, lines
from tests.sandbox.discovery import complaints, document

SCHEMAS = document("sheets.v4")["schemas"]
#: charts, slicers, tables, comments and data sources, which the sandbox does not have
_REFUSED = """
    addChart updateChartSpec addSlicer updateSlicerSpec deleteEmbeddedObject updateEmbeddedObjectPosition
    updateEmbeddedObjectBorder addTable updateTable deleteTable addDataSource updateDataSource deleteDataSource
    refreshDataSource cancelDataSourceRefresh insertComment updateCommentPost deleteComment addCommentReply
    deleteCommentReply
"""
REFUSED = _REFUSED.split()


def _methods(resource: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(resource.get("methods", {}).values())
    for inner in resource.get("resources", {}).values():
        found += _methods(inner)
    return found


METHODS = {each["id"]: each for each in _methods(document("sheets.v4"))}


def test_each_of_the_request_kinds_is_either_served_or_refused_by_name() -> None:
    assert sorted([*KINDS, *REFUSED]) == sorted(SCHEMAS["Request"]["properties"])
    assert len(SCHEMAS["Request"]["properties"]) == 74


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("body", [{}, {"x": 1}, [], 7], ids=repr)
def test_a_kind_that_is_not_served_is_refused_by_name_and_nothing_changes(
    api: Api, sandbox: Running, kind: str, body: Any
) -> None:
    before = sandbox.export(BOOK)
    message = api.refused({"addSheet": {}}, {kind: body})
    assert message == f"Invalid requests[1].{kind}: {kind} is not supported by this sandbox."
    assert sandbox.export(BOOK) == before


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_is_served_with_its_parameters_and_scopes(method: str) -> None:
    wanted = METHODS[method]
    path = "/" + wanted["flatPath"].replace("{spreadsheetId}", "{id}").replace("{metadataId}", "{metadata_id}")
    path = path.replace("{sheetId}", "{sheet_id}")
    found = [each for each in ENDPOINTS if (each.method, each.path) == (wanted["httpMethod"], path)]
    assert len(found) == 1, f"{wanted['httpMethod']} {path}"
    assert found[0].answer == wanted["response"]["$ref"]
    assert set(found[0].params) == {n for n, each in wanted["parameters"].items() if each["location"] == "query"}
    assert {scope for scope in wanted["scopes"] if "readonly" in scope} == {
        scope for scope in found[0].scopes if "readonly" in scope
    }


@pytest.mark.parametrize("message", sorted(MESSAGES))
def test_every_message_on_the_wire_is_the_discovery_documents(message: str) -> None:
    assert set(MESSAGES[message]) == set(SCHEMAS[message].get("properties", {}))
    for name, kind in MESSAGES[message].items():
        assert _agrees(kind, SCHEMAS[message]["properties"][name]), f"{message}.{name}"


def _agrees(kind: str, stated: dict[str, Any]) -> bool:
    item, entry = item_type(kind), entry_type(kind)
    if kind == "any":
        return True
    if item is not None:
        return bool(stated["type"] == "array") and _agrees(item, stated["items"])
    if entry is not None:
        return _agrees(entry, stated["additionalProperties"])
    if kind.startswith("#"):
        return bool(list(ENUMS[kind[1:]]) == stated["enum"])
    if kind in MESSAGES:
        return bool(stated.get("$ref") == kind)
    types = {"int": "integer", "float": "number", "bool": "boolean", "str": "string", "mask": "string"}
    return bool(stated["type"] == types[kind])


# -- a workbook full of things, and batches that hit them

FURNISHED: list[dict[str, Any]] = [
    {"addNamedRange": {"namedRange": {"namedRangeId": "n", "name": "Offers", "range": grid_range(1, 6, 0, 3)}}},
    {"addFilterView": {"filter": {"filterViewId": 1, "range": grid_range(0, 6, 0, 4),
        "filterSpecs": [{"columnIndex": 2, "filterCriteria": {"hiddenValues": ["x"]}}],
        "sortSpecs": [{"dimensionIndex": 1, "sortOrder": "DESCENDING"}]}}},
    {"addFilterView": {"filter": {"filterViewId": 2, "namedRangeId": "n"}}},
    {"setBasicFilter": {"filter": {"range": grid_range(0, 6, 0, 4), "criteria": {"1": {"hiddenValues": ["t2"]}}}}},
    {"addBanding": {"bandedRange": {"bandedRangeId": 1, "range": grid_range(0, 6, 0, 4), "rowProperties": {
        "headerColor": {"blue": 1}, "firstBandColor": {"red": 1}, "secondBandColor": {}}}}},
    {"addDimensionGroup": {"range": lines("ROWS", 2, 6)}},
    {"addDimensionGroup": {"range": lines("ROWS", 3, 5)}},
    {"addDimensionGroup": {"range": lines("COLUMNS", 1, 3)}},
    {"addProtectedRange": {"protectedRange": {"protectedRangeId": 1, "range": grid_range(4, 6, 0, 2)}}},
    {"mergeCells": {"range": grid_range(8, 9, 0, 3)}},
    {"addConditionalFormatRule": {"rule": {"ranges": [grid_range(0, 6, 0, 2)], "booleanRule": {
        "condition": {"type": "NOT_BLANK"}, "format": {"backgroundColor": {"green": 1}}}}}},
    {"createDeveloperMetadata": {"developerMetadata": {"metadataId": 1, "metadataKey": "k", "visibility": "DOCUMENT",
        "location": {"dimensionRange": lines("ROWS", 3, 4)}}}},
]  # fmt: skip


def furnished() -> Workbook:
    """A small workbook with one of everything."""
    book = Workbook("b", "B", owner="o")
    start = {"rows": 12, "columns": 8}
    grid = {"gridProperties": {"rowCount": start["rows"], "columnCount": start["columns"]}}
    texts = [["t1", "t2", "=A1&B1", " a  b "], ["T1", "t2", "3", "x"], ["t1", "t2", "=A3&B3", " a  b "]]
    rows = [
        {
            "values": [
                {"userEnteredValue": {("formulaValue" if text[0] == "=" else "stringValue"): text}} for text in row
            ]
        }
        for row in texts
    ]
    cells = {"start": {"sheetId": 0}, "rows": rows, "fields": "userEnteredValue"}
    tabs: list[dict[str, Any]] = [
        {"addSheet": {"properties": {"sheetId": 0, "title": "Plan"} | grid}},
        {"addSheet": {"properties": {"sheetId": 7, "title": "Other"} | grid}},
    ]
    return sent(book, [*tabs, {"updateCells": cells}, *FURNISHED])


def sent(book: Workbook, batch: list[dict[str, Any]]) -> Workbook:
    decoded = decode({"requests": batch}, "BatchUpdateSpreadsheetRequest")["requests"]
    return apply_batch(book, decoded, "o", date(2026, 11, 23))[0]


#: fields without which most requests say nothing
_NEEDED_NAMES = """
    range fields type shiftDimension filter bandedRange dimensionGroup namedRange rule source cell protectedRange
    properties developerMetadata coordinate delimiter metadataKey visibility location dimension firstBandColor
    secondBandColor find name title locale timeZone namedRangeId filterViewId bandedRangeId protectedRangeId
    booleanRule depth
"""
_NEEDED = frozenset(_NEEDED_NAMES.split())
#: fields of which one at a time may be set, or that the sandbox refuses: fuzzed from the schema in test_hostile
_UNLIKELY = {
    "FilterView": ("tableId", "namedRangeId"),
    "BasicFilter": ("tableId",),
    "ConditionalFormatRule": ("gradientRule",),
    "ConditionValue": ("relativeDate",),
}
_CELL_REQUESTS = ("UpdateCellsRequest", "RepeatCellRequest", "AppendCellsRequest")
SMALL = st.integers(0, 9)


@st.composite
def ranges(draw: st.DrawFn) -> dict[str, int]:
    top, left = draw(SMALL), draw(st.integers(0, 6))
    return grid_range(top, top + draw(st.integers(1, 4)), left, left + draw(st.integers(1, 3)))


@st.composite
def spans(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.integers(0, 7))
    return lines(draw(st.sampled_from(["ROWS", "COLUMNS"])), start, start + draw(st.integers(1, 4)))


def likely(name: str, kind: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that mostly mean something in the furnished workbook."""
    item, entry = item_type(kind), entry_type(kind)
    if item is not None:
        return st.lists(likely(name, item, depth + 1), min_size=name == "ranges", max_size=2)
    if entry is not None:
        return st.dictionaries(st.sampled_from(["0", "2", "x"]), likely(name, entry, depth + 1), max_size=2)
    if kind == "GridRange":
        return ranges()
    if kind == "DimensionRange":
        return spans() | st.just(lines("ROWS", 2, 6))
    if kind in MESSAGES:
        if depth > 4:
            return st.just({})
        fields = {field: likely(field, inner, depth + 1) for field, inner in MESSAGES[kind].items()}
        for name in _UNLIKELY.get(kind, ()):
            fields.pop(name, None)
        if "fields" in fields:
            fields["fields"] = _masks(kind)
        needed = {field: each for field, each in fields.items() if field in _NEEDED}
        return st.fixed_dictionaries(needed, optional={f: each for f, each in fields.items() if f not in needed})
    return _leaf(name, kind)


def _leaf(name: str, kind: str) -> st.SearchStrategy[Any]:
    if kind.startswith("#"):
        return st.sampled_from(ENUMS[kind[1:]])
    if kind == "str":
        texts = {
            "namedRangeId": ["n", "m"],
            "locale": ["de_DE"],
            "timeZone": ["Europe/Berlin", "x"],
            "name": ["Named", "Other_name", "Offers"],
            "find": ["t", "T1", "(t)(.)", " ", "["],
            "replacement": ["x", "", "$1", "$9", "=A1"],
        }
        return st.sampled_from(texts.get(name, ["", "Offers", "n", ",", "a b", "1", "=A1", "k"]))
    if name == "depth":
        return st.just(1)
    if kind == "int" and name.endswith("Id"):
        return st.sampled_from([0, 0, 7, 3] if "heet" in name else [1, 2])
    return {
        "int": SMALL | st.integers(-2, 60),
        "float": st.sampled_from([0.0, 0.5, 1.0, -2.5, 1e300]),
        "bool": st.booleans(),
        "mask": st.just("*"),
        "any": st.none() | st.just({}),
    }[kind]  # fmt: skip


def _masks(request: str) -> st.SearchStrategy[str]:
    """Field masks that fit what the request updates, and one that does not."""
    inner = [kind for name, kind in MESSAGES[request].items() if kind in MESSAGES and name != "range"]
    target = "CellData" if request in _CELL_REQUESTS else inner[0]
    return st.sampled_from(["*", *MESSAGES[target], "nothing"])


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    return {kind: draw(likely(kind, MESSAGES["Request"][kind]))}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(requests(), min_size=1, max_size=5))
def test_random_batches_are_applied_or_refused_and_the_workbook_stays_whole(batch: list[dict[str, Any]]) -> None:
    book, refusals = furnished(), set[int]()
    for request in batch:
        before = json.dumps(export_book(book), default=str)
        kind = next(iter(request))
        kept = copy.deepcopy(request)
        try:
            after = sent(book, [request])
            event(f"{kind} applied")
        except GoogleError as error:
            refusals.add(error.code)
            after = book
            event(f"{kind} refused")
        assert request == kept
        assert json.dumps(export_book(book), default=str) == before  # whatever happened, happened to a copy
        book = after
    assert refusals <= {400}
    assert_whole(book)


def assert_whole(book: Workbook) -> None:
    results = Results(book, date(2026, 11, 23))
    view = spreadsheet(results, ALL, None, "o", "http://x", grid_data=True)
    assert complaints(view, "Spreadsheet") == []
    for tab in book.tabs:
        assert all(place in tab.grid for place in tab.cells)
        for groups, count in ((tab.row_groups, tab.rows), (tab.column_groups, tab.columns)):
            assert all(0 <= each.start < each.end <= count and each.depth >= 1 for each in groups)
            for each in groups:
                inside = [o for o in groups if o.start <= each.start and each.end <= o.end]
                assert len(inside) >= each.depth
        assert dump_tab(load_tab(json.loads(json.dumps(dump_tab(tab))), tab.cells)) == dump_tab(tab)
        for one in tab.merges:
            assert tab.grid.covers(one)
            assert not any(one.touches(other) for other in tab.merges if other is not one)
            assert {place for place in tab.inside(one) if tab.cells[place].holds_value} <= {(one.top, one.left)}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(requests(), min_size=1, max_size=3))
def test_a_batch_that_ends_in_a_refusal_leaves_the_workbook_byte_equal(batch: list[dict[str, Any]]) -> None:
    book = furnished()
    before = json.dumps(export_book(book), default=str)
    with contextlib.suppress(GoogleError):
        sent(book, [*batch, {"deleteSheet": {"sheetId": 99}}])
        raise AssertionError("the last request must be refused")
    assert json.dumps(export_book(book), default=str) == before


def test_the_refusals_are_google_errors_and_nothing_else() -> None:
    assert bad("x").body == {"error": {"code": 400, "message": "x", "status": "INVALID_ARGUMENT"}}
