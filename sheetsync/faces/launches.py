"""How far from its campaign's launch something was seen: the same for every command that tells of changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sheetsync.config import Config
from sheetsync.core.late import Seen
from sheetsync.core.timelines import Timelines, seen_at
from sheetsync.core.truth import campaign_of
from sheetsync.ports import Ledger, Memory

Document = Mapping[str, Any]


def timelines(ledger: Ledger, memory: Memory, record: str | None = None) -> Timelines:
    """What every cell said through time, as the ledger knows it; `record`: only those of its campaign."""
    return Timelines(ledger.history(None if record is None else campaign_of(record)), memory.observations)


def window_document(config: Config, told: Timelines, record: str, at: datetime) -> Document | None:
    """Where a moment falls against the launch window of a record's campaign; None where no launch was known then.

    `hours` is negative before launch, `phase` is before, live or after. Nothing of it ages.
    """
    seen = seen_at(record, at, told, config.rules)
    return None if seen is None else seen_document(seen)


def seen_document(seen: Seen) -> Document:
    """A moment against a launch window, as plain data."""
    last = seen.launch.last
    return {
        "launch": seen.launch.first.isoformat(),
        "end": last.isoformat() if last is not None else None,
        "hours": round(seen.lead.total_seconds() / 3600, 2),
        "phase": str(seen.phase),
        "says": str(seen),
    }
