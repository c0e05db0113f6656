"""Days that the sheet made numbers of when they were typed: what it may have got wrong then.

It read them in the order of its own locale, and gave those without a year the year of that day. Where nothing speaks
against that it counts; where something does, both readings are asked.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from sheetsync.core.fields.calendars import MONTHS
from sheetsync.core.fields.dates import nearest_days
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.fields.texts import ambiguous, bare, number_of
from sheetsync.core.fields.types import Seen
from sheetsync.core.model import Cell, Format, Parsed, Problem, Value

_DAYS = frozenset({Format.DATE, Format.DATE_TIME})
#: what a pattern shows as it stands there
_LITERAL = re.compile(r'"[^"]*"?|\\.')
#: a text that begins so has its month in the middle, in every land
_YEAR_FIRST = re.compile(r"[0-9]{4}[./-]")
_WORDS = re.compile(r"[^\W\d_]{3,}")


class _Doubt(NamedTuple):
    why: str
    #: what the sheet holds is the first of them
    days: tuple[date, ...]


def held_or_asked(
    seen: Seen, read: Callable[[float, Dialect, str], Value | Problem], write: Callable[[Value], str]
) -> Parsed:
    """What `read` finds in a number shown as a day, or a Problem with all that may have been typed."""
    serial, dialect, text = seen.number or 0.0, seen.dialect, seen.text
    held = read(serial, dialect, text)
    if isinstance(held, Problem) or not isinstance(held, date):
        return held
    day = held.date() if isinstance(held, datetime) else held
    doubt = _doubt(day, seen)
    if doubt is None:
        return held
    readings = [read(serial + (other - day).days, dialect, text) for other in doubt.days]
    texts = [one.candidates if isinstance(one, Problem) else (write(one),) for one in readings]
    return ambiguous(text, doubt.why, [each for candidates in texts for each in candidates])


def shows_no_year(cell: Cell) -> bool:
    """Is this a day whose year stands nowhere but in the number behind it, where the sheet has put it?"""
    if cell.format not in _DAYS or not cell.pattern or cell.formula is not None or number_of(cell) is None:
        return False
    return "y" not in _LITERAL.sub("", cell.pattern).casefold()


def _doubt(day: date, seen: Seen) -> _Doubt | None:
    cell, dialect = seen.cell, seen.dialect
    if cell.formula is not None:
        return None
    days, why = [day], ""
    if dialect.typed_otherwise and day.day <= 12 and day.day != day.month and not _says_its_order(seen.text):
        days.append(day.replace(month=day.day, day=day.month))
        why = "may have been typed the other way round, as the texts of its column are written"
    if dialect.season is not None and shows_no_year(cell):
        near = [found for each in days for found in nearest_days(each.month, each.day, dialect.season)]
        if near and near != days:
            return _Doubt(why or "shows no year, and the sheet has another one than the nearest", (day, *near))
    return _Doubt(why, tuple(days)) if why else None


def _says_its_order(text: str) -> bool:
    """Whether everybody reads it alike: with its month in words, or the year first."""
    plain = bare(text)
    return _YEAR_FIRST.match(plain) is not None or any(word in MONTHS for word in _WORDS.findall(plain))
