"""Guards at work: a dangerous plan refuses itself, again and again, and what it says to type is what works."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.core.changes import Batch
from sheetsync.core.graph import Mode, SheetTab, Visibility
from sheetsync.core.guards import Guard
from sheetsync.core.model import Workbook
from sheetsync.engine.world import World
from sheetsync.faces.accepting import accepted
from sheetsync.faces.cli import main
from sheetsync.ports import RequestCount, Sheets
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, UTM, Hand, briefs, builder
from tests.season import TOP

BOOKS = {"briefs": BRIEFS, "landing": LANDING, "utm": UTM}
SCHEMA = json.loads((TOP / "sheetsync" / "faces" / "schemas" / "reconcile.v1.json").read_text())
NO_YES: frozenset[tuple[Guard, str]] = frozenset()

Json = Mapping[str, Any]


def run(town: Town, *commands: str, **settings: Any) -> Json:
    """One cycle; each command is one a person was told to type."""
    options = [option for command in commands for option in re.findall(r"--accept (\S+)", command)]
    document = town.reconcile(accept=accepted(options, town.config.rules), **settings)
    jsonschema.validate(document, SCHEMA)
    return document


def held(document: Json) -> dict[tuple[str, str], Json]:
    return {(one["source"], one["guard"]): one for one in document["held"]}


def written(document: Json) -> set[str]:
    return {write["spreadsheet"] for write in document["written"] if write["state"] == "verified"}


def zielseiten(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


# ---------------------------------------------------------------- what happens to a source, and what holds then


def _lose_rows(town: Town) -> None:
    briefs(town).delete("ROWS", 6, 9)


def _lose_all_rows(town: Town) -> None:
    zielseiten(town).delete("ROWS", 3, 14)


def _slip(town: Town) -> None:
    for row in range(4, 19):
        briefs(town).text(row, 5, f"2027-03-{row:02d}")


def _rename_a_header(town: Town) -> None:
    briefs(town).text(*briefs(town).find("Ref"), "Campaign ID")


def _lose_a_column(town: Town) -> None:
    builder(town).type(0, 7, None)


def _show_more(town: Town) -> None:
    town.change("utm", readers_see=Visibility.FULL)


def _another_ledger(town: Town) -> None:
    town.ledger.unlink()


def _lose_the_header(town: Town) -> None:
    zielseiten(town).text(2, 0, "Nummer")


ACCIDENTS: Mapping[str, tuple[Callable[[Town], None], set[tuple[str, str]]]] = {
    "rows lost": (_lose_rows, {("briefs", "shrunken")}),
    "all rows lost": (_lose_all_rows, {("landing", "empty")}),
    "a column that slipped": (_slip, {("briefs", "changed")}),
    "a header renamed": (_rename_a_header, {("briefs", "mapping")}),
    "a column lost": (_lose_a_column, {("utm", "mapping")}),
    "readers see more": (_show_more, {("utm", "visibility")}),
    "another ledger": (
        _another_ledger,
        {(source, guard) for source in BOOKS for guard in ("installation", "first_write")},
    ),
    "the header lost": (_lose_the_header, {("landing", "header")}),
}


@pytest.mark.parametrize("name", ACCIDENTS)
def test_a_guard_trips_again_until_somebody_types_what_it_says(town: Town, name: str) -> None:
    accident, expected = ACCIDENTS[name]
    accident(town)
    before = {book: town.sandbox.export(book) for book in BOOKS.values()}
    first = run(town)
    assert held(first).keys() == expected
    assert first["run"]["exit_code"] == 12
    stopped = {BOOKS[source] for source, _ in expected}
    assert not written(first) & stopped
    again = run(town)
    assert held(again).keys() == expected
    assert [one["since"] for one in again["held"]] == [one["since"] for one in first["held"]], "since the first run"
    assert {book: town.sandbox.export(book) for book in stopped} == {book: before[book] for book in stopped}
    if commands := [one["command"] for one in again["held"] if one["command"]]:
        done = run(town, *commands)
        assert (done["run"]["exit_code"], done["held"]) == (0, [])
        after = run(town)
        assert (after["run"]["exit_code"], after["held"], after["requests"]["writes"]) == (0, [], 0)


@pytest.mark.parametrize("name", [name for name, (_, expected) in ACCIDENTS.items() if len(expected) == 1])
def test_a_yes_to_every_other_guard_and_source_lets_nothing_through(town: Town, name: str) -> None:
    accident, expected = ACCIDENTS[name]
    accident(town)
    [(source, guard)] = expected
    others = town.yes_to() - {(Guard(guard), source)}
    document = town.reconcile(accept=others)
    assert held(document).keys() == expected
    assert BOOKS[source] not in written(document)


@pytest.mark.parametrize("name", [name for name in ACCIDENTS if name not in ("readers see more", "another ledger")])
def test_once_its_cause_is_gone_nothing_holds_and_nothing_was_lost(town: Town, name: str) -> None:
    calm = run(town)
    memory = town.world().ledger.memory()
    books = {book: town.sandbox.state.workbooks[book] for book in BOOKS.values()}
    ACCIDENTS[name][0](town)
    run(town)
    with town.sandbox.state.lock:
        town.sandbox.state.workbooks.update(books)
    after = run(town)
    assert (after["run"]["exit_code"], after["held"], after["requests"]["writes"]) == (0, [], 0)
    assert [flag["id"] for flag in after["flags"]] == [flag["id"] for flag in calm["flags"]]
    assert town.world().ledger.memory().baselines == memory.baselines


# ---------------------------------------------------------------- the first write


def test_nothing_is_written_for_a_source_before_a_person_said_yes_to_it(untouched: Town) -> None:
    before = {book: untouched.sandbox.export(book) for book in BOOKS.values()}
    document = run(untouched)
    assert held(document).keys() == {(source, "first_write") for source in BOOKS}
    assert (document["requests"]["writes"], document["run"]["exit_code"]) == (0, 12)
    assert len(document["flags"]) == 17, "what is read is told all the same"
    assert {book: untouched.sandbox.export(book) for book in BOOKS.values()} == before
    assert not {key for key in untouched.world().ledger.memory().baselines if key[0] in BOOKS}
    one = run(untouched, held(document)["utm", "first_write"]["command"])
    assert written(one) == {UTM}
    assert held(one).keys() == {("briefs", "first_write"), ("landing", "first_write")}
    rest = run(untouched, "sheetsync reconcile --accept first_write")
    assert (rest["run"]["exit_code"], written(rest)) == (0, {BRIEFS, LANDING})
    assert run(untouched)["requests"]["writes"] == 0


def test_who_only_observes_is_not_asked(untouched: Town) -> None:
    for source in BOOKS:
        untouched.change(source, mode=Mode.OBSERVE)
    assert run(untouched)["run"]["exit_code"] == 0
    builder(untouched).text(0, 7, "Something else")
    assert run(untouched)["held"] == []


def test_a_source_that_moved_to_another_tab_is_asked_about_again(town: Town) -> None:
    rules = town.config.rules
    columns = {**rules.sources["utm"].columns, "campaign_id": ("Campaign ID",)}
    # The builder's own source makes way: two that read one table are both refused.
    sources = {name: source for name, source in rules.sources.items() if name != "utm"}
    owners = {field: owner for field, owner in rules.owners.items() if owner != "utm"}
    handoffs = tuple(one for one in rules.handoffs if one.receiver != "utm")
    town.set(replace(rules, sources=sources, owners=owners, handoffs=handoffs))
    town.change("landing", location=SheetTab(UTM, 77), columns=columns)
    assert ("landing", "first_write") in held(run(town))


def test_a_dry_run_shows_what_would_be_written_and_what_would_hold(untouched: Town) -> None:
    document = run(untouched, dry_run=True)
    assert {write["state"] for write in document["written"]} == {"planned"}
    assert len(document["written"]) == 3
    assert held(document).keys() == {(source, "first_write") for source in BOOKS}
    assert document["run"]["exit_code"] == 12
    assert not untouched.ledger.exists()


def test_a_yes_counts_only_when_the_write_went_through(untouched: Town) -> None:
    world = untouched.world()
    refusing = replace(world, sheets=Elsewhere(world.sheets, world.sheets.count, refuse=True))
    untouched.run(refusing)
    assert held(run(untouched)).keys() == {(source, "first_write") for source in BOOKS}


# ---------------------------------------------------------------- losses


def test_rows_that_go_a_few_at_a_time_are_one_accident(town: Town) -> None:
    for _ in range(4):
        builder(town).delete("ROWS", 2)
        assert run(town)["held"] == []
    builder(town).delete("ROWS", 2, 2)
    document = run(town)
    assert held(document).keys() == {("utm", "shrunken")}
    assert document["held"][0]["what"].startswith("6 of 15 rows are gone within 24 h: nl 1002 / ")


def test_a_held_source_takes_part_as_last_read_and_the_others_go_on(town: Town) -> None:
    calm = {(one["record"], one["value"]) for one in run(town)["generated"] if one["source"] == "utm"}
    _lose_all_rows(town)
    builder(town).text(1, 6, "somethingelse")
    document = run(town)
    assert {(one["record"], one["value"]) for one in document["generated"] if one["source"] == "utm"} == calm
    assert written(document) == {UTM}
    states = {one["source"]: (one["state"], one["rows"]) for one in document["run"]["sources"]}
    assert states["landing"] == ("held", None)
    assert states["utm"][0] == "read"


def test_while_only_its_writing_is_held_others_hear_its_fresh_words(town: Town) -> None:
    _rename_a_header(town)
    agreed = town.world().ledger.memory().baselines
    briefs(town).text(6, 5, "2026-11-19")
    document = run(town)
    assert held(document).keys() == {("briefs", "mapping")}
    told = [flag for flag in document["flags"] if flag["source"] == "landing" and flag["expected"] == "2026-11-19"]
    assert told, "the change reached the page's team"
    assert LANDING in written(document)
    assert {k: v for k, v in town.world().ledger.memory().baselines.items() if k[0] == "briefs"} == {
        key: value for key, value in agreed.items() if key[0] == "briefs"
    }


def test_a_workbook_with_one_held_source_is_left_as_it_is_for_its_other_sources_too(town: Town) -> None:
    zielseiten(town).act({"duplicateSheet": {"sourceSheetId": 1204, "newSheetId": 9, "newSheetName": "Archiv"}})
    town.add("archive", town.config.rules.sources["landing"], location=SheetTab(LANDING, 9))
    zielseiten(town).text(5, 6, "28.11.2026")
    before = town.sandbox.export(LANDING)
    document = run(town)
    assert held(document).keys() == {("archive", "first_write")}
    assert town.sandbox.export(LANDING) == before
    assert written(run(town, document["held"][0]["command"])) == {LANDING}


# ---------------------------------------------------------------- what readers see


def test_showing_less_is_nobodys_worry_and_showing_more_again_is(town: Town) -> None:
    town.change("landing", readers_see=Visibility.NONE)
    assert run(town)["held"] == []
    town.change("landing", readers_see=Visibility.FIELDS)
    document = run(town)
    assert held(document).keys() == {("landing", "visibility")}
    assert "none -> fields" in document["held"][0]["what"]


# ---------------------------------------------------------------- two installations


@dataclass
class Elsewhere:
    """Sheets between whose read and write something happens elsewhere; or one that may not write at all."""

    inner: Sheets
    count: RequestCount
    happens: list[Callable[[], object]] = field(default_factory=list)
    refuse: bool = False

    def read(self, spreadsheet: str) -> Workbook:
        return self.inner.read(spreadsheet)

    def apply(self, batch: Batch) -> None:
        if self.refuse:
            from sheetsync.errors import Refused

            raise Refused("the write was refused.")
        while self.happens:
            self.happens.pop()()
        self.inner.apply(batch)

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        return self.inner.link(spreadsheet, tab_id, a1)


def another(town: Town, ledger: Path) -> Town:
    """A second installation, with a ledger of its own."""
    second = Town(town.place, town.sandbox, town.config)
    second._config = replace(town.config, ledger=ledger)
    return second


def test_of_two_first_writers_one_wins_and_the_other_is_refused_whole(untouched: Town, tmp_path: Path) -> None:
    second = another(untouched, tmp_path / "second.db")
    world = untouched.world()
    late: World = replace(world, sheets=Elsewhere(world.sheets, world.sheets.count, [second.run]))
    done = untouched.run(late)
    assert {str(type(write.trouble).__name__) for write in done.written} == {"Unreachable"}
    mark = SqlLedger(tmp_path / "second.db").memory().installation
    assert {world.sheets.read(book).installation for book in BOOKS.values()} == {mark}
    assert run(second)["requests"]["writes"] == 0, "what the winner wrote stands"
    assert {guard for _, guard in held(run(untouched))} == {"installation", "first_write"}


def test_one_that_takes_over_locks_the_other_out_also_between_its_read_and_its_write(
    town: Town, tmp_path: Path
) -> None:
    second = another(town, tmp_path / "second.db")
    builder(town).text(1, 6, "somethingelse")
    yes = second.yes_to(Guard.INSTALLATION, Guard.FIRST_WRITE)
    world = town.world()
    late = replace(world, sheets=Elsewhere(world.sheets, world.sheets.count, [lambda: second.run(accept=yes)]))
    done = town.run(late)
    assert [type(write.trouble).__name__ for write in done.written if write.plan.batch] == ["Unreachable"]
    assert {guard for _, guard in held(run(town))} == {"installation"}
    assert run(second)["requests"]["writes"] == 0


# ---------------------------------------------------------------- the command


def command(town: Town, *arguments: str) -> Result:
    environ = town.environment | {"SHEETSYNC_LEDGER": str(town.ledger)}
    result = CliRunner().invoke(main, [*arguments, "--config", str(town.folder)], env=environ, prog_name="sheetsync")
    assert "Traceback" not in result.output
    return result


def test_reconcile_and_status_say_who_is_held_why_since_when_and_what_to_type(town: Town) -> None:
    _lose_rows(town)
    _lose_the_header(town)
    done = command(town, "reconcile")
    assert done.exit_code == 12
    status = command(town, "status")
    assert "! briefs held, taken as last read [shrunken]: " in done.stdout
    assert re.search(r"^briefs +shrunken +.*: taken as last read\. ", status.stdout, re.MULTILINE)
    for text in (done.stdout, status.stdout):
        assert "run `sheetsync reconcile --accept shrunken:briefs`" in text
        assert "lacks 'Kampagnen-Nr.'" in text
        assert "sources.landing.columns" in text
        assert "held since 2" in text
        assert "2 sources held; " in text.splitlines()[-1]
    told = json.loads(command(town, "status", "--json").stdout)
    assert [(one["source"], one["guard"], one["accept"]) for one in told["held"]] == [
        ("briefs", "shrunken", "shrunken:briefs"),
        ("landing", "header", None),
    ]
    assert told["held"][0]["link"].endswith("#gid=0")
    assert command(town, "reconcile", "--accept", "shrunken:briefs").exit_code == 12, "the header is still gone"
    left = json.loads(command(town, "status", "--json").stdout)
    assert [one["guard"] for one in left["held"]] == ["header"]


def test_several_guards_of_one_source_are_told_with_one_command_for_all(town: Town) -> None:
    _another_ledger(town)
    done = command(town, "reconcile")
    [line] = [line for line in done.stdout.splitlines() if "all of utm at once" in line]
    options = line.partition("reconcile ")[2].split()
    assert options == ["--accept", "installation:utm", "--accept", "first_write:utm"]
    after = json.loads(command(town, "reconcile", "--json", *options).stdout)
    assert written(after) == {UTM}


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("shrunk", ["no guard is called 'shrunk'", "did you mean 'shrunken'"]),
        ("first-write", ["did you mean 'first_write'"]),
        ("empty:breifs", ["no source is called 'breifs'", "did you mean 'briefs'", "Sources: briefs, landing"]),
        ("empty:", ["no source is called ''"]),
        ("header", ["cannot be accepted", "sheetsync status"]),
        ("", ["no guard is called ''", "Guards: empty"]),
    ],
)
def test_what_cannot_be_accepted_is_told_before_anything_is_read(town: Town, option: str, words: list[str]) -> None:
    sent = len(town.sandbox.requests)
    done = command(town, "reconcile", "--accept", option)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    for word in words:
        assert word in done.stderr
    assert len(town.sandbox.requests) == sent
