"""Every kind of fault: what a client gets to see of it over a real connection, and whether the change was made."""

import json
import logging
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, ReadTimeout

from sheetsync.sandbox import Running, running
from sheetsync.sandbox.troubles.faults import KINDS
from tests.sandbox.conftest import BOOK, Api, add_workbook, assertion
from tests.sandbox.orders import at_ease, schedule
from tests.sandbox.test_running import gspread_client

Reset = requests.exceptions.ConnectionError
#: what a client makes of an answer to a write: a status with Google's word for it, or what its library raises
SEEN: dict[str, object] = {
    "400": (400, "INVALID_ARGUMENT"),
    "401": (401, "UNAUTHENTICATED"),
    "403": (403, "PERMISSION_DENIED"),
    "403-rate": (403, "rateLimitExceeded"),
    "403-user-rate": (403, "userRateLimitExceeded"),
    "403-disabled": (403, "SERVICE_DISABLED"),
    "403-scope": (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
    "404": (404, "NOT_FOUND"),
    "408": (408, "<!DOCTYPE html>"),
    "409": (409, "ABORTED"),
    "413": (413, "<!DOCTYPE html>"),
    "429": (429, "RESOURCE_EXHAUSTED"),
    "500": (500, "INTERNAL"),
    "500-html": (500, "<!DOCTYPE html>"),
    "502": (502, "<!DOCTYPE html>"),
    "503": (503, "UNAVAILABLE"),
    "504": (504, "DEADLINE_EXCEEDED"),
    "html": (200, "<!DOCTYPE html>"),
    "empty": JSONDecodeError,
    "truncated": JSONDecodeError,
    "cut": ChunkedEncodingError,
    "gzip": ContentDecodingError,
    "no-values": (200, '"updatedRange": "Plan!A1"'),
    "ragged": (200, '"updatedRange": "Plan!A1"'),
    "reset": Reset,
    "silence": ReadTimeout,
    "headers-only": ChunkedEncodingError,
    "dribble": Reset,
    "delay": ReadTimeout,
    "overtaken": ReadTimeout,
    "late": Reset,
    "twice": (200, '"updatedRange": "Plan!A1"'),
    "twice-first": (200, '"updatedRange": "Plan!A1"'),
}
#: how often the change is made when the fault comes before it is served; the others: never
MADE_ALL_THE_SAME = {"delay": 1, "overtaken": 1, "late": 1}
MADE_MORE_OFTEN = {"twice": 2, "twice-first": 2}
#: in seconds: what lasts at all lasts longer than the client waits
LASTING = {"silence": 5.0, "dribble": 0.05, "delay": 0.6, "overtaken": 0.6, "late": 0.2}
IMPATIENT = 0.3


@pytest.fixture
def faulty(sandbox: Running) -> Iterator[Running]:
    """A sandbox in which nothing goes wrong any more afterwards."""
    yield sandbox
    at_ease(sandbox)


def write(api: Api, seconds: float = 10) -> tuple[int, str]:
    """One write of a client that waits so long for all of its answer, which must be JSON unless it is a page."""
    started = time.monotonic()
    url = f"{api.sandbox.base}/v4/spreadsheets/{BOOK}/values/Plan!A1"
    sent = {"json": {"values": [["x"]]}, "params": {"valueInputOption": "RAW"}}
    with api.session.put(url, **sent, timeout=seconds, stream=True) as answer:  # type: ignore[arg-type]
        body = b""
        for chunk in answer.iter_content(1):
            body += chunk
            if time.monotonic() - started > seconds:
                raise Reset("too slow")
    if not body.startswith(b"<"):
        json.loads(body)
    return answer.status_code, body.decode()


def met(sandbox: Running) -> list[tuple[int, str]]:
    """What became of each request but those for tokens: status and fault."""
    return [(it.status, it.fault) for it in sandbox.requests if it.path != "/token"]


def test_there_is_a_row_for_every_kind() -> None:
    assert set(SEEN) == {name for name, kind in KINDS.items() if not kind.of_tokens}


@pytest.mark.parametrize(("kind", "when"), [(kind, when) for kind in SEEN for when in KINDS[kind].moments])
def test_what_the_client_sees_and_whether_the_change_was_made(faulty: Running, api: Api, kind: str, when: str) -> None:
    lasting = {"seconds": LASTING[kind]} if kind in LASTING else {}
    schedule(faulty, kind=kind, when=when, endpoint="UpdateValues", **lasting)
    before = faulty.state.workbooks[BOOK].version
    expected = SEEN[kind]
    if isinstance(expected, tuple):
        status, text = write(api)
        assert (status, expected[1] in text) == (expected[0], True), text
    else:
        assert isinstance(expected, type)
        lasts = kind in LASTING and kind != "late"
        with pytest.raises(expected):
            write(api, IMPATIENT if lasts else 10)
    made = MADE_MORE_OFTEN.get(kind, 1) if when == "after" else MADE_ALL_THE_SAME.get(kind, 0)
    deadline = time.monotonic() + 5
    while faulty.state.workbooks[BOOK].version < before + made and time.monotonic() < deadline:
        time.sleep(0.01)
    assert faulty.state.workbooks[BOOK].version == before + made
    name = f"{kind} {when}"
    assert met(faulty) == ([(200, name)] * made or [(0, name)])
    write(api)  # the next one is answered, on a new connection or the same
    assert faulty.state.workbooks[BOOK].version == before + made + 1


# ---------------------------------------------------------------- the token endpoint


@pytest.mark.parametrize(
    ("kind", "status", "error", "said"),
    [
        ("token-revoked", 400, "invalid_grant", "Invalid JWT Signature."),
        ("token-clock", 400, "invalid_grant", "reasonable timeframe"),
        ("token-client", 401, "invalid_client", "not found"),
        ("503", 503, "unavailable", "currently unavailable"),
    ],
)
def test_the_token_endpoint_says_no(faulty: Running, api: Api, kind: str, status: int, error: str, said: str) -> None:
    schedule(faulty, kind=kind, endpoint="token")
    refused = api.token(assertion(faulty.key_file("sheetsync")))
    assert (refused.status_code, refused.json()["error"]) == (status, error)
    assert said in refused.json()["error_description"]
    assert api.token(assertion(faulty.key_file("sheetsync"))).status_code == 200


def test_the_token_endpoint_answers_with_a_page_or_not_at_all(faulty: Running, api: Api) -> None:
    schedule(faulty, kind="500-html", endpoint="token")
    page = api.token(assertion(faulty.key_file("sheetsync")))
    assert (page.status_code, page.headers["Content-Type"]) == (500, "text/html; charset=UTF-8")
    schedule(faulty, kind="silence", endpoint="token", seconds=0.2)
    with pytest.raises(Reset):
        api.token(assertion(faulty.key_file("sheetsync")))


def test_a_fault_of_one_accounts_tokens_leaves_the_others_alone(faulty: Running, api: Api) -> None:
    schedule(faulty, kind="token-revoked", account="second", times=0)
    assert api.token(assertion(faulty.key_file("sheetsync"))).status_code == 200
    assert api.token(assertion(faulty.key_file("second"))).status_code == 400


# ---------------------------------------------------------------- reading


def read(api: Api, path: str, **params: Any) -> dict[str, Any]:
    answer = api.session.get(f"{api.sandbox.base}/v4/spreadsheets/{BOOK}{path}", params=params, timeout=5)
    assert answer.status_code == 200
    return dict(answer.json())


def test_values_are_missing_where_there_are_some(faulty: Running, api: Api) -> None:
    api.write("Plan!A1", [["a", "b"], ["c", "d"]])
    schedule(faulty, kind="no-values", method="GET", times=3)
    assert read(api, "/values/Plan!A1:B2") == {"range": "Plan!A1:B2", "majorDimension": "ROWS"}
    ranges = read(api, "/values:batchGet", ranges="Plan!A1:B2")["valueRanges"]
    assert ranges == [{"range": "Plan!A1:B2", "majorDimension": "ROWS"}]
    grid = read(api, "", fields="sheets.data.rowData.values.formattedValue")
    assert grid["sheets"][0]["data"][0]["rowData"] == [{}, {}]
    assert read(api, "/values/Plan!A1:B2")["values"] == [["a", "b"], ["c", "d"]]


def test_rows_are_ragged(faulty: Running, api: Api) -> None:
    api.write("Plan!A1", [["a", "b"], ["c", "d"], ["e", "f"]])
    schedule(faulty, kind="ragged", method="GET", times=2)
    assert read(api, "/values/Plan!A1:B3")["values"] == [["a", "b"], ["c"], ["e", "f"]]
    rows = read(api, "", fields="sheets.data.rowData.values.formattedValue")["sheets"][0]["data"][0]["rowData"]
    assert [len(row["values"]) for row in rows] == [2, 1, 2]


def test_an_answer_is_overtaken_by_that_of_the_next_request(faulty: Running, api: Api, person: Api) -> None:
    schedule(faulty, kind="overtaken", method="GET", account="sheetsync")
    heard: list[list[list[str]]] = []
    slow = threading.Thread(target=lambda: heard.append(api.values("Plan!A1")))
    slow.start()
    wait_for(lambda: met(faulty))
    assert heard == []
    person.write("Plan!A1", [["new"]])
    slow.join(5)
    assert heard == [[]]


def test_a_request_that_is_late_arrives_behind_its_successor(faulty: Running, api: Api) -> None:
    schedule(faulty, kind="late", endpoint="UpdateValues")
    url = f"{faulty.base}/v4/spreadsheets/{BOOK}/values/Plan!A1"
    with pytest.raises(Reset):
        api.session.put(url, json={"values": [["first"]]}, params={"valueInputOption": "RAW"}, timeout=5)
    assert met(faulty) == []
    api.write("Plan!A1", [["second"]])
    wait_for(lambda: len(met(faulty)) == 2)
    assert met(faulty) == [(200, ""), (200, "late before")]
    assert faulty.shown(BOOK, "Plan", "A1") == "first"


def test_a_person_acts_between_the_two_times_a_request_is_served(faulty: Running, api: Api) -> None:
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}

    def insert(_: Any) -> None:
        faulty.between = None
        faulty.act(BOOK, [{"insertDimension": {"range": rows}}])

    faulty.between = insert
    schedule(faulty, kind="twice")
    api.write("Plan!A1", [["x"]])
    assert faulty.grid(BOOK, "Plan") == [["x"], ["x"]]


def wait_for(holds: Any) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# ---------------------------------------------------------------- on the wire


def raw(sandbox: Running, api: Api) -> socket.socket:
    """A connection of one's own on which a read has been asked for."""
    host, port = sandbox.base.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=5)
    connection.sendall(
        f"GET /v4/spreadsheets/{BOOK}/values/Plan!A1 HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: {api.session.headers['Authorization']!s}\r\n\r\n".encode()
    )
    return connection


def until_the_end(connection: socket.socket) -> bytes:
    heard = b""
    while chunk := connection.recv(65526):
        heard += chunk
    return heard


def test_a_reset_is_a_reset_and_not_an_end(faulty: Running, api: Api) -> None:
    schedule(faulty, kind="reset")
    with raw(faulty, api) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)


def test_silence_is_silence_and_the_connection_stays(faulty: Running, api: Api) -> None:
    schedule(faulty, kind="silence", seconds=0.5)
    with raw(faulty, api) as connection:
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(5)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_after_the_headers_there_is_an_end_without_a_body(faulty: Running, api: Api) -> None:
    schedule(faulty, kind="headers-only")
    with raw(faulty, api) as connection:
        head, _, body = until_the_end(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nDate: ")
    assert b"Content-Length: 52" in head
    assert body == b""


@pytest.mark.parametrize(("kind", "promised"), [("cut", 52), ("truncated", 26)])
def test_half_an_answer_says_how_long_it_is_or_lies(faulty: Running, api: Api, kind: str, promised: int) -> None:
    schedule(faulty, kind=kind)
    with raw(faulty, api) as connection:
        connection.shutdown(socket.SHUT_WR)
        head, _, body = until_the_end(connection).partition(b"\r\n\r\n")
    assert f"content-length: {promised}" in head.decode().lower()
    assert len(body) == 26


def test_a_dribble_comes_byte_by_byte(faulty: Running, api: Api) -> None:
    schedule(faulty, kind="dribble", seconds=0.03)
    with raw(faulty, api) as connection:
        pieces: list[bytes] = []
        while chunk := connection.recv(65526):
            pieces.append(chunk)
    assert len(pieces) >= 40
    assert json.loads(b"".join(pieces).partition(b"\r\n\r\n")[2])["range"] == "Plan!A1"


def test_a_client_that_goes_away_ends_the_silence(faulty: Running, api: Api) -> None:
    schedule(faulty, kind="silence", seconds=300)
    connection = raw(faulty, api)
    wait_for(lambda: met(faulty))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    assert api.values("Plan!A1") == []


def test_what_is_kept_waiting_does_not_hold_up_the_end(own_accounts: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with running(accounts=own_accounts) as started:
        add_workbook(started)
        api = Api(started, "sheetsync")
        for kind in ("late", "silence", "delay", "overtaken", "dribble"):
            started.faults.add(kind, seconds=300, **({"behind": 99} if kind in ("late", "overtaken") else {}))
        waiting = [raw(started, api) for _ in range(5)]
        wait_for(lambda: len(met(started)) == 4)
        begun = time.monotonic()
    assert time.monotonic() - begun < 4
    assert caplog.records == []
    for connection in waiting:
        connection.close()


# ---------------------------------------------------------------- the libraries people use


def test_gspread_sees_what_it_sees_of_google(faulty: Running, api: Api) -> None:
    plan = gspread_client(faulty).open_by_key(BOOK).worksheet("Plan")
    schedule(faulty, kind="502", endpoint="GetValues")
    with pytest.raises(gspread.exceptions.APIError) as page:
        plan.acell("A1")
    assert (page.value.code, page.value.response.status_code) == (-1, 502)
    schedule(faulty, kind="429", endpoint="GetValues", retry_after=7)
    with pytest.raises(gspread.exceptions.APIError) as limited:
        plan.acell("A1")
    assert (limited.value.code, limited.value.response.headers["Retry-After"]) == (429, "7")
    schedule(faulty, kind="truncated", endpoint="GetValues")
    with pytest.raises(JSONDecodeError):
        plan.acell("A1")
    schedule(faulty, kind="no-values", endpoint="GetValues")
    assert plan.acell("A1").value is None
    schedule(faulty, kind="reset", when="after", endpoint="UpdateValues")
    with pytest.raises(Reset):
        plan.update([["written"]], "A1")
    assert plan.acell("A1").value == "written"


def test_google_auth_takes_a_new_token_after_a_401(faulty: Running) -> None:
    plan = gspread_client(faulty).open_by_key(BOOK).worksheet("Plan")
    faulty.requests.clear()
    schedule(faulty, kind="401", endpoint="GetValues")
    assert plan.acell("A1").value is None
    assert [it.path for it in faulty.requests].count("/token") == 1


def test_429_has_no_retry_after_unless_it_is_asked_for(faulty: Running, api: Api) -> None:
    schedule(faulty, kind="429")
    assert "Retry-After" not in api.sheets("GET", "/values/Plan!A1").headers


def test_drive_speaks_in_its_own_envelope(faulty: Running, api: Api) -> None:
    for kind in (name for name, known in KINDS.items() if name[0] == "4" and not known.of_tokens):
        if kind in ("408", "413"):
            continue
        schedule(faulty, kind=kind, endpoint="DriveFiles.List")
        error = api.call("GET", "/drive/v3/files").json()["error"]
        assert error["errors"][0]["reason"]
        assert "status" not in error


def test_a_sandbox_on_the_command_line_can_be_told_too(tmp_path: Path, own_accounts: Path) -> None:
    code = "import sys; from pathlib import Path; from sheetsync.sandbox import serve; serve(0, ':memory:', Path('.'))"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=own_accounts, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        base = process.stdout.readline().split()[-1]
        control = json.loads((own_accounts / "control.json").read_text())
        assert control["base"] == base
        headers = {"Authorization": f"Bearer {control['secret']}"}
        fault = {"kind": "silence", "endpoint": "token", "seconds": 300}
        assert requests.post(f"{base}/sandbox/faults", json=fault, headers=headers, timeout=5).status_code == 200
        with pytest.raises(ReadTimeout):
            requests.post(f"{base}/token", data={"grant_type": "x"}, timeout=0.2)
        process.terminate()
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "")
