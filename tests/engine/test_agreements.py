"""A person breaks and mends each contract over HTTP, and reads beside the row what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from sheetsync.core.fields import Day, Field
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Approval, RowsDue
from sheetsync.core.model import Entity
from sheetsync.core.terms import After, OneOf, SumAtMost, Terms, Within
from sheetsync.engine.world import Run
from tests.engine.conftest import Town
from tests.engine.people import LANDING, Hand, briefs, builder, our_lines
from tests.engine.test_ledger_story import unshare

HERO, BRIEF, PAGE = 1, 6, 3
"""Rows (0-based) of NL-1001 in the UTM builder, the briefs and the landing pages."""
CODE = 7
STATUS = 9
RUNS_FROM, RUNS_TO, SPEND, SENT = 12, 13, 14, 15
KINDS = (FlagKind.VIOLATION, FlagKind.MISSING_ROW, FlagKind.STALE_APPROVAL)

_TERMS: dict[str, Terms] = {
    "placement_start": Within("flight_start", "flight_end"),
    "placement_end": Within("flight_start", "flight_end"),
    "placement_budget": SumAtMost("budget"),
    "send_time": After("flight_start"),
    "placement_status": OneOf(("planned", "ready", "live"), {"campaign_status": ("live",)}),
}
_COLUMNS = {
    "placement_start": ("Runs from",),
    "placement_end": ("Runs to",),
    "placement_budget": ("Spend",),
    "send_time": ("Sent",),
}


@pytest.fixture
def agreed(untouched: Town) -> Town:
    """The season with a contract of every kind, before its first cycle."""
    hand = builder(untouched)
    hand.resize(60, 20)
    hand.type(0, RUNS_FROM, *(header for (header,) in _COLUMNS.values()))
    page(untouched).text(PAGE, 4, "Online")
    rules = untouched.config.rules
    days = {
        name: Field(name, label, Entity.PLACEMENT, Day())
        for name, label in (("placement_start", "Placement start"), ("placement_end", "Placement end"))
    }
    utm = rules.sources["utm"]
    handoffs = [replace(h, contracts={**h.contracts, **_TERMS}) if h.id == "briefs->utm" else h for h in rules.handoffs]
    untouched.set(
        replace(
            rules,
            fields={**rules.fields, **days},
            sources={**rules.sources, "utm": replace(utm, columns={**utm.columns, **_COLUMNS})},
            handoffs=tuple(handoffs),
            rows_due=(RowsDue("briefs", ("landing",), {"campaign_status": ("live",)}),),
            approvals=(Approval("page", "landing", "page_status", ("live",), ("promo_code",)),),
        )
    )
    return untouched


def page(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def said(run: Run) -> list[Flag]:
    return [flag for flag in run.decided.flags if flag.kind in KINDS]


@dataclass(frozen=True)
class Break:
    """What a person types, what takes it back, and what is said in between."""

    breaking: Callable[[Town], None]
    mending: Callable[[Town], None]
    source: str
    field: str
    kind: FlagKind
    status: str
    message: str


def typed(row: int, column: int, text: str) -> Callable[[Town], None]:
    return lambda town: builder(town).text(row, column, text)


BREAKS = {
    "within": Break(
        typed(HERO, RUNS_TO, "Dec 2, 2026"),
        typed(HERO, RUNS_TO, "Nov 12, 2026"),
        "utm",
        "placement_end",
        FlagKind.VIOLATION,
        "DIFFERS",
        "Placement end is Dec 2, 2026 here, after Flight end: Partner briefs (owner) says 2026-11-12",
    ),
    "sum at most": Break(
        typed(HERO, SPEND, "$8,001"),
        typed(HERO, SPEND, "$7,999"),
        "utm",
        "placement_budget",
        FlagKind.VIOLATION,
        "DIFFERS",
        "Placement budget of this campaign adds up to 8001.00 USD here (row 2); "
        "Partner briefs (owner) says Budget is 8000.00 USD",
    ),
    "after": Break(
        typed(HERO, SENT, "2026-11-05 09:00"),
        typed(HERO, SENT, "TBD"),
        "utm",
        "send_time",
        FlagKind.VIOLATION,
        "DIFFERS",
        "Send time is 2026-11-05 09:00 here, before Flight start: Partner briefs (owner) says 2026-11-06",
    ),
    "one of, when": Break(
        typed(HERO, STATUS, "Cancelled"),
        typed(HERO, STATUS, "Planned"),
        "utm",
        "placement_status",
        FlagKind.VIOLATION,
        "DIFFERS",
        "Placement status is Cancelled here; it must be planned or ready or live, "
        "while Campaign status is live (Campaign register)",
    ),
    "rows": Break(
        lambda town: page(town).text(PAGE, 0, "NL-7777"),
        lambda town: page(town).text(PAGE, 0, "NL-1001"),
        "briefs",
        "campaign_id",
        FlagKind.MISSING_ROW,
        "MISSING",
        "this campaign has no row in Landing pages, which Campaign status in Campaign register asks for",
    ),
    "approval": Break(
        lambda town: briefs(town).text(BRIEF, CODE, "FINCH25"),
        lambda town: briefs(town).text(BRIEF, CODE, "FINCH20"),
        "landing",
        "promo_code",
        FlagKind.STALE_APPROVAL,
        "STALE APPROVAL",
        "Promo code was approved here as finch20; Partner briefs (owner) says FINCH25 now",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_a_person_breaks_is_told_until_it_is_mended(agreed: Town, name: str) -> None:
    one = BREAKS[name]
    assert said(agreed.run()) == []
    one.breaking(agreed)
    [flag] = said(agreed.run())
    assert (flag.place.source, flag.field, flag.kind, flag.message) == (one.source, one.field, one.kind, one.message)
    assert beside(agreed, one.source) == one.status
    again = agreed.run()
    assert [flag.id for flag in said(again)] == [flag.id]
    assert [write.plan.batch for write in again.written] == [None] * len(again.written), "running again writes nothing"
    one.mending(agreed)
    assert said(agreed.run()) == []


def beside(town: Town, source: str) -> str:
    """The status word of NL-1001's row, as it stands in our tab."""
    location = town.config.rules.sources[source].location
    lines = our_lines(town, getattr(location, "spreadsheet", ""))
    [status] = {line["status"] for key, line in lines.items() if key.startswith(f"{source}␟nl-1001")}
    return status


def test_a_flag_stays_itself_through_a_sort_and_another_value(agreed: Town) -> None:
    agreed.run()
    builder(agreed).text(HERO, RUNS_TO, "Dec 2, 2026")
    [before] = said(agreed.run())
    builder(agreed).sort(1, 0, 16, descending=True)
    row, _ = builder(agreed).find("Dec 2, 2026")
    builder(agreed).text(row, RUNS_TO, "Dec 3, 2026")
    [after] = said(agreed.run())
    assert row != HERO
    assert (after.id, after.place.row) == (before.id, row)


def test_a_receiver_that_cannot_be_read_for_a_while_changes_nothing(agreed: Town) -> None:
    BREAKS["rows"].breaking(agreed)
    [before] = said(agreed.run())
    BREAKS["within"].breaking(agreed)
    unshare(agreed, LANDING)
    run = agreed.run()
    assert "landing" in run.snapshots.remembered
    assert before.id in [flag.id for flag in said(run)], "its rows are remembered"
    assert len(said(run)) == 2, "the others go on"


def test_the_baseline_of_an_approved_field_does_not_move_where_it_differs(agreed: Town) -> None:
    agreed.run()
    key = ("landing", "NL-1001", "promo_code")
    assert agreed.world().ledger.memory().baselines[key] == "FINCH20"
    BREAKS["approval"].breaking(agreed)
    agreed.run()
    assert agreed.world().ledger.memory().baselines[key] == "FINCH20"
    page(agreed).text(PAGE, CODE, "FINCH25")
    assert said(agreed.run()) == []
    assert agreed.world().ledger.memory().baselines[key] == "FINCH25"
