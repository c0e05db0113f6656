"""Laws of versions and receipts: replayed from the history, growing only, and the same whenever one looks."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.evidence import AboutHandoff
from sheetsync.core.receipts import Counting, Receipts
from sheetsync.core.record_fields import RecordField
from sheetsync.core.timelines import Timelines, launch_at
from tests.core.builders import RULES

EDGE, ID = "briefs->landing", "NL-1001"
NAMES = ("offer", "promo_code", "flight_end", "notes")
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
RULES_EDGE = next(one for one in RULES.handoffs if one.id == EDGE)


@dataclass(frozen=True)
class Seen:
    run: str
    at: datetime
    source: str
    record: str
    field: str
    old: str | None
    new: str | None

    @property
    def about(self) -> RecordField:
        return self.source, self.record, self.field


@dataclass(frozen=True)
class Became:
    at: datetime
    old: str | None
    new: str | None
    about: AboutHandoff = (EDGE, ID)


@dataclass(frozen=True)
class Says:
    value: str | None


Row = Mapping[str, str | None]
rows = st.fixed_dictionaries({name: st.sampled_from([None, "a", "b"]) for name in NAMES})
#: what the brief says in each run, from before anybody looked; and how far the handoff is then
lives = st.lists(st.tuples(rows, st.sampled_from(["not_ready", "ready", "consumed", "done"])), min_size=1, max_size=8)


def at(run: int) -> datetime:
    return NOON + timedelta(hours=run)


def receipts(life: list[tuple[Row, str]]) -> Receipts:
    """As the ledger knows it after these runs; the first run has no news yet."""
    changes = [
        Seen(f"r{run}", at(run), "briefs", ID, name, was[name], now[name])
        for run, ((was, _), (now, _)) in enumerate(itertools.pairwise(life), start=1)
        for name in NAMES
        if was[name] != now[name]
    ]
    states = [None, *(state for _, state in life)]
    became = [Became(at(run), old, new) for run, (old, new) in enumerate(itertools.pairwise(states)) if old != new]
    now = {("briefs", ID, name): Says(text) for name, text in life[-1][0].items()}
    return Receipts(RULES, Timelines(changes, now), became)


@settings(max_examples=300, deadline=None)
@given(lives)
def test_a_version_is_how_often_what_crosses_was_another_and_never_falls(life: list[tuple[Row, str]]) -> None:
    known = receipts(life)
    crossing = [{name: row[name] for name in NAMES if name != "notes"} for row, _ in life]
    versions, wanted = [], 0
    for run, row in enumerate(crossing):
        is_other = row != crossing[run - 1] if run else any(row.values())
        wanted += is_other
        versions.append(known.version(RULES_EDGE, ID, at(run)))
        assert versions[-1] == wanted
        assert receipts(life[: run + 1]).version(RULES_EDGE, ID) == wanted, "as it was said then"
    assert versions == sorted(versions)
    assert known.version(RULES_EDGE, ID) == wanted


@settings(max_examples=300, deadline=None)
@given(lives)
def test_a_receipt_is_the_version_of_when_it_was_consumed_and_names_what_is_other_now(
    life: list[tuple[Row, str]],
) -> None:
    known, states = receipts(life), [state for _, state in life]
    receipt = known.of((EDGE, ID))
    if states[-1] not in ("consumed", "done"):
        assert receipt is None
        return
    begun = next(run for run in reversed(range(len(life))) if run == 0 or states[run - 1] not in ("consumed", "done"))
    assert receipt is not None
    assert (receipt.at, receipt.built_from) == (at(begun), receipts(life[: begun + 1]).version(RULES_EDGE, ID))
    then, now = life[begun][0], life[-1][0]
    assert set(receipt.changed) == {name for name in NAMES if name != "notes" and then[name] != now[name]}
    assert receipt.newest >= receipt.built_from
    assert receipt.is_old == bool(receipt.changed)
    assert list(known.all()) == [receipt]


@settings(max_examples=200, deadline=None)
@given(lives, st.sampled_from([None, "a", "b"]), st.integers(0, 8))
def test_what_a_receipt_calls_old_is_judged_by_what_counts_and_not_by_what_its_cell_says(
    life: list[tuple[Row, str]], counts: str | None, since: int
) -> None:
    said, cell = receipts(life), ("briefs", ID, "offer")
    known = replace(said, counting={cell: Counting(counts, at(since))})
    was, now = said.of((EDGE, ID)), known.of((EDGE, ID))
    assert (was is None) is (now is None)
    if was is None or now is None:
        return
    built_from = counts if at(since) <= now.at else said.word(cell, now.at)
    assert now.words.get("offer", ()) == (() if built_from == counts else ((built_from, counts),))
    assert {name for name in now.changed if name != "offer"} == {name for name in was.changed if name != "offer"}
    assert (now.built_from, now.newest) == (was.built_from, was.newest), "a version is what was seen"


def test_a_change_is_seen_against_the_launch_it_moves() -> None:
    about = ("briefs", ID, "flight_start")
    moves = [Seen("r1", at(1), *about, "2026-11-27", "2026-12-04"), Seen("r2", at(2), *about, "2026-12-04", None)]
    told = Timelines(moves, {about: Says(None)})
    found = [launch_at(ID, at(run), told, RULES) for run in range(4)]
    assert [it and it.first.isoformat() for it in found] == ["2026-11-27", "2026-11-27", "2026-12-04", None]
    nobody = replace(RULES, owners={name: of for name, of in RULES.owners.items() if name != "flight_start"})
    assert launch_at(ID, at(1), told, nobody) is None
