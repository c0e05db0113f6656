"""Freezes in a cycle: which launches are in conflict, what was seen last before, and what is remembered of it all."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sheetsync.core.contracts import compare
from sheetsync.core.decide import conflicts_over
from sheetsync.core.freeze import Accepted, Before, Look, freezes, settled
from sheetsync.core.graph import Rules
from sheetsync.core.late import WINDOW, Frozen
from sheetsync.core.making import Past
from sheetsync.core.record_fields import RecordField
from sheetsync.core.terms import Contract
from sheetsync.core.truth import Truths
from sheetsync.engine.world import Readings, Run


def with_freezes(readings: Readings, truths: Truths, accepted: Mapping[Accepted, str] | None = None) -> Truths:
    """The same words, knowing which of them were changed within a freeze; `accepted`: what people said yes to."""
    if not readings.rules.freezes:
        return truths
    memory = readings.memory
    before = Before(memory.frozen, memory.observations)
    look = Look(readings.started, readings.run, accepted or {})
    return replace(truths, frost=freezes(truths, before, look, _launches_in_conflict(readings, truths)))


def _launches_in_conflict(readings: Readings, truths: Truths) -> frozenset[tuple[str, str]]:
    """Only what bears on launches is compared here; all of it is compared once it is known what is frozen."""
    narrow = replace(truths, rules=_only_launches(truths.rules))
    past = Past(readings.started.date(), readings.memory.baselines)
    return frozenset(conflicts_over(compare(narrow), narrow, past))


def _only_launches(rules: Rules) -> Rules:
    names = {name for end in WINDOW if end in rules.fields for name in rules.group_of(end)}
    return replace(
        rules,
        handoffs=tuple(
            replace(
                one,
                contracts={name: it for name, it in one.contracts.items() if name in names and it is Contract.EQUAL},
            )
            for one in rules.handoffs
        ),
    )


def frozen_after(run: Run) -> tuple[list[Frozen], list[RecordField]]:
    """What counts under a freeze and is news, and what is frozen no more."""
    return settled(run.decided.frost, run.readings.memory.frozen)


def accepted_moves(run: Run) -> Iterator[tuple[RecordField, tuple[Frozen, Frozen]]]:
    """What counts otherwise since somebody said yes: all of this that can be taken back.

    What was only taken down was seen, and stays: without it the change it holds back would count.
    """
    before = run.readings.memory.frozen
    for about, row in run.decided.frost.rows.items():
        was = before.get(about)
        if was is not None and row.accepted_by and row.value != was.value:
            yield about, (was, row)
