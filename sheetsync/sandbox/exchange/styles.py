"""How cells look, between Excel's styles and Google's CellFormat."""

import colorsys
import re
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Side
from openpyxl.styles.colors import COLOR_INDEX

from sheetsync.sandbox.colours import mirrored
from sheetsync.sandbox.errors import Json

#: Google's own font, in which everything stands that says nothing else
FAMILY, SIZE = "Arial", 10

_MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
#: the order in which Excel numbers a theme's colours
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink",
                "folHlink")  # fmt: skip
_OFFICE = ("FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5", "70AD47", "0563C1",
           "954F72")  # fmt: skip
#: Google's names for the colours of its default theme [documented]
_GOOGLE_THEME = {"TEXT": "000000", "BACKGROUND": "FFFFFF", "ACCENT1": "4285F4", "ACCENT2": "EA4335", "ACCENT3":
                 "FBBC04", "ACCENT4": "34A853", "ACCENT5": "FF6D01", "ACCENT6": "46BDC6", "LINK": "1155CC"}  # fmt: skip
_HORIZONTAL = {"left": "LEFT", "center": "CENTER", "right": "RIGHT", "centerContinuous": "CENTER"}
#: the bottom is where both put it by themselves
_VERTICAL = {"top": "TOP", "center": "MIDDLE"}
_LINES = {
    "thin": ("SOLID", 1),
    "medium": ("SOLID_MEDIUM", 2),
    "thick": ("SOLID_THICK", 3),
    "dotted": ("DOTTED", 1),
    "dashed": ("DASHED", 1),
    "double": ("DOUBLE", 3),
}
_OTHER_LINES = {"hair": "dotted", "dashDot": "dashed", "dashDotDot": "dashed", "mediumDashed": "dashed"}
_OTHER_LINES |= {"mediumDashDot": "dashed", "mediumDashDotDot": "dashed", "slantDashDot": "dashed"}
_SIDES = ("top", "bottom", "left", "right")

#: the stubs want literals where the names come from a table
_line: Any = Side

Note = Callable[[str], None]


# ---------------------------------------------------------------- colours


class Palette:
    """The colours a workbook refers to by number: its theme's, and its indexed ones."""

    def __init__(self, theme: bytes | None, indexed: Sequence[Any] | None) -> None:
        self._theme = _theme_colours(theme)
        self._indexed = [str(getattr(colour, "rgb", colour)) for colour in indexed or COLOR_INDEX]

    def rgb(self, colour: Color | None) -> Json | None:
        """Google's Color; None where there is none, or only the automatic one."""
        if colour is None:
            return None
        text: str | None = None
        if colour.type == "rgb" and isinstance(colour.rgb, str):
            text = colour.rgb[-6:]
        elif colour.type == "theme" and 0 <= int(colour.theme) < len(self._theme):
            text = self._theme[int(colour.theme)]
        elif colour.type == "indexed" and 0 <= int(colour.indexed) < min(len(self._indexed), 64):
            text = self._indexed[int(colour.indexed)][-6:]
        if text is None or not re.fullmatch(r"[0-9A-Fa-f]{6}", text):
            return None
        return _channels(_tinted(text, float(colour.tint or 0)))


def _theme_colours(theme: bytes | None) -> tuple[str, ...]:
    if not theme:
        return _OFFICE
    scheme = ElementTree.fromstring(theme).find(f".//{_MAIN}clrScheme")  # noqa: S314 - a document type was refused
    found = []
    for name, default in zip(_THEME_ORDER, _OFFICE, strict=True):
        entry = scheme.find(f"{_MAIN}{name}") if scheme is not None else None
        child = entry[0] if entry is not None and len(entry) else None
        found.append((child.get("lastClr") or child.get("val") or default) if child is not None else default)
    return tuple(found)


def _tinted(text: str, tint: float) -> str:
    """A theme colour made lighter (tint above 0) or darker, in its luminance."""
    if not tint:
        return text
    hue, light, fullness = colorsys.rgb_to_hls(*(int(text[at : at + 2], 16) / 255 for at in (0, 2, 4)))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    channels = colorsys.hls_to_rgb(hue, min(max(light, 0), 1), fullness)
    return "".join(f"{round(channel * 255):02X}" for channel in channels)


def _channels(text: str) -> Json:
    levels = {name: int(text[at : at + 2], 16) / 255 for name, at in (("red", 0), ("green", 2), ("blue", 4))}
    return {name: level for name, level in levels.items() if level}


def hex_colour(holder: Json, name: str) -> str | None:
    """`FFRRGGBB` of a colour that stands under `name` or `nameStyle`; None where there is none."""
    style = holder.get(f"{name}Style", {})
    if "themeColor" in style:
        return "FF" + _GOOGLE_THEME.get(style["themeColor"], "000000")
    given = holder.get(name, style.get("rgbColor"))
    if not isinstance(given, dict):
        return None
    levels = (min(max(float(given.get(channel, 0)), 0), 1) for channel in ("red", "green", "blue"))
    return "FF" + "".join(f"{round(level * 255):02X}" for level in levels)


# ---------------------------------------------------------------- from a file


def text_format(font: Font | InlineFont, default: Font, palette: Palette) -> Json:
    """TextFormat of what a font says beyond the workbook's default one."""
    name = font.rFont if isinstance(font, InlineFont) else font.name
    given: Json = {}
    given |= {"bold": True} if font.b else {}
    given |= {"italic": True} if font.i else {}
    given |= {"strikethrough": True} if font.strike else {}
    given |= {"underline": True} if str(font.u or "none") != "none" else {}
    if name and name != default.name:
        given["fontFamily"] = name
    if font.sz and font.sz != default.sz:
        given["fontSize"] = int(font.sz + 0.5)
    colour = palette.rgb(font.color) if font.color != default.color else None
    return given | ({} if colour is None else {"foregroundColor": colour})


def cell_look(
    font: Font, fill: Any, border: Border, alignment: Alignment, default: Font, palette: Palette, note: Note
) -> Json:
    """CellFormat without its number format; what has no counterpart is noted."""
    look: Json = {}
    text = text_format(font, default, palette)
    if text:
        look["textFormat"] = text
    background = _background(fill, palette, note)
    if background is not None:
        look["backgroundColor"] = background
    borders = _borders(border, palette, note)
    if borders:
        look["borders"] = borders
    return mirrored(look | _alignment(alignment, note))


def _background(fill: Any, palette: Palette, note: Note) -> Json | None:
    kind = getattr(fill, "fill_type", None)
    if kind in (None, "none"):
        return None
    if not isinstance(fill, PatternFill):
        note("cells filled with a gradient")
        return None
    if kind != "solid":
        if kind != "gray125":  # every workbook has it as its second fill, by custom
            note("cells filled with a pattern")
        return None
    return palette.rgb(fill.fgColor)


def _borders(border: Border, palette: Palette, note: Note) -> Json:
    found: Json = {}
    for name in _SIDES:
        side = getattr(border, name, None)
        if side is None or not side.style:
            continue
        style, width = _LINES[_OTHER_LINES.get(side.style, side.style)]
        found[name] = {"style": style, "width": width, "color": palette.rgb(side.color) or {}}
    if border.diagonal is not None and border.diagonal.style and (border.diagonalUp or border.diagonalDown):
        note("cells with a diagonal line")
    return found


def _alignment(alignment: Alignment, note: Note) -> Json:
    found: Json = {}
    if alignment.horizontal in _HORIZONTAL:
        found["horizontalAlignment"] = _HORIZONTAL[alignment.horizontal]
    if alignment.vertical in _VERTICAL:
        found["verticalAlignment"] = _VERTICAL[alignment.vertical]
    if alignment.wrap_text:
        found["wrapStrategy"] = "WRAP"
    turn = int(alignment.textRotation or 0)
    if turn == 255:
        found["textRotation"] = {"vertical": True}
    elif turn:
        found["textRotation"] = {"angle": turn if turn <= 90 else 90 - turn}
    if alignment.readingOrder in (1, 2):
        found["textDirection"] = "LEFT_TO_RIGHT" if alignment.readingOrder == 1 else "RIGHT_TO_LEFT"
    if alignment.indent:
        note("indented cells")
    return found


# ---------------------------------------------------------------- into a file


def font_of(text: Json) -> Font:
    """Excel's font for a TextFormat."""
    return Font(
        name=text.get("fontFamily", FAMILY),
        sz=text.get("fontSize", SIZE),
        b=text.get("bold") or None,
        i=text.get("italic") or None,
        strike=text.get("strikethrough") or None,
        u="single" if text.get("underline") else None,
        color=hex_colour(text, "foregroundColor"),
    )


def inline_font(text: Json) -> InlineFont:
    """The same for a run inside a text; it says only what the run says."""
    colour = hex_colour(text, "foregroundColor")
    return InlineFont(
        rFont=text.get("fontFamily"),
        sz=text.get("fontSize"),
        b=text.get("bold") or None,
        i=text.get("italic") or None,
        strike=text.get("strikethrough") or None,
        u="single" if text.get("underline") else None,
        color=None if colour is None else Color(colour),
    )


def fill_of(look: Json) -> PatternFill:
    """Excel's fill for a CellFormat."""
    colour = hex_colour(look, "backgroundColor")
    return PatternFill() if colour is None else PatternFill("solid", fgColor=colour)


def border_of(look: Json) -> Border:
    """Excel's border for a CellFormat."""
    names = {style: name for name, (style, _) in _LINES.items()}
    sides: dict[str, Any] = {}
    for name, line in look.get("borders", {}).items():
        if name in _SIDES and line.get("style") in names:
            sides[name] = _line(style=names[line["style"]], color=hex_colour(line, "color") or "FF000000")
    return Border(**sides)


def alignment_of(look: Json, note: Note) -> Alignment:
    """Excel's alignment for a CellFormat."""
    horizontal = {name: ours for ours, name in _HORIZONTAL.items() if ours != "centerContinuous"}
    vertical = {name: ours for ours, name in _VERTICAL.items()}
    if look.get("wrapStrategy") == "CLIP":
        note("cells whose text is clipped")
    rotation = look.get("textRotation", {})
    angle = int(rotation.get("angle", 0))
    turn = 255 if rotation.get("vertical") else angle if angle >= 0 else 90 - angle
    return Alignment(
        horizontal=horizontal.get(look.get("horizontalAlignment", "")),
        vertical=vertical.get(look.get("verticalAlignment", "")),
        wrap_text=True if look.get("wrapStrategy") in ("WRAP", "LEGACY_WRAP") else None,
        textRotation=turn,
        readingOrder={"LEFT_TO_RIGHT": 1, "RIGHT_TO_LEFT": 2}.get(look.get("textDirection", ""), 0),
    )
