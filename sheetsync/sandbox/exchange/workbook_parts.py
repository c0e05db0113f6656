"""What all tabs of an Excel file share: its texts, styles and colours, its day zero, the titles and ids of its tabs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import Alignment, Border, Font
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from sheetsync.sandbox.colours import mirrored
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.exchange.losses import Losses
from sheetsync.sandbox.exchange.patterns import from_code
from sheetsync.sandbox.exchange.styles import Palette, cell_look, text_format
from sheetsync.sandbox.exchange.texts import Rich, shared_strings
from sheetsync.sandbox.locales import Conventions

#: days between Excel's two beginnings of time, 1900 and 1904
_DAYS_TO_1904 = 1462


@dataclass(frozen=True, slots=True)
class Look:
    """One style of a file: Google's CellFormat, what a number in it is to be raised by, and whether it may be typed in
    where the tab is protected."""

    format: Json | None
    #: days a date's serial lies behind, where the file counts from 1904
    behind: int
    unlocked: bool
    #: kinds of what the style says and Google cannot
    lost: tuple[str, ...] = ()


@dataclass
class Parts:
    """See the module; `looks` is by the number cells name their style with."""

    strings: list[Rich]
    looks: list[Look]
    palette: Palette
    default_font: Font
    differential: Sequence[Any]
    conventions: Conventions
    tab_ids: Mapping[str, int]
    losses: Losses
    #: cells stored so far, over all tabs
    stored: int = 0
    #: calls of functions the sandbox does not calculate are none of ours; names of those seen
    unknown: set[str] = field(default_factory=set)

    @property
    def comma(self) -> bool:
        return self.conventions.decimal_comma

    def run_look(self, font: Any) -> Json:
        """TextFormat of a font inside a text."""
        return mirrored(text_format(font, self.default_font, self.palette))


def read_parts(reader: ExcelReader, conventions: Conventions, tab_ids: Mapping[str, int], losses: Losses) -> Parts:
    """The shared parts of an opened file whose workbook, theme and styles the reader has read."""
    book: Any = reader.wb
    palette = Palette(book.loaded_theme, getattr(book, "_colors", None))
    default_font = book._fonts[0] if book._fonts else Font()
    parts = Parts(
        strings=[],
        looks=[],
        palette=palette,
        default_font=default_font,
        differential=book._differential_styles.styles,
        conventions=conventions,
        tab_ids=tab_ids,
        losses=losses,
    )
    parts.looks = [_look(book, style, parts) for style in book._cell_styles]
    parts.strings = _strings(reader, parts)
    return parts


def _strings(reader: ExcelReader, parts: Parts) -> list[Rich]:
    package: Any = reader.package
    found = package.find("application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml")
    if found is None:
        return []
    with reader.archive.open(found.PartName.lstrip("/")) as source:
        return shared_strings(source, parts.run_look)


def _look(book: Any, style: Any, parts: Parts) -> Look:
    lost: list[str] = []
    look = cell_look(
        _at(book._fonts, style.fontId, Font()),
        _at(book._fills, style.fillId, None),
        _at(book._borders, style.borderId, Border()),
        _at(book._alignments, style.alignmentId, Alignment()) if style.alignmentId else Alignment(),
        parts.default_font,
        parts.palette,
        lost.append,
    )
    number_format = from_code(_code(book, style.numFmtId), style.numFmtId, parts.conventions)
    if number_format is not None:
        look["numberFormat"] = number_format
    dated = number_format is not None and number_format["type"] in ("DATE", "DATE_TIME")
    behind = _DAYS_TO_1904 if dated and book.epoch == CALENDAR_MAC_1904 else 0
    protection = _at(book._protections, style.protectionId, None) if style.protectionId else None
    return Look(look or None, behind, protection is not None and not protection.locked, tuple(lost))


def _code(book: Any, number: int) -> str:
    if number >= BUILTIN_FORMATS_MAX_SIZE:
        return str(_at(book._number_formats, number - BUILTIN_FORMATS_MAX_SIZE, "General"))
    return BUILTIN_FORMATS.get(number, "General")


def _at(items: Sequence[Any], index: int, default: Any) -> Any:
    return items[index] if 0 <= index < len(items) else default
