"""What a run put into lines of tables goes back, cell by cell, where it still is as the run left it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetsync.core.following import Line, Put
from sheetsync.core.graph import Rules, Source, Table
from sheetsync.core.model import Cell
from sheetsync.core.undo import Taken, Thing
from sheetsync.engine.following import cells_of, look, own_lines, put
from sheetsync.engine.world import Followed, Readings, World
from sheetsync.errors import SheetsyncError
from sheetsync.ports import JournalEntry, LinePrint, Observation

_GONE = "its line is gone, or there are several"
_CHANGED = "it has been changed since"
_OFF = "nothing is written into its table any more"


@dataclass(frozen=True)
class LinesBack:
    """What becomes of each cell, and how far the transaction that puts them back has come."""

    followed: Followed = field(default_factory=Followed)
    taken: tuple[Taken, ...] = ()
    #: cells that say again what they said before
    prints: tuple[LinePrint, ...] = ()
    #: a table that could not be read
    unread: SheetsyncError | None = None

    @property
    def trouble(self) -> SheetsyncError | None:
        return self.unread or self.followed.trouble

    @property
    def is_done(self) -> bool:
        """Whether all of it is as it was before; in a dry run, whether it could be."""
        return self.trouble is None and not self.followed.wrong

    @property
    def state(self) -> str:
        """planned, verified, unverified, failed, or unchanged where nothing had to be written."""
        if self.trouble is not None:
            return "failed"
        return self.followed.state if self.followed.lines else "unchanged"

    @property
    def changes(self) -> tuple[str, ...]:
        return tuple(
            f"{line.table}.{it.column} of {it.record}: {it.was} -> {it.now}"
            for line in self.followed.lines
            for it in line.puts
        )

    def observations(self, readings: Readings) -> Iterator[Observation]:
        """So that the next run does not take it for somebody's doing."""
        for one in self.prints:
            yield Observation(*one.about, one.was, one.before, one.place, readings.started)

    def journal(self, readings: Readings) -> Iterator[JournalEntry]:
        return own_lines(readings.run, self.followed)


def put_back(world: World, readings: Readings, rules: Rules, prints: Sequence[LinePrint]) -> LinesBack:
    """Put back what is as the run left it; in a dry run say what would be."""
    unread = next((one.error for one in readings.troubles if _is_read(rules.sources.get(one.source))), None)
    if not prints or unread is not None:
        return LinesBack(unread=unread if prints else None)
    taken: list[Taken] = []
    gone_back: list[LinePrint] = []
    lines: dict[tuple[str, tuple[str, ...]], Line] = {}
    for one in prints:
        source, cells = rules.sources.get(one.source), _cells(readings, one)
        why = _why_it_stays(source, one, cells)
        taken.append(Taken(Thing.RECORD, one.source, one.record, ((one.field, one.now, one.was),), why))
        if why or cells is None or source is None:
            continue
        gone_back.append(one)
        if cells[one.place.column_name].shown != one.before:
            line = Line(one.place.spreadsheet, tuple(one.key), cells, source.version, ())
            line = lines.setdefault((line.table, tuple(one.key.values())), line)
            it = Put(*one.about, one.place, one.now, one.before, one.before)
            lines[line.table, tuple(one.key.values())] = replace(line, puts=(*line.puts, it))
    planned = Followed(tuple(lines.values()))
    if readings.request.dry_run:
        return LinesBack(planned, tuple(taken))
    followed = look(world, readings, put(world, readings.run, readings.started, planned))
    return LinesBack(followed, tuple(taken), tuple(gone_back))


def _is_read(source: Source | None) -> bool:
    return source is not None and isinstance(source.location, Table)


def _cells(readings: Readings, one: LinePrint) -> Mapping[str, Cell] | None:
    tab = readings.tables.get(one.place.spreadsheet)
    return None if tab is None else cells_of(tab, one.key)


def _why_it_stays(source: Source | None, one: LinePrint, cells: Mapping[str, Cell] | None) -> str:
    if source is None or not source.writes or source.location != Table(one.place.spreadsheet):
        return _OFF
    if cells is None or one.place.column_name not in cells:
        return _GONE
    return "" if cells[one.place.column_name].shown in (one.before, one.after) else _CHANGED
