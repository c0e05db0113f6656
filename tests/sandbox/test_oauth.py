"""Tokens: only a JWT signed by an issued key, for this endpoint, now, for known scopes; and what a token opens."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sheetsync.sandbox import Running, running
from tests.sandbox.conftest import AUTH, BOOK, Api, add_workbook, assertion


def test_a_good_assertion_gives_a_bearer_token(api: Api, sandbox: Running) -> None:
    answer = api.token(assertion(sandbox.key_file("sheetsync")))
    assert answer.json() | {"access_token": ""} == {"access_token": "", "expires_in": 3600, "token_type": "Bearer"}


@pytest.mark.parametrize(
    ("claims", "error", "part"),
    [
        ({"aud": "https://example.com/token"}, "invalid_grant", "Failed audience check"),
        ({"exp": int(time.time()) - 1000, "iat": int(time.time()) - 4000}, "invalid_grant", "short-lived token"),
        ({"iat": int(time.time()) + 4000, "exp": int(time.time()) + 7000}, "invalid_grant", "short-lived token"),
        ({"exp": int(time.time()) + 90_000}, "invalid_grant", "short-lived token"),
        ({"iat": None}, "invalid_grant", "short-lived token"),
        ({"iss": "nobody@sandbox.iam.gserviceaccount.com"}, "invalid_grant", "account not found"),
        ({"scope": None}, "invalid_scope", "Invalid OAuth scope"),
        ({"scope": f"{AUTH}spreadsheets {AUTH}teleport"}, "invalid_scope", f"{{invalid=[{AUTH}teleport]}}"),
    ],
)
def test_a_wrong_claim_is_refused_as_google_does(
    api: Api, sandbox: Running, claims: dict[str, Any], error: str, part: str
) -> None:
    answer = api.token(assertion(sandbox.key_file("sheetsync"), **claims))
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert part in answer.json()["error_description"]


def test_another_key_is_refused(api: Api, sandbox: Running) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    answer = api.token(assertion(sandbox.key_file("sheetsync"), key=pem.decode()))
    assert answer.json() == {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}


@pytest.mark.parametrize("signed", ["", "x.y.z", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0."])
def test_what_is_no_jwt_is_refused(api: Api, signed: str) -> None:
    assert (api.token(signed).status_code, api.token(signed).json()["error"]) == (400, "invalid_grant")


def test_other_grants_are_refused(api: Api) -> None:
    assert api.token("x", grant="password").json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic eDp5", "Bearer "])
def test_no_or_an_unknown_token_is_401(api: Api, header: str | None) -> None:
    api.session.headers["Authorization"] = header or ""
    if header is None:
        del api.session.headers["Authorization"]
    answer = api.sheets("GET", "")
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    drive = api.call("GET", "/drive/v3/files")
    assert drive.json()["error"]["errors"][0]["reason"] == "authError"


def test_a_token_expires_after_an_hour(own_accounts: Path) -> None:
    with running(accounts=own_accounts) as sandbox:
        add_workbook(sandbox)
        api = Api(sandbox, "sheetsync")
        assert api.sheets("GET", "").status_code == 200
        sandbox.clock = lambda: datetime.now(UTC) + timedelta(minutes=61)
        assert api.sheets("GET", "").status_code == 401


@pytest.mark.parametrize(
    ("scope", "reads", "writes", "lists"),
    [
        ("spreadsheets", 200, 200, 403),
        ("spreadsheets.readonly", 200, 403, 403),
        ("drive", 200, 200, 200),
        ("drive.metadata.readonly", 403, 403, 200),
    ],
)
def test_a_scope_opens_only_its_endpoints(sandbox: Running, scope: str, reads: int, writes: int, lists: int) -> None:
    api = Api(sandbox, "sheetsync", f"{AUTH}{scope}")
    assert api.sheets("GET", "").status_code == reads
    written = api.sheets("PUT", "/values/Plan!A1", {"values": [[1]]}, valueInputOption="RAW")
    assert written.status_code == writes
    assert api.call("GET", "/drive/v3/files").status_code == lists
    if writes == 403:
        error = written.json()["error"]
        assert error["message"] == "Request had insufficient authentication scopes."
        assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_who_may_read_and_who_may_write(sandbox: Running) -> None:
    reader = Api(sandbox, "second")
    assert reader.sheets("GET", "").status_code == 200
    refused = reader.batch({"addSheet": {}})
    assert (refused.status_code, refused.json()["error"]["message"]) == (403, "The caller does not have permission")
    assert reader.sheets("PUT", "/values/Plan!A1", {"values": [[1]]}, valueInputOption="RAW").status_code == 403
    add_workbook(sandbox, "private", person="writer")
    answer = reader.call("GET", "/v4/spreadsheets/private")
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    answer = reader.call("GET", "/v4/spreadsheets/nowhere")
    assert answer.json()["error"] == {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}
    assert reader.call("GET", "/drive/v3/files/private").status_code == 404
    assert [file["id"] for file in reader.call("GET", "/drive/v3/files").json()["files"]] == [BOOK]
