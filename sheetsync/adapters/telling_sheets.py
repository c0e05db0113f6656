"""Any `Sheets`, telling what it is about: for people who wait."""

from collections.abc import Callable, Mapping

from sheetsync.core.changes import Batch
from sheetsync.core.model import Workbook
from sheetsync.ports import RequestCount, Sheets


class TellingSheets:
    """Another `Sheets` whose calls are told before they are made; `names` says what people call each spreadsheet."""

    def __init__(self, inner: Sheets, tell: Callable[[str], None], names: Mapping[str, str]) -> None:
        self.count: RequestCount = inner.count
        self._inner = inner
        self._tell = tell
        self._names = names

    def read(self, spreadsheet: str) -> Workbook:
        """As the inner `Sheets`."""
        self._tell(f"reading {self._names.get(spreadsheet, spreadsheet)}")
        return self._inner.read(spreadsheet)

    def apply(self, batch: Batch) -> None:
        """As the inner `Sheets`."""
        self._tell(f"writing {self._names.get(batch.spreadsheet, batch.title)}")
        self._inner.apply(batch)

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        """As the inner `Sheets`."""
        return self._inner.link(spreadsheet, tab_id, a1)
