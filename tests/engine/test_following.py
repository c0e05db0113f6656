"""A table of the system of record follows the owners: a real SQLite file, sheets over HTTP."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from sheetsync.core.guards import Guard
from sheetsync.engine.undoing import undo
from sheetsync.engine.world import Run
from tests.engine.conftest import Town
from tests.engine.people import briefs

RECORD = "NL-1003"


@pytest.fixture
def register(untouched: Town) -> Town:
    """The season before any run, its register with a version in each line, and willing to follow."""
    untouched._config = replace(untouched.config, records_url=f"sqlite:///{untouched.place}/records.db")
    sql(untouched, "ALTER TABLE campaigns ADD COLUMN row_version INTEGER NOT NULL DEFAULT 1")
    untouched.change("official", writes=True, version="row_version")
    return untouched


def sql(town: Town, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Somebody else at work in the same database."""
    with closing(sqlite3.connect(town.place / "records.db")) as connection, connection:
        return connection.execute(statement, values).fetchall()


def table(town: Town) -> Mapping[str, Mapping[str, Any]]:
    """The register by campaign."""
    with closing(sqlite3.connect(town.place / "records.db")) as connection:
        connection.row_factory = sqlite3.Row
        return {line["campaign_id"]: dict(line) for line in connection.execute("SELECT * FROM campaigns")}


def words(run: Run) -> Sequence[tuple[str, str, str, str]]:
    return [(it.record, it.field, it.was, it.now) for it in run.followed.puts]


def test_look(register: Town) -> None:
    before = table(register)
    run = register.run(dry_run=True)
    print(words(run), [(o.put.record, o.put.field, o.why) for o in run.followed.stays])
    run = register.run()
    print(run.exit_code, run.followed.state, run.troubles)
    after = table(register)
    print({k: (before[k], v) for k, v in after.items() if v != before[k]})
    run = register.run()
    print(words(run), run.followed.state, run.exit_code)
    world = register.world()
    for e in world.ledger.history():
        print(e)
    assert 0
