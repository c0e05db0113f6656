"""Look at spreadsheets nobody has described; nothing is written anywhere."""

from dataclasses import dataclass
from datetime import date

from sheetsync.core.inspection import Inspection, inspect
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.mapping.spellings import HeaderWords
from sheetsync.core.model import Workbook
from sheetsync.ports import Sheets


@dataclass(frozen=True, slots=True)
class InspectedBook:
    """One spreadsheet, tab by tab."""

    workbook: Workbook
    tabs: tuple[Inspection, ...]


def inspect_book(
    sheets: Sheets, spreadsheet: str, words: HeaderWords, season: date | None, said: bool = False
) -> InspectedBook:
    """Everything in a spreadsheet, read once, but for the tab of ours. Raises what the read raises.

    `said`: a person named the locale it is written in.
    """
    workbook = sheets.read(spreadsheet)
    theirs = (tab for tab in workbook.tabs if tab.id != OUR_TAB_ID)
    return InspectedBook(workbook, tuple(inspect(tab, words, workbook.locale, season, said) for tab in theirs))
