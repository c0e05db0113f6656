"""Rows of what is called off: nobody is asked for anything more about them."""

from typing import Final

from sheetsync.core.graph import status_field
from sheetsync.core.match import Identified
from sheetsync.core.model import Entity, Problem, Value
from sheetsync.core.truth import Known, Truths

CANCELLED: Final = "cancelled"


def is_cancelled(item: Identified, truths: Truths) -> bool:
    """Whether this row, or the owner of its status, says that its placement or its campaign is cancelled."""
    for of in (Entity.PLACEMENT, Entity.CAMPAIGN):
        name = status_field(of)
        if name not in truths.rules.fields:
            continue
        claim, said = item.record.claims.get(name), truths.of(item.key, name)
        here = None if claim is None or isinstance(claim.parsed, Problem) else claim.parsed
        if CANCELLED in (_word(here), _word(said.value) if isinstance(said, Known) else None):
            return True
    return False


def _word(value: Value | None) -> str | None:
    return value.strip().casefold() if isinstance(value, str) else None
