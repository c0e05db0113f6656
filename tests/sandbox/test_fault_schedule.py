"""Which requests a fault hits, and how orders are given."""

import contextlib
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox import Running, SandboxError, running
from sheetsync.sandbox.calls import Asked
from sheetsync.sandbox.server import RequestRecord
from sheetsync.sandbox.troubles.schedule import Schedule
from tests.sandbox.conftest import BOOK, Api
from tests.sandbox.orders import at_ease, order, refused, schedule

ENDPOINTS = frozenset(("GetValues", "UpdateValues", "token"))
READ = Asked("GET", f"/v4/spreadsheets/{BOOK}/values/A1", BOOK, "GetValues", "sheets", True, "")


def hits(requests_: list[Asked], **fault: Any) -> list[int]:
    """The places of the requests that a schedule of one fault hits."""
    one = Schedule(RLock(), ENDPOINTS)
    one.add(**{"kind": "503", **fault})
    return [at for at, asked in enumerate(requests_) if one.due(asked) is not None]


@given(st.integers(1, 8), st.integers(1, 5), st.integers(0, 5))
def test_the_nth_and_every_further_one_are_hit_as_often_as_it_says(nth: int, every: int, times: int) -> None:
    expected = range(nth - 1, 40, every)
    assert hits([READ] * 40, nth=nth, every=every, times=times) == list(expected[: times or None])


@given(st.floats(0, 1), st.integers(0, 2**31 - 1))
def test_chance_hits_the_same_requests_again_whatever_else_is_asked(probability: float, seed: int) -> None:
    fault = {"probability": probability, "seed": seed, "endpoint": "GetValues"}
    alone = hits([READ] * 50, **fault)
    other = replace(READ, endpoint="UpdateValues", method="PUT")
    assert [at // 2 for at in hits([READ, other] * 50, **fault)] == alone
    if probability in (0, 1):
        assert len(alone) == 50 * probability


def test_chance_is_about_as_often_as_it_says() -> None:
    assert 250 < len(hits([READ] * 1000, probability=0.3, seed=7)) < 350
    assert len(hits([READ] * 1000, probability=0.3, seed=7, times=5)) == 5


MATCHING = [
    ("method", "get", {"method": "PUT"}),
    ("path", "/v4/spreadsheets/*/values/*", {"path": "/v4/spreadsheets/x"}),
    ("workbook", BOOK, {"workbook": "other"}),
    ("endpoint", "GetValues", {"endpoint": "UpdateValues"}),
    ("account", "sheetsync", {"account": "second@sandbox.iam.gserviceaccount.com"}),
]


@pytest.mark.parametrize(("name", "value", "other"), MATCHING)
def test_only_what_fits_all_that_is_named_is_hit_and_counted(name: str, value: str, other: dict[str, str]) -> None:
    ours = replace(READ, account="sheetsync@sandbox.iam.gserviceaccount.com")
    assert hits([replace(ours, **other), ours, ours], **{name: value}, nth=2) == [2]  # type: ignore[arg-type]


def test_requests_for_tokens_are_hit_only_where_they_are_named() -> None:
    token = Asked("POST", "/token", "", "token", "token", False, "")
    assert hits([token, READ, token], times=0) == [1]
    assert hits([token, READ, token], times=0, endpoint="token") == [0, 2]
    assert hits([token, READ, token], times=0, kind="token-clock") == [0, 2]


def test_of_two_faults_that_are_due_the_first_hits_and_the_request_counts_for_both() -> None:
    both = Schedule(RLock(), ENDPOINTS)
    both.add("503")
    both.add("500", nth=2)
    both.add("502")
    assert [str(both.due(READ)) for _ in range(4)] == ["503 before", "500 before", "502 before", "None"]
    assert [(it["fitted"], it["hit"]) for it in both.scheduled()] == [(4, 1), (4, 1), (4, 1)]


# ---------------------------------------------------------------- orders


@pytest.fixture
def faulty(sandbox: Running) -> Iterator[Running]:
    yield sandbox
    at_ease(sandbox)


def test_a_fault_is_listed_with_what_it_has_done_until_it_is_cleared(faulty: Running, api: Api) -> None:
    number = schedule(faulty, kind="503", when="after", method="GET", workbook=BOOK, nth=2)
    for _ in range(3):
        api.sheets("GET", "/values/Plan!A1")
    listed = order(faulty, "GET", "faults").json()["faults"]
    assert listed == faulty.faults.scheduled()
    assert [(it["id"], it["kind"], it["when"], it["fitted"], it["hit"]) for it in listed] == [
        (number, "503", "after", 3, 1)
    ]
    assert order(faulty, "DELETE", "faults").json() == {"faults": []}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({}, "no kind of fault ``; known are 400, 401"),
        ({"kind": "510"}, "no kind of fault `510`"),
        ({"kind": 503}, "`kind` must be a text"),
        ({"kind": "503", "nht": 1}, "a fault has no `nht`; known are kind, when"),
        ({"kind": "503", "self": 1}, "a fault has no `self`"),
        ({"kind": "503", "when": "now"}, "`when` must be `before` or `after`"),
        ({"kind": "503", "nth": 0}, "`nth` must be a whole number from 1"),
        ({"kind": "503", "nth": True}, "`nth` must be"),
        ({"kind": "503", "every": 1.5}, "`every` must be"),
        ({"kind": "503", "times": -1}, "`times` must be a whole number from 0"),
        ({"kind": "503", "probability": 1.1}, "`probability` must be a number from 0 to 1"),
        ({"kind": "silence", "seconds": 0}, "`seconds` must be a number above 0 and up to 3600"),
        ({"kind": "twice", "when": "before"}, "`twice` happens only after the request is served"),
        ({"kind": "late", "when": "after"}, "`late` happens only before the request is served"),
        ({"kind": "503", "endpoint": "Values"}, "no endpoint `Values`; known are"),
        ({"kind": "token-clock", "endpoint": "GetValues"}, "is said by the endpoint `token` only"),
        ([], "an order is a JSON object"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_in_one_line(faulty: Running, fault: Any, said: str) -> None:
    assert said in refused(faulty, "faults", fault)
    assert faulty.faults.scheduled() == []


def test_the_same_is_said_to_whoever_calls_from_python(faulty: Running) -> None:
    with pytest.raises(SandboxError, match="`nth` must be"):
        faulty.faults.add("503", nth=0)


@given(st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.floats() | st.text()))
def test_no_order_whatever_breaks_the_schedule(fault: dict[str, Any]) -> None:
    one = Schedule(RLock(), ENDPOINTS)
    with contextlib.suppress(SandboxError):
        one.order({"kind": "503", **fault})
    one.due(READ)


@given(st.text(), st.sampled_from(("kind", "endpoint")))
def test_whatever_is_named_wrongly_is_named_in_one_line(text: str, name: str) -> None:
    with pytest.raises(SandboxError) as refusal:
        Schedule(RLock(), ENDPOINTS).order({"kind": "503", name: f"no {text}"})
    assert len(str(refusal.value).splitlines()) == 1


ADDRESSES = [(method, name) for method in ("GET", "DELETE") for name in ("faults", "quotas", "stale", "requests")]
ADDRESSES += [("POST", name) for name in ("faults", "quotas", "stale")]


@pytest.mark.parametrize(("method", "name"), ADDRESSES)
@pytest.mark.parametrize("secret", [None, "Bearer ", "Bearer wrong", "bearer", "Bearer \xe9"])
def test_orders_want_the_secret(faulty: Running, api: Api, method: str, name: str, secret: str | None) -> None:
    faulty.faults.add("503", method="PATCH")
    headers = {"Authorization": secret.encode("latin-1")} if secret else {}
    refused_ = requests.request(method, f"{faulty.base}/sandbox/{name}", json={}, headers=headers, timeout=5)
    assert (refused_.status_code, refused_.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert "control.json" in refused_.json()["error"]["message"]
    # Nor does an access token of Google's kind open it.
    assert api.session.request(method, f"{faulty.base}/sandbox/{name}", json={}, timeout=5).status_code == 401
    assert len(faulty.faults.scheduled()) == 1


def test_the_secret_is_new_at_every_start_private_and_said_nowhere(
    own_accounts: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    secrets = []
    for _ in range(2):
        with running(accounts=own_accounts) as started:
            file = own_accounts / "control.json"
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            secrets.append(json.loads(file.read_text())["secret"])
            assert order(started, "GET", "requests").json() == {"requests": []}
            assert secrets[-1] not in repr(started.requests)
    assert len(set(secrets)) == 2
    said = "".join(capfd.readouterr()) + caplog.text
    assert all(secret not in said for secret in secrets)


def test_no_account_can_be_called_like_the_file_of_the_secret(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"control\.json"), running(accounts=tmp_path, names=["control"]):
        pass


def test_the_record_of_requests_has_no_values_and_no_tokens(faulty: Running, api: Api) -> None:
    order(faulty, "DELETE", "requests")
    schedule(faulty, kind="503", when="after", endpoint="BatchUpdateSpreadsheet")
    cell = {"userEnteredValue": {"stringValue": "SECRET OFFER"}}
    at = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    api.batch({"updateCells": {"rows": [{"values": [cell]}], "fields": "userEnteredValue", "start": at}})
    api.sheets("GET", "/values/Plan!A1", fields="values", valueRenderOption="FORMULA")
    answer = order(faulty, "GET", "requests")
    account = "sheetsync@sandbox.iam.gserviceaccount.com"
    assert [RequestRecord(**_tuples(it)) for it in answer.json()["requests"]] == [
        RequestRecord("POST", f"/v4/spreadsheets/{BOOK}:batchUpdate", (), ("updateCells",), account, 200, "503 after"),
        RequestRecord(
            "GET", f"/v4/spreadsheets/{BOOK}/values/Plan!A1", ("fields", "valueRenderOption"), (), account, 200
        ),
    ]
    assert "SECRET" not in answer.text
    assert "ya29" not in answer.text
    assert order(faulty, "DELETE", "requests").json() == {"requests": []}


def _tuples(listed: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in listed.items()}


def test_a_path_pattern_and_an_account_pick_the_request_over_http(faulty: Running, api: Api, person: Api) -> None:
    schedule(faulty, kind="503", path="*/values/Other*", account="person", times=0)
    assert api.sheets("GET", "/values/Other!A1").status_code == 200
    assert person.sheets("GET", "/values/Plan!A1").status_code == 200
    assert person.sheets("GET", "/values/Other!A1").status_code == 503
