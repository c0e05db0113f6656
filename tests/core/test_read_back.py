"""What is shown of a sheet nobody has described is what a run reads, in every story from its cells to its records."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.config.headers import shipped_header_words
from sheetsync.core.inspection import inspect
from sheetsync.core.model import Tab
from tests.bench.unseen import NASTY, UNSEEN
from tests.core.builders import Typed, day, tab
from tests.messes import MESSES, load_mess, stories
from tests.read_back import read_back

STORIES = stories(MESSES, NASTY, UNSEEN)
#: so many tables of the stories can become a source as they stand
_SOURCES_AT_LEAST = 95

BRIEFS: list[Typed] = ["Campaign ID", "Brand", "Offer", "Start", "End"]
PAGES: list[Typed] = ["Campaign", "URL", "Owner"]
MAILS: list[Typed] = ["Send date", "Subject line", "Campaign ID", "Segment"]


def rows_read(of: Tab, locale: str) -> list[tuple[list[int], list[int]]]:
    """Of each proposed source the rows that inspection shows, and those a run reads."""
    seen = inspect(of, shipped_header_words(), locale)
    return [
        (one.table.data_rows, [record.place.row or 0 for record in read.records])
        for one, _, read in read_back(seen, locale)
    ]


@pytest.mark.parametrize("folder", STORIES, ids=[folder.name for folder in STORIES])
def test_a_run_reads_each_row_that_is_shown_and_no_other(folder: Path) -> None:
    mess = load_mess(folder)
    for one in mess.workbook.tabs:
        for shown, read in rows_read(one, mess.workbook.locale):
            assert read == shown, one.title


def test_most_tables_of_the_stories_can_become_a_source() -> None:
    """Or the law above would say little."""
    books = map(load_mess, STORIES)
    found = [read for book in books for one in book.workbook.tabs for read in rows_read(one, book.workbook.locale)]
    assert len(found) >= _SOURCES_AT_LEAST


# ---------------------------------------------------------------- tables below each other


def brief(number: int) -> list[Typed]:
    start = date(2026, 11, 1) + timedelta(number)
    return [f"NL-{number:04d}", "Finch", f"{number}% off", day(start), day(start + timedelta(9))]


def page(number: int) -> list[Typed]:
    return [f"NL-{number:04d}", f"https://shop.example/{number}", "Anna"]


def mail(number: int) -> list[Typed]:
    return [day(date(2026, 11, 1) + timedelta(number)), f"Mail {number}", f"NL-{number:04d}", "All"]


def ids_read(of: Tab) -> list[list[str]]:
    """The ids that each proposed source reads, from the upper table to the lower one."""
    seen = inspect(of, shipped_header_words(), "en_US")
    return [[str(record.value("campaign_id")) for record in read.records] for _, _, read in read_back(seen, "en_US")]


numbers = st.lists(st.integers(1, 90), min_size=2, max_size=6, unique=True)
junk = st.sampled_from(
    [[], ["NOVEMBER"], ["Only edit the white cells please. Ask Dana first."], [None, "updated 3 Nov"]]
)


@settings(max_examples=100)
@given(numbers, numbers, st.sampled_from([(PAGES, page), (MAILS, mail)]), st.lists(junk, max_size=3), st.data())
def test_what_happens_in_one_table_changes_nothing_that_is_read_of_the_one_below(
    above: list[int], below: list[int], other: tuple[list[Typed], object], added: list[list[Typed]], data: st.DataObject
) -> None:
    header, line = other
    assert callable(line)
    rows = [brief(number) for number in data.draw(st.permutations(above))]
    for one in added:
        rows.insert(data.draw(st.integers(1, len(rows))), one)
    between: list[list[Typed]] = data.draw(st.sampled_from([[], [[]], [[], []], [[], ["Landing pages"]]]))
    found = ids_read(tab(BRIEFS, *rows, *between, header, *map(line, below)))
    expected = [[f"NL-{number:04d}" for number in numbers] for numbers in (above, below)]
    assert [sorted(ids) for ids in found] == [sorted(ids) for ids in expected]
    assert found[1] == expected[1]


_CONTACTS: list[list[Typed]] = [
    ["Name", "Role", "Phone"],
    ["Dana", "Legal", "+1 555 0100"],
    ["Lee", "Art", "+1 555 0101"],
]
_APPROVALS: list[list[Typed]] = [
    ["Approver", "Date", "Decision"],
    ["Dana", day(date(2026, 11, 2)), "approved"],
    ["Lee", day(date(2026, 11, 3)), "approved"],
]


@settings(max_examples=50)
@given(
    numbers,
    st.lists(junk, max_size=2),
    st.sampled_from([_CONTACTS, _APPROVALS]),
    st.sampled_from([[[]], [[], []], [[], ["Contacts"]], [[], ["People"], []]]),
    st.data(),
)
def test_a_list_of_something_else_below_is_not_read_as_campaigns(
    above: list[int],
    added: list[list[Typed]],
    other: list[list[Typed]],
    between: list[list[Typed]],
    data: st.DataObject,
) -> None:
    rows = [brief(number) for number in above]
    for one in added:
        rows.insert(data.draw(st.integers(1, len(rows))), one)
    assert ids_read(tab(BRIEFS, *rows, *between, *other)) == [[f"NL-{number:04d}" for number in above]]


@pytest.mark.parametrize("late", [
    [["NL-0091", "Rook", "Spa week"], ["NL-0092", "Wren", "BOGO"]],
    [["new", "Rook", "Spa week", "early Dec"], ["new", "Wren", "20% off", "after Xmas"]],
    [["TBD", "Rook", "Spa week"], ["TBD", "Wren", "20% off", day(date(2026, 12, 1))]],
    [["open", "Rook", "Spa week"], ["NL-0092", "Wren", "20% off", day(date(2026, 12, 1)), day(date(2026, 12, 2))]],
    [["", "Rook", "Spa week", "early Dec"], ["", "Wren", "20% off", day(date(2026, 12, 1))]],
])  # fmt: skip
@pytest.mark.parametrize("between", [[[]], [[], ["IDEAS"]]])
def test_rows_that_came_in_late_and_unfinished_are_rows_of_the_table(
    late: list[list[Typed]], between: list[list[Typed]]
) -> None:
    of = tab(BRIEFS, *map(brief, range(1, 6)), *between, *late)
    [(shown, read)] = rows_read(of, "en_US")
    first = 6 + len(between)
    assert read == shown == [1, 2, 3, 4, 5, first, first + 1]


def questions(of: Tab) -> list[str]:
    return [text for one in inspect(of, shipped_header_words(), "en_US").tables for text in one.guesses.questions]


def test_a_list_of_nothing_but_words_below_is_asked_about() -> None:
    team: list[list[Typed]] = [["Name", "Role", "Team", "Office"], ["Dana", "Lawyer", "Blue", "Paris"], ["Lee", "Art"]]
    [question] = questions(tab(BRIEFS, *map(brief, range(1, 6)), [], ["People"], *team))
    assert "Rows 9 to 11 " in question
    assert "(A, C, D)" in question
    assert questions(tab(BRIEFS, *map(brief, range(1, 6)), [], *map(brief, range(6, 9)))) == []


def test_the_stories_are_asked_nothing_of_the_kind() -> None:
    tables = [one for folder in STORIES for one in load_mess(folder).workbook.tabs]
    assert [text for one in tables for text in questions(one) if "stand apart" in text] == []


# ---------------------------------------------------------------- campaigns called like a total


@pytest.mark.parametrize("name", ["Total Sport", "Total Recall Days", "Grand Total Sale", "Gesamt", "Summe AG"])
@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("last", [
    [day(date(2026, 12, 7)), day(date(2026, 12, 20)), "", 8.0],
    ["Mon 7 Dec", "Sun 20 Dec", "", 8.0],
    ["", "", "SPORT-20", 8.0],
    ["", "", "20% off", 8.0],
])  # fmt: skip
def test_a_row_with_a_day_a_code_or_an_offer_of_its_own_is_read_whatever_its_key_is_called(
    name: str, column: int, last: list[Typed]
) -> None:
    first: list[Typed] = ["Rook", "Shoe swap"]
    first[column] = name
    others = [["Finch", f"Week {week}", *_days(week), f"GIFT{week}", 5.0] for week in range(10, 15)]
    of = tab(
        ["Partner", "Campaign", "Start", "End", "Code", "Budget"], *others, [*first, *last], ["Total", *[""] * 4, 8]
    )
    [(shown, read)] = rows_read(of, "en_US")
    assert read == shown == [1, 2, 3, 4, 5, 6]


def _days(first: int) -> list[Typed]:
    return [day(date(2026, 11, first)), day(date(2026, 11, first + 7))]
