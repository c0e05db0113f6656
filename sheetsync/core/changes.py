"""What we may ask of a workbook, in our words: the closed list of changes an adapter knows how to send.

There is none that writes into a person's cell. Rows and columns are 0-based; a batch is applied whole or not at all.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddTab:
    """A tab of ours, under an id we choose so that its link is known before it exists; warn-only protection."""

    tab_id: int
    title: str
    rows: int
    columns: int
    frozen_rows: int = 1


@dataclass(frozen=True, slots=True)
class ResizeTab:
    """Grid size of a tab of ours. It only grows: a person's formula that points at a row taken away would break."""

    tab_id: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class UnmergeTab:
    """No merged cells in a tab of ours: what is written under a merge is swallowed."""

    tab_id: int


@dataclass(frozen=True, slots=True)
class FillTab:
    """The whole content of a tab of ours from A1, as typed text: a value that starts with '=' stays text."""

    tab_id: int
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class InsertColumns:
    """Columns of ours, inserted before 0-based column `at` (right of everything people use)."""

    tab_id: int
    at: int
    count: int


@dataclass(frozen=True, slots=True)
class PutFormula:
    """The one spilling formula in the header cell of a managed column."""

    tab_id: int
    row: int
    column: int
    formula: str


@dataclass(frozen=True, slots=True)
class ClearBody:
    """Everything below the header of a managed column: literals pasted there block the spill."""

    tab_id: int
    column: int
    first_row: int
    #: inclusive
    last_row: int


@dataclass(frozen=True, slots=True)
class MarkStatus:
    """One rule of conditional formatting on a column of ours: words carry the meaning, colour helps.

    It is also how the column is known again as ours: unlike the formula's cell, it stays with its column when somebody
    drags or pastes cells about.
    """

    tab_id: int
    column: int
    first_row: int


@dataclass(frozen=True, slots=True)
class Pin:
    """A column of ours is where we last saw it, or the whole batch is refused: metadata under a chosen id goes with it.

    Before anything is written into a column that stands there already; a `fresh` pin is the one of a new column.
    """

    tab_id: int
    column: int
    metadata_id: int
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Fence:
    """The batch's generation, as metadata under a chosen id: a doubled or delayed batch is refused whole."""

    metadata_id: int
    generation: int
    #: ids of generations so old that no delayed batch can still be under way
    retired: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sign:
    """The mark of the ledger that writes, as metadata under one chosen id; first in every batch.

    What was seen there is taken away, ours is put: where another installation has signed meanwhile, its mark is in the
    way and the whole batch is refused. So of two first writers one wins.
    """

    metadata_id: int
    installation: str
    #: the mark seen when the workbook was read; None where there was none
    seen: str | None


Change = (
    AddTab | ResizeTab | UnmergeTab | FillTab | InsertColumns | PutFormula | ClearBody | MarkStatus | Pin | Fence | Sign
)


@dataclass(frozen=True, slots=True)
class Batch:
    """One atomic write to one workbook."""

    spreadsheet: str
    title: str
    generation: int
    changes: tuple[Change, ...]
