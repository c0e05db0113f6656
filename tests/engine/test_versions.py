"""Versions of published links, in real sheets and a real ledger: a live one stays, the next one waits and is listed."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sheetsync.engine.world import World
from sheetsync.faces.links import list_document, list_text
from sheetsync.faces.tables import Screen
from tests.engine.conftest import Town
from tests.engine.people import LANDING, Hand
from tests.engine.test_ledger_story import Later

RECORD = "NL-1002 / paid_social / carousel-a"
LINK = ("utm", RECORD, "tracking_url")
MOVED = "https://www.northlight.example/moved"


def on(town: Town, day: int) -> World:
    return replace(town.world(), clock=Later(datetime(2026, 11, day, 12, tzinfo=UTC)))


def move(town: Town, to: str) -> None:
    Hand(town.sandbox, LANDING, 1204).text(4, 3, to)


def test_a_live_link_stays_the_next_version_waits_and_both_are_listed(town: Town) -> None:
    (first,) = town.world().ledger.versions([LINK])
    assert (first.number, first.changed, first.waits_for_live) == (1, (), False)
    move(town, MOVED)
    run = town.run(on(town, 17))
    (told,) = [it for it in run.decided.flags if it.subject.endswith("waits") and it.place.source == "utm"]
    assert told.message.startswith("Tracking URL is live: v1 stays; v2 waits: ")
    one, two = town.world().ledger.versions([LINK])
    assert (one, two.number, two.changed, two.waits_for_live) == (first, 2, ("landing_page",), True)
    assert town.world().ledger.memory().published[LINK].value == first.value
    again = town.run(on(town, 18))
    assert (again.requests.writes, len(town.world().ledger.versions([LINK]))) == (0, 2)
    rows = [
        row for it in list_document(town.config, "NL-1002")["links"] for row in it["rows"] if row["record"] == RECORD
    ]
    (versions,) = [row["versions"] for row in rows if row["source"] == "utm"]
    assert [(it["version"], it["state"]) for it in versions] == [(1, "stands"), (2, "waits")]
    text = "\n".join(list_text(Screen(None), list_document(town.config, "NL-1002")))
    assert "v2 waits" in text
    assert "landing_page changed" in text
    assert "GA4: Paid Social" in text


def test_before_it_is_live_the_next_version_replaces_the_one_before_which_stays_listed(town: Town) -> None:
    move(town, MOVED)
    town.run(on(town, 14))
    move(town, f"{MOVED}-again")
    town.run(on(town, 15))
    numbers = [(it.number, it.waits_for_live) for it in town.world().ledger.versions([LINK])]
    assert numbers == [(1, False), (2, False), (3, False)]
    assert town.world().ledger.memory().newest[LINK].stands == 3


def test_a_dry_run_issues_nothing(town: Town) -> None:
    move(town, MOVED)
    town.run(on(town, 14), dry_run=True)
    assert len(town.world().ledger.versions([LINK])) == 1


@pytest.mark.parametrize("attempt", [
    "DELETE FROM versions",
    "UPDATE versions SET value = 'x'",
    "REPLACE INTO versions SELECT * FROM versions",
])  # fmt: skip
def test_the_database_itself_keeps_every_version(town: Town, attempt: str) -> None:
    with sqlite3.connect(town.ledger) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(attempt)
