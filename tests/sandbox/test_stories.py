"""Stories: a folder of CSV and YAML becomes workbooks as if people had typed them."""

from pathlib import Path

import pytest

from sheetsync.sandbox import Running, SandboxError, State, email_of, load_story, running
from tests.sandbox.conftest import Api

WORKBOOK = """
id: brief-2026
title: Herbstbrief
locale: de_DE
time_zone: Europe/Berlin
owner: anna@brand.example
shared_with: {sheetsync: writer, second: reader}
tabs:
  - {title: Plan, id: 0, file: plan, frozen_rows: 1}
  - {title: Archiv, id: 7, file: archive.csv, hidden: true}
"""
PLAN = """Code,Start,Budget,Seite,Summe
0042,27.11.2026,"1.250,00 €",Landing,=SUM(C2:C3)
0043,1.12.2026,"2.000,00 €",'=kein,
"""
DETAILS = """
text: ["A2:A20"]
formats: {"B2:B20": {type: DATE, pattern: "ddd d mmm"}}
links: {D2: "https://example.com/x"}
notes: {C3: "unklar"}
merges: ["E2:E3"]
chips: {A3: "https://docs.google.com/document/d/brief/edit"}
struck: ["B3:C3"]
checkboxes: ["E3"]
hidden_rows: [3]
"""


def write_story(folder: Path, workbook: str = WORKBOOK, plan: str = PLAN, details: str = DETAILS) -> Path:
    book = folder / "story" / "brief"
    book.mkdir(parents=True)
    (book / "workbook.yaml").write_text(workbook, encoding="utf-8")
    (book / "plan.csv").write_text(plan, encoding="utf-8")
    (book / "plan.yaml").write_text(details, encoding="utf-8")
    (book / "archive.csv").write_text("alt\n", encoding="utf-8")
    return folder / "story"


def test_a_story_reads_as_people_typed_it(tmp_path: Path, own_accounts: Path) -> None:
    with running(accounts=own_accounts, stories=[write_story(tmp_path)]) as sandbox:
        assert sandbox.grid("brief-2026", "Plan") == [
            ["Code", "Start", "Budget", "Seite", "Summe"],
            ["0042", "Fr. 27 Nov.", "1.250,00 €", "Landing", "3.250,00 €"],
            ["0043", "Di. 1 Dez.", "2.000,00 €", "=kein", ""],
        ]
        api = Api(sandbox, "sheetsync")
        cells = "hyperlink,note,chipRuns,dataValidation,userEnteredFormat.textFormat.strikethrough"
        data = f"data(rowData.values({cells}),rowMetadata.hiddenByUser)"
        mask = f"properties.title,sheets(properties(title,hidden,gridProperties),merges,{data})"
        view = api.call("GET", "/v4/spreadsheets/brief-2026", fields=mask).json()
        plan, archive = view["sheets"]
        assert plan["properties"]["gridProperties"] == {"rowCount": 100, "columnCount": 8, "frozenRowCount": 1}
        assert archive["properties"]["hidden"] is True
        assert plan["data"][0]["rowData"][1]["values"][3]["hyperlink"] == "https://example.com/x"
        chip, struck, noted, _, box = plan["data"][0]["rowData"][2]["values"]
        assert chip["chipRuns"] == [
            {"chip": {"richLinkProperties": {"uri": "https://docs.google.com/document/d/brief/edit"}}}
        ]
        assert struck["userEnteredFormat"] == {"textFormat": {"strikethrough": True}}
        assert noted["note"] == "unklar"
        assert box["dataValidation"] == {"condition": {"type": "BOOLEAN"}}
        assert plan["data"][0]["rowMetadata"][2] == {"hiddenByUser": True}
        assert plan["merges"][0]["startColumnIndex"] == 4
        owner = api.call("GET", "/drive/v3/files/brief-2026", fields="owners").json()["owners"][0]
        assert owner["emailAddress"] == "anna@brand.example"


def test_loading_again_keeps_what_happened_since(tmp_path: Path) -> None:
    story, file = write_story(tmp_path), str(tmp_path / "state.db")
    state = State(file)
    assert load_story(state, story) == ["brief-2026"]
    changed = state.workbooks["brief-2026"].copied()
    changed.title = "changed"
    state.commit(changed, "x")
    state.close()
    again = State(file)
    load_story(again, story)
    assert again.workbooks["brief-2026"].title == "changed"
    again.close()


def test_a_story_says_who_sees_a_workbook_and_a_restart_keeps_it(tmp_path: Path) -> None:
    shares = "shared_with: {sheetsync: commenter, anyone: reader, '@brand.example': writer}"
    story = write_story(tmp_path, WORKBOOK.replace("shared_with: {sheetsync: writer, second: reader}", shares))
    file = str(tmp_path / "state.db")
    for _ in ("loaded", "after a restart"):
        state = State(file)
        load_story(state, story)
        book = state.workbooks["brief-2026"]
        asked = (email_of("sheetsync"), "carl@brand.example", "stranger@elsewhere.example", "anna@brand.example")
        assert [book.role(account) for account in asked] == ["commenter", "writer", "reader", "owner"]
        state.close()


@pytest.mark.parametrize(
    ("workbook", "details", "part"),
    [
        ("id: x", "", "title must be a text"),
        (WORKBOOK + "colour: red", "", "unknown key 'colour'"),
        (WORKBOOK.replace("Europe/Berlin", "Mars"), "", "unknown time_zone 'Mars'"),
        (WORKBOOK.replace("reader", "boss"), "", "shared_with knows writer, commenter and reader"),
        (WORKBOOK.replace("id: 7", "id: 0"), "", "two tabs"),
        (WORKBOOK.replace("archive.csv", "gone"), "", "gone.csv: cannot be read"),
        ("{", "", "workbook.yaml: cannot be read"),
        (WORKBOOK, "merges: [x]", "'x' is not a range"),
        (WORKBOOK, "formats: {A1: DATE}", "must have a type"),
        (WORKBOOK, "hidden_rows: [0]", "hidden_rows must list row numbers"),
    ],
)
def test_a_broken_story_names_the_file_and_the_fault(tmp_path: Path, workbook: str, details: str, part: str) -> None:
    story = write_story(tmp_path, workbook, details=details)
    with pytest.raises(SandboxError, match=part):
        load_story(State(), story)


def test_a_folder_without_a_story_is_an_error(tmp_path: Path, sandbox: Running) -> None:
    with pytest.raises(SandboxError, match="no story here"):
        load_story(sandbox.state, tmp_path / "none")
