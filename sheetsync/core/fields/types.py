"""What every field type promises: one object owns `parse`, `format`, `read`, `same` and `agrees`: they cannot drift."""

from abc import ABC, abstractmethod
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import ClassVar, NamedTuple, TypeVar

from sheetsync.core.fields.dialects import About, Dialect
from sheetsync.core.fields.texts import ERRORS, number_of, unreadable, written
from sheetsync.core.model import Cell, Format, Money, Offer, Parsed, Value

_Known = TypeVar("_Known", str, bool, Decimal, Money, Offer, datetime)

#: formats that show a number as a day or a time
CALENDAR = frozenset({Format.DATE, Format.TIME, Format.DATE_TIME})


class Seen(NamedTuple):
    """A cell without an error, the text a person reads in it, its number, and the dialect of its column."""

    # No frozen dataclass: there is one of these for each cell that is understood, and those take twice as long to make.
    cell: Cell
    text: str
    #: finite; None where the cell holds none
    number: float | None
    dialect: Dialect

    @property
    def bare(self) -> bool:
        """Does the format say nothing about what kind of number this is?"""
        return self.cell.format in (Format.PLAIN, Format.TEXT)


class FieldType(ABC):
    """What one kind of field makes of cells. Frozen values without state; `parse` never raises.

    Laws: read(format(v)) == v, and parse of a cell showing format(v) gives v; `same` is an equivalence; what is the
    same agrees, and agreeing is symmetric.
    """

    kind: ClassVar[str]
    #: which ways of its column a cell's meaning depends on
    depends_on: ClassVar[About] = About.NOTHING

    def parse(self, cell: Cell, dialect: Dialect) -> Parsed:
        """A value, a Problem that quotes the cell, or None where nothing is claimed (blank, "TBD", "-", "n/a")."""
        value = cell.value
        # What most cells hold is a text, and that is what a person reads.
        text, number = (value, None) if isinstance(value, str) and value.strip() else (written(cell), number_of(cell))
        if cell.error or ("#" in text and text.strip() in ERRORS):
            return unreadable(cell.error or text, "is an error of the sheet")
        if number is not None and not isfinite(number):
            return unreadable(text, "is no number")
        return self._understand(Seen(cell, text, number, dialect))

    @abstractmethod
    def _understand(self, seen: Seen) -> Parsed:
        """`parse` for a cell without an error."""

    @abstractmethod
    def format(self, value: Value) -> str:
        """Canonical text of a value: stable, stored, and shown to people. TypeError for another kind's value."""

    @abstractmethod
    def read(self, text: str) -> Value:
        """The value of a canonical text; ValueError for any other text."""

    def same(self, a: Value, b: Value) -> bool:
        """Are both one value, in whatever spelling? An equivalence."""
        return a == b

    def agrees(self, a: Value, b: Value) -> bool:
        """Does neither contradict the other? One may say less (no currency, no zone), so this is not transitive.

        This is what copies are compared by.
        """
        return self.same(a, b)


def expect(kind: type[_Known], value: Value) -> _Known:
    """The value, if it is of that kind; TypeError otherwise."""
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, got {value!r}")
    return value
