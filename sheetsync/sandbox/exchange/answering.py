"""Files as `spreadsheets.get` would answer for them, without a server."""

from contextlib import closing
from pathlib import Path

from sheetsync.sandbox.accounts import email_of
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.exchange.bringing import READER, Settings, bring_in
from sheetsync.sandbox.masks import response_mask
from sheetsync.sandbox.store import State
from sheetsync.sandbox.views import spreadsheet

#: nobody follows a link into a state that is gone again
_BASE = "http://127.0.0.1"


def answers(path: Path, fields: str, settings: Settings | None = None) -> list[Json]:
    """The answer for each workbook of a file or folder, with grid data; `fields` is the mask. Raises SandboxError."""
    with closing(State()) as state:
        brought, _ = bring_in(state, path, settings or Settings())
        mask = response_mask(fields, "Spreadsheet")
        shown = (state.results(one.book) for one in brought)
        reader = email_of(READER)
        return [mask.prune(spreadsheet(results, mask, None, reader, _BASE, grid_data=True)) for results in shown]
