"""Google's answers become our cells, and what Google leaves out stays out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.adapters.google_cells import FIELDS, Alike, cell, workbook
from sheetsync.adapters.google_requests import INSTALLATION_KEY
from sheetsync.core.model import BLANK, Block, Cell, Format, Mark, Protection
from tests.adapters.google_schema import check, schemas


def _mark(metadata_id: int, kind: str, value: str) -> dict[str, Any]:
    return {"metadataId": metadata_id, "metadataKey": f"sheetsync.{kind}", "metadataValue": value}


ANSWER: dict[str, Any] = {
    "spreadsheetId": "book",
    "properties": {"title": "Spring", "locale": "de_DE", "timeZone": "Europe/Berlin"},
    "developerMetadata": [
        {"metadataId": 12, "metadataKey": "sheetsync.generation", "metadataValue": "10"},
        {"metadataId": 11, "metadataKey": "sheetsync.generation", "metadataValue": "9"},
        {"metadataId": 13, "metadataKey": "sheetsync.generation", "metadataValue": "soon"},
        {"metadataId": 14, "metadataKey": "somebody.else", "metadataValue": "99"},
    ],
    "sheets": [
        {
            "properties": {
                "sheetId": 0,
                "title": "Brief",
                "gridProperties": {"rowCount": 100, "columnCount": 8, "frozenRowCount": 2},
            },
            # proto3 leaves out the id of tab 0 and indexes of 0 in a GridRange
            "merges": [{"endRowIndex": 1, "endColumnIndex": 3}],
            "protectedRanges": [
                {"protectedRangeId": 5, "range": {}, "warningOnly": True, "requestingUserCanEdit": True},
                {"protectedRangeId": 6, "range": {"startColumnIndex": 4}, "description": "legal"},
            ],
            "tables": [{"tableId": "t"}],
            "data": [
                {
                    "columnMetadata": [
                        {},
                        {
                            "developerMetadata": [
                                {"metadataId": 3, "metadataKey": "a team's", "metadataValue": "status"}
                            ]
                        },
                        {"developerMetadata": [_mark(4, "column", "status"), _mark(5, "offered", "utm_content")]},
                        {"developerMetadata": [_mark(6, "column", "tracking_url␟Tracking URL")]},
                    ],
                    "rowData": [
                        {"values": [{}, {"effectiveValue": {"stringValue": "Offer"}, "formattedValue": "Offer"}]},
                        {},
                        {"values": [{"effectiveValue": {"boolValue": False}, "formattedValue": "FALSE"}, {}, {}]},
                        {"values": [{"effectiveFormat": {"numberFormat": {"type": "DATE", "pattern": "d"}}}]},
                    ],
                }
            ],
        },
        {"properties": {"sheetId": 9, "title": "Chart", "hidden": True}},
    ],
}


def test_the_sample_is_an_answer_that_google_describes() -> None:
    check("Spreadsheet", ANSWER)


def test_a_whole_workbook_is_understood() -> None:
    book = workbook(ANSWER)
    assert (book.id, book.title, book.locale, book.time_zone) == ("book", "Spring", "de_DE", "Europe/Berlin")
    brief, chart = book.tabs
    assert (brief.row_count, brief.column_count, brief.frozen_rows, brief.has_tables) == (100, 8, 2, True)
    assert (chart.id, chart.hidden, chart.rows, chart.row_count) == (9, True, (), 0)
    assert brief.merges == (Block(0, 0, 1, 3),)
    assert brief.protections == (
        Protection(5, None, warning_only=True, editable_by_us=True),
        Protection(6, Block(0, 4, 100, 8), warning_only=False, editable_by_us=False, description="legal"),
    )
    assert brief.marks == (Mark(4, 2, "status"), Mark(6, 3, "tracking_url", "Tracking URL"))
    assert brief.offered == (Mark(5, 2, "utm_content"),)


def test_only_our_generations_count_and_the_oldest_comes_first() -> None:
    book = workbook(ANSWER)
    assert book.generations == ((11, 9), (12, 10))
    assert book.generation == 10


def test_a_fence_says_whose_batch_it_is_and_a_number_alone_may_be_anybodys() -> None:
    values = [(11, "9"), (12, "10 20261127T120000.000Z"), (13, "9" * 40), (14, "11 ")]
    entries = [
        {"metadataId": metadata_id, "metadataKey": "sheetsync.generation", "metadataValue": value}
        for metadata_id, value in values
    ]
    book = workbook({"spreadsheetId": "book", "properties": {}, "sheets": [], "developerMetadata": entries})
    assert book.generations == ((11, 9), (12, 10), (14, 11))
    assert (book.signatures, book.newest_batch) == (((10, "20261127T120000.000Z"),), (11, ""))
    ours, strangers = "20261127T120000.000Z", "20261127T120000.001Z"
    assert [book.holds(number, ours) for number in (8, 9, 10, 11, 12)] == [True, True, True, True, False]
    assert [book.holds(number, strangers) for number in (8, 9, 10, 11, 12)] == [True, True, False, True, False]


def test_whose_ledger_writes_here_is_read_and_nobodys_where_there_is_no_mark() -> None:
    mark = {"metadataId": 1, "metadataKey": INSTALLATION_KEY, "metadataValue": "a1b2"}
    assert workbook(ANSWER).installation is None
    assert workbook({**ANSWER, "developerMetadata": [*ANSWER["developerMetadata"], mark]}).installation == "a1b2"


def test_rows_end_with_their_last_used_cell_and_formats_alone_are_no_use() -> None:
    brief = workbook(ANSWER).tabs[0]
    assert brief.rows == ((BLANK, Cell("Offer", "Offer")), (), (Cell(False, "FALSE"),))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, BLANK),
        ({"effectiveFormat": {"numberFormat": {"type": "PERCENT"}}}, BLANK),
        ({"effectiveValue": {"numberValue": 42}, "formattedValue": "42"}, Cell(42.0, "42")),
        ({"effectiveValue": {"stringValue": " "}, "formattedValue": " "}, Cell(" ", " ")),
        # a formula that says nothing is not a blank cell
        (
            {"userEnteredValue": {"formulaValue": '=""'}, "effectiveValue": {"stringValue": ""}},
            Cell("", "", formula='=""'),
        ),
        ({"userEnteredValue": {"formulaValue": "=A9"}}, Cell(None, "", formula="=A9")),
        (
            {"effectiveValue": {"errorValue": {"type": "REF"}}, "formattedValue": "#REF!"},
            Cell(None, "#REF!", error="#REF!"),
        ),
        (
            {"effectiveValue": {"errorValue": {"type": "ERROR_TYPE_UNSPECIFIED"}}, "formattedValue": "#NEW!"},
            Cell(None, "#NEW!", error="#NEW!"),
        ),
        (
            {
                "userEnteredValue": {},
                "effectiveValue": {"numberValue": 0.2},
                "formattedValue": "20 %",
                "effectiveFormat": {"numberFormat": {"type": "PERCENT", "pattern": "0 %"}},
            },
            Cell(0.2, "20 %", Format.PERCENT, "0 %"),
        ),
        (
            {
                "effectiveValue": {"numberValue": 5},
                "formattedValue": "€5",
                "effectiveFormat": {"numberFormat": {"type": "NUMBER", "pattern": "€0"}},
            },
            Cell(5.0, "€5", Format.PLAIN, "€0"),
        ),
    ],
)
def test_a_cell_is_read_as_it_stands(data: dict[str, Any], expected: Cell) -> None:
    check("CellData", data)
    assert cell(data) == expected


def _text_with(**more: object) -> dict[str, Any]:
    return {"effectiveValue": {"stringValue": "page"}, "formattedValue": "page", **more}


def _runs(*uris: str | None) -> list[dict[str, Any]]:
    return [{"format": {"link": {"uri": uri}}} if uri else {} for uri in uris]


@pytest.mark.parametrize(
    ("data", "link"),
    [
        (_text_with(), None),
        (_text_with(hyperlink="https://a.example/"), "https://a.example/"),
        (_text_with(textFormatRuns=_runs("https://a.example/", None)), "https://a.example/"),
        (_text_with(textFormatRuns=_runs("https://a.example/", None, "https://a.example/")), "https://a.example/"),
        (_text_with(textFormatRuns=_runs("https://a.example/", "https://b.example/")), None),
        (
            _text_with(chipRuns=[{}, {"chip": {"richLinkProperties": {"uri": "https://d.example/"}}}]),
            "https://d.example/",
        ),
        (_text_with(chipRuns=[{"chip": {"personProperties": {"email": "ann@a.example"}}}]), None),
    ],
)
def test_the_one_link_behind_a_text_is_found_and_two_are_none(data: dict[str, Any], link: str | None) -> None:
    check("CellData", data)
    assert cell(data).link == link


scalars = st.one_of(
    st.builds(lambda text: {"stringValue": text}, st.text()),
    st.builds(lambda number: {"numberValue": number}, st.floats(allow_nan=False, allow_infinity=False)),
    st.builds(lambda flag: {"boolValue": flag}, st.booleans()),
)


@given(scalars)
def test_no_value_changes_on_its_way(effective: dict[str, Any]) -> None:
    [value] = effective.values()
    read = cell({"effectiveValue": effective, "formattedValue": "shown"}).value
    assert read == value
    assert type(read) is type(value)


def test_every_name_in_the_field_mask_exists() -> None:
    for path in _paths(FIELDS):
        message = "Spreadsheet"
        for name in path:
            properties = schemas()[message]["properties"]
            assert name in properties, f"{'.'.join(path)}: no {name} in {message}"
            kind = properties[name].get("items", properties[name])
            message = kind.get("$ref", "")


def test_the_mask_s_reader_sees_nested_and_shared_names() -> None:
    assert _paths("a,b(c.d,e(f)),g") == [["a"], ["b", "c", "d"], ["b", "e", "f"], ["g"]]


def _paths(mask: str) -> list[list[str]]:
    """`a(b,c.d)` as [[a, b], [a, c, d]]."""
    paths, prefix, open_at, name = [], list[str](), list[int](), ""
    for sign in f"{mask},":
        if sign in ".(":
            prefix.append(name)
            name = ""
            if sign == "(":
                open_at.append(len(prefix))
        elif sign in ",)":
            if name:
                paths.append([*prefix, name])
            name = ""
            if sign == ")":
                prefix = prefix[: open_at.pop()]
            prefix = prefix[: open_at[-1] if open_at else 0]
        else:
            name += sign
    return paths


cells = st.builds(
    Cell,
    st.sampled_from([None, True, False, 0.0, 1.0, "", "TRUE"]),
    st.sampled_from(["", "1", "TRUE"]),
    st.sampled_from(Format),
    link=st.sampled_from([None, "https://northlight.example"]),
)


@given(st.lists(cells))
def test_cells_that_are_alike_are_one_and_none_is_another(read: list[Cell]) -> None:
    alike = Alike()
    kept = [alike.one_for(each) for each in read]
    # By what they show in Python, which tells True from 1.0.
    assert list(map(repr, kept)) == list(map(repr, read))
    same = {repr(each): each for each in kept}
    assert all(each is same[repr(each)] for each in kept)


def test_what_is_struck_through_or_noted_is_seen() -> None:
    struck = {"userEnteredFormat": {"textFormat": {"strikethrough": True}}, "note": "cancelled on Monday"}
    read = cell(_text_with(**struck))
    assert (read.struck, read.note) == (True, "cancelled on Monday")
    plain = cell(_text_with(userEnteredFormat={"textFormat": {}}))
    assert (plain.struck, plain.note) == (False, "")
