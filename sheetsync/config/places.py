"""Where a source is: a tab, named by ids or by the address in the browser, or a table of the system of record."""

import re
from typing import Final

from sheetsync.config.shape import SourceShape
from sheetsync.core.graph import SheetTab, Table

_ID: Final = re.compile(r"[\w-]+", re.ASCII)
_ADDRESS: Final = re.compile(
    r"https://docs\.google\.com/spreadsheets/(?:u/\d+/)?d/(?P<id>[\w-]+)(?P<rest>[/?#].*)?", re.ASCII
)
_GID: Final = re.compile(r"[?&#]gid=(\d{1,18})", re.ASCII)


class NoPlace(ValueError):
    """The settings name no place, or two; says which setting is to blame and what to do."""

    def __init__(self, setting: str | None, message: str) -> None:
        super().__init__(message)
        self.setting = setting


def place(source: SourceShape) -> SheetTab | Table:
    """The place a source's settings name. Raises NoPlace."""
    if source.table is not None:
        if source.spreadsheet is not None or source.tab_id is not None:
            raise NoPlace(None, "is either a tab (spreadsheet and tab_id) or a table, not both")
        return Table(source.table)
    if source.spreadsheet is None:
        raise NoPlace(None, "needs a spreadsheet (and tab_id), or a table")
    spreadsheet, gid = _spreadsheet(source.spreadsheet.strip())
    if source.tab_id is not None and gid is not None and source.tab_id != gid:
        raise NoPlace("tab_id", f"differs from the address of the spreadsheet, which says gid={gid}")
    tab_id = gid if source.tab_id is None else source.tab_id
    if tab_id is None:
        raise NoPlace("tab_id", "is missing: the number after gid= in the tab's address")
    return SheetTab(spreadsheet, tab_id)


def spreadsheet_id(spreadsheet: str) -> str:
    """The id of a workbook that is named by it or by its address, whatever tab that shows. Raises NoPlace."""
    return _spreadsheet(spreadsheet.strip())[0]


def without_tab(spreadsheet: object) -> object:
    """A spreadsheet without the tab its address may name; what is neither id nor address stays as it is."""
    try:
        return _spreadsheet(spreadsheet.strip())[0] if isinstance(spreadsheet, str) else spreadsheet
    except NoPlace:
        return spreadsheet


def _spreadsheet(text: str) -> tuple[str, int | None]:
    """Id and, where an address says so, the tab."""
    if _ID.fullmatch(text):
        return text, None
    address = _ADDRESS.fullmatch(text)
    if address is None or address["id"] == "e":  # /d/e/2PACX-… is a published copy, which is no spreadsheet
        raise NoPlace("spreadsheet", "is neither an id nor the address of a Google spreadsheet as the browser shows it")
    # with ?gid=0#gid=0 the last one is what the browser shows
    gids = _GID.findall(address["rest"] or "")
    return address["id"], int(gids[-1]) if gids else None
