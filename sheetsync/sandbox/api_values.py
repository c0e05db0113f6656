"""Sheets v4: `spreadsheets.values`, reading and writing plain values."""

from collections.abc import Callable

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.calls import Call, Endpoint
from sheetsync.sandbox.errors import Json, bad
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.oauth import SHEETS_READ, SHEETS_WRITE
from sheetsync.sandbox.values_read import Rendering, area_of, value_range
from sheetsync.sandbox.values_write import Written, append, clear, update_reply, write

_VALUES = "/v4/spreadsheets/{id}/values"
_READING = {
    "majorDimension": "#Dimension",
    "valueRenderOption": "#ValueRenderOption",
    "dateTimeRenderOption": "#DateTimeRenderOption",
}
_WRITING = {
    "valueInputOption": "#ValueInputOption",
    "includeValuesInResponse": "bool",
    "responseValueRenderOption": "#ValueRenderOption",
    "responseDateTimeRenderOption": "#DateTimeRenderOption",
}


def get(call: Call) -> Json:
    """`values.get`."""
    book = call.readable()
    tab, area = area_of(book, call.path["range"])
    return value_range(call.state.results(book), tab, area, Rendering.asked(call.params))


def batch_get(call: Call) -> Json:
    """`values.batchGet`: one entry per range in the same order; one bad range fails the whole call."""
    book = call.readable()
    places = [area_of(book, text) for text in call.params.get("ranges", [])]
    results, rendering = call.state.results(book), Rendering.asked(call.params)
    ranges = [value_range(results, tab, area, rendering) for tab, area in places]
    return {"spreadsheetId": book.id} | ({"valueRanges": ranges} if ranges else {})


def edited(call: Call, work: Callable[[Editing], None]) -> Workbook:
    """Runs `work` on a copy of the workbook and commits it when nothing refused."""
    book = call.writable()
    edited = book.copied()
    work(Editing(edited, call.account, call.state.today(book)))
    call.state.commit(edited, call.account)
    return edited


def input_option(params: Json) -> str:
    """How the values are meant; without it Google refuses."""
    option = params.get("valueInputOption", "")
    if option not in ("RAW", "USER_ENTERED"):
        raise bad("'valueInputOption' is required but not specified")
    return str(option)


def updated(call: Call, book: Workbook, written: Written, params: Json) -> Json:
    """An UpdateValuesResponse, with the written values where `params` ask for them."""
    wanted = params.get("includeValuesInResponse", False)
    results = call.state.results(book) if wanted else None
    return update_reply(book.id, written, results, Rendering.asked(params, "response"))


def update(call: Call) -> Json:
    """`values.update`."""
    call.writable()
    option, given = input_option(call.params), call.message("ValueRange", "data")
    _check_range(given, call.path["range"])
    done: list[Written] = []
    book = edited(call, lambda editing: done.append(write(editing, given, call.path["range"], option)))
    return updated(call, book, done[0], call.params)


def _check_range(given: Json, path_range: str) -> None:
    """A range in the body must be the one in the address."""
    if given.get("range", path_range) != path_range:
        raise bad(f"Requested writing within range [{path_range}], but the request body names range [{given['range']}]")


def batch_update(call: Call) -> Json:
    """`values.batchUpdate`: several ranges, all or none, with totals [recorded]."""
    call.writable()
    body = call.message("BatchUpdateValuesRequest")
    option = input_option(body)
    done: list[Written] = []

    def work(editing: Editing) -> None:
        for index, given in enumerate(body.get("data", [])):
            editing.prefix = f"Invalid data[{index}]: "
            if "range" not in given:
                raise editing.refuse("range must be specified.")
            done.append(write(editing, given, given["range"], option))

    book = edited(call, work)
    reply = {"spreadsheetId": book.id} | totals(done)
    responses = [updated(call, book, written, body) for written in done]
    return reply | ({"responses": responses} if responses else {})


def totals(done: list[Written]) -> Json:
    """The totals over several writes; those at zero are left out."""
    counts = {
        "totalUpdatedRows": _distinct(done, lambda area: range(area.top, area.bottom)),
        "totalUpdatedColumns": _distinct(done, lambda area: range(area.left, area.right)),
        "totalUpdatedCells": sum(written.cells for written in done),
        "totalUpdatedSheets": len({written.tab.sheet_id for written in done if written.cells}),
    }
    return {name: count for name, count in counts.items() if count}


def _distinct(done: list[Written], lines: Callable[[Area], range]) -> int:
    """Distinct rows or columns per tab: two ranges in the same columns count them once [recorded]."""
    return len({(written.tab.sheet_id, line) for written in done if written.rows for line in lines(written.area)})


def append_values(call: Call) -> Json:
    """`values.append`; `tableRange` is absent where no table was found [recorded]."""
    call.writable()
    option, given = input_option(call.params), call.message("ValueRange", "data")
    insert = call.params.get("insertDataOption") == "INSERT_ROWS"
    done: list[tuple[Written, str]] = []
    book = edited(call, lambda editing: done.append(append(editing, given, call.path["range"], option, insert=insert)))
    written, table = done[0]
    reply: Json = {"spreadsheetId": book.id}
    if table:
        reply["tableRange"] = table
    return reply | {"updates": updated(call, book, written, call.params)}


def clear_values(call: Call) -> Json:
    """`values.clear`."""
    call.writable()
    call.message("ClearValuesRequest")
    cleared: list[str] = []
    book = edited(call, lambda editing: cleared.append(clear(editing, call.path["range"])))
    return {"spreadsheetId": book.id, "clearedRange": cleared[0]}


def batch_clear(call: Call) -> Json:
    """`values.batchClear`."""
    call.writable()
    ranges = call.message("BatchClearValuesRequest").get("ranges", [])
    cleared: list[str] = []
    book = edited(call, lambda editing: cleared.extend(clear(editing, text) for text in ranges))
    return {"spreadsheetId": book.id} | ({"clearedRanges": cleared} if cleared else {})


ENDPOINTS = (
    Endpoint(
        "GET", _VALUES + ":batchGet", batch_get, SHEETS_READ, name="BatchGetValues", answer="BatchGetValuesResponse",
        params=_READING | {"ranges": "[str]"},
    ),
    Endpoint(
        "POST", _VALUES + ":batchUpdate", batch_update, SHEETS_WRITE, name="BatchUpdateValues",
        answer="BatchUpdateValuesResponse",
    ),
    Endpoint(
        "POST", _VALUES + ":batchClear", batch_clear, SHEETS_WRITE, name="BatchClearValues",
        answer="BatchClearValuesResponse",
    ),
    Endpoint(
        "POST", _VALUES + "/{range}:append", append_values, SHEETS_WRITE, name="AppendValues",
        answer="AppendValuesResponse", params=_WRITING | {"insertDataOption": "#InsertDataOption"},
    ),
    Endpoint(
        "POST", _VALUES + "/{range}:clear", clear_values, SHEETS_WRITE, name="ClearValues",
        answer="ClearValuesResponse",
    ),
    Endpoint(
        "PUT", _VALUES + "/{range}", update, SHEETS_WRITE, name="UpdateValues", answer="UpdateValuesResponse",
        params=_WRITING,
    ),
    Endpoint(
        "GET", _VALUES + "/{range}", get, SHEETS_READ, name="GetValues", answer="ValueRange", params=_READING
    ),
)  # fmt: skip
