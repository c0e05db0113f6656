"""Write each workbook's batch once, journalled before and read back after. One workbook's trouble stops no other."""

from dataclasses import replace

from sheetsync.core.changes import Batch, Sign
from sheetsync.core.decide import Decisions
from sheetsync.core.managed import desired
from sheetsync.core.model import Workbook
from sheetsync.core.plan import WorkbookPlan
from sheetsync.core.plan import plan as plan_workbook
from sheetsync.core.plan import verify as look_again
from sheetsync.engine.world import Readings, Snapshots, World, Written
from sheetsync.errors import AnswerLost, Refused, SheetsyncError
from sheetsync.ports import JournalEntry


def plan(world: World, readings: Readings, snapshots: Snapshots, decided: Decisions) -> list[WorkbookPlan]:
    """What each readable workbook needs; a workbook with a source in trouble, or held by a guard, is left as it is.

    Also for its other sources: our tab is one, and is only ever rewritten whole.
    """
    plans = []
    for spreadsheet, workbook in readings.workbooks.items():
        sources = readings.rules.tabs_of(spreadsheet)
        if all(snapshots.may_write(source.name, readings.request.dry_run) for source in sources):
            should = desired(spreadsheet, workbook.title, sources, snapshots.fresh, decided, world.link)
            if should is not None:
                plans.append(plan_workbook(workbook, replace(should, installation=readings.memory.installation)))
    return plans


def write(world: World, readings: Readings, plans: list[WorkbookPlan]) -> list[Written]:
    """Settle what a killed run left open, then send every batch; in a dry run neither."""
    if readings.request.dry_run:
        return [Written(planned) for planned in plans]
    for workbook in readings.workbooks.values():
        _recover(world, workbook)
    return [_send(world, readings.run, planned) for planned in plans]


def verify(world: World, readings: Readings, written: list[Written]) -> list[Written]:
    """Look at what people see now in every workbook, again where it was written."""
    if readings.request.dry_run:
        return written
    return [_look(world, readings, write) for write in written]


def _recover(world: World, workbook: Workbook) -> None:
    """Settle batches a killed run left behind: the generation in the workbook says whether they were applied."""
    for entry in world.ledger.unfinished():
        if entry.spreadsheet == workbook.id:
            applied = workbook.generation >= entry.generation
            state = "committed" if applied else "dropped"
            world.ledger.journal(JournalEntry(entry.run, entry.spreadsheet, entry.generation, state))


def _send(world: World, run: str, planned: WorkbookPlan) -> Written:
    batch = planned.batch
    if batch is None:
        return Written(planned)
    _note(world, run, batch, "intended")
    try:
        _apply(world, batch)
    except AnswerLost as error:
        # It may still be applied: the entry stays open, and the next run finds out by the generation.
        return Written(planned, None, error)
    except SheetsyncError as error:
        _note(world, run, batch, "dropped")
        return Written(planned, None, error, dropped=True)
    _note(world, run, batch, "written")
    return Written(planned)


def _apply(world: World, batch: Batch) -> None:
    """Apply once; when the answer was lost, ask the workbook before asking it again.

    Sending the same batch again is safe: its fence is refused if the first one arrived after all. Raises `AnswerLost`
    where it stays unknown whether the batch was, or still will be, applied.
    """
    for again in (False, True):
        try:
            return world.sheets.apply(batch)
        except Refused:
            # A batch that reaches Google twice is refused the second time, and that may be the answer we get.
            if _arrived(world, batch):
                return None
            raise
        except AnswerLost:
            if _arrived(world, batch):
                return None
            if again:
                raise
        except SheetsyncError as error:
            if again:
                raise AnswerLost(f"{error} An earlier attempt may still be applied.") from error
            raise
    return None


def _arrived(world: World, batch: Batch) -> bool:
    try:
        now = world.sheets.read(batch.spreadsheet)
    except SheetsyncError as error:
        raise AnswerLost(f"{error} Whether the last write arrived is not known.") from error
    # Another installation's batch of the same number would look like ours.
    marks = {change.installation for change in batch.changes if isinstance(change, Sign)}
    return now.generation >= batch.generation and marks <= {now.installation}


def _look(world: World, readings: Readings, write: Written) -> Written:
    should, batch = write.plan.desired, write.plan.batch
    if batch is None:
        return Written(write.plan, look_again(readings.workbooks[should.spreadsheet], should))
    if write.trouble is not None:
        return write
    try:
        wrong = look_again(world.sheets.read(should.spreadsheet), should)
    except SheetsyncError as error:
        return Written(write.plan, None, error)
    if not wrong:
        _note(world, readings.run, batch, "verified")
    return Written(write.plan, wrong)


def _note(world: World, run: str, batch: Batch, state: str) -> None:
    world.ledger.journal(JournalEntry(run, batch.spreadsheet, batch.generation, state))
