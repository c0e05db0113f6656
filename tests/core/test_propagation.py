"""Laws of how far a change has come: exactly the pairs that handoffs demand, each landed or missing."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.contracts import compare
from sheetsync.core.model import Parsed, Place, Problem
from sheetsync.core.propagation import Reach
from sheetsync.core.terms import Contract
from sheetsync.core.truth import Truths, subject
from tests.core.builders import RULES, UNREADABLE, everything, matched, place, snapshots
from tests.core.frosts import Said, key_of

CHANGED = datetime(2026, 11, 20, tzinfo=UTC)
ends = st.sampled_from([date(2026, 11, 30), date(2026, 12, 1), None, UNREADABLE])
COPIES = ("official", "landing", "utm")


class Copy(Said):
    @property
    def place(self) -> Place:
        return place("briefs", 1)


@given(ends, st.fixed_dictionaries(dict.fromkeys(COPIES, ends)), st.integers(-50, 50), st.integers(0, 100))
def test_what_is_landed_and_missing_are_the_pairs_that_handoffs_demand(
    owner: Parsed, copies: dict[str, Parsed], since: int, later: int
) -> None:
    said = {f"{name}__flight_end": it for name, it in copies.items()} | {"briefs__flight_end": owner}
    read = snapshots(*everything(**said))
    truths = Truths(RULES, matched(read), {})
    landed_at, now = CHANGED + timedelta(hours=since), CHANGED + timedelta(hours=later)
    records = {record.source: key_of(record) for it in read for record in it.records}
    seen = {(of, key, name): Copy(None, landed_at) for of, key in records.items() for name in RULES.fields}
    reach = Reach(truths, compare(truths), seen).of("NL-1001", "flight_end", CHANGED, now)
    is_word = owner is not None and not isinstance(owner, Problem)
    asked = {
        name: it == owner
        for name, it in copies.items()
        if is_word and it is not None and not isinstance(it, Problem) and _is_demanded(name)
    }
    assert {it.about[0] for it in reach.landed} == {name for name, agrees in asked.items() if agrees}
    assert {it.about[0] for it in reach.missing} == {name for name, agrees in asked.items() if not agrees}
    assert reach.demanded == len(asked)
    assert all(subject(it.about[1], RULES.fields["flight_end"]) == "NL-1001" for it in reach.landed)
    took = [timedelta(hours=max(since, 0))] * len(reach.landed) + [timedelta(hours=later)] * len(reach.missing)
    assert reach.longest == max(took, default=None)


def _is_demanded(receiver: str) -> bool:
    return any(it.contracts.get("flight_end") is Contract.EQUAL for it in RULES.handoffs_into(receiver))
