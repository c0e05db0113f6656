"""What a person's typing becomes (`USER_ENTERED`): a number, a date, a truth, a formula or text, and its format.

Facts: `"0042"` is 42, `"2,000,000.01"` keeps its grouping, `"2020-01-01"` is a date shown as typed, `"3_1_0"` stays
text [recorded]; currency, percent and month names by the documented examples; the rest follows the locale.
A `+` or `-` before anything but a number begins a formula, as phone numbers show [reported: they read #ERROR!].
"""

import re
from dataclasses import dataclass
from datetime import date

from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.locales import Conventions
from sheetsync.sandbox.serials import day_of, serial

_CURRENCIES = "$€£¥₹"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMERIC_DATE = re.compile(r"(\d{1,4})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?\.?")
_DAY_MONTH = re.compile(r"(\d{1,2})\.?[ -]?([^\W\d_]+)\.?(?:,?[ -](\d{4}))?")
_MONTH_DAY = re.compile(r"([^\W\d_]+)\.?[ -]?(\d{1,2})(?:(?:, ?| )(\d{4}))?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?(?: ?([AaPp][Mm]))?")
_DURATION = re.compile(r"(-?)(\d{1,5}):([0-5]\d)(?::([0-5]\d))?")
_BLANKS = str.maketrans({"\xa0": " ", "\u202f": " "})
_URL = re.compile(r"https?://[^\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """The outcome of typing: a value or a formula, and the formats the typing itself brings along."""

    value: bool | float | str | None
    formula: str | None = None
    #: Google's NumberFormat, or None where typing leaves the cell's format alone
    number_format: Json | None = None
    #: the address a typed URL is linked to [reported: 70307226347]
    link: str = ""


def typed(text: str, conventions: Conventions, today: date) -> Entry:
    """The entry for one typed text. `today` gives the year to a date typed without one."""
    if text.startswith("'"):
        return Entry(text[1:])
    if text.startswith("=") and len(text) > 1:
        return Entry(None, formula=text)
    stripped = text.strip()
    folded = stripped.upper()
    if folded in ("TRUE", conventions.true):
        return Entry(value=True)
    if folded in ("FALSE", conventions.false):
        return Entry(value=False)
    if not stripped or not any(letter.isdigit() for letter in stripped):
        return _formula(text) or _text(text, stripped)
    return (
        _number(stripped, conventions)
        or _moment(stripped.translate(_BLANKS), conventions, today)
        or _formula(text)
        or _text(text, stripped)
    )


def _formula(text: str) -> Entry | None:
    """What begins with a sign and is no number, as a formula; a lone sign, or one before a sign or blank, is text."""
    return Entry(None, formula=f"={text}") if re.match(r"[+-][\w(\"'$.]", text) else None


def _text(text: str, stripped: str) -> Entry:
    return Entry(text, link=stripped if _URL.fullmatch(stripped) else "")


def _number(text: str, conventions: Conventions) -> Entry | None:
    percent = text.endswith("%")
    body, currency, before = _without_currency(text[:-1].strip() if percent else text, conventions.currency)
    if percent and currency:
        return None
    plain = _plain_number(body, conventions)
    if plain is None:
        return None
    number, decimals, grouped, scientific = plain
    if scientific:
        return Entry(number, number_format={"type": "SCIENTIFIC", "pattern": "0.00E+00"}) if not currency else None
    fraction = ".00" if decimals else ""
    if percent:
        return Entry(number / 100, number_format={"type": "PERCENT", "pattern": f"0{fraction}%"})
    if currency:
        pattern = _amount(currency, before, conventions)
        pattern = pattern if fraction else pattern.replace(".00", "")
        return Entry(number, number_format={"type": "CURRENCY", "pattern": pattern})
    if grouped:
        return Entry(number, number_format={"type": "NUMBER", "pattern": f"#,##0{fraction}"})
    return Entry(number)


def _amount(currency: str, before: bool, conventions: Conventions) -> str:
    """The pattern of an amount: the locale's own for its own currency, else with the sign where it was typed."""
    if currency == conventions.currency:
        return conventions.currency_pattern
    return f'"{currency}"#,##0.00' if before else f'#,##0.00\\ "{currency}"'


def _without_currency(text: str, own: str) -> tuple[str, str, bool]:
    """The text without its currency sign, the sign, and whether it stood before the number."""
    sign, rest = (text[0], text[1:].lstrip()) if text[:1] in "+-" and len(text) > 1 else ("", text)
    for currency in (own, *_CURRENCIES):
        if rest.startswith(currency):
            after = rest.removeprefix(currency).lstrip()
            # A minus may stand behind the sign as well, but not on both sides.
            return (text, "", False) if sign and after[:1] in "+-" else (sign + after, currency, True)
        if rest.endswith(currency):
            return sign + rest.removesuffix(currency).rstrip(), currency, False
    return text, "", False


def _plain_number(text: str, conventions: Conventions) -> tuple[float, int, bool, bool] | None:
    """Number, count of decimals, whether grouped, whether scientific; None if it is not a number of this locale."""
    groups = "".join(re.escape(group) for group in conventions.groups)
    match = re.fullmatch(
        rf"([+-]?)(\d+|\d{{1,3}}(?:([{groups}])\d{{3}})(?:\3\d{{3}})*)?"
        rf"(?:{re.escape(conventions.decimal)}(\d*))?(?:[eE]([+-]?\d{{1,3}}))?",
        text,
        re.ASCII,
    )
    if match is None or not (match[2] or match[4]):
        return None
    whole = re.sub(rf"[{groups}]", "", match[2] or "0")
    number = float(f"{match[1]}{whole}.{match[4] or '0'}e{match[5] or '0'}")
    if number in (float("inf"), float("-inf")):
        return None
    return number, len(match[4] or ""), match[3] is not None, match[5] is not None


def _moment(text: str, conventions: Conventions, today: date) -> Entry | None:
    """A date, a time, or a date followed by a time."""
    clock = _clock(text) or _duration(text)
    if clock is not None:
        return Entry(clock[0] / 86400, number_format={"type": "TIME", "pattern": clock[1]})
    found = _day(text, conventions, today)
    if found is not None:
        return Entry(serial(found[0]), number_format={"type": "DATE", "pattern": found[1]})
    head, gap, tail = text.replace("T", " ", 1).partition(" ") if _ISO.match(text) else text.rpartition(" ")
    if tail[:2].upper() in ("AM", "PM"):
        head, gap, tail = head.rpartition(" ")[0], " ", f"{head.rpartition(' ')[2]} {tail}"
    found, clock = _day(head, conventions, today), _clock(tail)
    if not gap or found is None or clock is None:
        return None
    pattern = f"{found[1]} {clock[1]}"
    return Entry(serial(found[0], clock[0]), number_format={"type": "DATE_TIME", "pattern": pattern})


def _clock(text: str) -> tuple[float, str] | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, half = int(match[1]), int(match[2]), int(match[3] or 0), match[5]
    if minute > 59 or second > 59 or (half and not 1 <= hour <= 12) or (not half and hour > 23):
        return None
    if half:
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    hours = "hh" if len(match[1]) == 2 and not half else "h"
    parts = (":ss" if match[3] else "") + (".000" if match[4] else "")
    pattern = f"{hours}:mm{parts}" + (" am/pm" if half else "")
    return hour * 3600.0 + minute * 60 + second + float(f"0.{match[4] or 0}"), pattern


def _duration(text: str) -> tuple[float, str] | None:
    """Hours beyond a day are a duration [believed: hours-beyond-a-day-are-typed-durations].

    The seconds are shown where they were typed.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    seconds = int(match[2]) * 3600.0 + int(match[3]) * 60 + int(match[4] or 0)
    return (-seconds if match[1] else seconds), "[h]:mm" + (":ss" if match[4] else "")


def _day(text: str, conventions: Conventions, today: date) -> tuple[date, str] | None:
    """A day and the pattern that shows it."""
    iso = _ISO.fullmatch(text)
    if iso is not None:
        day = day_of(int(iso[1]), int(iso[2]), int(iso[3]))
        return (day, "yyyy-mm-dd") if day else None
    return _numeric_day(text, conventions, today) or _named_day(text, conventions, today)


def _numeric_day(text: str, conventions: Conventions, today: date) -> tuple[date, str] | None:
    match = _NUMERIC_DATE.fullmatch(text)
    if match is None or len(match[1]) == 3:
        return None
    if len(match[1]) == 4:  # 2026/11/27
        day = day_of(int(match[1]), int(match[3]), int(match[4] or 0)) if match[4] else None
        return (day, f"yyyy{match[2]}mm{match[2]}dd") if day else None
    first, second = int(match[1]), int(match[3])
    day_first = conventions.order.index("d") < conventions.order.index("m")
    day_number, month = (first, second) if day_first else (second, first)
    day = day_of(_year(match[4], today), month, day_number)
    if day is None:
        return None
    if match[4]:
        return day, conventions.date_pattern
    return day, f"d{match[2]}m" if day_first else f"m{match[2]}d"


def _named_day(text: str, conventions: Conventions, today: date) -> tuple[date, str] | None:
    for expression, day_at, month_at, short in ((_DAY_MONTH, 1, 2, "d mmm"), (_MONTH_DAY, 2, 1, "mmm d")):
        match = expression.fullmatch(text)
        month = conventions.month_number(match[month_at]) if match else None
        if match is None or month is None:
            continue
        day = day_of(_year(match[3], today), month, int(match[day_at]))
        if day is not None:
            return day, conventions.date_pattern if match[3] else short
    return None


def _year(text: str | None, today: date) -> int:
    """A typed year; two digits below 50 are 20xx; none is this year."""
    if not text:
        return today.year
    number = int(text)
    return number if len(text) > 2 else number + (2000 if number < 50 else 1900)
