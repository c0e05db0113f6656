"""The owner's word in a column of ours beside another team's rows: there it need not be typed at all."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sheetsync.core.graph import Mode, Visibility
from sheetsync.core.guards import Guard
from sheetsync.engine.undoing import undo
from tests.engine.conftest import Town
from tests.engine.people import (
    LANDING,
    UTM,
    Hand,
    assert_beside_their_rows,
    briefs,
    builder,
    our_lines,
    shown_beside,
)

MORE = "its readers would see more than at the last write"
OFFER, END = "offer (briefs)", "flight_end (briefs)"


@pytest.fixture
def published(untouched: Town) -> Town:
    """After a first run in which the UTM builder's people read two of the briefs' words."""
    untouched.change("utm", publish=("offer", "flight_end"))
    assert untouched.run().exit_code == 0
    return untouched


def lines(town: Town, book: str = UTM) -> Mapping[str, Mapping[str, str]]:
    return our_lines(town, book)


def of(town: Town, campaign: str, name: str, book: str = UTM) -> set[str]:
    """What is shown for each row of a campaign."""
    return {line[name] for key, line in lines(town, book).items() if f"␟{campaign.lower()}" in key}


def test_the_owner_s_word_stands_beside_every_row_of_its_campaign(published: Town) -> None:
    assert of(published, "NL-1003", OFFER) == {"30% off"}
    assert of(published, "NL-1003", END) == {"2026-11-30"}
    shown = shown_beside(published, published.config.rules.sources["utm"])
    beside = {text for (_, name), (key, text) in shown.items() if name == OFFER and "NL-1003" in key}
    assert beside == {"30% off"}
    assert_beside_their_rows(published)


def test_a_second_run_writes_nothing(published: Town) -> None:
    assert published.run().requests.writes == 0


def test_it_follows_the_owner(published: Town) -> None:
    hand = briefs(published)
    hand.type(hand.find("NL-1003")[0], 6, "35% off")
    published.run()
    assert of(published, "NL-1003", OFFER) == {"35% off"}


def test_it_is_withheld_with_a_reason_while_nobody_knows_it(published: Town) -> None:
    hand = briefs(published)
    hand.type(hand.find("NL-1003")[0], 6, None)
    run = published.run()
    (shown,) = of(published, "NL-1003", OFFER)
    assert shown == "HELD: no Offer in Partner briefs"
    held = {(one.record, one.column) for one in run.decided.withheld}
    assert ("NL-1003 / email / hero-banner", OFFER) in held


def test_it_is_withheld_while_it_is_disputed(published: Town) -> None:
    landing = Hand(published.sandbox, LANDING, 1204)
    hand, row = briefs(published), landing.find("NL-1001")[0]
    hand.type(hand.find("NL-1001")[0], 6, "35% off")
    landing.text(row, 8, "36 % Rabatt")
    published.run()
    assert of(published, "NL-1001", OFFER) == {"HELD: Offer is in conflict"}


def test_what_the_team_types_beside_it_is_compared_all_the_same(published: Town) -> None:
    hand = builder(published)
    row = hand.find("NL-1003")[0]
    hand.type(row, 8, "2026-12-24")
    run = published.run()
    told = [flag for flag in run.decided.flags if (flag.place.source, flag.place.row) == ("utm", row)]
    assert ("flight_end", "2026-12-24", "2026-11-30") in {(flag.field, flag.found, flag.expected) for flag in told}
    assert of(published, "NL-1003", END) == {"2026-11-30"}


def test_in_a_sidecar_it_stands_in_our_tab(untouched: Town) -> None:
    untouched.change("landing", publish=("budget",))
    untouched.run()
    assert of(untouched, "NL-1005", "budget (briefs)", LANDING) <= {"1250.00", "1250.00 EUR", "1250.00 USD"}


def test_a_word_of_people_s_only_may_be_shown(untouched: Town) -> None:
    assert untouched.config.rules.fields["budget"].human_only
    untouched.change("utm", publish=("budget",))
    untouched.run()
    assert all(shown for shown in of(untouched, "NL-1003", "budget (briefs)"))


def test_readers_learn_this_word_and_no_other(untouched: Town) -> None:
    untouched.change("utm", publish=("offer",), readers_see=Visibility.FIELDS)
    hand = briefs(untouched)
    hand.text(hand.find("NL-1003")[0], 6, "ZQ secret words")
    hand.type(hand.find("NL-1001")[0], 6, "61% off")
    untouched.run()
    assert of(untouched, "NL-1001", OFFER) == {"61% off"}
    assert of(untouched, "NL-1003", OFFER) == {"HELD: Offer in Partner briefs is not understood"}
    assert "ZQ" not in str(untouched.sandbox.export(UTM))


def test_to_show_more_than_at_the_last_write_asks_a_person(town: Town) -> None:
    town.change("utm", publish=("offer",))
    run = town.run(accept=frozenset())
    assert [(held.source, held.guard, held.what) for held in run.snapshots.held] == [
        (
            "utm",
            Guard.VISIBILITY,
            "its readers would see more than at the last write of published offer: fields -> full",
        )
    ]
    assert town.run(accept=frozenset([(Guard.VISIBILITY, "utm")])).exit_code == 0
    assert of(town, "NL-1003", OFFER) == {"30% off"}


def test_its_column_goes_when_it_is_published_no_more(published: Town) -> None:
    published.change("utm", publish=("offer",))
    published.run()
    names = {name for _, name in shown_beside(published, published.config.rules.sources["utm"])}
    assert OFFER in names
    assert END not in names


def test_another_owner_has_another_column(published: Town) -> None:
    rules = published.config.rules
    published.set(replace(rules, owners={**rules.owners, "offer": "landing"}))
    published.run(accept=published.yes_to())
    names = {name for _, name in shown_beside(published, rules.sources["utm"])}
    assert "offer (landing)" in names
    assert OFFER not in names


def test_a_run_that_published_is_undone(town: Town) -> None:
    town.change("utm", publish=("offer",))
    run = town.run(accept=town.yes_to())
    undo(town.world(), town.config.rules, run.id)
    assert OFFER not in {name for _, name in shown_beside(town, town.config.rules.sources["utm"])}


def test_an_observed_sheet_is_shown_nothing(untouched: Town) -> None:
    untouched.change("utm", publish=("offer",), mode=Mode.OBSERVE)
    run = untouched.run()
    assert lines(untouched) == {}
    assert {one.value for one in run.decided.generated if one.column == OFFER and one.record.startswith("NL-1003")} == {
        "30% off"
    }
