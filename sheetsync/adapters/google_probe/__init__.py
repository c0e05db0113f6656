"""Everything a promise of ours assumes about Google, by name, each with a check against a scratch spreadsheet.

And what the sandbox assumes beside it, which needs more rights and is tried only when asked for.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sheetsync.adapters.google_errors import one_line
from sheetsync.adapters.google_probe import assumed, refusals, spills, tags, timing, watching, writes
from sheetsync.adapters.google_probe.belief import Belief, Finding, Promise, Standing, Verdict, unknown
from sheetsync.adapters.google_probe.scratch import Scratch, borrowed
from sheetsync.adapters.google_probe.wire import Barred, Wire
from sheetsync.errors import SheetsyncError, Unreachable
from sheetsync.ports import RequestCount

__all__ = [
    "ASSUMED",
    "BELIEFS",
    "Belief",
    "Finding",
    "Promise",
    "Scratch",
    "Standing",
    "Verdict",
    "Wire",
    "document",
    "probe",
]

#: times are taken first, while no wait for the quota can fall between a write and its read
BELIEFS: tuple[Belief, ...] = (
    *timing.BELIEFS,
    *spills.BELIEFS,
    *writes.BELIEFS,
    *tags.BELIEFS,
    *refusals.BELIEFS,
    *watching.BELIEFS,
)

#: what only the sandbox rests on
ASSUMED: tuple[Belief, ...] = assumed.BELIEFS

VERSION = 1
#: what the answers of Google may lack when they are shaped otherwise than described
_MISSHAPEN = (KeyError, IndexError, TypeError, ValueError, AttributeError)


def probe(scratch: Scratch, beliefs: Sequence[Belief], tell: Callable[[str], None]) -> tuple[list[Finding], list[str]]:
    """Check every belief, and leave the spreadsheet as it was; `tell` hears the name of each belief before its check.

    Also returns the troubles, in words: checks that could not be made, what could not be taken away again. Raises
    `UsageError` when the spreadsheet is no scratch one, `Refused` or `Unreachable` when we cannot work there at all.
    """
    findings: list[Finding] = []
    troubles: list[str] = []
    with borrowed(scratch, troubles):
        gone = ""
        for belief in beliefs:
            tell(belief.name)
            try:
                verdict = unknown(gone) if gone else belief.check(scratch)
            except Barred as missing:
                # A right that nobody needs who only uses sheetsync: no trouble, and the other checks go on.
                verdict = unknown(one_line(missing))
            except (SheetsyncError, *_MISSHAPEN) as error:
                verdict = unknown(_why_not(error))
                troubles.append(f"{belief.name} could not be checked: {verdict.seen}")
                if isinstance(error, Unreachable):
                    # Every further check would only wait as long again.
                    gone = "Google was not reached any more"
            findings.append(Finding(belief, verdict, scratch.clock.now()))
    return findings, troubles


def _why_not(error: Exception) -> str:
    if isinstance(error, SheetsyncError):
        return one_line(error)
    return f"an answer was shaped otherwise than described ({type(error).__name__}: {error})"


def document(
    spreadsheet: str, findings: Sequence[Finding], troubles: Sequence[str], count: RequestCount
) -> dict[str, Any]:
    """The published document: plain data, worst first, with the exit code it stands for."""
    worst_first = sorted(findings, key=lambda finding: list(Standing).index(finding.verdict.standing))
    counts = {standing: sum(each.verdict.standing is standing for each in findings) for standing in Standing}
    return {
        "version": VERSION,
        "spreadsheet": spreadsheet,
        "beliefs": [_described(finding) for finding in worst_first],
        "counts": {str(standing): number for standing, number in counts.items()},
        "requests": {"reads": count.reads, "writes": count.writes, "drive": count.drive},
        "troubles": list(troubles),
        "exit_code": 1 if counts[Standing.REFUTED] else 14 if troubles else 0,
    }


def _described(finding: Finding) -> dict[str, str]:
    belief, verdict = finding.belief, finding.verdict
    return {
        "belief": belief.name,
        "verdict": str(verdict.standing),
        "at": finding.at.isoformat(timespec="seconds"),
        "sentence": belief.sentence,
        "promise": str(belief.promise),
        "sent": belief.sent,
        "seen": one_line(verdict.seen),
    }
