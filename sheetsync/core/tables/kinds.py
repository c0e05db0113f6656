"""What kind of row each row of a table is: what counts, and what stands around and between the rows that count."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from statistics import median

import numpy as np

from sheetsync.core.fields.texts import bare, claims_nothing, number_of
from sheetsync.core.model import Cell, RowKind
from sheetsync.core.tables.seen import Seen, Texts, is_calendar_word, is_day, is_prose, is_typed
from sheetsync.core.tables.spread import Codes, Marks

_EXAMPLE_WORD = r"(?:examples?|beispiele?|exemples?|ejemplos?|esempio|voorbeeld|przykład|sample)"
#: what stands behind the word where nobody means a company of that name
_EXAMPLE_OF = (
    r"(?:row|line|only|data|entry|copy|brand|client|partner|campaign|name|text|zeile|kunde|ligne|fila|riga|regel|rij)"
)
_EXAMPLE_SHORT = r"e\.\s?g|z\.\s?b|(?:p|par)\.?\s?ex|(?:p|por)\.?\s?ej|(?:p|per|ad)\.?\s?es|bi?j?v|f\.\s?eks|np"
_EXAMPLE = re.compile(
    rf"^\W*(?:{_EXAMPLE_WORD}(?:\s*$|\s*[^\w\s&'’]|\s+{_EXAMPLE_OF}\b)|(?:{_EXAMPLE_SHORT})\.|e\.g\s"
    r"|(?:for example|zum beispiel|par exemple|por ejemplo|per esempio|ad esempio|bijvoorbeeld)\b)",
    re.IGNORECASE,
)
#: what a row says that is there to be copied, and an id that no campaign has
_TO_COPY = re.compile(
    r"\b(?:copy (?:me|this|paste)|to copy|kopier\w*|à copier|copiez|da copiare|(?:para|a) copiar|kopieer|skopiuj)\b"
    rf"|^\W*{_EXAMPLE_WORD}\b",
    re.IGNORECASE,
)
_ZEROS = re.compile(r"^[^\d]{0,8}[^\W\d_][^\d]{0,3}0{3,}$")
#: "DD/MM/YYYY", "TT.MM.JJJJ", "jj-mm-aaaa": how a day is to be typed, in the place of a day
_DAY_PATTERN = re.compile(r"^(?=.*[dtjg])(?=.*m)(?=.*[yja])[dtjgmya]{1,4}(?:[./ -][dtjgmya]{1,4}){2}$", re.IGNORECASE)

_TOTAL_WORD = (
    r"(?:(?:sub|sous|grand)?[-\s]{0,2}tot(?:al|als|ale|aal|aux)|(?:zwischen|gesamt|end)?summen?|gesamt"
    r"|somma|suma|razem|∑|Σ)"
)
_TOTAL = re.compile(rf"^[^\w∑Σ]*{_TOTAL_WORD}(?!\w)", re.IGNORECASE)
#: "NOVEMBER TOTAL", "Q4 subtotal": only where nothing in the row speaks for a campaign
_TOTAL_BEHIND = re.compile(rf"\w\s+{_TOTAL_WORD}\W*$", re.IGNORECASE)
#: rows from the first to the last, in one go: what stands in the row itself is no sum of the rows above
_OVER_ROWS = re.compile(r"[A-Z]{1,3}\$?(\d+):\$?[A-Z]{1,3}\$?(\d+)", re.IGNORECASE)
#: "Total" beside nothing but "12 briefs" and "€11,000": also where a count stands in a column of ids
_TOTAL_ALONE = re.compile(rf"\W*{_TOTAL_WORD}\W*", re.IGNORECASE)
_COUNT = re.compile(r"[^\w]*\d[\d.,'’ ]*[^\w]*(?:[^\W\d_]+\W*)?")
_SUMMING = re.compile(r"^=\s*(?:SUM|SUBTOTAL|SUMIFS?|COUNTA?|AVERAGE)\s*\(", re.IGNORECASE)
_NUMERIC = re.compile(r"^[^\w]*\d[\d\s.,'’]*\D{0,4}$")

#: "NL-0012", "SAVE20"; what has fewer letters and no dash may be an amount: "EUR18550"
_CODE = re.compile(r"([^\W\d_]+)(?:-[^\W_]+)*-\d+|[^\W\d_]{4,}\d{2,}")
#: "20% off", an address
_OFFERED = re.compile(r"^\d[\d.,]*\s*%\s*\w|://")

#: no company is called so, whatever follows: "Zwischensumme USA"
_SUBTOTAL = re.compile(
    r"[^\w]*(?:(?:sub|sous)[-\s]{0,2}tot(?:al|als|ale|aal|aux)|(?:zwischen|gesamt|end)summen?)(?!\w)", re.IGNORECASE
)
_TOTAL_WORDS = re.compile(rf"{_TOTAL_WORD}(?!\w)", re.IGNORECASE)
#: what a total may be one of, beside months and numbers
_ADDED_UP = frozenset((
    *("budget", "budgets", "general", "generale", "net", "gross", "netto", "brutto", "cost", "costs", "kosten", "cout"),
    *("spend", "spent", "amount", "all", "alle", "of", "for", "per", "de", "und", "and", "et", "so", "far", "ytd"),
    *("planned", "geplant", "campaigns", "campaign", "partners", "partner", "kampagnen", "deals", "rows", "usd", "eur"),
    *("chf", "gbp", "month", "monat", "mois", "year", "jahr", "quarter", "quartal", "k"),
))  # fmt: skip
_CENT = 0.005

#: each word for a total or an example has one of these, folded; the last two are how Turks write an i
_TOLD_BY = (
    *("tota", "sum", "gesamt", "somma", "razem", "\u2211", "\u03c3"),
    *("exam", "beispiel", "exempl", "ejempl", "esempi", "voorbeeld", "przyk", "sampl"),
    *("e.g", "g.", "b.", "x.", "j.", "s.", "v.", "p.", "\u0131", "\u0307"),
)

#: what ends a table: whatever follows explains
_LEGEND_TITLE = re.compile(
    r"^\W*(?:legende?|(?:colou?r |status )?key|l[eé]gende|leyenda|legenda|notes?|hinweise?|anmerkungen|remarks"
    r"|terms and conditions|t&cs?|how to use|glossary|glossar)\W*$",
    re.IGNORECASE,
)

#: "✅ = ready", "RK = Rob Kellner"; no address with a parameter
_STANDS_FOR = re.compile(r"^[^=/?&]{0,40}[^=<>!/?&\s]\s*=\s*[^=\s][^=]*$")

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
    plain = _plain_rows(seen, shape, rows).difference(again)
    kinds: dict[int, RowKind] = {}
    explaining = False
    any_data = False
    for row in rows:
        if any_data and row in plain:
            kinds[row], explaining = RowKind.DATA, False
            continue
        texts = seen.within(row, shape.left, shape.right)
        kind = again.get(row) or _kind(seen, row, texts, shape, below_merge=row in tall)
        if kind is RowKind.DATA and not any_data and (has_day_pattern(texts) or _is_to_copy(texts)):
            kind = RowKind.EXAMPLE
        if kind is RowKind.DATA and any_data and is_legend(texts):
            kind = RowKind.LEGEND
        if kind is RowKind.BANNER and any_data and _LEGEND_TITLE.match(next(iter(texts.values()), "")):
            explaining = kinds.get(row - 1, RowKind.BLANK) is RowKind.BLANK
        elif kind is not RowKind.BLANK and len(texts) > _PAIR:
            explaining = False
        any_data = any_data or kind is RowKind.DATA
        kinds[row] = RowKind.LEGEND if explaining and kind in (RowKind.DATA, RowKind.BANNER) else kind
    return kinds


def _plain_rows(seen: Seen, shape: Shape, rows: range) -> set[int]:
    """Rows that `_kind` takes for data and that are no legend, as most rows are: seen without asking each of them.

    Each holds more than an explanation does, also below a header; no formula ends it, and nothing in front of it has a
    part that some word for a total or an example has. In front stand two texts, none of them the row's number.
    """
    filled = seen.filled[shape.left : shape.right, rows.start : rows.stop]
    counting = [column - shape.left for column in shape.headers if 0 <= column - shape.left < len(filled)]
    asked = np.flatnonzero((filled.sum(axis=0) > _PAIR) & filled[counting].any(axis=0))
    if not len(asked):
        return set()
    filled, each = filled[:, asked], np.arange(len(asked))
    codes = seen.spread.codes[shape.left : shape.right, rows.start : rows.stop][:, asked]
    last = codes[len(filled) - 1 - filled[::-1].argmax(axis=0), each]
    first = filled.argmax(axis=0)
    filled[first, each] = False
    fronts = codes[np.stack((first, filled.argmax(axis=0))), each]
    plain = ~(_telling_fronts(seen, fronts)[fronts].any(axis=0) | _made_ends(seen, last)[last])
    return set((asked[plain] + rows.start).tolist())


def _telling_fronts(seen: Seen, codes: Codes) -> Marks:
    """Which of these cells, by number, are a row's number, or have a part of some word for a total or an example."""
    numbers = _different(seen, codes)
    texts = [seen.shown[number] for number in numbers]
    told = list(map(str.isdecimal, texts))
    # All of them at once: few tables have any of these parts, and few cells of those.
    whole = "\n".join(texts).casefold()
    if parts := [part for part in _TOLD_BY if part in whole]:
        told = [
            is_number or any(part in text.casefold() for part in parts)
            for text, is_number in zip(texts, told, strict=True)
        ]
    marks = np.zeros(len(seen.shown), dtype=np.bool_)
    marks[numbers] = told
    return marks


def _made_ends(seen: Seen, codes: Codes) -> Marks:
    """Which of these cells, by number, are a formula or say what something stands for."""
    numbers = _different(seen, codes)
    marks = np.zeros(len(seen.shown), dtype=np.bool_)
    marks[numbers] = [
        "=" in seen.shown[number] or seen.spread.distinct[number].formula is not None for number in numbers
    ]
    return marks


def _different(seen: Seen, codes: Codes) -> list[int]:
    # Faster than to sort them.
    marks = np.zeros(len(seen.shown), dtype=np.bool_)
    marks[codes] = True
    numbers: list[int] = np.flatnonzero(marks).tolist()
    return numbers


def _kind(seen: Seen, row: int, texts: Texts, shape: Shape, *, below_merge: bool) -> RowKind:
    """The kind of a row below the header, from its texts by column."""
    if not texts:
        return RowKind.BLANK
    headers = shape.headers
    if len(texts) <= _PAIR and _is_merged_wide(seen, row, next(iter(texts)), shape):
        return RowKind.BANNER
    if len(texts) == 1:
        (column, text), *_ = texts.items()
        many_columns = len(headers) > shape.alone
        if many_columns and not is_day(seen.cell(row, column)) and _is_sum(seen, row, column):
            return RowKind.TOTAL
        return _kind_of_one(seen.cell(row, column), text, column in headers, below_merge, many_columns)
    if _begins_as_example(texts):
        return RowKind.EXAMPLE
    column, first = next(iter(texts.items()))
    if _TOTAL_ALONE.fullmatch(first) and all(map(_COUNT.fullmatch, islice(texts.values(), 1, None))):
        return RowKind.TOTAL
    if (_TOTAL.match(first) or _TOTAL_BEHIND.search(first)) and shape.is_total(row, texts, column):
        return RowKind.TOTAL
    if texts.keys().isdisjoint(headers):
        return RowKind.BANNER
    if seen.cell(row, next(reversed(texts))).formula is None:
        # Sums are formulas, the last one too: most rows are asked no more than this.
        return RowKind.DATA
    if len(headers) > shape.alone and _adds_up_rows(seen, row, texts) and shape.is_total(row, texts, column):
        return RowKind.TOTAL
    return RowKind.TOTAL if _only_sums(seen, row, texts) else RowKind.DATA


def _begins_as_example(texts: Texts) -> bool:
    """Does the first or the second text say so, row numbers left aside?"""
    looked_at = 0
    for text in texts.values():
        if text.isdecimal():
            continue
        if _EXAMPLE.match(text):
            return True
        looked_at += 1
        if looked_at == 2:
            break
    return False


def _kind_of_one(cell: Cell, text: str, counts: bool, below_merge: bool, many_columns: bool) -> RowKind:
    if _EXAMPLE.match(text):
        return RowKind.EXAMPLE
    if _TOTAL.match(text) or (cell.formula is not None and _SUMMING.match(cell.formula)):
        return RowKind.TOTAL
    lonely = many_columns and not below_merge
    return RowKind.BANNER if lonely or not counts else RowKind.DATA


def _is_merged_wide(seen: Seen, row: int, column: int, shape: Shape) -> bool:
    """A cell merged over half of the table says something of the rows below it."""
    return any(
        block.top <= row < block.bottom and block.left == column and (block.right - column) * 2 > len(shape.headers) > 2
        for block in seen.tab.merges
    )


def has_day_pattern(texts: Texts) -> bool:
    """Does a row say how a day is to be typed?"""
    return any(8 <= len(text) <= 10 and _DAY_PATTERN.match(text) for text in texts.values())


def _is_to_copy(texts: Texts) -> bool:
    """Does the first row say, a little further right, that it is an example, or only under an id that is none?"""
    said = [text for text in texts.values() if not text.isdecimal()]
    if any(_EXAMPLE.match(text) for text in said[:3]):
        return True
    return any(map(_TO_COPY.search, said)) and any(map(_ZEROS.match, said[:1]))


def is_legend(texts: Texts) -> bool:
    """Does each text but a title say what something stands for: "KEY: | 🟢 = live | ✅ = ready"?"""
    if "=" not in texts[next(reversed(texts))]:
        return False
    first, *others = texts.values()
    explained = others if _LEGEND_TITLE.match(first) else [first, *others]
    return len(explained) > 1 and all(map(_STANDS_FOR.match, explained))


def _adds_up_rows(seen: Seen, row: int, texts: Texts) -> bool:
    """A name in whatever words, and beside it nothing but sums or counts over the rows above: "Sends planned: 12"."""
    first, *others = texts
    formulas = (seen.cell(row, column).formula or "" for column in others)
    return seen.cell(row, first).formula is None and all(
        _SUMMING.match(formula) and (rows := _OVER_ROWS.search(formula)) and int(rows[1]) < int(rows[2]) <= row
        for formula in formulas
    )


def _only_sums(seen: Seen, row: int, texts: Texts) -> bool:
    formulas = (seen.cell(row, column).formula for column in texts)
    return all(formula is not None and _SUMMING.match(formula) for formula in formulas)


def end(kinds: dict[int, RowKind], prose: Collection[int]) -> dict[int, RowKind]:
    """A lonely text below the data is no banner over anything but a legend, also where late rows came in behind it.

    With rows behind it, it must explain something and stand by itself: blank rows above and below.
    """
    data = [row for row, kind in kinds.items() if kind is RowKind.DATA]
    if not data or RowKind.BANNER not in kinds.values():
        return kinds
    first, last = min(data), max(data)

    def explains(row: int) -> bool:
        alone = all(kinds.get(beside) in (None, RowKind.BLANK) for beside in (row - 1, row + 1))
        return row > last or (row > first and alone and row in prose)

    return {row: RowKind.LEGEND if kind is RowKind.BANNER and explains(row) else kind for row, kind in kinds.items()}


def prose_rows(seen: Seen, rows: Collection[int]) -> set[int]:
    """Rows that explain something."""
    return {row for row in rows if is_prose(seen.rows[row].values())}


def total_unlike_data(seen: Seen, left: int, right: int, rows: range) -> Total:
    """A partner may be called Total Wine: beside a total's word stand numbers and hardly anything else.

    A day, an id or code, a share or an address is something that only a campaign has.
    """

    # Most tables have no such row, and this looks at all of them.
    @cache
    def typical() -> float:
        return _typical_words(seen, left, right, rows)

    def is_total(row: int, texts: Texts, column: int) -> bool:
        others = [other for other in texts if other != column]
        if any(is_day(seen.cell(row, other)) or _is_its_own(texts[other]) for other in others):
            return False
        if not (_says_of_what(texts[column]) or _sums_up(seen, row, others)):
            return False
        words = [other for other in others if not _is_number(seen.cell(row, other), texts[other])]
        return len(words) * 2 < typical()

    return is_total


def _is_its_own(text: str) -> bool:
    """May only a campaign have this? Nobody adds it up; "Nov-26" says of which month a sum is."""
    code = _CODE.fullmatch(text)
    return _OFFERED.search(text) is not None or (code is not None and not is_calendar_word(code[1] or ""))


def _says_of_what(text: str) -> bool:
    """ "Total November", "Total budget 2026", "Subtotal USA" say what was added up; "Total Sport" is a company."""
    if _SUBTOTAL.match(text):
        return True
    words = bare(_TOTAL_WORDS.sub(" ", text)).replace("(", " ").replace(")", " ").strip(" :.,-*=").split()
    return all(is_calendar_word(word.strip(",.:")) or not word.isalpha() or word in _ADDED_UP for word in words)


def _sums_up(seen: Seen, row: int, columns: Sequence[int]) -> bool:
    """Is one of the numbers made by a formula, or the sum of what stands above it?"""
    return any(seen.cell(row, column).formula is not None or _is_sum(seen, row, column) for column in columns)


def _is_sum(seen: Seen, row: int, column: int) -> bool:
    """Of the numbers above it one after the other, from the nearest one upwards, but of two at least."""
    wanted, total, count = number_of(seen.cell(row, column)), 0.0, 0
    for above in range(row - 1, -1, -1):
        number = number_of(seen.cell(above, column))
        if number is not None and wanted is not None:
            total, count = total + number, count + 1
            if count > 1 and abs(total - wanted) < _CENT:
                return True
    return False


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
    if RowKind.BLANK not in kinds.values():
        return set()
    data = [row for row, kind in kinds.items() if kind is RowKind.DATA]
    filled = [row for row, kind in sorted(kinds.items()) if kind is not RowKind.BLANK]
    tail: list[int] = []
    for row in reversed(filled):
        if tail and tail[-1] - row > 1:
            break
        tail.append(row)
    behind = set(tail)
    body = [row for row in data if row not in behind]
    if not body or not tail or kinds.get(tail[-1] - 1, RowKind.BLANK) is not RowKind.BLANK:
        return set()
    usual = median(len(seen.within(row, shape.left, shape.right)) for row in body)
    return {row for row in tail if kinds[row] is RowKind.DATA} if _explains(seen, shape, tail, body, usual) else set()


def _explains(seen: Seen, shape: Shape, tail: Sequence[int], body: Sequence[int], usual: float) -> bool:
    pairs = [seen.within(row, shape.left, shape.right) for row in tail]
    if usual < 4 or any(len(texts) > _PAIR for texts in pairs):
        return False
    others = [seen.within(row, shape.left, shape.right) for row in body]
    explained = [
        any(text == first for texts in others for column, text in texts.items() if column != at)
        for at, first in (next(iter(texts.items())) for texts in pairs)
    ]
    if sum(explained) * 2 >= len(tail):
        return True
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
