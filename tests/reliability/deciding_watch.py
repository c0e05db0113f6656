"""A decisions tab held to the promises, in each workbook where people decide, by somebody who has never seen our code.

It knows from the requests alone which columns of the tab are ours, and notes what each line showed, and what the sheets
said, when a person last typed in it.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sheetsync.sandbox import RequestRecord
from sheetsync.sandbox.model import Metadata, Workbook
from tests.reliability.deciding_claims import IS_CLAIM
from tests.reliability.deciding_groups import Group
from tests.reliability.deciding_lines import (
    TAB,
    Line,
    column_of,
    id_column,
    is_about_the_tab,
    lines_in,
    lines_of,
    named_anchors,
    plain,
)
from tests.reliability.deciding_readers import hidden, sees, sides
from tests.reliability.deciding_story import DECIDING, OPS
from tests.reliability.oracle import (
    _TAG,
    PLANNING,
    SHEETS,
    Broken,
    Json,
    Leaked,
    Misplaced,
    Oracle,
    Row,
    Sheet,
    Touched,
    _fold,
    _literal,
    _tab,
)
from tests.reliability.story import STORY

#: what a person looks at to decide
SEEN = ("Value A", "Value B", "Version")
#: where people decide: the ops workbook, and a team's
BOOKS = (OPS, PLANNING)
#: a line in one of them
Spot = tuple[str, str]
GROUP = Group(DECIDING / "decisions.yaml")
#: how much a team may see of others
SEES = {PLANNING: sees(STORY / "config" / "sources.yaml", PLANNING)}

#: what a field is called in each place
_HEADERS: Mapping[str, Mapping[str, str]] = {
    "Flight start": {"briefs": "Starts", "mailings": "From", "utm": "Live from", "register": "starts_on"},
    "Flight end": {"briefs": "Ends", "mailings": "To", "utm": "Live to", "register": "ends_on"},
    "Offer": {"briefs": "Offer", "mailings": "Offer", "pages": "Angebot", "register": "offer"},
    "Promo code": {"briefs": "Promo code", "mailings": "Code", "pages": "Gutschein", "register": "promo_code"},
    "Campaign": {"briefs": "Campaign", "mailings": "Campaign", "pages": "Kampagne", "register": "name"},
    "Partner": {"briefs": "Partner", "mailings": "Brand", "register": "partner"},
}


class Doubled(Broken):
    """A conflict has two lines by our hand, or none."""


class Vouched(NamedTuple):
    """What somebody typed in a line, what it showed then, and what the cells of A and B said."""

    typed: Mapping[str, str]
    shows: Mapping[str, str]
    said: tuple[str, ...]
    #: who was logged in, on the command line
    operator: str = ""


@dataclass
class Watch(Oracle):
    """Watches the tabs of one schedule, and who types in them beside what."""

    register: Path = Path()
    #: line -> what was last typed there; as it was when the present run read the tab; and all that was filed elsewhere
    vouched: dict[Spot, Vouched] = field(default_factory=dict)
    heard: dict[Spot, Vouched] = field(default_factory=dict)
    filed: dict[str, list[Vouched]] = field(default_factory=dict)
    #: (line, version) -> what it showed in the ops workbook while the tab was whole there
    whole: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    #: line -> campaign and field it is about, ever
    about: dict[Spot, tuple[str, str]] = field(default_factory=dict)
    #: workbooks as the present run has first read them, and ids that people have brought into the tab since
    read: dict[str, Workbook] = field(default_factory=dict)
    brought: set[Spot] = field(default_factory=set)
    #: lines of teams that were looked at and say less than they might
    discreet: int = 0
    #: rows that the present batch has inserted into the tab
    _inserted: range = range(0)
    _register_then: list[Mapping[str, Any]] = field(default_factory=list)
    #: workbooks as they were when what people typed in their tabs was noted last
    _noted: dict[str, Workbook] = field(default_factory=dict)

    # ------------------------------------------------------------ what it is told

    def begin(self) -> None:
        """Before each run."""
        self.read, self.heard, self._register_then = {}, {}, self.registered()

    def registered(self) -> list[Mapping[str, Any]]:
        with closing(sqlite3.connect(self.register)) as table:
            table.row_factory = sqlite3.Row
            return [dict(row) for row in table.execute("SELECT * FROM campaigns")]

    def request(self, record: RequestRecord, body: Any) -> None:
        super().request(record, body)
        book_id = record.path.rpartition("/")[2]
        if record.account == self.account and record.method == "GET" and record.status == 200:
            if book_id not in self.read:
                self.heard |= {spot: it for spot, it in self.vouched.items() if spot[0] == book_id}
            self.read.setdefault(book_id, self.sandbox.state.workbooks[book_id])
            self.brought = {spot for spot in self.brought if spot[0] != book_id}
            if book_id == PLANNING:
                self._has_read_the_owner()

    def _has_read_the_owner(self) -> None:
        """The run has read the sheet that owns most fields, just now."""

    def act(self) -> None:
        before = self._books
        if before.get(OPS) is not self._noted.get(OPS):
            self._remember(self.lines(OPS, before))
        super().act()
        for book in BOOKS:
            if before.get(book) is not self._books[book]:
                known = {line.id for line in self.lines(book, before)}
                self.brought |= {(book, line.id) for line in self.lines(book) if line.id not in known}
            if self._noted.get(book) is not self._books[book]:
                self.note(book)

    def _remember(self, there: Iterable[Line]) -> None:
        self.whole |= {(it.id, it.shows["Version"]): it.shows for it in there if set(SEEN) <= set(it.shows)}

    def note(self, book: str) -> None:
        """What people have typed by now in one tab, beside what, and what the cells said."""
        self._noted[book] = self._books[book]
        said: dict[Spot, list[Line]] = {}
        for line in self.lines(book, blocked=True):
            if line.typed:
                said.setdefault((book, line.id), []).append(line)
        for spot, lines in said.items():
            if any(line.typed != lines[0].typed for line in lines):
                self.vouched.pop(spot, None)
            elif spot not in self.vouched or self.vouched[spot].typed != lines[0].typed:
                # What a team may not see is seen by who judges whether it was decided rightly.
                shows = lines[0].shows if book == OPS else self._in_full(lines[0])
                self.vouched[spot] = Vouched(lines[0].typed, shows, self._said(shows, None))
        for spot in {spot for spot in self.vouched if spot[0] == book} - said.keys():
            del self.vouched[spot]

    def _in_full(self, line: Line) -> Mapping[str, str]:
        return {**self.whole.get((line.id, line.shows.get("Version", "")), {}), **line.shows}

    def file(self, line: Line, typed: Mapping[str, str], operator: str) -> None:
        """Somebody decides elsewhere what this line is about, by what it shows."""
        # Whatever stands in the tab by then: the command line shows all there is to decide.
        shows = self._in_full(line)
        made = Vouched(typed, shows, self._said(shows, None), operator)
        self.filed[line.id] = [*self.filed.get(line.id, ()), made]

    # ------------------------------------------------------------ promise 1

    def _followed(self, book: Workbook, request: Json) -> Workbook:
        kind, given = next(iter(request.items()))
        if book.id not in BOOKS or not is_about_the_tab(kind, given):
            return super()._followed(book, request)
        if kind == "createDeveloperMetadata":
            return super()._followed(book, request)
        if kind == "addSheet":
            return self._as_it_is_made(book)
        if self._books[book.id].tab(TAB) is None:
            return book
        if kind == "insertDimension" and given["range"]["dimension"] == "ROWS":
            self._inserted = range(given["range"]["startIndex"], given["range"]["endIndex"])
            return self._as_a_person(book, request)
        if kind == "updateCells":
            return self._line_written(book, request)
        return super()._followed(book, request)

    def _as_it_is_made(self, book: Workbook) -> Workbook:
        """A tab that was not there: all in it is ours to begin with, and nothing is afterwards but its columns."""
        made, after = book.copied(), self.sandbox.state.workbooks[book.id]
        tab = after.tab(TAB)
        assert tab is not None
        made.tabs = [*made.tabs, tab]
        for one in after.metadata:
            if one.sheet_id == TAB and one.dimension == "COLUMNS" and one.key != _TAG:
                made.metadata.append(Metadata(self._tags, _TAG, "", "DOCUMENT", TAB, "COLUMNS", one.index))
                self._tags += 1
        return made

    def _line_written(self, book: Workbook, request: Json) -> Workbook:
        """The looks of lines that were inserted just now; what else is written must lie in our columns."""
        given = request["updateCells"]
        where = given.get("range") or {}
        rows = range(where.get("startRowIndex", 0), where.get("endRowIndex", 0))
        if "rows" not in given and rows and set(rows) <= set(self._inserted):
            return self._as_a_person(book, request)
        column = id_column(book)
        if "rows" in given and column is not None and where.get("startColumnIndex") == column:
            ids = [_literal(cell) for row in given["rows"] for cell in row.get("values", [])]
            if set(rows) <= set(self._inserted):
                self._once(book.id, ids)
            elif ids != ["id"] or len(rows) != 1:
                raise Touched(f"ids are written over: {ids} in rows {rows}")
        return book

    def _once(self, book: str, ids: Iterable[str]) -> None:
        """No line is added for what has one, but where people brought it there while we were at it."""
        standing = {line.id for line in self.lines(book, self._books) if (book, line.id) not in self.brought}
        if twice := sorted(standing & set(ids)):
            raise Doubled(f"added again: {twice}")

    def _ours_alone(self, before: Workbook, after: Workbook, requests: list[Json]) -> None:
        self._inserted = range(0)
        super()._ours_alone(before, after, requests)
        if after.id in BOOKS and before.tab(TAB) is not None and (column := id_column(after)) is not None:
            was, now = column_of(before, id_column(before)), column_of(after, column)
            kept = {row: text for row, text in now.items() if row not in self._inserted and text != "id"}
            # Over a head of ours we write it again, whatever somebody put there.
            stood = {row for row, text in now.items() if text == "id"} - set(self._inserted)
            heads = {row - sum(new < row for new in self._inserted) for row in stood}
            should = [text for row, text in sorted(was.items()) if row not in heads]
            if id_column(before) is not None and [text for _, text in sorted(kept.items())] != should:
                raise Touched(f"ids were {should} and are {kept}")

    def _nobody_elses(self, book: Workbook) -> None:
        if book.id != OPS:
            super()._nobody_elses(book)

    # ------------------------------------------------------------ promise 2

    def beside(self) -> None:
        super().beside()
        for book in BOOKS:
            if self._looked.get(book) is not self.sandbox.state.workbooks[book]:
                self._beside_lines(book)
                self._looked[book] = self.sandbox.state.workbooks[book]

    def _beside_lines(self, book: str) -> None:
        sheet = lines_in(book)
        for row, name, text in self.shown(sheet):
            self.values += bool(text)
            if text and text not in self._right(sheet, row, name):
                raise Misplaced(f"the line of {row.keys} shows {name} {text!r}")
        there = self.lines(book)
        if book == OPS:
            self._remember(there)
        for line in there if book not in self.meddled else ():
            if book != OPS and SEES[book] != "full":
                self._redacted(book, line)
            # Which fields of a group are at odds may change under one line.
            name = line.shows.get("About", "")
            about = line.shows.get("Campaign", ""), GROUP.begins if name.startswith(GROUP.begins) else name
            if all(about) and self.about.setdefault((book, line.id), about) != about:
                raise Misplaced(f"{line.id} was about {self.about[book, line.id]}, and is about {about}")

    def shown(self, sheet: Sheet, *, copies: bool = False) -> Iterator[tuple[Row, str, str]]:
        """As in people's tabs; in the lines of this one also under copies of our formulas."""
        if sheet.tab_id != TAB:
            yield from super().shown(sheet, copies=copies)
            return
        book = self.sandbox.state.workbooks[sheet.book]
        tab, key = book.tab(TAB), id_column(book)
        if tab is None or key is None or copies:
            return
        results = self.sandbox.state.results(book)
        for column in sorted({at for (_, at), cell in tab.cells.items() if cell.formula is not None}):
            anchors = named_anchors(results, tab, column)
            for row in range(min(anchors, default=tab.rows) + 1, tab.rows):
                if not tab.cell(row, column).holds_value:
                    header = max(top for top in anchors if top < row)
                    yield (
                        Row(row, header, ((results.text(tab, row, key),),)),
                        anchors[header],
                        results.text(tab, row, column),
                    )

    def complete(self, left_alone: set[str]) -> int:
        rows = super().complete(left_alone)
        for book in self.settled_in(left_alone):
            if self.sandbox.state.workbooks[book].tab(TAB) is not None and not self.is_closed(book):
                rows += self._complete(lines_in(book))
        return rows

    def settled_in(self, left_alone: set[str]) -> list[str]:
        """The workbooks in whose tabs all must be said, but for those of sources left alone."""
        return [book for book in BOOKS if left_alone.isdisjoint(sheet.source for sheet in SHEETS if sheet.book == book)]

    # ------------------------------------------------------------ promise 9

    def _redacted(self, book: str, line: Line) -> None:
        """Nothing in a team's line says what another party's cell says, or what was typed about it elsewhere."""
        full = self.whole.get((line.id, line.shows.get("Version", "")), {})
        theirs = hidden(book, full)
        elsewhere = self.vouched.get((OPS, line.id))
        if theirs and elsewhere is not None and (custom := elsewhere.typed.get("custom value")):
            theirs.append(custom)
        known = " ".join([*line.typed.values(), *(full.get(name, "") for name in SEEN if full.get(name) not in theirs)])
        for name, text in line.shows.items():
            if found := [it for it in theirs if it in text and it not in known]:
                raise Leaked(f"the line {line.id} of a team says {found[0]!r} under {name}: {text!r}")
        self.discreet += bool(theirs)

    # ------------------------------------------------------------ lines

    def lines(self, book: str = OPS, at: Mapping[str, Workbook] | None = None, *, blocked: bool = False) -> list[Line]:
        """The lines of one workbook's tab, as it is now or at another moment."""
        found = (self.sandbox.state.workbooks if at is None else at).get(book)
        return lines_of(found, None if found is None else self.sandbox.state.results(found), blocked=blocked)

    def _said(self, shows: Mapping[str, str], books: Mapping[str, Workbook] | None) -> tuple[str, ...]:
        """What the cells of A and B say, in workbooks as they are now or as they were read."""
        campaign, rule = shows.get("Campaign", ""), shows.get("Rule", "")
        if rule.startswith(IS_CLAIM):
            return (self._cell("briefs", shows.get("About", ""), campaign, books),)
        labels = GROUP.labels_of(shows.get("About", ""))
        return tuple("".join(self._cell(name, it, campaign, books) for it in labels) for name in sides(rule))

    def _cell(self, source: str, about: str, record: str, books: Mapping[str, Workbook] | None) -> str:
        """All cells of a source that say something of a field of one record, in one text."""
        return str(self._texts(source, about, record, books))

    def _texts(self, source: str, about: str, record: str, books: Mapping[str, Workbook] | None = None) -> list[str]:
        header = _HEADERS.get(about, {}).get(source, "")
        parts = [_fold(part) for part in record.split(" / ")]
        if not header:
            return ["not shown"]
        if source == "register":
            rows = self.registered() if books is None else self._register_then
            return [plain(str(row[header])) for row in rows if _fold(str(row["campaign_id"])) == parts[0]]
        sheet = next(one for one in SHEETS if one.source == source)
        book = self.sandbox.state.workbooks[sheet.book] if books is None else books.get(sheet.book)
        tab = _tab(book, sheet.tab_id)
        if book is None or tab is None:
            return ["not read"]
        results = self.sandbox.state.results(book)
        grid = [[results.text(tab, row, column) for column in range(tab.columns)] for row in range(tab.rows)]
        found, columns = [], list[int]()
        for row in grid:
            if sheet.key[0] in row:
                columns = [at for at, text in enumerate(row) if text == header]
            elif columns and set(parts[: len(sheet.key)]) <= {_fold(text) for text in row}:
                found += [plain(row[at]) for at in columns]
        return found
