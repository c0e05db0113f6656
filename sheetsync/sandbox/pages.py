"""The workbooks as plain read-only pages: what people see, and the target of every link to a cell."""

from html import escape
from urllib.parse import quote, urlsplit

from sheetsync.sandbox.a1 import Area, cell_name, column_letters
from sheetsync.sandbox.cellviews import hyperlink
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.filters import hidden_by_filter
from sheetsync.sandbox.formulas import FormulaError
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.store import State

#: spare rows and columns shown around what is filled, so that a page looks like a sheet and stays small
_SPARE_ROWS, _SPARE_COLUMNS = 5, 2

_STYLE = """
:root { color-scheme: light; --line: #e3e5e8; --head: #f7f8f9; --ink: #1f2328; --soft: #6b7280; --mark: #fff3c4;
  --accent: #188038; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; font: 13px/1.45 system-ui, sans-serif; }
header { padding: 14px 20px 10px; }
h1 { margin: 0; font-size: 17px; font-weight: 600; }
header p { margin: 2px 0 0; color: var(--soft); }
nav { display: flex; gap: 2px; padding: 0 16px; border-bottom: 1px solid var(--line); overflow-x: auto; }
nav a { padding: 7px 14px; color: var(--soft); text-decoration: none; white-space: nowrap;
  border-bottom: 2px solid transparent; }
nav a[aria-current] { color: var(--accent); border-color: var(--accent); font-weight: 600; }
nav a.hidden { font-style: italic; }
main { overflow: auto; height: calc(100vh - 96px); }
table { border-collapse: separate; border-spacing: 0; }
th { position: sticky; background: var(--head); color: var(--soft); font-weight: 400; border: 0 solid var(--line);
  border-width: 0 1px 1px 0; padding: 3px 8px; min-width: 34px; }
thead th { top: 0; z-index: 3; }
tbody th { left: 0; z-index: 2; text-align: right; }
thead th:first-child { left: 0; z-index: 4; }
td { border: 0 solid var(--line); border-width: 0 1px 1px 0; padding: 3px 8px; max-width: 340px; min-width: 72px;
  overflow: hidden; text-overflow: ellipsis; white-space: pre; vertical-align: bottom;
  scroll-margin: 140px 0 0 90px; }
tr.frozen td, tr.frozen th { position: sticky; top: var(--top); }
tr.frozen td { background: #fbfbfc; font-weight: 600; z-index: 1; }
tr.frozen th { z-index: 3; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.error { color: #b3261e; }
td.note { background-image: linear-gradient(225deg, #f29900 5px, transparent 5px); }
td:target { background-color: var(--mark); box-shadow: inset 0 0 0 2px #e8a400; }
td a { color: #1558d6; }
ul { list-style: none; margin: 0; padding: 4px 20px; }
li { padding: 8px 0; border-bottom: 1px solid var(--line); }
li a { color: var(--ink); font-weight: 600; text-decoration: none; }
li a:hover { text-decoration: underline; }
li span { color: var(--soft); margin-left: 8px; }
"""


def book_list(state: State) -> str:
    """The start page: every workbook."""
    books = sorted((book for book in state.workbooks.values() if book.tabs), key=lambda book: book.title.casefold())
    items = "".join(
        f'<li><a href="/spreadsheets/d/{quote(book.id)}/edit">{escape(book.title)}</a>'
        f"<span>{len(book.tabs)} tabs · {escape(book.locale)} · {escape(book.modified)}</span></li>"
        for book in books
    )
    return _page("Sandbox", f"<header><h1>Sandbox</h1><p>{len(books)} workbooks</p></header><ul>{items}</ul>")


def tab_page(state: State, book: Workbook, gid: str | None) -> str:
    """One tab as people see it; `gid` chooses it, else the first visible one."""
    chosen = next((tab for tab in book.tabs if str(tab.sheet_id) == gid), None)
    tab = chosen or next((tab for tab in book.tabs if not tab.hidden), book.tabs[0])
    head = (
        f"<header><h1>{escape(book.title)}</h1><p>read-only · {escape(book.locale)} · {escape(book.time_zone)} · "
        f"{escape(book.modified)}</p></header>"
    )
    body = f"{head}<nav>{_tabs(book, tab)}</nav><main>{_table(state.results(book), tab)}</main>"
    return _page(f"{tab.title} – {book.title}", body)


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _tabs(book: Workbook, current: Tab) -> str:
    links = []
    for tab in book.tabs:
        state = ' aria-current="page"' if tab is current else ""
        hidden = ' class="hidden" title="hidden tab"' if tab.hidden else ""
        gid = tab.sheet_id
        address = f"/spreadsheets/d/{quote(book.id)}/edit?gid={gid}#gid={gid}"
        links.append(f'<a href="{address}"{state}{hidden}>{escape(tab.title)}</a>')
    return "".join(links)


def _table(results: Results, tab: Tab) -> str:
    rows, columns = _extent(results, tab)
    letters = "".join(
        f"<th>{column_letters(column)}</th>" for column in range(columns) if not _hidden(tab.column_properties, column)
    )
    covered = {
        (row, column): merge
        for merge in tab.merges
        for row in range(merge.top, min(merge.bottom, rows))
        for column in range(merge.left, min(merge.right, columns))
    }
    filtered = hidden_by_filter(results, tab)
    lines = [
        _row(results, tab, row, columns, covered)
        for row in range(rows)
        if row not in filtered and not _hidden(tab.row_properties, row)
    ]
    return f"<table><thead><tr><th></th>{letters}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _hidden(properties: dict[int, Json], line: int) -> bool:
    return bool(properties.get(line, {}).get("hiddenByUser"))


def _extent(results: Results, tab: Tab) -> tuple[int, int]:
    places = [*(place for place, cell in tab.cells.items() if cell.holds_value or cell.note), *results.spills(tab)]
    rows = max((row for row, _ in places), default=0) + 1 + _SPARE_ROWS
    columns = max((column for _, column in places), default=0) + 1 + _SPARE_COLUMNS
    return min(max(rows, 20), tab.rows), min(max(columns, 8), tab.columns)


def _row(results: Results, tab: Tab, row: int, columns: int, covered: dict[tuple[int, int], Area]) -> str:
    cells = []
    for column in range(columns):
        merge = covered.get((row, column))
        if (merge is None or (merge.top, merge.left) == (row, column)) and not _hidden(tab.column_properties, column):
            cells.append(_cell(results, tab, row, column, merge))
    # Frozen rows stay below the column letters; rows are about 25 pixels high.
    frozen = f' class="frozen" style="--top:{26 + row * 25}px"' if row < tab.frozen_rows else ""
    return f"<tr{frozen}><th>{row + 1}</th>{''.join(cells)}</tr>"


def _cell(results: Results, tab: Tab, row: int, column: int, merge: Area | None) -> str:
    text = results.text(tab, row, column)
    value = results.effective(tab, row, column)
    note = tab.cell(row, column).note
    classes = [
        name
        for name, applies in (
            ("number", isinstance(value, float)),
            ("error", isinstance(value, FormulaError)),
            ("note", bool(note)),
        )
        if applies
    ]
    hint = "\n".join(part for part in (note, value.message if isinstance(value, FormulaError) else "") if part)
    attributes = f'id="gid={tab.sheet_id}&amp;range={cell_name(row, column)}"'
    if classes:
        attributes += f' class="{" ".join(classes)}"'
    if hint:
        attributes += f' title="{escape(hint)}"'
    if merge is not None:
        attributes += f' rowspan="{merge.rows}" colspan="{merge.columns}"'
    return f"<td {attributes}>{_linked(text, hyperlink(tab, row, column))}</td>"


def _linked(text: str, address: str) -> str:
    """The text, linked when its address is one a browser may safely follow."""
    try:
        safe = urlsplit(address).scheme.lower() in ("http", "https", "mailto")
    except ValueError:
        safe = False
    if not safe:
        return escape(text)
    return f'<a href="{escape(address)}" rel="noopener noreferrer">{escape(text)}</a>'
