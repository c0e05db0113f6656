"""The sentences flags are told in: one for those who may see everything, one for readers who see only names.

The one for readers who may see nothing of a source has no room for anything, so it is the same everywhere: `managed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from sheetsync.core.approvals import Stale
from sheetsync.core.campaigns import CAMPAIGN_ID, registrars
from sheetsync.core.contracts import Pair
from sheetsync.core.fields import Field
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.match import Identified, Unmatched
from sheetsync.core.merge import Agreed, BothMoved, CopyMoved, Merge, OwnerMoved, Ruled, Unfounded
from sheetsync.core.missing import Missing
from sheetsync.core.model import Claim, Money, Place, Value
from sheetsync.core.rulings import Ruling, Verdict
from sheetsync.core.terms import Severity
from sheetsync.core.tracking import without_www
from sheetsync.core.violations import (
    Exceeds,
    NotAmong,
    OtherCurrency,
    TooEarly,
    TooLate,
    Violation,
    Word,
)

#: a found text longer than this is cut where it is quoted
_QUOTED = 80
#: more rows than these are counted, not listed
_LISTED = 8


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of news in its two versions."""

    message: str
    #: never a value of another source: no id, no candidate, no count of them, no link
    discreet: str
    #: the sources whose values or rows it speaks of, besides its own cell's: who may hear it depends on them
    sources: frozenset[str]


def quoted(text: str) -> str:
    """A person's text on one line, cut to a readable length."""
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"


def tell_difference(pair: Pair, merged: Merge, rules: Rules, ruling: Ruling | None = None) -> Told:
    """What a copy that is not its owner's value has to hear.

    `ruling` says by whose decision that value is the owner's, where the owner's cell has another one.
    """
    field = rules.fields[pair.field]
    here = f"{field.label} is {quoted(pair.copy.raw)} here"
    says = field.type.format(pair.owner.value) + _how_little(pair, field)
    about = frozenset((pair.owner_source or pair.handoff.giver,))
    if isinstance(merged, Ruled):
        now = field.type.format(merged.holds)
        return Told(
            f"{here}; {now} was {merged.words}: change it here", f"{field.label} was {merged.words}: change it", about
        )
    if pair.owner_source is None:
        other = rules.sources[pair.handoff.giver].title
        return Told(
            f"{here}, {says} in {other}, and nobody owns it: a person must decide",
            f"{field.label} differs from {other} and nobody owns it: a person must decide",
            about,
        )
    owner = rules.sources[pair.owner_source].title
    if ruling is not None:
        return _tell_decided(pair, merged, rules, ruling)
    differs = f"{field.label} differs from {owner}, whose word counts"
    match merged:
        case CopyMoved(base):
            was = field.type.format(base)
            still = f"{here}; {owner} (owner) still says {says}; agreed was {was}"
            return Told(still, differs + "; this copy moved", about)
        case OwnerMoved():
            return Told(f"{here}; {owner} (owner) changed it to {says}", f"{field.label} was changed in {owner}", about)
        case BothMoved(base):
            was = field.type.format(base)
            return Told(
                f"{here} and {says} in {owner} (owner); both moved from {was}: a person must decide",
                f"{field.label} was changed both here and in {owner}: a person must decide",
                about,
            )
        case Unfounded() | Agreed():
            return Told(f"{here}; {owner} (owner) says {says}", differs, about)
        case _:
            assert_never(merged)


def _how_little(pair: Pair, field: Field) -> str:
    """Two addresses that differ in nothing else look alike to most people."""
    ours, theirs = pair.owner.value, pair.copy.parsed
    if field.type.kind != "url" or not isinstance(ours, str) or not isinstance(theirs, str):
        return ""
    return " (only www. differs)" if field.type.agrees(without_www(ours), without_www(theirs)) else ""


def _tell_decided(pair: Pair, merged: Merge, rules: Rules, ruling: Ruling) -> Told:
    """The same where people have decided what the owner's word is, and the owner's cell does not say so yet."""
    field, owner = rules.fields[pair.field], rules.sources[ruling.giver].title
    here, says = f"{field.label} is {quoted(pair.copy.raw)} here", field.type.format(pair.owner.value)
    decided = f"{says} was {ruling.words} in place of what {owner} (owner) says"
    discreet = f"{field.label} was {ruling.words} in place of what {owner} says"
    # The value was another copy's first.
    about = frozenset((ruling.giver, *((ruling.source,) if ruling.verdict is Verdict.KEEP_B else ())))
    match merged:
        case CopyMoved(base):
            was = field.type.format(base)
            return Told(f"{here}; {decided}; agreed was {was}", f"{discreet}; this copy moved", about)
        case BothMoved(base):
            was = field.type.format(base)
            return Told(
                f"{here}; {decided}; both moved from {was}: a person must decide",
                f"{discreet}, and it was changed here: a person must decide",
                about,
            )
        case OwnerMoved() | Unfounded() | Agreed() | Ruled():
            return Told(f"{here}; {decided}", discreet, about)
        case _:
            assert_never(merged)


# ---------------------------------------------------------------- contracts other than `equal`


def tell_violation(broken: Violation, rules: Rules) -> Told:
    """What a cell that breaks its contract has to hear."""
    cell = broken.cell
    about = frozenset(word.owner for word in cell.given)
    label = rules.fields[cell.claim.field].label
    here = f"{label} is {quoted(cell.claim.raw)} here"
    held, given = while_words(cell.given, rules), given_words(cell.given, rules)
    match broken:
        case TooEarly(_, bound) | TooLate(_, bound):
            side = "before" if isinstance(broken, TooEarly) else "after"
            other, owner = _named(bound, rules)
            return Told(
                f"{here}, {side} {other}: {owner} (owner) says {_said(bound, rules)}{held}",
                f"{label} is {side} {other} in {owner}, whose word counts{given}",
                about | {bound.owner},
            )
        case NotAmong(_, words):
            if not cell.given:
                return tell_of_itself(f"{here}; it must be {' or '.join(words)}")
            fields = " and ".join(" in ".join(_named(word, rules)) for word in cell.given)
            return Told(
                f"{here}; it must be {' or '.join(words)}{held}",
                # The words allowed would tell what the other field says.
                f"{label} does not go with {fields}, whose word counts",
                about,
            )
        case Exceeds(_, parts, total, whole):
            other, owner = _named(whole, rules)
            added, rows = f"{label} of this campaign adds up to", rows_listed([part.claim.place for part in parts])
            sum_here = f"{rules.fields[cell.claim.field].type.format(_like(total, cell.value))} here ({rows})"
            return Told(
                f"{added} {sum_here}; {owner} (owner) says {other} is {_said(whole, rules)}{held}",
                f"{added} more here ({rows}) than {other} in {owner}, whose word counts{given}",
                about | {whole.owner} | identified_by([part.item for part in parts], rules),
            )
        case OtherCurrency(_, whole):
            other, owner = _named(whole, rules)
            return Told(
                f"{here}; {owner} (owner) says {other} is {_said(whole, rules)}: it is not counted",
                f"{label} cannot be added up against {other} in {owner}: its currency is not counted",
                about | {whole.owner},
            )
        case _:
            assert_never(broken)


def tell_missing(absent: Missing, rules: Rules) -> Told:
    """What a row has to hear whose record should stand in another source as well."""
    due = absent.due
    of_placement = "the campaign of this placement has" if absent.item.key != absent.what else "this campaign has"
    whose = of_placement if absent.what == absent.item.campaign else "this placement has"
    receivers = " or ".join(rules.sources[name].title for name in due.receivers)
    owners = {rules.owners[name] for name in due.which if name in rules.owners}
    fields = " and ".join(
        f"{rules.fields[name].label} in {rules.sources[rules.owners[name]].title}" for name in due.which
    )
    text = f"{whose} no row in {receivers}" + (f", which {fields} asks for" if fields else "")
    return Told(text, text, frozenset(due.receivers) | owners)


def tell_stale(stale: Stale, merged: Merge | None, rules: Rules) -> Told:
    """What an approved copy has to hear whose owner says otherwise now; `merged` where a handoff compares it too."""
    field, owner = rules.fields[stale.copy.field], rules.sources[stale.owner_source].title
    says = f"{owner} (owner) says {field.type.format(stale.owner.value)} now"
    text = f"{field.label} was approved here as {quoted(stale.copy.raw)}; {says}"
    differs = f"{field.label} as approved here differs from {owner}, whose word counts"
    about = frozenset((stale.owner_source,))
    if isinstance(merged, BothMoved):
        was = field.type.format(merged.base)
        return Told(f"{text}; both moved from {was}: a person must decide", f"{differs}; both were changed", about)
    return Told(text, differs, about)


def _named(word: Word, rules: Rules) -> tuple[str, str]:
    """The field an owner speaks of and the owner, as people call them."""
    return rules.fields[word.field].label, rules.sources[word.owner].title


def _said(word: Word, rules: Rules) -> str:
    return rules.fields[word.field].type.format(word.value)


def while_words(given: Sequence[Word], rules: Rules) -> str:
    """Under which words of others a contract holds."""
    said = [f"{_named(word, rules)[0]} is {_said(word, rules)} ({_named(word, rules)[1]})" for word in given]
    return f", while {' and '.join(said)}" if said else ""


def given_words(given: Sequence[Word], rules: Rules) -> str:
    """The same without the words."""
    said = [" in ".join(_named(word, rules)) for word in given]
    return f", given {' and '.join(said)}" if said else ""


def _like(total: Money, value: Value) -> Value:
    """A sum as a value of the field whose amounts were added up."""
    return total if isinstance(value, Money) else total.amount


def rows_listed(places: Sequence[Place]) -> str:
    """The rows of one source as people find them; a table has none."""
    rows = sorted(place.row + 1 for place in places if place.tab_id is not None and place.row is not None)
    if not rows:
        return f"{len(places)} line{'s' * (len(places) != 1)}"
    shown = ", ".join(map(str, rows[:_LISTED]))
    more = f" and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
    return f"row{'s' * (len(rows) != 1)} {shown}{more}"


# ---------------------------------------------------------------- rows


def tell_unmatched(item: Unmatched, claim: Claim, known_by: str, rules: Rules) -> Told:
    """What a row that belongs to no campaign has to hear."""
    found, about = quoted(claim.raw), looked_up_in(item, rules)
    candidates, gone = " or ".join(item.candidates), _no_more(item)
    match item.why:
        case "near_miss":
            return Told(
                f"{found} is no campaign {known_by} knows; it nearly is {candidates}: a person must say which{gone}",
                f"{found} is no campaign {known_by} knows, but nearly one: check its spelling",
                about,
            )
        case "orphan":
            what = f"{found} is no campaign" if found else "this row names no campaign"
            return Told(f"{what} {known_by} knows{_perhaps(item)}{gone}", f"{what} {known_by} knows", about)
        case "ambiguous":
            return Told(
                f"this row may mean {candidates}: give it its campaign id{gone}",
                "this row may mean several campaigns: give it its campaign id",
                about,
            )
        case "unreadable":
            text = f"the id {found} cannot be read"
            return tell_of_itself(text)
        case _:
            assert_never(item.why)


def _perhaps(item: Unmatched) -> str:
    likely = " or ".join(f"{it.campaign} ({it.alike})" for it in item.proposals)
    return f"; perhaps it is {likely}: a person must say" if likely else ""


def _no_more(item: Unmatched) -> str:
    return f"; it was said to be {item.gone}, which is no campaign any more" if item.gone else ""


def tell_duplicates(rows: Sequence[Identified], label: str, rules: Rules) -> Told:
    """What a row has to hear whose record stands in other rows of its source as well; `label` names that record."""
    return Told(
        f"{label} stands in {rows_listed([item.record.place for item in rows])}: nothing is concluded from them",
        "several rows here are about the same: nothing is concluded from them",
        identified_by(rows, rules),
    )


def tell_of_itself(text: str) -> Told:
    """Trouble inside one cell: its own words are told to whoever can read the cell."""
    return Told(text, text, frozenset())


def looked_up_in(item: Unmatched, rules: Rules) -> frozenset[str]:
    """The sources that were asked which campaign a row means; none where its own cell cannot be read."""
    return frozenset() if item.why == "unreadable" else frozenset(registrars(rules))


def identified_by(rows: Sequence[Identified], rules: Rules) -> frozenset[str]:
    """The sources without which nobody knew that these rows are about one record: none where each says its own id."""
    by_themselves = all(item.record.value(CAMPAIGN_ID) == item.campaign for item in rows)
    return frozenset() if by_themselves else frozenset(registrars(rules))


def row_name(item: Unmatched) -> str:
    """A row of no known campaign, by its own words."""
    return quoted(" / ".join(part.strip() for part in item.record.address if part.strip()))


def flag_on(
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
    subject: str = "",
) -> Flag:
    """A flag on the cell of a claim, in both its versions."""
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
        told.sources,
        contract,
        candidates,
        subject,
    )
