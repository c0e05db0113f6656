"""addSheet, deleteSheet, duplicateSheet, updateSheetProperties, updateSpreadsheetProperties."""

from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from sheetsync.sandbox.a1 import MAX_COLUMNS
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.colours import mirrored, without_twins
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formulas import DeleteTab, RenameTab
from sheetsync.sandbox.masks import merged, update_mask
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.shifts import Deleted
from sheetsync.sandbox.structure import rewrite_formulas, shift_lines
from sheetsync.sandbox.views import spreadsheet_properties, tab_properties

_MAX_TITLE = 100


def add_sheet(editing: Editing, request: Json) -> Json:
    """A new tab, at the end unless `index` says otherwise, 1000 x 26 by default [recorded]."""
    given = request.get("properties", {})
    book = editing.book
    taken = {tab.sheet_id for tab in book.tabs}
    sheet_id = given.get("sheetId", book.fresh_id(taken))
    if sheet_id in taken:
        raise editing.refuse(f"Sheet with id {sheet_id} already exists.")
    if sheet_id < 0:
        raise editing.refuse("properties.sheetId must not be negative.")
    tab = Tab(sheet_id, _free_title(editing, given.get("title")))
    _apply(editing, tab, given)
    _insert(editing, tab, given.get("index"))
    return {"addSheet": {"properties": tab_properties(book, tab)}}


def _free_title(editing: Editing, title: str | None) -> str:
    if title is not None:
        _check_title(editing, title, None)
        return title
    number = len(editing.book.tabs) + 1
    while editing.book.titled(f"Sheet{number}") is not None:
        number += 1
    return f"Sheet{number}"


def _check_title(editing: Editing, title: str, own: Tab | None) -> None:
    if not title.strip() or len(title) > _MAX_TITLE:
        raise editing.refuse(f"The sheet name must have between 1 and {_MAX_TITLE} characters.")
    other = editing.book.titled(title)
    if other is not None and other is not own:
        raise editing.refuse(f'A sheet with the name "{title}" already exists. Please enter another name.')


def _insert(editing: Editing, tab: Tab, index: int | None) -> None:
    tabs = editing.book.tabs
    if index is not None and not 0 <= index <= len(tabs):
        raise editing.refuse(f"Sheet index {index} is out of range; there are {len(tabs)} sheets.")
    tabs.insert(len(tabs) if index is None else index, tab)
    editing.check_size()


def _apply(editing: Editing, tab: Tab, given: Json) -> None:
    """Title, size, freezing and the rest of SheetProperties onto a tab."""
    grid = given.get("gridProperties", {})
    rows, columns = grid.get("rowCount", tab.rows), grid.get("columnCount", tab.columns)
    frozen_rows = grid.get("frozenRowCount", 0)
    frozen_columns = grid.get("frozenColumnCount", 0)
    if rows < 1 or not 1 <= columns <= MAX_COLUMNS:
        raise editing.refuse(f"gridProperties must have at least one row and 1 to {MAX_COLUMNS} columns.")
    if not 0 <= frozen_rows < rows:
        raise editing.refuse("You can't freeze all visible rows on the sheet.")
    if not 0 <= frozen_columns < columns:
        raise editing.refuse("You can't freeze all visible columns on the sheet.")
    _resize(editing, tab, rows, columns)
    tab.frozen_rows, tab.frozen_columns = frozen_rows, frozen_columns
    tab.hidden = given.get("hidden", False)
    sizes = ("rowCount", "columnCount", "frozenRowCount", "frozenColumnCount")
    tab.extra_grid = {name: value for name, value in grid.items() if name not in sizes and value}
    extra = ("rightToLeft", "tabColor", "tabColorStyle")
    tab.extra = mirrored({name: given[name] for name in extra if given.get(name)})


def _resize(editing: Editing, tab: Tab, rows: int, columns: int) -> None:
    """A smaller grid loses its last lines, with all that hangs on them."""
    if rows < tab.rows:
        shift_lines(editing.book, tab, "ROWS", Deleted(rows, tab.rows))
    if columns < tab.columns:
        shift_lines(editing.book, tab, "COLUMNS", Deleted(columns, tab.columns))
    tab.rows, tab.columns = rows, columns
    editing.check_size()


def delete_sheet(editing: Editing, request: Json) -> Json:
    """A tab goes, with its metadata and named ranges; references to it become #REF!."""
    tab = editing.tab(request.get("sheetId"))
    book = editing.book
    if len(book.tabs) == 1 or all(other.hidden for other in book.tabs if other is not tab):
        raise editing.refuse("You can't remove all the sheets in a document.")
    editing.guard(tab, tab.grid)
    book.tabs.remove(tab)
    book.metadata = [each for each in book.metadata if each.sheet_id != tab.sheet_id]
    book.named = [each for each in book.named if each.sheet_id != tab.sheet_id]
    rewrite_formulas(book, DeleteTab(tab.title))
    return {}


def duplicate_sheet(editing: Editing, request: Json) -> Json:
    """A copy of a tab: cells, merges, rules and protections. Metadata stays behind (no recording says otherwise)."""
    source, book = editing.tab(request.get("sourceSheetId")), editing.book
    taken = {tab.sheet_id for tab in book.tabs}
    sheet_id = request.get("newSheetId", book.fresh_id(taken))
    if sheet_id in taken or sheet_id < 0:
        raise editing.refuse(f"Sheet with id {sheet_id} already exists.")
    title = request.get("newSheetName")
    if title is None:
        title = copy_title(book, source.title)
    _check_title(editing, title, None)
    tab = source.copied()
    tab.sheet_id, tab.title, tab.hidden = sheet_id, title, False
    renumber(book, tab)
    _insert(editing, tab, request.get("insertSheetIndex", 0))
    return {"duplicateSheet": {"properties": tab_properties(book, tab)}}


def copy_title(book: Workbook, title: str) -> str:
    """A title for a copy that the workbook does not have yet."""
    wanted, number = f"Copy of {title}", 2
    while book.titled(wanted) is not None:
        wanted, number = f"Copy of {title} {number}", number + 1
    return wanted


def renumber(book: Workbook, tab: Tab) -> None:
    """Ids of the copy's own for what a workbook tells apart by id."""
    protected = {each.id for other in book.tabs for each in other.protections}
    viewed = {each.id for other in book.tabs for each in other.filter_views}
    banded = {each.id for other in book.tabs for each in other.bandings}
    tab.protections = [replace(each, id=book.fresh_id(protected)) for each in tab.protections]
    # A view of a copy covers the copy, not the named range of the original.
    tab.filter_views = [replace(each, id=book.fresh_id(viewed), named="") for each in tab.filter_views]
    tab.bandings = [replace(each, id=book.fresh_id(banded)) for each in tab.bandings]


def update_sheet_properties(editing: Editing, request: Json) -> Json:
    """Renames, moves, resizes, freezes, hides a tab; formulas follow a rename."""
    editing.require(request, "properties")
    given = request["properties"]
    tab, book = editing.tab(given.get("sheetId")), editing.book
    paths = update_mask(request.get("fields"), "SheetProperties", editing.prefix)
    if paths == [()]:
        paths = [(name,) for name in given if name != "sheetId"]
    current = tab_properties(book, tab)
    for path in paths:
        current = without_twins(current, path)
    wanted: dict[str, Any] = merged(current, given, paths)
    _apply_changed(editing, tab, wanted, paths)
    if wanted.get("title", tab.title) != tab.title:
        _check_title(editing, wanted["title"], tab)
        old, tab.title = tab.title, wanted["title"]
        rewrite_formulas(book, RenameTab(old, tab.title))
    if ("index",) in paths:
        _reorder(editing, tab, given.get("index", 0))
    return {}


def _apply_changed(editing: Editing, tab: Tab, wanted: Json, paths: list[tuple[str, ...]]) -> None:
    if ("title",) in paths and not wanted.get("title"):
        raise editing.refuse(f"The sheet name must have between 1 and {_MAX_TITLE} characters.")
    grid = wanted.get("gridProperties", {})
    wanted["gridProperties"] = {"rowCount": tab.rows, "columnCount": tab.columns} | grid
    _apply(editing, tab, wanted)
    if all(other.hidden for other in editing.book.tabs):
        raise editing.refuse("You can't hide all the sheets in a document.")


def _reorder(editing: Editing, tab: Tab, index: int) -> None:
    """The new index counts as if the tab were still in its place: moving right lands one further left [schema]."""
    tabs = editing.book.tabs
    if not 0 <= index <= len(tabs):
        raise editing.refuse(f"Sheet index {index} is out of range; there are {len(tabs)} sheets.")
    old = tabs.index(tab)
    tabs.remove(tab)
    tabs.insert(index - 1 if index > old else index, tab)


def update_spreadsheet_properties(editing: Editing, request: Json) -> Json:
    """Title, locale and time zone of the workbook."""
    paths = update_mask(request.get("fields"), "SpreadsheetProperties", editing.prefix)
    book = editing.book
    wanted = merged(spreadsheet_properties(book), request.get("properties", {}), paths)
    if not wanted.get("title"):
        raise editing.refuse("The title of a spreadsheet may not be empty.")
    locale, zone = wanted.get("locale", ""), wanted.get("timeZone", "")
    try:
        Locale.parse(locale)
    except (UnknownLocaleError, ValueError, TypeError):
        raise editing.refuse(f"Unsupported locale: {locale}") from None
    if zone not in available_timezones():
        raise editing.refuse(f"Invalid time zone: {zone}")
    book.title, book.locale, book.time_zone = wanted["title"], locale, zone
    return {}
