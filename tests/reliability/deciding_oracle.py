"""Who is right where people decide, told by somebody who has never seen the code that judges decisions.

It notes what each line showed, and what the sheets said, when a person last typed in it, and holds what the ledger
says was taken to that. It knows from the requests alone which columns of the decisions tab are ours.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sheetsync.sandbox import RequestRecord
from sheetsync.sandbox.model import Metadata, Tab, Workbook
from sheetsync.sandbox.results import Results
from tests.reliability.deciding_claims import IS_CLAIM, Claims
from tests.reliability.deciding_freeze import END, START, Counted, counted, held, rule_of
from tests.reliability.deciding_story import DECIDING, OPS
from tests.reliability.oracle import (
    _TAG,
    PLANNING,
    SHEETS,
    Broken,
    Json,
    Misplaced,
    Oracle,
    Row,
    Sheet,
    Touched,
    _fold,
    _literal,
    _tab,
    _tagged,
)

#: chosen by those under test, and so the same in every workbook
TAB = 1_773_777_002
SHOWS = (
    "Campaign",
    "About",
    "Rule",
    "Value A",
    "Link A",
    "Value B",
    "Link B",
    "Last agreed",
    "Owner",
    "What follows",
    "State",
    "Version",
)
PEOPLE = ("decision", "custom value", "until", "by", "why")
#: what a person looks at to decide
_SEEN = ("Value A", "Value B", "Version")
LINES = Sheet("decisions", OPS, TAB, ("id",), SHOWS)
FREEZE = rule_of(DECIDING / "decisions.yaml")
#: the sentence of a line about a change within a freeze
_IS_LATE = " is frozen "
#: campaigns whose launch comes within a schedule's time, or has come
LAUNCHING = ("TR-01", "TR-02", "TR-03")

_TITLES = {
    "Autumn briefs": "briefs",
    "Mailing plan": "mailings",
    "Link builder": "utm",
    "Landing page list": "pages",
    "Official register": "register",
}
#: what a field is called in each place
_HEADERS: Mapping[str, Mapping[str, str]] = {
    "Flight start": {"briefs": "Starts", "mailings": "From", "utm": "Live from", "register": "starts_on"},
    "Flight end": {"briefs": "Ends", "mailings": "To", "utm": "Live to", "register": "ends_on"},
    "Offer": {"briefs": "Offer", "mailings": "Offer", "pages": "Angebot", "register": "offer"},
    "Promo code": {"briefs": "Promo code", "mailings": "Code", "pages": "Gutschein", "register": "promo_code"},
    "Campaign": {"briefs": "Campaign", "mailings": "Campaign", "pages": "Kampagne", "register": "name"},
    "Partner": {"briefs": "Partner", "mailings": "Brand", "register": "partner"},
}
LABELS = {"flight_start": START, "flight_end": END, "offer": "Offer"}
_KEYS = {"briefs": "Ref", "mailings": "ID", "utm": "Campaign ID", "pages": "Nr"}


class Misheard(Broken):
    """A decision was taken that nobody made, or not as it was made, or twice."""


class Unheard(Broken):
    """A decision that somebody made went by without a word."""


class Thawed(Broken):
    """A frozen word changed although nobody who may has said yes."""


class Doubled(Broken):
    """A conflict has two lines by our hand, or none."""


@dataclass(frozen=True)
class Line:
    """One line of the tab as people see it."""

    row: int
    id: str
    shows: Mapping[str, str]
    typed: Mapping[str, str]


class Vouched(NamedTuple):
    """What somebody typed in a line, what it showed then, and what the cells of A and B said."""

    typed: Mapping[str, str]
    shows: Mapping[str, str]
    said: tuple[str, ...]
    #: who was logged in, on the command line
    operator: str = ""


@dataclass
class DecidingOracle(Oracle):
    """Watches one schedule in which people also decide."""

    register: Path = Path()
    #: line -> what was last typed there; as it was when the present run read the tab; and all that was filed elsewhere
    vouched: dict[str, Vouched] = field(default_factory=dict)
    heard: dict[str, Vouched] = field(default_factory=dict)
    filed: dict[str, list[Vouched]] = field(default_factory=dict)
    #: (line, version) -> what it showed while the tab was whole
    whole: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    #: line -> campaign and field it is about, ever
    about: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: (line, run) of every decision that was taken
    taken: set[tuple[str, str]] = field(default_factory=set)
    #: workbooks as the present run has first read them, and ids that people have brought into the tab since
    read: dict[str, Workbook] = field(default_factory=dict)
    brought: set[str] = field(default_factory=set)
    #: campaign -> its frozen words at the beginning; and what was decided of them since, by field
    counts: dict[str, Counted] = field(default_factory=dict)
    ruled: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    #: campaigns that were frozen from the beginning, and those of which it can be told when they are
    frozen_first: frozenset[str] = frozenset()
    sure: set[str] = field(default_factory=set)
    claims: Claims = field(default_factory=Claims)
    clock: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC)
    #: rows that the present batch has inserted into the tab
    _inserted: range = range(0)
    _register_then: list[Mapping[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.counts:
            self.counts = {one: self._counted(one, None) for one in LAUNCHING}
            now = self.clock()
            self.frozen_first = frozenset(one for one, it in self.counts.items() if it.is_frozen(FREEZE, now))
            self.sure = set(self.counts)

    def twin(self) -> "DecidingOracle":
        """Another that knows the same and goes its own way."""
        known = {one.name: copy(getattr(self, one.name)) for one in fields(self) if one.name != "sandbox"}
        return DecidingOracle(
            self.sandbox, **{name: it for name, it in known.items() if not name.startswith("_")}
        )._like(known)

    def _like(self, known: Mapping[str, Any]) -> "DecidingOracle":
        for name in ("_looked", "_tags", "_register_then"):
            setattr(self, name, known[name])
        return self

    # ------------------------------------------------------------ what it is told

    def begin(self) -> None:
        """Before each run."""
        self.read, self.heard, self._register_then = {}, {}, self.registered()
        self.claims.in_the_cell = set()

    def registered(self) -> list[Mapping[str, Any]]:
        with closing(sqlite3.connect(self.register)) as table:
            table.row_factory = sqlite3.Row
            return [dict(row) for row in table.execute("SELECT * FROM campaigns")]

    def request(self, record: RequestRecord, body: Any) -> None:
        super().request(record, body)
        book_id = record.path.rpartition("/")[2]
        if record.account == self.account and record.method == "GET" and record.status == 200:
            if book_id == OPS and OPS not in self.read:
                self.heard = dict(self.vouched)
            self.read.setdefault(book_id, self.sandbox.state.workbooks[book_id])
            if book_id == OPS:
                self.brought = set()
            if book_id == PLANNING:
                self.claims.read(lambda record, about: self._cell("briefs", about, record, None))
                # A launch that is not frozen yet may move by itself.
                self.sure -= {
                    one
                    for one in self.sure - self.frozen_first
                    if not self._counted(one, self.read).same_launch(self.counts[one])
                }

    def act(self) -> None:
        there = self.lines(self._books.get(OPS))
        self.whole |= {(line.id, line.shows["Version"]): line.shows for line in there if set(_SEEN) <= set(line.shows)}
        before = {line.id for line in there}
        super().act()
        self.brought |= {line.id for line in self.lines()} - before
        self.note()

    def note(self) -> None:
        """What people have typed by now, beside what, and what the cells said."""
        said: dict[str, list[Line]] = {}
        for line in self.lines(blocked=True):
            if line.typed:
                said.setdefault(line.id, []).append(line)
        for name, lines in said.items():
            if any(line.typed != lines[0].typed for line in lines):
                self.vouched.pop(name, None)
            elif name not in self.vouched or self.vouched[name].typed != lines[0].typed:
                self.vouched[name] = Vouched(lines[0].typed, lines[0].shows, self._said(lines[0].shows, None))
        for name in self.vouched.keys() - said.keys():
            del self.vouched[name]

    def file(self, line: Line, typed: Mapping[str, str], operator: str) -> None:
        """Somebody decides elsewhere what this line is about, by what it shows."""
        # Whatever stands in the tab by then: the command line shows all there is to decide.
        shows = {**self.whole.get((line.id, line.shows.get("Version", "")), {}), **line.shows}
        made = Vouched(typed, shows, self._said(shows, None), operator)
        self.filed[line.id] = [*self.filed.get(line.id, ()), made]

    # ------------------------------------------------------------ promise 1

    def _followed(self, book: Workbook, request: Json) -> Workbook:
        kind, given = next(iter(request.items()))
        if book.id != OPS or not _is_about_the_tab(kind, given):
            return super()._followed(book, request)
        if kind == "createDeveloperMetadata":
            return super()._followed(book, request)
        if kind == "addSheet":
            return self._as_it_is_made(book)
        if self._books[OPS].tab(TAB) is None:
            return book
        if kind == "insertDimension" and given["range"]["dimension"] == "ROWS":
            self._inserted = range(given["range"]["startIndex"], given["range"]["endIndex"])
            return self._as_a_person(book, request)
        if kind == "updateCells":
            return self._line_written(book, request)
        return super()._followed(book, request)

    def _as_it_is_made(self, book: Workbook) -> Workbook:
        """A tab that was not there: all in it is ours to begin with, and nothing is afterwards but its columns."""
        made, after = book.copied(), self.sandbox.state.workbooks[OPS]
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
                self._once(ids)
            elif ids != ["id"] or len(rows) != 1:
                raise Touched(f"ids are written over: {ids} in rows {rows}")
        return book

    def _once(self, ids: Iterable[str]) -> None:
        """No line is added for what has one, but where people brought it there while we were at it."""
        standing = {line.id for line in self.lines(self._books[OPS])} - self.brought
        if twice := sorted(standing & set(ids)):
            raise Doubled(f"added again: {twice}")

    def _ours_alone(self, before: Workbook, after: Workbook, requests: list[Json]) -> None:
        self._inserted = range(0)
        super()._ours_alone(before, after, requests)
        if after.id == OPS and before.tab(TAB) is not None and (column := id_column(after)) is not None:
            was, now = _column(before, id_column(before)), _column(after, column)
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
        looked = self._looked.get(LINES.source)
        super().beside()
        if looked is self.sandbox.state.workbooks[OPS]:
            return
        for row, name, text in self.shown(LINES):
            self.values += bool(text)
            if text and text not in self._right(LINES, row, name):
                raise Misplaced(f"the line of {row.keys} shows {name} {text!r}")
        self._looked[LINES.source] = self.sandbox.state.workbooks[OPS]
        for line in self.lines() if OPS not in self.meddled else ():
            about = line.shows.get("Campaign", ""), line.shows.get("About", "")
            if all(about) and self.about.setdefault(line.id, about) != about:
                raise Misplaced(f"{line.id} was about {self.about[line.id]}, and is about {about}")

    def shown(self, sheet: Sheet, *, copies: bool = False) -> Iterator[tuple[Row, str, str]]:
        """As in people's tabs; in the lines of this one also under copies of our formulas."""
        if sheet is not LINES:
            yield from super().shown(sheet, copies=copies)
            return
        book = self.sandbox.state.workbooks[OPS]
        tab, key = book.tab(TAB), id_column(book)
        if tab is None or key is None or copies:
            return
        results = self.sandbox.state.results(book)
        for column in sorted({at for (_, at), cell in tab.cells.items() if cell.formula is not None}):
            anchors = _named_anchors(results, tab, column)
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
        if self.sandbox.state.workbooks[OPS].tab(TAB) is not None and not self.is_closed(OPS):
            rows += self._complete(LINES)
        return rows

    # ------------------------------------------------------------ lines

    def lines(self, book: Workbook | None = None, *, blocked: bool = False) -> list[Line]:
        """The lines of the tab as people see them, from the top; those without an id are none.

        A line whose values somebody has copied over it says what it said, though all others are empty then, the headers
        too: it counts as shown if `blocked` ones do.
        """
        book = book or self.sandbox.state.workbooks.get(OPS)
        tab, key = _tab(book, TAB), None if book is None else id_column(book)
        if book is None or tab is None or key is None:
            return []
        results, top = self.sandbox.state.results(book), header_row(book)
        heads: dict[str, list[int]] = {}
        for column in range(tab.columns):
            if column not in _tagged(book, tab):
                heads.setdefault(_fold(" ".join(results.text(tab, top, column).split())), []).append(column)
        people = {name: heads[name][0] for name in PEOPLE if len(heads.get(name, [])) == 1}
        shows = {}
        for column in _tagged(book, tab) - {key}:
            names = [*_named_anchors(results, tab, column).values()]
            for name in names or (_marked(book, column) if blocked else ()):
                shows[name] = column
        found = []
        for row in range(top + 1, tab.rows):
            if text := results.text(tab, row, key):
                found.append(Line(row, text, *(_texts(results, tab, row, it) for it in (shows, people))))
        return found

    def _said(self, shows: Mapping[str, str], books: Mapping[str, Workbook] | None) -> tuple[str, ...]:
        """What the cells of A and B say, in workbooks as they are now or as they were read."""
        campaign, rule = shows.get("Campaign", ""), shows.get("Rule", "")
        if rule.startswith(IS_CLAIM):
            return (self._cell("briefs", shows.get("About", ""), campaign, books),)
        sides = sorted((rule.find(title), name) for title, name in _TITLES.items() if title in rule)
        return tuple(self._cell(name, shows.get("About", ""), campaign, books) for _, name in sides)

    def _cell(self, source: str, about: str, record: str, books: Mapping[str, Workbook] | None) -> str:
        header = _HEADERS.get(about, {}).get(source, "")
        parts = [_fold(part) for part in record.split(" / ")]
        if not header:
            return "not shown"
        if source == "register":
            rows = self.registered() if books is None else self._register_then
            return str([_plain(str(row[header])) for row in rows if _fold(str(row["campaign_id"])) == parts[0]])
        sheet = next(one for one in SHEETS if one.source == source)
        book = self.sandbox.state.workbooks[sheet.book] if books is None else books.get(sheet.book)
        tab = _tab(book, sheet.tab_id)
        if book is None or tab is None:
            return "not read"
        results = self.sandbox.state.results(book)
        grid = [[results.text(tab, row, column) for column in range(tab.columns)] for row in range(tab.rows)]
        found, columns = [], list[int]()
        for row in grid:
            if sheet.key[0] in row:
                columns = [at for at, text in enumerate(row) if text == header]
            elif columns and set(parts[: len(sheet.key)]) <= {_fold(text) for text in row}:
                found += [_plain(row[at]) for at in columns]
        return str(found)

    # ------------------------------------------------------------ what was taken

    def hold_to(self, rulings: Iterable[Any]) -> list[Any]:
        """After each run: what was taken is what somebody made of what still stands. Raises `Misheard`."""
        there = list(rulings)
        self.taken -= {(one.matter, one.run) for one in there if one.end == "it was taken back"}
        new = [one for one in there if one.end != "it was taken back" and (one.matter, one.run) not in self.taken]
        for one in new:
            if one.matter in self.claims.known:
                raise Misheard(f"{one.matter} is a claim, and was taken as a decision: {dict(one.holds)}")
            if any(matter == one.matter for matter, _ in self.taken):
                raise Misheard(f"{one.matter} was decided twice")
            made = [*([self.heard[one.matter]] if one.matter in self.heard else []), *self.filed.get(one.matter, ())]
            if any(self.is_frozen(one.about, LABELS.get(name, ""), one.at) for name in one.saw_a):
                made = [it for it in made if it.operator in FREEZE.needs]
            why = [self._why_not(it, one) for it in made]
            if all(why):
                raise Misheard(
                    f"{one.matter} {one.verdict.value!r} {dict(one.holds)} by {one.by} was never made: {why}"
                )
            self.taken.add((one.matter, one.run))
            self._rule(one)
        self._none_thawed()
        return new

    # ------------------------------------------------------------ claims

    def hold_claims(self, heard: Iterable[Any], texts: Iterable[str]) -> list[str]:
        """After each run: what has become of claims since; `texts` are values the ledger keeps. Raises `Broken`."""
        if not self.claims.known:
            return []
        became = self.claims.hold_to(heard, self._answered)
        register = (str(value) for row in self.registered() for value in row.values())
        self.claims.followed([*texts, *register, *self.links()])
        return became

    def links(self) -> list[str]:
        """Every generated value that stands beside a row."""
        return sorted(text for sheet in SHEETS for _, name, text in self.shown(sheet) if name == "tracking_url")

    def _answered(self, name: str) -> tuple[str, str] | None:
        """What stood beside a claim as it was read, if that was said of what still stands."""
        made = self.heard.get(name)
        if made is None or made.said != self._said(made.shows, self.read):
            return None
        if _plain(made.shows.get("Value B", "")) != _plain(self.claims.known[name].value):
            return None
        return _fold(" ".join(made.typed.get("decision", "").split())), made.typed.get("by", "")

    # ------------------------------------------------------------ what is frozen

    def _counted(self, campaign: str, books: Mapping[str, Workbook] | None) -> Counted:
        return counted(lambda about: self._cell("briefs", about, campaign, books))

    def is_frozen(self, record: str, about: str, at: datetime) -> bool | None:
        """Whether a yes is asked for a change of the owner's word; None where the launch may have moved."""
        campaign = record.partition(" / ")[0]
        if about not in FREEZE.fields or campaign not in self.counts:
            return False
        return self.counts[campaign].is_frozen(FREEZE, at) if campaign in self.sure else None

    def _rule(self, taken: Any) -> None:
        """What was decided counts from now on; with a launch the freeze moves, and nobody can tell here where to."""
        campaign = taken.about.partition(" / ")[0]
        for name, text in taken.holds.items():
            self.ruled = {**self.ruled, campaign: {**self.ruled.get(campaign, {})}}
            about = LABELS.get(name, "")
            known = self.ruled[campaign].get(about, set())
            self.ruled[campaign][about] = {*known, _plain(text)}
            self.claims.free |= {it.value for it in self.claims.known.values() if _plain(it.value) == _plain(text)}
            if about == START or (about == END and text <= str(taken.at.date())):
                self.sure.discard(campaign)

    def _none_thawed(self) -> None:
        """What was frozen from the beginning is in the register as it counts. Raises `Thawed`."""
        for row in self.registered():
            campaign = str(row["campaign_id"])
            if campaign in self.sure & self.frozen_first:
                said = held(row, self.counts[campaign], self.ruled.get(campaign, {}), _plain)
                if said:
                    raise Thawed(f"the register says {said} for {campaign}")

    def _why_not(self, made: Vouched, taken: Any) -> str:
        """Why what was taken is not this decision; empty where it is."""
        chosen = " ".join(made.typed.get("decision", "").replace("until …", "").split()).casefold()
        if chosen != _fold(taken.verdict.value) or made.typed.get("by", "") != taken.by.strip("'\"‘’“”"):
            return f"{made.typed} was made"
        now = self._said(made.shows, self.read)
        if now != made.said:
            return f"A and B said {made.said} and say {now}"
        holds = " ".join(taken.holds.values())
        should = {
            "keep a": made.shows.get("Value A"),
            "keep b": made.shows.get("Value B"),
            "keep last agreed": made.shows.get("Last agreed"),
            "custom value": _plain(made.typed.get("custom value", "")),
            "allowed to differ": "",
        }[chosen]
        if _plain(holds) != _plain(should or ""):
            return f"{should!r} was chosen"
        if chosen == "allowed to differ" and str(taken.until) != _plain(made.typed.get("until", "")):
            return f"until {made.typed.get('until')!r} was typed"
        shown = [made.shows.get("Value A", ""), made.shows.get("Value B", "")]
        if _IS_LATE in made.shows.get("Rule", ""):
            about, campaign = made.shows.get("About", ""), made.shows.get("Campaign", "")
            counts = {_plain(self.counts[campaign].words[about]), *self.ruled.get(campaign, {}).get(about, ())}
            if campaign in self.frozen_first and _plain(shown[1]) not in counts:
                return f"the line showed {shown[1]!r} where {counts} counted"
            shown.pop()
        # Who has deleted our column with the rule decides by what the others show.
        for side, text in zip(reversed(made.said), shown, strict=False):
            if _plain(text) not in side:
                return f"the line showed {text!r} where the cell said {side}"
        return ""

    # ------------------------------------------------------------ when all is quiet

    def unheard(self) -> list[str]:
        """Lines that say they are open although somebody has decided there: not a word about that."""
        return [
            f"{line.id}: {dict(line.typed)}"
            for line in self.lines()
            if line.typed.get("decision") and line.shows.get("State", "").startswith(("open", "pending"))
        ]

    def without_a_line(self, flags: Iterable[str]) -> list[str]:
        """Conflicts and claims that nobody can decide about in the tab."""
        standing = {line.id.partition(".")[0] for line in self.lines()}
        return sorted({*flags, *self.claims.waiting(self.clock())} - standing)


# ---------------------------------------------------------------- looking at the tab


def id_column(book: Workbook) -> int | None:
    """Where the ids stand: its mark was made by those under test, and moves with the column."""
    marks = [one for one in book.metadata if one.sheet_id == TAB and one.dimension == "COLUMNS" and one.key != _TAG]
    return next((one.index for one in marks if one.value.split()[:1] == ["id"]), None)


def _marked(book: Workbook, column: int) -> list[str]:
    """What those under test say that a column of theirs shows."""
    marks = [one for one in book.metadata if one.sheet_id == TAB and one.dimension == "COLUMNS" and one.key != _TAG]
    return [name for one in marks if one.index == column and (name := one.value.partition("␟")[0]) in SHOWS]


def header_row(book: Workbook) -> int:
    """The row with most headers."""
    tab = book.tab(TAB)
    if tab is None:
        return 0
    texts: Counter[int] = Counter()
    for (row, _), cell in tab.cells.items():
        ours = cell.formula is not None and "␟" in cell.formula
        texts[row] += ours or (isinstance(cell.value, str) and _fold(cell.value) in ("id", *PEOPLE))
    return min(texts, key=lambda row: (-texts[row], row), default=0)


def _is_about_the_tab(kind: str, given: Json) -> bool:
    if kind == "addSheet":
        return bool(given["properties"]["sheetId"] == TAB)
    return f'"sheetId": {TAB}' in json.dumps(given)


def _column(book: Workbook, column: int | None) -> dict[int, str]:
    tab = book.tab(TAB)
    if tab is None or column is None:
        return {}
    return {row: str(cell.value) for (row, at), cell in tab.cells.items() if at == column and cell.holds_value}


def _named_anchors(results: Results, tab: Tab, column: int) -> dict[int, str]:
    rows = [
        row
        for (row, at), cell in tab.cells.items()
        if at == column and cell.formula is not None and "␟" in cell.formula
    ]
    texts = {row: results.text(tab, row, column) for row in rows}
    return {row: text for row, text in texts.items() if text in SHOWS}


def _texts(results: Results, tab: Tab, row: int, columns: Mapping[str, int]) -> dict[str, str]:
    texts = {name: results.text(tab, row, column) for name, column in columns.items()}
    return {name: text for name, text in texts.items() if text}


def _plain(text: str) -> str:
    """A day, or so many dollars off, in one spelling; anything else as it is."""
    text = re.sub(r"^\$([\d.]+) off$", r"\1 USD off", text.strip())
    if text.isdecimal() and 40_000 < int(text) < 60_000:
        return str(date(1899, 12, 30) + timedelta(days=int(text)))
    for spelling in ("%Y-%m-%d", "%d %b %Y", "%m/%d/%Y", "%d.%m.%Y"):
        try:
            return str(datetime.strptime(text, spelling).replace(tzinfo=UTC).date())
        except ValueError:
            continue
    return text
