"""Reads a formula's text as a tree; operators become calls of the functions Google names them after."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from sheetsync.sandbox.formulas.references import Reference, parse_reference
from sheetsync.sandbox.formulas.tokens import Kind, Token, tokenize
from sheetsync.sandbox.formulas.values import FormulaError, Scalar


@dataclass(frozen=True)
class Literal:
    value: Scalar


@dataclass(frozen=True)
class Gap:
    """An argument left empty."""


@dataclass(frozen=True)
class Mention:
    """A reference written out, as `A2:A`."""

    reference: Reference


@dataclass(frozen=True)
class Between:
    """Two references computed and joined by a colon, as `A1:INDEX(A:A;9)`."""

    first: "Node"
    last: "Node"


@dataclass(frozen=True)
class Braces:
    """An array written out, as `{1;2}`; its parts may themselves be ranges."""

    rows: tuple[tuple["Node", ...], ...]


@dataclass(frozen=True)
class Name:
    """A bare word, in capitals: a name that LET gives, a named range, or nothing anybody knows."""

    text: str


@dataclass(frozen=True)
class Call:
    name: str
    arguments: tuple["Node", ...]


Node: TypeAlias = Literal | Gap | Mention | Between | Braces | Name | Call


class FormulaSyntaxError(Exception):
    """The text is no formula; the message says what stood where something else was expected."""


_INFIX: dict[str, tuple[int, str]] = {
    "=": (1, "EQ"),
    "<>": (1, "NE"),
    "<": (1, "LT"),
    "<=": (1, "LTE"),
    ">": (1, "GT"),
    ">=": (1, "GTE"),
    "&": (2, "CONCAT"),
    "+": (3, "ADD"),
    "-": (3, "MINUS"),
    "*": (4, "MULTIPLY"),
    "/": (4, "DIVIDE"),
    "^": (5, "POW"),
}
# A sign binds tighter than a power: -2^2 is 4, as in every spreadsheet.
_PREFIX = {"-": "UMINUS", "+": "UPLUS"}
_PREFIX_BINDING = 6
_PERCENT_BINDING = 7
_COLON_BINDING = 8

_END = Token(Kind.MARK, "")


@lru_cache(maxsize=1024)
def parse(formula: str, decimal_comma: bool = False) -> Node:
    """The tree of a formula with its leading `=`.

    Raises:
        FormulaSyntaxError: the text is no formula.
    """
    if not formula.startswith("="):
        raise FormulaSyntaxError("a formula starts with =")
    tokens = [token for token in tokenize(formula[1:], decimal_comma) if token.kind is not Kind.SPACE]
    try:
        return _Parser(tokens, decimal_comma).formula()
    except RecursionError:
        raise FormulaSyntaxError("nested too deeply") from None


class _Parser:
    """Precedence climbing: each operator takes from its right what binds tighter than itself."""

    def __init__(self, tokens: list[Token], decimal_comma: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._between_arguments = (";",) if decimal_comma else (";", ",")
        self._between_columns = ("\\",) if decimal_comma else ("\\", ",")

    def formula(self) -> Node:
        node = self._expression(0)
        if self._next is not _END:
            raise FormulaSyntaxError(f"unexpected {self._next.text!r}")
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _accept(self, *texts: str) -> bool:
        """Take the next mark when it is one of these."""
        found = self._next.kind is Kind.MARK and self._next.text in texts
        self._at += found
        return found

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise FormulaSyntaxError(f"expected {text!r}, found {self._next.text!r}")

    def _expression(self, binding: int) -> Node:
        node = self._operand()
        while self._next.kind is Kind.OPERATOR:
            operator = self._next.text
            if operator == "%" and binding < _PERCENT_BINDING:
                self._take()
                node = Call("UNARY_PERCENT", (node,))
            elif operator == ":" and binding < _COLON_BINDING:
                self._take()
                node = Between(node, self._expression(_COLON_BINDING))
            elif operator in _INFIX and binding < _INFIX[operator][0]:
                self._take()
                tightness, name = _INFIX[operator]
                node = Call(name, (node, self._expression(tightness)))
            else:
                break
        return node

    def _operand(self) -> Node:
        token = self._take()
        if token.kind is Kind.OPERATOR and token.text in _PREFIX:
            return Call(_PREFIX[token.text], (self._expression(_PREFIX_BINDING),))
        if token == (Kind.MARK, "("):
            node = self._expression(0)
            self._expect(")")
            return node
        if token == (Kind.MARK, "{"):
            return self._braces()
        if token.kind is Kind.NAME:
            return self._name(token.text)
        if token.kind in _LEAVES:
            return _LEAVES[token.kind](token.text)
        raise FormulaSyntaxError(f"unexpected {token.text!r}")

    def _name(self, text: str) -> Node:
        name = text.upper()
        if self._accept("("):
            return Call(name, self._arguments())
        if name in ("TRUE", "FALSE"):
            return Literal(name == "TRUE")
        return Name(name)

    def _arguments(self) -> tuple[Node, ...]:
        if self._accept(")"):
            return ()
        arguments = [self._argument()]
        while self._accept(*self._between_arguments):
            arguments.append(self._argument())
        self._expect(")")
        return tuple(arguments)

    def _argument(self) -> Node:
        empty = self._next.kind is Kind.MARK and self._next.text in (*self._between_arguments, ")")
        return Gap() if empty else self._expression(0)

    def _braces(self) -> Node:
        rows = [self._brace_row()]
        while self._accept(";"):
            rows.append(self._brace_row())
        self._expect("}")
        return Braces(tuple(rows))

    def _brace_row(self) -> tuple[Node, ...]:
        row = [self._expression(0)]
        while self._accept(*self._between_columns):
            row.append(self._expression(0))
        return tuple(row)


def _number(text: str) -> Node:
    number = float(text.replace(",", "."))
    return Literal(number if math.isfinite(number) else FormulaError("#NUM!", "The number is too large."))


def _error(text: str) -> Node:
    return Literal(FormulaError("#" + text.rpartition("#")[2].upper()))


_LEAVES: dict[Kind, Callable[[str], Node]] = {
    Kind.NUMBER: _number,
    Kind.TEXT: lambda text: Literal(text[1:-1].replace('""', '"')),
    Kind.ERROR: _error,
    Kind.REFERENCE: lambda text: Mention(parse_reference(text)),
}
