"""What every cell was last seen to say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sheetsync.core.model import Place
from sheetsync.core.record_fields import RecordFields, one_of


@dataclass(frozen=True, slots=True)
class Observation:
    """What one cell was last seen to say."""

    source: str
    record: str
    field: str
    #: canonical text; None where nothing is claimed or nothing was understood
    value: str | None
    raw: str
    place: Place
    #: when this value was first seen in this place
    since: datetime


class Observations(RecordFields[Observation]):
    """Observations, taken apart: a record stands in one row, a column in one place, and most things were said before.

    Each is put together when it is looked at.
    """

    def said(self, source: str) -> Iterator[Mapping[str, tuple[str | None, str]]]:
        """What each record of a source said: field -> (value, raw), without the where and the when."""
        for names, said, *_ in self._sources.get(source, {}).values():
            yield dict(zip(names, said, strict=True))

    def _packed(self, fields: Mapping[str, Observation], shared: dict[Any, Any]) -> Any:
        rows = {it.place.row for it in fields.values()}
        row = rows.pop() if len(rows) == 1 else None
        where = (it.place if row is None else it.place.in_row(None) for it in fields.values())
        return (
            one_of(shared, tuple(fields)),
            one_of(shared, tuple(one_of(shared, (it.value, it.raw)) for it in fields.values())),
            one_of(shared, tuple(one_of(shared, place) for place in where)),
            one_of(shared, tuple(it.since for it in fields.values())),
            row,
        )

    def _unpacked(self, source: str, record: str, packed: Any) -> Mapping[str, Observation]:
        names, said, where, since, row = packed
        return {
            name: Observation(source, record, name, value, raw, place if row is None else place.in_row(row), at)
            for name, (value, raw), place, at in zip(names, said, where, since, strict=True)
        }
