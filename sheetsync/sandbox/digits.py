"""A number written into the digit marks of a pattern: `0 # ?`, groups, decimals, percent, powers of ten, fractions."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache

from sheetsync.sandbox.locales import Conventions

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<room>.)|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|(?P<power>[eE][+-]0+)|(?P<mark>[0#?.,%/])|(?P<other>.)",
    re.DOTALL,
)
#: More digits than any float has, before or behind the point.
_EXACT = Context(prec=800)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A mark of the pattern language, or text that stands for itself."""

    text: str
    literal: bool = False

    @property
    def digit(self) -> bool:
        return not self.literal and self.text in ("0", "#", "?")

    def is_(self, mark: str) -> bool:
        return not self.literal and self.text[:1].upper() == mark


def shown_digits(number: float, section: str, conventions: Conventions) -> str:
    """A number that is not negative, in one section of a pattern."""
    pieces = _pieces(section)
    exact = Decimal(repr(number))
    for piece in pieces:
        if piece.is_("%"):
            exact = _EXACT.multiply(exact, Decimal(100))
    if not any(piece.digit for piece in pieces):
        return "".join(piece.text for piece in pieces if piece.literal or piece.text not in ",.")
    power = _first(pieces, "E")
    if power is not None:
        return _scientific(exact, pieces, power, conventions)
    slash = _first(pieces, "/")
    if slash is not None and any(piece.digit for piece in pieces[:slash]):
        return _fraction(exact, pieces, slash)
    return _fixed(exact, pieces, conventions)


def half_up(number: Decimal, places: int) -> Decimal:
    """Rounded as people do it, away from zero at the half; places below 0 round tens and hundreds."""
    # No float has digits outside these places.
    return number.quantize(Decimal(1).scaleb(-max(-400, min(400, places))), ROUND_HALF_UP, _EXACT)


@lru_cache(maxsize=512)
def _pieces(section: str) -> tuple[_Piece, ...]:
    pieces = []
    for match in _PIECE.finditer(section):
        if match["mark"] or match["power"]:
            pieces.append(_Piece(match["mark"] or match["power"]))
        elif match["room"]:  # as wide as the next character
            pieces.append(_Piece(" ", literal=True))
        else:
            text = match["quoted"] or match["escaped"] or match["currency"] or match["other"] or ""
            pieces.append(_Piece(text, literal=True))
    return tuple(pieces)


def _first(pieces: tuple[_Piece, ...], mark: str) -> int | None:
    return next((place for place, piece in enumerate(pieces) if piece.is_(mark)), None)


def _fixed(number: Decimal, pieces: tuple[_Piece, ...], conventions: Conventions) -> str:
    point = _first(pieces, ".")
    whole, behind = pieces[:point], () if point is None else pieces[point + 1 :]
    last = max(place for place, piece in enumerate(pieces) if piece.digit)
    # A comma behind the last digit before or behind the point takes three digits away.
    scales = _trailing_commas(whole) + (_trailing_commas(behind) if point is not None and last > point else 0)
    rounded = half_up(number.scaleb(-3 * scales, _EXACT), sum(piece.digit for piece in behind))
    digits, _, decimals = f"{rounded:f}".partition(".")
    grouped = _grouped(whole)
    text = _whole(digits.lstrip("0"), whole, conventions.groups[0] if grouped else "")
    if point is None:
        return text
    return text + conventions.decimal + _decimals(decimals, behind)


def _trailing_commas(pieces: tuple[_Piece, ...]) -> int:
    last = max((place for place, piece in enumerate(pieces) if piece.digit), default=None)
    if last is None:
        return 0
    count = 0
    for piece in pieces[last + 1 :]:
        if not piece.is_(","):
            break
        count += 1
    return count


def _grouped(pieces: tuple[_Piece, ...]) -> bool:
    places = [place for place, piece in enumerate(pieces) if piece.digit]
    return any(piece.is_(",") for piece in pieces[places[0] : places[-1]]) if places else False


def _whole(digits: str, pieces: tuple[_Piece, ...], group: str) -> str:
    """The digits before the point, from the right; the leftmost mark takes all that are left."""
    marks = sum(piece.digit for piece in pieces)
    if not marks:  # `.00`: what stands before the point comes right before it
        return "".join(piece.text for piece in pieces if not piece.is_(",")) + digits
    written: list[str] = []
    taken = 0
    for piece in reversed(pieces):
        if not piece.digit:
            if not piece.is_(","):
                written.append(piece.text)
            continue
        marks -= 1
        count = max(len(digits) - taken, 1) if marks == 0 else 1
        for _ in range(count):
            digit = digits[-1 - taken] if taken < len(digits) else {"0": "0", "?": " "}.get(piece.text, "")
            if group and taken and taken % 3 == 0 and digit.strip():
                written.append(group)
            written.append(digit)
            taken += 1
    return "".join(reversed(written))


def _decimals(decimals: str, pieces: tuple[_Piece, ...]) -> str:
    written = []
    taken = 0
    for piece in pieces:
        if not piece.digit:
            written.append("" if piece.is_(",") else piece.text)
            continue
        idle = not decimals[taken:].strip("0")
        written.append({"#": "", "?": " "}.get(piece.text, "0") if idle else decimals[taken])
        taken += 1
    return "".join(written)


def _scientific(number: Decimal, pieces: tuple[_Piece, ...], power: int, conventions: Conventions) -> str:
    point = _first(pieces[:power], ".")
    step = max(1, sum(piece.digit for piece in pieces[: power if point is None else point]))
    places = sum(piece.digit for piece in pieces[point:power]) if point is not None else 0
    exponent = number.adjusted() if number else 0
    exponent -= exponent % step
    if half_up(number.scaleb(-exponent, _EXACT), places) >= 10**step:
        exponent += step
    mantissa = _fixed(number.scaleb(-exponent, _EXACT), pieces[:power], conventions)
    mark = pieces[power].text
    sign = "-" if exponent < 0 else mark[1].replace("-", "")
    behind = "".join(piece.text for piece in pieces[power + 1 :])
    return f"{mantissa}{mark[0]}{sign}{str(abs(exponent)).rjust(len(mark) - 2, '0')}{behind}"


def _fraction(number: Decimal, pieces: tuple[_Piece, ...], slash: int) -> str:
    start = slash
    while start and pieces[start - 1].digit:
        start -= 1
    end = slash + 1
    while end < len(pieces) and (pieces[end].digit or (pieces[end].literal and pieces[end].text.isdecimal())):
        end += 1
    below = "".join(piece.text for piece in pieces[slash + 1 : end])
    exact, before = Fraction(number), pieces[:start]
    whole = int(exact) if any(piece.digit for piece in before) else 0
    rest = exact - whole
    if below.isdecimal() and below.strip("0"):
        denominator = int(below)
        numerator = round(rest * denominator)
    else:
        near = rest.limit_denominator(10 ** max(1, len(below)) - 1)
        numerator, denominator = near.numerator, near.denominator
    counted = _has_digits(before)
    if counted and numerator == denominator:
        whole, numerator = whole + 1, 0
    text = _whole(str(whole) if counted and (whole or not numerator) else "", before, "")
    above, under = str(numerator).rjust(_width(pieces[start:slash])), str(denominator).ljust(_width(pieces[slash:end]))
    parts = f"{above}/{under}"
    return text + (parts if numerator or not counted else " " * len(parts)) + "".join(p.text for p in pieces[end:])


def _has_digits(pieces: tuple[_Piece, ...]) -> bool:
    return any(piece.digit for piece in pieces)


def _width(pieces: tuple[_Piece, ...]) -> int:
    return sum(piece.text in ("?", "0") for piece in pieces)
