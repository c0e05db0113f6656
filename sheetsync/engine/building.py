"""What rows were built from, as the ledger has seen it, by what counted then and counts now."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sheetsync.core.graph import Rules
from sheetsync.core.late import Frost
from sheetsync.core.rebuilding import Built
from sheetsync.core.receipts import Counting, Receipts
from sheetsync.core.record_fields import RecordField
from sheetsync.core.timelines import Timelines
from sheetsync.core.truth import campaign_of
from sheetsync.core.versions import Version
from sheetsync.core.words_in_force import words_in_force
from sheetsync.engine.reaching import frozen_now
from sheetsync.ports import Ledger, Memory


def receipts(ledger: Ledger, memory: Memory, rules: Rules, now: datetime) -> Receipts:
    """Of everything that is handed over, as the last run left it."""
    return _receipts(ledger, memory, rules, frozen_now(memory, rules, now))


def built(ledger: Ledger, memory: Memory, rules: Rules, frost: Frost, campaigns: Collection[str]) -> Built:
    """Of single campaigns, in a cycle that has found out what waits for a yes."""
    made: defaultdict[RecordField, list[Version]] = defaultdict(list)
    for it in ledger.versions([about for about in memory.published if campaign_of(about[1]) in campaigns]):
        made[it.source, it.record, it.field].append(it)
    only = next(iter(campaigns)) if len(campaigns) == 1 else None
    return Built(_receipts(ledger, memory, rules, frost, only), made)


def _receipts(ledger: Ledger, memory: Memory, rules: Rules, frost: Frost, only: str | None = None) -> Receipts:
    told = Timelines(ledger.history(only), memory.observations)
    return Receipts(rules, told, ledger.handoff_events(only), _counting(memory, rules, frost))


def _counting(memory: Memory, rules: Rules, frost: Frost) -> Mapping[RecordField, Counting]:
    ruled = words_in_force(memory.deciding.rulings, memory.says, rules)
    counting = {about: Counting(it.holds[about[2]], it.at) for about, it in ruled.items()}
    for about, row in frost.rows.items():
        if (late := frost.disputed.get(about[1:])) is not None and late.source == about[0]:
            counting[about] = Counting(row.value, row.since)
    return counting
