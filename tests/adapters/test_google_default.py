"""Application Default Credentials: a file the environment names, a login, or one line that says what to do."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.auth.exceptions import RefreshError

from sheetsync.adapters.google_client import Account, load_account
from sheetsync.adapters.google_default import VARIABLE, DefaultAccount, open_account
from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.errors import ConfigError, Unreachable
from tests.adapters.google_faults import Google, answer, write_key
from tests.adapters.google_fixtures import PATIENCE, google, pem
from tests.adapters.test_google_client import resolved

__all__ = ["google", "pem", "resolved"]

LOGIN = {"type": "authorized_user", "client_id": "c", "client_secret": "hunter2", "refresh_token": "hunter2"}


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resolved: list[str]) -> Iterator[Path]:
    """A machine without a login, where asking any host but this one is an error; returns where a login would stand."""
    folder = tmp_path / "gcloud"
    folder.mkdir()
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(folder))
    # Else google-auth would ask a metadata server by its number, which no name look-up gives away.
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    # Else it would run gcloud for the name of a project.
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    monkeypatch.delenv(VARIABLE, raising=False)
    yield folder / "application_default_credentials.json"
    assert set(resolved) <= {"127.0.0.1"}


def test_the_sandboxs_key_is_found_through_the_environment(
    google: Google, pem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"spreadsheetId": "book", "properties": {"title": "Book"}, "sheets": []}
    google.usual = lambda _: answer(200, small)
    monkeypatch.setenv(VARIABLE, str(write_key(tmp_path / "key.json", pem, f"{google.base}/token")))
    before = set(threading.enumerate())
    sheets = GoogleSheets(None, google.base, PATIENCE)
    assert sheets.read("book").title == "Book"
    assert (sheets.account, google.asked_tokens) == ("sheetsync@test.iam.gserviceaccount.com", 1)
    for thread in set(threading.enumerate()) - before:
        thread.join(0.2)  # google-auth's look-up runs in a thread of its own


def test_a_key_for_google_is_a_service_account_like_any(
    pem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = write_key(tmp_path / "key.json", pem, "https://oauth2.googleapis.com/token")
    monkeypatch.setenv(VARIABLE, str(key))
    found = open_account(None, None)
    assert isinstance(found, Account)
    assert (found.address, found.scopes) == (load_account(key, None).address, load_account(key, None).scopes)


def test_in_sandbox_mode_nothing_but_a_key_of_the_sandboxs_is_taken(
    machine: Path, pem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.write_text(json.dumps(LOGIN))
    with pytest.raises(ConfigError, match=f"{VARIABLE} is not set.*Set {VARIABLE} to the sandbox's key file"):
        open_account(None, "http://127.0.0.1:1")
    monkeypatch.setenv(VARIABLE, str(machine))
    with pytest.raises(ConfigError, match="not the key of a service account"):
        open_account(None, "http://127.0.0.1:1")
    monkeypatch.setenv(VARIABLE, str(write_key(tmp_path / "key.json", pem, "https://oauth2.googleapis.com/token")))
    with pytest.raises(ConfigError, match="this key is for Google"):
        open_account(None, "http://127.0.0.1:1")


def test_a_login_is_asked_for_its_tokens_and_for_nothing_else(machine: Path) -> None:
    machine.write_text(json.dumps(LOGIN | {"quota_project_id": "ours", "account": "ann@example.com"}))
    account = open_account(None, None)
    assert isinstance(account, DefaultAccount)
    assert (account.address, account.quota_project_id) == ("ann@example.com", "ours")
    assert not hasattr(account, "_maybe_start_regional_access_boundary_refresh")
    headers: dict[str, str] = {}
    account.token = "t"  # noqa: S105
    account.apply(headers)  # type: ignore[no-untyped-call]
    assert headers == {"authorization": "Bearer t", "x-goog-user-project": "ours"}


def test_a_login_that_has_run_out_says_how_to_log_in_again(machine: Path) -> None:
    machine.write_text(json.dumps(LOGIN))
    account = open_account(None, None)

    class Expired:
        def refresh(self, _: Any) -> None:
            said = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            raise RefreshError("invalid_grant", said)  # type: ignore[no-untyped-call]

    assert isinstance(account, DefaultAccount)
    account._found = Expired()
    with pytest.raises(Unreachable, match="gcloud auth application-default login") as caught:
        account.refresh(None)
    assert "hunter2" not in str(caught.value)


def test_where_there_is_nothing_one_line_says_what_to_do() -> None:
    with pytest.raises(ConfigError, match="no application default credentials") as caught:
        open_account(None, None)
    told = str(caught.value)
    assert "gcloud auth application-default login" in told
    assert VARIABLE in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("content", "part"),
    [(None, "there is no such file"), ("{}", "no credentials of Google's"), ("hunter2", "no JSON key file")],
)
def test_a_variable_that_leads_nowhere_is_named_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, part: str
) -> None:
    path = tmp_path / "found.json"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv(VARIABLE, str(path))
    with pytest.raises(ConfigError, match=part) as caught:
        open_account(None, None)
    assert str(path) in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_nothing_is_said_beside_the_error(
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    machine: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT")
    # As on a machine without gcloud.
    monkeypatch.setattr("google.auth._cloud_sdk.get_project_id", lambda: None)
    with pytest.raises(ConfigError):
        open_account(None, None)
    machine.write_text(json.dumps(LOGIN))
    open_account(None, None)
    assert capfd.readouterr() == ("", "")
    assert caplog.messages == []
