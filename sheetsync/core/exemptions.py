"""Exceptions: what a contract does not demand of single records, until the last day of each.

While one holds, its contract says nothing about its records: no flag, no dispute, and nothing counts as agreed, so that
afterwards they are compared with what was agreed before.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sheetsync.core.campaigns import fold_key
from sheetsync.core.contracts import Compared
from sheetsync.core.graph import Exemption, Rules
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.tracking import slug

_PARTS = re.compile(r"\s+/\s+")


@dataclass(frozen=True, slots=True)
class Spared:
    """The records that contracts say nothing about on a day."""

    #: contract -> folded names of campaigns and placements
    records: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def spares(self, contract: str, record: str) -> bool:
        """Whether a contract says nothing about a record: it, or its campaign, is an exception."""
        names = self.records.get(contract)
        return names is not None and not names.isdisjoint(_names(record))


#: where there is no exception
NOBODY = Spared()


def holds(one: Exemption, today: date) -> bool:
    """Whether an exception still holds; its last day is one of its days."""
    return today <= one.until


def spared(rules: Rules, today: date) -> Spared:
    """All exceptions that hold today; several of one contract add up."""
    found: dict[str, frozenset[str]] = {}
    for one in rules.exemptions:
        if holds(one, today):
            found[one.contract] = found.get(one.contract, frozenset()) | frozenset(map(folded, one.records))
    return Spared(found) if found else NOBODY


def exemptions_of(rules: Rules, contract: str, record: str | None = None) -> tuple[Exemption, ...]:
    """The exceptions of a contract, ended ones too; `record`: those that are about it or its campaign."""
    return tuple(
        one for one in rules.exemptions if one.contract == contract and (record is None or covers(one, record))
    )


def covers(one: Exemption, record: str) -> bool:
    """Whether an exception is about a record: by its own name or its campaign's."""
    return not frozenset(map(folded, one.records)).isdisjoint(_names(record))


def folded(record: str) -> str:
    """A record as it is compared with what a person wrote: case and punctuation do not tell placements apart."""
    campaign, *parts = _PARTS.split(record.strip())
    return " / ".join([fold_key(campaign), *(slug(part) or fold_key(part) for part in parts)])


def without(compared: Compared, out: Spared, rules: Rules) -> Compared:
    """What was compared, but for the records that are spared: they neither differ nor count as agreed."""
    if not out.records:
        return compared
    differing = tuple(pair for pair in compared.differing if not out.spares(pair.contract, pair.record))
    agreed = compared.agreed
    if any(_is_spared((source, record, name), out, rules) for source, record, name in agreed):
        agreed = RecordFields(_kept(compared.agreed, out, rules))
    return replace(compared, agreed=agreed, differing=differing)


def _kept(agreed: RecordFields[str], out: Spared, rules: Rules) -> Iterator[tuple[RecordField, str]]:
    for source in agreed.sources:
        for record, fields in agreed.records(source):
            for name, text in fields.items():
                if not _is_spared((source, record, name), out, rules):
                    yield (source, record, name), text


def _is_spared(about: RecordField, out: Spared, rules: Rules) -> bool:
    source, record, name = about
    handoff = rules.handoff_into(source, name)
    return handoff is not None and out.spares(handoff.contract_id(name), record)


def _names(record: str) -> tuple[str, str]:
    whole = folded(record)
    return whole, whole.split(" / ", 1)[0]
