"""What each of the newest runs moved, as it stands in the ledger: one document a run, pruned as time goes on.

A first run moves everything, so a document is made in pieces: each has the shape of the whole, together they are it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from sheetsync.adapters.sql_freezes import frozen_line
from sheetsync.adapters.sql_lines import about_line, kept_since, place_line, published_line, read_place
from sheetsync.adapters.sql_schema import footprints, utc_text
from sheetsync.core.graph import Visibility
from sheetsync.core.late import Frozen
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.undo import BookPrint, Inserted
from sheetsync.ports import Footprint, LinePrint, Published, RunRecord

#: a document holds our tab twice, so a ledger of a large team would outgrow everything else in it
RUNS_KEPT = 50
DAYS_KEPT = timedelta(days=30)

Json = dict[str, Any]


def keep(connection: Connection, run: RunRecord, it: Footprint) -> None:
    """Put a run's footprint, and forget those that are too many or too old."""
    document = None if it.is_empty else _pieces(it)
    line = {"run": run.id, "ended": run.ended, "document": document, "undoes": it.undoes, "undone_by": it.undone_by}
    connection.execute(insert(footprints), [line])
    moved = footprints.c.document.is_not(None)
    newest = select(footprints.c.seq).where(moved).order_by(footprints.c.seq.desc()).limit(RUNS_KEPT)
    connection.execute(delete(footprints).where(moved, footprints.c.seq.not_in(newest)))
    connection.execute(delete(footprints).where(footprints.c.ended < kept_since(run.ended, DAYS_KEPT)))


def note_undone(connection: Connection, run: str, by: str) -> None:
    """A run was taken back whole."""
    connection.execute(update(footprints).where(footprints.c.run == run).values(undone_by=by))


def of_run(connection: Connection, run: str) -> Footprint | None:
    """The footprint of a run, if it is kept."""
    row = connection.execute(select(footprints).where(footprints.c.run == run)).one_or_none()
    return None if row is None else _read(row.document or (), row.undoes, row.undone_by)


def newest(connection: Connection) -> str:
    """The newest run that moved something and was not taken back."""
    left = select(footprints.c.run).where(footprints.c.document.is_not(None), footprints.c.undone_by == "")
    return connection.scalar(left.order_by(footprints.c.seq.desc()).limit(1)) or ""


# ---------------------------------------------------------------- as a document, and back


def _pieces(it: Footprint) -> Iterator[Json]:
    """A workbook at a time, then a source at a time."""
    for book in it.books:
        yield {"books": [_book(book)]}
    for _, moved in groupby(it.baselines.items(), key=_source):
        yield {"baselines": [{**about_line(about), "before": was, "after": now} for about, (was, now) in moved]}
    for _, values in groupby(it.published.items(), key=_source):
        yield {
            "published": [
                {**about_line(about), "before": _published(was), "after": _published(now)}
                for about, (was, now) in values
            ]
        }
    yield {"proposed": list(it.proposed)}
    yield {"lines": [_line(one) for one in it.lines]}
    yield {"frozen": [{"before": _frozen(was), "after": _frozen(now)} for was, now in it.frozen.values()]}
    yield {"decided": list(it.decided)}


def _source(moved: tuple[RecordField, Any]) -> str:
    (source, _, _), _ = moved
    return source


def _read(pieces: Iterable[Json], undoes: str, undone_by: str) -> Footprint:
    names = ("books", "baselines", "published", "proposed", "lines", "frozen", "decided")
    whole: dict[str, list[Any]] = {name: [] for name in names}
    for piece in pieces:
        for name, lines in piece.items():
            whole[name] += lines
    return Footprint(
        [_read_book(one) for one in whole["books"]],
        RecordFields((_about(line), (line["before"], line["after"])) for line in whole["baselines"]),
        {
            (about := _about(line)): (_read_published(about, line["before"]), _read_published(about, line["after"]))
            for line in whole["published"]
        },
        tuple(whole["proposed"]),
        [_read_line(line) for line in whole["lines"]],
        {(was := _read_frozen(line["before"])).about: (was, _read_frozen(line["after"])) for line in whole["frozen"]},
        tuple(whole["decided"]),
        undoes,
        undone_by,
    )


def _about(line: Json) -> RecordField:
    return line["source"], line["record"], line["field"]


def _published(it: Published | None) -> Json | None:
    return None if it is None else {"value": published_line(it)["value"], "since": utc_text(it.since)}


def _read_published(about: RecordField, line: Json | None) -> Published | None:
    return None if line is None else Published(*about, line["value"], datetime.fromisoformat(line["since"]))


def _frozen(it: Frozen) -> Json:
    return {**frozen_line(it), "since": utc_text(it.since)}


def _read_frozen(line: Json) -> Frozen:
    return Frozen(**{**line, "since": datetime.fromisoformat(line["since"])})


def _line(it: LinePrint) -> Json:
    said = {"before": it.before, "was": it.was, "after": it.after, "now": it.now}
    return {**about_line(it.about), **place_line(it.place), **said, "key": dict(it.key)}


def _read_line(line: Json) -> LinePrint:
    place = read_place(SimpleNamespace(**line))
    return LinePrint(*_about(line), place, line["key"], line["before"], line["was"], line["after"], line["now"])


def _book(it: BookPrint) -> Json:
    return {
        "spreadsheet": it.spreadsheet,
        "title": it.title,
        "sources": list(it.sources),
        "before": None if it.before is None else tuple(it.before),
        "after": tuple(it.after),
        "inserted": [[one.source, one.tab_id, one.name] for one in it.inserted],
        "for_good": list(it.for_good),
        "sight": it.sight,
    }


def _read_book(line: Json) -> BookPrint:
    return BookPrint(
        line["spreadsheet"],
        line["title"],
        tuple(line["sources"]),
        None if line["before"] is None else _rows(line["before"]),
        _rows(line["after"]),
        tuple(Inserted(*one) for one in line["inserted"]),
        tuple(line["for_good"]),
        {of: Visibility(word) for of, word in line["sight"].items()},
    )


def _rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, rows))
