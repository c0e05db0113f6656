"""Fields that change together or not at all: merged as one, in conflict as one, agreed as one.

Two clean edits, the owner's of one field and a copy's of another, would otherwise combine into an offer nobody wrote.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetsync.core.approvals import Stale
from sheetsync.core.contracts import Compared, Pair
from sheetsync.core.flags import Flag
from sheetsync.core.graph import Rules
from sheetsync.core.match import Identified
from sheetsync.core.merge import BothMoved, Merge, merge_group
from sheetsync.core.model import Problem
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.telling import Told, quoted, tell_stale
from sheetsync.core.truth import Truths

Merged = tuple[Pair, Merge]


@dataclass(frozen=True, slots=True)
class GroupConflict:
    """One copy's row whose group both sides moved: told once, at the cell of `moved[0]`."""

    name: str
    fields: tuple[str, ...]
    #: the moved fields in the group's order, each with what was agreed
    moved: tuple[tuple[Pair, BothMoved], ...]


@dataclass(frozen=True, slots=True)
class GroupConflicts:
    """What is told of groups instead of what each of their cells would be told."""

    #: the cell it is told at -> the conflict
    told: Mapping[RecordField, GroupConflict]
    #: cells of which nothing else is told
    silent: frozenset[RecordField]


def merge_groups(merged: Sequence[Merged], rules: Rules) -> list[Merged]:
    """Every field merged by itself, now together with those of its group in the same row of the same copy."""
    rows: defaultdict[tuple[str, str, tuple[str, ...]], dict[str, Merge]] = defaultdict(dict)
    for pair, outcome in merged:
        rows[_row(pair, rules)][pair.field] = outcome
    joined = {row: merge_group(outcomes) for row, outcomes in rows.items()}
    return [(pair, joined[_row(pair, rules)][pair.field]) for pair, _ in merged]


def group_conflicts(merged: Sequence[Merged], rules: Rules, elsewhere: Collection[RecordField]) -> GroupConflicts:
    """The conflicts over more than one field; `elsewhere`: cells of which something graver is told, which says so."""
    rows: defaultdict[tuple[str, str, tuple[str, ...]], list[Merged]] = defaultdict(list)
    for pair, outcome in merged:
        if len(rules.group_of(pair.field)) > 1:
            rows[_row(pair, rules)].append((pair, outcome))
    told: dict[RecordField, GroupConflict] = {}
    silent: set[RecordField] = set()
    for (_, _, fields), those in rows.items():
        moved = sorted(
            ((pair, outcome) for pair, outcome in those if isinstance(outcome, BothMoved)),
            key=lambda one: fields.index(one[0].field),
        )
        if moved:
            silent |= {_cell(pair) for pair, _ in those}
            if head := next((pair for pair, _ in moved if _cell(pair) not in elsewhere), None):
                name = next(name for name, members in rules.groups.items() if members == fields)
                told[_cell(head)] = GroupConflict(name, fields, tuple(moved))
    return GroupConflicts(told, frozenset(silent - told.keys()))


def tell_group(conflict: GroupConflict, flag: Flag, rules: Rules) -> Flag:
    """The flag on the first moved cell, saying what each moved field was, is here, and is in its owner's sheet."""
    if len(conflict.moved) == 1:
        return replace(flag, group=conflict.name)
    here, there = [], []
    for pair, outcome in conflict.moved:
        field = rules.fields[pair.field]
        says, was = field.type.format(pair.owner.value), field.type.format(outcome.base)
        here.append(f"{field.label} {quoted(pair.copy.raw)}")
        there.append(f"{field.label} {says} (was {was})")
    owner = _owner(conflict.moved[0][0], rules)
    labels = _labels(conflict, rules)
    return replace(
        flag,
        group=conflict.name,
        message=f"{labels} change together and moved on both sides: here {', '.join(here)}; {owner} (owner) says "
        f"{', '.join(there)}: a person must decide",
        discreet=f"{labels} change together and were changed both here and in {owner}: a person must decide",
        candidates=tuple(_words(conflict, rules, ours) for ours in (True, False)),
    )


def tell_stale_in_group(one: Stale, merged: Merged | None, rules: Rules) -> Told:
    """What an approved copy has to hear; also where its group is in conflict although it moved on one side only."""
    if merged is None:
        return tell_stale(one, None, rules)
    pair, outcome = merged
    agrees = rules.fields[pair.field].type.agrees
    alone = isinstance(outcome, BothMoved) and any(
        agrees(outcome.base, it) for it in (pair.copy_value, pair.owner.value)
    )
    told = tell_stale(one, None if alone else outcome, rules)
    labels = " and ".join(rules.fields[name].label for name in rules.group_of(pair.field))
    also = f"; {labels} change together and moved on both sides: a person must decide" if alone else ""
    return replace(told, message=told.message + also, discreet=told.discreet + also)


def agreed_as_one(compared: Compared, truths: Truths) -> RecordFields[str]:
    """What is agreed, less what belongs to a group that is not agreed on as a whole.

    A group of which anything differs or cannot be read, here or at its owner, has the baseline it had. What is blank
    on either side claims nothing and is no part of what is agreed.
    """
    apart = frozenset(_apart(compared.differing, truths)) if truths.rules.groups else frozenset[RecordField]()
    if not apart:
        return compared.agreed
    agreed = compared.agreed
    return RecordFields(
        ((source, record, name), value)
        for source in agreed.sources
        for record, fields in agreed.records(source)
        for name, value in fields.items()
        if (source, record, name) not in apart
    )


def _apart(differing: Iterable[Pair], truths: Truths) -> Iterator[RecordField]:
    """Every cell of a group that is not agreed on as a whole."""
    rules = truths.rules
    for pair in differing:
        for name in rules.group_of(pair.field):
            yield pair.handoff.receiver, pair.record, name
    for fields in rules.groups.values():
        for item in truths.matched.identified:
            if any(_unread(item, name, truths) for name in fields):
                yield from ((item.record.source, item.key, name) for name in fields)


def _unread(item: Identified, name: str, truths: Truths) -> bool:
    """Whether a row's copy of a field, or its owner's cell, cannot be read."""
    claim = item.record.claims.get(name)
    if claim is None or claim.parsed is None:
        return False
    owner = truths.matched.of.get((truths.rules.owners[name], truths.about(item.key, name)[0]))
    said = owner.record.claims.get(name) if owner is not None else None
    return isinstance(claim.parsed, Problem) or (said is not None and isinstance(said.parsed, Problem))


def _row(pair: Pair, rules: Rules) -> tuple[str, str, tuple[str, ...]]:
    return pair.handoff.receiver, pair.record, rules.group_of(pair.field)


def _cell(pair: Pair) -> RecordField:
    return pair.handoff.receiver, pair.record, pair.field


def _owner(pair: Pair, rules: Rules) -> str:
    return rules.sources[pair.owner_source or pair.handoff.giver].title


def _labels(conflict: GroupConflict, rules: Rules) -> str:
    return " and ".join(rules.fields[pair.field].label for pair, _ in conflict.moved)


def _words(conflict: GroupConflict, rules: Rules, ours: bool) -> str:
    """All moved fields as one side says them: what a person chooses between."""
    values = [
        (rules.fields[pair.field].type, pair.copy_value if ours else pair.owner.value) for pair, _ in conflict.moved
    ]
    return ", ".join(kind.format(value) for kind, value in values)
