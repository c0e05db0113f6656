"""The lines of the decisions tabs: every conflict that is open, and what became of those that were."""

from collections.abc import Sequence
from dataclasses import replace

from sheetsync.core.conflicts import Conflict
from sheetsync.core.decide import Decisions
from sheetsync.core.match import Matched
from sheetsync.core.matters import STATE, Matter
from sheetsync.core.telling_decisions import Heard, matter_of
from sheetsync.engine.claiming import hearsay_matter, hearsay_now
from sheetsync.engine.deciding import conflicts_after, refused
from sheetsync.engine.world import Readings, Snapshots, World


def matters(
    world: World, readings: Readings, snapshots: Snapshots, matched: Matched, decided: Decisions
) -> Sequence[Matter]:
    """One for each conflict there ever was, and for all that was said elsewhere; none where nobody decides in a sheet.

    In the words of those who may know everything.
    """
    if readings.rules.decisions is None:
        return ()
    said = {
        name: text
        for spreadsheet in readings.workbooks
        if readings.rules.decided_in(spreadsheet)
        for name, text in refused(readings, decided, spreadsheet).items()
    }
    conflicts = [_matter(world, readings, decided, one, said) for one in _known(readings, snapshots, decided)]
    elsewhere = [hearsay_matter(it, readings, matched, world.link) for it in hearsay_now(readings, decided)]
    return [*conflicts, *(_with_refusal(one, said.get(one.id, "")) for one in elsewhere)]


def _with_refusal(matter: Matter, refused: str) -> Matter:
    if not refused:
        return matter
    return replace(matter, shows={**matter.shows, STATE: f"{refused}. {matter.shows.get(STATE, '')}"})


def _known(readings: Readings, snapshots: Snapshots, decided: Decisions) -> list[Conflict]:
    """As they will be remembered; worst first is the reader's affair, who may sort the tab."""
    before = {one.id: one for one in readings.memory.deciding.conflicts}
    # Whether all that we write says so is seen after the write, and makes no difference to what the line says.
    return [*(before | {one.id: one for one in conflicts_after(readings, snapshots, decided, ())}).values()]


def _matter(world: World, readings: Readings, decided: Decisions, one: Conflict, said: dict[str, str]) -> Matter:
    heard = Heard(said.get(one.id, ""), decided.rulings.on(one.id))
    return matter_of(one, heard, readings.rules, readings.memory.installation, world.link)
