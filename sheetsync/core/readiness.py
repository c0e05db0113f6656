"""Handoffs have states: for each one and each record how far it is, and the evidence for it.

A receiver's own words say that it has begun or is done; whether it might have begun is judged by what stands elsewhere.
What could not be looked at proves nothing: it makes nothing ready, and is held against nobody.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from sheetsync.core.campaigns import CAMPAIGN_ID, registrars
from sheetsync.core.cancellation import is_cancelled
from sheetsync.core.contracts import Compared, Pair
from sheetsync.core.crossing import copied_in, crossing, receivers_beside
from sheetsync.core.evidence import (
    AboutHandoff,
    Apart,
    Defective,
    Demand,
    Evidence,
    Fails,
    GoneStale,
    Handed,
    Holds,
    NotGranted,
    NoWord,
    OtherWord,
    Unsure,
)
from sheetsync.core.graph import READY_WHEN, Approval, Handoff, Readiness, RowsDue, Rules, status_field
from sheetsync.core.linking import page_defects
from sheetsync.core.match import Identified
from sheetsync.core.missing import without_row
from sheetsync.core.model import Claim, Entity, Problem
from sheetsync.core.states import State
from sheetsync.core.terms import Condition, Contract
from sheetsync.core.truth import Known, Truths, Unknown, campaign_of

_NOBODY: Final = ""

Spares = Callable[[str, str], bool]
"""(contract, record) -> whether an exception holds, so that the contract says nothing about the record."""


# ---------------------------------------------------------------- the judgement


def handed(
    truths: Truths, compared: Compared, stale: Collection[tuple[str, str, str]], spares: Spares
) -> tuple[Handed, ...]:
    """The state of every handoff of every record, by handoff and record. `truths` know what is disputed, `stale` is
    what no longer is as it was approved: (approval, record, field).

    A row that is called off, or shares its key with another one, has none: nobody waits for it, or nobody knows which.
    """
    judge = _Judge(truths, compared, stale, spares)
    found = chain.from_iterable(judge.of(handoff) for handoff in truths.rules.handoffs)
    return tuple(sorted(found, key=lambda one: one.about))


@dataclass(frozen=True)
class _Judge:
    """Looks at one matched world."""

    truths: Truths
    compared: Compared
    #: (approval, record, field)
    stale: Collection[tuple[str, str, str]]
    spares: Spares

    @property
    def _rules(self) -> Rules:
        return self.truths.rules

    def of(self, handoff: Handoff) -> Iterator[Handed]:
        for item in self._rows.get(handoff.receiver, ()):
            if not is_cancelled(item, self.truths):
                yield self._received(handoff, item)
        for record in self._awaited(handoff):
            demands = self._demands(handoff, record)
            yield Handed(handoff, record, _ready(demands), demands)

    def _received(self, handoff: Handoff, item: Identified) -> Handed:
        own = self._own_words(handoff, item)
        if own is None:
            demands = self._demands(handoff, item.key)
            return Handed(handoff, item.key, _ready(demands), demands)
        says, claim = own
        state = State.DONE if says is Demand.DONE else State.CONSUMED
        # What nobody has named as a condition was met when it was taken, or the receiver did not need it.
        demands = self._demands(handoff, item.key) if handoff.ready_when is not None else ()
        return Handed(handoff, item.key, state, demands, says, claim)

    # ------------------------------------------------------------ the receiver's own row

    def _own_words(self, handoff: Handoff, item: Identified) -> tuple[Demand, Claim] | None:
        """What the receiver's row says of how far it is, the furthest first, and the cell that says so."""
        if (claim := self._says(item, handoff.done_when)) is not None:
            return Demand.DONE, claim
        if handoff.taken_when:
            claim = self._says(item, handoff.taken_when)
            return None if claim is None else (Demand.TAKEN, claim)
        claim = self._carried(handoff, item)
        return None if claim is None else (Demand.CARRIED, claim)

    def _says(self, item: Identified, condition: Condition) -> Claim | None:
        """The cell of the row's status, or else of the first field asked, where the row says all of it by itself."""
        for name, words in condition.items():
            said = item.record.value(name)
            if said is None or not self._rules.fields[name].means(said, words):
                return None
        asked = sorted(
            condition, key=lambda name: name != status_field(self._rules.sources[item.record.source].rows_are)
        )
        return item.record.claims[asked[0]] if asked else None

    def _carried(self, handoff: Handoff, item: Identified) -> Claim | None:
        """The first cell with a value that crossed: the owner's word, or what nobody types."""
        agreed = self.compared.agreed.record(handoff.receiver, item.key)
        for name, terms in handoff.contracts.items():
            claim = item.record.claims.get(name)
            if claim is None or claim.parsed is None or isinstance(claim.parsed, Problem):
                continue
            if terms is Contract.GENERATED or (terms is Contract.EQUAL and name in agreed):
                return claim
        return None

    # ------------------------------------------------------------ what would have to hold

    def _demands(self, handoff: Handoff, record: str) -> tuple[Evidence, ...]:
        ready, contract = handoff.ready_when, handoff.contract_id(READY_WHEN)
        if ready is None:
            return self._by_default(handoff.giver, self._crossing[handoff.id], record)
        if self.spares(contract, record):
            return (Holds(Demand.EXCEPTION, contract, handoff.giver),)
        return tuple(self._named(ready, record))

    def _by_default(self, giver: str, fields: tuple[str, ...], record: str) -> tuple[Evidence, ...]:
        """The giver has a row, and each of its words that crosses can be read.

        One giver's word goes to many receivers, and all of them have the same evidence.
        """
        known = self._given.get((giver, fields, record))
        if known is None:
            row = self._giving_row(giver, record)
            crosses = fields if isinstance(row, Holds) else ()
            words = (
                self._word(Demand.READABLE, record, name, self._speaker(giver, name))
                for name in crosses
                if self._rules.fields[name].of is Entity.CAMPAIGN or record != campaign_of(record)
            )
            known = self._given[giver, fields, record] = (row, *words)
        return known

    def _named(self, ready: Readiness, record: str) -> Iterator[Evidence]:
        yield from (self._agrees(record, name) for name in ready.agree)
        yield from (self._word(Demand.FILLED, record, name) for name in ready.filled)
        yield from (self._is(record, name, words) for name, words in ready.says.items())
        yield from (self._production(record, name) for name in ready.production)
        approvals = {approval.name: approval for approval in self._rules.approvals}
        yield from (self._approved(record, approvals[name]) for name in ready.approved)

    def _giving_row(self, giver: str, record: str) -> Evidence:
        row = self._row_of(giver, record)
        if row is None:
            return self._no_row(Demand.ROW, _NOBODY, giver, record)
        return Holds(Demand.ROW, _NOBODY, giver, row.record.claims.get(self._rules.sources[giver].key[0]))

    def _speaker(self, source: str, name: str) -> str:
        """Whose word on a field crosses: the giver's where its rows can say it, the owner's otherwise."""
        giver = self._rules.sources[source]
        says_it = name in giver.columns and self._rules.fields[name].of is giver.rows_are and name != CAMPAIGN_ID
        return giver.name if says_it else self._rules.owners.get(name, giver.name)

    def _word(self, demand: Demand, record: str, name: str, source: str = "") -> Evidence:
        """Whether somebody, the owner if nobody else is named, says something on a field."""
        owner = self._rules.owners.get(name, _NOBODY)
        if source in (_NOBODY, owner):
            source, said = owner, self.truths.of(record, name)
        else:
            said = self.truths.said_by(source, record, name)
        if isinstance(said, Known):
            return Holds(demand, name, source, said.claim)
        return self._no_word(demand, record, name, source, said)

    def _is(self, record: str, name: str, words: tuple[str, ...]) -> Evidence:
        source, said = self._rules.owners.get(name, _NOBODY), self.truths.of(record, name)
        if isinstance(said, Unknown):
            return self._no_word(Demand.SAYS, record, name, source, said)
        if self._rules.fields[name].means(said.value, words):
            return Holds(Demand.SAYS, name, source, said.claim)
        return Fails(Demand.SAYS, name, source, said.claim, OtherWord(said.value, words))

    def _production(self, record: str, name: str) -> Evidence:
        source, said = self._rules.owners.get(name, _NOBODY), self.truths.of(record, name)
        if isinstance(said, Unknown):
            return self._no_word(Demand.PRODUCTION, record, name, source, said)
        defects = [defect for defect in page_defects(str(said.value), record, self.truths) if defect.blocks]
        if not defects:
            return Holds(Demand.PRODUCTION, name, source, said.claim)
        kinds = tuple(dict.fromkeys(defect.kind.replace("_", " ") for defect in defects))
        return Fails(Demand.PRODUCTION, name, source, said.claim, Defective(kinds))

    def _agrees(self, record: str, name: str) -> Evidence:
        """Every copy that a handoff compares says what the owner says, and the owner says something.

        What is in conflict does not agree, either. A copy nobody understands proves nothing.
        """
        source, said = self._rules.owners.get(name, _NOBODY), self.truths.of(record, name)
        about = self.truths.about(record, name)
        if differing := self._differing.get(about):
            return Fails(Demand.AGREE, name, source, differing[0].owner.claim, Apart(tuple(differing)))
        if isinstance(said, Unknown):
            return self._no_word(Demand.AGREE, record, name, source, said)
        unsure = [
            self._not_read(other) for other in sorted(copied_in(name, self._rules)) if other in self.truths.unread
        ]
        unsure += [self._not_understood_in(claim) for claim in self._not_understood.get(about, ())]
        if unsure:
            return Unsure(Demand.AGREE, name, source, said.claim, unsure[0])
        return Holds(Demand.AGREE, name, source, said.claim)

    def _approved(self, record: str, approval: Approval) -> Evidence:
        """The one place that asks about approvals: granted, and none of what it covers is stale."""
        source, row = approval.source, self._row_of(approval.source, record)
        if row is None:
            return self._no_row(Demand.APPROVED, approval.name, source, record)
        claim, state = row.record.claims.get(approval.state), row.record.value(approval.state)
        if claim is not None and isinstance(claim.parsed, Problem):
            return Unsure(Demand.APPROVED, approval.name, source, claim, self._not_understood_in(claim))
        if state is None or not self._rules.fields[approval.state].means(state, approval.granted):
            return Fails(Demand.APPROVED, approval.name, source, claim, NotGranted(state))
        if changed := tuple(name for name in approval.covers if (approval.name, row.key, name) in self.stale):
            return Fails(Demand.APPROVED, approval.name, source, claim, GoneStale(changed))
        return Holds(Demand.APPROVED, approval.name, source, claim)

    # ------------------------------------------------------------ silence, and what only seems to be

    def _no_word(self, demand: Demand, record: str, name: str, source: str, said: Unknown) -> Evidence:
        """Nobody says anything; or somebody may, and it cannot be told what."""
        row = self._row_of(source, record) if source else None
        claim = None if row is None else row.record.claims.get(name)
        not_understood = claim is not None and isinstance(claim.parsed, Problem)
        unaccepted = name == CAMPAIGN_ID
        in_conflict = self.truths.is_disputed(record, name)
        if not_understood or unaccepted or in_conflict or self._hidden(source, record):
            return Unsure(demand, name, source, claim, said)
        return Fails(demand, name, source, claim, NoWord(said))

    def _no_row(self, demand: Demand, about: str, source: str, record: str) -> Evidence:
        title = self._rules.sources[source].title
        if source in self.truths.unread:
            return Unsure(demand, about, source, None, self._not_read(source))
        if self._hidden(source, record):
            shared = Unknown(f"two rows in {title} have the same key", sources=frozenset((source,)))
            return Unsure(demand, about, source, None, shared)
        nothing = Unknown(f"{title} has no row for it", sources=frozenset((source,)))
        return Fails(demand, about, source, None, NoWord(nothing))

    def _hidden(self, source: str, record: str) -> bool:
        """Whether a source may have a row for a record without our knowing which."""
        return source in self.truths.unread or not self._shared.isdisjoint(
            ((source, record), (source, campaign_of(record)))
        )

    def _not_read(self, source: str) -> Unknown:
        return Unknown(f"{self._rules.sources[source].title} could not be read", sources=frozenset((source,)))

    def _not_understood_in(self, claim: Claim) -> Unknown:
        source, label = claim.place.source, self._rules.fields[claim.field].label
        detail = claim.parsed.message if isinstance(claim.parsed, Problem) else ""
        reason = f"{label} in {self._rules.sources[source].title} is not understood"
        return Unknown(reason, detail, frozenset((source,)))

    def _row_of(self, source: str, record: str) -> Identified | None:
        """A source's row for a record: its campaign's where it lists campaigns, else the first of a campaign."""
        of_campaigns = self._rules.sources[source].rows_are is Entity.CAMPAIGN
        key = campaign_of(record) if of_campaigns else record
        return self.truths.matched.of.get((source, key)) or self._first.get((source, record))

    # ------------------------------------------------------------ records nobody has taken

    def _awaited(self, handoff: Handoff) -> Iterator[str]:
        """The giver's records without a row in the receiver: of those that are due where some are, else of all."""
        receivers = receivers_beside(handoff, self._rules)
        if self.truths.unread.keys() & {handoff.giver, *receivers, *registrars(self._rules)}:
            return
        due = [one for one in self._rules.rows_due if one.giver == handoff.giver and handoff.receiver in one.receivers]
        conditions = [one.which for one in due] or [{}]
        absent = chain.from_iterable(
            without_row(RowsDue(handoff.giver, receivers, which), self.truths) for which in conditions
        )
        yield from dict.fromkeys(one.what for one in absent if not is_cancelled(one.item, self.truths))

    # ------------------------------------------------------------ looked up once

    @cached_property
    def _crossing(self) -> Mapping[str, tuple[str, ...]]:
        """Handoff -> the fields whose words cross it."""
        return {it.id: crossing(it, self._rules) for it in self._rules.handoffs}

    @cached_property
    def _given(self) -> dict[tuple[str, tuple[str, ...], str], tuple[Evidence, ...]]:
        """(giver, fields that cross, record) -> what would have to hold, as far as it was asked for."""
        return {}

    @cached_property
    def _rows(self) -> Mapping[str, list[Identified]]:
        found: defaultdict[str, list[Identified]] = defaultdict(list)
        for item in self.truths.matched.identified:
            found[item.record.source].append(item)
        return found

    @cached_property
    def _first(self) -> Mapping[tuple[str, str], Identified]:
        """(source, campaign) -> its first row there, by its record's name."""
        found: dict[tuple[str, str], Identified] = {}
        for item in sorted(self.truths.matched.identified, key=lambda item: item.key):
            found.setdefault((item.record.source, item.campaign), item)
        return found

    @cached_property
    def _shared(self) -> frozenset[tuple[str, str]]:
        """(source, record or its campaign) of rows that share their key."""
        rows = [item for rows in self.truths.matched.duplicates for item in rows]
        return frozenset((item.record.source, key) for item in rows for key in (item.key, item.campaign))

    @cached_property
    def _differing(self) -> Mapping[tuple[str, str], list[Pair]]:
        """(record, field) as `Truths.about` -> the copies apart from their owner."""
        found: defaultdict[tuple[str, str], list[Pair]] = defaultdict(list)
        for pair in sorted(self.compared.differing, key=lambda pair: (pair.handoff.receiver, pair.record)):
            found[self.truths.about(pair.record, pair.field)].append(pair)
        return found

    @cached_property
    def _not_understood(self) -> Mapping[tuple[str, str], list[Claim]]:
        """The same of copies that say something nobody understands, where agreement is asked for."""
        asked = {name for it in self._rules.handoffs if it.ready_when is not None for name in it.ready_when.agree}
        found: defaultdict[tuple[str, str], list[Claim]] = defaultdict(list)
        for item in sorted(self.truths.matched.identified, key=lambda item: (item.record.source, item.key)):
            for name in asked & item.record.claims.keys():
                claim = item.record.claims[name]
                if isinstance(claim.parsed, Problem) and self._is_compared(item, name):
                    found[self.truths.about(item.key, name)].append(claim)
        return found

    def _is_compared(self, item: Identified, name: str) -> bool:
        """Whether a handoff demands of this row's cell what the owner says."""
        source = item.record.source
        return self._rules.owners.get(name) != source and any(
            handoff.contracts.get(name) is Contract.EQUAL
            and not self.spares(handoff.contract_id(name), item.key)
            and self.truths.holds(item.key, handoff.fine_print(name).when)
            for handoff in self._rules.handoffs_into(source)
        )


def _ready(demands: Iterable[Evidence]) -> State:
    return State.READY if all(isinstance(piece, Holds) for piece in demands) else State.NOT_READY


def became(
    before: Mapping[AboutHandoff, str], now: Mapping[AboutHandoff, str]
) -> Iterator[tuple[AboutHandoff, str | None, str | None]]:
    """What became of which state: (about, old, new) of each that is another, None where there is none. In order."""
    for about in sorted(before.keys() | now.keys()):
        old, new = before.get(about), now.get(about)
        if old != new:
            yield about, old, new
