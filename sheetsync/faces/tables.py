"""How lists look: tables that fold to the width of a terminal, and one plain greppable line per row in a pipe.

rich lives here and nowhere else. What people typed is shown, never obeyed: control characters become visible signs.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

#: narrower than this nothing readable can be laid out
_NARROWEST = 20
#: nor a column of sentences narrower than this
_FOLDED_TO = 12
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Screen:
    """What is printed on: a terminal of a width, or a pipe (`width` None), where lines are as long as they are."""

    width: int | None = None
    #: print links as text too, each on a line of its own
    links: bool = False
    colour: bool = False
    #: whether it understands escape sequences at all
    styled: bool = True

    @classmethod
    def here(cls, links: bool = False) -> "Screen":
        """Standard output as it is; NO_COLOR takes the colours and leaves the rest."""
        if not sys.stdout.isatty():
            return cls(None, links)
        width = max(shutil.get_terminal_size().columns, _NARROWEST)
        styled = os.environ.get("TERM", "") not in ("", "dumb", "unknown")
        return cls(width, links, styled and not os.environ.get("NO_COLOR"), styled)


@dataclass(frozen=True, slots=True)
class Cell:
    """A text that opens a link, or stands in a colour. A line break in it is one on a terminal, a blank in a pipe."""

    text: str
    link: str | None = None
    style: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; a `whole` one (ids, figures) is never folded as long as the screen has room for it."""

    head: str
    whole: bool = False
    right: bool = False


Row = Sequence[str | Cell]


def table(screen: Screen, columns: Sequence[Column], rows: Iterable[Row], *, headless: bool = False) -> Iterator[str]:
    """The lines of a table, without its heads where they stand above already.

    Nothing is ever cut: what has no room is folded onto the next line.
    """
    cells = [[it if isinstance(it, Cell) else Cell(it) for it in row] for row in rows]
    if not cells:
        return
    if screen.width is None:
        yield from islice(_plain(screen, columns, cells), int(headless), None)
        return
    yield from _folded(screen, columns, cells, headless)
    if screen.links:
        yield from (f"{visible(row[0].text)}{_GAP}{link}" for row in cells for link in _links(row))


def card(screen: Screen, facts: Iterable[tuple[str, str | Cell]]) -> Iterator[str]:
    """One thing, told fact by fact: a label and what it says; links stand in full below what they open."""
    told = [(label, it if isinstance(it, Cell) else Cell(it)) for label, it in facts]
    width = max((cell_len(label) for label, _ in told), default=0)
    for label, cell in told:
        head = label + " " * (width - cell_len(label))
        if screen.width is None:
            yield f"{head}{_GAP}{_one_line(cell.text)}" + (f"{_GAP}{visible(cell.link)}" if cell.link else "")
            continue
        yield from _render(screen, _grid([head, _text(cell)], width))
        if cell.link and screen.links:
            yield " " * (width + len(_GAP)) + visible(cell.link)


def paragraph(screen: Screen, *said: str | Cell, indent: int = 0, hanging: int = 0, style: str = "") -> Iterator[str]:
    """A sentence, folded between words on a terminal, on one line in a pipe; several are set apart by a dot.

    Lines after the first stand `hanging` further in; links stand in full on lines of their own where asked for.
    """
    cells = [it if isinstance(it, Cell) else Cell(it) for it in said]
    if screen.width is None:
        yield " " * indent + " · ".join(_one_line(cell.text) for cell in cells)
        return
    text = Text(" · ", style).join(_text(replace(cell, style=cell.style or style)) for cell in cells)
    first, *more = text.wrap(_console(screen, StringIO()), screen.width - indent - hanging) or [text]
    yield from _render(screen, Padding(first, (0, 0, 0, indent)))
    for line in more:
        yield from _render(screen, Padding(line, (0, 0, 0, indent + hanging)))
    if screen.links:
        yield from (" " * indent + link for link in _links(cells))


def folded(screen: Screen, lines: Iterable[str]) -> Iterator[str]:
    """Lines as they are; on a terminal those wider than it go on under their indent. A link or path stays whole."""
    for line in lines:
        text = Text.from_ansi(line)
        first, *more = text.plain.split() or [""]
        if screen.width is None or text.cell_len <= screen.width or not more:
            yield line
            continue
        indent = text.plain.index(first)
        yield from _render(screen, Padding(text[indent:], (0, 0, 0, indent)))


def heading(screen: Screen, text: str) -> Iterator[str]:
    """What begins something."""
    return paragraph(screen, text, style="bold")


def visible(text: str) -> str:
    """A text on which a terminal acts nowhere: what would move its cursor is shown as a sign, line breaks stay."""
    return "".join(_sign(ord(char)) if _acts(char) else char for char in text)


def shortened(screen: Screen, text: str, length: int = 60) -> str:
    """A long value on a terminal, cut where one sees it; whole in a pipe."""
    text = _one_line(text)
    return text if screen.width is None or len(text) <= length else text[: length - 1] + "…"


def fitted(text: str, width: int) -> str:
    """A text on one line, exactly as wide as told: cut where one sees it, or filled up with blanks."""
    text = _one_line(text)
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def _acts(char: str) -> bool:
    # C0, DEL, C1, and the marks that turn the direction of a line around.
    return (char < " " and char != "\n") or "\x7f" <= char <= "\x9f" or char in "\u202a\u202b\u202d\u202e\u2066\u2067"


def _sign(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "�"


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())


def _links(row: Sequence[Cell]) -> Iterator[str]:
    return (visible(cell.link) for cell in row if cell.link)


# ---------------------------------------------------------------- in a pipe


def _plain(screen: Screen, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """One line per row, columns two blanks apart; a cell without text is a dash, so that columns can be counted."""
    lines = [
        [column.head.upper() for column in columns],
        *([_one_line(cell.text) or "-" for cell in row] for row in rows),
    ]
    widths = [max(cell_len(line[at]) for line in lines) for at in range(len(columns))]
    ends = ["LINK" if any(cell.link for row in rows for cell in row) else "", *(" ".join(_links(row)) for row in rows)]
    for line, end in zip(lines, ends, strict=True):
        texts = [text + " " * (width - cell_len(text)) for text, width in zip(line, widths, strict=True)]
        yield _GAP.join([*texts, end] if screen.links else texts).rstrip()


# ---------------------------------------------------------------- on a terminal


def _folded(screen: Screen, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], headless: bool) -> Iterator[str]:
    widths = _widths([[column.head, *(row[at].text for row in rows)] for at, column in enumerate(columns)])
    least = [width if it.whole else min(width, _FOLDED_TO) for it, width in zip(columns, widths, strict=True)]
    room = (screen.width or 0) - len(_GAP) * (len(columns) - 1)
    if sum(least) > room:
        # rich would leave columns out: told fact by fact they all have room.
        for row in rows:
            yield from card(screen, zip((column.head for column in columns), row, strict=True))
            yield ""
        return
    drawn = Table(
        box=box.SIMPLE_HEAD if screen.styled else None,
        # The box draws a blank between columns itself.
        padding=(0, 1 if screen.styled else len(_GAP), 0, 0),
        pad_edge=False,
        show_edge=False,
        show_header=not headless,
    )
    # Shared out here: rich takes room from the widest column even where it must not, and then cuts the last one.
    for column, width in zip(columns, _shared(widths, least, room), strict=True):
        drawn.add_column(Text(column.head), overflow="fold", width=width, justify="right" if column.right else "left")
    for row in rows:
        drawn.add_row(*map(_text, row))
    yield from _render(screen, drawn)


def _widths(columns: Sequence[Sequence[str]]) -> list[int]:
    """What each column would take if nothing in it were folded."""
    return [max(cell_len(line) for text in texts for line in visible(text).split("\n")) for texts in columns]


def _shared(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """The widest columns give way, down to their least, until all have room; together the least ones have."""
    shared = list(widths)
    while sum(shared) > room:
        shared[max(range(len(shared)), key=lambda at: (shared[at] > least[at], shared[at]))] -= 1
    return shared


def _grid(cells: Sequence[str | Text], first: int) -> Table:
    grid = Table.grid(padding=(0, len(_GAP), 0, 0))
    grid.add_column(min_width=first, style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(*cells)
    return grid


def _text(cell: Cell) -> Text:
    style = Style.parse(cell.style) if cell.style else Style()
    return Text(visible(cell.text), style + Style(link=visible(cell.link) if cell.link else None))


def _render(screen: Screen, what: Table | Text | Padding) -> Iterator[str]:
    """The lines rich makes of something, without the blanks it fills them up with."""
    out = StringIO()
    _console(screen, out).print(what, soft_wrap=False)
    return (line.rstrip() for line in out.getvalue().split("\n")[:-1])


def _console(screen: Screen, out: StringIO) -> Console:
    return Console(
        file=out,
        width=screen.width,
        force_terminal=screen.styled,
        color_system="standard" if screen.styled else None,
        no_color=not screen.colour,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
