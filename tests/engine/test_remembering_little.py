"""A run keeps only what is not as it was, and the ledger says all the same what one that keeps everything would say."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from sheetsync import wiring
from sheetsync.core.guards import Guard
from sheetsync.engine.world import World
from tests.engine.conftest import Town
from tests.engine.people import briefs, builder

KEPT = ("observations", "baselines", "standing", "history")


def nothing_may_be_kept(town: Town) -> None:
    with closing(sqlite3.connect(town.ledger)) as ledger:
        for table in KEPT:
            for act in ("INSERT", "UPDATE", "DELETE"):
                refuse = f"SELECT RAISE(ABORT, '{table} is written')"
                ledger.execute(f"CREATE TRIGGER no_{table}_{act} BEFORE {act} ON {table} BEGIN {refuse}; END")


def seen(world: World) -> dict[object, object]:
    observed = world.ledger.memory().observations
    return {key: (it.value, it.raw, it.place) for key, it in observed.items()}


def test_where_nothing_happened_nothing_is_kept_again(town: Town) -> None:
    nothing_may_be_kept(town)
    assert town.run().exit_code == 0


def test_one_cell_is_one_observation(town: Town) -> None:
    before = town.world().ledger.memory().observations
    builder(town).type(1, 2, "Another name")
    town.run()
    after = town.world().ledger.memory().observations
    assert [key[2] for key in after if after[key] != before.get(key)] == ["campaign_name"]
    assert before.keys() == after.keys()


@pytest.mark.parametrize(
    "acts",
    [
        lambda town: builder(town).sort(1, 4, descending=True),
        lambda town: briefs(town).insert("ROWS", 6, 2),
        lambda town: builder(town).delete("ROWS", 3),
        lambda town: builder(town).delete("COLUMNS", 6),
        lambda town: builder(town).rename("Elsewhere"),
        lambda town: briefs(town).type(9, 2, None),
    ],
    ids=["sorted", "rows came", "a row went", "a column went", "a tab was renamed", "a key was emptied"],
)
def test_what_is_remembered_is_what_a_ledger_without_a_past_sees(town: Town, acts: Callable[[Town], None]) -> None:
    acts(town)
    # A column that went counts as last read until a person says that it is gone for good.
    town.run(accept=town.yes_to(Guard.MAPPING, Guard.FIRST_WRITE))
    without_a_past = wiring.world(replace(town.config, ledger=town.place / "another.db"))
    town.run(without_a_past)
    assert seen(town.world()) == seen(without_a_past)
