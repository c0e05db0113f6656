"""Laws of finding the table in a tab: wherever it stands and whatever surrounds it, the same rows count."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.header_texts import fold_header
from sheetsync.core.model import Cell, Mark, RowKind, Tab
from sheetsync.core.tables import Layout, NoTable, find_table
from tests.core.builders import BRIEFS, UTM, Typed, cell, ours, tab

HEADERS = {
    "partner": "Partner",
    "campaign_id": "Campaign ID",
    "campaign_name": "Campaign",
    "flight_start": "Starts",
    "notes": "Notes",
}
HEADER = list(HEADERS.values())
Row = dict[str, str]
Grid = Sequence[Sequence[Typed]]

ids = st.integers(1, 9999).map("NL-{:04d}".format)
words = st.sampled_from(["Lou's", "Total Wine & More", "2026-11-27", "✅", "n/a", "x ", "Campaign", "Gesamt", " "])
data_row: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {"campaign_id": ids, "campaign_name": st.sampled_from(["Deal", "Total relaunch", "Gift"])},
    optional=dict.fromkeys(("partner", "flight_start", "notes"), words),
)
data_rows = st.lists(data_row, max_size=5, unique_by=lambda row: row["campaign_id"])


def layout(of: Tab) -> Layout:
    found = find_table(of, BRIEFS)
    assert isinstance(found, Layout), found.reason
    return found


def kinds(*rows: Sequence[Typed], merges: Sequence[tuple[int, int, int, int]] = ()) -> list[str]:
    """The kind of every row, in order."""
    return [str(kind) for _, kind in sorted(layout(tab(*rows, merges=merges)).kinds.items())]


def told(of: Tab) -> set[tuple[tuple[str, str], ...]]:
    """What the data rows say, wherever they stand."""
    found = layout(of)
    return {
        tuple(sorted((name, text) for name, column in found.columns.items() if (text := of.cell(row, column).shown)))
        for row in found.data_rows
    }


def plain(rows: Sequence[Row]) -> Tab:
    return tab(HEADER, *([row.get(name, "") for name in HEADERS] for row in rows))


# ---------------------------------------------------------------- laws


@given(data_rows, st.data())
def test_where_the_table_stands_and_how_it_is_arranged_does_not_change_what_it_says(
    rows: list[Row], data: st.DataObject
) -> None:
    columns = data.draw(st.permutations([*HEADERS, *[""] * data.draw(st.integers(0, 2))]))
    lines: list[list[Typed]] = [[row.get(name) for name in columns] for row in data.draw(st.permutations(rows))]
    for _ in range(data.draw(st.integers(0, 3))):
        lines.insert(data.draw(st.integers(0, len(lines))), [])
    above, left = data.draw(st.integers(0, 4)), data.draw(st.integers(0, 3))
    lines = [*([[]] * above), [HEADERS.get(name) for name in columns], *lines]
    assert told(tab(*([None] * left + line for line in lines))) == told(plain(rows))


@given(data_rows)
def test_every_data_row_is_found_and_nothing_else(rows: list[Row]) -> None:
    wanted = {tuple(sorted((name, text) for name, text in row.items() if text)) for row in rows}
    assert told(plain(rows)) == wanted


anything = st.sampled_from([
    *[*HEADER, "campaign id", "Total", "e.g. this", "NL-0001", " ", "", "Lou's", None, True, False, 46353.0],
    *[Cell(error="#REF!", shown="#REF!"), Cell("", "", formula='=IF(A1="";"";1)'), ours("ss:status")],
])  # fmt: skip
grids = st.lists(st.lists(anything, max_size=6), max_size=8)


@given(grids, st.booleans())
@example([HEADER, ["Total"]], False)
def test_every_row_that_holds_anything_has_one_kind_and_no_other_row_counts(
    grid: list[list[Typed]], under_a_header: bool
) -> None:
    of = tab(*([HEADER, *grid] if under_a_header else grid))
    found = find_table(of, BRIEFS)
    if isinstance(found, NoTable):
        assert found.reason
        assert not under_a_header
        return
    managed = {
        column for column, header in enumerate(of.rows[found.header_row]) if header.formula == ours("ss:status").formula
    }
    for number, cells in enumerate(of.rows):
        holds = any(c.shown.strip() and c.value is not False for n, c in enumerate(cells) if n not in managed)
        kind = found.kinds.get(number, RowKind.BLANK)
        assert holds == (kind is not RowKind.BLANK), (number, kind)
    assert found.kinds[found.header_row] is RowKind.HEADER
    assert list(found.columns) == list(dict.fromkeys(found.columns))
    assert set(found.data_rows) == {row for row, kind in found.kinds.items() if kind is RowKind.DATA}
    assert all((kind is RowKind.PREAMBLE) == (row < found.header_row) for row, kind in found.kinds.items())


@given(st.text(max_size=12))
@example("partner: *")
@example("Partner * :")
def test_folding_a_header_twice_changes_nothing_more(text: str) -> None:
    assert fold_header(fold_header(text)) == fold_header(text)


# ---------------------------------------------------------------- the header


@pytest.mark.parametrize("text", [
    "CAMPAIGN ID",
    "campaign id:",
    "Campaign ID *",
    "Campaign ID: *",
    "Campaign\nID",
    " Campaign   ID ",
    "Campaign\u00a0ID",
    "Camp\u200baign ID",
    "\ufeffCampaign ID",
    "Cámpaign ID",
    "\u200eCampaign ID\u200f",
    "Ｃａｍｐａｉｇｎ ID",
])  # fmt: skip
def test_a_header_is_known_in_any_spelling(text: str) -> None:
    assert layout(tab(["Partner", text, "Campaign"])).columns["campaign_id"] == 1


@pytest.mark.parametrize(("configured", "written"), [
    ("Kampagnen-Nr.", "Kampagnen‑Nr."),
    ("Kampagnen-Nr.", "KAMPAGNEN–NR."),
    ("Partner's page", "Partner’s page"),
    ("Straße", "STRASSE"),
])  # fmt: skip
def test_the_kind_of_dash_or_quote_does_not_make_another_header(configured: str, written: str) -> None:
    assert fold_header(configured) == fold_header(written)


@pytest.mark.parametrize("other", ["Campaign ID 2", "Campaign", "ID", "Campaign-ID", "CampaignID"])
def test_another_header_is_no_spelling_of_it(other: str) -> None:
    assert fold_header(other) != fold_header("Campaign ID")


def test_titles_and_links_above_the_header_are_a_preamble() -> None:
    rows = [["Q4 partner briefs"], [], ["Owner:", "Ada", "Status:", "draft"], HEADER, ["Lou's", "NL-0001", "Deal"]]
    assert kinds(*rows) == ["preamble", "preamble", "header", "data"]
    assert layout(tab(*rows)).header_row == 3


def test_the_row_that_names_most_columns_is_the_header() -> None:
    assert layout(tab(["Partner", "Campaign ID"], HEADER, ["Lou's", "NL-0001", "Deal"])).header_row == 1


def test_a_row_that_names_more_columns_but_not_the_key_is_no_header() -> None:
    groups = ["Partner", "", "Campaign", "Starts", "Notes", "Ends", "Offer"]
    found = layout(tab(groups, ["Partner", "Campaign ID"], ["Lou's", "NL-0001"]))
    assert found.header_row == 1
    assert found.columns == {"partner": 0, "campaign_id": 1}


def test_a_legend_that_explains_the_headers_does_not_beat_them() -> None:
    legend = [["Partner", "who pays"], ["Campaign ID", "from the register"], ["Campaign", "its name"]]
    assert layout(tab(*legend, HEADER, ["Lou's", "NL-0001", "Deal"])).header_row == 3


def test_of_two_equally_good_headers_the_upper_one_counts_and_the_lower_one_repeats_it() -> None:
    assert kinds(HEADER, ["Lou's", "NL-0001", "Deal"], HEADER) == ["header", "data", "header"]


def test_of_two_headers_with_one_text_the_left_one_counts_and_the_other_is_reported() -> None:
    found = layout(tab([*HEADER, "Partner", "Week"]))
    assert found.columns["partner"] == 0
    assert found.unmapped == ((5, "Partner"), (6, "Week"))


def test_a_table_may_start_anywhere() -> None:
    found = layout(tab([], [], ["", "", *HEADER], ["", "", "Lou's", "NL-0001", "Deal"]))
    assert found.columns == {name: column for column, name in enumerate(HEADERS, start=2)}
    assert found.data_rows == [3]


@pytest.mark.parametrize("rows", [[], [[]], [["Week", "Topic"], ["1", "Cats"]]])
def test_a_tab_without_any_of_the_headers_says_which_were_looked_for(rows: list[list[Typed]]) -> None:
    found = find_table(tab(*rows), BRIEFS)
    assert isinstance(found, NoTable)
    assert "'Campaign ID'" in found.reason


def test_without_its_key_column_a_table_is_none_and_the_reason_names_what_is_missing_and_where() -> None:
    found = find_table(tab([], ["Partner", "Campaign", "Starts"], ["Lou's", "Deal"]), BRIEFS)
    assert found == NoTable("no header row: row 2 comes nearest but lacks 'Campaign ID'")


def test_every_missing_part_of_a_key_is_named() -> None:
    found = find_table(tab(["Brand", "Campaign", "Channel"]), UTM)
    assert isinstance(found, NoTable)
    assert "lacks 'Campaign ID', 'Placement'" in found.reason


def test_a_lone_key_header_is_not_yet_a_table() -> None:
    assert isinstance(find_table(tab(["Campaign ID"], ["NL-0001"]), BRIEFS), NoTable)


# ---------------------------------------------------------------- what kind of row


@pytest.mark.parametrize("again", [
    HEADER,
    [text.upper() for text in HEADER],
    ["Partner:", "Campaign ID *", "", "", "Notes"],
    ["", "campaign id", "campaign"],
])  # fmt: skip
def test_a_header_that_stands_again_in_part_or_in_other_letters_is_no_data(again: list[Typed]) -> None:
    assert kinds(HEADER, ["Lou's", "NL-0001"], again, ["Lou's", "NL-0002"]) == ["header", "data", "header", "data"]


def test_one_cell_that_reads_like_its_header_makes_no_header() -> None:
    assert kinds(HEADER, ["Partner", "NL-0001", "Deal"]) == ["header", "data"]


@pytest.mark.parametrize("first", [
    "e.g. Example",
    "e.g.",
    "E.g. Lou's",
    "(e.g. Lou's)",
    "EXAMPLE ROW – copy me",
    "Example: Lou's",
    "→ example",
    "Beispiel",
    "z.B. Lou's",
    "z. B. Lou's",
    "Exemple :",
])  # fmt: skip
def test_an_example_row_is_no_data(first: str) -> None:
    assert kinds(HEADER, [first, "NL-0000", "Deal"], ["Lou's", "NL-0001", "Deal"]) == ["header", "example", "data"]
    assert kinds(HEADER, ["Lou's", first, "Deal"], ["Lou's", "NL-0001", "Deal"]) == ["header", "example", "data"]


@pytest.mark.parametrize("first", [
    "Total", "TOTAL:", "Sub-total", "Subtotal Q4", "Grand total", "Totals 2026", "Summe", "Gesamt", "Gesamtsumme",
    "Zwischensumme", "Total général", "∑ Total", "total budget: 3 k",
])  # fmt: skip
@pytest.mark.parametrize("column", [0, 1])
def test_a_total_is_no_data_whichever_column_it_is_written_in(first: str, column: int) -> None:
    total = [*[""] * column, first, *[""] * (2 - column), "390000", "sum"]
    assert kinds(HEADER, ["Lou's", "NL-0001", "Deal"], total) == ["header", "data", "total"]


@pytest.mark.parametrize("partner", ["Total Wine & More", "Total Fitness", "Totale Erholung", "Gesamt", "Summe AG"])
def test_a_partner_who_is_called_like_a_total_has_campaigns_like_any_other(partner: str) -> None:
    assert kinds(HEADER, [partner, "NL-0001", "Deal"], ["Lou's", "NL-0002", "Deal"]) == ["header", "data", "data"]


@pytest.mark.parametrize("partner", ["Totality", "Examples & Sons", "Egon", "Summer House", "Gesamtkunst"])
def test_a_word_that_only_begins_like_a_total_or_an_example_is_neither(partner: str) -> None:
    assert kinds(HEADER, [partner, "", "Deal"], ["Lou's", "NL-0002", "Deal"]) == ["header", "data", "data"]


def test_a_lonely_text_is_a_banner_over_what_follows_and_a_legend_below_everything() -> None:
    rows: Grid = [HEADER, ["NOVEMBER"], ["Lou's", "NL-0001"], ["", "", "", "DECEMBER"], ["Lou's", "NL-2"]]
    expected = ["header", "banner", "data", "banner", "data"]
    assert kinds(*rows) == expected
    assert kinds(*rows, [], ["green = live"]) == [*expected, "blank", "legend"]
    assert kinds(HEADER, ["NOVEMBER"]) == ["header", "banner"]


@pytest.mark.parametrize("note", ["Net of fees. TBD means: ask first.", "grün = online", "Legende: Bereit = fertig"])
def test_a_note_that_stands_by_itself_between_rows_is_a_legend(note: str) -> None:
    rows: Grid = [HEADER, ["Lou's", "NL-0001", "Deal"], [], ["", note], [], ["Lou's", "NL-0002", "Deal"]]
    assert kinds(*rows) == ["header", "data", "blank", "legend", "blank", "data"]


@pytest.mark.parametrize(
    "before",
    [[["NOVEMBER"]], [[], ["NOVEMBER"], []], [[], ["Q4: the big one"]], [["Q4: the big one"], []]],
)
def test_a_name_or_what_stands_close_to_rows_is_a_banner(before: Grid) -> None:
    found = kinds(HEADER, ["Lou's", "NL-0001", "Deal"], *before, ["Lou's", "NL-0002", "Deal"])
    assert "banner" in found
    assert "legend" not in found


def test_a_note_above_all_rows_is_a_banner() -> None:
    rows: Grid = [HEADER, [], ["Newest first. Ask Ada."], [], ["Lou's", "NL-0001", "Deal"]]
    assert kinds(*rows) == ["header", "blank", "banner", "blank", "data"]


def test_a_text_beside_the_table_is_no_data_of_it() -> None:
    assert kinds([*HEADER, "", "Side note"], ["Lou's", "NL-0001"], ["", "", "", "", "", "", "ask Ada", "soon"]) == [
        "header",
        "data",
        "legend",
    ]


def test_a_row_below_a_merge_is_data_though_it_holds_but_one_text() -> None:
    rows: Grid = [HEADER, ["Lou's", "NL-0001", "Deal"], ["", "NL-0002"]]
    assert kinds(*rows) == ["header", "data", "legend"]
    assert kinds(*rows, merges=[(1, 0, 3, 1)]) == ["header", "data", "data"]


def test_a_banner_merged_across_is_still_a_banner() -> None:
    assert kinds(HEADER, ["NOVEMBER"], ["Lou's", "NL-1"], merges=[(1, 0, 2, 5)]) == ["header", "banner", "data"]


def test_a_header_merged_over_two_rows_has_no_data_in_its_second_one() -> None:
    rows: Grid = [HEADER, ["", "", "", "", "", "(internal)"], ["Lou's", "NL-0001"]]
    merges = [(0, column, 2, column + 1) for column in range(5)]
    assert kinds(*rows, merges=merges) == ["header", "banner", "data"]


def test_what_only_looks_filled_is_blank() -> None:
    empty = Cell("", "", formula='=IF(B9="";"";TODAY())')
    rows: Grid = [[empty, empty, empty], [False, False, "", False], [" ", "\u00a0", "\n"]]
    assert kinds(HEADER, ["Lou's", "NL-0001"], *rows) == ["header", "data", "blank", "blank", "blank"]


def test_a_row_with_a_ticked_box_or_an_error_is_not_blank() -> None:
    broken = Cell(error="#REF!", shown="#REF!")
    assert kinds(HEADER, [True, True], [broken, broken]) == ["header", "data", "data"]


def test_an_id_with_unticked_boxes_is_data() -> None:
    assert kinds(HEADER, ["", "NL-0001", "", False, False]) == ["header", "data"]


def test_our_own_columns_are_no_part_of_the_table() -> None:
    header: list[Typed] = [*HEADER, ours("ss:status"), ours("ss:issues", shown="#REF!")]
    rows: Grid = [header, ["NOVEMBER", "", "", "", "", "OK"], ["", "", "", "", "", "CHECK", "x"]]
    assert kinds(*rows, ["Lou's", "NL-0001", "", "", "", "OK"]) == ["header", "banner", "blank", "data"]
    assert layout(tab(*rows)).unmapped == ()


def test_a_column_with_our_mark_is_no_part_of_the_table_whatever_stands_in_it() -> None:
    """An adopted column keeps the team's header, and what is typed over us claims nothing."""
    typed, row = ["NOVEMBER", "", "", "", "", "typed over us"], ["Lou's", "NL-0001", "", "", "", "x"]
    rows: Grid = [[*HEADER, "Campaign"], typed, row]
    marked = replace(tab(*rows), marks=(Mark(1, 5, "campaign_name", "Campaign"),))
    found = layout(marked)
    assert [str(kind) for kind in found.kinds.values()] == ["header", "banner", "data"]
    assert 5 not in found.columns.values()
    assert found.unmapped == ()


def test_a_typed_look_alike_of_our_column_is_theirs() -> None:
    assert layout(tab([*HEADER, "ss:status"])).unmapped == ((5, "ss:status"),)


def test_rows_shorter_and_longer_than_the_header_are_read() -> None:
    assert kinds(HEADER, ["Lou's", "NL-0001"], ["Lou's", "NL-0002", "", "", "", "", "", "far out"]) == [
        "header",
        "data",
        "data",
    ]


def test_a_source_of_one_column_knows_its_header_when_it_stands_again() -> None:
    lone = replace(BRIEFS, columns={"campaign_id": ("Campaign ID",)})
    found = find_table(tab(["Campaign ID"], ["NL-0001"], ["Campaign ID"], ["NL-0002"]), lone)
    assert isinstance(found, Layout)
    assert found.data_rows == [1, 3]


def test_a_cell_is_made_of_what_was_typed() -> None:
    assert cell(False) == Cell(False, "FALSE")
    assert cell("").blank
