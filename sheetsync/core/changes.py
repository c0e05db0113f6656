"""What we may ask of a workbook, in our words: the closed list of changes an adapter knows how to send.

There is none that writes into a person's cell. Rows and columns are 0-based; a batch is applied whole or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sheetsync.core.model import Block


@dataclass(frozen=True, slots=True)
class AddTab:
    """A tab of ours, under an id we choose so that its link is known before it exists; warn-only protection."""

    tab_id: int
    title: str
    rows: int
    columns: int
    frozen_rows: int = 1
    #: whether all of it is ours to fill: then who types there is warned
    warned: bool = True


@dataclass(frozen=True, slots=True)
class ResizeTab:
    """Grid size of a tab of ours. It only grows: a person's formula that points at a row taken away would break."""

    tab_id: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Unmerge:
    """No merged cells in a tab of ours, or within a column of ours: what is written under a merge is swallowed."""

    tab_id: int
    #: exactly what is merged; None for the whole tab
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class FillTab:
    """The whole content of a tab of ours from A1, as typed text: a value that starts with '=' stays text."""

    tab_id: int
    rows: Sequence[tuple[str, ...]]


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
class PutHeaders:
    """Headers as typed text, side by side: in a tab that this batch adds, or over a column of ours that is held."""

    tab_id: int
    row: int
    column: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InsertLines:
    """New rows before 0-based row `at`, each with its id in `column`: inserted and filled in one, so never on theirs.

    Their other cells are blank and take dropdowns from the row below, but neither its colours nor its letters' style.
    """

    tab_id: int
    at: int
    column: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfferChoices:
    """A dropdown below a header, in a tab that this batch adds; anything else may be typed there all the same."""

    tab_id: int
    column: int
    first_row: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HintDate:
    """A calendar below a header, in a tab that this batch adds; anything else may be typed there all the same."""

    tab_id: int
    column: int
    first_row: int
    hint: str


@dataclass(frozen=True, slots=True)
class Dress:
    """How wide columns are, from the first on, in a tab that this batch adds; long texts are folded, heads are bold."""

    tab_id: int
    #: pixels
    widths: tuple[int, ...]
    #: columns whose texts are cut rather than folded: addresses
    cut: tuple[int, ...] = ()
    #: so many columns stay in sight while people look further right
    frozen: int = 0


@dataclass(frozen=True, slots=True)
class AddFilterView:
    """A view of a tab that this batch adds, for who chooses it: without the rows whose `column` holds a word."""

    tab_id: int
    title: str
    column: int
    without: str


@dataclass(frozen=True, slots=True)
class ClearBody:
    """Everything below the header of a managed column: literals pasted there block the spill."""

    tab_id: int
    column: int
    first_row: int
    #: inclusive
    last_row: int


@dataclass(frozen=True, slots=True)
class ColourStatus:
    """One rule of conditional formatting on our status column: words carry the meaning, colour helps."""

    tab_id: int
    column: int
    first_row: int
    #: which word is coloured
    word: str = "OK"
    #: also where more follows it
    begins: bool = False


@dataclass(frozen=True, slots=True)
class MarkColumn:
    """This column is ours from now on: metadata goes with it wherever people move it.

    Only in the batch that inserts the column, or right after a `HoldColumn`: a mark on a column of theirs would make
    it ours.
    """

    tab_id: int
    column: int
    metadata_id: int
    name: str
    #: the team's own header text, where the column was theirs before
    header: str = ""


@dataclass(frozen=True, slots=True)
class OfferColumn:
    """This column of theirs is about to be handed over; its mark makes nothing ours yet, and lets it be held."""

    tab_id: int
    column: int
    metadata_id: int
    name: str


@dataclass(frozen=True, slots=True)
class WarnAtHeader:
    """Whoever types over the header of a column of ours is warned; without it the column cannot be held."""

    tab_id: int
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class HoldColumn:
    """A marked column is still there and where we last saw it, or the whole batch is refused.

    Comes before anything that is written into, or takes away, a column that stands there already: its mark is found
    elsewhere when people have moved the column, and the warning at its header nowhere when they have deleted it.
    """

    tab_id: int
    column: int
    metadata_id: int
    warning_id: int
    name: str
    header: str = ""
    offered: bool = False


@dataclass(frozen=True, slots=True)
class DeleteColumn:
    """A column of ours goes, with all that hangs on it."""

    tab_id: int
    column: int


@dataclass(frozen=True, slots=True)
class FreezeColumn:
    """A column that was theirs before we filled it keeps the texts it shows, as if they had been typed."""

    tab_id: int
    column: int
    first_row: int


@dataclass(frozen=True, slots=True)
class DropMark:
    """A column's mark goes; the column stays."""

    metadata_id: int
    offered: bool = False


@dataclass(frozen=True, slots=True)
class DropWarning:
    """A header's warning of ours goes."""

    warning_id: int


@dataclass(frozen=True, slots=True)
class DeleteTab:
    """A tab of ours goes."""

    tab_id: int


@dataclass(frozen=True, slots=True)
class DropFences:
    """What we noted about the workbook as a whole goes: our generations, and whose ledger wrote them."""

    generations: tuple[int, ...]
    #: the ledger's mark as it was seen; another one stays
    installation: str | None = None


@dataclass(frozen=True, slots=True)
class Fence:
    """The batch's generation, as metadata under a chosen id: a doubled or delayed batch is refused whole."""

    metadata_id: int
    generation: int
    #: ids of generations so old that no delayed batch can still be under way
    retired: tuple[int, ...] = ()
    #: the run that sends it, so that two batches of one number can be told apart
    run: str = ""


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
    AddTab
    | ResizeTab
    | Unmerge
    | FillTab
    | InsertColumns
    | PutFormula
    | PutHeaders
    | InsertLines
    | OfferChoices
    | HintDate
    | Dress
    | AddFilterView
    | ClearBody
    | ColourStatus
    | MarkColumn
    | OfferColumn
    | WarnAtHeader
    | HoldColumn
    | DeleteColumn
    | FreezeColumn
    | DropMark
    | DropWarning
    | DeleteTab
    | DropFences
    | Fence
    | Sign
)


@dataclass(frozen=True, slots=True)
class Batch:
    """One atomic write to one workbook."""

    spreadsheet: str
    title: str
    generation: int
    changes: tuple[Change, ...]
