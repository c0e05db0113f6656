"""Laws of freezes: what is changed shortly before launch reaches nobody without a yes, wherever the launch goes."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Freeze
from sheetsync.core.late import Seen, launch
from sheetsync.core.model import Parsed, Problem
from sheetsync.core.telling_late import late_dispute
from sheetsync.core.terms import Severity
from tests.core.builders import RULES, UNREADABLE, everything, snapshots
from tests.core.frosts import FIRST, LAST, LAUNCH, NAMED, OVER, Way, frozen_rules, puts, shown

WORDS: Mapping[str, list[Parsed]] = {
    "promo_code": ["FINCH20", "FINCH25", "finch20", None, UNREADABLE],
    "campaign_name": ["Cyber Week", "cyber-week", "Cyber Days", None],
}
words = st.fixed_dictionaries({name: st.sampled_from(said) for name, said in WORDS.items()})
#: hours from launch, in order
times = st.lists(st.integers(-120, 110), min_size=2, max_size=6, unique=True).map(sorted)
AGO = {hours: LAUNCH + timedelta(hours=hours) for hours in range(-200, 300)}
ID = "NL-1001"


def text(name: str, said: Parsed) -> str | None:
    return None if said is None or isinstance(said, Problem) else RULES.fields[name].type.format(said)


def same(name: str, one: Parsed, other: Parsed) -> bool:
    if one is None or other is None or isinstance(one, Problem) or isinstance(other, Problem):
        return one is other
    return RULES.fields[name].type.agrees(one, other)


@settings(max_examples=200, deadline=None)
@given(st.data(), times, st.booleans())
def test_what_is_changed_within_a_freeze_reaches_nobody_without_a_yes(
    data: st.DataObject, hours: list[int], grouped: bool
) -> None:
    way, counts = Way(frozen_rules(grouped=grouped)), dict[str, Parsed]()
    for hour in hours:
        now, said = AGO[hour], data.draw(words)
        link = way.published.get(("utm", "NL-1001 / email / hero-banner", "tracking_url"))
        decided = way.look(now, **said)
        frozen = LAUNCH - timedelta(hours=48) <= now < OVER
        moved = {name for name in NAMED if frozen and name in counts and _is_moved(name, counts[name], said[name])}
        waits = set(NAMED) if moved and grouped else moved
        assert way.late == moved
        for name in waits:
            assert shown(decided, f"{name} (briefs)") is None
            assert puts(decided, name) == []
            assert [about for about in decided.agreed if about[2] == name] == []
        if "campaign_name" in waits:
            assert shown(decided, "tracking_url") in (None, link), "what is live stays"
        for name in set(NAMED) - waits:
            assert shown(decided, f"{name} (briefs)") == text(name, said[name])
        for name in NAMED:
            if not frozen or name not in counts:
                counts[name] = None if isinstance(said[name], Problem) else said[name]


def _is_moved(name: str, counts: Parsed, now: Parsed) -> bool:
    return not isinstance(now, Problem) and not same(name, counts, now)


@settings(max_examples=200, deadline=None)
@given(
    st.data(),
    st.lists(st.integers(-60, 90), min_size=2, max_size=6, unique=True).map(sorted),
    st.booleans(),
)
def test_no_move_of_the_launch_opens_the_door(data: st.DataObject, hours: list[int], named: bool) -> None:
    """Once a change waits it waits, until the owner takes it back or the flight that counted is over."""
    way = Way(frozen_rules(*NAMED, *(("flight_start",) if named else ())))
    starts = st.sampled_from([FIRST, date(2026, 11, 25), date(2026, 12, 20), date(2027, 2, 1), None, UNREADABLE])
    ends = st.sampled_from([LAST, date(2026, 11, 24), date(2027, 2, 3), None])
    waiting: dict[str, str | None] = {}
    for hour in hours:
        now, said = AGO[hour], data.draw(words)
        over = _ends(way)
        way.look(now, **said, flight_start=data.draw(starts), flight_end=data.draw(ends))
        for name, counts in waiting.items():
            value = said[name]
            if over is None or now < over:
                kind = RULES.fields[name].type
                back = value is None if counts is None else same(name, value, kind.read(counts))
                assert (name in way.late) is not (back or isinstance(value, Problem)), name
        waiting = {name: way.frozen["briefs", ID, name].value for name in way.late & set(NAMED)}


def _ends(way: Way) -> datetime | None:
    """When the flight is over by which the freeze is judged."""
    row = way.frozen.get(("briefs", ID, "flight_end"))
    start = way.frozen.get(("briefs", ID, "flight_start"))
    if row is None or start is None or row.value is None or start.value is None:
        return None
    of = launch(date.fromisoformat(start.value), date.fromisoformat(row.value))
    assert of is not None
    return of.ends


@settings(max_examples=150, deadline=None)
@given(st.data(), times, st.integers())
def test_looking_again_says_the_same_and_no_order_of_sources_or_rows_matters(
    data: st.DataObject, hours: list[int], seed: int
) -> None:
    way, other = Way(frozen_rules(*NAMED, "flight_end")), Way(frozen_rules(*NAMED, "flight_end"))
    for hour in hours:
        said = {f"briefs__{name}": one for name, one in data.draw(words).items()}
        end = data.draw(st.sampled_from([LAST, date(2026, 12, 2)]))
        read = snapshots(*everything(**said, briefs__flight_start=FIRST, briefs__flight_end=end))
        first = way.read(AGO[hour], read)
        rows = way.frozen
        assert way.read(AGO[hour] + timedelta(minutes=1), read).flags == first.flags
        assert way.frozen == rows
        random.Random(seed).shuffle(read)  # noqa: S311
        assert {flag.id for flag in other.read(AGO[hour], read).flags} == {flag.id for flag in first.flags}
        other.read(AGO[hour] + timedelta(minutes=1), read)
        assert {about: row.value for about, row in other.frozen.items()} == {a: row.value for a, row in rows.items()}


@settings(max_examples=100, deadline=None)
@given(st.lists(words, min_size=1, max_size=4), st.lists(words, min_size=1, max_size=2))
def test_a_change_before_the_freeze_or_after_the_flight_is_ordinary(
    before: list[dict[str, Parsed]], after: list[dict[str, Parsed]]
) -> None:
    """Whatever is seen outside is said as if there were no freezes at all."""
    frozen, free = Way(frozen_rules()), Way(replace(frozen_rules(), freezes=()))
    looks = [(LAUNCH - timedelta(hours=200 - hour), said) for hour, said in enumerate(before)]
    looks += [(OVER + timedelta(hours=hour), said) for hour, said in enumerate(after)]
    for now, said in looks:
        ours, theirs = frozen.look(now, **said), free.look(now, **said)
        assert (ours.flags, ours.generated, ours.withheld) == (theirs.flags, theirs.generated, theirs.withheld)
        assert frozen.frozen == {}


# ---------------------------------------------------------------- one by one


def at(hours: float) -> datetime:
    return LAUNCH + timedelta(hours=hours)


def late(flags: tuple[Flag, ...]) -> list[Flag]:
    return [flag for flag in flags if flag.kind is FlagKind.LATE]


def test_the_flag_says_old_and_new_the_window_the_rule_and_whose_yes() -> None:
    way = Way(frozen_rules())
    way.look(at(-60))
    [flag] = late(way.look(at(-36), promo_code="FINCH25").flags)
    assert flag.message == (
        "Promo code changed from FINCH20 to FINCH25, seen 36 h before launch on 2026-11-27: "
        "within 48 h of launch it needs a yes from Ana or Ben; nothing is made of it meanwhile"
    )
    assert "FINCH" not in flag.discreet
    assert (flag.place.source, flag.severity, flag.candidates) == ("briefs", Severity.HIGH, ("FINCH25", "FINCH20"))
    [again] = late(way.look(at(-3), promo_code="FINCH25").flags)
    assert again.message == flag.message, "nothing ages"


def test_its_two_sides_are_now_and_before() -> None:
    way = Way(frozen_rules(grouped=True))
    way.look(at(-60))
    [flag] = late(way.look(at(-36), promo_code="FINCH25", campaign_name="Cyber Days").flags)
    [change] = way.frost.late
    matter = late_dispute(change, flag, way.rules)
    assert (matter.id, matter.kind, matter.group, matter.launch) == (flag.id, FlagKind.LATE, "terms", FIRST)
    assert matter.a.says == {"campaign_name": "Cyber Days", "promo_code": "FINCH25"}
    assert matter.b.says == {"campaign_name": "Cyber Week", "promo_code": "FINCH20"}


def test_first_sight_within_a_freeze_freezes_what_it_sees() -> None:
    way = Way(frozen_rules())
    assert late(way.look(at(-10), promo_code="FINCH25").flags) == []
    assert way.frozen["briefs", ID, "promo_code"].value == "FINCH25"
    assert len(late(way.look(at(-9)).flags)) == 1


def test_it_ends_in_silence_when_the_owner_takes_it_back() -> None:
    way = Way(frozen_rules())
    way.look(at(-60))
    way.look(at(-36), promo_code="FINCH25")
    decided = way.look(at(-35), promo_code="finch20")
    assert late(decided.flags) == []
    assert shown(decided, "promo_code (briefs)") is not None


def test_a_yes_moves_what_counts_and_holds_for_that_value_only() -> None:
    way, yes = Way(frozen_rules()), {(ID, "promo_code", "FINCH25"): "Ana"}
    way.look(at(-60))
    way.look(at(-36), promo_code="FINCH25")
    decided = way.look(at(-35), yes, promo_code="FINCH25")
    assert (late(decided.flags), shown(decided, "promo_code (briefs)")) == ([], "FINCH25")
    row = way.frozen["briefs", ID, "promo_code"]
    assert (row.value, row.accepted_by, row.run) == ("FINCH25", "Ana", "run 3")
    assert late(way.look(at(-34), promo_code="FINCH25").flags) == [], "what counts was moved, once"
    assert len(late(way.look(at(-33), promo_code="FINCH20").flags)) == 1, "back is another change"
    assert len(late(way.look(at(-33), yes, promo_code="FINCH30").flags)) == 1, "a yes to something else"


def test_of_a_group_a_yes_to_half_of_it_is_none() -> None:
    way, yes = Way(frozen_rules("promo_code", grouped=True)), {(ID, "promo_code", "FINCH25"): "Ana"}
    way.look(at(-60))
    both = {"promo_code": "FINCH25", "campaign_name": "Cyber Days"}
    assert len(late(way.look(at(-36), **both).flags)) == 1, "told once"
    decided = way.look(at(-35), yes, **both)
    assert way.late == {"promo_code", "campaign_name"}
    assert shown(decided, "campaign_name (briefs)") is None
    way.look(at(-34), yes | {(ID, "campaign_name", "Cyber Days"): "Ana"}, **both)
    assert way.late == set()


def test_a_campaign_without_launch_or_with_one_in_conflict_has_no_freeze() -> None:
    way = Way(frozen_rules())
    way.look(at(-60), flight_start=None)
    assert late(way.look(at(-36), flight_start=None, promo_code="FINCH25").flags) == []
    way = Way(frozen_rules())
    everywhere = everything(briefs__flight_start=FIRST, landing__flight_start=FIRST, official__flight_start=FIRST)
    way.read(at(-500), snapshots(*everywhere))
    apart = {"briefs__flight_start": date(2026, 11, 25), "landing__flight_start": date(2026, 11, 26)}
    way.read(at(-90), snapshots(*everything(**apart)))
    assert late(way.read(at(-60), snapshots(*everything(**apart, briefs__promo_code="FINCH25"))).flags) == []
    assert way.frozen == {}


def test_the_launch_moves_by_itself_where_it_is_not_frozen_but_not_past_a_change_that_waits() -> None:
    way, spring = Way(frozen_rules()), date(2027, 3, 1)
    way.look(at(-60))
    way.look(at(-36), flight_start=spring, flight_end=spring)
    assert way.frozen == {}, "nothing waits, so the freeze goes with the launch"
    way = Way(frozen_rules())
    way.look(at(-60))
    for hours in (-36, -35, -1, 20):
        way.look(at(hours), flight_start=spring, flight_end=spring, promo_code="FINCH25")
        assert way.late == {"promo_code"}
    way.look(at(21), flight_start=spring, flight_end=spring)
    assert way.frozen == {}


def test_a_yes_to_another_launch_takes_the_freeze_along() -> None:
    way, spring = Way(frozen_rules(*NAMED, "flight_start")), date(2027, 3, 1)
    way.look(at(-60))
    moved: dict[str, Parsed] = {"flight_start": spring, "flight_end": spring, "promo_code": "FINCH25"}
    way.look(at(-36), **moved)
    assert way.late == {"flight_start", "promo_code"}
    decided = way.look(at(-35), {(ID, "flight_start", "2027-03-01"): "Ana"}, **moved)
    assert (way.late, shown(decided, "promo_code (briefs)")) == (set(), "FINCH25")
    assert way.look(at(-34), **moved).flags == decided.flags


def test_what_is_published_and_live_stays_when_the_launch_itself_is_changed() -> None:
    way = Way(frozen_rules("flight_start"))
    link = shown(way.look(at(-60)), "tracking_url")
    assert link is not None
    assert shown(way.look(at(10), flight_start=date(2026, 12, 20)), "tracking_url") == link


def test_the_tightest_of_several_rules_says_whose_yes_and_launch_may_end_it() -> None:
    wide, tight = Freeze(timedelta(days=7), ("promo_code",), ("Ana",)), Freeze(timedelta(hours=12), ("promo_code",))
    way = Way(replace(frozen_rules(), freezes=(wide, tight)))
    way.look(at(-200))
    way.look(at(-100), promo_code="FINCH25")
    assert [change.rule for change in way.frost.late] == [wide]
    way.look(at(-6), promo_code="FINCH25")
    assert [change.rule for change in way.frost.late] == [tight]
    way = Way(frozen_rules(until_end=False))
    way.look(at(-60))
    way.look(at(-1), promo_code="FINCH25")
    assert way.late == {"promo_code"}
    way.look(at(0), promo_code="FINCH25")
    assert way.late == set()


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (-36.5, "36 h before launch on 2026-11-27"),
        (-0.5, "30 min before launch on 2026-11-27"),
        (-24 * 6, "6 d before launch on 2026-11-27"),
        (0, "0 min after launch on 2026-11-27"),
        (12, "12 h after launch on 2026-11-27"),
        (96 + 5, "5 h after the flight's end on 2026-11-30"),
    ],
)
def test_how_far_from_launch_is_told_in_words_that_do_not_age(hours: float, words: str) -> None:
    of = launch(FIRST, LAST)
    assert of is not None
    assert str(Seen(of, at(hours))) == words
