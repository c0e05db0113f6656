"""Writes a number with a format pattern, as TEXT does: `0.00`, `#,##0`, `0%`, `yyyy-mm-dd`."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

from sheetsync.sandbox.formulas.numerals import day_of

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SWAP_SEPARATORS = str.maketrans(",.", ".,")
_DIGITS = re.compile(r"[#0][#0,]*(?:\.[#0]*)?|\.[#0]+")
_DATE_TOKEN = re.compile(r'y+|m+|d+|h+|s+|"[^"]*"|\\.|.', re.IGNORECASE | re.DOTALL)
#: More digits than any float has, before or behind the point.
_EXACT = Context(prec=800)


def write_number(number: float, pattern: str, decimal_comma: bool = False) -> str:
    """The number in the pattern; a pattern that holds neither digits nor date parts is written as it is."""
    plain = pattern.translate(_SWAP_SEPARATORS) if decimal_comma else pattern
    digits = _DIGITS.search(plain)
    if digits is None:
        return _write_date(number, pattern)
    shown = number * 100 if "%" in plain else number
    body = _write_digits(abs(shown), digits.group())
    sign = "-" if shown < 0 and re.search("[1-9]", body) else ""
    if decimal_comma:
        body = body.translate(_SWAP_SEPARATORS)
    return sign + _unquoted(pattern[: digits.start()]) + body + _unquoted(pattern[digits.end() :])


def round_half_up(number: float, places: int) -> float:
    """Rounded as people do it, away from zero at the half; places below 0 round tens and hundreds."""
    # No float has digits outside these places.
    unit = Decimal(1).scaleb(-max(-400, min(400, places)))
    return float(Decimal(repr(number)).quantize(unit, ROUND_HALF_UP, _EXACT))


def _write_digits(number: float, pattern: str) -> str:
    before, _, behind = pattern.partition(".")
    unit = Decimal(1).scaleb(-len(behind))
    rounded = f"{Decimal(repr(number)).quantize(unit, ROUND_HALF_UP, _EXACT):f}"
    whole, _, fraction = rounded.partition(".")
    whole = whole.lstrip("0").rjust(before.count("0"), "0")
    if "," in before:
        whole = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", ",", whole)
    optional = len(behind) - len(behind.rstrip("#"))
    kept = len(fraction) - optional
    fraction = fraction[:kept] + fraction[kept:].rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _write_date(number: float, pattern: str) -> str:
    tokens = _DATE_TOKEN.findall(pattern)
    return "".join(_date_part(number, tokens, place) for place in range(len(tokens)))


def _date_part(number: float, tokens: list[str], place: int) -> str:
    token = tokens[place]
    letter, length = token[0].lower(), len(token)
    day = day_of(number)
    if letter not in "ymdhs" or day is None:
        return _unquoted(token)
    seconds = round(number % 1 * 86_400)
    if letter == "y":
        return f"{day.year:04d}" if length > 2 else f"{day.year % 100:02d}"
    if letter == "d" and length > 2:
        return _DAYS[day.weekday()][: None if length > 3 else 3]
    if letter == "m" and not _means_minutes(tokens, place):
        return f"{day.month:0{length}d}" if length < 3 else _MONTHS[day.month - 1][: None if length > 3 else 3]
    count = {"d": day.day, "h": seconds // 3600, "m": seconds // 60 % 60, "s": seconds % 60}[letter]
    return f"{count:0{min(length, 2)}d}"


def _means_minutes(tokens: list[str], place: int) -> bool:
    """`m` is minutes beside hours or seconds and months elsewhere."""

    def letter(others: list[str]) -> str:
        return next((other[0].lower() for other in others if other[0].lower() in "ymdhs"), "")

    return letter(tokens[:place][::-1]) == "h" or letter(tokens[place + 1 :]) == "s"


def _unquoted(text: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', r"\1\2", text)
