"""Bad input: one clear line with place and remedy, the right exit code, the others done, nothing half-written."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sheetsync.faces.cli import main
from tests.season import Season, season

BRIEFS = "1NorthlightPartnerBriefsQ42026demo00000001"
LANDING = "1NorthlightLandingPagesQ42026demo00000002"
UTM = "1NorthlightUtmBuilderQ42026demo0000000003"


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Season]:
    with season(tmp_path) as it:
        yield it


def run(loaded: Season, *arguments: str, **environ: str) -> Result:
    """The command in this process, under the season's environment."""
    runner = CliRunner()
    result = runner.invoke(
        main, [*arguments, "--config", str(loaded.folder)], env=loaded.environment | environ, prog_name="sheetsync"
    )
    assert "Traceback" not in result.output
    return result


#: a person says yes to writing for the first time
YES = ("--accept", "first_write")


def reconciled(loaded: Season, exit_code: int) -> Mapping[str, Any]:
    result = run(loaded, "reconcile", "--json", *YES)
    assert result.exit_code == exit_code, result.output
    document: Mapping[str, Any] = json.loads(result.stdout)
    return document


def trouble(document: Mapping[str, Any], source: str) -> str:
    told = {entry["source"]: entry["trouble"] for entry in document["run"]["sources"]}
    text = told[source]
    assert text, told
    assert "\n" not in text
    return str(text)


def edit(loaded: Season, file: str, old: str, new: str) -> None:
    path = loaded.folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def written(document: Mapping[str, Any]) -> set[str]:
    return {write["spreadsheet"] for write in document["written"] if write["state"] == "verified"}


def type_into(loaded: Season, spreadsheet: str, tab_id: int, row: int, column: int, text: str) -> None:
    """A person types text into a 0-based cell."""
    where = {"sheetId": tab_id, "rowIndex": row, "columnIndex": column}
    cell = {"userEnteredValue": {"stringValue": text}}
    request = {"start": where, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}
    loaded.sandbox.act(spreadsheet, [{"updateCells": request}])


def test_a_missing_workbook_is_named_and_the_others_are_done(loaded: Season) -> None:
    edit(loaded, "sources.yaml", LANDING, "1NobodyHasThisSpreadsheet000000000000000")
    document = reconciled(loaded, 14)
    assert "1NobodyHasThisSpreadsheet000000000000000" in trouble(document, "landing")
    assert "configuration" in trouble(document, "landing")
    assert written(document) == {BRIEFS, UTM}
    held = [line["reason"] for line in document["withheld"] if line["source"] == "utm"]
    assert any("Landing pages could not be read" in reason for reason in held)
    assert not any(line["source"] == "utm" for line in document["generated"]), "no link without its landing page"


def test_an_unshared_workbook_names_the_address_to_share_it_with(loaded: Season) -> None:
    environ = {"SHEETSYNC_CREDENTIALS": str(loaded.place / "accounts" / "stranger.json")}
    from sheetsync.sandbox import issue_accounts

    for account in issue_accounts(loaded.place / "accounts", ["stranger"], loaded.sandbox.base):
        loaded.sandbox.state.register(account)
    result = run(loaded, "reconcile", "--json", *YES, **environ)
    assert result.exit_code == 14, result.output
    document = json.loads(result.stdout)
    assert "stranger@" in trouble(document, "briefs")
    assert "share" in trouble(document, "briefs").lower()
    assert written(document) == set()


def test_a_reader_may_look_but_the_write_is_refused_in_one_line(loaded: Season) -> None:
    environ = {"SHEETSYNC_CREDENTIALS": str(loaded.place / "accounts" / "second.json")}
    before = {book: loaded.sandbox.export(book) for book in (BRIEFS, LANDING, UTM)}
    result = run(loaded, "reconcile", "--json", *YES, **environ)
    assert result.exit_code == 14, result.output
    document = json.loads(result.stdout)
    assert len(document["flags"]) == 17
    assert {write["state"] for write in document["written"]} == {"failed"}
    assert "second@" in trouble(document, "briefs")
    assert {book: loaded.sandbox.export(book) for book in before} == before, "nothing half-written"


def test_an_unknown_tab_lists_the_tabs_there_are(loaded: Season) -> None:
    edit(loaded, "sources.yaml", "tab_id: 1204", "tab_id: 99")
    document = reconciled(loaded, 14)
    told = trouble(document, "landing")
    assert "no tab with id 99" in told
    assert "'Zielseiten' (1204)" in told
    assert written(document) == {BRIEFS, UTM}


def test_without_a_header_the_nearest_row_and_the_missing_header_are_named(loaded: Season) -> None:
    type_into(loaded, LANDING, 1204, 2, 0, "Nummer")
    document = reconciled(loaded, 14)
    told = trouble(document, "landing")
    assert "'Kampagnen-Nr.'" in told
    assert "row 3" in told
    assert "sources.landing.columns" in told
    assert written(document) == {BRIEFS, UTM}


def test_an_unparseable_date_is_a_flag_and_stops_nothing(loaded: Season) -> None:
    type_into(loaded, LANDING, 1204, 5, 6, "übermorgen vielleicht")
    document = reconciled(loaded, 0)
    flag = next(flag for flag in document["flags"] if flag["cell"] == "G6" and flag["source"] == "landing")
    assert (flag["kind"], flag["found"]) == ("unreadable", "übermorgen vielleicht")
    assert written(document) == {BRIEFS, LANDING, UTM}


def test_two_rows_with_one_key_are_flagged_and_nothing_is_concluded_from_them(loaded: Season) -> None:
    type_into(loaded, LANDING, 1204, 8, 0, "NL-1003")
    document = reconciled(loaded, 0)
    rows = {
        flag["row"] for flag in document["flags"] if flag["kind"] == "duplicate_row" and flag["source"] == "landing"
    }
    assert rows == {6, 9}
    held = {line["row"]: line["reason"] for line in document["withheld"] if line["source"] == "utm"}
    assert "two rows" in held[5]


def test_a_config_with_five_mistakes_tells_all_five_with_file_line_and_suggestion(loaded: Season) -> None:
    edit(loaded, "sources.yaml", "mode: sidecar", "mode: sidecart")
    edit(loaded, "sources.yaml", "    readers_see: full", "    reader_see: full")
    edit(loaded, "handoffs.yaml", "  offer: briefs", "  offer: brief")
    edit(loaded, "handoffs.yaml", "      flight_end: equal", "      flight_ende: equal")
    edit(loaded, "tracking.yaml", "  max_length: 2048", "  max_length: long")
    result = run(loaded, "reconcile")
    assert result.exit_code == 2
    lines = [line for line in result.stderr.splitlines() if ".yaml:" in line]
    assert len(lines) == 5, result.stderr
    for word in ("sidecar", "readers_see", "briefs", "flight_end", "max_length"):
        assert any(word in line for line in lines), (word, lines)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda path: path.unlink(), "sheetsync.json"),
        (lambda path: path.write_text("not json"), "sheetsync.json"),
        (lambda path: path.write_text('{"type": "authorized_user"}'), "sheetsync.json"),
        (lambda path: path.write_text(path.read_text().replace("MII", "XII", 1)), "sheetsync.json"),
    ],
)
def test_a_wrong_key_file_is_named_and_never_shown(loaded: Season, spoil: Callable[[Path], Any], word: str) -> None:
    path = loaded.place / "accounts" / "sheetsync.json"
    secret = json.loads(path.read_text())["private_key"].splitlines()[3]
    spoil(path)
    result = run(loaded, "reconcile")
    assert result.exit_code == 2, result.output
    assert word in result.stderr
    assert secret not in result.output
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_key_google_does_not_know_is_told_as_such(loaded: Season, tmp_path: Path) -> None:
    from sheetsync.sandbox import issue_accounts

    issue_accounts(tmp_path / "other", ["sheetsync"], loaded.sandbox.base)
    shutil.copy(tmp_path / "other" / "sheetsync.json", loaded.place / "accounts" / "sheetsync.json")
    document = reconciled(loaded, 14)
    assert "key" in trouble(document, "briefs")
    assert written(document) == set()


def test_a_sandbox_that_is_not_running_says_how_to_start_it(loaded: Season) -> None:
    result = run(loaded, "reconcile", SHEETS_EMULATOR_HOST="http://127.0.0.1:9")
    assert result.exit_code == 14, result.output
    assert "sheetsync sandbox" in result.output


def test_no_credentials_at_all_points_to_the_demo(loaded: Season) -> None:
    result = run(loaded, "reconcile", SHEETSYNC_CREDENTIALS="")
    assert result.exit_code == 2
    assert "sheetsync demo" in result.stderr


def test_a_source_that_turns_up_empty_is_left_alone_until_somebody_says_so(loaded: Season) -> None:
    reconciled(loaded, 0)
    loaded.sandbox.act(
        LANDING,
        [{"deleteDimension": {"range": {"sheetId": 1204, "dimension": "ROWS", "startIndex": 3, "endIndex": 17}}}],
    )
    document = reconciled(loaded, 12)
    assert "--accept empty:landing" in trouble(document, "landing")
    assert document["written"] == []
    assert len([line for line in document["generated"] if line["source"] == "utm"]) == 5, "links do not flap"
    result = run(loaded, "reconcile", "--json", "--accept", "empty:landing")
    assert result.exit_code == 0, result.output


def test_a_second_run_at_the_same_time_is_told_so(loaded: Season) -> None:
    world = loaded.world()
    with world.leases.hold("run"):
        result = run(loaded, "reconcile")
    assert result.exit_code == 13
    assert "Another run" in result.stderr


def test_unknown_records_and_fields_get_a_suggestion(loaded: Season) -> None:
    reconciled(loaded, 0)
    assert run(loaded, "truth", "NL-9999").exit_code == 2
    result = run(loaded, "truth", "NL-1003", "flight_ende")
    assert result.exit_code == 2
    assert "flight_end" in result.stderr


def test_what_an_unreachable_source_could_not_say_before_it_still_cannot_say(loaded: Season) -> None:
    first = reconciled(loaded, 0)
    edit(loaded, "sources.yaml", BRIEFS, "1NobodyHasThisSpreadsheet000000000000000")
    second = reconciled(loaded, 14)
    said = [
        {(line["row"], line["reason"].partition(" (")[0]) for line in document["withheld"] if line["source"] == "utm"}
        for document in (first, second)
    ]
    assert said[0] == said[1], "other teams' sheets do not flap"
    assert second["requests"]["writes"] == 0


def test_a_run_that_never_began_leaves_no_trace_of_one(loaded: Season) -> None:
    assert run(loaded, "reconcile", SHEETSYNC_CREDENTIALS="").exit_code == 2
    assert not (loaded.place / "ledger.db").exists()
    result = run(loaded, "status")
    assert result.exit_code == 1
    assert "no run yet" in result.stderr


def test_a_password_in_a_landing_page_is_flagged_and_never_shown(loaded: Season) -> None:
    secret = "-".join(("hunter2", "swordfish"))
    type_into(loaded, LANDING, 1204, 3, 3, f"https://web:{secret}@www.northlight.example/singles-day")
    result = run(loaded, "reconcile", *YES)
    assert result.exit_code == 0
    assert "credentials" in result.stdout
    assert secret not in result.output
    for book in (BRIEFS, UTM):
        assert secret not in json.dumps(loaded.sandbox.export(book))
    ours = loaded.sandbox.grid(LANDING, "sheetsync")
    assert not any(secret in text for row in ours for text in row)
