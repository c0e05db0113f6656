"""Who is told what, where and when: from changes of state to the notices that wait for each channel.

A notice is about one change of state in one channel and is made once, ever; when it may be sent is asked anew each
time, because quiet hours are a matter of settings, not of what happened.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sheetsync.core.graph import Rules, SheetTab, Visibility
from sheetsync.core.terms import Severity
from sheetsync.core.visibility import Readers

#: the state of a day's digest, and what its id begins with
DIGEST: Final = "digest"
#: what could not be delivered for so long after the first attempt never will be
GIVEN_UP_AFTER: Final = timedelta(hours=24)
#: a failed channel is tried again in each run, from so many attempts on only after a pause
_EAGER: Final = 3
_PAUSE: Final = timedelta(minutes=10)

_NARROWNESS: Final = {seen: position for position, seen in enumerate(Visibility)}


class State(StrEnum):
    """What became of a conflict, or of what was said about one elsewhere."""

    OPENED = "opened"
    REOPENED = "reopened"
    DECIDED = "decided"
    APPLIED = "applied"
    CLOSED = "closed"
    FILED = "filed"
    ACCEPTED = "accepted"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Channel:
    """One place people read."""

    name: str
    #: the environment variable that holds its URL
    url_env: str
    #: it hears what these own; of everything where there are none
    sources: tuple[str, ...] = ()
    #: how much it hears, where it hears of everything; otherwise its sources' readers' settings say so
    sees: Visibility = Visibility.FIELDS


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another, perhaps on the next day; equal times are no time at all."""

    begins: time
    ends: time
    zone: ZoneInfo
    lets_high_through: bool = False

    def hold(self, now: datetime) -> bool:
        """Whether nobody is to be disturbed now, by the clocks people there look at."""
        here = now.astimezone(self.zone).time()
        if self.begins <= self.ends:
            return self.begins <= here < self.ends
        return here >= self.begins or here < self.ends


@dataclass(frozen=True, slots=True)
class Digest:
    """One message a day."""

    at: time
    zone: ZoneInfo

    def day(self, now: datetime) -> date | None:
        """The day whose digest is due by now; None before its time."""
        here = now.astimezone(self.zone)
        return here.date() if here.time() >= self.at else None


@dataclass(frozen=True, slots=True)
class Notify:
    """Who is told; nobody without channels."""

    channels: tuple[Channel, ...] = ()
    quiet: QuietHours | None = None
    digest: Digest | None = None


NOBODY: Final = Notify()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of state, or one thing that is open, as it may be told."""

    #: of a conflict or claim: "ss-KJERO6", from its second episode on "ss-KJERO6.2"; "sc-…"
    id: str
    state: State
    severity: Severity
    #: its id as people know it, empty where only names tell it
    campaign: str
    #: the record in full as people know it; it may hold names
    record: str
    #: the field's label, or the labels of a group
    field: str
    #: whose word counts; where nobody's does, who gives
    owner: str
    #: in whose cell it stands otherwise
    copy: str
    #: the sentence for whoever may see everything
    message: str
    #: the same without a value of anybody
    discreet: str
    #: every source whose words the message or the record's name may hold: owner and copy among them
    sources: frozenset[str]
    #: opens the copy's cell; empty where there is no page
    link: str = ""
    #: opens the owner's cell
    own_link: str = ""
    #: first day of the launch window, and who says so
    launch: date | None = None
    launch_of: str = ""
    #: since when it is open
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One message that one channel shall get, once."""

    #: of the change; of a digest its day
    about: str
    state: str
    channel: str
    severity: str
    made: datetime
    #: the run that saw it; empty for a digest
    run: str
    title: str
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.about, self.state, self.channel


# ---------------------------------------------------------------- who hears what


def hears(channel: Channel, change: Change) -> bool:
    """Whether a change is a channel's affair."""
    return not channel.sources or change.owner in channel.sources


def may_hear(channel: Channel, spoken_of: Iterable[str], rules: Rules) -> Visibility:
    """How much of these sources' words may be said in a channel: no more than any of its sources' readers may see."""
    if not channel.sources:
        return channel.sees
    about = tuple(spoken_of)
    allowed = (_readers(name, rules).may_learn(about) for name in channel.sources if name in rules.sources)
    # A source that is none any more has no readers who could be allowed anything.
    return max(allowed, key=_NARROWNESS.__getitem__, default=Visibility.NONE)


def _readers(source: str, rules: Rules) -> Readers:
    where = rules.sources[source].location
    return Readers(rules.tabs_of(where.spreadsheet) if isinstance(where, SheetTab) else (rules.sources[source],))


# ---------------------------------------------------------------- when


def may_go(notice: Notice, notify: Notify, now: datetime) -> bool:
    """Whether a notice may be sent now: quiet hours hold back all but a digest whose own time lies within them."""
    quiet = notify.quiet
    if quiet is None or not quiet.hold(now):
        return True
    if notice.state == DIGEST:
        return _wanted_then(notify, now)
    return quiet.lets_high_through and notice.severity == Severity.HIGH


def _wanted_then(notify: Notify, now: datetime) -> bool:
    """Whether the digest's own time lies in quiet hours: then somebody wants it in them."""
    quiet, digest = notify.quiet, notify.digest
    if quiet is None or digest is None:
        return False
    at = datetime.combine(now.astimezone(digest.zone).date(), digest.at, digest.zone)
    return quiet.hold(at)


def again(attempts: int, tried: datetime | None, now: datetime) -> bool:
    """Whether a notice that failed so often is worth another attempt now."""
    return tried is None or attempts < _EAGER or now - tried >= _PAUSE


def is_given_up(notice: Notice, first_tried: datetime | None, notify: Notify, now: datetime) -> bool:
    """Whether nobody shall try any more: it failed for too long, its channel is gone, or its day is over."""
    if all(one.name != notice.channel for one in notify.channels):
        return True
    if notice.state == DIGEST and (notify.digest is None or notice.about < digest_id(_today(notify.digest, now))):
        return True
    return first_tried is not None and now - first_tried >= GIVEN_UP_AFTER


def digest_id(day: date) -> str:
    """What a day's digest is called; in the order of days."""
    return f"{DIGEST} {day.isoformat()}"


def _today(digest: Digest, now: datetime) -> date:
    return now.astimezone(digest.zone).date()


def next_digest(notify: Notify, now: datetime) -> datetime | None:
    """When the next digest is due; None without one."""
    if notify.digest is None or not notify.channels:
        return None
    day = _today(notify.digest, now)
    today = datetime.combine(day, notify.digest.at, notify.digest.zone)
    # In UTC, because clocks that are put back show a time twice.
    if today.timestamp() > now.timestamp():
        return today
    return datetime.combine(day + timedelta(days=1), notify.digest.at, notify.digest.zone)


# ---------------------------------------------------------------- what came and went


def heard(changes: Sequence[Change], notify: Notify) -> Iterator[tuple[Channel, Change]]:
    """Each change with each channel whose affair it is."""
    for channel in notify.channels:
        for change in changes:
            if hears(channel, change):
                yield channel, change
