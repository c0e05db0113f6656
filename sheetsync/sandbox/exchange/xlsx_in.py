"""An Excel workbook comes in: cells with their looks, formulas, notes and links, merges, filters, rules and names."""

import re
import warnings
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring
from zipfile import BadZipFile, ZipFile

from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet

from sheetsync.sandbox.a1 import Area, Box, RangeError, cell_name
from sheetsync.sandbox.errors import Json, SandboxError
from sheetsync.sandbox.exchange.archive import note_left_out, open_archive
from sheetsync.sandbox.exchange.formula_text import OnlyExcels, from_excel
from sheetsync.sandbox.exchange.losses import Losses
from sheetsync.sandbox.exchange.rectangles import rectangles
from sheetsync.sandbox.exchange.references import read_box, read_boxes, read_place
from sheetsync.sandbox.exchange.rules import NoCounterpart, rule_body, validation_rule
from sheetsync.sandbox.exchange.sheet_cells import Around, last_used, read_cells
from sheetsync.sandbox.exchange.texts import unescaped
from sheetsync.sandbox.exchange.workbook_parts import Parts, read_parts
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.model import MAX_CELLS, NamedRange, Protection, Rule, Tab, Workbook
from sheetsync.sandbox.results import Results

#: Google's new tab [believed: new-tabs-are-1000-by-26]; what is imported gets as much room at least
#: [believed: imported-tabs-have-room]
_ROWS, _COLUMNS = 1000, 26
#: lines of Google's usual size say nothing of it
_ROW_PIXELS, _COLUMN_PIXELS = 21, 100
#: cells that get a validation though they hold nothing, over all tabs
_MOST_VALIDATED = 500_000
_NAME = re.compile(r"[^\W\d]\w{0,249}")
_THREADED = re.compile(r"\[Threaded comment\].*?\n(?:Comment|Kommentar|Commentaire):\s*\n?\s*", re.DOTALL)
_DAMAGED = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, ParseError, BadZipFile,
            EOFError, NotImplementedError, RecursionError, OSError, zlib.error)  # fmt: skip


def read_xlsx(path: Path, book: Workbook, today: date, losses: Losses) -> None:
    """Fills an empty workbook from the file. `book.locale` decides how formulas are written down.

    Raises SandboxError with one line that names the file and what to do.
    """
    archive = open_archive(path)
    with archive, path.open("rb") as file, warnings.catch_warnings():
        # openpyxl warns of what it leaves out; what is left out is counted here.
        warnings.simplefilter("ignore")
        try:
            note_left_out(archive, losses)
            _read(ExcelReader(file, keep_links=False), book, today, losses)
        except SandboxError as error:
            message = str(error)
            raise SandboxError(message if message.startswith(str(path)) else f"{path}: {message}") from None
        except _DAMAGED as error:
            what = " ".join(str(error).split())[:120] or type(error).__name__
            raise SandboxError(
                f"{path}: damaged, or not as Excel writes it ({what}); open it in Excel or Google Sheets and "
                "save it again"
            ) from error


def _read(reader: ExcelReader, book: Workbook, today: date, losses: Losses) -> None:
    reader.read_manifest()
    reader.read_workbook()
    reader.read_custom()
    reader.read_theme()
    apply_stylesheet(reader.archive, reader.wb)
    _restore_settings(reader.wb, book)
    sheets = [(sheet, rel.target) for sheet, rel in reader.parser.find_sheets() if "chartsheet" not in rel.Type]
    sheets = [(sheet, target) for sheet, target in sheets if target in reader.valid_files]
    if not sheets:
        raise SandboxError("there is no tab with cells in it")
    titles = _titles([sheet.name for sheet, _ in sheets])
    tab_ids = {title.casefold(): number for number, title in enumerate(titles)}
    parts = read_parts(reader, conventions(book.locale), tab_ids, losses)
    for number, ((sheet, target), title) in enumerate(zip(sheets, titles, strict=True)):
        tab = Tab(number, title, _ROWS, _COLUMNS, hidden=sheet.state != "visible")
        _fill(reader.archive, target, tab, book, parts)
        book.tabs.append(tab)
    if all(tab.hidden for tab in book.tabs):
        book.tabs[0].hidden = False
    parser: Any = reader.parser
    _names(parser.defined_names, book, parts)
    _filters(book, today, parts)


def _restore_settings(source: Any, book: Workbook) -> None:
    """Locale and time zone, where an export of ours wrote them down."""
    for setting in source.custom_doc_props.props:
        if setting.name == "sandbox locale" and isinstance(setting.value, str) and not book.locale:
            book.locale = setting.value
        if setting.name == "sandbox time zone" and isinstance(setting.value, str) and not book.time_zone:
            book.time_zone = setting.value
    book.locale, book.time_zone = book.locale or "en_US", book.time_zone or "Etc/GMT"


def _titles(names: list[str]) -> list[str]:
    """The titles, made different where a damaged file has one twice."""
    found: list[str] = []
    for name in names:
        title, number = name or "Sheet", 2
        while title.casefold() in {each.casefold() for each in found}:
            title, number = f"{name} ({number})", number + 1
        found.append(title)
    return found


# ---------------------------------------------------------------- one tab


def _fill(archive: ZipFile, target: str, tab: Tab, book: Workbook, parts: Parts) -> None:
    with archive.open(target) as source:
        around = read_cells(source, tab, parts)
    rels_path: str = get_rels_path(target)  # type: ignore[no-untyped-call]
    rels = get_dependents(archive, rels_path) if rels_path in archive.namelist() else None
    _notes(archive, rels, tab)
    _size(tab)
    _merges(tab, around, parts.losses)
    _links(tab, around, rels, parts)
    _lines(tab, around, parts.losses)
    _view(tab, around, parts)
    _validations(tab, around, parts)
    _conditional(tab, around, parts)
    _protection(tab, around, book.owner)
    _filter(tab, around)


def _size(tab: Tab) -> None:
    """The grid: as far as something stands, at least Google's usual one. Looks further out are dropped."""
    rows, columns = last_used(tab)
    tab.rows, tab.columns = max(rows, _ROWS), max(columns, _COLUMNS)
    if tab.rows * tab.columns > MAX_CELLS:
        raise SandboxError(
            f"{tab.title!r} reaches to {cell_name(rows - 1, columns - 1)}, a grid of more than {MAX_CELLS:,} cells, as "
            "many as Google takes; clear the cells far out and save it again"
        )
    grid = tab.grid
    for place in [place for place in tab.cells if place not in grid]:
        del tab.cells[place]


def _notes(archive: ZipFile, rels: Any, tab: Tab) -> None:
    for rel in (
        rels.find("http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments") if rels else ()
    ):
        root: Any = fromstring(archive.read(rel.target))  # noqa: S314 - a document type was refused
        sheet: Any = CommentSheet.from_tree(root)
        for reference, comment in sheet.comments:
            box = read_box(reference)
            text = _THREADED.sub("", unescaped(comment.text or ""), count=1)
            place = box.top or 0, box.left or 0
            tab.put(*place, replace(tab.cell(*place), note=text))


def _merges(tab: Tab, around: Around, losses: Losses) -> None:
    given = around.parts.get("mergeCells")
    for each in given.mergeCell if given else ():
        area = read_box(each.ref).within(tab.rows, tab.columns)
        if area.rows * area.columns < 2:
            continue
        if len(tab.merges) < 5000 and any(area.touches(other) for other in tab.merges):
            losses.add("merged areas that overlap", f"{tab.title}!{each.ref}")
            continue
        tab.merges.append(area)
        for place in list(tab.inside(area)):
            if place != (area.top, area.left) and tab.cells[place].holds_value:
                tab.put(*place, tab.cells[place].with_value(None))
    tab.merges.sort(key=lambda area: (area.top, area.left))


def _links(tab: Tab, around: Around, rels: Any, parts: Parts) -> None:
    given = around.parts.get("hyperlinks")
    targets = {rel.Id: rel.Target for rel in rels} if rels else {}
    for link in given.hyperlink if given else ():
        uri = targets.get(link.id, "") if link.id else ""
        if link.location:
            uri = f"{uri}#{link.location}" if uri else _inside(link.location, parts)
        if not uri:
            parts.losses.add("links to a name or a tab that is not there", f"{tab.title}!{link.ref}")
            continue
        for place in list(tab.inside(read_box(link.ref).within(tab.rows, tab.columns))):
            cell = tab.cells[place]
            if cell.holds_value:
                look = cell.format or {}
                linked = look | {"textFormat": look.get("textFormat", {}) | {"link": {"uri": uri}}}
                tab.cells[place] = replace(cell, format=linked)


def _inside(location: str, parts: Parts) -> str:
    """A link within the workbook, as Google writes it: `#gid=7&range=A1`."""
    try:
        title, _ = read_place(location)
    except RangeError:
        return ""
    sheet_id = parts.tab_ids.get(title.casefold())
    return "" if sheet_id is None else f"#gid={sheet_id}&range={location.rpartition('!')[2].replace('$', '')}"


def _lines(tab: Tab, around: Around, losses: Losses) -> None:
    """Heights, widths and what is hidden."""
    for row, given in around.rows.items():
        properties: Json = {}
        if given.get("customHeight") in ("1", "true") and given.get("ht"):
            properties = _pixels(float(given["ht"]) / 0.75, _ROW_PIXELS)
        if given.get("hidden") in ("1", "true"):
            properties["hiddenByUser"] = True
        if properties and row < tab.rows:
            tab.row_properties[row] = properties
        if given.get("outlineLevel", "0") != "0":
            losses.add("grouped rows", f"{tab.title}!{row + 1}:{row + 1}")
    for given in around.columns:
        properties = {}
        if given.get("customWidth") in ("1", "true") and given.get("width"):
            properties = _pixels(float(given["width"]) * 7 + 5, _COLUMN_PIXELS)
        if given.get("hidden") in ("1", "true"):
            properties["hiddenByUser"] = True
        first, last = int(given.get("min", 1)) - 1, min(int(given.get("max", 1)), tab.columns)
        for column in range(max(first, 0), last):
            if properties:
                tab.column_properties[column] = properties
        if given.get("outlineLevel", "0") != "0":
            losses.add("grouped columns", tab.title)


def _pixels(size: float, usual: int) -> Json:
    return {} if round(size) == usual else {"pixelSize": round(size)}


def _view(tab: Tab, around: Around, parts: Parts) -> None:
    views = around.parts.get("sheetViews")
    view = views.sheetView[0] if views and views.sheetView else None
    pane = view.pane if view is not None else None
    if pane is not None and pane.state in ("frozen", "frozenSplit"):
        tab.frozen_rows = max(min(int(pane.ySplit or 0), tab.rows - 1), 0)
        tab.frozen_columns = max(min(int(pane.xSplit or 0), tab.columns - 1), 0)
    if view is not None and view.rightToLeft:
        tab.extra["rightToLeft"] = True
    if view is not None and view.showGridLines is False:
        tab.extra_grid["hideGridlines"] = True
    properties = around.parts.get("sheetPr")
    colour = parts.palette.rgb(properties.tabColor) if properties is not None else None
    if colour is not None:
        tab.extra |= {"tabColor": colour, "tabColorStyle": {"rgbColor": colour}}


def _validations(tab: Tab, around: Around, parts: Parts) -> None:
    given = around.parts.get("dataValidations")
    for each in [*(given.dataValidation if given else ()), *around.validations]:
        if each.type in (None, "none"):
            continue
        try:
            rule = validation_rule(each, lambda text: _condition_formula(text, parts))
        except (NoCounterpart, OnlyExcels) as error:
            parts.losses.add(_in_words(error, "validation"), f"{tab.title}!{str(each.sqref)[:30]}")
            continue
        for box in read_boxes(str(each.sqref)):
            _validate(tab, box.within(tab.rows, tab.columns), rule, parts)


def _validate(tab: Tab, area: Area, rule: Json, parts: Parts) -> None:
    parts.stored += area.rows * area.columns
    if parts.stored > _MOST_VALIDATED + 2_000_000 or area.rows * area.columns > _MOST_VALIDATED:
        parts.losses.add(f"validation of more than {_MOST_VALIDATED:,} cells", tab.title)
        return
    for row in range(area.top, area.bottom):
        for column in range(area.left, area.right):
            tab.put(row, column, replace(tab.cell(row, column), validation=rule))


def _condition_formula(text: str, parts: Parts) -> str:
    return from_excel(f"={text}", parts.comma) or "="


def _in_words(error: Exception, what: str) -> str:
    return str(error) if isinstance(error, NoCounterpart) else f"{what} with {error}"


def _conditional(tab: Tab, around: Around, parts: Parts) -> None:
    ranked: list[tuple[int, int, Rule]] = []
    for formatting in around.formatting:
        # openpyxl keeps ranges as a set: their order in the file is lost.
        stated = sorted(read_boxes(str(formatting.sqref)), key=lambda box: (box.top or 0, box.left or 0))
        boxes = tuple(_clipped(box, tab) for box in stated)
        for rule in formatting.rules:
            if rule.dxfId is not None and 0 <= rule.dxfId < len(parts.differential):
                rule.dxf = parts.differential[rule.dxfId]
            try:
                body = rule_body(rule, parts.palette, lambda text: _condition_formula(text, parts))
            except (NoCounterpart, OnlyExcels) as error:
                parts.losses.add(_in_words(error, "conditional formats"), f"{tab.title}!{str(formatting.sqref)[:30]}")
                continue
            ranked.append((rule.priority or 0, len(ranked), Rule(boxes, body)))
    tab.rules = [rule for _, _, rule in sorted(ranked, key=lambda each: each[:2])]


def _clipped(box: Box, tab: Tab) -> Box:
    """Closed sides end at the grid."""
    bottom = None if box.bottom is None else min(box.bottom, tab.rows)
    right = None if box.right is None else min(box.right, tab.columns)
    return Box(box.top, bottom, box.left, right)


def _protection(tab: Tab, around: Around, owner: str) -> None:
    """Excel protects tabs as a whole, but for cells that are not locked."""
    given = around.parts.get("sheetProtection")
    if given is None or not given.sheet:
        return
    holes = tuple(area.box for area in rectangles(place for place in around.unlocked if place in tab.grid))
    tab.protections.append(Protection(tab.sheet_id + 1, Box(), creator=owner, unprotected=holes))


# ---------------------------------------------------------------- names and filters


def _names(defined: Any, book: Workbook, parts: Parts) -> None:
    for each in defined.definedName:
        if each.name.startswith("_xlnm.") or each.hidden:
            continue
        place = _named(each.value or "", book)
        taken = {named.name.casefold() for named in book.named}
        if place is None or not _NAME.fullmatch(each.name) or each.name.casefold() in taken:
            parts.losses.add("names that are not of one range, or not as Google takes them", each.name)
            continue
        tab, box = place
        book.named.append(NamedRange(str(len(book.named) + 1), each.name, tab.sheet_id, _clipped(box, tab)))


def _named(text: str, book: Workbook) -> tuple[Tab, Box] | None:
    try:
        title, box = read_place(text)
    except RangeError:
        return None
    tab = book.titled(title)
    inside = tab is not None and (box.top or 0) < tab.rows and (box.left or 0) < tab.columns
    return (tab, box) if tab is not None and inside else None


def _filter(tab: Tab, around: Around) -> None:
    given = around.parts.get("autoFilter")
    if given is not None and given.ref:
        tab.filter_box = _clipped(read_box(given.ref), tab)
        tab.filter = {"_columns": list(given.filterColumn)}


def _filters(book: Workbook, today: date, parts: Parts) -> None:
    """Excel lists what a filter shows, Google what it hides: that takes the values, so it comes last."""
    results: Results | None = None
    for tab in book.tabs:
        if tab.filter is None:
            continue
        given, tab.filter = tab.filter["_columns"], {}
        area = tab.filter_box.within(tab.rows, tab.columns)
        specs = []
        for column in given:
            shown = column.filters
            if shown is None or shown.dateGroupItem or column.colId is None:
                parts.losses.add("filters by a condition, their rows came in as hidden", tab.title)
                continue
            results = results or Results(book, today)
            hidden = _hidden_values(results, tab, area, area.left + column.colId, shown)
            if hidden:
                specs.append(
                    {"columnIndex": area.left + column.colId, "filterCriteria": {"hiddenValues": sorted(hidden)}}
                )
                _unhide(results, tab, area, area.left + column.colId, hidden)
        if specs:
            tab.filter = {"filterSpecs": specs}


def _hidden_values(results: Results, tab: Tab, area: Area, column: int, shown: Any) -> set[str]:
    kept = {str(value) for value in shown.filter} | ({""} if shown.blank else set())
    return {results.text(tab, row, column) for row in range(area.top + 1, area.bottom)} - kept


def _unhide(results: Results, tab: Tab, area: Area, column: int, hidden: set[str]) -> None:
    """Rows the filter hides are not hidden by anybody."""
    for row in range(area.top + 1, area.bottom):
        properties = tab.row_properties.get(row, {})
        if properties.get("hiddenByUser") and results.text(tab, row, column) in hidden:
            rest = {name: value for name, value in properties.items() if name != "hiddenByUser"}
            if rest:
                tab.row_properties[row] = rest
            else:
                del tab.row_properties[row]
