"""Who is right where people decide, told by somebody who has never seen the code that judges decisions.

It notes what each line showed, and what the sheets said, when a person last typed in it, and holds what the ledger
says was taken to that. It knows from the requests alone which columns of the decisions tab are ours.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sheetsync.sandbox import RequestRecord
from sheetsync.sandbox.model import Metadata, Tab, Workbook
from tests.reliability.deciding_claims import IS_CLAIM, Claims
from tests.reliability.deciding_freeze import END, START, Counted, counted, held, rule_of
from tests.reliability.deciding_groups import Group, Torn, Whole, completed, folded, with_ruling
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
_SEEN = ("Value A", "Value B", "Version")
#: where people decide: the ops workbook, and a team's
BOOKS = (OPS, PLANNING)
#: a line in one of them
Spot = tuple[str, str]
GROUP = Group(DECIDING / "decisions.yaml")
FREEZE = rule_of(DECIDING / "decisions.yaml")
#: the sentence of a line about a change within a freeze
_IS_LATE = " is frozen "
#: campaigns whose launch comes within a schedule's time, or has come
LAUNCHING = ("TR-01", "TR-02", "TR-03")

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
    vouched: dict[Spot, Vouched] = field(default_factory=dict)
    heard: dict[Spot, Vouched] = field(default_factory=dict)
    filed: dict[str, list[Vouched]] = field(default_factory=dict)
    #: (line, version) -> what it showed in the ops workbook while the tab was whole there
    whole: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    #: line -> campaign and field it is about, ever
    about: dict[Spot, tuple[str, str]] = field(default_factory=dict)
    #: (line, run) of every decision that was taken
    taken: set[tuple[str, str]] = field(default_factory=set)
    #: workbooks as the present run has first read them, and ids that people have brought into the tab since
    read: dict[str, Workbook] = field(default_factory=dict)
    brought: set[Spot] = field(default_factory=set)
    #: campaign -> its frozen words at the beginning; and what was decided of them since, by field
    counts: dict[str, Counted] = field(default_factory=dict)
    ruled: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    #: campaigns that were frozen from the beginning, and those of which it can be told when they are
    frozen_first: frozenset[str] = frozenset()
    sure: set[str] = field(default_factory=set)
    claims: Claims = field(default_factory=Claims)
    clock: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC)
    #: lines of teams that were looked at and say less than they might
    discreet: int = 0
    #: campaign -> what people have written together, ever; how often the register has followed that
    wholes: dict[str, set[Whole]] = field(default_factory=dict)
    followed_whole: int = 0
    #: rows that the present batch has inserted into the tab
    _inserted: range = range(0)
    _register_then: list[Mapping[str, Any]] = field(default_factory=list)
    #: workbooks as they were when what people typed in their tabs was noted last
    _noted: dict[str, Workbook] = field(default_factory=dict)
    #: the owner's tab as it was when what it says together was noted last
    _whole_tab: Tab | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.counts:
            self.counts = {one: self._counted(one, None) for one in LAUNCHING}
            now = self.clock()
            self.frozen_first = frozenset(one for one, it in self.counts.items() if it.is_frozen(FREEZE, now))
            self.sure = set(self.counts)
            self.wholes = {str(row["campaign_id"]): {GROUP.registered(row)} for row in self.registered()}

    def twin(self) -> "DecidingOracle":
        """Another that knows the same and goes its own way."""
        known = {one.name: copy(getattr(self, one.name)) for one in fields(self) if one.name != "sandbox"}
        return DecidingOracle(
            self.sandbox, **{name: it for name, it in known.items() if not name.startswith("_")}
        )._like(known)

    def _like(self, known: Mapping[str, Any]) -> "DecidingOracle":
        for name in ("_looked", "_tags", "_register_then", "_noted"):
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
            if book_id not in self.read:
                self.heard |= {spot: it for spot, it in self.vouched.items() if spot[0] == book_id}
            self.read.setdefault(book_id, self.sandbox.state.workbooks[book_id])
            self.brought = {spot for spot in self.brought if spot[0] != book_id}
            if book_id == PLANNING:
                self._note_wholes()
                self.claims.read(lambda record, about: self._cell("briefs", about, record, None))
                # A launch that is not frozen yet may move by itself.
                self.sure -= {
                    one
                    for one in self.sure - self.frozen_first
                    if not self._counted(one, self.read).same_launch(self.counts[one])
                }

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
        self.whole |= {(it.id, it.shows["Version"]): it.shows for it in there if set(_SEEN) <= set(it.shows)}

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
        known = " ".join(
            [*line.typed.values(), *(full.get(name, "") for name in _SEEN if full.get(name) not in theirs)]
        )
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
            made = [self.heard[book, one.matter] for book in BOOKS if (book, one.matter) in self.heard]
            made += self.filed.get(one.matter, ())
            self._of_one_mind(one.matter)
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
        self._none_torn()
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

    def _answered(self, name: str) -> list[tuple[str, str]]:
        """What stood beside a claim as it was read, if that was said of what still stands."""
        made = [self.heard[book, name] for book in BOOKS if (book, name) in self.heard]
        value = plain(self.claims.known[name].value)
        return [
            (_fold(" ".join(it.typed.get("decision", "").split())), it.typed.get("by", ""))
            for it in made
            if it.said == self._said(it.shows, self.read) and plain(it.shows.get("Value B", "")) == value
        ]

    # ------------------------------------------------------------ what is frozen

    def _counted(self, campaign: str, books: Mapping[str, Workbook] | None) -> Counted:
        return counted(lambda about: self._cell("briefs", about, campaign, books))

    def is_frozen(self, record: str, about: str, at: datetime) -> bool | None:
        """Whether a yes is asked for a change of the owner's word; None where the launch may have moved."""
        campaign = record.partition(" / ")[0]
        if about not in FREEZE.fields or campaign not in self.counts:
            return False
        return self.counts[campaign].is_frozen(FREEZE, at) if campaign in self.sure else None

    def _note_wholes(self) -> None:
        """What the owner's rows say together as a run reads them."""
        tab = self.sandbox.state.workbooks[PLANNING].tab(SHEETS[0].tab_id)
        if tab is self._whole_tab:
            return
        self._whole_tab = tab
        for campaign, known in self.wholes.items():
            cells = [self._texts("briefs", label, campaign) for label in GROUP.labels]
            rows = [tuple(map(folded, row)) for row in zip(*cells, strict=False)]
            if not {*rows} <= known:
                self.wholes = {**self.wholes, campaign: {*known, *completed(rows, known)}}

    def _none_torn(self) -> None:
        """What the register says together somebody wrote together, or decided. Raises `Torn`."""
        then = {row["campaign_id"]: GROUP.registered(row) for row in self._register_then}
        for row in self.registered():
            campaign, whole = row["campaign_id"], GROUP.registered(row)
            if whole not in self.wholes[campaign]:
                raise Torn(f"the register says {whole} of {campaign}, and people wrote {self.wholes[campaign]}")
            self.followed_whole += whole != then.get(campaign)

    def _rule(self, taken: Any) -> None:
        """What was decided counts from now on; with a launch the freeze moves, and nobody can tell here where to."""
        campaign = taken.about.partition(" / ")[0]
        known = self.wholes.get(campaign, set())
        self.wholes = {**self.wholes, campaign: {*known, *with_ruling(known, GROUP.fields, taken.holds)}}
        for name, text in taken.holds.items():
            self.ruled = {**self.ruled, campaign: {**self.ruled.get(campaign, {})}}
            about = LABELS.get(name, "")
            before = self.ruled[campaign].get(about, set())
            self.ruled[campaign][about] = {*before, plain(text)}
            self.claims.free |= {it.value for it in self.claims.known.values() if plain(it.value) == plain(text)}
            if about == START or (about == END and text <= str(taken.at.date())):
                self.sure.discard(campaign)

    def _none_thawed(self) -> None:
        """What was frozen from the beginning is in the register as it counts. Raises `Thawed`."""
        for row in self.registered():
            campaign = str(row["campaign_id"])
            if campaign in self.sure & self.frozen_first:
                said = held(row, self.counts[campaign], self.ruled.get(campaign, {}), plain)
                if said:
                    raise Thawed(f"the register says {said} for {campaign}")

    def _of_one_mind(self, matter: str) -> None:
        """Nothing is taken about which two tabs say different things, each by what still stands."""
        made = [self.heard[book, matter] for book in BOOKS if (book, matter) in self.heard]
        said = [it for it in made if it.said == self._said(it.shows, self.read) and it.typed.get("by")]
        chosen = {_fold(" ".join(it.typed.get("decision", "").split())) for it in said} & {"keep a", "keep b"}
        if len(chosen) > 1:
            raise Misheard(f"{matter} was taken, and two tabs say {sorted(chosen)}")

    def _why_not(self, made: Vouched, taken: Any) -> str:
        """Why what was taken is not this decision; empty where it is."""
        chosen = " ".join(made.typed.get("decision", "").replace("until …", "").split()).casefold()
        if chosen != _fold(taken.verdict.value) or made.typed.get("by", "") != taken.by.strip("'\"‘’“”"):
            return f"{made.typed} was made"
        now = self._said(made.shows, self.read)
        if now != made.said:
            return f"A and B said {made.said} and say {now}"
        about, holds = made.shows.get("About", ""), " ".join(taken.holds.values())
        should = {
            "keep a": made.shows.get("Value A"),
            "keep b": made.shows.get("Value B"),
            "keep last agreed": made.shows.get("Last agreed"),
            "custom value": plain(GROUP.custom(about, made.typed.get("custom value", ""))),
            "allowed to differ": "",
        }[chosen]
        if chosen.startswith("keep"):
            should = " ".join(GROUP.values(about, should or ""))
        if plain(holds) != plain(should or ""):
            return f"{should!r} was chosen"
        if chosen == "allowed to differ" and str(taken.until) != plain(made.typed.get("until", "")):
            return f"until {made.typed.get('until')!r} was typed"
        shown = [made.shows.get("Value A", ""), made.shows.get("Value B", "")]
        if _IS_LATE in made.shows.get("Rule", ""):
            campaign = made.shows.get("Campaign", "")
            counts = {plain(self.counts[campaign].words[about]), *self.ruled.get(campaign, {}).get(about, ())}
            if campaign in self.frozen_first and plain(shown[1]) not in counts:
                return f"the line showed {shown[1]!r} where {counts} counted"
            shown.pop()
        # Who has deleted our column with the rule decides by what the others show.
        for side, text in zip(reversed(made.said), shown, strict=False):
            if any(plain(it) not in side for it in GROUP.values(about, text)):
                return f"the line showed {text!r} where the cell said {side}"
        return ""

    # ------------------------------------------------------------ when all is quiet

    def unheard(self, left_alone: set[str]) -> list[str]:
        """Lines that say they are open although somebody has decided there: not a word about that."""
        return [
            f"{line.id}: {dict(line.typed)}"
            for book in self.settled_in(left_alone)
            for line in self.lines(book)
            if line.typed.get("decision") and line.shows.get("State", "").startswith(("open", "pending"))
        ]

    def without_a_line(self, flags: Iterable[str]) -> list[str]:
        """Conflicts and claims that nobody can decide about in the tab."""
        standing = {line.id.partition(".")[0] for line in self.lines()}
        return sorted({*flags, *self.claims.waiting(self.clock())} - standing)

    def without_a_teams_line(self) -> list[str]:
        """What is open in the ops workbook, is about the team's own sheet, and that it cannot decide about."""
        standing = {line.id for line in self.lines(PLANNING)}
        waiting = (line for line in self.lines() if line.shows.get("State", "").startswith(("open", "pending")))
        about = {it.id for it in waiting if "briefs" in sides(it.shows.get("Rule", "")) or it.id in self.claims.known}
        return sorted(about - standing)
