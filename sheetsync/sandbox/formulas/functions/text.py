"""Functions of texts."""

import re
import warnings
from collections.abc import Iterator
from functools import lru_cache

from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.broadcast import spread
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.formats import write_number
from sheetsync.sandbox.formulas.functions.kinds import NUMBER, SOUND, TEXT, Function, Whole, attempt, each
from sheetsync.sandbox.formulas.numerals import read_number
from sheetsync.sandbox.formulas.values import Failure, Scalar, Sound


def to_text(calculation: Calculation, value: Value) -> Value:
    """What people see in the cells, which is more than their values: the number format counts."""
    if isinstance(value, Area):
        cells = value if calculation.arrays else value.crossing(calculation.at)
        shown = cells.read_shown(calculation.book)
        return shown.rows[0][0] if shown.height == shown.width == 1 else shown
    return spread(lambda element: attempt(lambda: calculation.text(element)), [calculation.operand(value)])


def text(calculation: Calculation, value: Value, pattern: Value) -> Value:
    def written(element: Scalar, form: Scalar) -> Scalar:
        sound, decimal_comma = calculation.sound(element), calculation.decimal_comma
        number = read_number(sound, decimal_comma) if isinstance(sound, str) else float(sound or 0)
        if isinstance(sound, bool) or number is None:
            return calculation.text(sound)
        return write_number(number, calculation.text(form), decimal_comma)

    operands = [calculation.operand(value), calculation.operand(pattern)]
    return spread(lambda *elements: attempt(lambda: written(*elements)), operands)


def trim(text: str) -> str:
    return " ".join(part for part in text.split(" ") if part)


def substitute(text: str, old: str, new: str, occurrence: float | None = None) -> str:
    if not old:
        return text
    if occurrence is None:
        return text.replace(old, new)
    if occurrence < 1:
        raise Failure("#VALUE!", "Occurrences are counted from 1.")
    parts = text.split(old)
    nth = int(occurrence)
    return text if nth >= len(parts) else old.join(parts[:nth]) + new + old.join(parts[nth:])


def left(text: str, count: float = 1.0) -> str:
    return text[: _count(count)]


def right(text: str, count: float = 1.0) -> str:
    return text[max(0, len(text) - _count(count)) :]


def mid(text: str, start: float, count: float) -> str:
    if start < 1:
        raise Failure("#NUM!", "Characters are counted from 1.")
    first = int(start) - 1
    return text[first : first + _count(count)]


def _count(count: float) -> int:
    if count < 0:
        raise Failure("#VALUE!", "A number of characters is not below 0.")
    return int(count)


def char(number: float) -> str:
    code = int(number)
    if not 1 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise Failure("#NUM!", f"There is no character {code}.")
    return chr(code)


def concatenate(calculation: Calculation, *values: Value) -> Value:
    return "".join(_texts(calculation, values))


def join(calculation: Calculation, delimiter: Value, *values: Value) -> Value:
    return calculation.text(calculation.single(delimiter)).join(_texts(calculation, values))


def textjoin(calculation: Calculation, delimiter: Value, skip_empty: Value, *values: Value) -> Value:
    skip = calculation.logical(calculation.single(skip_empty))
    kept = [text for text in _texts(calculation, values) if text or not skip]
    return calculation.text(calculation.single(delimiter)).join(kept)


def _texts(calculation: Calculation, values: tuple[Value, ...]) -> Iterator[str]:
    return (calculation.text(element) for element in calculation.each(*values))


def regexmatch(text: Sound, pattern: str) -> bool:
    return _compiled(pattern).search(_only_text(text)) is not None


def regexreplace(text: Sound, pattern: str, replacement: str) -> str:
    def filled(found: re.Match[str]) -> str:
        return re.sub(r"\$([0-9])", lambda group: found[int(group[1])] or "", replacement)

    compiled, subject = _compiled(pattern), _only_text(text)
    if any(int(group) > compiled.groups for group in re.findall(r"\$([0-9])", replacement)):
        raise Failure("#VALUE!", "The replacement names a group that the expression does not have.")
    return compiled.sub(filled, subject)


def _only_text(value: Sound) -> str:
    if not isinstance(value, str | None):
        raise Failure("#VALUE!", "Regular expressions take text.")
    return value or ""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (re.error, OverflowError):
        raise Failure("#REF!", f"'{pattern}' is not a valid regular expression.") from None


FUNCTIONS: dict[str, Function] = {
    "TO_TEXT": Whole(to_text, 1, 1),
    "TEXT": Whole(text, 2, 2),
    "LEN": each(lambda text: float(len(text)), TEXT),
    "LOWER": each(str.lower, TEXT),
    "UPPER": each(str.upper, TEXT),
    "PROPER": each(str.title, TEXT),
    "TRIM": each(trim, TEXT),
    "SUBSTITUTE": each(substitute, TEXT, TEXT, TEXT, NUMBER, least=3),
    "LEFT": each(left, TEXT, NUMBER, least=1),
    "RIGHT": each(right, TEXT, NUMBER, least=1),
    "MID": each(mid, TEXT, NUMBER, NUMBER),
    "CHAR": each(char, NUMBER),
    "EXACT": each(lambda one, other: one == other, TEXT, TEXT),
    "VALUE": each(lambda number: number, NUMBER),
    "HYPERLINK": each(lambda url, label=None: url if label is None else label, TEXT, SOUND, least=1),
    "CONCATENATE": Whole(concatenate, 1, None),
    "JOIN": Whole(join, 2, None),
    "TEXTJOIN": Whole(textjoin, 3, None),
    "REGEXMATCH": each(regexmatch, SOUND, TEXT),
    "REGEXREPLACE": each(regexreplace, SOUND, TEXT, TEXT),
}
