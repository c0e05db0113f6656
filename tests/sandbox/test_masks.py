"""Field masks: the grammar, the pruning law, and what a mask makes of spreadsheets.get."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox.masks import MaskSyntaxError, merged, parse_mask
from tests.sandbox.conftest import Api, grid_range

NAMES = st.sampled_from("abcd")
TREES = st.recursive(
    st.integers(), lambda inner: st.dictionaries(NAMES, inner, max_size=3) | st.lists(inner, max_size=2), max_leaves=8
)
MASKS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.tuples(NAMES, inner).map(".".join),
        st.tuples(NAMES, st.lists(inner, min_size=1, max_size=3)).map(lambda pair: f"{pair[0]}({','.join(pair[1])})"),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a", {("a",)}),
        ("a.b,c(d,e/f)", {("a", "b"), ("c", "d"), ("c", "e", "f")}),
        ("a(b(c),d).e", None),
        ("a(*)", {("a",)}),
        ("*", {()}),
        (" a , b ", {("a",), ("b",)}),
        ("sheets.data.row_data", {("sheets", "data", "rowData")}),
        ("a(b", None),
        ("a,,b", None),
        ("a.", None),
        ("a)b", None),
        ("a b", None),
        ("a-b", None),
    ],
)
def test_the_grammar(text: str, paths: set[tuple[str, ...]] | None) -> None:
    if paths is None:
        with pytest.raises(MaskSyntaxError):
            parse_mask(text)
    else:
        assert set(parse_mask(text).paths()) == paths


@given(TREES, MASKS)
def test_pruning_twice_is_pruning_once(tree: Any, text: str) -> None:
    mask = parse_mask(text)
    assert mask.prune(mask.prune(tree)) == mask.prune(tree)


@given(st.dictionaries(NAMES, TREES, max_size=4), MASKS)
def test_pruning_keeps_only_what_some_path_reaches(tree: dict[str, Any], text: str) -> None:
    mask = parse_mask(text)
    assert set(mask.prune(tree)) == {name for name in tree if name in mask.below}


@given(st.dictionaries(NAMES, st.integers()), st.dictionaries(NAMES, st.integers()), st.sets(NAMES))
def test_an_update_takes_masked_names_from_the_new_and_the_rest_from_the_old(
    old: dict[str, int], new: dict[str, int], names: set[str]
) -> None:
    result = merged(old, new, [(name,) for name in names])
    assert {name: result[name] for name in result if name in names} == {n: new[n] for n in new if n in names}
    assert {name: result[name] for name in result if name not in names} == {n: old[n] for n in old if n not in names}


def test_an_empty_tab_under_a_cell_mask(api: Api) -> None:
    assert api.read("sheets.data.rowData.values.note") == {"sheets": [{"data": [{}]}, {"data": [{}]}]}


def test_rows_are_trimmed_to_what_the_mask_wants(api: Api) -> None:
    api.write("Plan!A1", [["x"], ["y"], ["z"]])
    api.done({"repeatCell": {"range": grid_range(1, 2, 1, 2), "cell": {"note": "n"}, "fields": "note"}})
    data = api.read("sheets.data.rowData.values.note", ranges="Plan")["sheets"][0]["data"]
    assert data == [{"rowData": [{}, {"values": [{}, {"note": "n"}]}]}]


def test_without_a_mask_cells_come_only_when_asked_for(api: Api) -> None:
    api.write("Plan!A1", [["x"]])
    assert "data" not in api.sheets("GET", "").json()["sheets"][0]
    full = api.sheets("GET", "", includeGridData="True", ranges="Plan!A1:B2").json()["sheets"]
    assert len(full) == 1
    assert full[0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "x"
    assert len(full[0]["data"][0]["rowMetadata"]) == 2
    assert "rowData" in api.read("sheets", includeGridData="False")["sheets"][0]["data"][0]


def test_sheet_0_is_named_in_properties_and_hidden_false_is_not(api: Api) -> None:
    properties = api.read("sheets.properties")["sheets"][0]["properties"]
    assert properties["sheetId"] == 0
    assert "hidden" not in properties


@pytest.mark.parametrize(
    ("fields", "path"), [("sheets.propertees", "sheets.propertees"), ("nope", "nope"), ("a(", "a(")]
)
def test_an_unknown_path_is_refused(api: Api, fields: str, path: str) -> None:
    error = api.sheets("GET", "", fields=fields).json()["error"]
    description = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    assert error["message"] == "Request contains an invalid argument."
    assert error["details"][0]["fieldViolations"] == [{"field": path, "description": description}]


def test_masks_apply_to_every_answer(api: Api) -> None:
    assert api.sheets("GET", "/values/Plan!A1", fields="range").json() == {"range": "Plan!A1"}
