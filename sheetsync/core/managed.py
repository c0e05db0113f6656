"""What should stand in a workbook by our hand: one line per row in our tab, one formula per managed column.

The desired state is made whole from the decisions, never patched; `plan` compares it with what stands there and
`verify` compares it again after the write.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType
from typing import assert_never, overload

from sheetsync.core.decide import Decisions
from sheetsync.core.flags import (
    Flag,
    Generated,
    Status,
    Withheld,
    most_telling_first,
    status_of,
    worst,
)
from sheetsync.core.graph import Mode, Source, Visibility
from sheetsync.core.lookup import OUR_PREFIX, SEPARATOR, scoped_key
from sheetsync.core.model import Place, Record, Snapshot, Workbook
from sheetsync.core.text_rows import TextRows
from sheetsync.core.visibility import Readers

#: our tab's id, chosen by us so that it is the same in every workbook and its link is known before it exists
OUR_TAB_ID = 1_773_777_001
OUR_TAB_TITLE = "sheetsync"

#: first columns of our tab; one per generated or published field follows
KEY, ROW, LINK, STATUS, ISSUES = "key", "row", "link", "status", "issues"
HEAD = (KEY, ROW, LINK, STATUS, ISSUES)

#: one line, ending in the flag's id
_ISSUES_LENGTH = 200

#: Google refuses a whole batch for one cell of more than 50,000 characters
_KEY_LENGTH = 20_000
#: a row in its own words
_LABEL_LENGTH = 500

#: what is said to readers who may see nothing of the others
UNSAID = "something in another team's sheet does not fit this row"

#: what a key cell in error shows; a formula cannot look it up
_ERRORS = frozenset(["#ERROR!", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "Loading..."])

Link = Callable[[Place], str]


@dataclass(frozen=True, slots=True)
class Line:
    """What is said about one row; `key` is empty where the row cannot be addressed by a formula."""

    key: str
    row: str
    link: str
    #: the one word; of a line that is left as it stands, whatever stands there
    status: str
    issues: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ManagedColumns:
    """The columns of ours in one tab of theirs."""

    source: str
    tab_id: int
    header_row: int
    #: the key's fields: 0-based column and the text its header shows
    key: tuple[tuple[int, str], ...]
    #: what each shows: names of our tab's columns, in order; none in a sidecar
    shows: tuple[str, ...]
    #: why no column is written here all the same, in a sentence for the tab's own people; empty where all is well
    unfit: str = ""
    #: what a header of ours begins with
    prefix: str = OUR_PREFIX
    #: columns of ours, by their names, in which stands what we typed and no formula
    typed: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The header text of a column."""
        return self.prefix + name


@dataclass(frozen=True, slots=True)
class Asked:
    """What people are asked in the decisions tab of a workbook."""

    #: each must have a line, first at the top where they are added
    ids: tuple[str, ...] = ()
    #: what keeps the tab from being as it should, in sentences for its own people
    unfit: str = ""


@dataclass(frozen=True)
class Desired:
    """Everything of ours in one workbook."""

    spreadsheet: str
    title: str
    #: the workbook's sources we write for
    sources: tuple[str, ...]
    #: names of our tab's columns
    head: tuple[str, ...]
    lines: Sequence[Line]
    columns: tuple[ManagedColumns, ...]
    #: mark of the ledger that writes; empty where nobody asks for one
    installation: str = ""
    #: what the decisions tab needs; None where there is to be none in this workbook
    asked: Asked | None = None

    @property
    def rows(self) -> Sequence[tuple[str, ...]]:
        """The content of our tab from A1; at least two rows, because a frozen header cannot be a tab's only row."""
        if isinstance(self.lines, Lines):
            return self.lines.rows
        named = self.head[len(HEAD) :]
        lines = [
            (line.key, line.row, line.link, line.status, line.issues, *(line.values.get(name, "") for name in named))
            for line in self.lines
        ]
        empty = ("",) * len(self.head)
        return TextRows([self.head, *lines] if lines else [self.head, empty])


class Lines(Sequence[Line]):
    """The lines of our tab by its rows: there is one for nearly every row of all sheets, and few are looked at."""

    def __init__(self, rows: Sequence[tuple[str, ...]], count: int) -> None:
        self.rows = rows
        self._count = count

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        return tuple(self)[at]

    def __iter__(self) -> Iterator[Line]:
        head = self.rows[0]
        for row in self.rows[1 : 1 + self._count]:
            key, label, link, status, issues, *texts = row
            yield Line(key, label, link, status, issues, dict(zip(head[len(HEAD) :], texts, strict=True)))

    def __len__(self) -> int:
        return self._count


def held_small(desired: Desired) -> Desired:
    """The same, its lines held by the rows they make."""
    return replace(desired, lines=Lines(desired.rows, len(desired.lines)))


def in_our_tab(workbook: Workbook) -> Iterator[Line]:
    """The lines that stand in our tab, by the names of its columns."""
    tab = workbook.tab(OUR_TAB_ID)
    if tab is None or not tab.rows:
        return
    head = [cell.shown for cell in tab.rows[0]]
    for cells in tab.rows[1:]:
        told = dict(zip(head, (cell.shown for cell in cells), strict=False))
        if any(told.values()):
            values = {name: text for name, text in told.items() if name not in HEAD}
            key, row, link, status, issues = (told.get(name, "") for name in HEAD)
            yield Line(key, row, link, status, issues, values)


def managed_header(name: str) -> str:
    """The header text of a managed column."""
    return OUR_PREFIX + name


def fold_address(text: str) -> str:
    """A key as the most forgiving lookup might compare it: what is alike in it shares one line, so it gets none.

    Case, width and composed forms, and characters nobody sees. The formula itself compares to the letter.
    """
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", seen).casefold()


def desired(
    spreadsheet: str,
    title: str,
    sources: Sequence[Source],
    snapshots: Mapping[str, Snapshot],
    said: Decisions,
    link: Link,
    unfit: Mapping[str, str] = MappingProxyType({}),
    published: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Desired | None:
    """What should stand in one workbook; None where every source in it only observes.

    `sources` are all of the workbook's sources, because the settings of each count for all of its readers; `snapshots`
    are theirs by name; `unfit` says by source why columns would be unsafe in its tab (`unfit.why_unfit`),
    `published` in which columns others' words stand there (`publishing.columns_of`).
    """
    writing = [source for source in sources if source.mode is not Mode.OBSERVE]
    if not writing:
        return None
    words = _Words(said, Readers(tuple(sources)))
    named = dict.fromkeys(
        [name for source in writing for name in source.generated]
        + [name for source in writing for name in published.get(source.name, ())]
    )
    columns = tuple(
        _columns(source, snapshots[source.name], unfit.get(source.name, ""), published.get(source.name, ()))
        for source in writing
    )
    lines = [
        _notice(source, one.unfit, link(snapshots[source.name].place))
        for source, one in zip(writing, columns, strict=True)
        if one.unfit
    ]
    lines += [line for source in writing for line in _lines(source, snapshots[source.name], words, link)]
    return Desired(spreadsheet, title, tuple(source.name for source in writing), (*HEAD, *named), tuple(lines), columns)


class _Words:
    """What was decided, by the physical row it is said to, and who will read it."""

    def __init__(self, said: Decisions, readers: Readers) -> None:
        self.readers = readers
        self._flags: dict[tuple[str, int | None], list[Flag]] = {}
        self._made: dict[tuple[str, int | None], list[Generated | Withheld]] = {}
        for flag in said.flags:
            self._flags.setdefault((flag.place.source, flag.place.row), []).append(flag)
        outcomes: Iterable[Generated | Withheld] = chain(said.generated, said.withheld)
        for outcome in outcomes:
            self._made.setdefault((outcome.place.source, outcome.place.row), []).append(outcome)

    def flags(self, record: Record) -> Sequence[Flag]:
        """Worst first."""
        return self._flags.get((record.source, record.place.row), ())

    def made(self, record: Record) -> Sequence[Generated | Withheld]:
        return self._made.get((record.source, record.place.row), ())


def _lines(source: Source, snapshot: Snapshot, words: _Words, link: Link) -> Iterator[Line]:
    """One line per row that has something to say; beside their own rows every row says at least OK."""
    shared = Counter(_folded(record) for record in snapshot.records)
    lines = []
    for record in snapshot.records:
        flags, made = words.flags(record), words.made(record)
        held = any(isinstance(outcome, Withheld) for outcome in made)
        status = worst([*(status_of(flag.kind) for flag in flags), *([Status.HELD] if held else [])])
        if source.mode is Mode.COLUMNS or flags or made:
            addressable = is_addressable(record) and shared[_folded(record)] == 1
            key = scoped_key(source.name, record.address) if addressable else ""
            values = {outcome.column or outcome.field: _value(outcome, words.readers) for outcome in made}
            issues = issues_text(most_telling_first(flags), words.readers)
            lines.append(Line(key, row_label(record), link(record.place), status, issues, values))
    # Ordered by key, not by row: a sorted sheet is no reason to write.
    yield from sorted(lines, key=lambda line: (not line.key, line.key, line.link))


def _notice(source: Source, unfit: str, link: str) -> Line:
    """Why the rows of a source have no columns beside them."""
    return Line("", source.title, link, Status.CHECK, f"no columns of ours are written beside these rows: {unfit}")


def is_addressable(record: Record) -> bool:
    """Whether a formula can find this row's line by its key: no part blank, in error or ours, none too long."""
    return is_addressable_by(record.address)


def is_addressable_by(parts: Sequence[str]) -> bool:
    """The same of the parts of a key."""
    return sum(map(len, parts)) <= _KEY_LENGTH and all(
        part.strip() and part not in _ERRORS and SEPARATOR not in part for part in parts
    )


def _folded(record: Record) -> tuple[str, ...]:
    return tuple(fold_address(part) for part in record.address)


def _columns(source: Source, snapshot: Snapshot, unfit: str, published: tuple[str, ...]) -> ManagedColumns:
    # A value that is part of the key can never stand beside the rows that lack it: it stands in our tab only.
    generated = [name for name in source.generated if name not in source.key]
    place = snapshot.place
    return ManagedColumns(
        source.name,
        place.tab_id if place.tab_id is not None else 0,
        snapshot.header_row,
        tuple((snapshot.columns[name], snapshot.headers[name]) for name in source.key),
        (STATUS, ISSUES, *generated, *published) if source.mode is Mode.COLUMNS else (),
        unfit if source.mode is Mode.COLUMNS else "",
    )


def row_label(record: Record) -> str:
    """The row in its own words."""
    own = [record.claims[name].raw.strip() for name in ("partner", "campaign_name") if name in record.claims]
    parts = [*(part.strip() for part in record.address), *own]
    label = " · ".join(" ".join(part.split()) for part in parts if part)
    return label if len(label) <= _LABEL_LENGTH else label[: _LABEL_LENGTH - 1] + "…"


def issues_text(flags: Sequence[Flag], readers: Readers) -> str:
    """What is wrong with a row in one line of at most 200 characters, worst first, ending in that flag's id."""
    if not flags:
        return ""
    said = [_message(flag, readers) for flag in flags]
    # What may not be said counts as one: how much of it there is may not be said either.
    more = len(said) - max(said.count(UNSAID) - 1, 0) - 1
    ending = (f" (+{more} more)" if more else "") + f" [{flags[0].id}]"
    text = " ".join(said[0].split())
    room = _ISSUES_LENGTH - len(ending)
    return (text if len(text) <= room else text[: room - 1] + "…") + ending


def _message(flag: Flag, readers: Readers) -> str:
    match readers.may_learn(flag.sources):
        case Visibility.FULL:
            return flag.message
        case Visibility.FIELDS:
            return flag.discreet
        case Visibility.NONE:
            return UNSAID
        case seen:
            assert_never(seen)


def _value(outcome: Generated | Withheld, readers: Readers) -> str:
    if isinstance(outcome, Generated):
        return outcome.value
    seen = readers.may_learn(outcome.sources)
    if seen is Visibility.NONE:
        return f"HELD: {UNSAID}"
    detail = f" ({outcome.detail})" if outcome.detail and seen is Visibility.FULL else ""
    return f"HELD: {outcome.reason}{detail}"
