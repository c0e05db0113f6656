"""What people decide in the tab, end to end: every choice, what comes of it, and what happens when things move on."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from sheetsync.core.conflicts import State
from sheetsync.core.graph import Handoff, Mode
from sheetsync.core.guards import Guard
from sheetsync.core.rulings import End, Verdict
from sheetsync.core.terms import Contract
from sheetsync.engine.undoing import undo
from tests.engine.conftest import Town
from tests.engine.hall import Hall, at_rest, kinds


@pytest.fixture
def hall(decided_in: Town) -> Hall:
    return Hall(decided_in)


def test_keep_a_leaves_the_owners_word_and_says_so_beside_the_copy(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep A")
    run = hall.run()
    assert kinds(run, "NL-1001", "promo_code") == {
        "landing": ("difference", "FINCH25"),
        "official": ("difference", "FINCH25"),
    }
    assert hall.state(one).startswith("keep A (FINCH25), decided by Dana (unattested) on ")
    at_rest(hall)
    hall.page("NL-1001", "promo_code", "finch25")
    hall.run()
    assert hall.conflicts[one].state is State.CLOSED
    assert [ruling.end for ruling in hall.rulings] == [End.FULFILLED]
    at_rest(hall)


def test_keep_b_makes_the_copys_word_the_owners(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep B")
    run = hall.run()
    assert kinds(run, "NL-1001", "promo_code") == {
        "briefs": ("difference", "FINCH30"),
        "official": ("difference", "FINCH30"),
    }
    assert hall.conflicts[one].state is State.APPLIED
    at_rest(hall)
    hall.brief("NL-1001", "promo_code", "FINCH30")
    hall.run()
    assert (hall.conflicts[one].state, hall.rulings[0].end) == (State.CLOSED, End.FULFILLED)
    at_rest(hall)


def test_keep_last_agreed_wants_both_to_go_back(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep last agreed")
    run = hall.run()
    wanted = {"briefs": ("difference", "FINCH20"), "landing": ("difference", "FINCH20")}
    assert kinds(run, "NL-1001", "promo_code") == wanted
    at_rest(hall)
    hall.page("NL-1001", "promo_code", "FINCH20")
    assert kinds(hall.run(), "NL-1001", "promo_code") == {"briefs": ("difference", "FINCH20")}
    hall.brief("NL-1001", "promo_code", "FINCH20")
    assert kinds(hall.run(), "NL-1001", "promo_code") == {}
    assert (hall.conflicts[one].state, hall.rulings[0].end) == (State.CLOSED, End.FULFILLED)
    at_rest(hall)


def test_a_custom_value_holds_for_both(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "custom value", custom_value=" finch40 ")
    run = hall.run()
    assert kinds(run, "NL-1001", "promo_code") == {
        "briefs": ("difference", "FINCH40"),
        "landing": ("difference", "FINCH40"),
        "official": ("difference", "FINCH40"),
    }
    at_rest(hall)


def test_both_may_differ_until_a_day(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "allowed to differ until …", until="2099-12-31", why="a test of two codes")
    run = hall.run()
    assert kinds(run, "NL-1001", "promo_code") == {"official": ("difference", "FINCH25")}
    assert (hall.rulings[0].verdict, hall.rulings[0].end) == (Verdict.MAY_DIFFER, None)
    assert "2099-12-31" in hall.state(one)
    at_rest(hall)


# ---------------------------------------------------------------- groups, fields of nobody, several copies


def with_rules(hall: Hall, **changes: object) -> Hall:
    hall.town.set(replace(hall.town.config.rules, **changes))  # type: ignore[arg-type]
    hall.run()
    return hall


def test_a_group_is_decided_as_a_whole(hall: Hall) -> None:
    with_rules(hall, groups={"offer_terms": ("offer", "promo_code")})
    hall.brief("NL-1001", "offer", "25% off")
    hall.page("NL-1001", "promo_code", "FINCH30")
    run = hall.run()
    [one] = [it for it in hall.conflicts.values() if it.is_open]
    assert set(one.dispute.fields) == {"offer", "promo_code"}
    hall.decide(one.id, "custom value", custom_value="Promo code = FINCH40")
    hall.run()
    assert hall.rulings == []
    assert "type all of them under `custom value`" in hall.state(one.id)
    hall.write(one.id, "custom value", "Promo code = FINCH40; offer = 30% off")
    run = hall.run()
    assert dict(hall.rulings[0].holds) == {"promo_code": "FINCH40", "offer": "30% off"}
    for field, value in hall.rulings[0].holds.items():
        wanted = kinds(run, "NL-1001", field)
        assert (wanted["briefs"], wanted["landing"]) == (("difference", value), ("difference", value))
    at_rest(hall)


@pytest.mark.parametrize(("decision", "wants"), [("keep A", {"landing"}), ("keep B", {"briefs"})])
def test_a_field_that_nobody_owns_is_decided_between_its_two_sides(hall: Hall, decision: str, wants: set[str]) -> None:
    rules = hall.town.config.rules
    with_rules(hall, owners={name: it for name, it in rules.owners.items() if name != "promo_code"})
    one = hall.dispute()
    hall.decide(one, decision)
    run = hall.run()
    told = kinds(run, "NL-1001", "promo_code")
    assert {source for source, (kind, _) in told.items() if kind == "difference"} == wants
    at_rest(hall)
    hall.page("NL-1001", "promo_code", "FINCH77")
    hall.run()
    assert hall.rulings[0].end is End.SIDES_MOVED


def test_three_copies_hear_one_decision(hall: Hall) -> None:
    hall.brief("NL-1002", "flight_end", "11/25/2026")
    hall.page("NL-1002", "flight_end", "27.11.2026")
    hall.link(2, 8, "27/11/2026")
    run = hall.run()
    page = hall.about(run, "NL-1002", "flight_end").id
    link = hall.about(run, "NL-1002 / paid_social / carousel-a", "flight_end", "utm").id
    hall.decide(page, "keep B")
    run = hall.run()
    assert kinds(run, "NL-1002", "flight_end") == {
        "briefs": ("difference", "2026-11-27"),
        "official": ("difference", "2026-11-27"),
    }
    assert {one: it.state for one, it in hall.conflicts.items()} == {page: State.APPLIED, link: State.CLOSED}
    made = {it.record: it.field for it in run.decided.generated if it.place.source == "utm"}
    assert made["NL-1002 / paid_social / carousel-a"] == "tracking_url", "nothing is withheld any more"
    at_rest(hall)


# ---------------------------------------------------------------- modes, guards, tables, undo


def test_an_owner_whose_sheet_is_only_observed_is_ruled_all_the_same(hall: Hall) -> None:
    one = hall.dispute()
    for name in ("briefs", "landing"):
        hall.town.change(name, mode=Mode.OBSERVE)
    hall.decide(one, "keep B")
    run = hall.run()
    assert kinds(run, "NL-1001", "promo_code")["briefs"] == ("difference", "FINCH30")
    assert hall.conflicts[one].state is State.APPLIED
    at_rest(hall)


@pytest.fixture
def register(hall: Hall) -> Hall:
    """The register is willing to follow the owners."""
    with closing(sqlite3.connect(hall.town.place / "records.db")) as connection, connection:
        connection.execute("ALTER TABLE campaigns ADD COLUMN row_version INTEGER NOT NULL DEFAULT 1")
    hall.town.change("official", writes=True, version="row_version")
    hall.run()
    return hall


def code_in_register(hall: Hall, record: str = "NL-1001") -> str:
    with closing(sqlite3.connect(hall.town.place / "records.db")) as connection:
        [(code,)] = connection.execute("SELECT promo_code FROM campaigns WHERE campaign_id = ?", [record])
        return str(code)


def test_a_table_follows_what_was_decided_about_another_copy(register: Hall) -> None:
    one = register.dispute()
    assert code_in_register(register) == "FINCH20", "in conflict nothing follows"
    register.decide(one, "keep B")
    register.run()
    assert code_in_register(register) == "FINCH30"
    at_rest(register)


def test_a_table_that_moved_itself_is_decided_about_and_then_written(register: Hall) -> None:
    with closing(sqlite3.connect(register.town.place / "records.db")) as connection, connection:
        connection.execute("UPDATE campaigns SET promo_code = 'FINCH50' WHERE campaign_id = 'NL-1001'")
    register.brief("NL-1001", "promo_code", "FINCH25")
    one = register.about(register.run(), "NL-1001", "promo_code", "official").id
    assert code_in_register(register) == "FINCH50"
    register.decide(one, "keep A")
    register.run()
    assert code_in_register(register) == "FINCH25"
    register.run()
    assert (register.conflicts[one].state, register.rulings[0].end) == (State.CLOSED, End.FULFILLED)
    at_rest(register)


def test_a_table_that_owns_the_field_is_made_to_say_what_was_decided(register: Hall) -> None:
    rules = register.town.config.rules
    back = Handoff("official", "briefs", {"promo_code": Contract.EQUAL})
    others = tuple(
        replace(it, contracts={name: term for name, term in it.contracts.items() if name != "promo_code"})
        for it in rules.handoffs
    )
    with_rules(register, owners={**rules.owners, "promo_code": "official"}, handoffs=(*others, back))
    register.run()
    with closing(sqlite3.connect(register.town.place / "records.db")) as connection, connection:
        connection.execute("UPDATE campaigns SET promo_code = 'FINCH50' WHERE campaign_id = 'NL-1001'")
    register.brief("NL-1001", "promo_code", "FINCH25")
    one = register.about(register.run(), "NL-1001", "promo_code", "briefs").id
    register.decide(one, "keep B")
    register.run()
    assert code_in_register(register) == "FINCH25"
    register.run()
    assert (register.conflicts[one].state, register.rulings[0].end) == (State.CLOSED, End.FULFILLED)
    at_rest(register)


def test_what_a_run_decided_is_taken_back_with_it_and_can_be_decided_again(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep B")
    taken = hall.run().id
    undo(hall.town.world(), hall.town.config.rules, taken)
    assert [it.end for it in hall.rulings] == [End.UNDONE]
    assert hall.conflicts[one].is_open
    everything = hall.town.yes_to(Guard.UNDONE, Guard.FIRST_WRITE)
    run = hall.run(accept=everything)
    assert kinds(run, "NL-1001", "promo_code")["landing"][0] == "conflict"
    assert len(hall.rulings) == 1, "what was taken back does not count again by itself"
    assert "taken back" in hall.state(one)
    hall.write(one, "why", "yes, really")
    run = hall.run()
    assert [it.end for it in hall.rulings] == [End.UNDONE, None]
    assert kinds(run, "NL-1001", "promo_code")["briefs"] == ("difference", "FINCH30")
    at_rest(hall)
