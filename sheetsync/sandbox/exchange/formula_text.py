"""Formulas between Excel's files and the sandbox: prefixes, arrays, open ranges, the locale's marks.

In a file every formula is American (`1.5`, arguments divided by `,`) and functions younger than the format carry a
prefix. Google's exports keep what only Google knows as `IFERROR(__xludf.DUMMYFUNCTION("…"),shown)` [reported: seen in
many exported files]; both directions speak that form, so nothing is lost between the two.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from openpyxl.utils import FORMULAE

from sheetsync.sandbox.exchange.references import EXCEL_COLUMNS, EXCEL_ROWS, quoted
from sheetsync.sandbox.formulas.references import Corner, Index, Reference, parse_reference
from sheetsync.sandbox.formulas.syntax import Between, Braces, Call, FormulaSyntaxError, Literal, Node, parse
from sheetsync.sandbox.formulas.tokens import Kind, Token, tokenize

#: functions Excel knows under a prefix only, by the prefix
_YOUNG = {
    "_xlfn.": """ACOT ACOTH ARABIC BASE BINOM.DIST BITAND BITLSHIFT BITOR BITRSHIFT BITXOR BYCOL BYROW CEILING.MATH
    CHOOSECOLS CHOOSEROWS CONCAT CONFIDENCE.NORM CONFIDENCE.T COT COVARIANCE.P COVARIANCE.S CSC DAYS DECIMAL DROP
    ENCODEURL EXPAND FLOOR.MATH HSTACK IFNA IFS ISFORMULA ISOMITTED ISOWEEKNUM LAMBDA LET MAKEARRAY MAP MAXIFS MINIFS
    MODE.MULT MODE.SNGL NORM.DIST NORM.INV NUMBERVALUE PERCENTILE.EXC PERCENTILE.INC QUARTILE.EXC QUARTILE.INC
    RANDARRAY RANK.AVG RANK.EQ REDUCE SCAN SEQUENCE SHEET SHEETS SORTBY STDEV.P STDEV.S SWITCH TAKE TEXTJOIN TOCOL TOROW
    UNICHAR UNICODE UNIQUE VAR.P VAR.S VSTACK WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR""",
    "_xlfn._xlws.": "FILTER SORT",
}
_PREFIXED = {name: prefix for prefix, names in _YOUNG.items() for name in names.split()}
_PREFIX = re.compile(r"(?:_xl(?:fn|ws|udf|pm)\.)+", re.IGNORECASE)
#: of these Excel takes no more arguments than so, or means something else by them
_ARITY = {"FILTER": 2, "SORT": 1, "UNIQUE": 3}
#: these give arrays by themselves; any other formula needs ARRAYFORMULA to
_SPILLING = re.compile(r"=\s*(?:\{|(?:FILTER|UNIQUE|SORT|SORTBY|SEQUENCE|RANDARRAY|ARRAYFORMULA)\s*\()", re.IGNORECASE)
_ARRAYFORMULA = re.compile(r"=\s*ARRAYFORMULA\s*\(", re.IGNORECASE)
_TEXT = r'"(?:[^"]|"")*"'
_DUMMY = re.compile(
    rf"=\s*IFERROR\(\s*_*xludf\.DUMMYFUNCTION\(\s*({_TEXT}(?:\s*&\s*{_TEXT})*)\s*\)\s*,.*\)\s*",
    re.DOTALL | re.IGNORECASE,
)
_COMPUTED = '"COMPUTED_VALUE"'
#: Excel refuses a longer text inside a formula, and a longer formula
_LONGEST_TEXT, _LONGEST_FORMULA = 255, 8192


class OnlyExcels(Exception):
    """The formula has no counterpart; the message says what kind it is."""


# ---------------------------------------------------------------- from a file


def from_excel(text: str, decimal_comma: bool, array: bool = False) -> str | None:
    """A formula of a file, with its `=`, as the sandbox stores it; None for a cell that only shows another's array.

    `array` says that the file marks it as an array formula. Raises OnlyExcels.
    """
    kept = _DUMMY.fullmatch(text)
    if kept is not None:
        inner = "".join(part[1:-1].replace('""', '"') for part in re.findall(_TEXT, kept[1]))
        if inner == _COMPUTED:
            return None
        return localized(inner if inner.startswith("=") else f"={inner}", decimal_comma)
    tokens = list(_unprefixed(text))
    _check(tokens)
    formula = "=" + "".join(_localized(tokens[1:], decimal_comma))
    return f"=ARRAYFORMULA({formula[1:]})" if array and not _SPILLING.match(formula) else formula


def localized(formula: str, decimal_comma: bool) -> str:
    """An American formula with the locale's decimal mark and dividers."""
    if not decimal_comma:
        return formula
    return "=" + "".join(_localized(list(tokenize(formula[1:])), decimal_comma))


def _unprefixed(text: str) -> Iterator[Token]:
    for token in tokenize(text):
        yield token._replace(text=_PREFIX.sub("", token.text)) if token.kind is Kind.NAME else token


def _check(tokens: list[Token]) -> None:
    """Raises OnlyExcels for what only Excel understands."""
    for at, token in enumerate(tokens):
        if token.kind is Kind.JUNK:
            raise OnlyExcels(
                "table references or links to other workbooks" if token.text in "[]" else "Excel's own signs"
            )
        if token.kind is Kind.REFERENCE and "!" in token.text:
            title = parse_reference(token.text).tab or ""
            before = tokens[at - 1].text if at else ""
            if "[" in title:
                raise OnlyExcels("table references or links to other workbooks")
            if ":" in title or (before == ":" and tokens[at - 2].kind is Kind.NAME):
                raise OnlyExcels("ranges over several tabs")
        if token.kind is Kind.NAME and token.text.upper() in ("SINGLE", "ANCHORARRAY"):
            raise OnlyExcels("Excel's own signs")


def _localized(tokens: list[Token], decimal_comma: bool) -> Iterator[str]:
    for token, in_braces in _placed(tokens):
        if token.kind is Kind.REFERENCE:
            yield _opened(token.text)
        elif decimal_comma and token.kind is Kind.NUMBER:
            yield token.text.replace(".", ",")
        elif decimal_comma and token.kind is Kind.MARK and token.text == ",":
            yield "\\" if in_braces else ";"
        else:
            yield token.text


def _placed(tokens: list[Token]) -> Iterator[tuple[Token, bool]]:
    """Each token, and whether the innermost bracket around it is a brace: there the dividers mean rows and columns."""
    open_marks: list[str] = []
    for token in tokens:
        if token.kind is Kind.MARK and token.text in "})" and open_marks:
            open_marks.pop()
        yield token, open_marks[-1:] == ["{"]
        if token.kind is Kind.MARK and token.text in "{(":
            open_marks.append(token.text)


def _opened(text: str) -> str:
    """`A2:A1048576` runs to the end of the grid: `A2:A`."""
    if str(EXCEL_ROWS) not in text and "XFD" not in text.upper():
        return text
    reference = parse_reference(text)
    if reference.last is None or reference.last.row is None or reference.last.column is None:
        return text
    last = reference.last
    if last.row is not None and last.row.at == EXCEL_ROWS - 1:
        last = replace(last, row=None)
    elif last.column is not None and last.column.at == EXCEL_COLUMNS - 1:
        last = replace(last, column=None)
    return str(replace(reference, last=last))


# ---------------------------------------------------------------- into a file


@dataclass(frozen=True)
class Told:
    """A formula for a file: its text with `=`, and whether it is to be marked as an array formula."""

    text: str
    array: bool = False


def to_excel(formula: str, decimal_comma: bool, spilled: bool, names: frozenset[str] = frozenset()) -> Told | None:
    """The formula as Excel writes it; None where only Google understands it (see `kept`).

    `spilled` says that its result reaches into other cells; `names` are the workbook's named ranges, in capitals.
    """
    try:
        tree = parse(formula, decimal_comma)
    except FormulaSyntaxError:
        return None
    wrapped = _ARRAYFORMULA.match(formula)
    if wrapped is not None:
        if not isinstance(tree, Call) or tree.name != "ARRAYFORMULA" or len(tree.arguments) != 1:
            return None
        formula, tree = "=" + formula.rstrip()[wrapped.end() : -1], tree.arguments[0]
    gives_arrays = _SPILLING.match(formula) is not None
    # Marked as an array it comes back wrapped, unless it gives arrays by itself.
    if (wrapped and gives_arrays) or (spilled and not wrapped and not gives_arrays):
        return None
    if not all(map(_understood, _nodes(tree))):
        return None
    try:
        text = "=" + "".join(_american(list(tokenize(formula[1:], decimal_comma)), names))
    except _Outside:
        return None
    return Told(text, wrapped is not None or gives_arrays) if len(text) <= _LONGEST_FORMULA else None


class _Outside(Exception):
    """Something Excel has no way to say."""


def _nodes(tree: Node) -> Iterator[Node]:
    yield tree
    match tree:
        case Call(_, arguments):
            inner = arguments
        case Braces(rows):
            inner = tuple(node for row in rows for node in row)
        case Between(first, last):
            inner = (first, last)
        case _:
            inner = ()
    for node in inner:
        yield from _nodes(node)


def _understood(node: Node) -> bool:
    """Excel's arrays hold constants only, and some of its functions take fewer arguments."""
    if isinstance(node, Braces):
        return all(isinstance(_unsigned(part), Literal) for row in node.rows for part in row)
    return not isinstance(node, Call) or len(node.arguments) <= _ARITY.get(node.name, 255)


def _unsigned(node: Node) -> Node:
    return node.arguments[0] if isinstance(node, Call) and node.name in ("UMINUS", "UPLUS") else node


def _american(tokens: list[Token], names: frozenset[str]) -> Iterator[str]:
    lambdas = any(token.text.upper() in ("LET", "LAMBDA") for token in tokens)
    meant = [token for token in tokens if token.kind is not Kind.SPACE]
    followers = {id(token): after.text for token, after in pairwise(meant)}
    for token, in_braces in _placed(tokens):
        text = token.text
        if token.kind is Kind.REFERENCE:
            yield _closed(text)
        elif token.kind is Kind.NAME:
            yield _named(text, followers.get(id(token), "") == "(", lambdas, names)
        elif token.kind is Kind.NUMBER:
            yield text.replace(",", ".")
        elif token.kind is Kind.MARK and (text == "\\" or (text == ";" and not in_braces)):
            yield ","
        elif (token.kind is Kind.ERROR and "#ERROR" in text.upper()) or len(text) > _LONGEST_TEXT:
            raise _Outside
        else:
            yield text


def _named(name: str, called: bool, lambdas: bool, names: frozenset[str]) -> str:
    upper = name.upper()
    if called:
        if upper in _PREFIXED:
            return _PREFIXED[upper] + name
        if upper not in FORMULAE:
            raise _Outside
        return name
    own = lambdas and upper not in names and upper not in ("TRUE", "FALSE")
    return f"_xlpm.{name}" if own else name


def _closed(text: str) -> str:
    """`A2:A` ends at Excel's last row; a tab's name is quoted where Excel wants it."""
    reference = parse_reference(text)
    if reference.last is not None and not _whole_lines(reference):
        first, last = reference.first, reference.last
        if first.row is None or first.column is None:
            raise _Outside
        row, column = last.row or Index(EXCEL_ROWS - 1, False), last.column or Index(EXCEL_COLUMNS - 1, False)
        reference = replace(reference, last=Corner(column, row))
    for corner in reference.corners:
        if (corner.row and corner.row.at >= EXCEL_ROWS) or (corner.column and corner.column.at >= EXCEL_COLUMNS):
            raise _Outside
    if reference.tab is not None and not text.startswith("'"):
        return f"{quoted(reference.tab)}!{replace(reference, tab=None)}"
    return str(reference) if str(reference) != str(parse_reference(text)) else text


def _whole_lines(reference: Reference) -> bool:
    """`A:C` or `2:5`, which both know."""
    corners = reference.corners
    return all(corner.row is None for corner in corners) or all(corner.column is None for corner in corners)


def kept(formula: str, shown: str, decimal_comma: bool) -> str:
    """A formula only Google understands, beside the value to show for it (`shown` is Excel's literal of that value)."""
    inner = american(formula, decimal_comma)[1:]
    return f"=IFERROR(__xludf.DUMMYFUNCTION({_literal(inner)}),{shown})"


def computed(shown: str) -> str:
    """A cell that shows a part of such a formula's array."""
    return f"=IFERROR(__xludf.DUMMYFUNCTION({_literal(_COMPUTED)}),{shown})"


def literal(value: object) -> str:
    """A value inside a formula; errors as texts."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return _literal("" if value is None else str(value))


def _literal(text: str) -> str:
    pieces = [text[at : at + _LONGEST_TEXT] for at in range(0, len(text), _LONGEST_TEXT)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def american(formula: str, decimal_comma: bool) -> str:
    """The formula with American marks, as it was written otherwise."""
    if not decimal_comma:
        return formula
    return "=" + "".join(_marks(list(tokenize(formula[1:], decimal_comma))))


def _marks(tokens: list[Token]) -> Iterator[str]:
    for token, in_braces in _placed(tokens):
        if token.kind is Kind.NUMBER:
            yield token.text.replace(",", ".")
        elif token.kind is Kind.MARK and (token.text == "\\" or (token.text == ";" and not in_braces)):
            yield ","
        else:
            yield token.text
