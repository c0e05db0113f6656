"""Functions of dates, which are numbers: the days since 1899-12-30."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from sheetsync.sandbox.formulas.area import Value
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import NUMBER, TEXT, Function, Whole, each
from sheetsync.sandbox.formulas.numerals import day_of, serial
from sheetsync.sandbox.formulas.values import Failure, Scalar

_WEEKEND = (5, 6)


def _outside() -> Failure:
    return Failure("#NUM!", "The date is outside the calendar.")


def _day(number: float) -> date:
    day = day_of(number)
    if day is None or number < 0:
        raise Failure("#NUM!", "The number is no date.")
    return day


def date_(year: float, month: float, day: float) -> float:
    """The day's serial number; a 13th month or a 0th day count on into the years and months beside them."""
    full_year = int(year) + 1900 if 0 <= year < 1900 else int(year)
    years, month_index = divmod(int(month) - 1, 12)
    try:
        return serial(date(full_year + years, month_index + 1, 1) + timedelta(days=int(day) - 1))
    except (ValueError, OverflowError):
        raise _outside() from None


def _part(read: Callable[[date], int]) -> Function:
    return each(lambda number: float(read(_day(number))), NUMBER)


def weekday(number: float, kind: float = 1.0) -> float:
    """Kind 1 counts Sunday as 1, kind 2 Monday as 1, kind 3 Monday as 0."""
    monday = _day(number).weekday()
    counted = {1: (monday + 1) % 7 + 1, 2: monday + 1, 3: monday}.get(int(kind))
    if counted is None:
        raise Failure("#NUM!", "Function WEEKDAY parameter 2 must be 1, 2 or 3.")
    return float(counted)


def weeknum(number: float, kind: float = 1.0) -> float:
    """The week that holds January 1 is the first; kind 1 begins weeks on Sunday, kind 2 on Monday, 21 is ISO's."""
    day = _day(number)
    if int(kind) == 21:
        return float(day.isocalendar().week)
    first = {1: 6, 2: 0, **{11 + shift: shift for shift in range(7)}}.get(int(kind))
    if first is None:
        raise Failure("#NUM!", "WEEKNUM does not know this kind of week.")
    opening = (date(day.year, 1, 1).weekday() - first) % 7
    return float((day.timetuple().tm_yday - 1 + opening) // 7 + 1)


def _months_later(day: date, months: int) -> date:
    """The same day of another month, or its last."""
    years, month_index = divmod(day.month - 1 + months, 12)
    try:
        year, month = day.year + years, month_index + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))
    except ValueError:
        raise _outside() from None


def edate(number: float, months: float) -> float:
    return serial(_months_later(_day(number), int(months)))


def eomonth(number: float, months: float) -> float:
    day = _months_later(_day(number), int(months))
    return serial(day.replace(day=monthrange(day.year, day.month)[1]))


def datedif(start: float, end: float, unit: str) -> float:
    """Whole years, months or days between two days; `MD`, `YM` and `YD` leave out what is larger."""
    first, last = _day(start), _day(end)
    if first > last:
        raise Failure("#NUM!", "Function DATEDIF parameter 1 is after parameter 2.")
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    counted = {
        "D": lambda: (last - first).days,
        "M": lambda: months,
        "Y": lambda: months // 12,
        "YM": lambda: months % 12,
        "MD": lambda: (last - _months_later(first, months)).days,
        "YD": lambda: (last - _months_later(first, months // 12 * 12)).days,
    }.get(unit.upper())
    if counted is None:
        raise Failure("#NUM!", f"There is no unit '{unit}'.")
    return float(counted())


def _moment(calculation: Calculation, value: Scalar) -> float:
    """A date or time as a number, a text as typing reads it."""
    sound = calculation.sound(value)
    number = calculation.reading(sound) if isinstance(sound, str) else sound
    if not isinstance(number, float):
        raise Failure("#VALUE!", f"'{calculation.text(sound)}' cannot be parsed to date/time.")
    return number


def networkdays(calculation: Calculation, start: Value, end: Value, *holidays: Value) -> Value:
    """Working days from one day to another, both counted."""
    free = _free_days(calculation, holidays)
    first, last = (int(calculation.number(calculation.single(each))) for each in (start, end))
    if abs(last - first) > 1_000_000:
        raise _outside()
    count = sum(_works(day, free) for day in range(min(first, last), max(first, last) + 1))
    return float(count if first <= last else -count)


def workday(calculation: Calculation, start: Value, count: Value, *holidays: Value) -> Value:
    """The day so many working days later."""
    free = _free_days(calculation, holidays)
    day, left = (int(calculation.number(calculation.single(each))) for each in (start, count))
    if abs(left) > 100_000:
        raise _outside()
    step = 1 if left >= 0 else -1
    while left:
        day += step
        left -= step if _works(day, free) else 0
    return float(day)


def _free_days(calculation: Calculation, holidays: tuple[Value, ...]) -> frozenset[int]:
    numbers = (calculation.sound(each) for each in calculation.each(*holidays))
    return frozenset(int(number) for number in numbers if isinstance(number, float))


def _works(number: int, free: frozenset[int]) -> bool:
    return number not in free and _day(number).weekday() not in _WEEKEND


FUNCTIONS: dict[str, Function] = {
    "TODAY": Whole(lambda calculation: calculation.book.today(), 0, 0),
    "DATE": each(date_, NUMBER, NUMBER, NUMBER),
    "DATEVALUE": each(lambda number: float(number // 1), _moment),
    "YEAR": _part(lambda day: day.year),
    "MONTH": _part(lambda day: day.month),
    "DAY": _part(lambda day: day.day),
    "WEEKDAY": each(weekday, NUMBER, NUMBER, least=1),
    "WEEKNUM": each(weeknum, NUMBER, NUMBER, least=1),
    "ISOWEEKNUM": _part(lambda day: day.isocalendar().week),
    "EDATE": each(edate, NUMBER, NUMBER),
    "EOMONTH": each(eomonth, NUMBER, NUMBER),
    "DAYS": each(lambda end, start: float(int(end) - int(start)), NUMBER, NUMBER),
    "DATEDIF": each(datedif, NUMBER, NUMBER, TEXT),
    "NETWORKDAYS": Whole(networkdays, 2, 3),
    "WORKDAY": Whole(workday, 2, 3),
    "TIMEVALUE": each(lambda number: number % 1, _moment),
}
