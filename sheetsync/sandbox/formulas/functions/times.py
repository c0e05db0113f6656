"""Functions of times, which are fractions of a day."""

from collections.abc import Callable

from sheetsync.sandbox.formulas.functions.kinds import NUMBER, Function, Whole, each
from sheetsync.sandbox.formulas.values import Failure


def time(hour: float, minute: float, second: float) -> float:
    """The fraction of a day; what is more than a day begins the next one."""
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second)
    if seconds < 0:
        raise Failure("#NUM!", "A time is not before midnight.")
    return seconds % 86_400 / 86_400


def _part(read: Callable[[int], int]) -> Function:
    def part(number: float) -> float:
        if number < 0:
            raise Failure("#NUM!", "The number is no time.")
        return float(read(round(number % 1 * 86_400) % 86_400))

    return each(part, NUMBER)


FUNCTIONS: dict[str, Function] = {
    "NOW": Whole(lambda calculation: calculation.book.now(), 0, 0),
    "TIME": each(time, NUMBER, NUMBER, NUMBER),
    "HOUR": _part(lambda seconds: seconds // 3600),
    "MINUTE": _part(lambda seconds: seconds // 60 % 60),
    "SECOND": _part(lambda seconds: seconds % 60),
}
