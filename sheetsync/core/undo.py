"""Taking back what one run did: our tab's lines and our columns in one workbook, and any values it moved.

Everything is judged by what stands there: a thing goes back only if it still is as the run left it. What people or
later runs have changed since stays, and is told. What is already as it was before counts as taken back, so doing it
twice is doing it once.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from sheetsync.core.changes import Change, DeleteColumn, DeleteTab, WarnAtHeader
from sheetsync.core.edits import follow, texts
from sheetsync.core.graph import Visibility
from sheetsync.core.lookup import SEPARATOR, a1, header_shown
from sheetsync.core.managed import KEY, LINK, OUR_TAB_ID, ROW, Desired, ManagedColumns, managed_header
from sheetsync.core.model import Mark, Tab, Workbook
from sheetsync.core.our_columns import OurColumns, formulas_in, hold, is_closed, is_swallowed, marked, warning_at
from sheetsync.core.our_tab import tab_changes
from sheetsync.core.plan import WorkbookPlan, in_words, signed_and_fenced
from sheetsync.core.where_decided import DECISIONS

Rows = Sequence[Sequence[str]]
Line = Mapping[str, str]
"""One line of our tab: name of our column -> text; blanks are left out."""
About = tuple[Hashable, int]
"""What tells a line from others: its key, or all it says where it has none; numbered where two are alike."""

K = TypeVar("K")
V = TypeVar("V")

LATER_RUN = "a later run has changed it since"
PEOPLE = "somebody has changed it since"
NARROWER = "its readers may see less now than they did then"
LINE_STAYS = "a line of the decisions tab stays, with what people typed in it"
UNKNOWN = "what stood there before is not known"


@dataclass(frozen=True, slots=True)
class Inserted:
    """A column that a run put into a tab of theirs."""

    source: str
    tab_id: int
    name: str


@dataclass(frozen=True, slots=True)
class BookPrint:
    """What a run did in one workbook."""

    spreadsheet: str
    title: str
    sources: tuple[str, ...]
    #: our tab by our own hand, from A1: empty where there was none, None where nobody knew what it held
    before: Rows | None
    after: Rows
    inserted: tuple[Inserted, ...] = ()
    #: what it did that is not done backwards, in words
    for_good: tuple[str, ...] = ()
    #: what the workbook's readers might see when it was written before; "" stands for everybody not named
    sight: Mapping[str, Visibility] = field(default_factory=dict)


class Thing(StrEnum):
    """Closed list."""

    LINE = "line"
    COLUMN = "column"
    #: a cell of a table of the system of record
    RECORD = "record"
    BASELINE = "baseline"
    PUBLISHED = "published"
    #: what counts under a freeze
    FROZEN = "frozen"
    #: what people decided, and the run took
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing a run moved, and what becomes of it."""

    thing: Thing
    source: str
    record: str
    #: what is said now and what was said before, by field or column of ours
    cells: tuple[tuple[str, str | None, str | None], ...] = ()
    #: why it stays as it is; empty where it is taken back
    why: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Former(Desired):
    """A workbook after the next step back; `grid` is our tab then, empty where it goes or is not known."""

    grid: tuple[tuple[str, ...], ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The content of our tab from A1."""
        return self.grid


@dataclass(frozen=True, slots=True)
class BookUndo:
    """The next step back in one workbook, and what becomes of each thing."""

    plan: WorkbookPlan
    taken: tuple[Taken, ...]


def undo_in(
    workbook: Workbook, did: BookPrint, wrote: Rows | None, installation: str, narrower: bool = False
) -> BookUndo:
    """Compare what a run left in a workbook with what stands there, and plan what goes back.

    `wrote` is our tab as we last wrote it (None: not known, then as the run left it). With `narrower`, lines stay as
    they are, unless there were none before: today's readers may not see what was said then. The plan has no batch once
    nothing is left to do.
    """
    our_tab = workbook.tab(OUR_TAB_ID)
    lines = _Lines(did, did.after if wrote is None else wrote, texts(our_tab) if our_tab else (), narrower)
    columns = [_column(workbook, one, lines.needs(one)) for one in did.inserted]
    going = [(tab, mark) for tab, mark, _ in columns if tab is not None and mark is not None]
    staying = [m.name for tab in workbook.tabs for m in marked(tab) if (tab, m) not in going]
    grid = lines.grid(staying)
    first, changes = _gone(going)
    if our_tab is not None and not first:
        changes += tab_changes(workbook, grid) if grid else [DeleteTab(OUR_TAB_ID)]
    changes = first or changes
    batch = signed_and_fenced(workbook, installation, changes) if changes else None
    stands = () if our_tab is None else tuple(map(tuple, wrote or ())) if first else grid
    former = Former(did.spreadsheet, workbook.title, did.sources, (), (), (), installation, grid=stands)
    plan = WorkbookPlan(former, batch, tuple(in_words(changes, workbook)))
    return BookUndo(plan, (*lines.taken, *(taken for _, _, taken in columns)))


# ---------------------------------------------------------------- our tab


@dataclass(frozen=True, slots=True)
class _Stands:
    """A line as it stands now."""

    #: None where it was removed
    line: Line | None
    #: what people put into the same row, beyond our columns
    beside: tuple[str, ...] = ()
    #: not as we wrote it last
    touched: bool = False


class _Lines:
    """Each line of our tab: before the run, as it left it, as we wrote it last, and as it stands."""

    def __init__(self, did: BookPrint, wrote: Rows, found: Rows, narrower: bool) -> None:
        self._did, self._wrote, self._narrower = did, wrote, narrower
        self._before = _named(did.before if did.before is not None else did.after)
        self._after, self._last = _named(did.after), _named(wrote)
        self._now, self._head, self._theirs = _standing(wrote, found)
        self._typed_keys = {row[0] for row in self._theirs if row}
        self.taken = [self._unknown()] if did.before is None else []
        self._result = self._judged()

    def needs(self, column: Inserted) -> bool:
        """Whether a later run has written something that this column shows."""
        return any(
            line.get(column.name) and line != self._after.get(about)
            for about, line in self._last.items()
            if _source(line) == column.source and line != self._before.get(about)
        )

    def grid(self, staying: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Our tab as it should be, rectangular; empty where it should go. Columns `staying` point at it."""
        shown = [one for one in self._result if one.line is not None or any(one.beside)]
        staying = list(staying)
        used = {name for one in shown for name in one.line or {}}.union(staying)
        if not self._did.before and self._did.before is not None and not (used or shown or self._theirs or self._head):
            return ()
        head = self._former_head(used)
        rows = [(*head, *self._head)]
        rows += [(*((one.line or {}).get(name, "") for name in head), *one.beside) for one in shown]
        rows += self._theirs
        width = max(map(len, rows))
        even = [row + ("",) * (width - len(row)) for row in rows]
        # A frozen header cannot be a tab's only row.
        return tuple(even if len(even) > 1 else [*even, ("",) * width])

    def _former_head(self, used: set[str]) -> tuple[str, ...]:
        """As before, where no formula that stays minds: each looks its values up by its column's place in our tab."""
        before, now = (
            tuple(self._did.before[0]) if self._did.before else (),
            tuple(name for name in self._wrote[0] if name),
        )
        if before and now[: len(before)] == before and not used.intersection(now[len(before) :]):
            return before
        return (*now, *(name for name in before if name not in now))

    # ------------------------------------------------------------ line by line

    def _unknown(self) -> Taken:
        return Taken(Thing.LINE, self._did.sources[0], self._did.title, why=UNKNOWN)

    def _judged(self) -> list[_Stands]:
        result = []
        for about in dict.fromkeys([*self._before, *self._last, *self._after]):
            stands = self._now.get(about, _Stands(None))
            before, after = self._before.get(about), self._after.get(about)
            if before != after:
                why = self._why_stays(about, stands)
                self.taken.append(_line_taken(after or {}, before or {}, why, self._did.sources[0]))
                stands = stands if why else _Stands(before)
            result.append(stands)
        return result

    def _why_stays(self, about: About, stands: _Stands) -> str:
        """Why a line the run changed is not taken back; empty where it is, or is as before already."""
        before, after, last = (lines.get(about) for lines in (self._before, self._after, self._last))
        if stands.line == before and not any(stands.beside):
            return ""
        if before is None and after is not None and _source(after) == DECISIONS:
            return LINE_STAYS
        if last not in (before, after):
            return LATER_RUN
        if stands.touched or (last is None and about[0] in self._typed_keys):
            return PEOPLE
        return NARROWER if self._narrower and self._did.before else ""


def _named(rows: Rows) -> dict[About, Line]:
    return {about: line for about, line in _lines(rows) if line}


def _lines(rows: Rows) -> Iterator[tuple[About, Line]]:
    """Every row below the head, blank ones too, so that they can be counted."""
    alike: Counter[Hashable] = Counter()
    for row in rows[1:]:
        line = {name: text for name, text in zip(rows[0], row, strict=False) if text and name}
        about: Hashable = line.get(KEY) or tuple(sorted(line.items()))
        alike[about] += 1
        yield (about, alike[about]), line


def _standing(wrote: Rows, found: Rows) -> tuple[dict[About, _Stands], tuple[str, ...], list[tuple[str, ...]]]:
    """Our lines as they stand, what people put beside our head, and rows of their own."""
    if not wrote:
        return {}, (), [tuple(row) for row in found if any(row)]
    at = follow(wrote, found)
    # A column without a name is people's, also where it stays by our hand since an earlier undo.
    names = [name for name in wrote[0] if name]
    ours = {name: column for name, column in zip(wrote[0], at.columns, strict=True) if column is not None and name}
    width = max(map(len, found), default=0)
    others = [column for column in range(width) if column not in ours.values()]
    others = [column for column in others if any(_at(row, column) for row in found)]

    def beside(row: int) -> tuple[str, ...]:
        return tuple(_at(found[row], column) for column in others)

    stands = {}
    for (about, line), row in zip(_lines(wrote), at.rows, strict=True):
        now = {} if row is None else {name: text for name, c in ours.items() if (text := _at(found[row], c))}
        extra = beside(row) if row is not None else ()
        stands[about] = _Stands(now or None, extra, now != line or any(extra))
    taken = {row for row in (*at.rows, at.head) if row is not None}
    theirs = [
        (*(_at(cells, ours[name]) if name in ours else "" for name in names), *beside(row))
        for row, cells in enumerate(found)
        if row not in taken and any(cells)
    ]
    head = beside(at.head) if at.head is not None else ()
    return stands, head if any(head) or any(map(any, theirs)) else (), theirs


def _line_taken(after: Line, before: Line, why: str, somewhere: str) -> Taken:
    """`somewhere` is the source named for a line that has no key of its own."""
    said = before or after
    source, *address = said[KEY].split(SEPARATOR) if KEY in said else [somewhere]
    names = (name for name in dict.fromkeys([*after, *before]) if name not in (KEY, ROW, LINK))
    cells = tuple((name, after.get(name), before.get(name)) for name in names if after.get(name) != before.get(name))
    return Taken(Thing.LINE, source, " / ".join(address) or said.get(ROW, ""), cells, why, said.get(LINK, ""))


def _source(line: Line) -> str:
    return line.get(KEY, "").split(SEPARATOR)[0]


def _at(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


# ---------------------------------------------------------------- our columns


def _column(workbook: Workbook, one: Inserted, needed: bool) -> tuple[Tab | None, Mark | None, Taken]:
    """Tab and mark of an inserted column that goes (None: there is nothing to do), and what is said about it."""
    tab = workbook.tab(one.tab_id)
    mark = next((mark for mark in marked(tab) if mark.name == one.name), None) if tab is not None else None
    why = _why_it_stays(tab, mark, one.name, needed) if tab is not None else ""
    where = f"{tab.title}!{a1(None, mark.column)}" if tab is not None and mark is not None else "its tab"
    said = Taken(Thing.COLUMN, one.source, where, ((one.name, managed_header(one.name), None),), why)
    return (None, None, said) if why or mark is None else (tab, mark, said)


def _why_it_stays(tab: Tab, mark: Mark | None, name: str, needed: bool) -> str:
    if mark is None:
        # Without its mark no column is ours, whatever stands in it; one that is gone altogether is as before.
        headers = (header_shown(cell.formula) for row in tab.rows for cell in row)
        return "it is out of our hands: its mark is gone" if managed_header(name) in headers else ""
    if mark.header:
        return "its people have handed over a column of theirs in its place"
    if needed:
        return "a later run shows values in it"
    if is_closed(tab, mark.column):
        return "it is protected against us"
    if is_swallowed(tab, mark.column, 0):
        return "it is merged with cells of theirs"
    return "somebody has typed into it" if _is_typed_in(tab, mark.column) else ""


def _is_typed_in(tab: Tab, column: int) -> bool:
    """Whether anything stands in a column that our formula does not show, also above its header."""
    whole = ManagedColumns("", tab.id, 0, (), ())
    return bool(OurColumns(tab, whole, "", ()).typed(column))


def _gone(going: Sequence[tuple[Tab, Mark]]) -> tuple[list[Change], list[Change]]:
    """What must be done in a step before, and what takes these columns away, from right to left."""
    first: list[Change] = []
    changes: list[Change] = []
    for tab, mark in sorted(going, key=lambda one: -one[1].column):
        warning = warning_at(tab, mark.column)
        if warning is None:
            top = next(iter(formulas_in(tab, mark.column)), 0)
            first.append(WarnAtHeader(tab.id, mark.column, top))
        else:
            changes += [hold(tab, mark, warning), DeleteColumn(tab.id, mark.column)]
    return first, changes


# ---------------------------------------------------------------- what the ledger holds


def taken_back(
    moved: Mapping[K, tuple[V | None, V | None]], now: Mapping[K, V], same: Callable[[V | None, V | None], bool]
) -> tuple[dict[K, V | None], list[K]]:
    """What goes back to what it was (None: to nothing), and what was moved again since and stays."""
    back: dict[K, V | None] = {}
    stays = []
    for about, (before, after) in moved.items():
        if same(now.get(about), after) or same(now.get(about), before):
            back[about] = before
        else:
            stays.append(about)
    return back, stays
