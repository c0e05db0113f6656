"""Beliefs about the one formula we put into a person's tab, and about what it looks up."""

from dataclasses import dataclass

from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged
from sheetsync.adapters.google_probe.scratch import Cell, Probed, Scratch, formula, text
from sheetsync.adapters.google_probe.wire import Json
from sheetsync.core.lookup import scoped_key, spilling_lookup

_SOURCE = "probe"
_HEAD = "ss:probe"


@dataclass(frozen=True)
class _Table:
    """A person's tab with keys in column A and our formula in column C, and the tab of ours that it looks into."""

    people: Probed
    ours: Probed
    keys: tuple[str, ...]
    #: key -> what stands for it in our tab
    said: dict[str, str]

    @property
    def formula(self) -> str:
        return spilling_lookup(_HEAD, _SOURCE, ((0, "Ref"),), self.ours.title, 1)

    def added(self) -> list[Json]:
        """The requests that make both tabs, formula included."""
        lines = [["key", "probe"], *([scoped_key(_SOURCE, (key,)), value] for key, value in self.said.items())]
        people = [["Ref", "Word"], *([key, f"word {key}"] for key in self.keys)]
        head = self.people.filled([[formula(self.formula)]], 0, 2)
        return [self.people.added, self.ours.added, self.ours.filled(lines), self.people.filled(people), head]


def _table(scratch: Scratch, keys: tuple[str, ...], said: dict[str, str] | None = None) -> _Table:
    words = {key: f"of {key}" for key in keys} if said is None else said
    return _Table(scratch.tab(), scratch.tab(), keys, words)


@belief(
    "spill-follows-rows",
    Promise.ROWS,
    "A row inserted under the header and a column moved leave every looked-up value beside its own key.",
    "our formula over 4 keys; then a row inserted under its header, and the column between moved to the left",
)
def spill_follows_rows(scratch: Scratch) -> Verdict:
    table = _table(scratch, ("K1", "K2", "K3", "K4"), {f"K{n}": f"of K{n}" for n in range(1, 6)})
    people = table.people
    scratch.batch(*table.added())
    scratch.batch(
        {"insertDimension": {"range": people.lines("ROWS", 1, 2), "inheritFromBefore": False}},
        people.filled([["K5", "word K5"]], 1),
        {"moveDimension": {"source": people.lines("COLUMNS", 1, 2), "destinationIndex": 0}},
    )
    rows = scratch.shown(people)[:6]
    should = [[f"word {key}", key, f"of {key}"] for key in ("K5", "K1", "K2", "K3", "K4")]
    return judged([row[:3] for row in rows] == [["Word", "Ref", _HEAD], *should], _pairs(rows, 1, 2))


@belief(
    "sorted-header-shows-nothing-wrong",
    Promise.ROWS,
    "A sort that takes an unfrozen header along leaves no value beside another row's key.",
    "our formula over 4 keys; then the whole tab sorted by the keys, header included",
)
def sorted_header_shows_nothing_wrong(scratch: Scratch) -> Verdict:
    table = _table(scratch, ("Z1", "A1", "T1", "M1"))
    people = table.people
    scratch.batch(*table.added())
    order = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
    scratch.batch({"sortRange": {"range": people.block(0, 5, 0, 3), "sortSpecs": order}})
    rows = [row for row in scratch.shown(people) if row[0]]
    holds = all(row[2] in ("", f"of {row[0]}") for row in rows if row[0] != "Ref")
    return judged(holds and len(rows) == 5, _pairs(rows, 0, 2))


@belief(
    "blocked-spill-is-an-error",
    Promise.ROWS,
    "A literal in the way of the spill gives an error in the header, and no value stands beside a wrong row.",
    "our formula over 3 keys, with a word typed below it in the second row",
)
def blocked_spill_is_an_error(scratch: Scratch) -> Verdict:
    table = _table(scratch, ("K1", "K2", "K3"))
    scratch.batch(*table.added(), table.people.filled([["typed"]], 2, 2))
    cells = scratch.cells(table.people)
    head, *below = [_at(row, 2) for row in cells[:4]]
    error = head.get("effectiveValue", {}).get("errorValue", {})
    kept = [text(cell) for cell in below] + [""] * (3 - len(below))
    seen = f"header {text(head)} ({error.get('type', 'no error')}); below {kept}"
    return judged(bool(error) and kept == ["", "typed", ""], seen)


@belief(
    "to-text-is-what-people-see",
    Promise.ROWS,
    "TO_TEXT gives the displayed text of numbers, dates, percentages, currencies and texts with blanks.",
    "five formatted cells and TO_TEXT over their column",
)
def to_text_is_what_people_see(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    cells = [
        1234.5,
        _formatted(46353, "DATE"),
        _formatted(46353, "DATE", "ddd d mmm"),
        _formatted(0.25, "PERCENT", "0%"),
        _formatted(49.9, "CURRENCY"),
        " two  blanks ",
    ]
    rows: list[list[object]] = [[cell, formula("=ARRAYFORMULA(TO_TEXT($A:$A))") if not at else None]
                                for at, cell in enumerate(cells)]  # fmt: skip
    scratch.batch(tab.added, tab.filled(rows))
    pairs = [(row[0], row[1]) for row in scratch.shown(tab)[: len(cells)]]
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    return judged(not wrong, f"{wrong or [shown for shown, _ in pairs]}")


def _formatted(number: float, kind: str, pattern: str = "") -> Json:
    shape = {"type": kind} | ({"pattern": pattern} if pattern else {})
    return {"userEnteredValue": {"numberValue": number}, "userEnteredFormat": {"numberFormat": shape}}


@belief(
    "blank-results-are-blank",
    Promise.QUIET,
    "A row with nothing to say stays truly blank, so that an append by another tool lands right below the table.",
    "our formula over 3 keys of which one has a line; then values:append at A1 of that tab",
)
def blank_results_are_blank(scratch: Scratch) -> Verdict:
    table = _table(scratch, ("K1", "K2", "K3"), {"K1": "of K1"})
    scratch.batch(*table.added())
    where = scratch.append(table.people, ["K4"])
    cells = scratch.cells(table.people)
    values = [_at(row, 2).get("effectiveValue") for row in cells[1:4]]
    landed = where.rsplit("!", 1)[-1].split(":")[0]
    holds = landed == "A5" and values == [{"stringValue": "of K1"}, None, None]
    return judged(holds, f"appended at {landed}; values {values}")


@belief(
    "semicolons-part-arguments",
    Promise.ROWS,
    "A formula with `;` between its arguments is understood in this workbook's locale.",
    '=IF(1=1;"yes";"no")',
)
def semicolons_part_arguments(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    scratch.batch(tab.added, tab.filled([[formula('=IF(1=1;"yes";"no")')]]))
    shown = scratch.shown(tab)[0][0]
    return judged(shown == "yes", f"{shown!r} in locale {scratch.locale()}")


@belief(
    "lookups-are-to-the-letter",
    Promise.ROWS,
    "Our formula finds only a key that is the row's to the letter: case and accents count, `*`, `?`, `~` are letters.",
    "our formula over keys, and lines that a wildcard or a forgiving lookup would find",
)
def lookups_are_to_the_letter(scratch: Scratch) -> Verdict:
    said = {key: f"of {key}" for key in ("abc", "a?c", "~*", "xyz", "K", "straße", "caf\u00e9", "x\u00b2")}
    strange = ("a*c", "~?", "XYZ", "K1", "strasse", "cafe\u0301", "cafe", "x2")
    should = dict.fromkeys(strange, "") | {key: said[key] for key in ("a?c", "~*", "straße")}
    table = _table(scratch, tuple(should), said)
    scratch.batch(*table.added())
    shown = {row[0]: row[2] for row in scratch.shown(table.people)[1 : len(should) + 1]}
    wrong = {key: value for key, value in shown.items() if should.get(key) != value}
    return judged(shown == should, f"wrong: {wrong}" if wrong else f"{len(shown)} keys each with its own value or none")


def _at(row: list[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else {}


def _pairs(rows: list[list[str]], key: int, value: int) -> str:
    return ", ".join(f"{row[key]}: {row[value] or 'blank'}" for row in rows)


BELIEFS = (
    spill_follows_rows,
    sorted_header_shows_nothing_wrong,
    blocked_spill_is_an_error,
    to_text_is_what_people_see,
    blank_results_are_blank,
    semicolons_part_arguments,
    lookups_are_to_the_letter,
)
