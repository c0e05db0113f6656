"""Delivering what waits: after the run has let go of its lease, within bounds of time, and to the harm of nobody.

A message is noted as sent after it was taken, so a run that is killed in between sends it once more; none is lost.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.notices import (
    DIGEST,
    Channel,
    Notice,
    Notify,
    State,
    again,
    digest_id,
    is_given_up,
    may_go,
    next_digest,
)
from sheetsync.core.telling_notices import digest, together
from sheetsync.engine.noticing import told_again
from sheetsync.ports import Clock, OpenFlag
from sheetsync.ports.notifying import Kept, Notifier, Outbox

#: one message may take so long, and all of them together; what is left waits for the next run
ONE_SECONDS: Final = 15.0
ALL_SECONDS: Final = 45.0
#: more than so many at once come as one message
AT_ONCE: Final = 5
_NOTHING_OPEN: Final = "Nothing was open: no message"


@dataclass(frozen=True)
class Mailroom:
    """The doors of a delivery; `wiring` decides what stands behind each."""

    notify: Notify
    rules: Rules
    notifier: Notifier
    outbox: Outbox
    #: flags that are open now
    flags: Callable[[], Sequence[OpenFlag]]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one channel got."""

    channel: str
    sent: int
    #: what is left, whatever it waits for
    waiting: int
    #: what happened where not everything was taken; empty where all is well
    trouble: str = ""


def deliver(room: Mailroom) -> tuple[Delivered, ...]:
    """Send what waits and may go now, to each channel in turn; one that fails is left alone until the next run."""
    now = room.clock.now()
    waiting = room.outbox.waiting()
    room.outbox.give_up([it for it in waiting if is_given_up(it.notice, it.first_tried, room.notify, now)], now)
    _make_digests(room, now)
    until = room.clock.monotonic() + ALL_SECONDS
    done = [(channel, *_send(room, channel, now, until)) for channel in room.notify.channels]
    left = [it.notice.channel for it in room.outbox.waiting()]
    return tuple(Delivered(channel.name, sent, left.count(channel.name), why) for channel, sent, why in done)


def _make_digests(room: Mailroom, now: datetime) -> None:
    """The day's digest for each channel, once its time has come; a day on which nothing is open is settled, too."""
    day = room.notify.digest.day(now) if room.notify.digest else None
    if day is None:
        return
    keys = {(digest_id(day), DIGEST, channel.name): channel for channel in room.notify.channels}
    known = room.outbox.knows(keys.keys())
    missing = [channel for key, channel in keys.items() if key not in known]
    if not missing:
        return
    names = room.outbox.names()
    opens = [
        told_again(flag, flag.id, State.OPENED, "", room.rules, names)
        for flag in room.flags()
        if flag.kind == FlagKind.CONFLICT
    ]
    for channel in missing:
        made = digest(opens, channel, room.rules, day, now)
        nothing = Notice(digest_id(day), DIGEST, channel.name, "", now, "", _NOTHING_OPEN, "")
        room.outbox.put([made or nothing], sent=None if made else now)


def _send(room: Mailroom, channel: Channel, now: datetime, until: float) -> tuple[int, str]:
    """How many were taken, and what stopped the rest."""
    may = partial(_may_go, room.notify, now)
    ready = [it for it in room.outbox.waiting() if it.notice.channel == channel.name and may(it)]
    changes = sum(it.notice.state != DIGEST for it in ready)
    sent = 0
    for digests, most in ((True, 1), (False, 1 if changes <= AT_ONCE else changes)):
        wanted = partial(_is_one, may, digests)
        while taken := room.outbox.take(channel.name, now, wanted, most):
            trouble = _send_one(room, channel, taken, until)
            room.outbox.note(taken, room.clock.now(), trouble)
            if trouble:
                return sent, trouble
            sent += len(taken)
    return sent, ""


def _send_one(room: Mailroom, channel: Channel, taken: Sequence[Kept], until: float) -> str:
    left = until - room.clock.monotonic()
    if left <= 0:
        return "no time was left"
    first = taken[0].notice
    title, text = (first.title, first.text) if len(taken) == 1 else together([it.notice for it in taken])
    return room.notifier.send(channel.name, title, text, min(left, ONE_SECONDS))


def _may_go(notify: Notify, now: datetime, kept: Kept) -> bool:
    return may_go(kept.notice, notify, now) and again(kept.attempts, kept.tried, now)


def _is_one(may: Callable[[Kept], bool], digests: bool, kept: Kept) -> bool:
    return (kept.notice.state == DIGEST) is digests and may(kept)


class Courier:
    """Delivers turn after turn, and looks into the outbox only where something may be in it."""

    def __init__(self, notify: Notify, clock: Clock, room: Callable[[], AbstractContextManager[Mailroom]]) -> None:
        """`room` opens the mailroom for one turn; it raises `SheetsyncError` as the ledger does."""
        self._notify = notify
        self._clock = clock
        self._room = room
        self._anything = True
        self._digest: datetime | None = None

    def turn(self, is_news: bool) -> tuple[Delivered, ...]:
        """Deliver, if a run has just ended (`is_news`), something waits still, or a digest is due."""
        due = self._digest is not None and self._clock.now() >= self._digest
        if not self._notify.channels or not (is_news or self._anything or due):
            return ()
        with self._room() as room:
            done = deliver(room)
        self._anything = any(it.waiting for it in done)
        self._digest = next_digest(self._notify, self._clock.now())
        return done
