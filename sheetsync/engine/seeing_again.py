"""What the lines of a decisions tab show once a run was taken back: it is that which people then decide by."""

from collections.abc import Collection, Iterator

from sheetsync.core.typed import Look, as_we_wrote, looked, written_lines
from sheetsync.engine.deciding import one_per_id
from sheetsync.engine.world import Readings, Written


def seen_again(readings: Readings, written: Written, matters: Collection[str]) -> Iterator[Look]:
    """A look at each of these lines, as it was read after our write."""
    wrote = written_lines(written.plan.desired.rows)
    for row, _ in one_per_id(as_we_wrote(row, wrote) for row in written.rows or ()):
        before = readings.memory.deciding.looks.get((row.spreadsheet, row.id))
        if row.id in matters and before is not None:
            yield looked(before, row)
