"""What people decide, as the ledger keeps it: conflicts, rulings, decisions that were typed, and lines looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sheetsync.core.conflicts import Conflict
from sheetsync.core.rulings import Ruling
from sheetsync.core.typed import Look, Typed


@dataclass(frozen=True, slots=True)
class Filed:
    """A decision that an operator left on the command line; the next run judges it."""

    #: its number, in the order they were left; None before it is kept
    number: int | None
    typed: Typed
    at: datetime
    #: the run that judged it, and what became of it; empty until then
    judged: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one typed decision, as it stands in an append-only history of its own."""

    run: str
    at: datetime
    matter: str
    #: spreadsheet; empty on the command line
    where: str
    #: as people typed it: "keep A", "Dana", ...
    typed: Mapping[str, str]
    #: empty where it counted
    refused: str


@dataclass(frozen=True, slots=True)
class Deciding:
    """Everything a cycle needs to know of decisions."""

    #: every episode of each
    conflicts: Sequence[Conflict] = ()
    #: those without an end, oldest first
    rulings: Sequence[Ruling] = ()
    #: (spreadsheet, id) -> what its line said last
    looks: Mapping[tuple[str, str], Look] = field(default_factory=dict)
    #: those nobody has judged yet
    filed: Sequence[Filed] = ()


NOTHING_DECIDED = Deciding()


@dataclass(frozen=True, slots=True)
class Decided:
    """What a cycle leaves of decisions."""

    #: those that are new or not what they were
    conflicts: Sequence[Conflict] = ()
    #: those taken in this run, and those that came to their end in it
    rulings: Sequence[Ruling] = ()
    ended: Sequence[Ruling] = ()
    #: all of these spreadsheets; what was known of other lines there is forgotten
    looks: Mapping[str, Sequence[Look]] = field(default_factory=dict)
    heard: Sequence[Heard] = ()
    #: judged in this run
    filed: Sequence[Filed] = ()


NOTHING_MOVED = Decided()
