"""The lines of the decisions tabs: every conflict that is open, and what became of those that were."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sheetsync.core.conflicts import Conflict
from sheetsync.core.decide import Decisions
from sheetsync.core.match import Matched
from sheetsync.core.matters import Matter
from sheetsync.core.telling_decisions import matter_of
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
    conflicts = [_matter(world, readings, decided, one) for one in _known(readings, snapshots, decided)]
    elsewhere = [hearsay_matter(it, readings, matched, world.link) for it in hearsay_now(readings, decided)]
    said = _refused(readings, decided)
    return [replace(one, refused=said[one.id]) if one.id in said else one for one in (*conflicts, *elsewhere)]


def _refused(readings: Readings, decided: Decisions) -> Mapping[str, Mapping[str, str]]:
    """Matter -> spreadsheet -> what became of a decision that was typed there and does not count."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for spreadsheet in filter(readings.rules.decided_in, readings.workbooks):
        for name, text in refused(readings, decided, spreadsheet).items():
            found[name][spreadsheet] = text
    return found


def _known(readings: Readings, snapshots: Snapshots, decided: Decisions) -> list[Conflict]:
    """As they will be remembered; worst first is the reader's affair, who may sort the tab."""
    before = {one.id: one for one in readings.memory.deciding.conflicts}
    # Whether all that we write says so is seen after the write, and makes no difference to what the line says.
    return [*(before | {one.id: one for one in conflicts_after(readings, snapshots, decided, ())}).values()]


def _matter(world: World, readings: Readings, decided: Decisions, one: Conflict) -> Matter:
    return matter_of(one, decided.rulings.on(one.id), readings.rules, readings.memory.installation, world.link)
