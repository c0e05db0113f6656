"""Rows that are due: a law against plain sets, then whom an absence is told to and when nothing is said."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.flags import Flag, FlagKind, Status, status_of
from sheetsync.core.graph import RowsDue
from sheetsync.core.model import Record
from sheetsync.core.terms import Severity
from tests.core.agreement import RULES, World, brief, due, placement, row


def absent(world: World) -> list[Flag]:
    return sorted(world.flags(FlagKind.MISSING_ROW), key=lambda flag: flag.record)


def mail(tab: str, number: int, slot: str = "hero", campaign: str = "NL-1") -> Record:
    return row(tab, number, campaign_id=campaign, channel="email", slot=slot)


def log(number: int, campaign: str) -> Record:
    return row("legal", number, campaign_id=campaign)


# ---------------------------------------------------------------- laws

slots = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=5)


@given(slots, slots, slots)
def test_a_placement_is_missing_if_it_stands_in_none_of_the_receivers(
    planned: list[str], in_november: list[str], in_december: list[str]
) -> None:
    rows = [brief()]
    rows += [placement(n, slot) for n, slot in enumerate(planned)]
    rows += [mail("november", n, slot) for n, slot in enumerate(in_november)]
    rows += [mail("december", n, slot) for n, slot in enumerate(in_december)]
    flags = absent(World(tuple(rows), due("media", "november", "december")))
    once = {slot for slot in planned if planned.count(slot) == 1}
    assert {flag.record for flag in flags} == {f"NL-1 / email / {slot}" for slot in once - {*in_november, *in_december}}
    assert all((flag.field, flag.owner, flag.place.source) == ("campaign_id", None, "media") for flag in flags)


@given(st.sets(st.integers(1, 5)), st.sets(st.integers(1, 5)))
def test_a_row_more_in_a_receiver_never_makes_one_more_missing(briefed: set[int], logged: set[int]) -> None:
    def missing(logs: set[int]) -> set[str]:
        rows = [brief(n, f"NL-{n}") for n in briefed] + [log(n, f"NL-{n}") for n in logs]
        return {flag.record for flag in absent(World(tuple(rows), due("briefs", "legal")))}

    assert missing(logged) == {f"NL-{n}" for n in briefed - logged}
    assert all(missing(logged | {more}) <= missing(logged) for more in range(1, 6))


# ---------------------------------------------------------------- whom it is told, and in what words


def test_an_absence_is_told_on_the_givers_row() -> None:
    [flag] = absent(World((brief(3),), due("briefs", "legal")))
    assert (flag.place.source, flag.place.row, flag.found) == ("briefs", 3, "NL-1")
    assert (flag.contract, flag.severity, status_of(flag.kind)) == ("briefs->legal", Severity.MEDIUM, Status.MISSING)
    assert flag.message == flag.discreet == "this campaign has no row in Legal log"
    assert flag.sources == {"legal"}


def test_any_row_of_a_campaign_will_do_where_the_receiver_lists_placements() -> None:
    rows = (brief(), brief(2, "NL-2"), placement(1, "a"), placement(2, "b"))
    assert [flag.record for flag in absent(World(rows, due("briefs", "media")))] == ["NL-2"]


def test_a_campaign_without_a_row_is_told_once_at_its_first_placement() -> None:
    rows = (brief(), placement(1, "b"), placement(2, "a"), placement(3, "c"))
    [flag] = absent(World(rows, due("media", "legal")))
    assert (flag.record, flag.place.row) == ("NL-1 / email / a", 2)
    assert flag.message == "the campaign of this placement has no row in Legal log"
    [later] = absent(World((brief(), placement(1, "b"), placement(3, "c")), due("media", "legal")))
    assert (later.record, later.id) == ("NL-1 / email / b", flag.id), "the trouble is the same"
    assert absent(World((*rows, log(1, "NL-1")), due("media", "legal"))) == []


def test_only_rows_on_which_the_owner_says_so_are_due() -> None:
    rows = (
        brief(1, "NL-1", campaign_status="live"),
        brief(2, "NL-2", campaign_status="done"),
        brief(3, "NL-3"),
    )
    by = due("briefs", "legal", campaign_status=("planned", "live"))
    [flag] = absent(World(rows, by))
    assert flag.record == "NL-1"
    assert flag.discreet == "this campaign has no row in Legal log, which Campaign status in Partner briefs asks for"


def test_a_row_that_is_missing_in_two_places_is_two_flags_with_ids_of_their_own() -> None:
    by = replace(
        RULES,
        handoffs=(),
        rows_due=(RowsDue("briefs", ("legal",), {}), RowsDue("briefs", ("november", "december"), {})),
    )
    flags = absent(World((brief(),), by))
    assert {flag.contract for flag in flags} == {"briefs->legal", "briefs->november,december"}
    assert len({flag.id for flag in flags}) == 2
    moved = absent(World((brief(9),), by))
    assert {flag.id for flag in moved} == {flag.id for flag in flags}, "wherever the row stands"


# ---------------------------------------------------------------- silence


@pytest.mark.parametrize("unread", ["legal", "briefs"])
def test_nothing_is_missing_from_or_for_a_sheet_nobody_could_read(unread: str) -> None:
    rows = tuple(one for one in (brief(), log(1, "NL-9")) if one.source != unread)
    assert absent(World(rows, due("briefs", "legal"), unread={unread: "no network"})) == []


def test_nothing_is_missing_while_nobody_can_look_up_whose_a_row_is() -> None:
    """The row without an id may well be the one: by its names, which the unread source gives."""
    by = due("briefs", "media")
    named = replace(by.sources["media"], match=(("campaign_id",), ("flight_start",)))
    by = replace(by, sources={**by.sources, "media": named}, owners={**by.owners, "flight_start": "legal"})
    rows = (brief(), row("media", 1, channel="email", slot="hero", flight_start=date(2026, 11, 16)))
    assert len(absent(World(rows, by))) == 1
    assert absent(World(rows, by, unread={"legal": "no network"})) == []


def test_one_receiver_nobody_could_read_may_hold_what_the_other_lacks() -> None:
    rows = (brief(), placement(1, "a"), mail("november", 1, "b"))
    assert len(absent(World(rows, due("media", "november", "december")))) == 1
    world = World(rows, due("media", "november", "december"), unread={"december": "no network"})
    assert absent(world) == []


def test_a_near_miss_may_mean_the_record_and_says_so_itself() -> None:
    rows = (brief(1, "NL-1001"), brief(2, "NL-1002"), log(1, "NL-1O01"))
    world = World(rows, due("briefs", "legal"))
    assert [flag.record for flag in absent(world)] == ["NL-1002"]
    assert [flag.kind for flag in world.flags(FlagKind.NEAR_MISS_ID)] == [FlagKind.NEAR_MISS_ID]


def test_a_near_miss_means_its_own_placement_only() -> None:
    rows = (
        brief(1, "NL-1001"),
        placement(1, "a", "NL-1001"),
        placement(2, "b", "NL-1001"),
        mail("november", 1, "a", "NL-1O01"),
    )
    flags = absent(World(rows, due("media", "november")))
    assert [flag.record for flag in flags] == ["NL-1001 / email / b"]


def test_rows_that_stand_twice_are_not_missing_and_ask_for_none() -> None:
    twice = (brief(1, "NL-1"), log(1, "NL-1"), log(2, "NL-1"))
    assert absent(World(twice, due("briefs", "legal"))) == []
    asked_twice = (brief(1, "NL-1"), placement(1, "a"), placement(2, "a"))
    assert absent(World(asked_twice, due("media", "november"))) == []


def test_a_campaign_whose_id_is_only_proposed_is_not_looked_for() -> None:
    by = due("briefs", "legal")
    named = replace(by.sources["briefs"], match=(("campaign_id",), ("promo_code",)))
    world = World((row("briefs", 1, promo_code="NEW"),), replace(by, sources={**by.sources, "briefs": named}))
    assert absent(world) == []
    assert absent(World((row("briefs", 1, promo_code="NEW", campaign_id="NL-5"),), world.rules)) != []
