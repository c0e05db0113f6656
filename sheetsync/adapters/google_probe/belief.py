"""What a belief about Google is: a name, one sentence, the promise that rests on it, and the check that tries it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sheetsync.adapters.google_errors import Complaint
from sheetsync.adapters.google_probe.scratch import Scratch


class Promise(StrEnum):
    """What we say to people, as far as it rests on how Google behaves."""

    THEIRS = "a person's cell is never changed"
    ROWS = "what stands beside a row belongs to that row"
    ONCE = "a doubled, delayed or half refused write changes nothing"
    VERIFIED = "a write counts once it was read back"
    QUIET = "running again writes nothing, and other tools find the table as before"
    LEAVING = "detach leaves a workbook as if we had never been there"
    COPIES = "copies of a tab or workbook are inert"
    ATTESTED = "attested says that nobody but its approvers and the file's owner could have given an approval"
    NOTICED = "a daemon notices what has changed with one request for all workbooks"
    ERRORS = "every trouble says what to do about it, and the rest goes on"
    #: our own server for tests and demos; no promise to people rests on it
    SANDBOX = "the sandbox answers as Google does"


class Standing(StrEnum):
    """What a check found, worst first."""

    REFUTED = "refuted"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The standing of one check and what was seen, in one line."""

    standing: Standing
    seen: str


Check = Callable[[Scratch], Verdict]


@dataclass(frozen=True, slots=True)
class Belief:
    """One belief; `check` works in tabs of its own and raises whatever the wire raises."""

    #: kebab-case
    name: str
    promise: Promise
    sentence: str
    #: what the check sends, in one line
    sent: str
    check: Check


@dataclass(frozen=True, slots=True)
class Finding:
    """A belief that was checked, and when."""

    belief: Belief
    verdict: Verdict
    at: datetime


def belief(name: str, promise: Promise, sentence: str, sent: str) -> Callable[[Check], Belief]:
    """Make a belief of the check that stands below."""
    return lambda check: Belief(name, promise, sentence, sent, check)


def judged(holds: bool, seen: str) -> Verdict:
    """Confirmed or refuted."""
    return Verdict(Standing.CONFIRMED if holds else Standing.REFUTED, seen)


def unknown(why: str) -> Verdict:
    """Neither: the check could not decide."""
    return Verdict(Standing.UNKNOWN, why)


def said(answer: Complaint | None) -> str:
    """How a request was answered, in one line; None is for one that was taken."""
    return "200" if answer is None else f"{answer.code} {answer.message}"


def refused_as(answer: Complaint | None, code: int, reason: str, words: str) -> Verdict:
    """Confirmed where a request was refused with this code, this reason (of Drive's) and these words."""
    holds = answer is not None and answer.code == code and reason in answer.reasons and words in answer.message
    reasons = f" ({', '.join(sorted(answer.reasons))})" if answer else ""
    return judged(holds, said(answer) + reasons)
