"""What every field type promises: one object owns `parse`, `format`, `read` and `same`; they cannot drift apart."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import ClassVar, TypeVar

from sheetsync.core.fields.dialects import About, Dialect
from sheetsync.core.fields.texts import ERRORS, number_of, unreadable, written
from sheetsync.core.model import Cell, Format, Money, Offer, Parsed, Value

_Known = TypeVar("_Known", str, bool, Decimal, Money, Offer, datetime)

#: formats that show a number as a day or a time
CALENDAR = frozenset({Format.DATE, Format.TIME, Format.DATE_TIME})


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell without an error, the text a person reads in it, and the dialect of its column."""

    cell: Cell
    text: str
    dialect: Dialect

    @property
    def number(self) -> float | None:
        return number_of(self.cell)

    @property
    def bare(self) -> bool:
        """Does the format say nothing about what kind of number this is?"""
        return self.cell.format in (Format.PLAIN, Format.TEXT)


class FieldType(ABC):
    """What one kind of field makes of cells. Frozen values without state; `parse` never raises.

    Laws: read(format(v)) == v, and parse of a cell showing format(v) gives v; `same` is reflexive and symmetric.
    """

    kind: ClassVar[str]
    #: which ways of its column a cell's meaning depends on
    depends_on: ClassVar[About] = About.NOTHING

    def parse(self, cell: Cell, dialect: Dialect) -> Parsed:
        """A value, a Problem that quotes the cell, or None where nothing is claimed (blank, "TBD", "-", "n/a")."""
        text = written(cell)
        if cell.error or ("#" in text and text.strip() in ERRORS):
            return unreadable(cell.error or text, "is an error of the sheet")
        number = number_of(cell)
        if number is not None and not isfinite(number):
            return unreadable(text, "is no number")
        return self._understand(Seen(cell, text, dialect))

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
        """Do both mean the same? Not transitive where a side may leave something unsaid (a currency, a zone)."""
        return a == b


def expect(kind: type[_Known], value: Value) -> _Known:
    """The value, if it is of that kind; TypeError otherwise."""
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, got {value!r}")
    return value
