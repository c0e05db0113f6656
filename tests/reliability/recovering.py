"""A small town in which runs go wrong, and what must hold once it has recovered: as if nothing had gone wrong."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sheetsync import wiring
from sheetsync.adapters.google_requests import COLUMN_KEY, GENERATION_KEY, INSTALLATION_KEY, WARNING
from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.adapters.retrying import RetryingSheets
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.adapters.sql_records import SqlRecords
from sheetsync.config import Config
from sheetsync.core.guards import Guard
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.plan import _FENCES_KEPT
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.world import Request, Run, World
from sheetsync.ports import Clock, Memory
from sheetsync.sandbox import Running
from sheetsync.sandbox.batch.table import apply_batch
from sheetsync.sandbox.codec import export_book
from sheetsync.sandbox.decode import decode
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.server import RequestRecord
from tests.engine.people import BRIEFS, LANDING, UTM, Hand
from tests.engine.test_writing import without_ours
from tests.reliability.faults import MISHAPS, Killed, Mishap, Scythe, Wire, copy_ledger, wire
from tests.season import STORY, Season, season

BOOKS = (BRIEFS, LANDING, UTM)
Json = Mapping[str, Any]

# ---------------------------------------------------------------- the town


class Steps:
    """A clock that makes a step each time somebody looks at it, and over which waiting is free."""

    def __init__(self, hour: int) -> None:
        self._now = datetime(2026, 11, 5, hour, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=10)
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Moment:
    """Workbooks and ledger to come back to."""

    books: Mapping[str, Workbook]
    ledger: Path
    #: of the day
    hour: int


@dataclass
class Town:
    """One sandbox for all schedules, the way to it, which can be spoilt, and two moments to begin at."""

    season: Season
    config: Config
    wire: Wire
    #: all go this way, also when nothing is spoilt: our links carry its address
    sheets: GoogleSheets
    moments: dict[str, Moment] = field(default_factory=dict)

    @property
    def sandbox(self) -> Running:
        return self.season.sandbox

    def at(self, moment: str, place: Path) -> "Scene":
        """The town as it was at a moment, with a ledger of its own in `place`."""
        then = self.moments[moment]
        self.sandbox.between = None
        self.wire.calm()
        self.wire.held.clear()
        self.wire.late.clear()
        self.wire.happened.clear()
        with self.sandbox.state.lock:
            self.sandbox.state.workbooks.clear()
            self.sandbox.state.workbooks.update(then.books)
        ledger = copy_ledger(then.ledger, place)
        scene = Scene(self, ledger, Steps(then.hour))
        self.sandbox.between = scene.look
        return scene


@contextmanager
def town(place: Path) -> Iterator[Town]:
    """Three workbooks of the season with three campaigns each: columns, a sidecar, columns; untouched and settled."""
    with season(place / "season") as loaded, wire(loaded.sandbox.base) as between:
        few = place / "records.csv"
        few.write_text("".join(STORY.joinpath("records.csv").read_text().splitlines(keepends=True)[:4]))
        wiring.load_records(loaded.config, "campaigns", few)
        # Short grids too: the sandbox computes each of our formulas over all rows after every act and write.
        for book, tab, first, count in ((BRIEFS, 0, 9, 10), (LANDING, 1204, 6, 10), (UTM, 77, 4, 12)):
            hand = Hand(loaded.sandbox, book, tab)
            hand.delete("ROWS", first, count)
            hand.resize(24, hand.tab["columns"])
        config = loaded.config
        key = config.google.credentials
        assert key is not None
        made = Town(loaded, config, between, GoogleSheets(key, between.google.base, 30.0))
        state = loaded.sandbox.state
        made.moments["untouched"] = Moment(dict(state.workbooks), place / "untouched" / "ledger.db", hour=9)
        scene = made.at("untouched", place / "settled")
        scene.settle()
        made.moments["settled"] = Moment(dict(state.workbooks), scene.ledger, hour=10)
        yield made


# ---------------------------------------------------------------- one schedule


@dataclass
class Scene:
    """One schedule in the town: runs, acts, and what was seen of every request on the way."""

    town: Town
    ledger: Path
    clock: Clock
    #: what must never happen and did
    wrongs: list[str] = field(default_factory=list)
    _before: dict[str, Workbook] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._before = dict(self.town.sandbox.state.workbooks)

    def act(self, *acts: "Act") -> None:
        """People at work."""
        for act in acts:
            act(self.town.sandbox)
        self._before = dict(self.town.sandbox.state.workbooks)

    def look(self, record: RequestRecord) -> None:
        """After each request: people's cells are as they were, and each write of ours has the next generation."""
        book = next((book for book in BOOKS if book in record.path), None)
        if book is None:
            return
        before, after = self._before[book], self.town.sandbox.state.workbooks[book]
        self._before[book] = after
        if after is before:
            return
        told, was = export_book(after), export_book(before)
        if without_ours(told) != implied(before, told):
            self.wrongs.append(f"a cell of theirs was changed in {book}")
        if not generation(told) > generation(was):
            self.wrongs.append(f"the generation of {book} went from {generation(was)} to {generation(told)}")
        if not self._is_announced(book, generation(told)):
            self.wrongs.append(f"generation {generation(told)} of {book} was written before the journal knew of it")

    def _is_announced(self, book: str, number: int) -> bool:
        wanted = "SELECT 1 FROM journal WHERE spreadsheet = ? AND generation = ?"
        with closing(sqlite3.connect(self.ledger)) as database:
            return bool(list(database.execute(wanted, (book, number))))

    @contextmanager
    def world(self) -> Iterator[World]:
        """A world of fresh objects on the ledger's file."""
        ledger, leases = SqlLedger(self.ledger), SqlLeases(self.ledger, self.clock)
        records = SqlRecords(self.town.config.records_url)
        try:
            yield World(RetryingSheets(self.town.sheets, self.clock, 600.0), records, ledger, leases, self.clock)
        finally:
            ledger.close()
            leases.close()

    def run(self, scythe: Scythe | None = None) -> Run:
        """One cycle. Raises `Killed` where the scythe says so."""
        with self.world() as world:
            if scythe is None:
                return reconcile(world, self.town.config.rules, self._asked)
            with scythe.over(world) as deadly:
                return reconcile(deadly, self.town.config.rules, self._asked)

    @property
    def _asked(self) -> Request:
        """With a yes to every guard: what they stop would prove nothing about recovery."""
        return Request(accept=frozenset((guard, name) for guard in Guard for name in self.town.config.rules.sources))

    def settle(self) -> None:
        """Undisturbed cycles until one sends no write: after at most two."""
        for number in range(3):
            sent = len(self.town.sandbox.requests)
            run = self.run()
            wrote = [record for record in self.town.sandbox.requests[sent:] if record.method == "POST"]
            wrote = [record for record in wrote if record.path != "/token"]
            if run.exit_code:
                self.wrongs.append(f"cycle {number + 1} after it ended with {run.exit_code}: {run.troubles}")
            if not wrote:
                return
        self.wrongs.append("the third cycle after it still wrote")


def memory_of(ledger: Path) -> Memory:
    """What a ledger's file remembers."""
    opened = SqlLedger(ledger)
    memory = opened.memory()
    opened.close()
    return memory


def newest_batch(export: Json) -> tuple[int, str]:
    """The highest generation a workbook carries, and the run that sent it."""
    fences = [one["value"].split() for one in export["metadata"] if one["key"] == GENERATION_KEY]
    return max(((int(number), run) for number, run in fences), default=(0, ""))


def generation(export: Json) -> int:
    """The highest generation a workbook carries."""
    return newest_batch(export)[0]


def implied(before: Workbook, after: Json) -> Json:
    """The workbook as it was, with empty columns where ours are new, as if a person had inserted them."""
    known = {(one["sheet_id"], one["id"]) for one in export_book(before)["metadata"]}
    requests: list[Json] = []
    for tab in before.tabs:
        pins = [one for one in after["metadata"] if one["sheet_id"] == tab.sheet_id]
        new = sorted(one["index"] for one in pins if (one["sheet_id"], one["id"]) not in known)
        if new:
            assert new == list(range(new[0], new[0] + len(new))), "side by side"
            columns = {"sheetId": tab.sheet_id, "dimension": "COLUMNS", "startIndex": new[0], "endIndex": new[-1] + 1}
            plain = {"sheetId": tab.sheet_id, "startColumnIndex": new[0], "endColumnIndex": new[-1] + 1}
            requests.append({"insertDimension": {"range": columns, "inheritFromBefore": True}})
            requests.append({"updateCells": {"range": plain, "fields": "userEnteredFormat,dataValidation"}})
    if not requests:
        return without_ours(export_book(before))
    decoded = decode({"requests": requests}, "BatchUpdateSpreadsheetRequest")["requests"]
    edited, _ = apply_batch(before, decoded, before.owner, None)  # type: ignore[arg-type]
    return without_ours(export_book(edited))


# ---------------------------------------------------------------- what people do


Act = Callable[[Running], None]


@dataclass(frozen=True)
class Spot:
    """Where a text stands now, and a hand in that tab."""

    hand: Hand
    row: int
    column: int


def _at(book: str, tab: int, text: str, do: Callable[[Spot], None]) -> Act:
    """Something done beside this text, wherever it stands by then."""

    def act(sandbox: Running) -> None:
        hand = Hand(sandbox, book, tab)
        do(Spot(hand, *hand.find(text)))

    return act


def _brief(text: str, do: Callable[[Spot], None]) -> Act:
    return _at(BRIEFS, 0, text, do)


def _link(text: str, do: Callable[[Spot], None]) -> Act:
    return _at(UTM, 77, text, do)


def _page(text: str, do: Callable[[Spot], None]) -> Act:
    return _at(LANDING, 1204, text, do)


def _ours(book: str, do: Callable[[Hand], None]) -> Act:
    return lambda sandbox: do(Hand(sandbox, book, OUR_TAB_ID))


CHANGED: tuple[Act, ...] = (
    _brief("NL-1002", lambda at: at.hand.type(at.row, at.column + 4, "$30 off $100+")),
    _brief("NL-1002", lambda at: at.hand.type(at.row, at.column + 3, "2026-11-23")),
    _page("nl-1002", lambda at: at.hand.text(at.row, at.column + 3, "https://www.northlight.example/moved")),
    _link("Carousel A", lambda at: at.hand.type(at.row, at.column + 4, "Tue 24 Nov")),
)
OVERTYPED: tuple[Act, ...] = (
    _brief("ss:status", lambda at: at.hand.type(at.row + 5, at.column, "checked by me")),
    _brief("ss:issues", lambda at: at.hand.type(at.row + 3, at.column, "=1+1")),
    _link("ss:tracking_url", lambda at: at.hand.type(at.row + 2, at.column, "https://mine.example")),
)
IN_OUR_TAB: tuple[Act, ...] = (
    _ours(BRIEFS, lambda ours: ours.type(2, 3, "fine by me")),
    _ours(LANDING, lambda ours: ours.type(1, 4, "=1/0")),
    _ours(UTM, lambda ours: ours.delete("ROWS", 2)),
)
TAKEN_AWAY: tuple[Act, ...] = (
    _brief("ss:status", lambda at: at.hand.delete("COLUMNS", at.column)),
    _ours(LANDING, lambda ours: ours.delete_tab()),
    _link("ss:tracking_url", lambda at: at.hand.delete("COLUMNS", at.column)),
    _ours(UTM, lambda ours: ours.delete_tab()),
)
MOVED: tuple[Act, ...] = (
    _link("Channel", lambda at: at.hand.insert("ROWS", at.row + 1)),
    _link("Channel", lambda at: at.hand.insert("COLUMNS", at.column)),
    _brief("Ref", lambda at: at.hand.insert("ROWS", at.row)),
    _brief("NL-1003", lambda at: at.hand.type(at.row, at.column, "NL-1033")),
)

#: what people did right before the run that goes wrong, by name: the moment it began at, and their acts
BEFORE: Mapping[str, tuple[str, tuple[Act, ...]]] = {
    "the first run": ("untouched", ()),
    "the first run, after changes": ("untouched", CHANGED),
    "nothing new": ("settled", ()),
    "values changed": ("settled", CHANGED),
    "our columns typed over": ("settled", OVERTYPED),
    "our tab typed into": ("settled", IN_OUR_TAB),
    "what is ours taken away": ("settled", TAKEN_AWAY),
    "rows and columns moved, a key typed": ("settled", MOVED),
    "everything at once": ("settled", (*IN_OUR_TAB, *OVERTYPED, *CHANGED, *MOVED)),
}
#: what they do between the run that went wrong and the next one
MEANWHILE: Mapping[str, tuple[Act, ...]] = {
    "nothing": (),
    "sort": (_link("Channel", lambda at: at.hand.sort(at.row + 1, at.column + 1)),),
    "insert": (
        _brief("Ref", lambda at: at.hand.insert("ROWS", at.row + 1, 2)),
        _page("NL-1003", lambda at: at.hand.insert("ROWS", at.row)),
        _link("Channel", lambda at: at.hand.insert("ROWS", at.row + 1, 2)),
        _link("Channel", lambda at: at.hand.insert("COLUMNS", at.column)),
    ),
    "type a key": (
        _page("NL-1003", lambda at: at.hand.type(at.row, at.column, "NL-1043")),
        _link("Hero banner", lambda at: at.hand.type(at.row, at.column - 4, "NL-1003")),
    ),
    "type": (
        _brief("NL-1001", lambda at: at.hand.type(at.row, at.column + 6, "$9,000")),
        _page("NL-1003", lambda at: at.hand.type(at.row, at.column + 9, "bis Montag")),
    ),
}


# ---------------------------------------------------------------- what must be so in the end


@dataclass(frozen=True)
class Outcome:
    """What a schedule leaves, times and run ids aside."""

    books: Mapping[str, Any]
    #: what people see, wherever our columns stand: their cells, and each column of ours by its name
    shown: Mapping[str, Any]
    baselines: Mapping[Any, Any]
    observations: Mapping[Any, Any]
    published: Mapping[Any, Any]
    proposed: Mapping[str, str]
    highest_number: int
    flags: Mapping[str, Any]
    #: what stands in our tab of each workbook, by our hand, and what of the rest was told
    standing: Mapping[str, Any]
    accepted: Mapping[str, Any]
    held: Mapping[Any, str]
    history: Counter[tuple[str, ...]]


def outcome(scene: Scene) -> Outcome:
    """What stands in the sheets and in the ledger."""
    ledger = SqlLedger(scene.ledger)
    memory = ledger.memory()
    events: Counter[tuple[str, ...]] = Counter(
        (e.source, "" if e.field.startswith("ss:") else e.record, e.field, f"{e.old}", f"{e.new}", e.raw)
        for e in ledger.history()
    )
    told = Outcome(
        {part: it for book in BOOKS for part, it in _parts(scene.town.sandbox.export(book)).items()},
        {tab: it for book in BOOKS for tab, it in _shown(scene.town.sandbox, book).items()},
        memory.baselines,
        {key: (it.value, it.raw, it.place) for key, it in memory.observations.items()},
        {key: it.value for key, it in memory.published.items()},
        memory.proposed_ids,
        memory.highest_number,
        {flag.id: (flag.kind, _undated(flag.document)) for flag in ledger.open_flags()},
        {it.spreadsheet: (it.rows, it.told) for it in memory.standing.values()},
        {name: (it.headers, it.visibility, it.written_at, set(it.lost)) for name, it in memory.accepted.items()},
        {(it.held.source, it.held.guard): it.held.what for it in memory.held},
        events,
    )
    ledger.close()
    return told


def _undated(document: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in document.items() if name != "since"}


def _parts(export: Json) -> Mapping[str, Any]:
    """A workbook in parts, without fences and what counts its versions; marks and protections' ids are chance."""
    rest = {name: it for name, it in export.items() if name not in ("version", "modified", "modified_by", "tabs")}
    rest["metadata"] = sorted((one for one in export["metadata"] if one["key"] == COLUMN_KEY), key=str)
    parts = {f"{export['title']}, {name}": it for name, it in rest.items()}
    for tab in export["tabs"]:
        for name, it in tab.items():
            plain = [{**one, "id": 0} for one in it] if name == "protections" else it
            parts[f"{export['title']}, tab {tab['title']}, {name}"] = plain
    return parts


def _shown(sandbox: Running, book: str) -> Mapping[str, Any]:
    export, told = sandbox.export(book), {}
    for tab in export["tabs"]:
        pins = [one for one in export["metadata"] if (one["key"], one["sheet_id"]) == (COLUMN_KEY, tab["sheet_id"])]
        ours = {one["index"]: one["value"] for one in pins}
        columns = list(zip_longest(*sandbox.grid(book, tab["title"]), fillvalue=""))
        theirs = [column for at, column in enumerate(columns) if at not in ours]
        told[f"{export['title']}, tab {tab['title']}"] = theirs, {name: columns[at] for at, name in ours.items()}
    return told


def leftovers(scene: Scene) -> list[str]:
    """What may not be left in any workbook or in the ledger, whatever happened."""
    found = []
    memory = memory_of(scene.ledger)
    mark, known = memory.installation, sorted(memory.standing)
    newest = sorted((book, *newest_batch(scene.town.sandbox.export(book))) for book in BOOKS)
    if known != newest:
        found.append(f"the ledger knows what stands in {known}, but the newest batches are {newest}")
    for book in BOOKS:
        export = scene.town.sandbox.export(book)
        marks = [one["value"] for one in export["metadata"] if one["key"] == INSTALLATION_KEY]
        fences = [one["value"] for one in export["metadata"] if one["key"] == GENERATION_KEY]
        others = {one["key"] for one in export["metadata"]} - {INSTALLATION_KEY, GENERATION_KEY, COLUMN_KEY}
        pins = Counter((one["sheet_id"], one["index"]) for one in export["metadata"] if one["key"] == COLUMN_KEY)
        warnings = Counter(
            (tab["sheet_id"], one["box"]["left"])
            for tab in export["tabs"]
            for one in tab["protections"]
            if one["description"] == WARNING and tab["sheet_id"] != OUR_TAB_ID
        )
        heads = Counter(
            (tab["sheet_id"], text)
            for tab in export["tabs"]
            for cells in scene.town.sandbox.grid(book, tab["title"])
            for text in cells
            if text.startswith("ss:")
        )
        if others or len(fences) > _FENCES_KEPT or marks != [mark]:
            found.append(f"metadata left in {book}: {others}, fences {fences}, marks {marks} instead of {mark}")
        if warnings != pins:
            found.append(f"warnings in {book} at {warnings}, columns at {pins}")
        if max(pins.values(), default=1) > 1 or max(heads.values(), default=1) > 1 or len(pins) != len(heads):
            found.append(f"columns of ours in {book}: {heads}, pins {pins}")
        ours = [tab["title"] for tab in export["tabs"] if tab["title"].startswith("sheetsync")]
        if ours != ["sheetsync"]:
            found.append(f"tabs of ours in {book}: {ours}")
    return [*found, *_ledger_troubles(scene.ledger)]


_COURSES = (
    ["intended", "written", "verified", "committed"],
    # Settled by the run that found it: what had been noted, and then the last word.
    ["intended", "committed"],
    ["intended", "written", "committed"],
    ["intended", "written", "verified", "committed"],
    ["intended", "dropped"],
)


def _ledger_troubles(ledger: Path) -> Iterator[str]:
    """Every batch has come to one end, and the generations of those that stand go up."""
    with closing(sqlite3.connect(ledger)) as database:
        lines = list(database.execute("SELECT run, spreadsheet, generation, state FROM journal ORDER BY seq"))
        if list(database.execute("SELECT * FROM leases")):
            yield "a lease is still held"
    courses: dict[tuple[str, str, int], list[str]] = {}
    for run, book, number, state in lines:
        courses.setdefault((run, book, number), []).append(state)
    for entry, course in courses.items():
        if course not in _COURSES:
            yield f"the journal says {course} of {entry}"
    for book in {book for _, book, _ in courses}:
        numbers = [entry[2] for entry, course in courses.items() if entry[1] == book and course[-1] == "committed"]
        if numbers != sorted(set(numbers)):
            yield f"generations of {book} in the journal: {numbers}"


# ---------------------------------------------------------------- one point: a schedule with a fault


KILLED_AGAIN = "killed again while it recovered"
NOT_KILLED = "not killed"


@dataclass(frozen=True)
class Point:
    """One fault in one schedule."""

    before: str
    meanwhile: str
    #: the mishap, or what the run was doing when it was killed
    kind: str
    #: 0-based: which request of the run meets the mishap, or at which of its points it is killed
    n: int
    #: at which point the run that recovers is killed as well
    again: int | None = None

    def __str__(self) -> str:
        again = "" if self.again is None else f", killed again at {self.again}"
        return f"{self.before} / {self.kind} (n={self.n}{again}) / meanwhile: {self.meanwhile}"


def points(town: Town, place: Path) -> Iterator[Point]:
    """All of them: every point and every request of every run, whatever people did before and do meanwhile."""
    for number, before in enumerate(BEFORE):
        doings, methods = course(town, before, place / f"{number}")
        for meanwhile in MEANWHILE:
            for n, doing in enumerate(doings):
                yield Point(before, meanwhile, f"killed {doing}", n)
            for n, method in enumerate(methods):
                for name, mishap in MISHAPS.items():
                    if mishap.method == method:
                        yield Point(before, meanwhile, name, n)


def course(town: Town, before: str, place: Path) -> tuple[list[str], list[str]]:
    """What an undisturbed run after these acts does to the world, and the methods of its requests, in order."""
    scene = begin(town, before, place)
    scythe = Scythe(scene.ledger, place)
    sent = len(town.wire.google.seen)
    scene.run(scythe)
    return scythe.points, [seen.method for seen in town.wire.google.seen[sent:]]


def begin(town: Town, before: str, place: Path) -> Scene:
    """The town right before the run that goes wrong."""
    moment, acts = BEFORE[before]
    scene = town.at(moment, place)
    scene.act(*acts)
    return scene


@dataclass(frozen=True)
class Played:
    """How a schedule with a fault came out."""

    outcome: Outcome
    troubles: Sequence[str]
    #: kinds of faults that really happened
    reached: Sequence[str]
    #: sources whose reading the run that went wrong has committed
    seen: frozenset[str]
    #: whether a write of that run was applied after people had gone on
    applied_late: bool


def play(town: Town, point: Point, place: Path) -> Played:
    """Acts, the run that goes wrong, acts, recovery."""
    scene = begin(town, point.before, place / "first")
    mishap, before = MISHAPS.get(point.kind), committed_runs(scene.ledger)
    if mishap:
        reached, seen = _spoilt_run(scene, mishap, point.n)
    else:
        reached = [_killed_run(scene, point.n, place / "killed")]
        # A run commits all it has seen, or nothing.
        seen = frozenset(town.config.rules.sources if committed_runs(scene.ledger) > before else ())
    scene.wrongs += _settled_too_early(scene, town.moments[BEFORE[point.before][0]])
    scene.act(*MEANWHILE[point.meanwhile])
    if point.again is not None:
        again = _killed_run(scene, point.again, place / "killed again")
        reached = [*reached, KILLED_AGAIN if again != NOT_KILLED else f"{again} again"]
    on_time = len(town.wire.late)
    if mishap and mishap.next_time:
        _late_arrival(scene, mishap.next_time)
    scene.settle()
    reached = [*reached, *(f"a late write was answered {status}" for status in town.wire.late)]
    return Played(outcome(scene), [*scene.wrongs, *leftovers(scene)], reached, seen, 200 in town.wire.late[on_time:])


def _settled_too_early(scene: Scene, then: Moment) -> Iterator[str]:
    """Sources whose baselines or published values moved although nobody knows yet what stands in their workbook."""
    before, _ = _settled(scene, then.ledger)
    now, open_books = _settled(scene, scene.ledger)
    yield from (
        f"{book} counts as settled before its write is known to stand"
        for book in open_books
        if now[book] != before[book]
    )


def _settled(scene: Scene, ledger: Path) -> tuple[Mapping[str, Any], set[str]]:
    """Baselines and published values by workbook, and the workbooks whose journal is unfinished."""
    settled: dict[str, Any] = {book: ({}, {}) for book in BOOKS}
    if committed_runs(ledger) == 0:
        return settled, set()
    past = SqlLedger(ledger)
    memory, unfinished = past.memory(), {entry.spreadsheet for entry in past.unfinished()}
    past.close()
    for book in BOOKS:
        sources = {source.name for source in scene.town.config.rules.tabs_of(book)}
        told = (memory.baselines, memory.published)
        settled[book] = tuple({key: it for key, it in part.items() if key[0] in sources} for part in told)
    return settled, unfinished


def _killed_run(scene: Scene, at: int, grave: Path) -> str:
    scythe = Scythe(scene.ledger, grave, at)
    try:
        scene.run(scythe)
    except Killed:
        scene.ledger = grave / scene.ledger.name
        return f"killed {scythe.points[-1]}"
    return NOT_KILLED


def _spoilt_run(scene: Scene, mishap: Mishap, n: int) -> tuple[list[str], frozenset[str]]:
    wire = scene.town.wire
    wire.spoil(n, mishap)
    run = scene.run()
    if mishap.by_itself and run.exit_code:
        scene.wrongs.append(f"the run did not get over it by itself, but ended with {run.exit_code}: {run.troubles}")
    wire.calm()
    if not mishap.next_time:
        wire.arrive()
    return list(dict.fromkeys(wire.happened)), frozenset(run.snapshots.fresh)


def _late_arrival(scene: Scene, when: str) -> None:
    """What the run that went wrong believed lost arrives: before the next run, in it or after it."""
    wire = scene.town.wire
    if when != "then":
        wire.arriving = when
        scene.run()
        wire.calm()
    wire.arrive()


def committed_runs(ledger: Path) -> int:
    """How many runs the ledger knows of."""
    if not ledger.exists():
        return 0
    with closing(sqlite3.connect(ledger)) as database:
        if not list(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs'")):
            return 0
        found: int = database.execute("SELECT count(*) FROM runs").fetchone()[0]
        return found


# ---------------------------------------------------------------- against a schedule in which nothing went wrong


def undisturbed(town: Town, before: str, meanwhile: str, place: Path, *, ran: bool) -> Outcome:
    """The outcome of a schedule without its fault: the run that went wrong went well, or never was (`ran`)."""
    scene = begin(town, before, place)
    if ran:
        scene.run()
    scene.act(*MEANWHILE[meanwhile])
    scene.settle()
    troubles = [*scene.wrongs, *leftovers(scene)]
    assert not troubles, troubles
    return outcome(scene)


def differences(
    told: Outcome, ran: Outcome, never: Outcome, seen: Container[str] = (), applied_late: bool = False
) -> Iterator[str]:
    """Where an outcome is neither what it were had the run gone well, nor what it were had it never been.

    `seen` names the sources whose reading that run has committed: their events are those of the first, all others'
    of the second. What was typed over us may be told either way, by whoever saw it first, but not lost or twice.
    Columns that were inserted late, by where people's columns had been, stand where neither of the two has them.
    """
    yield from (f"event doubled: {it}" for it in (told.history - (ran.history | never.history)).elements())
    yield from (f"event missing: {it}" for it in ((ran.history & never.history) - told.history).elements())
    for it in {*told.history, *ran.history, *never.history}:
        should = (ran if it[0] in seen else never).history[it]
        if not it[2].startswith("ss:") and it[2] and told.history[it] != should:
            yield f"event told {told.history[it]} times instead of {should}: {it}"
    memory = ("baselines", "observations", "published", "proposed", "flags", "standing", "accepted", "held")
    for name in (*memory, "shown", *([] if applied_late else ["books"])):
        is_so, one, other = getattr(told, name), getattr(ran, name), getattr(never, name)
        for key in {*is_so, *one, *other}:
            if is_so.get(key) not in (one.get(key), other.get(key)):
                yield f"{name} of {key}: {_briefly(is_so.get(key), one.get(key))}"
    if told.highest_number != ran.highest_number:
        yield f"highest number {told.highest_number} instead of {ran.highest_number}"


def _briefly(one: Any, other: Any) -> str:
    """Only what is different inside."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = [key for key in {*one, *other} if one.get(key) != other.get(key)]
        return "; ".join(f"{key}: {_briefly(one.get(key), other.get(key))}" for key in keys)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return "; ".join(f"[{number}] {_briefly(a, b)}" for number, (a, b) in pairs if a != b)
    return f"{str(one)[:300]} instead of {str(other)[:300]}"
