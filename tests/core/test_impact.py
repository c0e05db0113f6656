"""What is foreseen of a few campaigns is what is decided of all of them, whatever they share."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from sheetsync.core.as_if import as_if
from sheetsync.core.consequences import Impact
from sheetsync.core.contracts import compare
from sheetsync.core.cutting import Ground
from sheetsync.core.decide import decide
from sheetsync.core.flags import Withheld
from sheetsync.core.graph import Approval, Handoff, Rules, Visibility
from sheetsync.core.impact import impact, impact_between
from sheetsync.core.making import Past
from sheetsync.core.model import Parsed, Value
from sheetsync.core.record_fields import RecordField
from sheetsync.core.telling_impact import LONGEST, impact_text
from sheetsync.core.terms import Contract, Within
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.truth import Truths
from sheetsync.core.usual import ENOUGH, Step, usual_durations
from sheetsync.core.visibility import Readers
from tests.core.builders import RULES, TODAY, UNREADABLE, matched, row, snapshots
from tests.core.foreseen import assert_foreseen

CAMPAIGNS = ("NL-1001", "NL-1002", "NL-1003")
A, B = "https://www.northlight.example/a", "https://www.northlight.example/b"
PAGES = (A, B, A, B, "http://staging.example/c")
DAYS = (date(2026, 10, 20), date(2026, 11, 16), date(2026, 11, 30), date(2026, 12, 6))
CODES = ("FINCH20", "FINCH25")
#: who owns what may be set, and what it may be
POOLS: Mapping[str, tuple[str, tuple[Value, ...]]] = {
    "flight_start": ("briefs", DAYS),
    "flight_end": ("briefs", DAYS),
    "promo_code": ("briefs", CODES),
    "landing_page": ("landing", PAGES),
    "utm_source": ("utm", ("newsletter", "newsletter", "facebook")),
    "placement_status": ("utm", ("planned", "live")),
}


def _rules() -> Rules:
    """Links that carry nothing of their campaign, so that two campaigns may have one; terms of all kinds."""
    utm = replace(RULES.sources["utm"], publish=("promo_code",))
    official = replace(RULES.sources["official"], writes=True, version="v")
    within = Handoff(
        "briefs", "utm", {"flight_start": Within("flight_start", "flight_end"), "flight_end": Contract.EQUAL}
    )
    handoffs = tuple(within if (it.giver, it.receiver) == ("briefs", "utm") else it for it in RULES.handoffs)
    return replace(
        RULES,
        sources={**RULES.sources, "utm": utm, "official": official},
        tracking=TrackingRules(("utm_source", "utm_medium", "utm_campaign"), ("www.northlight.example",)),
        templates={**RULES.templates, "utm_campaign": "{promo_code}"},
        handoffs=handoffs,
        groups={"flight": ("flight_start", "flight_end")},
        approvals=(Approval("go", "utm", "placement_status", ("live",), ("flight_end", "promo_code")),),
    )


BY = _rules()


def _one_of(words: tuple[Any, ...]) -> st.SearchStrategy[Parsed]:
    return st.sampled_from([*words * 6, None, UNREADABLE])


_SAID = {name: _one_of(words) for name, (_, words) in POOLS.items()}
#: what each source's row of each campaign says
_CAMPAIGN = st.fixed_dictionaries(
    {
        source: st.fixed_dictionaries({n: s for n, s in _SAID.items() if n in RULES.sources[source].columns})
        for source in RULES.sources
    }
)
worlds = st.fixed_dictionaries(dict.fromkeys(CAMPAIGNS, _CAMPAIGN))
changes = st.dictionaries(
    st.sampled_from([(campaign, name) for campaign in CAMPAIGNS for name in POOLS]),
    st.integers(0, 3),
    min_size=1,
    max_size=2,
)


def _record(campaign: str, name: str) -> str:
    return campaign if RULES.fields[name].of == "campaign" else f"{campaign} / email / hero-banner"


def _words(change: Mapping[tuple[str, str], int]) -> dict[RecordField, Value]:
    found = {}
    for (campaign, name), at in change.items():
        owner, pool = POOLS[name]
        found[owner, _record(campaign, name), name] = pool[at % len(pool)]
    return found


def _truths(world: Mapping[str, Any], twice: bool = False) -> Truths:
    records = [
        row(source, number, **{"campaign_id": campaign, "campaign_name": campaign, "slot": "Hero banner"} | said)
        for number, (campaign, said_in) in enumerate(world.items(), start=1)
        for source, said in said_in.items()
    ]
    if twice:
        records.append(row("landing", 9, campaign_id=CAMPAIGNS[1], campaign_name=CAMPAIGNS[1]))
        records.append(row("utm", 9, campaign_id="NL-10O1", campaign_name="?"))
    return Truths(BY, matched(snapshots(*records), BY), {})


def _past(truths: Truths, agreed: Mapping[Any, int]) -> Past:
    """What a run leaves, but for some words that were agreed on otherwise."""
    decided = decide(compare(truths), truths, Past(TODAY))
    published = {(it.place.source, it.record, it.field): it.value for it in decided.generated}
    others = {}
    for (source, campaign, name), at in agreed.items():
        pool = POOLS[name][1]
        others[source, _record(campaign, name), name] = RULES.fields[name].type.format(pool[at % len(pool)])
    return Past(
        TODAY, {**decided.agreed, **others}, published, approvals={it.given.about: it.given for it in decided.approvals}
    )


bases = st.dictionaries(
    st.tuples(
        st.sampled_from(["landing", "utm", "official"]),
        st.sampled_from(CAMPAIGNS),
        st.sampled_from(["flight_end", "promo_code"]),
    ),
    st.integers(0, 3),
    max_size=3,
)


def _then(truths: Truths, words: Mapping[RecordField, Value]) -> Truths:
    return replace(truths, matched=as_if(truths.matched, words, BY))


@settings(max_examples=250, deadline=None)
@given(worlds, changes, bases, st.booleans())
def test_of_few_campaigns_is_foreseen_what_is_decided_of_all(
    world: Mapping[str, Any], change: Mapping[tuple[str, str], int], agreed: Mapping[Any, int], twice: bool
) -> None:
    truths, words = _truths(world, twice), _words(change)
    past = _past(truths, agreed)
    then = _then(truths, words)
    was, becomes = decide(compare(truths), truths, past), decide(compare(then), then, past)
    now = Ground(truths, past)
    foreseen = impact(now, words)
    changed = {campaign for campaign, _ in change}
    if any(turn.record.split(" / ")[0] not in changed for turn in foreseen.turns):
        event("a campaign that nobody changed has another value")
    for what in (
        "remade",
        "withheld",
        "released",
        "kept",
        "differ",
        "agree",
        "stale",
        "fresh",
        "builds",
        "follow",
        "broken",
    ):
        if getattr(foreseen, what):
            event(what)
    assert_foreseen(was, becomes, foreseen)
    assert impact(now, words) == foreseen == impact(Ground(truths, past, was), words)
    assert impact_between(now, Ground(then, past)) == replace(foreseen, unsure=())


def _world(**said: Mapping[str, Parsed]) -> dict[str, Any]:
    """Three campaigns that say the same but for their pages; `landing` of the first, say, is what one row says."""
    page = {"NL-1001": A, "NL-1002": B, "NL-1003": "https://www.northlight.example/c"}
    return {
        campaign: {
            "briefs": {"flight_start": DAYS[2], "flight_end": DAYS[3], "promo_code": "FINCH20"},
            "landing": {
                "flight_start": DAYS[2],
                "flight_end": DAYS[3],
                "promo_code": "FINCH20",
                "landing_page": page[campaign],
            },
            "utm": {
                "flight_start": DAYS[2],
                "flight_end": DAYS[3],
                "utm_source": "newsletter",
                "placement_status": "planned",
            },
            "official": {"flight_start": DAYS[2], "flight_end": DAYS[3], "promo_code": "FINCH20"},
        }
        for campaign in CAMPAIGNS
    }


def _asked(world: Mapping[str, Any], **words: Value) -> Impact:
    """What follows for the first campaign."""
    truths = _truths(world)
    return impact(
        Ground(truths, _past(truths, {})), {(POOLS[n][0], _record("NL-1001", n), n): v for n, v in words.items()}
    )


def test_a_link_that_comes_to_be_another_campaigns_is_foreseen_for_both() -> None:
    foreseen = _asked(_world(), landing_page=B)
    assert {turn.record.split(" / ")[0] for turn in foreseen.withheld} == {"NL-1001", "NL-1002"}
    assert all(
        "the same as another placement's" in turn.becomes.reason
        for turn in foreseen.withheld
        if isinstance(turn.becomes, Withheld)
    )
    assert {flag.record.split(" / ")[0] for flag in foreseen.opened if flag.kind == "url_defect"} == {
        "NL-1001",
        "NL-1002",
    }


def test_a_link_given_up_is_another_campaigns_alone_again() -> None:
    world = _world()
    world["NL-1001"]["landing"]["landing_page"] = B
    foreseen = _asked(world, landing_page=A)
    assert {turn.record.split(" / ")[0] for turn in foreseen.released} == {"NL-1001", "NL-1002"}
    assert foreseen.closed
    assert not foreseen.opened


# ---------------------------------------------------------------- single things that follow


def test_a_live_link_stays_and_what_would_be_made_is_told() -> None:
    world, new = _world(), "https://www.northlight.example/new"
    past = _past(_truths(world), {})
    world["NL-1001"]["utm"]["placement_status"] = "live"
    foreseen = impact(Ground(_truths(world), past), {("landing", "NL-1001", "landing_page"): new})
    [kept] = foreseen.kept
    assert kept.value.startswith(A)
    assert (kept.instead or "").startswith(new)
    assert not foreseen.remade
    assert not foreseen.differ
    assert "Tracking URL live, stays: UTM builder" in impact_text(foreseen, _readers(Visibility.FULL))


def test_what_an_approval_covers_goes_stale_and_a_build_says_what_it_was_built_from() -> None:
    world = _world()
    world["NL-1001"]["utm"]["placement_status"] = "live"
    foreseen = _asked(world, promo_code="FINCH25")
    [stale] = foreseen.stale
    assert [(it.field, it.approved, it.owner.value) for it in stale.fields] == [("promo_code", "FINCH20", "FINCH25")]
    built = {build.handoff.id: (build.old, build.new, build.built_from) for build in foreseen.builds}
    assert built["briefs->landing"] == ("consumed", "consumed", {"promo_code": ("FINCH20", "FINCH25")})
    assert {(it.place.source, it.should) for it in foreseen.differ} == {("landing", "FINCH25")}
    assert [(it.put.source, it.put.now) for it in foreseen.follow] == [("official", "FINCH25")]
    assert foreseen.to_tell()["landing"] == ("correct", "build again")


def test_a_window_that_closes_too_early_is_said_with_the_row_outside_of_it() -> None:
    foreseen = _asked(_world(), flight_end=DAYS[1])
    assert {(flag.place.source, flag.field) for flag in foreseen.broken} == {("utm", "flight_start")}


def test_what_counts_as_agreed_then_is_part_of_what_is_asked() -> None:
    world = _world()
    world["NL-1001"]["landing"]["promo_code"] = "FINCH25"
    truths = _truths(world)
    # The owner and the copy both moved from what they last agreed on.
    past = _past(truths, {})
    before = replace(past, baselines={**past.baselines, ("landing", "NL-1001", "promo_code"): "FINCH10"})
    kept = impact(Ground(truths, before), {}, agreed={("landing", "NL-1001", "promo_code"): "FINCH25"})
    assert {flag.kind for flag in kept.closed} == {"conflict"}
    assert {flag.kind for flag in kept.opened} == {"difference"}
    assert {turn.field for turn in kept.released} == {"tracking_url", "promo_code"}


def test_a_word_by_which_rows_are_matched_is_said_to_be_unsure() -> None:
    truths = _truths(_world())
    assert impact(Ground(truths, _past(truths, {})), {("briefs", "NL-1001", "campaign_name"): "Other"}).unsure
    assert not _asked(_world(), promo_code="FINCH25").unsure


# ---------------------------------------------------------------- how long it usually takes

EDGE = ("briefs->landing", "NL-1001")


def _steps(*hours: float) -> list[Step]:
    """The handoff becomes ready and is taken, so many hours later, again and again."""
    at, found = datetime(2026, 11, 1, tzinfo=UTC), [Step(EDGE, datetime(2026, 10, 1, tzinfo=UTC), None, "not_ready")]
    for length in hours:
        found += [Step(EDGE, at, "not_ready", "ready"), Step(EDGE, at + timedelta(hours=length), "ready", "consumed")]
        at += timedelta(days=9)
        found.append(Step(EDGE, at, "consumed", "not_ready"))
    return found


@given(st.lists(st.floats(1, 100), min_size=ENOUGH, max_size=9))
def test_the_first_time_counts_from_when_it_was_ready_and_later_ones_from_when_it_fell_back(hours: list[float]) -> None:
    assert not usual_durations(_steps(*hours[: ENOUGH - 1]), BY)
    usual = usual_durations(_steps(*hours), BY)[EDGE[0]]
    # From the second on the clock runs since the row fell back, at the very moment in which it is ready again.
    assert min(hours) <= usual / timedelta(hours=1) + 1e-6
    assert usual / timedelta(hours=1) - 1e-6 <= max(hours)


def test_what_first_sight_found_ready_began_nobody_knows_when() -> None:
    seen = [Step(EDGE, datetime(2026, 11, day, tzinfo=UTC), None, "ready") for day in range(1, 9)]
    taken = [Step(EDGE, datetime(2026, 11, 9, tzinfo=UTC), "ready", "consumed")]
    assert not usual_durations([*seen, *taken] * ENOUGH, BY)


@pytest.mark.parametrize(("takes", "danger"), [(timedelta(days=28), False), (timedelta(days=30), True)])
def test_a_launch_is_in_danger_when_what_must_be_built_again_takes_longer_than_there_is_time(
    takes: timedelta, danger: bool
) -> None:
    truths = _truths(_world())
    words = {("briefs", "NL-1001", "promo_code"): "FINCH25"}
    [launch] = impact(Ground(truths, _past(truths, {})), words, {"briefs->landing": takes}).launches
    assert (launch.day, launch.needs, launch.unknown) == (DAYS[2], takes, ())
    assert launch.begin_by == DAYS[2] - takes
    assert launch.in_danger(TODAY) is danger


# ---------------------------------------------------------------- the text for a cell


def _readers(see: Visibility) -> Readers:
    """Who reads a workbook in which nothing of the story stands."""
    return Readers((replace(RULES.sources["landing"], name="elsewhere", readers_see=see),))


@settings(max_examples=150, deadline=None)
@given(worlds, changes)
def test_the_text_fits_a_cell_says_no_more_than_its_readers_may_learn_and_never_ages(
    world: Mapping[str, Any], change: Mapping[tuple[str, str], int]
) -> None:
    truths = _truths(world)
    usual = {handoff.id: timedelta(hours=30) for handoff in BY.handoffs}
    foreseen = impact(Ground(truths, _past(truths, {})), _words(change), usual)
    texts = {see: impact_text(foreseen, _readers(see)) for see in Visibility}
    assert max(map(len, texts.values())) <= LONGEST
    assert texts == {see: impact_text(replace(foreseen, today=date(2031, 1, 1)), _readers(see)) for see in Visibility}
    assert texts[Visibility.NONE] in ("", "nothing else changes")
    values = {BY.fields[name].type.format(value) for name, (_, pool) in POOLS.items() for value in pool}
    discreet = texts[Visibility.FIELDS].replace("placement", "").replace("live, stays", "")
    assert not [value for value in (*values - {"planned", "live"}, *CAMPAIGNS, "hero") if value in discreet]
    assert "\n" not in texts[Visibility.FULL]


def test_the_text_names_what_is_to_be_done_and_where() -> None:
    foreseen = _asked(_world(), promo_code="FINCH25")
    text = impact_text(foreseen, _readers(Visibility.FULL))
    assert "correct Promo code to FINCH25: Landing pages" in text
    # The register is a table that follows: it needs nobody.
    assert text.endswith("build again for Promo code: Landing pages")
    assert impact_text(_asked(_world(), promo_code="FINCH20"), _readers(Visibility.FULL)) == "nothing else changes"
