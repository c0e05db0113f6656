"""What kind of value something is."""

from collections.abc import Callable

from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import RAW, SOUND, Function, Whole, each
from sheetsync.sandbox.formulas.values import Array, Failure, FormulaError, Scalar, Sound

_NUMBERED = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")


def na() -> Scalar:
    raise Failure("#N/A")


def _is(holds: Callable[[Scalar], bool]) -> Function:
    return each(holds, RAW)


def _is_error(value: Scalar) -> bool:
    return isinstance(value, FormulaError)


def _is_na(value: Scalar) -> bool:
    return isinstance(value, FormulaError) and value.code == "#N/A"


def number_of(value: Sound) -> float:
    """A truth as 1 or 0, anything but a number as 0."""
    return 0.0 if value is None or isinstance(value, str) else float(value)


def type_(calculation: Calculation, value: Value) -> Value:
    """Google's numbers: 1 number, 2 text, 4 truth, 16 error, 64 array."""
    several = isinstance(value, Area | Array) and value.height * value.width > 1
    single = None if several else calculation.single(value)
    if several:
        return 64.0
    if isinstance(single, FormulaError):
        return 16.0
    return {bool: 4.0, str: 2.0}.get(type(single), 1.0)


def error_type(value: Scalar) -> float:
    if not isinstance(value, FormulaError):
        raise Failure("#N/A", "The value is no error.")
    return float(_NUMBERED.index(value.code) + 1) if value.code in _NUMBERED else 8.0


FUNCTIONS: dict[str, Function] = {
    "NA": each(na),
    "ISERROR": _is(_is_error),
    "ISERR": _is(lambda value: _is_error(value) and not _is_na(value)),
    "ISNA": _is(_is_na),
    "ISBLANK": _is(lambda value: value is None),
    "ISNUMBER": _is(lambda value: isinstance(value, float)),
    "ISTEXT": _is(lambda value: isinstance(value, str)),
    "ISNONTEXT": _is(lambda value: not isinstance(value, str)),
    "ISLOGICAL": _is(lambda value: isinstance(value, bool)),
    "N": each(number_of, SOUND),
    "T": each(lambda value: value if isinstance(value, str) else "", SOUND),
    "TYPE": Whole(type_, 1, 1),
    "ERROR.TYPE": each(error_type, RAW),
}
