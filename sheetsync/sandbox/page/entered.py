"""What an editor shows for a cell: a text that, typed again, leaves the cell as it is."""

import re
from datetime import date
from functools import lru_cache

from sheetsync.sandbox.formats import DATE_TYPES, default_pattern, shown_number
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.model import Cell
from sheetsync.sandbox.typed import typed

#: as `str.isdigit` counts them, and a few more
_DIGIT = re.compile(r"[^\W_A-Za-z\u00c0-\u024f]")
Value = bool | float | str


def entered_text(cell: Cell, locale: str, today: date) -> str:
    """A formula as it stands, a date in the locale's own pattern, a number in full, a text with `'` where it needs one.

    `""` for a cell that holds nothing, also where a formula elsewhere shows a value in it.
    """
    if cell.formula is not None:
        return cell.formula
    if cell.value is None:
        return ""
    own = (cell.format or {}).get("numberFormat", {})
    if own.get("type") == "TEXT" or own.get("pattern") == "@":
        # Nothing typed into such a cell is understood, except that one leading `'` is taken off.
        text = str(cell.value)
        return f"'{text}" if text.startswith("'") else text
    if isinstance(cell.value, str) and _is_plain(cell.value):
        return cell.value
    return _spelled(cell.value, str(own.get("type", "")), locale, today)


def _is_plain(text: str) -> bool:
    """Whether a text can be nothing else, which is quickly seen: words for true and false are short."""
    return len(text) > 12 and text[0] not in "'=" and _DIGIT.search(text) is None


@lru_cache(maxsize=65_536)
def _spelled(value: Value, kind: str, locale: str, today: date) -> str:
    """The first spelling that comes back as the same value."""
    spellings = _of_text(value) if isinstance(value, str) else _of_number(value, kind, locale)
    for text in spellings:
        entry = typed(text, conventions(locale), today)
        if entry.formula is None and type(entry.value) is type(value) and entry.value == value:
            return text
    return spellings[-1]


def _of_text(text: str) -> list[str]:
    return [text, f"'{text}"]


def _of_number(value: bool | float, kind: str, locale: str) -> list[str]:
    words = conventions(locale)
    if isinstance(value, bool):
        return [words.true if value else words.false]
    full = (str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)).replace(".", words.decimal)
    if kind in DATE_TYPES:
        pattern = default_pattern(kind, words)
        patterns = (pattern.removesuffix(":ss"), pattern)
        return [*(shown_number(value, {"type": kind, "pattern": each}, words) for each in patterns), full]
    if kind == "PERCENT":
        return [f"{value * 100:.12g}%".replace(".", words.decimal), full]
    return [full]
