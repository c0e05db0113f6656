"""Whether a published link does its work: what was found out about an address, judged against the campaign's days.

The world's part (asking) stands behind the port `Links`; what an answer means is decided here, from the answer, the
flight and the time alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, assert_never

from sheetsync.core.addresses import Network
from sheetsync.core.terms import Severity
from sheetsync.core.tracking import DefectKind, TrackingRules, inspect, read
from sheetsync.core.tracking.urls import split

#: so long before its start a flight counts as begun: what is not there now will not be there then
ABOUT_TO_START: Final = timedelta(hours=48)
#: so long before its start people still have time, but not much
NEAR: Final = timedelta(days=7)

_NOT_PRODUCTION: Final = {
    DefectKind.LOCAL_HOST,
    DefectKind.STAGING_HOST,
    DefectKind.HOST_NOT_ALLOWED,
    DefectKind.SHORT_LINK,
    DefectKind.UNPARSEABLE,
    DefectKind.NOT_A_URL,
}


@dataclass(frozen=True, slots=True)
class Manners:
    """How addresses are asked; the section `links` explains each setting (`config.shape`)."""

    #: for one address with all its redirects, waiting for our turn at a host not counted
    timeout_seconds: float = 10
    max_redirects: int = 5
    #: of everything that is read for one address
    max_bytes: int = 262_144
    at_once: int = 4
    #: between two requests to one host
    per_host_seconds: float = 1
    remembered: timedelta = timedelta(minutes=60)
    #: who to write to about us; empty for nobody
    contact: str = ""
    allowed: tuple[Network, ...] = ()
    #: besides 80 and 443
    ports: frozenset[int] = frozenset()


# ---------------------------------------------------------------- what was found out


@dataclass(frozen=True, slots=True)
class Answered:
    """The last address of the chain answered, as it would answer a browser."""

    #: HTTP's
    status: int
    #: where the answer came from; of its query only the utm_ parameters are kept, the rest may be somebody's session
    final: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Nobody can get there: no such name, nothing listens, a certificate no browser takes."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing can be said: we refused, were refused as a robot, or gave up. No news about the page."""

    reason: str


Looked = Answered | Gone | Stopped


# ---------------------------------------------------------------- what it means


class Verdict(StrEnum):
    """Closed list."""

    OK = "ok"
    NOT_LIVE_YET = "not live yet"
    BLOCKED = "blocked"
    DROPS_PARAMETERS = "drops parameters"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Flight:
    """When a link must work. Days are UTC's, as nobody says in which zone a campaign's day begins."""

    start: date | None
    #: the last day, included
    end: date | None
    #: somebody says it is live, whatever the days say
    live: bool = False

    def until_start(self, now: datetime) -> timedelta | None:
        """Negative once it has begun; None where nobody knows when that is."""
        return None if self.start is None else _midnight(self.start) - now

    def is_over(self, now: datetime) -> bool:
        return self.end is not None and now - _midnight(self.end) >= timedelta(days=1)

    def is_due(self, now: datetime) -> bool:
        """Whether it has begun or is about to."""
        left = self.until_start(now)
        return self.live or (left is not None and left <= ABOUT_TO_START)


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict on one link of one row, and why; `severity` is None for what is well."""

    verdict: Verdict
    severity: Severity | None
    why: str


def judge(url: str, looked: Looked, flight: Flight, now: datetime, rules: TrackingRules) -> Health:
    """What was found out about `url` means this for a flight at a time. `now` is aware."""
    verdict, why = _verdict(url, looked, flight, now, rules)
    return Health(verdict, severity(verdict, flight, now), why)


def severity(verdict: Verdict, flight: Flight, now: datetime) -> Severity | None:
    """How loud: it rises as the launch window nears, and falls when the window is over."""
    match verdict:
        case Verdict.OK:
            return None
        case Verdict.BLOCKED:
            # No evidence against the page: people look when it matters, nobody is woken up for a bot wall.
            return min(_nearness(flight, now), Severity.MEDIUM, key=_QUIETEST.index)
        case Verdict.NOT_LIVE_YET | Verdict.DROPS_PARAMETERS | Verdict.DEAD:
            return _nearness(flight, now)
        case _:
            assert_never(verdict)


def worst(healths: Iterable[Health]) -> Health:
    """The one that is told where one address serves several rows. Raises ValueError for none."""
    return max(healths, key=loudness)


def loudness(health: Health) -> tuple[int, int]:
    """Greater is worse."""
    loud = -1 if health.severity is None else _QUIETEST.index(health.severity)
    return loud, _BEST.index(health.verdict)


_QUIETEST: Final = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)
_BEST: Final = (Verdict.OK, Verdict.BLOCKED, Verdict.NOT_LIVE_YET, Verdict.DROPS_PARAMETERS, Verdict.DEAD)


def _nearness(flight: Flight, now: datetime) -> Severity:
    if flight.is_over(now):
        return Severity.LOW
    if flight.is_due(now):
        return Severity.HIGH
    left = flight.until_start(now)
    # A day nobody told may be tomorrow.
    return Severity.MEDIUM if left is None or left <= NEAR else Severity.LOW


def _verdict(url: str, looked: Looked, flight: Flight, now: datetime, rules: TrackingRules) -> tuple[Verdict, str]:
    match looked:
        case Gone(reason):
            return Verdict.DEAD, reason
        case Stopped(reason):
            return Verdict.BLOCKED, reason
        case Answered(status, final):
            return _answered(url, status, final, flight.is_due(now) or flight.is_over(now), rules)
        case _:
            assert_never(looked)


def _answered(url: str, status: int, final: str, due: bool, rules: TrackingRules) -> tuple[Verdict, str]:
    if not 200 <= status < 300:
        where = "" if _host(final) == _host(url) else f" at {_host(final)}"
        return (Verdict.DEAD if due else Verdict.NOT_LIVE_YET), f"answers {status}{where}"
    if rules.hosts and any(defect.kind in _NOT_PRODUCTION for defect in inspect(final, rules)):
        return Verdict.BLOCKED, f"ends at {_host(final)}, which is no production host (tracking.hosts)"
    kept = read(final)
    if lost := [name for name, value in read(url).items() if kept.get(name) != value]:
        return Verdict.DROPS_PARAMETERS, f"{' and '.join(lost)} lost on the way to {_host(final)}"
    return Verdict.OK, f"answers {status}"


def _host(url: str) -> str:
    where = split(url).host
    return where.name if where else "an address without a host"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
