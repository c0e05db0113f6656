"""Conditions, and what is done about errors and blanks."""

from sheetsync.sandbox.formulas.area import Value
from sheetsync.sandbox.formulas.broadcast import spread
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import LOGICAL, Argument, Function, Lazy, Whole, attempt, each
from sheetsync.sandbox.formulas.functions.operators import compare
from sheetsync.sandbox.formulas.values import OMITTED, Array, Failure, FormulaError, Omitted, Scalar


def if_(calculation: Calculation, condition: Argument, yes: Argument, no: Argument = lambda: False) -> Value:
    tested = calculation.operand(condition())
    if not isinstance(tested, Array):
        chosen = (yes if calculation.logical(tested) else no)()
        return None if isinstance(chosen, Omitted) else chosen

    def choose(test: Scalar, when_true: Scalar, when_false: Scalar) -> Scalar:
        return attempt(lambda: when_true if calculation.logical(test) else when_false)

    return spread(choose, [tested, calculation.operand(yes()), calculation.operand(no())])


def ifs(calculation: Calculation, *arguments: Argument) -> Value:
    if not arguments:
        raise Failure("#N/A", "No match.")
    if len(arguments) % 2:
        raise Failure("#N/A", "IFS takes conditions and values in pairs.")
    return if_(calculation, arguments[0], arguments[1], lambda: _rest(calculation, *arguments[2:]))


def _rest(calculation: Calculation, *arguments: Argument) -> Value:
    # The branch that no condition reaches is an element of an array like any other: an error value, not a failure.
    return ifs(calculation, *arguments) if arguments else FormulaError("#N/A", "No match.")


def _instead_of(calculation: Calculation, value: Value, instead: Value, codes: frozenset[str] | None) -> Value:
    def checked(element: Scalar, replacement: Scalar) -> Scalar:
        bad = isinstance(element, FormulaError) and (codes is None or element.code in codes)
        return replacement if bad else element

    return spread(checked, [calculation.whole(value), calculation.operand(instead)])


def iferror(calculation: Calculation, value: Value, instead: Value = OMITTED) -> Value:
    return _instead_of(calculation, value, instead, None)


def ifna(calculation: Calculation, value: Value, instead: Value = OMITTED) -> Value:
    return _instead_of(calculation, value, instead, frozenset({"#N/A"}))


def _truths(calculation: Calculation, values: tuple[Value, ...]) -> list[bool]:
    truths = []
    for value in values:
        several = isinstance(calculation.whole(value), Array)
        for element in calculation.each(value):
            sound = calculation.sound(element)
            # In a range, texts and blanks say nothing; as an argument of its own a text must say TRUE or FALSE.
            if not (several and (sound is None or isinstance(sound, str))):
                truths.append(calculation.logical(sound))
    if not truths:
        raise Failure("#VALUE!", "There is nothing that is true or false.")
    return truths


def and_(calculation: Calculation, *values: Value) -> Value:
    return all(_truths(calculation, values))


def or_(calculation: Calculation, *values: Value) -> Value:
    return any(_truths(calculation, values))


def xor(calculation: Calculation, *values: Value) -> Value:
    return sum(_truths(calculation, values)) % 2 == 1


def switch(calculation: Calculation, expression: Argument, *arguments: Argument) -> Value:
    """The value beside the first case that equals the expression; what is not reached is not evaluated."""
    cases, values = arguments[:-1:2], arguments[1::2]
    otherwise = arguments[-1] if len(arguments) % 2 else _no_case
    tested = calculation.operand(expression())
    if not isinstance(tested, Array):
        subject = calculation.sound(tested)
        for case, value in zip(cases, values, strict=False):
            if compare(subject, calculation.sound(calculation.single(case()))) == 0:
                return value()
        return otherwise()
    parts = [calculation.operand(part()) for part in (*cases, *values, otherwise)]

    def choose(subject: Scalar, *elements: Scalar) -> Scalar:
        for case, value in zip(elements[: len(cases)], elements[len(cases) :], strict=False):
            if compare(calculation.sound(subject), calculation.sound(case)) == 0:
                return value
        return elements[-1]

    return spread(lambda *elements: attempt(lambda: choose(*elements)), [tested, *parts])


def _no_case() -> Value:
    return FormulaError("#N/A", "No match.")


def choose(calculation: Calculation, number: Argument, *values: Argument) -> Value:
    place = int(calculation.number(calculation.single(number())))
    if not 1 <= place <= len(values):
        raise Failure(
            "#NUM!",
            f"Function CHOOSE parameter 1 value is {place}. Valid values are between 1 and {len(values)} inclusive.",
        )
    return values[place - 1]()


FUNCTIONS: dict[str, Function] = {
    "IF": Lazy(if_, 2, 3),
    "IFS": Lazy(ifs, 2, None),
    "IFERROR": Whole(iferror, 1, 2),
    "IFNA": Whole(ifna, 1, 2),
    "AND": Whole(and_, 1, None),
    "OR": Whole(or_, 1, None),
    "NOT": each(lambda value: not value, LOGICAL),
    "TRUE": each(lambda: True),
    "FALSE": each(lambda: False),
    "XOR": Whole(xor, 1, None),
    "SWITCH": Lazy(switch, 3, None),
    "CHOOSE": Lazy(choose, 2, None),
}
