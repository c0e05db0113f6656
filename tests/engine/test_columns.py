"""A renamed column: what is said of it, what counts meanwhile, and what becomes of a person's answer."""

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from sheetsync.core.graph import Mode
from sheetsync.core.guards import Guard
from sheetsync.faces.cli import main
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, Hand, briefs, builder
from tests.engine.test_guards import NO_YES, SCHEMA, held
from tests.engine.test_saved_plans import Desk

Json = Mapping[str, Any]


def pages(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def run(town: Town, **request: Any) -> Json:
    document = town.reconcile(**{"accept": NO_YES, **request})
    jsonschema.validate(document, SCHEMA)
    return document


def rename(hand: Hand, old: str, new: str) -> None:
    row, column = next(
        (r, c) for r, cells in enumerate(hand.grid) for c, shown in enumerate(cells) if " ".join(shown.split()) == old
    )
    hand.text(row, column, new)


def said(document: Json) -> Json:
    """All that a cycle says of cells, without where it says it."""
    return {kind: [without_place(it) for it in document[kind]] for kind in ("flags", "generated", "withheld", "asked")}


def without_place(it: Json) -> Json:
    return {key: value for key, value in it.items() if key not in ("link", "cell")}


def sheetsync(town: Town, *arguments: str) -> Result:
    environ = {**town.environment, "SHEETSYNC_CONFIG": str(town.folder), "SHEETSYNC_LEDGER": str(town.ledger)}
    done = CliRunner().invoke(main, list(arguments), env=environ, prog_name="sheetsync")
    assert "Traceback" not in done.output
    return done


def typed(town: Town, command: str) -> Result:
    """What a line told people to type, typed."""
    _, *arguments = shlex.split(command)
    done = sheetsync(town, *arguments)
    assert done.exit_code == 0, done.output
    return done


def listed(town: Town) -> Json:
    document: Json = json.loads(sheetsync(town, "match", "list", "--json").stdout)
    return document


def command_in(document: Json, number: int = 0) -> str:
    return str(document["doubts"][number]["candidates"][0]["command"])


def counting(town: Town) -> list[tuple[str, str | None, list[str], str | None]]:
    return [(it["column"], it["accepted"], it["rejected"], it["but"]) for it in listed(town)["column_answers"]]


# ---------------------------------------------------------------- nothing is taken over, nothing is lost


def test_a_renamed_column_goes_on_counting_as_last_read_and_the_line_says_what_to_type(town: Town) -> None:
    before = said(run(town))
    rename(briefs(town), "Offer", "Deal of the week")
    document = run(town)
    assert said(document) == before
    [line] = document["held"]
    assert (line["source"], line["guard"]) == ("briefs", "mapping")
    assert "offer is gone, it stood under 'Offer'; offer is most likely 'Deal of the week' now" in line["what"]
    assert "it holds 10 of the 10 values known of it" in line["what"]
    assert "run `sheetsync match accept briefs.offer 'Deal of the week'`" in line["remedy"]
    assert "--accept mapping:briefs" in line["remedy"]
    assert said(run(town)) == before, "and again"
    assert not town.world().ledger.history(run=document["run"]["id"])


RENAMED: Mapping[str, tuple[Callable[[Town], Hand], str, str, str]] = {
    "the owner's word": (briefs, "Promo code", "Voucher", "briefs.promo_code"),
    "names by which rows are matched": (briefs, "Partner", "Client", "briefs.partner"),
    "days": (briefs, "Starts", "In shops from", "briefs.flight_start"),
    "a copy": (pages, "Angebot", "Rabatt", "landing.offer"),
    "a key": (pages, "Kampagnen-Nr.", "Nummer", "landing.campaign_id"),
    "a part of a key": (builder, "Placement", "Spot", "utm.slot"),
    "a header for the shell": (builder, "Source", "It's $HOME; `ls`", "utm.utm_source"),
}


@pytest.mark.parametrize("name", RENAMED)
def test_after_yes_everything_is_as_before_wherever_the_column_is_moved(town: Town, name: str) -> None:
    hand, old, new, about = RENAMED[name]
    before = run(town)
    rename(hand(town), old, new)
    asked = run(town)
    [doubt] = asked["doubts"]
    assert (doubt["column"], [it["header"] for it in doubt["candidates"]]) == (about, [new])
    assert asked["run"]["exit_code"] == 12
    typed(town, command_in(asked))
    run(town)  # where a part of the key has another header, our formula says so
    after = run(town)
    assert (after["held"], after["doubts"], after["requests"]["writes"]) == ([], [], 0)
    assert said(after) == said(before)
    assert [it["column"] for it in after["told_columns"]] == [about]
    hand(town).insert("COLUMNS", 0)
    if hand is not briefs:  # no column can be moved through its title
        _, column = hand(town).find(new)
        hand(town).move("COLUMNS", column, column + 1, 0)
    moved = run(town)
    assert (moved["held"], moved["doubts"]) == ([], [])
    assert {key: len(value) for key, value in said(moved).items()} == {
        key: len(value) for key, value in said(before).items()
    }


def test_a_column_that_was_renamed_and_moved_at_once_is_known_by_its_values(town: Town) -> None:
    rename(pages(town), "Angebot", "Woche")
    _, column = pages(town).find("Woche")
    pages(town).move("COLUMNS", column, column + 1, 1)
    [doubt] = run(town)["doubts"]
    assert (doubt["column"], doubt["candidates"][0]["header"]) == ("landing.offer", "Woche")


def test_two_columns_renamed_at_once_are_asked_about_one_by_one(town: Town) -> None:
    before = said(run(town))
    rename(briefs(town), "Starts", "First day")
    rename(briefs(town), "Ends", "Last day")
    first = run(town)
    assert [(it["column"], it["candidates"][0]["header"]) for it in first["doubts"]] == [
        ("briefs.flight_start", "First day"),
        ("briefs.flight_end", "Last day"),
    ]
    typed(town, command_in(first))
    second = run(town)
    assert [it["column"] for it in second["doubts"]] == ["briefs.flight_end"]
    assert held(second).keys() == {("briefs", "mapping")}
    typed(town, command_in(second))
    third = run(town)
    assert (third["held"], said(third)) == ([], before)


def test_without_its_key_column_a_source_stands_still_until_somebody_says_which_it_is(town: Town) -> None:
    before = said(run(town))
    rename(pages(town), "Kampagnen-Nr.", "Nummer")
    pages(town).text(4, 6, "29.11.2026")
    document = run(town, accept=town.yes_to())
    [line] = document["held"]
    assert (line["guard"], line["accept"]) == ("header", None)
    assert "campaign_id is most likely 'Nummer' now: it holds 1" in line["what"]
    assert "`sheetsync match accept landing.campaign_id Nummer`" in line["remedy"]
    assert "landing" not in {it["source"] for it in document["flags"]}
    typed(town, command_in(document))
    after = said(run(town))
    assert len(after["flags"]) == len(before["flags"]) + 1, "what was typed meanwhile is seen now"


def test_a_column_replaced_by_another_is_gone_and_nothing_is_proposed(town: Town) -> None:
    before = said(run(town))
    column = pages(town).find("Angebot")[1]
    pages(town).delete("COLUMNS", column)
    pages(town).insert("COLUMNS", column)
    for row, text in enumerate(["Farbe", "Blau", "Rot", "Grün"], start=2):
        pages(town).text(row, column, text)
    document = run(town)
    [doubt] = document["doubts"]
    assert (doubt["column"], doubt["candidates"], doubt["what"]) == ("landing.offer", [], "no column looks like offer")
    assert "`sheetsync match accept landing.offer HEADER`" in document["held"][0]["remedy"]
    assert said(document) == before
    gone = run(town, accept=frozenset({(Guard.MAPPING, "landing")}))
    assert (gone["held"], gone["doubts"]) == ([], [])
    lost = town.world().ledger.history(run=gone["run"]["id"])
    assert lost
    assert {(it.field, it.new) for it in lost} == {("offer", None)}, "what went stands in the history"
    assert (run(town)["held"], run(town)["doubts"]) == ([], [])


def test_a_header_that_is_back_needs_no_answer(town: Town) -> None:
    before = said(run(town))
    rename(briefs(town), "Offer", "Deal")
    run(town)
    rename(briefs(town), "Deal", "Offer")
    document = run(town)
    assert (document["held"], document["doubts"], document["requests"]["writes"]) == ([], [], 0)
    assert said(document) == before
    assert listed(town)["columns"] == []


@pytest.mark.parametrize("forgotten", [False, True])
def test_an_answer_stops_mattering_when_a_configured_header_is_there_again(town: Town, forgotten: bool) -> None:
    before = said(run(town))
    rename(briefs(town), "Offer", "Deal")
    typed(town, command_in(run(town)))
    run(town)
    if forgotten:
        typed(town, "sheetsync match forget briefs.offer")
    rename(briefs(town), "Deal", "Offer")
    document = run(town)
    assert (document["held"], document["doubts"], document["told_columns"]) == ([], [], [])
    assert said(document) == before
    if not forgotten:
        but = "a header that the configuration names is there"
        assert counting(town) == [("briefs.offer", "Deal", [], but)]


def test_a_header_typed_twice_never_hands_a_field_to_another_column(town: Town) -> None:
    before = said(run(town))
    rename(briefs(town), "Contact", "Notes")
    document = run(town)
    [doubt] = document["doubts"]
    assert doubt["what"] == "columns K and L are both headed as notes, and the first is not the one that was read"
    assert said(document) == before
    assert held(document).keys() == {("briefs", "mapping")}
    briefs(town).text(3, 10, "Contact")
    assert run(town)["held"] == []


def test_a_key_header_typed_twice_stops_the_source(town: Town) -> None:
    before = said(run(town))
    rename(briefs(town), "Partner", "Ref")
    document = run(town)
    assert held(document).keys() == {("briefs", "header")}
    assert "columns B and C are both headed as campaign_id" in document["held"][0]["what"]
    assert [it for it in said(document)["flags"] if it["source"] != "briefs"] == [
        it for it in before["flags"] if it["source"] != "briefs"
    ]


def test_a_second_header_right_of_the_column_changes_nothing(town: Town) -> None:
    before = said(run(town))
    briefs(town).text(3, 12, "Offer")
    document = run(town)
    assert (document["held"], document["doubts"], said(document)) == ([], [], before)


def test_a_header_that_was_emptied_is_to_be_put_back(town: Town) -> None:
    builder(town).type(0, 7, None)
    [line] = run(town)["held"]
    assert "column H has no header now, but it holds " in line["what"]
    assert line["remedy"].startswith("Put a header above column H. Otherwise put the headers back")


def test_who_only_observes_is_asked_too_and_held_by_nothing(town: Town) -> None:
    for name in ("briefs", "landing", "utm"):
        town.change(name, mode=Mode.OBSERVE)
    before = said(run(town))
    rename(pages(town), "Angebot", "Rabatt")
    for _ in range(2):
        document = run(town)
        assert (document["held"], document["run"]["exit_code"], said(document)) == ([], 0, before)
        assert [it["column"] for it in document["doubts"]] == ["landing.offer"]
    typed(town, command_in(document))
    assert (run(town)["doubts"], said(run(town))) == ([], before)
    typed(town, "sheetsync match forget landing.offer")
    assert [it["column"] for it in run(town)["doubts"]] == ["landing.offer"]
    gone = run(town, accept=frozenset({(Guard.MAPPING, "landing")}))
    assert gone["doubts"] == run(town)["doubts"] == []


def test_a_row_that_is_new_says_nothing_in_a_column_that_is_gone(town: Town) -> None:
    rename(pages(town), "ZIELSEITE", "Seite")
    pages(town).insert("ROWS", 14)
    pages(town).type(14, 0, "NL-1012", "Neu", "Finch Harbor", "https://www.northlight.example/neu")
    run(town)
    memory = town.world().ledger.memory().observations
    assert "landing_page" not in memory.record("landing", "unmatched NL-1012 (1)")
    assert memory.record("landing", "NL-1008")["landing_page"].value


# ---------------------------------------------------------------- what people say


def test_a_rejected_column_is_not_proposed_again_and_the_field_is_still_asked_about(town: Town) -> None:
    rename(briefs(town), "Offer", "Deal")
    run(town)
    typed(town, "sheetsync match reject briefs.offer --by Ann")
    assert [it["candidates"] for it in listed(town)["columns"]] == [[]]
    document = run(town)
    assert [(it["column"], it["candidates"]) for it in document["doubts"]] == [("briefs.offer", [])]
    assert held(document).keys() == {("briefs", "mapping")}
    assert counting(town) == [("briefs.offer", None, ["Deal"], None)]
    assert sheetsync(town, "match", "reject", "briefs.offer").exit_code == 2, "nothing is proposed any more"
    typed(town, "sheetsync match accept briefs.offer Deal")
    assert run(town)["held"] == []


def test_what_was_said_can_be_taken_back(town: Town) -> None:
    rename(briefs(town), "Offer", "Deal")
    first = run(town)
    typed(town, command_in(first))
    assert run(town)["held"] == []
    typed(town, "sheetsync match forget briefs.offer")
    assert counting(town) == []
    again = run(town)
    assert [it["column"] for it in again["doubts"]] == ["briefs.offer"]
    assert said(again) == said(first)


def test_an_answer_is_told_until_the_configuration_names_the_header_with_the_line_to_write(town: Town) -> None:
    rename(briefs(town), "Offer", "Deal: now!")
    typed(town, f"{command_in(run(town))} --by Ann")
    [it] = listed(town)["column_answers"]
    assert it["but"] == "no run has gone by it yet"
    run(town)
    [it] = listed(town)["column_answers"]
    assert (it["by"], it["but"], it["line"]) == ("Ann", None, 'offer: "Deal: now!"')
    assert it["setting"].startswith("`sources.briefs.columns.offer` (")
    for command in (["match"], ["status"], ["validate"], ["reconcile"], ["inspect", BRIEFS]):
        told = " ".join(sheetsync(town, *command).stdout.split())
        assert "Deal: now!" in told, command
        assert "sources.briefs.columns.offer" in told, command
    columns = {**town.config.rules.sources["briefs"].columns, "offer": ("Deal: now!",)}
    town.change("briefs", columns=columns)
    document = run(town)
    assert (document["held"], document["told_columns"]) == ([], [])


def test_an_answer_that_names_no_header_there_is_told_and_asked_again(town: Town) -> None:
    rename(briefs(town), "Offer", "Deal")
    run(town)
    typed(town, "sheetsync match accept briefs.offer Dael")
    document = run(town)
    assert command_in(document) == "sheetsync match accept briefs.offer Deal"
    assert counting(town) == [("briefs.offer", "Dael", [], "there was no such header at the last look")]


def test_an_answer_may_come_before_any_run_has_asked(town: Town) -> None:
    before = said(run(town))
    rename(briefs(town), "Offer", "Deal")
    run(town, dry_run=True)
    typed(town, "sheetsync match accept briefs.offer Deal")
    document = run(town)
    assert (document["held"], said(document)) == ([], before)


def test_a_saved_plan_goes_stale_when_somebody_says_which_column_is_which(town: Town) -> None:
    desk = Desk(town)
    rename(pages(town), "Angebot", "Rabatt")
    briefs(town).text(6, 5, "2026-11-19")
    desk.plan()
    typed(town, "sheetsync match accept landing.offer Rabatt")
    code, states, told = desk.apply()
    assert (code, states[LANDING]) == (12, "refused")
    assert "somebody has said since which column is which" in told
    assert states.get(BRIEFS) != "refused"


def test_people_see_the_question_in_every_command_that_looks(town: Town) -> None:
    town.change("landing", mode=Mode.OBSERVE)
    rename(pages(town), "Angebot", "Rabatt")
    rename(briefs(town), "Offer", "Deal")
    for command in (["plan"], ["reconcile"], ["status"], ["match", "list"]):
        told = " ".join(sheetsync(town, *command).stdout.split())
        assert "sheetsync match accept landing.offer Rabatt" in told, command
        assert "sheetsync match accept briefs.offer Deal" in told, command
        assert "10 of the 10 values known of it" in told, command
