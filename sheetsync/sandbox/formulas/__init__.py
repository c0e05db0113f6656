"""The formulas of the emulated spreadsheet: their values, and their text when the workbook changes around them."""

from sheetsync.sandbox.formulas.calculation import Searched
from sheetsync.sandbox.formulas.edits import (
    CutRange,
    DeleteColumns,
    DeleteRows,
    DeleteTab,
    Edit,
    InsertColumns,
    InsertRows,
    MoveColumns,
    MoveRows,
    RenameTab,
)
from sheetsync.sandbox.formulas.evaluate import evaluate
from sheetsync.sandbox.formulas.inherited import inherited
from sheetsync.sandbox.formulas.rewrite import rewrite, translate
from sheetsync.sandbox.formulas.values import Array, Book, FormulaError, Place, Scalar

__all__ = [
    "Array",
    "Book",
    "CutRange",
    "DeleteColumns",
    "DeleteRows",
    "DeleteTab",
    "Edit",
    "FormulaError",
    "InsertColumns",
    "InsertRows",
    "MoveColumns",
    "MoveRows",
    "Place",
    "RenameTab",
    "Scalar",
    "Searched",
    "evaluate",
    "inherited",
    "rewrite",
    "translate",
]
