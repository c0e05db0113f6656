"""Guards: brakes that stop a dangerous plan until its cause is gone or a person says yes.

Each compares what a source looks like now with its last accepted state, which moves only in a cycle that was not
stopped for that source. So a second run trips again, and what nobody accepted never becomes normal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from sheetsync.core.campaigns import fold_key
from sheetsync.core.graph import Limits, Mode, SheetTab, Source, Table, Visibility
from sheetsync.core.header_texts import fold_header
from sheetsync.core.mapping.doubts import Doubt
from sheetsync.core.model import Snapshot, Workbook
from sheetsync.core.our_columns import marked

Row = Mapping[str, str]
"""What one row says: field -> canonical text, or its own words where they were not understood; blanks are left out."""

Rows = Mapping[str, Row]
"""A source's rows by their whole key."""

EVERYBODY_ELSE = ""
_OPENNESS = {Visibility.NONE: 0, Visibility.FIELDS: 1, Visibility.FULL: 2}
_EXAMPLES = 3


class Guard(StrEnum):
    """Closed list, gravest first; the names are what people type."""

    HEADER = "header"
    EMPTY = "empty"
    SHRUNKEN = "shrunken"
    CHANGED = "changed"
    INSTALLATION = "installation"
    VISIBILITY = "visibility"
    MAPPING = "mapping"
    UNDONE = "undone"
    OVERWRITE = "overwrite"
    FIRST_WRITE = "first_write"

    @property
    def stops_reading(self) -> bool:
        """Whether the source takes part as last remembered; the others only keep its workbook from being written."""
        return self in (Guard.HEADER, Guard.EMPTY, Guard.SHRUNKEN, Guard.CHANGED)

    @property
    def can_be_accepted(self) -> bool:
        """A tab without its header cannot be read, whoever says yes."""
        return self is not Guard.HEADER


_REMEDIES = {
    Guard.HEADER: "Put the headers back, or name the new ones in `sources.{source}.columns`.",
    Guard.EMPTY: "Bring the rows back; if it is meant, run `{command}`.",
    Guard.SHRUNKEN: "Bring the rows back; if it is meant, run `{command}`.",
    Guard.CHANGED: "Look at the sheet's version history; if it is meant, run `{command}`.",
    Guard.INSTALLATION: "Stop the other one; if this one is to take over, run `{command}`.",
    Guard.VISIBILITY: "Set `sources.{source}.readers_see` back; if it is meant, run `{command}`.",
    Guard.MAPPING: "Put the headers back or correct `sources.{source}.columns`; if it is meant, run `{command}`.",
    Guard.UNDONE: "Look at `sheetsync reconcile --dry-run`; if it may write there again, run `{command}`.",
    Guard.OVERWRITE: "Look at `sheetsync reconcile --dry-run`; if so many lines may change, run `{command}`.",
    Guard.FIRST_WRITE: "Look at `sheetsync reconcile --dry-run`; if it may write there, run `{command}`.",
}


@dataclass(frozen=True, slots=True)
class Held:
    """One guard that stops one source."""

    source: str
    guard: Guard
    #: one sentence with the figures
    what: str
    #: what to type or change first, where more can be said than the guard's own remedy
    first: str = ""

    @property
    def accepts(self) -> str:
        """What `--accept` takes for it; empty where nothing does."""
        return f"{self.guard}:{self.source}" if self.guard.can_be_accepted else ""

    @property
    def command(self) -> str:
        """What to type to let it pass; empty where nothing does."""
        return f"sheetsync reconcile --accept {self.accepts}" if self.accepts else ""

    @property
    def remedy(self) -> str:
        """What to do next, the command to type included."""
        own = _REMEDIES[self.guard].format(source=self.source, command=self.command)
        return f"{self.first}. Otherwise {own[0].lower()}{own[1:]}" if self.first else own


@dataclass(frozen=True, slots=True)
class Undone:
    """A run whose doing was taken back, and when: until a person says yes, nothing of it is written again."""

    run: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was true of a source when a cycle last went through for it."""

    #: field -> the text its header showed
    headers: Mapping[str, str] = field(default_factory=dict)
    #: what readers may see of whom, as of the last write ("" stands for everybody not named); empty before the first
    visibility: Mapping[str, Visibility] = field(default_factory=dict)
    #: the tab it was written beside ("spreadsheet/tab id"); None before the first write
    written_at: str | None = None
    #: rows that went lately, few at a time and without anybody's word: row -> when
    lost: Mapping[str, datetime] = field(default_factory=dict)
    #: what a person had taken back of what was written for it, newest
    undone: Undone | None = None


@dataclass(frozen=True)
class Case:
    """One source as it is now, and as it was last accepted."""

    source: Source
    #: None where no header names its columns any more; `lacks` says what is missing then
    found: Snapshot | None
    now: Rows
    before: Rows
    #: rows remembered, those without a whole key included
    had: int
    accepted: Accepted | None
    at: datetime
    limits: Limits
    #: this ledger's own mark
    installation: str
    #: None for a table
    workbook: Workbook | None = None
    lacks: str = ""
    #: columns that were there and cannot be told now
    doubts: tuple[Doubt, ...] = ()
    #: field -> headers that a person ever named for it, folded
    answered: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        if isinstance(self.source.location, Table):
            return self.source.writes
        return self.workbook is not None and self.source.mode is not Mode.OBSERVE

    @property
    def location(self) -> str:
        match self.source.location:
            case SheetTab(spreadsheet, tab_id):
                return f"{spreadsheet}/{tab_id}"
            case table:
                return table.name

    @property
    def headers(self) -> Mapping[str, str]:
        """Field -> header as its people know it, that of a column which was theirs and is ours for the time being too.

        So a column that changes hands, here or back, is no column come or gone.
        """
        where = self.source.location
        tab = self.workbook.tab(where.tab_id) if self.workbook and isinstance(where, SheetTab) else None
        adopted = {mark.name: mark.header for mark in marked(tab) if mark.header} if tab is not None else {}
        return adopted if self.found is None else {**adopted, **self.found.headers}

    def is_answered(self, name: str) -> bool:
        """Whether a field moved to or from a header that a person named for it, and both are known to be its own."""
        configured = {fold_header(text) for text in self.source.columns.get(name, ())}
        there = (self.headers.get(name), self.accepted.headers.get(name) if self.accepted else None)
        between = {fold_header(text) for text in there if text is not None}
        named = self.answered.get(name, frozenset())
        return None not in there and bool(between & named) and between <= configured | named

    @property
    def lost(self) -> Mapping[str, datetime]:
        """Rows that are gone now, and those that went within the last hours and did not come back.

        Added up, so that a loss of one row a minute is one loss. One that is slower than the limit allows passes.
        """
        before = {} if self.accepted is None else self.accepted.lost
        recent = {row: at for row, at in before.items() if at > self.at - self.limits.shrunken_within}
        gone = recent | dict.fromkeys(self.before, self.at)
        return {row: at for row, at in gone.items() if row not in self.now}

    @property
    def changed(self) -> Sequence[str]:
        """Rows in which something that was said is now said otherwise or not at all; filling a blank is just work."""
        columns = {} if self.found is None else self.found.columns
        return [
            row
            for row, said in self.before.items()
            if row in self.now
            and any(name in columns and self.now[row].get(name) != value for name, value in said.items())
        ]


@dataclass(frozen=True)
class Judged:
    """What the guards say of one source in one run."""

    #: without the rows, which weigh as much as all else that is known of a source
    case: Case
    #: guards that stop it
    held: tuple[Held, ...]
    #: guards that would have, but for a person's word
    let_through: frozenset[Guard] = frozenset()
    #: rows that went lately (`Case.lost`)
    lost: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def may_read(self) -> bool:
        return self.case.found is not None and not any(held.guard.stops_reading for held in self.held)

    def accepted(self, settled: bool) -> Accepted:
        """The accepted state after a cycle in which this source was read.

        `settled` says that all that should stand in its workbook was seen to; otherwise only the reading counts.
        """
        case, found = self.case, self.case.found
        forgiven = self.let_through & {Guard.EMPTY, Guard.SHRUNKEN}
        read = replace(case.accepted or Accepted(), lost={} if forgiven else self.lost)
        if not settled or found is None:
            return read
        read = replace(read, headers=case.headers)
        if not case.writes:
            return read
        return replace(read, visibility=sight(case.source), written_at=case.location, undone=None)


def judge(case: Case, accepting: frozenset[Guard] = frozenset()) -> Judged:
    """Every guard that holds for a source, but for those a person accepts in this run."""
    standing = {guard: what for guard in Guard if (what := _LOOKS[guard](case))}
    let_through = frozenset(guard for guard in standing if guard in accepting and guard.can_be_accepted)
    first = {guard: _first(case) for guard in (Guard.HEADER, Guard.MAPPING)}
    held = (
        Held(case.source.name, guard, what, first.get(guard, ""))
        for guard, what in standing.items()
        if guard not in let_through
    )
    return Judged(replace(case, now={}, before={}), tuple(held), let_through, case.lost)


def overwrites(judged: Judged, lines: int, of: int, accepting: frozenset[Guard] = frozenset()) -> Judged:
    """The same, held too where more than so many lines of a table would follow their owners at once.

    A first write, and one after an undo, asks a person to look at the same lines: one fact needs one yes.
    """
    case = judged.case
    asked = {held.guard for held in judged.held} | judged.let_through
    if asked & {Guard.FIRST_WRITE, Guard.UNDONE} or not _too_many(
        lines, of, case.limits.changed_share, case.limits.changed_rows
    ):
        return judged
    if Guard.OVERWRITE in accepting:
        return replace(judged, let_through=judged.let_through | {Guard.OVERWRITE})
    what = f"{lines} of {_rows(of)} of the table {case.location!r} would be changed at once"
    return replace(judged, held=(*judged.held, Held(case.source.name, Guard.OVERWRITE, what)))


def _first(case: Case) -> str:
    """What to do about columns in doubt, the key's first."""
    said = "; ".join(doubt.remedy for doubt in sorted(case.doubts, key=lambda doubt: not doubt.is_key))
    return said[:1].upper() + said[1:]


def by_key(rows: Iterable[Row], key: Sequence[str]) -> Rows:
    """Rows by their whole key as it is matched; those without one cannot be told apart and are left out.

    Rows that share a key are numbered by what they say, not by where they stand: a sort is no news.
    """
    found: dict[str, list[Row]] = {}
    for row in rows:
        parts = [fold_key(row.get(name, "")) for name in key]
        if all(parts):
            found.setdefault(" / ".join(parts), []).append(row)
    return {
        name if number == 1 else f"{name} ({number})": row
        for name, same in found.items()
        for number, row in enumerate(_by_what_they_say(same), start=1)
    }


def _by_what_they_say(rows: list[Row]) -> list[Row]:
    return rows if len(rows) == 1 else sorted(rows, key=lambda row: sorted(row.items()))


# ---------------------------------------------------------------- what each guard looks at: a sentence, or nothing


def _header(case: Case) -> str:
    if case.found is not None:
        return ""
    return "; ".join([f"it was read before, and now there is {case.lacks}", *(doubt.what for doubt in case.doubts)])


def _empty(case: Case) -> str:
    """A sheet that had rows and reads as empty was more likely emptied by mistake than finished."""
    return f"it had {_rows(case.had)} and now reads as empty" if _reads_as_empty(case) else ""


def _shrunken(case: Case) -> str:
    lost, limits = case.lost, case.limits
    known = len(case.before.keys() | lost.keys())
    # An emptied one is the other guard's: one fact is told once.
    if case.found is None or _reads_as_empty(case):
        return ""
    if not _too_many(len(lost), known, limits.shrunken_share, limits.shrunken_rows):
        return ""
    hours = limits.shrunken_within.total_seconds() / 3600
    return f"{len(lost)} of {_rows(known)} are gone within {hours:g} h: {_some(list(lost))}"


def _changed(case: Case) -> str:
    changed, limits = case.changed, case.limits
    if not _too_many(len(changed), len(case.before), limits.changed_share, limits.changed_rows):
        return ""
    return f"{len(changed)} of {_rows(len(case.before))} say something else than before, all at once: {_some(changed)}"


def _installation(case: Case) -> str:
    mark = case.workbook.installation if case.workbook is not None else None
    if not case.writes or mark is None or mark == case.installation:
        return ""
    return f"another installation of sheetsync ({mark[:8]}) writes into {_title(case)}"


def sight(source: Source) -> Mapping[str, Visibility]:
    """What a source's readers may see of whom; "" stands for everybody not named. A published field is seen whole."""
    published = {f"published {name}": Visibility.FULL for name in source.publish}
    return {EVERYBODY_ELSE: source.readers_see, **source.readers_see_of, **published}


def wider(before: Mapping[str, Visibility], now: Mapping[str, Visibility]) -> list[str]:
    """Of whom readers see more now than before, in words."""
    return [
        f"{of or 'others'}: {was} -> {is_now}"
        for of in dict.fromkeys([*before, *now])
        if _OPENNESS[is_now := now.get(of, now[EVERYBODY_ELSE])]
        > _OPENNESS[was := before.get(of, before[EVERYBODY_ELSE])]
    ]


def narrowest(sights: Iterable[Mapping[str, Visibility]]) -> Mapping[str, Visibility]:
    """What all of these allow at once; a workbook's readers are those of each of its sources."""
    given = [one for one in sights if one] or [{EVERYBODY_ELSE: Visibility.FULL}]
    named = dict.fromkeys(of for one in given for of in (EVERYBODY_ELSE, *one))
    return {of: min((one.get(of, one[EVERYBODY_ELSE]) for one in given), key=_OPENNESS.__getitem__) for of in named}


def _visibility(case: Case) -> str:
    before = {} if case.accepted is None else case.accepted.visibility
    if not case.writes or not before:
        return ""
    more = wider(before, sight(case.source))
    return f"its readers would see more than at the last write of {'; of '.join(more)}" if more else ""


def _mapping(case: Case) -> str:
    if not case.writes or case.found is None or case.accepted is None or not case.accepted.headers:
        return ""
    doubts = {doubt.field: doubt for doubt in case.doubts}
    before, now = {**{name: it.header for name, it in doubts.items()}, **case.accepted.headers}, case.headers
    names = [name for name in dict.fromkeys([*before, *now]) if not case.is_answered(name)]
    said = [_moved(name, before.get(name), now.get(name)) for name in names]
    likely = [doubts[name].what for name in names if name in doubts]
    moved = [words for words in (*said, *likely) if words]
    return f"its columns are not those of the last write: {'; '.join(moved)}" if moved else ""


def _undone(case: Case) -> str:
    undone = None if case.accepted is None else case.accepted.undone
    return undone_what(undone) if case.writes and undone is not None else ""


def undone_what(undone: Undone) -> str:
    """The sentence about a run that was taken back."""
    return f"run {undone.run} was undone on {undone.at.astimezone(UTC):%Y-%m-%d at %H:%M} UTC"


def _first_write(case: Case) -> str:
    if not case.writes or (case.accepted is not None and case.accepted.written_at == case.location):
        return ""
    if isinstance(case.source.location, Table):
        return f"nothing was ever written for it into the table {case.location!r} (writes on)"
    sees = f"mode {case.source.mode}, readers see {case.source.readers_see}"
    return f"nothing was ever written for it into {_title(case)} ({sees})"


_LOOKS: Mapping[Guard, Callable[[Case], str]] = {
    Guard.HEADER: _header,
    Guard.EMPTY: _empty,
    Guard.SHRUNKEN: _shrunken,
    Guard.CHANGED: _changed,
    Guard.INSTALLATION: _installation,
    Guard.VISIBILITY: _visibility,
    Guard.MAPPING: _mapping,
    Guard.UNDONE: _undone,
    # What would be written is known later: see `overwrites`.
    Guard.OVERWRITE: lambda _: "",
    Guard.FIRST_WRITE: _first_write,
}


def _reads_as_empty(case: Case) -> bool:
    return case.had > 0 and case.found is not None and not case.found.records


def _too_many(count: int, of: int, share: float, rows: int) -> bool:
    return count > rows and count > share * of


def _moved(name: str, before: str | None, now: str | None) -> str:
    """What became of one field's column; its header's spelling does not count."""
    if before is None:
        return f"{name} is new, under {_shown(now)}"
    if now is None:
        return f"{name} is gone, it stood under {_shown(before)}"
    return f"{name} moved from {_shown(before)} to {_shown(now)}" if fold_header(before) != fold_header(now) else ""


def _shown(header: str | None) -> str:
    return repr(" ".join((header or "").split()))


def _title(case: Case) -> str:
    return repr(case.workbook.title) if case.workbook is not None else ""


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _some(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - _EXAMPLES} more" if len(rows) > _EXAMPLES else ""
    return ", ".join(rows[:_EXAMPLES]) + more
