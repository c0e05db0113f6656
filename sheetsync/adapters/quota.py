"""A budget of requests: what Google grants an account in a minute is never asked for, so that nothing is refused.

Google counts the reads and the writes of one account each for itself (developers.google.com/sheets/api/limits). All
runs of one process share the budget of their account. Runs of other processes are not seen: for those there is
patience (`retrying`).
"""

from threading import Lock

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem

from sheetsync.core.changes import Batch
from sheetsync.core.model import Workbook
from sheetsync.ports import Clock, RequestCount, Sheets


class Budget:
    """At most so many requests of a kind in any minute."""

    def __init__(self, reads: int, writes: int) -> None:
        self._buckets = {"read": _bucket(reads), "write": _bucket(writes)}
        self._lock = Lock()

    def take(self, verb: str, clock: Clock) -> None:
        """Wait until one more request may go; whoever waits longer than others may be overtaken."""
        while (wait := self._wait(verb, clock)) > 0:
            clock.sleep(wait)

    def _wait(self, verb: str, clock: Clock) -> float:
        """Seconds until it is worth asking again; 0 when the request may go, which is then counted."""
        bucket = self._buckets[verb]
        with self._lock:
            now = RateItem(verb, int(clock.monotonic() * 1000))
            bucket.leak(now.timestamp)
            if bucket.put(now):
                return 0.0
            wait = bucket.waiting(now)
        # In memory nothing is awaited. A millisecond more: one that was cut off must not make us ask too early.
        return ((wait if isinstance(wait, int) else 0) + 1) / 1000


def _bucket(per_minute: int) -> InMemoryBucket:
    return InMemoryBucket([Rate(per_minute, Duration.MINUTE)])


_budgets: dict[tuple[str, int, int], Budget] = {}
_MAKING = Lock()


def budget_of(account: str, reads: int, writes: int) -> Budget:
    """The one budget that all runs of an account share in this process."""
    with _MAKING:
        return _budgets.setdefault((account, reads, writes), Budget(reads, writes))


class WithinQuota:
    """Another `Sheets`, each of whose requests waits for its place in the budget.

    It stands right before the adapter that sends, so that each attempt of a patient one counts.
    """

    def __init__(self, inner: Sheets, budget: Budget, clock: Clock) -> None:
        self.count: RequestCount = inner.count
        self._inner = inner
        self._budget = budget
        self._clock = clock

    def read(self, spreadsheet: str) -> Workbook:
        """As the inner `Sheets`."""
        self._budget.take("read", self._clock)
        return self._inner.read(spreadsheet)

    def apply(self, batch: Batch) -> None:
        """As the inner `Sheets`."""
        self._budget.take("write", self._clock)
        self._inner.apply(batch)

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        """As the inner `Sheets`."""
        return self._inner.link(spreadsheet, tab_id, a1)
