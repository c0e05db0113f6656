"""What a check-up says: one finding a line, each that is not well with what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check came out; from well to ill."""

    OK = "ok"
    #: not looked at, because something it rests on is ill
    SKIPPED = "skip"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found."""

    verdict: Verdict
    said: str
    #: what to type or click; empty where nothing is to be done
    remedy: str = ""
    #: whether what rests on this check cannot be looked at
    blocks: bool = False


def well(said: str) -> Finding:
    """Nothing to do."""
    return Finding(Verdict.OK, said)


def warning(said: str, remedy: str, blocks: bool = False) -> Finding:
    """sheetsync will run, but not as well as it could."""
    return Finding(Verdict.WARN, said, remedy, blocks)


def failure(said: str, remedy: str) -> Finding:
    """sheetsync will not run, or not here."""
    return Finding(Verdict.FAIL, said, remedy, blocks=True)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of them all together."""
    ranks = list(Verdict)
    return max(verdicts, key=ranks.index, default=Verdict.OK)
