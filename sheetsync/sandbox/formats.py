"""Values as people see them: number-format patterns applied in the workbook's locale.

Pattern language: Google's "date and number formats" guide (d dd ddd dddd, m..mmmmm, y.. yyyy, h, s, am/pm, [h], 0 # ?
, . % E+00, quoted and escaped text, up to four sections).
"""

import math
import re
from datetime import datetime
from functools import lru_cache

from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.locales import Conventions
from sheetsync.sandbox.serials import moment

DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})

_DATE_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<elapsed>\[(?:h+|m+|s+)\])|\[[^\]]*\]'
    r"|(?P<ampm>am/pm|a/p)|(?P<part>d+|m+|y+|h+|s+(?:\.0+)?)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[[^\]]*\]|(?P<digits>[0#?.,]+(?:E[+-]0+)?)|(?P<other>.)', re.DOTALL
)


def general(number: float, conventions: Conventions) -> str:
    """A number without a format: whole numbers in full, else about ten significant digits."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.10g}"
    mantissa, mark, exponent = text.partition("e")
    if mark:
        text = f"{mantissa}E{exponent[0]}{exponent[1:].lstrip('0').rjust(2, '0')}"
    return text.replace(".", conventions.decimal)


def default_pattern(kind: str, conventions: Conventions) -> str:
    """The pattern of a NumberFormat that names only its type."""
    return {
        "TEXT": "@",
        "NUMBER": "#,##0.00",
        "PERCENT": "0.00%",
        "CURRENCY": f'"{conventions.currency}"#,##0.00',
        "DATE": conventions.date_pattern,
        "TIME": "h:mm:ss",
        "DATE_TIME": f"{conventions.date_pattern} h:mm:ss",
        "SCIENTIFIC": "0.00E+00",
    }.get(kind, "")


def shown_number(number: float, number_format: Json | None, conventions: Conventions) -> str:
    """A number as its format shows it; None is the automatic format."""
    kind = (number_format or {}).get("type", "")
    return _shown_as(number, kind, (number_format or {}).get("pattern", ""), conventions)


@lru_cache(maxsize=2**15)
def _shown_as(number: float, kind: str, pattern: str, conventions: Conventions) -> str:
    pattern = pattern or default_pattern(kind, conventions)
    if not math.isfinite(number):
        return "#NUM!"
    if not pattern or pattern in ("@", "General") or kind == "TEXT":
        return general(number, conventions)
    if kind in DATE_TYPES:
        when = moment(number)
        return general(number, conventions) if when is None else _shown_moment(number, when, pattern, conventions)
    return _in_section(number, pattern, conventions)


def shown_text(text: str, number_format: Json | None) -> str:
    """Text under a format: only a pattern's fourth section (or one with `@`) changes it."""
    pattern = (number_format or {}).get("pattern", "")
    if not pattern:
        return text
    sections = _sections(pattern)
    template = sections[3] if len(sections) > 3 else sections[0] if len(sections) == 1 and "@" in sections[0] else "@"
    return re.sub(r'"([^"]*)"|@', lambda match: text if match[0] == "@" else match[1], template)


@lru_cache(maxsize=512)
def _sections(pattern: str) -> tuple[str, ...]:
    """The pattern split at `;` outside quotes."""
    return tuple(re.findall(r'(?:^|(?<=;))((?:"[^"]*"|\\.|[^;"])*)', pattern)) or ("",)


def _in_section(number: float, pattern: str, conventions: Conventions) -> str:
    sections = _sections(pattern)
    if number < 0 and len(sections) > 1:
        return _shown_number(-number, sections[1], conventions)
    if number == 0 and len(sections) > 2:
        return _shown_number(number, sections[2], conventions)
    sign = "-" if number < 0 else ""
    shown = _shown_number(abs(number), sections[0], conventions)
    return sign + shown if any(letter in "123456789" for letter in shown) else shown


def _shown_number(number: float, section: str, conventions: Conventions) -> str:
    """A number that is not negative, in one section; only the first run of digit marks carries it."""
    if "%" in re.sub(r'"[^"]*"|\\.', "", section):
        number *= 100
    pieces, placed = [], False
    for match in _NUMBER_TOKEN.finditer(section):
        if match["digits"] and not placed:
            pieces.append(_digits(number, match["digits"], conventions))
            placed = True
        else:
            pieces.append(match["quoted"] or match["escaped"] or match["other"] or "")
    return "".join(pieces)


def _digits(number: float, marks: str, conventions: Conventions) -> str:
    marks, mark, exponent = marks.partition("E")
    if mark:
        mantissa, power = f"{number:.{_count(marks.partition('.')[2])}E}".split("E")
        digits = str(abs(int(power))).rjust(len(exponent) - 1, "0")
        return f"{mantissa.replace('.', conventions.decimal)}E{'-' if power[0] == '-' else '+'}{digits}"
    whole_marks, _, fraction_marks = marks.partition(".")
    while whole_marks.endswith(","):  # a trailing comma scales by a thousand
        whole_marks, number = whole_marks[:-1], number / 1000
    places = _count(fraction_marks)
    whole, _, fraction = f"{_rounded(number, places):.{places}f}".partition(".")
    whole = ("" if whole == "0" else whole).rjust(whole_marks.count("0"), "0")
    if "," in whole_marks:
        whole = f"{int(whole or 0):,}".replace(",", conventions.groups[0]) if whole else whole
    needed = len(fraction_marks.rstrip("#?").replace(",", ""))
    fraction = fraction[:needed] + fraction[needed:].rstrip("0")
    return whole + (conventions.decimal + fraction if fraction or ("." in marks and not fraction_marks) else "")


def _count(marks: str) -> int:
    return sum(marks.count(mark) for mark in "0#?")


def _rounded(number: float, places: int) -> float:
    """Half away from zero, as spreadsheets round, and not half to even."""
    scale = 10.0**places
    scaled = number * scale
    if not math.isfinite(scaled) or abs(scaled) >= 2**52:
        return number
    return float(math.floor(scaled + 0.5 + 1e-12 * max(1.0, scaled)) / scale)


def _shown_moment(number: float, when: datetime, pattern: str, conventions: Conventions) -> str:
    tokens = list(_DATE_TOKEN.finditer(_sections(pattern)[0]))
    twelve = any(token["ampm"] for token in tokens)
    pieces = []
    for position, token in enumerate(tokens):
        if token["part"]:
            part = token["part"].lower()
            if part[0] == "m" and _is_minute(tokens, position):
                part = "n" * len(part)
            pieces.append(_part(part, when, twelve, conventions))
        elif token["elapsed"]:
            pieces.append(_elapsed(number, token["elapsed"].lower()))
        elif token["ampm"]:
            pieces.append(_half(token["ampm"], when))
        else:
            pieces.append(token["quoted"] or token["escaped"] or token["other"] or "")
    return "".join(pieces)


def _is_minute(tokens: list[re.Match[str]], position: int) -> bool:
    """`m` is minutes right after hours or right before seconds."""
    before = next((token for token in reversed(tokens[:position]) if token["part"] or token["elapsed"]), None)
    after = next((token for token in tokens[position + 1 :] if token["part"]), None)
    before_text = ((before["part"] or before["elapsed"]) if before else "").lower().lstrip("[")
    return before_text.startswith("h") or bool(after and after["part"].lower().startswith("s"))


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
    if letter == "n":
        return f"{when.minute:02d}" if length > 1 else str(when.minute)
    whole, _, fraction = part.partition(".")
    seconds = f"{when.second:02d}" if len(whole) > 1 else str(when.second)
    thousandths = f"{when.microsecond:06d}"[: len(fraction)]
    return f"{seconds}{conventions.decimal}{thousandths}" if fraction else seconds


def _named(number: int, length: int, short: str, full: str) -> str:
    return {1: str(number), 2: f"{number:02d}", 3: short}.get(length, full)


def _half(mark: str, when: datetime) -> str:
    text = "AM" if when.hour < 12 else "PM"
    return text if "m" in mark.lower() else text[0]


def _elapsed(number: float, part: str) -> str:
    seconds = round(number * 86400)
    unit = {"h": 3600, "m": 60, "s": 1}[part[1]]
    return str(seconds // unit).rjust(len(part) - 2, "0")
