"""What people typed into what is ours, in a column or our tab: told when first seen, whatever comes of it then."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sheetsync.core.decisions_tab import DECISIONS_TAB_ID, DECISIONS_TITLE, DecisionsTab
from sheetsync.core.edits import Edit, edits, texts
from sheetsync.core.graph import Mode
from sheetsync.core.lookup import OUR_PREFIX, SEPARATOR, column_letters
from sheetsync.core.managed import OUR_TAB_ID, OUR_TAB_TITLE, managed_header
from sheetsync.core.matters import ID, STATE
from sheetsync.core.model import Place, Workbook
from sheetsync.core.plan import Overtyped, WorkbookPlan, overtyped_in
from sheetsync.core.where_decided import DECISIONS
from sheetsync.engine.world import TYPED_ID, Readings, Typed
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
        *_among_ids(readings, workbook, before),
    ]
    known = before.rows if before is not None else ()
    # The same texts as those we hold already, not a second set of them.
    return _typed(workbook, before, found, should.rows if known == should.rows else known)


def typed_in_others(readings: Readings, planned: Collection[str]) -> Iterator[Typed]:
    """The same of every workbook that was read and has no plan, be it that a guard holds it or that nobody asked."""
    ours = readings.memory.installation
    for workbook in readings.workbooks.values():
        sources = [one for one in readings.rules.tabs_of(workbook.id) if one.mode is not Mode.OBSERVE]
        names = [source.name for source in sources] + [DECISIONS] * readings.rules.decided_in(workbook.id)
        # What stands in another installation's columns is for that one to tell.
        if names and workbook.id not in planned and workbook.installation in (None, ours):
            before = readings.memory.standing.get((workbook.id, *workbook.newest_batch))
            found = [
                *_in_columns(readings, overtyped_in(workbook, sources), workbook),
                *_in_our_tab(readings, names, workbook, before),
                *_among_ids(readings, workbook, before),
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
    here = DecisionsTab.of(workbook)
    for cell in overtyped:
        place = Place(cell.source, workbook.id, titles[cell.tab_id], cell.tab_id, cell.row, cell.column)
        record, header = f"row {cell.row + 1}", cell.header
        if cell.source == DECISIONS and here is not None:
            record, header = here.ids.get(cell.row, record), managed_header(header)
        yield _identity(cell), _event(readings, cell.source, record, header, None, cell.text, place)


def _among_ids(readings: Readings, workbook: Workbook, before: Standing | None) -> Iterator[Found]:
    """Ids that people typed, and those that are gone with their lines; of a tab that is gone only that."""
    known = before.rows if before is not None else ()
    if not readings.rules.decided_in(workbook.id) or not known or STATE not in known[0]:
        return
    begins, tab_id, here = DECISIONS + SEPARATOR, DECISIONS_TAB_ID, DecisionsTab.of(workbook)
    if here is None:
        place = Place(DECISIONS, workbook.id, DECISIONS_TITLE, tab_id)
        event = _event(readings, DECISIONS, "", OUR_PREFIX + ID, DECISIONS_TITLE, None, place)
        yield (f"{tab_id}", "", DECISIONS_TITLE, None), event
        return
    stood = {row[0].removeprefix(begins) for row in known if row and row[0].startswith(begins)}
    there = Place(DECISIONS, workbook.id, here.tab.title, tab_id, None, here.id_column)
    for row, text in here.ids.items():
        if text not in stood:
            event = _event(readings, DECISIONS, text, OUR_PREFIX + ID, None, text, there.in_row(row))
            yield (TYPED_ID, "", None, text), event
    for text in sorted(stood.difference(here.ids.values())):
        yield (TYPED_ID, text, text, None), _event(readings, DECISIONS, text, OUR_PREFIX + ID, text, None, there)


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
