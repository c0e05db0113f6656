"""Dates, times and durations written into a pattern, names in the workbook's language."""

import re
from datetime import datetime

from sheetsync.sandbox.locales import Conventions
from sheetsync.sandbox.serials import moment

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<elapsed>\[(?:h+|m+|s+)\])|\[[^\]]*\]'
    r"|(?P<half>am/pm|a/p)|(?P<part>d+|m+|y+|h+|s+)|(?P<fraction>\.0+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)


def shown_moment(number: float, pattern: str, conventions: Conventions) -> str | None:
    """A serial number in a pattern of dates; None where the calendar has no such day."""
    tokens = list(_TOKEN.finditer(pattern))
    negative = number < 0 and any(token["elapsed"] for token in tokens)
    when = moment(-number if negative else number)
    if when is None:
        return None
    twelve = any(token["half"] for token in tokens)
    pieces = ["-"] if negative else []
    for position, token in enumerate(tokens):
        if token["part"]:
            part = token["part"].lower()
            if part[0] == "m" and len(part) < 3 and _is_minute(tokens, position, pattern):
                part = "n" * len(part)
            pieces.append(_part(part, when, twelve, conventions))
        elif token["elapsed"]:
            pieces.append(_elapsed(abs(number), token["elapsed"].lower()))
        elif token["half"]:
            pieces.append(_half(token["half"], when))
        elif token["fraction"] and _before(tokens, position).startswith("s"):
            pieces.append(conventions.decimal + f"{when.microsecond:06d}"[: len(token["fraction"]) - 1])
        else:
            pieces.append(token["quoted"] or token["escaped"] or token["fraction"] or token["other"] or "")
    return "".join(pieces)


def _is_minute(tokens: list[re.Match[str]], position: int, pattern: str) -> bool:
    """`m` is minutes right after hours or right before seconds.

    `M` is always the month, by the guide; where nobody wrote a small letter, nothing was meant by it
    [believed: capitals-alone-mean-nothing].
    """
    if tokens[position]["part"].startswith("M") and re.search("[hs]", pattern):
        return False
    after = next((token["part"] or token["elapsed"] for token in tokens[position + 1 :] if _timely(token)), "")
    return _before(tokens, position).startswith("h") or after.lower().strip("[]").startswith("s")


def _before(tokens: list[re.Match[str]], position: int) -> str:
    """The part of a date or time before this one, in small letters."""
    found = next((token["part"] or token["elapsed"] for token in reversed(tokens[:position]) if _timely(token)), "")
    return str(found).lower().strip("[]")


def _timely(token: re.Match[str]) -> bool:
    return bool(token["part"] or token["elapsed"])


def _part(part: str, when: datetime, twelve: bool, conventions: Conventions) -> str:
    letter, length = part[0], len(part)
    if letter == "d":
        return _named(when.day, length, conventions.short_days[when.weekday()], conventions.days[when.weekday()])
    if letter == "m":
        month = when.month - 1
        name = conventions.months[month]
        return name[:1] if length == 5 else _named(when.month, length, conventions.short_months[month], name)
    if letter == "y":
        return f"{when.year:04d}" if length > 2 else f"{when.year % 100:02d}"
    if letter == "h":
        hour = (when.hour % 12 or 12) if twelve else when.hour
        return f"{hour:02d}" if length > 1 else str(hour)
    count = when.minute if letter == "n" else when.second
    return f"{count:02d}" if length > 1 else str(count)


def _named(number: int, length: int, short: str, full: str) -> str:
    return {1: str(number), 2: f"{number:02d}", 3: short}.get(length, full)


def _half(mark: str, when: datetime) -> str:
    text = "AM" if when.hour < 12 else "PM"
    if len(mark) > 3:
        return text
    return text[0] if mark[0].isupper() else text[0].lower()


def _elapsed(number: float, part: str) -> str:
    seconds = round(number * 86400)
    unit = {"h": 3600, "m": 60, "s": 1}[part[1]]
    return str(seconds // unit).rjust(len(part) - 2, "0")
