"""Whatever is sent, the answer is one of Google's 4xx bodies or a success: never a 5xx, never a hang."""

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetsync.sandbox import Running
from sheetsync.sandbox.batch.table import KINDS, apply_batch
from sheetsync.sandbox.decode import decode
from sheetsync.sandbox.errors import GoogleError
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.wire import ENUMS, MESSAGES, entry_type, item_type
from tests.sandbox.conftest import BOOK, Api, grid_range

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def values_of(kind: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that mostly fit a wire type, small numbers first, so that handlers are reached."""
    item = item_type(kind)
    if item is not None:
        return st.lists(values_of(item, depth + 1), max_size=2)
    entry = entry_type(kind)
    if entry is not None:
        return st.dictionaries(st.sampled_from(["0", "3", "x", ""]), values_of(entry, depth + 1), max_size=2)
    if kind in MESSAGES:
        if depth > 5:
            return st.just({})
        fields = {name: st.deferred(lambda inner=inner: values_of(inner, depth + 1)) for name, inner in MESSAGES[kind].items()}  # type: ignore[misc]  # fmt: skip  # noqa: E501
        return st.fixed_dictionaries({}, optional=fields)
    if kind.startswith("#"):
        return st.sampled_from(ENUMS[kind[1:]])
    return {
        "int": st.integers(0, 4) | st.integers(-(2**31), 2**31 - 1),
        "float": st.floats(allow_nan=False, allow_infinity=False),
        "bool": st.booleans(),
        "mask": st.sampled_from(["*", "note", "userEnteredValue", "userEnteredFormat", "title,index", "hidden", ""]),
        "str": st.sampled_from(["", "Plan", "A1:B2", "=A1", "x", "='", "\ud800"]),
        "any": JSON,
    }[kind]


def _batches(kind: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    message = MESSAGES["Request"][kind]
    return st.lists(values_of(message).map(lambda body: {kind: body}), min_size=1, max_size=3)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(KINDS)).flatmap(_batches))
def test_any_batch_is_applied_whole_or_refused_whole(sandbox: Running, batch: list[dict[str, Any]]) -> None:
    before = sandbox.export(BOOK)
    edited = applied(sandbox, batch)
    if edited is not None:
        assert edited.grid_cells <= 10_000_000
        assert any(not tab.hidden for tab in edited.tabs)
        sandbox.state.results(edited)
    assert sandbox.export(BOOK) == before


def applied(sandbox: Running, batch: list[dict[str, Any]]) -> Workbook | None:
    """The workbook after the batch, or None where it was refused; a refusal is always a 400."""
    book = sandbox.state.workbooks[BOOK]
    with contextlib.suppress(GoogleError):
        requests = decode({"requests": batch}, "BatchUpdateSpreadsheetRequest").get("requests", [])
        return apply_batch(book, requests, book.owner, sandbox.state.today(book))[0]
    return None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    JSON, st.sampled_from([":batchUpdate", "/values:batchUpdate", "/values:batchClear", "/developerMetadata:search"])
)
def test_any_json_is_answered_in_googles_envelope(api: Api, body: Any, rest: str) -> None:
    raw = json.dumps(body).encode()
    answer = api.session.post(f"{api.sandbox.base}/v4/spreadsheets/{BOOK}{rest}", data=raw, timeout=10)
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 400:
        assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[1,",
        b"\xff\xfe",
        b'{"requests": [}',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"NaN",
        b"[]",
    ],
    ids=["cut", "list", "bytes", "broken", "brackets", "nested", "nan", "root"],
)
def test_bad_json_is_400(api: Api, raw: bytes) -> None:
    answer = api.session.post(f"{api.sandbox.base}/v4/spreadsheets/{BOOK}:batchUpdate", data=raw, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Invalid JSON payload received.")


def test_a_wrong_type_names_its_path_and_type(api: Api) -> None:
    message = api.refused({"addSheet": {"properties": {"index": "two"}}})
    assert message == "Invalid value at 'requests[0].add_sheet.properties.index' (TYPE_INT32), \"two\""
    message = api.refused({"mergeCells": {"range": grid_range(0, 1, 0, 1), "mergeType": "ALL"}})
    assert message.startswith("Invalid value at 'requests[0].merge_cells.merge_type' (type.googleapis.com/")


@pytest.mark.parametrize("number", [10**9, 2**31 - 1, -1])
def test_huge_and_negative_ranges_end_quickly(api: Api, number: int) -> None:
    start = time.monotonic()
    for kind in ("repeatCell", "mergeCells", "unmergeCells", "setDataValidation", "sortRange"):
        body: dict[str, Any] = {"range": {"startRowIndex": number, "endRowIndex": number}, "fields": "note"}
        given_ = {name: value for name, value in body.items() if name in MESSAGES[MESSAGES["Request"][kind]]}
        assert api.batch({kind: given_}).status_code == 400
    rows = {"dimension": "ROWS", "startIndex": 0, "endIndex": number}
    assert api.batch({"insertDimension": {"range": rows}}).status_code == 400
    assert api.batch({"appendDimension": {"dimension": "ROWS", "length": number}}).status_code == 400
    assert api.sheets("GET", f"/values/Plan!A1:ZZZ{abs(number)}").status_code in (200, 400)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("text", ["😀", "\u202eabc", "a\u0000b", "e\u0301", "'", "\n", "x" * 9_999])
def test_any_text_comes_back_as_it_was(api: Api, text: str) -> None:
    api.write("Plan!A1", [[text]], "RAW")
    assert api.values("Plan!A1") == [[text]]


def test_a_lone_surrogate_does_not_break_the_answer(api: Api) -> None:
    raw = b'{"values": [["\\ud800"]]}'
    url = f"{api.sandbox.base}/v4/spreadsheets/{BOOK}/values/Plan!A1?valueInputOption=RAW"
    assert api.session.put(url, data=raw, timeout=10).status_code in (200, 400)
    assert api.sheets("GET", "/values/Plan!A1").status_code == 200


def test_unknown_and_broken_parameters_are_named(api: Api) -> None:
    message = api.sheets("GET", "", nope="1").json()["error"]["message"]
    assert message.startswith('Invalid JSON payload received. Unknown name "nope": Cannot bind query parameter.')
    assert api.sheets("GET", "/values/Plan!A1", majorDimension="DIAGONAL").status_code == 400
    assert api.sheets("GET", "", includeGridData="maybe").status_code == 400
    assert api.sheets("GET", "/developerMetadata/abc").status_code == 400
    assert api.sheets("GET", "/developerMetadata/99999999999").status_code == 400


def test_a_slash_in_a_title_survives_the_address(api: Api) -> None:
    api.done({"addSheet": {"properties": {"title": "a/b:clear"}}})
    api.sheets("PUT", "/values/'a%2Fb:clear'!A1", {"values": [["x"]]}, valueInputOption="RAW")
    assert api.sheets("GET", "/values/'a%2Fb:clear'!A1").json()["values"] == [["x"]]
