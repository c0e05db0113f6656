"""Cycles without doors, in which people decide: what is said with a ruling, and what if its value had been typed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sheetsync.core.as_if import as_if
from sheetsync.core.contracts import compare
from sheetsync.core.decide import Decisions, decide
from sheetsync.core.disputes import Dispute
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.judging import Court
from sheetsync.core.making import Past
from sheetsync.core.match import Matched
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import Ruling, bases, exempting, in_force
from sheetsync.core.truth import Truths
from sheetsync.core.typed import Typed
from tests.core.agreement import TODAY

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
SALT = "salt"
Baselines = Mapping[RecordField, str]


def world(
    matched: Matched, rules: Rules, agreed: Baselines, rulings: Sequence[Ruling] = (), now: datetime = NOW
) -> Decisions:
    """What is said of everything, with these rulings; as the engine puts it together."""
    rules = exempting(rules, rulings, now.date())
    force = in_force(rulings, matched, rules, now)
    truths = Truths(rules, as_if(matched, force.words, rules), {})
    return decide(compare(truths), truths, Past(now.date(), {**agreed, **bases(rulings)}, rulings=force))


def conflicts(of: Decisions) -> list[Dispute]:
    return [one for one in of.disputes if one.kind is FlagKind.CONFLICT]


def court(rules: Rules, matched: Matched, of: Decisions, **more: Any) -> Court:
    def cell(source: str, record: str, name: str) -> str | None:
        value = matched.of[source, record].record.value(name)
        return None if value is None else rules.fields[name].type.format(value)

    return Court(rules, {}, {one.id: one for one in of.disputes}, {}, cell, SALT, NOW, "run", **more)


def typed(dispute: Dispute, decision: str, custom: str = "", by: str = "Dana", **more: Any) -> Typed:
    """A decision by somebody who saw what there is."""
    facts: dict[str, Any] = {"saw": dispute.version(SALT), "where": "ops", "until": "2026-12-24", "why": ""}
    return Typed(dispute.id, f"digest {decision}{by}", decision, custom, by=by, **facts | more)


def as_typed(matched: Matched, rules: Rules, agreed: Baselines, ruling: Ruling) -> tuple[Matched, Baselines]:
    """The world in which the owner typed it, and in which what the copy says is what was agreed."""
    kinds = {name: rules.fields[name].type for name in ruling.holds}
    words = {(ruling.giver, ruling.about, name): kinds[name].read(text) for name, text in ruling.holds.items()}
    seen = {(ruling.source, ruling.record, name): ruling.saw_b[name] for name in ruling.holds}
    return as_if(matched, words, rules), {**agreed, **seen}


def facts(flag: Flag) -> tuple[object, ...]:
    """A flag less the words it is told in: a copy hears who has decided, or that the owner has changed it."""
    place = (flag.place.source, flag.place.row, flag.place.column, flag.record, flag.field)
    return (*place, flag.kind, flag.found, flag.expected, flag.owner, flag.severity, flag.contract, flag.group)


def all_but_words(of: Decisions) -> Mapping[str, object]:
    """Everything a cycle says, less the flags that owe their owner's cell a decision."""
    owed = {(it.claim.place, it.claim.field) for it in of.rulings.owed}
    flags = [flag for flag in of.flags if not (flag.kind is FlagKind.DIFFERENCE and (flag.place, flag.field) in owed)]
    return {
        "flags": sorted(map(facts, flags), key=repr),
        "generated": of.generated,
        "withheld": of.withheld,
        "agreed": dict(of.agreed.items()),
        "handed": of.handed,
        "approvals": of.approvals,
        "issued": of.issued,
        "follows": [one for one in of.follows if (one.put.place, one.put.field) not in owed],
        # A difference that was decided is told, and asked no more.
        "conflicts": [(it.id, it.a.says, it.b.says, it.agreed, it.owned) for it in conflicts(of)],
    }
