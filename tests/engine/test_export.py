"""Export: what is ready leaves, as it was published; what is not stays, and is counted with its reason."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.graph import Mode
from sheetsync.errors import SheetsyncError, UsageError
from sheetsync.faces.export import FORMULA_BEGINS, defused, export_csv, export_document, export_summary, write_file
from tests.engine.conftest import Town
from tests.engine.people import builder

READY = {"NL-1002 / paid_social / carousel-a", "NL-1008 / affiliate / deal-tile-top", "NL-1010 / email / hero-banner"}


def test_a_row_is_ready_or_left_out_for_a_reason(town: Town) -> None:
    document, ledger = export_document(town.config, None), town.world().ledger
    ready = {row["record"] for row in document["rows"]}
    assert ready == READY
    assert not ready & {row["record"] for row in document["left_out"]}
    assert all(row["reasons"] for row in document["left_out"])
    placements = {key.split(" (row ")[0] for source, key, _ in ledger.memory().observations if source == "utm"}
    assert ready | {row["record"] for row in document["left_out"]} == placements
    assert not ready & {value.record for value in ledger.withheld()}
    grave = {flag.document["record"] for flag in ledger.open_flags() if flag.document["severity"] == "high"}
    assert not {about for record in ready for about in (record, record.split(" / ")[0])} & grave


def test_a_row_says_what_its_owners_say_and_what_was_published(town: Town) -> None:
    (row,) = [it["values"] for it in export_document(town.config, None)["rows"] if it["record"].startswith("NL-1008")]
    assert (row["offer"], row["flight_end"], row["budget"]) == ("15% off", "2026-12-19", "22000.00 USD")
    assert row["channel"] == "affiliate"
    published = {value.record: value.value for value in town.world().ledger.memory().published.values()}
    assert row["tracking_url"] == published["NL-1008 / affiliate / deal-tile-top"]


def test_what_only_a_line_through_a_row_says_has_its_column_too(town: Town) -> None:
    columns = dict(town.config.rules.sources["utm"].columns)
    del columns["placement_status"]
    town.change("utm", columns=columns)
    assert "placement_status" not in export_document(town.config, None)["fields"]
    town.change("utm", struck_means="cancelled")
    assert "placement_status" in export_document(town.config, None)["fields"]


def test_reasons_name_no_value_so_that_they_can_be_counted(town: Town) -> None:
    counted = export_document(town.config, None)["left_out_by_reason"]
    assert counted["several rows have the same key"] == 1
    assert counted["open flag: difference of promo_code"] == 2
    assert counted["tracking_url withheld: landing page: staging host"] == 1


def test_what_is_made_but_stands_in_no_sheet_is_not_published(untouched: Town) -> None:
    untouched.change("utm", mode=Mode.OBSERVE)
    untouched.run()
    document = export_document(untouched.config, None)
    assert document["rows"] == []
    assert document["left_out_by_reason"]["tracking_url withheld: utm is in mode observe"] == 5


def test_what_a_guard_kept_from_being_written_is_not_published(untouched: Town) -> None:
    untouched.run(accept=frozenset())
    document = export_document(untouched.config, None)
    assert document["rows"] == []
    assert document["left_out_by_reason"]["tracking_url withheld: made, but not written yet"] == 5
    assert document["as_last_read"] == {}, "it was read"


def test_only_one_channel_is_handed_on_and_an_unknown_one_refused(town: Town) -> None:
    assert [row["record"] for row in export_document(town.config, "email")["rows"]] == ["NL-1010 / email / hero-banner"]
    with pytest.raises(UsageError, match=r"'radio'\. Channels: affiliate, email, paid_search, paid_social"):
        export_document(town.config, "radio")


def test_the_order_is_stable_and_the_run_is_named(town: Town) -> None:
    first = export_document(town.config, None)
    builder(town).sort(1, 4)
    run = town.run()
    second = export_document(town.config, None)
    assert second["rows"] == first["rows"]
    assert second["as_of"]["run"] == run.id
    assert next(export_summary(second)).startswith(f"as of run {run.id}, ended 20")
    assert list(export_summary(second))[-1] == "3 rows, 12 left out"


def test_before_the_first_run_there_is_nothing_to_export(untouched: Town) -> None:
    with pytest.raises(SheetsyncError, match="no run yet"):
        export_document(untouched.config, None)


# ---------------------------------------------------------------- the file

plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
#: as people, or those who mean harm, type them
formulas = st.tuples(st.sampled_from(["", " ", "\n", "\xa0"]), st.sampled_from(FORMULA_BEGINS), plain).map("".join)
texts = plain | formulas


@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_a_csv_says_every_cell_and_none_begins_like_a_formula(cells: list[tuple[str, str]]) -> None:
    rows = [{"record": record, "values": {"offer": offer}} for record, offer in cells]
    text = export_csv({"fields": ["offer"], "rows": rows})
    head, *found = csv.reader(StringIO(text, newline=""), strict=True)
    assert head == ["record", "offer"]
    assert found == [[defused(record), defused(offer)] for record, offer in cells]
    for cell in (cell for line in found for cell in line):
        assert not cell or cell[0] not in FORMULA_BEGINS
        assert not cell.lstrip() or cell.lstrip()[0] not in FORMULA_BEGINS
    assert text.endswith("\r\n")


@given(texts)
def test_what_is_harmless_stays_as_it_is_and_nothing_is_taken_away(text: str) -> None:
    assert defused(text) in (text, f"'{text}")
    if not set(text[:1] + text.lstrip()[:1]) & set(FORMULA_BEGINS):
        assert defused(text) == text


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", '"\'\rx"'),
        ("a,b", '"a,b"'),
        ('=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'),
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str, written: str) -> None:
    text = export_csv({"fields": ["offer"], "rows": [{"record": "r", "values": {"offer": cell}}]})
    assert text == f"record,offer\r\nr,{written}\r\n"


def test_a_file_is_put_in_place_whole_or_not_at_all(tmp_path: Path) -> None:
    there = tmp_path / "email.csv"
    for content in (b"one\r\n", b"two\r\n"):
        write_file(there, content)
        assert there.read_bytes() == content
    assert [it.name for it in tmp_path.iterdir()] == ["email.csv"]
    for nowhere in (tmp_path / "no" / "x.csv", tmp_path):
        with pytest.raises(UsageError, match=r"cannot be written: .*--out") as caught:
            write_file(nowhere, b"")
        assert "\n" not in str(caught.value)
    assert [it.name for it in tmp_path.iterdir()] == ["email.csv"]
