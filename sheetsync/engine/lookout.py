"""The lookout: finds out what has changed since it last looked, asking as little as it can.

One request tells the versions of all workbooks. A workbook is read where its version moved, where none is told, where
its last look is too long ago (the hint lags behind people by minutes), or where it could not be read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sheetsync.core.graph import Rules, Source, Table
from sheetsync.core.model import Tab, Workbook
from sheetsync.core.pace import Rhythm
from sheetsync.engine.known import Known, Seen
from sheetsync.engine.quarantine import Quarantine
from sheetsync.errors import Refused, SheetsyncError
from sheetsync.ports import Records, Sheets
from sheetsync.ports.watching import Attentive, Changes, Fingerprints, Stopping

Content = TypeVar("Content", Workbook, Tab)

Tell = Callable[[str], None]
"""One line for the people who run us."""


@dataclass
class Looked:
    """What one look has found, by spreadsheet or table."""

    #: what says something else than before, could be read before and not now, or the other way round
    changed: set[str] = field(default_factory=set)
    #: workbooks of which the hint says that somebody did something, whatever it was
    moved: set[str] = field(default_factory=set)


class Lookout:
    """Looks at everything that takes part. Keeps what it saw in `known`."""

    def __init__(
        self,
        rules: Rules,
        rhythm: Rhythm,
        changes: Changes,
        fingerprints: Fingerprints,
        records: Records,
        clock: Attentive,
        tell: Tell,
    ) -> None:
        self.known = Known()
        #: what the hint said last
        self.marks: Mapping[str, str] = {}
        self.quarantine = Quarantine(rhythm)
        self._rules = rules
        self._rhythm = rhythm
        self._changes = changes
        self._fingerprints = fingerprints
        self._records = records
        self._clock = clock
        self._tell = tell
        #: why there is no hint, as it was last told; empty while there is one
        self._without_hint = ""
        #: of the monotonic clock: not before then is a hint asked for that was refused
        self._hint_due = 0.0

    def look(self, sheets: Sheets) -> Looked:
        """Look at everything that may have changed, longest unseen first, as far as time allows. Raises `Stopping`."""
        looked = Looked()
        until = self._clock.monotonic() + self._rhythm.looking
        for table in _tables(self._rules):
            mark = self._fingerprints.fingerprint(table)
            self._look_at(table, self.known.tables, mark, partial(self._records.read, table), looked)
        self.marks = versions = self._versions()
        seen = self.known.workbooks
        looked.moved = {name for name, one in seen.items() if one.mark and versions.get(name, one.mark) != one.mark}
        for spreadsheet in sorted(self._rules.workbooks, key=lambda it: seen[it].at if it in seen else -1.0):
            if self._clock.stop_asked():
                raise Stopping
            if self._clock.monotonic() < until:
                mark = versions.get(spreadsheet)
                self._look_at(spreadsheet, seen, mark, partial(sheets.read, spreadsheet), looked)
        return looked

    def _versions(self) -> Mapping[str, str]:
        """The hint; nothing where there is none, which is told once."""
        if self._clock.monotonic() < self._hint_due:
            return {}
        try:
            versions = self._changes.versions()
        except SheetsyncError as error:
            if isinstance(error, Refused):
                self._hint_due = self._clock.monotonic() + self._rhythm.sweep
            if str(error) != self._without_hint:
                self._without_hint = str(error)
                self._tell(f"{error} Until then every workbook is read at each turn.")
            return {}
        if self._without_hint:
            self._without_hint = ""
            self._tell("Drive tells again which workbooks have changed.")
        return versions

    def _look_at(
        self,
        name: str,
        shelf: dict[str, Seen[Content]],
        mark: str | None,
        read: Callable[[], Content],
        looked: Looked,
    ) -> None:
        """Read one workbook or table where it may have changed, and note whether it has."""
        before = shelf.get(name)
        if before is not None and not self._may_have_changed(name, before, mark):
            return
        found: Content | SheetsyncError
        try:
            found = read()
        except SheetsyncError as error:
            found = error
        shelf[name] = Seen(found, self._clock.monotonic(), mark)
        self._note(name, found)
        if before is None or not _same(before.found, found):
            looked.changed.add(name)

    def _may_have_changed(self, name: str, seen: Seen[Content], mark: str | None) -> bool:
        now = self._clock.monotonic()
        news = mark is not None and mark != seen.mark
        if isinstance(seen.found, SheetsyncError):
            return news or self.quarantine.is_due(name, now)
        return news or mark is None or now - seen.at >= self._rhythm.sweep

    def _note(self, name: str, found: object) -> None:
        titles = ", ".join(titles_at(self._rules, name))
        if not isinstance(found, SheetsyncError):
            if self.quarantine.failing(name):
                self.quarantine.healed(name)
                self._tell(f"{titles}: can be read again.")
            return
        is_first = self.quarantine.failing(name) is None
        shut = self.quarantine.failed(name, found, self._clock.monotonic())
        if is_first:
            self._tell(f"{titles}: {found} The others go on.")
        if shut:
            self._tell(f"{titles}: failed {self._rhythm.quarantine_after} times in a row and is asked more rarely now.")


def names_at(rules: Rules, place: str) -> tuple[str, ...]:
    """The sources in one spreadsheet, or of one table; `DECISIONS` for a workbook without any."""
    return tuple(source.name for source in _of_table(rules, place)) or rules.told_as(place)


def titles_at(rules: Rules, place: str) -> tuple[str, ...]:
    """What people call them."""
    return tuple(source.title for source in _of_table(rules, place)) or rules.titles_of(place)


def _of_table(rules: Rules, place: str) -> list[Source]:
    return [source for source in rules.sources.values() if source.location == Table(place)]


def _tables(rules: Rules) -> list[str]:
    named = (source.location.name for source in rules.sources.values() if isinstance(source.location, Table))
    return list(dict.fromkeys(named))


def _same(before: object, now: object) -> bool:
    """Whether two looks say the same; of trouble only that it is there."""
    if isinstance(before, SheetsyncError) or isinstance(now, SheetsyncError):
        return isinstance(before, SheetsyncError) and isinstance(now, SheetsyncError)
    return before == now
