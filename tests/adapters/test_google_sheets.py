"""The adapter against a network in trouble: what is safe to repeat, what may stand, what a person must mend."""

import time
from pathlib import Path

import pytest

from sheetsync.adapters.google_cells import FIELDS
from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.core.changes import Batch
from sheetsync.errors import AnswerLost, Refused, SheetsyncError, Transient, Unreachable
from tests.adapters.google_faults import (
    Google,
    Reply,
    answer,
    closed_port,
    complains,
    dribbles,
    reset,
    says,
    self_signed,
    sends,
    serving,
    silent,
    truncated,
)
from tests.adapters.google_fixtures import SOON, Connect, connect, google, pem
from tests.adapters.google_schema import check
from tests.adapters.test_google_cells import ANSWER
from tests.adapters.test_google_requests import EVERY_CHANGE

__all__ = ["connect", "google", "pem"]

BATCH = Batch("book", "Spring", 9, EVERY_CHANGE)


@pytest.fixture
def sheets(connect: Connect, google: Google) -> GoogleSheets:
    google.usual = lambda seen: answer(
        200, ANSWER if seen.method == "GET" else {"spreadsheetId": "book", "replies": [{}]}
    )
    return connect()


# ---------------------------------------------------------------- what goes well


def test_a_read_is_one_request_with_a_field_mask(sheets: GoogleSheets, google: Google) -> None:
    assert sheets.read("book").title == "Spring"
    [seen] = google.seen
    path, _, query = seen.target.partition("?")
    assert (seen.method, path) == ("GET", "/v4/spreadsheets/book")
    mask, _, rest = query.partition("&")
    assert mask.startswith("fields=spreadsheetId%2Cproperties")
    # Blanks would double the answer.
    assert rest == "prettyPrint=false"
    assert (sheets.count.reads, sheets.count.writes, sheets.count.drive) == (1, 0, 0)


def test_a_batch_is_one_request_that_google_describes(sheets: GoogleSheets, google: Google) -> None:
    sheets.apply(BATCH)
    [seen] = google.seen
    assert (seen.method, seen.target) == ("POST", "/v4/spreadsheets/book:batchUpdate")
    check("BatchUpdateSpreadsheetRequest", seen.json)
    assert len(seen.json["requests"]) == 14
    assert (sheets.count.reads, sheets.count.writes, sheets.count.drive) == (0, 1, 0)


def test_an_empty_batch_sends_nothing(sheets: GoogleSheets, google: Google) -> None:
    sheets.apply(Batch("book", "Spring", 9, ()))
    assert google.seen == []
    assert sheets.count.writes == 0


def test_many_requests_share_one_connection(sheets: GoogleSheets) -> None:
    started = time.monotonic()
    for _ in range(20):
        sheets.read("book")
    assert time.monotonic() - started < 2


def test_links_open_the_tab_with_the_cell_selected(sheets: GoogleSheets, google: Google) -> None:
    base = f"{google.base}/spreadsheets/d/book/edit"
    assert sheets.link("book", 7, "H135") == f"{base}?gid=7#gid=7&range=H135"
    assert sheets.link("book", 0, "A1:B2") == f"{base}?gid=0#gid=0&range=A1:B2"
    assert sheets.link("book", 0) == f"{base}?gid=0#gid=0"
    assert sheets.link("book", None, "H135") == base
    assert sheets.link("a/b", None) == f"{google.base}/spreadsheets/d/a%2Fb/edit"


# ---------------------------------------------------------------- what goes wrong

SERVICE_OFF = "Google Sheets API has not been used in project 1 before or it is disabled."
PROTECTED = "Invalid requests[0].updateCells: You are trying to edit a protected cell or object. Please contact …"

#: reply, what a read becomes, what a write becomes, part of the message
TROUBLE: list[tuple[Reply, type[SheetsyncError], type[SheetsyncError], str]] = [
    # nobody knows whether it was applied
    (reset, Transient, AnswerLost, "no usable answer"),
    (silent, Transient, AnswerLost, "no usable answer"),
    (dribbles, Transient, AnswerLost, "no usable answer"),
    (truncated(), Transient, AnswerLost, "no usable answer"),
    (sends(b"nonsense\r\n\r\n", then_close=True), Transient, AnswerLost, "no usable answer"),
    (says(200, "<html>sign in</html>"), Transient, AnswerLost, "no usable answer"),
    (says(200, ["cheerful"]), Transient, AnswerLost, "no usable answer"),
    (says(200, {"spreadsheetId": "another"}), Transient, AnswerLost, "no usable answer"),
    (sends(answer(200, {"spreadsheetId": "book"}, Content_Encoding="gzip")), Transient, AnswerLost, "no usable answer"),
    (says(500, {"error": {"message": "Internal error encountered."}}), Transient, AnswerLost, "answered 500: Internal"),
    (says(502, "<html>Bad Gateway</html>"), Transient, AnswerLost, "answered 502"),
    (complains(503, "The service is currently unavailable."), Transient, AnswerLost, "answered 503: The service"),
    (complains(504, "deadline"), Transient, AnswerLost, "answered 504"),
    (complains(408, "timeout"), Transient, AnswerLost, "answered 408"),
    (says(302, "", Location="https://portal.example/"), Transient, AnswerLost, "answered 302"),
    # surely not applied, may pass
    (complains(429, "Quota exceeded", "RATE_LIMIT_EXCEEDED"), Transient, Transient, "too many requests"),
    (complains(403, "Rate Limit Exceeded", "rateLimitExceeded"), Transient, Transient, "too many requests"),
    (says(403, {"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}), Transient, Transient, "too many"),
    (complains(409, "aborted"), Transient, Transient, "was busy"),
    # for good
    (complains(403, "The caller does not have permission"), Refused, Refused, "not shared with sheetsync@test.iam"),
    (complains(403, SERVICE_OFF, "SERVICE_DISABLED"), Refused, Refused, "enable `sheets.googleapis.com`"),
    (says(403, {"error": {"message": "x", "errors": [{"reason": "accessNotConfigured"}]}}), Refused, Refused, "enable"),
    (complains(403, "Insufficient", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), Refused, Refused, "does not cover"),
    (says(403, "<html>blocked</html>"), Refused, Refused, "check the proxy or firewall"),
    (complains(404, "Requested entity was not found."), Refused, Refused, "check `spreadsheet:` in the configuration"),
    (complains(400, PROTECTED), Refused, Refused, "Ask the owner to take the protection away"),
    (complains(400, "This operation is not supported for this document"), Refused, Refused, "Excel file"),
    (complains(400, "No grid with id: 77"), Refused, Refused, "was refused: No grid with id: 77."),
    (says(413, "<html>too large</html>"), Refused, Refused, "refused with 413"),
]


@pytest.mark.parametrize("writing", [False, True], ids=["read", "write"])
@pytest.mark.parametrize("trouble", TROUBLE, ids=[f"{index}-{row[3]}" for index, row in enumerate(TROUBLE)])
def test_trouble_is_told_by_what_may_be_done_about_it(
    sheets: GoogleSheets,
    google: Google,
    trouble: tuple[Reply, type[SheetsyncError], type[SheetsyncError], str],
    writing: bool,
) -> None:
    reply, of_read, of_write, part = trouble
    google.will(reply)
    started = time.monotonic()
    with pytest.raises(SheetsyncError) as caught:
        _do(sheets, writing)
    assert type(caught.value) is (of_write if writing else of_read)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is not None
    assert time.monotonic() - started < SOON
    assert len(google.seen) == 1, "one attempt, for patience is another adapter's"


@pytest.mark.parametrize("writing", [False, True], ids=["read", "write"])
def test_after_trouble_the_next_request_goes_well(sheets: GoogleSheets, google: Google, writing: bool) -> None:
    google.will(truncated(), reset, says(500, "<html>"))
    for _ in range(3):
        with pytest.raises(Transient):
            _do(sheets, writing)
    _do(sheets, writing)


@pytest.mark.parametrize("writing", [False, True], ids=["read", "write"])
def test_a_refused_connection_means_that_nothing_was_applied(connect: Connect, google: Google, writing: bool) -> None:
    nowhere = closed_port()
    sheets = connect(endpoint=nowhere)  # with a token, but without an API
    with pytest.raises(Unreachable, match=f"nothing answers at {nowhere}"):
        _do(sheets, writing)
    assert google.asked_tokens == 1


@pytest.mark.parametrize("writing", [False, True], ids=["read", "write"])
def test_a_certificate_that_is_not_trusted_stops_the_request_before_it_is_sent(
    connect: Connect, tmp_path: Path, writing: bool
) -> None:
    with serving(self_signed(tmp_path)) as stranger:
        with pytest.raises(Transient, match="no safe connection") as caught:
            _do(connect(endpoint=stranger.base), writing)
        assert type(caught.value) is Transient
        assert stranger.seen == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry_After": "17"}, 17.0),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "Wed, 21 Oct 2026 07:28:30 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"Retry_After": "Wed, 21 Oct 2026 07:27:00 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
        ({"Retry_After": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
    ],
)
def test_a_wish_to_be_left_alone_is_passed_on(
    sheets: GoogleSheets, google: Google, headers: dict[str, str], seconds: float | None
) -> None:
    google.will(complains(429, "Quota exceeded", **headers))
    with pytest.raises(Transient) as caught:
        sheets.read("book")
    assert caught.value.retry_after == seconds


def test_a_workbook_that_is_none_is_no_workbook(sheets: GoogleSheets, google: Google) -> None:
    for odd in ({"spreadsheetId": "book"}, {"spreadsheetId": "book", "properties": [], "sheets": []}):
        google.will(says(200, odd))
        with pytest.raises(Transient, match="no usable answer"):
            sheets.read("book")


def test_every_name_that_a_read_asks_for_is_in_its_mask(sheets: GoogleSheets) -> None:
    assert FIELDS.count("(") == FIELDS.count(")")
    assert sheets.read("book").generation == 10


def test_a_token_endpoint_that_refuses_is_unreachable_for_reads_and_writes(
    sheets: GoogleSheets, google: Google
) -> None:
    google.tokens.append(says(400, {"error": "invalid_grant"}))
    with pytest.raises(Unreachable):
        sheets.apply(BATCH)


def _do(sheets: GoogleSheets, writing: bool) -> None:
    if writing:
        sheets.apply(BATCH)
    else:
        sheets.read("book")
