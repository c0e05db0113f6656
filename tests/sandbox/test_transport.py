"""How requests travel: addresses, verbs, zipped bodies, credentials in the wrong place, and clients that mean ill."""

import contextlib
import gzip
import http.client
import json
import logging
import resource
import socket
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetsync.sandbox import Running, connections, front
from tests.sandbox.conftest import BOOK, Api

VALUES = f"/v4/spreadsheets/{BOOK}/values"


def sent(api: Api, method: str, target: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
    """A request whose address nobody has tidied up; the answer's body is already read."""
    connection = http.client.HTTPConnection(api.sandbox.base.removeprefix("http://"), timeout=20)
    with contextlib.closing(connection):
        connection.putrequest(method, target, skip_accept_encoding=True)
        named = {"Authorization": f"Bearer {_token(api)}", "Content-Length": str(len(body))}
        for name, value in (named | {name.replace("_", "-"): text for name, text in headers.items()}).items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        return answer


def _token(api: Api) -> str:
    return str(api.session.headers["Authorization"]).removeprefix("Bearer ")


def said(answer: Any) -> Any:
    """The JSON of an answer."""
    return json.loads(answer.body)


@pytest.fixture
def untouched(sandbox: Running) -> Iterator[None]:
    """Fails if the workbook is not as it was."""
    before = sandbox.export(BOOK)
    yield
    assert sandbox.export(BOOK) == before


# ---------------------------------------------------------------- addresses and verbs


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/v4/spreadsheets/..%2f..%2ftoken", 404),
        ("/v4/spreadsheets/../../etc/passwd", 404),
        (f"/v4/spreadsheets/{BOOK}%2Fvalues%2FPlan!A1", 404),
        (f"/v4/spreadsheets/{BOOK}%00", 404),
        (f"/v4/spreadsheets/{BOOK}/", 404),
        (f"//v4/spreadsheets/{BOOK}", 404),
        (f"/v4/./spreadsheets/{BOOK}", 404),
        (f"/v5/spreadsheets/{BOOK}", 404),
        (f"{VALUES}/Plan/A1", 404),
        (f"{VALUES}/", 404),
        (f"{VALUES}/%FF%FE", 400),
        (f"{VALUES}/Plan!A1%00", 400),
        (f"{VALUES}/{'A' * 9000}", 400),
        ("/v4/spreadsheets/" + "a" * 20_000, 414),
        (f"/v4/spreadsheets/{BOOK}?fields=" + "a," * 10_000, 414),
        ("/spreadsheets/d/..%2F..%2Fetc%2Fpasswd/edit", 404),
        ("/drive/v3/files/..%2F..%2Fx", 404),
        ("*", 404),
    ],
)
def test_no_address_leads_where_it_should_not(api: Api, untouched: None, target: str, status: int) -> None:
    assert sent(api, "GET", target).status == status


_SEGMENTS = st.sampled_from(
    ["v4", "spreadsheets", BOOK, "values", "Plan!A1", "..", ".", "", "%2e%2e", "%2F", "%00", "%", "%zz", "token",
     ":batchUpdate",
     "values:batchGet", "Plan!A1:clear", "drive", "v3", "files", "developerMetadata", "a\u00ff", "batch"]
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]), st.lists(_SEGMENTS, max_size=6))
def test_any_address_is_answered_and_changes_nothing(api: Api, method: str, parts: list[str]) -> None:
    before = api.sandbox.export(BOOK)
    target = "/" + "/".join(parts).replace("\u00ff", "%C3%BF")
    assert sent(api, method, target, b"{}").status in (200, 400, 404)
    assert api.sandbox.export(BOOK) == before


def test_a_verb_that_an_address_does_not_have_gets_googles_page(api: Api, untouched: None) -> None:
    for method in ("DELETE", "PATCH", "PUT", "OPTIONS", "TRACE", "PROPFIND"):
        answer = sent(api, method, f"/v4/spreadsheets/{BOOK}")
        assert answer.status == 404
        assert "Error 404 (Not Found)" in answer.body.decode()  # type: ignore[attr-defined]
    head = sent(api, "HEAD", f"{VALUES}/Plan!A1")
    assert (head.status, head.body) == (200, b"")  # type: ignore[attr-defined]


def test_the_verb_may_be_asked_for_in_a_header(api: Api) -> None:
    body = json.dumps({"values": [["x"]]}).encode()
    put = sent(api, "POST", f"{VALUES}/Plan!A1?valueInputOption=RAW", body, X_HTTP_Method_Override="PUT")
    assert said(put)["updatedCells"] == 1
    form = b"ranges=Plan!A1&ranges=Plan!B1"
    got = sent(
        api, "POST", f"{VALUES}:batchGet?valueRenderOption=FORMULA", form,
        X_HTTP_Method_Override="GET", Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert said(got)["valueRanges"][0]["values"] == [["x"]]
    assert sent(api, "GET", f"{VALUES}/Plan!A1", X_HTTP_Method_Override="DELETE").status == 200


def test_a_slash_in_a_name_is_no_slash_of_the_address(api: Api) -> None:
    api.done({"addSheet": {"properties": {"title": "a/b"}}})
    assert sent(api, "GET", f"{VALUES}/a%2Fb!A1").status == 200
    assert sent(api, "GET", f"{VALUES}/a/b!A1").status == 404
    assert [record.path for record in api.sandbox.requests[-2:]] == [f"{VALUES}/a/b!A1"] * 2


# ---------------------------------------------------------------- bodies and answers


def test_bodies_travel_zipped_both_ways(api: Api) -> None:
    rows = [[f"{row}-{column}" for column in range(20)] for row in range(50)]
    body = gzip.compress(json.dumps({"values": rows}).encode())
    assert sent(api, "PUT", f"{VALUES}/Plan!A1?valueInputOption=RAW", body, Content_Encoding="gzip").status == 200
    plain = sent(api, "GET", f"{VALUES}/Plan!A1:T50")
    zipped = sent(api, "GET", f"{VALUES}/Plan!A1:T50", Accept_Encoding="deflate, gzip")
    assert (plain.getheader("Content-Encoding"), zipped.getheader("Content-Encoding")) == (None, "gzip")
    assert json.loads(gzip.decompress(zipped.body)) == said(plain)  # type: ignore[attr-defined]
    assert said(plain)["values"] == rows
    assert zipped.getheader("Content-Type") == plain.getheader("Content-Type") == "application/json; charset=UTF-8"
    assert "Origin" in (plain.getheader("Vary") or "")


def test_a_bomb_in_a_zip_does_not_go_off(api: Api, untouched: None) -> None:
    zipping, zeros = zlib.compressobj(1, wbits=31), bytes(2**20)
    bomb = b"".join(zipping.compress(zeros) for _ in range(300)) + zipping.flush()
    with bounded_memory(megabytes=100):
        answer = sent(api, "POST", f"/v4/spreadsheets/{BOOK}:batchUpdate", bomb, Content_Encoding="gzip")
    assert answer.status == 413
    assert sent(api, "POST", f"/v4/spreadsheets/{BOOK}:batchUpdate", b"no zip", Content_Encoding="gzip").status == 400


@contextlib.contextmanager
def bounded_memory(megabytes: int) -> Iterator[None]:
    """The process may not have needed more than this beyond what it ever did."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < megabytes * 1024


@pytest.mark.parametrize("known_length", [True, False], ids=["announced", "chunked"])
def test_sixty_megabytes_are_refused_and_not_kept(api: Api, untouched: None, known_length: bool) -> None:
    block, blocks = b" " * 2**20, 60
    body = block * blocks if known_length else (block for _ in range(blocks))
    with bounded_memory(megabytes=90):
        answer = api.session.post(
            f"{api.sandbox.base}/v4/spreadsheets/{BOOK}:batchUpdate",
            data=body,
            timeout=60,
        )
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == 413
    assert api.values("Plan!A1") == []


def test_answers_are_compact_where_asked(api: Api) -> None:
    answer = api.call("GET", f"{VALUES}/Plan!A1", prettyPrint="false")
    assert answer.text == '{"range":"Plan!A1","majorDimension":"ROWS"}'
    assert "\n" in api.call("GET", f"{VALUES}/Plan!A1", alt="json").text


BAD = [
    b'{"requests": [{"addSheet": {"properties": {"index": %s}}}]}' % (b"9" * 400),
    b'{"requests": [{"addSheet": {"properties": {"index": %s}}}]}' % (b"9" * 5000),
    b'{"requests": [{"addSheet": {"properties": {"index": 1e999}}}]}',
    b'{"requests": [{"addSheet": {"properties": {"index": NaN}}}]}',
    b'{"requests": [{"addSheet": {"properties": {"title": "\xff"}}}]}',
    b'{"requests": [{"addSheet": {"properties": {"tabColor": {"red": %s}}}}]}' % (b"9" * 400),
    b'{"requests": [{"addSheet": {"properties": {"tabColor": {"red": 1e999}}}}]}',
    b'{"requests": [{"addSheet": {"properties": {"title": "x", "title": 5}}}]}',
    json.dumps({"requests": [{"addSheet": {}}]}).encode("utf-16"),
    b'{"requests": ' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"requests": [{"addSheet": ' + b'{"properties":' * 500 + b"{}" + b"}" * 500 + b"}]}",
    b"\x00",
    b'"text"',
    b"17",
    b"null",
]


@pytest.mark.parametrize("raw", BAD, ids=range(len(BAD)))
def test_json_that_means_ill_is_400(api: Api, untouched: None, raw: bytes) -> None:
    answer = sent(api, "POST", f"/v4/spreadsheets/{BOOK}:batchUpdate", raw)
    assert answer.status == 400
    assert said(answer)["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    "value", ["9" * 400, "1e999", "-1e999", "NaN", "Infinity", "[" * 90 + "]" * 90, "{}", "[1]", '"\xff"']
)
def test_values_that_are_none_are_400(api: Api, untouched: None, value: str) -> None:
    raw = b'{"values": [[%s]]}' % value.encode("latin-1")
    for option in ("RAW", "USER_ENTERED"):
        assert sent(api, "PUT", f"{VALUES}/Plan!A1?valueInputOption={option}", raw).status == 400


def test_a_parameter_that_is_no_list_comes_once(api: Api, untouched: None) -> None:
    query = "valueInputOption=RAW&valueInputOption=USER_ENTERED"
    answer = sent(api, "PUT", f"{VALUES}/Plan!A1?{query}", b'{"values": [["=1"]]}')
    assert answer.status == 400
    assert "cannot start list" in said(answer)["error"]["message"]


# ---------------------------------------------------------------- credentials


def test_credentials_in_an_address_are_refused(api: Api, untouched: None) -> None:
    token = _token(api)
    address = f"{VALUES}/Plan!A1"
    assert sent(api, "GET", f"{address}?access_token={token}", Authorization="").status == 401
    assert sent(api, "GET", f"{address}?access_token={token}").status == 401
    refused = sent(api, "GET", f"{address}?key=AIzaUnknown")
    assert refused.status == 400
    assert said(refused)["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    assert sent(api, "GET", f"{address}?quotaUser=ann&key=").status == 200


def test_no_token_stands_in_any_log_or_record(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    token = _token(api)
    with caplog.at_level(logging.DEBUG):
        sent(api, "GET", f"{VALUES}/Plan!A1?access_token={token}")
        sent(api, "GET", f"{VALUES}/Plan!A1?fields={token}")
        sent(api, "POST", f"/v4/spreadsheets/{BOOK}:batchUpdate", token.encode())
        sent(api, "POST", "/token", f"assertion={token}".encode())
        with _raw(api) as client:
            client.sendall(f"GET / HTTP/1.1\r\nAuthorization: Bearer {token}\r\nbroken\r\n\r\n".encode())
            assert client.recv(99).startswith(b"HTTP/1.1 400")
    assert token not in caplog.text
    assert token not in repr(api.sandbox.requests)


# ---------------------------------------------------------------- clients that take their time


@contextlib.contextmanager
def _raw(api: Api) -> Iterator[socket.socket]:
    host, _, port = api.sandbox.base.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as client:
        yield client


def _head(api: Api, length: int, what: str = f"PUT {VALUES}/Plan!A1?valueInputOption=RAW") -> bytes:
    host = api.sandbox.base.removeprefix("http://")
    return (
        f"{what} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nAuthorization: Bearer {_token(api)}\r\n\r\n"
    ).encode()


def test_slow_clients_hold_up_nobody(api: Api) -> None:
    body = b'{"values": [["slow"]]}'
    with contextlib.ExitStack() as opened:
        heads, bodies = ([opened.enter_context(_raw(api)) for _ in range(8)] for _ in range(2))
        for client in bodies:
            client.sendall(_head(api, len(body)))
        for number in range(10):
            for client in heads:
                client.sendall(b"GET / HTTP"[number : number + 1])
            for client in bodies:
                client.sendall(body[number : number + 1])
            api.write("Plan!B1", [[number]])
            assert api.values("Plan!A1:B1") == [["", str(number)]]
        for client in bodies:
            client.sendall(body[10:])
            assert client.recv(99).startswith(b"HTTP/1.1 200")
    assert api.values("Plan!A1") == [["slow"]]


def test_too_slow_clients_are_dropped(api: Api, untouched: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_PATIENCE", 0.5)
    monkeypatch.setattr(front, "PATIENCE", 0.5)
    with _raw(api) as silent, _raw(api) as dribbling, _raw(api) as stuck:
        stuck.sendall(_head(api, 1000) + b"{")
        deadline = time.monotonic() + 15
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() < deadline:
                dribbling.sendall(b"G")
                time.sleep(0.05)
        assert time.monotonic() < deadline
        assert _heard(silent) == b""
        assert _heard(stuck).startswith(b"HTTP/1.1 408")


def _heard(client: socket.socket) -> bytes:
    """What still arrives before the other side hangs up."""
    with contextlib.suppress(ConnectionResetError):
        return b"".join(iter(lambda: client.recv(4096), b""))
    return b""


def test_who_does_not_take_an_answer_is_dropped(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READER_PATIENCE", 0.5)
    api.done(
        {
            "updateSheetProperties": {
                "properties": {"sheetId": 0, "gridProperties": {"rowCount": 400}},
                "fields": "gridProperties.rowCount",
            }
        }
    )
    api.write("Plan!A1", [["x" * 40_000]] * 300, "RAW")
    with _raw(api) as client:
        client.sendall(_head(api, 0, f"GET {VALUES}/Plan!A1:A300"))
        time.sleep(1.5)
        assert len(_heard(client)) < 300 * 40_000
    assert api.values("Plan!B1") == []
