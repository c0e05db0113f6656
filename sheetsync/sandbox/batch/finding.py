"""findReplace: text found and replaced in cells, over a range, a sheet or all sheets."""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.batch.cells import checked_length
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import Cell, Tab
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.values_write import type_into

#: a text with its occurrences replaced, and how many there were
Replacing = Callable[[str], tuple[str, int]]
#: `$1` or `${name}` in a replacement, or a character that a backslash makes plain [documented: java.util.regex]
_REFERENCE = re.compile(r"\\(.)|\$(\d)|\$\{([A-Za-z][A-Za-z0-9]*)\}")


@dataclass
class _Count:
    values: int = 0
    formulas: int = 0
    occurrences: int = 0
    rows: set[tuple[int, int]] = field(default_factory=set)

    def view(self) -> Json:
        """A FindReplaceResponse; counts of zero are left out."""
        counts = {
            "valuesChanged": self.values,
            "formulasChanged": self.formulas,
            "rowsChanged": len(self.rows),
            "sheetsChanged": len({sheet_id for sheet_id, _ in self.rows}),
            "occurrencesChanged": self.occurrences,
        }
        return {name: count for name, count in counts.items() if count}


def find_replace(editing: Editing, request: Json) -> Json:
    """Replaces in what people see of values, and (with `includeFormulas`) in what formulas say.

    What results is taken as if typed [believed: replaced-text-is-typed]. A protected cell that would change refuses
    the request.
    """
    replacing = _replacing(editing, request)
    count = _Count()
    for tab, area in _places(editing, request):
        # Each tab as it stood before: a replaced value must not be found again through a formula.
        results = editing.results()
        changes = _changes(results, tab, area, replacing, formulas=request.get("includeFormulas", False))
        for row, column, text, occurrences in changes:
            editing.guard(tab, Area(row, row + 1, column, column + 1))
            cell = tab.cell(row, column)
            _put(editing, tab, row, column, text)
            count.formulas += cell.formula is not None
            count.values += cell.formula is None
            count.occurrences += occurrences
            count.rows.add((tab.sheet_id, row))
    return {"findReplace": count.view()}


def _places(editing: Editing, request: Json) -> list[tuple[Tab, Area]]:
    scopes = [name for name in ("range", "sheetId", "allSheets") if request.get(name, False) is not False]
    if len(scopes) != 1:
        raise editing.refuse("Exactly one of range, sheetId and allSheets must be specified.")
    if scopes == ["range"]:
        return [editing.area(request["range"])]
    tabs = [editing.tab(request["sheetId"])] if scopes == ["sheetId"] else editing.book.tabs
    return [(tab, tab.grid) for tab in tabs]


def _changes(
    results: Results, tab: Tab, area: Area, replacing: Replacing, *, formulas: bool
) -> list[tuple[int, int, str, int]]:
    found = []
    for row, column in sorted(tab.inside(area)):
        cell = tab.cells[row, column]
        if not cell.holds_value or (cell.formula is not None and not formulas):
            continue
        text, occurrences = replacing(cell.formula or results.text(tab, row, column))
        if occurrences:
            found.append((row, column, text, occurrences))
    return found


def _put(editing: Editing, tab: Tab, row: int, column: int, text: str) -> None:
    checked_length(text, editing)
    cell: Cell = tab.cell(row, column)
    tab.put(row, column, type_into(cell, text, editing) if text else cell.with_value(None))


def _replacing(editing: Editing, request: Json) -> Replacing:
    find, replacement = request.get("find", ""), request.get("replacement", "")
    if not find:
        raise editing.refuse("find must be specified.")
    regex, entire = request.get("searchByRegex", False), request.get("matchEntireCell", False)
    pattern = _compiled(editing, find if regex else re.escape(find), request.get("matchCase", False))
    template = _template(editing, pattern, replacement) if regex else None

    def replaced(text: str) -> tuple[str, int]:
        def filled(found: re.Match[str]) -> str:
            return template(found) if template is not None else replacement

        if not entire:
            return pattern.subn(filled, text)
        match = pattern.fullmatch(text)
        return (filled(match), 1) if match is not None else (text, 0)

    return replaced


def _compiled(editing: Editing, pattern: str, case: bool) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            named = re.sub(r"\(\?<([A-Za-z])", r"(?P<\1", pattern)
            return re.compile(named, re.NOFLAG if case else re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        raise editing.refuse(f"Invalid regular expression: {pattern[:200]}") from None


def _template(editing: Editing, pattern: re.Pattern[str], replacement: str) -> Callable[[re.Match[str]], str]:
    for _, number, name in _REFERENCE.findall(replacement):
        if (number and int(number) > pattern.groups) or (name and name not in pattern.groupindex):
            raise editing.refuse(f"The replacement names a group the expression does not have: {number or name}")

    def filled(found: re.Match[str]) -> str:
        def part(reference: re.Match[str]) -> str:
            plain, number, name = reference.groups()
            return plain if plain is not None else found[int(number) if number else name] or ""

        return _REFERENCE.sub(part, replacement)

    return filled
