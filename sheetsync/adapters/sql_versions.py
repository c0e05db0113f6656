"""Versions of generated values, in the ledger's file. They are only ever added."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, insert, select

from sheetsync.adapters.sql_lines import Line, about_line, batches, read_about
from sheetsync.adapters.sql_schema import published, versions
from sheetsync.core.record_fields import RecordField
from sheetsync.core.versions import Newest, Version

_ABOUT = (versions.c.source, versions.c.record, versions.c.field)


def add(connection: Connection, issued: Iterable[Version]) -> None:
    """Note new versions."""
    for batch in batches(map(_line, issued)):
        connection.execute(insert(versions), batch)


def of(connection: Connection, records: Collection[RecordField] | None) -> Sequence[Version]:
    """Every version, of all values or of these, by source, record, field and number."""
    ordered = select(versions).order_by(*_ABOUT, versions.c.number)
    if records is None:
        return [_read(row) for row in connection.execute(ordered)]
    found: list[Version] = []
    for about in sorted(set(records)):
        these = (column == text for column, text in zip(_ABOUT, about, strict=True))
        found += map(_read, connection.execute(ordered.where(*these)))
    return found


def newest(connection: Connection) -> Mapping[RecordField, Newest]:
    """How far the versions of each value have come. Those that are first and stand, as most do, are one object."""
    theirs = (published.c.source, published.c.record, published.c.field)
    same = and_(*(column == other for column, other in zip(_ABOUT, theirs, strict=True)))
    standing = case((versions.c.value == published.c.value, versions.c.number), else_=0)
    counted = (
        select(*_ABOUT, func.max(versions.c.number).label("newest"), func.max(standing).label("stands"))
        .select_from(versions.outerjoin(published, same))
        .group_by(*_ABOUT)
    )
    first, found = Newest(1, 1), {}
    for row in connection.execute(counted):
        about = (row.source, row.record, row.field)
        if row.newest == row.stands:
            found[about] = first if row.newest == 1 else Newest(row.newest, row.newest)
        else:
            these = (column == text for column, text in zip(_ABOUT, about, strict=True))
            value = connection.scalar(select(versions.c.value).where(*these, versions.c.number == row.newest))
            found[about] = Newest(row.newest, row.stands, value)
    return found


def _line(it: Version) -> Line:
    return {
        **about_line((it.source, it.record, it.field)),
        "number": it.number,
        "value": it.value,
        "issued": it.issued,
        "run": it.run,
        "changed": list(it.changed),
        "waits_for_live": int(it.waits_for_live),
        "made_of": dict(it.made_of),
    }


def _read(row: Row[Any]) -> Version:
    about = read_about(row)
    return Version(
        *about, row.number, row.value, row.issued, row.run, tuple(row.changed), bool(row.waits_for_live), row.made_of
    )
