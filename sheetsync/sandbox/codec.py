"""Workbooks as JSON for the state file, and back."""

from dataclasses import asdict, fields
from typing import Any, TypeAlias

from sheetsync.sandbox.a1 import Area, Box
from sheetsync.sandbox.drive.model import dump_attributes, load_attributes
from sheetsync.sandbox.model import (
    Banding,
    Cell,
    Cells,
    FilterView,
    Group,
    Metadata,
    NamedRange,
    Protection,
    Rule,
    Tab,
    Workbook,
    shared,
)

Json = dict[str, Any]
Row: TypeAlias = tuple[Cell | None, ...]

_PLAIN_BOOK = ("id", "title", "locale", "time_zone", "owner", "shared_with", "created", "modified", "modified_by",
               "version", "trashed", "mime_type")  # fmt: skip
_PLAIN_TAB = ("sheet_id", "title", "rows", "columns", "hidden", "frozen_rows", "frozen_columns", "extra", "extra_grid",
              "filter")  # fmt: skip


def dump_cell(cell: Cell) -> Json:
    """Only what differs from an empty cell."""
    return {field.name: value for field in fields(Cell) if (value := getattr(cell, field.name)) not in (None, "", ())}


def load_cell(stored: Json) -> Cell:
    value = stored.get("value")
    # JSON may bring a whole number back as int; cells hold floats only.
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if len(stored) == 1 and value is not None:
        return Cell(value)
    alike = {name: shared(stored.get(name)) for name in ("format", "validation")}
    listed = {name: tuple(stored.get(name, ())) for name in ("runs", "chips")}
    return Cell(**(stored | alike | listed | {"value": value}))


def dump_row(row: Row) -> list[Json | None]:
    """A row from its first column on, None where nothing stands."""
    return [None if cell is None else dump_cell(cell) for cell in row]


def load_row(stored: list[Json | None]) -> Row:
    return tuple(None if cell is None else load_cell(cell) for cell in stored)


def dump_book(book: Workbook) -> Json:
    """A workbook without its tabs."""
    return {name: getattr(book, name) for name in _PLAIN_BOOK} | {
        "metadata": [asdict(each) for each in book.metadata],
        "named": [asdict(each) for each in book.named],
        "tabs": [tab.sheet_id for tab in book.tabs],
        "drive": dump_attributes(book.drive),
    }


def load_book(stored: Json, tabs: dict[int, Tab]) -> Workbook:
    # A state file may be older than an attribute.
    book = Workbook(**{name: stored[name] for name in _PLAIN_BOOK if name in stored})
    book.metadata = [Metadata(**each) for each in stored["metadata"]]
    book.named = [NamedRange(**(each | {"box": Box(**each["box"])})) for each in stored["named"]]
    book.tabs = [tabs[sheet_id] for sheet_id in stored["tabs"]]
    book.drive = load_attributes(stored.get("drive", {}))
    return book


def dump_tab(tab: Tab) -> Json:
    """A tab without its cells."""
    return {name: getattr(tab, name) for name in _PLAIN_TAB} | {
        "merges": [asdict(merge) for merge in tab.merges],
        "protections": [asdict(each) for each in tab.protections],
        "rules": [asdict(rule) for rule in tab.rules],
        "filter_box": asdict(tab.filter_box),
        "filter_views": [asdict(each) for each in tab.filter_views],
        "bandings": [asdict(each) for each in tab.bandings],
        "row_groups": [asdict(each) for each in tab.row_groups],
        "column_groups": [asdict(each) for each in tab.column_groups],
        "row_properties": sorted(tab.row_properties.items()),
        "column_properties": sorted(tab.column_properties.items()),
    }


def load_tab(stored: Json, cells: Cells) -> Tab:
    tab = Tab(**{name: stored[name] for name in _PLAIN_TAB}, cells=cells)
    tab.merges = [Area(**each) for each in stored["merges"]]
    tab.protections = [_protection(each) for each in stored["protections"]]
    tab.rules = [Rule(tuple(Box(**box) for box in each["boxes"]), each["body"]) for each in stored["rules"]]
    tab.filter_box = Box(**stored["filter_box"])
    # A state file may be older than views, bands and groups.
    tab.filter_views = [FilterView(**(each | {"box": Box(**each["box"])})) for each in stored.get("filter_views", ())]
    tab.bandings = [Banding(**(each | {"box": Box(**each["box"])})) for each in stored.get("bandings", ())]
    tab.row_groups = [Group(**each) for each in stored.get("row_groups", ())]
    tab.column_groups = [Group(**each) for each in stored.get("column_groups", ())]
    tab.row_properties, tab.column_properties = dict(stored["row_properties"]), dict(stored["column_properties"])
    return tab


def _protection(stored: Json) -> Protection:
    holes = tuple(Box(**hole) for hole in stored["unprotected"])
    return Protection(
        **(stored | {"box": Box(**stored["box"]), "editors": tuple(stored["editors"]), "unprotected": holes})
    )


def export_book(book: Workbook) -> Json:
    """Everything about a workbook in one JSON value, in a stable order."""
    tabs = [
        dump_tab(tab) | {"cells": [[row, column, dump_cell(cell)] for (row, column), cell in tab.cells.items()]}
        for tab in book.tabs
    ]
    return dump_book(book) | {"tabs": tabs}
