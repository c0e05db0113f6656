"""Who is right, told by somebody who has never seen the code under test.

It listens to every request, knows from the requests alone which columns and tabs are ours, and holds workbooks to the
promises: people's cells, values beside their own rows, other parties' words, literals that may not be lost. Ownership
is kept as metadata of its own in the sandbox, which moves with its column as Google's does.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from itertools import product
from typing import Any

from sheetsync.sandbox import RequestRecord, Running
from sheetsync.sandbox.batch.table import apply_batch
from sheetsync.sandbox.codec import export_book
from sheetsync.sandbox.decode import decode
from sheetsync.sandbox.model import Metadata, Tab, Workbook
from sheetsync.sandbox.results import Results

Json = dict[str, Any]
Line = dict[str, str]

PLANNING = "1TrustPlanningTwoTabsWithOneKey000000000001"
TRACKING = "1TrustTrackingAndPagesInOneBook00000000002"

_TAG = "oracle.column"
#: far from any id that a client chooses
_FIRST_TAG = 7
_PREFIX = "ss:"
_BETWEEN = "␟"


@dataclass(frozen=True)
class Sheet:
    """One source as its people know it."""

    source: str
    book: str
    tab_id: int
    #: the headers of its key, in order
    key: tuple[str, ...]
    #: what our columns show; none in a sidecar
    shows: tuple[str, ...] = ("status", "issues")


SHEETS = (
    Sheet("briefs", PLANNING, 0, ("Ref",)),
    Sheet("mailings", PLANNING, 12, ("ID",)),
    Sheet("utm", TRACKING, 77, ("Campaign ID", "Channel", "Placement"), ("status", "issues", "tracking_url")),
    Sheet("pages", TRACKING, 78, ("Nr",), ()),
)

#: words that stand in one party's sheets only, by the workbooks that may hold them; the register is in none
CANARIES: Mapping[str, tuple[str, ...]] = {
    PLANNING: ("marzipan", "062.37", "064.37", "$62.37", "$64.37", "saffron", "62.91", "65.91"),
    TRACKING: ("paprika", "cardamom", "62.77", "www.trust.example"),
    "register": ("juniper", "262.53", "264.53", "063.53", "065.53", "$63.53"),
}
#: what readers of the landing pages may not even hear of
_UNHEARD = ("Autumn briefs", "Mailing plan", "Official register", "Link builder")


class Broken(AssertionError):
    """A promise is broken."""


class Touched(Broken):
    """Something of theirs was changed."""


class Misplaced(Broken):
    """A value stands beside a row that it does not belong to."""


class Leaked(Broken):
    """Somebody's values stand where other parties read."""


class Lost(Broken):
    """Something a person typed, and we have seen, is gone without a trace."""


class Unsettled(Broken):
    """Nobody acts any more, and yet something is missing or still being written."""


@dataclass
class Oracle:
    """Watches one schedule. `account` is the e-mail of the system under test."""

    sandbox: Running
    account: str
    #: (spreadsheet, tab id) of tabs that we added
    our_tabs: set[tuple[str, int]] = field(default_factory=set)
    #: developer metadata that we made
    our_metadata: set[tuple[str, int]] = field(default_factory=set)
    #: (spreadsheet, tab id) -> lines as we last wrote them into our tab
    filled: dict[tuple[str, int], list[Line]] = field(default_factory=dict)
    #: workbooks in whose tab of ours a person was at work since we last filled it
    meddled: set[str] = field(default_factory=set)
    #: literals that one of our reads has seen in our columns, by workbook; and in our tab
    seen: set[tuple[str, str]] = field(default_factory=set)
    seen_in_our_tab: set[tuple[str, str]] = field(default_factory=set)
    #: values beside rows that were looked at
    values: int = 0
    _books: dict[str, Workbook] = field(default_factory=dict)
    #: source -> the workbook as it was at the last look
    _looked: dict[str, Workbook] = field(default_factory=dict)
    _tags: int = _FIRST_TAG

    def __post_init__(self) -> None:
        self._books = dict(self.sandbox.state.workbooks)

    def twin(self) -> "Oracle":
        """Another that knows the same and goes its own way."""
        known = {one.name: copy(getattr(self, one.name)) for one in fields(self) if one.name != "sandbox"}
        twin = Oracle(self.sandbox, known.pop("account"))
        for name, value in known.items():
            setattr(twin, name, value)
        twin._books = dict(self.sandbox.state.workbooks)
        return twin

    # ------------------------------------------------------------ what it is told

    def request(self, record: RequestRecord, body: Any) -> None:
        """After each request, before anybody else acts. Raises `Broken`."""
        before, now = self._books, self.sandbox.state.workbooks
        if record.account != self.account:
            return
        written = record.status == 200 and record.method != "GET"
        changed = [book_id for book_id in now if now[book_id] is not before.get(book_id)]
        if changed and not written:
            raise Touched(f"{record.method} {record.path} ({record.status}) changed {changed}")
        for book_id in changed:
            self._ours_alone(before[book_id], now[book_id], body["requests"])
            self._nobody_elses(self.sandbox.state.workbooks[book_id])
        if record.method == "GET" and record.status == 200:
            self._remember_literals(record.path.rpartition("/")[2])
        self._books = dict(self.sandbox.state.workbooks)
        self.beside()

    def act(self) -> None:
        """After each act of a person. Raises `Broken`."""
        before, self._books = self._books, dict(self.sandbox.state.workbooks)
        for book_id, tab_id in self.our_tabs:
            was, now = _tab(before.get(book_id), tab_id), _tab(self._books.get(book_id), tab_id)
            if was is not None and (now is None or _shape(was) != _shape(now)):
                self.meddled.add(book_id)
        self.beside()

    # ------------------------------------------------------------ promise 1

    def _ours_alone(self, before: Workbook, after: Workbook, requests: list[Json]) -> None:
        """Only our columns, our tab and our metadata may differ from what a person's insertion would have left."""
        expected = before
        for request in requests:
            expected = self._followed(expected, request)
        tags = [one for one in expected.metadata if one.key == _TAG]
        tagged = after.copied()
        tagged.metadata = [one for one in after.metadata if one.key != _TAG] + tags
        was = [one for one in after.metadata if one.key == _TAG]
        new = {one.id for one in tags} - {one.id for one in before.metadata}
        if was != [one for one in tags if one.id not in new]:
            raise Touched(f"metadata of somebody else was changed in {after.title!r}")
        with self.sandbox.state.lock:
            self.sandbox.state.workbooks[after.id] = tagged
        _compare(self._theirs(expected), self._theirs(tagged))
        self._by_name(before, tagged)

    def _followed(self, book: Workbook, request: Json) -> Workbook:
        """The workbook after the part of a request of ours that is allowed to touch people's tabs."""
        kind, given = next(iter(request.items()))
        if kind == "addSheet":
            self.our_tabs.add((book.id, given["properties"]["sheetId"]))
        if kind == "createDeveloperMetadata":
            self.our_metadata.add((book.id, given["developerMetadata"]["metadataId"]))
        if kind == "updateCells" and "rows" in given:
            self._note_filling(book.id, given)
        if kind == "deleteSheet" and (book.id, given["sheetId"]) in self.our_tabs:
            # What of theirs pointed at our tab says so, as after anybody's deletion.
            return self._as_a_person(book, request)
        if kind not in ("insertDimension", "deleteDimension") or given["range"].get("dimension") != "COLUMNS":
            return book
        where = given["range"]
        columns = range(where["startIndex"], where["endIndex"])
        tab = book.tab(where.get("sheetId", 0))
        if tab is None or (book.id, tab.sheet_id) in self.our_tabs:
            return book
        if kind == "deleteDimension" and not set(columns) <= _tagged(book, tab):
            return book
        edited = self._as_a_person(book, request)
        if kind == "insertDimension":
            for column in columns:
                edited.metadata.append(Metadata(self._tags, _TAG, "", "DOCUMENT", tab.sheet_id, "COLUMNS", column))
                self._tags += 1
        return edited

    def _as_a_person(self, book: Workbook, request: Json) -> Workbook:
        decoded = decode({"requests": [request]}, "BatchUpdateSpreadsheetRequest")["requests"]
        edited, _ = apply_batch(book, decoded, book.owner, self.sandbox.state.today(book))
        return edited

    def _theirs(self, book: Workbook) -> Json:
        """Everything about a workbook that is not ours.

        A warning of ours that comes back may come to stand on a column of theirs, if they move columns at that very
        moment: it stops nobody, and must be gone when all is quiet (`astray`).
        """
        export = export_book(book)
        rest = {name: value for name, value in export.items() if name not in ("version", "modified", "modified_by")}
        rest["metadata"] = [
            one for one in export["metadata"] if (book.id, one["id"]) not in self.our_metadata and one["key"] != _TAG
        ]
        theirs = [tab for tab in book.tabs if (book.id, tab.sheet_id) not in self.our_tabs]
        exported = {tab["sheet_id"]: tab for tab in export["tabs"]}
        rest["tabs"] = [_without(exported[tab.sheet_id], _tagged(book, tab), self.account) for tab in theirs]
        return rest

    # ------------------------------------------------------------ promise 2

    def _note_filling(self, book_id: str, given: Json) -> None:
        tab_id = (given.get("range") or given.get("start") or {}).get("sheetId", 0)
        if (book_id, tab_id) not in self.our_tabs:
            return
        rows = [[_literal(cell) for cell in row.get("values", [])] for row in given["rows"]]
        head = rows[0]
        self.filled[book_id, tab_id] = [dict(zip(head, row, strict=False)) for row in rows[1:]]
        self.meddled.discard(book_id)

    def beside(self) -> None:
        """Promise 2, in every workbook that has changed since the last look. Raises `Misplaced`."""
        for sheet in SHEETS:
            if self._looked.get(sheet.source) is self.sandbox.state.workbooks[sheet.book]:
                continue
            for row, name, text in (*self.shown(sheet), *self.shown(sheet, copies=True)):
                self.values += bool(text)
                if text and text not in self._right(sheet, row, name):
                    raise Misplaced(f"{sheet.source} row {row.row + 1} {row.keys} shows {name} {text!r}")
                if text and sheet.book not in self.meddled:
                    _check_named_record(sheet, row, text)
            self._looked[sheet.source] = self.sandbox.state.workbooks[sheet.book]

    def shown(self, sheet: Sheet, *, copies: bool = False) -> Iterator[tuple["Row", str, str]]:
        """Every cell under a formula of ours that holds no literal: its row, our name for the column, its text.

        In our own columns, or in others, where people have put `copies` of our formulas.
        """
        book = self.sandbox.state.workbooks[sheet.book]
        tab = book.tab(sheet.tab_id)
        ours = _tagged(book, tab) if tab is not None else set()
        if tab is None or not ours:
            return
        calculated = {column for (_, column), cell in tab.cells.items() if cell.formula is not None}
        results = self.sandbox.state.results(book)
        named: dict[int, list[tuple[int, ...]]] = {}
        for column in sorted(calculated - ours if copies else calculated & ours):
            anchors = _anchors(results, tab, column)
            for row in range(min(anchors, default=tab.rows) + 1, tab.rows):
                if not tab.cell(row, column).holds_value:
                    header = max(top for top in anchors if top < row)
                    places = named.setdefault(header, _key_columns(results, tab, ours, sheet, header))
                    keys = tuple(_key(results, tab, row, place) for place in places)
                    yield Row(row, header, keys), anchors[header], results.text(tab, row, column)

    def _right(self, sheet: Sheet, row: "Row", name: str) -> set[str]:
        """What may stand beside a row: what our tab has for one of the keys that its cells can be read as."""
        wanted = {_fold(_BETWEEN.join((sheet.source, *key))) for key in row.keys if all(key)}
        lines = [line for (book_id, _), lines in self.filled.items() if book_id == sheet.book for line in lines]
        right = {line.get(name, "") for line in lines if _fold(line.get("key", "")) in wanted}
        if sheet.book in self.meddled:
            right |= {
                text for texts in self._our_rows(sheet.book) if wanted & {_fold(t) for t in texts} for text in texts
            }
        return right

    def _our_rows(self, book_id: str) -> list[list[str]]:
        book = self.sandbox.state.workbooks[book_id]
        return [
            row
            for our_book, tab_id in self.our_tabs
            if our_book == book_id and (tab := book.tab(tab_id)) is not None
            for row in self.sandbox.grid(book_id, tab.title)
        ]

    def _by_name(self, before: Workbook, after: Workbook) -> None:
        """A literal that we ourselves put beside a row, and that names its record, must name that row's."""
        results = self.sandbox.state.results(after)
        for sheet in (one for one in SHEETS if one.book == after.id):
            tab, was = after.tab(sheet.tab_id), before.tab(sheet.tab_id)
            if tab is None or was is None:
                continue
            columns = _tagged(after, tab)
            headers = ((row, _key_columns(results, tab, columns, sheet, row)) for row in range(tab.rows))
            header, places = next(((row, places) for row, places in headers if places), (tab.rows, []))
            for (row, column), cell in tab.cells.items():
                ours = column in columns and isinstance(cell.value, str) and was.cells.get((row, column)) is not cell
                if ours and row > header:
                    keys = tuple(_key(results, tab, row, place) for place in places)
                    _check_named_record(sheet, Row(row, header, keys), str(cell.value))

    # ------------------------------------------------------------ promise 9

    def _nobody_elses(self, book: Workbook) -> None:
        text = json.dumps(export_book(book), ensure_ascii=False).casefold()
        for home, words in CANARIES.items():
            for word in words if home != book.id else ():
                # A tracking link holds the landing page; nothing else does.
                if word.casefold() in (_LINKS.sub("", text) if book.id == TRACKING else text):
                    raise Leaked(f"{word!r} stands in {book.title!r}")
        for sheet in (one for one in SHEETS if one.source == "pages" and one.book == book.id):
            for line in (line for key, lines in self.filled.items() if key[0] == book.id for line in lines):
                about_them = f"gid={sheet.tab_id}#" in line.get("link", "")
                if about_them and (told := [title for title in _UNHEARD if title in " ".join(line.values())]):
                    raise Leaked(f"readers of the landing pages hear of {told[0]!r}: {line}")

    # ------------------------------------------------------------ promise 3

    def _remember_literals(self, book_id: str) -> None:
        book = self.sandbox.state.workbooks.get(book_id)
        for tab in book.tabs if book is not None else ():
            columns = _tagged(book, tab)
            if (book_id, tab.sheet_id) in self.our_tabs:
                written = {text for line in self.filled.get((book_id, tab.sheet_id), ()) for text in line.values()}
                texts = {str(cell.value) for cell in tab.cells.values() if isinstance(cell.value, str)}
                self.seen_in_our_tab |= {(book_id, text) for text in texts - written if text.startswith("hand")}
            for (_, column), cell in tab.cells.items():
                if column in columns and isinstance(cell.value, str) and cell.value.startswith("hand"):
                    self.seen.add((book_id, cell.value))

    def lost(self, history: Iterable[str], seen: set[tuple[str, str]]) -> list[str]:
        """Literals seen by a read that are neither in the history nor anywhere in the workbook."""
        told = set(history)
        standing = {
            (book.id, str(cell.value))
            for book in self.sandbox.state.workbooks.values()
            for tab in book.tabs
            for cell in tab.cells.values()
        }
        return sorted(text for book_id, text in seen - standing if text not in told)

    # ------------------------------------------------------------ when all is quiet

    def astray(self, left_alone: set[str]) -> list[str]:
        """Warnings of ours on columns that are not, but for sources left alone."""
        books = [(sheet, self.sandbox.state.workbooks[sheet.book]) for sheet in SHEETS]
        return [
            f"{sheet.source}: {one.box}"
            for sheet, book in books
            if sheet.source not in left_alone and (tab := book.tab(sheet.tab_id)) is not None
            for one in tab.protections
            if one.warning_only and one.creator == self.account and one.box.left not in _tagged(book, tab)
        ]

    def is_closed(self, book_id: str) -> bool:
        """Whether a protection of theirs keeps us from writing into our own tab."""
        book = self.sandbox.state.workbooks[book_id]
        return any((book_id, tab.sheet_id) in self.our_tabs and _is_closed(tab, self.account) for tab in book.tabs)

    def complete(self, left_alone: set[str]) -> int:
        """Every row shows its value, but for sources left alone: how many did. Raises `Unsettled`."""
        rows = 0
        for sheet in SHEETS:
            if sheet.shows and sheet.source not in left_alone:
                rows += self._complete(sheet)
        return rows

    def _complete(self, sheet: Sheet) -> int:
        book = self.sandbox.state.workbooks[sheet.book]
        tab = book.tab(sheet.tab_id)
        assert tab is not None, "a source without its tab is in trouble"
        shown = list(self.shown(sheet))
        names = {name for _, name, _ in shown}
        # A copy that people made shows the same, and stands in for a column of ours that they have deleted.
        shown += [one for one in self.shown(sheet, copies=True) if one[1] not in names]
        names = {name for _, name, _ in shown}
        if names != set(sheet.shows):
            raise Unsettled(f"{sheet.source} shows {sorted(names)} instead of {sorted(sheet.shows)}")
        if len(shown) > len({(row.row, name) for row, name, _ in shown}):
            raise Unsettled(f"something of ours stands in two columns of {sheet.source}")
        counts: dict[str, int] = {}
        for row in {row for row, _, _ in shown}:
            for key in row.keys:
                counts[_fold(_BETWEEN.join(key))] = counts.get(_fold(_BETWEEN.join(key)), 0) + 1
        rows = set()
        for row, name, text in shown:
            single = len(row.keys) == 1 and counts[_fold(_BETWEEN.join(row.keys[0]))] == 1
            if single and text != (should := max(self._right(sheet, row, name), default="")):
                raise Unsettled(f"{sheet.source} row {row.row + 1} {row.keys} shows {name} {text!r}, not {should!r}")
            rows |= {row.row} if text else set()
        return len(rows)


@dataclass(frozen=True)
class Row:
    """A row under a header: the keys its cells can be read as (several where a header stands there twice)."""

    row: int
    header: int
    keys: tuple[tuple[str, ...], ...]


# ---------------------------------------------------------------- looking at a workbook


_LINKS = re.compile(r"https://www\.trust\.example/[a-z]+\?utm_[^\"\s]*")
_NAMED = re.compile(r"utm_id=([\w-]+)")
_PLACED = re.compile(r"utm_content=([\w-]+)")


def _tab(book: Workbook | None, tab_id: int) -> Tab | None:
    return None if book is None else book.tab(tab_id)


def _shape(tab: Tab) -> tuple[Any, ...]:
    return tab.cells, tab.rows, tab.columns, tab.merges


def _tagged(book: Workbook | None, tab: Tab) -> set[int]:
    metadata = book.metadata if book is not None else ()
    return {one.index for one in metadata if one.key == _TAG and one.sheet_id == tab.sheet_id}


def _fold(text: str) -> str:
    return text.casefold()


def _literal(cell: Json) -> str:
    return str(cell.get("userEnteredValue", {}).get("stringValue", ""))


def _anchors(results: Results, tab: Tab, column: int) -> dict[int, str]:
    """Rows of this column with a formula whose cell shows one of our headers, and the header's name."""
    rows = [row for (row, at), cell in tab.cells.items() if at == column and cell.formula is not None]
    texts = {row: results.text(tab, row, column) for row in rows}
    return {row: text.removeprefix(_PREFIX) for row, text in texts.items() if text.startswith(_PREFIX)}


def _key_columns(results: Results, tab: Tab, ours: set[int], sheet: Sheet, header: int) -> list[tuple[int, ...]]:
    """Columns that a row's key can be read from; none where a header of the key is missing."""
    columns = {column for at, column in tab.cells if at == header} - ours
    texts = {column: _fold(results.text(tab, header, column).strip()) for column in sorted(columns)}
    return list(product(*([at for at, text in texts.items() if text == _fold(wanted)] for wanted in sheet.key)))


def _key(results: Results, tab: Tab, row: int, columns: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(results.text(tab, row, column) for column in columns)


def _check_named_record(sheet: Sheet, row: Row, text: str) -> None:
    """A value that names its record stands beside that record."""
    if (named := _NAMED.search(text)) is None:
        return
    campaigns = {_slug(key[0]) for key in row.keys}
    if named[1] not in campaigns:
        raise Misplaced(f"{sheet.source} row {row.row + 1} {row.keys} shows {text!r}")
    placed = _PLACED.search(text)
    if placed is not None and placed[1] not in {_slug(key[-1]) for key in row.keys}:
        raise Misplaced(f"{sheet.source} row {row.row + 1} {row.keys} shows {text!r}")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def _is_closed(tab: Tab, account: str) -> bool:
    """Whether somebody else's protection may keep us from writing here."""
    return any(not one.warning_only and account not in (*one.editors, one.creator) for one in tab.protections)


def _without(tab: Json, ours: set[int], account: str) -> Json:
    """An exported tab less what lies wholly in our columns, and less our own warnings wherever they were copied to."""

    def is_theirs(one: Json) -> bool:
        return not inside(one["box"]) and not (one["warning_only"] and one["creator"] == account)

    def inside(box: Json) -> bool:
        left, right = box["left"], box["right"]
        return left is not None and right is not None and set(range(left, right)) <= ours and left < right

    return {
        **tab,
        "cells": [cell for cell in tab["cells"] if cell[1] not in ours],
        "rules": [rule for rule in tab["rules"] if not all(inside(box) for box in rule["boxes"])],
        "merges": [merge for merge in tab["merges"] if not inside(merge)],
        "protections": [one for one in tab["protections"] if is_theirs(one)],
        "column_properties": [one for one in tab["column_properties"] if one[0] not in ours],
    }


def _compare(expected: Json, found: Json) -> None:
    if expected != found:
        raise Touched(f"{expected['title']!r}: " + "; ".join(list(_apart(expected, found, ""))[:5]))


def _apart(one: Any, other: Any, where: str) -> Iterator[str]:
    """Where two exports differ, in few words."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys(), key=str):
            yield from _apart(one.get(name), other.get(name), f"{where}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (mine, yours) in enumerate(zip(one, other, strict=True)):
            yield from _apart(mine, yours, f"{where}[{number}]")
    elif isinstance(one, list) and isinstance(other, list):
        yield f"{where}: gone {[x for x in one if x not in other]}, come {[x for x in other if x not in one]}"
    elif one != other:
        yield f"{where}: {one!r} -> {other!r}"
