"""A column that was theirs before it was ours is theirs again whenever we leave it, by whichever way."""

import pytest

from sheetsync.core.graph import Mode, SheetTab
from sheetsync.engine.adopting import adopt
from sheetsync.engine.leaving import detach
from sheetsync.errors import Refused
from sheetsync.sandbox import RequestRecord
from tests.engine.conftest import Town
from tests.engine.people import UTM, Hand, assert_beside_their_rows, builder

LINKS = 10


def adopted(town: Town) -> list[str]:
    """What the adopted column shows once it is ours."""
    adopt(town.world(), town.config.rules, town.config.rules.sources["utm"], "tracking_url")
    assert town.run().exit_code == 0
    return column(town)


def column(town: Town) -> list[str]:
    hand = builder(town)
    place = hand.find("Tracking URL")[1]
    return [cells[place] for cells in hand.grid]


def formulas(hand: Hand, at: int) -> list[str]:
    return [cell["formula"] for _, place, cell in hand.tab["cells"] if place == at and "formula" in cell]


def settled(town: Town) -> None:
    """Two cycles: the second is the first to read the column as theirs again."""
    assert [town.run().exit_code for _ in range(2)] == [0, 0]
    again = town.run()
    assert (again.exit_code, again.requests.writes) == (0, 0), [str(one.error) for one in again.troubles]


def test_an_adopted_column_stays_with_what_it_shows_when_its_source_becomes_a_sidecar(town: Town) -> None:
    shown = adopted(town)
    town.change("utm", mode=Mode.SIDECAR)
    settled(town)
    assert column(town) == shown
    assert formulas(builder(town), LINKS) == []
    assert builder(town).tab["protections"] == []


def test_an_adopted_column_stays_when_its_field_is_not_generated_any_more(town: Town) -> None:
    shown = adopted(town)
    town.change("utm", generated=())
    settled(town)
    assert column(town) == shown
    assert formulas(builder(town), LINKS) == []
    assert_beside_their_rows(town, complete=True)


def test_a_column_that_is_left_before_we_ever_filled_it_keeps_its_formulas(town: Town) -> None:
    hand = builder(town)
    hand.type(2, LINKS, '="https://"&"x.example/"')
    before = hand.tab["cells"]
    adopt(town.world(), town.config.rules, town.config.rules.sources["utm"], "tracking_url")
    [left] = detach(town.world(), town.config.rules, ["utm"], False)
    assert left.trouble is None
    theirs = [cell for cell in before if cell[1] < 12]
    assert [cell for cell in hand.tab["cells"] if cell[1] < 12] == theirs


def test_a_row_deleted_above_while_we_leave_costs_an_adopted_column_neither_header_nor_value(town: Town) -> None:
    builder(town).insert("ROWS", 0)
    town.run()
    shown = adopted(town)
    acts = [lambda: builder(town).delete("ROWS", 0)]

    def meddle(record: RequestRecord) -> None:
        if acts and record.method == "GET" and UTM in record.path:
            acts.pop()()

    town.sandbox.between = meddle
    [left] = detach(town.world(), town.config.rules, ["utm"], False)
    town.sandbox.between = None
    assert left.trouble is None
    assert column(town) == shown[1:]


def test_an_adopted_column_stays_when_its_source_only_observes_and_its_neighbour_goes_on(town: Town) -> None:
    shown = adopted(town)
    like = town.config.rules.sources["utm"]
    other = SheetTab(UTM, 78)
    hand = Hand(town.sandbox, UTM, 78)
    hand.act({"addSheet": {"properties": {"sheetId": 78, "title": "More"}}})
    hand.type(0, 0, *[texts[0] for texts in like.columns.values()])
    town.add("more", like, location=other, mode=Mode.SIDECAR, generated=())
    town.change("utm", mode=Mode.OBSERVE)
    settled(town)
    assert column(town) == shown
    assert formulas(builder(town), LINKS) == []


def test_an_adopted_column_that_shows_an_error_is_not_handed_back_before_it_is_repaired(town: Town) -> None:
    shown = adopted(town)
    builder(town).type(4, LINKS, "typed in the way")
    [left] = detach(town.world(), town.config.rules, ["utm"], False)
    assert "Builder!K was theirs and shows an error in place of its values; nothing changed." in str(left.trouble)
    assert "Run `sheetsync reconcile` first" in str(left.trouble)
    town.run()
    [left] = detach(town.world(), town.config.rules, ["utm"], False)
    assert left.trouble is None
    assert column(town) == shown


def test_what_was_typed_in_the_way_stays_when_an_adopted_column_is_handed_back_by_a_setting(town: Town) -> None:
    adopted(town)
    builder(town).type(4, LINKS, "typed in the way")
    town.change("utm", mode=Mode.SIDECAR)
    settled(town)
    assert column(town)[0] == "Tracking URL"
    assert column(town)[4] == "typed in the way"
    assert formulas(builder(town), LINKS) == []


def test_of_two_columns_headed_alike_only_the_one_that_was_looked_at_is_adopted(town: Town) -> None:
    hand = builder(town)
    hand.insert("COLUMNS", 11)
    hand.type(0, 11, "Tracking URL")
    hand.type(1, 11, "theirs")
    town.run()
    before = [cells[10:12] for cells in hand.grid]
    acts = [lambda: hand.move("COLUMNS", 10, 11, 12)]

    def meddle(record: RequestRecord) -> None:
        if acts and record.method == "GET" and UTM in record.path:
            acts.pop()()

    town.sandbox.between = meddle
    with pytest.raises(Refused, match="at work in the columns"):
        adopt(town.world(), town.config.rules, town.config.rules.sources["utm"], "tracking_url")
    town.sandbox.between = None
    town.run()
    assert [cells[10:12][::-1] for cells in hand.grid] == before


def test_the_header_row_once_more_is_no_other_table(town: Town) -> None:
    adopted(town)
    hand = builder(town)
    hand.insert("COLUMNS", 12)
    hand.type(0, 12, "Source")
    hand.insert("ROWS", 5)
    hand.copy((0, 1, 0, 13), (5, 6, 0, 13), "PASTE_VALUES")
    run = town.run()
    assert [one.unfit for write in run.written for one in write.plan.desired.columns if one.source == "utm"] == [""]
