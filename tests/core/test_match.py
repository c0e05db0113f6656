"""Laws of matching: ids exactly, declared names exactly after folding, and nothing else, ever."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.match import Matched
from sheetsync.core.model import Parsed, Record
from tests.core.builders import (
    BRIEFS,
    LANDING,
    OFFICIAL,
    PLACEMENT,
    RULES,
    UNREADABLE,
    UTM,
    everything,
    matched,
    record,
    row,
    rules,
    snapshots,
    source,
    tab,
    understood,
)

IDS = ["NL-1001", "NL-1002", "NL-1010"]


def found(*records: Record, **more: object) -> Matched:
    return matched(snapshots(*records), **more)  # type: ignore[arg-type]


def brief(number: int, campaign_id: Parsed, name: str = "Deal", partner: str = "Lou's") -> Record:
    return record("briefs", number, campaign_id=campaign_id, partner=partner, campaign_name=name)


def page(number: int, campaign_id: Parsed = None, name: Parsed = None, partner: Parsed = None) -> Record:
    return record("landing", number, campaign_id=campaign_id, partner=partner, campaign_name=name)


def outcomes(of: Matched) -> set[tuple[object, ...]]:
    """What was concluded, row by row, whatever order the rows came in."""
    return {
        *(("is", item.record.source, item.record.place.row, item.campaign, item.key) for item in of.identified),
        *(("no", item.record.source, item.record.place.row, item.why, item.candidates) for item in of.unmatched),
        *(("two", i.record.source, i.record.place.row, i.key) for items in of.duplicates for i in items),
    }


def whose(of: Matched, source: str) -> Mapping[int | None, str]:
    """row -> campaign or reason."""
    named = {item.record.place.row: item.campaign for item in of.identified if item.record.source == source}
    return named | {item.record.place.row: item.why for item in of.unmatched if item.record.source == source}


# ---------------------------------------------------------------- laws

campaign_ids: st.SearchStrategy[Parsed] = st.sampled_from([*IDS, "NL-1O01", "NL-7777", None, UNREADABLE])
names = st.sampled_from(["Deal", "deal", "Deal 2", "Gift"])
briefs = st.builds(lambda i, n: ("briefs", i, n, None), campaign_ids, names)
pages = st.builds(lambda i, n: ("landing", i, n, None), campaign_ids, st.none() | names)
links = st.builds(
    lambda i, n, s: ("utm", i, n, s), campaign_ids, st.none() | names, st.sampled_from(["Hero", "hero", "Tile"])
)
register = st.builds(lambda i: ("official", i, None, None), st.sampled_from(IDS))
Line = tuple[str, Parsed, str | None, str | None]
worlds = st.lists(st.one_of(briefs, pages, links, register), max_size=9)


def rows(world: Sequence[Line]) -> list[Record]:
    made = []
    for number, (of, campaign_id, name, slot) in enumerate(world, start=1):
        said: dict[str, Parsed] = {"campaign_id": campaign_id, "campaign_name": name, "partner": name and "Lou's"}
        made.append(record(of, number, **said, **({"channel": "email", "slot": slot} if slot else {})))
    return made


@given(worlds, st.randoms())
def test_the_order_of_rows_and_of_sources_does_not_matter(world: list[Line], order: Random) -> None:
    remembered = found(*rows(world)).proposed
    shuffled, read = rows(world), snapshots()
    order.shuffle(shuffled)
    order.shuffle(read)
    read = [replace(of, records=tuple(r for r in shuffled if r.source == of.source)) for of in read]
    assert outcomes(matched(read, proposed=remembered)) == outcomes(found(*rows(world), proposed=remembered))


@given(worlds)
def test_every_row_has_exactly_one_outcome(world: list[Line]) -> None:
    of = found(*rows(world))
    counted = [
        *(id(item.record) for item in of.identified),
        *(id(item.record) for item in of.unmatched),
        *(id(item.record) for items in of.duplicates for item in items),
    ]
    assert len(counted) == len(set(counted)) == len(world)


@given(worlds)
def test_within_a_source_no_key_stands_for_two_rows(world: list[Line]) -> None:
    of = found(*rows(world))
    keys = [(item.record.source, item.key) for item in of.identified]
    assert len(keys) == len(set(keys)) == len(of.of)
    for items in of.duplicates:
        assert len(items) > 1
        assert len({(item.record.source, item.key) for item in items}) == 1
        assert (items[0].record.source, items[0].key) not in of.of


@given(worlds)
def test_a_row_with_an_id_is_about_that_campaign_or_none(world: list[Line]) -> None:
    of = found(*rows(world))
    for item in (*of.identified, *(item for items in of.duplicates for item in items)):
        if typed := item.record.value("campaign_id"):
            assert item.campaign == typed
    for unmatched in of.unmatched:
        assert unmatched.record.value("campaign_id") not in unmatched.candidates


letters = st.text("aAbBéß12", min_size=1, max_size=6)
marks = st.sampled_from([" ", "  ", "-", "–", " - ", "\u00a0", "_"])
meaning = st.sampled_from(["%", "$", "€", "+", "#", "!", "/", "(x)"])


@given(letters, letters)
def test_a_name_that_differs_in_a_letter_or_digit_never_matches(known: str, typed: str) -> None:
    of = found(brief(1, "NL-1001", known), page(1, None, typed, "Lou's"))
    assert whose(of, "landing")[1] == ("NL-1001" if known.casefold() == typed.casefold() else "orphan")


@given(letters, marks, letters, marks)
def test_a_name_matches_in_any_case_and_with_any_dash_or_space(a: str, mark: str, b: str, other: str) -> None:
    of = found(brief(1, "NL-1001", a + mark + b), page(1, None, (a + other + b).upper(), "LOU’S"))
    assert whose(of, "landing")[1] == "NL-1001"


@given(letters, meaning, meaning)
@example("20 Weekend", "%", "$")
def test_a_mark_that_means_something_is_not_dropped(name: str, mark: str, other: str) -> None:
    pages = [page(1, None, name + mark, "Lou's"), page(2, None, name, "Lou's"), page(3, None, name + other, "Lou's")]
    of = found(brief(1, "NL-1001", name + mark), *pages[:2], *([pages[2]] if mark != other else []))
    assert [item.record.place.row for item in of.identified if item.record.source == "landing"] == [1]


Run = Sequence[tuple[str, str | None]]
runs = st.lists(
    st.lists(st.tuples(names, st.sampled_from([None, None, None, "NL-0001", "NL-0002", "NL-0004"])), max_size=4),
    min_size=1,
    max_size=5,
)


@given(runs, st.lists(st.sampled_from(["NL-0002", "NL-0005", "NL-5000"]), max_size=2))
@example([[("Deal", None)], [("Deal", None), ("Gift", "NL-0001")]], [])
@example([[("Deal", None)], [], [("Gift", None)]], [])
def test_an_id_once_proposed_is_kept_for_its_campaign_and_never_given_to_another(
    history: list[Run], orphans: list[str]
) -> None:
    memory: dict[str, str] = {}
    given_out: dict[str, str] = {}
    typed_ever: set[str] = set()
    highest = 0
    for run in history:
        typed = {campaign_id for _, campaign_id in run if campaign_id}
        lines = [brief(number, campaign_id, name) for number, (name, campaign_id) in enumerate(run, start=1)]
        of = found(*lines, *(page(n, o) for n, o in enumerate(orphans)), proposed=memory, highest=highest)
        for natural, proposed in of.proposed.items():
            assert re.fullmatch(r"NL-\d{4}", proposed)
            assert given_out.setdefault(proposed, natural) == natural, "one id for two campaigns"
            assert proposed not in typed, "proposed although a person gave it to another campaign"
            if natural in memory and memory[natural] not in typed:
                assert memory[natural] == proposed, "another id for the same campaign"
            if natural not in memory:
                assert proposed not in typed_ever, "an id that somebody had typed"
        for item in of.identified:
            if item.record.source == "briefs" and item.record.value("campaign_id") is None:
                same = [name for name, campaign_id in run if campaign_id == item.campaign]
                assert {name.casefold() for name in same} <= {str(item.record.value("campaign_name")).casefold()}
        numbers = [int(text[3:]) for text in {*of.proposed.values(), *typed, *orphans}]
        assert of.highest_number >= max([highest, *numbers])
        typed_ever |= typed
        memory |= of.proposed
        highest = of.highest_number


# ---------------------------------------------------------------- ids


@pytest.mark.parametrize(
    "typed", ["NL-1001", "nl-1001", " NL-1001 ", "NL‑1001", "NL–1001", "NL\u2212" + "1001", "ＮＬ-1001"]
)
def test_an_id_is_known_in_any_case_and_with_any_dash(typed: str) -> None:
    snapshot = understood(tab(["Kampagnen-Nr.", "Kampagne"], [typed, "x"]), "landing")
    assert whose(found(brief(1, "NL-1001"), *snapshot.records), "landing") == {1: "NL-1001"}


@pytest.mark.parametrize(("typed", "why"), [
    ("NL-1O01", "near_miss"),
    ("NL-I001", "near_miss"),
    ("NL1001", "near_miss"),
    ("NL 1001", "near_miss"),
    ("NL-1010", "near_miss"),
    ("NL-0101", "near_miss"),
    ("NL-0110", "orphan"),
    ("NL-1002", "orphan"),
    ("1001", "orphan"),
    ("NL-01001", "orphan"),
])  # fmt: skip
def test_an_id_that_is_nearly_known_is_asked_and_never_matched(typed: str, why: str) -> None:
    of = found(brief(1, "NL-1001", "Deal", "Lou's"), page(1, typed, "Deal", "Lou's"))
    assert [(item.why, item.candidates) for item in of.unmatched] == [(why, ("NL-1001",) if why == "near_miss" else ())]


def test_every_id_it_may_have_meant_is_a_candidate() -> None:
    of = found(brief(1, "NL-1001"), brief(2, "NL-1O01"), brief(3, "NL-7"), page(1, "NL-I001"))
    assert whose(of, "briefs") == {1: "NL-1001", 2: "NL-1O01", 3: "NL-7"}
    assert of.unmatched[0].candidates == ("NL-1001", "NL-1O01")


def test_an_id_that_cannot_be_read_names_nothing_whatever_else_the_row_says() -> None:
    of = found(brief(1, "NL-1001"), page(1, UNREADABLE, "Deal", "Lou's"))
    assert whose(of, "landing") == {1: "unreadable"}


def test_a_campaign_whose_own_id_cannot_be_read_is_not_given_another() -> None:
    of = found(brief(1, UNREADABLE), page(1, None, "Deal", "Lou's"))
    assert of.proposed == {}
    assert of.highest_number == 0
    assert whose(of, "briefs") == {1: "unreadable"}
    assert whose(of, "landing") == {1: "orphan"}


def test_a_copy_does_not_bring_a_campaign_into_being() -> None:
    of = found(page(1, "NL-1001", "Deal", "Lou's"), record("utm", 1, campaign_id="NL-1001", channel="email", slot="x"))
    assert {item.why for item in of.unmatched} == {"orphan"}
    assert of.proposed == {}


def test_the_register_and_the_owner_of_names_both_say_which_campaigns_there_are() -> None:
    of = found(brief(1, "NL-1001"), row("official", 1, campaign_id="NL-1002"), page(1, "NL-1001"), page(2, "NL-1002"))
    assert whose(of, "landing") == {1: "NL-1001", 2: "NL-1002"}


# ---------------------------------------------------------------- names


def test_without_an_id_the_declared_names_find_the_campaign() -> None:
    of = found(brief(1, "NL-1001"), brief(2, "NL-1002", "Gift"), page(1, None, "Gift", "Lou's"))
    assert whose(of, "landing") == {1: "NL-1002"}


@pytest.mark.parametrize(("name", "partner"), [
    ("Deal", None), (None, "Lou's"), (None, None), ("Deal", "Lou"), ("Lou's", "Deal"), ("Deals", "Lou's"),
    ("The Deal", "Lou's"), ("Deal Finch", "Harlow"), ("Deal", UNREADABLE),
])  # fmt: skip
def test_part_of_the_names_or_nearly_the_names_find_nothing(name: Parsed, partner: Parsed) -> None:
    assert whose(found(brief(1, "NL-1001"), page(1, None, name, partner)), "landing") == {1: "orphan"}


def test_names_that_two_campaigns_share_are_asked() -> None:
    of = found(brief(1, "NL-1002"), brief(2, "NL-1001"), page(1, None, "Deal", "Lou's"), page(2, "NL-1001"))
    assert [(item.why, item.candidates) for item in of.unmatched] == [("ambiguous", ("NL-1001", "NL-1002"))]
    assert whose(of, "landing") == {1: "ambiguous", 2: "NL-1001"}


def test_a_stale_copy_of_a_name_does_not_define_the_campaign() -> None:
    register = record("official", 1, campaign_id="NL-1001", campaign_name="Old name", partner="Lou's")
    of = found(brief(1, "NL-1001"), register, page(1, None, "Old name", "Lou's"))
    assert whose(of, "landing") == {1: "orphan"}


CODES = (("campaign_id",), ("promo_code",), ("partner", "campaign_name"))
BY_CODE = rules(
    sources={**RULES.sources, "briefs": replace(BRIEFS, match=CODES), "landing": replace(LANDING, match=CODES)}
)


@pytest.mark.parametrize(("code", "name", "outcome"), [
    ("LOU20", None, "NL-1001"),
    ("LOU20", "Deal", "NL-1001"),
    (None, "Gift", "NL-1002"),
    ("NOBODYS", "Gift", "NL-1002"),
    ("SHARED", "Gift", "NL-1002"),
    ("SHARED", None, "ambiguous"),
    ("SHARED", "Nobody's", "ambiguous"),
    ("NOBODYS", "Nobody's", "orphan"),
])  # fmt: skip
def test_the_first_list_of_names_that_stands_for_exactly_one_campaign_wins(
    code: str | None, name: str | None, outcome: str
) -> None:
    lines = [("NL-1001", "LOU20", "Deal"), ("NL-1002", "SHARED", "Gift"), ("NL-1003", "SHARED", "Third")]
    owners = [
        record("briefs", n, campaign_id=i, promo_code=c, campaign_name=w, partner="Lou's")
        for n, (i, c, w) in enumerate(lines)
    ]
    typed = record("landing", 1, promo_code=code, campaign_name=name, partner=name and "Lou's")
    assert whose(found(*owners, typed, by=BY_CODE), "landing") == {1: outcome}


def test_a_source_that_is_matched_by_id_only_finds_nothing_by_name() -> None:
    by_id = replace(LANDING, match=(("campaign_id",),))
    of = found(
        brief(1, "NL-1001"), page(1, None, "Deal", "Lou's"), by=rules(sources={**RULES.sources, "landing": by_id})
    )
    assert whose(of, "landing") == {1: "orphan"}


# ---------------------------------------------------------------- proposed ids


def test_a_campaign_without_an_id_is_proposed_the_next_number_and_found_by_its_names() -> None:
    of = found(brief(1, "NL-1001"), brief(2, None, "Gift"), page(1, None, "gift", "Lou’s"))
    assert list(of.proposed.values()) == ["NL-1002"]
    assert of.unaccepted == {"NL-1002"}
    assert whose(of, "briefs") == {1: "NL-1001", 2: "NL-1002"}
    assert whose(of, "landing") == {1: "NL-1002"}
    assert of.names == {"NL-1002": "Lou's / Gift"}


@pytest.mark.parametrize("seen", ["NL-1365", "nl-1365", "NL-01365"])
def test_numbers_of_rows_that_match_nothing_count_as_taken(seen: str) -> None:
    assert list(found(brief(1, None), page(1, seen.upper())).proposed.values()) == ["NL-1366"]


@pytest.mark.parametrize("seen", ["NL-1O09", "XX-9999", "NL-9999-B", "9999", "NL-"])
def test_what_has_not_the_shape_of_an_id_is_no_number(seen: str) -> None:
    assert list(found(brief(1, "NL-0007"), brief(2, None, "Gift"), page(1, seen)).proposed.values()) == ["NL-0008"]


def test_without_its_names_a_row_is_proposed_nothing() -> None:
    assert found(brief(1, None, partner="Lou's"), record("briefs", 2, partner="Lou's")).highest_number == 1


def test_without_a_template_nothing_is_proposed() -> None:
    of = found(brief(1, None), by=rules(templates={}))
    assert (of.proposed, whose(of, "briefs")) == ({}, {1: "orphan"})


def test_two_rows_of_one_new_campaign_are_one_campaign_twice() -> None:
    of = found(brief(1, None), brief(2, None, "DEAL"))
    assert list(of.proposed.values()) == ["NL-0001"]
    assert [len(items) for items in of.duplicates] == [2]


def test_a_row_without_id_that_is_called_like_a_known_campaign_gets_no_id_of_its_own() -> None:
    of = found(brief(1, "NL-1001"), brief(2, None))
    assert of.proposed == {}
    assert [[item.record.place.row for item in items] for items in of.duplicates] == [[1, 2]]


def test_an_id_typed_where_it_was_proposed_is_accepted() -> None:
    proposed = found(brief(1, None)).proposed
    of = found(brief(1, "NL-0001"), page(1, None, "Deal", "Lou's"), proposed=proposed, highest=1)
    assert (of.proposed, of.unaccepted, of.highest_number) == ({}, frozenset(), 1)
    assert whose(of, "landing") == {1: "NL-0001"}


def test_a_proposed_id_that_somebody_gave_another_campaign_is_that_campaigns() -> None:
    proposed = found(brief(1, None)).proposed
    of = found(brief(1, None), brief(2, "NL-0001", "Gift"), proposed=proposed, highest=1)
    assert list(of.proposed.values()) == ["NL-0002"]
    assert whose(of, "briefs") == {1: "NL-0002", 2: "NL-0001"}


def test_a_proposed_id_that_stands_in_another_row_of_the_same_sheet_is_that_rows_whatever_it_is_called() -> None:
    proposed = found(brief(1, None)).proposed
    nameless = record("briefs", 2, campaign_id="NL-0001", partner="Lou's")
    assert whose(found(brief(1, None), nameless, proposed=proposed, highest=1), "briefs") == {
        1: "NL-0002",
        2: "NL-0001",
    }


def test_a_proposed_id_that_the_register_gave_another_campaign_is_that_campaigns() -> None:
    proposed = found(brief(1, None)).proposed
    register = record("official", 1, campaign_id="NL-0001", campaign_name="Gift", partner="Lou's")
    of = found(brief(1, None), register, proposed=proposed, highest=1)
    assert whose(of, "briefs") == {1: "NL-0002"}
    assert whose(of, "official") == {1: "NL-0001"}


def test_while_a_register_cannot_be_read_no_number_is_given_out() -> None:
    before = found(brief(2, None, "Gift"))
    read = [of for of in snapshots(brief(1, None), brief(2, None, "Gift")) if of.source != "official"]
    of = matched(read, proposed=before.proposed, highest=before.highest_number)
    assert whose(of, "briefs") == {1: "orphan", 2: "NL-0001"}
    assert (of.proposed, of.highest_number) == (before.proposed, 1)


# ---------------------------------------------------------------- keys and duplicates


def test_a_placement_is_its_campaign_channel_and_slot() -> None:
    of = found(*everything())
    assert [item.key for item in of.identified] == ["NL-1001", "NL-1001", PLACEMENT, "NL-1001"]


def test_rows_of_one_key_are_duplicates_however_they_are_spelled() -> None:
    of = found(*everything(), row("utm", 2, slot="HERO – banner"), row("utm", 3, slot="Tile"))
    assert [[item.record.place.row for item in items] for items in of.duplicates] == [[1, 2]]
    assert ("utm", PLACEMENT) not in of.of
    assert ("utm", "NL-1001 / email / tile") in of.of


def test_the_same_key_in_two_sources_is_no_duplicate() -> None:
    assert found(*everything()).duplicates == ()


def test_a_channel_nobody_understands_still_tells_its_row_from_the_next_one() -> None:
    first, second = row("utm", 1, channel=UNREADABLE), row("utm", 2, channel=UNREADABLE)
    second = replace(second, claims={**second.claims, "channel": replace(second.claims["channel"], raw="Fax")})
    of = found(row("official"), first, second)
    assert of.duplicates == ()
    assert len([item for item in of.identified if item.record.source == "utm"]) == 2


def test_slots_in_a_script_without_a_slug_are_told_apart() -> None:
    of = found(row("official"), row("utm", 1, slot="ヒーロー"), row("utm", 2, slot="タイル"), row("utm", 3, slot="★"))
    assert of.duplicates == ()


def test_rows_with_a_blank_part_of_their_key_cannot_be_told_apart() -> None:
    of = found(row("official"), row("utm", 1, slot=None), row("utm", 2, slot=None))
    assert [len(items) for items in of.duplicates] == [2]


@pytest.mark.parametrize("missing", ["partner", "channel", "campaign_id"])
def test_a_row_that_lacks_a_column_stops_nothing(missing: str) -> None:
    line = row("utm", 1)
    line = replace(line, claims={name: claim for name, claim in line.claims.items() if name != missing})
    of = found(row("official"), row("briefs"), line)
    assert len(of.identified) + len(of.unmatched) == 3


def test_the_names_in_a_template_of_ids_are_kept_to_the_letter() -> None:
    by = rules(templates={**RULES.templates, "campaign_id": "{number}/Q4.2026"})
    of = found(brief(1, "12/Q4.2026"), brief(2, "99/Q4x2026", "Old"), brief(3, None, "Gift"), by=by)
    assert list(of.proposed.values()) == ["13/Q4.2026"]


def test_a_date_may_name_a_campaign() -> None:
    match = (("campaign_id",), ("partner", "flight_start"))
    by = source("landing", match=match)
    by = replace(by, sources={**by.sources, "briefs": replace(BRIEFS, match=match)})
    owner = record("briefs", 1, campaign_id="NL-1001", partner="Lou's", flight_start=date(2026, 11, 27))
    copies = [record("landing", n, partner="Lou's", flight_start=date(2026, 11, 26 + n)) for n in (1, 2)]
    assert whose(found(owner, *copies, by=by), "landing") == {1: "NL-1001", 2: "orphan"}


def test_the_sources_of_these_tests_are_what_they_seem() -> None:
    assert {"campaign_id"} == set(OFFICIAL.key) == set(BRIEFS.key) == set(LANDING.key) < set(UTM.key)
