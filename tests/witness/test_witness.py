"""The witness itself: it lets pass what Google's description allows, and notices each thing it does not."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.sandbox import api_values, running
from sheetsync.sandbox.calls import Call
from tests.sandbox.conftest import Api, add_workbook
from tests.sandbox.discovery import complaints as misfits
from tests.sandbox.discovery import document
from tests.witness.exchanges import Exchange, Manners, complaints
from tests.witness.watching import Witness

JSON_TYPE = {"content-type": "application/json; charset=UTF-8"}


def exchange(verb: str, path: str, query: str = "", sent: Any = None, status: int = 200, told: Any = None) -> Exchange:
    """An exchange of JSON."""
    raw, answer = (b"" if value is None else json.dumps(value).encode() for value in (sent, told))
    return Exchange(verb, path, query, {}, raw, status, JSON_TYPE, answer)


UPDATE = exchange(
    "PUT", "/v4/spreadsheets/b/values/Plan%2F1!A1", "valueInputOption=RAW&includeValuesInResponse=True",
    {"values": [["x", 1, None]]}, told={"spreadsheetId": "b", "updatedCells": 2},
)  # fmt: skip
FILE = exchange(
    "GET", "/drive/v3/files/b", "fields=*&supportsAllDrives=True",
    told={"version": "12", "modifiedTime": "2026-11-27T09:00:00.123Z", "trashed": False},
)  # fmt: skip
SHARED = exchange("POST", "/drive/v3/files/b/permissions", "", {"role": "reader", "type": "anyone"}, told={"id": "1"})
REFUSED = exchange(
    "GET", "/v4/spreadsheets/b", status=404, told={"error": {"code": 404, "message": "no", "status": "NOT_FOUND"}}
)
LISTED = exchange("GET", "/drive/v3/changes", "pageToken=1&pageSize=5", told={"changes": []})
GONE = exchange("DELETE", "/drive/v3/files/b", status=204)
BATCH = exchange("POST", "/v4/spreadsheets/b:batchUpdate", "", {"requests": [{"addSheet": {}}]}, told={"replies": [{}]})


@pytest.mark.parametrize("good", [UPDATE, FILE, SHARED, REFUSED, LISTED, GONE, BATCH], ids=str)
def test_what_the_description_allows_passes(good: Exchange) -> None:
    assert list(complaints(good)) == []


def told(before: Exchange, body: Any, status: int = 200) -> Exchange:
    return replace(before, status=status, answer=json.dumps(body).encode())


def sent(before: Exchange, body: Any) -> Exchange:
    return replace(before, raw=json.dumps(body).encode())


ERROR = {"code": 404, "message": "no", "status": "NOT_FOUND"}
BROKEN = {
    "an unknown address": replace(UPDATE, path="/v4/spreadsheets/b/value/A1"),
    "a slash in a range": replace(UPDATE, path="/v4/spreadsheets/b/values/Plan/1!A1"),
    "another verb": replace(FILE, verb="PUT"),
    "an unknown parameter": replace(FILE, query="field=id"),
    "a repeated parameter": replace(UPDATE, query="valueInputOption=RAW&valueInputOption=RAW"),
    "an unknown option": replace(UPDATE, query="valueInputOption=TYPED"),
    "a boolean that is none": replace(FILE, query="supportsAllDrives=yes"),
    "a number that is none": replace(LISTED, query="pageToken=1&pageSize=ten"),
    "a missing parameter": replace(LISTED, query="pageSize=5"),
    "a missing field": sent(SHARED, {"role": "reader"}),
    "an unknown field": sent(UPDATE, {"value": [["x"]]}),
    "an unknown field deep inside": sent(BATCH, {"requests": [{"addSheet": {"properties": {"titel": "x"}}}]}),
    "a wrong type": sent(BATCH, {"requests": [{"addSheet": {"properties": {"index": "1"}}}]}),
    "a list that is none": sent(BATCH, {"requests": {"addSheet": {}}}),
    "an integer too large": sent(BATCH, {"requests": [{"addSheet": {"properties": {"index": 2**31}}}]}),
    "an enum's number": sent(BATCH, {"requests": [{"addSheet": {"properties": {"sheetType": 1}}}]}),
    "null for absent": sent(BATCH, {"requests": [{"addSheet": {"properties": None}}]}),
    "a body where none belongs": sent(FILE, {"name": "x"}),
    "no JSON sent": replace(UPDATE, raw=b"{"),
    "an unknown field answered": told(UPDATE, {"spreadsheet": "b"}),
    "a long number as number": told(FILE, {"version": 12}),
    "a moment without zone": told(FILE, {"modifiedTime": "2026-11-27T09:00:00"}),
    "a boolean as text": told(FILE, {"trashed": "false"}),
    "an answer where none belongs": replace(GONE, answer=b"{}"),
    "another type of content": replace(UPDATE, answer_headers={"content-type": "text/plain"}),
    "NaN": replace(UPDATE, answer=b'{"updatedCells": NaN}'),
    "a page for an error": replace(REFUSED, answer=b"<html>"),
    "an error without status": told(REFUSED, {"error": {"code": 404, "message": "no"}}, 404),
    "an error of another code": told(REFUSED, {"error": ERROR}, 400),
    "an error with more": told(REFUSED, {"error": ERROR | {"errors": []}}, 404),
    "Drive's error without errors": told(FILE, {"error": ERROR}, 404),
    "a fault": told(REFUSED, {"error": {"code": 501, "message": "no", "status": "UNIMPLEMENTED"}}, 501),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_whatever_is_broken_is_noticed(broken: Exchange) -> None:
    assert list(complaints(broken)) != []


def test_other_spellings_are_for_strangers_and_wrong_requests_for_the_refused() -> None:
    loose = sent(BATCH, {"requests": {"add_sheet": {"properties": {"index": "1", "hidden": None, "sheetType": 1}}}})
    assert list(complaints(loose)) != []
    assert list(complaints(loose, Manners(relaxed=True))) == []
    wrong = sent(BATCH, {"request": []})
    answer = {"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}
    assert list(complaints(wrong, Manners(wrong=True))) != []
    assert list(complaints(told(wrong, answer, 400), Manners(wrong=True))) == []
    assert list(complaints(told(wrong, answer, 400))) != []


_LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "google-datetime": st.just("2026-11-27T09:00:00Z"),
    "google-fieldmask": st.just("a.b,c"),
    "string": st.text(max_size=3),
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 5),
    "any": st.just(1),
}


@cache
def _message(schema: str, depth: int = 0) -> st.SearchStrategy[Any]:
    fields = document("sheets.v4")["schemas"][schema].get("properties", {}) if depth < 4 else {}
    return st.fixed_dictionaries({}, optional={name: _values(kind, depth + 1) for name, kind in fields.items()})


def _values(kind: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    """Values as the discovery document describes them, not too deep."""
    if "$ref" in kind:
        return _message(kind["$ref"], depth)
    if kind["type"] == "array":
        return st.lists(_values(kind["items"], depth), max_size=2)
    if kind["type"] == "object":
        return st.builds(dict)
    return (
        st.sampled_from(kind["enum"]) if "enum" in kind else _LEAVES.get(kind.get("format", ""), _LEAVES[kind["type"]])
    )


@settings(max_examples=60)
@given(st.sampled_from(["CellData", "SheetProperties", "ConditionalFormatRule", "ValueRange"]).flatmap(
    lambda schema: st.tuples(st.just(schema), _message(schema))), st.data())  # fmt: skip
def test_one_field_too_many_is_noticed_wherever_it_stands(message: tuple[str, Any], data: st.DataObject) -> None:
    schema, value = message
    assert misfits(value, schema) == []
    places = list(_objects(value))
    data.draw(st.sampled_from(places), label="where")["noSuchField"] = 1
    assert misfits(value, schema) != []


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(each for inner in value.values() for each in _objects(inner))]
    return [each for inner in value for each in _objects(inner)] if isinstance(value, list) else []


def test_a_sandbox_that_answers_wrongly_is_caught(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    def nonsense(_: Call) -> dict[str, Any]:
        return {"range": 5}

    broken = tuple(
        replace(each, handler=nonsense, answer="") if each.name == "GetValues" else each
        for each in api_values.ENDPOINTS
    )
    monkeypatch.setattr("sheetsync.sandbox.server.ENDPOINTS", broken)
    with running() as sandbox:
        add_workbook(sandbox)
        api = Api(sandbox, "sheetsync")
        assert witness.taken() == []
        with pytest.raises(AssertionError):
            api.values("Plan!A1")
    (caught,) = witness.taken()
    assert caught.endswith("-> 200: answer: ValueRange.range: 5 is not string")
