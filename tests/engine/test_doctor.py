"""The doctor at the three teams' sheets: each trouble of a newcomer is found, named and given its remedy."""

import json
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from sheetsync.adapters.sql_schema import HEAD
from sheetsync.faces.doctor import doctor_document, doctor_text
from sheetsync.sandbox.model import XLSX_MIME
from tests.season import Season, season

BRIEFS = "1NorthlightPartnerBriefsQ42026demo00000001"
LANDING = "1NorthlightLandingPagesQ42026demo00000002"
UTM = "1NorthlightUtmBuilderQ42026demo0000000003"
ADDRESS = "sheetsync@sandbox.iam.gserviceaccount.com"
AUTH = "https://www.googleapis.com/auth/"
CONSOLE = "https://console.developers.google.com/apis/api"
DOCUMENT = "application/vnd.google-apps.document"

Document = Mapping[str, Any]


class Patient:
    """The season, and the environment of somebody who runs the doctor on it."""

    def __init__(self, loaded: Season, monkeypatch: pytest.MonkeyPatch) -> None:
        self.season, self.sandbox, self.environ = loaded, loaded.sandbox, monkeypatch
        monkeypatch.chdir(loaded.place)
        for name, value in loaded.environment.items():
            monkeypatch.setenv(name, value)

    def examined(self) -> Document:
        return doctor_document(Path("config"), lambda _: None)

    def change(self, file: str, old: str, new: str) -> None:
        path = self.season.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def line(self, file: str, text: str) -> int:
        whole = (self.season.folder / file).read_text(encoding="utf-8")
        return whole[: whole.index(text)].count("\n") + 1

    def ledger(self, *statements: str) -> Path:
        """A ledger as a run leaves it, open nowhere, with something done to it since."""
        self.season.reconcile()
        path = self.season.place / "memory" / "ledger.db"
        path.parent.mkdir()
        with closing(sqlite3.connect(self.season.place / "ledger.db")) as left, closing(sqlite3.connect(path)) as copy:
            left.backup(copy)
            for statement in statements:
                copy.execute(statement)
            copy.commit()
        self.environ.setenv("SHEETSYNC_LEDGER", str(path))
        return path


@pytest.fixture
def patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Patient]:
    with season(tmp_path) as loaded:
        yield Patient(loaded, monkeypatch)


def _ills(document: Document) -> dict[str, tuple[str, str]]:
    """What is not well: check -> verdict, and all its words."""
    return {
        check["check"]: (check["verdict"], " | ".join(f"{f['said']} -> {f['remedy']}" for f in check["findings"]))
        for check in document["checks"]
        if check["verdict"] in ("warn", "FAIL")
    }


def _skipped(document: Document) -> dict[str, list[int]]:
    return {check["check"]: check["because"] for check in document["checks"] if check["verdict"] == "skip"}


def test_where_all_is_well_every_check_says_so_and_the_address_to_share_with(patient: Patient) -> None:
    document = patient.examined()
    assert _ills(document) == {}
    assert (document["exit_code"], document["counts"]["ok"]) == (0, len(document["checks"]))
    assert [check["number"] for check in document["checks"]] == list(range(1, len(document["checks"]) + 1))
    titles = [check["check"] for check in document["checks"]]
    assert titles[:7] == [
        *("configuration", "installation", "credentials", "network", "access token", "Sheets API", "Drive API")
    ]
    assert titles[-3:] == ["table (official)", "ledger", "quota"]
    said = {check["check"]: check["findings"][0]["said"] for check in document["checks"]}
    assert ADDRESS in said["credentials"]
    assert said["tab (briefs)"] == "header in row 4 of 'Q4 briefs', 12 rows, each of 10 mapped columns found"
    assert said["quota"].startswith("this look took 7 of the 60 reads a minute")


def test_nothing_is_written_anywhere(patient: Patient) -> None:
    ledger = patient.ledger()
    before = [patient.sandbox.export(book) for book in (BRIEFS, LANDING, UTM)]
    files = {file: file.read_bytes() for file in ledger.parent.iterdir()}
    patient.sandbox.requests.clear()
    document = patient.examined()
    assert _ills(document) == {}
    assert {request.method for request in patient.sandbox.requests if request.path != "/token"} == {"GET"}
    assert [patient.sandbox.export(book) for book in (BRIEFS, LANDING, UTM)] == before
    assert {file: file.read_bytes() for file in ledger.parent.iterdir()} == files
    assert list(files) == [ledger]


# ---------------------------------------------------------------- the account and the way


def _revoke(patient: Patient) -> None:
    patient.sandbox.revoke_key("sheetsync")


def _narrow(patient: Patient) -> None:
    patient.sandbox.narrow(f"{AUTH}drive.metadata.readonly")


def _narrow_drive(patient: Patient) -> None:
    patient.sandbox.narrow(f"{AUTH}spreadsheets")


def _no_sheets(patient: Patient) -> None:
    patient.sandbox.enable("sheets", False)


def _no_drive(patient: Patient) -> None:
    patient.sandbox.enable("drive", False)


def _no_key(patient: Patient) -> None:
    patient.environ.delenv("SHEETSYNC_CREDENTIALS")


def _lost_key(patient: Patient) -> None:
    patient.environ.setenv("SHEETSYNC_CREDENTIALS", "/nowhere/key.json")


def _another_kind_of_key(patient: Patient) -> None:
    key = patient.season.place / "oauth.json"
    key.write_text('{"installed": {"client_secret": "hunter2"}}')
    key.chmod(0o600)
    patient.environ.setenv("SHEETSYNC_CREDENTIALS", str(key))


def _open_key(patient: Patient) -> None:
    patient.sandbox.key_file("sheetsync").chmod(0o644)


def _nobody_answers(patient: Patient) -> None:
    patient.environ.setenv("SHEETS_EMULATOR_HOST", "127.0.0.1:9")


Act = Callable[[Patient], None]


@pytest.mark.parametrize(
    ("act", "check", "verdict", "words"),
    [
        (_no_key, "credentials", "FAIL", ("no service-account key", "SHEETSYNC_CREDENTIALS", "sheetsync.yaml:")),
        (_lost_key, "credentials", "FAIL", ("/nowhere/key.json: there is no such key file", "google.credentials_env")),
        (
            _another_kind_of_key,
            "credentials",
            "FAIL",
            ("not the key of a service account", "Create a key of type JSON"),
        ),
        (_open_key, "credentials", "warn", ("can be read by other users", "chmod 600 ")),
        (_nobody_answers, "network", "FAIL", ("nothing answers at http://127.0.0.1:9", "`sheetsync sandbox`")),
        (_revoke, "access token", "FAIL", (ADDRESS, "Invalid JWT Signature", "The key was revoked")),
        (_narrow, "Sheets API", "FAIL", ("does not cover spreadsheets", "scopes")),
        (_no_sheets, "Sheets API", "FAIL", ("not enabled", f"{CONSOLE}/sheets.googleapis.com/overview?project=")),
        (_no_drive, "Drive API", "warn", ("not enabled", f"{CONSOLE}/drive.googleapis.com/overview?project=")),
        (_narrow_drive, "Drive API", "warn", ("does not cover it", "scopes")),
    ],
)
def test_what_is_wrong_on_the_way_to_google_is_told_apart(
    patient: Patient, act: Act, check: str, verdict: str, words: tuple[str, ...]
) -> None:
    act(patient)
    document = patient.examined()
    ills = _ills(document)
    assert list(ills) == [check]
    assert ills[check][0] == verdict
    assert all(word in ills[check][1] for word in words), ills[check][1]
    assert document["exit_code"] == (verdict == "FAIL")
    assert "hunter2" not in json.dumps(document)


@pytest.mark.parametrize(("hours", "word"), [(-2, "2 h fast"), (2, "2 h slow")])
def test_a_wrong_clock_is_measured_and_the_token_asked_for_all_the_same(
    patient: Patient, hours: int, word: str
) -> None:
    patient.sandbox.clock = lambda: datetime.now(UTC) + timedelta(hours=hours)
    ills = _ills(patient.examined())
    assert list(ills) == ["network", "access token"]
    assert word in ills["network"][1]
    assert "Set this computer's clock." in ills["access token"][1]


def test_a_minute_is_not_too_much(patient: Patient) -> None:
    patient.sandbox.clock = lambda: datetime.now(UTC) + timedelta(seconds=50)
    assert _ills(patient.examined()) == {}


def test_without_drive_only_the_rights_are_not_looked_at(patient: Patient) -> None:
    patient.sandbox.enable("drive", False)
    document = patient.examined()
    drive = next(check["number"] for check in document["checks"] if check["check"] == "Drive API")
    assert _skipped(document) == {f"rights ({name})": [drive] for name in ("briefs", "landing", "utm")}


def test_without_a_key_what_needs_none_is_looked_at(patient: Patient) -> None:
    _lost_key(patient)
    document = patient.examined()
    skipped = _skipped(document)
    assert set(map(tuple, skipped.values())) == {(3,)}
    assert not skipped.keys() & {"installation", "network", "table (official)", "ledger"}


# ---------------------------------------------------------------- each spreadsheet


def _observed(patient: Patient) -> None:
    patient.change("sources.yaml", "mode: columns", "mode: observe")


def test_an_unshared_spreadsheet_says_with_whom_and_as_what_to_share_it(patient: Patient) -> None:
    patient.sandbox.unshare(BRIEFS, "sheetsync")
    verdict, told = _ills(patient.examined())["spreadsheet (briefs)"]
    assert verdict == "FAIL"
    assert f"Share 'Partner briefs' with {ADDRESS} as Editor" in told
    assert f"/spreadsheets/d/{BRIEFS}/edit" in told
    _observed(patient)
    assert "as Viewer" in _ills(patient.examined())["spreadsheet (briefs)"][1]


def test_an_unknown_id_names_the_setting_and_its_line(patient: Patient) -> None:
    patient.change("sources.yaml", BRIEFS, "1NoSuchSpreadsheet")
    document = patient.examined()
    told = _ills(document)["spreadsheet (briefs)"][1]
    line = patient.line("sources.yaml", "1NoSuchSpreadsheet")
    assert "no spreadsheet with the id 1NoSuchSpreadsheet" in told
    assert f"`sources.briefs.spreadsheet` (config/sources.yaml:{line})" in told
    assert set(_skipped(document)) == {"rights (briefs)", "tab (briefs)"}
    assert _ills(document).keys() == {"spreadsheet (briefs)"}


@pytest.mark.parametrize("drive", [True, False])
def test_an_excel_file_is_known_with_drive_and_without(patient: Patient, drive: bool) -> None:
    patient.sandbox.become(BRIEFS, XLSX_MIME)
    patient.sandbox.enable("drive", drive)
    told = _ills(patient.examined())["spreadsheet (briefs)"][1]
    assert "is an Excel file (.xlsx) in Drive" in told
    assert "File > Save as Google Sheets" in told


def test_a_document_is_told_from_what_is_not_there(patient: Patient) -> None:
    patient.sandbox.become(BRIEFS, DOCUMENT)
    assert "is no spreadsheet (document)" in _ills(patient.examined())["spreadsheet (briefs)"][1]


def test_a_spreadsheet_in_the_trash_and_one_that_may_only_be_read(patient: Patient) -> None:
    patient.sandbox.trash(LANDING)
    patient.sandbox.share(UTM, "sheetsync", "reader")
    ills = _ills(patient.examined())
    assert ills.keys() == {"rights (landing)", "rights (utm)"}
    assert "is in the trash" in ills["rights (landing)"][1]
    assert f"Share 'UTM builder' with {ADDRESS} as Editor" in ills["rights (utm)"][1]


def test_where_nothing_is_written_reading_is_enough(patient: Patient) -> None:
    patient.sandbox.share(BRIEFS, "sheetsync", "reader")
    _observed(patient)
    assert _ills(patient.examined()) == {}


def test_a_tab_that_is_not_there_and_headers_that_are_not(patient: Patient) -> None:
    patient.change("sources.yaml", "tab_id: 0", "tab_id: 77")
    patient.change("sources.yaml", "tab_id: 1204", "tab_id: 9")
    ills = _ills(patient.examined())
    assert "has no tab with id 77" in ills["tab (briefs)"][1]
    assert "Q4 briefs' (0)" in ills["tab (briefs)"][1]
    assert set(ills) == {"tab (briefs)", "tab (landing)"}


def test_a_missing_column_names_its_header_and_the_setting(patient: Patient) -> None:
    patient.change("sources.yaml", "flight_end: Ends", "flight_end: Finishes")
    line = patient.line("sources.yaml", "flight_end: Finishes")
    verdict, told = _ills(patient.examined())["tab (briefs)"]
    assert verdict == "warn"
    assert "no column is headed 'Finishes' (field flight_end)" in told
    assert f"`sources.briefs.columns.flight_end` (config/sources.yaml:{line})" in told


def test_merged_keys_keep_columns_away_and_the_doctor_says_so(patient: Patient) -> None:
    box = {"sheetId": 0, "startRowIndex": 6, "endRowIndex": 8, "startColumnIndex": 2, "endColumnIndex": 3}
    patient.sandbox.act(BRIEFS, [{"mergeCells": {"range": box, "mergeType": "MERGE_ALL"}}])
    verdict, told = _ills(patient.examined())["tab (briefs)"]
    assert (verdict, "key cells are merged" in told, "mode: sidecar" in told) == ("warn", True, True)


# ---------------------------------------------------------------- what is ours


def test_a_system_of_record_that_is_not_there_or_lacks_the_table(patient: Patient) -> None:
    connection = sqlite3.connect(patient.season.place / "records.db")
    connection.execute("ALTER TABLE campaigns RENAME TO campaign")
    connection.close()
    assert "no table 'campaigns'" in _ills(patient.examined())["table (official)"][1]
    patient.environ.setenv("SHEETSYNC_RECORDS", "/nowhere/records.db")
    told = _ills(patient.examined())["table (official)"][1]
    assert "no records database at /nowhere/records.db" in told
    assert "SHEETSYNC_RECORDS" in told


LEASE = "INSERT INTO leases VALUES ('run', 'ann@elsewhere', 7, 'x', '{0}', '{1}')"


def test_a_ledger_that_is_newer_held_or_in_no_place_for_one(patient: Patient) -> None:
    now = datetime.now(UTC)
    path = patient.ledger()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    columns = connection.execute("SELECT * FROM leases").description
    assert [column[0] for column in columns] == ["name", "owner", "pid", "token", "acquired", "expires"]
    connection.execute(LEASE.format((now - timedelta(minutes=5)).isoformat(), (now + timedelta(minutes=5)).isoformat()))
    connection.commit()
    verdict, told = _ills(patient.examined())["ledger"]
    assert (verdict, "Another run (ann@elsewhere, pid 7, for 5 min) holds the lock" in told) == ("warn", True)
    connection.execute("UPDATE sheetsync_revision SET version_num = '9999'")
    connection.commit()
    connection.close()
    verdict, told = _ills(patient.examined())["ledger"]
    assert (verdict, "written by a newer sheetsync" in told) == ("FAIL", True)
    (patient.season.place / "plain").write_text("x")
    patient.environ.setenv("SHEETSYNC_LEDGER", str(patient.season.place / "plain" / "ledger.db"))
    verdict, told = _ills(patient.examined())["ledger"]
    assert (verdict, "is not writable" in told, "SHEETSYNC_LEDGER" in told) == ("FAIL", True, True)


def test_an_older_ledger_is_left_as_it_is(patient: Patient) -> None:
    path = patient.ledger("UPDATE sheetsync_revision SET version_num = '0004'")
    assert HEAD != "0004"
    said = next(check for check in patient.examined()["checks"] if check["check"] == "ledger")["findings"]
    assert "the next run brings it up to date" in said[0]["said"]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT version_num FROM sheetsync_revision").fetchall() == [("0004",)]
    connection.close()


@pytest.mark.parametrize(("content", "word"), [("no database", "is not a database"), (None, "belongs to another")])
def test_a_file_that_is_no_ledger_is_named(patient: Patient, content: str | None, word: str) -> None:
    path = patient.season.place / "other.db"
    if content is None:
        shutil.copy(patient.season.place / "records.db", path)
    else:
        path.write_text(content * 200)
    patient.environ.setenv("SHEETSYNC_LEDGER", str(path))
    assert word in _ills(patient.examined())["ledger"][1]


def test_a_full_disk_is_foretold(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(patient.season.place)._replace(free=150 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    verdict, told = _ills(patient.examined())["ledger"]
    assert (verdict, "only 150 MB are free" in told) == ("warn", True)


def test_a_configuration_that_does_not_load_is_the_first_check_with_all_its_problems(patient: Patient) -> None:
    patient.change("sheetsync.yaml", "timeout_seconds: 30", "timeout_seconds: soon")
    patient.change("sources.yaml", "mode: columns", "mode: colums")
    document = patient.examined()
    assert document["exit_code"] == 2
    first = document["checks"][0]
    assert (first["check"], len(first["findings"])) == ("configuration", 2)
    assert all("config/" in finding["said"] for finding in first["findings"])
    assert document["checks"][1]["verdict"] == "ok"
    assert set(map(tuple, _skipped(document).values())) == {(1,)}


# ---------------------------------------------------------------- the screen


def test_no_line_is_wider_than_a_screen_and_what_people_copy_is_never_broken(patient: Patient) -> None:
    patient.sandbox.unshare(BRIEFS, "sheetsync")
    patient.sandbox.trash(LANDING)
    lines = [click.unstyle(line) for line in doctor_text(patient.examined(), 80)]
    wide = [line for line in lines if len(line) > 80]
    assert all(len(line.split()) == 1 for line in wide), wide
    assert any(f"/spreadsheets/d/{BRIEFS}/edit" in line for line in lines)
    assert sum(ADDRESS in line for line in lines) >= 3
    assert lines[-1] == "15 ok, 0 warn, 2 FAIL, 2 not looked at"


def test_without_a_network_google_is_not_reached_and_what_is_ours_is_looked_at(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_args: Any, **_kwargs: Any) -> Any:
        raise socket.gaierror("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    key = json.loads(patient.sandbox.key_file("sheetsync").read_text())
    real = patient.season.place / "real.json"
    real.write_text(json.dumps(key | {"token_uri": "https://oauth2.googleapis.com/token"}))
    real.chmod(0o600)
    patient.environ.setenv("SHEETSYNC_CREDENTIALS", str(real))
    patient.environ.delenv("SHEETS_EMULATOR_HOST")
    document = patient.examined()
    assert _ills(document) == {"network": ("FAIL", "Google cannot be reached -> Check the network.")}
    assert {"table (official)", "ledger"}.isdisjoint(_skipped(document))
