"""The pages around a grid: the list of workbooks, the bars above and below a tab, and the plain page of a refusal."""

from html import escape
from urllib.parse import quote

from sheetsync.sandbox.a1 import Box
from sheetsync.sandbox.model import SHEETS_MIME, Tab, Workbook
from sheetsync.sandbox.page.grid import LOCK, Grid

_ROLES = {"owner": "owner", "writer": "can edit", "commenter": "can comment", "reader": "can view", None: "no access"}
#: act, what the menu says, which selections it is for
_MENU = (
    ("insert-above", "Insert row above", "row cell"),
    ("insert-below", "Insert row below", "row cell"),
    ("delete-rows", "Delete row", "row cell"),
    ("", "", "cell"),
    ("insert-left", "Insert column left", "column cell"),
    ("insert-right", "Insert column right", "column cell"),
    ("delete-columns", "Delete column", "column cell"),
    ("", "", "column cell"),
    ("sort-up", "Sort sheet A to Z", "column cell"),
    ("sort-down", "Sort sheet Z to A", "column cell"),
    ("sort-range-up", "Sort range A to Z", "range"),
    ("sort-range-down", "Sort range Z to A", "range"),
    ("", "", "row column cell"),
    ("clear", "Clear", "row column cell"),
)
_KEYS = (
    ("Arrows, Tab, Enter, Page Up, Page Down", "move; with Shift they select"),
    ("Home, End, Ctrl + Home, Ctrl + End", "to the ends of the row, of the sheet"),
    ("Ctrl + arrow", "to the edge of what is filled"),
    ("F2, double click, or just type", "edit the cell"),
    ("Enter, Tab / Esc", "keep / drop what was typed"),
    ("Delete", "clear"),
    ("Ctrl + C, X, V", "copy, cut, paste"),
    ("Shift + F10, or the menu key", "rows, columns, sorting"),
    ("Alt + Enter", "follow the cell's link"),
    ("Ctrl + Space, Shift + Space", "select the column, the row"),
    ("F6", "leave the grid"),
)


def book_list(books: list[Workbook], account: str) -> str:
    """The start page: every workbook."""
    rows = "".join(_listed(book, account) for book in sorted(books, key=lambda book: book.title.casefold()))
    head = '<tr><th scope="col">Workbook</th><th scope="col">Tabs</th><th scope="col">Owner</th>'
    head += '<th scope="col">Modified (UTC)</th></tr>'
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else "<p>No workbook here yet.</p>"
    count = f"{len(books)} workbook{'' if len(books) == 1 else 's'}"
    main = f"<header><h1>Sandbox</h1><p>{count} · you are {escape(account)}</p></header>{table}"
    return _page("Sandbox", f'<main class="list">{main}</main>')


def _listed(book: Workbook, account: str) -> str:
    title, role = escape(book.title), book.role(account)
    opens = role is not None and book.mime_type == SHEETS_MIME
    name = f'<a href="/spreadsheets/d/{quote(book.id)}/edit">{title}</a>' if opens else f"<b>{title}</b>"
    kind = "" if book.mime_type == SHEETS_MIME else " · Office file"
    bin_ = " · in the bin" if book.trashed else ""
    tabs = ", ".join(escape(tab.title) for tab in book.tabs if not tab.hidden)
    moment = escape(book.modified[:16].replace("T", " "))
    return (
        f"<tr><td>{name}<small>{_ROLES[role]}{kind}{bin_}</small></td><td>{tabs}</td>"
        f'<td>{escape(book.owner)}</td><td class="moment">{moment}</td></tr>'
    )


def tab_page(book: Workbook, tab: Tab, grid: Grid, account: str, facts: dict[str, str]) -> str:
    """One tab of a workbook, with everything a person needs to work in it; `facts` are for the page's script."""
    writable = book.role(account) in ("owner", "writer")
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in facts.items())
    style = f'<link rel="stylesheet" id="looks" href="{escape(looks_address(book, tab, grid, facts["wanted"]))}">'
    state = "" if writable else '<span class="badge">View only</span>'
    body = (
        f'<header class="bar"><a class="home" href="/" title="All workbooks" aria-label="All workbooks">{_HOME}</a>'
        f'<h1>{escape(book.title)}</h1>{state}<span class="account">{escape(account)}</span></header>'
        f"{_formula_bar(writable)}{_sheet(tab, grid, writable)}"
        f'<footer><nav aria-label="Tabs" id="tabs">{tab_links(book, tab)}</nav>'
        f'<span id="count" aria-live="polite"></span></footer>{_overlays(writable)}'
    )
    return _page(f"{book.title} – {tab.title}", body, style, f' class="sheet"{data}')


def looks_address(book: Workbook, tab: Tab, grid: Grid, wanted: str) -> str:
    """Where the tab's own style sheet is; another address whenever it says something else."""
    query = f"gid={tab.sheet_id}&wanted={wanted}&v={grid.style_name}"
    return f"/spreadsheets/d/{quote(book.id)}/looks.css?{query}"


def _formula_bar(writable: bool) -> str:
    only = "" if writable else " readonly"
    return (
        '<div class="formula"><input id="place" aria-label="Cell or range, Enter goes there" autocomplete="off" '
        'spellcheck="false"><span class="fx" aria-hidden="true">fx</span>'
        f'<input id="entry" aria-label="What was typed into the cell" autocomplete="off" spellcheck="false"{only}>'
        '<button type="button" id="more" aria-haspopup="menu" aria-controls="menu">Rows, columns, sort</button>'
        '<button type="button" id="help" aria-label="Keys" title="Keys">?</button></div>'
    )


def _sheet(tab: Tab, grid: Grid, writable: bool) -> str:
    warned = any(each.warning_only and each.box == Box() for each in tab.protections)
    more = ""
    if grid.lines > len(grid.rows):
        query = f"?gid={tab.sheet_id}&amp;wanted={len(grid.rows) * 2}#gid={tab.sheet_id}"
        more = f'<p class="more">{len(grid.rows)} of {grid.lines} rows. <a href="{query}">Show more</a></p>'
    return (
        f'<main id="sheet" role="grid" aria-label="{escape(tab.title)}" aria-multiselectable="true" '
        f'aria-readonly="{"false" if writable else "true"}" aria-rowcount="{grid.lines}" '
        f'aria-colcount="{tab.columns}" data-frozen="{grid.frozen}" data-rows="{grid.lines}" '
        f'data-columns="{tab.columns}"{" data-warned" if warned else ""}>{grid.html}{more}</main>'
    )


def tab_links(book: Workbook, current: Tab) -> str:
    """The tabs at the bottom; ours and protected ones with a lock."""
    links = []
    for tab in book.tabs:
        gid = tab.sheet_id
        whole = [each for each in tab.protections if each.box == Box()]
        names = [name for name, applies in (("hidden", tab.hidden), ("ours", _is_ours(tab))) if applies]
        marks = f' class="{" ".join(names)}"' if names else ""
        marks += ' aria-current="page"' if tab is current else ""
        marks += ' title="hidden tab"' if tab.hidden else ""
        lock = LOCK.format(escape(whole[0].description or "protected")) if whole else ""
        address = f"/spreadsheets/d/{quote(book.id)}/edit?gid={gid}#gid={gid}"
        links.append(f'<a href="{address}"{marks}>{lock}{escape(tab.title)}</a>')
    return "".join(links)


def _is_ours(tab: Tab) -> bool:
    """A tab that a program fills: people are warned before they type anywhere in it."""
    return any(each.warning_only and each.box == Box() for each in tab.protections)


def _overlays(writable: bool) -> str:
    """What is shown only when it is called for."""
    items = "".join(
        f'<button type="button" role="menuitem" tabindex="-1" data-do="{act}" data-for="{kinds}">{label}</button>'
        if act
        else f'<hr data-for="{kinds}">'
        for act, label, kinds in _MENU
    )
    keys = "".join(f"<dt>{keys}</dt><dd>{meaning}</dd>" for keys, meaning in _KEYS)
    menu = f'<div id="menu" role="menu" aria-label="Rows, columns, sort" hidden>{items}</div>' if writable else ""
    return (
        f'{_SYMBOLS}{menu}<div id="card" hidden></div>'
        '<textarea id="editor" rows="1" aria-label="Cell editor" spellcheck="false" hidden></textarea>'
        '<div id="message" role="alert" hidden><p></p><button type="button" aria-label="Close">×</button></div>'
        '<div id="said" role="status" class="unseen"></div>'
        '<dialog id="warning" aria-labelledby="warning-title"><form method="dialog">'
        '<h2 id="warning-title">Edit this part?</h2><p>It is marked as not to be changed by accident: what is typed '
        "here may be replaced by whoever fills it. Edit "
        'anyway?</p><menu><button value="">Cancel</button><button value="yes" class="chief">Edit anyway</button>'
        "</menu></form></dialog>"
        f'<dialog id="keys" aria-label="Keys"><form method="dialog"><h2>Keys</h2><dl>{keys}</dl>'
        '<menu><button class="chief">Close</button></menu></form></dialog>'
        "<noscript><p>Without script this page is for looking only.</p></noscript>"
    )


def plain_page(title: str, sentence: str) -> str:
    """A refusal."""
    back = '<p><a href="/">All workbooks</a></p>'
    return _page(title, f'<main class="list"><h1>{escape(title)}</h1><p>{escape(sentence)}</p>{back}</main>')


def _page(title: str, body: str, head: str = "", marks: str = "") -> str:
    script = '<script type="module" src="/page/page.js"></script>' if head else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/page/page.css">{head}{script}</head>'
        f"<body{marks}>{body}</body></html>"
    )


_HOME = (
    '<svg viewBox="0 0 20 20" aria-hidden="true"><rect x="2.5" y="2.5" width="15" height="15" rx="2"/>'
    '<path d="M2.5 7.5h15M2.5 12.5h15M8 7.5v10"/></svg>'
)
_SYMBOLS = (
    '<svg class="unseen" aria-hidden="true"><symbol id="lock" viewBox="0 0 12 12">'
    '<path d="M3.5 5.5V4a2.5 2.5 0 0 1 5 0v1.5" fill="none" stroke="currentColor" stroke-width="1.3"/>'
    '<rect x="2.2" y="5.3" width="7.6" height="5.4" rx="1.1" fill="currentColor"/></symbol></svg>'
)
