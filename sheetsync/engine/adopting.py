"""Adopt: a column a team has filled by hand until now becomes ours, because its people say so.

Three steps, because there is no precondition to a write: the column is offered (a mark that makes nothing ours), looked
at again under its mark, and only then marked as ours. The next cycle finds a column of ours that was typed into: what
stands there goes to the history and our formula takes its place, under the header the team knows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sheetsync.core.changes import (
    Batch,
    Change,
    DeleteColumn,
    DropMark,
    HoldColumn,
    MarkColumn,
    OfferColumn,
    WarnAtHeader,
)
from sheetsync.core.graph import Mode, Rules, Source, Table
from sheetsync.core.match import Matched
from sheetsync.core.model import Mark, Problem, Snapshot, Tab, Workbook
from sheetsync.core.our_columns import mark_id, marked, offer_id, warning_at
from sheetsync.core.unfit import why_unfit
from sheetsync.engine.cycle import match
from sheetsync.engine.reading import normalize, read
from sheetsync.engine.world import Request, World
from sheetsync.errors import GuardStopped, Refused, UsageError
from sheetsync.ports import Memory, Published


@dataclass(frozen=True)
class Adopted:
    """A column that is ours now, and the values it had: (record, value) as they are kept."""

    source: str
    field: str
    header: str
    kept: tuple[Published, ...]


def adopt(world: World, rules: Rules, source: Source, field: str) -> Adopted:
    """Mark a team's own column of a generated field as ours and remember its values as published.

    Values that are live stay as they are from now on, like any published value. None of its batches needs a fence: each
    is refused the second time by what the first one changed. Raises `UsageError` where this source or field cannot be
    adopted, `GuardStopped` where a guard holds the source, `Refused` where the sheet does not allow it or people moved
    the column meanwhile.
    """
    _check(source, field)
    with world.leases.hold("run"):
        readings = read(world, rules, Request())
        snapshots = normalize(readings)
        snapshot = snapshots.fresh.get(source.name)
        if snapshot is None or snapshot.place.tab_id is None:
            trouble = next((one.error for one in snapshots.troubles if one.source == source.name), None)
            raise trouble or Refused(
                f"{source.title} (source {source.name}) cannot be read.", "Run `sheetsync doctor`."
            )
        if (held := next((one for one in snapshots.held if one.source == source.name), None)) is not None:
            raise GuardStopped(f"{source.title} (source {source.name}): {held.what}.", held.remedy)
        book = readings.workbooks[snapshot.place.spreadsheet]
        column, header = _column(book, source, snapshot, field)
        kept = tuple(_values(match(readings, snapshots), source, field, rules, world))
        _offer(world, book, snapshot, column, field)
        batch = _taking(world, source, snapshot, _texts(_tab(book, snapshot), column), field)
        # Before the column is ours: a run that is killed in between must not replace a link that is live.
        world.ledger.publish(kept)
        try:
            world.sheets.apply(batch)
        except Refused:
            world.ledger.withdraw(kept)
            world.ledger.publish(_published_before(readings.memory, kept))
            raise
        return Adopted(source.name, field, header, kept)


def _published_before(memory: Memory, kept: Sequence[Published]) -> list[Published]:
    before = (memory.published.get((one.source, one.record, one.field)) for one in kept)
    return [one for one in before if one is not None]


def _check(source: Source, field: str) -> None:
    if isinstance(source.location, Table) or source.mode is not Mode.COLUMNS:
        raise UsageError(f"{source.name} has no columns of ours.", f"Set `sources.{source.name}.mode: columns` first.")
    if field not in source.generated:
        choices = ", ".join(source.generated) or "none"
        raise UsageError(f"{field} is not generated for {source.name} (generated: {choices}).")
    if field in source.key:
        text = f"{field} is part of the key of {source.name}: a row is looked up by it, so it stays typed."
        raise UsageError(text, f"Adopt another field, or change `sources.{source.name}.key` first.")


def _column(book: Workbook, source: Source, snapshot: Snapshot, field: str) -> tuple[int, str]:
    where = f"{source.title} (source {source.name})"
    if field not in snapshot.columns:
        remedy = f"Map its header under `sources.{source.name}.columns.{field}`."
        raise Refused(f"{where} has no column of its own for {field}.", remedy)
    tab = _tab(book, snapshot)
    if unfit := why_unfit(tab, source, snapshot):
        raise Refused(f"no columns of ours can stand in {where}: {unfit}.", "Change that there first.")
    return snapshot.columns[field], snapshot.headers[field]


def _tab(book: Workbook, snapshot: Snapshot) -> Tab:
    tab = book.tab(snapshot.place.tab_id) if snapshot.place.tab_id is not None else None
    if tab is None:
        text = f"the tab {snapshot.place.tab!r} of {book.title!r} is gone."
        raise Refused(text, f"Correct `sources.{snapshot.place.source}.tab_id`.")
    return tab


def _values(matched: Matched, source: Source, field: str, rules: Rules, world: World) -> Iterator[Published]:
    kind, now = rules.fields[field].type, world.clock.now()
    for item in matched.identified:
        claim = item.record.claims.get(field)
        if item.record.source != source.name or claim is None or claim.parsed is None:
            continue
        if not isinstance(claim.parsed, Problem):
            yield Published(source.name, item.key, field, kind.format(claim.parsed), now)


def _offer(world: World, book: Workbook, snapshot: Snapshot, column: int, field: str) -> None:
    tab = _tab(book, snapshot)
    offer = OfferColumn(tab.id, column, offer_id(tab.id, field), field)
    world.sheets.apply(_batch(book, [offer, WarnAtHeader(tab.id, column, snapshot.header_row)]))


def _batch(book: Workbook, changes: Iterable[Change]) -> Batch:
    return Batch(book.id, book.title, book.generation, tuple(changes))


def _taking(world: World, source: Source, snapshot: Snapshot, texts: Counter[str], field: str) -> Batch:
    """Look where the offer came to stand; only the column that was offered is taken, known by all that it shows.

    Its header would not do: two columns may be headed alike. And what came into it meanwhile would not be remembered.
    """
    book = world.sheets.read(snapshot.place.spreadsheet)
    tab = _tab(book, snapshot)
    offer = next((mark for mark in tab.offered if mark.name == field), None)
    warning = warning_at(tab, offer.column) if offer else None
    if offer is None or warning is None or _texts(tab, offer.column) != texts:
        # What is left of the offer goes with the next cycle.
        raise Refused(f"somebody was at work in the columns of {source.title} just now; nothing is changed, try again.")
    return _batch(book, _taken(tab, offer, warning, snapshot.headers[field]))


def _texts(tab: Tab, column: int) -> Counter[str]:
    """All that a column shows, in whatever order: a sort changes nothing."""
    return Counter(text for row in range(len(tab.rows)) if (text := tab.cell(row, column).shown))


def _taken(tab: Tab, offer: Mark, warning: int, header: str) -> Iterator[Change]:
    column = offer.column
    for mark in (mark for mark in marked(tab) if mark.name == offer.name):
        # The one of ours that stood beside it until now.
        beside = warning_at(tab, mark.column)
        if beside is not None:
            yield HoldColumn(tab.id, mark.column, mark.metadata_id, beside, mark.name, mark.header)
            yield DeleteColumn(tab.id, mark.column)
            column -= mark.column < column
    yield HoldColumn(tab.id, column, offer.metadata_id, warning, offer.name, offered=True)
    yield MarkColumn(tab.id, column, mark_id(tab.id, offer.name), offer.name, header)
    yield DropMark(offer.metadata_id, offered=True)
