"""How far apart is still fine, as people write it: 5, 1%, 2 days, 30 minutes."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Final

from sheetsync.core.terms import Amount, Share, Tolerance

_WRITTEN: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>%|days?|hours?|minutes?|)", re.ASCII)
#: what a tolerance may be, for a person who wrote something else
FORMS: Final = "5, 1%, 2 days, 3 hours or 30 minutes"


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
