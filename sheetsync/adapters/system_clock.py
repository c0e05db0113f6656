"""The one door to the machine's time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Implements `Clock`."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump, for durations; their zero means nothing."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; a negative wait is none, as when a deadline has passed already."""
        time.sleep(max(0.0, seconds))
