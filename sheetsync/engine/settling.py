"""Half-typed values settle: a workbook that says something new is read a second time, a while later."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from sheetsync.core.graph import SheetTab
from sheetsync.core.model import Ignored, Record, Snapshot, Workbook
from sheetsync.core.scope import EVERYTHING
from sheetsync.core.settle import Settled, is_news, news_in
from sheetsync.core.settle import settle as settle_rows
from sheetsync.core.where_decided import DECISIONS
from sheetsync.engine.deciding import new_lines
from sheetsync.engine.reading import normalize, remembered_records
from sheetsync.engine.world import Readings, Snapshots, World
from sheetsync.errors import SheetsyncError

Lines = Mapping[tuple[str, str], str]
"""(spreadsheet, id) of a line of a decisions tab -> a digest of what was typed there."""

_STILL_TYPED = "somebody was typing in it; it counts once it stays the same"


def settle(world: World, readings: Readings, snapshots: Snapshots) -> tuple[Readings, Snapshots]:
    """What counts, of rows and of decisions. Workbooks without news are not read again, nor any where the request
    does not want to wait.

    A source that was never read before counts at once: there is nothing to fall back to.
    """
    waits = readings.request.settle_seconds > 0
    known = dict(_known(readings, snapshots)) if waits else {}
    lines = new_lines(readings) if waits and readings.request.scope == EVERYTHING else {}
    moving = dict.fromkeys([*(_spreadsheet(readings, name) for name in known), *(place for place, _ in lines)])
    if not moving:
        return readings, snapshots
    world.tell(_waiting(readings, snapshots, known, len(lines)))
    world.clock.sleep(readings.request.settle_seconds)
    again: dict[str, Workbook] = {}
    for spreadsheet in moving:
        world.go_on()
        try:
            again[spreadsheet] = world.sheets.read(spreadsheet)
        except SheetsyncError:
            # Read once it stays a source like any other, but what is new in it waits for the next run.
            continue
    later = replace(readings, workbooks={**readings.workbooks, **again})
    later = replace(later, half_typed=_half_typed(later, lines, again))
    return later, _settled(later, snapshots, known, frozenset(again))


def _half_typed(later: Readings, lines: Lines, again: Collection[str]) -> frozenset[tuple[str, str]]:
    """Lines that did not say the same twice, or were not looked at twice."""
    second = new_lines(later)
    return frozenset(one for one, said in second.items() if one[0] not in again or lines.get(one) != said)


def _waiting(readings: Readings, snapshots: Snapshots, known: dict[str, list[Record]], lines: int) -> str:
    seconds = readings.request.settle_seconds
    if not known:
        what = "1 decision that was" if lines == 1 else f"{lines} decisions that were"
        return f"waiting {seconds:g} s for {what} just typed to settle; --no-wait skips it"
    cells = sum(news_in(snapshots.fresh[name], records) for name, records in known.items())
    first, *others = (readings.rules.sources[name].title for name in known)
    where = f"{first!r}" + (f" and {len(others)} more" if others else "")
    what = "1 cell that was" if cells == 1 else f"{cells} cells that were"
    return f"waiting {seconds:g} s for {what} just typed in {where} to settle; --no-wait skips it"


def _known(readings: Readings, snapshots: Snapshots) -> Iterator[tuple[str, list[Record]]]:
    """Sources that say something else than when they were last read, with what they said then."""
    for name, snapshot in snapshots.fresh.items():
        if isinstance(readings.rules.sources[name].location, SheetTab):
            known = remembered_records(name, readings.memory, readings.rules)
            if known and is_news(snapshot, known):
                yield name, known


def _settled(later: Readings, first: Snapshots, known: dict[str, list[Record]], again: frozenset[str]) -> Snapshots:
    second = normalize(later)
    fresh = dict(second.fresh)
    for name, records in known.items():
        if name in fresh:
            before = first.fresh[name] if _spreadsheet(later, name) in again else None
            fresh[name] = _told(settle_rows(later.rules.sources[name], before, fresh[name], records))
    unsettled = {name for name in known if name in fresh and _is_unsettled(fresh[name])}
    unsettled |= {DECISIONS} if later.half_typed else set()
    return replace(second, fresh=fresh, unsettled=frozenset(unsettled))


def _told(settled: Settled) -> Snapshot:
    found = settled.snapshot
    ignored = (Ignored(found.source, found.place.tab, "row", str(row), _STILL_TYPED) for row in settled.unsettled)
    return replace(found, ignored=(*found.ignored, *ignored))


def _is_unsettled(snapshot: Snapshot) -> bool:
    return any(item.reason == _STILL_TYPED for item in snapshot.ignored)


def _spreadsheet(readings: Readings, name: str) -> str:
    where = readings.rules.sources[name].location
    return where.spreadsheet if isinstance(where, SheetTab) else ""
