"""A plan sealed at one moment: what it would write, what that rests on, and why it may not be written any more.

The plan that is applied is made anew from a fresh read and compared with the seal, so that what a person looked at and
what is written are one and the same, or nothing is written. Each workbook stands for itself.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sheetsync.core.answers import NO_ANSWERS, Answers
from sheetsync.core.changes import Sign
from sheetsync.core.column_answers import NO_COLUMN_ANSWERS, ColumnAnswers
from sheetsync.core.fields import Field
from sheetsync.core.following import RECORDS, RECORDS_TITLE, Line
from sheetsync.core.graph import Rules, Source, claimed_by
from sheetsync.core.hearsay import stamp
from sheetsync.core.model import Snapshot
from sheetsync.core.plan import WorkbookPlan
from sheetsync.core.rulings import Ruling


@dataclass(frozen=True, slots=True)
class SealedWorkbook:
    """What was to be written into one workbook."""

    spreadsheet: str
    title: str
    #: the generation its batch would have
    generation: int
    #: sha256 of every change of the batch and of the whole content of our tab
    writes: str
    #: source -> sha256 of its records, for every source whose rows bear on this workbook
    inputs: Mapping[str, str]
    #: sha256 of what people have said about rows of those sources
    answers: str = ""
    #: the same about their columns
    columns: str = ""
    #: sha256 of what people have decided between two of those sources
    decisions: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """What a person has looked at."""

    configuration: str
    workbooks: Mapping[str, SealedWorkbook] = field(default_factory=dict)


def seal(
    rules: Rules,
    plans: Iterable[WorkbookPlan],
    snapshots: Mapping[str, Snapshot],
    answers: Answers = NO_ANSWERS,
    columns: ColumnAnswers = NO_COLUMN_ANSWERS,
    lines: Sequence[Line] = (),
    decided: Sequence[Ruling] = (),
    *,
    at: datetime,
) -> Seal:
    """Seal every plan that writes; `snapshots` are all sources' as they took part, by name, `decided` what holds.

    `at` is when the run began: what begins or ends with it says so, and will say another minute when it is applied.
    """
    said = {name: _records(snapshot, rules.fields) for name, snapshot in snapshots.items()}
    sealed = (_sealed(one, rules, said, answers, columns, at) for one in plans if one.batch is not None)
    followed = [_sealed_lines(lines, rules, said, answers, columns)] if lines else []
    sealed = (replace(one, decisions=_decisions(one, decided)) for one in (*sealed, *followed))
    return Seal(rules.fingerprint, {one.spreadsheet: one for one in sealed})


def why_moved(sealed: Seal, now: Seal, spreadsheet: str, rules: Rules) -> str:
    """Why what was sealed for a workbook is not what would be written now; empty where it is."""
    then, there = sealed.workbooks[spreadsheet], now.workbooks.get(spreadsheet)
    if sealed.configuration != now.configuration:
        return "the configuration has changed since"
    if there is None:
        return "nothing is left to write there"
    if then.generation != there.generation:
        return "sheetsync has written there since"
    moved = [name for name, digest in there.inputs.items() if then.inputs.get(name) != digest]
    if moved:
        titles = " and ".join(rules.sources[name].title for name in moved)
        return f"{titles} {'has' if len(moved) == 1 else 'have'} changed since"
    if then.answers != there.answers:
        return "somebody has said since which campaign a row means"
    if then.columns != there.columns:
        return "somebody has said since which column is which"
    if then.decisions != there.decisions:
        return "somebody has decided since, or a decision has ended"
    return "" if then.writes == there.writes else "what would be written is something else by now"


def bearing_on(sources: Sequence[Source], rules: Rules) -> tuple[str, ...]:
    """The sources whose rows bear on what is said beside these: themselves, who hands to them, who owns what they hold.

    In configured order. What comes from further away shows in what would be written.
    """
    names = {source.name for source in sources}
    fields = {field for source in sources for field in (*claimed_by(source, rules.fields), *source.publish)}
    makes = any(source.generated for source in sources)
    near = {edge.giver for edge in rules.handoffs if edge.receiver in names}
    near |= {receiver for due in rules.rows_due if due.giver in names for receiver in due.receivers}
    near |= {owner for field, owner in rules.owners.items() if makes or field in fields}
    return tuple(name for name in rules.sources if name in names | near)


def _sealed(
    one: WorkbookPlan, rules: Rules, said: Mapping[str, str], answers: Answers, columns: ColumnAnswers, at: datetime
) -> SealedWorkbook:
    desired, batch = one.desired, one.batch
    # Before the first run there is no ledger, and so no mark to sign with.
    changes = [change for change in batch.changes if not isinstance(change, Sign)] if batch is not None else []
    bearing = bearing_on(rules.tabs_of(desired.spreadsheet), rules)
    return SealedWorkbook(
        desired.spreadsheet,
        desired.title,
        batch.generation if batch is not None else 0,
        _digest((changes, desired.rows), stamp(at)),
        {name: said[name] for name in bearing if name in said},
        _digest(answered) if any(answered := [answers.about_rows_of(name) for name in bearing]) else "",
        _digest(told) if any(told := [columns.about_columns_of(name) for name in bearing]) else "",
    )


def _sealed_lines(
    lines: Sequence[Line], rules: Rules, said: Mapping[str, str], answers: Answers, columns: ColumnAnswers
) -> SealedWorkbook:
    """All lines of tables are one: they are written in one transaction."""
    writes = [(line.table, line.puts, line.cells.get(line.version)) for line in lines]
    bearing = bearing_on([rules.sources[name] for name in dict.fromkeys(line.puts[0].source for line in lines)], rules)
    return SealedWorkbook(
        RECORDS,
        RECORDS_TITLE,
        0,
        _digest(writes),
        {name: said[name] for name in bearing if name in said},
        _digest(answered) if any(answered := [answers.about_rows_of(name) for name in bearing]) else "",
        _digest(told) if any(told := [columns.about_columns_of(name) for name in bearing]) else "",
    )


def _decisions(one: SealedWorkbook, decided: Sequence[Ruling]) -> str:
    """What bears on a workbook of what people decided; all of it where nothing else does: there is a decisions tab."""
    those = [it for it in decided if not one.inputs or not one.inputs.keys().isdisjoint((it.source, it.giver))]
    # Not by the run that took it: a plan foresees what the run that applies it takes.
    said = sorted((it.matter, it.verdict, sorted(it.holds.items()), str(it.until), it.by, it.why) for it in those)
    return _digest(said) if said else ""


def _records(snapshot: Snapshot, fields: Mapping[str, Field]) -> str:
    """What a source's rows say, wherever they stand."""
    rows = (sorted((name, fields[name].said(claim)) for name, claim in r.claims.items()) for r in snapshot.records)
    return _digest(sorted(rows))


def _digest(content: object, now: str = "") -> str:
    said = repr(content)
    return hashlib.sha256((said.replace(now, "now") if now else said).encode()).hexdigest()
