"""What stands in each workbook by our hand, small until it is asked for: it is as long as all we ever wrote there."""

import json
import zlib
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, Text, select, type_coerce

from sheetsync.adapters.sql_schema import standing
from sheetsync.ports import Standing

Batch = tuple[str, int, str]
"""(spreadsheet, generation, run)"""


class StandingByBatch(Mapping[Batch, Standing]):
    """Read-only and all of one moment; each is put together when it is asked for."""

    def __init__(self, connection: Connection) -> None:
        """Take it all from the ledger, as the texts it keeps."""
        batch = (standing.c.spreadsheet, standing.c.generation, standing.c.run)
        texts = (type_coerce(column, Text) for column in (standing.c.rows, standing.c.told))
        found = connection.execute(select(*batch, *texts).order_by(standing.c.seq))
        self._packed = {
            (spreadsheet, generation, run): (zlib.compress(rows.encode(), 1), zlib.compress(told.encode(), 1))
            for spreadsheet, generation, run, rows, told in found
        }

    def __getitem__(self, batch: Batch) -> Standing:
        rows, told = (tuple(map(tuple, json.loads(zlib.decompress(text)))) for text in self._packed[batch])
        return Standing(*batch, rows, told)

    def __iter__(self) -> Iterator[Batch]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)
