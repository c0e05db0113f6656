"""The commands that look: what stands in the ledger is told whole, and in words that lead somewhere."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Handoff, Mode, SheetTab
from sheetsync.core.guards import Guard
from sheetsync.errors import UsageError
from sheetsync.faces.conflicts import Wanted, conflict_document, conflict_text, conflicts_document, conflicts_text
from sheetsync.faces.graph import graph_document, graph_mermaid, graph_text
from sheetsync.faces.history import history_document, history_text
from sheetsync.faces.remedies import what_to_do
from sheetsync.faces.runs import run_document, run_text, runs_document, runs_text
from sheetsync.faces.status import status_document, status_text
from sheetsync.faces.tables import Screen
from sheetsync.faces.truth import truth_document, truth_text
from tests.engine.conftest import Town
from tests.engine.people import LANDING, Hand, briefs, builder

Document = Mapping[str, Any]


def landing(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def late(town: Town) -> str:
    """The flag on the landing page's flight end, G6."""
    flags = conflicts_document(town.config, Wanted(source="landing", campaign="NL-1003"))["flags"]
    return str(next(flag["id"] for flag in flags if flag["field"] == "flight_end"))


# ---------------------------------------------------------------- conflicts


def test_all_open_flags_are_listed_worst_first(town: Town) -> None:
    listed = conflicts_document(town.config, Wanted())
    assert [flag["id"] for flag in listed["flags"]] == [flag.id for flag in town.world().ledger.open_flags()]
    assert listed["total"] == len(listed["flags"]) == 17


@pytest.mark.parametrize("name", ["kind", "severity", "owner", "source", "campaign"])
def test_what_is_chosen_is_all_of_its_kind_and_nothing_else(town: Town, name: str) -> None:
    everything = conflicts_document(town.config, Wanted())["flags"]
    options = {"kind": "kinds", "severity": "severities"}
    for value in {flag[name] or "nobody" for flag in everything}:
        chosen: dict[str, Any] = {options[name]: (value,)} if name in options else {name: value}
        found = conflicts_document(town.config, Wanted(**chosen))["flags"]
        assert found == [flag for flag in everything if (flag[name] or "nobody") == value]
        assert found


def test_flags_are_chosen_by_how_long_they_have_been_open(town: Town) -> None:
    landing(town).type(8, 7, "ADVENT49")
    landing(town).type(3, 7, "ANOTHER1")
    then = town.run().started
    after, before = (
        {flag["id"] for flag in conflicts_document(town.config, it)["flags"]}
        for it in (Wanted(since=then), Wanted(before=then))
    )
    assert after
    assert not after & before
    assert len(after | before) == conflicts_document(town.config, Wanted())["total"]


@pytest.mark.parametrize("wanted", [Wanted(source="bob"), Wanted(owner="bob")])
def test_a_source_that_is_none_is_refused_with_those_there_are(town: Town, wanted: Wanted) -> None:
    with pytest.raises(UsageError, match=r"'bob' is no source\. Known are: briefs, landing"):
        conflicts_document(town.config, wanted)


@pytest.mark.parametrize("shape", ["{}", "[{}]", " [{}] ", "{bare}", "{lower}", "[{bare}"])
def test_an_id_is_taken_as_it_stands_in_a_sheet(town: Town, shape: str) -> None:
    wanted = late(town)
    typed = shape.format(wanted, bare=wanted[3:], lower=wanted.lower())
    assert conflict_document(town.config, typed)["flag"]["id"] == wanted


def test_an_id_nothing_has_is_refused_and_a_near_one_named(town: Town) -> None:
    with pytest.raises(UsageError, match=rf"Did you mean {late(town)}\?"):
        conflict_document(town.config, late(town)[:-1] + "0")
    with pytest.raises(UsageError, match="`sheetsync conflicts` lists what is open"):
        conflict_document(town.config, "?")


def test_a_conflict_shows_both_sides_what_was_agreed_and_what_to_do(town: Town) -> None:
    landing(town).type(5, 6, "30.11.2026")
    town.run()
    landing(town).type(5, 6, "29.11.2026")
    briefs(town).type(8, 5, "28.11.2026")
    town.run()
    told = conflict_document(town.config, late_conflict(town))["flag"]
    assert (told["found"], told["expected"], told["agreed"]) == ("29.11.2026", "2026-11-28", "2026-11-30")
    (other,) = told["others"]
    assert (other["raw"], other["where"]) == ("28.11.2026", "Partner briefs Q4 briefs!F9")
    assert other["link"].endswith("range=F9")
    assert told["link"].endswith("range=G6")
    assert told["demands"] == "Flight end in Landing pages must be what Partner briefs says, in any spelling"
    assert "Landing pages Zielseiten!G6" in told["to_do"]
    assert "Partner briefs Q4 briefs!F9" in told["to_do"]


def late_conflict(town: Town) -> str:
    (flag,) = conflicts_document(town.config, Wanted(kinds=("conflict",)))["flags"]
    return str(flag["id"])


@pytest.mark.parametrize("kind", FlagKind)
def test_every_kind_of_flag_says_what_to_do(town: Town, kind: FlagKind) -> None:
    flag: dict[str, Any] = {
        "kind": kind,
        "owner": None,
        "source": "briefs",
        "expected": "x",
        "field": "offer",
        "id": "ss-A",
        "candidates": [],
    }
    assert what_to_do(flag, "here!A1", None, town.config.rules).endswith(".")


# ---------------------------------------------------------------- status


def test_what_a_person_corrected_is_closed_by_that_run_and_by_no_other(town: Town) -> None:
    wanted = late(town)
    landing(town).type(5, 6, "30.11.2026")
    run = town.run()
    closed = status_document(town.config)["closed"]
    assert [(flag["id"], flag["closed_by"]) for flag in closed] == [(wanted, run.id)]
    shown = conflict_document(town.config, wanted)["flag"]
    assert shown["closed_by"] == run.id
    assert shown["first_run"] == shown["last_run"] != run.id
    assert [flag["id"] for flag in run_document(town.config, "last")["closed"]] == [wanted]
    landing(town).type(5, 6, "29.11.2026")
    again = town.run()
    assert status_document(town.config)["closed"] == []
    assert [flag["id"] for flag in run_document(town.config, again.id)["opened"]] == [wanted]
    assert [flag["id"] for flag in run_document(town.config, run.id)["closed"]] == [wanted]
    assert "closed" not in conflict_document(town.config, wanted)["flag"]


def test_what_is_held_comes_first_then_what_is_open_then_what_was_closed(town: Town) -> None:
    landing(town).type(5, 6, "30.11.2026")
    briefs(town).delete("ROWS", 8, 9)
    town.run()
    lines = list(status_text(Screen(), status_document(town.config)))
    heads = [
        next(at for at, line in enumerate(lines) if line.startswith(it)) for it in ("briefs ", "ss-", "Open no more")
    ]
    assert heads == sorted(heads)
    assert str(Guard.SHRUNKEN) in lines[1]
    assert lines[-1].startswith("1 source held; ")
    assert sum("--accept shrunken:briefs" in line for line in lines) == 1, "told once"


@pytest.mark.parametrize("by", ["campaign", "source"])
def test_groups_hold_every_flag_once_and_the_gravest_come_first(town: Town, by: str) -> None:
    status = status_document(town.config)
    lines = list(status_text(Screen(), status, by))
    listed = [line.split()[0] for line in lines if line.startswith("ss-")]
    assert sorted(listed) == sorted(flag["id"] for flag in status["flags"])
    grave = [int(line.rpartition("(")[2].split()[0]) for line in lines if line.endswith(" high)")][:-1]
    assert grave == sorted(grave, reverse=True)


def test_a_source_that_could_not_be_read_is_told_by_status_and_by_its_run(town: Town) -> None:
    town.change("landing", location=SheetTab("gone", 1204))
    town.run()
    assert any(line.startswith("landing: ") for line in status_text(Screen(), status_document(town.config)))
    assert set(run_document(town.config, "last")["run"]["troubles"]) == {"landing"}


# ---------------------------------------------------------------- history and runs


def test_the_history_of_a_campaign_tells_its_placements_and_what_was_typed_over_us(town: Town) -> None:
    landing(town).type(5, 6, "30.11.2026")
    builder(town).type(3, 13, "checked by me")
    town.run()
    told = history_document(town.config, "nl-1003", None, None, 50)
    assert [
        (it["who"], it["tab"], it["cell"], it["record"], it["old"], it["new"], it["ours"]) for it in told["events"]
    ] == [
        ("Web", "Zielseiten", "G6", "NL-1003", "2026-11-29", "2026-11-30", False),
        ("Analytics", "Builder", "N4", "NL-1003 / email / hero-banner", None, "checked by me", True),
    ]
    of_placement = history_document(town.config, "NL-1003 / email / hero-banner", "issues", None, 50)
    assert [it["new"] for it in of_placement["events"]] == ["checked by me"]
    text = "\n".join(history_text(Screen(), told))
    assert "2026-11-29 -> 2026-11-30 (typed '30.11.2026')" in text
    assert "typed into what is ours: 'checked by me'" in text
    assert 'A sheet does not say who typed: "who" is the team' in text


def test_the_newest_changes_are_told_last_and_as_many_as_wanted(town: Town) -> None:
    started = []
    for day in ("28", "27", "26"):
        landing(town).type(5, 6, f"{day}.11.2026")
        started.append(town.run().started)
    told = history_document(town.config, "NL-1003", "flight_end", None, 2)
    assert [it["new"] for it in told["events"]] == ["2026-11-27", "2026-11-26"]
    assert told["total"] == 3
    assert "--limit 3 shows all" in list(history_text(Screen(), told))[-1]
    since = history_document(town.config, "NL-1003", None, started[1], 9)
    assert [it["new"] for it in since["events"]] == ["2026-11-27", "2026-11-26"]


def test_a_record_that_is_gone_still_has_its_history(town: Town) -> None:
    builder(town).delete("ROWS", 3)
    town.run()
    told = history_document(town.config, "NL-1003 / email / hero-banner", None, None, 99)
    assert {it["new"] for it in told["events"]} == {None}
    with pytest.raises(UsageError, match="nothing was seen of 'NL-9999'"):
        history_document(town.config, "NL-9999", None, None, 9)
    with pytest.raises(UsageError, match="no field is called 'flight'"):
        history_document(town.config, "NL-1003", "flight", None, 9)


def test_a_run_in_full_says_what_it_wrote_under_which_generation(town: Town) -> None:
    landing(town).type(5, 6, "30.11.2026")
    run = town.run()
    told = run_document(town.config, run.id[:-2])
    assert [(it["title"], it["generation"], it["state"]) for it in told["batches"]] == [
        ("Landingpages Q4 2026", 2, "committed")
    ]
    assert told["run"]["written"][0]["changes"] == ["write 7 lines into our tab"]
    assert [event["run"] for event in told["events"]] == [run.id]
    assert [it["id"] for it in runs_document(town.config, 1)["runs"]] == [run.id]


def test_a_run_that_is_none_or_several_is_refused(town: Town) -> None:
    town.run()
    with pytest.raises(UsageError, match=r"no run is called 'r9'.*`sheetsync runs`"):
        run_document(town.config, "r9")
    with pytest.raises(UsageError, match="more than one run begins with '2'"):
        run_document(town.config, "2")


# ---------------------------------------------------------------- truth and graph


def test_each_claim_says_whose_it_is_and_which_contract_binds_it(town: Town) -> None:
    claims = truth_document(town.config, "NL-1003", "flight_end")["fields"][0]["claims"]
    assert {claim["source"]: claim["role"] for claim in claims} == {
        "briefs": "owner",
        "landing": "copy",
        "utm": "copy",
        "official": "system of record",
    }
    bound = {claim["source"]: claim["contract"] for claim in claims}
    assert bound["briefs"] is None
    assert bound["utm"] == "Flight end in UTM builder must be what Partner briefs says, in any spelling"


def test_the_graph_tells_every_handoff_and_marks_what_is_odd(town: Town) -> None:
    rules = town.config.rules
    back = Handoff("utm", "briefs", {})
    config = replace(town.config, rules=replace(rules, handoffs=(*rules.handoffs, back)))
    document = graph_document(config)
    assert [it["id"] for it in document["handoffs"]] == [it.id for it in config.rules.handoffs]
    assert document["cycles"] == [["briefs", "utm"], ["landing", "utm", "briefs"]]
    assert document["unread"] == []
    assert set(document["ownerless"]) == {"brand_approval", "notes"}
    text = list(graph_text(Screen(), document))
    assert "cycle: briefs -> utm -> briefs" in text
    assert "nobody owns notes: briefs, landing" in text
    assert "nobody reads utm: no handoff goes out from it" in list(graph_text(Screen(), graph_document(town.config)))


def test_mermaid_has_a_line_for_each_source_and_handoff_and_no_title_breaks_it(town: Town) -> None:
    town.change("briefs", title='Briefs "Q4"; <b>end</b>]| %%')
    lines = list(graph_mermaid(graph_document(town.config)))
    assert lines[0] == "flowchart LR"
    assert sum(" -->|" in line for line in lines) == len(town.config.rules.handoffs)
    for line in lines[1:]:
        for label in line.split('"')[1::2]:
            assert not set(label.replace("<br/>", "")) & set('"<>[]|%{}'), line
        assert line.count('"') in (0, 2), line


# ---------------------------------------------------------------- every text on every screen


@pytest.mark.parametrize("screen", [Screen(), Screen(links=True), Screen(80, colour=True), Screen(24, links=True)])
def test_every_text_can_be_told_on_every_screen(town: Town, screen: Screen) -> None:
    landing(town).type(5, 6, "30.11.2026")
    builder(town).type(3, 13, "typed \x1b[2J over")
    town.change("utm", mode=Mode.OBSERVE)
    town.run()
    config = town.config
    flags = conflicts_document(config, Wanted())
    texts = [
        *(status_text(screen, status_document(config), by) for by in (None, "campaign", "source")),
        conflicts_text(screen, flags),
        *(conflict_text(screen, conflict_document(config, flag["id"])) for flag in flags["flags"]),
        truth_text(screen, truth_document(config, "NL-1003", None)),
        truth_text(screen, truth_document(config, "NL-1003 / email / hero-banner", None)),
        history_text(screen, history_document(config, None, None, None, 99)),
        runs_text(screen, runs_document(config, 9)),
        run_text(screen, run_document(config, "last")),
        graph_text(screen, graph_document(config)),
    ]
    for text in texts:
        lines = list(text)
        assert lines
        assert not any("\n" in line or "\x1b[2J" in line for line in lines)
