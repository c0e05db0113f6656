"""The functions a formula can call; a new one is one line in the table of its room."""

from sheetsync.sandbox.formulas.functions import dates, logic, lookup, operators, ranges, text, totals
from sheetsync.sandbox.formulas.functions.kinds import Function

FUNCTIONS: dict[str, Function] = {
    name: function
    for room in (operators, logic, ranges, lookup, text, totals, dates)
    for name, function in room.FUNCTIONS.items()
}
