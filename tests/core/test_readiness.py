"""States of handoffs: laws against plain words, then what each demand means, and what a row begun too early hears."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.crossing import crossing, rests_on
from sheetsync.core.evidence import Demand, Fails, Handed, Holds, Unsure
from sheetsync.core.flags import Flag, FlagKind, Status, status_of
from sheetsync.core.graph import Exemption, Handoff, Readiness, RowsDue, Rules
from sheetsync.core.making import Past
from sheetsync.core.model import Parsed, Problem, ProblemKind, Record
from sheetsync.core.readiness import became
from sheetsync.core.states import State
from sheetsync.core.telling_readiness import evidence_text
from sheetsync.core.terms import Before, Contract, FinePrint, Severity, Within
from tests.core import builders
from tests.core.agreement import RULES, TODAY, World, brief, placement, row

UNKNOWN = Problem(ProblemKind.VOCABULARY, "'jein' is not a word of the vocabulary")
READY = Readiness(
    agree=("promo_code",), filled=("flight_end",), says={"campaign_status": ("live",)}, approved=("legal",)
)
TAKEN, DONE = {"placement_status": ("live",)}, {"placement_status": ("done",)}
END = date(2026, 11, 30)
HELD: Mapping[str, Parsed] = {"promo_code": "ONE", "flight_end": END, "campaign_status": "live"}
GRANTED: Mapping[str, Parsed] = {"promo_code": "ONE", "legal_decision": "approved"}


def company(**changes: object) -> Rules:
    """Media may begin when offer and approval hold; the legal log copies the code."""
    media = Handoff("briefs", "media", {"flight_start": Contract.EQUAL}, {}, READY, TAKEN, DONE)
    legal = Handoff("briefs", "legal", {"promo_code": Contract.EQUAL})
    return replace(RULES, handoffs=(replace(media, **changes), legal))  # type: ignore[arg-type]


def log(**said: Parsed) -> Record:
    return row("legal", 4, campaign_id="NL-1", **said)


def told(*records: Record, rules: Rules | None = None, **more: object) -> dict[str, Handed]:
    """Record -> its handoff from the briefs to the media plan."""
    world = World(records, rules or company(), **more)  # type: ignore[arg-type]
    return {one.record: one for one in world.decided.handed if one.handoff.id == "briefs->media"}


def early(*records: Record, rules: Rules | None = None, past: Past | None = None) -> list[Flag]:
    flags = World(records, rules or company(), past or Past(TODAY)).flags(FlagKind.VIOLATION)
    return [flag for flag in flags if flag.contract.endswith(".ready_when")]


def hero(**said: Parsed) -> Record:
    return placement(2, "hero", **said)


HERO = "NL-1 / email / hero"

codes = st.sampled_from(["ONE", "TWO", None, UNKNOWN])
statuses = st.sampled_from(["planned", "live", "done", "cancelled", None, UNKNOWN])
decisions = st.sampled_from(["approved", "rejected", None, UNKNOWN])
ends = st.sampled_from([END, None, UNKNOWN])

# ---------------------------------------------------------------- laws


def said(parsed: Parsed) -> str | None:
    return None if parsed is None or isinstance(parsed, Problem) else str(parsed)


@given(codes, codes, statuses, statuses, decisions, ends)
def test_a_state_is_what_plain_words_make_of_the_same_rows(
    code: Parsed, logged: Parsed, campaign: Parsed, status: Parsed, decision: Parsed, end: Parsed
) -> None:
    found = told(
        brief(promo_code=code, campaign_status=campaign, flight_end=end),
        log(promo_code=logged, legal_decision=decision),
        hero(placement_status=status),
    )
    if "cancelled" in (status, campaign):
        assert found == {}
        return
    agree = said(code) is not None and logged in (None, code)
    holds = [agree, said(end) is not None, campaign == "live", decision == "approved" and logged in (None, code)]
    # An approved code that the brief does not say any more is stale; one whose owner says nothing is not.
    holds[3] |= decision == "approved" and (said(code) is None or said(logged) is None)
    waits = State.READY if all(holds) else State.NOT_READY
    wanted = {"live": State.CONSUMED, "done": State.DONE}.get(str(said(status)), waits)
    assert found[HERO].state is wanted, found[HERO].evidence


@given(codes, codes, statuses, statuses, decisions, ends)
def test_no_state_without_its_evidence(
    code: Parsed, logged: Parsed, campaign: Parsed, status: Parsed, decision: Parsed, end: Parsed
) -> None:
    records = (
        brief(promo_code=code, campaign_status=campaign, flight_end=end),
        log(promo_code=logged, legal_decision=decision),
        hero(placement_status=status),
    )
    for one in told(*records).values():
        kinds = {type(piece) for piece in one.evidence}
        match one.state:
            case State.READY:
                assert kinds == {Holds}
            case State.NOT_READY:
                assert kinds - {Holds}
            case State.CONSUMED | State.DONE:
                own = one.evidence[0]
                assert isinstance(own, Holds)
                assert own.demand is (Demand.DONE if one.state is State.DONE else Demand.TAKEN)
                assert own.claim is not None
                assert own.claim.parsed == ("done" if one.state is State.DONE else "live")
    flags = early(*records)
    assert [flag.record for flag in flags] == [one.record for one in told(*records).values() if one.too_early]
    # What nobody can tell is held against nobody.
    fails = [piece for one in told(*records).values() for piece in one.evidence if isinstance(piece, Fails)]
    assert not flags or fails


@given(st.permutations(range(4)), codes, statuses, decisions, st.booleans())
def test_the_order_of_sources_and_rows_is_nothing_to_it(
    order: list[int], code: Parsed, status: Parsed, decision: Parsed, turned: bool
) -> None:
    records = [
        brief(**{**HELD, "promo_code": code}),
        log(**{**GRANTED, "legal_decision": decision}),
        hero(placement_status=status),
        placement(3, "tile", placement_status="live"),
    ]
    rules = company()
    if turned:
        rules = replace(
            rules,
            sources=dict(reversed(list(rules.sources.items()))),
            handoffs=rules.handoffs[::-1],
        )
    there, here = told(*records), told(*(records[at] for at in order), rules=rules)
    assert {name: (one.state, one.evidence) for name, one in there.items()} == {
        name: (one.state, one.evidence) for name, one in here.items()
    }
    texts = [[evidence_text(one.evidence, rules) for _, one in sorted(world.items())] for world in (there, here)]
    assert texts[0] == texts[1]


@given(codes, statuses, decisions)
def test_a_source_that_no_demand_is_about_changes_no_state(code: Parsed, status: Parsed, decision: Parsed) -> None:
    records = [
        brief(**{**HELD, "promo_code": code}),
        log(**{**GRANTED, "legal_decision": decision}),
        hero(placement_status=status),
    ]
    mail = row("november", 1, campaign_id="NL-1", channel="email", slot="hero")
    states = {name: one.state for name, one in told(*records).items()}
    assert {name: one.state for name, one in told(*records, mail).items()} == states


states = st.dictionaries(
    st.tuples(st.sampled_from(["a->b", "b->c"]), st.sampled_from(["NL-1", "NL-2"])), st.sampled_from([*map(str, State)])
)


@given(st.lists(states, max_size=6))
def test_replayed_events_give_the_states_and_there_is_none_without_a_change(
    worlds: list[dict[tuple[str, str], str]],
) -> None:
    replayed: dict[tuple[str, str], str] = {}
    before: dict[tuple[str, str], str] = {}
    for now in worlds:
        for about, old, new in became(before, now):
            assert replayed.get(about) == old != new
            replayed.pop(about, None)
            replayed |= {} if new is None else {about: new}
        assert replayed == now
        assert not list(became(now, now))
        before = now


# ---------------------------------------------------------------- what each demand means


def failing(*records: Record, rules: Rules | None = None) -> list[tuple[str, str]]:
    pieces = told(*records, rules=rules)[HERO].evidence
    return [(str(piece.demand), piece.about) for piece in pieces if isinstance(piece, Fails)]


def test_each_demand_is_judged_by_itself() -> None:
    assert failing(brief(**HELD), log(**GRANTED), hero()) == []
    assert failing(brief(**HELD), log(legal_decision="approved", promo_code="OLD"), hero()) == [
        ("agree", "promo_code"),
        ("approved", "legal"),
    ]
    assert failing(brief(**{**HELD, "flight_end": None}), log(**GRANTED), hero()) == [("filled", "flight_end")]
    assert failing(brief(**{**HELD, "campaign_status": "done"}), log(**GRANTED), hero()) == [("is", "campaign_status")]
    assert failing(brief(**HELD), log(promo_code="ONE"), hero()) == [("approved", "legal")]
    assert failing(brief(**HELD), hero()) == [("approved", "legal")]


@pytest.mark.parametrize(
    "records",
    [
        (brief(**{**HELD, "promo_code": UNKNOWN}), log(**GRANTED), hero(placement_status="live")),
        (brief(**{**HELD, "flight_end": UNKNOWN}), log(**GRANTED), hero(placement_status="live")),
        (brief(**HELD), log(**{**GRANTED, "promo_code": UNKNOWN}), hero(placement_status="live")),
        (brief(**HELD), log(**{**GRANTED, "legal_decision": UNKNOWN}), hero(placement_status="live")),
        (brief(**HELD), log(**GRANTED), log(**GRANTED), hero(placement_status="live")),
        (brief(**HELD), brief(2, **HELD), log(**GRANTED), hero(placement_status="live")),
    ],
    ids=["owner's code", "owner's end", "a copy", "the approval", "two rows of Legal", "two briefs"],
)
def test_what_nobody_can_tell_makes_nothing_ready_and_is_held_against_nobody(records: tuple[Record, ...]) -> None:
    one = told(*records)[HERO]
    assert any(isinstance(piece, Unsure) for piece in one.evidence)
    assert (one.state, one.too_early, early(*records)) == (State.CONSUMED, False, [])
    waiting = told(*records[:-1], hero())[HERO]
    assert waiting.state is State.NOT_READY


def test_a_source_nobody_could_read_is_held_against_nobody() -> None:
    world = World((brief(**HELD), hero(placement_status="live")), company(), unread={"legal": "gone"})
    [one] = [it for it in world.decided.handed if it.record == HERO]
    assert [(piece.demand, type(piece)) for piece in one.evidence if not isinstance(piece, Holds)] == [
        (Demand.AGREE, Unsure),
        (Demand.APPROVED, Unsure),
    ]
    assert world.flags(FlagKind.VIOLATION) == []


def test_a_code_in_conflict_does_not_agree() -> None:
    past = Past(TODAY, {("legal", "NL-1", "promo_code"): "BASE"})
    records = (brief(**HELD), log(promo_code="OTHER", legal_decision="rejected"), hero(placement_status="live"))
    [flag] = early(*records, past=past)
    assert (
        "Promo code is not the same everywhere: ONE in Partner briefs (owner), OTHER in Legal log (row 5)"
        in flag.message
    )


def test_an_address_must_be_one_a_link_may_be_made_from() -> None:
    ready = Readiness(production=("landing_page",))
    edge = Handoff("landing", "utm", {"tracking_url": Contract.GENERATED}, {}, ready, {"placement_status": ("live",)})
    rules = builders.rules(handoffs=(edge,))
    page = builders.everything(
        landing__landing_page="https://staging.northlight.example/x", utm__placement_status="live"
    )
    [flag] = [it for it in builders.decided(builders.snapshots(*page), rules).flags if it.kind is FlagKind.VIOLATION]
    assert flag.message.endswith("is not ready: Landing page in Landing pages: staging host")
    assert (flag.place.source, flag.field, flag.owner) == ("utm", "placement_status", "landing")
    fine = builders.everything(utm__placement_status="live")
    [one] = builders.decided(builders.snapshots(*fine), rules).handed
    assert (one.state, one.failing) == (State.CONSUMED, ())


# ---------------------------------------------------------------- without words for it


def test_without_ready_when_it_is_ready_once_the_giver_s_words_can_be_read() -> None:
    rules = company(ready_when=None, contracts={"flight_start": Contract.EQUAL, "asset_due": Before("flight_end")})
    assert crossing(rules.handoffs[0], rules) == ("flight_start", "flight_end")
    start = date(2026, 11, 16)
    assert told(brief(flight_start=start, flight_end=END), hero(), rules=rules)[HERO].state is State.READY
    [missing] = told(brief(flight_start=start), hero(), rules=rules)[HERO].failing
    assert (missing.demand, missing.about, missing.source) == (Demand.READABLE, "flight_end", "briefs")
    assert told(brief(flight_start=UNKNOWN, flight_end=END), hero(), rules=rules)[HERO].state is State.NOT_READY
    # Nothing is demanded in so many words, so nothing is too early.
    assert early(brief(), hero(placement_status="live"), rules=rules) == []


def test_without_taken_when_a_row_that_carries_a_value_has_consumed_it_until_the_owner_moves_on() -> None:
    rules = company(taken_when={}, done_when={})
    start = date(2026, 11, 16)
    taken = told(brief(**HELD, flight_start=start), hero(flight_start=start), rules=rules)[HERO]
    assert (taken.state, taken.evidence[0].demand, taken.evidence[0].about) == (
        State.CONSUMED,
        Demand.CARRIED,
        "flight_start",
    )
    moved = brief(**HELD, flight_start=start + timedelta(days=1))
    assert told(moved, hero(flight_start=start), rules=rules)[HERO].state is State.NOT_READY
    assert early(moved, hero(flight_start=start), rules=rules) == []


def test_a_record_nobody_has_taken_goes_by_the_giver_s_name() -> None:
    one = told(brief(**HELD), log(**GRANTED))
    assert {name: it.state for name, it in one.items()} == {"NL-1": State.READY}
    assert told(brief(**{**HELD, "campaign_status": "cancelled"}), log(**GRANTED)) == {}


def test_where_rows_are_due_only_those_are_waited_for_and_one_of_several_receivers_is_enough() -> None:
    rules = replace(company(), rows_due=(RowsDue("briefs", ("media", "november"), {"campaign_status": ("live",)}),))
    assert told(brief(**HELD), rules=rules).keys() == {"NL-1"}
    assert told(brief(**{**HELD, "campaign_status": "planned"}), rules=rules) == {}
    mail = row("november", 1, campaign_id="NL-1", channel="email", slot="hero")
    assert told(brief(**HELD), mail, rules=rules) == {}


def test_rows_that_share_their_key_have_no_state() -> None:
    assert told(brief(**HELD), log(**GRANTED), hero(), placement(3, "hero")) == {}


def test_what_a_state_rests_on_is_every_source_that_may_change_it() -> None:
    rules = company()
    assert rests_on(rules.handoffs[0], rules) == {"briefs", "media", "legal"}
    assert rests_on(rules.handoffs[1], rules) == {"briefs", "legal", "media"}


# ---------------------------------------------------------------- begun too early


TOO_EARLY = (brief(**{**HELD, "flight_end": None}), log(promo_code="TWO", legal_decision="rejected"))


def test_what_was_begun_too_early_is_told_once_with_all_that_does_not_hold() -> None:
    [flag] = early(*TOO_EARLY, hero(placement_status="live"))
    assert (flag.kind, flag.field, flag.record, flag.found) == (FlagKind.VIOLATION, "placement_status", HERO, "live")
    assert (flag.contract, flag.owner, flag.severity) == ("briefs->media.ready_when", "briefs", Severity.MEDIUM)
    assert status_of(flag.kind) is Status.DIFFERS
    assert flag.message == (
        "Placement status is live here, but what Partner briefs hands over is not ready: Promo code is not the same "
        "everywhere: ONE in Partner briefs (owner), TWO in Legal log (row 5); no Flight end in Partner briefs; "
        "approval legal is not granted in Legal log (rejected)"
    )
    assert flag.sources == {"briefs", "legal"}


def test_readers_of_names_learn_no_value() -> None:
    [flag] = early(*TOO_EARLY, hero(placement_status="live"))
    assert flag.discreet == (
        "Placement status says that this was begun, but what Partner briefs hands over is not ready: Promo code in "
        "Legal log is not what Partner briefs says, whose word counts; no Flight end in Partner briefs; "
        "approval legal is not granted in Legal log"
    )
    assert not {"ONE", "TWO", "rejected"} & set(flag.discreet.replace(",", " ").replace(";", " ").split())


def test_its_loudness_is_the_handoff_s_or_the_status_s() -> None:
    loud = company(fine_prints={"ready_when": FinePrint(severity=Severity.HIGH)})
    assert [flag.severity for flag in early(*TOO_EARLY, hero(placement_status="done"), rules=loud)] == [Severity.HIGH]
    field = replace(company(), severities={"placement_status": Severity.LOW})
    assert [flag.severity for flag in early(*TOO_EARLY, hero(placement_status="done"), rules=field)] == [Severity.LOW]


def test_two_handoffs_into_one_row_are_two_flags_with_ids_of_their_own_that_stay() -> None:
    one = company()
    other = Handoff("legal", "media", {"placement_start": Within("flight_start", "flight_end")}, {}, READY, TAKEN, DONE)
    rules = replace(one, handoffs=(*one.handoffs, other))
    flags = early(*TOO_EARLY, hero(placement_status="live"), rules=rules)
    assert {flag.contract for flag in flags} == {"briefs->media.ready_when", "legal->media.ready_when"}
    assert len({flag.id for flag in flags}) == 2
    later = early(brief(**HELD), log(promo_code="TWO"), placement(9, "hero", placement_status="done"), rules=rules)
    assert {flag.id for flag in later} == {flag.id for flag in flags}


def test_a_row_that_is_called_off_is_told_nothing() -> None:
    assert early(*TOO_EARLY, hero(placement_status="cancelled")) == []
    off = brief(**{**HELD, "campaign_status": "cancelled"})
    assert early(off, hero(placement_status="done")) == []


@pytest.mark.parametrize(("today", "flags"), [(TODAY, 0), (TODAY + timedelta(days=1), 1)])
@pytest.mark.parametrize("name", ["NL-1", "nl-1 / email / hero"])
def test_an_exception_takes_the_place_of_all_demands_until_its_last_day(name: str, today: date, flags: int) -> None:
    one = Exemption("briefs->media.ready_when", (name,), "agreed with Legal", TODAY)
    rules = replace(company(), exemptions=(one,))
    assert len(early(*TOO_EARLY, hero(placement_status="live"), rules=rules, past=Past(today))) == flags
    waiting = told(*TOO_EARLY, hero(), rules=rules, past=Past(today))[HERO]
    assert waiting.state is (State.NOT_READY if flags else State.READY)


def test_evidence_is_kept_as_one_text_that_says_what_holds_by_whose_word_and_where() -> None:
    one = told(*TOO_EARLY, hero(placement_status="live"))[HERO]
    pieces = json.loads(evidence_text(one.evidence, company()))
    assert [(it["demand"], it["about"], it["holds"], it["source"]) for it in pieces] == [
        ("taken_when", "placement_status", True, "media"),
        ("agree", "promo_code", False, "briefs"),
        ("filled", "flight_end", False, "briefs"),
        ("is", "campaign_status", True, "briefs"),
        ("approved", "legal", False, "legal"),
    ]
    assert pieces[0]["place"][:2] == ["media", "sheet of media"]


def test_each_record_has_the_evidence_of_its_own_campaign() -> None:
    rows = (brief(), brief(2, "NL-2"), hero(), placement(3, "hero", "NL-2"))
    found = told(*rows, rules=company(ready_when=None, taken_when={}, done_when={}))
    places = {
        record: {piece.claim.place.row for piece in one.evidence if piece.demand is Demand.ROW and piece.claim}
        for record, one in found.items()
    }
    assert len(places) == 2
    first, second = places.values()
    assert len(first) == len(second) == 1
    assert first != second
