"""A spreadsheet of the sandbox goes back into an Excel workbook; what Excel has no place for is counted."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook as ExcelBook
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.workbook.defined_name import DefinedName

from sheetsync.sandbox.errors import SandboxError
from sheetsync.sandbox.exchange.losses import Losses
from sheetsync.sandbox.exchange.references import box_text, quoted
from sheetsync.sandbox.exchange.sheet_out import Shared, write_tab
from sheetsync.sandbox.exchange.styles import font_of
from sheetsync.sandbox.exchange.texts import escaped
from sheetsync.sandbox.exchange.titles import excel_titles
from sheetsync.sandbox.formulas import RenameTab
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.structure import rewrite_formulas

#: names Excel keeps for itself: they mean this row and this column
_RESERVED = re.compile(r"[RrCc]")


def write_xlsx(book: Workbook, path: Path, today: date, losses: Losses) -> None:
    """Writes the whole workbook; formulas are calculated by whoever opens it. Raises SandboxError."""
    source = _with_excel_titles(book, losses)
    shared = Shared(Results(source, today), losses, frozenset(each.name.upper() for each in source.named))
    target = _blank(source)
    for tab in source.tabs:
        write_tab(target.create_sheet(tab.title), tab, shared)
    target.active = next((number for number, tab in enumerate(source.tabs) if not tab.hidden), 0)
    _names(target, source, losses)
    if source.metadata:
        losses.add("developer metadata", count=len(source.metadata))
    try:
        target.save(path)
    except OSError as error:
        raise SandboxError(f"cannot write {path}: {error.strerror or error}") from None


def _with_excel_titles(book: Workbook, losses: Losses) -> Workbook:
    """The workbook under titles Excel takes; formulas follow."""
    titles = excel_titles([tab.title for tab in book.tabs])
    renamed = book.copied()
    for tab, title in zip(renamed.tabs, titles, strict=True):
        if tab.title != title:
            losses.add("titles of tabs that Excel does not take, changed", f"{tab.title} is {title}")
            rewrite_formulas(renamed, RenameTab(tab.title, title))
            tab.title = title
    return renamed


def _blank(source: Workbook) -> Any:
    """A workbook without tabs whose cells stand in Google's font, not in Excel's."""
    target: Any = ExcelBook()
    target.remove(target.active)
    target._fonts = IndexedList([font_of({})])
    target._named_styles["Normal"].font = font_of({})
    target.properties.title = escaped(source.title)
    # Excel has no place for these two; a workbook that comes back finds them here.
    target.custom_doc_props.append(StringProperty(name="sandbox locale", value=source.locale))
    target.custom_doc_props.append(StringProperty(name="sandbox time zone", value=source.time_zone))
    return target


def _names(target: Any, source: Workbook, losses: Losses) -> None:
    for each in source.named:
        tab = source.tab(each.sheet_id)
        if tab is None or _RESERVED.fullmatch(each.name):
            losses.add("named ranges that Excel does not take", each.name)
            continue
        place = f"{quoted(tab.title)}!{box_text(each.box)}"
        target.defined_names[each.name] = DefinedName(each.name, attr_text=place)
