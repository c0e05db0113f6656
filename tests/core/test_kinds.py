"""Laws of telling rows apart: what is seen at once of most rows is what each of them says when it is asked."""

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.model import Cell, RowKind
from sheetsync.core.tables.kinds import (
    _EXAMPLE,
    _TOLD_BY,
    _TOTAL,
    _TOTAL_BEHIND,
    Shape,
    _kind,
    _plain_rows,
    is_legend,
    total_unlike_data,
)
from sheetsync.core.tables.seen import see
from tests.core.builders import Typed, tab

words = st.sampled_from(
    [
        "Total",
        "Sous-total",
        "NOVEMBER TOTAL",
        "Summe",
        "∑",
        "Beispiel",
        "e.g. x",
        "z.B. y",
        "np. z",
        "Tote bag",
        "Summer",
    ]
)
texts = words | st.sampled_from(["", "1", "12", "NL-0001", "Key", "✅ = live", "RK = Rob", "https://x.example/?a=b"])
rows = st.lists(st.lists(texts | st.sampled_from([12.0, False, True]), max_size=5), max_size=6)


@given(st.from_regex(_EXAMPLE) | st.from_regex(_TOTAL) | st.from_regex(_TOTAL_BEHIND))
@example("Beıspiel")
@example("BEİSPIEL: x")
@example("ſumme")
def test_what_reads_like_a_total_or_an_example_has_a_part_that_is_looked_for(text: str) -> None:
    told = _EXAMPLE.match(text) or _TOTAL.match(text) or _TOTAL_BEHIND.search(text)
    assert not told or any(part in text.casefold() for part in _TOLD_BY)


@given(rows, st.sets(st.integers(0, 4), min_size=1))
@example([["1", "2", "e.g. x", "y"]], {0, 1})
@example([["x", "Total", "y", "✅ = live"], ["✅ = live", "x = y", "z = z"]], {0})
@example([["x", "y", "z"]], {4})
def test_a_row_taken_for_data_at_once_is_data_when_it_is_asked(
    cells: Sequence[Sequence[Typed]], known: set[int]
) -> None:
    added = Cell(3.5, "3.5", formula="=SUM(A1:A2)")
    ended = [[*row, added] for row in cells]
    seen = see(tab(*cells, *ended, [added, added, added], ["Sends", added, added, added]), frozenset())
    is_total = total_unlike_data(seen, 0, 6, range(len(seen.rows)))
    shape = Shape(dict.fromkeys(known, "header"), 0, 6, is_total)
    for row in _plain_rows(seen, shape, range(len(seen.rows))):
        assert _kind(seen, row, seen.rows[row], shape, below_merge=False) is RowKind.DATA
        assert not is_legend(seen.rows[row])
