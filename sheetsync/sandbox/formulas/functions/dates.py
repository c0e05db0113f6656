"""Functions of dates, which are numbers: the days since 1899-12-30."""

from collections.abc import Callable
from datetime import date, timedelta

from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import NUMBER, Function, Whole, each
from sheetsync.sandbox.formulas.numerals import day_of, serial
from sheetsync.sandbox.formulas.values import Failure


def date_(year: float, month: float, day: float) -> float:
    """The day's serial number; a 13th month or a 0th day count on into the years and months beside them."""
    full_year = int(year) + 1900 if 0 <= year < 1900 else int(year)
    years, month_index = divmod(int(month) - 1, 12)
    try:
        return serial(date(full_year + years, month_index + 1, 1) + timedelta(days=int(day) - 1))
    except (ValueError, OverflowError):
        raise Failure("#NUM!", "The date is outside the calendar.") from None


def _part(read: Callable[[date], int]) -> Function:
    def part(number: float) -> float:
        day = day_of(number)
        if day is None or number < 0:
            raise Failure("#NUM!", "The number is no date.")
        return float(read(day))

    return each(part, NUMBER)


def today(calculation: Calculation) -> float:
    return calculation.book.today()


FUNCTIONS: dict[str, Function] = {
    "TODAY": Whole(today, 0, 0),
    "DATE": each(date_, NUMBER, NUMBER, NUMBER),
    "YEAR": _part(lambda day: day.year),
    "MONTH": _part(lambda day: day.month),
    "DAY": _part(lambda day: day.day),
}
