"""Values nobody types, row by row: made, kept because they are live, or withheld with the reason in their place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sheetsync.core.approvals import ApprovalOf, Given
from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld
from sheetsync.core.generate import Generator
from sheetsync.core.graph import GENERATED, Handoff, Mode, Rules, Source
from sheetsync.core.match import Identified, Matched
from sheetsync.core.model import Claim, Problem
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import NO_RULINGS, InForce
from sheetsync.core.telling import Told, flag_on, identified_by, looked_up_in, quoted, row_name
from sheetsync.core.terms import Contract, Severity
from sheetsync.core.tracking import explain, presentable, read, same_tracking_url
from sheetsync.core.tracking.typed import defects_of_typed
from sheetsync.core.truth import Known, Truth, Unknown
from sheetsync.core.versions import Issue, Newest, next_number

_LIVE_STATUS = "placement_status"
_LIVE = "live"
_URL = "url"
_CODE = "code"


@dataclass(frozen=True)
class Past:
    """What the core must know of the past: canonical texts by (source, record, field), and today's date."""

    today: date
    baselines: Mapping[RecordField, str] = field(default_factory=dict)
    published: Mapping[RecordField, str] = field(default_factory=dict)
    #: what was approved, as taken down
    approvals: Mapping[ApprovalOf, Given] = field(default_factory=dict)
    #: how far the versions of what is published have come
    newest: Mapping[RecordField, Newest] = field(default_factory=dict)
    #: what people have decided, as far as it holds
    rulings: InForce = NO_RULINGS


@dataclass(frozen=True, slots=True)
class Made:
    """What is said of one generated value of a row."""

    item: Identified
    outcome: Generated | Withheld
    #: it stands because it is live, whatever would be made
    live: bool = False
    #: what would be made instead, were it not live
    waiting: str | None = None


@dataclass(frozen=True)
class Maker:
    """Generated values of one row, and what a hand-typed one in their place has to hear."""

    rules: Rules
    generator: Generator
    past: Past

    def values(self, item: Identified) -> Iterator[Made]:
        for name in self.rules.sources[item.record.source].generated:
            if name == CAMPAIGN_ID:
                yield from (Made(item, proposed) for proposed in self._proposed_id(item))
            else:
                yield self._value(item, name)

    def _value(self, item: Identified, name: str) -> Made:
        place = item.record.place
        if (published := self._frozen(item, name)) is not None:
            made = self._made(item, name)
            waiting = None if isinstance(made, Unknown) or self._same(name, published, made) else made
            return Made(item, Generated(place, item.key, name, published), live=True, waiting=waiting)
        if marked_live(item):
            return Made(item, Withheld(place, item.key, name, self._why_frozen(item, name)))
        if isinstance(made := self._made(item, name), Unknown):
            return Made(item, Withheld(place, item.key, name, made.reason, made.detail, made.sources))
        return Made(item, Generated(place, item.key, name, made))

    def issues(self, made: Made) -> Iterator[Issue]:
        """The version that is to be noted of a value, if it is a new one."""
        one = made.outcome
        about = (one.place.source, one.record, one.field)
        writes = self.rules.sources[one.place.source].mode is not Mode.OBSERVE
        if not isinstance(one, Generated) or one.field == CAMPAIGN_ID or not writes:
            return
        value, newest = made.waiting or one.value, self.past.newest.get(about)
        if newest is None or next_number(value, self.past.published.get(about), newest) != newest.number:
            behind = one.value if made.waiting else None
            yield Issue(one.place, one.record, one.field, value, self.generator.made_of(one.record, one.field), behind)

    def waiting_flags(self, made: Made) -> Iterator[Flag]:
        """A live value stays, and what would be made in its place is told beside it."""
        one, value = made.outcome, made.waiting
        if value is None or not isinstance(one, Generated):
            return
        about = (one.place.source, one.record, one.field)
        newest, field = self.past.newest.get(about), self.rules.fields[one.field]
        stands, waits = newest.stands if newest else 1, next_number(value, one.value, newest)
        is_url = field.type.kind == _URL
        why = "; ".join(explain(one.value, value)) if is_url else f"{quoted(one.value)} would be {value}"
        yield flag_on(
            cell_of(made.item, one.field),
            one.record,
            FlagKind.DIFFERENCE,
            Told(
                f"{field.label} is live: v{stands or 1} stays; v{waits} waits: {why}",
                f"{field.label} is live: v{stands or 1} stays; v{waits} waits",
                self.generator.speaks_of(one.field),
            ),
            Severity.LOW,
            found=one.value,
            expected=value,
            owner=GENERATED,
            # What is typed in the cell may differ as well, and that is another matter.
            subject=f"{one.record} {one.field} waits",
        )

    def flags(self, item: Identified) -> Iterator[Flag]:
        """Typed values under a `generated` contract that are not what would be made."""
        for name in item.record.claims:
            handoff = self.rules.handoff_into(item.record.source, name)
            if handoff is None or handoff.contracts[name] is not Contract.GENERATED:
                continue
            claim = item.record.claims[name]
            if claim.parsed is None or isinstance(claim.parsed, Problem):
                continue
            wanted, typed = self._frozen(item, claim.field) or self._made(item, claim.field), str(claim.parsed).strip()
            if not isinstance(wanted, Unknown) and not self._same(claim.field, typed, wanted):
                yield self._typed_flag(item, claim, typed, wanted, handoff)

    def _typed_flag(self, item: Identified, claim: Claim, typed: str, wanted: str, handoff: Handoff) -> Flag:
        label = self.rules.fields[claim.field].label
        is_url = self.rules.fields[claim.field].type.kind == _URL
        frozen = is_url and marked_live(item)
        why = self._explained(item, typed, wanted) if is_url else f"{quoted(typed)} should be {wanted}"
        ending = "; it is live, so it stays as it is" if frozen else ""
        told = Told(
            f"{label} typed by hand: {why}{ending}",
            f"{label} typed by hand is not what is generated{ending}",
            self.generator.speaks_of(claim.field),
        )
        severity = Severity.LOW if frozen else self.rules.severity_of(handoff, claim.field)
        return flag_on(
            claim,
            item.key,
            FlagKind.DIFFERENCE,
            told,
            severity,
            found=presentable(typed) if is_url else typed,
            expected=wanted,
            owner=GENERATED,
            contract=handoff.contract_id(claim.field),
        )

    def _explained(self, item: Identified, typed: str, wanted: str) -> str:
        """What is wrong with a typed link: its defects by their names, then each difference; all of it is one flag."""
        tagger = self.generator.tagger(item.key)
        by = [f"{tagger} puts the utm values on"] if tagger and read(typed) else []
        defects = [str(one) for one in defects_of_typed(typed, wanted, self.rules.tracking)]
        return "; ".join([*by, *defects, *explain(typed, wanted)])

    def _same(self, name: str, typed: str, wanted: str) -> bool:
        kind = self.rules.fields[name].type
        if kind.kind == _URL:
            return same_tracking_url(typed, wanted)
        # Reports tell Email from email: all but a code counts to the letter.
        return typed == wanted or (kind.kind == _CODE and kind.agrees(typed, wanted))

    def _made(self, item: Identified, name: str) -> str | Unknown:
        truth = self.generator.value(item.key, name)
        return truth if isinstance(truth, Unknown) else self.rules.fields[name].type.format(truth.value)

    def _why_frozen(self, item: Identified, name: str) -> str:
        claim = item.record.claims.get(name)
        if claim is not None and claim.parsed is not None:
            return "the link is live: it stays as it is"
        return "the row is live with a link that is not ours to replace"

    def _frozen(self, item: Identified, name: str) -> str | None:
        """What was published and is live: its status says so, or its flight has begun."""
        published = self.past.published.get((item.record.source, item.key, name))
        if published is None:
            return None
        start: Truth = self.generator.truths.counting(item.key, "flight_start")
        begun = isinstance(start, Known) and isinstance(start.value, date) and start.value <= self.past.today
        return published if marked_live(item) or begun else None

    def _proposed_id(self, item: Identified) -> Iterator[Generated]:
        claim = item.record.claims.get(CAMPAIGN_ID)
        if item.campaign in self.generator.truths.matched.unaccepted and (claim is None or claim.parsed is None):
            place = claim.place if claim else item.record.place
            yield Generated(place, item.key, CAMPAIGN_ID, item.campaign)


def marked_live(item: Identified) -> bool:
    """Whether a row itself says that it is live."""
    return item.record.value(_LIVE_STATUS) == _LIVE


def cell_of(item: Identified, name: str) -> Claim:
    """The cell of a generated value where the row has one; otherwise nobody's word at the row's own cell."""
    return item.record.claims.get(name) or Claim(name, None, "", item.record.place)


def withheld_without_record(matched: Matched, rules: Rules) -> Iterator[Withheld]:
    """Rows nothing is concluded from still say why their values are missing."""
    for unmatched in matched.unmatched:
        reason, about = "the row's campaign id is not known", looked_up_in(unmatched, rules)
        for name in _links(rules.sources[unmatched.record.source]):
            yield Withheld(unmatched.record.place, row_name(unmatched), name, reason, sources=about)
    for rows in matched.duplicates:
        about = identified_by(rows, rules)
        for item in rows:
            for name in _links(rules.sources[item.record.source]):
                yield Withheld(item.record.place, item.key, name, "two rows have the same key", sources=about)


def _links(source: Source) -> tuple[str, ...]:
    return tuple(name for name in source.generated if name != CAMPAIGN_ID)
