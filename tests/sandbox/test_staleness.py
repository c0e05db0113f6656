"""Reads that are behind: by a number of reads, or by seconds; writes never are."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox import Running
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.store import State
from sheetsync.sandbox.troubles.staleness import Lag, Staleness
from tests.sandbox.conftest import BOOK, Api, add_workbook
from tests.sandbox.orders import at_ease, order, refused


@pytest.fixture
def old(sandbox: Running) -> Iterator[Running]:
    yield sandbox
    at_ease(sandbox)


@given(st.integers(1, 4), st.lists(st.booleans(), max_size=30))
def test_a_read_sees_what_the_read_so_many_before_would_have_seen(reads: int, steps: list[bool]) -> None:
    state, staleness = State(), Staleness()
    state.commit(Workbook("w", "0"), "x")
    staleness.set(Lag("", reads), state.workbooks)
    stood, seen = ["0"] * reads, list[str]()
    for number, is_read in enumerate(steps):
        if is_read:
            stood.append(state.workbooks["w"].title)
            seen.append(staleness.seen(state.workbooks["w"], state.clock()).title)
        else:
            state.commit(Workbook("w", str(number + 1)), "x")
    assert seen == stood[: len(seen)]
    state.close()


@given(st.integers(1, 5), st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=30))
def test_a_read_sees_what_stood_there_so_many_seconds_before(seconds: int, steps: list[tuple[bool, int]]) -> None:
    state, staleness = State(), Staleness()
    start = now = state.clock()
    state.clock = lambda: now
    state.replaced = staleness.replaced
    state.commit(Workbook("w", "0"), "x")
    staleness.set(Lag("", 0, seconds), state.workbooks)
    history = [(start, "0")]
    for number, (is_read, wait) in enumerate(steps):
        now += timedelta(seconds=wait)
        if is_read:
            then = now - timedelta(seconds=seconds)
            # Nothing is older than the lag itself.
            stood = [title for since, title in history if since <= then] or ["0"]
            assert staleness.seen(state.workbooks["w"], now).title == stood[-1]
        else:
            state.commit(Workbook("w", str(number + 1)), "x")
            history.append((now, str(number + 1)))
    state.close()


def test_the_next_reads_after_a_write_do_not_know_of_it(old: Running, api: Api) -> None:
    api.write("Plan!A1", [["before"]])
    old.stale(reads=2)
    api.write("Plan!A1", [["after"]])
    assert [api.values("Plan!A1") for _ in range(3)] == [[["before"]], [["before"]], [["after"]]]
    old.stale()
    api.write("Plan!A1", [["now"]])
    assert api.values("Plan!A1") == [["now"]]


def test_for_some_seconds_after_a_write_nobody_reads_it_however_often(old: Running, api: Api) -> None:
    now = old.clock()
    usual, old.clock = old.clock, lambda: now
    try:
        api.write("Plan!A1", [["before"]])
        now += timedelta(seconds=100)
        old.stale(seconds=5)
        api.write("Plan!A1", [["after"]])
        assert [api.values("Plan!A1") for _ in range(3)] == [[["before"]]] * 3
        assert api.read("sheets.data.rowData.values.formattedValue")["sheets"][0]["data"][0]["rowData"][0] == {
            "values": [{"formattedValue": "before"}]
        }
        now += timedelta(seconds=5)
        assert api.values("Plan!A1") == [["after"]]
    finally:
        old.clock = usual


def test_a_write_is_made_on_the_workbook_as_it_is(old: Running, api: Api) -> None:
    old.stale(seconds=600)
    api.write("Plan!A1", [["1"]])
    api.write("Plan!B1", [["=A1+1"]])
    assert api.values("Plan!A1:B1") == []
    assert old.grid(BOOK, "Plan") == [["1", "2"]]


def test_one_workbook_may_be_behind_and_the_others_not(old: Running, api: Api) -> None:
    add_workbook(old, "book-2")
    order(old, "POST", "stale", {"workbook": "book-2", "reads": 1})
    api.write("Plan!A1", [["x"]])
    api.call("PUT", "/v4/spreadsheets/book-2/values/Plan!A1", {"values": [["x"]]}, valueInputOption="RAW")
    assert api.values("Plan!A1") == [["x"]]
    path = "/v4/spreadsheets/book-2/values/Plan!A1"
    assert [api.call("GET", path).json().get("values") for _ in range(2)] == [None, [["x"]]]
    assert order(old, "GET", "stale").json() == {"workbook": "book-2", "reads": 1, "seconds": 0.0}
    assert order(old, "DELETE", "stale").json() == {"workbook": "", "reads": 0, "seconds": 0.0}


@pytest.mark.parametrize(
    ("lag", "said"),
    [
        ({}, "say how far behind reads shall be"),
        ({"reads": 1001}, "`reads` must be"),
        ({"seconds": "long"}, "`seconds` must be"),
        ({"workbook": 1, "reads": 1}, "`workbook` must be"),
        ({"minutes": 1}, "there is no `minutes`"),
    ],
)
def test_a_lag_that_makes_no_sense_is_refused_in_one_line(old: Running, lag: object, said: str) -> None:
    assert said in refused(old, "stale", lag)
