"""Values as people see them: number-format patterns applied in the workbook's locale.

Pattern language: Google's "date and number formats" guide. A pattern has up to four sections (above zero, below, zero,
text); a section in brackets may state a condition, a colour or a currency.
"""

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from sheetsync.sandbox.digits import shown_digits
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.locales import Conventions
from sheetsync.sandbox.moments import shown_moment

DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})

_SECTION = re.compile(r'(?:^|(?<=;))((?:"[^"]*"|\\.|\[[^\]]*\]|[^;"])*)', re.DOTALL)
_LITERAL = re.compile(r'"[^"]*"?|\\.|[_*].', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)\]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


@dataclass(frozen=True, slots=True)
class _Section:
    """One section without the condition that stood before it."""

    pattern: str
    sign: str = ""
    limit: float = 0.0

    def takes(self, number: float) -> bool:
        return _COMPARISONS[self.sign](number, self.limit)


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
        "CURRENCY": conventions.currency_pattern,
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
    if kind == "TEXT":
        return general(number, conventions)
    return in_pattern(number, pattern, conventions, dated=kind in DATE_TYPES)


def in_pattern(number: float, pattern: str, conventions: Conventions, *, dated: bool = False) -> str:
    """A finite number in a pattern, which is one of dates when it says so or its own letters do."""
    if not pattern or pattern in ("@", "General"):
        return general(number, conventions)
    sections = _sections(pattern)
    if dated or _speaks_of_dates(pattern):
        return shown_moment(number, sections[0].pattern, conventions) or general(number, conventions)
    section = _chosen(number, sections)
    if section is None:
        return "#"
    # A section that was chosen by its sign says itself how to write it.
    own_sign = section is not sections[0] and not section.sign
    below = number < 0 and (not own_sign or (len(sections) > 2 and section is sections[2]))
    if "@" in _BRACKETS.sub("", _LITERAL.sub("", section.pattern)):
        return general(number, conventions)
    shown = shown_digits(abs(number), section.pattern, conventions)
    return "-" + shown if below and any(letter in "123456789" for letter in shown) else shown


def written(number: float, pattern: str, conventions: Conventions) -> str:
    """A finite number in a pattern as people of the locale write it, with their own separators."""
    return in_pattern(number, pattern if _speaks_of_dates(pattern) else _plain(pattern, conventions), conventions)


@lru_cache(maxsize=512)
def _plain(pattern: str, conventions: Conventions) -> str:
    """The pattern with the point and comma that the pattern language knows."""
    groups = "".join(map(re.escape, conventions.groups))

    def marks(text: str) -> str:
        parts = [re.sub(rf"(?<=[0#?])[{groups}](?=[0#?])", ",", part) for part in text.split(conventions.decimal, 1)]
        return ".".join(parts)

    at, pieces = 0, []
    for literal in _LITERAL.finditer(pattern):
        pieces += [marks(pattern[at : literal.start()]), literal[0]]
        at = literal.end()
    return "".join([*pieces, marks(pattern[at:])])


def _chosen(number: float, sections: tuple[_Section, ...]) -> _Section | None:
    """The section for a number; None where conditions leave it none [documented: shown as #]."""
    numeric = sections[:3]
    if any(section.sign for section in numeric):
        rest = [section for section in numeric if not section.sign]
        fitting = [section for section in numeric if section.sign and section.takes(number)]
        return next(iter((*fitting, *rest[-1:])), None)
    if number < 0 and len(numeric) > 1:
        return numeric[1]
    return numeric[2] if number == 0 and len(numeric) > 2 else numeric[0]


def shown_text(text: str, number_format: Json | None) -> str:
    """Text under a format: only a pattern's fourth section (or one with `@`) changes it."""
    pattern = (number_format or {}).get("pattern", "")
    return text_in_pattern(text, pattern) if pattern else text


def text_in_pattern(text: str, pattern: str) -> str:
    """A text in a pattern's section for texts, or as it is."""
    sections = [section.pattern for section in _sections(pattern)]
    template = sections[3] if len(sections) > 3 else sections[0] if len(sections) == 1 and "@" in sections[0] else "@"
    return re.sub(
        r'"([^"]*)"|\\(.)|\[[^\]]*\]|@',
        lambda match: text if match[0] == "@" else match[1] or match[2] or "",
        template,
        flags=re.DOTALL,
    )


@lru_cache(maxsize=512)
def _sections(pattern: str) -> tuple[_Section, ...]:
    """The pattern split at `;` outside quotes, each section with its condition."""
    sections = []
    for text in _SECTION.findall(pattern) or [""]:
        stated = _CONDITION.search(text)
        limit = _number(stated[2]) if stated else None
        if stated is None or limit is None:
            sections.append(_Section(text))
        else:
            sections.append(_Section(text.replace(stated[0], "", 1), stated[1], limit))
    return tuple(sections)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@lru_cache(maxsize=512)
def _speaks_of_dates(pattern: str) -> bool:
    bare = _LITERAL.sub("", pattern)
    if _ELAPSED.search(bare):
        return True
    bare = re.sub(r"(?<=s)\.0+", "", _BRACKETS.sub("", bare), flags=re.IGNORECASE)
    return not re.search("[0#?]", bare) and re.search("[dmyhs]", bare, re.IGNORECASE) is not None
