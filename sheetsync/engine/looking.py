"""A look at every sheet without comparing or writing anything: can it be read, and could we stand beside its rows?"""

from collections.abc import Mapping
from dataclasses import dataclass

from sheetsync.core.decisions_tab import DecisionsTab
from sheetsync.core.graph import Rules
from sheetsync.core.lookup import a1
from sheetsync.core.where_decided import DECISIONS, WhereDecided
from sheetsync.engine.reading import normalize, read
from sheetsync.engine.world import Readings, Request, World
from sheetsync.engine.writing import unfit_in


@dataclass(frozen=True)
class Looked:
    """One source as it stands now."""

    source: str
    #: rows understood; None where it could not be read
    rows: int | None = None
    #: where its header row begins, "Briefs!A4"; empty for a table
    header: str = ""
    #: why no columns would be written beside its rows although its mode asks for them
    unfit: str = ""
    #: what stops it, in one line
    trouble: str = ""


def look(world: World, rules: Rules) -> list[Looked]:
    """Read every source once, in configured order; last the workbook in which people decide, if there is one."""
    readings = read(world, rules, Request(dry_run=True))
    snapshots = normalize(readings)
    troubles = {one.source: str(one.error) for one in snapshots.troubles}
    found = []
    for name, source in rules.sources.items():
        snapshot = snapshots.fresh.get(name)
        if snapshot is None:
            found.append(Looked(name, trouble=troubles.get(name, "")))
            continue
        place, book = snapshot.place, readings.workbooks.get(snapshot.place.spreadsheet)
        first = min(snapshot.columns.values(), default=0)
        header = f"{place.tab}!{a1(snapshot.header_row, first)}" if place.tab_id is not None else ""
        unfit = unfit_in(book, source, snapshot) if book is not None else ""
        found.append(Looked(name, len(snapshot.records), header, unfit, troubles.get(name, "")))
    if rules.decisions is not None:
        found.append(_decisions(rules.decisions, readings, troubles))
    return found


def _decisions(places: WhereDecided, readings: Readings, troubles: Mapping[str, str]) -> Looked:
    """The ops workbook; its rows are its lines."""
    book = readings.workbooks.get(places.spreadsheet)
    if book is None:
        return Looked(DECISIONS, trouble=troubles.get(DECISIONS, ""))
    here = DecisionsTab.of(book)
    if here is None:
        return Looked(DECISIONS, 0)
    said = "; ".join(filter(None, (here.unfit, *here.problems)))
    return Looked(DECISIONS, len(here.ids), f"{here.tab.title}!A{(here.header_row or 0) + 1}", said)
