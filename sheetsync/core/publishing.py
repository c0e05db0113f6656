"""The owner's word, published: it stands in a column of ours beside another sheet's rows, so nobody types it there.

Unlike a generated value it is nobody's but the owner's: it follows the owner, live or not.
"""

from collections.abc import Iterator
from itertools import chain

from sheetsync.core.flags import Generated, Withheld
from sheetsync.core.graph import Rules, Source
from sheetsync.core.match import Identified, Matched
from sheetsync.core.telling import identified_by, looked_up_in, row_name
from sheetsync.core.truth import Known, Truths


def column_of(name: str, owner: str) -> str:
    """What the column is called that shows a field's owner's word."""
    return f"{name} ({owner})"


def columns_of(source: Source, rules: Rules) -> tuple[str, ...]:
    """The columns in which others' words stand beside a source's rows."""
    return tuple(column_of(name, rules.owners[name]) for name in source.publish if name in rules.owners)


def published(item: Identified, truths: Truths) -> Iterator[Generated | Withheld]:
    """For one row the word of each published field's owner, or why it cannot be given."""
    rules, place = truths.rules, item.record.place
    source = rules.sources[item.record.source]
    for name, column in zip(source.publish, columns_of(source, rules), strict=True):
        truth = truths.of(item.key, name)
        if isinstance(truth, Known):
            yield Generated(place, item.key, name, rules.fields[name].type.format(truth.value), column)
        else:
            yield Withheld(place, item.key, name, truth.reason, truth.detail, truth.sources, column)


def unpublished(matched: Matched, rules: Rules) -> Iterator[Withheld]:
    """Rows nothing is concluded from say why nobody's word stands beside them."""
    lost = (
        (one.record, row_name(one), "the row's campaign id is not known", looked_up_in(one, rules))
        for one in matched.unmatched
    )
    twice = (
        (item.record, item.key, "two rows have the same key", identified_by(rows, rules))
        for rows in matched.duplicates
        for item in rows
    )
    for record, name, reason, about in chain(lost, twice):
        source = rules.sources[record.source]
        for field, column in zip(source.publish, columns_of(source, rules), strict=True):
            yield Withheld(record.place, name, field, reason, sources=about, column=column)
