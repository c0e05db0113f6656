"""Patience over a real socket, with a clock that does not wait."""

from pathlib import Path

import pytest

from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.adapters.retrying import RetryingSheets
from sheetsync.core.changes import Batch, FillTab
from sheetsync.core.model import Workbook
from sheetsync.errors import AnswerLost, Refused, Transient, Unreachable
from sheetsync.ports import RequestCount
from tests.adapters.google_faults import Google, answer, closed_port, complains, reset, says, write_key
from tests.adapters.google_fixtures import PATIENCE, Connect, TestClock, connect, google, pem

__all__ = ["connect", "google", "pem"]

BATCH = Batch("book", "Spring", 9, (FillTab(1, (("a",),)),))


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def inner(connect: Connect, google: Google) -> GoogleSheets:
    small = {"spreadsheetId": "book", "properties": {"title": "Spring"}, "sheets": [], "replies": [{}]}
    google.usual = lambda seen: answer(
        200, {name: value for name, value in small.items() if (name == "replies") <= (seen.method == "POST")}
    )
    return connect()


@pytest.fixture
def sheets(inner: GoogleSheets, clock: TestClock) -> RetryingSheets:
    return RetryingSheets(inner, clock, budget_seconds=300)


def test_what_goes_well_is_done_once(sheets: RetryingSheets, clock: TestClock) -> None:
    assert sheets.read("book").title == "Spring"
    sheets.apply(BATCH)
    assert (sheets.count.reads, sheets.count.writes, clock.slept) == (1, 1, [])


def test_a_read_is_repeated_while_trouble_may_pass(sheets: RetryingSheets, google: Google, clock: TestClock) -> None:
    google.will(reset, says(502, "<html>"), complains(503, "later"), complains(429, "too many"))
    assert sheets.read("book").title == "Spring"
    assert sheets.count.reads == 5
    assert [int(seconds) for seconds in clock.slept] == [1, 2, 4, 8], "exponential, plus less than a second of chance"


def test_waits_differ_so_that_workers_do_not_knock_together(
    sheets: RetryingSheets, google: Google, clock: TestClock
) -> None:
    for _ in range(4):
        google.will(complains(429, "too many"))
        sheets.read("book")
    assert len(set(clock.slept)) == 4


def test_a_write_that_was_surely_not_applied_is_repeated(sheets: RetryingSheets, google: Google) -> None:
    google.will(complains(429, "too many"), complains(409, "aborted"))
    sheets.apply(BATCH)
    assert sheets.count.writes == 3
    assert len({seen.body for seen in google.seen}) == 1


@pytest.mark.parametrize("reply", [reset, says(503, "<html>"), says(200, "<html>")])
def test_a_write_whose_answer_was_lost_is_never_repeated(
    sheets: RetryingSheets, google: Google, clock: TestClock, reply: object
) -> None:
    google.will(reply)  # type: ignore[arg-type]
    with pytest.raises(AnswerLost):
        sheets.apply(BATCH)
    assert sheets.count.writes == 1
    assert clock.slept == []


def test_a_refusal_is_not_repeated(sheets: RetryingSheets, google: Google, clock: TestClock) -> None:
    google.will(complains(404, "not found"))
    with pytest.raises(Refused):
        sheets.read("book")
    assert (sheets.count.reads, clock.slept) == (1, [])


def test_no_wait_is_shorter_than_asked_for(sheets: RetryingSheets, google: Google, clock: TestClock) -> None:
    google.will(complains(429, "too many", Retry_After="45"))
    sheets.read("book")
    assert clock.slept == [45.0]


def test_after_the_last_attempt_one_line_tells_what_was_tried(sheets: RetryingSheets, google: Google) -> None:
    google.will(*[complains(503, "The service is currently unavailable.") for _ in range(9)])
    with pytest.raises(Unreachable) as caught:
        sheets.read("book")
    told = str(caught.value)
    assert told.startswith("gave up reading book after trying 5 times: ")
    assert "answered 503: The service is currently unavailable" in told
    assert "\n" not in told
    assert isinstance(caught.value.__cause__, Transient)
    assert sheets.count.reads == 5


def test_a_wait_that_the_budget_cannot_pay_is_not_begun(inner: GoogleSheets, google: Google, clock: TestClock) -> None:
    sheets = RetryingSheets(inner, clock, budget_seconds=10)
    google.will(complains(429, "too many", Retry_After="60"))
    with pytest.raises(Unreachable, match="after trying once"):
        sheets.read("book")
    assert clock.slept == []


def test_the_budget_is_one_for_all_calls(inner: GoogleSheets, google: Google, clock: TestClock) -> None:
    sheets = RetryingSheets(inner, clock, budget_seconds=10)
    google.will(*[complains(503, "later") for _ in range(99)])
    for _ in range(9):
        with pytest.raises(Unreachable):
            sheets.read("book")
    assert sum(clock.slept) <= 10
    google.script.clear()
    assert sheets.read("book").title == "Spring", "without a budget there is still a first attempt"


def test_the_time_of_failed_attempts_is_paid_from_the_budget_too(clock: TestClock) -> None:
    sheets = RetryingSheets(_SlowSheets(clock), clock, budget_seconds=100)
    with pytest.raises(Unreachable, match="after trying 3 times"):
        sheets.read("book")
    assert clock.passed < 140


class _SlowSheets:
    """Sheets that fail after 40 s of the test's own time, which no socket can spend."""

    def __init__(self, clock: TestClock) -> None:
        self.count = RequestCount()
        self.clock = clock

    def read(self, spreadsheet: str) -> Workbook:
        self.clock.passed += 40
        raise Transient(f"{spreadsheet} is slow.")

    def apply(self, batch: Batch) -> None:
        self.read(batch.spreadsheet)

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        return f"{spreadsheet}{tab_id}{a1}"


def test_a_sandbox_that_is_not_running_is_unreachable_with_its_remedy(
    pem: str, tmp_path: Path, clock: TestClock
) -> None:
    nowhere = closed_port()
    key = write_key(tmp_path / "key.json", pem, f"{nowhere}/token")
    sheets = RetryingSheets(GoogleSheets(key, nowhere, PATIENCE), clock, budget_seconds=300)
    with pytest.raises(Unreachable, match="start it with `sheetsync sandbox`"):
        sheets.read("book")
    with pytest.raises(Unreachable, match="start it with `sheetsync sandbox`"):
        sheets.apply(BATCH)
    assert clock.slept == [], "nobody waits for a process that is not there"


def test_links_and_counts_are_the_inner_ones(sheets: RetryingSheets, inner: GoogleSheets) -> None:
    assert sheets.link("book", 7, "A1") == inner.link("book", 7, "A1")
    assert sheets.count is inner.count
