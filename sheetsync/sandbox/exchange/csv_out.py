"""Tabs go out as CSV: what a person sees, and no text that a spreadsheet would run as a formula."""

import csv
import re
from pathlib import Path

from sheetsync.sandbox.errors import SandboxError
from sheetsync.sandbox.model import Tab
from sheetsync.sandbox.results import Results

_BEGINS = "=+-@\t\r"
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')
_LONGEST_NAME = 100
#: names Windows keeps for devices
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def write_folder(results: Results, folder: Path) -> list[Path]:
    """One file per tab into a new or empty folder, in UTF-8, divided by commas (RFC 4180). Raises SandboxError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SandboxError(f"{folder}: this folder is not empty; name a new one")
        paths = []
        for tab, name in zip(results.book.tabs, file_names([tab.title for tab in results.book.tabs]), strict=True):
            path = folder / f"{name}.csv"
            with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
                rows = shown_rows(results, tab)
                # Whoever guesses at the divider is not to be misled by another one inside a text.
                doubtful = any(sign in text for row in rows for text in row for sign in ";\t|")
                csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL if doubtful else 0).writerows(rows)
            paths.append(path)
    except OSError as error:
        raise SandboxError(f"cannot write into {folder}: {error.strerror or error}") from None
    return paths


def shown_rows(results: Results, tab: Tab) -> list[list[str]]:
    """What stands in the tab as people see it, without the empty rest; risky texts get an apostrophe."""
    shown: dict[tuple[int, int], str] = {}
    for place in {*tab.cells, *results.spills(tab)}:
        value = results.effective(tab, *place)
        text = results.text(tab, *place)
        if text:
            shown[place] = defused(text) if isinstance(value, str) else text
    rows = max((row for row, _ in shown), default=-1) + 1
    columns = max((column for _, column in shown), default=-1) + 1
    return [[shown.get((row, column), "") for column in range(columns)] for row in range(rows)]


def defused(text: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would run it, blanks before the sign included."""
    begins = text[:1] + text.lstrip()[:1]
    return f"'{text}" if any(sign in _BEGINS for sign in begins) or text.startswith("'") else text


def file_names(titles: list[str]) -> list[str]:
    """A name for each title that stays inside the folder on every system and sorts in the order of the tabs.

    Several tabs are numbered, so that they come back in their order.
    """
    found = []
    for number, title in enumerate(titles, start=1):
        name = _NOT_IN_NAMES.sub("_", title)[:_LONGEST_NAME].strip(" .") or "tab"
        found.append(f"_{name}" if _DEVICES.fullmatch(name) else name)
        if len(titles) > 1:
            found[-1] = f"{number:0{len(str(len(titles)))}d} {found[-1]}"
    return found
