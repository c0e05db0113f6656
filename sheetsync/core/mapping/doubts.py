"""Columns that a configured source counted on and lost: what is asked about each, and what goes on counting meanwhile.

Nothing is guessed, and a column that cannot be found is no column of blanks: what its rows said last goes on counting
until somebody says what became of it. A row that is new since says nothing there, so what depends on it is withheld.
"""

import shlex
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sheetsync.core.campaigns import fold_key
from sheetsync.core.column_answers import ColumnAnswers
from sheetsync.core.fields import Field
from sheetsync.core.fields.texts import quote
from sheetsync.core.graph import Source
from sheetsync.core.header_texts import fold_header
from sheetsync.core.lookup import a1
from sheetsync.core.mapping.renamed import Gone, Looked, Renamed, Was, find_renamed
from sheetsync.core.mapping.spellings import HeaderWords
from sheetsync.core.model import Block, Claim, Problem, Record, Snapshot, Tab
from sheetsync.core.our_columns import marked
from sheetsync.core.tables import Column, Layout, NoTable, Table, find_table, named_in, names_of


@dataclass(frozen=True, slots=True)
class Doubt:
    """A column of which a person must say what became of it."""

    source: str
    field: str
    #: the header it stood under, on one line
    header: str
    is_key: bool
    #: a clause for people: what it most likely is now, or that nothing looks like it
    what: str
    #: a clause for people: what to type or change
    remedy: str
    #: headers of columns it may be; one: it plainly is that
    candidates: tuple[str, ...] = ()
    #: what speaks for the one candidate, strongest first
    evidence: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people type for it."""
        return f"{self.source}.{self.field}"


@dataclass(frozen=True)
class Reading:
    """One source as it is read now, and as it was read last."""

    tab: Tab
    #: with the headers people named
    source: Source
    #: fields that were ever seen in the place it is read from, by name
    seen: Collection[str]
    #: its rows as last seen there; asked for only where a column is looked for, as the words are
    before: Callable[[], Sequence[Record]]
    words: Callable[[], HeaderWords]
    fields: Mapping[str, Field]
    answers: ColumnAnswers
    locale: str
    season: date | None = None


def is_plain(found: Snapshot, tab: Tab, source: Source) -> bool:
    """Whether every configured column was found, and each once: nothing to look for, as in most reads."""
    named = named_in(tab, found.header_row, source)
    return source.columns.keys() <= found.columns.keys() and all(len(named[name]) == 1 for name in named)


def doubts_of(reading: Reading) -> tuple[Doubt, ...]:
    """Every column that was there when the source was last read and cannot be told now, in configured order.

    A header above two columns of which the first is not what it was tells its column no more, either.
    """
    tab, source = reading.tab, reading.source
    layout = find_table(tab, source, reading.words())
    if isinstance(layout, NoTable):
        # The rest of the header still tells where the table is.
        layout = find_table(tab, replace(source, key=()), reading.words())
    if isinstance(layout, NoTable):
        return ()
    adopted = {mark.name for mark in marked(tab) if mark.header}
    absent = {name for name in source.columns if name not in layout.columns and name in reading.seen} - adopted
    # A table beside it may well have the same headers.
    named = {
        name: [at for at in found if at not in layout.beside]
        for name, found in named_in(tab, layout.header_row, source).items()
    }
    twins = {name: named[name] for name in layout.columns if len(named.get(name, ())) > 1 and name in reading.seen}
    if not absent and not twins:
        return ()
    before = dict(_columns(reading.before(), reading.fields))
    taken = {fold_header(tab.cell(layout.header_row, at).shown) for at in layout.columns.values()}
    # What a range in another column said never had a column of its own.
    lost = {name for name in absent & before.keys() if fold_header(before[name].header) not in taken}
    told = {one.field: one for one in _torn(reading, before, twins, layout)}
    if lost:
        looked = Looked(tab, _table(tab, layout), reading.words(), reading.locale, reading.season, layout.columns)
        told |= {one.field: one for one in _lost(reading, before, lost, looked)}
    return tuple(told[name] for name in source.columns if name in told)


def _columns(records: Sequence[Record], fields: Mapping[str, Field]) -> Iterator[tuple[str, Was]]:
    """Each field's column as last seen."""
    for name in dict.fromkeys(name for record in records for name in record.claims):
        claims = [record.claims[name] for record in records if name in record.claims]
        [((column, header), _)] = Counter((it.place.column, it.place.column_name) for it in claims).most_common(1)
        own = [claim for claim in claims if claim.place.column == column]
        values = [it.parsed for it in own if it.parsed is not None and not isinstance(it.parsed, Problem)]
        texts = frozenset(text for claim in own if (text := claim.raw.strip()))
        yield name, Was(header, column or 0, frozenset(map(fields[name].type.format, values)), texts)


def _table(tab: Tab, layout: Layout) -> Table:
    """The source's own table, each column under a header that tells it from the others."""
    row = layout.header_row
    texts = {at: text for at, cell in enumerate(tab.rows[row]) if (text := cell.shown.strip())}
    often = Counter(map(fold_header, texts.values()))
    columns = []
    for at in range(tab.used_columns):
        if at not in layout.beside:
            text = " ".join(texts.get(at, "").split())
            alone = often[fold_header(text)] < 2
            columns.append(Column(at, text if alone else next(names_of(tab, row, texts, at), text)))
    return Table(Block(row, 0, len(tab.rows), tab.used_columns), (row,), tuple(columns), layout.kinds)


def _lost(reading: Reading, before: Mapping[str, Was], lost: Collection[str], now: Looked) -> Iterator[Doubt]:
    """What is asked about columns whose header is nowhere."""
    source, types = reading.source, {name: one.type for name, one in reading.fields.items()}
    known = {name: was for name, was in before.items() if name in lost or name in (now.mapped or {})}
    rejected = {
        (name, column.index)
        for name in lost
        for column in now.table.columns
        if reading.answers.about(source.name, name).rejects(column.header)
    }
    renamed, gone = find_renamed(known, source.key, types, now, rejected)
    yield from (_asked(one, source) for one in renamed)
    yield from (_asked(one, source) for one in gone)


def _asked(one: Renamed | Gone, source: Source) -> Doubt:
    name, header = one.field, " ".join(one.was.header.split())
    about = f"{source.name}.{name}"
    match one:
        case Renamed(column=column, evidence=evidence) if not column.header:
            letter = a1(None, column.index)
            what, remedy = (
                f"column {letter} has no header now, but {evidence[0]}",
                f"put a header above column {letter}",
            )
            return Doubt(source.name, name, header, name in source.key, what, remedy)
        case Renamed(column=column, evidence=evidence):
            what = f"{name} is most likely {quote(column.header)} now: {evidence[0]}"
            remedy = f"if so, run `{accepting(about, column.header)}`"
            return Doubt(source.name, name, header, name in source.key, what, remedy, (column.header,), evidence)
        case Gone(torn_between=torn) if all(torn) and len(set(map(fold_header, torn))) > 1:
            what = f"{name} may be {' or '.join(map(quote, torn))} now"
            remedy = f"say which, as in `{accepting(about, torn[0])}`"
            return Doubt(source.name, name, header, name in source.key, what, remedy, torn)
        case _:
            what = f"no column looks like {name}"
            remedy = f"if it has another header now, name it: `sheetsync match accept {about} HEADER`"
            return Doubt(source.name, name, header, name in source.key, what, remedy)


def accepting(about: str, header: str) -> str:
    """What says that a field ("landing.offer") stands under a header, ready for a shell."""
    return f"sheetsync match accept {about} {shlex.quote(header)}"


def _torn(
    reading: Reading, before: Mapping[str, Was], twins: Mapping[str, Sequence[int]], layout: Layout
) -> Iterator[Doubt]:
    """What is asked about headers that stand there twice, where another than the first says what was read before."""
    source = reading.source
    for name, both in twins.items():
        if name not in before:
            continue
        said = {at: _as_before(reading, name, at, layout) for at in both}
        if max(said.values()) > said.get(layout.columns[name], 0):
            letters = " and ".join(a1(None, at) for at in both)
            what = f"columns {letters} are both headed as {name}, and the first is not the one that was read"
            header = " ".join(before[name].header.split())
            yield Doubt(source.name, name, header, name in source.key, what, "give one of them another header")


def _as_before(reading: Reading, name: str, column: int, layout: Layout) -> int:
    """How many rows say in a column what they said in the field's; in a key's, how many of its texts stand there."""
    tab, key, known = reading.tab, reading.source.key, reading.before()
    if name in key:
        texts = {record.claims[name].raw.strip() for record in known if name in record.claims}
        return len(texts & {tab.cell(row, column).shown.strip() for row in layout.data_rows})
    if not layout.columns.keys() >= set(key):
        return 0
    was = _told_apart(known, lambda record: _key(record, reading.source))
    found = 0
    for row in layout.data_rows:
        record = was.get(tuple(fold_key(tab.cell(row, layout.columns[part]).shown) for part in key))
        if record is not None and name in record.claims:
            found += record.claims[name].raw.strip() == tab.cell(row, column).shown.strip()
    return found


# ---------------------------------------------------------------- what counts meanwhile


def as_last_seen(found: Snapshot, doubts: Sequence[Doubt], source: Source, known: Sequence[Record]) -> Snapshot:
    """The snapshot with what its rows last said in the columns in doubt.

    A row is known again by its key, or by saying the same in all other columns; in one that is not, they claim nothing.
    """
    lost = {doubt.field for doubt in doubts}
    by_key = _told_apart(known, lambda record: _key(record, source))
    by_words = _told_apart(known, lambda record: _words(record, lost))
    now = [(record, _key(record, source), _words(record, lost)) for record in found.records]
    keys, words = Counter(key for _, key, _ in now), Counter(said for *_, said in now)
    records = []
    for record, key, said in now:
        before = by_key.get(key) if keys[key] == 1 else None
        if before is None and words[said] == 1:
            before = by_words.get(said)
        records.append(_with(record, before, lost, found.columns))
    columns = {name: at for name, at in found.columns.items() if name not in lost}
    headers = {name: text for name, text in found.headers.items() if name not in lost}
    return replace(found, records=tuple(records), columns=columns, headers=headers)


def _with(record: Record, before: Record | None, lost: Collection[str], columns: Collection[str]) -> Record:
    # A column that is there but in doubt is left out; what a range says of a field without a column stays.
    claims = {name: claim for name, claim in record.claims.items() if name not in lost or name not in columns}
    known = {} if before is None else before.claims
    for name in lost:
        if name not in claims and (was := known.get(name)) is not None:
            claims[name] = Claim(name, was.parsed, was.raw, was.place.in_row(record.place.row), was.ranged)
    return replace(record, claims=claims)


def _told_apart(records: Sequence[Record], name: Callable[[Record], object]) -> dict[object, Record]:
    """Records by what they are called, those only that share it with no other."""
    names = Counter(map(name, records))
    return {called: record for record in records if names[called := name(record)] == 1 and called is not None}


def _key(record: Record, source: Source) -> tuple[str, ...] | None:
    parts = tuple(fold_key(record.claims[name].raw) if name in record.claims else "" for name in source.key)
    return parts if all(parts) else None


def _words(record: Record, lost: Collection[str]) -> frozenset[tuple[str, str]]:
    claims = (claim for name, claim in record.claims.items() if name not in lost)
    return frozenset((claim.field, text) for claim in claims if (text := claim.raw.strip()))
