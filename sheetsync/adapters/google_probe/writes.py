"""Beliefs about batches: what they change, in which order, and what an answer to one shows."""

from sheetsync.adapters import google_requests
from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged, unknown
from sheetsync.adapters.google_probe.scratch import Cell, Probed, Scratch, formula, text
from sheetsync.adapters.google_probe.wire import Json
from sheetsync.core.changes import ColourStatus, FillTab, InsertColumns, PutFormula


@belief(
    "batches-are-atomic",
    Promise.ONCE,
    "Of a batch in which one request is invalid nothing is applied, not even what stands before it.",
    "a tab added and filled, then a request for a tab that does not exist",
)
def batches_are_atomic(scratch: Scratch) -> Verdict:
    tab, absent = scratch.tab(), scratch.tab()
    refused = scratch.refusal(tab.added, tab.filled([["first"]]), absent.filled([["second"]]))
    titles = [each["properties"]["title"] for each in scratch.get("sheets.properties.title")["sheets"]]
    if refused is None:
        return judged(False, "the whole batch was taken")
    return judged(tab.title not in titles, f"{refused.code} {refused.message}; the tab is there: {tab.title in titles}")


@belief(
    "answers-show-the-state-after",
    Promise.VERIFIED,
    "The spreadsheet inside a batch's answer is the one after the write, calculated.",
    "a number and a formula of it, with the tab in the answer; then the same tab read",
)
def answers_show_the_state_after(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    scratch.batch(tab.added, tab.filled([[1, formula("=A1*2")]]))
    answer = scratch.batch(
        tab.filled([[21]]),
        includeSpreadsheetInResponse=True,
        responseIncludeGridData=True,
        responseRanges=[f"'{tab.title}'"],
    )
    rows = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"]
    answered = [text(cell) for cell in rows[0]["values"][:2]]
    read = scratch.shown(tab)[0][:2]
    return judged(answered == read == ["21", "42"], f"answer {answered}, read {read}")


@belief(
    "columns-insert-and-fill-at-once",
    Promise.THEIRS,
    "Columns inserted and filled in one batch hold our formula, and what stood there has moved aside whole.",
    "a filled tab; one column inserted in its middle and a formula put there in the same batch",
)
def columns_insert_and_fill_at_once(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    rows = [["a", "b"], ["c", "d"]]
    scratch.batch(tab.added, tab.filled(rows), *_inserted(tab, 1, 1))
    shown = [row[:3] for row in scratch.shown(tab)[:2]]
    return judged(shown == [["a", "ours", "b"], ["c", "", "d"]], f"{shown}")


@belief(
    "columns-insert-at-the-grids-end",
    Promise.THEIRS,
    "Inserting columns after the last one is accepted when the format is inherited from before.",
    "two columns inserted at index 3 of a tab with 3 columns, and a formula put there",
)
def columns_insert_at_the_grids_end(scratch: Scratch) -> Verdict:
    tab = scratch.tab(columns=3)
    refused = scratch.refusal(tab.added, tab.filled([["a", "b", "c"]]), *_inserted(tab, 3, 2))
    if refused is not None:
        return judged(False, f"{refused.code} {refused.message}")
    shown = [text(cell) for cell in scratch.cells(tab)[0]]
    return judged(shown == ["a", "b", "c", "ours"], f"{shown}")


def _inserted(tab: Probed, at: int, count: int) -> list[Json]:
    put = PutFormula(tab.id, 0, at, '="ours"')
    return [*google_requests.requests(InsertColumns(tab.id, at, count)), *google_requests.requests(put)]


@belief(
    "whole-tab-updates-clear-the-rest",
    Promise.ROWS,
    "An update of a whole tab clears every cell it does not fill.",
    "a tab filled 3 x 3, then filled anew with one cell",
)
def whole_tab_updates_clear_the_rest(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    full = tuple(("old", "old", "old") for _ in range(3))
    fills = [request for rows in (full, (("new",),)) for request in google_requests.requests(FillTab(tab.id, rows))]
    scratch.batch(tab.added, *fills)
    left = [text(cell) for row in scratch.cells(tab) for cell in row if text(cell)]
    return judged(left == ["new"], f"{left}")


@belief(
    "typed-text-stays-text",
    Promise.THEIRS,
    "A `stringValue` that looks like a formula is text and is never run.",
    "=1+1 as a stringValue",
)
def typed_text_stays_text(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    scratch.batch(tab.added, *google_requests.requests(FillTab(tab.id, (("=1+1",),))))
    cell = scratch.cells(tab)[0][0]
    return judged(cell.get("effectiveValue") == {"stringValue": "=1+1"}, f"{cell.get('effectiveValue')}")


@belief(
    "blank-cells-are-not-coloured",
    Promise.THEIRS,
    "A rule `text is exactly OK` colours cells that say OK and no blank one.",
    "our rule over a column with OK, CHECK and a blank",
)
def blank_cells_are_not_coloured(scratch: Scratch) -> Verdict:
    tab = scratch.tab(columns=2)
    # The second column makes sure that the row of the blank cell is answered at all.
    rows: list[list[object]] = [["status", "x"], ["OK", "x"], ["CHECK", "x"], [None, "x"]]
    rule = google_requests.requests(ColourStatus(tab.id, 0, 1))
    scratch.batch(tab.added, tab.filled(rows), *rule)
    cells = scratch.cells(tab, "formattedValue,effectiveFormat.backgroundColorStyle")
    said, other, blank = (_colour(row) for row in cells[1:4])
    if said == other:
        return unknown("an answer does not show what rules colour; look at such a column in the browser")
    return judged(blank == other, f"OK {_amounts(said)}, CHECK {_amounts(other)}, blank {_amounts(blank)}")


def _colour(row: list[Cell]) -> dict[str, float]:
    # A cell without a format looks like one with the default: white.
    style = row[0].get("effectiveFormat", {}).get("backgroundColorStyle", {})
    colour: dict[str, float] = style.get("rgbColor", {"red": 1, "green": 1, "blue": 1})
    return colour


def _amounts(colour: dict[str, float]) -> str:
    return "/".join(f"{colour.get(part, 0):.2f}" for part in ("red", "green", "blue"))


BELIEFS = (
    batches_are_atomic,
    answers_show_the_state_after,
    columns_insert_and_fill_at_once,
    columns_insert_at_the_grids_end,
    whole_tab_updates_clear_the_rest,
    typed_text_stays_text,
    blank_cells_are_not_coloured,
)
