"""A budget of requests: whatever is asked for, in no minute more goes out than was granted."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sheetsync import wiring
from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.adapters.quota import Budget, WithinQuota, budget_of
from sheetsync.adapters.retrying import RetryingSheets
from sheetsync.config import load
from tests.adapters.google_faults import Google, answer, complains, write_key
from tests.adapters.google_fixtures import Connect, TestClock, connect, google, pem
from tests.config.conftest import EXAMPLE

__all__ = ["connect", "google", "pem"]

SMALL = {"spreadsheetId": "book", "properties": {"title": "Spring"}, "sheets": []}


@given(
    st.integers(1, 8),
    st.lists(st.tuples(st.sampled_from(["read", "write"]), st.floats(0, 40)), max_size=60),
)
def test_in_no_minute_more_than_granted_and_reads_and_writes_apart(
    granted: int, asked: list[tuple[str, float]]
) -> None:
    budget, clock = Budget(granted, granted), TestClock()
    sent: dict[str, list[float]] = {"read": [], "write": []}
    for verb, pause in asked:
        clock.passed += pause
        budget.take(verb, clock)
        sent[verb].append(clock.passed)
    for times in sent.values():
        assert all(later - first >= 59.99 for first, later in zip(times, times[granted:], strict=False))


@given(st.integers(1, 8), st.integers(0, 30))
def test_nobody_waits_longer_than_needed(granted: int, asked: int) -> None:
    budget, clock = Budget(granted, 1), TestClock()
    for _ in range(asked):
        budget.take("read", clock)
    assert clock.passed <= 60.1 * (max(asked - 1, 0) // granted)


def test_one_account_has_one_budget() -> None:
    assert budget_of("a@x", 5, 5) is budget_of("a@x", 5, 5)
    assert budget_of("a@x", 5, 5) is not budget_of("b@x", 5, 5)


def test_each_attempt_counts_and_what_google_refuses_all_the_same_is_waited_out(
    connect: Connect, google: Google
) -> None:
    google.usual = lambda _: answer(200, SMALL)
    google.will(complains(429, "too many"), complains(429, "too many"))
    clock = TestClock()
    sheets = RetryingSheets(WithinQuota(connect(), Budget(2, 2), clock), clock, budget_seconds=600)
    assert sheets.read("book").title == "Spring"
    assert sheets.count.reads == 3
    assert clock.passed >= 60, "the third had to wait for its minute"


def test_against_google_every_run_is_within_the_quota_and_a_sandbox_has_none(pem: str, tmp_path: Path) -> None:
    def kind(token_uri: str, **environ: str) -> type:
        key = write_key(tmp_path / "key.json", pem, token_uri)
        config = load(EXAMPLE, {"SHEETSYNC_CREDENTIALS": str(key), **environ})
        return type(wiring.sheets(config)._inner)  # type: ignore[attr-defined]

    assert kind("https://oauth2.googleapis.com/token") is WithinQuota
    assert kind("http://127.0.0.1:9/token", SHEETS_EMULATOR_HOST="127.0.0.1:9") is GoogleSheets
