"""Messy sheets with an answer key: folders of workbooks as people typed them, read by our own adapter.

A workbook is a folder (`workbook.yaml`, per tab a CSV, `answers.yaml`), a collection is a folder of such folders. The
sandbox types the cells in, its view of the workbook goes through the adapter, so that a test sees what a run would see.
What the key says is kept as text, exactly as it was written; rows and columns are 0-based from here on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

from sheetsync.adapters.google_cells import FIELDS, workbook
from sheetsync.core.model import Block, Entity, RowKind, Tab, Workbook
from sheetsync.sandbox.accounts import email_of
from sheetsync.sandbox.masks import response_mask
from sheetsync.sandbox.store import State
from sheetsync.sandbox.stories import load_story
from sheetsync.sandbox.views import spreadsheet

TOP = Path(__file__).resolve().parent.parent
#: the collection that comes with the project
MESSES = TOP / "fixtures" / "messes"
#: when people typed: what a day without a year becomes depends on it
_TYPED_ON = datetime(2026, 11, 2, 9, tzinfo=UTC)

_CELL = re.compile(r"([A-Z]+)([0-9]+)")

Row = tuple[str, int]
"""A tab's title and a 0-based row."""
Said = str | None | tuple[str, ...]
"""A canonical text; None says nothing on purpose; "?" cannot be read or must be asked; several parts of one cell."""


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """One table, as a careful colleague sees it."""

    #: as people say it: "B4:G8"
    range: str
    block: Block
    #: every row of the table that holds anything
    kinds: Mapping[int, RowKind]
    rows_are: Entity
    #: column -> field, None where it is none of ours
    columns: Mapping[int, str | None]
    #: column -> what a person would have to be asked
    doubts: Mapping[int, str]
    #: (row, column) -> what the cell says
    values: Mapping[tuple[int, int], Said]


@dataclass(frozen=True, slots=True)
class TabAnswer:
    title: str
    #: what the tab is when it holds no table; empty when it holds one
    none: str
    #: rows that hold something outside of any table
    kinds: Mapping[int, RowKind]
    tables: tuple[TableAnswer, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answer key of one workbook."""

    tabs: tuple[TabAnswer, ...]
    campaigns: tuple[tuple[Row, ...], ...]
    near: tuple[tuple[Row, ...], ...]
    never: tuple[tuple[Row, ...], ...]
    #: two rows and the field they truly disagree about
    disagree: tuple[tuple[Row, Row, str], ...]


@dataclass(frozen=True, slots=True)
class Mess:
    """One workbook and its answer key."""

    name: str
    workbook: Workbook
    answers: Answers

    def tab(self, title: str) -> Tab:
        return next(tab for tab in self.workbook.tabs if tab.title == title)


def stories(*collections: Path) -> list[Path]:
    """The workbooks' folders of some collections (the project's own, when none is given), in order of their names."""
    return sorted(path.parent for top in collections or (MESSES,) for path in top.glob("*/answers.yaml"))


def load_mess(folder: Path) -> Mess:
    """Raises SandboxError for a workbook, and ValueError for an answer key, that is not written as it should be."""
    return Mess(folder.name, _typed(folder), _answers(folder / "answers.yaml"))


# ---------------------------------------------------------------- the workbook


def _typed(folder: Path) -> Workbook:
    state = State(clock=lambda: _TYPED_ON)
    try:
        with TemporaryDirectory() as collection:
            (Path(collection) / folder.name).symlink_to(folder.resolve(), target_is_directory=True)
            [book_id] = load_story(state, Path(collection))
        book = state.workbooks[book_id]
        mask = response_mask(FIELDS, "Spreadsheet")
        seen = spreadsheet(state.results(book), mask, None, email_of("sheetsync"), "http://127.0.0.1", grid_data=True)
        return workbook(mask.prune(seen))
    finally:
        state.close()


# ---------------------------------------------------------------- the answer key


def _answers(path: Path) -> Answers:
    try:
        # Everything as text: a code keeps its zeros and a day stays as it was written.
        key: Mapping[str, Any] = YAML(typ="base", pure=True).load(path.read_text(encoding="utf-8"))
        return Answers(
            tabs=tuple(_tab(tab) for tab in key["tabs"]),
            campaigns=_groups(key, "campaigns"),
            near=_groups(key, "near"),
            never=_groups(key, "never"),
            disagree=tuple((_row(one), _row(other), field) for one, other, field in key.get("disagree") or ()),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path}: {error!r}") from error


def _tab(tab: Mapping[str, Any]) -> TabAnswer:
    kinds = _kinds(tab.get("rows"))
    tables = tuple(_table(table, kinds) for table in tab.get("tables") or ())
    inside = {row for table in tables for row in table.kinds}
    return TabAnswer(
        tab["title"],
        tab.get("none", ""),
        {row: kind for row, kind in kinds.items() if row not in inside},
        tables,
    )


def _table(table: Mapping[str, Any], of_tab: Mapping[int, RowKind]) -> TableAnswer:
    """A table that stands alone takes the rows of its range from the tab's."""
    block = block_of(table["range"])
    rows = _kinds(table["rows"]) if "rows" in table else of_tab
    return TableAnswer(
        range=table["range"],
        block=block,
        kinds={row: kind for row, kind in rows.items() if block.top <= row < block.bottom},
        rows_are=Entity(table["rows_are"]),
        columns={_column(letters): _said(field) for letters, field in table["columns"].items()},
        doubts={_column(letters): doubt for letters, doubt in (table.get("doubts") or {}).items()},
        values={_place(cell): _value(value) for cell, value in (table.get("values") or {}).items()},
    )


def _kinds(rows: Mapping[str, str] | None) -> dict[int, RowKind]:
    return {row: RowKind(kind) for span, kind in (rows or {}).items() for row in _rows_of(span)}


def _rows_of(span: str) -> Iterator[int]:
    first, _, last = span.partition("-")
    yield from range(int(first) - 1, int(last or first))


def _groups(key: Mapping[str, Any], name: str) -> tuple[tuple[Row, ...], ...]:
    return tuple(tuple(map(_row, group)) for group in key.get(name) or ())


def _row(text: str) -> Row:
    title, _, number = text.rpartition("!")
    return title, int(number) - 1


def _value(value: Any) -> Said:
    return tuple(value) if isinstance(value, list) else _said(value)


def _said(text: str) -> str | None:
    return None if text in ("null", "~", "") else text


def block_of(text: str) -> Block:
    """ "B4:G8" as a block."""
    first, _, last = text.partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    return Block(top, left, bottom + 1, right + 1)


def _place(text: str) -> tuple[int, int]:
    """ "B4" as a 0-based row and column."""
    found = _CELL.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no cell")
    return int(found[2]) - 1, _column(found[1])


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
