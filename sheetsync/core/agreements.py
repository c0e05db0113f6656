"""Between whom, and under what, a baseline was agreed: what was agreed with somebody else says of nobody that he moved.

One short text for each field of a source that a handoff holds equal. While it stays what it was, baselines count; once
it is another (another owner, another kind of field, another contract or group), what was agreed before is forgotten,
and a copy that differs is seen for the first time.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import assert_never

from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.terms import Amount, Contract, FinePrint, Share, Tolerance

SourceField = tuple[str, str]
"""(the copy's source, field)"""


def agreed_under(rules: Rules) -> Mapping[SourceField, str]:
    """What every compared copy is held to now."""
    held: dict[SourceField, set[str]] = {}
    for handoff in rules.handoffs:
        for name, terms in handoff.contracts.items():
            if terms is Contract.EQUAL and rules.owners.get(name) != handoff.receiver:
                held.setdefault((handoff.receiver, name), set()).add(_terms(handoff, name, rules))
    return {about: " | ".join(sorted(texts)) for about, texts in held.items()}


def restated(before: Mapping[SourceField, str], rules: Rules) -> Mapping[SourceField, str | None]:
    """What is not as it was when the ledger last noted it: what copies are held to now, None where to nothing."""
    now = agreed_under(rules)
    gone: dict[SourceField, str | None] = dict.fromkeys(about for about in before if about not in now)
    return gone | {about: terms for about, terms in now.items() if before.get(about) != terms}


def still_agreed(baselines: RecordFields[str], before: Mapping[SourceField, str], rules: Rules) -> RecordFields[str]:
    """The baselines that still count. Of a field whose terms an older ledger did not note, all do."""
    moot = {about for about in restated(before, rules) if about in before}
    return RecordFields(_without(baselines, moot)) if moot else baselines


def _without(baselines: RecordFields[str], moot: set[SourceField]) -> Iterator[tuple[RecordField, str]]:
    for source in baselines.sources:
        for record, fields in baselines.records(source):
            for name, value in fields.items():
                if (source, name) not in moot:
                    yield (source, record, name), value


def _terms(handoff: Handoff, name: str, rules: Rules) -> str:
    """Who is on the other side, what kind of value it is, how exactly and when, and what it changes together with."""
    group = rules.group_of(name)
    parts = [f"as {rules.owners.get(name) or handoff.giver + ' (not its owner)'}", rules.fields[name].type.kind]
    parts += _fine(handoff.fine_print(name))
    return ", ".join([*parts, *(["with " + " ".join(sorted(group))] if len(group) > 1 else [])])


def _fine(fine: FinePrint) -> Iterator[str]:
    if fine.tolerance is not None:
        yield f"up to {_tolerance(fine.tolerance)}"
    for name in sorted(fine.when):
        yield f"while {name} is {' or '.join(sorted(fine.when[name]))}"


def _tolerance(tolerance: Tolerance) -> str:
    match tolerance:
        case Amount(of):
            return f"{of.normalize():f}"
        case Share(of):
            return f"{of.normalize():f} of it"
        case timedelta():
            return f"{tolerance.total_seconds():.0f} s"
        case _:
            assert_never(tolerance)
