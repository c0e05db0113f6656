"""How far apart two values may be and still be fine. Nothing here knows of sources: it measures."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sheetsync.core.model import Money, Value
from sheetsync.core.terms import Amount, Share, Tolerance


def near(owner: Value, copy: Value, tolerance: Tolerance | None) -> bool:
    """Whether a copy is apart from its owner's word by no more than is tolerated; a share is one of the owner's word.

    Never where two values cannot be measured against each other: other kinds, other currencies.
    """
    match tolerance:
        case None:
            return False
        case timedelta():
            if not isinstance(owner, date) or not isinstance(copy, date):
                return False
            return order(moved(copy, tolerance), owner) >= 0 and order(moved(owner, tolerance), copy) >= 0
        case _:
            return _amounts_near(owner, copy, tolerance)


def allowance(tolerance: Tolerance | None, of: Decimal) -> Decimal:
    """How much beyond an amount is still fine."""
    match tolerance:
        case Amount(more):
            return more
        case Share(part):
            return abs(of) * part
        case _:
            return Decimal()


def moved(value: Value, by: Tolerance | None, *, back: bool = False) -> Value:
    """A day or moment so much later (`back`: earlier); a day moves by whole days. What is neither stays.

    A moment with a zone moves by time that passes, not by what clocks show where they are set forward.
    """
    if not isinstance(by, timedelta) or not isinstance(value, date) or not by:
        return value
    step = -by if back else by
    try:
        if not isinstance(value, datetime):
            # Days of the tolerance, not of the step: half a day back is no day back.
            return value + timedelta(days=-by.days if back else by.days)
        if value.tzinfo is None:
            return value + step
        return (value.astimezone(UTC) + step).astimezone(value.tzinfo)
    except OverflowError:
        return _last_of(value, back)


def order(one: Value, other: Value) -> int:
    """-1, 0 or 1: which of two days or moments comes first; days only where one of them is only a day.

    Against a moment without a zone readings of the clock count. What is neither has no order: 0.
    """
    if not isinstance(one, date) or not isinstance(other, date):
        return 0
    if not isinstance(one, datetime) or not isinstance(other, datetime):
        one, other = _day(one), _day(other)
    elif (one.tzinfo is None) != (other.tzinfo is None):
        one, other = one.replace(tzinfo=None), other.replace(tzinfo=None)
    return (one > other) - (one < other)


def _day(of: date) -> date:
    return of.date() if isinstance(of, datetime) else of


def _last_of(value: date, back: bool) -> date:
    """As far as a calendar goes."""
    day = date.min if back else date.max
    if isinstance(value, datetime):
        clock = time.min if back else time.max
        return datetime.combine(day, clock, value.tzinfo)
    return day


def _amounts_near(owner: Value, copy: Value, tolerance: Amount | Share) -> bool:
    if isinstance(owner, Money) and isinstance(copy, Money):
        alike = owner.currency == copy.currency or None in (owner.currency, copy.currency)
        return alike and _amounts_near(owner.amount, copy.amount, tolerance)
    if isinstance(owner, Decimal) and isinstance(copy, Decimal):
        return abs(owner - copy) <= allowance(tolerance, owner)
    return False
