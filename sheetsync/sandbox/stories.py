"""Stories: folders of workbooks written down as CSV and YAML, loaded as if people had typed them.

A story has one folder per workbook with `workbook.yaml` (`id`, `title`, `locale`, `time_zone`, `owner`, `shared_with`,
`tabs`), per tab a `NAME.csv` and optionally `NAME.yaml` (`merges`, `formats`, `text`, `links`, `chips`, `notes`,
`struck`, `checkboxes`, `hidden_rows`).
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sheetsync.sandbox.a1 import Area, RangeError, parse_box
from sheetsync.sandbox.accounts import email_of
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.drive.access import give
from sheetsync.sandbox.errors import GoogleError, Json, SandboxError
from sheetsync.sandbox.model import Cell, Tab, Workbook
from sheetsync.sandbox.store import State
from sheetsync.sandbox.values_write import type_into

_BOOK_KEYS = frozenset(("id", "title", "locale", "time_zone", "owner", "shared_with", "tabs"))
_TAB_KEYS = frozenset(("title", "id", "file", "frozen_rows", "hidden"))
_DETAIL_KEYS = frozenset(
    ("merges", "formats", "text", "links", "chips", "notes", "struck", "checkboxes", "hidden_rows")
)
#: room around what is filled, so that people (and managed columns) have where to write
_SPARE_ROWS, _SPARE_COLUMNS, _LEAST_ROWS, _LEAST_COLUMNS = 20, 3, 100, 8


def load_story(state: State, folder: Path) -> list[str]:
    """Loads every workbook of a story that the state does not have yet; returns the ids of the story's workbooks.

    A workbook already in the state stays as it is: a restart must not undo what happened since. Raises SandboxError
    that names the file at fault.
    """
    described = sorted(folder.glob("*/workbook.yaml")) if folder.is_dir() else []
    if not described:
        raise SandboxError(f"{folder}: no story here (expected WORKBOOK/workbook.yaml)")
    ids = []
    with state.lock:
        for path in described:
            about = _Part.read(path, _BOOK_KEYS)
            book_id = about.text("id")
            if book_id not in state.workbooks:
                book = _book(state, about, book_id)
                state.commit(book, book.owner)
            ids.append(book_id)
    return ids


@dataclass(frozen=True)
class _Part:
    """A mapping out of a YAML file, asked for values of a known type."""

    path: Path
    content: Json

    @classmethod
    def read(cls, path: Path, keys: frozenset[str]) -> "_Part":
        try:
            content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, YAMLError) as error:
            raise SandboxError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
        return cls.checked(path, content if content is not None else {}, keys)

    @classmethod
    def checked(cls, path: Path, content: Any, keys: frozenset[str]) -> "_Part":
        if not isinstance(content, dict):
            raise SandboxError(f"{path}: expected a mapping with {', '.join(sorted(keys))}")
        unknown = sorted(str(key) for key in content if key not in keys)
        if unknown:
            raise SandboxError(f"{path}: unknown key {unknown[0]!r} (known: {', '.join(sorted(keys))})")
        return cls(path, content)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.content.get(name, default)
        if not isinstance(value, str) or not value:
            raise SandboxError(f"{self.path}: {name} must be a text")
        return value

    def number(self, name: str, default: int) -> int:
        value = self.content.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise SandboxError(f"{self.path}: {name} must be a whole number")
        return value

    def items(self, name: str) -> list[Any]:
        value = self.content.get(name) or []
        if not isinstance(value, list):
            raise SandboxError(f"{self.path}: {name} must be a list")
        return value

    def mapping(self, name: str) -> Json:
        value = self.content.get(name) or {}
        if not isinstance(value, dict):
            raise SandboxError(f"{self.path}: {name} must be a mapping")
        return value

    def area(self, tab: Tab, text: Any) -> Area:
        try:
            return parse_box(str(text)).within(tab.rows, tab.columns)
        except RangeError:
            raise SandboxError(f"{self.path}: {text!r} is not a range") from None


def _book(state: State, about: _Part, book_id: str) -> Workbook:
    zone = about.text("time_zone", "Etc/GMT")
    if zone not in available_timezones():
        raise SandboxError(f"{about.path}: unknown time_zone {zone!r}")
    book = Workbook(
        id=book_id,
        title=about.text("title"),
        locale=about.text("locale", "en_US"),
        time_zone=zone,
        owner=email_of(about.text("owner", "person")),
    )
    _share(book, about)
    editing = Editing(book, book.owner, state.today(book))
    for position, given in enumerate(about.items("tabs")):
        part = _Part.checked(about.path, given, _TAB_KEYS)
        title = part.text("title")
        sheet_id = part.number("id", position)
        if book.titled(title) is not None or book.tab(sheet_id) is not None:
            raise SandboxError(f"{about.path}: two tabs have the title {title!r} or the id {sheet_id}")
        book.tabs.append(_tab(editing, part, Tab(sheet_id, title)))
    if not book.tabs:
        raise SandboxError(f"{about.path}: tabs must name at least one tab")
    return book


def _share(book: Workbook, about: _Part) -> None:
    """`shared_with` maps an account's name, an e-mail, `@domain` or `anyone` (who has the link) to a role."""
    for name, role in about.mapping("shared_with").items():
        try:
            give(book, email_of(str(name)), str(role))
        except SandboxError:
            known = "writer, commenter and reader"
            raise SandboxError(f"{about.path}: shared_with knows {known}, not {str(role)!r}") from None


def _tab(editing: Editing, part: _Part, tab: Tab) -> Tab:
    name = part.text("file", tab.title)
    path = part.path.parent / (name if name.endswith(".csv") else f"{name}.csv")
    rows = _csv_rows(path)
    width = max((len(row) for row in rows), default=0)
    tab.rows = max(len(rows) + _SPARE_ROWS, _LEAST_ROWS)
    tab.columns = max(width + _SPARE_COLUMNS, _LEAST_COLUMNS)
    tab.frozen_rows = part.number("frozen_rows", 0)
    tab.hidden = part.content.get("hidden") is True
    details_path = path.with_suffix(".yaml")
    details = _Part.read(details_path, _DETAIL_KEYS) if details_path.exists() else _Part(details_path, {})
    # Text cells are made before anybody types into them, or their codes would lose their zeros.
    for text in details.items("text"):
        _format(tab, details.area(tab, text), {"type": "TEXT", "pattern": "@"})
    _type_all(editing, tab, rows, path)
    _apply_details(tab, details)
    return tab


def _csv_rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SandboxError(f"{path}: cannot be read: {error}") from error


def _type_all(editing: Editing, tab: Tab, rows: list[list[str]], path: Path) -> None:
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            if not text:
                continue
            try:
                tab.put(row, column, type_into(tab.cell(row, column), text, editing))
            except GoogleError as error:
                raise SandboxError(f"{path}: row {row + 1}: {error.message}") from None


def _apply_details(tab: Tab, details: _Part) -> None:
    for text, number_format in details.mapping("formats").items():
        if not isinstance(number_format, dict) or "type" not in number_format:
            raise SandboxError(f"{details.path}: the format of {text} must have a type (and a pattern)")
        _format(tab, details.area(tab, text), {str(name): str(value) for name, value in number_format.items()})
    for name, change in _SAYING.items():
        for text, said in details.mapping(name).items():
            _change(tab, details.area(tab, text), change, str(said))
    for name, change in _LISTED.items():
        for text in details.items(name):
            _change(tab, details.area(tab, text), change, "")
    for text in details.items("merges"):
        tab.merges.append(details.area(tab, text))
    for number in details.items("hidden_rows"):
        if not isinstance(number, int) or not 1 <= number <= tab.rows:
            raise SandboxError(f"{details.path}: hidden_rows must list row numbers, not {number!r}")
        tab.row_properties[number - 1] = {"hiddenByUser": True}


def _with_look(cell: Cell, look: Json) -> Cell:
    before = cell.format or {}
    return replace(cell, format=before | {"textFormat": before.get("textFormat", {}) | look})


_Change = Callable[[Cell, str], Cell]
#: cells -> what is said about them
_SAYING: dict[str, _Change] = {
    "links": lambda cell, uri: _with_look(cell, {"link": {"uri": uri}}),
    "chips": lambda cell, uri: replace(cell, chips=({"chip": {"richLinkProperties": {"uri": uri}}},)),
    "notes": lambda cell, note: replace(cell, note=note),
}
#: lists of cells
_LISTED: dict[str, _Change] = {
    "struck": lambda cell, _: _with_look(cell, {"strikethrough": True}),
    "checkboxes": lambda cell, _: replace(cell, validation={"condition": {"type": "BOOLEAN"}}),
}


def _change(tab: Tab, area: Area, change: _Change, said: str) -> None:
    for place, cell in _cells(tab, area):
        tab.put(*place, change(cell, said))


def _cells(tab: Tab, area: Area) -> Iterator[tuple[tuple[int, int], Cell]]:
    for row in range(area.top, area.bottom):
        for column in range(area.left, area.right):
            yield (row, column), tab.cell(row, column)


def _format(tab: Tab, area: Area, number_format: dict[str, str]) -> None:
    for place, cell in _cells(tab, area):
        tab.put(*place, replace(cell, format=(cell.format or {}) | {"numberFormat": number_format}))
