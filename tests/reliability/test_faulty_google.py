"""Two hundred faults of every kind, by a chance that can be repeated, while people go on working: nothing wrong is ever
written, and in the end all is as if nothing had gone wrong.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.engine.world import Run
from sheetsync.sandbox import RequestRecord, Running
from sheetsync.sandbox.troubles.faults import KINDS
from tests.engine.people import BRIEFS, LANDING, UTM, Hand
from tests.reliability.recovering import CHANGED, Act, Scene, Town, leftovers, outcome, town

FAULTS = 200
#: a reader that is lied to about what stands there cannot know better
LIES = {"no-values", "ragged"}
#: so short that a schedule is quick, so long that a request can be overtaken
LASTING = {"silence": 0.03, "delay": 0.02, "overtaken": 0.05, "late": 0.1, "dribble": 0.0002}

Shown = Mapping[tuple[str, str], tuple[str, ...]]


def _offer(text: str) -> Act:
    def act(sandbox: Running) -> None:
        hand = Hand(sandbox, BRIEFS, 0)
        row, column = hand.find("NL-1002")
        hand.type(row, column + 4, text)

    return act


def _sorted(column: int) -> Act:
    return lambda sandbox: Hand(sandbox, UTM, 77).sort(1, column, 12)


#: one at a time, so that whatever has been read of it or not, each row shows what it showed before it or after it
ACTS: tuple[Act, ...] = (
    CHANGED[0],
    _sorted(4),
    CHANGED[1],
    CHANGED[2],
    _offer("$35 off $100+"),
    CHANGED[3],
    lambda sandbox: Hand(sandbox, UTM, 77).insert("ROWS", 2),
    _sorted(3),
    _offer("$40 off $100+"),
    lambda sandbox: Hand(sandbox, LANDING, 1204).insert("ROWS", 4),
    _offer("$25 off $100+"),
    _sorted(0),
)


def shown(scene: Scene) -> Shown:
    """What stands beside each row that has a key, and in each line of our tabs, but for links, which carry rows."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for book, title, key in (
        (BRIEFS, "Q4 briefs", ("Ref",)),
        (UTM, "Builder", ("Campaign ID", "Channel", "Placement")),
    ):
        grid = scene.town.sandbox.grid(book, title)
        head = next(row for row in grid if key[0] in row)
        ours = [column for column, text in enumerate(head) if text.startswith("ss:")]
        for row in grid[grid.index(head) + 1 :]:
            name = "␟".join(row[head.index(each)] for each in key)
            if row[head.index(key[0])] and ours:
                found[title, name] = tuple(row[column] for column in ours)
    for book in (BRIEFS, LANDING, UTM):
        if scene.town.sandbox.state.workbooks[book].titled("sheetsync") is not None:
            for line in scene.town.sandbox.grid(book, "sheetsync")[1:]:
                if line[0]:
                    found[book, line[0]] = tuple(line[3:])
    return found


@dataclass
class Watch:
    """Looks at the town after each request: what is shown was shown before the last act, or is to be after it."""

    scene: Scene
    allowed: tuple[Shown, ...] = ()
    looks: int = 0
    wrongs: list[str] = field(default_factory=list)

    def look(self, record: RequestRecord) -> None:
        self.scene.look(record)
        self.looks += 1
        if record.method == "GET":
            return
        for key, texts in shown(self.scene).items():
            if any(texts) and texts not in [one.get(key) for one in self.allowed]:
                self.wrongs.append(f"{key} shows {texts}, which it never should; {record}")


def undisturbed(scene: Scene) -> Iterator[Shown]:
    """What is shown once each act has come through, where nothing goes wrong."""
    yield shown(scene)
    scene.settle()
    yield shown(scene)
    for act in ACTS:
        scene.act(act)
        scene.settle()
        yield shown(scene)
    assert [*scene.wrongs, *leftovers(scene)] == []


def schedule(made: Town) -> None:
    """Every kind at every moment it can happen, about half of all requests."""
    faults = made.sandbox.faults
    moments = [(kind, when) for kind in KINDS.values() for when in kind.moments]
    told = [(kind, when) for kind, when in moments if not kind.of_tokens and kind.name not in LIES]
    for seed, (kind, when) in enumerate(told):
        lasting = {"seconds": LASTING[kind.name]} if kind.name in LASTING else {}
        for method, chance in (("POST", 0.7), ("GET", 0.5)):
            if method == "POST" or kind.name != "dribble":  # a whole workbook byte by byte
                probability = chance / len(told)
                faults.add(kind.name, when=when, method=method, probability=probability, seed=seed, **lasting)
    for seed, (kind, when) in enumerate(moments):
        # google-auth really waits after anything else that goes wrong there, longer than a test can.
        if kind.of_tokens:
            faults.add(kind.name, when=when, endpoint="token", probability=0.02, seed=seed)


def hits(made: Town) -> int:
    """How many requests were hit so far."""
    return sum(it["hit"] for it in made.sandbox.faults.scheduled())


@pytest.fixture
def direct(tmp_path: Path) -> Iterator[Town]:
    """The town without its proxy: the sandbox itself makes the trouble."""
    with town(tmp_path / "town") as made:
        anew(made)
        yield made


def anew(made: Town) -> None:
    """As a new process: with no token yet."""
    key = made.config.google.credentials
    assert key is not None
    made.sheets = GoogleSheets(key, made.sandbox.base, 5.0)


def test_two_hundred_faults_of_every_kind_change_nothing_in_the_end(direct: Town, tmp_path: Path) -> None:
    scene = direct.at("untouched", tmp_path / "undisturbed")
    stages, undisputed = list(undisturbed(scene)), outcome(scene)
    scene = direct.at("untouched", tmp_path / "faulty")
    watch = Watch(scene)
    direct.sandbox.between = watch.look
    direct.sandbox.requests.clear()
    schedule(direct)
    runs: list[Run] = []
    for number, act in enumerate((None, *ACTS)):
        watch.allowed = (stages[number], stages[number + 1])
        if act is not None:
            scene.act(act)
        wanted = FAULTS * (number + 1) / (len(ACTS) + 1)
        while hits(direct) < wanted or shown(scene) != stages[number + 1]:
            assert len(runs) < 40 * (number + 1), "it never comes through"
            anew(direct)
            runs.append(scene.run())
            assert [*scene.wrongs, *watch.wrongs] == []
    happened = Counter(record.fault for record in direct.sandbox.requests if record.fault)
    assert happened.total() >= FAULTS
    assert len(happened) > 40, "chance has left out too much"
    assert sum(run.exit_code != 0 for run in runs) > 10, "nothing was hard enough"
    direct.sandbox.faults.clear()
    scene.settle()
    told = outcome(scene)
    assert (told.shown, told.flags, told.baselines) == (undisputed.shown, undisputed.flags, undisputed.baselines)
    assert [*scene.wrongs, *watch.wrongs, *leftovers(scene)] == []
