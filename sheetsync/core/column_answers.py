"""What people have said about columns that lost their header: under which header a field stands now, or does not.

Known again by header text, per source and field, so that an answer survives moved columns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sheetsync.core.answers import Verdict
from sheetsync.core.graph import Source
from sheetsync.core.header_texts import fold_header
from sheetsync.core.model import Tab
from sheetsync.core.tables import NoTable, find_table, named_in


@dataclass(frozen=True, slots=True)
class ColumnAnswer:
    """One thing a person said about one field's column in one source."""

    source: str
    field: str
    #: as it stands in the sheet, on one line
    header: str
    verdict: Verdict
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SaidOfColumn:
    """What counts of one field's column by now."""

    #: the header it stands under; empty where nobody has said
    accepted: str = ""
    #: headers it does not stand under
    rejected: tuple[str, ...] = ()

    def rejects(self, header: str) -> bool:
        """Whether a person said that the field is not this column."""
        return fold_header(header) in map(fold_header, self.rejected)


NOTHING_SAID = SaidOfColumn()


@dataclass(frozen=True)
class ColumnAnswers:
    """All that counts, by source and field."""

    said: Mapping[tuple[str, str], SaidOfColumn] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Iterable[ColumnAnswer]) -> "ColumnAnswers":
        """What counts after all of these, oldest first."""
        said: dict[tuple[str, str], SaidOfColumn] = {}
        for one in told:
            about = one.source, one.field
            said[about] = _after(said.get(about, NOTHING_SAID), one)
        return cls({about: it for about, it in said.items() if it != NOTHING_SAID})

    def about(self, source: str, name: str) -> SaidOfColumn:
        """What was said about a field's column."""
        return self.said.get((source, name), NOTHING_SAID)

    def accepted_in(self, source: Source) -> Mapping[str, str]:
        """Field -> header a person named, of fields that are still mapped; none that stands for another field."""
        meant = {fold_header(text): name for name, texts in source.columns.items() for text in texts}
        named = {name: self.about(source.name, name).accepted for name in source.columns}
        return {name: text for name, text in named.items() if text and meant.get(fold_header(text), name) == name}

    def about_columns_of(self, source: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """All that counts of one source, in an order of its own: (field, accepted, rejected)."""
        return sorted((name, it.accepted, it.rejected) for (of, name), it in self.said.items() if of == source)


NO_COLUMN_ANSWERS = ColumnAnswers()


def ever_named(told: Iterable[ColumnAnswer], source: str) -> Mapping[str, frozenset[str]]:
    """Field -> every header, folded, that a person ever named for it in a source, also where it was taken back."""
    named: dict[str, frozenset[str]] = {}
    for one in told:
        if one.source == source and one.verdict is Verdict.ACCEPTED:
            named[one.field] = named.get(one.field, frozenset()) | {fold_header(one.header)}
    return named


def as_answered(source: Source, tab: Tab, answers: ColumnAnswers) -> Source:
    """The source with the headers people named; one that the configuration names is there, and theirs does not count.

    Where the tab has no header that could be found, all of theirs are tried.
    """
    accepted = answers.accepted_in(source)
    if not accepted:
        return source
    both = replace(
        source,
        columns={
            name: (*texts, accepted[name]) if name in accepted else texts for name, texts in source.columns.items()
        },
    )
    layout = find_table(tab, both)
    if isinstance(layout, NoTable):
        return both
    there = named_in(tab, layout.header_row, source)
    return replace(
        both, columns={name: source.columns[name] if name in there else both.columns[name] for name in both.columns}
    )


def _after(before: SaidOfColumn, one: ColumnAnswer) -> SaidOfColumn:
    others = tuple(text for text in before.rejected if fold_header(text) != fold_header(one.header))
    match one.verdict:
        case Verdict.ACCEPTED:
            return SaidOfColumn(one.header, others)
        case Verdict.REJECTED:
            is_it = fold_header(before.accepted) == fold_header(one.header)
            return SaidOfColumn("" if is_it else before.accepted, (*others, one.header))
        case Verdict.FORGOTTEN:
            return NOTHING_SAID
