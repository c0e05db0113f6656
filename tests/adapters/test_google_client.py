"""Key files, tokens and the way of a request: nothing leaks, nothing strays, nothing hangs."""

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.oauth2 import service_account

from sheetsync.adapters.google_client import is_loopback, load_account
from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.core.changes import Batch, FillTab
from sheetsync.errors import ConfigError, Refused, SheetsyncError, Transient, Unreachable
from tests.adapters.google_faults import (
    Google,
    Reply,
    answer,
    closed_port,
    complains,
    dribbles,
    reset,
    says,
    silent,
    write_key,
)
from tests.adapters.google_fixtures import PATIENCE, SOON, Connect, connect, google, pem

__all__ = ["connect", "google", "pem"]

SANDBOX = "http://127.0.0.1:8765"
BATCH = Batch("book", "Book", 1, (FillTab(1, (("a",),)),))


# ---------------------------------------------------------------- key files


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no JSON key file"),
        ("-----BEGIN PRIVATE KEY-----\nsecret", "no JSON key file"),
        ('["secret"]', "not the key of a service account"),
        ('{"type": "authorized_user", "refresh_token": "secret"}', "not the key of a service account"),
        ('{"installed": {"client_secret": "secret"}}', "not the key of a service account"),
        ('{"type": "service_account", "private_key": "secret"}', "lacks client_email, token_uri"),
    ],
)
def test_a_wrong_key_file_is_named_in_one_line_and_never_shown(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(content, encoding="utf-8")
    _refused_quietly(path, told)


@pytest.mark.parametrize("damaged", ["secret", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_private_key_is_named_and_never_shown(tmp_path: Path, damaged: str) -> None:
    _refused_quietly(write_key(tmp_path / "key.json", damaged, f"{SANDBOX}/token"), "damaged")


def test_a_missing_key_file_and_a_directory_are_named(tmp_path: Path) -> None:
    _refused_quietly(tmp_path / "key.json", "no such key file")
    _refused_quietly(tmp_path, "cannot be read")


def _refused_quietly(path: Path, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        GoogleSheets(path, SANDBOX, PATIENCE)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "BEGIN" not in str(caught.value)


def test_in_sandbox_mode_a_key_for_google_is_refused(tmp_path: Path, pem: str) -> None:
    key = write_key(tmp_path / "key.json", pem, "https://oauth2.googleapis.com/token")
    with pytest.raises(ConfigError, match="this key is for Google"):
        GoogleSheets(key, SANDBOX, PATIENCE)


@pytest.mark.parametrize(
    "token_uri", [f"{SANDBOX}/token", "http://oauth2.googleapis.com/token", "https://googleapis.com.evil.example/token"]
)
def test_for_google_a_key_with_another_token_endpoint_is_refused(tmp_path: Path, pem: str, token_uri: str) -> None:
    key = write_key(tmp_path / "key.json", pem, token_uri)
    with pytest.raises(ConfigError, match="not Google's"):
        GoogleSheets(key, None, PATIENCE)


@pytest.mark.parametrize(
    "token_uri", ["https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/token"]
)
def test_for_google_google_s_own_keys_are_taken(tmp_path: Path, pem: str, token_uri: str) -> None:
    sheets = GoogleSheets(write_key(tmp_path / "key.json", pem, token_uri), None, PATIENCE)
    assert sheets.account == "sheetsync@test.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    "endpoint", ["https://sheets.example", "http://10.0.0.1:80", "127.0.0.1:80", "ftp://127.0.0.1"]
)
def test_a_sandbox_elsewhere_is_refused(tmp_path: Path, pem: str, endpoint: str) -> None:
    key = write_key(tmp_path / "key.json", pem, f"{SANDBOX}/token")
    with pytest.raises(ConfigError, match="not on this computer"):
        GoogleSheets(key, endpoint, PATIENCE)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1/x", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://localhost:80", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1@evil.example/", False),
        ("http://evil.example/127.0.0.1", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_told_by_the_host_alone(url: str, local: bool) -> None:
    assert is_loopback(url) is local


# ---------------------------------------------------------------- staying on this computer


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every name that anybody asks to have resolved."""
    names: list[str] = []
    genuine = socket.getaddrinfo

    def listening(host: Any, *args: Any, **kwargs: Any) -> Any:
        names.append(str(host))
        if host != "127.0.0.1":
            raise socket.gaierror("only loopback here")
        return genuine(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", listening)
    return names


def test_in_sandbox_mode_no_name_but_loopback_is_ever_resolved(connect: Connect, resolved: list[str]) -> None:
    before = set(threading.enumerate())
    sheets = connect()
    _read(sheets)
    sheets.apply(BATCH)
    for thread in set(threading.enumerate()) - before:
        thread.join(0.2)  # google-auth's look-up runs in a thread of its own
    assert set(resolved) == {"127.0.0.1"}


def test_google_auth_by_itself_would_look_elsewhere(tmp_path: Path, pem: str) -> None:
    """So that the test above proves something."""
    key = write_key(tmp_path / "key.json", pem, f"{SANDBOX}/token")
    plain = service_account.Credentials.from_service_account_file(str(key))  # type: ignore[no-untyped-call]
    assert plain._is_regional_access_boundary_lookup_required()
    assert not load_account(key, SANDBOX)._is_regional_access_boundary_lookup_required()


def test_a_redirect_is_not_followed(connect: Connect, google: Google, resolved: list[str]) -> None:
    sheets = connect()
    google.will(says(302, "", Location="https://evil.example/"), says(302, "", Location=f"{google.base}/v4/other"))
    for _ in range(2):
        with pytest.raises(Transient, match="302"):
            _read(sheets)
    assert set(resolved) == {"127.0.0.1"}
    assert len(google.seen) == 2


def test_in_sandbox_mode_a_proxy_of_the_environment_is_not_asked(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, closed_port())
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    _read(connect())


# ---------------------------------------------------------------- tokens


def test_the_least_scope_is_asked_for(tmp_path: Path, pem: str) -> None:
    account = load_account(write_key(tmp_path / "key.json", pem, f"{SANDBOX}/token"), SANDBOX)
    assert account.scopes == ("https://www.googleapis.com/auth/spreadsheets",)


def test_one_token_serves_many_requests(connect: Connect, google: Google) -> None:
    sheets = connect()
    _read(sheets)
    sheets.apply(BATCH)
    assert google.asked_tokens == 1
    assert {seen.headers["authorization"] for seen in google.seen} == {"Bearer secret-token"}


def test_a_refused_token_is_renewed_once_and_both_requests_are_counted(connect: Connect, google: Google) -> None:
    sheets = connect()
    google.will(complains(401, "expired"))
    _read(sheets)
    assert google.asked_tokens == 2
    assert sheets.count.reads == 2


def test_a_token_refused_for_ever_is_told_with_the_account(connect: Connect, google: Google) -> None:
    sheets = connect()
    google.will(*[complains(401, "no") for _ in range(9)])
    with pytest.raises(Unreachable, match=r"does not accept the access token of sheetsync@test"):
        _read(sheets)


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (says(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}), Unreachable, "its key"),
        (
            says(400, {"error": "invalid_grant", "error_description": "Token must be a short-lived token"}),
            Unreachable,
            "computer's clock",
        ),
        (says(401, {"error": "invalid_client"}), Unreachable, "invalid_client"),
        (says(500, "<html>"), Transient, "token endpoint answered 500"),
        (says(429, "<html>"), Transient, "token endpoint answered 429"),
        (says(307, "", Location="https://evil.example/token"), Transient, "token endpoint answered 307"),
        (says(200, "<html>hello</html>"), Transient, "no access token"),
        (says(200, {"expires_in": 3600}), Unreachable, "no access token"),
        (says(200, {"access_token": "x", "expires_in": "soon"}), Transient, "no access token"),
        (silent, Transient, "in time"),
        (reset, Transient, "broke off"),
        (dribbles, Transient, "in time"),
    ],
)
@pytest.mark.parametrize("writing", [False, True])
def test_without_a_token_nothing_was_sent(
    connect: Connect, google: Google, reply: Reply, kind: type[SheetsyncError], told: str, writing: bool
) -> None:
    """So a write is safe to try again: never AnswerLost."""
    google.tokens.append(reply)
    sheets = connect()
    started = time.monotonic()
    with pytest.raises(SheetsyncError, match=told) as caught:
        _do(sheets, writing)
    assert type(caught.value) is kind
    assert caught.value.__cause__ is not None or kind is Transient
    assert time.monotonic() - started < SOON
    assert google.seen == []
    assert (sheets.count.reads, sheets.count.writes) == (0, 0)


def test_a_sandbox_that_is_not_running_is_told_with_the_command_that_starts_it(connect: Connect) -> None:
    nowhere = closed_port()
    with pytest.raises(Unreachable, match=rf"nothing answers at {nowhere}; start it with `sheetsync sandbox`"):
        _read(connect(endpoint=nowhere, token_uri=f"{nowhere}/token"))


# ---------------------------------------------------------------- nothing leaks

TROUBLES: tuple[Callable[[], Reply], ...] = (
    lambda: complains(403, "The caller does not have permission"),
    lambda: complains(400, "bad\n" * 300),
    lambda: says(502, "<html>\n" * 50),
    lambda: reset,
)


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("writing", [False, True])
def test_every_message_is_one_line_without_token_or_key(
    connect: Connect, google: Google, pem: str, trouble: Callable[[], Reply], writing: bool
) -> None:
    google.will(trouble())
    with pytest.raises(SheetsyncError) as caught:
        _do(connect(), writing)
    told = str(caught.value)
    assert "\n" not in told
    assert len(told) < 500
    assert "secret-token" not in told
    assert not any(line in told for line in pem.splitlines())
    assert caught.value.__cause__ is not None


# ---------------------------------------------------------------- ids


@pytest.mark.parametrize(
    "spreadsheet", ["", "..", "a/../b", "a?fields=x", "a#b", "a b", "book:batchUpdate", "é", "x" * 999]
)
@pytest.mark.parametrize("writing", [False, True])
def test_what_is_no_spreadsheet_id_is_refused_before_anything_is_sent(
    connect: Connect, google: Google, spreadsheet: str, writing: bool
) -> None:
    sheets = connect()
    with pytest.raises(Refused, match="no spreadsheet id"):
        _do(sheets, writing, spreadsheet)
    assert google.seen == []
    assert google.asked_tokens == 0


def _do(sheets: GoogleSheets, writing: bool, spreadsheet: str = "book") -> None:
    if writing:
        sheets.apply(Batch(spreadsheet, "Book", 1, BATCH.changes))
    else:
        sheets.read(spreadsheet)


def _read(sheets: GoogleSheets) -> None:
    assert sheets.read("book").title == "Book"


@pytest.fixture(autouse=True)
def _a_small_workbook(request: pytest.FixtureRequest) -> None:
    if "google" in request.fixturenames:
        small = {"spreadsheetId": "book", "properties": {"title": "Book"}, "sheets": []}
        request.getfixturevalue("google").usual = lambda _seen: answer(200, json.loads(json.dumps(small)))
