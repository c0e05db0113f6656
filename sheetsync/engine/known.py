"""What was last read of every workbook and table, and the doors of a cycle that takes it from there.

A cycle may compare what was read a while ago, but writes only what was read in that very run: what people typed over us
since would else be replaced unseen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from sheetsync.core.changes import Batch
from sheetsync.core.following import Line
from sheetsync.core.model import Tab, Workbook
from sheetsync.errors import Postponed, SheetsyncError
from sheetsync.ports import Records, RequestCount, Sheets
from sheetsync.ports.watching import Attentive

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Seen(Generic[Content]):
    """One workbook or table at its last look."""

    #: what it was, or why it could not be read
    found: Content | SheetsyncError
    #: of the monotonic clock
    at: float
    #: what the hint said of it before it was read; None where it said nothing
    mark: str | None


@dataclass
class Known:
    """Everything that was seen, by spreadsheet and by table."""

    workbooks: dict[str, Seen[Workbook]] = field(default_factory=dict)
    tables: dict[str, Seen[Tab]] = field(default_factory=dict)


@dataclass(frozen=True)
class Time:
    """How much of it a cycle has; all of the monotonic clock."""

    clock: Attentive
    #: after this nothing more is read that could be taken from memory
    reading: float
    #: after this no workbook is begun
    deadline: float

    @property
    def to_read(self) -> bool:
        return self._is_before(self.reading)

    @property
    def to_begin(self) -> bool:
        return self._is_before(self.deadline)

    @property
    def is_over(self) -> bool:
        """Whether the machine wants us to end."""
        return self.clock.stop_asked()

    def _is_before(self, end: float) -> bool:
        return not self.is_over and self.clock.monotonic() < end


class KnownSheets:
    """Implements `Sheets` for one cycle: the first look at a workbook is the last one known, all others are real.

    The `afresh` ones are read at once, as long as there is time; at least one is read, and one written, so that a world
    slower than every deadline gets done as well. What was written is looked at however late it is. `marks` is what the
    hint says of each workbook.
    """

    def __init__(
        self, inner: Sheets, known: Known, time: Time, marks: Mapping[str, str], afresh: frozenset[str] = frozenset()
    ) -> None:
        self.count: RequestCount = inner.count
        #: workbooks that were read in this very cycle
        self.fresh: set[str] = set()
        self._inner = inner
        self._known = known
        self._time = time
        self._marks = marks
        self._afresh = afresh
        #: looks that still may come from memory
        self._from_memory = set(known.workbooks)
        self._written: set[str] = set()

    def read(self, spreadsheet: str) -> Workbook:
        """The last look, or a new one. Raises what that look raised; `Postponed` when there is no time."""
        if spreadsheet in self._from_memory:
            self._from_memory.remove(spreadsheet)
            if spreadsheet not in self._afresh or not self._may_read():
                return found_in(self._known.workbooks[spreadsheet])
        elif spreadsheet not in self.fresh and not self._time.to_begin:
            raise Postponed(f"{spreadsheet} was not read any more in this turn; the next one goes on.")
        workbook = self._inner.read(spreadsheet)
        # The hint was given before: should something happen from now on, it will say something else. After a write of
        # ours it does so anyway, and that somebody else did something must not be concluded from it.
        mark = None if spreadsheet in self._written else self._marks.get(spreadsheet)
        self._known.workbooks[spreadsheet] = Seen(workbook, self._time.clock.monotonic(), mark)
        self.fresh.add(spreadsheet)
        return workbook

    def apply(self, batch: Batch) -> None:
        """As the inner `Sheets`. Raises `Postponed` for a workbook that was not read in this cycle, or without time."""
        if batch.spreadsheet not in self.fresh or not self._may_write():
            raise Postponed(f"{batch.title or batch.spreadsheet} was not written in this turn; the next one goes on.")
        self._written.add(batch.spreadsheet)
        self._inner.apply(batch)

    def _may_read(self) -> bool:
        return self._time.to_read or not (self.fresh or self._time.is_over)

    def _may_write(self) -> bool:
        return self._time.to_begin or not (self._written or self._time.is_over)

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        """As the inner `Sheets`."""
        return self._inner.link(spreadsheet, tab_id, a1)


class KnownRecords:
    """Implements `Records` from what is known; a table nobody has looked at yet is read."""

    def __init__(self, inner: Records, known: Known) -> None:
        self._inner = inner
        self._known = known
        self._written: set[str] = set()

    def read(self, table: str) -> Tab:
        """The last look, or a new one where this cycle has written. Raises what that look raised."""
        seen = self._known.tables.get(table)
        if seen is None:
            return self._inner.read(table)
        if table in self._written:
            # Without a mark, so that the next turn looks again: whatever came after our write is somebody's.
            self._known.tables[table] = seen = replace(seen, found=self._inner.read(table), mark=None)
        return found_in(seen)

    def write(self, lines: Sequence[Line], now: datetime) -> None:
        """As the inner `Records`: a line that is not as it was known is refused there."""
        self._written |= {line.table for line in lines}
        self._inner.write(lines, now)


def found_in(seen: Seen[Content]) -> Content:
    """What was found. Raises, as then, why nothing was."""
    if isinstance(seen.found, SheetsyncError):
        # As new: it would else grow by a place each time.
        raise seen.found.with_traceback(None)
    return seen.found
