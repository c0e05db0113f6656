"""How far from its campaign's launch a change was seen, and what a change within a freeze leaves undecided.

A flight begins with its first day and ends with its last, both in UTC, as everywhere where it is asked what is live.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final

from sheetsync.core.graph import Freeze
from sheetsync.core.model import Claim, Value
from sheetsync.core.record_fields import RecordField

#: the fields by which a campaign's launch window is known
FIRST_DAY, LAST_DAY = WINDOW = ("flight_start", "flight_end")
#: so long before launch a change counts as late where no freeze rule says how long
LATE: Final = timedelta(hours=48)

_DAY = timedelta(days=1)
#: up to here a distance is told in hours
_HOURS = 4 * _DAY


@dataclass(frozen=True, slots=True)
class Launch:
    """The days on which a campaign's flight begins and ends."""

    first: date
    #: None where nobody says, or says a day before the first
    last: date | None = None

    @property
    def begins(self) -> datetime:
        return _midnight(self.first)

    @property
    def ends(self) -> datetime | None:
        """The first moment after it; None where its end is not known: then it has none."""
        if self.last is None or self.last == date.max:
            return None
        return _midnight(self.last + _DAY)


def launch(first: Value | None, last: Value | None) -> Launch | None:
    """The launch window that two values name; None without a first day."""
    begins, ends = _day(first), _day(last)
    if begins is None:
        return None
    return Launch(begins, ends if ends is not None and ends >= begins else None)


class Phase(StrEnum):
    """On which side of its launch window a change was seen."""

    BEFORE = "before"
    LIVE = "live"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Seen:
    """A change, as far as it matters for a launch: when it was seen. What is said of it never ages."""

    launch: Launch
    at: datetime

    @property
    def lead(self) -> timedelta:
        """From the launch to the change: negative before it."""
        return self.at - self.launch.begins

    @property
    def phase(self) -> Phase:
        if self.at < self.launch.begins:
            return Phase.BEFORE
        return Phase.LIVE if self.launch.ends is None or self.at < self.launch.ends else Phase.AFTER

    def __str__(self) -> str:
        ends = self.launch.ends
        if self.phase is Phase.BEFORE:
            return f"{distance(-self.lead)} before launch on {self.launch.first}"
        if self.phase is Phase.AFTER and ends is not None:
            return f"{distance(self.at - ends)} after the flight's end on {self.launch.last}"
        return f"{distance(self.lead)} after launch on {self.launch.first}"

    def is_late(self, within: timedelta = LATE) -> bool:
        """From so long before launch on, until the flight's end."""
        return -within <= self.lead and self.phase is not Phase.AFTER


def distance(of: timedelta) -> str:
    """A length of time in the unit people use for it, rounded down: "40 min", "36 h", "6 d"."""
    if of < timedelta(hours=1):
        return f"{of // timedelta(minutes=1)} min"
    return f"{of // timedelta(hours=1)} h" if of <= _HOURS else f"{of // _DAY} d"


# ---------------------------------------------------------------- freezes


@dataclass(frozen=True, slots=True)
class Frozen:
    """The value of an owner's field that counts under a freeze."""

    source: str
    record: str
    field: str
    #: canonical; None where the cell said nothing
    value: str | None
    #: when it was taken down, or accepted
    since: datetime
    run: str
    #: who said yes to it; empty: it counted when the freeze began
    accepted_by: str = ""

    @property
    def about(self) -> RecordField:
        return self.source, self.record, self.field


@dataclass(frozen=True, slots=True)
class Moved:
    """One field of a late change: the owner's cell, what counted before, and what it says now (None: nothing)."""

    claim: Claim
    before: Value | None
    now: Value | None


@dataclass(frozen=True, slots=True)
class LateChange:
    """An owner's field, or a group of them, that was changed within a freeze and waits for a yes."""

    #: the record the fields belong to
    record: str
    #: those that moved, in the group's order
    moved: tuple[Moved, ...]
    rule: Freeze
    #: the launch that counted when it was changed
    launch: Launch
    #: when the newest of it was seen first
    at: datetime
    #: everything that waits with it, the moved ones among them: field -> the value that counts
    counts: Mapping[str, Value | None] = field(default_factory=dict)
    #: the group's name; empty for a single field
    group: str = ""

    @property
    def source(self) -> str:
        """The owner."""
        return self.moved[0].claim.place.source

    @property
    def seen(self) -> Seen:
        return Seen(self.launch, self.at)


@dataclass(frozen=True)
class Frost:
    """What freezes say of one cycle: the changes that wait for a yes, and every value that counts under a freeze."""

    late: tuple[LateChange, ...] = ()
    rows: Mapping[RecordField, Frozen] = field(default_factory=dict)

    @cached_property
    def disputed(self) -> Mapping[tuple[str, str], LateChange]:
        """(record, field) of everything that waits for a yes."""
        return {(change.record, name): change for change in self.late for name in change.counts}


#: where nothing is frozen
NO_FROST: Final = Frost()


def in_force(rules: Iterable[Freeze], of: Launch | None, now: datetime) -> tuple[Freeze, ...]:
    """The freezes that hold for a campaign; none where its launch is not known."""
    return () if of is None else tuple(rule for rule in rules if _holds(rule, of, now))


def _holds(rule: Freeze, of: Launch, now: datetime) -> bool:
    over = of.ends if rule.until_end else of.begins
    return Seen(of, now).lead >= -rule.within and (over is None or now < over)


def _day(value: Value | None) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _midnight(of: date) -> datetime:
    return datetime.combine(of, time(), UTC)
