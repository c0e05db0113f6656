"""Links that are out are asked once each, remembered, and told as what they mean today; no sheet is touched."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.adapters.sql_links import SqlLinks
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.config import load
from sheetsync.core.link_health import Answered, Gone, Looked, Manners, Stopped, Verdict
from sheetsync.engine.checking_links import Link, Rounds, Seen, Standing, about, check, links_of, seen
from sheetsync.faces.cli import main
from sheetsync.ports import Published
from sheetsync.ports.links import LastLook
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, UTM, briefs

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGE = "https://www.northlight.example/harlow-finch/black-friday?lang=en&src=a%26b&grid#deals"


@dataclass
class Clock(SystemClock):
    """A clock that stands until a test moves it."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


class Village:
    """Somebody who has been everywhere; an address not told of here is fine."""

    def __init__(self, found: Mapping[str, Looked | Exception] | None = None) -> None:
        self.found = found or {}
        self.asked: list[str] = []

    def look(self, url: str) -> Looked:
        self.asked.append(url)
        found = self.found.get(url, Answered(200, url))
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def memory(town: Town) -> Iterator[SqlLinks]:
    with closing(SqlLinks(town.ledger)) as links:
        yield links


def out(town: Town, now: datetime = NOON) -> tuple[Link, ...]:
    return links_of(town.config.rules, town.world().ledger.memory(), now)


def told(town: Town, memory: SqlLinks, village: Village, clock: Clock | None = None, **how: Any) -> Mapping[str, Seen]:
    clock = clock or Clock()
    rounds = Rounds(village, memory, clock)
    found = check(rounds, out(town, clock.at), town.config.rules, Manners(), **how)
    return {it.link.url: it for it in found}


def test_what_is_out_is_what_was_published_and_what_people_follow(town: Town) -> None:
    links = out(town)
    published = {it.value for it in town.world().ledger.memory().published.values() if it.field == "tracking_url"}
    assert published == {it.url for it in links if it.uses[0].standing is Standing.PUBLISHED}
    assert len({it.url for it in links}) == len(links), "each once"
    pages = [use for it in links for use in it.uses if use.field == "landing_page"]
    assert {use.source for use in pages} == {"landing"}, "only the owner's"
    [live] = [it for it in links if "bfw_2026" in it.url]
    assert (live.uses[0].standing, live.uses[0].live) == (Standing.TYPED, True)
    assert str(live.uses[0].flight.start) == "2026-11-27", "the campaign's owner says when"


def test_rows_that_share_an_address_share_its_one_look(town: Town, memory: SqlLinks) -> None:
    now = datetime.now(UTC)
    rows = ("NL-1003 / email / a", "NL-1008 / email / b")
    town.world().ledger.publish([Published("utm", row, "tracking_url", PAGE, now) for row in rows])
    village = Village({PAGE: Answered(404, PAGE)})
    seen_at = told(town, memory, village)[PAGE]
    assert {use.record for use in seen_at.link.uses} >= {*rows, "NL-1003"}
    assert village.asked.count(PAGE) == 1
    assert len(about(out(town), "NL-1008")) < len(out(town))
    assert all(use.record.startswith("NL-1008") for it in about(out(town), "NL-1008") for use in it.uses)


def test_what_was_asked_lately_is_remembered_and_fresh_asks_again(town: Town, memory: SqlLinks) -> None:
    village, clock = Village({PAGE: Gone("there is no host")}), Clock()
    first = told(town, memory, village, clock)
    asked = len(village.asked)
    assert asked == len(first) > 10
    clock.at += timedelta(minutes=59)
    second = told(town, memory, village, clock)
    assert len(village.asked) == asked
    assert not any(it.asked for it in second.values())
    assert second[PAGE].look == first[PAGE].look
    told(town, memory, village, clock, fresh=True)
    assert len(village.asked) == 2 * asked
    clock.at += timedelta(minutes=60)
    told(town, memory, village, clock)
    assert len(village.asked) == 3 * asked


def test_what_is_remembered_is_judged_anew_as_the_launch_nears(town: Town, memory: SqlLinks) -> None:
    early, late = Clock(NOON - timedelta(days=10)), Clock(NOON + timedelta(days=6))
    first = told(town, memory, Village({PAGE: Answered(404, PAGE)}), early)[PAGE]
    landing = [it for it in seen(out(town, late.at), memory.looks(), town.config.rules, late.at) if it.link.url == PAGE]
    assert first.look == landing[0].look
    verdicts = [it.health.verdict for it in (first, landing[0]) if it.health]
    assert verdicts[1] is Verdict.DEAD


def test_somebody_who_fails_to_look_fails_nothing_else(town: Town, memory: SqlLinks) -> None:
    found = told(town, memory, Village({PAGE: RuntimeError("a bug of ours")}))
    health = found[PAGE].health
    assert health is not None
    assert (health.verdict, health.why) == (Verdict.BLOCKED, "looking failed (RuntimeError)")
    assert all(
        it.health and it.health.verdict is Verdict.OK for url, it in found.items() if url != PAGE and "lang" in url
    )


def test_what_is_stopped_half_way_goes_on_where_it_ended(town: Town, memory: SqlLinks) -> None:
    def interrupted(said: str) -> None:
        if "5 of" in said:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        told(town, memory, Village(), tell=interrupted)
    kept = len(memory.looks())
    assert kept == 5
    village = Village()
    told(town, memory, village)
    assert len(village.asked) == len(out(town)) - kept


@pytest.mark.parametrize(
    "private", ["https://ann:hunter2@www.northlight.example/", "https://www.northlight.example/?email=ann@x.example"]
)
def test_an_address_with_a_password_or_a_persons_data_is_neither_asked_nor_shown_nor_kept(
    town: Town, memory: SqlLinks, private: str
) -> None:
    town.world().ledger.publish([Published("utm", "NL-1003 / email / x", "tracking_url", private, NOON)])
    village = Village()
    health = told(town, memory, village)[private].health
    assert health is not None
    assert health.verdict is Verdict.BLOCKED
    assert private not in village.asked
    assert private not in memory.looks()
    done = links(town, "list", "--json")
    assert "hunter2" not in done.output
    assert "ann@" not in done.output
    assert "never asked" in done.output


@pytest.mark.parametrize("looked", [Answered(204, "https://x.example/?utm_id=1"), Gone("no host"), Stopped("slow")])
def test_a_look_is_kept_as_it_was_and_old_ones_go(town: Town, memory: SqlLinks, looked: Looked) -> None:
    old = LastLook("https://old.example/", NOON - timedelta(days=91), looked)
    memory.keep(old)
    assert memory.looks() == {old.url: old}
    for at in (NOON - timedelta(days=1), NOON):
        memory.keep(new := LastLook("https://x.example/ü", at, looked))
    assert memory.looks() == {new.url: new}


# ---------------------------------------------------------------- the command


def links(town: Town, *arguments: str) -> Result:
    environ = {**town.environment, "SHEETSYNC_CONFIG": str(town.folder)}
    return CliRunner().invoke(main, ["links", *arguments], env=environ)


def switch_on(folder: Path, **settings: object) -> None:
    text = json.dumps({"links": {"check": "on", "per_host_seconds": 0, **settings}})
    (folder / "links.yaml").write_text(text)


def known_as(town: Town, **verdicts: Looked) -> None:
    """Every link was looked at just now and is fine, but for those whose address holds one of these words."""
    now = datetime.now(UTC)
    with closing(SqlLinks(town.ledger)) as memory:
        for it in out(town, now):
            looked = next((one for word, one in verdicts.items() if word in it.url), Answered(200, it.url))
            memory.keep(LastLook(it.url, now, looked))


def never_over(town: Town) -> None:
    """NL-1003 ends in another century, so that its live link is due whatever day it is today."""
    row, _ = briefs(town).find("NL-1003")
    briefs(town).text(row, 5, "2199-11-30")
    town.reconcile()


def test_checking_is_off_until_it_is_switched_on(town: Town) -> None:
    done = links(town, "check")
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Write `links: {check: on}` into" in done.stderr


def test_what_is_not_well_is_a_line_each_worst_first_and_the_last_line_counts(town: Town) -> None:
    switch_on(town.folder)
    never_over(town)
    known_as(town, bfw_2026=Gone("there is no host"), hampers=Stopped("keeps robots out"))
    *lines, last = links(town, "check").stdout.splitlines()
    assert lines[0].startswith(
        "high dead · NL-1003 / email / hero-banner (2026-11-27 to 2199-11-30) · there is no host"
    )
    assert sum("keeps robots out" in line for line in lines) == 2
    assert not any("answers 200" in line for line in lines)
    assert last.endswith("; 0 asked, 19 remembered")
    document = json.loads(links(town, "check", "--json").stdout)
    assert document["verdicts"] == {"ok": 14, "blocked": 4, "dead": 1}, "two are on no production host"
    ranks = ["high", "medium", "low", None]
    severities = [ranks.index(it["severity"]) for it in document["links"]]
    assert severities == sorted(severities)


def test_the_exit_code_tells_of_grave_trouble_where_that_is_asked(town: Town) -> None:
    switch_on(town.folder)
    never_over(town)
    known_as(town, bfw_2026=Gone("there is no host"))
    assert links(town, "check").exit_code == 0
    assert links(town, "check", "--exit-code").exit_code == 11
    assert links(town, "check", "--exit-code", "--only", "NL-1010").exit_code == 0
    assert links(town, "check", "--only", "NL-9999").exit_code == 2


def test_a_list_says_of_each_row_what_is_out_since_when_and_how_it_was_last_seen(town: Town) -> None:
    before = json.loads(links(town, "list", "--json").stdout)
    assert before["never_looked_at"] == len(before["links"]) == 19
    known_as(town, hampers=Answered(404, PAGE))
    document = json.loads(links(town, "--json", "--only", "nl-1008").stdout)
    assert {it["status"] for it in document["links"]} == {404}
    rows = [row for it in document["links"] for row in it["rows"]]
    assert {row["record"] for row in rows} == {"NL-1008", "NL-1008 / affiliate / deal-tile-top"}
    assert {row["by"] for row in rows} == {"published", "typed"}
    text = links(town, "list", "--only", "NL-1008").stdout
    assert "NL-1008 / affiliate / deal-tile-top / tracking_url UTM builder" in text


def test_nothing_is_written_into_a_sheet_and_no_plan_grows_old_of_it(town: Town) -> None:
    sheets = {book: town.sandbox.export(book) for book in (BRIEFS, LANDING, UTM)}
    fingerprint = town.config.fingerprint
    switch_on(town.folder)
    known_as(town)
    assert links(town, "check").exit_code == 0
    assert {book: town.sandbox.export(book) for book in sheets} == sheets
    assert load(town.folder, town.environment).fingerprint == fingerprint
    assert town.reconcile()["requests"]["writes"] == 0


def test_before_the_first_run_there_is_nothing_to_list(untouched: Town) -> None:
    assert links(untouched, "list").exit_code == 1
    SqlLedger(untouched.ledger).close()
    assert links(untouched, "list").stdout == "0 links\n"
