"""The decisions tab of a workbook as people left it: which line is about what, and what they typed beside it.

The tab is known by its id, our columns by their marks, people's by their headers. Nothing is told by its place: people
sort, move and insert as they like.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from sheetsync.core.attestation import Accounts, protects
from sheetsync.core.fields import field_type
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.lookup import column_letters
from sheetsync.core.managed import is_addressable_by
from sheetsync.core.matters import BY, DECISION, ID, MACHINE, PEOPLE, Row
from sheetsync.core.model import Format, Mark, Place, Protection, Tab, Workbook
from sheetsync.core.our_columns import (
    formulas_in,
    is_closed_before,
    is_closed_between,
    is_stuck,
    marked,
    right_of_everything,
)
from sheetsync.core.where_decided import DECISIONS

#: chosen by us, so that it is the same in every workbook and its link is known before it exists
DECISIONS_TAB_ID: Final = 1_773_777_002
DECISIONS_TITLE: Final = "decisions"

#: of what people typed somewhere else, so many are told, and so much of each
_LISTED, _LONGEST = 3, 60
_DAY: Final = field_type("day", None)
_CALENDAR: Final = (Format.DATE, Format.DATE_TIME)


def decision_rows(workbook: Workbook, owner: str = "") -> tuple[Row, ...]:
    """Every line with an id, from the top; none where the workbook has no decisions tab, or its id column is gone.

    `owner` is the address that owns its file; empty where nobody says.
    """
    here = DecisionsTab.of(workbook)
    return () if here is None else tuple(here.rows(workbook, owner))


def decision_problems(workbook: Workbook) -> tuple[str, ...]:
    """What keeps us from reading what people decide, each in a sentence for the tab's own people."""
    here = DecisionsTab.of(workbook)
    return () if here is None else here.problems


def asks_for_owner(workbook: Workbook) -> bool:
    """Whether it matters who owns the file: a cell to decide in may be protected for a few people."""
    here = DecisionsTab.of(workbook)
    return here is not None and any(one.editors is not None and not one.warning_only for one in here.tab.protections)


@dataclass(frozen=True)
class DecisionsTab:
    """What is where."""

    tab: Tab

    @classmethod
    def of(cls, workbook: Workbook) -> "DecisionsTab | None":
        tab = workbook.tab(DECISIONS_TAB_ID)
        return None if tab is None else cls(tab)

    # ------------------------------------------------------------ columns

    @cached_property
    def marks(self) -> Mapping[str, Mark]:
        """Our columns by their names."""
        return {mark.name: mark for mark in marked(self.tab)}

    @property
    def id_column(self) -> int | None:
        mark = self.marks.get(ID)
        return None if mark is None else mark.column

    @cached_property
    def header_row(self) -> int | None:
        """Where the headers stand: the row with most of them; None where there are none any more."""
        ours: Counter[int] = Counter()
        for name, mark in self.marks.items():
            ours.update(formulas_in(self.tab, mark.column) if name != ID else self._showing(ID, mark.column))
        # Where one of our headers stands at all, no other row need be looked at.
        found = {row: ours[row] + len(self._headed(row)) for row in ours or range(len(self.tab.rows))}
        return min((row for row in found if found[row]), key=lambda row: (-found[row], row), default=None)

    def _showing(self, text: str, column: int) -> list[int]:
        return [row for row in range(len(self.tab.rows)) if self.tab.cell(row, column).shown == text]

    def _headed(self, row: int) -> Mapping[str, list[int]]:
        """Which columns of theirs are headed as people's are, in a row."""
        ours = {mark.column for mark in self.marks.values()}
        found: dict[str, list[int]] = {}
        for column, cell in enumerate(self.tab.rows[row] if row < len(self.tab.rows) else ()):
            if column not in ours and (name := _folded(cell.shown)) in PEOPLE:
                found.setdefault(name, []).append(column)
        return found

    @cached_property
    def people(self) -> Mapping[str, int]:
        """People's columns by what heads them; without those that are not there, or there twice."""
        headed = {} if self.header_row is None else self._headed(self.header_row)
        return {name: columns[0] for name in PEOPLE if len(columns := headed.get(name, [])) == 1}

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """What cannot be read, and what to do about it."""
        headed = {} if self.header_row is None else self._headed(self.header_row)
        gone = [name for name in PEOPLE if name not in headed]
        twice = [name for name, columns in headed.items() if len(columns) > 1]
        told = [f"no column is headed {_some(gone)}: write that over the column it was" if gone else ""]
        told += [f"more than one column is headed {_some(twice)}: rename all but one" if twice else ""]
        strays = self._strays[:_LISTED]
        told += [f"chosen in a row without an id: {_some(strays, 'and')}; choose where one stands" if strays else ""]
        return tuple(filter(None, told))

    @cached_property
    def unfit(self) -> str:
        """Why nothing can be added to the tab, in one sentence for its people; empty where it can."""
        return next(self._unfit(), "")

    def _unfit(self) -> Iterator[str]:
        tab, top = self.tab, self.header_row or 0
        if tab.has_tables:
            yield "the tab holds a table of Google's own: convert it back to a range"
        if is_closed_between(tab, top):
            yield f"no row can be inserted under row {top + 1}: let our account edit, or protect from row {top + 2} on"
        if len(self.marks) <= len(MACHINE) and is_closed_before(tab, right_of_everything(tab)):
            yield "the tab is protected against us right of its last column: let our account edit there"
        if stuck := [mark.name for mark in self.marks.values() if is_stuck(tab, mark.column, top)]:
            yield f"our columns {_some(stuck, 'and')} are protected against us, or merged with yours: undo that"

    # ------------------------------------------------------------ lines

    @cached_property
    def ids(self) -> Mapping[int, str]:
        """Row -> the id that stands in it, from the top; the same may stand in several."""
        column = self.id_column
        if column is None or self.header_row is None:
            return {}
        below = range(self.header_row + 1, len(self.tab.rows))
        shown = {row: self.tab.cell(row, column).shown for row in below}
        return {row: text for row, text in shown.items() if text.strip()}

    @cached_property
    def _strays(self) -> Sequence[str]:
        """What is chosen, and by whom, in rows in which no id stands. Not in which: rows move."""
        column = self.people.get(DECISION)
        if self.header_row is None or column is None or self.id_column is None:
            return ()
        below = (row for row in range(self.header_row + 1, len(self.tab.rows)) if row not in self.ids)
        chosen = (self._shown(row, self.people) for row in below if not self.tab.cell(row, column).blank)
        said = (f"{it[DECISION]} by {it[BY]}" if it.get(BY) else it[DECISION] for it in chosen if it.get(DECISION))
        return sorted({text[:_LONGEST] for text in said})

    @property
    def known_by(self) -> Sequence[str]:
        """Every id that a formula can look up, each once, in an order that no sort changes."""
        return sorted({text for text in self.ids.values() if is_addressable_by((text,))})

    def rows(self, workbook: Workbook, owner: str) -> Iterator[Row]:
        """The lines as they were read."""
        accounts = Accounts(workbook.read_as.casefold(), owner.casefold())
        machine = {name: self.marks[name].column for name in MACHINE if name in self.marks}
        for row, text in self.ids.items():
            typed, shown = self._shown(row, self.people), self._shown(row, machine)
            only = self._only(row, workbook.id, accounts)
            yield Row(workbook.id, row, text, typed, shown, only, self._days(row), workbook.locale, workbook.time_zone)

    def typed(self, spreadsheet: str) -> Iterator[tuple[str, str, str, Place]]:
        """(line, header, text, place) of every cell that is people's, below the headers; also beside no id."""
        ours = {mark.column for mark in self.marks.values()}
        top = -1 if self.header_row is None else self.header_row
        for row in range(top + 1, len(self.tab.rows)):
            for column, cell in enumerate(self.tab.rows[row]):
                if column not in ours and not cell.blank:
                    header = self.tab.cell(top, column).shown or column_letters(column)
                    place = Place(DECISIONS, spreadsheet, self.tab.title, self.tab.id, row, column)
                    yield self.ids.get(row, f"row {row + 1}"), header, cell.formula or cell.shown, place

    def _shown(self, row: int, columns: Mapping[str, int]) -> Mapping[str, str]:
        cells = {name: self.tab.cell(row, column) for name, column in columns.items()}
        return {name: cell.shown for name, cell in cells.items() if not cell.blank}

    def _days(self, row: int) -> Mapping[str, str]:
        cells = {name: self.tab.cell(row, column) for name, column in self.people.items()}
        found = {name: _DAY.parse(cell, Dialect()) for name, cell in cells.items() if cell.format in _CALENDAR}
        return {name: day.isoformat() for name, day in found.items() if isinstance(day, date)}

    def _only(self, row: int, spreadsheet: str, accounts: Accounts) -> frozenset[str] | None:
        """Who can type a decision here and say that it was theirs; None where anybody can, or nobody says who."""
        found: frozenset[str] = frozenset()
        for name in (DECISION, BY):
            if name not in self.people:
                return None
            place = Place(DECISIONS, spreadsheet, self.tab.title, self.tab.id, row, self.people[name])
            through = _through([one for one in self.tab.protections if protects(one, place)], accounts)
            if through is None:
                return None
            found |= through
        return found


def _through(around: Sequence[Protection], accounts: Accounts) -> frozenset[str] | None:
    """Whom all ranges over a cell let through; None where none of them names a few people, or they let us through.

    Google names them to those only who may edit the range, and the file's owner may always: as such, and in no other
    way, we may be among them (as with approvals, `attestation`).
    """
    own = accounts.ours != "" and accounts.ours == accounts.owner
    named = [
        one.editors.users - {accounts.ours}
        for one in around
        if not one.warning_only
        and one.editors is not None
        and not (one.editors.groups or one.editors.domain)
        and (own or not (accounts.ours in one.editors.users or (one.editable_by_us and accounts.owner)))
    ]
    users = frozenset.intersection(*named) if named else frozenset()
    others = frozenset() if own or not accounts.owner else frozenset((accounts.owner,))
    return users | others if users else None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _some(names: Sequence[str], joined: str = "or") -> str:
    return f" {joined} ".join(repr(name) for name in names)
