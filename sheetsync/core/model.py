"""What is true, as frozen values: cells and tabs as they were read, records and snapshots as we understand them.

Physical words (spreadsheet, tab, row, column, cell) are Google's; canonical ones (record, field, value) are ours.
Rows and columns are 0-based here and become A1 notation only where a person reads them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import repeat
from typing import Literal

# ---------------------------------------------------------------- physical: as read


class Format(StrEnum):
    """What kind of number a cell shows (Google's NumberFormatType, the kinds that change a meaning)."""

    PLAIN = "plain"
    TEXT = "text"
    PERCENT = "percent"
    CURRENCY = "currency"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date_time"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell at one read: its typed value, the text a person sees, and what lies behind the text."""

    #: numbers are floats, dates are serial days since 1899-12-30; None is a truly blank cell
    value: bool | float | str | None = None
    shown: str = ""
    format: Format = Format.PLAIN
    #: the format's own pattern, e.g. "€#,##0.00": the only place a currency may stand
    pattern: str = ""
    #: URL behind the text, if any
    link: str | None = None
    formula: str | None = None
    #: Google's error value ("#REF!") when the cell holds one
    error: str | None = None
    #: the whole text is struck through
    struck: bool = False
    #: what somebody noted on it
    note: str = ""

    def __hash__(self) -> int:
        # Few cells differ in nothing but what lies behind their text, and to hash the rest takes three times as long.
        return hash((self.value, self.shown))

    @property
    def blank(self) -> bool:
        return self.value is None and self.error is None and not self.shown.strip()


BLANK = Cell()


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of a tab, half open: rows top..bottom-1, columns left..right-1."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row < self.bottom and self.left <= column < self.right


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab at one read."""

    id: int
    title: str
    rows: Sequence[tuple[Cell, ...]]
    #: the grid's size, which may be larger than what is filled
    row_count: int
    column_count: int
    merges: tuple[Block, ...] = ()
    frozen_rows: int = 0
    hidden: bool = False
    #: tables of Google's own ("Convert to table"): writing beside them is not safe
    has_tables: bool = False
    protections: tuple["Protection", ...] = ()
    #: columns that carry our mark, from left to right
    marks: tuple["Mark", ...] = ()
    #: columns of theirs that were being handed over when somebody stopped us
    offered: tuple["Mark", ...] = ()

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a 0-based place; BLANK beyond what was filled."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return BLANK

    @property
    def used_columns(self) -> int:
        return max((len(row) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Protection:
    """A protected range; `block` is None when it covers the whole tab."""

    id: int
    block: Block | None
    warning_only: bool
    editable_by_us: bool
    description: str = ""
    #: a warning of ours
    ours: bool = False
    #: parts of it that anybody may edit
    unprotected: tuple[Block, ...] = ()
    #: who may edit it; None where that is not shown to us
    editors: "Editors | None" = None


@dataclass(frozen=True, slots=True)
class Editors:
    """Who may edit a protected range, by their addresses, folded; the file's owner may, whether named here or not."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    #: everybody of the file's domain as well
    domain: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Developer metadata on a column of ours: it says which column that is, wherever people have moved it."""

    metadata_id: int
    column: int
    #: what the column shows: a name of our tab's columns
    name: str
    #: the team's own header where the column was theirs before; empty for a column we inserted
    header: str = ""


@dataclass(frozen=True, slots=True)
class Workbook:
    """One consistent read of one spreadsheet."""

    id: str
    title: str
    locale: str
    time_zone: str
    tabs: tuple[Tab, ...]
    #: our fence: (developer metadata id, generation number) of our last batches, oldest first
    generations: tuple[tuple[int, int], ...] = ()
    #: (generation number, run that sent it) of those that say so, oldest first
    signatures: tuple[tuple[int, str], ...] = ()
    #: mark of the ledger that writes here; None where none ever did
    installation: str | None = None
    #: the address it was read as; empty where nobody says
    read_as: str = ""

    def tab(self, tab_id: int) -> Tab | None:
        return next((tab for tab in self.tabs if tab.id == tab_id), None)

    @property
    def generation(self) -> int:
        return max((number for _, number in self.generations), default=0)

    @property
    def newest_batch(self) -> tuple[int, str]:
        """Generation and run of the batch that was applied last; no run where it does not say."""
        return self.generation, dict(self.signatures).get(self.generation, "")

    def holds(self, generation: int, run: str) -> bool:
        """Whether a run's batch was applied.

        A number that does not say whose it is (of an older sheetsync, or retired since) counts as the run's own: what
        was not applied is found out by looking at what stands there.
        """
        return dict(self.signatures).get(generation, run) == run and self.generation >= generation


# ---------------------------------------------------------------- canonical: as understood


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; currency is an ISO 4217 code or None where the sheet does not say."""

    amount: Decimal
    currency: str | None = None


class OfferKind(StrEnum):
    PERCENT_OFF = "percent_off"
    AMOUNT_OFF = "amount_off"
    FIXED_PRICE = "fixed_price"
    BOGO = "bogo"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Offer:
    """A structured offer: 20 % off; $25 off from $100; buy one get one at 50 %; a $49 bundle; free shipping."""

    kind: OfferKind
    #: percent points for PERCENT_OFF and BOGO, money for AMOUNT_OFF and FIXED_PRICE, 0 for FREE
    amount: Decimal
    currency: str | None = None
    minimum_spend: Decimal | None = None
    #: what the offer is on, folded text ("bundle", "shipping"); empty when it is on everything
    on: str = ""


#: what a canonical value can be; every one is hashable and has a canonical text (see `fields`)
Value = str | bool | date | datetime | Decimal | Money | Offer | tuple[str, ...]


class Precision(StrEnum):
    """How much of a value its cell says."""

    EXACT = "exact"
    #: from one to another, both named
    RANGE = "range"
    #: some day of a month
    MONTH = "month"
    #: some day of a week
    WEEK = "week"
    UNKNOWN = "unknown"


class ProblemKind(StrEnum):
    UNREADABLE = "unreadable"
    AMBIGUOUS = "ambiguous"
    VOCABULARY = "vocabulary"


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell not understood: data trouble is a value, never an exception."""

    kind: ProblemKind
    #: one sentence for people, without a full stop, e.g. "'Octember 3' is no date"
    message: str
    #: readings a person may choose from, as canonical texts, when it is ambiguous
    candidates: tuple[str, ...] = ()
    #: RANGE: the candidates are its two ends, MONTH and WEEK: its first and last day
    precision: Precision = Precision.UNKNOWN


Parsed = Value | Problem | None
"""What a field makes of a cell: a value, a problem, or None where nothing is claimed (blank, TBD)."""


class Entity(StrEnum):
    CAMPAIGN = "campaign"
    PLACEMENT = "placement"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: enough to print `tab!H135` and a link."""

    source: str
    #: spreadsheet id, or the name of the system of record's table
    spreadsheet: str
    tab: str
    #: None for a table of the system of record, which has no page to link to
    tab_id: int | None
    row: int | None = None
    column: int | None = None
    #: the header above the cell, as it stands in the sheet or table
    column_name: str = ""

    def in_row(self, row: int | None) -> "Place":
        """The same place in another row, or in none."""
        # `dataclasses.replace` takes six times as long, and there is one of these for every cell.
        return Place(self.source, self.spreadsheet, self.tab, self.tab_id, row, self.column, self.column_name)

    def in_rows(self, rows: Iterable[int]) -> Iterator["Place"]:
        """The same place in each of these rows."""
        here = map(repeat, (self.source, self.spreadsheet, self.tab, self.tab_id))
        return map(Place, *here, rows, repeat(self.column), repeat(self.column_name))


@dataclass(frozen=True, slots=True)
class Claim:
    """What one cell says about one field."""

    field: str
    parsed: Parsed
    raw: str
    place: Place
    #: the cell holds a whole range, of which the value is one end
    ranged: bool = False

    @property
    def precision(self) -> Precision:
        """How much the cell says; UNKNOWN where it claims nothing or was not understood."""
        if self.parsed is None:
            return Precision.UNKNOWN
        if isinstance(self.parsed, Problem):
            return self.parsed.precision
        return Precision.RANGE if self.ranged else Precision.EXACT


class Claims(Mapping[str, Claim]):
    """What one row claims: each claim is put together when it is looked at.

    A column has one place and few different cells. Both are held once here, not once per claim: there are a million of
    those in a hundred workbooks, and hardly one of them is ever looked at twice.
    """

    __slots__ = ("_columns", "_number", "_ranged", "_row", "_said")

    def __init__(
        self,
        columns: Mapping[str, tuple[int, Place]],
        said: Sequence[Sequence[tuple[Parsed, str]]],
        number: int,
        row: int,
        ranged: frozenset[str] = frozenset(),
    ) -> None:
        """`columns`: field -> its position in `said`, and its place without the row; `said`: (parsed, raw), column by
        column, of which those with this `number` are this row's; nobody changes them any more.

        `ranged`: the fields whose values are ends of a range that stands in one cell.
        """
        self._columns = columns
        self._said = said
        self._number = number
        self._row = row
        self._ranged = ranged

    def __getitem__(self, name: str) -> Claim:
        at, column = self._columns[name]
        parsed, raw = self._said[at][self._number]
        return Claim(name, parsed, raw, column.in_row(self._row), name in self._ranged)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return repr(dict(self))


class RowKind(StrEnum):
    PREAMBLE = "preamble"
    HEADER = "header"
    BANNER = "banner"
    BLANK = "blank"
    EXAMPLE = "example"
    TOTAL = "total"
    LEGEND = "legend"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Record:
    """One data row of one source with everything it claims."""

    source: str
    #: its first key cell
    place: Place
    claims: Mapping[str, Claim]
    #: the key cells' shown texts, exactly as the sheet's own lookup formula sees them
    address: tuple[str, ...]

    def value(self, name: str) -> Value | None:
        """The understood value of a field; None when absent, blank or not understood."""
        claim = self.claims.get(name)
        return None if claim is None or isinstance(claim.parsed, Problem) else claim.parsed


@dataclass(frozen=True, slots=True)
class Ignored:
    """A row or column that was left alone, and why: nothing disappears without a word."""

    source: str
    tab: str
    what: Literal["row", "column"]
    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All records and problems of one source at one read."""

    source: str
    #: the tab or table itself, without row and column
    place: Place
    records: tuple[Record, ...]
    ignored: tuple[Ignored, ...] = ()
    #: field -> 0-based column it was found in (empty for tables of the system of record)
    columns: Mapping[str, int] = field(default_factory=dict)
    #: field -> the text its header shows, exactly
    headers: Mapping[str, str] = field(default_factory=dict)
    header_row: int = 0
    #: physical rows (0-based) that are not data, with their kind
    row_kinds: Mapping[int, RowKind] = field(default_factory=dict)
    #: where somebody wrote of a change, and what: for people to look at, never authority
    hints: tuple[tuple[Place, str], ...] = ()
