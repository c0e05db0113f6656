"""Contracts other than `equal`: what a receiver's cell says, held to the owner's word on another field.

A blank cell claims nothing, and an owner's word that is not known or in conflict is held against nobody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from sheetsync.core.exemptions import NOBODY, Spared
from sheetsync.core.graph import Handoff
from sheetsync.core.match import Identified
from sheetsync.core.model import Claim, Money, Problem, Value
from sheetsync.core.nearness import allowance, moved
from sheetsync.core.nearness import order as order
from sheetsync.core.terms import (
    After,
    Before,
    Condition,
    Contract,
    OneOf,
    SumAtMost,
    Terms,
    Tolerance,
    VariesBy,
    Within,
)
from sheetsync.core.truth import Known, Truths


@dataclass(frozen=True, slots=True)
class Word:
    """What an owner says of one field."""

    field: str
    value: Value
    owner: str


@dataclass(frozen=True, slots=True)
class HeldCell:
    """A cell of a receiver that says something, and the contract it is held to."""

    handoff: Handoff
    item: Identified
    claim: Claim
    value: Value
    #: the owners' words under which the contract holds
    given: tuple[Word, ...] = ()

    @property
    def contract(self) -> str:
        return f"{self.handoff.id}.{self.claim.field}"

    @property
    def tolerance(self) -> Tolerance | None:
        return self.handoff.fine_print(self.claim.field).tolerance


@dataclass(frozen=True, slots=True)
class TooEarly:
    """A day or moment before the one it must not be before."""

    cell: HeldCell
    bound: Word


@dataclass(frozen=True, slots=True)
class TooLate:
    """A day or moment after the one it must not be after."""

    cell: HeldCell
    bound: Word


@dataclass(frozen=True, slots=True)
class NotAmong:
    """A word that is none of those allowed."""

    cell: HeldCell
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exceeds:
    """The amounts of a campaign's rows are together more than the whole; told at the largest."""

    cell: HeldCell
    #: every row counted, the largest included
    parts: tuple[HeldCell, ...]
    total: Money
    whole: Word


@dataclass(frozen=True, slots=True)
class OtherCurrency:
    """An amount that cannot be added up to be compared with the whole: a person must say what it is."""

    cell: HeldCell
    whole: Word


Violation = TooEarly | TooLate | NotAmong | Exceeds | OtherCurrency


def violations(truths: Truths, spared: Spared = NOBODY) -> Iterator[Violation]:
    """Every cell that breaks its contract. `truths` know what is disputed; of those `spared` nothing is asked."""
    rows: dict[str, list[Identified]] = {}
    for item in truths.matched.identified:
        rows.setdefault(item.record.source, []).append(item)
    for handoff in truths.rules.handoffs:
        for name, terms in handoff.contracts.items():
            if not isinstance(terms, Contract):
                held = (_held(item, name, handoff, terms.when, truths) for item in rows.get(handoff.receiver, ()))
                cells = [cell for cell in held if cell and not spared.spares(cell.contract, cell.item.key)]
                yield from _broken(terms, cells, truths)


def _held(item: Identified, name: str, handoff: Handoff, when: Condition, truths: Truths) -> HeldCell | None:
    claim = item.record.claims.get(name)
    if claim is None or claim.parsed is None or isinstance(claim.parsed, Problem):
        return None
    if not truths.holds(item.key, when):
        return None
    return HeldCell(handoff, item, claim, claim.parsed, words_given(item.key, when, truths))


def words_given(record: str, when: Condition, truths: Truths) -> tuple[Word, ...]:
    """The owners' words under which a contract holds for a record."""
    return tuple(filter(None, (_word(record, other, truths) for other in when)))


def _broken(terms: Terms, cells: Sequence[HeldCell], truths: Truths) -> Iterator[Violation]:
    match terms:
        case Contract():
            return
        case Within(start, end):
            yield from filter(None, (_too_early(c, start, truths) or _too_late(c, end, truths) for c in cells))
        case Before(other):
            yield from filter(None, (_too_late(cell, other, truths) for cell in cells))
        case After(other):
            yield from filter(None, (_too_early(cell, other, truths) for cell in cells))
        case OneOf(words):
            fields = truths.rules.fields
            yield from (NotAmong(c, words) for c in cells if not fields[c.claim.field].means(c.value, words))
        case SumAtMost(whole):
            yield from _sums(whole, cells, truths)
        case VariesBy():
            return
        case _:
            assert_never(terms)


def _word(record: str, name: str, truths: Truths) -> Word | None:
    said = truths.of(record, name)
    return Word(name, said.value, truths.rules.owners.get(name, "")) if isinstance(said, Known) else None


# ---------------------------------------------------------------- order in time


def _too_early(cell: HeldCell, other: str, truths: Truths) -> TooEarly | None:
    bound = _word(cell.item.key, other, truths)
    if bound is None or order(moved(cell.value, cell.tolerance), bound.value) >= 0:
        return None
    return TooEarly(cell, bound)


def _too_late(cell: HeldCell, other: str, truths: Truths) -> TooLate | None:
    bound = _word(cell.item.key, other, truths)
    if bound is None or order(moved(cell.value, cell.tolerance, back=True), bound.value) <= 0:
        return None
    return TooLate(cell, bound)


# ---------------------------------------------------------------- parts and their whole


def _sums(name: str, cells: Iterable[HeldCell], truths: Truths) -> Iterator[Exceeds | OtherCurrency]:
    campaigns: dict[str, list[HeldCell]] = {}
    for cell in cells:
        campaigns.setdefault(cell.item.campaign, []).append(cell)
    for campaign, parts in campaigns.items():
        whole = _word(campaign, name, truths)
        if whole is not None:
            yield from _sum(parts, whole)


def _sum(parts: Sequence[HeldCell], whole: Word) -> Iterator[Exceeds | OtherCurrency]:
    most = _money(whole.value)
    named = {_money(part.value).currency for part in parts} - {None}
    # A whole that names no currency takes the one its parts agree on.
    currency = most.currency or (named.pop() if len(named) == 1 else None)
    counted = [part for part in parts if _money(part.value).currency in (None, currency)]
    yield from (OtherCurrency(part, whole) for part in parts if _money(part.value).currency not in (None, currency))
    total = sum((_money(part.value).amount for part in counted), Decimal())
    if counted and total > most.amount + allowance(counted[0].tolerance, most.amount):
        largest = min(counted, key=lambda part: (-_money(part.value).amount, part.item.key))
        yield Exceeds(largest, tuple(counted), Money(total, currency), whole)


def _money(value: Value) -> Money:
    """An amount, also of a field that is a plain number."""
    if isinstance(value, Money):
        return value
    return Money(value if isinstance(value, Decimal) else Decimal())
