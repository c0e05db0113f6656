"""What kind of row each row of a table is: what counts, and what stands around and between the rows that count."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from statistics import median

from sheetsync.core.fields.texts import claims_nothing
from sheetsync.core.model import Cell, RowKind
from sheetsync.core.tables.seen import Seen, Texts, is_day, is_prose, is_typed

_EXAMPLE_WORD = r"(?:examples?|beispiele?|exemples?|ejemplos?|esempio|voorbeeld|przykład|sample)"
#: what stands behind the word where nobody means a company of that name
_EXAMPLE_OF = (
    r"(?:row|line|only|data|entry|copy|brand|client|partner|campaign|name|text|zeile|kunde|ligne|fila|riga|regel|rij)"
)
_EXAMPLE = re.compile(
    rf"^\W*(?:{_EXAMPLE_WORD}(?:\s*$|\s*[^\w\s&'’]|\s+{_EXAMPLE_OF}\b)|(?:e\.\s?g|z\.\s?b|p\.\s?ex|p\.\s?ej|np)\.)",
    re.IGNORECASE,
)
#: "DD/MM/YYYY", "TT.MM.JJJJ", "jj-mm-aaaa": how a day is to be typed, in the place of a day
_DAY_PATTERN = re.compile(r"^(?=.*[dtjg])(?=.*m)(?=.*[yja])[dtjgmya]{1,4}(?:[./ -][dtjgmya]{1,4}){2}$", re.IGNORECASE)

_TOTAL_WORD = (
    r"(?:(?:sub|sous|grand)?[-\s]{0,2}tot(?:al|als|ale|aal|aux)|(?:zwischen|gesamt|end)?summen?|gesamt"
    r"|somma|suma|razem|∑|Σ)"
)
_TOTAL = re.compile(rf"^[^\w∑Σ]*{_TOTAL_WORD}(?!\w)", re.IGNORECASE)
#: "NOVEMBER TOTAL", "Q4 subtotal": only where nothing in the row speaks for a campaign
_TOTAL_BEHIND = re.compile(rf"\w\s+{_TOTAL_WORD}\W*$", re.IGNORECASE)
_SUMMING = re.compile(r"^=\s*(?:SUM|SUBTOTAL|SUMIFS?|COUNTA?|AVERAGE)\s*\(", re.IGNORECASE)
_NUMERIC = re.compile(r"^[^\w]*\d[\d\s.,'’]*\D{0,4}$")

#: what ends a table: whatever follows explains
_LEGEND_TITLE = re.compile(
    r"^\W*(?:legende?|(?:colou?r |status )?key|l[eé]gende|leyenda|legenda|notes?|hinweise?|anmerkungen|remarks"
    r"|terms and conditions|t&cs?|how to use|glossary|glossar)\W*$",
    re.IGNORECASE,
)

#: what an explanation in two columns fills
_PAIR = 2


Total = Callable[[int, Texts, int], bool]
"""Is a row (number, texts) that begins with a word like "Total" in this column a total, and no partner called so?"""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a table while its rows are told apart."""

    #: column -> what its header says, folded; only columns that count
    headers: Mapping[int, str]
    left: int
    right: int
    is_total: Total
    #: a row with a single text is no row of a table with more columns than this
    alone: int = 2


def kinds_below(seen: Seen, shape: Shape, rows: range, again: Mapping[int, RowKind]) -> dict[int, RowKind]:
    """The kind of each row below a header; rows in `again` are known already."""
    tall = {
        row
        for block in seen.tab.merges
        if block.bottom - block.top > 1 and block.left < shape.right and shape.left < block.right
        for row in range(block.top + 1, block.bottom)
    }
    kinds: dict[int, RowKind] = {}
    explaining = False
    any_data = False
    for row in rows:
        texts = seen.within(row, shape.left, shape.right)
        kind = again.get(row) or _kind(seen, row, texts, shape, below_merge=row in tall)
        if kind is RowKind.BANNER and any_data and _LEGEND_TITLE.match(next(iter(texts.values()), "")):
            explaining = kinds.get(row - 1, RowKind.BLANK) is RowKind.BLANK
        elif kind is not RowKind.BLANK and len(texts) > _PAIR:
            explaining = False
        any_data = any_data or kind is RowKind.DATA
        kinds[row] = RowKind.LEGEND if explaining and kind in (RowKind.DATA, RowKind.BANNER) else kind
    return kinds


def _kind(seen: Seen, row: int, texts: Texts, shape: Shape, *, below_merge: bool) -> RowKind:
    """The kind of a row below the header, from its texts by column."""
    if not texts:
        return RowKind.BLANK
    headers = shape.headers
    if len(texts) == 1:
        (column, text), *_ = texts.items()
        return _kind_of_one(seen.cell(row, column), text, column in headers, below_merge, len(headers) > shape.alone)
    first_texts = [(column, text) for column, text in texts.items() if not _is_counter(text)][:2]
    if any(_EXAMPLE.match(text) for _, text in first_texts) or _has_day_pattern(texts):
        return RowKind.EXAMPLE
    column, first = next(iter(texts.items()))
    if (_TOTAL.match(first) or _TOTAL_BEHIND.search(first)) and shape.is_total(row, texts, column):
        return RowKind.TOTAL
    if not texts.keys() & headers.keys():
        return RowKind.BANNER
    return RowKind.TOTAL if _only_sums(seen, row, texts) else RowKind.DATA


def _kind_of_one(cell: Cell, text: str, counts: bool, below_merge: bool, many_columns: bool) -> RowKind:
    if _EXAMPLE.match(text):
        return RowKind.EXAMPLE
    if _TOTAL.match(text) or (cell.formula is not None and _SUMMING.match(cell.formula)):
        return RowKind.TOTAL
    lonely = many_columns and not below_merge
    return RowKind.BANNER if lonely or not counts else RowKind.DATA


def _is_counter(text: str) -> bool:
    return text.isdecimal()


def _has_day_pattern(texts: Texts) -> bool:
    return any(8 <= len(text) <= 10 and _DAY_PATTERN.match(text) for text in texts.values())


def _only_sums(seen: Seen, row: int, texts: Texts) -> bool:
    formulas = [seen.cell(row, column).formula for column in texts]
    return all(formula is not None and _SUMMING.match(formula) for formula in formulas)


def end(kinds: dict[int, RowKind], prose: Collection[int]) -> dict[int, RowKind]:
    """A lonely text below the data is no banner over anything but a legend, also where late rows came in behind it.

    With rows behind it, it must explain something and stand by itself: blank rows above and below.
    """
    data = [row for row, kind in kinds.items() if kind is RowKind.DATA]
    if not data:
        return kinds
    first, last = min(data), max(data)

    def explains(row: int) -> bool:
        alone = all(kinds.get(beside) in (None, RowKind.BLANK) for beside in (row - 1, row + 1))
        return row > last or (row > first and alone and row in prose)

    return {row: RowKind.LEGEND if kind is RowKind.BANNER and explains(row) else kind for row, kind in kinds.items()}


def prose_rows(seen: Seen, rows: Collection[int]) -> set[int]:
    """Rows that explain something."""
    return {row for row in rows if is_prose(seen.rows[row].values())}


def total_without_key(keys: Set[int]) -> Total:
    """A partner may be called Total Wine: a row that fills its whole key beside such a word is no total."""
    return lambda _row, texts, column: not keys <= texts.keys() - {column}


def total_unlike_data(seen: Seen, left: int, right: int, rows: range) -> Total:
    """Where no key is known: beside the word stand numbers and hardly anything else, never a day."""
    typical = _typical_words(seen, left, right, rows)

    def is_total(row: int, texts: Texts, column: int) -> bool:
        others = [other for other in texts if other != column]
        if any(is_day(seen.cell(row, other)) for other in others):
            return False
        words = [other for other in others if not _is_number(seen.cell(row, other), texts[other])]
        return len(words) * 2 < typical

    return is_total


def _typical_words(seen: Seen, left: int, right: int, rows: range) -> float:
    """How many cells of a usual row hold something that is no number."""
    counts = [
        sum(not _is_number(seen.cell(row, column), text) for column, text in texts.items())
        for row in rows
        if len(texts := seen.within(row, left, right)) > 1
    ]
    return median(counts) if counts else 0


def _is_number(cell: Cell, text: str) -> bool:
    if is_day(cell):
        return False
    return not isinstance(cell.value, str) or _NUMERIC.match(text) is not None


def legend_tail(seen: Seen, shape: Shape, kinds: Mapping[int, RowKind]) -> set[int]:
    """Rows at the very end, behind a blank row, that fill two cells where others fill many and hold words where the
    others hold values: an explanation in two columns."""
    data = [row for row, kind in kinds.items() if kind is RowKind.DATA]
    filled = [row for row, kind in sorted(kinds.items()) if kind is not RowKind.BLANK]
    tail: list[int] = []
    for row in reversed(filled):
        if tail and tail[-1] - row > 1:
            break
        tail.append(row)
    body = [row for row in data if row not in tail]
    if not body or not tail or kinds.get(tail[-1] - 1, RowKind.BLANK) is not RowKind.BLANK:
        return set()
    usual = median(len(seen.within(row, shape.left, shape.right)) for row in body)
    return {row for row in tail if kinds[row] is RowKind.DATA} if _explains(seen, shape, tail, body, usual) else set()


def _explains(seen: Seen, shape: Shape, tail: Sequence[int], body: Sequence[int], usual: float) -> bool:
    pairs = [seen.within(row, shape.left, shape.right) for row in tail]
    if usual < 4 or any(len(texts) > _PAIR for texts in pairs):
        return False
    typed = {column for column in shape.headers if _mostly_typed(seen, column, body)}
    words = [
        column in typed and not is_typed(seen.cell(row, column)) and not claims_nothing(text)
        for row, texts in zip(tail, pairs, strict=True)
        for column, text in texts.items()
    ]
    return sum(words) * 2 >= len(tail)


def _mostly_typed(seen: Seen, column: int, rows: Sequence[int]) -> bool:
    cells = [seen.cell(row, column) for row in rows]
    filled = [cell for cell in cells if not cell.blank]
    return bool(filled) and sum(map(is_typed, filled)) * 2 > len(filled)
