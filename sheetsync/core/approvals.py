"""Approvals: what each one says, what it approved, and which of its fields are no longer what was approved.

Nothing here grants or removes one, and none becomes fresh by itself. What was approved is taken down once, when a yes
is first seen in one form (its word, who gave it, when):

- A covered field that the approving row says something about was approved as that cell says; as the cell changes, by
  the hand of whoever keeps that row, so does what is approved. Not so where the cell is its owner's own: then it is no
  copy of what was approved, but the thing itself.
- Any other covered field was approved as its owner said it at that moment. Where that was not known or in dispute the
  approval does not cover it, and it stays so until somebody says yes anew.

Only a new yes takes down anew: the state has left and come back, or another name or day stands beside it. A cleared
name, an unreadable cell, a row that is away for a while, another setting are no yes. Where the owner returns to exactly
what was approved, nothing differs from what was approved, and so nothing is stale.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sheetsync.core.graph import Approval, Rules
from sheetsync.core.match import Identified
from sheetsync.core.model import Claim, Problem, Value
from sheetsync.core.truth import Known, Truths

ApprovalOf = tuple[str, str]
"""(approval, record)"""

UNREADABLE = "its cell cannot be read"
NO_ROW = "its row is not there, or not alone"


@dataclass(frozen=True, slots=True)
class Given:
    """One approval of one record, as its row says it, and what was taken down when it first said so."""

    approval: str
    record: str
    #: the state's word, canonical; empty for a blank cell
    state: str
    #: whether the cell says yes now
    granted: bool
    #: the name and the day that stood beside it last; None where no cell was ever read
    who: str | None = None
    when: str | None = None
    #: field -> what was approved, canonical; None: not covered, because it was not known. Empty where none is granted
    covered: Mapping[str, str | None] = field(default_factory=dict)
    #: why nobody knows what the cell says now; the rest is as it was last known
    away: str = ""

    @property
    def about(self) -> ApprovalOf:
        return self.approval, self.record

    def is_still(self, was: "Given") -> bool:
        """Whether this is what was said before: the same word, and no other name or day beside it."""
        return self.state == was.state and not (_anew(was.who, self.who) or _anew(was.when, self.when))

    @property
    def fingerprint(self) -> str:
        """Of exactly the fields it covers and what was approved of each; empty where none is granted."""
        if not self.covered:
            return ""
        return hashlib.sha256(json.dumps(sorted(self.covered.items())).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Stale:
    """One covered field of one approval: what was approved, and what its owner says instead."""

    approval: Approval
    record: str
    field: str
    #: where it is told: the row's own cell of the field, or the state's
    copy: Claim
    #: canonical
    approved: str
    owner: Known
    owner_source: str

    @property
    def contract(self) -> str:
        return f"approvals.{self.approval.name}.{self.field}"

    @property
    def has_cell(self) -> bool:
        """Whether the approving row itself says what was approved."""
        return self.copy.field == self.field


@dataclass(frozen=True, slots=True)
class Standing:
    """An approval as it stands now; `stale` is empty where it covers what its owners say."""

    given: Given
    #: the state's cell; None where the row is away
    claim: Claim | None
    stale: tuple[Stale, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it is granted, and still means what its owners say."""
        return self.given.granted and not self.stale


def standing(
    truths: Truths, before: Mapping[ApprovalOf, Given], disputed: Truths | None = None
) -> tuple[Standing, ...]:
    """Every approval that says something, or did. `disputed` are the truths that know what is in dispute.

    What is stale is so whether it is in dispute or not, because that is what was approved; but no word in dispute is
    ever taken down as approved.
    """
    found = tuple(_all(truths, before, disputed or truths))
    seen = {one.given.about for one in found}
    return found + tuple(_away(truths, before, seen))


def stale(standing: tuple[Standing, ...]) -> Mapping[tuple[str, str, str], Stale]:
    """(source, record, field) -> what is stale in that cell; where two approvals cover one cell, the first of them."""
    found: dict[tuple[str, str, str], Stale] = {}
    for one in standing:
        for it in one.stale:
            if it.has_cell:
                found.setdefault((it.approval.source, it.record, it.field), it)
    return found


def stale_fields(standing: Iterable[Standing]) -> frozenset[tuple[str, str, str]]:
    """(approval, record, field) of all that is stale, wherever it is told."""
    return frozenset((it.approval.name, it.record, it.field) for one in standing for it in one.stale)


def apart(given: Given, says: Mapping[str, str], rules: Rules) -> Iterator[tuple[str, str, str]]:
    """(field, approved, said now) of what was approved as something else than its owner says; canonical texts."""
    for name, approved in given.covered.items():
        if approved is not None and name in says and given.granted and not _same(name, approved, says[name], rules):
            yield name, approved, says[name]


def _same(name: str, one: str, other: str, rules: Rules) -> bool:
    kind = rules.fields[name].type
    values = _read(name, one, rules), _read(name, other, rules)
    return None in values or kind.agrees(*values)  # type: ignore[arg-type]


def _read(name: str, text: str, rules: Rules) -> Value | None:
    """What was taken down; None when the field has changed its kind or its words since."""
    try:
        return rules.fields[name].type.read(text)
    except ValueError:
        return None


# ---------------------------------------------------------------- row by row


def _all(truths: Truths, before: Mapping[ApprovalOf, Given], disputed: Truths) -> Iterator[Standing]:
    for approval in truths.rules.approvals:
        for item in truths.matched.identified:
            claim = item.record.claims.get(approval.state) if item.record.source == approval.source else None
            if claim is None:
                continue
            given = _given(approval, item, claim, before.get((approval.name, item.key)), disputed)
            if given is not None:
                gone = tuple(_stale(approval, item, claim, given, truths)) if given.granted else ()
                yield Standing(given, claim, gone)


def _away(truths: Truths, before: Mapping[ApprovalOf, Given], seen: set[ApprovalOf]) -> Iterator[Standing]:
    """Rows that are not there now: nobody knows what they would say, so none of them says yes."""
    sources = {approval.name: approval.source for approval in truths.rules.approvals}
    for about, was in before.items():
        if about not in seen and was.approval in sources and sources[was.approval] not in truths.unread:
            yield Standing(replace(was, granted=False, away=NO_ROW), None)


def _given(approval: Approval, item: Identified, claim: Claim, was: Given | None, truths: Truths) -> Given | None:
    """What the row says, with what was approved; None where it says nothing and never did."""
    if isinstance(claim.parsed, Problem):
        return None if was is None else replace(was, granted=False, away=UNREADABLE)
    if claim.parsed is None:
        return None if was is None else Given(approval.name, item.key, "", False)
    word = truths.rules.fields[approval.state]
    who, when = _signed(item, approval.who, truths.rules), _signed(item, approval.when, truths.rules)
    now = Given(approval.name, item.key, word.type.format(claim.parsed), word.means(claim.parsed, approval.granted))
    known = was if was is not None and was.state == now.state else None
    if known is not None:
        # A name that is cleared is no other name, and one that nobody could read before is no news.
        who, when = _kept(known.who, who), _kept(known.when, when)
    now = replace(now, who=who, when=when)
    if not now.granted:
        return now
    kept = known.covered if known is not None and known.covered and now.is_still(known) else None
    return replace(now, covered={name: _approved(name, item, kept, truths) for name in approval.covers})


def _kept(was: str | None, now: str | None) -> str | None:
    return now if now or was is None else was


def _anew(was: str | None, now: str | None) -> bool:
    return was is not None and bool(now) and was != now


def _signed(item: Identified, name: str, rules: Rules) -> str | None:
    """What the row says there; empty where blank, None where there is no such cell or none that can be read."""
    claim = item.record.claims.get(name)
    if claim is None or isinstance(claim.parsed, Problem):
        return None
    return "" if claim.parsed is None else rules.fields[name].type.format(claim.parsed)


def _approved(name: str, item: Identified, kept: Mapping[str, str | None] | None, truths: Truths) -> str | None:
    """What was approved of one field: as its cell says, else as taken down, else, of a new yes, as its owner says."""
    kind, claim = truths.rules.fields[name].type, _copy(name, item, truths.rules)
    if claim is not None and claim.parsed is not None and not isinstance(claim.parsed, Problem):
        return kind.format(claim.parsed)
    if kept is not None:
        return kept.get(name)
    if claim is not None and isinstance(claim.parsed, Problem):
        return None
    owner = truths.rules.owners.get(name)
    said = truths.said_by(owner, item.key, name) if owner is not None else None
    return kind.format(said.value) if isinstance(said, Known) else None


def _copy(name: str, item: Identified, rules: Rules) -> Claim | None:
    """The row's own cell of a covered field, unless it is the owner's."""
    return None if rules.owners.get(name) == item.record.source else item.record.claims.get(name)


def _stale(approval: Approval, item: Identified, state: Claim, given: Given, truths: Truths) -> Iterator[Stale]:
    for name, approved in given.covered.items():
        owner = truths.rules.owners.get(name)
        if approved is None or owner is None:
            continue
        kind, said = truths.rules.fields[name].type, truths.said_by(owner, item.key, name)
        value = _read(name, approved, truths.rules)
        if isinstance(said, Known) and value is not None and not kind.agrees(said.value, value):
            copy = _copy(name, item, truths.rules)
            says = copy is not None and copy.parsed is not None and not isinstance(copy.parsed, Problem)
            told_at = copy if copy is not None and says else state
            yield Stale(approval, item.key, name, told_at, approved, said, owner)
