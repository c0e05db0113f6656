"""The versions of published values: which one stands, which waits, what stood before, and why each was issued."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheetsync.core.record_fields import RecordField
from sheetsync.core.tracking import presentable
from sheetsync.core.versions import Version
from sheetsync.faces.moments import iso
from sheetsync.faces.tables import Cell, Screen, paragraph
from sheetsync.ports import Published

Document = Mapping[str, Any]

STANDS, WAITS, REPLACED = "stands", "waits", "replaced"


def by_value(versions: Sequence[Version]) -> Mapping[RecordField, Sequence[Version]]:
    """All versions of each value, oldest first."""
    found: dict[RecordField, list[Version]] = {}
    for it in versions:
        found.setdefault((it.source, it.record, it.field), []).append(it)
    return found


def versions_document(versions: Sequence[Version], published: Published | None) -> list[Document]:
    """Every version of one value, oldest first."""
    value = published.value if published is not None else None
    standing = max((it.number for it in versions if it.value == value), default=0)
    return [
        {
            "version": it.number,
            "url": presentable(it.value),
            "state": STANDS if it.number == standing else WAITS if it.number > standing else REPLACED,
            "issued": iso(it.issued),
            "run": it.run,
            "changed": list(it.changed),
            "waits_for_live": it.waits_for_live,
        }
        for it in versions
    ]


def versions_text(screen: Screen, row: Document) -> Iterator[str]:
    """One line a version of a link that has several, the newest first."""
    if len(row["versions"]) > 1:
        yield from paragraph(screen, f"{row['record']} / {row['field']}, {row['title']}:")
        for it in reversed(row["versions"]):
            live = " (live: it stays)" if it["state"] == STANDS and row["live"] else ""
            why = f", {' and '.join(it['changed'])} changed" if it["changed"] else ""
            text = f"v{it['version']} {it['state']}{live}, issued {it['issued']}{why}"
            yield from paragraph(screen, text, Cell(it["url"]), indent=2, hanging=4)
