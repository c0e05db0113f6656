"""Rows that people are still typing in: what moved between two reads does not count yet.

A row counts as it is once it said the same in two reads. Until then it counts as it was last known, and a new one not
at all. Where it stands does not matter: sorting moves rows and types nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sheetsync.core.graph import Source
from sheetsync.core.model import Claim, Record, Snapshot

Said = frozenset[tuple[str, str]]
"""What a row says: each field with its raw text, blanks left out."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A source as far as it counts."""

    snapshot: Snapshot
    #: 1-based rows that are left as they were last known, or left out
    unsettled: tuple[int, ...] = ()


def is_news(now: Snapshot, known: Sequence[Record]) -> bool:
    """Whether any row says something that was not known, or is no longer there."""
    return Counter(map(_said, now.records)) != Counter(map(_said, known))


def news_in(now: Snapshot, known: Sequence[Record]) -> int:
    """How many cells say something that was not known, or are no longer there, whichever are more."""
    there, then = Counter(map(_said, now.records)), Counter(map(_said, known))
    new, gone = (Counter(text for said in rows.elements() for text in said) for rows in (there - then, then - there))
    return max((new - gone).total(), (gone - new).total())


def settle(source: Source, first: Snapshot | None, second: Snapshot, known: Sequence[Record]) -> Settled:
    """The second read as far as it counts; `known` are the rows as last remembered, None is a read that failed."""
    seen = Counter(map(_said, first.records if first is not None else known))
    before = {name: record for record in known if (name := _name(record, source))}
    names = Counter(_name(record, source) for record in second.records)
    records: list[Record] = []
    unsettled: list[int] = []
    for record in second.records:
        if seen[_said(record)] > 0:
            seen[_said(record)] -= 1
            records.append(record)
            continue
        unsettled.append(1 + (record.place.row or 0))
        name = _name(record, source)
        if name in before and names[name] == 1:
            records.append(_as_known(record, before[name]))
    gone = [*_gone(source, first, second, before)]
    places = (record.place.row for record in gone)
    unsettled += [1 + row for row in places if row is not None]
    return Settled(replace(second, records=(*records, *gone)), tuple(sorted(set(unsettled))))


def _gone(
    source: Source, first: Snapshot | None, second: Snapshot, before: dict[tuple[str, ...], Record]
) -> Iterator[Record]:
    """Rows that were there at the first read and are not at the second: being moved by hand, or being retyped."""
    if first is None:
        return
    there = {_name(record, source) for record in second.records}
    for name in dict.fromkeys(_name(record, source) for record in first.records):
        if name not in there and name in before:
            yield before[name]


def _as_known(record: Record, known: Record) -> Record:
    """What was last known of a row, where it stands now."""
    claims = {
        name: Claim(name, claim.parsed, claim.raw, claim.place.in_row(record.place.row))
        for name, claim in known.claims.items()
    }
    return Record(record.source, record.place, claims, record.address)


def _said(record: Record) -> Said:
    return frozenset(_texts(record.claims.values()))


def _texts(claims: Iterable[Claim]) -> Iterator[tuple[str, str]]:
    return ((claim.field, text) for claim in claims if (text := claim.raw.strip()))


def _name(record: Record, source: Source) -> tuple[str, ...]:
    """The texts of a row's key cells; empty where one is missing."""
    texts = [record.claims[name].raw.strip() if name in record.claims else "" for name in source.key]
    return tuple(texts) if all(texts) else ()
