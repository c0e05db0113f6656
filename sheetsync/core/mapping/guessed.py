"""What is guessed of a table nobody has described: with its reasons, and with a question where it is in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass

from sheetsync.core.model import Entity
from sheetsync.core.tables import Column


@dataclass(frozen=True, slots=True)
class Guess:
    """What one column is taken for."""

    column: Column
    #: a field's name; None where it is none of ours
    field: str | None
    #: 0 to 1, for people and for sorting; nothing is decided by it alone
    confidence: float
    #: one line each, e.g. "the header 'Ref' is a spelling of Campaign ID", "31 of 34 values are days"
    evidence: tuple[str, ...] = ()
    #: other fields it may be
    rivals: tuple[str, ...] = ()
    #: what a person must be asked, as one question; empty where nothing is in doubt
    question: str = ""
    #: the question is which comes first, the day or the month
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Guesses:
    """What a whole table is taken for."""

    rows_are: Entity
    #: one for each column of the table, from left to right
    columns: tuple[Guess, ...]
    #: the fields that address a row, best first; empty where none can
    key: tuple[str, ...]
    #: about the table as a whole, e.g. "the values under utm_source to utm_content stand one column too far right"
    questions: tuple[str, ...] = ()

    @property
    def fields(self) -> Mapping[str, int]:
        """Field -> 0-based column, of the columns that are one and are in no doubt."""
        return {
            guess.field: guess.column.index for guess in self.columns if guess.field is not None and not guess.question
        }
