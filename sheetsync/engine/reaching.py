"""How far owners' words have come, as the ledger remembers every sheet: nothing is read from anywhere."""

from dataclasses import replace
from datetime import datetime

from sheetsync.core.answers import Answers
from sheetsync.core.contracts import compare
from sheetsync.core.exemptions import spared, without
from sheetsync.core.freeze import Before, Look, freezes
from sheetsync.core.graph import Rules
from sheetsync.core.late import NO_FROST, Frost
from sheetsync.core.match import match
from sheetsync.core.propagation import Reach
from sheetsync.core.truth import Truths
from sheetsync.engine.reading import remembered
from sheetsync.ports import Memory


def reach(memory: Memory, rules: Rules, now: datetime) -> Reach:
    """Every pair that handoffs demand as equal, as the last run left it; what waits for a yes demands nothing."""
    said = _said(memory, rules)
    truths = replace(said, frost=_frost(said, memory, now))
    return Reach(truths, without(compare(truths), spared(rules, now.date()), rules), memory.observations)


def frozen_now(memory: Memory, rules: Rules, now: datetime) -> Frost:
    """What waits for a yes, and what counts instead, by what the last run saw."""
    return _frost(_said(memory, rules), memory, now) if rules.freezes else NO_FROST


def _said(memory: Memory, rules: Rules) -> Truths:
    seen = [it for name in rules.sources if (it := remembered(name, memory, rules)) is not None]
    matched = match(seen, rules, memory.proposed_ids, memory.highest_number, Answers.of(memory.answers))
    unread = dict.fromkeys(rules.sources.keys() - {it.source for it in seen}, "it was never read")
    return Truths(rules, matched, unread)


def _frost(said: Truths, memory: Memory, now: datetime) -> Frost:
    return freezes(said, Before(memory.frozen, memory.observations), Look(now, ""))
