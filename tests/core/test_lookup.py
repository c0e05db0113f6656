"""The formula in a person's tab, evaluated as the spreadsheet would: it finds its own row's line, whatever is typed."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.lookup import (
    SEPARATOR,
    a1,
    column_letters,
    header_shown,
    same_formula,
    scoped_key,
    spilling_lookup,
)
from sheetsync.core.managed import fold_address, is_addressable
from sheetsync.core.model import Place as Where
from sheetsync.core.model import Record
from sheetsync.sandbox.formulas import Array, FormulaError, InsertColumns, InsertRows, Place, Scalar, evaluate, rewrite
from sheetsync.sandbox.formulas.functions import lookup as lookups
from sheetsync.sandbox.formulas.references import column_number

#: whatever people type into a cell: quotes, wildcards, operators, other scripts, blanks at both ends
texts = st.text(st.sampled_from(" abAB01*?~\"'=+;,&|<>$!#ßäÄ␟é中🎉") | st.characters(codec="utf-8"), max_size=8)
titles = st.text(st.sampled_from("ab Z09'_!;,.\"äß") | st.characters(codec="utf-8", categories=["L"]), min_size=1)
sources = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)


#: the key of most examples: column A, headed "Ref"
REF = ((0, "Ref"),)


@dataclass
class Sheet:
    """A workbook of two tabs, as a formula sees it: theirs, and ours under any title."""

    theirs: list[list[Scalar]]
    our_title: str
    ours: list[list[Scalar]]
    formats: dict[float, str] = field(default_factory=dict)
    locale: str = "en_US"

    def _grid(self, tab: str) -> list[list[Scalar]]:
        return self.theirs if tab.lower() == "their tab" else self.ours

    def value(self, tab: str, row: int, column: int) -> Scalar:
        return self._grid(tab)[row][column]

    def shown(self, tab: str, row: int, column: int) -> str:
        return self.show(self.value(tab, row, column))

    def show(self, value: Scalar) -> str:
        if isinstance(value, float):
            return self.formats.get(value, f"{value:g}")
        return value.code if isinstance(value, FormulaError) else str(value) if value is not None else ""

    def size(self, tab: str) -> tuple[int, int] | None:
        known = tab.lower() in ("their tab", self.our_title.lower())
        return (len(self._grid(tab)), len(self._grid(tab)[0])) if known else None

    def column(self, tab: str, column: int) -> Sequence[Scalar]:
        return [row[column] for row in self._grid(tab)]

    def named(self, _: str) -> None:
        return None

    def today(self) -> float:
        return 46000.0

    def now(self) -> float:
        return 46000.0


def spilled(formula: str, sheet: Sheet, row: int, column: int) -> list[Scalar]:
    value = evaluate(formula, Place("their tab", row, column), sheet)
    return [each[0] for each in value.rows] if isinstance(value, Array) else [value]


#: what Google may take for the same text when it looks one up; nobody says which. The sandbox believes the first
BELIEFS: dict[str, Callable[[str], str]] = {
    "without case": str.lower,
    "as written": str,
    "without case, ß is ss": str.casefold,
    "normalized": lambda text: unicodedata.normalize("NFC", text).casefold(),
    "² is 2, full width is half": lambda text: unicodedata.normalize("NFKC", text).casefold(),
    "without accents": lambda text: "".join(
        one for one in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(one)
    ),
    "without blanks": lambda text: "".join(text.casefold().replace("\u200b", "").replace("\u00ad", "").split()),
    "everything alike": lambda _: "",
}
believed = st.sampled_from(sorted(BELIEFS))
#: keys that somebody may take for one another
alike = st.one_of(
    st.sampled_from(["K1", "k1", "K²", "K2", "Ｋ２", "é", "e\u0301", "e", "ﬁ", "fi", "\u212b", "\u00c5", "ς", "σ"]),
    st.sampled_from(["straße", "STRASSE", "strasse", "İ", "I", "i", "ı", "a*", "a?", "a~", "~a*", "*", "a&b", "<a>"]),
    st.sampled_from(
        ["ab", "a\u200bb", "a\u00adb", "a b", "ab ", " ab", "a\u00a0b", "a\nb", "a\tb", " ", "\u00a0", "␟"]
    ),
    st.sampled_from(["0042", "42", "42.0", "TRUE", "#N/A", "a␟b", "=1+1", "'a", "@a", "-a", "+a", "a|b", 'a"b', "🎉"]),
    texts,
)
addressed = alike.filter(lambda text: text != "" and SEPARATOR not in text)


@given(
    source=sources,
    rows=st.lists(st.tuples(alike, alike), min_size=1, max_size=8),
    lines=st.lists(st.tuples(addressed, addressed), max_size=8, unique=True),
    header=texts,
    title=titles.filter(lambda title: title.lower() != "their tab"),
    top=st.integers(0, 2),
    belief=believed,
)
@example("a", [("=1+1", "*"), ("~*", "?")], [("~*", "?")], '"', "It's ours", 1, "without case")
@example("a", [("K²", "x"), ("K2", "x")], [("K2", "x"), ("K²", "x")], "h", "ours", 0, "² is 2, full width is half")
def test_a_row_shows_what_a_dictionary_holds_for_its_own_key_or_nothing_whatever_google_takes_for_alike(
    source: str,
    rows: list[tuple[str, str]],
    lines: list[tuple[str, str]],
    header: str,
    title: str,
    top: int,
    belief: str,
) -> None:
    sheet = two_keys(source, rows, lines, header, title, top)
    holds = {key: f"of {number}" for number, key in enumerate(lines)}
    with pytest.MonkeyPatch.context() as google:
        google.setattr(lookups, "folded", BELIEFS[belief])
        shown = spilled(spilling_lookup(header, source, ((2, "Ref"), (0, "Slot")), title, 1), sheet, top, 3)
    assert shown[0] == header
    for (second, first), text in zip(rows, shown[1:], strict=True):
        assert text in (None, holds.get((first, second))), (first, second)


@given(
    source=sources,
    keys=st.lists(st.tuples(alike, alike), min_size=1, max_size=8),
    header=texts,
    belief=st.sampled_from(["without case", "as written", "without case, ß is ss", "normalized"]),
)
def test_every_row_that_counts_as_addressable_finds_its_line(
    source: str, keys: list[tuple[str, str]], header: str, belief: str
) -> None:
    """The core's idea of a key that can be looked up is no wider than the formula's, as far as it folds like Google."""
    records = [Record(source, Where(source, "book", "their tab", 0), {}, (first, second)) for second, first in keys]
    folds = [tuple(map(fold_address, record.address)) for record in records]
    found = [is_addressable(record) and folds.count(fold) == 1 for record, fold in zip(records, folds, strict=True)]
    lines = [record.address for record, is_found in zip(records, found, strict=True) if is_found]
    numbered = {line: f"of {number}" for number, line in enumerate(lines)}
    sheet = two_keys(source, keys, lines, header, "sheetsync", 0)
    with pytest.MonkeyPatch.context() as google:
        google.setattr(lookups, "folded", BELIEFS[belief])
        shown = spilled(spilling_lookup(header, source, ((2, "Ref"), (0, "Slot")), "sheetsync", 1), sheet, 0, 3)
    assert shown[1:] == [
        numbered[record.address] if is_found else None for record, is_found in zip(records, found, strict=True)
    ]


def two_keys(
    source: str, rows: Sequence[tuple[str, str]], lines: Sequence[Sequence[str]], header: str, title: str, top: int
) -> Sheet:
    """A tab with the keys `Slot` in A and `Ref` in C (`rows` in that order), and our tab's lines (`Ref`, `Slot`)."""
    theirs: list[list[Scalar]] = [[None, None, None, None] for _ in range(top)]
    theirs.append(["Slot", "x", "Ref", None])
    theirs += [[second or None, 7.0, first or None, None] for second, first in rows]
    ours: list[list[Scalar]] = [["key", header.removeprefix("ss:")]]
    ours += [[scoped_key(source, key), f"of {number}"] for number, key in enumerate(lines)]
    return Sheet(theirs, title, ours)


@given(
    source=sources,
    keys=st.lists(texts.filter(bool), min_size=1, max_size=5, unique_by=str.lower),
    rows=st.integers(0, 3),
    columns=st.integers(0, 3),
)
def test_rows_and_columns_inserted_anywhere_leave_every_value_beside_its_row(
    source: str, keys: list[str], rows: int, columns: int
) -> None:
    """Under the header is where a range that starts one row lower would shift away."""
    formula = spilling_lookup("ss:status", source, REF, "sheetsync", 1)
    ours: list[list[Scalar]] = [["key", "status"]]
    ours += [[scoped_key(source, (key,)), f"of {key}"] for key in keys]
    theirs: list[list[Scalar]] = [["Ref"]]
    theirs += [[key] for key in keys]
    for at in range(rows):
        formula = rewrite(formula, InsertRows("their tab", at + 1, 1), "their tab")
        theirs.insert(at + 1, [None])
    for _ in range(columns):
        formula = rewrite(formula, InsertColumns("their tab", 0, 1), "their tab")
        theirs = [[None, *row] for row in theirs]
    sheet = Sheet([[*row, None] for row in theirs], "sheetsync", ours)
    should = [f"of {row[columns]}" if row[columns] else None for row in theirs[1:]]
    assert spilled(formula, sheet, 0, columns + 1) == ["ss:status", *should]


def test_a_key_column_moved_while_the_formula_was_on_its_way_shows_nothing_rather_than_anothers_value() -> None:
    ours: list[list[Scalar]] = [["key", "h"], ["a␟K1", "of K1"], ["a␟K2", "of K2"]]
    formula = spilling_lookup("h", "a", REF, "sheetsync", 1)
    as_read = Sheet([["Ref", "Was", None], ["K1", "K2", None]], "sheetsync", ours)
    moved = Sheet([["Was", "Ref", None], ["K2", "K1", None]], "sheetsync", ours)
    assert spilled(formula, as_read, 0, 2) == ["h", "of K1"]
    assert spilled(formula, moved, 0, 2) == ["h", None]


def test_a_copy_that_nobody_keeps_shows_nothing_once_our_column_holds_something_else() -> None:
    formula = spilling_lookup("ss:status", "a", REF, "sheetsync", 1)
    theirs: list[list[Scalar]] = [["Ref", None], ["K1", None]]
    assert spilled(formula, Sheet(theirs, "sheetsync", [["key", "status"], ["a␟K1", "OK"]]), 0, 1) == [
        "ss:status",
        "OK",
    ]
    moved = Sheet(theirs, "sheetsync", [["key", "slug"], ["a␟K1", "not a status"]])
    assert spilled(formula, moved, 0, 1) == ["ss:status", None]


def test_numbers_and_dates_are_looked_up_as_people_see_them() -> None:
    theirs: list[list[Scalar]] = [
        ["Ref", None],
        [1001.0, None],
        [46353.0, None],
        [0.25, None],
        [FormulaError("#N/A"), None],
    ]
    ours: list[list[Scalar]] = [["key", "h"], ["a␟1001", "n"], ["a␟27 Nov", "d"], ["a␟25%", "p"], ["a␟#N/A", "e"]]
    sheet = Sheet(theirs, "sheetsync", ours, {46353.0: "27 Nov", 0.25: "25%"})
    assert spilled(spilling_lookup("h", "a", REF, "sheetsync", 1), sheet, 0, 1) == ["h", "n", "d", "p", None]


@pytest.mark.parametrize("length", [300, 10_000])
def test_a_long_key_is_found(length: int) -> None:
    long = "k" * length
    sheet = Sheet([["Ref", None], [long, None]], "sheetsync", [["key", "h"], [f"a␟{long}", "found"]])
    assert spilled(spilling_lookup("h", "a", REF, "sheetsync", 1), sheet, 0, 1) == ["h", "found"]


def test_no_two_keys_without_separator_share_a_scoped_key() -> None:
    assert scoped_key("a", ("b", "c")) != scoped_key("a", (f"b{SEPARATOR}", "c"))
    assert scoped_key("a", (f"b{SEPARATOR}c",)) == scoped_key("a", ("b", "c")), "why such keys are not addressed"


# ---------------------------------------------------------------- our formula known again


def as_google_writes_it(formula: str, separator: Literal[",", ";"], spaced: bool) -> str:
    """The same formula after a round through a workbook's locale: texts stay, separators and spaces may not."""
    parts = re.split(r'("(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'!)', formula)
    between = [part.replace(";", separator + " " * spaced) for part in parts[::2]]
    kept = [part[1:-2] + "!" if re.fullmatch(r"'[A-Za-z_]\w*'!", part, re.ASCII) else part for part in parts[1::2]]
    return "".join(a + b for a, b in zip(between, [*kept, ""], strict=True))


@given(texts, texts, sources, titles, st.integers(0, 60), st.sampled_from((",", ";")), st.booleans())
def test_our_formula_is_known_again_however_google_writes_it(
    header: str, text: str, source: str, title: str, column: int, separator: Literal[",", ";"], spaced: bool
) -> None:
    ours = spilling_lookup(header, source, ((2, text), (0, "Slot")), title, column)
    echoed = as_google_writes_it(ours, separator, spaced)
    assert same_formula(echoed, ours)
    assert header_shown(echoed) == header
    assert not same_formula(echoed, spilling_lookup(header, source, ((2, text), (1, "Slot")), title, column))
    assert not same_formula(echoed, spilling_lookup(header, source, ((2, text), (0, "Slot")), title, column + 1))
    assert not same_formula(echoed, spilling_lookup(header + "x", source, ((2, text), (0, "Slot")), title, column))


@pytest.mark.parametrize(
    "formula",
    [
        None,
        "",
        '=MATCH("ss:status";4:4;0)',
        '=COUNTIF(M:M;"CHECK")&"ss:status"',
        '=ARRAYFORMULA(IF(ROW(A:A)=4;"ss:status";LEN(A:A)))',
        '=ARRAYFORMULA(IF(A:A="x";"ss:status";IFERROR(1/A:A;)))',
        '="' + spilling_lookup("ss:status", "a", REF, "sheetsync", 3).replace('"', '""') + '"',
        spilling_lookup("ss:status", "a", REF, "sheetsync", 3) + '&""',
        "=" + spilling_lookup("ss:status", "a", REF, "sheetsync", 3),
        "=IFERROR(" + spilling_lookup("ss:status", "a", REF, "sheetsync", 3)[1:] + ";1)",
    ],
)
def test_a_formula_of_theirs_is_never_taken_for_ours_whatever_it_mentions(formula: str | None) -> None:
    assert header_shown(formula) is None


@pytest.mark.parametrize(
    "older",
    [
        '=ARRAYFORMULA(IF(ROW(INDEX($A:$A;ROW()):INDEX($A:$A;ROWS($A:$A)))=ROW();"ss:status";IFERROR(IF((TO_TEXT('
        'INDEX($A:$A;ROW()))="Ref")*LEN(TO_TEXT(INDEX($A:$A;ROW()):INDEX($A:$A;ROWS($A:$A))))=0;;XLOOKUP("a"&"␟"&TO_TEXT('
        "INDEX($A:$A;ROW()):INDEX($A:$A;ROWS($A:$A)));sheetsync!$A:$A;sheetsync!$D:$D));)))",
        '=ARRAYFORMULA(IF(ROW(INDEX($A:$A;ROW()):INDEX($A:$A;ROWS($A:$A)))=ROW();"ss:status";IFERROR(IF(LEN(TO_TEXT('
        'INDEX($A:$A;ROW()):INDEX($A:$A;ROWS($A:$A))))=0;;XLOOKUP("a"&"␟"&TO_TEXT(INDEX($A:$A;ROW()):INDEX($A:$A;'
        "ROWS($A:$A)));sheetsync!$A:$A;sheetsync!$D:$D));)))",
    ],
)
@pytest.mark.parametrize("separator", [",", ";"])
def test_an_older_formula_of_ours_is_known_as_ours_and_as_another_one(older: str, separator: Literal[",", ";"]) -> None:
    """So that it is replaced, and no second column put beside it."""
    echoed = as_google_writes_it(older, separator, spaced=True)
    assert header_shown(echoed) == "ss:status"
    assert not same_formula(echoed, spilling_lookup("ss:status", "a", REF, "sheetsync", 3))


def test_our_formula_is_known_again_when_what_it_points_at_is_gone() -> None:
    ours = spilling_lookup("ss:status", "a", REF, "sheetsync", 3)
    assert header_shown(ours.replace("$A:$A", "#REF!")) == "ss:status"
    assert not same_formula(ours.replace("sheetsync!$D:$D", "#REF!"), ours)


@given(st.integers(0, 18_277))
def test_column_letters_are_those_of_the_grid(column: int) -> None:
    assert column_number(column_letters(column)) == column


def test_places_in_a1_notation() -> None:
    assert (a1(0, 0), a1(3, 26), a1(None, 2), a1(4, None), a1(None, None)) == ("A1", "AA4", "C", "5", "")
