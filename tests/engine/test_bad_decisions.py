"""Decisions that cannot count: each is said in its row and in the ledger, none is applied, the others are taken."""

from dataclasses import replace

import pytest

from sheetsync.core.conflicts import State
from sheetsync.core.graph import Visibility
from sheetsync.core.matters import CHOICES
from sheetsync.core.rulings import Verdict
from sheetsync.core.terms import Before
from sheetsync.core.where_decided import DECISIONS
from tests.deciding import OPS
from tests.engine.conftest import Town
from tests.engine.hall import Hall, at_rest, kinds
from tests.engine.people import BRIEFS

#: campaigns whose code can be disputed
OF = ("NL-1001", "NL-1003", "NL-1005", "NL-1007", "NL-1008", "NL-1011")


@pytest.fixture
def hall(decided_in: Town) -> Hall:
    return Hall(decided_in)


def disputes(hall: Hall, *of: str, field: str = "promo_code", a: str = "OWNER7", b: str = "COPY77") -> list[str]:
    """Several at once; their lines' ids in this order."""
    for record in of:
        hall.brief(record, field, a)
        hall.page(record, field, b)
    run = hall.run()
    return [hall.about(run, record, field).id for record in of]


def refusal(hall: Hall, one: str) -> str:
    """What is said of it in its row, which is what the ledger keeps; and it was not applied."""
    said = hall.heard(one)[-1].refused
    assert said
    assert hall.state(one) == said
    assert hall.conflicts[one].is_open
    assert one not in {ruling.matter for ruling in hall.rulings}
    return said


def test_what_cannot_be_taken_is_said_in_its_row_and_the_others_are_taken(hall: Hall) -> None:
    good, word, custom, nobody, agreed, until = disputes(hall, *OF)
    hall.decide(good, "  Keep  b ", '=CONCATENATE("Da";"na")')
    hall.decide(word, "keep C", "x" * 10_000)
    hall.decide(custom, "custom value", "Dana", custom_value="   ")
    hall.write(nobody, "decision", "keep A")
    hall.decide(agreed, "custom value", "Dana", custom_value="TBD")
    hall.decide(until, "allowed to differ until …", until="next spring")
    hall.run()
    assert [(it.matter, it.by, dict(it.holds)) for it in hall.rulings] == [(good, "Dana", {"promo_code": "COPY77"})]
    assert refusal(hall, word) == f"not applied: keep C is none of {', '.join(CHOICES)}"
    assert refusal(hall, custom) == "not applied: which value? Type it under `custom value`"
    assert refusal(hall, nobody) == "decision not taken yet: say under `by` who decides"
    assert refusal(hall, agreed) == "not applied: TBD says nothing (Promo code)"
    assert refusal(hall, until).startswith(
        "not applied: under `until`, 'next spring' is no date; type it as 2026-12-31"
    )
    hall.write(nobody, "by", "Kim")
    hall.run()
    assert {it.matter for it in hall.rulings} == {good, nobody}
    at_rest(hall)


def test_a_day_is_read_as_people_write_it_in_that_workbook(hall: Hall) -> None:
    """The ops workbook is Swiss, where 3.4. is in April; what Google holds as a day is one, however it is shown."""
    swiss, month, past, serial, slash, nothing = disputes(hall, *OF)
    wanted = "allowed to differ until …"
    hall.decide(swiss, wanted, until="3.4.2099")
    hall.decide(month, "Allowed to differ until", until="31 Dez 2099 ")
    hall.decide(past, wanted, until="1.11.2020")
    hall.decide(serial, wanted)
    hall.write(serial, "until", 73051)
    tab = hall.tab()
    column = tab.grid[0].index("until")
    tab.format(next(at for at, row in enumerate(tab.grid) if serial in row), column, "DATE", "dd/mm")
    hall.decide(slash, wanted, until="Q4")
    hall.decide(nothing, wanted, until="tbd")
    hall.run()
    days = {it.matter: str(it.until) for it in hall.rulings}
    assert days == {swiss: "2099-04-03", month: "2099-12-31", serial: "2100-01-01"}
    assert refusal(hall, past) == "not applied: 2020-11-01 under `until` is over"
    assert "names a quarter, not a day; type it as 2026-12-31" in refusal(hall, slash)
    assert refusal(hall, nothing).startswith("not applied: until when may they differ?")
    at_rest(hall)


def test_two_who_decide_otherwise_are_both_asked_and_the_same_decision_twice_is_one(hall: Hall) -> None:
    twice, alike, apart = disputes(hall, *OF[:3])
    tab = hall.tab()
    rows = {one: next(at for at, row in enumerate(tab.grid) if one in row) for one in (twice, alike)}
    for one in (twice, alike):
        tab.copy([rows[one], rows[one] + 1, 0, 1], [10 + rows[one], 11 + rows[one], 0, 1])
    head = tab.grid[0]
    for one, (first, second) in {twice: ("keep A", "keep B"), alike: ("keep B", "keep B")}.items():
        for row, word in ((rows[one], first), (10 + rows[one], second)):
            tab.text(row, head.index("decision"), word)
            tab.text(row, head.index("by"), "Dana")
    hall.decide(apart, "keep A", "Ann")
    hall.run()
    assert hall.heard(twice)[-1].refused.startswith("not applied: two lines have this id and do not say the same")
    assert [it.verdict.value for it in hall.rulings if it.matter == alike] == ["keep B"]
    assert sorted(it.matter for it in hall.rulings) == sorted([alike, apart])
    at_rest(hall)


def test_the_ops_workbook_and_a_teams_tab_are_one_place(hall: Hall) -> None:
    same, apart = disputes(hall, *OF[:2])
    for one, theirs in ((same, "keep B"), (apart, "keep A")):
        hall.decide(one, "keep B", "Ann")
        hall.decide(one, theirs, "Ben", BRIEFS)
    run = hall.run()
    assert [it.matter for it in hall.rulings] == [same]
    assert "two decisions (keep A by Ben and keep B by Ann): make them one" in refusal(hall, apart)
    assert hall.state(apart, BRIEFS) == hall.state(apart)
    assert kinds(run, OF[1], "promo_code")["landing"][0] == "conflict"
    at_rest(hall)
    # Who takes his word back leaves the other's standing.
    hall.write(apart, "decision", None, BRIEFS)
    hall.run()
    assert [(it.matter, it.by) for it in hall.rulings] == [(same, "Ben"), (apart, "Ann")]
    at_rest(hall)


def test_what_somebody_typed_elsewhere_stays_there_and_what_a_team_typed_is_answered_there(hall: Hall) -> None:
    """The team of the briefs may see the names of others' fields, or nothing of them."""
    [first] = disputes(hall, "NL-1006", field="flight_end", a="12/28/2026", b="29.12.2026")
    [second] = disputes(hall, OF[1])
    for seen in (Visibility.FIELDS, Visibility.NONE):
        sources = {name: replace(it, readers_see=seen) for name, it in hall.town.config.rules.sources.items()}
        hall.town.set(replace(hall.town.config.rules, sources=sources))
        hall.decide(first, "custom value", custom_value=f"Octember {seen} 99")
        hall.decide(second, "whatever", "Ben", BRIEFS)
        hall.run()
        assert f"'Octember {seen} 99' is no date" in hall.state(first)
        assert "Octember" not in hall.state(first, BRIEFS)
        for book in (BRIEFS, OPS):
            assert "whatever is none of keep A" in hall.state(second, book)


def test_a_team_that_may_learn_nothing_hears_that_it_is_closed_and_why_its_decision_does_not_count(hall: Hall) -> None:
    [one] = disputes(hall, OF[0])
    sources = {name: replace(it, readers_see=Visibility.NONE) for name, it in hall.town.config.rules.sources.items()}
    hall.town.set(replace(hall.town.config.rules, sources=sources))
    hall.decide(one, "custom value", custom_value="SECRETX", why="very private")
    hall.run()
    assert hall.state(one, BRIEFS) in ("decided", "applied")
    hall.brief(OF[0], "promo_code", "SECRETX")
    hall.page(OF[0], "promo_code", "SECRETX")
    hall.run()
    assert hall.state(one, BRIEFS) == "closed ✓"
    hall.decide(one, "keep B", "Ben", BRIEFS)
    hall.run()
    assert hall.state(one, BRIEFS).startswith("closed ✓; not applied: closed since ")
    assert "SECRET" not in str(hall.line(one, BRIEFS))
    assert "private" not in hall.state(one, BRIEFS)
    assert hall.state(one).startswith("closed ✓ "), "what was applied does not begin with what was not"


def test_only_what_is_closed_says_so_as_the_filter_looks_for_it_whatever_people_type(hall: Hall) -> None:
    [one] = disputes(hall, OF[0])
    hall.decide(one, "closed ✓", "Eve")
    hall.run()
    assert "closed" in hall.state(one)
    assert "closed ✓" not in hall.state(one)


def test_a_decision_in_a_row_without_an_id_is_told(hall: Hall) -> None:
    [one] = disputes(hall, OF[0])
    hall.decide(one, "keep B")
    hall.write(one, "id", None)
    run = hall.run()
    assert "chosen in a row without an id: 'keep B by Dana'" in run.unfit[DECISIONS]
    assert hall.rulings == []
    at_rest(hall)


def test_a_refusal_quotes_what_was_typed_only_where_it_was_typed(hall: Hall) -> None:
    """The briefs' readers see field names only of the landing pages: what the ops typed may be their value."""
    [one] = disputes(hall, "NL-1001", field="flight_end", a="2026-11-23", b="24.11.2026")
    hall.decide(one, "custom value", custom_value="24.11.2O26")
    hall.run()
    assert "24.11.2O26" in hall.state(one)
    assert hall.state(one, BRIEFS).startswith("open since ")
    assert "2O26" not in repr(hall.town.sandbox.export(BRIEFS))
    hall.decide(one, "custom value", "Mo", BRIEFS, custom_value="some day")
    hall.run()
    assert "'some day'" in hall.state(one, BRIEFS)
    at_rest(hall)


def test_two_tabs_that_disagree_do_so_until_one_of_them_says_something_else(hall: Hall) -> None:
    one, other = disputes(hall, *OF[:2])
    for matter in (one, other):
        hall.decide(matter, "keep A", "Dana")
        hall.decide(matter, "keep B", "Mo", BRIEFS)
    hall.run()
    hall.write(one, "why", "because I say so", BRIEFS)
    hall.write(other, "decision", "keep A", BRIEFS)
    hall.run()
    assert [(it.matter, it.verdict) for it in hall.rulings] == [(other, Verdict.KEEP_A)]
    for book in (OPS, BRIEFS):
        assert hall.state(one, book).startswith("not applied: two decisions (keep B by Mo and keep A by Dana)")
    at_rest(hall)


def test_two_conflicts_about_one_owners_value_are_decided_alike_or_not_at_all(hall: Hall) -> None:
    hall.brief("NL-1002", "flight_end", "11/25/2026")
    hall.page("NL-1002", "flight_end", "27.11.2026")
    hall.link(2, 8, "28/11/2026")
    run = hall.run()
    page = hall.about(run, "NL-1002", "flight_end").id
    link = hall.about(run, "NL-1002 / paid_social / carousel-a", "flight_end", "utm").id
    hall.decide(page, "keep B")
    hall.decide(link, "keep B")
    hall.run()
    for one in (page, link):
        told = " and ".join(f"keep B by Dana in {it}" for it in sorted((page, link)))
        assert f"two decisions ({told}): make them one" in refusal(hall, one)
    hall.write(link, "decision", "custom value")
    hall.write(link, "custom value", "2026-11-27")
    hall.write(page, "why", "again")
    run = hall.run()
    assert {it.matter for it in hall.rulings} == {page, link}
    assert kinds(run, "NL-1002", "flight_end")["briefs"] == ("difference", "2026-11-27")
    at_rest(hall)


def test_what_is_unknown_closed_or_decided_already_is_said_and_changes_nothing(hall: Hall) -> None:
    closed, done = disputes(hall, *OF[:2])
    hall.page(OF[0], "promo_code", "OWNER7")
    hall.decide(done, "keep B")
    hall.run()
    assert hall.conflicts[closed].state is State.CLOSED
    hall.decide(closed, "keep B")
    hall.write(done, "decision", "keep A")
    tab = hall.tab()
    row = len(tab.grid) + 3
    tab.text(row, 0, "ss-NOSUCH")
    tab.text(row, tab.grid[0].index("decision"), "keep A")
    tab.text(row, tab.grid[0].index("by"), "Dana")
    hall.run()
    assert len(hall.rulings) == 1
    assert hall.heard(closed)[-1].refused.startswith("not applied: closed since ")
    state = hall.state(closed)
    assert state.startswith("closed ✓ ")
    assert "; not applied: closed since " in state
    state = hall.state(done)
    assert state.startswith("keep B (COPY77), decided by Dana")
    [ruling] = hall.rulings
    assert f"; not applied: it is decided already (keep B by Dana); `sheetsync undo {ruling.run}`" in state
    assert hall.heard("ss-NOSUCH")[-1].refused == "not applied: nothing is known of this id"
    assert hall.state("ss-NOSUCH") == "nothing is known of this id"
    at_rest(hall)


def test_a_line_that_was_deleted_comes_back_blank_and_nothing_of_it_counts(hall: Hall) -> None:
    [one] = disputes(hall, OF[0])
    hall.write(one, "decision", "keep B")
    hall.run()
    tab = hall.tab()
    tab.delete("ROWS", next(at for at, row in enumerate(tab.grid) if one in row))
    hall.run()
    assert "decision" not in hall.line(one)
    hall.write(one, "by", "Dana")
    hall.run()
    assert hall.rulings == []
    hall.write(one, "decision", "keep B")
    hall.run()
    assert len(hall.rulings) == 1


@pytest.mark.parametrize("header", ["decision", "by"])
def test_where_peoples_headers_are_renamed_nothing_is_guessed_by_place(hall: Hall, header: str) -> None:
    [one] = disputes(hall, OF[0])
    tab = hall.tab()
    column = tab.grid[0].index(header)
    hall.decide(one, "keep B")
    tab.text(0, column, "Entscheid")
    hall.run()
    assert hall.rulings == []
    tab.text(0, column, header)
    hall.run()
    assert len(hall.rulings) == 1


def test_a_merged_cell_says_what_it_says_in_its_first_line_only(hall: Hall) -> None:
    first, second = disputes(hall, *OF[:2])
    tab = hall.tab()
    rows = sorted(next(at for at, row in enumerate(tab.grid) if one in row) for one in (first, second))
    column = tab.grid[0].index("decision")
    for one in (first, second):
        hall.write(one, "by", "Dana")
    tab.text(rows[0], column, "keep A")
    tab.merge(rows[0], rows[1] + 1, column, column + 1)
    hall.run()
    top = tab.grid[rows[0]][0]
    assert [it.matter for it in hall.rulings] == [top]


def test_a_custom_value_that_breaks_a_contract_takes_no_other_with_it(hall: Hall) -> None:
    end, code = disputes(hall, OF[0], field="flight_end", a="11/13/2026", b="14.11.2026"), disputes(hall, OF[0])
    hall.decide(code[0], "custom value", custom_value="FINCH99")
    hall.decide(end[0], "custom value", custom_value="Nov 31st")
    hall.run()
    assert [it.matter for it in hall.rulings] == code
    assert "Nov 31st" in refusal(hall, end[0])
    at_rest(hall)


def test_a_custom_value_that_breaks_a_contract_is_refused_and_takes_no_other_with_it(hall: Hall) -> None:
    """The page's first day must not lie after the last day that somebody makes up."""
    rules = hall.town.config.rules
    handoffs = tuple(
        replace(one, contracts={**one.contracts, "flight_start": Before("flight_end")})
        if one.receiver == "landing"
        else one
        for one in rules.handoffs
    )
    hall.town.set(replace(rules, handoffs=handoffs))
    hall.run()
    broken = hall.dispute("NL-1001", "2026-11-13", "14.11.2026", "flight_end")
    [good] = disputes(hall, "NL-1001")
    hall.decide(broken, "custom value", custom_value="2026-11-01")
    hall.decide(good, "keep B")
    hall.run()
    assert refusal(hall, broken).startswith("not applied: it would break a contract: ")
    assert {it.matter for it in hall.rulings} == {good}
    hall.write(broken, "custom value", "2026-11-15")
    hall.run()
    assert {it.matter for it in hall.rulings} == {good, broken}
    at_rest(hall)
