"""Regular expressions, which take text only."""

import re
import warnings
from functools import lru_cache

from sheetsync.sandbox.formulas.area import Value
from sheetsync.sandbox.formulas.broadcast import lines
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import SOUND, TEXT, Function, Whole, each
from sheetsync.sandbox.formulas.values import Failure, Scalar, Sound


def regexmatch(text: Sound, pattern: str) -> bool:
    return _compiled(pattern).search(_only_text(text)) is not None


def regexextract(calculation: Calculation, text: Value, expression: Value) -> Value:
    """What matches first; of an expression with groups what each of them holds, beside each other."""
    pattern = calculation.text(calculation.single(expression))

    def found(element: Scalar) -> tuple[Scalar, ...]:
        subject = _only_text(calculation.sound(element))
        match = _compiled(pattern).search(subject)
        if match is None:
            raise Failure(
                "#N/A", f"Function REGEXEXTRACT parameter 2 value '{pattern}' does not match text of parameter 1."
            )
        return tuple(group or "" for group in match.groups()) or (match[0],)

    return lines(calculation.operand(text), found)


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
    "REGEXMATCH": each(regexmatch, SOUND, TEXT),
    "REGEXEXTRACT": Whole(regexextract, 2, 2),
    "REGEXREPLACE": each(regexreplace, SOUND, TEXT, TEXT),
}
