"""A team's own files: what comes in, what goes back, and that the two agree."""

import csv
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pandas
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH
from openpyxl.worksheet.formula import ArrayFormula

from sheetsync.faces.cli import main
from sheetsync.sandbox import SandboxError, State, email_of, running
from sheetsync.sandbox.a1 import Box
from sheetsync.sandbox.exchange import Brought, Settings, answers, bring_in, take_out
from sheetsync.sandbox.exchange.csv_out import defused, shown_rows
from sheetsync.sandbox.exchange.losses import Losses
from sheetsync.sandbox.exchange.xlsx_in import read_xlsx
from sheetsync.sandbox.exchange.xlsx_out import write_xlsx
from sheetsync.sandbox.model import Cell, Metadata, Protection, Tab, Workbook
from sheetsync.sandbox.results import Results
from tests.sandbox.workbooks import TEXTS, without_ids, workbooks

TODAY = date(2026, 11, 20)


def blank(locale: str = "") -> Workbook:
    """An empty workbook that an import fills."""
    return Workbook("y", "Plan", locale, "", "person@x")


def read(path: Path, locale: str = "") -> tuple[Workbook, list[str]]:
    """The workbook of a file, and what did not come along."""
    book, losses = blank(locale), Losses()
    read_xlsx(path, book, TODAY, losses)
    return book, losses.lines()


@given(workbooks())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_goes_out_as_xlsx_comes_back_as_it_was(book: Workbook) -> None:
    with TemporaryDirectory() as folder:
        path, losses = Path(folder) / "plan.xlsx", Losses()
        write_xlsx(book, path, TODAY, losses)
        again, left_out = read(path)
    assert without_ids(again) == without_ids(book)
    assert (losses.lines(), left_out) == ([], [])


# ---------------------------------------------------------------- files that other programs made


def made(tmp_path: Path, fill: Callable[[Any], object], **properties: Any) -> Path:
    """A file as openpyxl makes it."""
    book: Any = openpyxl.Workbook()
    for name, value in properties.items():
        setattr(book, name, value)
    fill(book.active)
    path = tmp_path / "made.xlsx"
    book.save(path)
    return path


def shown(book: Workbook, title: str | None = None) -> list[list[str]]:
    """What people see in a tab."""
    tab = book.tabs[0] if title is None else book.titled(title)
    assert tab is not None
    return shown_rows(Results(book, TODAY), tab)


def edited(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The same zip with its parts changed; None leaves one out."""
    target = path.with_name(f"edited-{path.name}")
    with ZipFile(path) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def with_cells(tmp_path: Path, rows: str) -> Path:
    """A file whose first tab holds this XML."""

    def change(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        return re.sub(rb"<sheetData\s*/>|<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>".encode(), content)

    return edited(made(tmp_path, lambda _: None), change)


def test_a_workbook_of_openpyxl_reads_as_it_was_meant(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.title = "Plan"
        sheet.append(["Code", "Start", "Budget", "Done"])
        sheet.append(["0042", date(2026, 11, 27), 1250.5, True])
        sheet.append(["=not a formula", datetime(2026, 12, 1, 9, 30), "=C2*2", None])  # noqa: DTZ001
        sheet["A3"].data_type = "s"
        sheet["C2"].number_format = "#,##0.00 [$€-407]"
        sheet["C3"].number_format = "#,##0.00 [$€-407]"
        sheet["A2"].comment = Comment("unclear", "Anna")
        sheet["A1"].hyperlink = "https://example.com/"
        sheet.column_dimensions["B"].hidden = True

    book, losses = read(made(tmp_path, fill), "de_DE")
    assert shown(book) == [
        ["Code", "Start", "Budget", "Done"],
        ["0042", "2026-11-27", "1.250,50 €", "WAHR"],
        ["'=not a formula", "2026-12-01 9:30:00", "2.501,00 €", ""],
    ]
    plan = book.tabs[0]
    assert plan.cells[1, 0].note == "unclear"
    assert plan.cells[0, 0].format is not None
    assert plan.cells[0, 0].format["textFormat"]["link"] == {"uri": "https://example.com/"}
    assert plan.column_properties == {1: {"hiddenByUser": True, "pixelSize": 96}}
    assert losses == []


def test_a_workbook_of_pandas_reads_as_it_was_meant(tmp_path: Path) -> None:
    frame = pandas.DataFrame(
        {"code": ["007", "x"], "day": [pandas.Timestamp("2026-11-27"), pandas.NaT], "n": [1.5, None]}
    )
    frame.to_excel(tmp_path / "frame.xlsx", index=False, sheet_name="Daten")
    book, losses = read(tmp_path / "frame.xlsx")
    assert shown(book, "Daten") == [["code", "day", "n"], ["007", "2026-11-27 00:00:00", "1.5"], ["x", "", ""]]
    assert losses == []


def test_a_day_is_the_same_whether_the_file_counts_from_1900_or_1904(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["A2"] = date(2026, 11, 27), 100

    for epoch in (WINDOWS_EPOCH, CALENDAR_MAC_1904):
        assert shown(read(made(tmp_path, fill, epoch=epoch))[0]) == [["2026-11-27"], ["100"]]


def test_formulas_lose_what_only_excels_files_have(tmp_path: Path) -> None:
    written = {
        "A1": "=_xlfn.XLOOKUP(1.5,B:B,C:C)",
        "A2": "=_xlfn._xlws.SORT(B1:B3)",
        "A3": "=_xlfn.LET(_xlpm.x,2,_xlpm.x+1)",
        "A4": "=SUM(B2:B1048576)",
        "A5": "={1,2;3,4}",
        "A6": '=IFERROR(__xludf.DUMMYFUNCTION("QUERY(B:C,""select B"")"),"x")',
        "A7": ArrayFormula("A7:A9", "=B1:B3*2"),
    }

    def fill(sheet: Any) -> None:
        for cell, formula in written.items():
            sheet[cell] = formula
        sheet["A8"], sheet["A9"] = 4, 6

    book, losses = read(made(tmp_path, fill), "de_DE")
    formulas = {place: cell.formula for place, cell in book.tabs[0].cells.items()}
    assert formulas == {
        (0, 0): "=XLOOKUP(1,5;B:B;C:C)",
        (1, 0): "=SORT(B1:B3)",
        (2, 0): "=LET(x;2;x+1)",
        (3, 0): "=SUM(B2:B)",
        (4, 0): "={1\\2;3\\4}",
        (5, 0): '=QUERY(B:C;"select B")',
        (6, 0): "=ARRAYFORMULA(B1:B3*2)",
    }
    assert losses == []


def test_a_shared_formula_goes_along_and_a_table_reference_leaves_its_value(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1+$C$1</f><v>3</v></c>'
        '<c r="B1"><f>SUM(Table1[Betrag])</f><v>42</v></c>'
        '<c r="C1" t="str"><f>\'[1]Other\'!A1</f><v>far</v></c><c r="D1"><f>SUM(\'A:C\'!A1)</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c><c r="B2" t="e"><v>#N/A</v></c></row>'
    )
    book, losses = read(with_cells(tmp_path, rows))
    cells = book.tabs[0].cells
    assert (cells[0, 0].formula, cells[1, 0].formula) == ("=B1+$C$1", "=B2+$C$1")
    assert (cells[0, 1].value, cells[0, 2].value, cells[0, 3].value) == (42.0, "far", 1.0)
    assert cells[1, 1].formula == "=#N/A"
    assert losses == [
        "formulas with table references or links to other workbooks, kept as their values: 2 (Sheet!B1, Sheet!C1)",
        "formulas with ranges over several tabs, kept as their values: 1 (Sheet!D1)",
    ]


def test_choices_that_stand_in_another_tab_come_along(tmp_path: Path) -> None:
    extension = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/'
        'spreadsheetml/2009/9/main"><x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/'
        '2006/main"><x14:dataValidation type="list" allowBlank="1" showErrorMessage="1"><x14:formula1><xm:f>Lists!$A$1:'
        "$A$3</xm:f></x14:formula1><xm:sqref>B2:B3</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )

    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"</worksheet>", f"{extension}</worksheet>".encode()) if "sheet1" in name else content

    book, losses = read(edited(made(tmp_path, lambda sheet: sheet.append(["x"])), change))
    rule = {"condition": {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "=Lists!$A$1:$A$3"}]}}
    assert book.tabs[0].cells[2, 1].validation == rule | {"strict": True, "showCustomUi": True}
    assert losses == []


def test_what_cannot_come_along_is_said(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append([1, 2])
        chart, bar = BarChart(), cast(Any, DataBarRule)
        chart.add_data(Reference(sheet, min_col=1, min_row=1))
        sheet.add_chart(chart, "D1")
        sheet.conditional_formatting.add("A1:A9", bar("min", 0, "max", 0, color="FF638EC6"))
        sheet["A1"].fill = PatternFill("darkGrid", fgColor="FFFF0000")

    _, losses = read(made(tmp_path, fill))
    assert losses == [
        "charts: 1",
        "cells filled with a pattern: 1 (Sheet!A1)",
        "conditional formats of Excel's kind dataBar: 1 (Sheet!A1:A9)",
    ]


def test_what_excel_has_no_place_for_is_said(tmp_path: Path) -> None:
    book = Workbook(
        "y", "Plan", "en_US", "Etc/GMT", "person@x", tabs=[Tab(0, "a/b: the plan of the whole of the season")]
    )
    tab = book.tabs[0]
    tab.put(0, 0, Cell("x" * 40_000))
    tab.put(1, 0, Cell(formula="='a/b: the plan of the whole of the season'!A1"))
    tab.protections.append(Protection(1, Box(0, 1, 0, 1)))
    book.metadata.append(Metadata(1, "key"))
    losses = Losses()
    write_xlsx(book, tmp_path / "out.xlsx", TODAY, losses)
    title = "a_b_ the plan of the whole of t"
    assert losses.lines() == [
        f"titles of tabs that Excel does not take, changed: 1 (a/b: the plan of the whole of the season is {title})",
        f"texts cut at Excel's 32,767 characters: 1 ({title}!A1)",
        f"protected ranges (Excel protects whole tabs): 1 ({title}!A1)",
        "developer metadata: 1",
    ]
    assert read(tmp_path / "out.xlsx")[0].tabs[0].cells[1, 0].formula == f"='{title}'!A1"


# ---------------------------------------------------------------- files that mean harm, or are no workbooks


def refused(path: Path) -> str:
    """The one line an import is refused with."""
    with pytest.raises(SandboxError) as told:
        read(path)
    assert str(told.value).startswith(str(path))
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_zip_that_unfolds_to_far_too_much_is_not_unfolded(tmp_path: Path) -> None:
    swollen = edited(made(tmp_path, lambda _: None), lambda name, old: old + b" " * (25_000_000 * ("styles" in name)))
    assert "25 MB in xl/styles.xml alone" in refused(swollen)
    with ZipFile(tmp_path / "many.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        for number in range(10_001):
            archive.writestr(f"{number}", "")
    assert "10,002 parts" in refused(tmp_path / "many.xlsx")


def test_entities_are_not_let_in(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    told = refused(edited(made(tmp_path, lambda _: None), lambda name, old: bomb if "workbook.xml" in name else old))
    assert "document type" in told


def test_a_lie_about_the_size_is_not_believed_and_a_cell_far_out_is_refused(tmp_path: Path) -> None:
    near = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'

    def lie(name: str, content: bytes) -> bytes:
        return content.replace(b'ref="A1:A1"', b'ref="A1:XFD1048576"') if "sheet1" in name else content

    book, _ = read(edited(with_cells(tmp_path, near), lie))
    assert (book.tabs[0].rows, book.tabs[0].columns) == (1000, 26)
    far = near + '<row r="1048576"><c r="XFD1048576"><v>3</v></c></row>'
    assert "'Sheet' reaches to XFD1048576" in refused(with_cells(tmp_path, far))
    assert "as many as Google takes" in refused(with_cells(tmp_path, far))


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c r="A0"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>999</v></c></row>',
        '<row r="1"><c r="A1"><v>12x</v></c></row>',
        '<row r="1"><c r="A1"><v>nan</v></c></row>',
        '<row r="-3"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1" s="x"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><f t="array" ref="?">A1</f></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
    ],
)
def test_a_damaged_file_is_one_line_that_says_what_to_do(tmp_path: Path, row: str) -> None:
    assert refused(with_cells(tmp_path, row)).endswith("open it in Excel or Google Sheets and save it again")


def test_a_file_that_is_no_xlsx_says_what_it_is(tmp_path: Path) -> None:
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
    for content, part in (
        (ole, "an .xls file of the old kind"),
        (ole + "EncryptedPackage".encode("utf-16-le"), "asks for a password"),
        (b"<html>", "this is no .xlsx file"),
        (b"", "this is no .xlsx file"),
    ):
        (tmp_path / "plan.xlsx").write_bytes(content)
        assert part in refused(tmp_path / "plan.xlsx")
    strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    main_part = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    usual = made(tmp_path, lambda _: None)
    assert "Strict Open XML" in refused(edited(usual, lambda _, old: old.replace(main_part, strict)))
    with ZipFile(tmp_path / "plan.xlsx", "w") as archive:
        archive.writestr("xl/workbook.bin", "")
    assert "an .xlsb file" in refused(tmp_path / "plan.xlsx")
    assert "cannot be read: No such file" in refused(tmp_path / "gone.xlsx")


# ---------------------------------------------------------------- CSV, and folders of it


def brought(path: Path, **settings_given: Any) -> list[Brought]:
    """What a fresh state takes in."""
    return bring_in(State(), path, Settings(**settings_given))[0]


@pytest.mark.parametrize(
    ("content", "locale", "told"),
    [
        ("a,b\n1.5,Grüße\n".encode(), "en_US", "utf-8, divided by comma"),
        ("\ufeffa;b\n1,5;Grüße\n".encode(), "de_DE", "utf-8, divided by semicolon"),
        ("a\tb\r\n1.5\tGrüße\r\n".encode("utf-16"), "", "utf-16, divided by tab"),
        ("a;b\n1,5;Grüße\n".encode("cp1252"), "de_DE", "cp1252, divided by semicolon"),
        ("sep=|\na|b\n1.5|Grüße\n".encode(), "", "utf-8, divided by bar"),
        ("a,b\n1.5,Grüße\n".encode("utf-16-le"), "", "utf-16-le, divided by comma"),
    ],
)
def test_a_csv_is_read_however_it_was_written(tmp_path: Path, content: bytes, locale: str, told: str) -> None:
    (tmp_path / "plan.csv").write_bytes(content)
    (one,) = brought(tmp_path / "plan.csv", locale=locale)
    assert one.remarks == (f"plan.csv: read as {told}",)
    assert one.book.tabs[0].cells[1, 0].value == 1.5
    assert one.book.tabs[0].cells[1, 1].value == "Grüße"


def test_a_csv_is_typed_as_a_person_would_and_says_which_zeros_went(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text('code,when,sum,note\n0042,27.11.2026,=1+1,"two\nlines"\n\n"a ""b""",,\n')
    (one,) = brought(tmp_path / "plan.csv", locale="de_DE")
    assert shown(one.book) == [
        ["code", "when", "sum", "note"],
        ["42", "27.11.2026", "2", "two\nlines"],
        ["", "", "", ""],
        ['a "b"', "", "", ""],
    ]
    assert one.losses == ("codes whose leading zeros went, as in Google's own import (keep them: --text): 1 (plan!A2)",)
    (other,) = brought(tmp_path / "plan.csv", as_text=True)
    assert (other.book.tabs[0].cells[1, 0].value, other.book.tabs[0].cells[1, 2].value) == ("0042", "=1+1")


LOOKED_AT = "properties(locale),sheets.data.rowData.values(formattedValue,effectiveValue)"
ODD_TEXTS = """
00123 1E5 MAR1 05/04/2026 2026-04-05 2026-13-05 TRUE true WAHR 1,250 -0 007 20% 12:30 1.5 12345678901234567 0
"""
texts_of_files = st.text("0123456789-/.,:E MARTUFLSn%$€", min_size=1, max_size=10) | st.sampled_from(ODD_TEXTS.split())


@settings(deadline=None, max_examples=60)
@given(st.lists(texts_of_files.filter(str.strip), min_size=1, max_size=12), st.sampled_from(["", "en_US", "de_DE"]))
def test_a_file_that_is_only_looked_at_shows_the_very_texts_that_stand_in_it(texts: list[str], locale: str) -> None:
    with TemporaryDirectory() as folder:
        with (Path(folder) / "plan.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["a", "b"], *([text, "x"] for text in texts)])
        [answer] = answers(Path(folder) / "plan.csv", LOOKED_AT, Settings(locale, as_they_stand=True))
    rows = answer["sheets"][0]["data"][0]["rowData"][1:]
    assert [row["values"][0]["formattedValue"] for row in rows] == texts
    assert answer["properties"] == ({"locale": locale} if locale else {})


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("123", {"numberValue": 123}),
        ("2026-04-05", {"numberValue": 46117}),
        ("TRUE", {"boolValue": True}),
        ("=1+1", {"numberValue": 2}),
        *(
            (text, {"stringValue": text})
            for text in ("00123", "1E5", "MAR1", "05/04/2026", "3/4", "1,250", "20%", "true")
        ),
    ],
)
def test_only_what_is_one_in_every_locale_is_a_number_a_day_or_a_truth(
    tmp_path: Path, text: str, held: dict[str, Any]
) -> None:
    with (tmp_path / "plan.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["a", "b"], [text, "x"]])
    [answer] = answers(tmp_path / "plan.csv", LOOKED_AT, Settings(as_they_stand=True))
    assert answer["sheets"][0]["data"][0]["rowData"][1]["values"][0]["effectiveValue"] == held


def test_a_folder_is_a_workbook_for_each_folder_in_it_with_tabs_in_the_order_people_count(tmp_path: Path) -> None:
    for name in ("Brief/Tab 10.csv", "Brief/Tab 2.csv", "Brief/.hidden.csv", "Brief/notes.pdf", "Legal/Log - A.csv",
                 "Legal/Log - B.csv"):  # fmt: skip
        (tmp_path / "team" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "team" / name).write_text("x\n")
    found, passed = bring_in(State(), tmp_path / "team", Settings())
    assert [(each.book.title, [tab.title for tab in each.book.tabs]) for each in found] == [
        ("Brief", ["Tab 2", "Tab 10"]),
        ("Log", ["A", "B"]),
    ]
    assert [path.name for path in passed] == ["notes.pdf"]


def test_nothing_of_a_folder_comes_in_if_a_part_of_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(made(tmp_path, lambda sheet: sheet.append([1])).read_bytes())
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    state = State()
    with pytest.raises(SandboxError, match=r"b\.xlsx: this is no \.xlsx file"):
        bring_in(state, tmp_path, Settings())
    assert state.workbooks == {}


def test_the_same_file_twice_is_two_spreadsheets_and_one_where_a_restart_brings_it_in(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("a\n")
    state = State()
    ids = [bring_in(state, tmp_path / "plan.csv", Settings())[0][0].book.id for _ in range(2)]
    assert len(set(ids)) == 2
    (again,), _ = bring_in(state, tmp_path / "plan.csv", Settings(), keep=True)
    assert again.kept
    assert again.book.id == ids[0]
    assert len(state.workbooks) == 2


@given(st.lists(st.lists(TEXTS.filter(lambda text: "\0" not in text), min_size=1, max_size=4), min_size=1, max_size=5))
def test_texts_that_go_out_as_csv_run_nowhere_and_come_back(rows: list[list[str]]) -> None:
    state = State()
    book = Workbook("y", "Plan", "en_US", "Etc/GMT", "person@x", tabs=[Tab(0, "../Plan")])
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            book.tabs[0].put(row, column, Cell(text))
    state.commit(book, "x")
    with TemporaryDirectory() as folder:
        (path,), _ = take_out(state, book, Path(folder) / "out")
        assert path == Path(folder) / "out" / "_Plan.csv"
        with path.open(encoding="utf-8", newline="") as file:
            written = [field for line in csv.reader(file) for field in line]
        (again,) = brought(path, as_text=True)
    assert not [field for field in written if field[:1] in tuple("=+-@\t\r")]
    cells = {place: str(cell.value) for place, cell in again.book.tabs[0].cells.items()}
    sent = {place: str(cell.value).encode(errors="replace").decode() for place, cell in book.tabs[0].cells.items()}
    assert cells == {place: defused(text) for place, text in sent.items()}


# ---------------------------------------------------------------- the commands


def test_the_commands_bring_a_workbook_in_and_give_it_back(tmp_path: Path) -> None:
    file = made(tmp_path, lambda sheet: sheet.append(["Code", "=QUERY(A1:A2)", "0042"]))
    state = str(tmp_path / "sandbox.db")
    told = CliRunner().invoke(main, ["sandbox", "import", str(file), "--state", state, "--title", "Q4 plan"])
    assert told.exit_code == 0, told.output
    with closing(State(state)) as memory:
        (one,) = memory.workbooks.values()
    assert f"    spreadsheet: {one.id}\n    tab_id: 0  # Sheet\n" in told.output
    assert "kept, but not calculated here: QUERY" in told.output
    assert f"sheetsync sandbox --state {state}" in told.output
    assert one.role(email_of("sheetsync")) == "writer"
    back = tmp_path / "back.xlsx"
    told = CliRunner().invoke(main, ["sandbox", "export", "q4 PLAN", "--state", state, "--to", str(back)])
    assert told.output == f"written: {back}\n"
    again, _ = read(back)
    assert {place: (cell.value, cell.formula) for place, cell in again.tabs[0].cells.items()} == {
        (0, 0): ("Code", None),
        (0, 1): (None, "=QUERY(A1:A2)"),
        (0, 2): ("0042", None),
    }


def test_a_state_that_a_running_sandbox_holds_is_left_alone(tmp_path: Path, own_accounts: Path) -> None:
    (tmp_path / "plan.csv").write_text("a\n")
    state = str(tmp_path / "sandbox.db")
    with running(state=state, accounts=own_accounts):
        told = CliRunner().invoke(main, ["sandbox", "import", str(tmp_path / "plan.csv"), "--state", state])
    assert told.exit_code == 1
    assert told.output == f"error: {state} is in use by a running sandbox; stop that one (Ctrl-C) first.\n"
    told = CliRunner().invoke(main, ["sandbox", "import", str(tmp_path / "plan.csv"), "--state", state])
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["import", "gone.xlsx", "--state", "new.db"], "gone.xlsx: no such file or folder."),
        (["import", "plan.csv", "--state", "new.db", "--locale", "xx_YY"], "unknown locale 'xx_YY'; write it as de_DE"),
        (["import", "empty", "--state", "new.db"], "nothing to import here"),
        (["export", "x", "--state", "gone.db", "--to", "x.xlsx"], "gone.db: no such state file."),
        (["export", "x", "--state", "there.db", "--to", "x.xlsx"], "no spreadsheet 'x' in this state (there: 'plan' 1"),
        (["export", "plan", "--state", "there.db", "--to", "plan.csv"], "name an .xlsx file, or a folder"),
        (["export", "plan", "--state", "there.db", "--to", "full"], "full: this folder is not empty"),
    ],
)
def test_what_is_typed_wrong_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], part: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.csv").write_text("a\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    CliRunner().invoke(main, ["sandbox", "import", "plan.csv", "--state", "there.db"])
    told = CliRunner().invoke(main, ["sandbox", *arguments])
    assert told.exit_code in (1, 2)
    assert told.output.startswith("error: ")
    assert part in told.output
    assert told.output.count("\n") == 1
    assert not Path("new.db").exists() or "locale" in part or "nothing" in part


@pytest.mark.e2e
def test_a_sandbox_started_with_an_import_serves_it_under_the_same_id_each_time(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("a;1,5\n")
    command = ["sandbox", "--port", "0", "--import", "plan.csv", "--locale", "de_DE", "--state", "s.db"]
    found = []
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", "from sheetsync.faces.cli import main; main()", *command],
            cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
        assert process.stdout is not None
        lines: list[str] = []
        while not (line := process.stdout.readline()).startswith("sandbox ready"):
            assert line, lines
            lines.append(line)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        process.stdout.close()
        found.append("".join(lines))
    with closing(State(str(tmp_path / "s.db"))) as memory:
        (book,) = memory.workbooks.values()
    assert f"spreadsheet: {book.id}" in found[0]
    assert found[1] == f"plan: there already, left as it is ({book.id})\n"
    assert book.tabs[0].cells[0, 1].value == 1.5
