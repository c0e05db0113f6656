"""The sentences about what people have decided."""

from collections.abc import Callable, Mapping
from typing import assert_never

from sheetsync.core.conflicts import Conflict, State
from sheetsync.core.disputes import Dispute
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.matters import (
    ABOUT,
    AGREED,
    CAMPAIGN,
    FOLLOWS,
    LINK_A,
    LINK_B,
    OWNER,
    RULE,
    STATE,
    VALUE_A,
    VALUE_B,
    VERSION,
    Matter,
)
from sheetsync.core.model import Place
from sheetsync.core.rulings import Owed, Ruling, Verdict
from sheetsync.core.telling import Told, flag_on, quoted
from sheetsync.core.where_decided import DecidedAbout


def owed_flag(owed: Owed, rules: Rules) -> Flag:
    """What the owner's cell has to hear when it was decided otherwise than it says."""
    ruling, claim = owed.ruling, owed.claim
    field = rules.fields[claim.field]
    says, words = field.type.format(owed.holds), ruling.words
    other = frozenset((ruling.source,)) if ruling.verdict is Verdict.KEEP_B else frozenset[str]()
    told = Told(
        f"{field.label} is {quoted(claim.raw)} here; {says} was {words}: change it here",
        f"{field.label} was {words}: change it",
        other - {claim.place.source},
    )
    contract = next(iter(ruling.contracts), "")
    severity = rules.severity(claim.field)
    return flag_on(
        claim, ruling.about, FlagKind.DIFFERENCE, told, severity, expected=says, owner=ruling.giver, contract=contract
    )


# ---------------------------------------------------------------- the line of a decisions tab


def matter_of(
    conflict: Conflict, ruling: Ruling | None, rules: Rules, salt: str, link: Callable[[Place], str]
) -> Matter:
    """The line of one conflict. Nothing in it ages, so that nothing is written while nothing happens."""
    dispute = conflict.dispute
    a, b = dispute.a, dispute.b
    labels = " and ".join(_label(name, rules) for name in dispute.fields)
    state, discreet = _how_far(conflict, ruling)
    shows = {
        CAMPAIGN: dispute.record,
        ABOUT: f"{dispute.group}: {labels}" if dispute.group else labels,
        RULE: _rule(dispute, rules),
        VALUE_A: _values(a.says, rules),
        LINK_A: link(a.place),
        VALUE_B: _values(b.says, rules),
        LINK_B: link(b.place),
        AGREED: _values(dispute.agreed, rules),
        OWNER: _title(a.source, rules) if dispute.owned else "nobody owns it",
        FOLLOWS: conflict.follows if conflict.is_open else "",
        STATE: state,
        # Also once it is decided: a run that dies before its commit leaves what people saw when they chose.
        VERSION: "" if conflict.state is State.CLOSED else dispute.version(salt),
    }
    nobody: frozenset[str] = frozenset()
    here, there = frozenset((a.source,)), frozenset((b.source,))
    speaks = dict.fromkeys((CAMPAIGN, ABOUT, OWNER, VERSION), nobody)
    speaks |= {VALUE_A: here, LINK_A: here, VALUE_B: there, LINK_B: there, AGREED: here | there, RULE: here | there}
    speaks[STATE] = nobody if state == discreet else here | there
    kind = _ABOUT.get(dispute.kind, DecidedAbout.CONFLICT)
    names_only = {RULE: shows[RULE], STATE: discreet, FOLLOWS: conflict.follows_discreet if conflict.is_open else ""}
    return Matter(conflict.id, shows, conflict.is_open, here | there, speaks, names_only, kind)


_ABOUT = {
    FlagKind.CONFLICT: DecidedAbout.CONFLICT,
    FlagKind.DIFFERENCE: DecidedAbout.DIFFERENCE,
    FlagKind.LATE: DecidedAbout.LATE,
}
_TO_CHANGE = {
    Verdict.KEEP_A: "B says it as soon as its people change it",
    Verdict.KEEP_B: "A says it as soon as its people change it",
    Verdict.KEEP_AGREED: "A and B say it as soon as their people change them",
    Verdict.CUSTOM: "A and B say it as soon as their people change them",
    Verdict.MAY_DIFFER: "until then nobody is told of it",
}


def _how_far(conflict: Conflict, ruling: Ruling | None) -> tuple[str, str]:
    """How far it is; and the same without values."""
    since = f"{conflict.since:%Y-%m-%d %H:%MZ}"
    match conflict.state:
        case State.OPEN | State.REOPENED:
            again = "" if conflict.state is State.OPEN else " again"
            said = f"open{again} since {since}"
            return said, said
        case State.DECIDED | State.APPLIED:
            if ruling is None:
                return conflict.said, State.DECIDED.value
            rest = _TO_CHANGE[ruling.verdict]
            short = f"{ruling.verdict.value}, {ruling.words}"
            return f"{conflict.said}; {rest}", f"{short}; {rest}"
        case State.CLOSED:
            when = f"closed {conflict.changed:%Y-%m-%d %H:%MZ}"
            return f"{when}: {conflict.said}", when
        case _:
            assert_never(conflict.state)


def _rule(dispute: Dispute, rules: Rules) -> str:
    copy, owner = _title(dispute.b.source, rules), _title(dispute.a.source, rules)
    if dispute.kind is FlagKind.LATE:
        return f"{owner} is frozen so shortly before the launch"
    if not dispute.owned:
        return f"{copy} and {owner} must say the same, and nobody owns it"
    return f"{copy} must say what {owner} says"


def _values(says: Mapping[str, str], rules: Rules) -> str:
    """One value as it is; of several each with its field."""
    if len(says) == 1:
        return next(iter(says.values()))
    return "; ".join(f"{_label(name, rules)} {text}" for name, text in says.items())


def _label(name: str, rules: Rules) -> str:
    return rules.fields[name].label if name in rules.fields else name


def _title(source: str, rules: Rules) -> str:
    return rules.sources[source].title if source in rules.sources else source
