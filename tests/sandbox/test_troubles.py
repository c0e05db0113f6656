"""What stands between a newcomer and the first read: an API not enabled, a key revoked, a clock, a scope, a file."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from sheetsync.sandbox import Running, running
from sheetsync.sandbox.model import XLSX_MIME
from tests.sandbox.conftest import AUTH, BOOK, Api, add_workbook, assertion


@pytest.fixture
def sandbox(own_accounts: Path) -> Iterator[Running]:
    """A server of its own: these troubles are about all of it."""
    with running(accounts=own_accounts) as started:
        add_workbook(started)
        yield started


def test_an_api_that_is_not_enabled_says_where_to_enable_it(api: Api, sandbox: Running) -> None:
    sandbox.enable("sheets", False)
    refused = api.sheets("GET", "")
    error = refused.json()["error"]
    assert (refused.status_code, error["status"]) == (403, "PERMISSION_DENIED")
    page = "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=123456789012"
    assert error["details"][0]["links"][0]["url"] == page
    assert error["details"][1]["reason"] == "SERVICE_DISABLED"
    assert page in error["message"]
    assert api.call("GET", "/drive/v3/files").status_code == 200
    sandbox.enable("drive", False)
    assert api.call("GET", "/drive/v3/files").json()["error"]["errors"][0]["reason"] == "accessNotConfigured"
    sandbox.enable("sheets")
    assert api.sheets("GET", "").status_code == 200


def test_a_revoked_key_gets_no_new_token(api: Api, sandbox: Running) -> None:
    sandbox.revoke_key("sheetsync")
    refused = api.token(assertion(sandbox.key_file("sheetsync")))
    assert refused.json() == {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    assert api.sheets("GET", "").status_code == 200
    assert api.token(assertion(sandbox.key_file("second"))).status_code == 200


def test_a_token_covers_no_more_than_its_server_may(sandbox: Running) -> None:
    sandbox.narrow(f"{AUTH}drive.metadata.readonly")
    refused = Api(sandbox, "sheetsync").sheets("GET", "")
    assert refused.status_code == 403
    assert refused.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    sandbox.narrow()
    assert Api(sandbox, "sheetsync").sheets("GET", "").status_code == 200


def test_every_answer_says_the_sandboxs_time_once(sandbox: Running) -> None:
    sandbox.clock = lambda: datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    for path in ("/", "/v4/spreadsheets/x", "/nowhere"):
        answer = requests.get(f"{sandbox.base}{path}", timeout=10)
        assert parsedate_to_datetime(answer.headers["Date"]) == sandbox.clock()


def test_an_assertion_of_a_clock_that_is_wrong_is_refused(api: Api, sandbox: Running) -> None:
    sandbox.clock = lambda: datetime.now(UTC) - timedelta(hours=2)
    assert "short-lived token" in api.token(assertion(sandbox.key_file("sheetsync"))).json()["error_description"]


def test_an_office_file_is_in_drive_and_not_for_the_sheets_api(api: Api, sandbox: Running) -> None:
    sandbox.become(BOOK, XLSX_MIME)
    refused = api.sheets("GET", "")
    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "FAILED_PRECONDITION")
    assert "not supported for this document" in refused.json()["error"]["message"]
    assert api.batch({"addSheet": {}}).status_code == 400
    assert api.call("GET", f"/drive/v3/files/{BOOK}").json()["mimeType"] == XLSX_MIME


def test_a_document_of_another_kind_is_no_spreadsheet_at_all(api: Api, sandbox: Running) -> None:
    sandbox.become(BOOK, "application/vnd.google-apps.document")
    assert api.sheets("GET", "").status_code == 404


def test_what_a_file_is_survives_a_restart(own_accounts: Path, tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    with running(accounts=own_accounts, state=state) as first:
        add_workbook(first)
        first.become(BOOK, XLSX_MIME)
    with running(accounts=own_accounts, state=state) as second:
        assert second.export(BOOK)["mime_type"] == XLSX_MIME
