"""What a person may decide about: an owner's word against a copy, as one matter with two sides."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sheetsync.core.contracts import Pair
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.late import FIRST_DAY, launch
from sheetsync.core.merge import BothMoved, CopyMoved, Merge, OwnerMoved, Ruled
from sheetsync.core.model import Place, Value
from sheetsync.core.record_fields import RecordField
from sheetsync.core.terms import Severity
from sheetsync.core.truth import Known, Truths, campaign_of

Merged = tuple[Pair, Merge]

#: what can be decided between two sides
_KINDS = (FlagKind.CONFLICT, FlagKind.DIFFERENCE)

#: between the id of a flag and the number of its episode, from the second on
_EPISODE = "."


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that say different things."""

    source: str
    #: where; of a group, the first of its fields
    place: Place
    #: field -> what it says, as canonical text
    says: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dispute:
    """An owner and a copy that differ: about one field, or about those of a group that moved."""

    #: the flag's
    id: str
    kind: FlagKind
    #: the record of the copy's row, and the campaign's or placement's own that the fields belong to
    record: str
    about: str
    #: the first that moved stands for a group
    field: str
    #: empty for a single field
    group: str
    #: the owner; where nobody owns the field, the giver
    a: Side
    #: the copy
    b: Side
    #: field -> what both last agreed on; without those that never were
    agreed: Mapping[str, str]
    #: one per field
    contracts: tuple[str, ...]
    severity: Severity
    #: whether side A's word counts by the configuration
    owned: bool = True
    #: first day of the campaign's flight, where it is known
    launch: date | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.a.says)

    def version(self, salt: str) -> str:
        """Six letters that change when either side does; nobody without the salt can try values against them."""
        said = [f"{name}\x1f{self.a.says.get(name)}\x1f{self.b.says.get(name)}" for name in sorted(self.a.says)]
        digest = hmac.new(salt.encode(), "\x1e".join([self.id, *said]).encode(), hashlib.sha256).digest()
        return b32encode(digest).decode()[:6]


def row_id(flag: str, episode: int) -> str:
    """What one conflict is called in a decisions tab: its flag's id, with a number once it has come back."""
    return flag if episode <= 1 else f"{flag}{_EPISODE}{episode}"


def disputes(flags: Iterable[Flag], merged: Iterable[tuple[Pair, Merge]], truths: Truths) -> tuple[Dispute, ...]:
    """What the flags on copies ask, or tell: one matter each, in their order; nothing that was decided."""
    pairs = {(pair.handoff.receiver, pair.record, pair.field): (pair, outcome) for pair, outcome in merged}
    found = []
    for flag in flags:
        one = pairs.get((flag.place.source, flag.record, flag.field))
        # What was decided is told, and asked no more.
        asked = one is not None and not isinstance(one[1], Ruled)
        if flag.kind in _KINDS and one is not None and asked and one[0].copy.place == flag.place:
            found.append(_dispute(flag, _together(flag, one, pairs, truths), truths))
    return tuple(found)


def _together(flag: Flag, one: Merged, pairs: Mapping[RecordField, Merged], truths: Truths) -> Sequence[Merged]:
    """Of a group, all that moved."""
    if not flag.group:
        return [one]
    those = ((flag.place.source, flag.record, name) for name in truths.rules.groups[flag.group])
    return [pairs[cell] for cell in those if cell in pairs and isinstance(pairs[cell][1], BothMoved)]


def _dispute(flag: Flag, those: Sequence[Merged], truths: Truths) -> Dispute:
    pair, fields = those[0][0], truths.rules.fields

    def text(name: str, value: Value) -> str:
        return fields[name].type.format(value)

    giver = pair.owner_source or pair.handoff.giver
    place = pair.owner.claim.place if pair.owner.claim is not None else Place(giver, "", "", None)
    return Dispute(
        flag.id,
        flag.kind,
        pair.record,
        truths.about(pair.record, pair.field)[0],
        pair.field,
        flag.group,
        Side(giver, place, {it.field: text(it.field, it.owner.value) for it, _ in those}),
        Side(flag.place.source, flag.place, {it.field: text(it.field, it.copy_value) for it, _ in those}),
        {
            it.field: text(it.field, outcome.base)
            for it, outcome in those
            if isinstance(outcome, BothMoved | CopyMoved | OwnerMoved | Ruled) and outcome.base is not None
        },
        tuple(it.contract for it, _ in those),
        flag.severity,
        pair.owner_source is not None,
        _launch(pair.record, truths),
    )


def _launch(record: str, truths: Truths) -> date | None:
    """The first day of the campaign's flight as its owner says it; None where that is not known."""
    if FIRST_DAY not in truths.rules.fields:
        return None
    said = truths.of(campaign_of(record), FIRST_DAY)
    first = launch(said.value, None) if isinstance(said, Known) else None
    return None if first is None else first.first
