"""Where the pages are, and what each answers."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sheetsync.sandbox.accounts import email_of
from sheetsync.sandbox.errors import GoogleError, Json
from sheetsync.sandbox.model import SHEETS_MIME, Tab, Workbook
from sheetsync.sandbox.page.changes import Drawings, splices
from sheetsync.sandbox.page.edits import applied, understood, warned
from sheetsync.sandbox.page.grid import Grid
from sheetsync.sandbox.page.guards import HEADERS, Ticket
from sheetsync.sandbox.page.shell import book_list, looks_address, plain_page, tab_links, tab_page
from sheetsync.sandbox.store import State

_log = logging.getLogger(__name__)
_FILES = {"css": "text/css", "js": "text/javascript"}
#: a pasted block at most; a grid holds no more than that in any case
_MAX_FORM = 4 * 2**20
_ASKED = "This part is kept by a program. Edit it anyway?"


class Served(Protocol):
    """What the pages need of the sandbox."""

    @property
    def state(self) -> State: ...
    @property
    def page_account(self) -> str: ...


class _Refused(Exception):
    """A page that is not shown, as status, title and one sentence."""

    def __init__(self, status: int, title: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.title, self.sentence = status, title, sentence


@dataclass(frozen=True)
class _Asked:
    """What a request is about."""

    book: Workbook
    tab: Tab
    grid: Grid
    wanted: int


def page_routes(served: Served, port: int) -> list[Route]:
    """The pages of a sandbox that listens on `port`."""
    pages = _Pages(served, Ticket(port))
    book = "/spreadsheets/d/{id}"
    return [
        Route("/", pages.listing, methods=["GET"]),
        Route(f"{book}/edit", pages.tab, methods=["GET"]),
        Route(f"{book}/edit", pages.edit, methods=["POST"]),
        Route(f"{book}/changes", pages.changes, methods=["GET"]),
        Route(f"{book}/looks.css", pages.looks, methods=["GET"]),
        Route(book, pages.tab, methods=["GET"]),
        Route("/page/{name}", _file, methods=["GET"]),
    ]


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    kind = _FILES.get(name.rpartition(".")[2], "")
    found = {path.name: path for path in Path(__file__).parent.iterdir()}.get(name)
    if not kind or found is None:
        return _html(404, plain_page("Not found", "There is no such file."))
    return Response(found.read_bytes(), 200, HEADERS, kind)


class _Pages:
    def __init__(self, served: Served, ticket: Ticket) -> None:
        self._served, self._ticket, self._drawings = served, ticket, Drawings()

    @property
    def _account(self) -> str:
        return email_of(self._served.page_account)

    async def listing(self, _: Request) -> Response:
        """Every workbook."""
        with self._served.state.lock:
            html = book_list(self._served.state.spreadsheets(), self._account)
        return _html(200, html)

    async def tab(self, request: Request) -> Response:
        """One tab: `gid` chooses it, else the first visible one."""

        def answer(asked: _Asked) -> Response:
            html = tab_page(asked.book, asked.tab, asked.grid, self._account, self._facts(asked))
            response = _html(200, html)
            self._ticket.give(response)
            return response

        return self._about(request, answer)

    def _facts(self, asked: _Asked) -> dict[str, str]:
        """What the page's script has to know; a reader gets no ticket."""
        reads = asked.book.role(self._account) not in ("owner", "writer")
        return {
            "address": f"/spreadsheets/d/{quote(asked.book.id)}",
            "gid": str(asked.tab.sheet_id),
            "version": self._drawings.stamp(asked.book),
            "wanted": str(asked.wanted),
            "ticket": "" if reads else self._ticket.text,
        }

    async def looks(self, request: Request) -> Response:
        """The tab's own style sheet. Its address changes with it, so a browser may keep it."""
        kept = HEADERS | {"Cache-Control": "private, max-age=3600"}
        return self._about(request, lambda asked: Response(asked.grid.style, 200, kept, "text/css"))

    async def changes(self, request: Request) -> Response:
        """What is to be done to the lines of version `since`; 204 when that is the newest."""
        query = request.query_params

        def answer(asked: _Asked) -> Response:
            told = self._since(asked, query.get("since", ""), query.get("rows", ""))
            return Response(None, 204, HEADERS) if told is None else _json(200, told)

        return self._about(request, answer)

    async def edit(self, request: Request) -> Response:
        """One act of the person's: 200 with what it changed, 409 when lines had moved, 428 when a yes is needed."""
        form = dict(parse_qsl((await _read(request)).decode("utf-8", "replace"), keep_blank_values=True))
        refusal = self._ticket.refusal(request, form.get("ticket", ""))
        if refusal:
            return _json(403, {"message": refusal})
        return self._about(request, lambda asked: self._edited(asked, form), form)

    def _edited(self, asked: _Asked, form: dict[str, str]) -> Response:
        state, account = self._served.state, self._account
        if asked.book.role(account) not in ("owner", "writer"):
            return _json(403, {"message": "You may look at this workbook, but not edit it."})
        since, rows = form.get("since", ""), form.get("rows", "")
        told = self._since(asked, since, rows)
        if told is not None and ("grid" in told or any(gone != len(new) for _, gone, new in told["splices"])):
            return _json(409, told)
        try:
            edit = understood(asked.book, form)
            if warned(edit) and form.get("sure") != "yes":
                return _json(428, {"message": _ASKED})
            edited = applied(asked.book, edit, account, state.today(asked.book))
        except GoogleError as error:
            return _json(error.code, {"message": error.message})
        state.commit(edited, account)
        tab = edited.tab(asked.tab.sheet_id) or edited.tabs[0]
        grid = self._drawings.now(state.results(edited), tab, asked.wanted)
        return _json(200, self._since(_Asked(edited, tab, grid, asked.wanted), since, rows) or {})

    def _since(self, asked: _Asked, since: str, rows: str) -> Json | None:
        """The way from an earlier version to the newest; None when there is none to go."""
        stamp = self._drawings.stamp(asked.book)
        if since == stamp:
            return None
        old = self._drawings.at(asked.book, asked.tab, _number(rows, -1), since)
        steps = splices(old, asked.grid) if old is not None else None
        told: Json = {
            "version": stamp,
            "lines": asked.grid.lines,
            "title": asked.book.title,
            "tabs": tab_links(asked.book, asked.tab),
            "looks": looks_address(asked.book, asked.tab, asked.grid, str(asked.wanted)),
        }
        if steps is None:
            return told | {"grid": asked.grid.html, "frozen": asked.grid.frozen, "columns": asked.tab.columns}
        rows_of = [[step.at, step.gone, [asked.grid.line(row) for row in step.rows]] for step in steps]
        return told | {"splices": rows_of}

    def _about(
        self, request: Request, answer: Callable[[_Asked], Response], form: dict[str, str] | None = None
    ) -> Response:
        """The answer about a tab, or why there is none: as a page to people, as JSON to the page's script."""
        try:
            with self._served.state.lock:
                return answer(self._asked(request, request.query_params if form is None else form))
        except _Refused as error:
            refused = error
        except Exception:
            # A defect must not look like one of Google's transient errors.
            _log.exception("the sandbox failed on %s %s", request.method, request.url.path)
            refused = _Refused(501, "Something is wrong", "The sandbox could not do this; its log has the details.")
        if request.url.path.endswith(("/changes", "/looks.css")) or form is not None:
            return _json(refused.status, {"message": refused.sentence})
        return _html(refused.status, plain_page(refused.title, refused.sentence))

    def _asked(self, request: Request, query: Mapping[str, str]) -> _Asked:
        """The workbook and tab of a request. Raises _Refused where this account has nothing to look for."""
        state = self._served.state
        book = state.workbooks.get(request.path_params["id"])
        if book is None or book.mime_type != SHEETS_MIME:
            raise _Refused(404, "Not found", "There is no spreadsheet under this address.")
        if book.role(self._account) is None:
            raise _Refused(403, "No access", f"{book.title!r} is not shared with {self._account}.")
        gid = query.get("gid")
        tab = next((tab for tab in book.tabs if str(tab.sheet_id) == gid), None)
        if tab is None and (gid is None or (request.url.path.endswith("/edit") and request.method == "GET")):
            tab = next((tab for tab in book.tabs if not tab.hidden), book.tabs[0])
        if tab is None:
            raise _Refused(410, "Gone", "This tab has been deleted.")
        wanted = _number(query.get("wanted", ""), 0)
        return _Asked(book, tab, self._drawings.now(state.results(book), tab, wanted), wanted)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else otherwise


async def _read(request: Request) -> bytes:
    """A form's bytes; one too large counts as none."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= _MAX_FORM:
            chunks.append(chunk)
    return b"".join(chunks) if size <= _MAX_FORM else b""


def _html(status: int, text: str) -> Response:
    # Cells may hold halves of characters, which no page can.
    return Response(text.encode("utf-8", "replace"), status, HEADERS, "text/html")


def _json(status: int, body: Json) -> Response:
    # As escapes, because what people typed may hold halves of characters.
    return Response(json.dumps(body), status, HEADERS, "application/json")
