"""What every handoff demands, as pairs to compare: the owner's word on one side, a copy's claim on the other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from sheetsync.core.diff import Difference, differences, pretty
from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.match import Identified
from sheetsync.core.model import Claim, Problem, Value
from sheetsync.core.nearness import near
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.terms import Condition, Contract
from sheetsync.core.truth import Known, Truths

_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class Pair:
    """One field of one copy, held to its owner's word by one handoff."""

    handoff: Handoff
    field: str
    record: str
    copy: Claim
    copy_value: Value
    owner: Known
    #: the source whose word counts, None where the field has no owner and the giver is only the other side
    owner_source: str | None

    @property
    def contract(self) -> str:
        return f"{self.handoff.id}.{self.field}"

    @property
    def when(self) -> Condition:
        """The owners' words under which this is demanded."""
        return self.handoff.fine_print(self.field).when

    def near(self, owner: Value, copy: Value) -> bool:
        """Whether a copy is as near to the owner's word as the contract tolerates."""
        return near(owner, copy, self.handoff.fine_print(self.field).tolerance)


@dataclass(frozen=True, slots=True)
class Compared:
    """Every pair under an `equal` contract: what is agreed, and those that do not mean the same."""

    #: (copy's source, record, field) -> the owner's value as canonical text; the copy's own where it is only near it
    agreed: RecordFields[str]
    differing: tuple[Pair, ...]


#: where nothing was held to anything
NOTHING = Compared(RecordFields(), ())


def compare(truths: Truths) -> Compared:
    """Hold every copy to its owner's word."""
    differing: list[Pair] = []
    return Compared(RecordFields(_agreed(truths, differing)), tuple(differing))


def report(compared: Compared, rules: Rules) -> str:
    """What the copies would have to become, as DeepDiff tells it: source -> record -> field, in canonical texts."""
    copies: dict[str, dict[str, str]] = {}
    owners: dict[str, dict[str, str]] = {}
    for pair in compared.differing:
        kind, about = rules.fields[pair.field].type, f"{pair.handoff.receiver}: {pair.record}"
        copies.setdefault(about, {})[pair.field] = kind.format(pair.copy_value)
        owners.setdefault(about, {})[pair.field] = kind.format(pair.owner.value)
    return pretty(copies, owners)


def _agreed(truths: Truths, differing: list[Pair]) -> Iterator[tuple[RecordField, str]]:
    """What is agreed. Pairs are made for one source at a time, and only the `differing` are kept."""
    fields = truths.rules.fields
    for _, items in groupby(truths.matched.identified, key=lambda item: item.record.source):
        pairs = {_address(pair): pair for item in items for pair in _pairs(item, truths)}
        apart = {(found.record, found.field) for found in _differences(pairs, truths.rules)}
        for address, pair in pairs.items():
            is_near = address in apart and pair.near(pair.owner.value, pair.copy_value)
            if address in apart and not is_near:
                differing.append(pair)
            else:
                about, said = (pair.handoff.receiver, pair.record, pair.field), pair.owner.value
                # What is only near is kept as the copy has it, so that it is seen who moves away from it: see `merge`.
                yield about, fields[pair.field].type.format(pair.copy_value if is_near else said)


def _pairs(item: Identified, truths: Truths) -> Iterator[Pair]:
    for handoff in truths.rules.handoffs_into(item.record.source):
        yield from _pairs_of(item, handoff, truths)


def _pairs_of(item: Identified, handoff: Handoff, truths: Truths) -> Iterator[Pair]:
    for name, terms in handoff.contracts.items():
        owner_source = truths.rules.owners.get(name)
        claim = item.record.claims.get(name)
        if terms is not Contract.EQUAL or owner_source == item.record.source or claim is None:
            continue
        if claim.parsed is None or isinstance(claim.parsed, Problem):
            continue
        if not truths.holds(item.key, handoff.fine_print(name).when):
            continue
        owner = truths.said_by(owner_source or handoff.giver, item.key, name)
        if isinstance(owner, Known):
            yield Pair(handoff, name, item.key, claim, claim.parsed, owner, owner_source)


def _address(pair: Pair) -> tuple[str, str]:
    return (pair.handoff.receiver + _BETWEEN + pair.record, pair.field)


def _differences(pairs: Mapping[tuple[str, str], Pair], rules: Rules) -> tuple[Difference, ...]:
    owners: dict[str, dict[str, Value | None]] = {}
    copies: dict[str, dict[str, Value | None]] = {}
    for (record, name), pair in pairs.items():
        owners.setdefault(record, {})[name] = pair.owner.value
        copies.setdefault(record, {})[name] = pair.copy_value
    return differences(owners, copies, rules.fields)
