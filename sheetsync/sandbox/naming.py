"""From a range as callers write it (A1 notation or a named range) to a tab and a box."""

from sheetsync.sandbox.a1 import Box, RangeError, parse_box, split_title
from sheetsync.sandbox.model import Tab, Workbook


def resolve(book: Workbook, text: str) -> tuple[Tab, Box]:
    """The tab and box of `Tab!A1:B2`, a bare tab title, a named range, or a range on the first tab.

    A title wins over a cell, a named range over nothing else [recorded: `'Sheet1'!NamedRange` is resolved].
    Raises RangeError.
    """
    title, rest = split_title(text)
    if title is None:
        return _bare(book, rest)
    tab = book.titled(title)
    if tab is None:
        raise RangeError(text)
    if not rest:
        if text.rstrip().endswith("!"):
            raise RangeError(text)
        return tab, Box()
    return _named(book, rest) or (tab, parse_box(rest))


def _bare(book: Workbook, text: str) -> tuple[Tab, Box]:
    tab = book.titled(text)
    if tab is not None:
        return tab, Box()
    return _named(book, text) or (book.tabs[0], parse_box(text))


def _named(book: Workbook, name: str) -> tuple[Tab, Box] | None:
    for each in book.named:
        if each.name.casefold() == name.casefold():
            tab = book.tab(each.sheet_id)
            return (tab, each.box) if tab is not None else None
    return None
