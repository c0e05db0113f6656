"""Which rows of a tab are headers: by words people use as headers, and by how a header stands over its values."""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from sheetsync.core.fields.texts import claims_nothing, number_of
from sheetsync.core.header_texts import fold_header
from sheetsync.core.tables.found import Names
from sheetsync.core.tables.kinds import has_day_pattern, is_legend
from sheetsync.core.tables.seen import Seen, Texts, is_calendar_word, is_day, is_label, is_typed, runs

#: rows below a header that tell what its columns hold
_LOOKED_AT = 12
#: rows around a header that tell whether its words are values
_NEARBY = 200


@dataclass(frozen=True, slots=True)
class Heading:
    """A row, or a part of one, that reads like a header."""

    row: int
    #: its texts by column
    texts: Texts
    #: column -> the fields its text may name, where it names any
    fields: Mapping[int, Collection[str]]

    @property
    def left(self) -> int:
        return min(self.texts)

    @property
    def right(self) -> int:
        return max(self.texts) + 1


class Words:
    """The known header words, each looked up once per tab."""

    def __init__(self, names: Names, *, digits: bool = True, besides: Set[str] = frozenset()) -> None:
        """Without `digits`, no text that has one names any field, but for those `besides`."""
        self._names, self.digits, self.besides = names, digits, besides
        self._known: dict[str, Collection[str]] = {}

    def fields(self, text: str) -> Collection[str]:
        """The fields a text may name."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._names(text)
        return known

    def heading(self, row: int, texts: Texts) -> Heading:
        """These texts taken for a header."""
        fields = {column: names for column, text in texts.items() if (names := self.fields(text))}
        return Heading(row, texts, fields)


def headings(seen: Seen, words: Words) -> list[Heading]:
    """Every row, or part of one between blank columns, that reads like a header by its words; from top to bottom."""
    saying = seen.rows_saying(words.fields, digits=words.digits, besides=words.besides)
    found = [heading for row in saying for heading in _in_row(seen, words, row)]
    others = sorted({*saying} - {heading.row for heading in found})
    return [heading for heading in found if not _recurs(seen, heading, others)]


def _in_row(seen: Seen, words: Words, row: int) -> Iterator[Heading]:
    texts = seen.rows[row]
    # "Landing page" with an address behind it is what a person called that address.
    known = [column for column, text in texts.items() if words.fields(text) and seen.cell(row, column).link is None]
    if len(known) < 2:
        return
    labels = [column for column in texts if is_label(seen.cell(row, column))]
    if len(labels) < 2 or is_legend(texts):
        return
    parts = list(_parts(seen, words, row, labels)) if len(labels) < len(texts) else []
    yield from parts
    if not parts and (_hardly_values(seen, row, labels) or _is_timeline(seen, row, labels)):
        whole = words.heading(row, texts)
        if _is_header(whole, labels):
            yield whole


def _parts(seen: Seen, words: Words, row: int, labels: Sequence[int]) -> Iterator[Heading]:
    """Stretches of a row that read like a header beside something else."""
    stretches = runs(seen.rows[row], seen.ours)
    for left, right in stretches if len(stretches) > 1 else ():
        inside = [column for column in labels if left <= column < right]
        if len(inside) == len(seen.within(row, left, right)) > 1:
            part = words.heading(row, seen.within(row, left, right))
            if _is_header(part, inside) and len(part.fields) * 3 >= len(inside) * 2:
                yield part


def _hardly_values(seen: Seen, row: int, labels: Sequence[int]) -> bool:
    """A year or a long explanation may stand in a header; a day, a box or an address is a value."""
    cells = [seen.cell(row, column) for column in seen.rows[row] if column not in labels]
    return len(labels) * 3 >= len(seen.rows[row]) * 2 and not any(
        is_day(cell) or isinstance(cell.value, bool) or "://" in cell.shown for cell in cells
    )


def _is_timeline(seen: Seen, row: int, labels: Sequence[int]) -> bool:
    """Names first, and then nothing but days or numbers that grow: the weeks of a plan."""
    times = [number_of(seen.cell(row, column)) for column in seen.rows[row] if column not in labels]
    numbers = [number for number in times if number is not None]
    last = max(labels)
    later = all(column > last for column in seen.rows[row] if column not in labels)
    return later and len(numbers) == len(times) > 2 and all(one < other for one, other in pairwise(numbers))


def _is_header(heading: Heading, labels: Sequence[int]) -> bool:
    """Enough of it is known; a wide header may hold many words of a team's own, a short one may not."""
    known, count = len(heading.fields), len(heading.texts)
    enough = known >= 2 and (known * 2 >= len(labels) or (known >= 3 and known * 6 >= count and len(labels) == count))
    return enough and _distinct_enough(heading) and not _names_with_values(heading)


def _distinct_enough(heading: Heading) -> bool:
    """A team may call three columns "Status", or put two tables with one header side by side."""
    different = {fold_header(text) for text in heading.texts.values()}
    known = {fold_header(heading.texts[column]) for column in heading.fields}
    return len(different) * 2 >= len(heading.texts) and len(known) > 1


def _names_with_values(heading: Heading) -> bool:
    """ "Owner: | Ada | Status: | draft": most known words say something of their right neighbour only."""
    colons = [column for column, text in heading.texts.items() if text.endswith((":", ":"))]
    # One colon among many known words was only typed there.
    return (
        len(heading.fields) <= 2 * len(colons)
        and 0 < len(colons) < len(heading.texts)
        and all(column + 1 in heading.texts and column + 1 not in heading.fields for column in colons)
    )


def _recurs(seen: Seen, heading: Heading, saying: Sequence[int]) -> bool:
    """Are its known words values of their columns: "Email" under "Channel"? `saying`: other rows with a known word."""
    rows = [row for row in saying if -_NEARBY <= row - heading.row < _NEARBY]
    values = [
        column for column in heading.fields if any(seen.rows[row].get(column) == heading.texts[column] for row in rows)
    ]
    return len(heading.fields) - len(values) < 2


# ---------------------------------------------------------------- without known words


def structural(seen: Seen, words: Words, row: int, above: range, below: range) -> Heading | None:
    """A row of short distinct texts over values of another kind, where nobody knows its words.

    `above` are the rows of the table it would end, where there is one: what stands over a column must then be of
    another kind than what stands below, or the row is one of that table.
    """
    for left, right in runs(seen.rows[row], seen.ours):
        texts = seen.within(row, left, right)
        if len(texts) > 2:
            heading = words.heading(row, texts)
            if _stands_over_values(seen, row, texts, above, below, known=bool(heading.fields)):
                return heading
    return None


def _stands_over_values(seen: Seen, row: int, texts: Texts, above: range, below: range, *, known: bool) -> bool:
    if not all(is_label(seen.cell(row, column)) for column in texts):
        return False
    if len({fold_header(text) for text in texts.values()}) < len(texts) or any(map(claims_nothing, texts.values())):
        return False
    if sum(map(is_calendar_word, texts.values())) * 2 >= len(texts) or is_legend(texts):
        return False
    typed = [
        column
        for column in texts
        if not is_typed(seen.cell(row, column))
        and holds_values(seen, column, below, at_least=2 if above else 1)
        and not holds_values(seen, column, above)
    ]
    if above and _holds_something_else(seen, row, texts, above, below):
        return True
    return len(typed) >= (1 if known or (not above and seen.tab.frozen_rows == row + 1) else 2)


def _holds_something_else(seen: Seen, row: int, texts: Texts, above: range, below: range) -> bool:
    """A row of words, and rows under it alone, in columns that held something else before: contacts below a plan.

    Values stand below it, so that it is no row of words among others; and in one column at least neither it nor what
    stands below is what the column held above, as ids and days are.
    """
    block = _block_below(seen, texts, below)
    if any(column not in texts for at in block for column in seen.within(at, min(texts), max(texts) + 2)):
        return False
    untyped = [column for column in texts if not is_typed(seen.cell(row, column))]
    rows = [at for at in above if len(seen.rows[at]) > 1]
    before = [column for column in untyped if holds_values(seen, column, rows, at_least=2)]
    after = [column for column in untyped if holds_values(seen, column, block, at_least=2)]
    again = any(seen.rows[at].get(column) == text for at in block for column, text in texts.items())
    return not again and len({*before, *after}) > 1 and bool(after) and bool({*before} - {*after})


def _block_below(seen: Seen, texts: Texts, below: range) -> range:
    """The rows that follow one without a gap."""
    left, right = min(texts), max(texts) + 1
    stop = next((at for at in below if not seen.within(at, left, right)), below.stop)
    return range(below.start, max(below.start, stop))


def holds_values(seen: Seen, column: int, rows: Sequence[int], at_least: int = 1) -> bool:
    """Does a column mostly hold what no header would be?"""
    cells = [seen.cell(row, column) for row in rows[:_LOOKED_AT] if column in seen.rows[row]]
    return len(cells) >= at_least and sum(map(is_typed, cells)) * 3 >= len(cells) * 2


# ---------------------------------------------------------------- two headers of one table


def repeats(heading: Heading, header: Mapping[int, str], words: Words) -> bool:
    """Is it a table's header once more, perhaps only some of its cells?

    What names other fields in two of its columns begins another table, however much the two have in common.
    """
    other = [
        column
        for column, text in heading.texts.items()
        if words.fields(text) and words.fields(header.get(column, "")) and not _same(text, header[column], words)
    ]
    if len(other) > 1:
        return False
    same = [column for column, text in heading.texts.items() if _same(text, header.get(column, ""), words)]
    return len(same) >= 2 and (len(heading.texts) - len(same)) * 2 <= len(same)


def _same(one: str, other: str, words: Words) -> bool:
    return fold_header(one) == fold_header(other) or bool(set(words.fields(one)) & set(words.fields(other)))


def is_other_language(upper: Heading, lower: Heading, words: Words) -> bool:
    """Do two rows name the same columns, each in its own words?"""
    both = [column for column in upper.texts if column in lower.texts]
    if len(both) * 5 < 4 * max(len(upper.texts), len(lower.texts)):
        return False
    known = [column for column in both if column in upper.fields and column in lower.fields]
    agreed = [column for column in known if _same(upper.texts[column], lower.texts[column], words)]
    return len(known) >= 2 and len(agreed) * 3 >= len(known) * 2


def is_unknown_language(seen: Seen, words: Words, heading: Heading, row: int, below: range) -> bool:
    """A row right at the header that says its columns in words nobody knows.

    A label stands over every column, none twice, none with a digit, and none is a known word for something else. A row
    right under a header could be one of its table, so half of its words must stand over values, too.
    """
    texts = seen.within(row, heading.left, heading.right)
    if len(texts) < 3 or len(texts) * 5 < 4 * len(heading.texts) or texts.keys() - heading.texts.keys():
        return False
    cells = [seen.cell(row, column) for column in texts]
    if any(is_typed(cell) or not is_label(cell) for cell in cells) or any(map(claims_nothing, texts.values())):
        return False
    if has_day_pattern(texts):
        return False
    if any(words.fields(text) and not _same(text, heading.texts[column], words) for column, text in texts.items()):
        return False
    over_values = sum(holds_values(seen, column, below) for column in texts)
    different = len({fold_header(text) for text in texts.values()}) == len(texts)
    return different and over_values >= 2 and (row < heading.row or over_values * 2 >= len(texts))


def groups_over(seen: Seen, heading: Heading, row: int) -> bool:
    """Does the row right above name groups of the header's columns, and is no title or note?"""
    texts = seen.within(row, heading.left, heading.right)
    if not texts or not all(_is_group_name(seen, row, column) for column in texts):
        return False
    if sum(column not in heading.texts for column in texts) and len(texts) > 1:
        # A name that stands in the upper row only.
        return True
    width = heading.right - heading.left
    spans = [_span(seen, row, column) for column in texts]
    if any(1 < span < width for span in spans):
        return True
    merged_down = any(
        block.top <= row < heading.row < block.bottom and block.left in texts for block in seen.tab.merges
    )
    several = len(texts) > 2 or (len(texts) == 2 and _has_its_headers_each(heading, sorted(texts)))
    return merged_down or (several and len(texts) < len(heading.texts) and _spread(texts))


def _has_its_headers_each(heading: Heading, starts: Sequence[int]) -> bool:
    """ "Email" and "Paid", not merged, with a "Status" and an "Owner" under each: two names of groups, and no note."""
    folded = {column: fold_header(text) for column, text in heading.texts.items()}
    first, second = starts
    one = {text for column, text in folded.items() if first <= column < second}
    return len(one & {text for column, text in folded.items() if column >= second}) > 1


def _is_group_name(seen: Seen, row: int, column: int) -> bool:
    cell = seen.cell(row, column)
    text = cell.shown.strip()
    return is_label(cell) and not is_typed(cell) and ":" not in text and len(text.split()) <= 4


def _span(seen: Seen, row: int, column: int) -> int:
    """How many columns a cell covers."""
    widths = (block.right - block.left for block in seen.tab.merges if (block.top, block.left) == (row, column))
    return next(widths, 1)


def _spread(texts: Texts) -> bool:
    """Do most of the names leave room behind them? A row of names and values leaves none."""
    return sum(column + 1 not in texts for column in texts) * 2 > len(texts)
