"""What headers say, as they are compared.

In a room of its own: a configuration is checked for its headers without all that reading a tab takes.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sheetsync.core.fields.texts import bare


@lru_cache(maxsize=20_000)
def fold_header(text: str) -> str:
    """A header as it is compared: case, accents, kind of dash, line breaks and trailing marks do not count."""
    return bare(text).rstrip(":* ")


def told_apart(one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]) -> bool:
    """Whether two sources of one tab, by their `columns`, find a table each.

    `find_table` takes the row that names most of a source's columns, so each must have a header the other has not.
    """
    return _has_its_own(one, other) and _has_its_own(other, one)


def _has_its_own(columns: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]]) -> bool:
    theirs = {fold_header(text) for texts in others.values() for text in texts}
    return any(theirs.isdisjoint(map(fold_header, texts)) for texts in columns.values())
