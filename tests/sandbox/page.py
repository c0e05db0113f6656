"""A page as a program reads it, and a browser's manners towards the server: cookie, origin, form."""

import json
from html.parser import HTMLParser
from typing import Any

import requests

from sheetsync.sandbox import Running
from sheetsync.sandbox.a1 import cell_name
from tests.sandbox.conftest import BOOK


class Page(HTMLParser):
    """Cells by their name, their attributes, links, the tags that occur, and what the body knows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.cells: dict[str, str] = {}
        self.marks: dict[str, dict[str, str]] = {}
        self.rows: dict[int, bool] = {}
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.body: dict[str, str] = {}
        self._open: str | None = None
        self._row = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        assert not any(name.startswith("on") or name == "style" for name in named)
        if tag == "body":
            self.body = named
        if tag == "tr" and "data-r" in named:
            self._row = int(named["data-r"])
            self.rows[self._row] = "hidden" not in named
        if tag == "td" and "data-c" in named:
            self._open = cell_name(self._row, int(named["data-c"]))
            self.cells[self._open] = ""
            self.marks[self._open] = named
        if tag == "a":
            self.links.append(named["href"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.cells[self._open] += data

    def classes(self, cell: str) -> set[str]:
        """The class names of a cell."""
        return set(self.marks[cell].get("class", "").split())


class Browser:
    """Opens a tab and sends what its script sends."""

    def __init__(self, sandbox: Running, gid: int = 0, book: str = BOOK) -> None:
        self.address = f"{sandbox.base}/spreadsheets/d/{book}"
        self.origin = sandbox.base
        self.session = requests.Session()
        self.session.trust_env = False
        self.gid = gid
        self.page = self.open()

    def open(self) -> Page:
        """The page afresh."""
        answer = self.session.get(f"{self.address}/edit?gid={self.gid}", timeout=10)
        assert answer.status_code == 200, answer.text
        self.page = Page(answer.text)
        return self.page

    @property
    def held(self) -> dict[str, Any]:
        """What the script says about the lines it holds."""
        return {"gid": self.gid, "since": self.page.body["data-version"], "rows": len(self.page.rows)}

    def send(self, **fields: Any) -> requests.Response:
        """One act."""
        form = self.held | {"ticket": self.page.body["data-ticket"]} | fields
        headers = {"Origin": self.origin}
        return self.session.post(f"{self.address}/edit", data=form, headers=headers, timeout=10)

    def type(self, row: int, column: int, text: str, **fields: Any) -> requests.Response:
        """A text into one cell (0-based)."""
        return self.send(act="type", top=row, left=column, texts=json.dumps([[text]]), **fields)

    def changes(self) -> requests.Response:
        """What is new."""
        return self.session.get(f"{self.address}/changes", params=self.held, timeout=10)
