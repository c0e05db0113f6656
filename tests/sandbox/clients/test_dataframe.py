"""A day with gspread-dataframe: a table of pandas goes into a tab and comes back as it was."""

import math
from datetime import date
from typing import Any

import gspread
import pandas as pd
import pytest
from gspread_dataframe import get_as_dataframe, set_with_dataframe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

FRAME = pd.DataFrame(
    {
        "campaign": ["Black Week", "Advent", "Ümlaut 🌵", "it's"],
        "budget": [1200.5, math.nan, 0.1, 1e15],
        "clicks": [0, -3, 7, 2**40],
        "live": [True, False, True, False],
        "start": pd.to_datetime(["2026-11-27", "2026-12-01", "2027-01-01", "1999-01-02"]),
    }
)


def test_a_frame_comes_back_as_it_went(plan: gspread.Worksheet) -> None:
    set_with_dataframe(plan, FRAME, resize=True)
    assert (plan.row_count, plan.col_count) == (5, 5)
    back = get_as_dataframe(plan, evaluate_formulas=True, parse_dates=["start"])
    assert back["start"].dt.date.tolist() == FRAME["start"].dt.date.tolist()
    same = FRAME.drop(columns="start")
    assert_frame_equal(back.drop(columns="start"), same, check_dtype=False)


def test_dates_and_times_are_typed_as_people_type_them(plan: gspread.Worksheet) -> None:
    frame = pd.DataFrame(
        {"when": [pd.Timestamp("2026-11-27 09:30"), pd.Timestamp("2026-11-28")], "day": [date(2026, 1, 2)] * 2}
    )
    set_with_dataframe(plan, frame)
    serials = plan.get("A2:B3", value_render_option=gspread.utils.ValueRenderOption.unformatted)
    assert serials == [[pytest.approx(46353.395833), 46024], [46354, 46024]]
    back = get_as_dataframe(plan, evaluate_formulas=True, usecols=[0, 1], nrows=2, parse_dates=[0, 1])
    assert back["when"].tolist() == frame["when"].tolist()


def test_formulas_count_or_are_text_as_asked(plan: gspread.Worksheet) -> None:
    frame = pd.DataFrame({"n": [2, 3], "twice": ["=A2*2", "=A3*2"], "quoted": ["'x", "=y"]})
    set_with_dataframe(plan, frame.drop(columns="quoted"))
    assert get_as_dataframe(plan, evaluate_formulas=True)["twice"].tolist() == [4, 6]
    assert get_as_dataframe(plan)["twice"].tolist() == ["=A2*2", "=A3*2"]
    set_with_dataframe(plan, frame, row=10, allow_formulas=False)
    assert plan.get("B11:C12") == [["=A2*2", "'x"], ["=A3*2", "=y"]]


def test_an_index_of_levels_and_empty_rows_survive(plan: gspread.Worksheet) -> None:
    index = pd.MultiIndex.from_tuples([("email", 1), ("email", 2), ("social", 1)], names=["channel", "week"])
    frame = pd.DataFrame({"sent": [5, None, 7]}, index=index)
    set_with_dataframe(plan, frame, include_index=True, row=3, col=2)
    assert plan.get("B3:D6") == [["channel", "week", "sent"], ["email", "1", "5"], ["email", "2"], ["social", "1", "7"]]
    whole: dict[str, Any] = {"drop_empty_rows": False, "drop_empty_columns": False}
    back = get_as_dataframe(
        plan, evaluate_formulas=True, header=2, usecols=[1, 2, 3], nrows=3, index_col=[0, 1], **whole
    )
    assert_frame_equal(back, frame, check_dtype=False)


def test_a_smaller_frame_replaces_a_larger_one(plan: gspread.Worksheet) -> None:
    set_with_dataframe(plan, pd.DataFrame({"n": range(200), "m": range(200)}), resize=True)
    assert plan.row_count == 201
    set_with_dataframe(plan, pd.DataFrame({"n": [1]}), resize=True)
    assert plan.get_all_values() == [["n"], ["1"]]


_TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "Nd", "P", "Zs", "S")), min_size=1, max_size=12)
_CELLS = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False, width=32).filter(lambda n: abs(n) < 1e300),
    _TEXTS.map(lambda text: f"'{text}"),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_CELLS, min_size=2, max_size=2), min_size=1, max_size=6))
def test_whatever_is_in_a_frame_arrives(plan: gspread.Worksheet, rows: list[list[Any]]) -> None:
    set_with_dataframe(plan, pd.DataFrame(rows, columns=["a", "b"], dtype=object), string_escaping="off", resize=True)
    found = plan.get(f"A2:B{len(rows) + 1}", value_render_option=gspread.utils.ValueRenderOption.unformatted)
    assert found == [[_arrived(value) for value in row] for row in rows]


def _arrived(value: Any) -> Any:
    """An apostrophe in front makes text, and is not part of it."""
    return value[1:] if isinstance(value, str) else pytest.approx(value, rel=1e-14)
