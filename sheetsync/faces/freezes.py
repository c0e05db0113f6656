"""What waits for a yes under a freeze: by which rule, and whose."""

from collections.abc import Mapping
from typing import Any

from sheetsync.core.late import LateChange, distance

Document = Mapping[str, Any]


def waits_document(change: LateChange) -> Document:
    """The rule as plain data; `needs` is empty where anybody may say yes."""
    return {"within": distance(change.rule.within), "needs": list(change.rule.needs)}


def waits_words(waits: Document) -> str:
    """ "waits for a yes from Ana or Ben (within 48 h of launch)"."""
    needs = " or ".join(waits["needs"])
    return f"waits for a yes{f' from {needs}' if needs else ''} (within {waits['within']} of launch)"
