"""Every case of who moved, one test a line of ARCHITECTURE's table; the table and the tests hold each other."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sheetsync.core.fields import Field, field_type
from sheetsync.core.graph import Handoff
from sheetsync.core.model import Entity
from sheetsync.core.terms import OneOf
from tests.core.lives import APPROVING, EQUAL, GROUPED, RULES, TERMS, UNREADABLE, Life

CASES: dict[int, Callable[[], None]] = {}
_LINE = re.compile(r"^\| (\d+) \|", re.MULTILINE)
_HEADING = "## Who moved: every case"

FIRST, LATER, LATEST = date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 30)


def line(number: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """The test of one line of the table."""

    def keep(test: Callable[[], None]) -> Callable[[], None]:
        assert number not in CASES, f"line {number} has two tests"
        CASES[number] = test
        return test

    return keep


def test_every_line_of_the_table_has_its_test_and_every_test_its_line() -> None:
    text = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text()
    table = text.partition(_HEADING)[2].partition("\n## ")[0]
    lines = [int(number) for number in _LINE.findall(table)]
    assert lines == sorted(CASES) == list(range(1, len(lines) + 1))


# ---------------------------------------------------------------- never agreed


@line(1)
def first_sight_alike() -> None:
    life = Life.begun(promo_code="A")
    assert life.cycle() == []
    assert life.agreed() == "A"


@line(2)
def first_sight_apart() -> None:
    life = Life.begun()
    assert life.say(briefs__promo_code="A", pages__promo_code="B").cycle() == ["pages.promo_code: differs"]
    assert life.flag.expected == "A"
    assert life.agreed() is None
    assert life.cycle() == ["pages.promo_code: differs"], "looking twice makes nobody move"


@line(3)
def nobody_owns_it() -> None:
    owners = {name: owner for name, owner in RULES.owners.items() if name != "promo_code"}
    life = Life.begun(replace(RULES, owners=owners), promo_code="A")
    assert life.say(pages__promo_code="B").cycle() == ["pages.promo_code: nobody owns it"]
    assert set(life.flag.candidates) == {"A", "B"}
    assert life.agreed() == "A"


# ---------------------------------------------------------------- one field


@line(4)
def nobody_moved() -> None:
    life = Life.begun(promo_code="A")
    assert life.cycle() == []
    assert life.agreed() == "A"


@line(5)
def the_owner_moved() -> None:
    life = Life.begun(promo_code="A")
    copies = ["legal", "mails", "pages"]
    assert life.say(briefs__promo_code="B").cycle() == [f"{one}.promo_code: the owner moved" for one in copies]
    assert life.agreed() == "A"
    assert life.made == ["b_hero"], "the owner's word is known"


@line(6)
def the_copy_moved() -> None:
    life = Life.begun(promo_code="A")
    assert life.say(pages__promo_code="B").cycle() == ["pages.promo_code: the copy moved"]
    assert life.agreed() == "A"


@line(7)
def both_moved_alike() -> None:
    life = Life.begun(promo_code="A")
    assert "pages" not in " ".join(life.say(briefs__promo_code="B", pages__promo_code="B").cycle())
    assert life.agreed() == "B"


@line(8)
def both_moved_apart() -> None:
    life = Life.begun(promo_code="A")
    told = life.say(briefs__promo_code="B", pages__promo_code="C").cycle()
    assert "pages.promo_code: both moved" in told
    [flag] = [one for one in life.decided.flags if one.place.source == "pages"]
    assert set(flag.candidates) == {"B", "C"}
    assert "from A" in flag.message
    assert life.agreed() == "A"
    assert life.made == []
    assert life.withheld == ["Promo code is in conflict"]


@line(9)
def another_spelling() -> None:
    life = Life.begun(promo_code="AB-1")
    assert life.say(pages__promo_code="ab-1").cycle() == []
    assert life.agreed() == "AB-1"


@line(10)
def a_conflict_that_one_side_gives_up() -> None:
    for last in ("B", "C"):
        life = Life.begun(promo_code="A")
        life.say(briefs__promo_code="B", pages__promo_code="C").cycle()
        told = life.say(briefs__promo_code=last, pages__promo_code=last).cycle()
        assert "pages" not in " ".join(told)
        assert life.agreed() == last


@line(11)
def a_copy_that_was_put_right_moves_back() -> None:
    life = Life.begun(promo_code="A")
    life.say(**{f"{one}__promo_code": "B" for one in ("briefs", "legal", "mails", "pages")}).cycle()
    assert life.say(pages__promo_code="A").cycle() == ["pages.promo_code: the copy moved"]
    assert life.agreed() == "B"


@line(12)
def moved_and_moved_back() -> None:
    for side in ("briefs", "pages"):
        life = Life.begun(promo_code="A")
        life.say(**{f"{side}__promo_code": "B"}).cycle()
        assert life.say(**{f"{side}__promo_code": "A"}).cycle() == []
        assert life.agreed() == "A"


@line(13)
def owner_and_copy_exchange_their_values() -> None:
    life = Life.begun(promo_code="A")
    life.say(briefs__promo_code="B", pages__promo_code="C").cycle()
    assert "pages.promo_code: both moved" in life.say(briefs__promo_code="C", pages__promo_code="B").cycle()
    life = Life.begun()
    life.say(briefs__promo_code="B", pages__promo_code="C").cycle()
    assert life.say(briefs__promo_code="C", pages__promo_code="B").cycle() == ["pages.promo_code: differs"]


# ---------------------------------------------------------------- blank


@line(14)
def the_copy_is_blanked() -> None:
    life = Life.begun(promo_code="A")
    assert life.say(pages__promo_code=None).cycle() == []
    assert life.agreed() == "A"


@line(15)
def the_owner_is_blanked() -> None:
    life = Life.begun(promo_code="A")
    assert life.say(briefs__promo_code=None, pages__promo_code="B").cycle() == []
    assert life.agreed() == "A"
    assert life.withheld == ["no Promo code in briefs"]


@line(16)
def both_are_blanked() -> None:
    life = Life.begun(promo_code="A")
    assert life.say(briefs__promo_code=None, pages__promo_code=None).cycle() == []
    assert life.agreed() == "A"


@line(17)
def blanked_and_filled_again() -> None:
    for filled, who in (("A", "the owner moved"), ("C", "both moved")):
        life = Life.begun(promo_code="A")
        life.say(pages__promo_code=None).cycle()
        life.say(briefs__promo_code="B").cycle()
        assert f"pages.promo_code: {who}" in life.say(pages__promo_code=filled).cycle()


@line(18)
def filled_for_the_first_time() -> None:
    life = Life.begun(promo_code="A")
    life.rows["pages"].append({"campaign_id": "NL-2"})
    life.rows["briefs"].append({"campaign_id": "NL-2", "promo_code": "A"})
    life.rows["register"].append({"campaign_id": "NL-2"})
    assert life.cycle() == []
    life.rows["pages"][1]["promo_code"] = "B"
    assert life.cycle() == ["pages.promo_code: differs"]


# ---------------------------------------------------------------- not understood


@line(19)
def the_copy_cannot_be_read() -> None:
    life = Life.begun(promo_code="A")
    told = life.say(briefs__promo_code="B", pages__promo_code=UNREADABLE).cycle()
    assert [it for it in told if it.startswith("pages")] == ["pages.promo_code: unreadable"]
    assert life.agreed() == "A"


@line(20)
def readable_again() -> None:
    for later, who in (("A", "the owner moved"), ("C", "both moved")):
        life = Life.begun(promo_code="A")
        life.say(briefs__promo_code="B", pages__promo_code=UNREADABLE).cycle()
        assert f"pages.promo_code: {who}" in life.say(pages__promo_code=later).cycle()


@line(21)
def the_owner_cannot_be_read() -> None:
    life = Life.begun(promo_code="A")
    told = life.say(briefs__promo_code=UNREADABLE, pages__promo_code="B").cycle()
    assert told == ["briefs.promo_code: unreadable"]
    assert life.agreed() == "A"
    assert life.withheld == ["Promo code in briefs is not understood"]
    assert life.say(briefs__promo_code="A").cycle() == ["pages.promo_code: the copy moved"]


# ---------------------------------------------------------------- rows


@line(22)
def the_copys_row_vanishes() -> None:
    life = Life.begun(promo_code="A")
    life.rows["pages"] = []
    assert life.cycle() == []
    assert life.agreed() == "A"


@line(23)
def the_copys_row_comes_back() -> None:
    for said, told in (("A", []), ("B", ["pages.promo_code: the copy moved"])):
        life = Life.begun(promo_code="A")
        [row] = life.rows["pages"]
        life.rows["pages"] = []
        life.cycle()
        life.rows["pages"] = [row | {"promo_code": said}]
        assert life.cycle() == told


@line(24)
def the_owners_row_vanishes_and_the_copy_moves() -> None:
    life = Life.begun(promo_code="A")
    life.rows["briefs"] = []
    assert life.say(pages__promo_code="B").cycle() == []
    assert life.agreed() == "A"
    assert life.withheld == ["no Promo code: briefs has no row for it"]


@line(25)
def the_owners_row_comes_back_with_another_value() -> None:
    for copy, who in (("A", "the owner moved"), ("C", "both moved")):
        life = Life.begun(promo_code="A")
        [row] = life.rows["briefs"]
        life.rows["briefs"] = []
        life.say(pages__promo_code=copy).cycle()
        life.rows["briefs"] = [row | {"promo_code": "B"}]
        assert f"pages.promo_code: {who}" in life.cycle()


@line(26)
def the_copys_row_stands_twice() -> None:
    life = Life.begun(promo_code="A")
    life.rows["pages"].append(life.rows["pages"][0] | {"promo_code": "B"})
    assert life.cycle() == ["pages.campaign_id: duplicate_row"] * 2
    assert life.agreed() == "A"
    del life.rows["pages"][0]
    assert life.cycle() == ["pages.promo_code: the copy moved"]


@line(27)
def the_owners_row_stands_twice() -> None:
    life = Life.begun(promo_code="A")
    life.rows["briefs"].append(life.rows["briefs"][0] | {"promo_code": "B"})
    assert life.say(pages__promo_code="C").cycle() == ["briefs.campaign_id: duplicate_row"] * 2
    assert life.agreed() == "A"
    assert life.withheld == ["no Promo code: two rows in briefs have the same key"]


@line(28)
def a_row_gets_another_key() -> None:
    life = Life.begun(promo_code="A")
    for source in ("register", "briefs"):
        life.rows[source].append({"campaign_id": "NL-2", "promo_code": "B"})
    life.cycle()
    assert life.say(pages__campaign_id="NL-2").cycle() == ["pages.promo_code: differs"]
    assert (life.agreed(), life.agreed(record="NL-2")) == ("A", None)
    assert life.say(pages__campaign_id="NL-1").cycle() == []


@line(29)
def two_rows_exchange_their_keys() -> None:
    life = Life.begun(promo_code="A")
    for source in ("register", "briefs", "pages"):
        life.rows[source].append({"campaign_id": "NL-2", "promo_code": "B"})
    assert life.cycle() == []
    for said in life.rows["pages"]:
        said["campaign_id"] = {"NL-1": "NL-2", "NL-2": "NL-1"}[str(said["campaign_id"])]
    assert life.cycle() == ["pages.promo_code: the copy moved"] * 2
    assert (life.agreed(), life.agreed(record="NL-2")) == ("A", "B")


# ---------------------------------------------------------------- sources


@line(30)
def the_copys_source_is_gone() -> None:
    life = Life.begun(promo_code="A")
    life.unread = frozenset({"pages"})
    life.say(briefs__promo_code="B")
    assert not [it for it in life.cycle() if it.startswith("pages")]
    assert life.agreed() == "A"
    life.unread = frozenset()
    assert "pages.promo_code: both moved" in life.say(pages__promo_code="C").cycle()


@line(31)
def the_owners_source_is_gone() -> None:
    life = Life.begun(promo_code="A")
    life.unread = frozenset({"briefs"})
    assert life.say(pages__promo_code="B").cycle() == []
    assert life.withheld == ["briefs could not be read"]
    assert life.agreed() == "A"
    life.unread = frozenset()
    assert life.cycle() == ["pages.promo_code: the copy moved"]


@line(32)
def a_source_leaves_the_configuration_and_comes_back() -> None:
    life = Life.begun(promo_code="A")
    without = {name: source for name, source in RULES.sources.items() if name != "legal"}
    handoffs = tuple(one for one in RULES.handoffs if one.receiver != "legal")
    owners = {name: owner for name, owner in RULES.owners.items() if owner != "legal"}
    life.rules = replace(RULES, sources=without, handoffs=handoffs, owners=owners)
    life.say(pages__promo_code="B", legal__promo_code="C")
    assert life.cycle() == ["pages.promo_code: the copy moved"], "an unrelated source changes no verdict"
    life.rules = RULES
    assert life.cycle() == ["legal.promo_code: differs", "pages.promo_code: the copy moved"]


# ---------------------------------------------------------------- the configuration


@line(33)
def the_owner_is_reassigned() -> None:
    life = Life.begun(promo_code="A")
    life.rows["legal"][0]["promo_code"] = "B"
    life.rules = replace(RULES, owners={**RULES.owners, "promo_code": "legal"}, handoffs=_from("legal"))
    assert life.cycle() == [f"{one}.promo_code: differs" for one in ("briefs", "mails", "pages")]
    assert life.agreed() is None
    told = life.say(pages__promo_code="B").cycle()
    assert "pages.promo_code: differs" not in told
    assert life.agreed() == "B"
    assert "pages.promo_code: the owner moved" in life.say(legal__promo_code="C").cycle(), "it counts from here"


def _from(giver: str) -> tuple[Handoff, ...]:
    return tuple(Handoff(giver, copy, EQUAL) for copy in ("briefs", "pages", "mails", "legal") if copy != giver)


@line(34)
def the_owner_is_reassigned_and_back() -> None:
    life = Life.begun(promo_code="A")
    life.rules = replace(RULES, owners={**RULES.owners, "promo_code": "legal"}, handoffs=_from("legal"))
    life.say(pages__promo_code="B").cycle()
    life.rules = RULES
    assert life.cycle() == ["pages.promo_code: differs"]


@line(35)
def the_contract_is_another_one_for_a_while() -> None:
    life = Life.begun(promo_code="A")
    loose = EQUAL | {"promo_code": OneOf(("A", "B"))}
    life.rules = replace(RULES, handoffs=tuple(replace(one, contracts=loose) for one in RULES.handoffs))
    assert life.say(pages__promo_code="B").cycle() == []
    assert life.agreed() is None
    life.rules = RULES
    assert life.cycle() == ["pages.promo_code: differs"]


@line(36)
def the_field_gets_another_kind() -> None:
    life = Life.begun(promo_code="1")
    other = Field("promo_code", "Promo code", Entity.CAMPAIGN, field_type("text", None))
    life.rules = replace(RULES, fields={**RULES.fields, "promo_code": other})
    assert life.say(pages__promo_code="2").cycle() == ["pages.promo_code: differs"]
    assert life.agreed() is None


@line(37)
def the_agreed_word_is_in_no_vocabulary_any_more() -> None:
    def owned(words: dict[str, tuple[str, ...]]) -> Field:
        return Field("promo_code", "Promo code", Entity.CAMPAIGN, field_type("choice", words))

    words: dict[str, tuple[str, ...]] = {"A": (), "B": (), "C": ()}
    life = Life.begun(replace(RULES, fields={**RULES.fields, "promo_code": owned(words)}), promo_code="A")
    life.rules = replace(RULES, fields={**RULES.fields, "promo_code": owned({"B": (), "C": ()})})
    told = life.say(**{f"{one}__promo_code": "B" for one in ("briefs", "legal", "mails")}, pages__promo_code="C")
    assert told.cycle() == ["pages.promo_code: differs"]


@line(38)
def the_field_joins_a_group() -> None:
    life = Life.begun(promo_code="A")
    life.rules = GROUPED
    assert life.say(pages__promo_code="B").cycle() == ["pages.promo_code: differs"]


@line(39)
def what_says_nothing_of_agreement_changes() -> None:
    life = Life.begun(promo_code="A")
    sources = {name: replace(one, title=f"the {name}", team="others") for name, one in RULES.sources.items()}
    life.rules = replace(RULES, sources=sources, aliases={"partner": {"X": ("Y",)}})
    assert life.say(pages__promo_code="B").cycle() == ["pages.promo_code: the copy moved"]
    assert life.agreed() == "A"


# ---------------------------------------------------------------- approvals


@line(40)
def the_owner_moves_after_an_approval() -> None:
    life = Life.begun(APPROVING, promo_code="A")
    assert life.say(legal__legal_decision="approved").cycle() == []
    assert "legal.promo_code: stale_approval" in life.say(briefs__promo_code="B").cycle()
    assert life.agreed("legal") == "A"


@line(41)
def both_move_after_an_approval() -> None:
    life = Life.begun(APPROVING, promo_code="A")
    life.say(legal__legal_decision="approved").cycle()
    told = life.say(briefs__promo_code="B", legal__promo_code="C").cycle()
    assert [it for it in told if it.startswith("legal")] == ["legal.promo_code: stale_approval"]
    [flag] = [one for one in life.decided.flags if one.place.source == "legal"]
    assert "both moved from A" in flag.message
    assert life.withheld == ["Promo code is in conflict"]


@line(42)
def an_approval_of_the_new_value_comes_in_between() -> None:
    life = Life.begun(APPROVING, promo_code="A")
    life.say(legal__legal_decision="approved").cycle()
    life.say(briefs__promo_code="B").cycle()
    told = life.say(legal__promo_code="B").cycle()
    assert not [it for it in told if it.startswith("legal")]
    assert life.agreed("legal") == "B"
    assert "pages.promo_code: the owner moved" in told, "an approval is no agreement of anybody else"


# ---------------------------------------------------------------- several at once


@line(43)
def two_copies_apart_from_the_owner_and_from_each_other() -> None:
    life = Life.begun(promo_code="A")
    told = life.say(pages__promo_code="B", legal__promo_code="C").cycle()
    assert told == ["legal.promo_code: the copy moved", "pages.promo_code: the copy moved"]
    told = life.say(briefs__promo_code="D", mails__promo_code="D").cycle()
    assert told == ["legal.promo_code: both moved", "pages.promo_code: both moved"]
    assert life.agreed("mails", record="NL-1 / email / hero") == "D"


@line(44)
def two_copies_alike_outvote_nobody() -> None:
    life = Life.begun(promo_code="A")
    said = {f"{one}__promo_code": "B" for one in ("pages", "legal", "mails")}
    told = life.say(**said).cycle()
    assert told == [f"{one}.promo_code: the copy moved" for one in ("legal", "mails", "pages")]
    assert life.made == ["a_hero"]


@line(45)
def one_copy_in_conflict_another_only_behind() -> None:
    life = Life.begun(promo_code="A")
    told = life.say(briefs__promo_code="B", pages__promo_code="C").cycle()
    assert "legal.promo_code: the owner moved" in told
    assert "pages.promo_code: both moved" in told


@line(46)
def several_fields_of_no_group_move_on_both_sides() -> None:
    life = Life.begun(promo_code="A", flight_start=FIRST)
    told = life.say(briefs__promo_code="B", pages__flight_start=LATER).cycle()
    assert [it for it in told if it.startswith("pages")] == [
        "pages.flight_start: the copy moved",
        "pages.promo_code: the owner moved",
    ]


# ---------------------------------------------------------------- atomic groups


def grouped() -> Life:
    return Life.begun(GROUPED, promo_code="A", flight_start=FIRST, flight_end=LATER)


def of_pages(told: list[str]) -> list[str]:
    return [it for it in told if it.startswith("pages")]


@line(47)
def the_owner_moved_one_field_of_a_group_the_copy_another() -> None:
    life = grouped()
    told = life.say(briefs__flight_end=LATEST, pages__promo_code="B").cycle()
    assert of_pages(told) == ["pages.promo_code: conflict of terms"], "the first moved one in the group's order"
    [flag] = [one for one in life.decided.flags if one.place.source == "pages"]
    assert flag.candidates == ("B, 2026-11-20", "A, 2026-11-30")
    for word in ("Promo code", "Flight end", "was A", "was 2026-11-20", "a person must decide"):
        assert word in flag.message
    assert life.withheld == ["Promo code is in conflict"], "though the owner never moved that"
    assert [life.agreed(name=name) for name in TERMS] == ["A", "2026-11-16", "2026-11-20"]
    before = flag.id
    life.say(pages__promo_code="A", pages__flight_start=LATER).cycle()
    [flag] = [one for one in life.decided.flags if one.place.source == "pages"]
    assert (flag.field, flag.id) == ("flight_start", before), "the group is one trouble"


@line(48)
def both_moved_one_field_of_a_group_apart() -> None:
    life = grouped()
    told = life.say(briefs__promo_code="B", pages__promo_code="C").cycle()
    assert of_pages(told) == ["pages.promo_code: conflict of terms"]
    assert life.agreed() == "A"


@line(49)
def only_the_owner_moved_fields_of_a_group() -> None:
    life = grouped()
    told = life.say(briefs__promo_code="B", briefs__flight_end=LATEST).cycle()
    assert of_pages(told) == ["pages.flight_end: the owner moved", "pages.promo_code: the owner moved"]
    assert life.made == ["b_hero"]


@line(50)
def only_the_copy_moved_fields_of_a_group() -> None:
    life = grouped()
    told = life.say(pages__promo_code="B", pages__flight_end=LATEST).cycle()
    assert told == ["pages.flight_end: the copy moved", "pages.promo_code: the copy moved"]


@line(51)
def both_moved_a_group_alike() -> None:
    life = grouped()
    said = {f"{one}__{name}": it for one in ("briefs", "pages") for name, it in (("promo_code", "B"),)}
    assert of_pages(life.say(**said).cycle()) == []
    assert life.agreed() == "B"


@line(52)
def the_copy_followed_the_owner_in_half_of_a_group() -> None:
    life = grouped()
    told = life.say(briefs__promo_code="B", briefs__flight_end=LATEST, pages__promo_code="B").cycle()
    assert of_pages(told) == ["pages.flight_end: the owner moved"]
    assert [life.agreed(name=name) for name in TERMS] == ["A", "2026-11-16", "2026-11-20"], "as a whole or not at all"
    assert of_pages(life.say(pages__flight_end=LATEST).cycle()) == []
    assert [life.agreed(name=name) for name in TERMS] == ["B", "2026-11-16", "2026-11-30"]


@line(53)
def the_copy_followed_the_owner_and_moved_another_field_of_the_group() -> None:
    seen, unseen = grouped(), grouped()
    for life in (seen, unseen):
        life.say(briefs__promo_code="B", pages__promo_code="B")
        if life is seen:
            life.cycle()
        assert of_pages(life.say(pages__flight_end=LATEST).cycle()) == ["pages.flight_end: the copy moved"]


@line(54)
def a_group_is_half_blank() -> None:
    life = grouped()
    told = life.say(briefs__flight_end=LATEST, pages__promo_code=None).cycle()
    assert of_pages(told) == ["pages.flight_end: the owner moved"], "a blank moves nothing"
    assert of_pages(life.say(pages__flight_end=LATEST).cycle()) == []
    assert [life.agreed(name=name) for name in TERMS] == ["A", "2026-11-16", "2026-11-30"]


@line(55)
def a_field_of_a_group_cannot_be_read() -> None:
    for side in ("briefs", "pages"):
        life = grouped()
        life.say(**{f"{side}__promo_code": UNREADABLE}, briefs__flight_end=LATEST, pages__flight_end=LATEST)
        assert [it for it in of_pages(life.cycle()) if "unreadable" not in it] == []
        assert life.agreed(name="flight_end") == "2026-11-20", "as a whole or not at all"


@line(56)
def a_group_at_first_sight() -> None:
    life = Life.begun(GROUPED)
    life.say(briefs__promo_code="A", briefs__flight_end=LATER, briefs__flight_start=FIRST)
    life.say(pages__promo_code="B", pages__flight_end=LATEST, pages__flight_start=FIRST)
    assert life.cycle() == ["pages.flight_end: differs", "pages.promo_code: differs"]
    assert life.agreed(name="flight_start") is None, "as a whole or not at all"


@line(57)
def one_copys_group_is_in_conflict_anothers_only_behind() -> None:
    life = grouped()
    told = life.say(briefs__flight_end=LATEST, pages__promo_code="B").cycle()
    assert "legal.flight_end: the owner moved" in told
    assert "mails.flight_end: the owner moved" in told


@line(58)
def one_side_of_a_groups_conflict_gives_up() -> None:
    life = grouped()
    life.say(briefs__flight_end=LATEST, pages__promo_code="B").cycle()
    assert of_pages(life.say(pages__promo_code="A").cycle()) == ["pages.flight_end: the owner moved"]
    life.say(pages__promo_code="B").cycle()
    told = life.say(briefs__flight_end=LATER).cycle()
    assert told == ["pages.promo_code: the copy moved"]


@line(59)
def an_approved_group_is_moved_on_both_sides() -> None:
    life = Life.begun(replace(APPROVING, groups=GROUPED.groups), promo_code="A", flight_start=FIRST, flight_end=LATER)
    life.say(legal__legal_decision="approved").cycle()
    told = life.say(briefs__flight_end=LATEST, legal__promo_code="B").cycle()
    assert [it for it in told if it.startswith("legal")] == [
        "legal.flight_end: stale_approval",
        "legal.promo_code: stale_approval",
    ]
    both = [one.message for one in life.decided.flags if one.place.source == "legal"]
    assert all("change together and moved on both sides" in message for message in both)
    assert life.withheld == ["Promo code is in conflict"]


# ---------------------------------------------------------------- one test a line


@pytest.mark.parametrize("number", sorted(CASES), ids=lambda number: f"{number}-{CASES[number].__name__}")
def test_line(number: int) -> None:
    CASES[number]()
