"""A check-up in order: what rests on something ill is not looked at, and everything else is."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.checkup import Finding, Verdict, failure, warning, well, worst
from sheetsync.engine.checkup import Check, checkup
from sheetsync.errors import Refused, Transient, Unreachable

Plan = list[tuple[str, set[int]]]
KINDS = ("well", "warning", "blocking", "failure", "trouble")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Per check how it comes out, and the earlier checks it rests on."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=9))
    return [(kind, draw(st.sets(st.integers(0, at - 1)) if at else st.just(set()))) for at, kind in enumerate(kinds)]


def _checks(plan: Plan, looked: list[int]) -> list[Check]:
    checks: list[Check] = []
    for at, (kind, needs) in enumerate(plan):

        def look(at: int = at, kind: str = kind) -> Iterator[Finding]:
            looked.append(at)
            if kind == "trouble":
                raise Unreachable("nobody answers;", "plug it in.")
            made = {
                "well": well("fine"),
                "warning": warning("hm", "mend it"),
                "blocking": warning("hm", "mend it", blocks=True),
                "failure": failure("broken", "mend it"),
            }
            yield made[kind]

        checks.append(Check(f"check {at}", look, tuple(checks[need] for need in sorted(needs))))
    return checks


@given(plans())
def test_a_check_is_looked_at_unless_something_it_rests_on_is_ill(plan: Plan) -> None:
    looked: list[int] = []
    done = list(checkup(_checks(plan, looked), lambda _: None))
    ill = {at for at, (kind, _) in enumerate(plan) if kind in ("blocking", "failure", "trouble")}
    faults: list[set[int]] = []
    for at, (_, needs) in enumerate(plan):
        above = set().union(*(faults[need] for need in needs)) if needs else set()
        faults.append(above or ({at} if at in ill else set()))
        assert (at in looked) == (not above)
        assert done[at].because == tuple(number + 1 for number in sorted(above))
        assert (done[at].verdict is Verdict.SKIPPED) == bool(above)
    assert [each.number for each in done] == list(range(1, len(plan) + 1))
    assert looked == sorted(looked)


def test_trouble_is_a_finding_with_its_remedy_on_its_own_and_what_may_pass_says_so() -> None:
    def refused() -> Iterator[Finding]:
        yield warning("first", "do this")
        raise Refused("it is not enabled;", "enable it.")

    def passing() -> Iterator[Finding]:
        raise Transient("it was busy.")

    first, second = checkup([Check("a", refused), Check("b", passing)], lambda _: None)
    assert first.findings == (warning("first", "do this"), failure("it is not enabled", "Enable it."))
    assert second.findings == (failure("it was busy", "Run it again: this may pass by itself."),)


@given(st.lists(st.sampled_from(list(Verdict))))
def test_the_worst_counts(verdicts: list[Verdict]) -> None:
    ranks = [list(Verdict).index(verdict) for verdict in verdicts]
    assert worst(verdicts) is list(Verdict)[max(ranks, default=0)]
