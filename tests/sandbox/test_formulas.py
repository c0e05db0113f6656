"""The formula engine: laws first, then examples, then the lookup that stands in every managed column."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox.formulas import (
    Array,
    CutRange,
    DeleteColumns,
    DeleteRows,
    DeleteTab,
    Edit,
    FormulaError,
    InsertColumns,
    InsertRows,
    MoveColumns,
    MoveRows,
    Place,
    RenameTab,
    Scalar,
    evaluate,
    rewrite,
    translate,
)
from sheetsync.sandbox.formulas.functions import FUNCTIONS
from sheetsync.sandbox.formulas.references import column_letters, column_number
from sheetsync.sandbox.formulas.tokens import tokenize

NA = FormulaError("#N/A")
REF = FormulaError("#REF!")
VALUE = FormulaError("#VALUE!")


@dataclass
class Grids:
    """A workbook of plain values; `formats` overrides what people see in a cell."""

    tabs: dict[str, list[list[Scalar]]]
    formats: dict[tuple[str, int, int], str] = field(default_factory=dict)
    locale: str = "en_US"

    def _grid(self, tab: str) -> list[list[Scalar]]:
        return next(grid for title, grid in self.tabs.items() if title.lower() == tab.lower())

    def value(self, tab: str, row: int, column: int) -> Scalar:
        return self._grid(tab)[row][column]

    def shown(self, tab: str, row: int, column: int) -> str:
        return self.formats.get((tab, row, column)) or self.show(self.value(tab, row, column))

    def show(self, value: Scalar) -> str:
        if isinstance(value, FormulaError):
            return value.code
        if isinstance(value, bool):
            return str(value).upper()
        return "" if value is None else f"{value:g}" if isinstance(value, float) else value

    def size(self, tab: str) -> tuple[int, int] | None:
        known = {title.lower() for title in self.tabs}
        return (len(self._grid(tab)), len(self._grid(tab)[0])) if tab.lower() in known else None

    def column(self, tab: str, column: int) -> Sequence[Scalar]:
        return [row[column] for row in self._grid(tab)]

    def named(self, _: str) -> None:
        return None

    def today(self) -> float:
        return 45000.0

    def now(self) -> float:
        return 45000.0


PLAN: list[list[Scalar]] = [
    ["key", "hours", "done", None],
    ["a-1", 2.0, True, None],
    ["B-2", 3.5, False, None],
    [None, None, None, None],
    ["a-1", 10.0, None, NA],
]
BOOK = Grids({"Plan": PLAN, "It's": [["other"]], "Wide": [[1.0, 2.0, 3.0]]})
AT = Place("Plan", 2, 3)


def value(formula: str, at: Place = AT, book: Grids = BOOK, decimal_comma: bool = False) -> Scalar | Array:
    return evaluate(formula, at, replace(book, locale="de_DE") if decimal_comma else book)


def column_of(*values: Scalar) -> Array:
    return Array(tuple((each,) for each in values))


# Laws

columns = st.integers(0, 30).map(column_letters)
rows = st.integers(1, 40).map(str)
anchors = st.sampled_from(["", "$"])
cells = st.builds("{}{}{}{}".format, anchors, columns, anchors, rows)
one_tab = st.sampled_from(["", "Plan!", "'It''s'!", "Other!"])
references = st.one_of(
    st.builds("{}{}".format, one_tab, cells),
    st.builds("{}{}:{}".format, one_tab, cells, cells),
    st.builds("{}{}{}:{}{}".format, one_tab, anchors, columns, anchors, columns),
    st.builds("{}{}{}:{}{}".format, one_tab, anchors, rows, anchors, rows),
    st.builds("{}{}:{}".format, one_tab, cells, columns),
)
formulas = st.lists(references, min_size=1, max_size=4).map(lambda parts: "=SUM(" + "; ".join(parts) + ')&"A1:B2"')
numbers = st.integers(0, 45)
counts = st.integers(1, 5)
edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(InsertRows, st.just("Plan"), numbers, counts),
    st.builds(InsertColumns, st.just("Plan"), numbers, counts),
    st.builds(lambda start, count: DeleteRows("Plan", start, start + count), numbers, counts),
    st.builds(lambda start, count: DeleteColumns("Plan", start, start + count), numbers, counts),
    st.builds(lambda start, count, to: MoveRows("Plan", start, start + count, to), numbers, counts, numbers),
    st.builds(lambda start, count, to: MoveColumns("Plan", start, start + count, to), numbers, counts, numbers),
    st.just(RenameTab("plan", "New plan")),
    st.just(DeleteTab("PLAN")),
    st.builds(
        lambda top, left, height, width, row, column: CutRange(
            "Plan", top, left, top + height, left + width, "Plan", row, column
        ),
        *(numbers, numbers, counts, counts, numbers, numbers),
    ),
)
signs = ["(", ")", ";", ",", "{", "}", "&", "-", ":", "%", "<>", "=", "^"]
operands = ["2", "1.5", '"x*"', "TRUE", "#N/A", "A:A", "A2", "$B$1:B", "2:3", "Nowhere!A1", "'It''s'!A1", "Wide!1:1"]
pieces = st.sampled_from([*signs, *operands, *FUNCTIONS, *(f"{name}(" for name in FUNCTIONS), "LET(", "x;"])
formula_like = st.one_of(st.text(max_size=40), st.lists(pieces, max_size=12).map("".join)).map("={}".format)
scalars: st.SearchStrategy[Scalar] = st.one_of(
    st.none(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8), st.just(NA)
)


@given(formulas, numbers, counts)
def test_inserting_lines_and_deleting_them_again_changes_no_formula(formula: str, start: int, count: int) -> None:
    by_row = rewrite(formula, InsertRows("Plan", start, count), "Plan")
    assert rewrite(by_row, DeleteRows("Plan", start, start + count), "Plan") == formula
    by_column = rewrite(formula, InsertColumns("Plan", start, count), "Plan")
    assert rewrite(by_column, DeleteColumns("Plan", start, start + count), "Plan") == formula


@given(formulas, st.integers(0, 50), st.integers(0, 50))
def test_copying_a_formula_there_and_back_changes_nothing(formula: str, down: int, right: int) -> None:
    assert translate(translate(formula, down, right), -down, -right) == formula


@given(st.one_of(cells, st.builds("Plan!{}".format, cells)), numbers, counts, numbers)
def test_a_single_cell_follows_a_move_there_and_back(cell: str, start: int, count: int, destination: int) -> None:
    moved = rewrite(f"={cell}", MoveRows("Plan", start, start + count, destination), "Plan")
    if start <= destination <= start + count:
        assert moved == f"={cell}"
        return
    landed = destination if destination < start else destination - count
    home = start if destination > start else start + count
    assert rewrite(moved, MoveRows("Plan", landed, landed + count, home), "Plan") == f"={cell}"


@given(st.text(alphabet='"#;,{}()& .+é␟', max_size=30), edits)
def test_text_without_references_is_kept_to_the_byte(text: str, edit: Edit) -> None:
    assert rewrite(f"={text}", edit, "Plan") == f"={text}"
    assert translate(f"={text}", 3, 3) == f"={text}"


@given(formulas, edits)
def test_an_edit_of_another_tab_changes_no_formula_that_does_not_name_it(formula: str, edit: Edit) -> None:
    if "Plan!" not in formula:
        assert rewrite(formula, edit, "Elsewhere") == formula


@given(st.text(max_size=60), st.booleans())
def test_the_tokens_of_any_text_joined_are_the_text(text: str, decimal_comma: bool) -> None:
    assert "".join(token.text for token in tokenize(text, decimal_comma)) == text


@given(st.one_of(st.text(max_size=40), formula_like), st.booleans())
def test_no_text_makes_the_evaluator_raise(formula: str, decimal_comma: bool) -> None:
    assert_well_formed(value(formula, decimal_comma=decimal_comma))


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(scalars, min_size=1, max_size=4), st.booleans(), st.data())
def test_no_argument_makes_a_function_raise(name: str, values: list[Scalar], arrays: bool, data: st.DataObject) -> None:
    book = Grids({"Plan": [[None, each] for each in values]})
    shapes = [f"B{row}" for row in range(1, len(values) + 1)] + ["B1:B2", "B:B", "1:1", "", "{1;2}", "2"]
    arguments = ";".join(data.draw(st.lists(st.sampled_from(shapes), max_size=5)))
    call = f"{name}({arguments})"
    assert_well_formed(value(f"=ARRAYFORMULA({call})" if arrays else f"={call}", Place("Plan", 0, 0), book))


@given(st.lists(st.sampled_from([None, True, 1.0, False, 0.0, "", "1", "TRUE", NA]), min_size=2, max_size=9), st.data())
def test_a_function_of_single_values_gives_each_of_an_array_what_it_gives_alone(
    cells: list[Scalar], data: st.DataObject
) -> None:
    name = data.draw(
        st.sampled_from(["LEN", "NOT", "ISNUMBER", "ISTEXT", "ISBLANK", "UMINUS", "UPLUS", "VALUE", "TO_TEXT"])
    )
    book = Grids({"Plan": [[None, each] for each in cells]})
    alone = [value(f"={name}(B{row})", Place("Plan", 0, 0), book) for row in range(1, len(cells) + 1)]
    together = value(f"=ARRAYFORMULA({name}(B1:B{len(cells)}))", Place("Plan", 0, 0), book)
    assert repr(together) == repr(column_of(*[each for each in alone if not isinstance(each, Array)]))


def assert_well_formed(result: Scalar | Array) -> None:
    elements = [each for row in result.rows for each in row] if isinstance(result, Array) else [result]
    assert elements
    assert all(type(each) in (type(None), bool, float, str, FormulaError) for each in elements)
    if isinstance(result, Array):
        assert len({len(row) for row in result.rows}) == 1


@given(scalars, scalars)
def test_exactly_one_of_less_equal_and_greater_holds(one: Scalar, other: Scalar) -> None:
    book = Grids({"Plan": [[one, other]]})
    answers = [value(f"=A1{sign}B1", Place("Plan", 0, 0), book) for sign in ("<", "=", ">")]
    if NA in (one, other):
        assert answers == [NA] * 3
    else:
        assert sorted(answers, key=str) == [False, False, True]


@given(st.lists(scalars, min_size=1, max_size=9), scalars, st.sampled_from([1, -1]))
def test_xlookup_finds_what_a_plain_search_finds(keys: list[Scalar], wanted: Scalar, direction: int) -> None:
    def alike(one: Scalar, other: Scalar) -> bool:
        if isinstance(one, str) and isinstance(other, str):
            return one.lower() == other.lower()
        return type(one) is type(other) and one == other

    book = Grids({"Plan": [[key, float(place), wanted] for place, key in enumerate(keys)]})
    found = [float(place) for place, key in enumerate(keys) if alike(key, wanted)][::direction]
    expected = NA if wanted == NA or not found else found[0]
    assert value(f"=XLOOKUP(C1;A:A;B:B;;0;{direction})", Place("Plan", 0, 2), book) == expected


@given(st.integers(0, 20_000))
def test_column_letters_read_back_as_the_column(column: int) -> None:
    assert column_number(column_letters(column)) == column


# Reading a formula


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=1+2*3", 7.0),
        ("=(1+2)*3", 9.0),
        ("=-2^2", 4.0),
        ("=10-4-3", 3.0),
        ("=50%", 0.5),
        ("=-50%+1", 0.5),
        ('="a"&1+1&"b"', "a2b"),
        ('="say ""hi"""', 'say "hi"'),
        ("=1<2=TRUE", True),
        ("= 1 +\n2 ", 3.0),
        ("=+A2", "a-1"),
        ("=#N/A", NA),
        ("=IFERROR(#REF!;5)", 5.0),
        ("=IF(TRUE,1,2)", 1.0),
        ("={1,2;3,4}", Array(((1.0, 2.0), (3.0, 4.0)))),
        ("={Wide!1:1;4,5,6}", Array(((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)))),
        ("={1,2;3}", VALUE),
        ("='It''s'!A1", "other"),
        ("=plan!a2", "a-1"),
        ("=nowhere!A1", REF),
        ("=A99", REF),
        ("=SUM(B2:B99)", 15.5),
        ("=NOSUCH(1)", FormulaError("#NAME?")),
        ("=nosuchrange", FormulaError("#NAME?")),
        ("=LEN()", NA),
        ("=1+", FormulaError("#ERROR!")),
        ('="open', FormulaError("#ERROR!")),
        ("no formula", FormulaError("#ERROR!")),
        ("=1e400", FormulaError("#NUM!")),
        ("=" + "(" * 5000 + "1" + ")" * 5000, FormulaError("#ERROR!")),
        ("=" + "+".join(["1"] * 20000), FormulaError("#ERROR!")),
    ],
)
def test_a_formula_reads_as_google_reads_it(formula: str, expected: Scalar | Array) -> None:
    assert value(formula) == expected


def test_a_locale_with_decimal_comma_reads_commas_as_decimals() -> None:
    assert value("=1,5*2", decimal_comma=True) == 3.0
    assert value(r"={1,5\2}", decimal_comma=True) == Array(((1.5, 2.0),))
    assert value("=IF(TRUE;1,5;2)", decimal_comma=True) == 1.5
    assert value("=SUM(1,5,2)", decimal_comma=True) == FormulaError("#ERROR!")
    assert value('="1.234,5"+0', decimal_comma=True) == 1234.5


# Values and their coercions


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=A4", None),
        ("=A4+1", 1.0),
        ('=A4=""', True),
        ("=A4=0", True),
        ("=A4=FALSE", True),
        ('=""&B2', "2"),
        ('=""&C2', "TRUE"),
        ('="5"+1', 6.0),
        ('="12%"+0', 0.12),
        ('="2020-01-01"+0', 43831.0),
        ('="x"+1', VALUE),
        ('=""+1', VALUE),
        ("=TRUE+1", 2.0),
        ('="ABC"="abc"', True),
        ('=1="1"', False),
        ('=9<"a"', True),
        ('="z"<TRUE', True),
        ("=1/0", FormulaError("#DIV/0!")),
        ("=(-8)^0.5", FormulaError("#NUM!")),
        ("=10^400", FormulaError("#NUM!")),
        ("=D5+1", NA),
        ("=D5&1", NA),
        ("=IF(D5;1;2)", NA),
        ("=IF(TRUE;;2)", None),
        ("=IF(FALSE;1)", False),
        ("=IF(FALSE;1;)", None),
        ("=IF(TRUE;1;1/0)", 1.0),
        ("=IFS(FALSE;1;TRUE;2)", 2.0),
        ("=IFS(FALSE;1)", NA),
        ("=IFERROR(1/0)", None),
        ("=IFERROR(1/0;)", None),
        ("=IFERROR(B2;9)", 2.0),
        ("=IFNA(D5;9)", 9.0),
        ("=IFNA(1/0;9)", FormulaError("#DIV/0!")),
        ("=ISERROR(NA())", True),
        ("=ISNA(1/0)", False),
        ("=ISBLANK(A4)", True),
        ('=ISBLANK("")', False),
        ("=ISNUMBER(B2)", True),
        ("=ISTEXT(A2)", True),
        ("=AND(C2;NOT(C3))", True),
        ("=AND(C2:C4)", False),
        ("=OR(FALSE;B2)", True),
        ("=AND(A2:A3)", VALUE),
    ],
)
def test_values_turn_into_what_a_function_wants(formula: str, expected: Scalar) -> None:
    assert value(formula) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=LEN(A4)", 0.0),
        ('=LOWER("ÀB")&UPPER("c")&PROPER("old man")', "àbCOld Man"),
        ('=TRIM("  a   b ")', "a b"),
        ('=SUBSTITUTE("a-b-c";"-";"+")', "a+b+c"),
        ('=SUBSTITUTE("a-b-c";"-";"+";2)', "a-b+c"),
        ('=LEFT("abc")&RIGHT("abc";2)&MID("abc";2;1)', "abcb"),
        ('=RIGHT("abc";0)', ""),
        ('=LEFT("abc";-1)', VALUE),
        ("=CONCATENATE(A1:A4;1)", "keya-1B-21"),
        ('=JOIN("/";A2:A3;"x")', "a-1/B-2/x"),
        ('=TEXTJOIN("/";TRUE;A2:A5)', "a-1/B-2/a-1"),
        ('=TEXTJOIN("/";FALSE;A3:A5)', "B-2//a-1"),
        ('=EXACT("a";"A")', False),
        ('=VALUE("1,042.5")', 1042.5),
        ("=CHAR(9731)", "☃"),
        ("=CHAR(0)", FormulaError("#NUM!")),
        ('=HYPERLINK("https://example.org";"there")', "there"),
        ('=HYPERLINK("https://example.org")', "https://example.org"),
        ('=REGEXMATCH("brief-12";"[0-9]+$")', True),
        ('=REGEXREPLACE("a-1";"([a-z])-([0-9])";"$2$1")', "1a"),
        ('=REGEXMATCH(5;"5")', VALUE),
        ('=REGEXMATCH("a";"(")', REF),
        ('=TEXT(1234.5;"0")', "1235"),
        ('=TEXT(1234.5;"#,##0.00")', "1,234.50"),
        ('=TEXT(0.125;"0%")', "13%"),
        ('=TEXT(-0.001;"0.00")', "0.00"),
        ('=TEXT(5;"000")', "005"),
        ('=TEXT(43831;"yyyy-mm-dd")', "2020-01-01"),
        ('=TEXT(43831.5;"dddd d mmmm yy hh:mm:ss")', "Wednesday 1 January 20 12:00:00"),
        ('=TEXT("word";"0")', "word"),
        ("=SUM(B1:B5;1;TRUE)", 17.5),
        ("=SUM(D1:D5)", NA),
        ("=COUNT(B:B)", 3.0),
        ("=COUNTA(A:A)", 4.0),
        ('=COUNTIF(A:A;"A-1")', 2.0),
        ('=COUNTIF(A:A;"?-*")', 3.0),
        ('=COUNTIF(B:B;">2")', 2.0),
        ('=COUNTIF(A2:A5;"<>a-1")', 2.0),
        ('=SUMIF(A:A;"a-1";B:B)', 12.0),
        ('=SUMIF(B:B;">3")', 13.5),
        ("=MIN(B:B)+MAX(B:B)", 12.0),
        ("=AVERAGE(B2:B3)", 2.75),
        ("=AVERAGE(A1:A2)", FormulaError("#DIV/0!")),
        ("=ROUND(2.675;2)", 2.68),
        ("=ROUND(-2.5)", -3.0),
        ("=ROUND(1234;-2)", 1200.0),
        ("=ABS(-1)", 1.0),
        ("=TODAY()", 45000.0),
        ("=DATE(2020;1;1)", 43831.0),
        ("=DATE(2019;13;1)", 43831.0),
        ("=YEAR(43831)*100+MONTH(43831)+DAY(43831)", 202002.0),
    ],
)
def test_functions_of_texts_numbers_and_dates(formula: str, expected: Scalar) -> None:
    assert value(formula) == expected


# Ranges and arrays


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=A1:A2", column_of("key", "a-1")),
        ("=A2:2", Array((("a-1", 2.0, True, None),))),
        ("=ROW()", 3.0),
        ("=ROW(A2:A4)", 2.0),
        ("=ROWS(A:A)*10+COLUMNS(A:C)", 53.0),
        ("=COLUMN()", 4.0),
        ("=LEN(A:A)", 3.0),
        ("=A1:A3&A1:B1", VALUE),
        ("=LEN(A4:A5)", VALUE),
        ("=ARRAYFORMULA(LEN(A1:A4))", column_of(3.0, 3.0, 3.0, 0.0)),
        ("=ARRAYFORMULA(ROW(A2:A3)+COLUMN(A1:B1))", Array(((3.0, 4.0), (4.0, 5.0)))),
        ("=ARRAYFORMULA(B2:B4*{1;2})", column_of(2.0, 7.0, NA)),
        ("=ARRAYFORMULA(IF(B2:B3>2;A2:A3;))", column_of(None, "B-2")),
        ("=ARRAYFORMULA(IFERROR(1/B1:B3))", column_of(None, 0.5, 1 / 3.5)),
        ("=ARRAYFORMULA(IFS(B2:B4>3;1;B2:B4>1;2))", column_of(2.0, 1.0, NA)),
        ("=ARRAYFORMULA(SUM(LEN(A:A)))", 12.0),
        ("=INDEX(A:B;2;2)", 2.0),
        ("=INDEX(A1:B2;0;1)", column_of("key", "a-1")),
        ("=INDEX(Wide!1:1;2)", 2.0),
        ("=INDEX({5;6};2)", 6.0),
        ("=INDEX(A:A;9)", FormulaError("#NUM!")),
        ("=ROWS(INDEX(A:A;ROW()):INDEX(A:A;ROWS(A:A)))", 3.0),
        ("=A1:INDEX(A:A;2)", column_of("key", "a-1")),
        ("=SUM(B2 : B3)", 5.5),
        ("=A1:Wide!A1", REF),
        ("=1:2+1", VALUE),
        ("=UNIQUE(A2:A5)", column_of("a-1", "B-2", None)),
        ("=FILTER(A2:A5;B2:B5>2)", column_of("B-2", "a-1")),
        ("=FILTER(A2:A5;B2:B5>99)", NA),
        ("=FILTER(Wide!1:1;Wide!1:1>1)", Array(((2.0, 3.0),))),
        ("=IFERROR(UNIQUE(A2:A5))", column_of("a-1", "B-2", None)),
    ],
)
def test_ranges_are_taken_whole_or_by_their_row_as_google_takes_them(formula: str, expected: Scalar | Array) -> None:
    assert value(formula) == expected


def test_a_formula_may_sum_the_cells_below_itself() -> None:
    class Watched(Grids):
        def value(self, tab: str, row: int, column: int) -> Scalar:
            assert (row, column) != (0, 1), "the formula read its own cell"
            return super().value(tab, row, column)

        def column(self, tab: str, column: int) -> Sequence[Scalar]:
            assert column != 1, "the formula read its own column"
            return super().column(tab, column)

    assert value("=SUM(B2:B)", Place("Plan", 0, 1), Watched({"Plan": PLAN})) == 15.5


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=LET(x;2;x*x)", 4.0),
        ("=LET(x;2;Y;x+1;X*y)", 6.0),
        ("=LET(x;1;LET(x;2;x)+x)", 3.0),
        ("=ARRAYFORMULA(LET(x;B2:B3*2;IF(x>4;x;)))", column_of(None, 7.0)),
        ("=LET(x;NA();IFERROR(x;1))", 1.0),
        ("=LET(x;A2:A3;ROWS(x))", 2.0),
        ("=LET(x;1;y)", FormulaError("#NAME?")),
        ("=LET(x;1;x)+x", FormulaError("#NAME?")),
        ("=LET(A1;1;2)", FormulaError("#NAME?")),
        ("=LET(x;1)", NA),
        ("=LET(x;1;y;2)", NA),
        ("=LET()", NA),
    ],
)
def test_let_gives_names_to_values_for_what_follows(formula: str, expected: Scalar | Array) -> None:
    assert value(formula) == expected


# Lookups


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('=XLOOKUP("A-1";A:A;B:B)', 2.0),
        ('=XLOOKUP("a-1";A:A;B:B;;0;-1)', 10.0),
        ('=XLOOKUP("a*";A:A;B:B)', NA),
        ('=XLOOKUP("b*";A:A;B:B;;2)', 3.5),
        ('=XLOOKUP("b~-2";A:A;B:B;"none")', "none"),
        ('=XLOOKUP("zz";A:A;B:B;)', NA),
        ('=XLOOKUP("a-1";A:A;C5:C9)', VALUE),
        ('=XLOOKUP("B-2";A:A;B:C)', Array(((3.5, False),))),
        ('=XLOOKUP("a-1";A:A;B:B;;0;-1)&XLOOKUP(2;Wide!1:1;Wide!1:1)', "102"),
        ("=XLOOKUP(NA();A:A;B:B)", NA),
        ('=ARRAYFORMULA(XLOOKUP({"a-1";"zz"};A:A;B:B;"-"))', column_of(2.0, "-")),
        ('=MATCH("b*";A:A;0)', 3.0),
        ("=MATCH(2.5;Wide!1:1)", 2.0),
        ("=MATCH(0.5;Wide!1:1)", NA),
        ("=MATCH(A4;A:A;0)", NA),
        ('=VLOOKUP("b-?";A:C;2;FALSE)', 3.5),
        ('=VLOOKUP("a-1";A:C;9;FALSE)', REF),
        ('=ARRAYFORMULA(VLOOKUP("a-1";A:C;{2,3};FALSE))', Array(((2.0, True),))),
    ],
)
def test_lookups_find_the_first_match_and_nothing_alike(formula: str, expected: Scalar | Array) -> None:
    assert value(formula) == expected


@pytest.mark.parametrize("key", ["what?", "a*b", "til~de", "(x", "1042"])
def test_xlookup_takes_signs_in_a_key_literally(key: str) -> None:
    grid: list[list[Scalar]] = [["whatx", 1.0], ["axxb", 2.0], ["tilde", 3.0], [1042.0, 4.0], [key, 5.0]]
    assert value(f'=XLOOKUP("{key}";A:A;B:B)', Place("Plan", 0, 2), Grids({"Plan": grid})) == 5.0


def test_a_found_cell_that_is_blank_gives_blank() -> None:
    assert value('=XLOOKUP("b-2";A:A;D:D;"none")') is None
    assert value('=ISBLANK(XLOOKUP("b-2";A:A;D:D))') is True


# The lookup in the header of a managed column


def spilled(tab: str, key: str, result: str, header: str, source: str = "briefs") -> str:
    keys = f"INDEX(${key}:${key};ROW()):INDEX(${key}:${key};ROWS(${key}:${key}))"
    return (
        f'=ARRAYFORMULA(IF(ROW({keys})=ROW();"{header}";IFERROR(IF(LEN(TO_TEXT({keys}))=0;;'
        f'XLOOKUP("{source}␟"&TO_TEXT({keys});{tab}!$A:$A;{tab}!${result}:${result}));)))'
    )


HEADER = spilled("sheetsync", "A", "D", "ss:status")
MANAGED: list[list[Scalar]] = [
    ["key", "label", "link", "status"],
    ["briefs␟B-7", None, None, "conflict"],
    ["briefs␟1,042", None, None, "ok"],
    ["briefs␟2024-03-01", None, None, "late"],
    ["briefs␟w*", None, None, "starred"],
    ["briefs␟empty", None, None, None],
    ["other␟plain", None, None, "foreign"],
    ["briefs␟#N/A", None, None, "not to be found"],
]
KEYS: list[Scalar] = ["Key", "b-7", 1042.0, 45352.0, "w*", "wx", "empty", "plain", None, NA, "unknown"]
SEEN: list[Scalar] = ["conflict", "ok", "late", "starred", None, None, None, None, None, None]


def managed(rows_above: int = 0) -> Grids:
    grid: list[list[Scalar]] = [[cell, None] for cell in (*["title"] * rows_above, *KEYS)]
    formats = {("Briefs", rows_above + 2, 0): "1,042", ("Briefs", rows_above + 3, 0): "2024-03-01"}
    return Grids({"Briefs": grid, "sheetsync": MANAGED}, formats)


@pytest.mark.parametrize("rows_above", [0, 3])
def test_every_row_sees_the_value_of_its_own_key(rows_above: int) -> None:
    result = evaluate(HEADER, Place("Briefs", rows_above, 1), managed(rows_above))
    assert result == column_of("ss:status", *SEEN)


def test_without_the_managed_tab_everything_below_the_header_is_blank() -> None:
    book = managed()
    del book.tabs["sheetsync"]
    assert evaluate(HEADER, Place("Briefs", 0, 1), book) == column_of("ss:status", *[None] * 10)


def test_a_row_inserted_under_the_header_leaves_the_lookup_alone() -> None:
    assert rewrite(HEADER, InsertRows("Briefs", 1, 1), "Briefs") == HEADER
    assert rewrite(HEADER, InsertRows("Briefs", 0, 1), "Briefs") == HEADER


def test_the_lookup_follows_its_key_column_and_breaks_when_it_is_deleted() -> None:
    assert rewrite(HEADER, InsertColumns("Briefs", 0, 1), "Briefs") == spilled("sheetsync", "B", "D", "ss:status")
    broken = rewrite(HEADER, DeleteColumns("Briefs", 0, 1), "Briefs")
    assert "INDEX(#REF!;ROW()):INDEX(#REF!;ROWS(#REF!))" in broken
    assert "sheetsync!$A:$A;sheetsync!$D:$D" in broken
    assert evaluate(broken, Place("Briefs", 0, 1), managed()) == REF


def test_the_lookup_follows_the_managed_tab_under_a_new_name() -> None:
    renamed = rewrite(HEADER, RenameTab("SheetSync", "our notes"), "Briefs")
    assert renamed == spilled("'our notes'", "A", "D", "ss:status")
    assert "IFERROR" in rewrite(HEADER, DeleteTab("sheetsync"), "Briefs")
    assert 'XLOOKUP("briefs␟"&TO_TEXT(INDEX($A:$A;ROW()):INDEX($A:$A;ROWS($A:$A)));#REF!;#REF!)' in rewrite(
        HEADER, DeleteTab("sheetsync"), "Briefs"
    )


def test_six_lookups_over_two_thousand_rows_take_well_under_a_second_each() -> None:
    count = 2000
    keys: list[list[Scalar]] = [[key, None] for key in ("Key", *(f"K-{number}" for number in range(count - 1)))]
    notes: list[list[Scalar]] = [[f"briefs␟k-{number}", *[f"v{number}"] * 6] for number in range(count)]
    book = Grids({"Briefs": keys, "sheetsync": notes})
    started = time.perf_counter()
    for letter in "BCDEFG":
        result = evaluate(spilled("sheetsync", "A", letter, "ss"), Place("Briefs", 0, 1), book)
        assert isinstance(result, Array)
        assert result.rows[-1] == (f"v{count - 2}",)
    assert time.perf_counter() - started < 6


# Rewriting


@pytest.mark.parametrize(
    ("formula", "edit", "expected"),
    [
        ("=A2", InsertRows("Plan", 1, 2), "=A4"),
        ("=A2:A5", InsertRows("Plan", 1, 1), "=A3:A6"),
        ("=A2:A5", InsertRows("Plan", 2, 1), "=A2:A6"),
        ("=A2:A5", InsertRows("Plan", 5, 1), "=A2:A5"),
        ("=A2:A", InsertRows("Plan", 1, 1), "=A3:A"),
        ("=A:A", InsertRows("Plan", 0, 9), "=A:A"),
        ("=2:5", InsertRows("Plan", 3, 1), "=2:6"),
        ("=$A$2", InsertRows("Plan", 0, 1), "=$A$3"),
        ("=A2", InsertRows("Other", 0, 1), "=A2"),
        ("=other!A2&'it''s'!A2", InsertRows("It's", 0, 1), "=other!A2&'it''s'!A3"),
        ("=A5:A2", InsertRows("Plan", 2, 1), "=A6:A2"),
        ("=A2", DeleteRows("Plan", 1, 2), "=#REF!"),
        ("=A2:A5", DeleteRows("Plan", 0, 2), "=A1:A3"),
        ("=A2:A5", DeleteRows("Plan", 4, 9), "=A2:A4"),
        ("=A2:A5", DeleteRows("Plan", 1, 5), "=#REF!"),
        ("=A3:A", DeleteRows("Plan", 1, 2), "=A2:A"),
        ("=SUM(2:3)", DeleteRows("Plan", 0, 1), "=SUM(1:2)"),
        ("=B:C", DeleteColumns("Plan", 1, 2), "=B:B"),
        ("=B1&C1", InsertColumns("Plan", 2, 1), "=B1&D1"),
        ("=LOG10(A1)", InsertColumns("Plan", 0, 1), "=LOG10(B1)"),
        ('="A1"&A1', InsertColumns("Plan", 0, 1), '="A1"&B1'),
        ("=A1", MoveRows("Plan", 0, 1, 5), "=A5"),
        ("=A4", MoveRows("Plan", 0, 1, 5), "=A3"),
        ("=A4", MoveRows("Plan", 3, 5, 0), "=A1"),
        ("=A2:A5", MoveRows("Plan", 2, 3, 9), "=A2:A4"),
        ("=A2:A5", MoveRows("Plan", 8, 9, 2), "=A2:A6"),
        ("=A2:A5", MoveRows("Plan", 1, 5, 9), "=A6:A9"),
        ("=A2:A5", MoveRows("Plan", 2, 3, 4), "=A2:A5"),
        ("=A:A", MoveColumns("Plan", 0, 1, 3), "=C:C"),
        ("=plan!A1&A1&Plans!A1", RenameTab("Plan", "Plan 2"), "='Plan 2'!A1&A1&Plans!A1"),
        ("=Plan!A1", RenameTab("Plan", "D3"), "='D3'!A1"),
        ("='It''s'!A1", RenameTab("it's", "Fine"), "=Fine!A1"),
        ("=Other!A1+'other'!B:B+A1", DeleteTab("OTHER"), "=#REF!+#REF!+A1"),
        ("=B2+B9", CutRange("Plan", 0, 0, 3, 3, "Plan", 10, 5), "=G12+B9"),
        ("=B2:$C$3", CutRange("Plan", 0, 0, 3, 3, "Other", 0, 0), "=Other!B2:$C$3"),
        ("=B2:C9", CutRange("Plan", 0, 0, 3, 3, "Plan", 10, 5), "=B2:C9"),
        ("=G12", CutRange("Plan", 0, 0, 3, 3, "Plan", 10, 5), "=#REF!"),
        ("A1", InsertRows("Plan", 0, 1), "A1"),
    ],
)
def test_a_formula_follows_an_edit(formula: str, edit: Edit, expected: str) -> None:
    assert rewrite(formula, edit, "Plan") == expected


def test_a_reference_to_cut_cells_loses_its_tab_when_they_come_home() -> None:
    assert rewrite("=Plan!B2", CutRange("Plan", 0, 0, 3, 3, "Other", 0, 0), "Other") == "=B2"


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "expected"),
    [
        ("=A1+$B$2+C$3+$D4", 2, 1, "=B3+$B$2+D$3+$D6"),
        ("=A:A+2:2", 3, 2, "=C:C+5:5"),
        ("=Plan!A2:A", 1, 0, "=Plan!A3:A"),
        ("=A1", -1, 0, "=#REF!"),
        ("=ZZZ1", 0, 1, "=#REF!"),
        ("=B2:A$1", -1, -1, "=#REF!"),
    ],
)
def test_a_copied_formula_takes_its_relative_references_along(
    formula: str, rows: int, columns: int, expected: str
) -> None:
    assert translate(formula, rows, columns) == expected
