"""What people do in the tab where they decide, one small function each; a few drawn numbers say where."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sheetsync.core.typed import Typed
from sheetsync.sandbox.model import Tab
from tests.reliability.acts import ACTS as ANYWHERE
from tests.reliability.acts import Person, retitled, typed
from tests.reliability.deciding_lines import PEOPLE, TAB, Line, header_row, id_column, lines_in
from tests.reliability.deciding_oracle import DecidingOracle
from tests.reliability.deciding_story import OPS, Deciding
from tests.reliability.moves import do
from tests.reliability.oracle import PLANNING, _fold, _tagged

#: so many numbers a schedule draws for an act
_DRAWN = 5
CHOICES = ("keep A", "keep B", "keep last agreed", "custom value", "allowed to differ until …")
_CUSTOM: Mapping[str, tuple[str, ...]] = {
    "Flight end": ("2026-12-09", "2026-12-10", "#whenever", ""),
    "Flight start": ("2026-11-03", "2026-12-02", "#whenever", ""),
    "Promo code": ("CODEX1", "CODEX2", "CODEX3", ""),
    "Offer": ("$60.37 off", "$59.37 off", "#whatever", ""),
}
#: of several fields at once: all of them, or not
_TOGETHER = ("Campaign = Ibis Days; Partner = Fir", "Partner = Fir; Campaign = Ibis Days", "Campaign = Ibis Days", "")
_UNTIL = ("2027-06-30", "2026-12-24", "2026-01-01", "whenever", "")
_WHO = ("Dana", "Mo")


@dataclass
class Decider(Person):
    """Somebody at work in the decisions tab; where it is gone, in the first tab of its workbook."""

    trust: Deciding = field(kw_only=True)

    def __post_init__(self) -> None:
        # The last of five numbers says in which workbook; where a team has no tab just now, they are in the other.
        number = self.numbers.pop() if len(self.numbers) == _DRAWN else 0
        team = lines_in(PLANNING)
        there = self.sandbox.state.workbooks[PLANNING].tab(TAB) is not None
        self.sheet = team if there and number % 4 == 1 else lines_in(OPS)

    @property
    def watch(self) -> DecidingOracle:
        assert isinstance(self.oracle, DecidingOracle)
        return self.oracle

    @property
    def header(self) -> int:
        return header_row(self.book) if self.tab.sheet_id == TAB else 0

    @property
    def ours(self) -> list[int]:
        found = sorted(_tagged(self.book, self.tab) - {id_column(self.book)})
        return found or [self.tab.columns - 1]

    def key_column(self) -> int:
        return id_column(self.book) or 0

    def lines_there(self) -> list[Line]:
        return self.watch.lines(self.sheet.book)

    def line(self) -> Line | None:
        """Any line; the more often one that is open."""
        lines = self.lines_there()
        waiting = [one for one in lines if any(it in one.shows.get("State", "") for it in ("open", "pending"))]
        lines = waiting if waiting and self.next(4) else lines
        return lines[self.next(len(lines))] if lines else None

    def under(self, header: str) -> int | None:
        """The column headed so, if it is there."""
        tab = self.tab
        heads = [(at, cell.value) for (row, at), cell in sorted(tab.cells.items()) if row == self.header]
        return next((at for at, text in heads if isinstance(text, str) and _fold(text) == header), None)

    def say(self, row: int, **words: str | None) -> None:
        """Type into people's columns of a row, all in one go; where a header is gone, nothing under it."""
        names = {name.replace("_", " "): text for name, text in words.items()}
        columns = {name: self.under(name) for name in names}
        requests = [typed(self.tab, row, at, names[name]) for name, at in columns.items() if at is not None]
        if requests:
            self.act(*requests)

    def who(self) -> str:
        return _WHO[self.next(len(_WHO))]


DECIDING: dict[str, Callable[[Decider], None]] = {}


def act(function: Callable[[Decider], None]) -> Callable[[Decider], None]:
    """An act that schedules draw from, under its own name."""
    DECIDING[function.__name__] = function
    return function


# ---------------------------------------------------------------- deciding


def words_for(line: Line, choice: str, number: int) -> dict[str, str]:
    """What belongs to a choice, good and bad."""
    if choice == "custom value":
        about = line.shows.get("About", "")
        values = _CUSTOM.get(about, _TOGETHER if " and " in about else ("Otherwise",))
        return {"custom_value": values[number % len(values)]}
    return {"until": _UNTIL[number % len(_UNTIL)]} if choice.startswith("allowed") else {}


def choose(p: Decider, choice: str, who: str | None = None) -> None:
    if (line := p.line()) is not None:
        p.say(line.row, decision=choice, by=who or p.who(), **words_for(line, choice, p.next(12)))


@act
def keep_a(p: Decider) -> None:
    choose(p, CHOICES[0])


@act
def keep_b(p: Decider) -> None:
    choose(p, CHOICES[1])


@act
def keep_what_was_agreed(p: Decider) -> None:
    choose(p, CHOICES[2])


@act
def say_another_value(p: Decider) -> None:
    choose(p, CHOICES[3])


@act
def let_them_differ(p: Decider) -> None:
    choose(p, CHOICES[4])


@act
def choose_what_is_no_choice(p: Decider) -> None:
    choose(p, "whatever Tom said")


@act
def choose_without_a_name(p: Decider) -> None:
    if (line := p.line()) is not None:
        p.say(line.row, decision=CHOICES[p.next(2)])


@act
def say_who_decides(p: Decider) -> None:
    if (line := p.line()) is not None:
        p.say(line.row, by=p.who())


@act
def say_why(p: Decider) -> None:
    if (line := p.line()) is not None:
        p.say(line.row, why=f"because of {p.word}")


@act
def change_their_mind(p: Decider) -> None:
    """In a line where something was chosen already."""
    chosen = [one for one in p.lines_there() if one.typed.get("decision")]
    if chosen:
        p.say(chosen[p.next(len(chosen))].row, decision=CHOICES[p.next(2)], by=p.who())


@act
def clear_the_decision(p: Decider) -> None:
    chosen = [one for one in p.lines_there() if one.typed]
    if chosen:
        p.say(chosen[p.next(len(chosen))].row, **dict.fromkeys(("decision", "custom_value", "until", "by", "why")))


@act
def decide_the_same_line_twice(p: Decider) -> None:
    """One copies the line and decides in the copy, another in the first one."""
    if (line := p.line()) is None:
        return
    to = min(p.bottom, p.tab.rows - 1)
    p.act(p.paste("copyPaste", p.range(line.row, line.row + 1, p.key_column(), p.key_column() + 1), to, p.key_column()))
    p.say(line.row, decision=CHOICES[0], by=_WHO[0])
    p.say(to, decision=CHOICES[p.next(2)], by=_WHO[p.next(2)])


@act
def decide_on_the_command_line(p: Decider) -> None:
    _filed(p, CHOICES[p.next(2)])


@act
def decide_here_and_on_the_command_line(p: Decider) -> None:
    """Two people at once, of one mind or not."""
    line = _filed(p, CHOICES[p.next(2)])
    if line is not None:
        p.say(line.row, decision=CHOICES[p.next(2)], by=_WHO[0])


@act
def decide_on_the_command_line_as_somebody_else(p: Decider) -> None:
    """It is known who it is; that is not whom a freeze names."""
    _filed(p, CHOICES[p.next(2)], _WHO[0])


@act
def decide_in_two_tabs(p: Decider) -> None:
    """Somebody here, somebody of the team there; of one mind or not."""
    if (line := p.line()) is None:
        return
    for book in (OPS, PLANNING):
        p.sheet = lines_in(book)
        row = next((one.row for one in p.lines_there() if one.id == line.id), None)
        choice = CHOICES[p.next(2)]
        if row is not None:
            p.say(row, decision=choice, by=_WHO[book == PLANNING])


def _filed(p: Decider, choice: str, who: str = _WHO[1]) -> Line | None:
    """By somebody who looks at the line at that moment; the command takes no decision about a claim."""
    line = p.line()
    if line is not None and line.id not in p.watch.claims.known:
        saw, operator = line.shows.get("Version", ""), who.casefold()
        words = Typed(line.id, f"{p.word} {line.id}", choice, "", "", who, "", saw, operator=operator)
        p.trust.ledger.file(words, p.trust.clock.now())
        p.watch.file(line, {"decision": choice, "by": who}, operator)
    return line


@act
def change_what_is_frozen(p: Decider) -> None:
    """Somebody types into the owner's sheet shortly before a launch, or after it."""
    step = ("the owner moves", "the offer moves late", "the owner moves two fields", "all as at first")[p.next(4)]
    do(p.sandbox, p.oracle, step, (2, 2, 1)[p.next(3)])


# ---------------------------------------------------------------- at work in the tab


@act
def sort_by_any_column(p: Decider) -> None:
    order = [{"dimensionIndex": p.next(p.width), "sortOrder": ("ASCENDING", "DESCENDING")[p.next(2)]}]
    p.act({"sortRange": {"range": p.range(p.header + 1, None, 0, None), "sortSpecs": order}})


@act
def sort_their_columns_alone(p: Decider) -> None:
    """What they typed goes to other lines, and is typed there as far as anybody can tell."""
    left = p.under("decision")
    if left is not None:
        order = [{"dimensionIndex": left, "sortOrder": ("ASCENDING", "DESCENDING")[p.next(2)]}]
        p.act({"sortRange": {"range": p.range(p.header + 1, p.bottom, left, p.width), "sortSpecs": order}})


@act
def show_open_ones_only(p: Decider) -> None:
    area = p.range(p.header, p.bottom, 0, p.width)
    p.act({"setBasicFilter": {"filter": {"range": area, "criteria": {"0": {"hiddenValues": ["ss-QSOHQ7"]}}}}})


@act
def delete_a_line(p: Decider) -> None:
    if (line := p.line()) is not None:
        p.act({"deleteDimension": {"range": p.lines("ROWS", line.row)}})


@act
def copy_a_line(p: Decider) -> None:
    if (line := p.line()) is not None:
        to = min(p.bottom, p.tab.rows - 1)
        source = p.range(line.row, line.row + 1, 0, None)
        p.act({"copyPaste": {"source": source, "destination": p.range(to, to + 1, 0, None)}})


@act
def move_a_line(p: Decider) -> None:
    if (line := p.line()) is not None:
        where = {"source": p.lines("ROWS", line.row), "destinationIndex": p.header + 1 + p.next(8)}
        p.act({"moveDimension": where})


@act
def type_an_id(p: Decider) -> None:
    """Of another line, in another case, or one nobody has given out."""
    lines = p.lines_there()
    known = [lines[p.next(len(lines))].id] if lines else []
    texts = [*known, *(one.lower() for one in known), "ss-ZZZZZZ", p.word]
    p.act(typed(p.tab, p.row(), p.key_column(), texts[p.next(len(texts))]))


@act
def type_over_an_answer_of_ours(p: Decider) -> None:
    p.act(typed(p.tab, p.row(), p.ours[-1 - p.next(2)], p.word))


@act
def rename_a_header_of_theirs(p: Decider) -> None:
    column = p.under(PEOPLE[p.next(len(PEOPLE))])
    if column is not None:
        p.act(typed(p.tab, p.header, column, p.word))


@act
def write_the_headers_again(p: Decider) -> None:
    """Over the first columns without one, in their order."""
    gone = [name for name in PEOPLE if p.under(name) is None]
    free = [at for at in range(p.width) if at not in _tagged(p.book, p.tab) and not _is_known(p, at)]
    requests = [typed(p.tab, p.header, at, name) for at, name in zip(free, gone, strict=False)]
    if requests:
        p.act(*requests)


def _is_known(p: Decider, column: int) -> bool:
    text = p.tab.cell(p.header, column).value
    return isinstance(text, str) and _fold(text) in PEOPLE


@act
def move_the_ids(p: Decider) -> None:
    p.act({"moveDimension": {"source": p.lines("COLUMNS", p.key_column()), "destinationIndex": p.next(p.width + 1)}})


@act
def delete_the_ids(p: Decider) -> None:
    p.act({"deleteDimension": {"range": p.lines("COLUMNS", p.key_column())}})


@act
def rename_the_tab(p: Decider) -> None:
    p.act(retitled(p.tab, title=("Entscheide", "who's 'right'", "decisions 2")[p.next(3)]))


@act
def delete_our_tab_there(p: Decider) -> None:
    tab: Tab = p.our_tab()
    p.act({"deleteSheet": {"sheetId": tab.sheet_id}})


@act
def note_in_a_spare_row(p: Decider) -> None:
    p.act(typed(p.tab, min(p.bottom + 1, p.tab.rows - 1), p.next(p.width), p.word))


#: acts that people do anywhere, here too; but for those about keys, which are ids here
_TOO = (
    "insert_rows",
    "insert_a_row_above_everything",
    "insert_a_row_under_the_header",
    "delete_the_header_row",
    "move_rows",
    "insert_columns",
    "insert_a_column_left_of_the_key",
    "insert_a_column_inside_ours",
    "delete_a_column",
    "delete_a_column_of_ours",
    "move_a_column",
    "move_a_column_of_ours",
    "copy_a_rows_values",
    "cut_a_row",
    "type_into_ours",
    "type_over_our_header",
    "clear_our_header",
    "freeze_our_values",
    "hide_a_row",
    "duplicate_their_tab",
    "delete_their_tab",
    "write_a_note",
    "copy_our_header_elsewhere",
    "cut_the_grid",
)
DECIDING |= {f"{name} (decisions)": ANYWHERE[name] for name in _TOO}
