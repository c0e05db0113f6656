"""Number formats between Excel's codes and Google's patterns: nearly one language, with a kind beside it at Google."""

import re

from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formats import DATE_TYPES, default_pattern
from sheetsync.sandbox.locales import Conventions

#: Excel's numbers of formats that follow the reader's locale
_SHORT_DATE, _SHORT_DATE_TIME = 14, 22
_LOCALE_MARK = re.compile(r"\[\$-[^\]]*\]")
_CURRENCY_MARK = re.compile(r"\[\$([^\]-]+)(?:-[^\]]*)?\]")
#: what stands for itself: quoted, escaped, colours and conditions, spacing
_ASIDE = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.', re.IGNORECASE)
_ESCAPED_DIVIDER = re.compile(r"\\([-/., :])")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_MIDDAY = re.compile(r"am/pm|a/p", re.IGNORECASE)
_SIGNS = re.compile(r"[$€£¥₹]|\b(?:CHF|EUR|USD|GBP|SEK|NOK|DKK|PLN|CZK)\b")
_LONG_DATE = "dddd, mmmm d, yyyy"
#: letters Excel takes in a number's code without quotes; others would make the file unreadable to it
_BARE = re.compile(r'"[^"]*"?|\\.|\[[^\]]*\]|_.|\*.|E[+-]|General|[^A-Za-z]+|(?P<bare>.)', re.IGNORECASE | re.DOTALL)


def from_code(code: str, number: int, conventions: Conventions) -> Json | None:
    """Google's NumberFormat for an Excel code and its number among the built-in ones; None for General."""
    if number == _SHORT_DATE:
        return {"type": "DATE", "pattern": conventions.date_pattern}
    if number == _SHORT_DATE_TIME:
        return {"type": "DATE_TIME", "pattern": f"{conventions.date_pattern} h:mm"}
    if "[$-F800]" in code.upper():
        return {"type": "DATE", "pattern": _LONG_DATE}
    if "[$-F400]" in code.upper():
        return {"type": "TIME", "pattern": "h:mm:ss am/pm"}
    pattern = _CURRENCY_MARK.sub(lambda mark: f'"{mark[1]}"', _LOCALE_MARK.sub("", code)).removesuffix(";@")
    if not pattern or pattern.lower() == "general":
        return None
    kind = _kind(pattern)
    if kind in DATE_TYPES:
        pattern = _MIDDAY.sub(lambda mark: mark[0].lower(), _ESCAPED_DIVIDER.sub(r"\1", pattern))
    return {"type": kind, "pattern": pattern}


def _kind(pattern: str) -> str:
    first = pattern.partition(";")[0]
    bare = _ASIDE.sub("", first)
    elapsed, timed = _ELAPSED.search(bare), _MIDDAY.sub("h", bare).lower()
    if "general" in timed:
        return "NUMBER"
    if any(mark in timed for mark in "dmyhs") and not any(mark in bare for mark in "#?"):
        days = any(mark in timed for mark in "dy") or not any(mark in timed for mark in "hs")
        times = any(mark in timed for mark in "hs")
        if elapsed:
            return "TIME"
        return ("DATE_TIME" if times else "DATE") if days else "TIME"
    if "@" in bare:
        return "TEXT"
    if "%" in bare:
        return "PERCENT"
    if re.search(r"E[+-]0", bare):
        return "SCIENTIFIC"
    return "CURRENCY" if _SIGNS.search(first) else "NUMBER"


def to_code(number_format: Json, conventions: Conventions) -> str:
    """Excel's code for a NumberFormat."""
    kind = number_format.get("type", "")
    pattern = number_format.get("pattern") or default_pattern(kind, conventions) or "General"
    if kind == "TEXT":
        return "@" if "@" not in pattern else pattern
    if kind in DATE_TYPES:
        # `mm-dd-yy` and `m/d/yy h:mm` are Excel's own names for whatever date its reader's system writes.
        code = _MIDDAY.sub(lambda mark: mark[0].upper(), pattern)
        return (
            code.replace("-", r"\-")
            if code == "mm-dd-yy"
            else code.replace("/", r"\/")
            if code == "m/d/yy h:mm"
            else code
        )
    return _BARE.sub(lambda part: f"\\{part[0]}" if part["bare"] else part[0], pattern)
