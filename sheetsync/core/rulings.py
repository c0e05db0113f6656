"""What people have decided, and how long it holds: until the owner's cell says it, or says something else again.

While a ruling is in force the owner's word is what was decided, whatever stands in its cell; the cell stays its
person's. Nobody who moved before the decision is a mover after it: what the decider saw in the copy is its baseline.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sheetsync.core.contracts import Pair
from sheetsync.core.fields import FieldType
from sheetsync.core.graph import Exemption, Rules
from sheetsync.core.match import Matched
from sheetsync.core.merge import BothMoved, CopyMoved, Merge, OwnerMoved, Ruled
from sheetsync.core.model import Claim, Problem, Value
from sheetsync.core.record_fields import RecordField


class Verdict(StrEnum):
    """What can be decided between two sides."""

    KEEP_A = "keep A"
    KEEP_B = "keep B"
    KEEP_AGREED = "keep last agreed"
    CUSTOM = "custom value"
    MAY_DIFFER = "allowed to differ"


class End(StrEnum):
    """How a ruling came to its end."""

    FULFILLED = "both sides say it"
    MOVED_ON = "the owner says something else since"
    SIDES_MOVED = "one of the two says something else since"
    EXPIRED = "its last day is over"
    SUPERSEDED = "another decision about the same value came later"
    MOOT = "nothing of the kind is compared any more"
    UNDONE = "it was taken back"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision that counts; texts are canonical."""

    #: the line of the decisions tab it was made in, or would have been
    matter: str
    verdict: Verdict
    #: the copy
    source: str
    record: str
    #: whose word it is about: the owner, or the giver where nobody owns the field; and of which record
    giver: str
    about: str
    owned: bool
    #: field -> what holds from now on; empty where both may differ
    holds: Mapping[str, str]
    #: field -> what the giver's own cell said, and the copy's, when it was decided
    saw_a: Mapping[str, str]
    saw_b: Mapping[str, str]
    contracts: tuple[str, ...]
    by: str
    at: datetime
    run: str
    why: str = ""
    #: the last day both may differ
    until: date | None = None
    #: nobody else could have decided it, as far as we can tell; `how` says how we know, or why not
    attested: bool = False
    how: str = ""
    end: End | None = None
    ended: datetime | None = None

    @property
    def id(self) -> tuple[str, str]:
        """What tells it from every other: one run takes at most one decision on a matter."""
        return self.matter, self.run

    @property
    def words(self) -> str:
        """Whose decision, and when; nothing in it ages."""
        return f"decided by {self.by}{'' if self.attested else ' (unattested)'} on {self.at:%Y-%m-%d}"


class Owed(NamedTuple):
    """A cell of the side that lost which does not say what was decided."""

    ruling: Ruling
    claim: Claim
    holds: Value


@dataclass(frozen=True)
class InForce:
    """The rulings that hold now, and what comes of them."""

    rulings: tuple[Ruling, ...] = ()
    #: those that have come to their end
    ended: tuple[Ruling, ...] = ()
    #: (owner, record, field) -> its word while it does not say so itself
    words: Mapping[RecordField, Value] = field(default_factory=dict)
    #: (copy's source, record, field) -> the ruling on it, and what it should say
    copies: Mapping[RecordField, tuple[Ruling, Value]] = field(default_factory=dict)
    #: cells of owners that do not say what was decided
    owed: tuple[Owed, ...] = ()

    @property
    def behind(self) -> Mapping[RecordField, Ruling]:
        """(owner, record, field) -> the ruling that is its word while its cell says something else."""
        found = (((it.ruling.giver, it.ruling.about, it.claim.field), it.ruling) for it in self.owed)
        return {about: ruling for about, ruling in found if about in self.words}

    def on(self, matter: str) -> Ruling | None:
        """The ruling on one matter, if one is in force."""
        return next((one for one in self.rulings if one.matter == matter), None)


NO_RULINGS = InForce()


def exempting(rules: Rules, rulings: Iterable[Ruling], today: date) -> Rules:
    """The rules with an exception for every pair of values that people allow to differ until a day."""
    allowed = [
        Exemption(contract, (one.record,), one.why or one.words, one.until)
        for one in rulings
        if one.end is None and one.until is not None and one.until >= today
        for contract in one.contracts
    ]
    return replace(rules, exemptions=(*rules.exemptions, *allowed)) if allowed else rules


def bases(rulings: Iterable[Ruling]) -> dict[RecordField, str]:
    """(copy's source, record, field) -> what counts as agreed from a decision on: what the decider saw in the copy."""
    return {
        (one.source, one.record, name): one.saw_b[name] for one in rulings for name in one.holds if name in one.saw_b
    }


def words_decided(rulings: Iterable[Ruling]) -> dict[tuple[str, str, str], str]:
    """(record, field, canonical text) of owners' words that somebody said yes to, and who did."""
    return {
        (one.about, name, text): one.by
        for one in rulings
        if one.end is None and one.owned
        for name, text in one.holds.items()
    }


def in_force(rulings: Sequence[Ruling], matched: Matched, rules: Rules, now: datetime) -> InForce:
    """Which of the rulings that had no end yet hold, by what the cells say now; oldest first.

    `matched` are the rows as they were read, without any ruling put over them.
    """
    judged = [_Judged.of(one, matched, rules) for one in _newest(rulings)]
    older = {one.id for one in rulings if one.end is None} - {it.ruling.id for it in judged}
    ends = [replace(one, end=End.SUPERSEDED, ended=now) for one in rulings if one.id in older]
    ends += [replace(it.ruling, end=end, ended=now) for it in judged if (end := it.end(now.date())) is not None]
    holding = [it for it in judged if it.end(now.date()) is None]
    return InForce(
        tuple(it.ruling for it in holding),
        tuple(ends),
        {key: value for it in holding for key, value in it.words()},
        {key: (it.ruling, value) for it in holding for key, value in it.copies()},
        tuple(owed for it in holding for owed in it.owed()),
    )


def ruled(merged: Iterable[tuple[Pair, Merge]], rulings: InForce, rules: Rules) -> Iterator[tuple[Pair, Merge]]:
    """The same differences: where a person has decided, nobody is asked any more, and a copy that says it is none."""
    for pair, outcome in merged:
        ruling = rulings.copies.get((pair.handoff.receiver, pair.record, pair.field))
        if ruling is None:
            yield pair, outcome
        elif not rules.fields[pair.field].type.agrees(pair.copy_value, ruling[1]):
            base = outcome.base if isinstance(outcome, BothMoved | CopyMoved | OwnerMoved) else None
            yield pair, Ruled(ruling[1], ruling[0].words, base)


def _newest(rulings: Sequence[Ruling]) -> list[Ruling]:
    """Those without an end, less those about a word that a later one is about too."""
    kept: list[Ruling] = []
    taken: dict[RecordField, Mapping[str, str]] = {}
    for one in reversed([one for one in rulings if one.end is None]):
        about = [(one.giver, one.about, name) for name in one.holds] if one.owned else []
        about += [(one.source, one.record, name) for name in one.saw_b]
        clash = any(key in taken and taken[key].get(key[2]) != one.holds.get(key[2]) for key in about)
        if not clash:
            kept.append(one)
            taken.update(dict.fromkeys(about, one.holds))
    return kept[::-1]


class _Side(StrEnum):
    """What a cell says, seen from a decision."""

    SAYS_IT = "says it"
    AS_SEEN = "as seen"
    SILENT = "silent"
    ELSE = "else"


@dataclass(frozen=True)
class _Judged:
    """One ruling against what the cells say now."""

    ruling: Ruling
    rules: Rules
    #: None where it is about something that is not compared any more, or of another kind
    values: Mapping[str, Value] | None
    giver: Mapping[str, tuple[Claim, _Side]]
    copy: Mapping[str, tuple[Claim, _Side]]

    @classmethod
    def of(cls, one: Ruling, matched: Matched, rules: Rules) -> "_Judged":
        values = _values(one, rules)
        known = {} if values is None else values
        giver = dict(_sides((one.giver, one.about), known, one.saw_a, matched, rules))
        copy = dict(_sides((one.source, one.record), known, one.saw_b, matched, rules))
        return cls(one, rules, values, giver, copy)

    def end(self, today: date) -> End | None:
        one = self.ruling
        if one.verdict is Verdict.MAY_DIFFER:
            return None if one.until is not None and today <= one.until else End.EXPIRED
        if self.values is None:
            return End.MOOT
        said = {side for _, side in self.giver.values()}
        there = {side for _, side in self.copy.values()}
        if _Side.ELSE in said:
            return End.MOVED_ON
        if not one.owned and _Side.ELSE in there:
            return End.SIDES_MOVED
        done = said == {_Side.SAYS_IT} and len(self.giver) == len(self.values)
        return End.FULFILLED if done and there <= {_Side.SAYS_IT} else None

    def words(self) -> Iterator[tuple[RecordField, Value]]:
        for name, value in (self.values or {}).items() if self.ruling.owned else ():
            if name in self.giver and self.giver[name][1] is _Side.AS_SEEN:
                yield (self.ruling.giver, self.ruling.about, name), value

    def copies(self) -> Iterator[tuple[RecordField, Value]]:
        for name, value in (self.values or {}).items():
            yield (self.ruling.source, self.ruling.record, name), value

    def owed(self) -> Iterator[Owed]:
        for name, (claim, side) in self.giver.items():
            if side is _Side.AS_SEEN and self.values is not None:
                yield Owed(self.ruling, claim, self.values[name])


def _values(one: Ruling, rules: Rules) -> Mapping[str, Value] | None:
    """What holds, as values; None where a field is no more, has changed its kind, its words or its owner."""
    try:
        values = {name: rules.fields[name].type.read(text) for name, text in one.holds.items()}
    except (KeyError, ValueError):
        return None
    handed = all(rules.handoff_into(one.source, name) or one.source == one.giver for name in values)
    owner = one.giver if one.owned else None
    return values if handed and all(rules.owners.get(name) == owner for name in values) else None


def _sides(
    row: tuple[str, str], values: Mapping[str, Value], seen: Mapping[str, str], matched: Matched, rules: Rules
) -> Iterator[tuple[str, tuple[Claim, _Side]]]:
    item = matched.of.get(row)
    for name, value in values.items():
        claim = item.record.claims.get(name) if item is not None else None
        if claim is not None:
            kind = rules.fields[name].type
            if claim.parsed is None or isinstance(claim.parsed, Problem):
                side = _Side.SILENT
            elif kind.agrees(claim.parsed, value):
                side = _Side.SAYS_IT
            else:
                side = _Side.AS_SEEN if _means(kind, claim.parsed, seen.get(name)) else _Side.ELSE
            yield name, (claim, side)


def _means(kind: FieldType, value: Value, text: str | None) -> bool:
    try:
        return text is not None and kind.agrees(value, kind.read(text))
    except ValueError:
        return False
