"""The memory of somebody who has none yet: behind a dry run where no ledger exists, so that looking leaves no file."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sheetsync.core.answers import Answer
from sheetsync.core.column_answers import ColumnAnswer
from sheetsync.core.guards import Accepted
from sheetsync.core.hearsay import Hearsay, Turn
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.rulings import Ruling
from sheetsync.core.typed import Typed
from sheetsync.core.versions import Version
from sheetsync.ports import (
    NOTHING_DECIDED,
    ClosedFlag,
    Deciding,
    Event,
    Filed,
    Footprint,
    HandoffEvent,
    Heard,
    HeldSince,
    JournalEntry,
    Memory,
    Observations,
    OpenFlag,
    Outcome,
    Published,
    RunRecord,
    Standing,
    Withdrawal,
    WithheldValue,
)


class NoLedger:
    """Implements `Ledger`: remembers nothing, takes nothing."""

    def memory(self) -> Memory:
        """No past."""
        return Memory(RecordFields(), Observations(), {}, {})

    def journal(self, entry: JournalEntry, standing: Sequence[Standing] = ()) -> None:
        """A dry run sends nothing, so there is nothing to note."""

    def unfinished(self) -> Sequence[JournalEntry]:
        """Nothing was begun."""
        return ()

    def commit(self, outcome: Outcome) -> None:
        """Nothing is kept."""

    def file(self, typed: Typed, at: datetime) -> Filed:
        """Nothing is kept."""
        return Filed(None, typed, at)

    def unfile(self, filed: Filed, said: str) -> bool:  # noqa: ARG002
        """Nothing was kept."""
        return False

    def deciding(self) -> Deciding:
        """Nothing was decided."""
        return NOTHING_DECIDED

    def all_rulings(self) -> Sequence[Ruling]:
        """Nothing was decided."""
        return ()

    def heard(self, matter: str | None = None, *, run: str | None = None) -> Sequence[Heard]:  # noqa: ARG002
        """Nothing was typed."""
        return ()

    def withdraw_run(self, withdrawal: Withdrawal) -> None:
        """Nothing was kept."""

    def tell(self, run: RunRecord, events: Sequence[Event]) -> None:
        """Nothing is kept."""

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

    def answer(self, said: Sequence[Answer]) -> None:
        """Nothing is kept."""

    def answers(self) -> Sequence[Answer]:
        """Nobody said anything."""
        return ()

    def answer_columns(self, said: Sequence[ColumnAnswer]) -> None:
        """Nothing is kept."""

    def hearsay(self) -> Sequence[Hearsay]:
        """Nobody said anything."""
        return ()

    def hear(self, it: Hearsay, longer: str) -> Hearsay:  # noqa: ARG002
        """Nothing is kept."""
        return it

    def turn(self, turns: Sequence[Turn]) -> int:  # noqa: ARG002
        """Nothing is kept."""
        return 0

    def withdraw(self, values: Sequence[Published]) -> None:
        """Nothing was kept."""

    def versions(self, records: Collection[RecordField] | None = None) -> Sequence[Version]:  # noqa: ARG002
        """Nothing was issued."""
        return ()

    def open_flags(self) -> Sequence[OpenFlag]:
        """None."""
        return ()

    def held(self) -> Sequence[HeldSince]:
        """None."""
        return ()

    def closed_flags(self, by: str | None = None) -> Sequence[ClosedFlag]:  # noqa: ARG002
        """None."""
        return ()

    def withheld(self) -> Sequence[WithheldValue]:
        """None."""
        return ()

    def history(
        self,
        record: str | None = None,  # noqa: ARG002
        *,
        run: str | None = None,  # noqa: ARG002
        since: datetime | None = None,  # noqa: ARG002
    ) -> Sequence[Event]:
        """None."""
        return ()

    def records_in_history(self) -> Collection[str]:
        """None."""
        return ()

    def handoff_events(self, record: str | None = None, *, since: datetime | None = None) -> Sequence[HandoffEvent]:  # noqa: ARG002
        """Nothing became of anything."""
        return ()

    def last_run(self) -> RunRecord | None:
        """There was none."""
        return None

    def runs(self, limit: int, named: str = "") -> Sequence[RunRecord]:  # noqa: ARG002
        """There were none."""
        return ()

    def batches(self, run: str) -> Sequence[JournalEntry]:  # noqa: ARG002
        """There were none."""
        return ()
