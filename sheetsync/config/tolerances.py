"""How far apart is still fine, as people write it: 5, 1%, 2 days, 30 minutes; and how long something is."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Final

from sheetsync.core.terms import Amount, Share, Tolerance

_WRITTEN: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>%|days?|hours?|minutes?|)", re.ASCII)
#: what a tolerance may be, for a person who wrote something else
FORMS: Final = "5, 1%, 2 days, 3 hours or 30 minutes"
_SPAN: Final = re.compile(r"(?P<number>[1-9]\d{0,4})\s*(?P<unit>d|days?|h|hours?|min|minutes?)", re.ASCII)
#: the same of a length of time
SPANS: Final = "48 h, 2 days or 90 min"


def tolerance(text: str) -> Tolerance | None:
    """What was written, or None for what is no tolerance."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    number, unit = Decimal(found["number"]), found["unit"].rstrip("s")
    match unit:
        case "":
            return Amount(number)
        case "%":
            return Share(number / 100)
        case _:
            try:
                return timedelta(**{f"{unit}s": float(number)})
            except OverflowError:  # longer than any calendar
                return None


def span(text: str) -> timedelta | None:
    """A length of time that was written, or None for what is none."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return None
    unit = {"d": "days", "h": "hours", "m": "minutes"}[found["unit"][0]]
    return timedelta(**{unit: int(found["number"])})
