"""What people have said about rows whose campaign could not be told: which one a row means, and which it does not.

A row is known again by what it says of itself, never by where it stands, so that an answer survives sort and insert.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sheetsync.core.campaigns import CAMPAIGN_ID, fold_key, names_of
from sheetsync.core.fields.texts import fold
from sheetsync.core.graph import Rules
from sheetsync.core.model import Problem, Record
from sheetsync.core.windows import days_of


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    #: everything said about the row before is taken back
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing a person said about the rows of one source that say the same of themselves."""

    source: str
    #: what those rows say of themselves, folded: see `says_of_itself`
    row: str
    #: the same as people wrote it
    words: str
    verdict: Verdict
    #: the campaign it is about; empty where all is forgotten
    campaign: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What counts of one row by now."""

    #: the campaign it belongs to; empty where nobody has said
    accepted: str = ""
    rejected: frozenset[str] = frozenset()


NOTHING_SAID = Said()


@dataclass(frozen=True)
class Answers:
    """All that counts, by source and by what a row says of itself."""

    said: Mapping[tuple[str, str], Said] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Iterable[Answer]) -> "Answers":
        """What counts after all of these, oldest first."""
        said: dict[tuple[str, str], Said] = {}
        for one in told:
            about = one.source, one.row
            said[about] = _after(said.get(about, NOTHING_SAID), one)
        return cls({about: it for about, it in said.items() if it != NOTHING_SAID})

    def about(self, record: Record, rules: Rules) -> Said:
        """What was said about a row."""
        if not self.said:
            return NOTHING_SAID
        row = says_of_itself(record, rules)
        return NOTHING_SAID if row is None else self.said.get((record.source, row), NOTHING_SAID)

    def about_rows_of(self, source: str) -> list[tuple[str, str, list[str]]]:
        """All that counts of one source, in an order of its own: (row, accepted, rejected)."""
        return sorted((row, it.accepted, sorted(it.rejected)) for (of, row), it in self.said.items() if of == source)


NO_ANSWERS = Answers()


def says_of_itself(record: Record, rules: Rules) -> str | None:
    """What a row identifies itself with, folded: its own id, or else its names and days.

    None where it says nothing, or its id cannot be read: then it is not known again.
    """
    claim = record.claims.get(CAMPAIGN_ID)
    if claim is not None and isinstance(claim.parsed, Problem):
        return None
    if claim is not None and claim.parsed is not None:
        return f"{CAMPAIGN_ID} {fold(str(claim.parsed))}"
    named = [
        (name, fold_key(str(value))) for name in _names(record, rules) if (value := record.value(name)) is not None
    ]
    return " / ".join([*(f"{name} {text}" for name, text in named), *days_of(record)]) if named else None


def in_words(record: Record, rules: Rules) -> str:
    """The same as people wrote it."""
    claim = record.claims.get(CAMPAIGN_ID)
    if claim is not None and claim.parsed is not None:
        return " ".join(claim.raw.split())
    named = [" ".join(record.claims[name].raw.split()) for name in _names(record, rules) if name in record.claims]
    return " / ".join([*filter(None, named), *days_of(record)])


def _names(record: Record, rules: Rules) -> list[str]:
    return list(dict.fromkeys(name for names in names_of(record.source, rules) for name in names))


def _after(before: Said, one: Answer) -> Said:
    match one.verdict:
        case Verdict.ACCEPTED:
            return Said(one.campaign, before.rejected - {one.campaign})
        case Verdict.REJECTED:
            accepted = "" if before.accepted == one.campaign else before.accepted
            return replace(before, accepted=accepted, rejected=before.rejected | {one.campaign})
        case Verdict.FORGOTTEN:
            return NOTHING_SAID
