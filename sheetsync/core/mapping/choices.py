"""What a column is taken for while it is being found out: the column as it is looked at, and the choice so far."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sheetsync.core.fields.texts import quote
from sheetsync.core.mapping.profile import Profile
from sheetsync.core.mapping.spellings import Naming
from sheetsync.core.tables import Column


def header_of(column: Column) -> str:
    """The text a column is called by."""
    return column.header or column.group


def label(name: str) -> str:
    """A field as people are told of it."""
    return name.replace("_", " ")


@dataclass(frozen=True)
class Seen:
    """One column as it is looked at."""

    column: Column
    naming: Naming
    profile: Profile
    #: what the words of the group over it name
    about: Naming
    #: a formula of ours stands in its header, or it carries our mark
    ours: bool = False

    @property
    def index(self) -> int:
        return self.column.index

    @property
    def header(self) -> str:
        """The text it is called by, in quotes."""
        return quote(header_of(self.column))

    @property
    def called(self) -> str:
        """What tells it from others with its header, in quotes: the group over it as well, where there is one."""
        both = self.column.group and self.column.header
        return quote(f"{self.column.group} > {self.column.header}") if both else self.header


@dataclass(frozen=True)
class Choice:
    """What a column was taken for so far."""

    seen: Seen
    field: str | None = None
    #: 3: only this field's spelling; 2: settled among several; 1: a loose word; 0: none
    strength: int = 0
    rivals: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    question: str = ""
    #: the question is which comes first, the day or the month
    torn: bool = False

    def settled(self, name: str, among: Iterable[str], why: str) -> "Choice":
        """This one of several fields the header may name."""
        reason = f"{self.seen.header} is the {label(name)}: {why}"
        return replace(self, field=name, rivals=tuple(other for other in among if other != name), reasons=(reason,))

    def asked(self, question: str, rivals: Iterable[str] = ()) -> "Choice":
        return replace(
            self, field=None, strength=0, question=question, rivals=tuple(dict.fromkeys((*rivals, *self.rivals)))
        )

    def left(self, reason: str) -> "Choice":
        """None of ours, without a question."""
        rivals = tuple(dict.fromkeys((*((self.field,) if self.field else ()), *self.rivals)))
        return replace(self, field=None, strength=0, rivals=rivals, reasons=(*self.reasons, reason))
