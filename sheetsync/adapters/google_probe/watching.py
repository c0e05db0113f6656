"""What lets one request of Drive's tell which spreadsheets have changed. What people type it may tell minutes later."""

from itertools import pairwise

from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged
from sheetsync.adapters.google_probe.scratch import Scratch

_WRITES = 3


@belief(
    "versions-move-with-writes",
    Promise.NOTICED,
    "Drive's version of a spreadsheet is another one at the next question after a program wrote into a cell.",
    f"{_WRITES} times a number, Drive's version asked before and after each",
)
def versions_move_with_writes(scratch: Scratch) -> Verdict:
    tab = scratch.tab(2, 2)
    scratch.batch(tab.added)
    versions = [scratch.version()]
    for number in range(1, _WRITES + 1):
        scratch.batch(tab.filled([[str(number)]]))
        versions.append(scratch.version())
    moved = sum(old != new for old, new in pairwise(versions))
    return judged(moved == _WRITES, f"moved with {moved} of {_WRITES} writes")


BELIEFS = (versions_move_with_writes,)
