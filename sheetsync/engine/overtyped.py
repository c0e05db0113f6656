"""What people typed into what is ours, in a column or our tab: told when first seen, whatever comes of it then."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sheetsync.core.edits import Edit, edits, texts
from sheetsync.core.graph import Mode
from sheetsync.core.lookup import SEPARATOR, column_letters
from sheetsync.core.managed import OUR_TAB_ID, OUR_TAB_TITLE, managed_header
from sheetsync.core.model import Place, Workbook
from sheetsync.core.plan import Overtyped, WorkbookPlan, overtyped_in
from sheetsync.engine.world import Readings, Typed
from sheetsync.ports import Event, Standing, Told

Found = tuple[Told, Event]
StandingKey = tuple[str, int, str]


def typed_over(
    readings: Readings, planned: WorkbookPlan, workbook: Workbook, standing: Mapping[StandingKey, Standing]
) -> Typed:
    """What stands in what is ours in a workbook and is not by our hand, and which of it nobody has told yet.

    `standing` is what stands there by our hand, by the workbook's newest batch.
    """
    should = planned.desired
    before = standing.get((workbook.id, *workbook.newest_batch))
    found = [
        *_in_columns(readings, planned.overtyped, workbook),
        *_in_our_tab(readings, should.sources, workbook, before),
    ]
    known = before.rows if before is not None else ()
    # The same texts as those we hold already, not a second set of them.
    return _typed(workbook, before, found, should.rows if known == should.rows else known)


def typed_in_others(readings: Readings, planned: Collection[str]) -> Iterator[Typed]:
    """The same of every workbook that was read and has no plan, be it that a guard holds it or that nobody asked."""
    ours = readings.memory.installation
    for workbook in readings.workbooks.values():
        sources = [one for one in readings.rules.tabs_of(workbook.id) if one.mode is not Mode.OBSERVE]
        # What stands in another installation's columns is for that one to tell.
        if sources and workbook.id not in planned and workbook.installation in (None, ours):
            names = [source.name for source in sources]
            before = readings.memory.standing.get((workbook.id, *workbook.newest_batch))
            found = [
                *_in_columns(readings, overtyped_in(workbook, sources), workbook),
                *_in_our_tab(readings, names, workbook, before),
            ]
            yield _typed(workbook, before, found, before.rows if before is not None else ())


def _typed(
    workbook: Workbook, before: Standing | None, found: Sequence[Found], known: Sequence[Sequence[str]]
) -> Typed:
    told = Counter(before.told if before is not None else ())
    events = []
    for identity, event in found:
        if told[identity]:
            told[identity] -= 1
        else:
            events.append(event)
    seen = Standing(workbook.id, *workbook.newest_batch, known, tuple(identity for identity, _ in found))
    return Typed(tuple(events), seen, len(found))


def _in_columns(readings: Readings, overtyped: Iterable[Overtyped], workbook: Workbook) -> Iterator[Found]:
    titles = {tab.id: tab.title for tab in workbook.tabs}
    for cell in overtyped:
        place = Place(cell.source, workbook.id, titles[cell.tab_id], cell.tab_id, cell.row, cell.column)
        event = _event(readings, cell.source, f"row {cell.row + 1}", cell.header, None, cell.text, place)
        yield _identity(cell), event


def _identity(cell: Overtyped) -> Told:
    """Without its row: who sorts the tab has typed nothing new."""
    return f"{cell.tab_id}/{cell.header}", "", None, cell.text


def _in_our_tab(
    readings: Readings, sources: Sequence[str], workbook: Workbook, before: Standing | None
) -> Iterator[Found]:
    if before is None or not before.rows:
        return
    tab = workbook.tab(OUR_TAB_ID)
    title = tab.title if tab is not None else OUR_TAB_TITLE
    # A tab that is gone is one change, not as many as it had cells.
    changed = edits(before.rows, texts(tab)) if tab is not None else [Edit("", "", title, None, None, None)]
    for edit in changed:
        source, *address = edit.key.split(SEPARATOR)
        if source not in sources:
            source, address = sources[0], []
        name = (
            managed_header(edit.name) if edit.name else column_letters(edit.column) if edit.column is not None else ""
        )
        record = " / ".join(address) or ("" if edit.row is None else f"row {edit.row + 1}")
        place = Place(source, workbook.id, title, OUR_TAB_ID, edit.row, edit.column, edit.name)
        event = _event(readings, source, record, name, edit.old, edit.new, place)
        yield (edit.name, edit.key, edit.old, edit.new), event


def _event(
    readings: Readings, source: str, record: str, field: str, old: str | None, new: str | None, place: Place
) -> Event:
    return Event(readings.run, readings.started, source, record, field, old, new, new or "", place)
