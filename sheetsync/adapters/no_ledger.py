"""The memory of somebody who has none yet: behind a dry run where no ledger exists, so that looking leaves no file."""

from collections.abc import Mapping, Sequence

from sheetsync.core.guards import Accepted
from sheetsync.ports import (
    Event,
    Footprint,
    HeldSince,
    JournalEntry,
    Memory,
    OpenFlag,
    Outcome,
    Published,
    RunRecord,
    Standing,
    Withdrawal,
)


class NoLedger:
    """Implements `Ledger`: remembers nothing, takes nothing."""

    def memory(self) -> Memory:
        """No past."""
        return Memory({}, {}, {}, {})

    def journal(self, entry: JournalEntry, standing: Sequence[Standing] = ()) -> None:
        """A dry run sends nothing, so there is nothing to note."""

    def unfinished(self) -> Sequence[JournalEntry]:
        """Nothing was begun."""
        return ()

    def commit(self, outcome: Outcome) -> None:
        """Nothing is kept."""

    def withdraw_run(self, withdrawal: Withdrawal) -> None:
        """Nothing was kept."""

    def footprint(self, run: str) -> Footprint | None:  # noqa: ARG002
        """None."""
        return None

    def knows_run(self, run: str) -> bool:  # noqa: ARG002
        """There was none."""
        return False

    def newest_footprint(self) -> str:
        """There was none."""
        return ""

    def publish(self, values: Sequence[Published]) -> None:
        """Nothing is kept."""

    def accept(self, states: Mapping[str, Accepted]) -> None:
        """Nothing is kept."""

    def withdraw(self, values: Sequence[Published]) -> None:
        """Nothing was kept."""

    def open_flags(self) -> Sequence[OpenFlag]:
        """None."""
        return ()

    def held(self) -> Sequence[HeldSince]:
        """None."""
        return ()

    def history(self, record: str | None = None) -> Sequence[Event]:  # noqa: ARG002
        """None."""
        return ()

    def last_run(self) -> RunRecord | None:
        """There was none."""
        return None
