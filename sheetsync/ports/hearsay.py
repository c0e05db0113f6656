"""What the engine asks of a memory for things that were said elsewhere."""

from collections.abc import Sequence
from typing import Protocol

from sheetsync.core.hearsay import Hearsay, Turn


class Hearsays(Protocol):
    """What was said elsewhere, and what became of it. Nothing is ever taken out, and nobody needs the lease of a run.

    Raises `SheetsyncError` as the ledger does.
    """

    def hearsay(self) -> Sequence[Hearsay]:
        """Everything that was ever filed, in that order, each with all its moves."""

    def hear(self, it: Hearsay, longer: str) -> Hearsay:
        """Keep what is filed for the first time, durably; what is there already about the same stays, and is returned.

        Where another one has its id it is kept under the `longer` one.
        """

    def turn(self, turns: Sequence[Turn]) -> int:
        """Note these moves, durably, and say how many: not one that was decided before somebody else's move."""
