"""Two tables of one tab are two sources: each finds its own, what is said stands in the workbook's one tab of ours."""

from dataclasses import replace

import pytest

from sheetsync.core.graph import Handoff, Mode
from sheetsync.core.model import Entity
from sheetsync.core.terms import Contract
from sheetsync.engine.world import Run
from tests.engine.conftest import Town
from tests.engine.people import LANDING, Hand, our_lines

#: of the landing pages' tab: below everything, and right of it with a blank column between
BELOW, BESIDE = (22, 0), (2, 11)
HEADERS = ("Send", "Betreff", "Aktion", "Kampagnen-Nr.", "Ende der Aktion")
SENDS = [
    ("M-1", "Lights down", "Candlelight Nights", "NL-1007", "20.12.2026"),
    ("M-2", "Last call", "Boxing Day Dockside Sale", "NL-1011", "30.12.2026"),
]


def web(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def with_sends(town: Town, at: tuple[int, int]) -> None:
    """A second table in the landing pages' tab, and a source that reads it; M-2 says another end than the briefs."""
    web(town).resize(100, 26)
    for number, row in enumerate([HEADERS, *SENDS]):
        web(town).type(at[0] + number, at[1], *row)
    columns = dict(zip(("slot", "subject", "campaign_name", "campaign_id", "flight_end"), HEADERS, strict=True))
    town.add(
        "sends",
        town.config.rules.sources["landing"],
        title="Sends",
        rows_are=Entity.PLACEMENT,
        key=("slot",),
        match=(("campaign_id",),),
        columns={name: (text,) for name, text in columns.items()},
    )
    rules = town.config.rules
    edge = next(one for one in rules.handoffs if one.receiver == "landing" and "flight_end" in one.contracts)
    told = Handoff(edge.giver, "sends", {"flight_end": Contract.EQUAL})
    town.set(replace(rules, handoffs=(*rules.handoffs, told)))


def said_of(done: Run, source: str) -> list[tuple[str, str]]:
    return [(flag.record, flag.field) for flag in done.decided.flags if flag.place.source == source]


@pytest.mark.parametrize("at", [BELOW, BESIDE], ids=["below", "beside"])
def test_each_source_reads_its_own_table(town: Town, at: tuple[int, int]) -> None:
    alone = town.run(dry_run=True).snapshots.fresh["landing"]
    with_sends(town, at)
    seen = town.run(dry_run=True).snapshots.fresh
    assert [record.address for record in seen["sends"].records] == [("M-1",), ("M-2",)]
    assert [record.address for record in seen["landing"].records] == [record.address for record in alone.records]
    assert {name: column - at[1] for name, column in seen["sends"].columns.items()} == {
        "slot": 0, "subject": 1, "campaign_name": 2, "campaign_id": 3, "flight_end": 4
    }  # fmt: skip


@pytest.mark.parametrize("at", [BELOW, BESIDE], ids=["below", "beside"])
def test_both_are_told_in_the_one_tab_of_ours_and_a_second_run_writes_nothing(town: Town, at: tuple[int, int]) -> None:
    with_sends(town, at)
    before = web(town).grid
    done = town.run()
    assert ("NL-1011 / m-2", "flight_end") in said_of(done, "sends")
    assert done.exit_code == 0
    sources = {key.split("␟")[0] for key in our_lines(town, LANDING)}
    assert sources == {"landing", "sends"}
    assert web(town).grid == before
    assert town.run().requests.writes == 0


def test_a_table_that_grows_pushes_the_one_below_further_down_and_both_are_still_found(town: Town) -> None:
    with_sends(town, BELOW)
    town.run()
    web(town).insert("ROWS", 18, 60)
    for row in range(18, 78):
        web(town).type(row, 0, f"NL-2{row:03d}", f"Later campaign {row}")
    seen = town.run(dry_run=True).snapshots.fresh
    assert [record.address for record in seen["sends"].records] == [("M-1",), ("M-2",)]
    assert len(seen["landing"].records) > 60


def test_columns_that_stood_there_before_the_second_table_are_taken_away_once(town: Town) -> None:
    before = web(town).grid
    town.change("landing", mode=Mode.COLUMNS)
    town.run()
    assert any(text.startswith("ss:") for text in web(town).grid[2])
    town.change("landing", mode=Mode.SIDECAR)
    with_sends(town, BELOW)
    done = town.run()
    assert done.exit_code == 0
    assert not any(text.startswith("ss:") for text in web(town).grid[2])
    assert [row[:10] for row in web(town).grid[: len(before)]] == [row[:10] for row in before]
    assert town.run().requests.writes == 0


def test_two_sources_that_take_one_table_for_theirs_are_both_refused_and_the_rest_goes_on(untouched: Town) -> None:
    town = untouched
    town.add("again", town.config.rules.sources["landing"], title="Landing pages again")
    done = town.run(dry_run=True)
    assert {trouble.source for trouble in done.troubles} == {"landing", "again"}
    assert "its table, with the header in row 3, is that of source again too" in str(done.troubles[0].error)
    assert done.exit_code == 14
    assert "briefs" in done.snapshots.fresh
