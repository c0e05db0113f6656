"""Starting, stopping, restarting; the side view for tests; real client libraries."""

import json
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests
from google.oauth2 import service_account

from sheetsync.sandbox import RequestRecord, Running, SandboxError, State, issue_accounts, running, serve
from tests.sandbox.conftest import AUTH, BOOK, Api, add_workbook, grid_range


class Credentials(service_account.Credentials):
    """google-auth would ask Google for a regional boundary, with the token, whatever `token_uri` says."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


def gspread_client(sandbox: Running) -> gspread.Client:
    class Redirected(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> Any:
            for host in ("https://sheets.googleapis.com", "https://www.googleapis.com"):
                endpoint = endpoint.replace(host, sandbox.base)
            return super().request(method, endpoint, *args, **kwargs)

    scopes = [f"{AUTH}spreadsheets", f"{AUTH}drive"]
    make: Any = Credentials.from_service_account_file
    credentials = make(str(sandbox.key_file("sheetsync")), scopes=scopes)
    client = gspread.Client(auth=credentials, http_client=Redirected)
    client.set_timeout(10)
    return client


def test_gspread_and_google_auth_work_and_meet_only_loopback(sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved: list[str] = []
    real = socket.getaddrinfo

    def watched(host: Any, *args: Any, **kwargs: Any) -> Any:
        resolved.append(str(host))
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", watched)
    client = gspread_client(sandbox)
    assert [file["name"] for file in client.list_spreadsheet_files()] == ["Season plan"]
    book = client.open("Season plan")
    plan = book.worksheet("Plan")
    plan.update([["id", "n"], ["a", "=1+1"]], "A1", value_input_option=gspread.utils.ValueInputOption.user_entered)
    assert plan.get_all_records() == [{"id": "a", "n": 2}]
    assert book.values_batch_get(["Plan!A1:B2"])["valueRanges"][0]["values"] == [["id", "n"], ["a", "2"]]
    plan.insert_rows([["b", 5]], row=2)
    plan.sort((2, "des"))
    plan.format("B1:B3", {"numberFormat": {"type": "NUMBER", "pattern": "0.0"}})
    plan.insert_note("A2", "mind")
    plan.freeze(rows=1)
    assert plan.get_all_values() == [["id", "n"], ["b", "5.0"], ["a", "2.0"]]
    assert plan.get_note("A2") == "mind"
    added = book.add_worksheet("sheetsync", 10, 5)
    assert added.row_count == 10
    assert plan.find("a").row == 3  # type: ignore[union-attr]
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        client.open_by_key("none")
    assert set(resolved) == {"127.0.0.1"}


def test_a_restart_keeps_workbooks_keys_and_clients(tmp_path: Path) -> None:
    file, folder = str(tmp_path / "sandbox.db"), tmp_path / "accounts"
    with running(file, folder) as first:
        add_workbook(first)
        api = Api(first, "sheetsync")
        api.write("Plan!A1", [["0042", "=A1*2", "11/27/2026"]])
        api.done(
            {"mergeCells": {"range": grid_range(4, 6, 0, 2), "mergeType": "MERGE_ALL"}},
            {"addProtectedRange": {"protectedRange": {"range": grid_range(0, 1, 0, 1), "description": "d"}}},
            {"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "k", "visibility": "DOCUMENT",
                                                               "location": {"sheetId": 7}}}},
            {"addNamedRange": {"namedRange": {"name": "N", "range": grid_range(0, 2, 0, 2)}}},
            {"setBasicFilter": {"filter": {"range": grid_range(0, 3, 0, 3)}}},
            {"deleteSheet": {"sheetId": 7}},
        )  # fmt: skip
        api.write("Plan!A1:A2", [["0043"], ["gone soon"]])
        api.sheets("POST", "/values/Plan!A2:clear", {})
        before = first.export(BOOK)
        key = json.loads(first.key_file("sheetsync").read_text())["private_key"]
    with running(file, folder) as second:
        assert second.export(BOOK) == before
        assert json.loads(second.key_file("sheetsync").read_text())["private_key"] == key
        assert Api(second, "sheetsync").values("Plan!A1:C1") == [["43", "86", "11/27/2026"]]


def test_a_refused_batch_leaves_the_file_alone(tmp_path: Path, own_accounts: Path) -> None:
    file = str(tmp_path / "sandbox.db")
    with running(file, own_accounts) as sandbox:
        add_workbook(sandbox)
        api = Api(sandbox, "sheetsync")
        api.refused({"addSheet": {}}, {"deleteSheet": {"sheetId": 99}})
        before = sandbox.export(BOOK)
    state = State(file)
    assert [tab.title for tab in state.workbooks[BOOK].tabs] == [tab["title"] for tab in before["tabs"]]
    state.close()


def test_key_files_are_private_and_reissued_when_broken(tmp_path: Path) -> None:
    first = issue_accounts(tmp_path, ["one"], "http://127.0.0.1:1")
    path = tmp_path / "one.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    account = json.loads(path.read_text())
    assert account["client_email"] == "one@sandbox.iam.gserviceaccount.com"
    assert account["universe_domain"] == "googleapis.com"
    moved = issue_accounts(tmp_path, ["one"], "http://127.0.0.1:2")
    assert moved == first
    assert "http://127.0.0.1:2/token" in path.read_text()
    path.write_text("{}")
    assert issue_accounts(tmp_path, ["one"], "http://127.0.0.1:2")[0].public_key != first[0].public_key


def test_a_taken_port_is_one_clear_line(sandbox: Running, tmp_path: Path) -> None:
    port = int(sandbox.base.rpartition(":")[2])
    with pytest.raises(SandboxError, match=rf"cannot listen on 127.0.0.1:{port}: Address already in use"):
        serve(port, ":memory:", tmp_path)


def test_a_file_that_is_no_state_is_one_clear_line(tmp_path: Path, own_accounts: Path) -> None:
    (tmp_path / "bad.db").write_text("not a database, " * 100)
    with pytest.raises(SandboxError, match=r"cannot use .*bad\.db as the sandbox's state file"):
        State(str(tmp_path / "bad.db"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_ready_and_ends_cleanly(tmp_path: Path, own_accounts: Path, number: signal.Signals) -> None:
    code = (
        "import sys; from pathlib import Path; from sheetsync.sandbox import serve; "
        "serve(0, sys.argv[1], Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "s.db"), str(own_accounts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox ready http://127.0.0.1:")
        session = requests.Session()  # keeps its connection open, which must not delay the end
        assert session.get(line.split()[-1] + "/", timeout=10).status_code == 200
        start = time.monotonic()
        process.send_signal(number)
        rest, errors = process.communicate(timeout=10)
        session.close()
    assert (process.returncode, rest, errors) == (0, "", "")
    assert time.monotonic() - start < 3


def test_requests_are_recorded_without_values(api: Api, sandbox: Running) -> None:
    sandbox.requests.clear()
    api.batch({"addSheet": {}}, {"deleteSheet": {"sheetId": 99}})
    api.values("Plan!A1", majorDimension="ROWS")
    account = "sheetsync@sandbox.iam.gserviceaccount.com"
    path = f"/v4/spreadsheets/{BOOK}"
    assert sandbox.requests == [
        RequestRecord("POST", f"{path}:batchUpdate", (), ("addSheet", "deleteSheet"), account, 400),
        RequestRecord("GET", f"{path}/values/Plan!A1", ("majorDimension",), (), account, 200),
    ]


def test_people_act_exactly_between_two_requests(api: Api, sandbox: Running) -> None:
    api.write("Plan!A1", [["a"], ["b"]])

    def person(record: RequestRecord) -> None:
        if record.method == "GET":
            rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
            sandbox.act(BOOK, [{"insertDimension": {"range": rows}}])

    sandbox.between = person
    assert api.values("Plan!A1:A3") == [["a"], ["b"]]  # what was read is already old when it arrives
    sandbox.between = None
    assert api.values("Plan!A1:A3") == [[], ["a"], ["b"]]


def test_people_are_told_the_body_of_the_request_and_only_then(api: Api, sandbox: Running) -> None:
    heard: list[Any] = []
    sandbox.between = lambda _: heard.append(sandbox.body)
    api.values("Plan!A1")
    api.batch({"deleteSheet": {"sheetId": 99}})
    assert heard == [None, {"requests": [{"deleteSheet": {"sheetId": 99}}]}]
    assert sandbox.body is None


def test_a_person_appends_as_other_tools_do(api: Api, sandbox: Running) -> None:
    api.write("Plan!A1", [["id", "day"], ["a", "b"]])
    assert sandbox.append(BOOK, "Plan!A1", [["c", "=1+1"]]) == "Plan!A3:B3"
    assert api.values("Plan!A1:B3")[-1] == ["c", "2"]
    assert sandbox.append(BOOK, "Plan!A1", [["d"]], insert=True) == "Plan!A4"


def test_what_is_no_longer_shared_is_refused_until_it_is_shared_again(api: Api, sandbox: Running) -> None:
    sandbox.unshare(BOOK, "sheetsync")
    assert api.sheets("GET", "/values/Plan!A1").status_code == 403
    sandbox.share(BOOK, "sheetsync", "reader")
    assert api.values("Plan!A1") == []
    assert api.batch({"addSheet": {}}).status_code == 403
    sandbox.share(BOOK, "sheetsync")
    api.write("Plan!A1", [["x"]])


def test_a_workbook_in_the_bin_still_answers_and_drive_says_so(api: Api, sandbox: Running) -> None:
    sandbox.trash(BOOK)
    assert api.values("Plan!A1") == []
    assert sandbox.state.workbooks[BOOK].trashed
    sandbox.trash(BOOK, trashed=False)
    assert not sandbox.state.workbooks[BOOK].trashed


def test_a_copy_is_another_workbook_that_only_its_maker_sees(api: Api, sandbox: Running) -> None:
    api.write("Plan!A1", [["before"]])
    sandbox.copy(BOOK, "copy-1")
    api.write("Plan!A1", [["after"]])
    assert sandbox.shown("copy-1", "Plan", "A1") == "before"
    assert api.call("GET", "/v4/spreadsheets/copy-1/values/Plan!A1").status_code == 403
    with pytest.raises(SandboxError, match="already"):
        sandbox.copy(BOOK, "copy-1")
