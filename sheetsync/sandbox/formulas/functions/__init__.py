"""The functions a formula can call; a new one is one line in the table of its room."""

from sheetsync.sandbox.formulas.functions import (
    arrays,
    conditional,
    dates,
    inspecting,
    joining,
    logic,
    lookup,
    operators,
    ranges,
    regular,
    rounding,
    tables,
    text,
    times,
    totals,
)
from sheetsync.sandbox.formulas.functions.kinds import Function

_ROOMS = (
    *(operators, logic, inspecting, ranges, arrays, lookup, tables),
    *(text, joining, regular, totals, conditional, rounding, dates, times),
)

FUNCTIONS: dict[str, Function] = {name: function for room in _ROOMS for name, function in room.FUNCTIONS.items()}
