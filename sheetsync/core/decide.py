"""Decide what is said about every cell: flags, generated values, values withheld. Each outcome has its reason.

Three outcomes per difference: the same meaning is silent, a difference names the owner's value, and what cannot be
decided is asked. Nothing is guessed, no majority counts, and no clock decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

from sheetsync.core.campaigns import CAMPAIGN_ID, registrars
from sheetsync.core.contracts import Compared, Pair
from sheetsync.core.fields import FieldType
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld, with_ids
from sheetsync.core.generate import Generator
from sheetsync.core.graph import GENERATED, Contract, Rules, Severity, Source
from sheetsync.core.match import Identified, Matched, Unmatched
from sheetsync.core.merge import BothMoved, Merge, merge
from sheetsync.core.model import Claim, Problem, Record, Value
from sheetsync.core.telling import Told, quoted, tell_difference, tell_unmatched
from sheetsync.core.tracking import explain, inspect, same_tracking_url
from sheetsync.core.truth import Known, Truth, Truths, Unknown

RecordField = tuple[str, str, str]

_LIVE_STATUS = "placement_status"
_LIVE = "live"
_URL = "url"
_CODE = "code"
_UNMATCHED_KIND = {
    "near_miss": FlagKind.NEAR_MISS_ID,
    "orphan": FlagKind.ORPHAN_ROW,
    "ambiguous": FlagKind.AMBIGUOUS,
    "unreadable": FlagKind.UNREADABLE,
}


@dataclass(frozen=True)
class Past:
    """What the core must know of the past: canonical texts by (source, record, field), and today's date."""

    today: date
    baselines: Mapping[RecordField, str] = field(default_factory=dict)
    published: Mapping[RecordField, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Decisions:
    """Everything one cycle has to say; flags worst first, with ids."""

    flags: tuple[Flag, ...]
    generated: tuple[Generated, ...]
    withheld: tuple[Withheld, ...]
    #: what owner and copy agree on now, to be remembered once it is verified
    agreed: Mapping[RecordField, str]


def decide(compared: Compared, truths: Truths, past: Past) -> Decisions:
    """Turn comparisons into what is said about each cell."""
    rules, matched = truths.rules, truths.matched
    merged = [(pair, _merge(pair, rules, past)) for pair in compared.differing]
    disputed = {truths.about(pair.record, pair.field) for pair, outcome in merged if isinstance(outcome, BothMoved)}
    maker = _Maker(rules, Generator(rules, replace(truths, disputed=disputed)), past)
    made = [outcome for item in matched.identified for outcome in maker.values(item)]
    flags = chain(
        (_difference_flag(pair, outcome, rules) for pair, outcome in merged),
        _problem_flags(matched, rules),
        _unmatched_flags(truths),
        _duplicate_flags(matched, rules),
        _url_flags(matched, rules),
        (flag for item in matched.identified for flag in maker.flags(item)),
    )
    return Decisions(
        with_ids(flags),
        tuple(outcome for outcome in made if isinstance(outcome, Generated)),
        tuple(chain((o for o in made if isinstance(o, Withheld)), _withheld_without_record(matched, rules))),
        {_copy_key(pair): rules.fields[pair.field].type.format(pair.owner.value) for pair in compared.agreeing},
    )


# ---------------------------------------------------------------- copies against owners


def _copy_key(pair: Pair) -> RecordField:
    return (pair.handoff.receiver, pair.record, pair.field)


def _merge(pair: Pair, rules: Rules, past: Past) -> Merge:
    kind = rules.fields[pair.field].type
    return merge(_base(past.baselines.get(_copy_key(pair)), kind), pair.owner.value, pair.copy_value, kind.same)


def _base(text: str | None, kind: FieldType) -> Value | None:
    """What was last agreed; nothing when the field has changed its kind or its words since."""
    if text is None:
        return None
    try:
        return kind.read(text)
    except ValueError:
        return None


def _difference_flag(pair: Pair, outcome: Merge, rules: Rules) -> Flag:
    told = tell_difference(pair, outcome, rules)
    expected = rules.fields[pair.field].type.format(pair.owner.value)
    undecided = isinstance(outcome, BothMoved) or pair.owner_source is None
    return Flag(
        pair.copy.place,
        pair.record,
        pair.field,
        FlagKind.CONFLICT if undecided else FlagKind.DIFFERENCE,
        _found(pair.copy, rules),
        expected,
        pair.owner_source,
        rules.severity(pair.field),
        told.message,
        told.discreet,
        pair.contract,
        (rules.fields[pair.field].type.format(pair.copy_value), expected) if undecided else (),
    )


def _found(claim: Claim, rules: Rules) -> str:
    """What stands in the cell as a person sees it; of a link, where it leads."""
    if rules.fields[claim.field].type.kind == _URL and isinstance(claim.parsed, str):
        return claim.parsed
    return claim.raw


# ---------------------------------------------------------------- trouble inside one cell or row


def _problem_flags(matched: Matched, rules: Rules) -> Iterator[Flag]:
    for item in matched.identified:
        for claim in item.record.claims.values():
            if isinstance(claim.parsed, Problem) and _is_compared(claim.field, rules):
                told = Told(claim.parsed.message, claim.parsed.message)
                kind = FlagKind(claim.parsed.kind.value)
                severity = rules.severity(claim.field)
                yield _cell_flag(claim, item.key, kind, told, severity, candidates=claim.parsed.candidates)


def _is_compared(name: str, rules: Rules) -> bool:
    """A person's note may say anything; a human-only field is looked at only where some handoff compares it."""
    if not rules.fields[name].human_only:
        return True
    return any(handoff.contracts.get(name) is Contract.EQUAL for handoff in rules.handoffs)


def _cell_flag(
    claim: Claim,
    record: str,
    kind: FlagKind,
    told: Told,
    severity: Severity,
    *,
    found: str | None = None,
    expected: str | None = None,
    owner: str | None = None,
    contract: str = "",
    candidates: tuple[str, ...] = (),
) -> Flag:
    return Flag(
        claim.place,
        record,
        claim.field,
        kind,
        claim.raw if found is None else found,
        expected,
        owner,
        severity,
        told.message,
        told.discreet,
        contract,
        candidates,
    )


def _unmatched_flags(truths: Truths) -> Iterator[Flag]:
    rules = truths.rules
    # An id may be known where nobody could look.
    unsure = ("near_miss", "orphan") if registrars(rules) & truths.unread.keys() else ()
    known_by = rules.sources[rules.owners[CAMPAIGN_ID]].title if CAMPAIGN_ID in rules.owners else "anybody"
    for item in truths.matched.unmatched:
        if item.why in unsure:
            continue
        claim = identity_claim(item.record, rules)
        told = tell_unmatched(item, claim, known_by)
        kind = _UNMATCHED_KIND[item.why]
        severity = Severity.MEDIUM if kind in (FlagKind.AMBIGUOUS, FlagKind.UNREADABLE) else Severity.HIGH
        yield _cell_flag(claim, _row_name(item), kind, told, severity, candidates=item.candidates)


def identity_claim(record: Record, rules: Rules) -> Claim:
    """The cell that says which campaign a row is about: the first filled one of its key and match fields."""
    source = rules.sources[record.source]
    names = dict.fromkeys(chain(source.key, *source.match))
    claims = [record.claims[name] for name in names if name in record.claims]
    return next((claim for claim in claims if claim.parsed is not None), claims[0])


def _row_name(item: Unmatched) -> str:
    return quoted(" / ".join(part.strip() for part in item.record.address if part.strip()))


def _duplicate_flags(matched: Matched, rules: Rules) -> Iterator[Flag]:
    for rows in matched.duplicates:
        for item in rows:
            others = ", ".join(str(_row_number(other.record)) for other in rows if other is not item)
            text = f"{item.key} stands in more than one row (also row {others}): nothing is concluded from them"
            claim = item.record.claims[rules.sources[item.record.source].key[0]]
            yield _cell_flag(claim, item.key, FlagKind.DUPLICATE_ROW, Told(text, text), Severity.HIGH)


def _row_number(record: Record) -> int:
    return (record.place.row or 0) + 1


def _url_flags(matched: Matched, rules: Rules) -> Iterator[Flag]:
    """What is wrong with a page's address, told where the owner typed it."""
    for item in matched.identified:
        for claim in item.record.claims.values():
            typed_by_owner = rules.owners.get(claim.field) == item.record.source
            is_url = rules.fields[claim.field].type.kind == _URL and _is_compared(claim.field, rules)
            if not is_url or not typed_by_owner or not isinstance(claim.parsed, str):
                continue
            if defects := inspect(claim.parsed, rules.tracking):
                worst = defects[0]
                kinds = ", ".join(dict.fromkeys(defect.kind.replace("_", " ") for defect in defects))
                text = f"{rules.fields[claim.field].label}: {kinds}" + (f" ({worst.detail})" if worst.detail else "")
                severity = Severity(worst.severity)
                found = quoted(claim.raw)
                yield _cell_flag(claim, item.key, FlagKind.URL_DEFECT, Told(text, text), severity, found=found)


# ---------------------------------------------------------------- generated values


@dataclass(frozen=True)
class _Maker:
    """Generated values of one row, and what a hand-typed one in their place has to hear."""

    rules: Rules
    generator: Generator
    past: Past

    def values(self, item: Identified) -> Iterator[Generated | Withheld]:
        for name in self.rules.sources[item.record.source].generated:
            if name == CAMPAIGN_ID:
                yield from self._proposed_id(item)
                continue
            claim, place = item.record.claims.get(name), item.record.place
            if (published := self._frozen(item, name)) is not None:
                yield Generated(place, item.key, name, published)
            elif self._marked_live(item) and claim is not None and claim.parsed is not None:
                yield Withheld(place, item.key, name, "the link is live: it stays as it is")
            elif isinstance(made := self._made(item, name), Unknown):
                yield Withheld(place, item.key, name, made.reason, made.detail)
            else:
                yield Generated(place, item.key, name, made)

    def flags(self, item: Identified) -> Iterator[Flag]:
        """Typed values under a `generated` contract that are not what would be made."""
        for claim in item.record.claims.values():
            handoff = self.rules.handoff_into(item.record.source, claim.field)
            if handoff is None or handoff.contracts[claim.field] is not Contract.GENERATED:
                continue
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
        told = Told(f"{label} typed by hand: {why}{ending}", f"{label} typed by hand is not what is generated{ending}")
        severity = Severity.LOW if frozen else self.rules.severity(claim.field)
        kind = FlagKind.DIFFERENCE
        return _cell_flag(
            claim, item.key, kind, told, severity, found=typed, expected=wanted, owner=GENERATED, contract=contract
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


def _withheld_without_record(matched: Matched, rules: Rules) -> Iterator[Withheld]:
    """Rows nothing is concluded from still say why their values are missing."""
    for unmatched in matched.unmatched:
        for name in _links(rules.sources[unmatched.record.source]):
            yield Withheld(unmatched.record.place, _row_name(unmatched), name, "the row's campaign id is not known")
    for rows in matched.duplicates:
        for item in rows:
            for name in _links(rules.sources[item.record.source]):
                yield Withheld(item.record.place, item.key, name, "two rows have the same key")


def _links(source: Source) -> tuple[str, ...]:
    return tuple(name for name in source.generated if name != CAMPAIGN_ID)
