"""Laws of judging: a decision counts only for what stood before its maker's eyes, and once; and who may decide."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sheetsync.core.conflicts import Conflict, Seen, State, lives
from sheetsync.core.disputes import Dispute, Side
from sheetsync.core.flags import FlagKind
from sheetsync.core.judging import Court, Judged, judge
from sheetsync.core.lookup import scoped_key
from sheetsync.core.matters import BY, DECISION, MACHINE, VALUE_A, VALUE_B, VERSION, WHY, Row
from sheetsync.core.model import Place
from sheetsync.core.rulings import InForce, Ruling, Verdict
from sheetsync.core.terms import Severity
from sheetsync.core.typed import Look, Typed, as_we_wrote, looked, typed_in, written_lines
from sheetsync.core.where_decided import DECISIONS
from tests.core.lives import RULES
from tests.core.ruling_worlds import NOW, SALT

ID = "ss-AAAAAA"
CODES = ("A1", "B2", "C3")


def dispute(a: str, b: str, name: str = ID) -> Dispute:
    sides = [
        Side(it, Place(it, f"sheet of {it}", it, 7, 1, 1), {"promo_code": says})
        for it, says in zip(("briefs", "pages"), (a, b), strict=True)
    ]
    return Dispute(
        name,
        FlagKind.CONFLICT,
        "NL-1",
        "NL-1",
        "promo_code",
        "",
        sides[0],
        sides[1],
        {"promo_code": "X0"},
        ("briefs->pages.promo_code",),
        Severity.HIGH,
    )


def court(about: Dispute | None, **more: Any) -> Court:
    there = {} if about is None else {about.id: about}
    facts: dict[str, Any] = {"conflicts": {}, "decided": {}}
    facts |= more
    return Court(RULES, facts.pop("conflicts"), there, facts.pop("decided"), lambda *_: None, SALT, NOW, "run", **facts)


# ---------------------------------------------------------------- what stood before their eyes


class Deciding(RuleBasedStateMachine):
    """Values change, runs commit or die, people type, sort and write over us; one line, watched by itself.

    The oracle knows nothing of versions: it notes what values stood in the line when somebody last typed there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.values = ("A1", "B2")
        #: what our columns show, by name
        self.display: dict[str, str] = {}
        #: what our tab says by our hand
        self.wrote: dict[str, str] = {}
        self.typed: dict[str, str] = {}
        self.look: Look | None = None
        self.dead = 0
        self.ruling: Ruling | None = None
        self.number = 0
        #: what the last who typed had before their eyes
        self.eyes: tuple[str, str] | None = None
        #: whether the line has said what it says now since the last commit, and nothing has happened since
        self.calm = False
        self.sure = False

    @initialize()
    def begun(self) -> None:
        self._run()

    # ------------------------------------------------------------ people

    @rule(a=st.sampled_from(CODES), b=st.sampled_from(CODES))
    def values_change(self, a: str, b: str) -> None:
        self.values = (a, b if b != a else "D4")
        self.calm = self.sure = False

    @rule(decision=st.sampled_from(["keep A", "keep B"]))
    def somebody_decides(self, decision: str) -> None:
        self._type(decision)

    @precondition(lambda self: self.typed)
    @rule()
    def somebody_empties_it(self) -> None:
        self.typed, self.eyes, self.sure = {}, None, False

    @rule(name=st.sampled_from([VALUE_A, VALUE_B]), text=st.sampled_from(CODES))
    def somebody_writes_over_a_value(self, name: str, text: str) -> None:
        # Written over and put back between two looks is seen by nobody, and promised to nobody.
        self.display[name] = text if text != self.wrote.get(name) else "E5"
        self.calm = self.sure = False

    @rule(a=st.sampled_from(CODES), b=st.sampled_from(CODES))
    def somebody_writes_over_the_version(self, a: str, b: str) -> None:
        self.display[VERSION] = dispute(a, b).version(SALT)
        self.calm = self.sure = False

    def _type(self, decision: str) -> None:
        self.number += 1
        self.typed = {DECISION: decision, BY: "Dana", WHY: f"{self.number}"}
        self.eyes = self.display.get(VALUE_A, ""), self.display.get(VALUE_B, "")
        self.sure = self.calm

    # ------------------------------------------------------------ runs

    @rule(before=st.booleans(), after=st.booleans())
    def a_run_commits(self, before: bool, after: bool) -> None:
        """Perhaps somebody types between its read and its write, or between its write and its look."""
        self._run(before, after)

    @rule(before=st.booleans(), wrote=st.booleans())
    def a_run_dies(self, before: bool, wrote: bool) -> None:
        self._run(before, dies="after the write" if wrote else "before it")

    @precondition(lambda self: self.ruling is not None)
    @rule()
    def the_line_of_a_decision_is_replayed(self) -> None:
        assert self.ruling is not None
        one = Typed(ID, "anew", "keep A", "", "", "Dana", "", dispute(*self.values).version(SALT), "ops")
        [said] = judge([one], court(dispute(*self.values), decided={ID: self.ruling}))
        assert (said.ruling, bool(said.said)) == (None, True)

    def _run(self, before: bool = False, after: bool = False, dies: str = "") -> None:
        there = self.look if self.look is None or self.dead < 2 else replace(self.look, version="")
        look, judged = self._read(there)
        if before:
            self._type("keep B")
        if dies == "before it":
            return
        row = self._write()
        if dies:
            return
        if judged is not None and not judged.waits:
            look = replace(look, judged=judged.typed.digest, said=judged.said)
        if after:
            self._type("keep A")
            row = self._row()
        if row is not None:
            look = looked(look, as_we_wrote(row, self._by_us()))
        self.look, self.dead = look, 0
        if judged is not None and judged.ruling is not None:
            self.ruling = judged.ruling
        self.calm = not (before or after)
        self.sure = self.sure and self.calm

    def _read(self, there: Look | None) -> tuple[Look, Judged | None]:
        row = as_we_wrote(self._row(), self._by_us())
        look, now = looked(there, row), dispute(*self.values)
        if not self.typed or look.judged == look.digest:
            return look, None
        decided = {} if self.ruling is None else {ID: self.ruling}
        [judged] = judge([typed_in(row, look)], court(now, decided=decided))
        if judged.ruling is not None:
            assert self.eyes == self.values, "somebody decided about something else"
            assert self.ruling is None, "it was decided already"
            event("counts")
        elif self.ruling is None:
            assert not self.sure, "they saw what there is, nobody disturbed them, and yet it does not count"
            event("asked again")
        return look, judged

    def _write(self) -> Row | None:
        says = {VALUE_A: self.values[0], VALUE_B: self.values[1], VERSION: dispute(*self.values).version(SALT)}
        if self.display == says == self.wrote:
            return None
        # The journal keeps what a batch writes over, and says so even if its run dies.
        self.dead += 1 if self.display == self.wrote else 2
        self.display, self.wrote = dict(says), dict(says)
        return self._row()

    def _row(self) -> Row:
        return Row("ops", 3, ID, dict(self.typed), dict(self.display))

    def _by_us(self) -> Mapping[str, Mapping[str, str]]:
        line = [scoped_key(DECISIONS, (ID,)), *(self.wrote.get(name, "") for name in MACHINE)]
        return written_lines([["key", *MACHINE], line])


Deciding.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestDeciding = Deciding.TestCase


# ---------------------------------------------------------------- who may decide


def of_a_sheet(only: tuple[str, ...] | None = None, **more: Any) -> Typed:
    facts: dict[str, Any] = {"by": "Dana", "saw": dispute("A1", "B2").version(SALT)}
    facts |= more
    return Typed(ID, "digest", "keep A", "", "", why="", where="ops", only=only, **facts)


WHO = ("dana@x.example", "kim@x.example")


@pytest.mark.parametrize(
    ("typed", "counts", "attested"),
    [
        (of_a_sheet(), False, False),
        (of_a_sheet(by="dana@x.example"), False, False),
        (of_a_sheet(("dana@x.example",)), True, True),
        (of_a_sheet(("Dana@X.example", "kim@x.example")), True, True),
        (of_a_sheet(("dana@x.example", "mallory@x.example")), False, True),
        (of_a_sheet(operator="KIM@x.example", by="KIM@x.example"), True, True),
        (of_a_sheet(operator="mallory@x.example", by="dana@x.example"), False, True),
    ],
)
def test_where_named_people_must_decide_a_name_that_anybody_could_have_typed_is_not_enough(
    typed: Typed, counts: bool, attested: bool
) -> None:
    [judged] = judge([typed], court(dispute("A1", "B2"), needs=lambda _: WHO))
    assert (judged.ruling is not None, typed.attested) == (counts, attested)
    assert counts or "only dana@x.example or kim@x.example may decide this" in judged.said
    [free] = judge([typed], court(dispute("A1", "B2")))
    assert free.ruling is not None
    assert free.ruling.attested == attested
    assert ("(unattested)" in free.ruling.words) != attested


def test_a_decision_waits_for_both_sides_to_be_read() -> None:
    for fresh, counts in ((None, True), ({"briefs", "pages"}, True), ({"briefs"}, False), (set(), False)):
        [judged] = judge([of_a_sheet()], court(dispute("A1", "B2"), fresh=fresh))
        assert (judged.ruling is not None, judged.waits) == (counts, not counts)


@given(st.permutations(["keep A", "keep A", "keep B"]), st.integers(1, 3))
def test_one_matter_gets_one_decision_or_none_whoever_types_it_how_often(order: list[str], number: int) -> None:
    typed = [of_a_sheet(by=f"{at}") for at in range(number)]
    typed = [replace(one, decision=order[at], where=f"book {at}") for at, one in enumerate(typed)]
    judged = judge(typed, court(dispute("A1", "B2")))
    rulings = [one.ruling for one in judged if one.ruling is not None]
    assert len(rulings) == (len(set(order[:number])) == 1)
    assert all(bool(one.said) != bool(rulings) for one in judged)


# ---------------------------------------------------------------- the life of a conflict

#: where a life may go in one run, within an episode
ALLOWED = {
    State.OPEN: {State.OPEN, State.DECIDED, State.APPLIED, State.CLOSED},
    State.REOPENED: {State.REOPENED, State.DECIDED, State.APPLIED, State.CLOSED},
    State.DECIDED: {State.DECIDED, State.APPLIED, State.CLOSED},
    State.APPLIED: {State.APPLIED, State.CLOSED},
    State.CLOSED: {State.CLOSED},
}


def ruling(matter: str) -> Ruling:
    holds = {"promo_code": "A1"}
    about = ("pages", "NL-1", "briefs", "NL-1", True)
    return Ruling(matter, Verdict.KEEP_A, *about, holds, holds, {"promo_code": "B2"}, (), "Dana", NOW, "run")


moments = st.fixed_dictionaries(
    {
        "there": st.sets(st.sampled_from([ID, "ss-BBBBBB"])),
        "decided": st.booleans(),
        "fresh": st.sampled_from([("briefs", "pages"), ("briefs",), ()]),
        "settled": st.sampled_from([("briefs", "pages"), ("briefs",), ()]),
        "unclear": st.sampled_from([(), (("pages", "NL-1", "promo_code"),)]),
    }
)


@given(st.lists(moments, max_size=8))
def test_a_conflict_goes_along_its_arrows_and_ends_before_it_begins_again(story: list[dict[str, Any]]) -> None:
    known: dict[str, Conflict] = {}
    for number, moment in enumerate(story):
        now = NOW + timedelta(hours=number)
        newest = {one.flag: one for one in sorted(known.values(), key=lambda one: one.episode)}
        held = [
            ruling(one.id)
            for one in newest.values()
            if one.state is not State.CLOSED and one.flag not in moment["there"]
        ]
        force = InForce(tuple(held) if moment["decided"] else ())
        seen = Seen(
            [dispute("A1", "B2", one) for one in sorted(moment["there"])],
            force,
            moment["fresh"],
            moment["settled"],
            now,
            (),
            moment["unclear"],
        )
        moved = lives(known.values(), seen)
        assert lives(known.values(), seen) == moved, "replayed, it is the same"
        for one in moved:
            if one.id in known:
                assert one.state in ALLOWED[known[one.id].state]
                assert (one.episode, one.since) == (known[one.id].episode, known[one.id].since)
            else:
                assert one.state is (State.OPEN if one.episode == 1 else State.REOPENED)
            event(one.state.value)
        known |= {one.id: one for one in moved}
        for flag in {one.flag for one in known.values()}:
            episodes = sorted((one for one in known.values() if one.flag == flag), key=lambda one: one.episode)
            assert [one.episode for one in episodes] == [*range(1, len(episodes) + 1)]
            assert all(one.state is State.CLOSED for one in episodes[:-1])
            assert all(was.changed <= one.since for was, one in pairwise(episodes))
        assert {one.flag for one in known.values() if one.is_open} >= moment["there"]
        assert lives(known.values(), seen) == [], "seen again, nothing moves"
