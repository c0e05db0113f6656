"""What the cells of one row mean together: a year from the days beside, an end from a range, a line through the key.

Each cell was understood by itself before (`normalize`). What is said here of a row depends on nothing but the row, and
on the days of its table where neither the row nor the company's season gives a year.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sheetsync.core.fields import Field
from sheetsync.core.fields.texts import ambiguous, quote
from sheetsync.core.model import Cell, Parsed, Precision, Problem, Value

Said = tuple[Parsed, str]
"""What a cell means, and what it shows."""

#: of one day in several years no more than one is less than this away
HALF_A_YEAR = timedelta(days=182)
#: what says its candidates from the first day to the last
_FROM_FIRST_TO_LAST = (Precision.RANGE, Precision.MONTH, Precision.WEEK)


@dataclass(frozen=True, slots=True)
class Days:
    """A column of days or moments."""

    field: str
    #: the day of each row; None where its cell says none, or leaves the year open
    known: Sequence[date | None]
    #: row -> its cell, for those whose year is open
    open: Mapping[int, Cell]
    #: a cell as it is understood when days without a year are near this one
    near: Callable[[Cell, date], Said]
    #: row -> the day in the year that the sheet made up, for those whose year is open and the sheet has as days
    held: Mapping[int, date] = dataclasses.field(default_factory=dict)


def with_years(columns: Sequence[Days], season: date | None) -> Iterator[tuple[str, int, Said]]:
    """(field, row, meaning) of every cell whose year is open, as far as there is a year to be found.

    It is the nearest to the other days of its row; without any to the season; without a season to all days of the
    table that have a year, if they agree; candidates, if they do not. A year that the sheet made up is worth as much
    as none, until there is no other.
    """
    days = list(zip(*(column.known for column in columns), strict=True))

    @cache
    def around() -> tuple[date, ...]:
        return _ends(days) if season is None else (season,)

    for column in columns:
        # Many rows have the same days beside the same cell. The column keeps its cells, so that their ids stay theirs.
        meant: dict[tuple[int, tuple[date | None, ...]], Said] = {}
        for row, cell in column.open.items():
            case = id(cell), days[row]
            if case not in meant:
                if beside := list(filter(None, days[row])):
                    meant[case] = _nearest(column, cell, beside)
                elif near := around():
                    if len(near) > 1 and near[0] <= column.held.get(row, near[-1] + HALF_A_YEAR) <= near[-1]:
                        continue
                    meant[case] = _agreed([column.near(cell, day) for day in near])
                elif near := _made_up(row, column, columns):
                    # These differ from row to row.
                    yield column.field, row, _agreed([column.near(cell, day) for day in near])
                    continue
                else:
                    continue
            yield column.field, row, meant[case]


def day_of(parsed: Parsed) -> date | None:
    """The day of a value, or the first one of a range."""
    if isinstance(parsed, datetime):
        return parsed.date()
    if isinstance(parsed, date):
        return parsed
    if isinstance(parsed, Problem) and parsed.precision in _FROM_FIRST_TO_LAST and parsed.candidates:
        return date.fromisoformat(parsed.candidates[0][:10])
    return None


def _nearest(column: Days, cell: Cell, beside: Collection[date]) -> Said:
    last = max(beside)
    first = column.near(cell, min(beside))
    found = day_of(first[0])
    # What is that near is the nearest to every day between them.
    if (found is not None and abs(found - last) < HALF_A_YEAR) or column.near(cell, last) == first:
        return first
    readings = [(column.near(cell, day), day) for day in sorted({*beside})]
    dated = [(abs(found - day), said) for said, day in readings if (found := day_of(said[0]))]
    least = min((distance for distance, _ in dated), default=None)
    return _agreed([said for distance, said in dated if distance == least] or [said for said, _ in readings])


def _made_up(row: int, column: Days, columns: Sequence[Days]) -> tuple[date, ...]:
    """The days, in years that the sheet made up, that are beside a cell; for a text without any, those of the table."""
    beside = tuple(other.held[row] for other in columns if other is not column and row in other.held)
    return beside if beside or row in column.held else _ends(other.held.values() for other in columns)


def _agreed(readings: Sequence[Said]) -> Said:
    """The one reading, or a problem that offers all of them."""
    (parsed, shown), *others = readings
    if all(other == (parsed, shown) for other in others):
        return parsed, shown
    days = [text for one, _ in readings for text in _each(one)]
    return ambiguous(shown, "has no year, and the days beside it allow several", days), shown


def _each(parsed: Parsed) -> tuple[str, ...]:
    if (day := day_of(parsed)) is not None:
        return (day.isoformat(),)
    return parsed.candidates if isinstance(parsed, Problem) else ()


def _ends(days: Iterable[Iterable[date | None]]) -> tuple[date, ...]:
    """The first and the last day of the table that has its year."""
    known = {day for row in days for day in row if day}
    return (min(known), max(known)) if known else ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What a row says of a field otherwise than by the field's own cell."""

    field: str
    parsed: Parsed
    raw: str
    #: the field in whose cell it stands
    at: str
    ranged: bool = False


def both_ends(start: Field, end: Field, said: Mapping[str, Said]) -> Iterator[Beside]:
    """What a range in the cell of a start says of the start, and of the end where nobody else says it.

    Two ends that differ are a problem of the end.
    """
    parsed, raw = said[start.name]
    if not isinstance(parsed, Problem) or parsed.precision is not Precision.RANGE:
        return
    first, last = (start.type.read(text) for text in parsed.candidates[:1] + parsed.candidates[-1:])
    yield Beside(start.name, first, raw, start.name, ranged=True)
    own, own_raw = said.get(end.name, (None, ""))
    if own is None and not own_raw.strip():
        yield Beside(end.name, last, raw, start.name, ranged=True)
    elif isinstance(own, Problem) and own.precision is Precision.RANGE and own.candidates == parsed.candidates:
        yield Beside(end.name, last, own_raw, end.name, ranged=True)
    elif own is not None and not isinstance(own, Problem) and not end.type.agrees(own, last):
        both = [end.type.format(value) for value in (own, last)]
        yield Beside(end.name, ambiguous(own_raw, f"is not the end that {quote(raw)} has", both), own_raw, end.name)


def struck_through(status: Field, word: str, key: Mapping[str, Cell], said: Mapping[str, Said]) -> Iterator[Beside]:
    """The status a row claims because its key is struck through, unless its own cell says the same."""
    filled = {name: cell for name, cell in key.items() if not cell.blank}
    if not filled or not all(cell.struck for cell in filled.values()):
        return
    own, _ = said.get(status.name, (None, ""))
    meant: Value = status.type.read(word)
    if own is None or isinstance(own, Problem) or not status.type.agrees(own, meant):
        yield Beside(status.name, meant, "struck through", next(iter(key)))
