"""A CSV file comes in as one tab: its encoding and divider found out, its texts typed as a person would type them."""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import GoogleError, SandboxError
from sheetsync.sandbox.exchange.losses import Losses
from sheetsync.sandbox.locales import Conventions, conventions
from sheetsync.sandbox.model import MAX_CELLS, MAX_CHARACTERS, Cell, Tab
from sheetsync.sandbox.values_write import type_into

#: Google's new tab [believed: new-tabs-are-1000-by-26]; what is imported gets as much room at least
#: [believed: imported-tabs-have-room]
_ROWS, _COLUMNS = 1000, 26
_MOST_BYTES, _MOST_CELLS = 200_000_000, 2_000_000
_DIVIDERS = ",;\t|"
#: enough lines to tell a divider by
_LOOKED_AT, _LOOKED_INTO = 50, 200_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LEADING_ZERO = re.compile(r"0\d+")
_LONG_NUMBER = re.compile(r"\d{16,}")
#: what is the same in any locale, and shown as the very text that was typed
_AS_IT_STANDS = re.compile(r"-?[1-9]\d{0,14}|0|\d{4}-\d{2}-\d{2}|=.+", re.DOTALL | re.ASCII)


class Typing(StrEnum):
    """What becomes of the texts of a file."""

    #: whatever the workbook's locale makes of them, as a person's typing
    IN_LOCALE = "in locale"
    #: what they are whatever the locale; every other text stays one
    AS_IT_STANDS = "as it stands"
    ALL_TEXT = "all text"


@dataclass(frozen=True)
class Written:
    """How a file is written: `utf-8`, `utf-16` or `cp1252`, and what divides its columns."""

    encoding: str
    divider: str

    def __str__(self) -> str:
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
        return f"{self.encoding}, divided by {names.get(self.divider, self.divider)}"


def read_csv(path: Path, tab: Tab, editing: Editing, losses: Losses, typing: Typing = Typing.IN_LOCALE) -> Written:
    """Fills an empty tab from the file.

    Raises SandboxError with one line that names the file and the row.
    """
    encoding, text = _decoded(path)
    divider, text = _divided(text, conventions(editing.book.locale))
    cells = 0
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=divider))
    except csv.Error as error:
        raise SandboxError(f"{path}: cannot be read as CSV: {error}") from None
    for row, texts in enumerate(rows):
        cells += len(texts)
        if cells > _MOST_CELLS:
            raise SandboxError(f"{path}: more than {_MOST_CELLS:,} cells (at row {row + 1}); split the file")
        for column, content in enumerate(texts):
            if content:
                tab.put(row, column, _cell(path, row, column, content, tab, editing, losses, typing))
    width = max((len(texts) for texts in rows), default=0)
    tab.rows, tab.columns = max(len(rows), _ROWS), max(width, _COLUMNS)
    if tab.rows * tab.columns > MAX_CELLS:
        raise SandboxError(f"{path}: a grid of more than {MAX_CELLS:,} cells, as many as Google takes; split the file")
    return Written(encoding, divider)


def _cell(
    path: Path, row: int, column: int, content: str, tab: Tab, editing: Editing, losses: Losses, typing: Typing
) -> Cell:
    if len(content) > MAX_CHARACTERS:
        losses.at(f"texts cut at {MAX_CHARACTERS:,} characters", tab.title, row, column)
        content = content[:MAX_CHARACTERS]
    if typing is Typing.ALL_TEXT or (typing is Typing.AS_IT_STANDS and not _stands(content, editing)):
        return Cell(content)
    try:
        cell = type_into(tab.cell(row, column), content, editing)
    except GoogleError as error:
        raise SandboxError(f"{path}: row {row + 1}: {error.message}") from None
    if isinstance(cell.value, float):
        stripped = content.strip()
        if _LEADING_ZERO.fullmatch(stripped):
            losses.at(
                "codes whose leading zeros went, as in Google's own import (keep them: --text)", tab.title, row, column
            )
        elif _LONG_NUMBER.fullmatch(stripped):
            losses.at("numbers longer than the 15 digits a sheet keeps (keep them: --text)", tab.title, row, column)
    return cell


def _stands(content: str, editing: Editing) -> bool:
    known = conventions(editing.book.locale)
    return content in (known.true, known.false) or _AS_IT_STANDS.fullmatch(content) is not None


def _decoded(path: Path) -> tuple[str, str]:
    """The encoding and the text: by its mark, else UTF-8 if it is that, else what Windows writes."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SandboxError(f"{path}: larger than {_MOST_BYTES / 1e6:,.0f} MB; split the file")
        content = path.read_bytes()
    except OSError as error:
        raise SandboxError(f"{path}: cannot be read: {error.strerror or error}") from None
    for encoding in (*(name for mark, name in _MARKS if content.startswith(mark)), *_unmarked(content)):
        try:
            return encoding.removesuffix("-sig"), content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return "latin-1", content.decode("latin-1")


def _unmarked(content: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark has a zero in every second byte of plain text."""
    head = content[:400]
    if len(head) > 3 and head[1::2].count(0) > len(head) // 3:
        return ("utf-16-le",)
    if len(head) > 3 and head[::2].count(0) > len(head) // 3:
        return ("utf-16-be",)
    return ("utf-8", "cp1252")


def _divided(text: str, known: Conventions) -> tuple[str, str]:
    """The divider and the text without a line that names it (`sep=;`, as Excel writes)."""
    first, _, rest = text.partition("\n")
    named = re.fullmatch(r"sep=(.)\r?", first, re.IGNORECASE)
    if named is not None:
        return named[1], rest
    # Where a comma is the decimal mark, Excel divides by semicolons.
    order = ";,\t|" if known.decimal_comma else _DIVIDERS
    return max(order, key=lambda divider: (_fit(text, divider), -order.index(divider))), text


def _fit(text: str, divider: str) -> float:
    """How much the first lines look divided by this: columns of the commonest width, times how common it is."""
    # Quotes that do not fit a divider speak against it.
    fit, weight = _widths(text, divider, strict=True), 1.0
    if fit is None:
        fit, weight = _widths(text, divider, strict=False), 0.1
    if not fit:
        return 0
    width, count = max(fit.items(), key=lambda each: (each[1], each[0]))
    return weight * (width - 1) * count / sum(fit.values())


def _widths(text: str, divider: str, strict: bool) -> Counter[int] | None:
    """How many of the first lines have how many fields; None where they cannot be read so."""
    lines = csv.reader(io.StringIO(text[:_LOOKED_INTO], newline=""), delimiter=divider, strict=strict)
    try:
        return Counter(len(fields) for fields in islice(lines, _LOOKED_AT) if fields)
    except csv.Error:
        return None
