"""What is found in a tab nobody has described: its tables, and what kind of row every row is."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from sheetsync.core.model import Block, RowKind

Names = Callable[[str], Collection[str]]
"""A header's text -> the fields it may name; empty for text that is no header anybody knows."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    #: 0-based, in the tab
    index: int
    #: what stands above its values, as a person sees it; empty where nothing does
    header: str
    #: the header of the group it belongs to ("Email" over "Subject" and "Status"); empty where there is none
    group: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: from its first header row to its last row, its own columns only."""

    block: Block
    #: 0-based rows of its header, the top one first; more than one where groups or a second language stand there
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    #: every row of the block that holds anything, with its kind
    kinds: Mapping[int, RowKind]

    @property
    def data_rows(self) -> list[int]:
        return [row for row, kind in self.kinds.items() if kind is RowKind.DATA]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything a tab holds."""

    #: from top to bottom, those side by side from left to right
    tables: tuple[Table, ...]
    #: rows that hold something outside of any table, with their kind
    kinds: Mapping[int, RowKind]
    #: why a row of `kinds`, or of a table, is not data, where more can be said than its kind
    reasons: Mapping[int, str] = field(default_factory=dict)
    #: what the tab is when it holds no table ("a month grid"); empty when it holds one
    instead: str = ""
