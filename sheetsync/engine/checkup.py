"""A check-up before the first run: every check in its order, each after those it rests on, and none that writes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetsync.core.checkup import Finding, Verdict, failure, warning, well, worst
from sheetsync.core.decisions_tab import DECISIONS_TITLE, DecisionsTab
from sheetsync.core.graph import Rules, Source
from sheetsync.core.lookup import a1
from sheetsync.core.model import Snapshot, Tab, Workbook
from sheetsync.core.record_fields import RecordFields
from sheetsync.core.tables import NoTable
from sheetsync.engine.reading import understand_source
from sheetsync.engine.world import Readings, Request
from sheetsync.engine.writing import unfit_in
from sheetsync.errors import SheetsyncError, Transient
from sheetsync.ports import Memory, Observations

_AGAIN = "Run it again: this may pass by itself."


@dataclass(frozen=True, eq=False)
class Check:
    """One question and what it rests on."""

    title: str
    look: Callable[[], Iterable[Finding]]
    needs: tuple["Check", ...] = ()


@dataclass(frozen=True)
class Checked:
    """What came of a check; `number` is its place in the order, from 1."""

    number: int
    title: str
    findings: tuple[Finding, ...]
    #: numbers of the checks because of which it was not looked at
    because: tuple[int, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return worst(finding.verdict for finding in self.findings)


def checkup(checks: Sequence[Check], tell: Callable[[str], None]) -> Iterator[Checked]:
    """Every check in turn; trouble with one stops only what rests on it. `tell` hears what is being looked at."""
    #: each check on which nothing can rest -> the numbers of those at fault
    blocked: dict[Check, tuple[int, ...]] = {}
    for number, check in enumerate(checks, 1):
        faults = tuple(sorted({fault for need in check.needs for fault in blocked.get(need, ())}))
        if faults:
            blocked[check] = faults
            yield Checked(number, check.title, (Finding(Verdict.SKIPPED, "not looked at"),), faults)
            continue
        tell(check.title)
        findings = _found(check)
        if any(finding.blocks for finding in findings):
            blocked[check] = (number,)
        yield Checked(number, check.title, findings)


def _found(check: Check) -> tuple[Finding, ...]:
    """What a check finds; the world's trouble is a finding too."""
    found: list[Finding] = []
    try:
        found.extend(check.look())
    except SheetsyncError as error:
        found.append(failure(*in_two(error)))
    return tuple(found)


def in_two(error: SheetsyncError) -> tuple[str, str]:
    """What is wrong and what to do: in an error they are one sentence, here each has a line of its own."""
    said = str(error.args[0] if error.args else "").rstrip(".;")
    remedy = error.remedy or (_AGAIN if isinstance(error, Transient) else "")
    return said, remedy[:1].upper() + remedy[1:]


def look_at(
    source: Source, rules: Rules, place: Callable[..., str], now: datetime, book: Workbook | None, table: Tab | None
) -> Iterator[Finding]:
    """Is the source's tab there, its header found, each mapped column too, and could we stand beside its rows?

    `place` names a setting and where it stands; `book` or `table` is what was read. Raises `Refused` where there is no
    tab or no header.
    """
    books, tables = {book.id: book} if book else {}, {table.title: table} if table else {}
    nothing = Memory(RecordFields(), Observations(), {}, {})
    readings = Readings("", now, 0.0, rules, Request(dry_run=True), nothing, books, tables)
    # Of a source that was never read before, a missing header is raised; a check-up remembers nothing.
    found = understand_source(source, readings, known=False)
    if found is None or isinstance(found, NoTable):
        raise AssertionError(f"{source.name} was read, so it is understood or refused")
    ills = [*_unmapped(source, found, place), *_unfit(source, found, book, place)]
    yield from ills or [well(_seen(found))]


def look_at_decisions(book: Workbook) -> Iterator[Finding]:
    """Is the decisions tab as people and we left it, where it stands already?"""
    here = DecisionsTab.of(book)
    if here is None:
        yield well(f"the tab {DECISIONS_TITLE!r} is added by the first run")
        return
    ills = [warning(why, f"In {book.title}, tab {here.tab.title!r}.") for why in (here.unfit, *here.problems) if why]
    lines = len(here.ids)
    yield from ills or [well(f"{lines} line{'s' * (lines != 1)} in {here.tab.title!r}, each of people's columns found")]


def _seen(found: Snapshot) -> str:
    rows, columns = len(found.records), len(found.columns)
    where = f"header in row {found.header_row + 1} of {found.place.tab!r}, " if found.place.tab_id is not None else ""
    return f"{where}{rows} row{'s' * (rows != 1)}, each of {columns} mapped columns found"


def _unmapped(source: Source, found: Snapshot, place: Callable[..., str]) -> Iterator[Finding]:
    for name, headers in source.columns.items():
        if name not in found.columns:
            said = f"no column is headed {' or '.join(repr(header) for header in headers)} (field {name})"
            where = f"{found.place.tab}!{a1(found.header_row, None)}" if found.place.tab_id is not None else "the table"
            yield warning(said, f"Compare {place('sources', source.name, 'columns', name)} with {where}.")


def _unfit(source: Source, found: Snapshot, book: Workbook | None, place: Callable[..., str]) -> Iterator[Finding]:
    if book is not None and (reason := unfit_in(book, source, found)):
        remedy = f"Or keep to the tab: `mode: sidecar` in {place('sources', source.name, 'mode')}."
        yield warning(f"only the tab `sheetsync` will be written, no columns: {reason}", remedy)
