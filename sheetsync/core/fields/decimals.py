"""Numbers as people write them: what a text is with a decimal point, and what it is with a decimal comma."""

import re
from dataclasses import dataclass
from decimal import Decimal

_MOST_DIGITS = 24


def _grammar(decimal: str, groups: str) -> re.Pattern[str]:
    grouped = rf"[1-9][0-9]{{0,2}}(?:(?P<sign>[{groups}])[0-9]{{3}})(?:(?P=sign)[0-9]{{3}})*"
    lakh = rf"[1-9][0-9]?(?:(?P<lakh>[{groups}])[0-9]{{2}})(?:(?P=lakh)[0-9]{{2}})*(?P=lakh)[0-9]{{3}}"
    return re.compile(rf"(?P<whole>{grouped}|{lakh}|[0-9]+)?(?:[{decimal}](?P<part>[0-9]+))?")


_POINT = _grammar(".", " ',")
_COMMA = _grammar(",", " '.")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number under both styles; None where the text is impossible in that style."""

    point: Decimal | None
    comma: Decimal | None

    @property
    def certain(self) -> Decimal | None:
        """The number when its spelling alone decides it."""
        if self.point is None or self.comma is None:
            return self.comma if self.point is None else self.point
        return self.point if self.point == self.comma else None

    @property
    def witness(self) -> bool | None:
        """Does this spelling prove a decimal comma (True) or a decimal point (False)? None: neither."""
        return None if (self.point is None) == (self.comma is None) else self.point is None

    def under(self, decimal_comma: bool) -> Decimal | None:
        """The number in a column of that style; None when it is no number at all."""
        if (certain := self.certain) is not None:
            return certain
        return self.comma if decimal_comma else self.point


def reading(digits: str) -> Reading:
    """Both readings of unsigned digits with separators ("1.250,00", "8 000", "1'250.5")."""
    return Reading(_number(_POINT, digits), _number(_COMMA, digits))


def plain(number: Decimal) -> str:
    """Canonical text: no exponent, no grouping, no trailing zeros, never "-0".

    Three decimals get a fourth (1.125 is "1.1250"), so that nobody and no column can take them for thousands.
    """
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = text + "0" if len(text.partition(".")[2]) == 3 else text
    return text.removeprefix("-") if not number else text


def exact(text: str) -> Decimal:
    """The inverse of `plain`, also for trailing zeros; ValueError for anything else."""
    if not re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text):
        raise ValueError(f"{text!r} is no canonical number")
    return _neat(Decimal(text))


def scaled(number: Decimal, power: int) -> Decimal:
    """The number times ten to that power ("390K", "12 %")."""
    return _neat(number.scaleb(power))


def from_float(number: float) -> Decimal:
    """A spreadsheet's number without what binary arithmetic left behind: 15 significant digits."""
    return _neat(Decimal(f"{number:.15g}"))


def _neat(number: Decimal) -> Decimal:
    """One representation per number: 3.90E+5 and 390000.0 are equal, but only one of them is nice to look at."""
    return Decimal(plain(number))


def _number(grammar: re.Pattern[str], digits: str) -> Decimal | None:
    found = grammar.fullmatch(digits) if 0 < len(digits) <= _MOST_DIGITS else None
    if found is None or (found["whole"] is None and found["part"] is None):
        return None
    whole = re.sub(r"[^0-9]", "", found["whole"] or "0")
    return _neat(Decimal(f"{whole}.{found['part'] or '0'}"))
