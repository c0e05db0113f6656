"""Patience with any `Sheets`: trouble that may pass is waited out, within one budget for the whole run.

A write whose answer was lost is never repeated here: only the engine, which can read the generation, knows whether to.
"""

from collections.abc import Callable
from typing import TypeVar

import tenacity

from sheetsync.core.changes import Batch
from sheetsync.core.model import Workbook
from sheetsync.errors import AnswerLost, Transient, Unreachable
from sheetsync.ports import Clock, RequestCount, Sheets

Answer = TypeVar("Answer")

#: 1, 2, 4 … 32 s, each with up to a second of chance, so that many workers do not knock together: Google's own advice
_BACKOFF = tenacity.wait_exponential_jitter(max=32, jitter=1)


class RetryingSheets:
    """Another `Sheets`, tried again while that may help.

    `budget_seconds` is what all calls together may lose to failed attempts and waiting: make one `RetryingSheets` per
    run. Each call is tried at least once and at most `attempts` times. Waits grow exponentially and are never shorter
    than the other side asked for; a wait the budget cannot pay is not begun. Only `clock` sleeps.
    """

    def __init__(self, inner: Sheets, clock: Clock, budget_seconds: float, attempts: int = 5) -> None:
        self.count: RequestCount = inner.count
        self._inner = inner
        self._clock = clock
        self._left = budget_seconds
        self._attempts = attempts

    def read(self, spreadsheet: str) -> Workbook:
        """As the inner `Sheets`, with `Unreachable` instead of `Transient` when patience is at its end."""
        return self._patiently(f"reading {spreadsheet}", lambda: self._inner.read(spreadsheet))

    def apply(self, batch: Batch) -> None:
        """As the inner `Sheets`, with `Unreachable` instead of `Transient`; `AnswerLost` passes through at once."""
        self._patiently(f"writing {batch.title or batch.spreadsheet}", lambda: self._inner.apply(batch))

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        """As the inner `Sheets`."""
        return self._inner.link(spreadsheet, tab_id, a1)

    def _patiently(self, doing: str, attempt: Callable[[], Answer]) -> Answer:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_pass),
            wait=_wait,
            stop=self._enough,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            answer: Answer = retrying(self._costing, attempt)
        except AnswerLost:
            raise
        except Transient as error:
            tries = retrying.statistics["attempt_number"]
            times = "once" if tries == 1 else f"{tries} times"
            raise Unreachable(f"gave up {doing} after trying {times}: {error}") from error
        return answer

    def _costing(self, attempt: Callable[[], Answer]) -> Answer:
        """One attempt; the time of a failed one is lost, and so the budget pays for it."""
        started = self._clock.monotonic()
        try:
            return attempt()
        except Transient:
            self._left -= self._clock.monotonic() - started
            raise

    def _enough(self, state: tenacity.RetryCallState) -> bool:
        return state.attempt_number >= self._attempts or state.upcoming_sleep > self._left

    def _sleep(self, seconds: float) -> None:
        self._left -= seconds
        self._clock.sleep(seconds)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, Transient) and not isinstance(error, AnswerLost)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, Transient) else None
    return max(_BACKOFF(state), asked or 0.0)
