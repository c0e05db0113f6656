"""Sixteen clients at once: every write is there exactly once, versions count them, and nobody sees half a batch."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from sheetsync.sandbox import RequestRecord, Running
from tests.sandbox.conftest import BOOK, Api, add_workbook, grid_range

CLIENTS, ROUNDS, WIDTH = 16, 8, 10


@pytest.fixture
def clients(sandbox: Running) -> list[Api]:
    """Each with a session and a token of its own, half of them another account's."""
    sandbox.share(BOOK, "second", "writer")
    for number in range(CLIENTS):
        add_workbook(sandbox, f"own-{number}", sheetsync="writer", second="writer")
    return [Api(sandbox, ("sheetsync", "second")[number % 2]) for number in range(CLIENTS)]


@pytest.fixture
def versions(sandbox: Running) -> Iterator[list[int]]:
    """The shared workbook's version after each request."""
    seen: list[int] = []

    def look(_: RequestRecord) -> None:
        seen.append(sandbox.state.workbooks[BOOK].version)

    sandbox.between = look
    yield seen
    sandbox.between = None


def _work(number: int, api: Api, start: threading.Barrier) -> int:
    """A client's rounds; how often it wrote into the shared workbook."""
    own = f"/v4/spreadsheets/own-{number}"
    start.wait()
    for turn in range(ROUNDS):
        name = f"c{number}.{turn}"
        line = api.sheets("POST", "/values/Plan!A1:A1:append", {"values": [[name]]}, valueInputOption="RAW")
        assert line.status_code == 200, line.text
        # Two requests of one batch, in two places: seen together or not at all.
        cells = {
            "rows": [{"values": [{"userEnteredValue": {"stringValue": name}}] * WIDTH}],
            "fields": "userEnteredValue",
        }
        api.done(
            {"updateCells": {**cells, "range": grid_range(0, 1, 0, WIDTH, 7)}},
            {"updateCells": {**cells, "range": grid_range(5, 6, 0, WIDTH, 7)}},
        )
        seen = api.sheets("GET", "/values:batchGet", ranges=["Other!A1:J1", "Other!A6:J6"]).json()["valueRanges"]
        assert len({value for part in seen for row in part["values"] for value in row}) == 1
        refused = api.batch({"addSheet": {"properties": {"title": name}}}, {"deleteSheet": {"sheetId": 99}})
        assert refused.status_code == 400
        body = {"values": [[name, f"=ROW()+{turn}"]]}
        api.call("PUT", f"{own}/values/Plan!A{turn + 1}", body, valueInputOption="USER_ENTERED")
        mine = api.call("GET", f"{own}/values/Plan!A1:B{ROUNDS}").json()["values"]
        assert mine == [[f"c{number}.{each}", str(each + 1 + each)] for each in range(turn + 1)]
    return 2 * ROUNDS


def test_sixteen_clients_lose_double_and_tear_nothing(
    sandbox: Running, clients: list[Api], versions: list[int]
) -> None:
    before = sandbox.state.workbooks[BOOK].version
    start = threading.Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        wrote = sum(pool.map(_work, range(CLIENTS), clients, [start] * CLIENTS))
    names = [f"c{number}.{turn}" for number in range(CLIENTS) for turn in range(ROUNDS)]
    appended = [row[0] for row in clients[0].values("Plan!A:A")]
    assert Counter(appended) == Counter(names)
    # Of one client's lines the earlier stand above the later.
    assert all(appended.index(a) < appended.index(b) for a, b in pairwise(names) if a.split(".")[0] == b.split(".")[0])
    assert sandbox.state.workbooks[BOOK].version == before + wrote
    assert {after - earlier for earlier, after in pairwise(versions)} == {0, 1}
    assert [tab.title for tab in sandbox.state.workbooks[BOOK].tabs] == ["Plan", "Other"]
    for number in range(CLIENTS):
        assert sandbox.state.workbooks[f"own-{number}"].version == 1 + ROUNDS
