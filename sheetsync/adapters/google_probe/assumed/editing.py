"""What requests of a batch do to cells, ranges and rows where Google's pages do not say."""

from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged
from sheetsync.adapters.google_probe.scratch import Cell, Probed, Scratch, formula
from sheetsync.adapters.google_probe.wire import Json

#: a Friday in autumn, and how it is shown
_DAY: Json = {"userEnteredFormat": {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}}


@belief(
    "pasted-text-is-typed-and-makes-room",
    Promise.SANDBOX,
    "Delimited text that is pasted at the grid's end makes it larger, and each part of it counts as typed.",
    "`1,2` and `=1+2,x` pasted at the last cell of a tab of 2 x 2",
)
def pasted_text_is_typed_and_makes_room(scratch: Scratch) -> Verdict:
    tab = scratch.tab(2, 2)
    paste = {"coordinate": {"sheetId": tab.id, "rowIndex": 1, "columnIndex": 1}, "data": "1,2\n=1+2,x"}
    refused = scratch.refusal(tab.added, {"pasteData": paste | {"delimiter": ",", "type": "PASTE_NORMAL"}})
    if refused is not None:
        return judged(False, f"{refused.code} {refused.message}")
    values = [_effective(row[1:]) for row in scratch.cells(tab)[1:]]
    size = _size(scratch, tab)
    return judged(size == (3, 3) and values == [[1, 2], [3, "x"]], f"{size[0]} x {size[1]}, {values}")


def _effective(row: list[Cell]) -> list[object]:
    return [next(iter(cell.get("effectiveValue", {}).values()), None) for cell in row]


def _size(scratch: Scratch, tab: Probed) -> tuple[int, int]:
    grids = scratch.get("sheets.properties(sheetId,gridProperties(rowCount,columnCount))")["sheets"]
    found = next(each["properties"]["gridProperties"] for each in grids if each["properties"]["sheetId"] == tab.id)
    return found["rowCount"], found["columnCount"]


@belief(
    "validation-stops-no-program",
    Promise.SANDBOX,
    "A strict validation rule is taken over a value that breaks it, and lets a program write another that does.",
    "a dropdown of `yes` over a cell that says `no`; then `maybe` written below",
)
def validation_stops_no_program(scratch: Scratch) -> Verdict:
    tab = scratch.tab(3, 1)
    condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}]}
    ruled = {"setDataValidation": {"range": tab.block(), "rule": {"condition": condition, "strict": True}}}
    scratch.batch(tab.added, tab.filled([["no"]]))
    refused = scratch.refusal(ruled, tab.filled([["maybe"]], row=1))
    shown = [row[0] for row in scratch.shown(tab)]
    seen = f"{refused.code} {refused.message}" if refused else f"{shown}"
    return judged(refused is None and shown == ["no", "maybe", ""], seen)


@belief(
    "ungrouped-rows-stay-hidden",
    Promise.SANDBOX,
    "Rows that a collapsed group hides stay hidden when the group is deleted.",
    "two rows grouped, the group collapsed and deleted",
)
def ungrouped_rows_stay_hidden(scratch: Scratch) -> Verdict:
    tab = scratch.tab(5, 1)
    rows = tab.lines("ROWS", 1, 3)
    collapsed = {"dimensionGroup": {"range": rows, "depth": 1, "collapsed": True}, "fields": "collapsed"}
    scratch.batch(
        tab.added,
        {"addDimensionGroup": {"range": rows}},
        {"updateDimensionGroup": collapsed},
        {"deleteDimensionGroup": {"range": rows}},
    )
    answer = scratch.get("sheets.data.rowMetadata.hiddenByUser", f"'{tab.title}'")
    told = answer["sheets"][0]["data"][0].get("rowMetadata", [])
    hidden = [line for line, each in enumerate(told) if each.get("hiddenByUser")]
    return judged(hidden == [1, 2], f"hidden: {hidden}")


@belief(
    "replaced-text-is-typed",
    Promise.SANDBOX,
    "What results from find and replace counts as typed: digits that are left become a number.",
    "`x12`, with x replaced by nothing",
)
def replaced_text_is_typed(scratch: Scratch) -> Verdict:
    tab = scratch.tab(2, 1)
    scratch.batch(
        tab.added,
        tab.filled([["x12"]]),
        {"findReplace": {"find": "x", "replacement": "", "sheetId": tab.id}},
    )
    value = scratch.cells(tab)[0][0].get("effectiveValue")
    return judged(value == {"numberValue": 12}, f"{value}")


@belief(
    "fills-go-on-as-by-hand",
    Promise.SANDBOX,
    "Filling down, two numbers go on in even steps and one repeats, a date counts days, a number behind a text counts "
    "up, formulas move along, other text repeats.",
    "1 and 3, 7, a date, `week 1`, a formula and `plain`, each filled two rows down",
)
def fills_go_on_as_by_hand(scratch: Scratch) -> Verdict:
    tab = scratch.tab(5, 6)
    day = _DAY | {"userEnteredValue": {"numberValue": 46353}}
    scratch.batch(
        tab.added,
        tab.filled([[1], [3]]),
        tab.filled([[7, day, "week 1", formula("=B1"), "plain"]], column=1),
        _filled_down(tab.block(0, 2, 0, 1)),
        _filled_down(tab.block(0, 1, 1, 6)),
    )
    cells = scratch.cells(tab)
    column = [each for row in cells[2:4] for each in _effective(row[:1])]
    rest = [_effective(row[1:6]) for row in cells[1:3]]
    holds = column == [5, 7] and rest == [
        [7, day_, f"week {week}", 7, "plain"] for day_, week in ((46354, 2), (46355, 3))
    ]
    return judged(holds, f"{column}, {rest}")


def _filled_down(source: Json) -> Json:
    return {"autoFill": {"sourceAndDestination": {"source": source, "dimension": "ROWS", "fillLength": 2}}}


@belief(
    "ranges-follow-whole-blocks",
    Promise.SANDBOX,
    "A protected range moves down with cells inserted over its whole width, and stays when they are narrower than it.",
    "two protected ranges two columns wide; cells inserted above, over both columns of one and one of the other",
)
def ranges_follow_whole_blocks(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    protected = [{"range": tab.block(4, 6, left, left + 2), "warningOnly": True} for left in (0, 3)]
    inserted = [tab.block(1, 3, 0, 2), tab.block(1, 3, 3, 4)]
    scratch.batch(
        tab.added,
        *({"addProtectedRange": {"protectedRange": each}} for each in protected),
        *({"insertRange": {"range": each, "shiftDimension": "ROWS"}} for each in inserted),
    )
    answer = scratch.get("sheets.protectedRanges.range", f"'{tab.title}'")
    ranges = [each["range"] for each in answer["sheets"][0]["protectedRanges"]]
    tops = {each.get("startColumnIndex", 0): each["startRowIndex"] for each in ranges}
    return judged(tops == {0: 6, 3: 4}, f"column to first row: {tops}")


BELIEFS = (
    pasted_text_is_typed_and_makes_room,
    validation_stops_no_program,
    ungrouped_rows_stay_hidden,
    replaced_text_is_typed,
    fills_go_on_as_by_hand,
    ranges_follow_whole_blocks,
)
