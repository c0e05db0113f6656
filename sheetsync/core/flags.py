"""What is said about a cell: flags, withheld and generated values, and the words a row's status can have."""

import hashlib
from base64 import b32encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sheetsync.core.model import Place
from sheetsync.core.terms import Severity


class FlagKind(StrEnum):
    """Closed list: what a flag can be about."""

    DIFFERENCE = "difference"
    CONFLICT = "conflict"
    VIOLATION = "violation"
    STALE_APPROVAL = "stale_approval"
    CONTRADICTION = "contradiction"
    UNREADABLE = "unreadable"
    AMBIGUOUS = "ambiguous"
    NEAR_MISS_ID = "near_miss_id"
    MISSING_ROW = "missing_row"
    ORPHAN_ROW = "orphan_row"
    DUPLICATE_ROW = "duplicate_row"
    URL_DEFECT = "url_defect"
    VOCABULARY = "vocabulary"
    LATE = "late"
    MISSING_INPUT = "missing_input"


class Status(StrEnum):
    """The one word beside a row, worst first."""

    CONFLICT = "CONFLICT"
    DUPLICATE = "DUPLICATE"
    STALE_APPROVAL = "STALE APPROVAL"
    DIFFERS = "DIFFERS"
    MISSING = "MISSING"
    CHECK = "CHECK"
    HELD = "HELD"
    OK = "OK"


_STATUS_OF = {
    FlagKind.CONFLICT: Status.CONFLICT,
    FlagKind.DUPLICATE_ROW: Status.DUPLICATE,
    FlagKind.STALE_APPROVAL: Status.STALE_APPROVAL,
    FlagKind.DIFFERENCE: Status.DIFFERS,
    FlagKind.VIOLATION: Status.DIFFERS,
    FlagKind.MISSING_ROW: Status.MISSING,
    FlagKind.MISSING_INPUT: Status.MISSING,
}

_LOUDNESS = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}
_QUIETNESS = {status: position for position, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that is wrong with one cell, whose word counts, and what to do."""

    place: Place
    record: str
    field: str
    kind: FlagKind
    found: str
    expected: str | None
    #: source whose word counts, "generated", or None where nobody's does
    owner: str | None
    severity: Severity
    #: the sentence for whoever may see everything
    message: str
    #: the same for readers who may see only field names of other sources
    discreet: str
    #: the sources whose values or rows it speaks of, besides its own cell's
    sources: frozenset[str]
    #: the contract that is broken, "briefs->landing.flight_end"; empty for trouble inside one cell
    contract: str = ""
    #: values to choose from when nobody can decide but a person
    candidates: tuple[str, ...] = ()
    #: what its id is made of instead of the record, where the same trouble may be told at another row or twice at one
    subject: str = ""
    id: str = ""
    #: the group of fields a conflict is about as a whole, told at the first that moved; empty for one field
    group: str = ""

    @property
    def loudness(self) -> tuple[int, int, str]:
        """Sort key: worst first."""
        return (_LOUDNESS[self.severity], _QUIETNESS[status_of(self.kind)], self.id)


@dataclass(frozen=True, slots=True)
class Generated:
    """A value nobody has to type: made by us, or the owner's word where it is published."""

    place: Place
    record: str
    field: str
    value: str
    #: what its column is called; empty: as its field
    column: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A value we could not stand for, and why: `reason` names fields and sources only, `detail` may quote values."""

    place: Place
    record: str
    field: str
    reason: str
    detail: str = ""
    #: the sources the reason speaks of
    sources: frozenset[str] = frozenset()
    #: what its column is called; empty: as its field
    column: str = ""


def status_of(kind: FlagKind) -> Status:
    """The word a row shows for one flag."""
    return _STATUS_OF.get(kind, Status.CHECK)


def worst(statuses: Iterable[Status]) -> Status:
    """The word that wins when a row has several; OK when it has none."""
    return min(statuses, key=_QUIETNESS.__getitem__, default=Status.OK)


def most_telling_first(flags: Iterable[Flag]) -> list[Flag]:
    """A row's flags in the order of its status word, so that the first sentence is about what the word says."""
    return sorted(flags, key=lambda flag: _QUIETNESS[status_of(flag.kind)])


def with_ids(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Give each flag its short id and put the worst first.

    The id depends on what the flag is about, not on the values found, so it stays while the trouble stays. Flags that
    would share an id (several rows of one record, or chance) are told apart by where they stand, in a longer one.
    """
    flags = tuple(flags)
    short = Counter(_short_id(flag) for flag in flags)
    named = [replace(flag, id=_short_id(flag, apart=short[_short_id(flag)] > 1)) for flag in flags]
    return tuple(sorted(named, key=lambda flag: flag.loudness))


def _short_id(flag: Flag, apart: bool = False) -> str:
    # Whichever of its fields moved first: the group is one trouble.
    about = [flag.place.source, flag.subject or flag.record, flag.group or flag.field, flag.kind]
    if apart:
        about += [str(flag.place.row), str(flag.place.column)]
    digest = hashlib.sha256("\x1f".join(about).encode()).digest()
    # Thousands of nameless rows would meet by chance in 30 bits; in 60 they do not.
    return "ss-" + b32encode(digest).decode()[: 12 if apart else 6]
