"""A first proposal of who owns what, and of what must hold between sources: for people to change."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from statistics import median_low
from typing import Final

from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.fields import Day
from sheetsync.core.fields.dialects import decide_dialect
from sheetsync.core.graph import Handoff, SheetTab, Source, Table
from sheetsync.core.model import Cell, Entity, Format, Tab
from sheetsync.core.terms import Contract, Terms, Within

#: the embedded register, where no sheet is one
REGISTER: Final = "register"
REGISTER_TABLE: Final = "campaigns"
REGISTER_FIELDS: Final = (CAMPAIGN_ID, "campaign_name", "partner")
#: every team keeps its own of these: a difference between two sheets says nothing
EACH_ITS_OWN: Final = frozenset(
    ("campaign_status", "placement_status", "page_status", "owner_person", "notes", "brand_approval", "legal_approval")
)
_IDENTITY: Final = frozenset((CAMPAIGN_ID, "campaign_name", "partner"))
_FLIGHT: Final = ("flight_start", "flight_end")
#: one that nobody has, which therefore decides nothing
_NO_LOCALE: Final = "xx"


def embedded_register(team: str) -> Source:
    """A table of the system of record that says which campaigns there are."""
    columns = {name: (name,) for name in REGISTER_FIELDS}
    return Source(
        REGISTER, "Campaign register", team, Table(REGISTER_TABLE), Entity.CAMPAIGN, (CAMPAIGN_ID,),
        ((CAMPAIGN_ID,), ("partner", "campaign_name")), columns,
    )  # fmt: skip


def likely_register(sources: Sequence[Source]) -> Source | None:
    """The first sheet of campaigns that has their ids; None where a register of our own is needed."""
    return next((one for one in sources if one.rows_are is Entity.CAMPAIGN and CAMPAIGN_ID in one.columns), None)


def shared_fields(sources: Sequence[Source]) -> Mapping[str, tuple[str, ...]]:
    """Field -> the sources that have it, in their order; fields in the order they are met."""
    having: dict[str, tuple[str, ...]] = {}
    for source in sources:
        for name in source.columns:
            having[name] = (*having.get(name, ()), source.name)
    return having


def likely_owner(name: str, of: Entity, sources: Sequence[Source], register: Source) -> str | None:
    """The register for what campaigns are told by, else the first source that has the field, one of its kind if any.

    None where every team keeps its own, or the field stands in parts of one sheet, a tab a month.
    """
    having = [source for source in sources if name in source.columns]
    if name in _IDENTITY and register in having:
        return register.name
    if len(having) > 1 and name in EACH_ITS_OWN:
        return None
    single = [one for one in having if not any(_are_parts(one, other) for other in having)]
    return next((one.name for one in single if one.rows_are is of), next((one.name for one in single), None))


def _are_parts(one: Source, other: Source) -> bool:
    """Whether two sources are tabs of one kind, such as months: each holds rows of its own, no copies."""
    here, there = one.location, other.location
    if not isinstance(here, SheetTab) or not isinstance(there, SheetTab) or one.name == other.name:
        return False
    return here.spreadsheet == there.spreadsheet and one.rows_are is other.rows_are


def handoffs(sources: Sequence[Source], owners: Mapping[str, str], notes: frozenset[str]) -> tuple[Handoff, ...]:
    """One edge from each owner to each source that has copies of what it owns; `notes` are people's words, not
    compared."""
    by_name = {source.name: source for source in sources}
    edges: dict[tuple[str, str], dict[str, Terms]] = {}
    for receiver in sources:
        for name in _copies(receiver, owners, notes):
            edges.setdefault((owners[name], receiver.name), {})[name] = _terms(
                name, by_name[owners[name]], receiver, owners
            )
    return tuple(Handoff(giver, receiver, contracts) for (giver, receiver), contracts in edges.items())


def _copies(receiver: Source, owners: Mapping[str, str], notes: frozenset[str]) -> Iterator[str]:
    addressing = {*receiver.key, *(name for names in receiver.match for name in names)}
    for name in receiver.columns:
        if owners.get(name, receiver.name) != receiver.name and name not in addressing and name not in notes:
            yield name


def _terms(name: str, giver: Source, receiver: Source, owners: Mapping[str, str]) -> Terms:
    """A placement may run shorter than its campaign, never longer; everything else is a copy."""
    inside = giver.rows_are is Entity.CAMPAIGN and receiver.rows_are is Entity.PLACEMENT
    if name in _FLIGHT and inside and all(one in owners for one in _FLIGHT):
        return Within(*_FLIGHT)
    return Contract.EQUAL


def likely_season(tabs: Sequence[tuple[Tab, Source]]) -> date | None:
    """The middle of the days on which campaigns begin, as far as the sheets hold them as days."""
    days = [
        day
        for tab, source in tabs
        for column in _columns(tab, source, _FLIGHT)
        for day in _days([cell for row in tab.rows for cell in row[column : column + 1]])
    ]
    return median_low(days) if days else None


def _days(cells: Sequence[Cell]) -> Iterator[date]:
    """Those days of a column that say their year, and in which order they are written."""
    dialect = decide_dialect(cells, _NO_LOCALE)
    for cell in cells:
        if (isinstance(cell.value, str) or cell.format is Format.DATE) and isinstance(
            day := Day().parse(cell, dialect), date
        ):
            yield day


def _columns(tab: Tab, source: Source, names: Sequence[str]) -> Iterator[int]:
    wanted = {text for name in names for text in source.columns.get(name, ())}
    found = {column for row in tab.rows for column, cell in enumerate(row) if cell.shown.strip() in wanted}
    return iter(sorted(found))
