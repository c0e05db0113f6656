"""Edits of a workbook's structure that formulas have to follow; numbers are 0-based and half open."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class InsertRows:
    tab: str
    start: int
    count: int


@dataclass(frozen=True)
class InsertColumns:
    tab: str
    start: int
    count: int


@dataclass(frozen=True)
class DeleteRows:
    tab: str
    start: int
    end: int


@dataclass(frozen=True)
class DeleteColumns:
    tab: str
    start: int
    end: int


@dataclass(frozen=True)
class MoveRows:
    """`destination` counts before the move: the rows land in front of the row that has this number now."""

    tab: str
    start: int
    end: int
    destination: int


@dataclass(frozen=True)
class MoveColumns:
    """`destination` counts before the move: the columns land in front of the column that has this number now."""

    tab: str
    start: int
    end: int
    destination: int


@dataclass(frozen=True)
class RenameTab:
    old: str
    new: str


@dataclass(frozen=True)
class DeleteTab:
    tab: str


@dataclass(frozen=True)
class CutRange:
    """Cells cut from one place and pasted at another, over what stood there."""

    tab: str
    top: int
    left: int
    bottom: int
    right: int
    to_tab: str
    to_row: int
    to_column: int


Edit: TypeAlias = (
    InsertRows | InsertColumns | DeleteRows | DeleteColumns | MoveRows | MoveColumns | RenameTab | DeleteTab | CutRange
)
