"""Titles of tabs as Excel takes them."""

import re

_LONGEST = 31
_NOT_TAKEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")


def excel_titles(titles: list[str]) -> list[str]:
    """Each title, changed only where Excel refuses it: its length, its signs, or its likeness to another."""
    found: list[str] = []
    for title in titles:
        plain = _NOT_TAKEN.sub("_", title)[:_LONGEST].strip("'") or "Sheet"
        if plain.casefold() == "history":  # Excel's own
            plain += "_"
        own, number = plain, 2
        while own.casefold() in {each.casefold() for each in found}:
            ending = f" ({number})"
            own, number = plain[: _LONGEST - len(ending)] + ending, number + 1
        found.append(own)
    return found
