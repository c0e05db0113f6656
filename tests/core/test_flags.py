"""Laws of flags: each has an id of its own that outlives the values found, and the worst is told first."""

import re
from dataclasses import replace
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.flags import Flag, FlagKind, Status, status_of, with_ids, worst
from sheetsync.core.terms import Severity
from tests.core.builders import place

ROWS = st.integers(0, 4)


def flag(
    row: int | None = 0,
    column: int = 0,
    of: str = "NL-1",
    kind: FlagKind = FlagKind.DIFFERENCE,
    source: str = "utm",
    field: str = "offer",
) -> Flag:
    return Flag(place(source, row, column), of, field, kind, "x", "y", "briefs", Severity.MEDIUM, "m", "d", frozenset())


flags = st.lists(
    st.builds(
        flag,
        row=ROWS,
        column=st.integers(0, 2),
        of=st.sampled_from(["", "NL-1", "NL-2", "NL-1 / email / x"]),
        kind=st.sampled_from(FlagKind),
        source=st.sampled_from(["utm", "landing"]),
        field=st.sampled_from(["offer", "budget"]),
    ),
    max_size=12,
    unique_by=lambda one: (one.place, one.record, one.field, one.kind),
)


def about(one: Flag) -> tuple[object, ...]:
    return (one.place, one.record, one.field, one.kind)


@given(flags)
def test_no_two_flags_of_a_run_share_an_id(told: list[Flag]) -> None:
    named = with_ids(told)
    assert sorted(map(about, named), key=str) == sorted(map(about, told), key=str)
    assert len({one.id for one in named}) == len(told)
    assert all(re.fullmatch(r"ss-[A-Z2-7]+", one.id) for one in named)


def test_no_two_flags_of_a_large_run_share_an_id() -> None:
    nameless = [flag(row, 0, "", FlagKind.ORPHAN_ROW) for row in range(40_000)]
    assert len({one.id for one in with_ids(nameless)}) == 40_000


@given(flags, st.randoms())
@example([flag(0, 0, "x"), flag(1, 0, "x")], None)
def test_the_order_they_are_raised_in_changes_nothing(told: list[Flag], order: Random | None) -> None:
    shuffled = list(reversed(told))
    if order is not None:
        order.shuffle(shuffled)
    assert with_ids(shuffled) == with_ids(told)


@given(flags, st.sampled_from(Severity))
def test_an_id_stays_while_values_words_and_severity_change(told: list[Flag], severity: Severity) -> None:
    before = {about(one): one.id for one in with_ids(told)}
    changed = [
        replace(
            one, found="1", expected=None, owner=None, message="2", discreet="3", candidates=("4",), severity=severity
        )
        for one in told
    ]
    assert {about(one): one.id for one in with_ids(changed)} == before


@given(ROWS, ROWS, st.integers(0, 2))
def test_the_one_flag_about_something_keeps_its_id_wherever_its_row_goes(row: int, other: int, column: int) -> None:
    assert with_ids([flag(row, column)])[0].id == with_ids([flag(other, column)])[0].id


@given(flags)
def test_a_flag_beside_others_about_something_else_has_the_id_it_has_alone(told: list[Flag]) -> None:
    alike = [(one.place.source, one.record, one.field, one.kind) for one in told]
    for one in with_ids(told):
        if alike.count((one.place.source, one.record, one.field, one.kind)) == 1:
            assert with_ids([replace(one, id="")])[0].id == one.id


@given(flags, st.data())
def test_the_worst_comes_first(told: list[Flag], data: st.DataObject) -> None:
    told = [replace(one, severity=data.draw(st.sampled_from(Severity))) for one in told]
    order = list(Severity)
    ranks = [(order.index(one.severity), list(Status).index(status_of(one.kind))) for one in with_ids(told)]
    assert ranks == sorted(ranks)


@given(st.lists(st.sampled_from(Status)))
def test_the_word_beside_a_row_is_its_worst(words: list[Status]) -> None:
    assert worst(words) is (min(words, key=list(Status).index) if words else Status.OK)


def test_the_status_words_are_the_closed_list_worst_first() -> None:
    expected = ["CONFLICT", "DUPLICATE", "STALE APPROVAL", "DIFFERS", "MISSING", "CHECK", "HELD", "OK"]
    assert [str(word) for word in Status] == expected


def test_the_kinds_of_flag_are_the_closed_list() -> None:
    listed = """difference conflict violation stale_approval contradiction unreadable ambiguous near_miss_id missing_row
        orphan_row duplicate_row url_defect vocabulary late missing_input"""
    assert {str(kind) for kind in FlagKind} == set(listed.split())


def test_every_kind_of_flag_has_a_word_and_none_is_ok() -> None:
    assert {kind: status_of(kind) for kind in FlagKind if status_of(kind) is not Status.CHECK} == {
        FlagKind.CONFLICT: Status.CONFLICT,
        FlagKind.DUPLICATE_ROW: Status.DUPLICATE,
        FlagKind.STALE_APPROVAL: Status.STALE_APPROVAL,
        FlagKind.DIFFERENCE: Status.DIFFERS,
        FlagKind.VIOLATION: Status.DIFFERS,
        FlagKind.MISSING_ROW: Status.MISSING,
        FlagKind.MISSING_INPUT: Status.MISSING,
    }
