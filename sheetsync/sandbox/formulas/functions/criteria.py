"""Conditions on cells as people write them: `>5`, `<>done`, `sess*`."""

import operator
import re
from collections.abc import Callable
from functools import lru_cache

from sheetsync.sandbox.formulas.functions.operators import compare
from sheetsync.sandbox.formulas.values import FormulaError, Scalar, Sound, folded

_CRITERION = re.compile(r"(<>|<=|>=|=|<|>)?(.*)", re.DOTALL)
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WILDCARD = re.compile(r"~[*?~]|[*?]")


def has_wildcards(text: str) -> bool:
    return _WILDCARD.search(text) is not None


@lru_cache(maxsize=4096)
def wildcard_pattern(text: str) -> re.Pattern[str]:
    """`*` is any text, `?` any character, `~` takes the meaning from the next one; case does not count."""
    parts, at = [], 0
    for match in _WILDCARD.finditer(text):
        mark = match.group()
        parts += [re.escape(text[at : match.start()]), {"*": ".*", "?": "."}.get(mark) or re.escape(mark[1:])]
        at = match.end()
    return re.compile("".join(parts) + re.escape(text[at:]), re.IGNORECASE | re.DOTALL)


def criterion(wanted: Sound, reading: Callable[[str], float | None]) -> Callable[[Scalar], bool]:
    """The condition that COUNTIF and its kin read in this value; `reading` tells which texts are numbers."""
    if not isinstance(wanted, str):
        return lambda value: _equals(value, wanted)
    parts = _CRITERION.fullmatch(wanted)
    sign, text = (parts[1] or "=", parts[2]) if parts else ("=", wanted)
    operand = _read(text, reading)
    if sign in ("=", "<>"):
        same = _plainly(operand) if isinstance(operand, str) and not has_wildcards(operand) else None
        equals = same or (lambda value: _equals(value, operand))
        return equals if sign == "=" else lambda value: not equals(value)
    return lambda value: _same_type(value, operand) and _COMPARISONS[sign](_compared(value, operand), 0)


def _read(text: str, reading: Callable[[str], float | None]) -> Sound:
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    number = reading(text)
    return text if number is None else number


def _plainly(wanted: str) -> Callable[[Scalar], bool]:
    """Equality with a text that has no wildcards; the empty text is also what a blank cell holds."""
    plain = folded(wanted)
    return lambda value: folded(value) == plain if isinstance(value, str) else value is None and not plain


def _equals(value: Scalar, wanted: Sound) -> bool:
    if isinstance(wanted, str):
        return ("" if value is None else value) == wanted or (
            isinstance(value, str) and wildcard_pattern(wanted).fullmatch(value) is not None
        )
    return _same_type(value, wanted) and value == wanted


def _same_type(value: Scalar, wanted: Sound) -> bool:
    return type(value) is type(wanted)


def _compared(value: Scalar, wanted: Sound) -> int:
    return 0 if isinstance(value, FormulaError) else compare(value, wanted)
