"""Quarantine: what fails again and again is asked more and more rarely, until it succeeds once."""

from dataclasses import dataclass

from sheetsync.core.pace import Rhythm
from sheetsync.errors import SheetsyncError


@dataclass(frozen=True, slots=True)
class Failing:
    """What has failed, and how often in a row."""

    failures: int
    error: SheetsyncError
    #: of the monotonic clock: when it may be asked again
    due: float


class Quarantine:
    """Counts failures by name. Forgotten with the process: after a restart everything is asked once."""

    def __init__(self, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        self._failing: dict[str, Failing] = {}

    def failed(self, name: str, error: SheetsyncError, now: float) -> bool:
        """Note one more failure; whether the quarantine begins with it."""
        before = self._failing.get(name)
        failures = 1 + (before.failures if before else 0)
        self._failing[name] = Failing(failures, error, now + self._rhythm.quarantine(failures))
        return failures == self._rhythm.quarantine_after

    def healed(self, name: str) -> bool:
        """Note a success; whether it ends a quarantine."""
        before = self._failing.pop(name, None)
        return before is not None and self._is_shut(before)

    def is_due(self, name: str, now: float) -> bool:
        """Whether it may be asked now."""
        return name not in self._failing or self._failing[name].due <= now

    def failing(self, name: str) -> Failing | None:
        """Its last failure, if nothing has succeeded since."""
        return self._failing.get(name)

    @property
    def inside(self) -> dict[str, Failing]:
        """What is in quarantine."""
        return {name: one for name, one in self._failing.items() if self._is_shut(one)}

    def _is_shut(self, one: Failing) -> bool:
        return one.failures >= self._rhythm.quarantine_after
