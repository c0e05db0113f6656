"""The ways a function takes its arguments; the tables of functions are written with them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from sheetsync.sandbox.formulas.area import Value
from sheetsync.sandbox.formulas.broadcast import spread
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.values import Failure, FormulaError, Scalar

T = TypeVar("T")

#: An argument not yet evaluated: IF leaves the branch it does not take alone.
Argument: TypeAlias = Callable[[], Value]

Coercion: TypeAlias = Callable[[Calculation, Scalar], Any]

RAW: Coercion = Calculation.raw
SOUND: Coercion = Calculation.sound
NUMBER: Coercion = Calculation.number
TEXT: Coercion = Calculation.text
LOGICAL: Coercion = Calculation.logical


class Function(Protocol):
    """One entry of the table. `most` is None when any number of arguments will do."""

    @property
    def least(self) -> int: ...
    @property
    def most(self) -> int | None: ...
    @property
    def arrays(self) -> bool:
        """Whether its arguments are evaluated as inside ARRAYFORMULA."""

    def __call__(self, calculation: Calculation, arguments: Sequence[Argument]) -> Value: ...


@dataclass(frozen=True)
class Elementwise:
    """A function of single values, which ARRAYFORMULA lets work through arrays element by element."""

    compute: Callable[..., Scalar]
    parameters: tuple[Coercion, ...]
    least: int
    arrays: bool = False

    @property
    def most(self) -> int | None:
        return len(self.parameters)

    def __call__(self, calculation: Calculation, arguments: Sequence[Argument]) -> Value:
        def element(*values: Scalar) -> Scalar:
            coerced = zip(self.parameters, values, strict=False)
            return attempt(lambda: self.compute(*[coerce(calculation, value) for coerce, value in coerced]))

        return spread(element, [calculation.operand(argument()) for argument in arguments])


@dataclass(frozen=True)
class Whole:
    """A function that takes its arguments as they come: ranges as ranges, arrays whole."""

    compute: Callable[..., Value]
    least: int
    most: int | None
    arrays: bool = False

    def __call__(self, calculation: Calculation, arguments: Sequence[Argument]) -> Value:
        return self.compute(calculation, *[argument() for argument in arguments])


@dataclass(frozen=True)
class Lazy:
    """A function that decides itself which of its arguments are evaluated."""

    compute: Callable[..., Value]
    least: int
    most: int | None
    arrays: bool = False

    def __call__(self, calculation: Calculation, arguments: Sequence[Argument]) -> Value:
        return self.compute(calculation, *arguments)


def each(compute: Callable[..., Scalar], *parameters: Coercion, least: int | None = None) -> Elementwise:
    """An elementwise entry; with `least`, the parameters after it may be left out."""
    return Elementwise(compute, parameters, len(parameters) if least is None else least)


def attempt(compute: Callable[[], T]) -> T | FormulaError:
    """The outcome of a computation, which is an error value when it failed."""
    try:
        outcome = compute()
    except Failure as failure:
        return failure.error
    except OverflowError:
        return FormulaError("#NUM!", "The result is too large.")
    if isinstance(outcome, float) and not math.isfinite(outcome):
        return FormulaError("#NUM!", "The result is too large.")
    return outcome
