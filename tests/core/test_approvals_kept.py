"""What was approved is taken down once: it never becomes fresh by itself, and what is stale is named field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sheetsync.core.approvals import NO_ROW, UNREADABLE, ApprovalOf, Given, Standing, apart
from sheetsync.core.fields import Field, field_type
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Approval, Handoff, Rules
from sheetsync.core.making import Past
from sheetsync.core.model import Claim, Entity, Money, Parsed, Problem, ProblemKind, Record
from sheetsync.core.terms import Contract
from tests.core.agreement import RULES, TODAY, World, brief, row

UNKNOWN = Problem(ProblemKind.VOCABULARY, "'jein' is not a word of the vocabulary")
DAY = date(2026, 11, 16)
LEGAL = Approval(
    "legal",
    "legal",
    "legal_decision",
    ("approved",),
    ("promo_code", "flight_start", "budget"),
    "approved_by",
    "signed_on",
)
ABOUT = ("legal", "NL-1")


def _signing() -> Rules:
    """The company whose legal log says who gave an approval and on which day."""
    new = {
        "approved_by": Field("approved_by", "Approved by", Entity.CAMPAIGN, field_type("text", None)),
        "signed_on": Field("signed_on", "Approved on", Entity.CAMPAIGN, field_type("day", None)),
    }
    log = RULES.sources["legal"]
    columns = {**log.columns, **{name: (one.label,) for name, one in new.items()}}
    return replace(
        RULES,
        fields={**RULES.fields, **new},
        sources={**RULES.sources, "legal": replace(log, columns=columns)},
        approvals=(LEGAL,),
    )


SIGNING = _signing()


def usd(amount: int) -> Money:
    return Money(Decimal(amount), "USD")


def log(number: int = 4, /, **said: Parsed) -> Record:
    """A row of the log, with who signed it and when."""
    signed = {name: said.pop(name, None) for name in ("approved_by", "signed_on")}
    base = row("legal", number, campaign_id="NL-1", **said)
    place = base.place
    claims = {
        name: Claim(name, parsed, "?!" if isinstance(parsed, Problem) else str(parsed or ""), replace(place, column=9))
        for name, parsed in signed.items()
    }
    return replace(base, claims={**base.claims, **claims})


@dataclass
class Memory:
    """Cycles one after the other, each remembering what the one before took down."""

    rules: Rules = SIGNING
    kept: dict[ApprovalOf, Given] = field(default_factory=dict)
    found: tuple[Standing, ...] = ()

    def see(self, *records: Record, unread: Mapping[str, str] | None = None) -> list[Flag]:
        world = World(records, self.rules, Past(TODAY, approvals=self.kept), unread or {})
        decided = world.decided
        self.found = decided.approvals
        self.kept = {**self.kept, **{one.given.about: one.given for one in decided.approvals}}
        return [flag for flag in decided.flags if flag.kind is FlagKind.STALE_APPROVAL]

    @property
    def now(self) -> Given:
        return self.kept[ABOUT]


def yes(**said: Parsed) -> Record:
    return log(legal_decision="approved", **said)


# ---------------------------------------------------------------- what is told, and where


def test_a_covered_field_without_a_cell_goes_stale_and_is_told_at_the_state() -> None:
    memory = Memory()
    assert memory.see(brief(budget=usd(8000)), yes()) == []
    [flag] = memory.see(brief(budget=usd(9000)), yes())
    assert (flag.field, flag.place.column_name, flag.owner) == ("budget", "Legal decision", "briefs")
    assert (flag.contract, flag.found, flag.expected) == ("approvals.legal.budget", "8000.00 USD", "9000.00 USD")
    assert flag.message == "Budget was 8000.00 USD when this was approved; Partner briefs (owner) says 9000.00 USD now"
    assert flag.discreet == "Budget has changed in Partner briefs since this was approved"
    assert flag.sources == {"briefs"}
    assert memory.see(brief(budget=usd(8000)), yes()) == [], "nothing differs from what was approved"


def test_a_blank_cell_is_no_cell_of_its_own() -> None:
    memory = Memory()
    assert memory.see(brief(promo_code="OLD"), yes()) == []
    [flag] = memory.see(brief(promo_code="NEW"), yes())
    assert (flag.field, flag.place.column_name, flag.found) == ("promo_code", "Legal decision", "OLD")


def test_what_its_owner_keeps_in_the_approving_row_itself_is_taken_down_too() -> None:
    own = replace(SIGNING, owners={**SIGNING.owners, "promo_code": "legal"}, handoffs=())
    memory = Memory(own)
    assert memory.see(brief(), yes(promo_code="OLD")) == []
    [flag] = memory.see(brief(), yes(promo_code="NEW"))
    assert (flag.field, flag.found, flag.expected, flag.owner) == ("promo_code", "OLD", "NEW", "legal")


def test_two_approvals_of_one_row_are_two_flags_with_ids_of_their_own() -> None:
    memory = Memory(replace(SIGNING, approvals=(LEGAL, replace(LEGAL, name="brand"))))
    memory.see(brief(budget=usd(1)), yes())
    flags = memory.see(brief(budget=usd(2)), yes())
    assert len({flag.id for flag in flags}) == 2
    later = memory.see(brief(budget=usd(3)), yes())
    assert {flag.id for flag in later} == {flag.id for flag in flags}, "an id is never made of values"


# ---------------------------------------------------------------- what is a new yes, and what is none

NO_YES: dict[str, tuple[Record, ...]] = {
    "nothing at all": (),
    "a cleared name": (yes(signed_on=DAY),),
    "a name that cannot be read": (yes(approved_by=UNKNOWN, signed_on=DAY),),
    "an unreadable state": (log(legal_decision=UNKNOWN, approved_by="Mira", signed_on=DAY),),
    "the row gone": (brief(9, "NL-9"),),
    "the row twice": (yes(approved_by="Mira"), replace(yes(approved_by="Mira"), place=log(7).place)),
}
A_YES: dict[str, tuple[tuple[Record, ...], Record]] = {
    "the state left and came back": ((log(legal_decision=None),), yes(approved_by="Mira", signed_on=DAY)),
    "it was rejected in between": ((log(legal_decision="rejected"),), yes(approved_by="Mira", signed_on=DAY)),
    "another name": ((), yes(approved_by="Jon", signed_on=DAY)),
    "another day": ((), yes(approved_by="Mira", signed_on=date(2026, 11, 20))),
}


@pytest.mark.parametrize("between", NO_YES.values(), ids=NO_YES)
def test_nothing_but_a_new_yes_makes_it_fresh(between: tuple[Record, ...]) -> None:
    memory, signed = Memory(), yes(approved_by="Mira", signed_on=DAY)
    memory.see(brief(budget=usd(1)), signed)
    before = memory.now.fingerprint
    memory.see(brief(budget=usd(2)), *(between or (signed,)))
    [flag] = memory.see(brief(budget=usd(2)), signed)
    assert (flag.found, memory.now.fingerprint) == ("1.00 USD", before)


@pytest.mark.parametrize(("between", "anew"), A_YES.values(), ids=A_YES)
def test_a_new_yes_takes_down_what_stands_there_then(between: tuple[Record, ...], anew: Record) -> None:
    memory = Memory()
    memory.see(brief(budget=usd(1)), yes(approved_by="Mira", signed_on=DAY))
    before = memory.now.fingerprint
    for one in between:
        memory.see(brief(budget=usd(2)), one)
    assert memory.see(brief(budget=usd(2)), anew) == []
    assert memory.now.covered["budget"] == "2.00 USD"
    assert memory.now.fingerprint != before


def test_the_approver_s_own_cell_is_what_is_approved_and_no_other_field_gets_fresh_by_it() -> None:
    memory = Memory()
    memory.see(brief(promo_code="OLD", budget=usd(1)), yes(promo_code="OLD"))
    both = memory.see(brief(promo_code="NEW", budget=usd(2)), yes(promo_code="OLD"))
    assert {flag.field for flag in both} == {"promo_code", "budget"}
    [left] = memory.see(brief(promo_code="NEW", budget=usd(2)), yes(promo_code="NEW"))
    assert left.field == "budget"
    still = memory.see(brief(promo_code="NEWER", budget=usd(2)), yes())
    assert {(flag.field, flag.found) for flag in still} == {("promo_code", "NEW"), ("budget", "1.00 USD")}, (
        "cleared since"
    )


def test_a_setting_grants_nothing_anew() -> None:
    plain = replace(SIGNING, approvals=(replace(LEGAL, who="", when="", covers=("promo_code",)),))
    memory, signed = Memory(plain), yes(approved_by="Mira", signed_on=DAY)
    memory.see(brief(promo_code="OLD", budget=usd(1)), signed)
    memory.rules = SIGNING
    [flag] = memory.see(brief(promo_code="NEW", budget=usd(1)), signed)
    assert flag.found == "OLD"
    assert memory.now.covered["budget"] is None, "it was not among what was approved"


def test_what_was_not_known_or_in_dispute_is_not_covered_until_somebody_says_yes_anew() -> None:
    memory = Memory()
    memory.see(brief(), yes())
    assert memory.now.covered == {"promo_code": None, "flight_start": None, "budget": None}
    assert memory.see(brief(budget=usd(5)), yes()) == []
    assert memory.now.covered == {"promo_code": None, "flight_start": None, "budget": None}
    memory.see(brief(budget=usd(5)), log(legal_decision=None))
    memory.see(brief(budget=usd(5)), yes())
    assert memory.now.covered == {"promo_code": None, "flight_start": None, "budget": "5.00 USD"}
    assert memory.see(brief(budget=Problem(ProblemKind.UNREADABLE, "'?'")), yes()) == [], "held against nobody"


def test_a_word_in_dispute_is_not_taken_down() -> None:
    rules = replace(SIGNING, handoffs=(Handoff("briefs", "media", {"flight_start": Contract.EQUAL}),))
    media = row("media", 2, campaign_id="NL-1", channel="email", slot="hero", flight_start=date(2026, 11, 3))
    key = "NL-1 / email / hero"
    past = Past(TODAY, {("media", key, "flight_start"): "2026-11-01"})
    decided = World((brief(flight_start=date(2026, 11, 2)), media, yes()), rules, past).decided
    assert FlagKind.CONFLICT in [flag.kind for flag in decided.flags]
    [one] = decided.approvals
    assert one.given.covered["flight_start"] is None


@pytest.mark.parametrize(
    ("records", "why"), [((log(legal_decision=UNKNOWN),), UNREADABLE), ((), NO_ROW)], ids=["unreadable", "no row"]
)
def test_what_nobody_can_read_now_is_not_granted_now(records: tuple[Record, ...], why: str) -> None:
    memory = Memory()
    memory.see(brief(budget=usd(1)), yes())
    assert memory.see(brief(budget=usd(2)), *records) == []
    assert (memory.now.granted, memory.now.away) == (False, why)
    assert not memory.found[0].holds


def test_a_log_that_cannot_be_read_at_all_changes_nothing() -> None:
    memory = Memory()
    memory.see(brief(budget=usd(1)), yes())
    before = memory.now
    memory.see(brief(budget=usd(2)), unread={"legal": "no network"})
    assert memory.now == before


def test_a_kept_word_that_its_field_no_longer_understands_is_held_against_nobody() -> None:
    memory = Memory()
    memory.see(brief(budget=usd(1)), yes())
    memory.kept[ABOUT] = replace(memory.now, covered={"budget": "one dollar"})
    assert memory.see(brief(budget=usd(2)), yes()) == []
    assert list(apart(memory.now, {"budget": "2.00 USD"}, SIGNING)) == []


# ---------------------------------------------------------------- laws

CODES = st.sampled_from(["ONE", "TWO", None])
BUDGETS = st.sampled_from([usd(1), usd(2), None])
STATES = st.sampled_from(["approved", "approved", "rejected", None, UNKNOWN])
NAMES = st.sampled_from(["Mira", "Jon", None, UNKNOWN])


@dataclass
class _Paper:
    """The same in a few lines: a paper that somebody signs, and a copy of it in a drawer."""

    state: str = ""
    name: str | None = None
    copy: dict[str, Parsed] = field(default_factory=dict)

    def look(self, briefed: Mapping[str, Parsed], state: Parsed, name: Parsed, code: Parsed) -> None:
        if isinstance(state, Problem):
            return
        if state != "approved":
            self.state, self.name, self.copy = str(state or ""), None, {}
            return
        readable = None if isinstance(name, Problem) else name or ""
        anew = self.state != "approved" or (self.name is not None and bool(readable) and readable != self.name)
        if anew:
            self.copy = dict(briefed)
        if self.state != "approved":
            self.name = None
        self.state = "approved"
        self.name = str(readable) if readable or (readable is not None and self.name is None) else self.name
        if code is not None:
            self.copy["promo_code"] = code

    def differs(self, briefed: Mapping[str, Parsed]) -> set[str]:
        return {
            about
            for about, was in self.copy.items()
            if was is not None and briefed[about] is not None and briefed[about] != was
        }


class Approving(RuleBasedStateMachine):
    """An owner and an approver edit as they like; now and then somebody looks."""

    def __init__(self) -> None:
        super().__init__()
        self.memory, self.paper = Memory(), _Paper()
        self.briefed: dict[str, Parsed] = {"promo_code": "ONE", "budget": usd(1)}
        self.said: dict[str, Parsed] = {"legal_decision": None, "approved_by": None, "promo_code": None}
        self.flags: list[Flag] = []
        self.looked = False

    @rule(code=CODES, budget=BUDGETS)
    def the_owner_types(self, code: Parsed, budget: Parsed) -> None:
        self.briefed = {"promo_code": code, "budget": budget}
        self.looked = False

    @rule(state=STATES)
    def the_approver_decides(self, state: Parsed) -> None:
        self.said["legal_decision"] = state
        self.looked = False

    @rule(name=NAMES)
    def the_approver_signs(self, name: Parsed) -> None:
        self.said["approved_by"] = name
        self.looked = False

    @rule(code=CODES)
    def the_approver_types_a_code(self, code: Parsed) -> None:
        self.said["promo_code"] = code
        self.looked = False

    @rule()
    def somebody_looks(self) -> None:
        before = dict(self.memory.kept)
        self.flags = self.memory.see(brief(**self.briefed), log(**self.said))
        self.paper.look(self.briefed, *(self.said[one] for one in ("legal_decision", "approved_by", "promo_code")))
        self.looked = True
        self._is_no_fresher_than(before)

    def _is_no_fresher_than(self, before: Mapping[ApprovalOf, Given]) -> None:
        was, now = before.get(ABOUT), self.memory.kept.get(ABOUT)
        if was is None or now is None or not was.covered or not now.is_still(was):
            return
        for name, taken in was.covered.items():
            by_hand = self.said.get(name) is not None
            assert by_hand or now.covered.get(name) == taken, "nobody said yes anew"

    @rule()
    def somebody_looks_again(self) -> None:
        self.somebody_looks()
        once = (self.flags, self.memory.kept)
        self.somebody_looks()
        assert once == (self.flags, self.memory.kept)

    @invariant()
    def nothing_says_granted_that_the_cell_does_not_say(self) -> None:
        if self.looked:
            granted = self.said["legal_decision"] == "approved"
            assert all(one.given.granted is granted for one in self.memory.found)
            assert granted or self.flags == []

    @invariant()
    def stale_is_exactly_what_differs_from_what_was_approved(self) -> None:
        if self.looked:
            expected = self.paper.differs(self.briefed) if self.said["legal_decision"] == "approved" else set()
            assert {flag.field for flag in self.flags} == expected


TestApproving = Approving.TestCase
TestApproving.settings = hypothesis_settings(max_examples=150, stateful_step_count=30, deadline=None)


@given(st.permutations(range(4)), CODES, BUDGETS, st.sampled_from(["approved", None]))
def test_the_order_of_rows_and_sources_says_nothing(
    order: list[int], code: Parsed, budget: Parsed, state: Parsed
) -> None:
    records = [brief(promo_code="ONE", budget=usd(1)), brief(2, "NL-2"), log(legal_decision=state, promo_code=code)]
    records.append(replace(row("legal", 9, campaign_id="NL-2", legal_decision="approved")))
    past = Past(TODAY, approvals={ABOUT: Given("legal", "NL-1", "approved", True, covered={"budget": "9.00 USD"})})
    said = [_told(World(tuple(rows), SIGNING, past)) for rows in (records, [records[at] for at in order])]
    turned = replace(SIGNING, sources=dict(reversed(list(SIGNING.sources.items()))))
    assert said[0] == said[1] == _told(World(tuple(records), turned, past))


def _told(world: World) -> tuple[set[str], dict[ApprovalOf, Given]]:
    decided = world.decided
    return {flag.id + flag.message for flag in decided.flags}, {one.given.about: one.given for one in decided.approvals}


def test_a_fingerprint_is_of_fields_and_values_in_any_order() -> None:
    one = Given("legal", "NL-1", "approved", True, covered={"offer": "20%", "budget": None})
    other = replace(one, who="Mira", covered={"budget": None, "offer": "20%"})
    assert one.fingerprint == other.fingerprint
    assert len({one.fingerprint, *(replace(one, covered=it).fingerprint for it in _near(one.covered))}) == 4
    assert replace(one, covered={}).fingerprint == ""


def _near(covered: Mapping[str, str | None]) -> Iterator[dict[str, str | None]]:
    yield {**covered, "offer": "25%"}
    yield {"offer": covered["offer"]}
    yield {**covered, "budget": ""}
