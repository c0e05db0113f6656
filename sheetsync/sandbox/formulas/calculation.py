"""One evaluation: where the formula stands, the workbook it reads, and how values become what a function wants."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.numerals import day_of, read_number
from sheetsync.sandbox.formulas.values import Array, Book, Failure, FormulaError, Omitted, Place, Scalar, Sound
from sheetsync.sandbox.locales import Conventions, conventions

#: A value that has been read: nothing in it still points at cells.
Operand: TypeAlias = Scalar | Array

#: For each kind of value in a row or column that was searched, where it stands first (or last).
Positions: TypeAlias = dict[tuple[str, Scalar], int]

#: The positions in areas that were searched, from the first or from the last one.
Searched: TypeAlias = dict[tuple[Area, bool], Positions]


@dataclass(frozen=True)
class Calculation:
    """What every function may ask while one formula is evaluated."""

    at: Place
    book: Book
    #: Inside ARRAYFORMULA: functions of single values work through whole ranges.
    arrays: bool = False
    #: Searched areas and their positions, so that 2,000 lookups read a column once.
    positions: Searched = field(default_factory=dict)
    #: What LET has given a name, in capitals.
    names: Mapping[str, Value] = field(default_factory=dict)

    def knowing(self, name: str, value: Value) -> "Calculation":
        """The same evaluation with one more name."""
        return replace(self, names={**self.names, name: value})

    @property
    def conventions(self) -> Conventions:
        return conventions(self.book.locale)

    @property
    def today(self) -> date:
        return day_of(self.book.today()) or date.max

    def reading(self, text: str) -> float | None:
        """The number a text stands for when somebody types it; None when it stands for none."""
        return read_number(text, self.conventions, self.today)

    def named(self, name: str) -> Area | None:
        """The cells of a named range."""
        found = self.book.named(name)
        return None if found is None else Area(*found)

    def over_arrays(self) -> "Calculation":
        """The same evaluation as ARRAYFORMULA sees it."""
        return self if self.arrays else replace(self, arrays=True)

    def whole(self, value: Value) -> Operand:
        """Everything the value holds; a single cell is its value."""
        if isinstance(value, Omitted):
            return None
        if isinstance(value, Area):
            if value.width == value.height == 1:
                return self.book.value(value.tab, value.top, value.left)
            return value.read(self.book)
        return value

    def operand(self, value: Value) -> Operand:
        """What a function of single values works on: everything inside ARRAYFORMULA, else one value."""
        if self.arrays:
            return self.whole(value)
        if isinstance(value, Area):
            value = value.crossing(self.at)
        whole = self.whole(value)
        return whole.rows[0][0] if isinstance(whole, Array) else whole

    def single(self, value: Value) -> Scalar:
        """One value even inside ARRAYFORMULA, for arguments that take no array."""
        operand = self.operand(value)
        return operand.rows[0][0] if isinstance(operand, Array) else operand

    def each(self, *values: Value) -> Iterator[Scalar]:
        """All values, row by row."""
        for value in values:
            whole = self.whole(value)
            if isinstance(whole, Array):
                for row in whole.rows:
                    yield from row
            else:
                yield whole

    def rectangle(self, value: Value) -> Array:
        """The value as an array, a single one as 1x1.

        Raises:
            Failure: the value is an error.
        """
        whole = self.whole(value)
        return whole if isinstance(whole, Array) else Array(((self.sound(whole),),))

    def raw(self, value: Scalar) -> Scalar:
        """The value as it is, an error too: for the functions that ask about errors."""
        return value

    def sound(self, value: Scalar) -> Sound:
        """The value, which must be no error."""
        if isinstance(value, FormulaError):
            raise Failure(value.code, value.message)
        return value

    def number(self, value: Scalar) -> float:
        """Blank is 0, TRUE is 1, a text counts when it reads as a number."""
        sound = self.sound(value)
        if isinstance(sound, str):
            number = self.reading(sound)
            if number is None:
                raise Failure("#VALUE!", f"The text '{sound}' cannot be read as a number.")
            return number
        return float(sound or 0)

    def text(self, value: Scalar) -> str:
        """Blank is the empty text, a number is written as the workbook's locale does."""
        sound = self.sound(value)
        if isinstance(sound, str):
            return sound
        if isinstance(sound, bool):
            return "TRUE" if sound else "FALSE"
        return "" if sound is None else self.book.show(sound)

    def logical(self, value: Scalar) -> bool:
        """Blank is FALSE, every number but 0 is TRUE, a text counts when it says TRUE or FALSE."""
        sound = self.sound(value)
        if isinstance(sound, str):
            if sound.upper() not in ("TRUE", "FALSE"):
                raise Failure("#VALUE!", f"The text '{sound}' is neither TRUE nor FALSE.")
            return sound.upper() == "TRUE"
        return bool(sound)
