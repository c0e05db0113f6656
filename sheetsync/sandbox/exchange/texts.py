"""Texts of a workbook's file: the escapes XML needs, and the parts of a text that look different."""

import re
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, iterparse

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.exchange.styles import inline_font

#: a text, and Google's TextFormatRuns of it
Rich = tuple[str, tuple[Json, ...]]
#: TextFormat of a font inside a text
Look = Callable[[InlineFont], Json]

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: what XML cannot hold or would change, and a text that already looks like an escape
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def unescaped(text: str) -> str:
    """`_x000D_` is a carriage return, `_x005F_` an underscore that only looks like the beginning of such a sign."""
    return _ESCAPED.sub(lambda mark: chr(int(mark[1], 16)), text) if "_x" in text else text


def escaped(text: str) -> str:
    """The inverse of `unescaped`, for what needs it."""
    return _TO_ESCAPE.sub(lambda mark: f"_x{ord(mark[0]):04X}_", text)


def shared_strings(source: IO[bytes], look: Look) -> list[Rich]:
    """The texts that cells refer to by number."""
    found = []
    for _, element in iterparse(source):  # noqa: S314 - a document type was refused
        if element.tag == f"{_NAMESPACE}si":
            found.append(rich(element, look))
            element.clear()
    return found


def rich(element: Element, look: Look) -> Rich:
    """Text and runs of an `<si>` or `<is>`; how it is pronounced is passed over."""
    plain = element.find(f"{_NAMESPACE}t")
    parts = element.findall(f"{_NAMESPACE}r")
    if not parts:
        return unescaped(plain.text or "") if plain is not None else "", ()
    text, length = "", 0
    runs: list[Json] = []
    for part in parts:
        piece = unescaped(part.findtext(f"{_NAMESPACE}t") or "")
        font = part.find(f"{_NAMESPACE}rPr")
        shape = look(_inline(font)) if font is not None else {}
        if piece and (runs[-1]["format"] if runs else {}) != shape:
            runs.append(({"startIndex": length} if length else {}) | {"format": shape})
        text += piece
        length += units(piece)
    return text, tuple(runs)


def _inline(element: Any) -> InlineFont:
    font: Any = InlineFont.from_tree(element)
    return font if isinstance(font, InlineFont) else InlineFont()


def units(text: str) -> int:
    """Length as Google counts it: in UTF-16 units."""
    return sum(2 if ord(sign) > 0xFFFF else 1 for sign in text)


def rich_text(text: str, runs: tuple[Json, ...]) -> CellRichText:
    """The text in pieces, each with its font."""
    pieces = CellRichText()
    for piece, shape in _pieces(text, runs):
        own = {name: value for name, value in shape.items() if name != "link"}
        pieces.append(TextBlock(inline_font(own), escaped(piece)) if own else escaped(piece))
    return pieces


def _pieces(text: str, runs: tuple[Json, ...]) -> Iterator[tuple[str, Json]]:
    coded = text.encode("utf-16-le", "surrogatepass")
    starts = [int(run.get("startIndex", 0)) for run in runs]
    if starts and starts[0] > 0:
        yield _between(coded, 0, starts[0]), {}
    for at, run in enumerate(runs):
        end = starts[at + 1] if at + 1 < len(starts) else len(coded) // 2
        piece = _between(coded, starts[at], end)
        if piece:
            yield piece, run.get("format", {})


def _between(coded: bytes, start: int, end: int) -> str:
    return coded[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
