"""What typed text and formats become and show, and how large a new tab is."""

from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged
from sheetsync.adapters.google_probe.scratch import Scratch, formula
from sheetsync.adapters.google_probe.wire import Json

#: 27 November 2026
_FRIDAY = 46353


@belief(
    "hours-beyond-a-day-are-typed-durations",
    Promise.SANDBOX,
    "30:00 typed is a day and a quarter and shown as typed; seconds are shown where they were typed.",
    "`30:00` and `30:00:05` as if typed",
)
def hours_beyond_a_day_are_typed_durations(scratch: Scratch) -> Verdict:
    tab = scratch.tab(2, 1)
    paste = {"coordinate": {"sheetId": tab.id}, "data": "30:00\n30:00:05", "delimiter": ";", "type": "PASTE_NORMAL"}
    scratch.batch(tab.added, {"pasteData": paste})
    value = scratch.cells(tab)[0][0].get("effectiveValue", {})
    shown = [row[0] for row in scratch.shown(tab)]
    return judged(value == {"numberValue": 1.25} and shown == ["30:00", "30:00:05"], f"{value}, {shown}")


@belief(
    "capitals-alone-mean-nothing",
    Promise.SANDBOX,
    "In a pattern of capitals only, an M between hours and seconds is minutes, not the month.",
    "27 November, 15:04, in the pattern DD.MM.YYYY HH:MM",
)
def capitals_alone_mean_nothing(scratch: Scratch) -> Verdict:
    tab = scratch.tab(1, 1)
    moment = _FRIDAY + (15 * 60 + 4) / 1440
    scratch.batch(tab.added, tab.filled([[_dated(moment, "DATE_TIME", "DD.MM.YYYY HH:MM")]]))
    shown = scratch.shown(tab)[0][0]
    return judged(shown == "27.11.2026 15:04", shown)


def _dated(number: float, kind: str, pattern: str) -> Json:
    shape = {"numberFormat": {"type": kind, "pattern": pattern}}
    return {"userEnteredValue": {"numberValue": number}, "userEnteredFormat": shape}


@belief(
    "formulas-inherit-dates",
    Promise.SANDBOX,
    "A formula that hands a date on, or counts days on from one, shows a date; the difference of two is a number.",
    "two dates; a formula each that repeats, adds to, chooses and subtracts them",
)
def formulas_inherit_dates(scratch: Scratch) -> Verdict:
    tab = scratch.tab(2, 6)
    dates = [_dated(_FRIDAY + days, "DATE", "yyyy-mm-dd") for days in (0, 7)]
    formulas = [formula(text) for text in ("=A1", "=A1+7", "=IF(TRUE;A2)", "=MAX(A1:A2)", "=A2-A1")]
    scratch.batch(tab.added, tab.filled([[each] for each in dates]), tab.filled([formulas], column=1))
    shown = scratch.shown(tab)[0][1:]
    return judged(shown == ["2026-11-27", *["2026-12-04"] * 3, "7"], f"{shown}")


@belief(
    "new-tabs-are-1000-by-26",
    Promise.SANDBOX,
    "A tab that is added without saying how large has 1000 rows and 26 columns.",
    "a tab without grid properties",
)
def new_tabs_are_1000_by_26(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    added = scratch.batch({"addSheet": {"properties": {"sheetId": tab.id, "title": tab.title}}})
    grid = added["replies"][0]["addSheet"]["properties"]["gridProperties"]
    size = grid["rowCount"], grid["columnCount"]
    return judged(size == (1000, 26), f"{size[0]} x {size[1]}")


BELIEFS = (
    hours_beyond_a_day_are_typed_durations,
    capitals_alone_mean_nothing,
    formulas_inherit_dates,
    new_tabs_are_1000_by_26,
)
