"""Our formula in real workbooks of the sandbox: whatever people do to rows, columns and keys, a row shows its own value
or nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.lookup import header_shown, scoped_key, spilling_lookup
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.sandbox import Running, email_of, running
from sheetsync.sandbox.errors import GoogleError
from sheetsync.sandbox.model import Cell, Tab, Workbook
from tests.engine.conftest import Town
from tests.engine.people import Hand, assert_beside_their_rows, briefs
from tests.sandbox.conftest import Api

BOOK = "lookup-in-sheets"
SHOWS = ("status", "issues")
KEYS = tuple(f"K-{number}" for number in range(1, 7))

Act = Callable[[Hand], None]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(accounts=tmp_path_factory.mktemp("accounts")) as started:
        yield started


def sheet(
    sandbox: Running,
    keys: Sequence[str | float | bool | None] = KEYS,
    sources: Mapping[int, str] | None = None,
    locale: str = "en_US",
    corner: tuple[int, int] = (0, 0),
    grid: tuple[int, int] = (60, 12),
) -> Hand:
    """A workbook with a tab per source: a decoy of the key, the key, a note, and our two columns, from `corner` on."""
    sources = sources or {0: "briefs"}
    top, left = corner
    book = Workbook(BOOK, "Season", locale, "Europe/Berlin", email_of("person"))
    for tab_id, source in sources.items():
        tab = Tab(tab_id, f"Plan {tab_id}", *grid)
        for column, header in enumerate(("Was", "Ref", "Note"), start=left):
            tab.put(top, column, Cell(header))
        for row, key in enumerate(keys, start=top + 1):
            tab.put(row, left, Cell(keys[-1 - (row - top - 1)]))
            tab.put(row, left + 1, Cell(key))
            tab.put(row, left + 2, Cell(f"note {row}"))
        for column, name in enumerate(SHOWS, start=left + 3):
            formula = spilling_lookup(f"ss:{name}", source, ((left + 1, "Ref"),), "sheetsync", column - left - 2)
            tab.put(top, column, Cell(formula=formula))
        book.tabs.append(tab)
    book.tabs.append(Tab(OUR_TAB_ID, "sheetsync", 200, 3))
    sandbox.state.commit(book, book.owner)
    say(sandbox, {source: [key for key in keys if isinstance(key, str)] for source in sources.values()})
    return Hand(sandbox, BOOK, next(iter(sources)))


def say(sandbox: Running, addressed: Mapping[str, Sequence[str]]) -> None:
    """Our tab says something about each of these keys of each source."""
    book = sandbox.state.workbooks[BOOK].copied()
    tab = book.titled("sheetsync")
    assert tab is not None
    lines: list[tuple[str, ...]] = [("key", *SHOWS)]
    lines += [
        (scoped_key(source, (key,)), *(f"{name} of {source} {key}" for name in SHOWS))
        for source, keys in addressed.items()
        for key in keys
    ]
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            tab.put(row, column, Cell(text))
    sandbox.state.commit(book, book.owner)


def assert_own_or_nothing(hand: Hand, source: str = "briefs", complete: bool = False) -> int:
    """Each row shows what our tab says about its own key, or nothing; how many values there are.

    A row's own key stands under the header `Ref` of the formula's own row. With `complete` no known key shows nothing.
    """
    grid = hand.grid
    stored = {(row, column): cell.get("formula") for row, column, cell in hand.tab["cells"]}
    looked: set[tuple[int, int]] = set()
    for (top, column), formula in stored.items():
        header = header_shown(formula)
        if header is None:
            continue
        name = header.removeprefix("ss:")
        for row, texts in enumerate(grid):
            if (row, column) not in stored:
                key = texts[grid[top].index("Ref")] if "Ref" in grid[top] and row > top else ""
                own = f"{name} of {source} {key}" if key in KEYS else ""
                assert texts[column] in ([own] if complete else ["", own]), (row, column, key)
                looked |= {(row, column)} if texts[column] else set()
    return len(looked)


# ---------------------------------------------------------------- rows and columns move


def swap_keys(hand: Hand, row: int, column: int) -> None:
    first, second = hand.grid[row][column], hand.grid[row + 1][column]
    hand.type(row, column, second)
    hand.type(row + 1, column, first)


MOVES: Mapping[str, Act] = {
    "a row above everything": lambda hand: hand.insert("ROWS", 0),
    "rows right under the header": lambda hand: hand.insert("ROWS", hand.find("Ref")[0] + 1, 3),
    "a row right above the header": lambda hand: hand.insert("ROWS", hand.find("Ref")[0]),
    "a row inside": lambda hand: hand.insert("ROWS", hand.find("Ref")[0] + 3),
    "a row less": lambda hand: hand.delete("ROWS", hand.find("Ref")[0] + 2),
    "the first row less": lambda hand: hand.delete("ROWS", hand.find("Ref")[0] + 1),
    "rows moved down": lambda hand: hand.move("ROWS", hand.find("Ref")[0] + 1, hand.find("Ref")[0] + 3, 50),
    "a row moved above the header": lambda hand: hand.move(
        "ROWS", hand.find("Ref")[0] + 2, hand.find("Ref")[0] + 3, hand.find("Ref")[0]
    ),
    "the header moved down": lambda hand: hand.move(
        "ROWS", hand.find("Ref")[0], hand.find("Ref")[0] + 1, hand.find("Ref")[0] + 4
    ),
    "sorted": lambda hand: hand.sort(hand.find("Ref")[0] + 1, hand.find("Ref")[1], descending=True),
    "sorted by the decoy": lambda hand: hand.sort(hand.find("Ref")[0] + 1, hand.find("Was")[1]),
    "sorted by what we show": lambda hand: hand.sort(hand.find("Ref")[0] + 1, hand.find("ss:status")[1]),
    "sorted with the header": lambda hand: hand.sort(0, hand.find("Ref")[1]),
    "sorted down with the header": lambda hand: hand.sort(0, hand.find("Ref")[1], descending=True),
    "sorted without our columns": lambda hand: hand.sort(
        hand.find("Ref")[0] + 1, hand.find("Ref")[1], right=hand.find("ss:status")[1], descending=True
    ),
    "columns before all": lambda hand: hand.insert("COLUMNS", 0, 2),
    "a column before the key": lambda hand: hand.insert("COLUMNS", hand.find("Ref")[1]),
    "a column between ours": lambda hand: hand.insert("COLUMNS", hand.find("ss:issues")[1]),
    "the decoy less": lambda hand: hand.delete("COLUMNS", hand.find("Was")[1]),
    "the key before the decoy": lambda hand: hand.move(
        "COLUMNS", hand.find("Ref")[1], hand.find("Ref")[1] + 1, hand.find("Was")[1]
    ),
    "our columns in front": lambda hand: hand.move(
        "COLUMNS", hand.find("ss:status")[1], hand.find("ss:issues")[1] + 1, 0
    ),
    "two keys swapped": lambda hand: swap_keys(hand, hand.find("Ref")[0] + 1, hand.find("Ref")[1]),
    "a key twice": lambda hand: hand.type(hand.find("Ref")[0] + 1, hand.find("Ref")[1], "K-2"),
    "the header repeated as text": lambda hand: hand.type(hand.find("Ref")[0] + 4, hand.find("Was")[1], "Was", "Ref"),
    "a banner": lambda hand: hand.type(hand.find("Ref")[0] + 4, hand.find("Was")[1], "WEEK 2", None),
    "rows below the table": lambda hand: hand.type(40, hand.find("Was")[1], "K-1", "K-3"),
}
#: title rows above, the header far down, a table that starts at column B
CORNERS = ((0, 0), (3, 1), (29, 0))


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("moved", MOVES)
def test_values_follow_their_rows(sandbox: Running, moved: str, corner: tuple[int, int]) -> None:
    hand = sheet(sandbox, corner=corner)
    assert assert_own_or_nothing(hand, complete=True) == 2 * len(KEYS)
    MOVES[moved](hand)
    looked = assert_own_or_nothing(hand, complete=True)
    assert looked >= len(KEYS) or "header" in moved, "most are still there"


rows, columns = st.integers(0, 12), st.integers(0, 7)
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(lambda at, count: lambda hand: hand.insert("ROWS", at, count), rows, st.integers(1, 3)),
    st.builds(lambda at: lambda hand: hand.insert("COLUMNS", at), columns),
    st.builds(lambda at: lambda hand: hand.delete("ROWS", at), rows),
    st.builds(lambda at: lambda hand: hand.delete("COLUMNS", at), columns),
    st.builds(lambda at, to: lambda hand: hand.move("ROWS", at, at + 2, to), rows, rows),
    st.builds(lambda at, to: lambda hand: hand.move("COLUMNS", at, at + 1, to), columns, columns),
    st.builds(lambda top, by, down: lambda hand: hand.sort(top, by, descending=down), rows, columns, st.booleans()),
    st.builds(lambda top, by, right: lambda hand: hand.sort(top, by, right), rows, columns, columns),
    st.builds(lambda at, to: lambda hand: hand.copy((at, at + 1), (to, to + 1)), rows, rows),
    st.builds(lambda at, by, key: lambda hand: hand.type(at, by, key), rows, columns, st.sampled_from([*KEYS, None])),
    st.builds(lambda at, to, by: lambda hand: hand.cut((at, at + 2, 0, by + 1), to, 0), rows, rows, st.integers(1, 7)),
    st.builds(lambda by, to: lambda hand: hand.cut((None, None, by, by + 1), 0, to), columns, columns),
    st.sampled_from(sorted(MOVES)).map(lambda name: MOVES[name]),
)


@settings(max_examples=150)
@given(done=st.lists(acts, min_size=1, max_size=6), corner=st.sampled_from(CORNERS[:2]))
def test_nothing_people_do_shows_a_row_anothers_value(
    sandbox: Running, done: list[Act], corner: tuple[int, int]
) -> None:
    hand = sheet(sandbox, corner=corner, grid=(16, 9))
    for act in done:
        # Refused by the sandbox, or there is no header or row left to find.
        with suppress(GoogleError, StopIteration, IndexError):
            act(hand)
        assert_own_or_nothing(hand)


def test_a_copied_header_row_blocks_and_its_own_copy_still_shows_the_right_values(sandbox: Running) -> None:
    hand = sheet(sandbox)
    hand.copy((0, 1), (4, 5))
    assert hand.grid[0][3:] == ["#REF!", "#REF!"]
    assert assert_own_or_nothing(hand) == 2 * 2, "the rows below the copy"


def test_a_deleted_header_row_takes_the_values_along(sandbox: Running) -> None:
    hand = sheet(sandbox)
    hand.delete("ROWS", 0)
    assert [row[3:] for row in hand.grid] == [[]] * len(KEYS)


def test_a_duplicated_tab_shows_nothing_once_our_columns_have_changed_places(sandbox: Running) -> None:
    hand = sheet(sandbox)
    hand.act({"duplicateSheet": {"sourceSheetId": 0, "insertSheetIndex": 1, "newSheetId": 99}})
    copy = Hand(sandbox, BOOK, 99)
    assert assert_own_or_nothing(copy, complete=True) == 2 * len(KEYS)
    Hand(sandbox, BOOK, OUR_TAB_ID).type(0, 1, "issues", "status")
    assert all(row[3:] in ([], ["", ""]) for row in copy.grid[1:])


# ---------------------------------------------------------------- blanks


def test_another_tool_appends_right_below_the_table(sandbox: Running) -> None:
    hand = sheet(sandbox)
    say(sandbox, {"briefs": [*KEYS, "K-7"]})
    row = {"values": [["", "K-7", "appended"]]}
    for at in ("Plan%200!A1", "Plan%200!A1:E1"):
        person = Api(sandbox, "person")
        answer = person.call("POST", f"/v4/spreadsheets/{BOOK}/values/{at}:append", row, valueInputOption="RAW")
        assert answer.json()["updates"]["updatedRange"].startswith(f"'Plan 0'!A{len(hand.grid)}:")
    assert hand.grid[len(KEYS) + 1][3] == "status of briefs K-7"


@pytest.mark.parametrize("blank", ["", " ", "  ", "\u00a0", "\n", '=""', '=" "', "=1/0", "=NA()"])
def test_a_key_with_nothing_in_it_shows_nothing(sandbox: Running, blank: str) -> None:
    hand = sheet(sandbox)
    hand.type(2, 1, blank)
    assert assert_own_or_nothing(hand) == 2 * (len(KEYS) - 1)
    cells = [cell for row, column, cell in hand.tab["cells"] if column >= 3 and row > 0]
    assert cells == [], "nothing of ours is stored below the header"


# ---------------------------------------------------------------- several sources, all kinds of keys


def test_sources_with_the_same_keys_in_one_workbook_show_their_own(sandbox: Running) -> None:
    named = {0: "briefs", 1: "briefs-2", 2: "brief", 3: "BRIEFS"}
    sheet(sandbox, sources=named)
    for tab_id, source in named.items():
        looked = assert_own_or_nothing(Hand(sandbox, BOOK, tab_id), source)
        assert looked == (0 if source == "BRIEFS" else 2 * len(KEYS)), "the first of two that differ in case only"


FORMATTED: Sequence[tuple[float, str, str]] = (
    (1001, "", ""),
    (1002.0, "NUMBER", "0"),
    (1e15, "", ""),
    (42, "NUMBER", "0000"),
    (1001.5, "NUMBER", "#,##0.0"),
    (-7, "", ""),
    (0.25, "PERCENT", "0%"),
    (12.5, "CURRENCY", "€#,##0.00"),
    (46353, "DATE", "yyyy-mm-dd"),
    (46354, "DATE", "ddd d mmm"),
    (46355, "DATE", "dd.mm.yyyy"),
    (46356.75, "DATE_TIME", "m/d/yyyy h:mm"),
)
TYPED = (
    "=TRUE",
    "=1+1",
    '="made"',
    "0042",
    "1,5",
    "27 Nov",
    "#N/A",
    "TRUE",
    "=TODAY()",
    "a\nb",
    "e\u0301",
    "İ",
    "ß",
    "🎉",
)


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR"])
def test_keys_of_every_kind_are_looked_up_as_people_see_them(sandbox: Running, locale: str) -> None:
    hand = sheet(sandbox, [None] * (len(FORMATTED) + len(TYPED)), locale=locale)
    for row, (number, kind, pattern) in enumerate(FORMATTED, start=1):
        hand.type(row, 1, number)
        if kind:
            hand.format(row, 1, kind, pattern)
    for row, typed in enumerate(TYPED, start=len(FORMATTED) + 1):
        (hand.type if typed.startswith("=") else hand.text)(row, 1, typed)
    seen = [row[1] for row in hand.grid[1:]]
    assert ("1.001,5" in seen) == (locale == "de_DE")
    say(sandbox, {"briefs": list(dict.fromkeys(seen))})
    assert [row[3:5] for row in hand.grid[1:]] == [[f"{name} of briefs {key}" for name in SHOWS] for key in seen]


# ---------------------------------------------------------------- whole cycles


#: what is typed over the keys of rows of the brief that are records
STRANGE: Mapping[int, str] = dict(
    zip(
        (6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 18),
        ("=1001", "0042", "a*", "~a", "e\u0301", "a\u00a0b", "ab ", "'x", "STRASSE", "straße", "x" * 10_000),
        strict=True,
    )
)


def test_strange_keys_stand_beside_their_rows_after_one_cycle(town: Town) -> None:
    hand = briefs(town)
    for row, key in STRANGE.items():
        (hand.type if key.startswith("=") else hand.text)(row, 2, key)
    document = town.reconcile(accept=town.yes_to())
    assert [write["wrong"] for write in document["written"]] == [[]] * len(document["written"])
    assert document["run"]["exit_code"] == 0
    assert assert_beside_their_rows(town, complete=True)
    column = hand.find("ss:status")[1]
    nameless = {row for row in STRANGE if not hand.grid[row][column]}
    assert nameless == {16, 17}, "keys that Google may take for one another stand in our tab only"
    assert town.reconcile(accept=town.yes_to())["requests"]["writes"] == 0


def test_a_row_that_is_no_record_is_no_trouble_where_its_key_is_a_records_in_other_case(town: Town) -> None:
    hand = briefs(town)
    hand.type(11, 2, "nl-1002")
    assert town.reconcile()["run"]["exit_code"] == 0


def test_a_blocked_column_shows_ref_until_the_next_cycle(town: Town) -> None:
    hand = briefs(town)
    row, column = hand.find("ss:status")
    hand.type(row + 3, column, "mine")
    assert [hand.grid[at][column] for at in (row, row + 1, row + 2, row + 3)] == ["#REF!", "", "", "mine"]
    assert town.reconcile()["run"]["exit_code"] == 0
    assert_beside_their_rows(town, complete=True)


def test_an_older_formula_of_ours_is_replaced_and_not_doubled(town: Town) -> None:
    hand = briefs(town)
    row, column = hand.find("ss:status")
    head = list(hand.grid[row])
    ours = next(cell["formula"] for at, by, cell in hand.tab["cells"] if (at, by) == (row, column))
    keys = "INDEX($C:$C;ROW()):INDEX($C:$C;ROWS($C:$C))"
    older = (
        f'=ARRAYFORMULA(IF(ROW({keys})=ROW();"ss:status";IFERROR(IF((TO_TEXT(INDEX($C:$C;ROW()))="{head[2]}")*'
        f'LEN(TO_TEXT({keys}))=0;;XLOOKUP("briefs"&"␟"&TO_TEXT({keys});sheetsync!$A:$A;sheetsync!$D:$D));)))'
    )
    hand.type(row, column, older)
    assert town.reconcile()["run"]["exit_code"] == 0
    assert hand.grid[row] == head
    assert next(cell["formula"] for at, by, cell in hand.tab["cells"] if (at, by) == (row, column)) == ours
    assert town.reconcile()["requests"]["writes"] == 0
