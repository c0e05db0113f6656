"""What a tab nobody has described is taken for, and what of it can become a source."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sheetsync.core.fields.dialects import Dialect, decide_dialect
from sheetsync.core.graph import Mode, SheetTab, Source
from sheetsync.core.header_texts import fold_header, told_apart
from sheetsync.core.mapping.guessed import Guess, Guesses
from sheetsync.core.mapping.guessing import guess
from sheetsync.core.mapping.spellings import HeaderWords
from sheetsync.core.model import Cell, Entity, Tab
from sheetsync.core.tables import Found, NoTable, Table, find_table, find_tables, names_of, nobody_knows
from sheetsync.core.tables import Names as HeaderNames


@dataclass(frozen=True, slots=True)
class Inspected:
    """One table, what its columns are taken for, and how each of them writes days and numbers."""

    table: Table
    guesses: Guesses
    #: 0-based column -> its dialect
    dialects: Mapping[int, Dialect]


@dataclass(frozen=True, slots=True)
class Inspection:
    """One tab."""

    tab: Tab
    found: Found
    tables: tuple[Inspected, ...]
    #: (row, column, note) of every note on a cell, for people to look at
    notes: tuple[tuple[int, int, str], ...]
    #: what it was looked at with
    words: HeaderNames = field(default=nobody_knows, repr=False, compare=False)

    @property
    def main(self) -> Inspected | None:
        """The table of which most is understood: where others are left alone without a word, this one is not."""
        return max(self.tables, key=_understood, default=None)


def inspect(tab: Tab, words: HeaderWords, locale: str, season: date | None = None, said: bool = False) -> Inspection:
    """Look at a tab; `locale` is the workbook's (Google style, "de_DE"), `season` a day its days are near to.

    `said`: a person named the locale, so nothing that it decides is asked.
    """
    found = find_tables(tab, words)
    tables = tuple(_inspected(tab, table, words, locale, season, said) for table in found.tables)
    notes = tuple(
        (row, column, cell.note) for row, cells in enumerate(tab.rows) for column, cell in enumerate(cells) if cell.note
    )
    return Inspection(tab, found, tables, notes, words)


def _inspected(tab: Tab, table: Table, words: HeaderWords, locale: str, season: date | None, said: bool) -> Inspected:
    dialects = {
        column.index: decide_dialect([tab.cell(row, column.index) for row in table.data_rows], locale, column.header)
        for column in table.columns
    }
    return Inspected(table, guess(tab, table, words, locale, season, said), dialects)


def _understood(inspected: Inspected) -> tuple[bool, int, int]:
    return bool(inspected.guesses.key), len(inspected.guesses.fields), len(inspected.table.data_rows)


def struck_rows(tab: Tab, inspected: Inspected) -> list[int]:
    """Data rows with a line through what tells them: their key's cells, or their first one where there is no key."""
    guesses = inspected.guesses
    key = [one.column.index for one in guesses.columns if one.field in guesses.key]

    def telling(row: int) -> list[Cell]:
        cells = [tab.cell(row, column) for column in key or [one.index for one in inspected.table.columns]]
        filled = [cell for cell in cells if not cell.blank]
        return filled if key else filled[:1]

    return [row for row in inspected.table.data_rows if (cells := telling(row)) and all(cell.struck for cell in cells)]


# ---------------------------------------------------------------- as a source


@dataclass(frozen=True, slots=True)
class Proposal:
    """The source a table would be, or why it cannot be one."""

    #: None where no row of it could be addressed, or find its campaign
    source: Source | None
    #: columns that are not mapped though they may be one: (guess, why)
    left: tuple[tuple[Guess, str], ...]
    #: why there is no source, in one sentence
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What a proposed source is called, and where it is."""

    source: str
    title: str
    team: str
    spreadsheet: str


def propose(
    tab: Tab,
    inspected: Inspected,
    names: Names,
    known: Collection[str],
    decided: Mapping[int, str | None] | None = None,
    beside: Sequence[Source] = (),
    words: HeaderNames = nobody_knows,
) -> Proposal:
    """The source a table would be, in mode observe. Nothing in doubt is mapped, unless a person has decided it.

    `known` are the fields there are; `decided` is 0-based column -> the field it is, None for none; `beside` are the
    sources that other tables of this tab are already; `words` are those the run will have, too.
    """
    decided = decided or {}
    columns: dict[str, Guess] = {}
    left: list[tuple[Guess, str]] = []
    for one in inspected.guesses.columns:
        wanted = decided.get(one.column.index, one.field)
        if wanted is None and (one.column.index in decided or not one.question):
            continue
        why = _why_not(one, wanted, known, columns, one.column.index in decided)
        if wanted is None or why:
            left.append((one, why or one.question))
            continue
        columns[wanted] = one
    proposal = _checked(tab, inspected, names, columns, left, words)
    if proposal.source is not None:
        for other in beside:
            if not told_apart(proposal.source.columns, other.columns):
                return Proposal(None, proposal.left, f"its headers do not tell it from the table of {other.name}")
    return proposal


def _why_not(
    one: Guess,
    wanted: str | None,
    known: Collection[str],
    columns: Mapping[str, Guess],
    is_decided: bool,
) -> str:
    if one.question and not is_decided:
        return one.question
    if wanted is not None and wanted not in known:
        return "there is no such field in this configuration"
    if wanted in columns:
        return f"another column is {wanted} already"
    if not one.column.header.strip():
        return "no header stands above it, so nothing tells it by name"
    return ""


def _checked(
    tab: Tab,
    inspected: Inspected,
    names: Names,
    columns: dict[str, Guess],
    left: list[tuple[Guess, str]],
    words: HeaderNames,
) -> Proposal:
    """The source, if a run would find in the tab just what was found here; what it would not find is left out."""
    while True:
        key, match = _key(inspected.guesses, columns), _match(columns)
        if trouble := _trouble(columns, key, match):
            return Proposal(None, tuple(left), trouble)
        source = Source(
            name=names.source,
            title=names.title,
            team=names.team,
            location=SheetTab(names.spreadsheet, tab.id),
            rows_are=inspected.guesses.rows_are,
            key=key,
            match=match,
            columns={name: (text,) for name, text in _told(tab, inspected, columns).items()},
            mode=Mode.OBSERVE,
        )
        seen = find_table(tab, source, words)
        if isinstance(seen, NoTable):
            return Proposal(None, tuple(left), seen.reason)
        if seen.header_row not in inspected.table.header_rows:
            return Proposal(None, tuple(left), f"the table of row {seen.header_row + 1} has its headers too")
        astray = [name for name, one in columns.items() if seen.columns.get(name) != one.column.index]
        if not astray:
            trouble = _other_rows(inspected.table.data_rows, seen.data_rows)
            return Proposal(None if trouble else source, tuple(left), trouble)
        for name in astray:
            left.append((columns.pop(name), "another column with this header would be read in its place"))


def _other_rows(shown: Sequence[int], read: Sequence[int]) -> str:
    """Why a run would not read just the rows that were shown; empty where it would."""
    both = (("would not read row", sorted({*shown} - {*read})), ("would read row", sorted({*read} - {*shown})))
    what, row = next(((what, rows[0] + 1) for what, rows in both if rows), ("", 0))
    return f"a run {what} {row}: part its tables by blank rows and columns" if what else ""


def _told(tab: Tab, inspected: Inspected, columns: Mapping[str, Guess]) -> dict[str, str]:
    """What each column is called: by its header, or, where others have the same, by what stands around it, too."""
    called = called_apart(tab, inspected, list(columns.values()))
    return {name: called[one.column.index] for name, one in columns.items()}


def called_apart(tab: Tab, inspected: Inspected, columns: Sequence[Guess]) -> dict[int, str]:
    """0-based column -> what a source calls it, so that it is no other one's name."""
    row = inspected.table.header_rows[-1]
    texts = {column.index: tab.cell(row, column.index).shown.strip() for column in inspected.table.columns}
    texts = {column: text for column, text in texts.items() if text}
    often = Counter(fold_header(text) for text in texts.values())
    taken: set[str] = set()
    told: dict[int, str] = {}
    for one in columns:
        at, header = one.column.index, one.column.header.strip()
        twins = at in texts and often[fold_header(header)] > 1
        names = names_of(tab, row, texts, at) if twins else ()
        told[at] = next((text for text in names if fold_header(text) not in taken), header)
        taken.add(fold_header(told[at]))
    return told


def _key(guesses: Guesses, columns: Collection[str]) -> tuple[str, ...]:
    """The fields guessed to address a row; where a person decided what was in doubt, the usual ones."""
    usual = [("campaign_id",), ("partner", "campaign_name"), ("campaign_name",)]
    if guesses.rows_are is Entity.PLACEMENT:
        usual = [("campaign_id", "channel", "slot"), ("partner", "campaign_name", "channel", "slot")]
    candidates = [guesses.key, *usual]
    return next((key for key in candidates if key and set(key) <= set(columns)), ())


def _match(columns: Collection[str]) -> tuple[tuple[str, ...], ...]:
    ways = [("campaign_id",), ("partner", "campaign_name")]
    found = tuple(way for way in ways if set(way) <= set(columns))
    return found or ((("campaign_name",),) if "campaign_name" in columns else ())


def _trouble(columns: Collection[str], key: tuple[str, ...], match: tuple[tuple[str, ...], ...]) -> str:
    if set(columns) == {"campaign_name"}:
        return "nothing but a name is recognised in it: it may be a list of anything"
    if not match:
        return "no column names the campaign a row is about: neither an id nor a name was recognised without doubt"
    return "" if key else "no columns tell its rows apart: an id is missing, doubtful, merged or stands there twice"
