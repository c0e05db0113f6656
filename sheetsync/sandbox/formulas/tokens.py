"""Cuts a formula's text into tokens that, joined again, are the text."""

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import NamedTuple

from sheetsync.sandbox.formulas.references import REFERENCE_PATTERN, TAB_PATTERN


class Kind(Enum):
    SPACE = "space"
    TEXT = "text"
    ERROR = "error"
    REFERENCE = "reference"
    NUMBER = "number"
    NAME = "name"
    OPERATOR = "operator"
    MARK = "mark"
    #: A character that no formula can hold there, such as a quote that is never closed.
    JUNK = "junk"


class Token(NamedTuple):
    kind: Kind
    text: str


def tokenize(formula: str, decimal_comma: bool = False) -> Iterator[Token]:
    """The tokens of any text, formula or not; what cannot be read comes out as `Kind.JUNK`."""
    for match in _pattern(decimal_comma).finditer(formula):
        yield Token(Kind(match.lastgroup), match.group())


@cache
def _pattern(decimal_comma: bool) -> re.Pattern[str]:
    point = "," if decimal_comma else r"\."
    patterns = {
        Kind.SPACE: r"\s+",
        Kind.TEXT: r'"(?:[^"]|"")*"',
        Kind.ERROR: rf"(?:{TAB_PATTERN})?#(?i:NULL!|REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|ERROR!)",
        Kind.REFERENCE: REFERENCE_PATTERN,
        Kind.NUMBER: rf"(?:[0-9]+(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?",
        Kind.NAME: r"[^\W0-9][\w.]*",
        Kind.OPERATOR: r"<>|<=|>=|[-+*/^&=<>%:]",
        Kind.MARK: r"[(){},;\\]",
        Kind.JUNK: r".",
    }
    return re.compile("|".join(f"(?P<{kind.value}>{pattern})" for kind, pattern in patterns.items()), re.DOTALL)
