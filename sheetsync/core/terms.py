"""What may be demanded of a field on a handoff: the closed list of contracts, and their fine print."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, assert_never


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


Condition = Mapping[str, tuple[str, ...]]
"""field -> words: on each field its owner says one of its words. Empty: always."""


class Contract(StrEnum):
    """A contract that is one word, about the receiver's copy of a field."""

    EQUAL = "equal"
    GENERATED = "generated"
    HUMAN_ONLY = "human_only"


@dataclass(frozen=True, slots=True)
class Within:
    """A day or moment from the owner's `start` to the owner's `end`, both days included."""

    start: str
    end: str
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SumAtMost:
    """The amounts of all rows of one campaign together are not more than the owner's `whole`."""

    whole: str
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these canonical words."""

    words: tuple[str, ...]
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """A day or moment not later than the owner's `other`."""

    other: str
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class After:
    """A day or moment not earlier than the owner's `other`."""

    other: str
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VariesBy:
    """May differ per channel: so it must be there for each of them, and not be copied from one to another."""

    by: str
    #: words of `by` that every campaign with a row in the receiver must have; empty: those it has rows for
    every: tuple[str, ...] = ()
    copies_allowed: bool = False
    when: Condition = field(default_factory=dict)


#: nothing is compared with an owner's word here
NOT_COMPARED: Final = (Contract.GENERATED, Contract.HUMAN_ONLY)

Terms = Contract | Within | SumAtMost | OneOf | Before | After | VariesBy
"""What must hold for one field on one handoff. All but the one-word contracts hold a receiver's cell to the owner's
word on other fields, and only where `when` is so."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So much may an amount or a number be apart, in its own unit."""

    of: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """So much may an amount or a number be apart, as a share of the owner's: 0.01 is 1 %."""

    of: Decimal


Tolerance = Amount | Share | timedelta


@dataclass(frozen=True, slots=True)
class FinePrint:
    """What a contract says beside its terms."""

    #: up to here a difference is none; of `within`, `before`, `after` and `sum_at_most` how far beyond is still fine
    tolerance: Tolerance | None = None
    #: how loud what breaks it is; None: as the field
    severity: Severity | None = None
    #: of `equal` only, the others carry their own: it holds only where this is so
    when: Condition = field(default_factory=dict)
    #: what it is for, in a team's own words; empty: the sentence made of its terms
    sentence: str = ""


#: the fine print of a contract that has none
PLAIN: Final = FinePrint()


def held_to(terms: Terms) -> tuple[str, ...]:
    """The other fields a contract needs the owners' words on."""
    match terms:
        case Contract():
            return ()
        case Within(start, end, when):
            return (start, end, *when)
        case SumAtMost(other, when) | Before(other, when) | After(other, when):
            return (other, *when)
        case OneOf(_, when):
            return tuple(when)
        case VariesBy(by, when=when):
            return (by, *when)
        case _:
            assert_never(terms)
