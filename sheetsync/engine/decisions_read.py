"""A look at every decisions tab as it stands, without comparing or writing anything."""

from collections.abc import Iterator
from dataclasses import dataclass

from sheetsync.core.decisions_tab import DECISIONS_TAB_ID, DecisionsTab, asks_for_owner, decision_rows
from sheetsync.core.graph import Rules
from sheetsync.core.matters import Row
from sheetsync.core.model import Workbook
from sheetsync.engine.world import World
from sheetsync.errors import SheetsyncError


@dataclass(frozen=True)
class Stands:
    """The decisions tab of one workbook."""

    spreadsheet: str
    title: str
    rows: tuple[Row, ...] = ()
    #: whether it is there already
    is_there: bool = False
    #: what keeps it from being as it should, in sentences
    problems: tuple[str, ...] = ()
    trouble: SheetsyncError | None = None


def decisions_as_they_stand(world: World, rules: Rules) -> Iterator[Stands]:
    """One read per workbook, the ops workbook first; one's trouble stops no other."""
    ops = rules.decisions.spreadsheet if rules.decisions is not None else ""
    for spreadsheet in sorted(filter(rules.decided_in, rules.workbooks), key=lambda name: name != ops):
        try:
            workbook = world.sheets.read(spreadsheet)
        except SheetsyncError as error:
            yield Stands(spreadsheet, " and ".join(rules.titles_of(spreadsheet)), trouble=error)
            continue
        here = DecisionsTab.of(workbook)
        problems = () if here is None else tuple(filter(None, (here.unfit, *here.problems)))
        rows = rows_of(world, workbook)
        yield Stands(spreadsheet, workbook.title, rows, workbook.tab(DECISIONS_TAB_ID) is not None, problems)


def rows_of(world: World, workbook: Workbook) -> tuple[Row, ...]:
    """Its lines, and who alone could have typed into each; whose file it is, is asked only where that matters."""
    return decision_rows(workbook, world.owner(workbook.id) if asks_for_owner(workbook) else "")
