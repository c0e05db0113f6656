"""Versions of what is published: each value that was ever issued has a number, and one that is live stays.

The list of versions only grows. The newest is what should stand; where it does not, because an older one is live, it
waits. So nothing has to be marked or moved: which version stands is seen by what stands.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sheetsync.core.model import Place


@dataclass(frozen=True, slots=True)
class Version:
    """A generated value as it was issued."""

    source: str
    record: str
    field: str
    #: from 1 on
    number: int
    value: str
    issued: datetime
    #: the run that issued it; empty where it stood before anybody counted
    run: str = ""
    #: the fields whose change made it necessary; none where it is the first, or the configuration changed
    changed: tuple[str, ...] = ()
    #: the one before was live when this one was issued, and stays
    waits_for_live: bool = False
    #: the owners' words it was made of, canonical; empty where that is not known
    made_of: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Newest:
    """How far the versions of one value have come."""

    #: the number of the newest
    number: int
    #: the number of the one that stands; 0 where none of them does
    stands: int
    #: the newest's value where it does not stand
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """A value that should stand from now on, or would if the one that stands were not live."""

    place: Place
    record: str
    field: str
    value: str
    made_of: Mapping[str, str]
    #: the value that is live and stays
    behind: str | None = None


def next_number(value: str, published: str | None, newest: Newest | None) -> int:
    """The number of a value as the next version: the newest's own where it is that one again."""
    if newest is None:
        return 1 if published is None or published == value else 2
    newest_value = published if newest.value is None else newest.value
    return newest.number if newest_value == value else newest.number + 1


def issued(
    issue: Issue, published: tuple[str, datetime] | None, before: tuple[Version, ...], run: str, now: datetime
) -> Iterator[Version]:
    """The versions an issue adds to those `before`, if any: what stood there uncounted is the first of them."""
    about = (issue.place.source, issue.record, issue.field)
    if not before and published is not None:
        first = Version(*about, 1, published[0], published[1])
        before = (first,)
        yield first
    last = before[-1] if before else None
    if last is None or last.value != issue.value:
        changed = _changed(last.made_of, issue.made_of) if last is not None else ()
        number = 1 if last is None else last.number + 1
        yield Version(*about, number, issue.value, now, run, changed, issue.behind is not None, dict(issue.made_of))


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in {**before, **now} if before.get(name) != now.get(name)) if before else ()
