"""Spreadsheets as they were read before: to look at again, never to write."""

from collections.abc import Iterable

from sheetsync.core.changes import Batch
from sheetsync.core.model import Workbook
from sheetsync.errors import Refused
from sheetsync.ports import RequestCount, Sheets


class SeenSheets:
    """Implements `Sheets` over workbooks that are at hand; all others are asked for, once each, where `inner` is."""

    def __init__(self, workbooks: Iterable[Workbook], inner: Sheets) -> None:
        self.count: RequestCount = inner.count
        self._seen = {workbook.id: workbook for workbook in workbooks}
        #: those that came from a file have no address
        self._files = frozenset(self._seen)
        self._inner = inner

    def read(self, spreadsheet: str) -> Workbook:
        """As it was first seen. Raises what the first look raises."""
        if spreadsheet not in self._seen:
            self._seen[spreadsheet] = self._inner.read(spreadsheet)
        return self._seen[spreadsheet]

    def apply(self, batch: Batch) -> None:
        """Raises `Refused`: what is looked at this way is never written."""
        raise Refused(f"{batch.title or batch.spreadsheet} is only looked at.", "Use `sheetsync reconcile` to write.")

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        """A URL that opens the tab; empty for a file."""
        return "" if spreadsheet in self._files else self._inner.link(spreadsheet, tab_id, a1)
