"""A cell's format as class names, and the style sheet that says what they mean.

The page allows no style inside its markup, so that nothing typed can become one: each colour in use gets a class.
"""

import re
from collections.abc import Iterable

from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formulas import FormulaError, Scalar

#: what a cell of neither colour looks like
_PAPER, _INK = "ffffff", "000000"
_ALIGNED = {"LEFT": "left", "CENTER": "center", "RIGHT": "right"}
_COLOURED = re.compile(r"(?P<kind>bg|fg)-(?P<hex>[0-9a-f]{6})")
_SIZED = re.compile(r"size-(?P<points>\d{1,3})")
#: pixels: the column of row numbers, Google's own row and column, and the limits of a column fitted to its texts
NUMBERS, ROW, COLUMN = 46, 24, 100
_NARROWEST, _WIDEST, _STEP = 60, 260, 20
#: a text of so many letters never makes a column wide
_SHORT = 16
#: pixels a letter takes about, and the room around a text
LETTER, PADDING = 7, 18


def classes(cell_format: Json, value: Scalar) -> list[str]:
    """The class names of a cell with this CellFormat that shows `value`."""
    names = []
    aligned = _ALIGNED.get(str(cell_format.get("horizontalAlignment", "")))
    if aligned is None and not isinstance(value, str) and value is not None:
        aligned = "right" if isinstance(value, float) else "center"
    if aligned is not None and aligned != "left":
        names.append(aligned)
    if isinstance(value, FormulaError):
        names.append("error")
    if cell_format:
        names += _formatted(cell_format)
    return names


def _formatted(cell_format: Json) -> list[str]:
    names = text_classes(cell_format.get("textFormat", {}))
    paper = _colour(cell_format, "backgroundColor")
    if paper not in ("", _PAPER):
        names.append(f"bg-{paper}")
    if cell_format.get("wrapStrategy") == "WRAP":
        names.append("wrap")
    place = str(cell_format.get("verticalAlignment", ""))
    return [*names, place.lower()] if place in ("TOP", "MIDDLE") else names


def text_classes(text: Json) -> list[str]:
    """The class names of a TextFormat."""
    names = [name for name in ("bold", "italic", "underline", "strikethrough") if text.get(name)]
    ink = _colour(text, "foregroundColor")
    if ink not in ("", _INK):
        names.append(f"fg-{ink}")
    size = text.get("fontSize")
    if isinstance(size, int) and size not in (0, 10):
        names.append(f"size-{size}")
    return names


def _colour(holder: Json, name: str) -> str:
    """A colour as six hexadecimal digits, `""` where there is none or only a theme's."""
    rgb = holder.get(f"{name}Style", {}).get("rgbColor", holder.get(name))
    if not isinstance(rgb, dict):
        return ""
    return "".join(f"{_channel(rgb.get(channel, 0)):02x}" for channel in ("red", "green", "blue"))


def _channel(level: object) -> int:
    return round(min(max(float(level), 0), 1) * 255) if isinstance(level, (int, float)) else 0


def fitted(lengths: Iterable[int], header: int) -> int:
    """A column's width in pixels where nobody has set one, from the lengths of its texts and its header's.

    Google leaves such a column at 100 pixels; here people come to read. Most texts fit, and few edits change it.
    """
    ordered = sorted(lengths)
    if not ordered and not header:
        return COLUMN
    usual = ordered[(len(ordered) * 9) // 10 if len(ordered) > 4 else -1] if ordered else 0
    longest = ordered[-1] if ordered and ordered[-1] <= _SHORT else usual
    wanted = -(-(max(longest, usual, header) * LETTER + PADDING) // _STEP) * _STEP
    return min(max(wanted, _NARROWEST), _WIDEST)


def style_sheet(
    used: Iterable[str], widths: list[tuple[int, int]], ours: Iterable[int], frozen: int, heights: dict[int, int]
) -> str:
    """The rules of one tab: its colours and sizes, its shown columns as (column, width), its frozen ones, its rows."""
    own = set(ours)
    rules = [_rule(name) for name in sorted(used)]
    left = NUMBERS
    for position, (column, width) in enumerate(widths, start=2):
        tint = ";background:var(--ours)" if column in own else ""
        rules.append(f"#sheet col:nth-child({position}){{width:{width}px{tint}}}")
        if column < frozen:
            paper = "var(--ours)" if column in own else "var(--paper)"
            rules.append(f'#sheet [data-c="{column}"]{{position:sticky;left:{left}px;z-index:2}}')
            rules.append(f'#sheet td[data-c="{column}"]:not([class*="bg-"]){{background-color:{paper}}}')
        left += width
    rules.append(f"#sheet .lines{{width:{left}px}}")
    rules += [f'#sheet tr[data-r="{row}"]{{height:{height}px}}' for row, height in sorted(heights.items())]
    return "\n".join(rule for rule in rules if rule)


def _rule(name: str) -> str:
    coloured, sized = _COLOURED.fullmatch(name), _SIZED.fullmatch(name)
    if coloured is not None:
        return f"#sheet .{name}{{{'background-' if coloured['kind'] == 'bg' else ''}color:#{coloured['hex']}}}"
    return f"#sheet .{name}{{font-size:{int(sized['points']) * 1.3:.1f}px}}" if sized is not None else ""
