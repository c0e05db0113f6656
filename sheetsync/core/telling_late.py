"""The sentence about a change within a freeze, told at the owner's cell; and what the matter is, for who decides it."""

from collections.abc import Mapping
from dataclasses import replace

from sheetsync.core.disputes import Dispute, Side
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.late import FIRST_DAY, LateChange, Moved, distance
from sheetsync.core.model import Value
from sheetsync.core.telling import Told, flag_on, quoted

_NOTHING = "nothing"


def late_flag(change: LateChange, rules: Rules) -> Flag:
    """Old and new value, how far from launch it was seen, the rule, and who must say yes."""
    rule, first = change.rule, change.moved[0]
    labels = " and ".join(rules.fields[one.claim.field].label for one in change.moved)
    moved = ", ".join(_moved(one, rules) for one in change.moved)
    whose = f" from {' or '.join(rule.needs)}" if rule.needs else ""
    within = f"within {distance(rule.within)} of launch"
    about = frozenset(owner for owner in (rules.owners.get(FIRST_DAY),) if owner not in (None, change.source))
    told = Told(
        f"{moved}, seen {change.seen}: {within} it needs a yes{whose}; nothing is made of it meanwhile",
        f"{labels} changed {within}: it needs a yes{whose}; nothing is made of it meanwhile",
        frozenset(owner for owner in about if owner is not None),
    )
    flag = flag_on(
        first.claim,
        change.record,
        FlagKind.LATE,
        told,
        rule.severity,
        owner=change.source,
        candidates=tuple(_said(change, rules, before) for before in (False, True)),
    )
    return replace(flag, group=change.group)


def late_dispute(change: LateChange, flag: Flag, rules: Rules) -> Dispute:
    """The same as a matter with two sides: A is what the owner says now, B what counted before. `flag` has its id."""
    now, before = ({one.claim.field: _text(one, side, rules) for one in change.moved} for side in (False, True))
    return Dispute(
        flag.id,
        FlagKind.LATE,
        change.record,
        change.record,
        change.moved[0].claim.field,
        change.group,
        Side(change.source, flag.place, now),
        Side(change.source, flag.place, before),
        _agreed(before),
        (),
        change.rule.severity,
        True,
        change.launch.first,
    )


def _agreed(before: Mapping[str, str]) -> Mapping[str, str]:
    return {name: text for name, text in before.items() if text}


def _moved(one: Moved, rules: Rules) -> str:
    kind = rules.fields[one.claim.field].type
    old = _NOTHING if one.before is None else kind.format(one.before)
    new = _NOTHING if one.now is None else quoted(one.claim.raw)
    return f"{rules.fields[one.claim.field].label} changed from {old} to {new}"


def _said(change: LateChange, rules: Rules, before: bool) -> str:
    return ", ".join(_text(one, before, rules) or _NOTHING for one in change.moved)


def _text(one: Moved, before: bool, rules: Rules) -> str:
    """One side's word as canonical text; empty for a cell that says nothing."""
    value: Value | None = one.before if before else one.now
    return "" if value is None else rules.fields[one.claim.field].type.format(value)
