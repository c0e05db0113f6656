"""The pages behind the links: each cell can be addressed, nothing typed becomes markup."""

from html.parser import HTMLParser

import pytest
import requests

from sheetsync.sandbox import Running
from tests.sandbox.conftest import BOOK, Api, grid_range


class Page(HTMLParser):
    """Cells by their id, links, and every tag that occurs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: dict[str, str] = {}
        self.spans: dict[str, tuple[str | None, str | None]] = {}
        self.tags: set[str] = set()
        self.links: list[str] = []
        self._open: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.add(tag)
        assert not any(name.startswith("on") for name in named)
        if tag == "td":
            self._open = named["id"] or ""
            self.cells[self._open] = ""
            self.spans[self._open] = named.get("rowspan"), named.get("colspan")
        if tag == "a":
            self.links.append(named["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.cells[self._open] += data


def page(sandbox: Running, gid: int = 0) -> Page:
    answer = requests.get(f"{sandbox.base}/spreadsheets/d/{BOOK}/edit?gid={gid}", timeout=10)
    assert answer.status_code == 200
    assert "script" not in answer.headers["content-security-policy"]
    return Page(answer.text)


def test_each_cell_is_a_target_of_its_own_link(api: Api, sandbox: Running) -> None:
    api.write("Other!C4", [["11/27/2026"]])
    assert page(sandbox, 7).cells["gid=7&range=C4"] == "11/27/2026"
    assert page(sandbox).cells["gid=0&range=A1"] == ""


def test_merges_span_and_hidden_rows_are_not_there(api: Api, sandbox: Running) -> None:
    rows = {"dimension": "ROWS", "startIndex": 4, "endIndex": 5}
    hide = {"range": rows, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    api.done(
        {"mergeCells": {"range": grid_range(0, 2, 0, 2), "mergeType": "MERGE_ALL"}},
        {"updateDimensionProperties": hide},
    )
    shown = page(sandbox)
    assert shown.spans["gid=0&range=A1"] == ("2", "2")
    assert "gid=0&range=B2" not in shown.cells
    assert "gid=0&range=A5" not in shown.cells
    assert "gid=0&range=A6" in shown.cells


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "</td></table><h2>x", '"><img src=x onerror=alert(1)>', "&lt;b&gt;", "' onload='x"],
)
def test_hostile_text_stays_text(api: Api, sandbox: Running, text: str) -> None:
    api.write("Plan!A1", [[text]], "RAW")
    note = {"repeatCell": {"range": grid_range(0, 1, 0, 1), "cell": {"note": text}, "fields": "note"}}
    rename = {"properties": {"sheetId": 7, "title": text}, "fields": "title"}
    api.done(note, {"updateSheetProperties": rename})
    shown = page(sandbox)
    assert shown.cells["gid=0&range=A1"] == text
    assert not shown.tags & {"script", "img", "h2", "b"}


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ('https://example.com/?a=1&b="2', True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("http://[", False),
    ],
)
def test_only_safe_addresses_become_links(api: Api, sandbox: Running, address: str, linked: bool) -> None:
    cell = {"userEnteredValue": {"stringValue": "go"}, "userEnteredFormat": {"textFormat": {"link": {"uri": address}}}}
    fields = "userEnteredFormat.textFormat.link,userEnteredValue"
    api.done({"repeatCell": {"range": grid_range(0, 1, 0, 1), "cell": cell, "fields": fields}})
    assert (address in page(sandbox).links) is linked


def test_the_start_page_lists_workbooks_and_unknown_ones_are_404(sandbox: Running) -> None:
    start = requests.get(f"{sandbox.base}/", timeout=10)
    assert f"/spreadsheets/d/{BOOK}/edit" in Page(start.text).links
    assert requests.get(f"{sandbox.base}/spreadsheets/d/none/edit", timeout=10).status_code == 404
