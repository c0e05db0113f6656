"""Foreseen is what then happens: a word is foreseen, typed into its owner's sheet, and a real cycle run over HTTP."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st

from sheetsync.core.model import Problem
from sheetsync.engine.building import receipts
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.impact import Present, foresee, present
from sheetsync.engine.world import Run
from sheetsync.errors import UsageError
from sheetsync.faces.impact import why_not
from sheetsync.sandbox.model import Workbook
from tests.bench.scenarios import SCENARIOS
from tests.core.foreseen import Old, assert_foreseen, assert_rebuilt
from tests.engine.people import Hand
from tests.season import SEASON, THREE_TEAMS, Season, Told, season

STORIES = (THREE_TEAMS, SEASON, *SCENARIOS)
EXAMPLES = 8


@dataclass
class Quiet:
    """A story after which nothing is left to do, to come back to as often as one likes."""

    told: Season
    books: Mapping[str, Workbook]
    run: Run
    places: Iterator[int]

    @classmethod
    def of(cls, told: Season) -> "Quiet":
        for _ in range(2):
            run = reconciled(told)
        return cls(told, dict(told.sandbox.state.workbooks), run, count())

    def again(self) -> Season:
        """The story as it was then, in a folder of its own: of files in use none may be replaced."""
        place = self.told.place.parent / f"again{next(self.places)}"
        shutil.copytree(self.told.place, place)
        with self.told.sandbox.state.lock:
            self.told.sandbox.state.workbooks.clear()
            self.told.sandbox.state.workbooks.update(self.books)
        return Season(place, self.told.sandbox)


def reconciled(loaded: Season) -> Run:
    run = reconcile(loaded.world(), loaded.config.rules, loaded.request(accept=loaded.yes_to()))
    assert run.exit_code == 0, run.troubles
    return run


def old(loaded: Season) -> Old:
    """What every receipt calls old after the last run."""
    world = loaded.world()
    known = receipts(world.ledger, world.ledger.memory(), loaded.config.rules, world.clock.now())
    return {one.about: one.old for one in known.all()}


def looked_at(loaded: Season) -> Present:
    return present(loaded.world(dry_run=True), loaded.config.rules)


@pytest.fixture(scope="module", params=STORIES, ids=lambda told: told.story.name)
def quiet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quiet]:
    told: Told = request.param
    with season(tmp_path_factory.mktemp("impact") / "place", told) as loaded:
        yield Quiet.of(loaded)


# ---------------------------------------------------------------- choosing a change


def settable(now: Present) -> list[tuple[str, str]]:
    """(record, field) of every owner's cell that may be set and says something, or nothing."""
    found = []
    for item in now.matched.identified:
        for name in item.record.claims:
            own = now.rules.owners.get(name) == item.record.source
            if own and now.truths.about(item.key, name)[0] == item.key and not why_not(name, now.rules):
                found.append((item.key, name))
    return sorted(found)


def words(now: Present, name: str) -> list[str]:
    """What people might type there: what stands in the column elsewhere, in its owner's spelling; and other days."""
    owner, kind = now.rules.owners[name], now.rules.fields[name].type
    claims = [it.record.claims.get(name) for it in now.matched.identified if it.record.source == owner]
    said = [(it.raw, it.parsed) for it in claims if it is not None and not isinstance(it.parsed, Problem)]
    days = [value + timedelta(days=by) for _, value in said if isinstance(value, date) for by in (-9, -1, 1, 6, 40)]
    texts = [text for raw, value in said if value is not None for text in (raw, kind.format(value))]
    texts += [kind.format(day) for day in days]
    if kind.kind == "text":
        texts.append("Something nobody wrote before")
    return sorted({text for text in texts if text.strip()})


def type_in(loaded: Season, now: Present, record: str, name: str, text: str) -> None:
    """The owner's hand in the owner's cell."""
    owner = now.rules.owners[name]
    item = now.matched.of[owner, now.truths.about(record, name)[0]]
    place = item.record.claims[name].place
    assert place.row is not None
    assert place.column is not None
    if place.tab_id is not None:
        Hand(loaded.sandbox, place.spreadsheet, place.tab_id).text(place.row, place.column, text)
        return
    table = now.readings.tables[place.spreadsheet]
    line = dict(zip([cell.shown for cell in table.rows[0]], table.rows[place.row], strict=True))
    with closing(sqlite3.connect(loaded.place / "records.db")) as records, records:
        put = f'UPDATE "{place.spreadsheet}" SET "{place.column_name}" = ? WHERE campaign_id = ?'  # noqa: S608
        assert records.execute(put, [text, line["campaign_id"].value]).rowcount == 1


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    # A cycle takes a second or two: a failing case is told as it was found.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_what_is_foreseen_is_what_the_next_cycle_does(quiet: Quiet, data: st.DataObject) -> None:
    loaded = quiet.again()
    now = looked_at(loaded)
    record, name = data.draw(st.sampled_from(settable(now)))
    text = data.draw(st.sampled_from(words(now, name) or ["x"]))
    try:
        foreseen = foresee(now, record, {name: text})
    except UsageError:
        assume(False)
    assert foresee(now, record, {name: text}) == foreseen
    before = old(loaded)
    type_in(loaded, now, record, name, text)
    run = reconciled(loaded)
    event("something follows" if not foreseen.is_nothing else "nothing follows")
    assert_foreseen(quiet.run.decided, run.decided, foreseen)
    assert_rebuilt(before, old(loaded), foreseen)
    if foreseen.builds:
        event("something is built again")
    events = [one for one in loaded.world().ledger.handoff_events() if one.run == run.id]
    steps = [(it.handoff, it.record, it.old, it.new) for it in foreseen.steps]
    assert steps == [(it.handoff, it.record, it.old, it.new) for it in events]


def test_looking_changes_nothing_and_sends_no_write(quiet: Quiet) -> None:
    loaded = quiet.again()
    # Not SQLite's index beside its log: to read is to note there that one reads.
    files = {path: path.read_bytes() for path in loaded.place.glob("*.db*") if not path.name.endswith("-shm")}
    assert files
    books = dict(loaded.sandbox.state.workbooks)
    world = loaded.world(dry_run=True)
    now = present(world, loaded.config.rules)
    record, name = settable(now)[0]
    foresee(now, record, {name: words(now, name)[0]})
    assert world.sheets.count.writes == 0
    assert all(loaded.sandbox.state.workbooks[book] is was for book, was in books.items())
    assert {path: path.read_bytes() for path in files} == files
