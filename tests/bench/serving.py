"""What the sandbox's server costs beside `json.dumps` of the same answer, and how much memory many workbooks take.

The server is a process of its own, asked over loopback by one client that keeps its connection; times are medians of
the client's clock, taken in turns within one run, because machines differ. The fixed cost of a request is that of the
same request on a workbook of two cells. A limit that does not hold is said, and ends the bench with 1.
"""

import json
import math
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode, urlsplit

from sheetsync.core.lookup import scoped_key, spilling_lookup
from sheetsync.sandbox import email_of
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.model import Cell, Tab, Workbook
from sheetsync.sandbox.store import State
from sheetsync.sandbox.values_write import type_into
from tests.e2e.command import COMMAND, environment
from tests.sandbox.conftest import assertion

LARGE = (2_000, 30)
MANY, SMALL = 300, (1_000, 25)
#: times `json.dumps`, beyond the fixed cost
LIMIT = 1.5
#: MiB
MEMORY_LIMIT = 1_536
ROUNDS = 40
CLIENTS = 16
SECONDS = 3.0
_OWNER = email_of("person")
_STATUS = ("Planned", "Live", "Paused", "Done", "In review")
_WORDS = ("Harlow & Finch", "Café Zürich", "20% off", "Newsletter", "https://www.northlight.example/offers/11", "")


def typed(row: int, column: int, chance: Random) -> str:
    """What a person types there: of every six columns a text of its own, a word, a number, money, a date, a status."""
    kinds: tuple[Callable[[], str], ...] = (
        lambda: f"NL-{row:04d}-{column}",
        lambda: chance.choice(_WORDS),
        lambda: str(chance.randrange(100_000)),
        lambda: f"${chance.randrange(1, 90_000):,}.{chance.randrange(100):02d}",
        lambda: f"{chance.randrange(1, 13)}/{chance.randrange(1, 29)}/2026",
        lambda: chance.choice(_STATUS),
    )
    return kinds[column % len(kinds)]()


def filled(state: State, name: str, rows: int, columns: int, *, lookup: bool = False) -> Workbook:
    """A workbook as people fill it; its last column may be a lookup that spills, as sheetsync writes it."""
    book = Workbook(name, name, "en_US", "Europe/London", _OWNER, {email_of("sheetsync"): "writer"})
    editing, chance = Editing(book, _OWNER, state.today(book)), Random(name)  # noqa: S311
    plan, ours = Tab(0, "Plan", rows, columns), Tab(1, "sheetsync", rows, 2)
    for row in range(rows):
        for column in range(columns - lookup):
            text = typed(row, column, chance) if row else f"Column {column}"
            plan.put(row, column, type_into(plan.cell(row, column), text, editing))
    if lookup:
        plan.put(0, columns - 1, Cell(formula=spilling_lookup("status", "plan", ((0, "Column 0"),), "sheetsync", 1)))
        for row in range(1, rows):
            ours.put(row, 0, Cell(scoped_key("plan", (f"NL-{row:04d}-0",))))
            ours.put(row, 1, Cell(f"status of {row}"))
    book.tabs = [plan, ours] if lookup else [plan]
    return book


def write(path: Path, kind: str) -> None:
    """A state file with the workbooks of one measurement: `times` or `memory`."""
    state = State(str(path))
    with closing(state):
        if kind == "times":
            state.commit(filled(state, "tiny", 1, 2), _OWNER)
            state.commit(filled(state, "large", *LARGE, lookup=True), _OWNER)
            return
        # Typed once: who loads the file cannot know, and makes cells and texts of its own for each workbook.
        book = filled(state, "book", *SMALL)
        for number in range(MANY):
            book.id = f"book-{number}"
            state.commit(book, _OWNER)
            state.workbooks.clear()


@dataclass(frozen=True)
class Server:
    """A sandbox in a process of its own."""

    base: str
    pid: int
    accounts: Path

    @property
    def peak(self) -> float:
        """The most memory that was resident at once, MiB. Source: proc(5), `status`."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else math.nan


@contextmanager
def serving(kind: str) -> Iterator[Server]:
    """The server over a state file that a process of its own has written."""
    with TemporaryDirectory() as temporary:
        place = Path(temporary)
        subprocess.run([sys.executable, "-m", "tests.bench.serving", kind, str(place / "state.db")], check=True)
        arguments = ["--state", str(place / "state.db"), "--accounts", str(place / "accounts")]
        process = subprocess.Popen(
            [COMMAND, "sandbox", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True, env=environment()
        )
        try:
            said = process.stdout.readline() if process.stdout else ""
            yield Server(said.split()[-1], process.pid, place / "accounts")
        finally:
            process.terminate()
            process.wait(timeout=60)


class Client:
    """One connection that is kept, with a token."""

    def __init__(self, server: Server) -> None:
        address = urlsplit(server.base)
        self._connection = HTTPConnection(address.hostname or "", address.port)
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
        form |= {"assertion": assertion(server.accounts / "sheetsync.json")}
        granted = json.loads(self._send("POST", "/token", urlencode(form), {}))
        self._headers = {"Authorization": f"Bearer {granted['access_token']}"}

    def get(self, book: str, render: str = "FORMATTED_VALUE") -> bytes:
        """All values of the first tab."""
        return self._send("GET", f"/v4/spreadsheets/{book}/values/Plan?valueRenderOption={render}", "", self._headers)

    def update(self, book: str, text: str, cell: str = "B1") -> bytes:
        """One cell, by `values.update`."""
        path = f"/v4/spreadsheets/{book}/values/{quote(f'Plan!{cell}')}?valueInputOption=RAW"
        return self._send("PUT", path, json.dumps({"values": [[text]]}), self._headers)

    def batch(self, book: str, text: str) -> bytes:
        """One cell, by `spreadsheets.batchUpdate`."""
        cells = {"rows": [{"values": [{"userEnteredValue": {"stringValue": text}}]}], "fields": "userEnteredValue"}
        request = {"updateCells": cells | {"start": {"sheetId": 0, "columnIndex": 1}}}
        path = f"/v4/spreadsheets/{book}:batchUpdate"
        return self._send("POST", path, json.dumps({"requests": [request]}), self._headers)

    def _send(self, method: str, path: str, body: str, headers: Mapping[str, str]) -> bytes:
        kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
        self._connection.request(method, path, body or None, {"Content-Type": kind, **headers})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {path}: {answer.status}, nothing is measured")
        return content


def taken(work: Callable[[], object]) -> float:
    """Seconds of the clock."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def medians(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The median of each work's times, all of them done in turns."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(taken(work))
    return {name: median(each) for name, each in times.items()}


@dataclass(frozen=True)
class Line:
    """One line of the table; a figure without a limit is there to be compared with."""

    what: str
    how: str
    figure: str
    limit: str = ""
    holds: bool = True

    def __str__(self) -> str:
        verdict = ("holds" if self.holds else "MISSED") if self.limit else ""
        return f"| {self.what} | {self.how} | {self.figure} | {self.limit} | {verdict} |"


def times() -> Iterator[Line]:
    """Reads and one-cell writes on the large workbook, each beside the same on a tiny one."""
    with serving("times") as server:
        client = Client(server)
        first = taken(lambda: client.get("large"))
        formatted = json.loads(client.get("large"))
        plain = json.loads(client.get("large", "UNFORMATTED_VALUE"))
        turns = count()
        works: dict[str, Callable[[], object]] = {
            "dumps": lambda: json.dumps(formatted),
            "dumps plain": lambda: json.dumps(plain),
            "tiny get": lambda: client.get("tiny"),
            "tiny update": lambda: client.update("tiny", f"Column 1, {next(turns)}"),
            "tiny batch": lambda: client.batch("tiny", f"Column 1, {next(turns)}"),
            "get": lambda: client.get("large"),
            "get plain": lambda: client.get("large", "UNFORMATTED_VALUE"),
            "update": lambda: client.update("large", f"Column 1, {next(turns)}"),
            "get after": lambda: client.get("large"),
            "batch": lambda: client.batch("large", f"Column 1, {next(turns)}"),
            "key": lambda: client.update("large", f"NL-{next(turns)}", "A2"),
            "get after key": lambda: client.get("large"),
        }
        cost = medians(works)
        rows, columns = LARGE
        size = f"{rows:,} x {columns}"
        yield Line("fixed cost", "values.get, values.update, batchUpdate of one cell in a workbook of two",
                   " / ".join(_ms(cost[f"tiny {kind}"]) for kind in ("get", "update", "batch")))  # fmt: skip
        yield Line(f"{size}", "json.dumps of the answer, formatted / unformatted",
                   f"{_ms(cost['dumps'])} / {_ms(cost['dumps plain'])}")  # fmt: skip
        yield _beyond(f"{size}, values.get", cost["get"], cost["tiny get"], cost["dumps"])
        yield _beyond(f"{size}, values.get unformatted", cost["get plain"], cost["tiny get"], cost["dumps plain"])
        yield _beyond(f"{size}, values.get right after an edit", cost["get after"], cost["tiny get"], cost["dumps"])
        yield _beyond(f"{size}, values.update of one cell", cost["update"], cost["tiny update"], cost["dumps"])
        yield _beyond(f"{size}, batchUpdate of one cell", cost["batch"], cost["tiny batch"], cost["dumps"])
        yield Line(f"{size}, values.get right after an edit of a key", "every row is looked up again",
                   _ms(cost["get after key"]))  # fmt: skip
        yield Line(f"{size}, the first values.get", "calculated and shown for the first time", _ms(first))
        for clients in (1, CLIENTS):
            rate = throughput(server, clients)
            yield Line(f"{size}, clients at once: {clients}", "values.get and values.update", f"{rate:,.0f} requests/s")


def _ms(seconds: float) -> str:
    return f"{seconds * 1_000:.2f} ms"


def _beyond(what: str, cost: float, fixed: float, dumps: float) -> Line:
    figure = (cost - fixed) / dumps
    how = f"({_ms(cost)} less the fixed cost) / json.dumps"
    return Line(what, how, f"{figure:.2f}", f"{LIMIT}", figure <= LIMIT)


def throughput(server: Server, many: int) -> float:
    """Requests answered in a second to so many clients at once."""
    done = [0] * many
    clients = [Client(server) for _ in done]
    end = time.perf_counter() + SECONDS

    def work(number: int) -> None:
        while time.perf_counter() < end:
            clients[number].get("large")
            clients[number].update("large", f"Column 1, {number}, {done[number]}")
            done[number] += 2

    threads = [threading.Thread(target=work, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - end + SECONDS)


def memory() -> Iterator[Line]:
    """The most a server needs that has loaded many workbooks, and then has shown each of them."""
    with serving("memory") as server:
        rows, columns = SMALL
        what = f"{MANY} workbooks of {rows:,} x {columns}"
        yield _held(f"{what}, loaded", server)
        client = Client(server)
        for number in range(MANY):
            client.get(f"book-{number}")
        yield _held(f"{what}, all read", server)


def _held(what: str, server: Server) -> Line:
    peak = server.peak
    return Line(what, "most memory at once", f"{peak:,.0f} MiB", f"{MEMORY_LIMIT:,} MiB", peak <= MEMORY_LIMIT)


def main() -> None:
    sys.stdout.write("| what | how measured | figure | limit | verdict |\n|---|---|--:|--:|---|\n")
    kept = True
    for measured in (times, memory):
        for line in measured():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            kept = kept and line.holds
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        write(Path(sys.argv[2]), sys.argv[1])
    else:
        main()
