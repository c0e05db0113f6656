"""How one column writes its days and numbers: decided from its members, and only then from the locale."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError

from sheetsync.core.fields import currencies, decimals
from sheetsync.core.fields.texts import bare, number_of, tidy
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
    #: days without a year take the year nearest to this one
    season: date | None = None
    #: the same question for 03.04.2026, which no locale writes month first, though some Americans do
    dots_day_first: bool | None = True
    #: the time zone a header states ("Send time (ET)"), as it is written there
    zone: str | None = None


#: a numeric day; with hyphens only when it has a year, because "11-27" is as often a range
NUMERIC_DAY = re.compile(
    r"(?<![0-9./])(?P<first>[0-9]{1,2})"
    r"(?:(?P<mark>[./-])(?P<second>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})"
    r"|(?P<short>[./])(?P<last>[0-9]{1,2})\.?)(?![0-9]|[./][0-9])"
)
#: a longer cell is prose, which bears no witness
_LONGEST = 120
#: "6am PT", "09:00", "7 Uhr", "8h30": what makes a day a moment does not make it prose
_CLOCK = r"(?:,? (?:at |um )?[0-9]{1,2}(?::[0-9]{2}(?::[0-9]{2})?|h[0-9]{0,2})? ?(?:[ap]\.?m?\.?|uhr|uur|h)?)?"
_ONLY_DAYS = re.compile(rf"(?:[^\W\d_]+[.,]* )?DAY(?: ?(?:-|to|bis) ?DAY)?{_CLOCK}(?: [^\W\d_]+)?".replace("DAY", "\0"))
_DAY_FIRST_HEADER = re.compile(r"\b(?:dd?|tt?|jj?)[./-]mm?\b")
_MONTH_FIRST_HEADER = re.compile(r"\bmm?[./-]dd?\b")
_NUMBER = re.compile(r"[0-9]+(?:[.,' ][0-9]+)+")
_ZONE_HEADER = re.compile(r"\(([A-Za-z]{2,4})\)")


def decide_dialect(cells: Sequence[Cell], locale: str, header: str = "", season: date | None = None) -> Dialect:
    """The dialect of one column, from its cells, its header and the workbook's locale (Google style, "de_DE").

    Members that can be read in one way only decide for all; members that contradict each other leave the order of days
    undecided (None); a column without such a member follows the locale. Typed dates and numbers need no dialect.
    """
    cells = [cell for cell in cells if not isinstance(cell.value, str) or len(cell.value) <= _LONGEST]
    texts = [bare(cell.value) for cell in cells if isinstance(cell.value, str)]
    slashes, dots = _witnesses(texts)
    decimal_comma = _decimal_comma_in(locale)
    return Dialect(
        locale=locale,
        day_first=_verdict(slashes | _header_order(header), _day_first_in(locale)),
        decimal_comma=bool(_verdict(set(_comma_witnesses(texts)), decimal_comma, decimal_comma)),
        currency=currencies.currency_in_header(tidy(header), locale) or _common_currency(cells, locale),
        fraction_percent=_means_fractions(cells),
        season=season,
        dots_day_first=_verdict(dots, True),
        zone=_header_zone(header),
    )


def _verdict(witnesses: set[bool], silent: bool | None, torn: bool | None = None) -> bool | None:
    """What the witnesses say; `silent` when there is none, `torn` when they contradict each other."""
    if not witnesses:
        return silent
    return next(iter(witnesses)) if len(witnesses) == 1 else torn


def _witnesses(texts: Iterable[str]) -> tuple[set[bool], set[bool]]:
    """Day-first verdicts of the unambiguous members, written with slashes or hyphens, and with dots."""
    slashes: set[bool] = set()
    dots: set[bool] = set()
    for text in texts:
        # prose may hold anything ("open 24/7 from 9"); only cells that are days, or a range of days, bear witness
        if not _ONLY_DAYS.fullmatch(NUMERIC_DAY.sub("\0", text)):
            continue
        for found in NUMERIC_DAY.finditer(text):
            first, second = int(found["first"]), int(found["second"] or found["last"])
            # exactly one of the two can be a month; a short "9.30" may as well be a time
            if (first > 12) != (second > 12) and max(first, second) <= 31 and found["short"] != ".":
                (dots if found["mark"] == "." else slashes).add(first > 12)
    return slashes, dots


def _header_order(header: str) -> set[bool]:
    text = bare(header)
    said = {True} if _DAY_FIRST_HEADER.search(text) else set()
    return said | ({False} if _MONTH_FIRST_HEADER.search(text) else set())


def _header_zone(header: str) -> str | None:
    found = _ZONE_HEADER.search(header)
    return found[1] if found else None


def _comma_witnesses(texts: Iterable[str]) -> Iterator[bool]:
    for text in texts:
        for digits in _NUMBER.findall(text):
            if (witness := decimals.reading(digits).witness) is not None:
                yield witness


def _common_currency(cells: Sequence[Cell], locale: str) -> str | None:
    """The currency of every cell that names one, provided that they agree."""
    named: set[str | None] = set()
    for cell in cells:
        try:
            if isinstance(cell.value, str):
                named.add(currencies.currency_beside_digits(tidy(cell.value).casefold(), locale))
            else:
                named.add(currencies.currency_in_pattern(cell.pattern, locale))
        except currencies.Contradiction:
            continue
    named.discard(None)
    return named.pop() if len(named) == 1 else None


def _means_fractions(cells: Sequence[Cell]) -> bool:
    """A column of nothing but numbers below one states shares; one 20 among them and nobody can tell."""
    bare_numbers = [n for cell in cells if cell.format is Format.PLAIN and (n := _bare_number(cell)) is not None]
    return bool(bare_numbers) and all(0 < abs(number) < 1 for number in bare_numbers)


def _bare_number(cell: Cell) -> float | None:
    if isinstance(cell.value, str):
        found = decimals.reading(tidy(cell.value)).certain
        return None if found is None else float(found)
    return number_of(cell)


@cache
def _locale(name: str) -> Locale | None:
    for candidate in (name.replace("-", "_"), re.split("[-_]", name)[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return None


def _day_first_in(locale: str) -> bool | None:
    known = _locale(locale)
    if known is None:
        return None
    # the month-and-day skeleton, because sv_SE writes 2026-11-27 and yet 27/11
    order = str(known.datetime_skeletons.get("Md", known.date_formats["short"].pattern))
    return order.find("d") < order.find("M")


def _decimal_comma_in(locale: str) -> bool:
    known = _locale(locale)
    return known is not None and known.number_symbols.get("latn", {}).get("decimal") == ","
