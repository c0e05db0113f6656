"""Spreadsheets as they were read before: to look at again, never to write."""

from collections.abc import Iterable

from sheetsync.core.changes import Batch
from sheetsync.core.model import Workbook
from sheetsync.errors import Refused
from sheetsync.ports import RequestCount, Sheets


class SeenSheets:
    """Implements `Sheets` over workbooks that are at hand; all others are asked for, once each, where `inner` is."""

    def __init__(self, workbooks: Iterable[Workbook], inner: Sheets | None = None) -> None:
        self.count: RequestCount = RequestCount() if inner is None else inner.count
        self._seen = {workbook.id: workbook for workbook in workbooks}
        #: those that came from a file have no address
        self._files = frozenset(self._seen)
        self._inner = inner

    def read(self, spreadsheet: str) -> Workbook:
        """As it was first seen. Raises `Refused` for what is not at hand and cannot be asked for."""
        if spreadsheet not in self._seen:
            if self._inner is None:
                raise Refused(f"{spreadsheet} was not looked at.", "Name its address or file as well.")
            self._seen[spreadsheet] = self._inner.read(spreadsheet)
        return self._seen[spreadsheet]

    def apply(self, batch: Batch) -> None:
        """Never. Raises `Refused`."""
        raise Refused(f"{batch.title or batch.spreadsheet} is only looked at.", "Use `sheetsync reconcile` to write.")

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        """A URL that opens the tab; empty for a file."""
        if spreadsheet in self._files or self._inner is None:
            return ""
        return self._inner.link(spreadsheet, tab_id, a1)
