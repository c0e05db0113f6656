"""Columns with one header: each is told by the group above it, or by the column to its left, as in "Email > Status"."""

from collections.abc import Collection, Iterator, Mapping

from sheetsync.core.header_texts import fold_header
from sheetsync.core.model import Tab

#: between the group, or the header to the left, and a column's own header
UNDER = " > "
_SIGN = UNDER.strip()
#: what is longer explains something
_LONGEST_GROUP = 40


def as_told(tab: Tab, row: int, texts: Mapping[int, str], told: Collection[str]) -> dict[int, str]:
    """A header row's texts by column; those that `told` (folded) tells by what stands around them, told so."""
    if not tells_apart(told):
        return dict(texts)
    return {
        column: next((name for name in names_of(tab, row, texts, column) if fold_header(name) in told), text)
        for column, text in texts.items()
    }


def tells_apart(told: Collection[str]) -> bool:
    """Is any header (folded) told by what stands around it? Its sign outlasts folding."""
    return any(_SIGN in name for name in told)


def names_of(tab: Tab, row: int, texts: Mapping[int, str], column: int) -> Iterator[str]:
    """What else a column may be called, surest first."""
    own = _one_line(texts[column])
    group = _one_line(_above(tab, row, column))
    if 0 < len(group) <= _LONGEST_GROUP:
        yield f"{group}{UNDER}{own}"
    elif 0 < len(over := _one_line(_spread_over(tab, row, column))) <= _LONGEST_GROUP:
        yield f"{over}{UNDER}{own}"
    left = (texts[other] for other in sorted(texts, reverse=True) if other < column)
    if beside := next((text for text in left if fold_header(text) != fold_header(own)), ""):
        yield f"{_one_line(beside)}{UNDER}{own}"


def _above(tab: Tab, row: int, column: int) -> str:
    if row == 0:
        return ""
    span = next((block for block in tab.merges if block.holds(row - 1, column)), None)
    cell = tab.cell(row - 1, column) if span is None else tab.cell(span.top, span.left)
    return cell.shown


def _spread_over(tab: Tab, row: int, column: int) -> str:
    """The group that begins further left, where several stand above and none is merged over its columns."""
    above = [cell.shown for cell in tab.rows[row - 1]] if row else []
    filled = [at for at, text in enumerate(above) if text.strip()]
    merged = any(block.top <= row - 1 < block.bottom for block in tab.merges)
    start = max((at for at in filled if at < column), default=None)
    return "" if merged or len(filled) < 2 or start is None else above[start]


def _one_line(text: str) -> str:
    return " ".join(text.split())
