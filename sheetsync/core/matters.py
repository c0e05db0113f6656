"""The lines of a decisions tab: what we say of each matter, and what people typed beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sheetsync.core.where_decided import DecidedAbout

#: what our columns in a decisions tab show, in order; each is also the head of a column of our managed tab
CAMPAIGN, ABOUT, RULE, VALUE_A, LINK_A, VALUE_B, LINK_B, AGREED, OWNER, FOLLOWS, STATE, VERSION = MACHINE = (
    "Campaign",
    "About",
    "Rule",
    "Value A",
    "Link A",
    "Value B",
    "Link B",
    "Last agreed",
    "Owner",
    "What follows",
    "State",
    "Version",
)
#: how the state of every closed line begins, and of no other: the filter "open only" goes by it
CLOSED: Final = "closed ✓"
ID: Final = "id"
DECISION, CUSTOM, UNTIL, BY, WHY = PEOPLE = ("decision", "custom value", "until", "by", "why")

KEEP_A, KEEP_B, KEEP_AGREED, CUSTOM_VALUE, MAY_DIFFER = CHOICES = (
    "keep A",
    "keep B",
    "keep last agreed",
    "custom value",
    "allowed to differ until …",
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What our columns say in one line; values by the names in `MACHINE`, one that is missing shows blank."""

    #: "ss-KJERO6", from its second episode on "ss-KJERO6.2"; "sc-…" for something said elsewhere
    id: str
    shows: Mapping[str, str]
    #: a line for it is added where there is none; one that is closed keeps the line it has
    open: bool
    #: the sources whose values or rows it speaks of; in a team's workbook it stands if one of them is there
    sources: frozenset[str] = frozenset()
    #: name -> the sources that very text speaks of; one that is not here speaks of all
    speaks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: name -> the same text for readers who may see only field names of others; one that is not here is left out
    discreet: Mapping[str, str] = field(default_factory=dict)
    #: what State says to readers who may know nothing of those sources: how far it is
    bare: str = ""
    about: DecidedAbout = DecidedAbout.CONFLICT
    #: spreadsheet -> what became of a decision that was typed there and does not count. It may quote what was typed, so
    #: it is told there, and to those who may see both sides
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a decisions tab as it was read."""

    spreadsheet: str
    #: 0-based
    row: int
    id: str
    #: people's cells by the names in `PEOPLE`, as they are shown; without those that are blank
    typed: Mapping[str, str]
    #: our columns as people see them, by the names in `MACHINE`
    shown: Mapping[str, str]
    #: addresses of the only people who can type into its `by` and `decision`; None where anybody can
    only: frozenset[str] | None = None
    #: people's cells that Google holds as a day, by the same names, in ISO
    days: Mapping[str, str] = field(default_factory=dict)
    #: the workbook's: how its people write days and numbers
    locale: str = ""
    time_zone: str = ""
