"""What a table of the system of record must say to follow the owners: cell by cell, or why a cell stays as it is.

Only what is held equal to the word of a known, undisputed sheet follows. Nothing is filled in, emptied, inserted or
deleted, no field of people's, and of fields that belong together all or none.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.contracts import Pair
from sheetsync.core.fields import FieldType
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.graph import Approval, Rules, SheetTab, Source
from sheetsync.core.merge import BothMoved, Merge
from sheetsync.core.model import Cell, Claim, Place, Problem, Snapshot, Tab, Value
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.rulings import Owed
from sheetsync.core.truth import Truths

#: what all tables together go by where a workbook goes by its id: no spreadsheet has such a one
RECORDS = "records"
RECORDS_TITLE = "System of record"


@dataclass(frozen=True, slots=True)
class Put:
    """One cell of a line: what it said when it was read, and what it shall say."""

    source: str
    record: str
    field: str
    #: its column is `place.column_name`
    place: Place
    #: canonical texts
    was: str
    now: str
    value: Value
    #: whose word it is; empty where a run is taken back
    owner: str = ""
    contract: str = ""
    #: how its cell is read; None: to the letter
    kind: FieldType | None = dataclasses.field(default=None, repr=False, compare=False)

    @property
    def about(self) -> RecordField:
        return self.source, self.record, self.field

    @property
    def column(self) -> str:
        return self.place.column_name

    def holds(self, cell: Cell) -> bool:
        """Whether a cell says what was to be put there."""
        if self.kind is None:
            return cell.shown == self.now
        said = self.kind.parse(cell, Dialect())
        return said is not None and not isinstance(said, Problem) and self.kind.agrees(said, self.value)


@dataclass(frozen=True, slots=True)
class Follow:
    """A cell that does not say its owner's word: it follows, or it says why it stays."""

    put: Put
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table, as it was read, and what is put into it."""

    table: str
    #: the columns that address it where the table has no primary key
    key: tuple[str, ...]
    #: by column
    cells: Mapping[str, Cell]
    #: the column that changes with each change of the line
    version: str
    puts: tuple[Put, ...]

    @property
    def name(self) -> str:
        """The line as people know it."""
        return self.puts[0].record


def follows(merged: Sequence[tuple[Pair, Merge]], truths: Truths, agreed: RecordFields[str]) -> tuple[Follow, ...]:
    """Every differing cell of a table that follows the owners; `truths` know what is disputed."""
    sources = truths.rules.sources
    found = {
        (one := _follow(pair, outcome, truths)).put.about: one
        for pair, outcome in merged
        if sources[pair.handoff.receiver].writes
    }
    return tuple(_as_a_whole(one, found, agreed, truths.rules) for one in found.values())


def follows_decision(owed: Iterable[Owed], rules: Rules) -> Iterator[Follow]:
    """Cells of tables that own a field and do not say what was decided about it."""
    for one in owed:
        claim, source = one.claim, rules.sources[one.ruling.giver]
        if source.writes:
            kind, about = rules.fields[claim.field].type, one.ruling.about
            was = "" if claim.parsed is None or isinstance(claim.parsed, Problem) else kind.format(claim.parsed)
            contract = next(iter(one.ruling.contracts), "")
            words = (was, kind.format(one.holds), one.holds, one.ruling.source, contract, kind)
            put = Put(source.name, about, claim.field, claim.place, *words)
            yield Follow(put, _why_a_machine_may_not(put, claim, rules))


def _why_a_machine_may_not(put: Put, claim: Claim, rules: Rules) -> str:
    source, label = rules.sources[put.source], rules.fields[put.field].label
    if put.field in (CAMPAIGN_ID, *source.key):
        return f"{label} says which line it is"
    if rules.fields[put.field].human_only:
        return f"{label} is for people only"
    if claim.ranged:
        return "its cell says more than this field"
    if approval := next((one for one in rules.approvals if put.field in _said_by(one, source.name)), None):
        return f"it is part of the approval {approval.name}"
    return ""


def lines_of(puts: Iterable[Put], tab: Tab, snapshot: Snapshot, source: Source) -> list[Line]:
    """The lines of a source's table into which these are put, as the table was read."""
    header = [cell.shown for cell in tab.rows[snapshot.header_row]]
    key = tuple(snapshot.headers[name] for name in source.key)
    by_row: dict[int, list[Put]] = {}
    for put in puts:
        if put.place.row is not None:
            by_row.setdefault(put.place.row, []).append(put)
    return [
        Line(tab.title, key, dict(zip(header, tab.rows[row], strict=True)), source.version, tuple(these))
        for row, these in sorted(by_row.items())
    ]


def _follow(pair: Pair, outcome: Merge, truths: Truths) -> Follow:
    kind = truths.rules.fields[pair.field].type
    put = Put(
        pair.handoff.receiver,
        pair.record,
        pair.field,
        pair.copy.place,
        kind.format(pair.copy_value),
        kind.format(pair.owner.value),
        pair.owner.value,
        pair.owner_source or "",
        pair.contract,
        kind,
    )
    return Follow(put, _why_a_machine_may_not(put, pair.copy, truths.rules) or _why_it_stays(pair, outcome, truths))


def _why_it_stays(pair: Pair, outcome: Merge, truths: Truths) -> str:
    rules = truths.rules
    label = rules.fields[pair.field].label
    if pair.owner_source is None:
        return f"nobody owns {label}"
    if not isinstance(rules.sources[pair.owner_source].location, SheetTab):
        return f"{label} is owned by another table"
    if isinstance(outcome, BothMoved) or truths.disputed.get(truths.about(pair.record, pair.field)):
        return f"{label} is in conflict"
    return ""


def _said_by(approval: Approval, source: str) -> tuple[str, ...]:
    """The fields of a source that an approval was given for, or that say it: a machine must not move them."""
    own = (*approval.covers, approval.state, approval.who, approval.when) if approval.source == source else ()
    return (*own, *(name for of, name in approval.claims.items() if of == source))


def _as_a_whole(one: Follow, found: Mapping[RecordField, Follow], agreed: RecordFields[str], rules: Rules) -> Follow:
    """A cell of a group follows only where all of its group does, or says the owner's word already."""
    source, record, name = one.put.about
    mapped = rules.sources[source].columns
    for other in rules.group_of(name):
        about = source, record, other
        if one.why or other == name or other not in mapped or about in agreed:
            continue
        label = rules.fields[other].label
        if about not in found:
            return replace(one, why=f"it changes together with {label}, which is not known on both sides")
        if why := found[about].why:
            return replace(one, why=f"it changes together with {label}: {why}")
    return one
