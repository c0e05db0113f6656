"""Files as `spreadsheets.get` would answer for them, without a server."""

from contextlib import closing
from pathlib import Path

from sheetsync.sandbox.accounts import email_of
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.exchange.bringing import READER, Brought, Settings, bring_in
from sheetsync.sandbox.masks import Mask, response_mask
from sheetsync.sandbox.store import State
from sheetsync.sandbox.views import spreadsheet

#: nobody follows a link into a state that is gone again
_BASE = "http://127.0.0.1"


def answers(path: Path, fields: str, settings: Settings | None = None) -> list[Json]:
    """The answer for each workbook of a file or folder, with grid data; `fields` is the mask. Raises SandboxError.

    Unlike an answer of Google's it has no locale where a file says none.
    """
    with closing(State()) as state:
        brought, _ = bring_in(state, path, settings or Settings())
        mask = response_mask(fields, "Spreadsheet")
        return [_answer(state, one, mask) for one in brought]


def _answer(state: State, one: Brought, mask: Mask) -> Json:
    answer: Json = mask.prune(spreadsheet(state.results(one.book), mask, None, email_of(READER), _BASE, grid_data=True))
    if one.without_locale and "properties" in answer:
        answer["properties"].pop("locale", None)
    return answer
