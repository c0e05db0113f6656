"""What every cell of a messy sheet says is read as a careful colleague reads it: the same, nothing, or a question."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sheetsync.config.scope import shipped_fields
from sheetsync.core.fields import Field, field_type
from sheetsync.core.graph import Rules, SheetTab, Source
from sheetsync.core.mapping.words import CHANNEL, STATUS
from sheetsync.core.model import Claim, Place, Precision, Problem, Record, RowKind, Snapshot
from sheetsync.core.normalize import normalize_table
from sheetsync.core.tables import Layout
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.tracking.defects import INSEPARABLE
from tests.messes import Mess, Said, TabAnswer, TableAnswer, load_mess, stories

STORIES = stories()
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"status": STATUS, "channel": CHANNEL}
FIELDS = {
    name: Field(
        name,
        shape.label,
        shape.of,
        field_type(
            "text" if shape.type == "choice" and shape.vocabulary not in WORDS else shape.type,
            WORDS.get(shape.vocabulary or ""),
        ),
        until=shape.until or "",
    )
    for name, shape in shipped_fields().items()
}
#: what the answer key reads and we ask: an estimate is no exact amount, a sentence no number, a path no whole URL
ASKED = frozenset({"~7,500", "total budget: 3 k", "/gifts/towels"})
_PARTED = re.compile(r"\s*[,;/&]\s*|\s+and\s+")
_MONEY = re.compile(r"(?<![0-9.])([0-9]+)(?:\.([0-9]{1,2}))?(?= (?:[A-Z]{3}|off|price)\b|$)")


@pytest.mark.parametrize("folder", STORIES, ids=[folder.name for folder in STORIES])
def test_every_cell_of_a_messy_sheet_says_what_a_colleague_reads_in_it(folder: Path) -> None:
    mess = load_mess(folder)
    wrong = [line for tab in mess.answers.tabs for table in tab.tables for line in misread(mess, tab, table)]
    assert not wrong, "\n".join(wrong)


def misread(mess: Mess, tab: TabAnswer, table: TableAnswer) -> Iterator[str]:
    """One line for each cell that is read otherwise than the answer key says.

    Where the whole column is in doubt, its cells are asked with it, before anybody reads them.
    """
    snapshot = read(mess, tab, table)
    records = {record.place.row: record for record in snapshot.records}
    for (row, column), said in table.values.items():
        name = table.columns[column]
        if name is not None and snapshot.columns.get(name) == column:
            claim = records[row].claims[name]
            asked = (said == "?" and column in table.doubts) or claim.raw in ASKED
            if not asked and not fits(claim, said, records[row]):
                yield f"{tab.title}, row {row + 1}, {name}: {claim.raw!r} is {claim.parsed!r}, not {said!r}"


def read(mess: Mess, tab: TabAnswer, table: TableAnswer) -> Snapshot:
    """A table read as a source made of the answer key's own columns and rows."""
    of = mess.tab(tab.title)
    columns: dict[str, int] = {}
    for column, name in table.columns.items():
        if name is not None:
            columns.setdefault(name, column)
    header = max(row for row, kind in table.kinds.items() if kind is RowKind.HEADER and not _below_data(row, table))
    key = next(iter(columns))
    place = SheetTab(mess.workbook.id, of.id)
    source = Source(
        mess.name, tab.title, "team", place, table.rows_are, (key,), ((key,),), {}, struck_means="cancelled"
    )
    rules = Rules(FIELDS, {mess.name: source}, {}, (), {}, {}, {}, TrackingRules(INSEPARABLE, ()), {})
    where = Place(mess.name, mess.workbook.id, of.title, of.id)
    layout = Layout(header, columns, (), table.kinds)
    return normalize_table(of, layout, mess.workbook.locale, source, rules, where, time_zone=mess.workbook.time_zone)


def _below_data(row: int, table: TableAnswer) -> bool:
    return any(other < row for other, kind in table.kinds.items() if kind is RowKind.DATA)


# ---------------------------------------------------------------- the key's texts


def fits(claim: Claim, said: Said, record: Record) -> bool:
    """Whether a claim says what the answer key's canonical text does."""
    if said is None:
        return claim.parsed is None
    if said == "?":
        return isinstance(claim.parsed, Problem)
    if isinstance(said, tuple):
        return _several(claim, said)
    if ".." in said and FIELDS[claim.field].type.kind in ("day", "money"):
        return _ends(claim, said, record)
    if isinstance(claim.parsed, Problem) and re.fullmatch(r"[0-9]{4}-[0-9]{2}", said):
        return claim.precision is Precision.MONTH and claim.parsed.candidates[0] == f"{said}-01"
    if claim.parsed is None or isinstance(claim.parsed, Problem):
        return False
    return _VALUES.get(FIELDS[claim.field].type.kind, _as_text)(claim, said)


def _several(claim: Claim, said: tuple[str, ...]) -> bool:
    """The parts in the order they were written; where one word is needed they are asked."""
    if isinstance(claim.parsed, Problem):
        return claim.parsed.candidates == said
    parsed = tuple(_PARTED.split(claim.parsed)) if isinstance(claim.parsed, str) else claim.parsed
    return parsed == said


def _ends(claim: Claim, said: str, record: Record) -> bool:
    """Both ends: a start with its end where the field has one, candidates elsewhere."""
    unit = said.partition(" ")[2]
    first, last = (f"{end} {unit}".strip() for end in said.partition(" ")[0].split(".."))
    kind = FIELDS[claim.field].type
    if isinstance(claim.parsed, Problem):
        texts = tuple(_amount(end) if kind.kind == "money" else end for end in (first, last))
        return claim.precision in (Precision.RANGE, Precision.WEEK) and claim.parsed.candidates == texts
    end = record.value(FIELDS[claim.field].until)
    return (claim.parsed, claim.precision, end) == (kind.read(first), Precision.RANGE, date.fromisoformat(last))


def _as_text(claim: Claim, said: str) -> bool:
    assert claim.parsed is not None
    assert not isinstance(claim.parsed, Problem)
    # An approval may be a box or a sentence: its field is one of texts.
    return {"TRUE": "yes", "FALSE": "no"}.get(text := FIELDS[claim.field].type.format(claim.parsed), text) == said


def _amount(said: str) -> str:
    return _MONEY.sub(lambda found: f"{found[1]}.{found[2] or '':0<2}", said)


def _moment(claim: Claim, said: str) -> bool:
    day, clock, *zone = said.split(" ")
    moment = datetime.fromisoformat(f"{day} {clock}")
    if zone and zone[0][0] in "+-":
        return claim.parsed == datetime.fromisoformat(f"{day} {clock}{zone[0]}")
    return claim.parsed == (moment.replace(tzinfo=ZoneInfo(zone[0])) if zone else moment)


_VALUES: Mapping[str, Callable[[Claim, str], bool]] = {
    "moment": _moment,
    "money": lambda claim, said: _as_text(claim, _amount(said)),
    "offer": lambda claim, said: _as_text(claim, _amount(said)),
}
