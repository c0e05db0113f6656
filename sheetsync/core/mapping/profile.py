"""What a column holds, whatever stands above it: which share of its different values reads as what."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import isfinite
from typing import Final

from sheetsync.core.fields import Amount, Choice, Day, OfferType, Url
from sheetsync.core.fields.calendars import MONTHS, WEEKDAYS
from sheetsync.core.fields.currencies import CURRENCY
from sheetsync.core.fields.dialects import Dialect, decide_dialect
from sheetsync.core.fields.moments import split_clock
from sheetsync.core.fields.texts import ERRORS, bare, claims_nothing, number_of, tidy, unreadable, written
from sheetsync.core.mapping import words
from sheetsync.core.model import Cell, Format, Problem, ProblemKind


class Trait(StrEnum):
    """What a value can be read as; most can be several things. The text is what people are told."""

    DAY = "days"
    #: a month, a week, a number: no day, but of the kind
    TIME = "about time"
    CLOCK = "times of day"
    MONEY = "amounts of money"
    NUMBER = "numbers"
    PERCENT = "percentages"
    OFFER = "offers"
    URL = "URLs"
    TAGGED = "URLs with utm parameters"
    CODE = "codes"
    CHECKBOX = "yes or no"
    STATUS = "status words"
    CHANNEL = "channels"
    PLATFORM = "platforms"
    SOURCE = "known utm sources"
    MEDIUM = "known utm media"
    PERSON = "names as of people"
    WORDS = "words"
    PROSE = "sentences"


#: a locale nobody has, which therefore decides nothing
_NO_LOCALE = "xx"
_LONGEST_DAY = 40
#: more different values say nothing new
_MOST = 200
_CODE = re.compile(r"(?=.*[0-9])[^\W_][\w./#:+-]{1,30}|[A-Z]{3,20}")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’&-]*){0,3}(?: \([^()]*\))?")
_SENTENCE = re.compile(r"\w[.!?]\s+\w|\w\.$")
_PATH = re.compile(r"/[\w./?=&%#~-]*")
_NAMES_CURRENCY = re.compile(CURRENCY)
_YES_NO = frozenset(
    words.listed(
        "yes, y, no, n, true, false, ja, nein, oui, non, si, vrai, faux, wahr, falsch, nee, x, ✓, ✔, ☑, ✅, ✗, ✘, ☐, ❌"
    )
)
_CALENDAR = frozenset({Format.DATE, Format.DATE_TIME})
#: bare numbers that can only be days of these years
_SERIALS = range(20_000, 80_001)


@dataclass(frozen=True)
class _Known(Choice):
    """A vocabulary that only tells whether a text is one of its words; looking for those that come near takes long."""

    def unknown(self, text: str) -> Problem:
        return unreadable(text, "is not a word of the vocabulary")


_VOCABULARIES: Final = {
    Trait.STATUS: _Known(words.STATUS),
    Trait.CHANNEL: _Known(words.CHANNEL),
    Trait.PLATFORM: _Known(words.PLATFORM),
    Trait.SOURCE: _Known(words.UTM_SOURCE),
    Trait.MEDIUM: _Known(words.UTM_MEDIUM),
}


@dataclass(frozen=True)
class Profile:
    """What one column holds in its data rows."""

    #: cells that hold anything
    filled: int = 0
    #: different values that say something ("TBD" and "-" say nothing)
    told: int = 0
    counts: Mapping[Trait, int] = field(default_factory=dict)
    #: cells made by a formula
    formulas: int = 0
    #: values to quote, each once, in alphabetical order
    samples: tuple[str, ...] = ()
    dialect: Dialect = field(default_factory=Dialect)
    #: its own members show whether the day or the month comes first
    shows_order: bool = False
    #: days that can be read two ways though nothing in the column says which
    torn_days: tuple[str, ...] = ()

    def share(self, trait: Trait) -> float:
        """0 to 1, of the different values that say something."""
        return self.counts.get(trait, 0) / self.told if self.told else 0.0

    def said(self, trait: Trait) -> str:
        """ "31 of 34 values are days"."""
        return f"{self.counts.get(trait, 0)} of {self.told} different values are {trait}"


def profile(cells: Sequence[Cell], header: str, locale: str, season: date | None = None) -> Profile:
    """The profile of one column; `cells` are those of its data rows in any order."""
    filled = [cell for cell in cells if not cell.blank]
    if not filled:
        return Profile()
    distinct = _distinct(filled)
    dialect = decide_dialect(distinct, locale, header, season)
    telling = [cell for cell in distinct if not _says_nothing(cell)]
    counts: dict[Trait, int] = {}
    for cell in telling:
        for trait in _traits(cell, dialect):
            counts[trait] = counts.get(trait, 0) + 1
    return Profile(
        filled=len(filled),
        told=len(telling),
        counts=counts,
        formulas=sum(cell.formula is not None for cell in filled),
        samples=tuple(dict.fromkeys(tidy(written(cell)) for cell in telling))[:3],
        dialect=dialect,
        shows_order=_shows_order(distinct, header),
        torn_days=_torn_days(distinct, header, season),
    )


def _distinct(cells: Iterable[Cell]) -> list[Cell]:
    """Each different cell once, ordered by what it shows, so that the order of rows means nothing."""
    # By its type too: to Python True is 1.0.
    known = {
        (type(cell.value).__name__, cell.shown, str(cell.value), cell.format, cell.link or ""): cell for cell in cells
    }
    ordered = [known[key] for key in sorted(known, key=lambda key: (key[1], key[0], key[2:]))]
    return ordered if len(ordered) <= _MOST else [ordered[n * len(ordered) // _MOST] for n in range(_MOST)]


def _says_nothing(cell: Cell) -> bool:
    text = written(cell)
    return bool(cell.error) or text.strip() in ERRORS or (not cell.link and claims_nothing(text))


def _traits(cell: Cell, dialect: Dialect) -> frozenset[Trait]:
    if isinstance(cell.value, bool):
        return frozenset({Trait.CHECKBOX})
    number = number_of(cell)
    if number is not None:
        return _traits_of_number(number, cell)
    return _traits_of_text(tidy(written(cell)), cell, dialect)


def _traits_of_number(number: float, cell: Cell) -> frozenset[Trait]:
    if not isfinite(number):
        return frozenset()
    if cell.format in _CALENDAR:
        return frozenset({Trait.DAY, Trait.TIME} | ({Trait.CLOCK} if number % 1 else set()))
    if cell.format is Format.TIME:
        return frozenset({Trait.CLOCK, Trait.TIME})
    if cell.format is Format.PERCENT:
        return frozenset({Trait.PERCENT, Trait.OFFER, Trait.NUMBER})
    if cell.format is Format.CURRENCY:
        return frozenset({Trait.MONEY, Trait.OFFER})
    found = {Trait.NUMBER, Trait.MONEY}
    if number == int(number):
        found |= {Trait.CODE} | ({Trait.DAY, Trait.TIME} if int(number) in _SERIALS else set())
    return frozenset(found | ({Trait.OFFER} if 0 < abs(number) < 1 else set()))


def _traits_of_text(text: str, cell: Cell, dialect: Dialect) -> frozenset[Trait]:
    if cell.link or _PATH.fullmatch(text) or isinstance(Url().parse(cell, dialect), str):
        tagged = "utm_" in (cell.link or "") or "utm_" in text
        return frozenset({Trait.URL, Trait.TAGGED} if tagged else {Trait.URL})
    plain = bare(text)
    found = {trait for trait, choice in _VOCABULARIES.items() if _understood(choice.parse(cell, dialect))}
    found |= _traits_of_time(text, plain, cell, dialect)
    if plain in _YES_NO:
        found.add(Trait.CHECKBOX)
    if any(sign.isdigit() for sign in plain) and Trait.DAY not in found:
        found |= _traits_of_amount(plain, cell, dialect)
    elif _understood(OfferType().parse(cell, dialect)):
        found.add(Trait.OFFER)
    return frozenset(found | _traits_of_words(text, found))


def _traits_of_time(text: str, plain: str, cell: Cell, dialect: Dialect) -> set[Trait]:
    rest, clock = split_clock(text)
    found = {Trait.CLOCK, Trait.TIME} if clock else set()
    if _understood(Day().parse(cell, dialect)):
        return found | {Trait.DAY, Trait.TIME}
    if clock and not rest.strip():
        return found
    tokens = {token.strip(".,:;()") for token in re.split(r"[\s/-]+", plain)}
    if any(sign.isdigit() for sign in plain) or tokens & (words.TIME | MONTHS.keys() | WEEKDAYS.keys()):
        found.add(Trait.TIME)
    return found


def _traits_of_amount(plain: str, cell: Cell, dialect: Dialect) -> set[Trait]:
    found = set()
    if _understood(Amount().parse(cell, dialect)):
        found.add(Trait.MONEY)
        if not _NAMES_CURRENCY.search(plain):
            found.add(Trait.NUMBER)
    if plain.endswith("%"):
        found |= {Trait.PERCENT}
    if _understood(OfferType().parse(cell, dialect)):
        found.add(Trait.OFFER)
    return found


def _traits_of_words(text: str, found: set[Trait]) -> set[Trait]:
    more = set()
    if Trait.DAY not in found and _CODE.fullmatch(text):
        more.add(Trait.CODE)
    if len(text.split()) > 6 or _SENTENCE.search(text):
        more.add(Trait.PROSE)
    if any(sign.isalpha() for sign in text) and not found & {Trait.DAY, Trait.MONEY, Trait.PERCENT}:
        if not (Trait.CODE in more and any(sign.isdigit() for sign in text)):
            more.add(Trait.WORDS)
        if not found & {Trait.STATUS, Trait.CHANNEL, Trait.CHECKBOX} and _NAME.fullmatch(text) and text != text.lower():
            more.add(Trait.PERSON)
    return more


def _understood(parsed: object) -> bool:
    """A value, or several that it may be."""
    return parsed is not None and (not isinstance(parsed, Problem) or parsed.kind is ProblemKind.AMBIGUOUS)


def _shows_order(cells: Sequence[Cell], header: str) -> bool:
    return decide_dialect(cells, _NO_LOCALE, header).day_first is not None


def _torn_days(cells: Sequence[Cell], header: str, season: date | None) -> tuple[str, ...]:
    """Texts such as 03/04 that are two days where nothing but the workbook's locale could say which.

    Typed as text they were never understood by the sheet, so its locale says nothing about who wrote them.
    """
    texts = [
        cell for cell in cells if isinstance(cell.value, str) and "/" in cell.value and len(cell.value) < _LONGEST_DAY
    ]
    if not texts or _shows_order(cells, header):
        return ()
    undecided = Dialect("en_US", day_first=None, season=season)
    both = [
        cell for cell in texts if isinstance(parsed := Day().parse(cell, undecided), Problem) and _two_orders(parsed)
    ]
    return tuple(tidy(written(cell)) for cell in both)


def _two_orders(problem: Problem) -> bool:
    """Two readings of one text, not the two ends of a range."""
    if len(problem.candidates) != 2:
        return False
    (_, month, day), (_, other_month, other_day) = (text.split("-") for text in problem.candidates)
    return (month, day) == (other_day, other_month)
