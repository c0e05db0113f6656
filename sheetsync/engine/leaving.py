"""Detach: everything of ours goes out of a workbook, or out of one source's tab; their people keep what is theirs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sheetsync.core.changes import Batch, DeleteTab
from sheetsync.core.decisions_tab import DECISIONS_TAB_ID, DecisionsTab
from sheetsync.core.graph import Mode, Rules, SheetTab
from sheetsync.core.guards import Accepted
from sheetsync.core.leaving import hidden, leave, leave_tabs
from sheetsync.core.model import Workbook
from sheetsync.core.plan import in_words
from sheetsync.core.where_decided import DECISIONS
from sheetsync.engine.world import World, run_id
from sheetsync.errors import GuardStopped, Refused, SheetsyncError, Unreachable
from sheetsync.ports import Event, RunRecord

#: steps and people's interference together; each step starts from a fresh look
_STEPS = 6


@dataclass(frozen=True)
class Left:
    """What became of one workbook."""

    spreadsheet: str
    title: str
    doing: tuple[str, ...]
    trouble: SheetsyncError | None = None
    #: cells of people's in a decisions tab that went, all of them in the history now
    kept: int = 0


def detach(world: World, rules: Rules, names: Iterable[str], dry_run: bool) -> list[Left]:
    """Take everything of ours out of the tabs of these sources; one workbook's trouble stops no other.

    Where a workbook has no other source we write for, nothing of ours is left in it at all. Raises `LockHeld` when
    another run is at work on the same ledger.
    """
    leaving = frozenset(names)
    with world.leases.hold("run"):
        mine = world.ledger.memory().installation
        left = [_left(world, spreadsheet, tabs, dry_run, mine) for spreadsheet, tabs in _where(rules, leaving).items()]
        if not dry_run:
            world.ledger.accept(_strangers(world, rules, leaving, left))
        return left


def _strangers(world: World, rules: Rules, names: frozenset[str], left: Iterable[Left]) -> Mapping[str, Accepted]:
    """Sources we have left count as never written: to come back, a person has to say yes again."""
    gone = {one.spreadsheet for one in left if one.trouble is None}
    before = world.ledger.memory().accepted
    return {
        name: replace(before[name], written_at=None, visibility={}, undone=None)
        for name in names & before.keys()
        if isinstance(where := rules.sources[name].location, SheetTab) and where.spreadsheet in gone
    }


def detach_workbook(world: World, spreadsheet: str, dry_run: bool) -> Left:
    """Take everything of ours out of a workbook that need not be configured any more."""
    with world.leases.hold("run"):
        return _left(world, spreadsheet, None, dry_run)


def _where(rules: Rules, leaving: frozenset[str]) -> Mapping[str, frozenset[int] | None]:
    """spreadsheet -> the tabs to leave, None for all of it.

    A team's decisions tab goes with its sources, that of the ops workbook, and all of them, under the name `DECISIONS`.
    """
    places: dict[str, frozenset[int] | None] = {}
    for spreadsheet in rules.workbooks:
        sources = rules.tabs_of(spreadsheet)
        tabs = {s.location.tab_id for s in sources if s.name in leaving and isinstance(s.location, SheetTab)}
        decided = _is_decided_in(rules, spreadsheet, frozenset())
        decides_on = DECISIONS not in leaving and _is_decided_in(rules, spreadsheet, leaving)
        if decided and not decides_on:
            tabs.add(DECISIONS_TAB_ID)
        stays = decides_on or any(it.mode is not Mode.OBSERVE for it in sources if it.name not in leaving)
        if tabs:
            places[spreadsheet] = frozenset(tabs) if stays else None
    return places


def _is_decided_in(rules: Rules, spreadsheet: str, without: frozenset[str]) -> bool:
    """Whether there is to be a decisions tab in a workbook even without these sources."""
    kept = {name: source for name, source in rules.sources.items() if name not in without}
    return replace(rules, sources=kept).decided_in(spreadsheet)


def _left(world: World, spreadsheet: str, tabs: frozenset[int] | None, dry_run: bool, mine: str | None = None) -> Left:
    title, doing, kept = spreadsheet, list[str](), 0
    trouble: SheetsyncError = Unreachable(f"{spreadsheet} changed each time it was looked at; try again.")
    for step in range(_STEPS):
        try:
            workbook = world.sheets.read(spreadsheet)
            if step == 0 and (reason := _refusal(workbook, tabs, mine)) is not None:
                return Left(spreadsheet, workbook.title, (), reason)
            title, batch = workbook.title, leave(workbook) if tabs is None else leave_tabs(workbook, tabs)
            if batch is not None and not dry_run:
                kept += _keep_what_was_decided(world, workbook, batch)
                world.sheets.apply(batch)
        except SheetsyncError as error:
            # Refused because people were at work, or perhaps applied: the next look knows, nothing is done twice.
            trouble = error
            continue
        if batch is not None:
            doing += in_words(batch.changes, workbook)
        if batch is None or dry_run:
            return Left(spreadsheet, title, tuple(dict.fromkeys(doing)), kept=kept)
    return Left(spreadsheet, title, tuple(dict.fromkeys(doing)), trouble, kept)


def _keep_what_was_decided(world: World, workbook: Workbook, batch: Batch) -> int:
    """What people typed into a decisions tab that is about to go, as the last the history tells of it; how many cells.

    Told again where the batch was refused and is tried once more: twice is better than not at all.
    """
    here = DecisionsTab.of(workbook)
    if here is None or not any(isinstance(it, DeleteTab) and it.tab_id == here.tab.id for it in batch.changes):
        return 0
    now = world.clock.now()
    run = run_id(now)
    events = [
        Event(run, now, DECISIONS, record, header, text, None, f"detach of {workbook.title}", place)
        for record, header, text, place in here.typed(workbook.id)
    ]
    if events:
        world.ledger.tell(RunRecord(run, now, now, 0, {}), events)
    return len(events)


def _refusal(workbook: Workbook, tabs: frozenset[int] | None, mine: str | None) -> SheetsyncError | None:
    """Why nothing is taken out of a workbook after all; `mine` None means whoever wrote it."""
    title, theirs = workbook.title, workbook.installation
    if mine is not None and theirs is not None and theirs != mine:
        return GuardStopped(
            f"{title}: another installation of sheetsync ({theirs[:8]}) writes there; nothing is changed.",
            f"Detach it there; if it is gone, run `sheetsync detach --spreadsheet {workbook.id}`.",
        )
    if places := hidden(workbook, tabs):
        # An adopted column is handed back with what it shows; nobody is helped by an error.
        return Refused(
            f"{title}: {', '.join(places)} was theirs and shows an error in place of its values; nothing changed.",
            "Run `sheetsync reconcile` first, or clear what was typed below its header.",
        )
    return None
