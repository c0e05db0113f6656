"""Beliefs about time: how soon a read shows a write, and how long a large lookup takes."""

from statistics import median

from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged
from sheetsync.adapters.google_probe.scratch import Scratch, formula
from sheetsync.core.lookup import scoped_key, spilling_lookup

_WRITES = 10
#: reads after one write before it counts as never seen
_LOOKS = 4
_ROWS, _COLUMNS = 2_000, 6
#: seconds; a cycle reads back right after its write and says "unverified" when values are still missing
_SOON = 30.0
_BETWEEN = 2.0


@belief(
    "reads-see-writes",
    Promise.VERIFIED,
    "A read that begins after a write was answered shows that write.",
    f"{_WRITES} times a number, each read back at once",
)
def reads_see_writes(scratch: Scratch) -> Verdict:
    tab = scratch.tab(2, 2)
    scratch.batch(tab.added)
    lags, stale = [], 0
    for number in range(1, _WRITES + 1):
        scratch.batch(tab.filled([[str(number)]]))
        answered = scratch.clock.monotonic()
        looks = 1
        while scratch.shown(tab)[0][0] != str(number) and looks < _LOOKS:
            looks += 1
        lags.append(scratch.clock.monotonic() - answered)
        stale += looks > 1
    seen = f"{stale} of {_WRITES} not seen by the first read; median {median(lags):.2f} s, worst {max(lags):.2f} s"
    return judged(not stale, seen)


@belief(
    "large-lookups-are-ready-soon",
    Promise.VERIFIED,
    f"The lookup over {_ROWS} rows and {_COLUMNS} columns is complete within {_SOON:.0f} seconds of its write.",
    f"{_ROWS} keys, {_ROWS} lines, {_COLUMNS} columns of our formula; read until every value is there",
)
def large_lookups_are_ready_soon(scratch: Scratch) -> Verdict:
    people, ours = scratch.tab(_ROWS + 1, _COLUMNS + 1), scratch.tab(_ROWS + 1, _COLUMNS + 1)
    keys = [f"K{row}" for row in range(_ROWS)]
    lines = [
        ["key", *"abcdef"],
        *([scoped_key("probe", (key,)), *(f"{key}{each}" for each in "abcdef")] for key in keys),
    ]
    heads = [formula(spilling_lookup(f"ss:{each}", "probe", ((0, "Ref"),), ours.title, at + 1))
             for at, each in enumerate("abcdef")]  # fmt: skip
    should = [["Ref", *(f"ss:{each}" for each in "abcdef")], *([key, *(f"{key}{e}" for e in "abcdef")] for key in keys)]
    scratch.batch(people.added, ours.added, ours.filled(lines), people.filled([["Ref"], *([key] for key in keys)]))
    begun = scratch.clock.monotonic()
    scratch.batch(people.filled([heads], 0, 1))
    complete = scratch.shown(people) == should
    while not complete and scratch.clock.monotonic() - begun < _SOON:
        scratch.clock.sleep(_BETWEEN)
        complete = scratch.shown(people) == should
    seconds = scratch.clock.monotonic() - begun
    # Not left standing until the end: every later write would be calculated beside it.
    scratch.batch(people.removed, ours.removed)
    seen = f"{'complete' if complete else 'incomplete'} after {seconds:.1f} s"
    return judged(complete and seconds <= _SOON, seen)


BELIEFS = (reads_see_writes, large_lookups_are_ready_soon)
