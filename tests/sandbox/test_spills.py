"""Arrays that spill: beside the rows they belong to, blocked by what people paste, blank where they say nothing."""

import pytest

from sheetsync.sandbox import Running
from tests.sandbox.conftest import BOOK, Api, grid_range, lines

LOOKUP = "=ARRAYFORMULA(IFNA(XLOOKUP(TO_TEXT(INDEX(A:A;ROW()):INDEX(A:A;ROWS(A:A)));Other!A:A;Other!B:B)))"


def managed(api: Api) -> None:
    """Rows with keys, and a looked-up column beside them."""
    api.write("Plan!A1", [["id"], ["k1"], ["k2"], ["k3"]], "RAW")
    api.write("Other!A1", [["k3", "three"], ["k1", "one"]], "RAW")
    api.write("Plan!C1", [["status"], [LOOKUP]])


def test_a_looked_up_column_follows_sort_insert_and_delete(api: Api, sandbox: Running) -> None:
    managed(api)

    def beside() -> list[tuple[str, str]]:
        return [(row[0], row[2]) for row in sandbox.grid(BOOK, "Plan")[1:] if row[0]]

    pairs = {"k1": "one", "k2": "", "k3": "three"}
    assert beside() == list(pairs.items())
    spec = {"dimensionIndex": 0, "sortOrder": "DESCENDING"}
    sandbox.act(BOOK, [{"sortRange": {"range": grid_range(1, 4, 0, 2), "sortSpecs": [spec]}}])
    assert beside() == [("k3", "three"), ("k2", ""), ("k1", "one")]
    sandbox.act(BOOK, [{"insertDimension": {"range": lines("ROWS", 3, 4)}}])
    assert dict(beside()) == pairs
    sandbox.act(BOOK, [{"deleteDimension": {"range": lines("ROWS", 2, 4)}}])
    assert beside() == [("k3", "three"), ("k1", "one")]


def test_spilled_cells_hold_no_entered_value_and_blanks_are_blank(api: Api) -> None:
    managed(api)
    view = api.read("sheets.data.rowData.values(userEnteredValue,effectiveValue)", ranges="Plan!C2:C4")
    rows = view["sheets"][0]["data"][0]["rowData"]
    assert "formulaValue" in rows[0]["values"][0]["userEnteredValue"]
    assert rows[1] == {}
    assert rows[2] == {"values": [{"effectiveValue": {"stringValue": "three"}}]}
    assert api.values("Plan!C2:C", valueRenderOption="FORMULA")[1:] == [[], ["three"]]


def test_something_in_the_way_blocks_the_whole_array(api: Api, sandbox: Running) -> None:
    api.write("Plan!B2", [["={1;2;3}"]])
    assert api.values("Plan!B2:B5") == [["1"], ["2"], ["3"]]
    api.write("Plan!B4", [["mine"]], "RAW")
    assert api.values("Plan!B2:B5") == [["#REF!"], [], ["mine"]]
    view = api.read("sheets.data.rowData.values.effectiveValue", ranges="Plan!B2")
    message = "Array result was not expanded because it would overwrite data in B4."
    error = {"errorValue": {"type": "REF", "message": message}}
    assert view["sheets"][0]["data"][0]["rowData"][0]["values"][0] == {"effectiveValue": error}
    api.sheets("POST", "/values/Plan!B4:clear", {})
    assert sandbox.shown(BOOK, "Plan", "B4") == "3"


def test_a_format_or_note_is_nothing_in_the_way(api: Api) -> None:
    note = {"range": grid_range(2, 3, 1, 2), "cell": {"note": "n"}, "fields": "note"}
    api.done({"repeatCell": note})
    api.write("Plan!B2", [["={1;2;3}"]])
    assert api.values("Plan!B2:B5") == [["1"], ["2"], ["3"]]


def test_formulas_read_spilled_cells_wherever_they_stand(api: Api) -> None:
    api.write("Plan!A1", [["=SUM(C1:C3)", "", "={1;2;3}"], ["=C3*10"]])
    assert api.values("Plan!A1:A2") == [["6"], ["30"]]
    api.write("Plan!A1", [["=C2"]])  # stands before the array, and does not name the cell the array comes from
    assert api.values("Plan!A1") == [["2"]]


def test_two_arrays_never_overwrite_each_other(api: Api) -> None:
    api.write("Plan!A2", [["={1,2,3}"]])
    api.write("Plan!B1", [["={1;2;3}"]])
    values = api.values("Plan!A1:C3")
    assert [cell for row in values for cell in row].count("#REF!") == 1


@pytest.mark.parametrize(("anchor", "formula"), [("J1", "={1,2}"), ("A50", "={1;2}")])
def test_an_array_beyond_the_grid_is_an_error(api: Api, anchor: str, formula: str) -> None:
    api.write(f"Other!{anchor}", [[formula]])
    assert api.values(f"Other!{anchor}") == [["#REF!"]]


def test_circles_and_long_chains_end(api: Api) -> None:
    api.write("Plan!A1", [["=B1", "=A1"]])
    assert "#REF!" in api.values("Plan!A1:B1")[0]
    chain = [[f"=B{row + 1}+1"] for row in range(1, 90)] + [[1]]
    api.write("Plan!B1", chain)
    assert api.values("Plan!B1") == [["90"]]
