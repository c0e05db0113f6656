"""Write each workbook's batch once, journalled before and read back after. One workbook's trouble stops no other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetsync.core.answers import Answers
from sheetsync.core.changes import Batch, Fence, Sign
from sheetsync.core.column_answers import ColumnAnswers
from sheetsync.core.decide import Decisions
from sheetsync.core.decision_lines import as_they_stand, for_readers, nothing_beside, with_decisions
from sheetsync.core.decisions_tab import decision_rows
from sheetsync.core.graph import Source
from sheetsync.core.managed import Desired, desired, held_small
from sheetsync.core.match import Matched
from sheetsync.core.matters import Matter
from sheetsync.core.model import Snapshot, Workbook
from sheetsync.core.plan import WorkbookPlan
from sheetsync.core.plan import plan as plan_workbook
from sheetsync.core.plan import verify as look_again
from sheetsync.core.publishing import columns_of
from sheetsync.core.rulings import Ruling
from sheetsync.core.scope import EVERYTHING, renewed
from sheetsync.core.seal import Seal, seal, why_moved
from sheetsync.core.unfit import why_unfit
from sheetsync.core.where_decided import DECISIONS
from sheetsync.engine.following import follow, look, plan_lines
from sheetsync.engine.matters import matters
from sheetsync.engine.overtyped import typed_over
from sheetsync.engine.world import Followed, Readings, Snapshots, World, Writes, Written
from sheetsync.errors import AnswerLost, PlanMoved, Refused, SheetsyncError, Unreachable
from sheetsync.ports import JournalEntry


@dataclass(frozen=True)
class Plans:
    """What would be written: workbooks, and lines of tables."""

    books: list[WorkbookPlan]
    records: Followed
    #: the decisions it rests on
    decided: tuple[Ruling, ...] = ()


def plan(world: World, readings: Readings, snapshots: Snapshots, matched: Matched, decided: Decisions) -> Plans:
    """What each readable workbook needs; a workbook with a source in trouble, or held by a guard, is left as it is.

    Also for its other sources: our tab is one, and is only ever rewritten whole. Raises `UsageError` where the run is
    about a campaign nobody knows.
    """
    scope = readings.request.scope
    scope.check(matched)
    concerned = scope.lines(matched) if scope.campaign else frozenset()
    asked = matters(world, readings, snapshots, matched, decided)
    plans = []
    for spreadsheet, workbook in readings.workbooks.items():
        should = _should(world, readings, snapshots, decided, workbook)
        if readings.rules.decided_in(spreadsheet):
            should = _and_decisions(world, readings, snapshots, asked, workbook, should)
        if should is None:
            continue
        if scope.campaign:
            should = renewed(should, concerned, workbook)
        should = held_small(replace(should, installation=readings.memory.installation))
        plans.append(plan_workbook(workbook, should))
    return Plans(plans, plan_lines(readings, snapshots, decided), decided.rulings.rulings)


def _should(
    world: World, readings: Readings, snapshots: Snapshots, decided: Decisions, workbook: Workbook
) -> Desired | None:
    """What should stand beside the rows of a workbook; None where nothing is written for any of its sources."""
    rules, sources = readings.rules, readings.rules.tabs_of(workbook.id)
    if not _may_write(readings, snapshots, workbook.id):
        return None
    unfit = {source.name: unfit_in(workbook, source, snapshots.fresh[source.name]) for source in sources}
    published = {source.name: columns_of(source, rules) for source in sources}
    return desired(workbook.id, workbook.title, sources, snapshots.fresh, decided, world.link, unfit, published)


def _may_write(readings: Readings, snapshots: Snapshots, spreadsheet: str) -> bool:
    names, request = readings.rules.told_as(spreadsheet), readings.request
    troubled = {trouble.source for trouble in readings.troubles}
    return request.scope.covers(names) and all(
        name not in troubled if name == DECISIONS else snapshots.may_write(name, request.dry_run) for name in names
    )


def _and_decisions(
    world: World,
    readings: Readings,
    snapshots: Snapshots,
    asked: Sequence[Matter],
    workbook: Workbook,
    should: Desired | None,
) -> Desired | None:
    """The same with the decisions tab. A run that is about a part of the world leaves what people decide as it is."""
    rules, scope = readings.rules, readings.request.scope
    if should is None and (rules.tabs_of(workbook.id) or not _may_write(readings, snapshots, workbook.id)):
        return None
    if scope != EVERYTHING:
        return None if should is None else as_they_stand(should, workbook)
    heard = for_readers(asked, workbook.id, rules)
    return with_decisions(should or nothing_beside(workbook), workbook, heard, world.link)


def unfit_in(workbook: Workbook, source: Source, snapshot: Snapshot) -> str:
    """Why no columns are written beside the rows of a source in this workbook (`core.unfit`)."""
    tab = workbook.tab(snapshot.place.tab_id) if snapshot.place.tab_id is not None else None
    return why_unfit(tab, source, snapshot) if tab is not None else ""


def write(world: World, readings: Readings, snapshots: Snapshots, plans: Plans) -> Writes:
    """Send every batch, or of sealed plans those that still hold; in a dry run none.

    Lines of tables first: they take a moment, and so say what the sheets did when they were read.
    """
    followed = follow(world, readings, snapshots, plans.records, plans.decided)
    return Writes(_write_books(world, readings, snapshots, plans), followed)


def _write_books(world: World, readings: Readings, snapshots: Snapshots, plans: Plans) -> list[Written]:
    books, standing, sealed = readings.workbooks, readings.memory.standing, readings.request.sealed
    asked = [planned for planned in plans.books if sealed is None or planned.desired.spreadsheet in sealed.workbooks]
    typed = [
        Written(planned, typed_over(readings, planned, books[planned.desired.spreadsheet], standing))
        for planned in asked
    ]
    if sealed is not None:
        typed = _held_to(sealed, readings, snapshots, typed, plans.decided)
    return typed if readings.request.dry_run else [send(world, readings.run, write) for write in typed]


def _held_to(
    sealed: Seal, readings: Readings, snapshots: Snapshots, written: list[Written], decided: Sequence[Ruling]
) -> list[Written]:
    """What a person has looked at and nothing else; a workbook whose plan is another one by now is left as it is."""
    rows, memory = {it.source: it for it in snapshots.all}, readings.memory
    answers, columns = Answers.of(memory.answers), ColumnAnswers.of(memory.column_answers)
    now = seal(
        readings.rules, [one.plan for one in written], rows, answers, columns, decided=decided, at=readings.started
    )
    return [_unless_moved(one, why_moved(sealed, now, one.plan.desired.spreadsheet, readings.rules)) for one in written]


def _unless_moved(write: Written, why: str) -> Written:
    if not why:
        return write
    refusal = PlanMoved(f"{write.plan.desired.title}: {why}; nothing was written there.", "Run `sheetsync plan` again.")
    return replace(write, wrong=None, trouble=refusal, dropped=True)


def verify(world: World, readings: Readings, written: Writes) -> Writes:
    """Look at what people see now in every workbook, again where it was written; and at lines that were."""
    if readings.request.dry_run:
        return written
    return Writes([_look(world, readings, write) for write in written.books], look(world, readings, written.records))


def send(world: World, run: str, write: Written) -> Written:
    """Send one workbook's batch, journalled before; its trouble is kept with it."""
    planned, typed = write.plan.batch, write.typed
    if planned is None or write.trouble is not None:
        return write
    world.go_on()
    batch = _signed(planned, run)
    # What is about to be replaced is kept first; and should this run not live to say so, the next one knows by the
    # workbook's newest batch what of its content is by our hand.
    intended = JournalEntry(run, batch.spreadsheet, batch.generation, "intended", typed.events)
    world.ledger.journal(intended, [typed.seen, write.standing(run)])
    try:
        _apply(world, batch, run)
    except AnswerLost as error:
        # It may still be applied: the entry stays open, and the next run finds out by the generation.
        return replace(write, wrong=None, trouble=error)
    except SheetsyncError as error:
        return replace(write, wrong=None, trouble=error, dropped=True)
    note(world, run, batch, "written")
    return write


def _signed(batch: Batch, run: str) -> Batch:
    """With the run's id in its fence: another run may send another batch under the same number."""
    changes = (replace(change, run=run) if isinstance(change, Fence) else change for change in batch.changes)
    return replace(batch, changes=tuple(changes))


def _apply(world: World, batch: Batch, run: str) -> None:
    """Apply once; when the answer was lost, ask the workbook before asking it again.

    Sending the same batch again is safe: its fence is refused if the first one arrived after all. Raises `AnswerLost`
    where it stays unknown whether the batch was, or still will be, applied.
    """
    for again in (False, True):
        try:
            return world.sheets.apply(batch)
        except Refused:
            # A batch that reaches Google twice is refused the second time, and that may be the answer we get.
            if _arrived(world, batch, run):
                return None
            raise
        except AnswerLost:
            if _arrived(world, batch, run):
                return None
            if again:
                raise
        except SheetsyncError as error:
            if again:
                raise AnswerLost(f"{error} An earlier attempt may still be applied.") from error
            raise
    return None


def _arrived(world: World, batch: Batch, run: str) -> bool:
    """Whether this very batch was applied. Raises `Unreachable` where another one was: this one never can be now."""
    try:
        there = world.sheets.read(batch.spreadsheet)
    except SheetsyncError as error:
        raise AnswerLost(f"{error} Whether the last write arrived is not known.") from error
    # Another installation's batch of the same number would look like ours.
    marks = {change.installation for change in batch.changes if isinstance(change, Sign)}
    if there.holds(batch.generation, run) and marks <= {there.installation}:
        return True
    if there.generation >= batch.generation:
        raise Unreachable(
            f"{batch.title}: another write of sheetsync's came first, so this one was refused; nothing is lost.",
            "Run `sheetsync reconcile` again.",
        )
    return False


def _look(world: World, readings: Readings, write: Written) -> Written:
    should, batch = write.plan.desired, write.plan.batch
    if write.trouble is not None:
        return write
    if batch is None:
        return replace(write, wrong=look_again(readings.workbooks[should.spreadsheet], should))
    world.go_on()
    try:
        workbook = world.sheets.read(should.spreadsheet)
    except SheetsyncError as error:
        return replace(write, wrong=None, trouble=error)
    write = replace(write, rows=decision_rows(workbook))
    wrong = look_again(workbook, should)
    if not wrong:
        note(world, readings.run, batch, "verified")
    elif write.first is None:
        return _once_more(world, readings, replace(write, wrong=wrong), workbook)
    return replace(write, wrong=wrong)


def _once_more(world: World, readings: Readings, first: Written, workbook: Workbook) -> Written:
    """People were at work since we read, or a warning had to come back first: what is missing now is written once."""
    planned = plan_workbook(workbook, first.plan.desired)
    if planned.batch is None:
        return first
    standing = first.standing(readings.run)
    typed = typed_over(readings, planned, workbook, {standing.batch: standing})
    return _look(world, readings, send(world, readings.run, Written(planned, typed, first=first)))


def note(world: World, run: str, batch: Batch, state: str) -> None:
    """Journal how far a batch has come."""
    world.ledger.journal(JournalEntry(run, batch.spreadsheet, batch.generation, state))
