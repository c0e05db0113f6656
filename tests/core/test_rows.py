"""What a row's cells mean together: years from the days beside, ends from ranges, a line through the key, hints."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.fields import Choice, Day, Field, FieldType, Moment
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.graph import Rules, Source
from sheetsync.core.model import Block, Cell, Entity, Format, Precision, Problem, Snapshot, Tab
from sheetsync.core.rows import Days, Said, with_years
from tests.core.builders import BRIEFS, RULES, Typed, rules, tab, understood

HEADER = ["Campaign ID", "Campaign", *(BRIEFS.columns[name][0] for name in ("flight_start", "flight_end"))]
FIELDS = {**RULES.fields, "flight_start": replace(RULES.fields["flight_start"], until="flight_end")}
YEARLESS = rules(season=None, fields=FIELDS)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def read(*rows: Sequence[Typed], by: Rules = YEARLESS) -> Snapshot:
    return understood(tab(HEADER, *([f"NL-{n}", "x", *row] for n, row in enumerate(rows, start=1))), by=by)


@settings(deadline=None, max_examples=60)
@given(days, st.integers(-170, 170), st.integers(0, 3))
def test_a_day_without_a_year_is_the_nearest_to_its_rows_other_day(start: date, distance: int, others: int) -> None:
    end = date.fromordinal(start.toordinal() + distance)
    rows = [["2001-01-01", ""]] * others + [[start.isoformat(), f"{end:%B} {end.day}"]]
    if (end.month, end.day) != (2, 29):
        assert read(*rows).records[-1].value("flight_end") == end


_SHAPES = (
    *("%d.%m.%Y", "%m/%d/%y", "%a %d %b %Y", "%Y-%m-%d %H:%M", "%B %Y", "%d.-%d.%m.%Y", "Fri %d %b", "%d %b", "%d/%m"),
    *("%d %b - %d %B %Y", "TBD (%d %b)", "after %d %b", "%d %b 9am", "ca. %d.%m.%Y", "%d.%m. or %d.%m.%Y", "KW %V"),
)


@settings(deadline=None)
@given(st.sampled_from([Day(), Moment()]), st.sampled_from(_SHAPES), days, days, st.sampled_from([True, False, None]))
def test_what_says_its_day_without_a_season_says_the_same_in_every_season(
    kind: FieldType, shape: str, day: date, season: date, day_first: bool | None
) -> None:
    text = f"{day:{shape}}"
    alone = kind.parse(Cell(text, text), Dialect(day_first=day_first))
    if not isinstance(alone, Problem):
        assert kind.parse(Cell(text, text), Dialect(day_first=day_first, season=season)) == alone


def test_without_a_day_in_its_row_the_season_counts_and_then_the_tables_days_if_they_agree() -> None:
    rows = [["2026-12-15", ""], ["", "8 Feb"]]
    assert read(*rows, by=rules(season=date(2030, 2, 1))).records[1].value("flight_end") == date(2030, 2, 8)
    assert read(*rows).records[1].value("flight_end") == date(2027, 2, 8)
    torn = read(["2026-12-15", ""], ["2028-01-10", ""], ["", "8 Feb"]).records[2].claims["flight_end"].parsed
    assert isinstance(torn, Problem)
    assert torn.candidates == ("2027-02-08", "2028-02-08")
    assert isinstance(read(["", "8 Feb"]).records[0].claims["flight_end"].parsed, Problem)


def without_year(day: date, formula: str | None = None) -> Cell:
    """A day typed without its year, which the sheet therefore made up."""
    return Cell(float((day - date(1899, 12, 30)).days), f"{day.day} {day:%b}", Format.DATE, "d mmm", formula=formula)


@settings(deadline=None, max_examples=60)
@given(days, st.integers(-170, 170), st.integers(-2, 2), st.booleans())
def test_a_year_the_sheet_made_up_is_asked_where_it_is_not_the_nearest(
    start: date, distance: int, made_up: int, beside: bool
) -> None:
    end = date.fromordinal(start.toordinal() + distance)
    if (end.month, end.day) != (2, 29):
        held = end.replace(year=end.year + made_up)
        row: list[Typed] = [start.isoformat() if beside else "", without_year(held)]
        parsed = read(row, by=YEARLESS if beside else rules(season=start)).records[0].claims["flight_end"].parsed
        if held == end:
            assert parsed == end
        else:
            assert isinstance(parsed, Problem)
            assert parsed.candidates == (held.isoformat(), end.isoformat())


def test_years_the_sheet_made_up_hold_while_nothing_speaks_against_them() -> None:
    november, march = (date(2026, 11, 27), date(2026, 11, 30)), (date(2026, 3, 1), date(2026, 3, 9))
    rows = [[without_year(start), without_year(end)] for start, end in (november, march)]
    for record, days in zip(read(*rows).records, (november, march), strict=True):
        assert (record.value("flight_start"), record.value("flight_end")) == days
    assert read(["", without_year(march[1])]).records[0].value("flight_end") == march[1]


def test_two_years_the_sheet_made_up_are_asked_where_they_are_far_apart() -> None:
    row = read([without_year(date(2026, 12, 28)), without_year(date(2026, 1, 3))]).records[0]
    start, end = row.claims["flight_start"].parsed, row.claims["flight_end"].parsed
    assert isinstance(start, Problem)
    assert isinstance(end, Problem)
    assert start.candidates == ("2026-12-28", "2025-12-28")
    assert end.candidates == ("2026-01-03", "2027-01-03")


def test_a_text_without_a_year_takes_one_the_sheet_made_up_where_there_is_no_other() -> None:
    assert read([without_year(date(2026, 12, 28)), "3.1."]).records[0].value("flight_end") == date(2027, 1, 3)
    assert read([without_year(date(2026, 12, 28)), ""], ["", "3.1."]).records[1].value("flight_end") == date(2027, 1, 3)
    beside = read([without_year(date(2026, 12, 28)), "3.1."], by=rules(season=date(2030, 1, 1)))
    assert beside.records[0].value("flight_end") == date(2030, 1, 3)


def test_a_year_within_those_of_the_table_holds_and_one_that_is_worked_out_too() -> None:
    rows: list[list[Typed]] = [["2025-01-15", ""], ["2026-12-15", ""], ["", without_year(date(2026, 2, 8))]]
    assert read(*rows).records[2].value("flight_end") == date(2026, 2, 8)
    worked_out = without_year(date(2026, 2, 8), formula="=B2+7")
    assert read(["2030-01-01", worked_out]).records[0].value("flight_end") == date(2026, 2, 8)


def test_starts_and_ends_across_new_year_are_the_nearest() -> None:
    by = rules(season=date(2026, 11, 1))
    [record] = read(["28.12.", "5.1."], by=by).records
    assert (record.value("flight_start"), record.value("flight_end")) == (date(2026, 12, 28), date(2027, 1, 5))


def test_one_cell_says_another_day_beside_other_days_and_other_cells_beside_the_same() -> None:
    # One object, as the adapter makes of cells that are alike.
    one = Cell("8 Feb", "8 Feb")
    rows: list[list[Typed]] = [["2026-12-15", one], ["2030-12-15", one], ["2026-12-15", "9 Feb"], ["2026-12-15", one]]
    ends = [record.value("flight_end") for record in read(*rows).records]
    assert ends == [date(2027, 2, 8), date(2031, 2, 8), date(2027, 2, 9), date(2027, 2, 8)]


def test_days_of_several_years_in_one_row_leave_its_year_open() -> None:
    def near(_: Cell, day: date) -> Said:
        return date(day.year, 1, 10), "10 Jan"

    known = [[date(2026, 1, 5)], [date(2028, 1, 5)]]
    columns = [Days(f"field {number}", days, {}, near) for number, days in enumerate(known)]
    [(_, _, (parsed, _))] = with_years([*columns, Days("open", [None], {0: Cell("10 Jan", "10 Jan")}, near)], None)
    assert isinstance(parsed, Problem)
    assert parsed.candidates == ("2026-01-10", "2028-01-10")


def test_a_range_in_a_start_says_the_end_where_its_own_cell_is_blank() -> None:
    record = read(["27.–30.11.2026", ""]).records[0]
    start, end = record.claims["flight_start"], record.claims["flight_end"]
    assert (start.parsed, end.parsed) == (date(2026, 11, 27), date(2026, 11, 30))
    assert start.precision is end.precision is Precision.RANGE
    assert (start.place, start.raw) == (end.place, end.raw)


def test_two_ends_that_differ_are_a_problem_of_the_end_and_equal_ones_are_not() -> None:
    same, other = read(["27.–30.11.2026", "30 Nov 2026"], ["27.–30.11.2026", "2026-12-01"]).records
    assert same.claims["flight_end"].precision is Precision.EXACT
    parsed = other.claims["flight_end"].parsed
    assert isinstance(parsed, Problem)
    assert parsed.candidates == ("2026-12-01", "2026-11-30")
    assert other.value("flight_start") == date(2026, 11, 27)


def test_a_source_without_a_column_of_ends_takes_them_from_its_starts() -> None:
    columns = {name: texts for name, texts in BRIEFS.columns.items() if name != "flight_end"}
    snapshot = read(
        ["27.–30.11.2026", ""],
        ["2026-11-27", ""],
        by=rules(fields=FIELDS, sources={"briefs": replace(BRIEFS, columns=columns)}),
    )
    assert snapshot.records[0].value("flight_end") == date(2026, 11, 30)
    assert "flight_end" not in snapshot.records[1].claims


def test_notes_that_speak_of_a_change_are_hints_and_others_are_not() -> None:
    of = tab(["Campaign ID", "Campaign", "Notes"], ["NL-1", "x", "might extend??"], ["NL-2", "x", "nice one"])
    noted = Cell("x", "x", note="verschoben auf Montag")
    rows = (*of.rows[:2], (of.rows[2][0], noted, *of.rows[2][2:]))
    hinted = understood(Tab(of.id, of.title, rows, of.row_count, of.column_count))
    assert [(place.row, text) for place, text in hinted.hints] == [(1, "might extend??"), (2, "verschoben auf Montag")]


def test_a_note_is_found_behind_any_cell_of_a_row() -> None:
    of = tab(["Campaign ID", "Campaign", "Mood"], ["NL-1", "x", "fine"], ["NL-2", "x"])
    noted = Cell("x", "x", note="verschoben auf Montag")
    for column, merges in ((1, ()), (2, ()), (1, (Block(1, 0, 2, 2),))):
        row = (*of.rows[1][:column], noted, *of.rows[1][column + 1 :])
        found = understood(replace(of, rows=(of.rows[0], row, of.rows[2]), merges=merges))
        assert [(place.row, text) for place, text in found.hints] == [(1, "verschoben auf Montag")]


def test_a_line_through_the_key_claims_the_word_it_was_given_and_nothing_by_itself() -> None:
    of = tab(["Campaign ID", "Campaign"], ["NL-1", "x"], ["NL-2", "y"])
    struck = (of.rows[0], (replace(of.rows[1][0], struck=True), of.rows[1][1]), of.rows[2])
    of = Tab(of.id, of.title, struck, of.row_count, of.column_count)
    silent, said = BRIEFS, replace(BRIEFS, struck_means="cancelled")
    assert all("campaign_status" not in record.claims for record in understood(of, by=_by(silent)).records)
    first, second = understood(of, by=_by(said)).records
    claim = first.claims["campaign_status"]
    assert (claim.parsed, claim.raw, claim.place) == ("cancelled", "struck through", first.place)
    assert "campaign_status" not in second.claims


def _by(briefs: Source) -> Rules:
    status = Field("campaign_status", "Status", Entity.CAMPAIGN, Choice({"live": (), "cancelled": ()}))
    return rules(fields={**FIELDS, status.name: status}, sources={"briefs": briefs})
