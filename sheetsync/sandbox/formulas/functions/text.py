"""Functions of texts."""

from sheetsync.sandbox.formats import text_in_pattern, written
from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.broadcast import spread
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import NUMBER, SOUND, TEXT, Function, Whole, attempt, each
from sheetsync.sandbox.formulas.values import Failure, Scalar

#: Google's limit of one cell
_MAX_CHARACTERS = 50_000


def to_text(calculation: Calculation, value: Value) -> Value:
    """What people see in the cells, which is more than their values: the number format counts."""
    if isinstance(value, Area):
        cells = value if calculation.arrays else value.crossing(calculation.at)
        shown = cells.read_shown(calculation.book)
        return shown.rows[0][0] if shown.height == shown.width == 1 else shown
    return spread(lambda element: attempt(lambda: calculation.text(element)), [calculation.operand(value)])


def text(calculation: Calculation, value: Value, pattern: Value) -> Value:
    """A value in a pattern, whose separators are those of the workbook's locale."""

    def shown(element: Scalar, form: Scalar) -> Scalar:
        sound, wanted = calculation.sound(element), calculation.text(form)
        number = calculation.reading(sound) if isinstance(sound, str) else float(sound or 0)
        if isinstance(sound, bool):
            return calculation.text(sound)
        if isinstance(sound, str) and number is None:
            return text_in_pattern(sound, wanted)
        return written(number or 0.0, wanted, calculation.conventions)

    operands = [calculation.operand(value), calculation.operand(pattern)]
    return spread(lambda *elements: attempt(lambda: shown(*elements)), operands)


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


def code(text: str) -> float:
    if not text:
        raise Failure("#VALUE!", "There is no character.")
    return float(ord(text[0]))


def find(wanted: str, text: str, start: float = 1.0) -> float:
    if start < 1:
        raise Failure("#NUM!", "Characters are counted from 1.")
    place = text.find(wanted, int(start) - 1)
    if place < 0:
        raise Failure("#VALUE!", f"Cannot find '{wanted}' within '{text}'.")
    return place + 1.0


def search(wanted: str, text: str, start: float = 1.0) -> float:
    """FIND without case; it knows no wildcards."""
    return find(wanted.lower(), text.lower(), start)


def replace(text: str, start: float, count: float, new: str) -> str:
    if start < 1:
        raise Failure("#VALUE!", "Characters are counted from 1.")
    first = int(start) - 1
    return text[:first] + new + text[first + _count(count) :]


def rept(text: str, times: float) -> str:
    count = _count(times)
    if len(text) * count > _MAX_CHARACTERS:
        raise Failure("#VALUE!", f"The text would be longer than {_MAX_CHARACTERS} characters.")
    return text * count


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
    "CODE": each(code, TEXT),
    "UNICHAR": each(char, NUMBER),
    "UNICODE": each(code, TEXT),
    "CLEAN": each(lambda text: "".join(mark for mark in text if mark >= " "), TEXT),
    "FIND": each(find, TEXT, TEXT, NUMBER, least=2),
    "SEARCH": each(search, TEXT, TEXT, NUMBER, least=2),
    "REPLACE": each(replace, TEXT, NUMBER, NUMBER, TEXT),
    "REPT": each(rept, TEXT, NUMBER),
}
