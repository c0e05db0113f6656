"""Decide what is said about every cell: flags, generated values, values withheld. Each outcome has its reason.

Three outcomes per difference: the same meaning is silent, a difference names the owner's value, and what cannot be
decided is asked. Nothing is guessed, no majority counts, and no clock decides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import assert_never

from sheetsync.core.analytics import Analytics
from sheetsync.core.approvals import Stale, Standing, stale, stale_fields, standing
from sheetsync.core.campaigns import CAMPAIGN_ID, registrars
from sheetsync.core.conditions import Disputes, holding
from sheetsync.core.contracts import NOTHING, Compared, Pair
from sheetsync.core.contradictions import contradictions
from sheetsync.core.disputes import Dispute, disputes
from sheetsync.core.evidence import Handed
from sheetsync.core.exemptions import spared, without
from sheetsync.core.fields import FieldType
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld, with_ids
from sheetsync.core.following import Follow, follows, follows_decision
from sheetsync.core.freeze import as_said
from sheetsync.core.generate import Generator
from sheetsync.core.graph import Rules
from sheetsync.core.groups import agreed_as_one, group_conflicts, merge_groups, tell_group, tell_stale_in_group
from sheetsync.core.judging import Judged
from sheetsync.core.late import NO_FROST, Frost
from sheetsync.core.linking import page_defects
from sheetsync.core.making import Made, Maker, Past, withheld_without_record
from sheetsync.core.match import Matched
from sheetsync.core.merge import BothMoved, Merge, Ruled, merge
from sheetsync.core.missing import Missing, missing
from sheetsync.core.model import Claim, Problem, Record, Value
from sheetsync.core.publishing import published, unpublished
from sheetsync.core.readiness import handed
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import NO_RULINGS, InForce, Ruling, ruled
from sheetsync.core.telling import (
    flag_on,
    quoted,
    row_name,
    tell_difference,
    tell_duplicates,
    tell_missing,
    tell_of_itself,
    tell_unmatched,
    tell_violation,
)
from sheetsync.core.telling_approvals import contradiction_flag, stale_flag
from sheetsync.core.telling_decisions import owed_flag
from sheetsync.core.telling_late import late_dispute, late_flag
from sheetsync.core.telling_readiness import early_flags
from sheetsync.core.telling_terms import under, variation_flags
from sheetsync.core.terms import Severity
from sheetsync.core.tracking import presentable
from sheetsync.core.truth import Truths
from sheetsync.core.twice import Twice
from sheetsync.core.variation import uniform
from sheetsync.core.versions import Issue
from sheetsync.core.violations import (
    Exceeds,
    NotAmong,
    OtherCurrency,
    TooEarly,
    TooLate,
    Violation,
    violations,
    words_given,
)

_URL = "url"
_UNMATCHED_KIND = {
    "near_miss": FlagKind.NEAR_MISS_ID,
    "orphan": FlagKind.ORPHAN_ROW,
    "ambiguous": FlagKind.AMBIGUOUS,
    "unreadable": FlagKind.UNREADABLE,
}


@dataclass(frozen=True)
class Decisions:
    """Everything one cycle has to say; flags worst first, with ids."""

    flags: tuple[Flag, ...]
    generated: tuple[Generated, ...]
    withheld: tuple[Withheld, ...]
    #: what owner and copy agree on now, to be remembered once it is verified
    agreed: Mapping[RecordField, str]
    #: what it was decided from
    compared: Compared = NOTHING
    #: generated values that are new as versions
    issued: tuple[Issue, ...] = ()
    #: how far every handoff is
    handed: tuple[Handed, ...] = ()
    #: every approval as it stands, to be remembered
    approvals: tuple[Standing, ...] = ()
    #: cells of tables that follow the owners, or say why they do not
    follows: tuple[Follow, ...] = ()
    #: what a person may decide about
    disputes: tuple[Dispute, ...] = ()
    #: what people have decided, as far as it holds
    rulings: InForce = NO_RULINGS
    #: what became of the decisions that were heard
    judged: tuple[Judged, ...] = ()
    #: changes within a freeze, and what counts under it
    frost: Frost = NO_FROST
    #: id of a conflict's line -> what follows from each choice, and the same without values, where it was foreseen anew
    foreseen: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def conflicts_over(compared: Compared, truths: Truths, past: Past) -> Disputes:
    """(record, field) over which owner and copy both moved -> the copies' sources."""
    compared = without(compared, spared(truths.rules, past.today), truths.rules)
    return _merged(compared, truths, past)[1].disputed


def decide(compared: Compared, truths: Truths, past: Past) -> Decisions:
    """Turn comparisons into what is said about each cell."""
    rules, matched = truths.rules, truths.matched
    out = spared(rules, past.today)
    compared = without(compared, out, rules)
    merged, with_disputes = _merged(compared, truths, past)
    maker = Maker(rules, Generator(rules, with_disputes), past)
    approvals = standing(as_said(truths), past.approvals, with_disputes)
    states = handed(with_disputes, compared, stale_fields(approvals), out.spares)
    twice, analytics = Twice(maker.generator, matched), Analytics(maker.generator)
    wanted = _wanted(maker, matched)
    made = list(twice.withheld(wanted))
    flags = chain(
        _copy_flags(merged, stale(approvals), with_disputes, past.rulings),
        (owed_flag(one, rules) for one in past.rulings.owed),
        (late_flag(change, rules) for change in truths.frost.late),
        (stale_flag(it, rules) for one in approvals for it in one.stale if not it.has_cell),
        (contradiction_flag(one, rules) for one in contradictions(with_disputes)),
        (_violation_flag(broken, rules) for broken in violations(with_disputes, out)),
        (_missing_flag(absent, rules) for absent in missing(with_disputes)),
        _problem_flags(matched, rules),
        _unmatched_flags(truths),
        _duplicate_flags(matched, rules),
        _url_flags(truths),
        (flag for item in matched.identified for flag in maker.flags(item)),
        (flag for item in matched.identified for flag in analytics.flags(item)),
        (flag for one in made for flag in maker.waiting_flags(one)),
        twice.flags(wanted),
        variation_flags(uniform(with_disputes, out), rules),
        early_flags(states, rules),
    )
    outcomes = [one.outcome for one in made]
    outcomes += (one for item in matched.identified for one in published(item, with_disputes))
    told = with_ids(flag for flag in flags if not out.spares(flag.contract, flag.record))
    return Decisions(
        told,
        tuple(outcome for outcome in outcomes if isinstance(outcome, Generated)),
        tuple(
            chain(
                (outcome for outcome in outcomes if isinstance(outcome, Withheld)),
                withheld_without_record(matched, rules),
                unpublished(matched, rules),
            )
        ),
        agreed_as_one(compared, truths),
        compared,
        tuple(issue for one in made for issue in maker.issues(one)),
        states,
        approvals,
        (*follows(merged, with_disputes, compared.agreed), *follows_decision(past.rulings.owed, rules)),
        (*disputes(told, merged, with_disputes), *_late_disputes(told, truths)),
        past.rulings,
        frost=truths.frost,
    )


def values_wanted(compared: Compared, truths: Truths, past: Past) -> tuple[Twice, Sequence[Made]]:
    """Every value of ours as it would be if no two could be alike, and who finds those that are."""
    _, with_disputes = _merged(without(compared, spared(truths.rules, past.today), truths.rules), truths, past)
    maker = Maker(truths.rules, Generator(truths.rules, with_disputes), past)
    return Twice(maker.generator, truths.matched), _wanted(maker, truths.matched)


def _wanted(maker: Maker, matched: Matched) -> Sequence[Made]:
    return [one for item in matched.identified for one in maker.values(item)]


# ---------------------------------------------------------------- copies against owners


def _merged(compared: Compared, truths: Truths, past: Past) -> tuple[Sequence[tuple[Pair, Merge]], Truths]:
    """Each difference with who moved, or that it was decided, and the truths that know what is disputed."""
    rules = truths.rules
    grouped = merge_groups([(pair, _merge(pair, rules, past)) for pair in compared.differing], rules)
    merged = holding(list(ruled(grouped, past.rulings, rules)), truths, _disputed)
    return merged, replace(truths, disputed=_disputed(merged, truths))


def _late_disputes(told: Iterable[Flag], truths: Truths) -> Iterator[Dispute]:
    """What waits for a yes, as a matter with two sides, each by the id of its flag."""
    flags = {(flag.record, flag.field): flag for flag in told if flag.kind is FlagKind.LATE}
    for change in truths.frost.late:
        if (flag := flags.get((change.record, change.moved[0].claim.field))) is not None:
            yield late_dispute(change, flag, truths.rules)


def _disputed(merged: Iterable[tuple[Pair, Merge]], truths: Truths) -> Mapping[tuple[str, str], frozenset[str]]:
    """What a person must decide before anything is made of it, and the sources whose copies moved as well."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for pair, outcome in merged:
        if isinstance(outcome, BothMoved):
            for name in truths.rules.group_of(pair.field):
                about = truths.about(pair.record, name)
                found[about] = found.get(about, frozenset()) | {pair.copy.place.source}
    return found


def _copy_key(pair: Pair) -> RecordField:
    return (pair.handoff.receiver, pair.record, pair.field)


def _merge(pair: Pair, rules: Rules, past: Past) -> Merge:
    kind = rules.fields[pair.field].type
    base = _base(past.baselines.get(_copy_key(pair)), kind)
    return merge(
        base,
        pair.owner.value,
        pair.copy_value,
        kind.agrees,
        lambda owner, other: kind.agrees(owner, other) or pair.near(owner, other),
    )


def _base(text: str | None, kind: FieldType) -> Value | None:
    """What was last agreed; nothing when the field has changed its kind or its words since."""
    if text is None:
        return None
    try:
        return kind.read(text)
    except ValueError:
        return None


def _copy_flags(
    merged: Sequence[tuple[Pair, Merge]],
    gone_stale: Mapping[RecordField, Stale],
    truths: Truths,
    rulings: InForce,
) -> Iterator[Flag]:
    """Copies that are not their owner's word; of an approved one it is told what it was approved as."""
    rules, outcomes = truths.rules, {_copy_key(pair): (pair, outcome) for pair, outcome in merged}
    behind = rulings.behind
    groups = group_conflicts(merged, rules, gone_stale.keys())
    for pair, outcome in merged:
        if _copy_key(pair) not in gone_stale and _copy_key(pair) not in groups.silent:
            ruling = behind.get((pair.owner_source or "", *truths.about(pair.record, pair.field)))
            flag = _difference_flag(pair, outcome, truths, ruling)
            yield tell_group(groups.told[_copy_key(pair)], flag, rules) if _copy_key(pair) in groups.told else flag
    for about, one in gone_stale.items():
        told = tell_stale_in_group(one, outcomes.get(about), rules)
        yield flag_on(
            one.copy,
            one.record,
            FlagKind.STALE_APPROVAL,
            told,
            rules.severity(one.copy.field),
            found=_found(one.copy, rules),
            expected=rules.fields[one.copy.field].type.format(one.owner.value),
            owner=one.owner_source,
            contract=one.contract,
        )


def _difference_flag(pair: Pair, outcome: Merge, truths: Truths, ruling: Ruling | None) -> Flag:
    rules = truths.rules
    told = under(tell_difference(pair, outcome, rules, ruling), words_given(pair.record, pair.when, truths), rules)
    now = outcome.holds if isinstance(outcome, Ruled) else pair.owner.value
    expected = rules.fields[pair.field].type.format(now)
    undecided = isinstance(outcome, BothMoved) or (pair.owner_source is None and not isinstance(outcome, Ruled))
    return Flag(
        pair.copy.place,
        pair.record,
        pair.field,
        FlagKind.CONFLICT if undecided else FlagKind.DIFFERENCE,
        _found(pair.copy, rules),
        expected,
        pair.owner_source,
        rules.severity_of(pair.handoff, pair.field),
        told.message,
        told.discreet,
        told.sources,
        pair.contract,
        (rules.fields[pair.field].type.format(pair.copy_value), expected) if undecided else (),
    )


def _found(claim: Claim, rules: Rules) -> str:
    """What stands in the cell as a person sees it; of a link, where it leads."""
    if rules.fields[claim.field].type.kind == _URL and isinstance(claim.parsed, str):
        return presentable(claim.parsed)
    return claim.raw


# ---------------------------------------------------------------- contracts other than `equal`


def _violation_flag(broken: Violation, rules: Rules) -> Flag:
    cell, told = broken.cell, tell_violation(broken, rules)
    return flag_on(
        cell.claim,
        cell.item.key,
        FlagKind.AMBIGUOUS if isinstance(broken, OtherCurrency) else FlagKind.VIOLATION,
        told,
        rules.severity_of(cell.handoff, cell.claim.field),
        found=_found(cell.claim, rules),
        owner=_broken_against(broken),
        contract=cell.contract,
        # Whichever row is the largest: the sum is one trouble.
        subject=cell.item.campaign if isinstance(broken, Exceeds) else "",
    )


def _broken_against(broken: Violation) -> str | None:
    """The owner whose word the cell does not fit."""
    match broken:
        case TooEarly(_, word) | TooLate(_, word) | Exceeds(_, _, _, word):
            return word.owner
        case NotAmong(cell):
            return next((word.owner for word in cell.given), None)
        case OtherCurrency():
            return None
        case _:
            assert_never(broken)


def _missing_flag(absent: Missing, rules: Rules) -> Flag:
    return flag_on(
        absent.claim,
        absent.item.key,
        FlagKind.MISSING_ROW,
        tell_missing(absent, rules),
        Severity.MEDIUM,
        contract=absent.due.id,
        # One row may be missing in several places, and one campaign is told at another row when the first one goes.
        subject=f"{absent.what} {absent.due.id}",
    )


# ---------------------------------------------------------------- trouble inside one cell or row


def _problem_flags(matched: Matched, rules: Rules) -> Iterator[Flag]:
    notes = rules.unread_notes
    for item in matched.identified:
        for claim in item.record.claims.values():
            if isinstance(claim.parsed, Problem) and claim.field not in notes:
                told = tell_of_itself(claim.parsed.message)
                kind = FlagKind(claim.parsed.kind.value)
                severity = rules.severity(claim.field)
                yield flag_on(claim, item.key, kind, told, severity, candidates=claim.parsed.candidates)


def _unmatched_flags(truths: Truths) -> Iterator[Flag]:
    rules = truths.rules
    # An id may be known where nobody could look.
    unsure = ("near_miss", "orphan") if registrars(rules) & truths.unread.keys() else ()
    known_by = rules.sources[rules.owners[CAMPAIGN_ID]].title if CAMPAIGN_ID in rules.owners else "anybody"
    for item in truths.matched.unmatched:
        if item.why in unsure:
            continue
        claim = identity_claim(item.record, rules)
        told = tell_unmatched(item, claim, known_by, rules)
        kind = _UNMATCHED_KIND[item.why]
        severity = Severity.MEDIUM if kind in (FlagKind.AMBIGUOUS, FlagKind.UNREADABLE) else Severity.HIGH
        candidates = item.candidates or tuple(it.campaign for it in item.proposals)
        yield flag_on(claim, row_name(item), kind, told, severity, candidates=candidates)


def identity_claim(record: Record, rules: Rules) -> Claim:
    """The cell that says which campaign a row is about: the first filled one of its key and match fields."""
    source = rules.sources[record.source]
    names = dict.fromkeys(chain(source.key, *source.match))
    claims = [record.claims[name] for name in names if name in record.claims]
    return next((claim for claim in claims if claim.parsed is not None), claims[0])


def _duplicate_flags(matched: Matched, rules: Rules) -> Iterator[Flag]:
    for rows in matched.duplicates:
        for item in rows:
            told = tell_duplicates(rows, item.key, rules)
            claim = item.record.claims[rules.sources[item.record.source].key[0]]
            yield flag_on(claim, item.key, FlagKind.DUPLICATE_ROW, told, Severity.HIGH)


def _url_flags(truths: Truths) -> Iterator[Flag]:
    """What is wrong with a page's address, told where the owner typed it."""
    rules, notes = truths.rules, truths.rules.unread_notes
    for item in truths.matched.identified:
        for name in item.record.claims:
            typed_by_owner = rules.owners.get(name) == item.record.source
            is_url = rules.fields[name].type.kind == _URL and name not in notes
            if not is_url or not typed_by_owner:
                continue
            claim = item.record.claims[name]
            if not isinstance(claim.parsed, str):
                continue
            if defects := page_defects(claim.parsed, item.key, truths):
                worst = defects[0]
                kinds = ", ".join(dict.fromkeys(defect.kind.replace("_", " ") for defect in defects))
                text = f"{rules.fields[claim.field].label}: {kinds}" + (f" ({worst.detail})" if worst.detail else "")
                severity = Severity(worst.severity)
                found = quoted(presentable(claim.raw))
                yield flag_on(claim, item.key, FlagKind.URL_DEFECT, tell_of_itself(text), severity, found=found)
