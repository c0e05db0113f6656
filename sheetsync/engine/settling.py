"""Half-typed values settle: a workbook that says something new is read a second time, a while later."""

from collections.abc import Iterator
from dataclasses import replace

from sheetsync.core.graph import SheetTab
from sheetsync.core.model import Ignored, Record, Snapshot, Workbook
from sheetsync.core.settle import Settled, is_news, news_in
from sheetsync.core.settle import settle as settle_rows
from sheetsync.engine.reading import normalize, remembered_records
from sheetsync.engine.world import Readings, Snapshots, World
from sheetsync.errors import SheetsyncError

_STILL_TYPED = "somebody was typing in it; it counts once it stays the same"


def settle(world: World, readings: Readings, snapshots: Snapshots) -> tuple[Readings, Snapshots]:
    """What counts. Workbooks without news are not read again, nor any where the request does not want to wait.

    A source that was never read before counts at once: there is nothing to fall back to.
    """
    known = dict(_known(readings, snapshots)) if readings.request.settle_seconds else {}
    moving = dict.fromkeys(_spreadsheet(readings, name) for name in known)
    if not moving:
        return readings, snapshots
    world.tell(_waiting(readings, snapshots, known))
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
    return later, _settled(later, snapshots, known, frozenset(again))


def _waiting(readings: Readings, snapshots: Snapshots, known: dict[str, list[Record]]) -> str:
    cells = sum(news_in(snapshots.fresh[name], records) for name, records in known.items())
    first, *others = (readings.rules.sources[name].title for name in known)
    where = f"{first!r}" + (f" and {len(others)} more" if others else "")
    what = "1 cell that was" if cells == 1 else f"{cells} cells that were"
    seconds = readings.request.settle_seconds
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
    unsettled = frozenset(name for name in known if name in fresh and _is_unsettled(fresh[name]))
    return replace(second, fresh=fresh, unsettled=unsettled)


def _told(settled: Settled) -> Snapshot:
    found = settled.snapshot
    ignored = (Ignored(found.source, found.place.tab, "row", str(row), _STILL_TYPED) for row in settled.unsettled)
    return replace(found, ignored=(*found.ignored, *ignored))


def _is_unsettled(snapshot: Snapshot) -> bool:
    return any(item.reason == _STILL_TYPED for item in snapshot.ignored)


def _spreadsheet(readings: Readings, name: str) -> str:
    where = readings.rules.sources[name].location
    return where.spreadsheet if isinstance(where, SheetTab) else ""
