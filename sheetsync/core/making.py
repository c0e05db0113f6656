"""Values nobody types, row by row: made, kept because they are live, or withheld with the reason in their place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sheetsync.core.approvals import ApprovalOf, Given
from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld
from sheetsync.core.generate import Generator
from sheetsync.core.graph import GENERATED, Rules, Source
from sheetsync.core.match import Identified, Matched
from sheetsync.core.model import Claim, Problem
from sheetsync.core.record_fields import RecordField
from sheetsync.core.telling import Told, flag_on, identified_by, looked_up_in, quoted, row_name
from sheetsync.core.terms import Contract, Severity
from sheetsync.core.tracking import explain, presentable, same_tracking_url
from sheetsync.core.truth import Known, Truth, Unknown

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


@dataclass(frozen=True)
class Maker:
    """Generated values of one row, and what a hand-typed one in their place has to hear."""

    rules: Rules
    generator: Generator
    past: Past

    def values(self, item: Identified) -> Iterator[Generated | Withheld]:
        for name in self.rules.sources[item.record.source].generated:
            if name == CAMPAIGN_ID:
                yield from self._proposed_id(item)
                continue
            place = item.record.place
            if (published := self._frozen(item, name)) is not None:
                yield Generated(place, item.key, name, published)
            elif self._marked_live(item):
                yield Withheld(place, item.key, name, self._why_frozen(item, name))
            elif isinstance(made := self._made(item, name), Unknown):
                yield Withheld(place, item.key, name, made.reason, made.detail, made.sources)
            else:
                yield Generated(place, item.key, name, made)

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
                yield self._typed_flag(item, claim, typed, wanted, f"{handoff.id}.{claim.field}")

    def _typed_flag(self, item: Identified, claim: Claim, typed: str, wanted: str, contract: str) -> Flag:
        label = self.rules.fields[claim.field].label
        is_url = self.rules.fields[claim.field].type.kind == _URL
        frozen = is_url and self._marked_live(item)
        why = "; ".join(explain(typed, wanted)) if is_url else f"{quoted(typed)} should be {wanted}"
        ending = "; it is live, so it stays as it is" if frozen else ""
        told = Told(
            f"{label} typed by hand: {why}{ending}",
            f"{label} typed by hand is not what is generated{ending}",
            self.generator.speaks_of(claim.field),
        )
        severity = Severity.LOW if frozen else self.rules.severity(claim.field)
        return flag_on(
            claim,
            item.key,
            FlagKind.DIFFERENCE,
            told,
            severity,
            found=presentable(typed) if is_url else typed,
            expected=wanted,
            owner=GENERATED,
            contract=contract,
        )

    def _same(self, name: str, typed: str, wanted: str) -> bool:
        kind = self.rules.fields[name].type
        if kind.kind == _URL:
            return same_tracking_url(typed, wanted)
        # Reports tell Email from email: all but a code counts to the letter.
        return typed == wanted or (kind.kind == _CODE and kind.same(typed, wanted))

    def _made(self, item: Identified, name: str) -> str | Unknown:
        truth = self.generator.value(item.key, name)
        return truth if isinstance(truth, Unknown) else self.rules.fields[name].type.format(truth.value)

    def _marked_live(self, item: Identified) -> bool:
        return item.record.value(_LIVE_STATUS) == _LIVE

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
        start: Truth = self.generator.truths.of(item.key, "flight_start")
        begun = isinstance(start, Known) and isinstance(start.value, date) and start.value <= self.past.today
        return published if self._marked_live(item) or begun else None

    def _proposed_id(self, item: Identified) -> Iterator[Generated]:
        claim = item.record.claims.get(CAMPAIGN_ID)
        if item.campaign in self.generator.truths.matched.unaccepted and (claim is None or claim.parsed is None):
            place = claim.place if claim else item.record.place
            yield Generated(place, item.key, CAMPAIGN_ID, item.campaign)


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
