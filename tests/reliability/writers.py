"""A writer as they are usually written: it reads, and writes by row and column number into a column of its own."""

import re
from functools import lru_cache
from typing import Any

import gspread

from tests.reliability.oracle import SHEETS, Sheet
from tests.reliability.story import Trust
from tests.sandbox.test_running import gspread_client

Json = dict[str, Any]
_HEADER = "ss:link"


def by_number(trust: Trust) -> None:
    """One cycle over every sheet. It is wrong, and the machine must find that out."""
    for sheet in SHEETS:
        if sheet.shows:
            _write(_client(trust.sandbox).http_client, sheet)


@lru_cache(maxsize=1)
def _client(sandbox: Any) -> gspread.Client:
    return gspread_client(sandbox)


def _write(http: gspread.HTTPClient, sheet: Sheet) -> None:
    tabs = http.fetch_sheet_metadata(sheet.book)["sheets"]
    titles = [tab["properties"]["title"] for tab in tabs if tab["properties"]["sheetId"] == sheet.tab_id]
    rows = http.values_get(sheet.book, "'" + titles[0].replace("'", "''") + "'")["values"]
    header = next((number for number, texts in enumerate(rows) if set(sheet.key) <= set(texts)), None)
    if header is None:
        return
    texts = rows[header]
    keys = [texts.index(name) for name in sheet.key]
    column = texts.index(_HEADER) if _HEADER in texts else max(map(len, rows))
    requests = [] if _HEADER in texts else [_inserted(sheet, column), _put(sheet, header, column, _HEADER)]
    for number, row in enumerate(rows[header + 1 :], start=header + 1):
        key = [row[at] for at in keys if at < len(row) and row[at]]
        if len(key) == len(keys) and row[column : column + 1] != [_link(key)]:
            requests.append(_put(sheet, number, column, _link(key)))
    if requests:
        http.batch_update(sheet.book, {"requests": requests})


def _inserted(sheet: Sheet, column: int) -> Json:
    where = {"sheetId": sheet.tab_id, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
    return {"insertDimension": {"range": where, "inheritFromBefore": True}}


def _put(sheet: Sheet, row: int, column: int, text: str) -> Json:
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
    start = {"sheetId": sheet.tab_id, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def _link(key: list[str]) -> str:
    campaign, slot = (re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-") for text in (key[0], key[-1]))
    return f"https://by-number.example/?utm_content={slot}&utm_id={campaign}"
