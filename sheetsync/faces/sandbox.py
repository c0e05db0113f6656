"""The sandbox from the command line: run it, and act in it as a person would."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sheetsync.errors import SheetsyncError, UsageError
from sheetsync.faces.tables import Screen
from sheetsync.faces.terminal import say
from sheetsync.sandbox import DEFAULT_NAMES, SandboxError, State, serve
from sheetsync.sandbox.person import Person, PersonError

_CELL = re.compile(r"(?P<letters>[A-Z]{1,3})(?P<row>[1-9][0-9]*)")


def serve_sandbox(
    port: int,
    state: str,
    accounts: Path,
    stories: tuple[Path, ...],
    names: tuple[str, ...],
    imports: tuple[Path, ...] = (),
    locale: str = "",
) -> None:
    """Run until stopped; prints what was imported, then `sandbox ready BASE` once it answers."""

    def prepare(memory: State) -> None:
        # Only here: reading workbook files takes a library that serving does not need.
        from sheetsync.faces.exchange import import_text, import_while_starting

        for document in import_while_starting(memory, imports, locale):
            for line in import_text(Screen.here(), document):
                say(line)

    try:
        serve(port, state, accounts, stories, (*DEFAULT_NAMES, *names), prepare if imports else None)
    except SandboxError as error:
        raise SheetsyncError(str(error)) from error


def type_into(link: str, value: str, key_file: Path) -> str:
    """Type a value into the linked cell, parsed as if typed by hand."""
    cell = _linked(link)
    _act(cell, key_file, lambda person: person.type_into(cell.spreadsheet, cell.tab_id, cell.row, cell.column, value))
    return f"typed {value!r} into {cell.name}"


def sort_by(link: str, key_file: Path) -> str:
    """Sort everything from the linked cell's row downwards by its column."""
    cell = _linked(link)
    _act(cell, key_file, lambda person: person.sort(cell.spreadsheet, cell.tab_id, cell.row, cell.column))
    return f"sorted the rows from {cell.row + 1} on by column {cell.name.rstrip('0123456789')}"


@dataclass(frozen=True)
class _Cell:
    base: str
    spreadsheet: str
    tab_id: int
    name: str
    row: int
    column: int


def _linked(link: str) -> _Cell:
    parts = urlsplit(link)
    found = re.fullmatch(r"/spreadsheets/d/(?P<id>[^/]+)/edit", parts.path)
    place: Mapping[str, list[str]] = parse_qs(parts.fragment)
    cell = _CELL.fullmatch(place.get("range", [""])[0])
    if parts.hostname not in ("127.0.0.1", "localhost") or not found or not cell or "gid" not in place:
        raise UsageError(
            "this is no link to a cell in the sandbox.",
            "Copy one from what `sheetsync reconcile` prints, in quotes: it ends in #gid=…&range=…",
        )
    column = 0
    for letter in cell["letters"]:
        column = column * 26 + ord(letter) - ord("A") + 1
    base = f"{parts.scheme}://{parts.netloc}"
    return _Cell(base, found["id"], int(place["gid"][0]), cell[0], int(cell["row"]) - 1, column - 1)


def _act(cell: _Cell, key_file: Path, deed: Callable[[Person], Any]) -> None:
    try:
        deed(Person(cell.base, key_file))
    except PersonError as error:
        raise SheetsyncError(f"{error}.".replace("?.", "?"), "Check the link, and the key file (--as).") from error
