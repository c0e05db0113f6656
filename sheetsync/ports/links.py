"""What checking links asks of the world: somebody who looks at an address, and a memory of what was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sheetsync.core.link_health import Looked


class Links(Protocol):
    """Whoever goes and looks. Never raises for what an address does."""

    def look(self, url: str) -> Looked:
        """Ask one address and follow where it leads, within bounds of time, bytes and redirects.

        At no step anybody is asked but the open internet and what is allowed on purpose. Several threads may call it.
        """


@dataclass(frozen=True, slots=True)
class LastLook:
    """What was found out about an address, and when."""

    url: str
    at: datetime
    looked: Looked


class LinkMemory(Protocol):
    """What was found out before. Raises `SheetsyncError` as the ledger does."""

    def looks(self) -> Mapping[str, LastLook]:
        """The last look at each address."""

    def keep(self, look: LastLook) -> None:
        """Note a look, in place of the one before; on the disk when this returns."""
