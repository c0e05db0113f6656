"""Where people decide: the workbooks that get a decisions tab, and what its lines are about."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: stands where else a source is named: in keys of our tab, in the history, in troubles. No source may have this name
DECISIONS: Final = "decisions"


class DecidedAbout(StrEnum):
    """Closed list: what a line of a decisions tab can be about."""

    CONFLICT = "conflict"
    DIFFERENCE = "difference"
    LATE = "late"
    #: something said in chat or mail
    CLAIM = "claim"


#: a difference has an owner whose word counts: nobody need decide it
USUALLY: Final = frozenset({DecidedAbout.CONFLICT, DecidedAbout.LATE, DecidedAbout.CLAIM})


@dataclass(frozen=True, slots=True)
class WhereDecided:
    """The configured places."""

    #: the ops workbook, which may hold no source at all
    spreadsheet: str
    #: sources in whose workbooks there is a tab, too, about what concerns them
    teams: tuple[str, ...] = ()
    about: frozenset[DecidedAbout] = USUALLY
