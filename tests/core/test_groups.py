"""Laws of fields that change together, and of every merge: no edit lost, nothing invented, no conflict silent."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.merge import Agreed, BothMoved, CopyMoved, Merge, OwnerMoved, merge, merge_group
from tests.core.lives import EQUAL, GROUPED, RULES, TERMS, Life

values = st.sampled_from(["A", "B", "C"])
sides = st.fixed_dictionaries({name: st.tuples(st.none() | values, values, values) for name in "xyz"})
Sides = Mapping[str, tuple[str | None, str, str]]

SAYING = ("briefs", "pages", "legal")


def same(left: object, right: object) -> bool:
    return left == right


def each(drawn: Sides, *, mirrored: bool = False) -> dict[str, Merge]:
    """Every field by itself; `mirrored`: with owner and copy exchanged."""
    return {
        name: merge(base, copy, owner, same) if mirrored else merge(base, owner, copy, same)
        for name, (base, owner, copy) in drawn.items()
    }


# ---------------------------------------------------------------- the algebra


@given(sides)
def test_a_group_is_in_conflict_when_both_sides_moved_it_apart_and_only_then(drawn: Sides) -> None:
    apart = {name: it for name, it in drawn.items() if it[0] is not None and it[1] != it[2]}
    owner = any(base != owner for base, owner, _ in apart.values())
    copy = any(base != copy for base, _, copy in apart.values())
    outcome = merge_group(each(drawn))
    assert any(isinstance(it, BothMoved) for it in outcome.values()) == (owner and copy)
    in_conflict = {name for name, it in outcome.items() if isinstance(it, BothMoved)}
    assert in_conflict in (set(), set(apart)), "all that moved, or nothing"


@given(sides)
def test_exchanging_the_sides_exchanges_who_moved_the_group(drawn: Sides) -> None:
    mirror = {CopyMoved: OwnerMoved, OwnerMoved: CopyMoved}
    straight, mirrored = merge_group(each(drawn)), merge_group(each(drawn, mirrored=True))
    assert {name: mirror.get(type(it), type(it)) for name, it in straight.items()} == {
        name: type(it) for name, it in mirrored.items()
    }


@given(sides)
def test_merging_a_group_again_changes_nothing_and_order_does_not_matter(drawn: Sides) -> None:
    once = merge_group(each(drawn))
    assert merge_group(once) == once
    assert merge_group(dict(reversed(each(drawn).items()))) == once


@given(sides)
def test_a_group_invents_no_base_and_no_agreement(drawn: Sides) -> None:
    alone = each(drawn)
    for name, outcome in merge_group(alone).items():
        base, owner, copy = drawn[name]
        assert isinstance(outcome, Agreed) == (owner == copy)
        if isinstance(outcome, CopyMoved | OwnerMoved | BothMoved):
            assert outcome.base == base
        assert isinstance(outcome, BothMoved) or outcome == alone[name]


@given(st.tuples(st.none() | values, values, values))
def test_a_field_by_itself_is_a_group_of_one(one: tuple[str | None, str, str]) -> None:
    assert merge_group(each({"x": one})) == each({"x": one})


# ---------------------------------------------------------------- whole lives

codes = st.sampled_from(["A", "B", "C", None])
companies = st.sampled_from([RULES, GROUPED])


def pairs_of(life: Life) -> dict[tuple[str, str], tuple[str, str]]:
    """(source, field) of every copy -> what owner and copy say, where both say something."""
    [brief] = life.rows["briefs"]
    return {
        (source, name): (str(brief[name]), str(said[name]))
        for source in ("pages", "legal")
        for said in life.rows[source]
        for name in TERMS
        if brief.get(name) is not None and said.get(name) is not None
    }


def lived(rules: Rules, history: list[dict[str, str | None]]) -> Life:
    """A life of these edits in which every field is text, so that each can say the same few words."""
    text = {name: replace(rules.fields["promo_code"], name=name, label=name) for name in TERMS}
    life = Life.begun(replace(rules, fields={**rules.fields, **text}), **dict.fromkeys(TERMS, "A"))
    for edit in history:
        life.say(**edit).cycle()
    return life


#: what everybody types between cycles
histories = st.lists(
    st.dictionaries(st.sampled_from([f"{one}__{name}" for one in SAYING for name in TERMS]), codes, max_size=5),
    min_size=1,
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(companies, histories)
def test_no_difference_is_silent_and_no_conflict_is_agreed(rules: Rules, history: list[dict[str, str | None]]) -> None:
    life = lived(rules, history)
    told = {(flag.place.source, flag.field) for flag in life.decided.flags}
    conflicts = {flag.place.source for flag in life.decided.flags if flag.group}
    for (source, name), (owner, copy) in pairs_of(life).items():
        if owner == copy:
            assert (source, name) not in told
        else:
            assert (source, name) in told or source in conflicts
            assert (source, "NL-1", name) not in life.decided.agreed
    per_source = [flag.place.source for flag in life.decided.flags if flag.group]
    assert len(per_source) == len(set(per_source)), "one group, one conflict"


@settings(max_examples=150, deadline=None)
@given(companies, histories)
def test_every_value_that_is_told_or_agreed_was_typed_by_somebody(
    rules: Rules, history: list[dict[str, str | None]]
) -> None:
    life = lived(rules, history)
    pairs = pairs_of(life)
    for (source, _, name), value in life.decided.agreed.items():
        if source in ("pages", "legal"):
            assert pairs[source, name] == (value, value)
    for flag in life.decided.flags:
        if flag.kind is FlagKind.DIFFERENCE and (flag.place.source, flag.field) in pairs:
            assert (flag.expected, flag.found) == pairs[flag.place.source, flag.field]
        if flag.kind is FlagKind.CONFLICT and flag.place.source in ("pages", "legal"):
            said = [pair for (source, _), pair in pairs.items() if source == flag.place.source]
            copies, owners = {copy for _, copy in said}, {owner for owner, _ in said}
            assert set(flag.candidates[0].split(", ")) <= copies
            assert set(flag.candidates[1].split(", ")) <= owners


@settings(max_examples=100, deadline=None)
@given(histories)
def test_a_groups_baseline_is_what_one_moment_agreed_on(history: list[dict[str, str | None]]) -> None:
    """Filled on both sides throughout, a group's baseline is at any time three values that stood in one row at once."""
    filled = [{name: it for name, it in edit.items() if it is not None} for edit in history]
    seen = {("A", "A", "A")}
    life = lived(GROUPED, [])
    for edit in filled:
        life.say(**edit).cycle()
        [brief] = life.rows["briefs"]
        seen.add(tuple(str(brief[name]) for name in TERMS))  # type: ignore[arg-type]
        for source in ("pages", "legal"):
            assert tuple(life.agreed(source, name) for name in TERMS) in seen


@settings(max_examples=100, deadline=None)
@given(companies, histories)
def test_looking_twice_changes_nothing(rules: Rules, history: list[dict[str, str | None]]) -> None:
    life = lived(rules, history)
    flags, baselines = life.decided.flags, dict(life.baselines)
    life.cycle()
    assert (life.decided.flags, life.baselines) == (flags, baselines)


@settings(max_examples=100, deadline=None)
@given(companies, histories, st.sampled_from(["legal", "pages"]))
def test_removing_an_unrelated_source_changes_no_verdict_on_the_others(
    rules: Rules, history: list[dict[str, str | None]], gone: str
) -> None:
    whole = lived(rules, history)
    rest = replace(
        rules,
        sources={name: source for name, source in rules.sources.items() if name != gone},
        owners={name: owner for name, owner in rules.owners.items() if owner != gone},
        handoffs=tuple(one for one in rules.handoffs if one.receiver != gone),
    )
    without = lived(rest, history)
    assert without.decided.flags == tuple(flag for flag in whole.decided.flags if flag.place.source != gone)
    assert without.baselines == {about: it for about, it in whole.baselines.items() if about[0] != gone}


@settings(max_examples=100, deadline=None)
@given(histories)
def test_a_group_is_never_told_more_often_than_its_fields_alone_and_withholds_no_less(
    history: list[dict[str, str | None]],
) -> None:
    alone, together = lived(RULES, history), lived(GROUPED, history)
    assert len(together.decided.flags) <= len(alone.decided.flags)
    if alone.decided.flags == ():
        assert together.decided.flags == ()


def test_the_groups_conflict_is_told_by_names_only_to_those_who_may_see_names_only() -> None:
    life = lived(GROUPED, [{"briefs__flight_end": "B", "pages__promo_code": "C"}])
    [flag] = [one for one in life.decided.flags if one.place.source == "pages"]
    assert flag.discreet == (
        "promo_code and flight_end change together and were changed both here and in briefs: a person must decide"
    )
    assert flag.sources == {"briefs"}


def test_handoffs_that_share_a_group_in_one_copy_are_one_conflict() -> None:
    first = Handoff("briefs", "pages", {"promo_code": EQUAL["promo_code"]})
    rest = Handoff("legal", "pages", {name: EQUAL[name] for name in TERMS if name != "promo_code"})
    rules = replace(GROUPED, handoffs=(first, rest))
    life = lived(rules, [{"briefs__flight_end": "B", "pages__promo_code": "C"}])
    assert [(flag.place.source, flag.field, flag.group) for flag in life.decided.flags] == [
        ("pages", "promo_code", "terms")
    ]
