"""A day with gspread-formatting: a tab is dressed, gets rules and lists, and tells how it looks."""

import gspread
import gspread_formatting as gsf
import pandas as pd
import pytest
from gspread_formatting.dataframe import BasicFormatter, format_with_dataframe

BOLD = gsf.CellFormat(
    backgroundColor=gsf.Color(1, 0.9, 0.9),
    textFormat=gsf.TextFormat(bold=True, foregroundColor=gsf.Color(1, 0, 1), fontSize=12),
    horizontalAlignment="CENTER",
    wrapStrategy="WRAP",
    borders=gsf.Borders(bottom=gsf.Border("SOLID", gsf.Color(0, 0, 1))),
)
MONEY = gsf.CellFormat(numberFormat=gsf.NumberFormat("CURRENCY", "$#,##0.00"))


def test_a_format_is_told_as_it_was_given(plan: gspread.Worksheet) -> None:
    gsf.format_cell_range(plan, "A1:C1", BOLD)
    entered = gsf.get_user_entered_format(plan, "B1")
    assert entered.textFormat.bold
    assert entered.horizontalAlignment == "CENTER"
    assert (entered.backgroundColor.red, entered.backgroundColor.green) == (1, pytest.approx(0.9))
    assert entered.borders.bottom.style == "SOLID"
    effective = gsf.get_effective_format(plan, "B1")
    assert effective.textFormat.bold
    assert effective.textFormat.fontFamily
    assert gsf.get_user_entered_format(plan, "A9") is None
    assert gsf.get_default_format(plan.spreadsheet).verticalAlignment == "BOTTOM"


def test_formats_add_up_and_go_away_one_by_one(plan: gspread.Worksheet) -> None:
    gsf.format_cell_ranges(plan, [("A1:B2", BOLD), ("B2:C3", MONEY), ("5:5", BOLD), ("E", MONEY)])
    plan.update([[1234.5]], "B2")
    plan.update([[1234.5]], "E7")
    assert plan.get("B2") == plan.get("E7") == [["$1,234.50"]]
    assert gsf.get_user_entered_format(plan, "B2").textFormat.bold
    gsf.format_cell_range(plan, "B2", gsf.CellFormat(textFormat=gsf.TextFormat(bold=False, italic=True)))
    text = gsf.get_user_entered_format(plan, "B2").textFormat
    assert text.italic
    assert not text.bold
    assert text.fontSize == 12
    assert gsf.get_user_entered_format(plan, "Z5").textFormat.bold
    # The difference of two formats is what a cell had before.
    assert (gsf.get_user_entered_format(plan, "A1") + MONEY).numberFormat.type == "CURRENCY"


def test_lines_get_their_sizes_and_the_tab_its_frozen_part(plan: gspread.Worksheet) -> None:
    gsf.set_column_width(plan, "A", 200)
    gsf.set_column_widths(plan, [("B:D", 50), ("F", 300)])
    gsf.set_row_height(plan, "1", 42)
    gsf.set_row_heights(plan, [("2:4", 30)])
    data = plan.spreadsheet.fetch_sheet_metadata(
        {"ranges": "Plan!A1:F4", "fields": "sheets.data(rowMetadata.pixelSize,columnMetadata.pixelSize)"}
    )["sheets"][0]["data"][0]
    assert [each["pixelSize"] for each in data["columnMetadata"]] == [200, 50, 50, 50, 100, 300]
    assert [each["pixelSize"] for each in data["rowMetadata"]] == [42, 30, 30, 30]
    gsf.set_frozen(plan, rows=1, cols=2)
    assert (gsf.get_frozen_row_count(plan), gsf.get_frozen_column_count(plan)) == (1, 2)
    gsf.set_right_to_left(plan, True)
    assert gsf.get_right_to_left(plan)


def _rule(plan: gspread.Worksheet, range_: str, kind: str, *values: str) -> gsf.ConditionalFormatRule:
    return gsf.ConditionalFormatRule(
        ranges=[gsf.GridRange.from_a1_range(range_, plan)],
        booleanRule=gsf.BooleanRule(
            condition=gsf.BooleanCondition(kind, list(values)),
            format=gsf.CellFormat(backgroundColor=gsf.Color(1, 0, 0)),
        ),
    )


def test_conditional_rules_are_listed_changed_and_cleared(plan: gspread.Worksheet) -> None:
    rules = gsf.get_conditional_format_rules(plan)
    rules.append(_rule(plan, "A1:A10", "NUMBER_GREATER", "100"))
    rules.append(_rule(plan, "B1:B10", "CUSTOM_FORMULA", '=$B1="late"'))
    rules.append(
        gsf.ConditionalFormatRule(
            ranges=[gsf.GridRange.from_a1_range("C1:C10", plan)],
            gradientRule=gsf.GradientRule(
                minpoint=gsf.InterpolationPoint(color=gsf.Color(1, 1, 1), type="MIN"),
                midpoint=gsf.InterpolationPoint(color=gsf.Color(1, 1, 0), type="PERCENT", value="50"),
                maxpoint=gsf.InterpolationPoint(color=gsf.Color(1, 0, 0), type="MAX"),
            ),
        )
    )
    rules.save()
    found = gsf.get_conditional_format_rules(plan)
    assert [rule.booleanRule and rule.booleanRule.condition.type for rule in found] == [
        "NUMBER_GREATER", "CUSTOM_FORMULA", None,
    ]  # fmt: skip
    assert found[2].gradientRule.midpoint.value == "50"
    del found[0]
    found[0].booleanRule.condition.values[0] = gsf.ConditionValue(userEnteredValue='=$B1="soon"')
    found.save()
    again = gsf.get_conditional_format_rules(plan)
    assert len(again) == 2
    assert again[0].booleanRule.condition.values[0].userEnteredValue == '=$B1="soon"'
    again.clear()
    again.save()
    assert len(gsf.get_conditional_format_rules(plan)) == 0


def test_lists_to_choose_from_are_set_told_and_taken_away(plan: gspread.Worksheet) -> None:
    channels = gsf.DataValidationRule(
        gsf.BooleanCondition("ONE_OF_LIST", ["email", "social"]), strict=True, showCustomUi=True
    )
    box = gsf.DataValidationRule(gsf.BooleanCondition("BOOLEAN", []), inputMessage="tick when live")
    gsf.set_data_validation_for_cell_range(plan, "B2:B20", channels)
    gsf.set_data_validation_for_cell_ranges(plan, [("C2:C20", box), ("D2", channels)])
    found = gsf.get_data_validation_rule(plan, "B3")
    assert (found.condition.type, found.strict, found.showCustomUi) == ("ONE_OF_LIST", True, True)
    assert [value.userEnteredValue for value in found.condition.values] == ["email", "social"]
    assert gsf.get_data_validation_rule(plan, "C2").inputMessage == "tick when live"
    gsf.set_data_validation_for_cell_range(plan, "B2:B20", None)
    assert gsf.get_data_validation_rule(plan, "B3") is None


def test_runs_of_text_look_different_within_a_cell(plan: gspread.Worksheet) -> None:
    plan.update([["bold then red"]], "A1")
    runs = [
        gsf.TextFormatRun(startIndex=0, format=gsf.TextFormat(bold=True)),
        gsf.TextFormatRun(startIndex=5, format=gsf.TextFormat(foregroundColor=gsf.Color(1, 0, 0))),
    ]
    gsf.set_text_format_runs(plan, "A1", runs)
    found = gsf.get_text_format_runs(plan, "A1")
    assert [run.startIndex or 0 for run in found] == [0, 5]
    assert found[0].format.bold


def test_a_batch_of_everything_goes_in_one_request(plan: gspread.Worksheet) -> None:
    with gsf.batch_updater(plan.spreadsheet) as batch:
        batch.format_cell_range(plan, "1", BOLD)
        batch.set_row_height(plan, "1", 32)
        batch.set_column_width(plan, "A", 80)
        batch.set_frozen(plan, rows=1)
        batch.set_data_validation_for_cell_range(
            plan, "A2:A9", gsf.DataValidationRule(gsf.BooleanCondition("NUMBER_GREATER", ["0"]))
        )
    assert gsf.get_frozen_row_count(plan) == 1
    assert gsf.get_effective_format(plan, "K1").textFormat.bold


def test_a_frame_is_dressed_by_its_types(plan: gspread.Worksheet) -> None:
    frame = pd.DataFrame({"day": pd.to_datetime(["2026-11-27"]), "n": [1.5], "text": ["x"]})
    formatter = BasicFormatter(
        header_background_color=gsf.Color(0.2, 0.2, 0.2), decimal_format="#,##0.00", freeze_headers=True
    )
    format_with_dataframe(plan, frame, formatter, include_index=False, include_column_header=True)
    assert gsf.get_effective_format(plan, "A1").textFormat.bold
    assert gsf.get_frozen_row_count(plan) == 1
    plan.update([["day", "n", "text"], ["2026-11-27", 1.5, "x"]], "A1", raw=False)
    assert plan.acell("B2").value == "1.50"
