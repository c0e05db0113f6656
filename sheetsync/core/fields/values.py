"""Fields with a value behind their text: days, moments, numbers, money, offers."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sheetsync.core.fields import dates, decimals, moments, money, offers
from sheetsync.core.fields.currencies import currency_in_pattern
from sheetsync.core.fields.dialects import About, Dialect
from sheetsync.core.fields.texts import fold, quote, unreadable
from sheetsync.core.fields.typed_days import held_or_asked
from sheetsync.core.fields.types import CALENDAR, FieldType, Seen, expect
from sheetsync.core.model import Format, Money, Offer, Parsed, Problem, Value

#: days of the years 2009 to 2036, which no other five digits in a column of days can be
_SERIAL = re.compile(r"[4][0-9]{4}")


@dataclass(frozen=True)
class Day(FieldType):
    """A day of the calendar (date); canonical text is ISO. A time of day beside it is left out."""

    kind: ClassVar[str] = "day"
    depends_on: ClassVar[About] = About.DAYS

    def _understand(self, seen: Seen) -> Parsed:
        serial = seen.number
        if serial is None and _SERIAL.fullmatch(seen.text.strip()):  # pasted from another program
            return dates.day_from_serial(float(seen.text), seen.text)
        if serial is None:
            day_text, _ = moments.split_clock(seen.text)
            return dates.read_day(day_text or seen.text, seen.dialect, raw=seen.text)
        if seen.cell.format in (Format.DATE, Format.DATE_TIME):
            return held_or_asked(seen, _day_held, self.format)
        if seen.bare and 20000 <= serial <= 80000:
            return dates.day_from_serial(serial, seen.text)
        if seen.bare and re.fullmatch(r"(?:19|20|21)[0-9]{6}", seen.text.strip()):
            return dates.read_day(seen.text, seen.dialect)
        return unreadable(seen.text, "is a number and no date")

    def format(self, value: Value) -> str:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise TypeError(f"expected date, got {value!r}")
        return value.isoformat()

    def read(self, text: str) -> Value:
        day = date.fromisoformat(text)
        if day.isoformat() != text:  # fromisoformat also takes 20261127 and 2026-W48-5
            raise ValueError(f"{text!r} is no canonical day")
        return day


@dataclass(frozen=True)
class Moment(FieldType):
    """A moment (datetime): aware where the cell or its header names a zone, otherwise naive.

    Same: equal instants. Agrees: against a side without a zone, equal readings of the clock.
    """

    kind: ClassVar[str] = "moment"
    depends_on: ClassVar[About] = About.DAYS | About.ZONE

    def _understand(self, seen: Seen) -> Parsed:
        serial = seen.number
        if serial is None:
            return moments.read_moment(seen.text, seen.dialect)
        if seen.cell.format is Format.DATE_TIME or (seen.cell.format is Format.DATE and serial % 1):
            return held_or_asked(seen, moments.moment_from_serial, self.format)
        if seen.cell.format is Format.DATE:
            return unreadable(seen.text, "has a day but no time")
        if seen.cell.format is Format.TIME:
            return unreadable(seen.text, "has a time but no day")
        return unreadable(seen.text, "is a number and no moment")

    def format(self, value: Value) -> str:
        return moments.moment_text(expect(datetime, value))

    def read(self, text: str) -> Value:
        return moments.moment_of(text)

    def agrees(self, a: Value, b: Value) -> bool:
        if a == b or not (isinstance(a, datetime) and isinstance(b, datetime)):
            return a == b
        return (a.tzinfo is None) != (b.tzinfo is None) and a.replace(tzinfo=None) == b.replace(tzinfo=None)


@dataclass(frozen=True)
class Number(FieldType):
    """A plain number (Decimal); 12 % is 0.12, as the sheet stores it."""

    kind: ClassVar[str] = "number"
    depends_on: ClassVar[About] = About.NUMBERS

    def _understand(self, seen: Seen) -> Parsed:
        number = seen.number
        if number is None:
            return money.read_number(seen.text, seen.dialect)
        if seen.cell.format in CALENDAR:
            return unreadable(seen.text, "is shown as a date or time, not as a number")
        return decimals.from_float(number)

    def format(self, value: Value) -> str:
        return decimals.plain(expect(Decimal, value))

    def read(self, text: str) -> Value:
        return decimals.exact(text)


@dataclass(frozen=True)
class Amount(FieldType):
    """An amount of money (Money). Agrees: equal amounts, in one currency or with a currency unsaid on one side."""

    kind: ClassVar[str] = "money"
    depends_on: ClassVar[About] = About.NUMBERS | About.MONEY

    def _understand(self, seen: Seen) -> Parsed:
        number = seen.number
        if number is None:
            return money.read_money(seen.text, seen.dialect)
        if seen.cell.format in CALENDAR or seen.cell.format is Format.PERCENT:
            return unreadable(seen.text, "is shown as a date, time or percentage, not as an amount")
        return Money(decimals.from_float(number), _typed_currency(seen))

    def format(self, value: Value) -> str:
        return money.money_text(expect(Money, value))

    def read(self, text: str) -> Value:
        return money.money_of(text)

    def agrees(self, a: Value, b: Value) -> bool:
        if not (isinstance(a, Money) and isinstance(b, Money)):
            return a == b
        return a.amount == b.amount and _agree(a.currency, b.currency)


@dataclass(frozen=True)
class OfferType(FieldType):
    """A structured offer (Offer). Same: equal in everything, however what it is on is written.

    Agrees: equal amounts and minimum spends, and whatever both sides say beyond that.
    """

    kind: ClassVar[str] = "offer"
    depends_on: ClassVar[About] = About.NUMBERS | About.MONEY | About.SHARES

    def _understand(self, seen: Seen) -> Parsed:
        number = seen.number
        if number is None:
            return offers.read_offer(seen.text, seen.dialect)
        if seen.cell.format in CALENDAR:
            return unreadable(seen.text, "is shown as a date or time, not as an offer")
        exact = decimals.from_float(number)
        if seen.cell.format is Format.PERCENT or (seen.bare and seen.dialect.fraction_percent and 0 < abs(number) < 1):
            return offers.percent_off(exact * 100)
        currency = _typed_currency(seen) if seen.cell.format is Format.CURRENCY else None
        plain = decimals.plain(exact) + (f" {currency}" if currency else "")
        if seen.dialect.percent_points and seen.cell.format is not Format.CURRENCY and 1 <= abs(exact) <= 100:
            return offers.percent_off(exact)
        # a typed number needs no dialect: it is written here with a point
        parsed = offers.read_offer(plain, Dialect())
        return parsed if not isinstance(parsed, Problem) else _requoted(parsed, plain, seen.text)

    def format(self, value: Value) -> str:
        return offers.offer_text(expect(Offer, value))

    def read(self, text: str) -> Value:
        return offers.offer_of(text)

    def same(self, a: Value, b: Value) -> bool:
        if not (isinstance(a, Offer) and isinstance(b, Offer)):
            return a == b
        return replace(a, on=fold(a.on)) == replace(b, on=fold(b.on))

    def agrees(self, a: Value, b: Value) -> bool:
        if not (isinstance(a, Offer) and isinstance(b, Offer)):
            return a == b
        return (
            (a.kind, a.amount, a.minimum_spend) == (b.kind, b.amount, b.minimum_spend)
            and _agree(a.currency, b.currency)
            and (not a.on or not b.on or fold(a.on) == fold(b.on))
        )


def _day_held(serial: float, _: Dialect, raw: str) -> Value | Problem:
    return dates.day_from_serial(serial, raw)


def _typed_currency(seen: Seen) -> str | None:
    column = seen.dialect.currency
    return currency_in_pattern(seen.cell.pattern, seen.dialect.locale, column) or column


def _agree(a: str | None, b: str | None) -> bool:
    return a == b or a is None or b is None


def _requoted(problem: Problem, plain: str, text: str) -> Problem:
    return Problem(problem.kind, problem.message.replace(quote(plain), quote(text), 1), problem.candidates)
