"""What a cycle moves, with what was there before, so that a person can have it taken back (`undoing`)."""

from collections.abc import Iterator, Mapping, Sequence

from sheetsync.core.changes import Change, ClearBody, DeleteColumn, DropMark, FreezeColumn, MarkColumn
from sheetsync.core.guards import narrowest
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.plan import in_words
from sheetsync.core.record_fields import Known, RecordField, RecordFields
from sheetsync.core.undo import BookPrint, Inserted
from sheetsync.engine.following import line_prints
from sheetsync.engine.freezing import accepted_moves
from sheetsync.engine.world import Run, Written
from sheetsync.ports import Footprint, Published

#: what takes something away that does not come back by our hand: columns, and what people had typed into them
_FOR_GOOD = (DeleteColumn, FreezeColumn, ClearBody, DropMark)


def footprint(run: Run, baselines: Mapping[RecordField, str], published: Sequence[Published]) -> Footprint:
    """What is moved by a run that is about to be committed with these baselines and published values."""
    memory = run.readings.memory
    values = {(one.source, one.record, one.field): one for one in published}
    return Footprint(
        [one for write in run.written for one in _book(run, write)],
        # Packed: of these a first run has one for every cell.
        RecordFields(_moves(memory.baselines, baselines)),
        dict(_moves(memory.published, values)),
        [number for key, number in run.matched.proposed.items() if memory.proposed_ids.get(key) != number],
        list(line_prints(run.followed)),
        dict(accepted_moves(run)),
        [one.ruling.matter for one in run.decided.judged if one.ruling is not None],
    )


def _moves(
    before: Mapping[RecordField, Known], now: Mapping[RecordField, Known]
) -> Iterator[tuple[RecordField, tuple[Known | None, Known | None]]]:
    for about, value in now.items():
        if (was := before.get(about)) != value:
            yield about, (was, value)


def _book(run: Run, write: Written) -> Iterator[BookPrint]:
    """Also of a write whose answer was lost: whether it arrived is found out when it is taken back."""
    sent = [one for one in write.rounds if one.plan.batch is not None and not one.dropped]
    if not sent:
        return
    should, book = write.plan.desired, run.readings.workbooks[write.plan.desired.spreadsheet]
    changes = [change for one in sent for change in (one.plan.batch.changes if one.plan.batch is not None else ())]
    known = write.rounds[0].typed.seen.rows
    before = () if book.tab(OUR_TAB_ID) is None else known or None
    accepted, here = run.readings.memory.accepted, run.readings.rules.tabs_of(should.spreadsheet)
    sight = narrowest(accepted[source.name].visibility for source in here if source.name in accepted)
    words = tuple(in_words((change for change in changes if isinstance(change, _FOR_GOOD)), book))
    yield BookPrint(
        should.spreadsheet, should.title, should.sources, before, should.rows, _inserted(changes, write), words, sight
    )


def _inserted(changes: Sequence[Change], write: Written) -> tuple[Inserted, ...]:
    """A cycle marks no column but those it inserts. Those of the decisions tab stay: people have typed beside them."""
    sources = {wanted.tab_id: wanted.source for wanted in write.plan.desired.columns}
    marks = dict.fromkeys((change.tab_id, change.name) for change in changes if isinstance(change, MarkColumn))
    return tuple(Inserted(sources[tab_id], tab_id, name) for tab_id, name in marks if tab_id in sources)
