"""Laws of settling: what did not move counts, what moved counts as it was known, and nothing is invented."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.model import Claim, Place, Record, Snapshot
from sheetsync.core.settle import Settled, is_news, settle
from tests.core.builders import rules

SOURCE = rules().sources["landing"]
TAB = Place("landing", "spreadsheet", "Tab", 7)
_KEY = SOURCE.key[0]

Row = tuple[str, str]


def records(rows: list[Row]) -> list[Record]:
    return [_record(at, row) for at, row in enumerate(rows)]


def _record(at: int, row: Row) -> Record:
    place = TAB.in_row(at)
    claims = {name: Claim(name, text, text, place) for name, text in zip((_KEY, "offer"), row, strict=True)}
    return Record("landing", place, claims, (row[0],))


def read(rows: list[Row]) -> Snapshot:
    return Snapshot("landing", TAB, tuple(records(rows)))


def said(settled: Settled) -> list[Row]:
    return [_row(record) for record in settled.snapshot.records]


def _row(record: Record) -> Row:
    return record.claims[_KEY].raw, record.claims["offer"].raw


_ROWS = st.lists(st.tuples(st.sampled_from(["A", "B", "C", "D", ""]), st.sampled_from(["1", "2", "3", ""])), max_size=6)


@given(_ROWS, _ROWS)
def test_what_stayed_the_same_counts_whatever_was_known(rows: list[Row], known: list[Row]) -> None:
    settled = settle(SOURCE, read(rows), read(rows), records(known))
    assert (said(settled), settled.unsettled) == (rows, ())


@given(_ROWS, _ROWS, _ROWS)
def test_nothing_counts_that_was_neither_said_twice_nor_known(
    first: list[Row], second: list[Row], known: list[Row]
) -> None:
    counted = said(settle(SOURCE, read(first), read(second), records(known)))
    for row in counted:
        assert row in known or (row in first and row in second)


@given(_ROWS, _ROWS, _ROWS, st.randoms())
def test_where_rows_stand_does_not_matter(first: list[Row], second: list[Row], known: list[Row], chance) -> None:  # type: ignore[no-untyped-def]
    mixed = chance.sample(first, len(first))
    counted, otherwise = (settle(SOURCE, read(rows), read(second), records(known)) for rows in (first, mixed))
    assert sorted(said(counted)) == sorted(said(otherwise))


@given(_ROWS, _ROWS)
def test_a_read_that_failed_lets_only_what_was_known_count(second: list[Row], known: list[Row]) -> None:
    counted = said(settle(SOURCE, None, read(second), records(known)))
    assert all(row in known for row in counted)


@given(_ROWS)
def test_what_is_known_is_no_news_in_any_order(rows: list[Row]) -> None:
    assert not is_news(read(rows[::-1]), records(rows))
    assert is_news(read([*rows, ("E", "9")]), records(rows))
    assert not rows or is_news(read(rows[1:]), records(rows))


def test_a_row_known_before_is_shown_where_it_stands_now() -> None:
    moved = [replace(record, place=TAB.in_row(40)) for record in records([("A", "half")])]
    second = Snapshot("landing", TAB, tuple(moved))
    [record] = settle(SOURCE, read([("A", "1")]), second, records([("A", "1")])).snapshot.records
    assert (record.place.row, record.claims["offer"].raw, record.claims["offer"].place.row) == (40, "1", 40)
