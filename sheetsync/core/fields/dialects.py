"""How one column writes its days and numbers: decided from its members, and only then from the locale."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Flag, auto
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Final

from babel import Locale, UnknownLocaleError

from sheetsync.core.fields import currencies, decimals
from sheetsync.core.fields.texts import bare, number_of, tidy
from sheetsync.core.fields.zones import ZONES
from sheetsync.core.model import Cell, Format


@dataclass(frozen=True)
class Dialect:
    """What a column's spellings mean; the defaults are those of an American workbook that nobody has looked at."""

    locale: str = "en_US"
    #: 03/04 is 3 April (True) or 4 March (False); None: undecided, such days are asked
    day_first: bool | None = None
    decimal_comma: bool = False
    #: ISO 4217, where a cell does not name its own
    currency: str | None = None
    #: a bare 0.2 means 20 %
    fraction_percent: bool = False
    #: a bare 20 means 20 %, because the header says so
    percent_points: bool = False
    #: so many digits, zeros in front included, are what every code of nothing but digits has
    code_digits: int | None = None
    #: days without a year take the year nearest to this one
    season: date | None = None
    #: the same question for 03.04.2026, which no locale writes month first, though some Americans do
    dots_day_first: bool | None = True
    #: people there write 29-11-2026, so 29-11 is a day of theirs and no range
    hyphened_days: bool = False
    #: texts are written in the order the locale does not have, so days the sheet understood may be the other way round
    typed_otherwise: bool = False
    #: the time zone a header states ("Send time (ET)"), as it is written there
    zone: str | None = None


#: what people can say of a column of days
DAY_FIRST: Final = "day first"
MONTH_FIRST: Final = "month first"


def told(dialect: Dialect, said: str | None) -> Dialect:
    """A column's dialect with what people said of it: how its days are written, or else its currency."""
    if said is None:
        return dialect
    if said in (DAY_FIRST, MONTH_FIRST):
        day_first = said == DAY_FIRST
        # Who says so has looked at the column, and at what the sheet made of it.
        return replace(dialect, day_first=day_first, dots_day_first=day_first, typed_otherwise=False)
    return replace(dialect, currency=said)


class About(Flag):
    """What there is to decide of a column's way of writing; a kind of field reads only some of it."""

    NOTHING = 0
    DAYS = auto()
    ZONE = auto()
    NUMBERS = auto()
    MONEY = auto()
    SHARES = auto()
    CODES = auto()
    EVERYTHING = DAYS | ZONE | NUMBERS | MONEY | SHARES | CODES


#: different texts whose witness is remembered: teams write the same days and amounts
_REMEMBERED = 50_000
#: a numeric day; with hyphens only when it has a year, because "11-27" is as often a range
NUMERIC_DAY = re.compile(
    r"(?<![0-9./])(?P<first>[0-9]{1,2})"
    r"(?:(?P<mark>[./-])(?P<second>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})"
    r"|(?P<short>[./])(?P<last>[0-9]{1,2})\.?)(?![0-9]|[./][0-9])"
)
_TYPED_DAYS = frozenset({Format.DATE, Format.DATE_TIME})
_SERIAL_ZERO, _LAST_SERIAL = date(1899, 12, 30), 2958465
#: a longer cell is prose, which bears no witness
_LONGEST = 120
#: "6am PT", "09:00", "7 Uhr", "8h30": what makes a day a moment does not make it prose
_CLOCK = r"(?:,? (?:at |um )?[0-9]{1,2}(?::[0-9]{2}(?::[0-9]{2})?|h[0-9]{0,2})? ?(?:[ap]\.?m?\.?|uhr|uur|h)?)?"
_ONLY_DAYS = re.compile(rf"(?:[^\W\d_]+[.,]* )?DAY(?: ?(?:-|to|bis) ?DAY)?{_CLOCK}(?: [^\W\d_]+)?".replace("DAY", "\0"))
_DAY_FIRST_HEADER = re.compile(r"\b(?:dd?|tt?|jj?)[./-]mm?\b")
_MONTH_FIRST_HEADER = re.compile(r"\bmm?[./-]dd?\b")
_NUMBER = re.compile(r"[0-9]+(?:[.,' ][0-9]+)+")
_ZONE_HEADER = re.compile(r"\(([A-Za-z]{2,4})\)|[ ,/-]([A-Z]{2,4})$")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{2,40})[)\]]")
#: "hora Madrid", "time in London"
_TIME_OF = re.compile(r"\b(?:hora|heure|ora|tijd|uhrzeit|zeit|time|local|lokale|locale|de|di|d'|in)\b ?")
_PERCENT_HEADER = re.compile(r"%|\b(?:percent|prozent|pct|pourcentage|porcentaje|percentuale)\b")
#: where people write the month last
_DAY_FIRST_LANDS = re.compile(r"(?:Europe|Africa|Asia/(?!Manila)|Australia|Atlantic|Indian|Antarctica)")


def decide_dialect(
    cells: Sequence[Cell],
    locale: str,
    header: str = "",
    season: date | None = None,
    time_zone: str = "",
    about: About = About.EVERYTHING,
) -> Dialect:
    """The dialect of one column, from its cells, its header and the workbook's locale (Google style, "de_DE").

    Members that can be read in one way only decide for all; members that contradict each other leave the order of days
    undecided (None); a column without such a member follows the locale. Typed dates and numbers need no dialect.
    American is what a workbook is as long as nobody chooses: it says nothing where the clock is one of the Old World.
    What it need not be `about` stays at its default.
    """
    if not about:
        return Dialect()
    texts = [value for cell in cells if isinstance(value := cell.value, str) and len(value) <= _LONGEST]
    decided: dict[str, Any] = {}
    if About.DAYS in about:
        slashes, dots = _witnesses(texts)
        nobody_chose = locale == "en_US" and _DAY_FIRST_LANDS.match(time_zone) is not None
        decided["day_first"] = _verdict(
            slashes | _header_order(header), None if nobody_chose else _day_first_in(locale)
        )
        decided["dots_day_first"] = _verdict(dots, True)
        decided["hyphened_days"] = _hyphens_days(locale)
        decided["typed_otherwise"] = _typed_otherwise(slashes, dots, cells, locale)
        decided["season"] = season
    if About.ZONE in about:
        decided["zone"] = _header_zone(header)
    if About.NUMBERS in about:
        usual, witnesses = _decimal_comma_in(locale), set(chain.from_iterable(map(_comma_witnesses, texts)))
        decided["decimal_comma"] = bool(_verdict(witnesses, usual, usual))
    if About.MONEY in about:
        decided["currency"] = currencies.currency_in_header(tidy(header), locale) or _common_currency(
            cells, texts, locale
        )
        decided["locale"] = locale
    if About.SHARES in about:
        decided["percent_points"] = _PERCENT_HEADER.search(bare(header)) is not None
        decided["fraction_percent"] = _means_fractions(cells, decided["percent_points"])
    if About.CODES in about:
        decided["code_digits"] = _code_digits(texts)
    return Dialect(**decided)


def _verdict(witnesses: set[bool], silent: bool | None, torn: bool | None = None) -> bool | None:
    """What the witnesses say; `silent` when there is none, `torn` when they contradict each other."""
    if not witnesses:
        return silent
    return next(iter(witnesses)) if len(witnesses) == 1 else torn


def _witnesses(texts: Iterable[str]) -> tuple[set[bool], set[bool]]:
    """Day-first verdicts of the unambiguous members, written with slashes or hyphens, and with dots."""
    said = set(chain.from_iterable(map(_days_witnessed, texts)))
    return {first for first, dotted in said if not dotted}, {first for first, dotted in said if dotted}


@lru_cache(maxsize=_REMEMBERED)
def _days_witnessed(text: str) -> tuple[tuple[bool, bool], ...]:
    """(day first, written with dots) of each day in a text that can be read in one way only."""
    text = bare(text)
    # prose may hold anything ("open 24/7 from 9"); only cells that are days, or a range of days, bear witness
    if not _ONLY_DAYS.fullmatch(NUMERIC_DAY.sub("\0", text)):
        return ()
    said: list[tuple[bool, bool]] = []
    for found in NUMERIC_DAY.finditer(text):
        first, second = int(found["first"]), int(found["second"] or found["last"])
        # exactly one of the two can be a month; a short "9.30" may as well be a time
        if (first > 12) != (second > 12) and max(first, second) <= 31 and found["short"] != ".":
            said.append((first > 12, found["mark"] == "."))
    return tuple(said)


def _typed_otherwise(slashes: set[bool], dots: set[bool], cells: Sequence[Cell], locale: str) -> bool:
    """Did people write days in another order than the sheet understood them in?

    Its own days are no witness of theirs; nor is 16.11.26 where days have slashes: it says how dots are meant. One
    above the twelfth shows that somebody typed, or picked, as it reads.
    """
    usual = _day_first_in(locale)
    witnesses = slashes | dots if usual else slashes
    if usual is None or witnesses != {not usual}:
        return False
    return all(_day_of_month(cell) <= 12 for cell in cells if cell.format in _TYPED_DAYS and cell.formula is None)


def _day_of_month(cell: Cell) -> int:
    """Zero where the cell holds no day."""
    serial = number_of(cell)
    if serial is None or not 0 <= serial <= _LAST_SERIAL:
        return 0
    return (_SERIAL_ZERO + timedelta(days=int(serial))).day


def _header_order(header: str) -> set[bool]:
    text = bare(header)
    said = {True} if _DAY_FIRST_HEADER.search(text) else set()
    return said | ({False} if _MONTH_FIRST_HEADER.search(text) else set())


def _header_zone(header: str) -> str | None:
    if found := _ZONE_HEADER.search(header):
        return found[1] or found[2]
    places = (_TIME_OF.sub("", bare(inside)).strip() for inside in _BRACKETS.findall(header))
    return next((place for place in places if place in ZONES), None)


def _code_digits(texts: Sequence[str]) -> int | None:
    """How long codes of digits are, where text keeps their zeros: a number beside them may have lost its own."""
    digits = set(filter(str.isdecimal, map(str.strip, texts)))
    lengths = {len(text) for text in digits}
    return lengths.pop() if len(lengths) == 1 and any(text.startswith("0") for text in digits) else None


@lru_cache(maxsize=_REMEMBERED)
def _comma_witnesses(text: str) -> tuple[bool, ...]:
    readings = (decimals.reading(digits).witness for digits in _NUMBER.findall(bare(text)))
    return tuple(witness for witness in readings if witness is not None)


def _common_currency(cells: Sequence[Cell], texts: Sequence[str], locale: str) -> str | None:
    """The currency of every cell that names one, provided that they agree."""
    patterns = {cell.pattern for cell in cells if cell.pattern and not isinstance(cell.value, str)}
    named = {_currency_of(text, locale) for text in set(texts)}
    named |= {currencies.currency_in_pattern(pattern, locale) for pattern in patterns}
    named.discard(None)
    return named.pop() if len(named) == 1 else None


@lru_cache(maxsize=_REMEMBERED)
def _currency_of(text: str, locale: str) -> str | None:
    try:
        return currencies.currency_beside_digits(tidy(text).casefold(), locale)
    except currencies.Contradiction:
        return None


def _means_fractions(cells: Sequence[Cell], percent_points: bool) -> bool:
    """A column of numbers below one states shares.

    A 20 among them and nobody can tell, unless cells formatted as percent, or the header, say that these are shares.
    """
    bare_numbers = [n for cell in cells if cell.format is Format.PLAIN and (n := _bare_number(cell)) is not None]
    below = [number for number in bare_numbers if 0 < abs(number) < 1]
    if len(below) == len(bare_numbers):
        return bool(below)
    shown = any(cell.format is Format.PERCENT and number_of(cell) for cell in cells)
    return (shown or percent_points) and len(below) > 1


def _bare_number(cell: Cell) -> float | None:
    if isinstance(cell.value, str):
        return _number_written(cell.value) if len(cell.value) <= _LONGEST else None
    return number_of(cell)


@lru_cache(maxsize=_REMEMBERED)
def _number_written(text: str) -> float | None:
    found = decimals.reading(tidy(text)).certain
    return None if found is None else float(found)


@cache
def _locale(name: str) -> Locale | None:
    for candidate in (name.replace("-", "_"), re.split("[-_]", name)[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return None


@cache
def _hyphens_days(locale: str) -> bool:
    """Whether people there put hyphens between the numbers of a day, the year last: 29-11-2026."""
    known = _locale(locale)
    short = str(known.date_formats["short"].pattern) if known else ""
    return "-" in short and short.startswith("d")


@cache
def _day_first_in(locale: str) -> bool | None:
    known = _locale(locale)
    if known is None:
        return None
    # the month-and-day skeleton, because sv_SE writes 2026-11-27 and yet 27/11
    order = str(known.datetime_skeletons.get("Md", known.date_formats["short"].pattern))
    return order.find("d") < order.find("M")


@cache
def _decimal_comma_in(locale: str) -> bool:
    known = _locale(locale)
    return known is not None and known.number_symbols.get("latn", {}).get("decimal") == ","
