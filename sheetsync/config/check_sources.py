"""Checks of the sources: a place of its own, a key, a match, and columns that can be told apart."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sheetsync.config.findings import Where, spelled
from sheetsync.config.places import NoPlace, place
from sheetsync.config.scope import Scope
from sheetsync.config.shape import EVERY_OTHER, SourceShape
from sheetsync.core.fields.currencies import is_currency
from sheetsync.core.fields.dialects import DAY_FIRST, MONTH_FIRST
from sheetsync.core.graph import Mode, SheetTab, Table, Visibility, status_field
from sheetsync.core.header_texts import fold_header, told_apart
from sheetsync.core.model import Entity

#: a name becomes part of keys, formulas and command lines
_SOURCE_NAME: Final = re.compile(r"\w[\w-]*")
_SHEETS_ONLY: Final = ("mode", "readers_see", "generated", "publish", "struck_means")
_TABLES_ONLY: Final = ("writes", "version")


def check_sources(scope: Scope) -> None:
    """Every source by itself, and no place taken twice."""
    if not scope.shape.sources and not scope.findings.doubtful(("sources",)):
        scope.findings.report(("sources",), "names no source")
    taken: dict[SheetTab | Table, list[str]] = {}
    # A place taken over with all the rest is the one that was there first.
    for name, source in sorted(scope.shape.sources.items(), key=lambda item: item[1].like is not None):
        where: Where = ("sources", name)
        if not _SOURCE_NAME.fullmatch(name):
            scope.findings.report(where, "a source's name is letters, digits, _ and -")
        if name == EVERY_OTHER:
            scope.findings.report(where, f"'{name}' means every other source in readers_see; choose another name")
        location = _check_place(scope, where, source)
        if location is not None and _has_its_place(scope, name, location, taken.setdefault(location, [])):
            taken[location].append(name)
        _check_columns(scope, where, source)
        _check_names(scope, (*where, "key"), source.key)
        _check_match(scope, (*where, "match"), source)
        _check_generated(scope, where, source)
        _check_published(scope, where, source)
        _check_struck(scope, where, source)
        _check_reads(scope, where, source)
        if source.writes == "on" and source.version is None and not scope.findings.doubtful((*where, "version")):
            scope.findings.report((*where, "writes"), "needs version: the column that moves with each change of a line")
    for location, names in taken.items():
        if isinstance(location, SheetTab) and len(names) > 1:
            _check_shared(scope, names)
    places = {name: location for location, names in taken.items() for name in names}
    _check_readers(scope, places)
    _check_shown(scope, places)


def _has_its_place(scope: Scope, name: str, location: SheetTab | Table, others: Sequence[str]) -> bool:
    """A table is one source, and so is a tab, unless each source finds a table of its own there by its headers."""
    where: Where = ("sources", name)
    columns = scope.shape.sources[name].columns
    for other in others:
        text = f"is the place of source '{other}' already; "
        if isinstance(location, Table):
            scope.findings.report((*where, "table"), text + "a table is one source")
            return False
        if not told_apart(columns, scope.shape.sources[other].columns):
            text += "two tables of one tab need a column each whose header the other does not name"
            scope.findings.report((*where, "tab_id"), text)
            return False
    return True


def _check_shared(scope: Scope, names: Sequence[str]) -> None:
    """Columns of ours would reach over all rows of the tab, those of the other table too."""
    for name in names:
        if scope.shape.sources[name].mode is Mode.COLUMNS:
            others = " and ".join(f"'{other}'" for other in names if other != name)
            text = f"columns are unsafe in a tab that holds {others} too: write sidecar, or give each table its own tab"
            scope.findings.report(("sources", name, "mode"), text)


def _check_place(scope: Scope, where: Where, source: SourceShape) -> SheetTab | Table | None:
    if any(scope.findings.doubtful((*where, setting)) for setting in ("spreadsheet", "tab_id", "table")):
        return None
    given = source.model_fields_set
    wrong = (
        _SHEETS_ONLY if source.table is not None else ("writes", "version") if source.spreadsheet is not None else ()
    )
    for setting in wrong:
        if setting in given:
            kind, other = ("table", "sheets") if source.table is not None else ("sheet", "tables")
            scope.findings.report((*where, setting), f"goes with {other} only; this source is a {kind}")
    try:
        return place(source)
    except NoPlace as trouble:
        scope.findings.report((*where, trouble.setting) if trouble.setting else where, str(trouble))
        return None


def _check_columns(scope: Scope, where: Where, source: SourceShape) -> None:
    if not source.columns and not scope.findings.doubtful((*where, "columns")):
        scope.findings.report((*where, "columns"), "maps no column")
    headers: dict[str, str] = {}
    for name, spellings in source.columns.items():
        here = (*where, "columns", name)
        scope.knows_field(here, name)
        if not spellings:
            scope.findings.report(here, "names no header")
        for spelling in spellings:
            other = headers.setdefault(fold_header(spelling), name)
            if other != name and not scope.findings.told_within(here):
                scope.findings.report(here, f"has the same header as '{other}'; case, accents and breaks do not count")


def _check_names(scope: Scope, where: Where, names: list[str]) -> None:
    """A list of fields that address something: not empty, each once, each a mapped column."""
    if not names and not scope.findings.doubtful(where):
        scope.findings.report(where, "names no field")
    for number, name in enumerate(names):
        here = (*where, number)
        if not scope.knows_field(here, name):
            continue
        if name in names[:number]:
            scope.findings.report(here, f"names '{name}' twice")
        elif not mapped_in(scope, str(where[1]), name):
            report_unmapped(scope, here, str(where[1]), name)


def _check_match(scope: Scope, where: Where, source: SourceShape) -> None:
    if not source.match and not scope.findings.doubtful(where):
        scope.findings.report(where, "names no field a row could find its campaign by")
    for number, names in enumerate(source.match):
        _check_names(scope, (*where, number), names)


def _check_generated(scope: Scope, where: Where, source: SourceShape) -> None:
    made = scope.shape.generated
    for number, name in enumerate(source.generated):
        here = (*where, "generated", number)
        if scope.knows_field(here, name) and name not in made and not scope.findings.doubtful(("generated", name)):
            scope.findings.report(here, f"nothing makes '{name}'; add a template as generated.{name}")
            scope.findings.doubt(("generated", name))
        if name in source.generated[:number]:
            scope.findings.report(here, f"names '{name}' twice")


def _check_published(scope: Scope, where: Where, source: SourceShape) -> None:
    """What is published is another's word, and its readers may see it."""
    for number, name in enumerate(source.publish):
        here = (*where, "publish", number)
        if not scope.knows_field(here, name):
            continue
        owner = scope.shape.owners.get(name)
        if owner is None and not scope.findings.doubtful(("owners", name)):
            scope.findings.report(here, f"nobody owns '{name}', so there is no word to publish; add it to owners")
        if owner == where[1]:
            scope.findings.report(here, f"'{owner}' owns it: its own word need not be published to itself")
        if name in source.generated:
            scope.findings.report(here, f"'{name}' stands under generated already")
        if name in source.publish[:number]:
            scope.findings.report(here, f"names '{name}' twice")
        of = scope.fields[name].of
        if source.rows_are is Entity.CAMPAIGN and of is Entity.PLACEMENT:
            scope.findings.report(here, f"'{name}' is a placement's, and the rows here are campaigns")


def _check_struck(scope: Scope, where: Where, source: SourceShape) -> None:
    """A line through a row says a word that its status knows."""
    status = status_field(source.rows_are)
    if source.struck_means is None or not scope.knows_field((*where, "struck_means"), status):
        return
    vocabulary = scope.fields[status].vocabulary or ""
    words = scope.shape.vocabularies.get(vocabulary, {})
    here: Where = (*where, "struck_means")
    if not words and not scope.findings.doubtful(("vocabularies", vocabulary)):
        scope.findings.report(here, f"is a word of {status}; add its words as vocabularies.{vocabulary}")
    elif source.struck_means not in words and not scope.findings.doubtful(
        ("vocabularies", vocabulary, source.struck_means)
    ):
        scope.findings.report_unknown(here, source.struck_means, f"word of vocabularies.{vocabulary}", words)


def _check_reads(scope: Scope, where: Where, source: SourceShape) -> None:
    """What is said of a column is said of one there is, and of what its cells may leave open."""
    for name, said in source.reads.items():
        here = (*where, "reads", name)
        if not scope.knows_field(here, name):
            continue
        of = scope.fields[name].type
        if not claimed_in(scope, str(where[1]), name):
            report_unmapped(scope, here, str(where[1]), name)
        elif of in ("day", "moment") and said not in (DAY_FIRST, MONTH_FIRST):
            scope.findings.report(here, f"'{name}' is of type {of}; say {DAY_FIRST} or {MONTH_FIRST}")
        elif of in ("money", "offer") and not is_currency(said):
            scope.findings.report(here, f"'{name}' is of type {of}; say a currency such as EUR")
        elif of not in ("day", "moment", "money", "offer"):
            scope.findings.report(here, f"'{name}' is of type {of}; there is nothing to say of its column")


def _check_readers(scope: Scope, places: Mapping[str, SheetTab | Table]) -> None:
    """What a source says of others is said of sources there are, and only where there is something to hide."""
    for name, source in scope.shape.sources.items():
        for other in source.readers_see:
            where: Where = ("sources", name, "readers_see", other)
            if other == EVERY_OTHER or not scope.knows_source(where, other, EVERY_OTHER):
                continue
            if other == name:
                scope.findings.report(where, "is the source itself; say it of others only")
            elif _in_one_workbook(places.get(name), places.get(other)):
                scope.findings.report(
                    where, "is a tab of the same workbook: whoever opens one reads both, so take this line out"
                )


def _check_shown(scope: Scope, places: Mapping[str, SheetTab | Table]) -> None:
    """A published word is read by everybody who opens the workbook: none of its sources may say they see none of it."""
    for name, source in scope.shape.sources.items():
        for number, published in enumerate(source.publish):
            owner = scope.shape.owners.get(published)
            if owner is None or _in_one_workbook(places.get(name), places.get(owner)):
                continue
            blind = (
                other
                for other, one in scope.shape.sources.items()
                if (other == name or _in_one_workbook(places.get(name), places.get(other)))
                and one.readers_see.get(owner, one.readers_see.get(EVERY_OTHER)) is Visibility.NONE
            )
            if (other := next(blind, None)) is not None:
                scope.findings.report(
                    ("sources", name, "publish", number),
                    f"shows its readers '{published}' of '{owner}', of which readers_see of '{other}' shows them none; "
                    "set that to fields, or take this out",
                )


def _in_one_workbook(one: SheetTab | Table | None, other: SheetTab | Table | None) -> bool:
    return isinstance(one, SheetTab) and isinstance(other, SheetTab) and one.spreadsheet == other.spreadsheet


def mapped_in(scope: Scope, source: str, name: str) -> bool:
    """Whether a source maps a field, or may have been meant to."""
    return name in scope.shape.sources[source].columns or scope.findings.doubtful(("sources", source, "columns", name))


def claimed_in(scope: Scope, source: str, name: str) -> bool:
    """Whether a source says a field: in a column of its own, by a range in another's, or by a line through a row."""
    return mapped_in(scope, source, name) or name in claimed_otherwise(scope, source)


def claimed_otherwise(scope: Scope, source: str) -> Iterable[str]:
    """The fields a source may say without a column of their own."""
    shape = scope.shape.sources[source]
    ends = {end for start in shape.columns if start in scope.fields and (end := scope.fields[start].until)}
    return ends | ({status_field(shape.rows_are)} if shape.struck_means is not None else set())


def report_unmapped(scope: Scope, where: Where, source: str, name: str, otherwise: str = "") -> None:
    """Tell, once, that a source lacks a column that is spoken of at `where`."""
    columns: Where = ("sources", source, "columns")
    scope.findings.report(where, f"'{source}' does not map '{name}'; add it to {spelled(columns)}{otherwise}")
    scope.findings.doubt((*columns, name))


def addressing(source: SourceShape) -> Iterable[str]:
    """The fields of a source that address its rows: compared by matching, not by a contract."""
    return {*source.key, *(name for names in source.match for name in names)}
