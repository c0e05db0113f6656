"""Numbers and amounts of money in texts: "€1.250,00", "CHF 210.–", "390K", "$10K–$20K", and their canonical texts."""

import re
from decimal import Decimal

from sheetsync.core.fields import decimals
from sheetsync.core.fields.currencies import CURRENCY, Contradiction, currency_in
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.fields.texts import ambiguous, claims_nothing, fold_marks, tidy, unreadable
from sheetsync.core.model import Money, Precision, Problem

_SIZES = {
    3: "k tsd tsd. thousand tausend grand",
    6: "m mn mio mio. mln mln. million millionen millions millones",
    9: "bn mrd mrd. billion",
}
_POWERS = {word: power for power, words in _SIZES.items() for word in words.split()}
_SIZE = "(?:" + "|".join(re.escape(word) for word in sorted(_POWERS, key=len, reverse=True)) + ")"

#: regex source for one amount in a folded text, with or without a currency; "210.-" is Swiss for 210
MONEY = (
    rf"(?:{CURRENCY} ?)*(?:- ?)?(?:{CURRENCY} ?)?(?:[0-9](?:[0-9.,' ]*[0-9])?|[.,][0-9]+)(?:[.,]? ?-{{1,2}}(?![0-9]))?"
    rf" ?(?:{_SIZE}(?![^\W\d_]))?(?: ?{CURRENCY})*"
)
_SHAPE = re.compile(
    rf"(?P<before>(?:(?:{CURRENCY}|-) ?)*)(?P<digits>[0-9][0-9.,' ]*?|[.,][0-9]+)(?:[.,] ?-{{1,2}})?"
    rf" ?(?P<size>{_SIZE})?(?P<after>(?: ?{CURRENCY})*)"
)
_ACCOUNTING = re.compile(r"\((.*[0-9].*)\)")
_HEDGE = re.compile(
    r"^(?:~|<|>|(?:ca|circa|approx|about|around|up to|bis zu|max|min|from|ab|over|under|est)\b\.?) ?| ?(?:\+|\?+)$"
)
_BETWEEN = re.compile(r" ?- ?| (?:to|bis|and|und|or|oder|a) ")
#: TEUR, T€: thousands, as controllers write
_THOUSANDS = re.compile(r"(?<![^\W\d_])t(?= ?(?:eur|chf|€)\b|€)")
_PROSE = 60

_CANONICAL = re.compile(r"(?P<amount>-?[0-9]+\.[0-9]{2,})(?: (?P<currency>[A-Z]{3}))?")


def read_money(text: str, dialect: Dialect) -> Money | Problem | None:
    """The amount a text states, in its own currency or the column's; None where it states none ("TBD", "NA").

    A Problem with candidates for a range, an estimate, and for "1.250" in a column with decimal points (or "8,000" in
    one with decimal commas): money has two decimals, so three digits are as likely thousands.
    """
    if claims_nothing(text):
        return None
    plain = _THOUSANDS.sub("k ", fold_marks(tidy(text).casefold()))
    if len(plain) > _PROSE:
        return unreadable(text, "is no amount")
    found = amounts(plain, dialect)
    if len(found) > 1:
        return ambiguous(text, "can be read as more than one amount", [money_text(money) for money in found])
    if found:
        return found[0]
    if (sure := _HEDGE.sub("", plain)) != plain and (about := amounts(sure, dialect)):
        return ambiguous(text, "is no exact amount", [money_text(money) for money in about])
    if ends := _range(plain, dialect):
        return ambiguous(text, "names more than one amount", [money_text(money) for money in ends], Precision.RANGE)
    return unreadable(text, "is no amount")


def amounts(text: str, dialect: Dialect) -> list[Money]:
    """Every amount a folded text can be: none, one, or two when its separators leave it open."""
    if accounting := _ACCOUNTING.fullmatch(text):
        return [Money(-money.amount, money.currency) for money in amounts(accounting[1], dialect)]
    shape = _SHAPE.fullmatch(text.strip())
    if shape is None or shape["before"].count("-") > 1:
        return []
    try:
        currency = currency_in(shape["before"] + " " + shape["after"], dialect.locale, dialect.currency)
    except Contradiction:
        return []
    power = _POWERS.get(shape["size"] or "", 0)
    sign = -1 if "-" in shape["before"] else 1
    named = currency or (None if re.search(CURRENCY, shape["before"] + shape["after"]) else dialect.currency)
    return [
        Money(sign * decimals.scaled(number, power), named)
        for number in _numbers(shape["digits"].strip(), power, dialect)
    ]


def read_number(text: str, dialect: Dialect) -> Decimal | Problem | None:
    """The plain number a text states; percent is what the sheet stores for it (12 % is 0.12).

    The column's decimal style is trusted here, as the sheet itself trusts it: numbers may well have three decimals.
    """
    if claims_nothing(text):
        return None
    plain = fold_marks(tidy(text).casefold())
    percent = plain.endswith("%")
    shape = _SHAPE.fullmatch(plain.removesuffix("%").strip()) if len(plain) <= _PROSE else None
    if shape is None or shape["before"].strip() not in ("", "-") or shape["after"]:
        return unreadable(text, "is no number")
    number = decimals.reading(shape["digits"].strip()).under(dialect.decimal_comma)
    if number is None:
        return unreadable(text, "is no number")
    power = _POWERS.get(shape["size"] or "", 0) - (2 if percent else 0)
    return decimals.scaled(number, power) * (-1 if shape["before"] else 1)


def money_text(money: Money) -> str:
    """Canonical text: at least two decimals, then the currency if it is known ("1250.00 EUR")."""
    whole, _, part = decimals.plain(money.amount).partition(".")
    return f"{whole}.{part:0<2}" + (f" {money.currency}" if money.currency else "")


def money_of(text: str) -> Money:
    """The inverse of `money_text`; ValueError for anything else."""
    found = _CANONICAL.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no canonical amount")
    return Money(decimals.exact(found["amount"]), found["currency"])


def _numbers(digits: str, power: int, dialect: Dialect) -> list[Decimal]:
    both = decimals.reading(digits)
    number = both.under(dialect.decimal_comma)
    if number is None:
        return []
    if both.certain is not None or power or number == max(both.point or number, both.comma or number):
        return [number]
    return sorted({n for n in (both.point, both.comma) if n is not None})


def _range(text: str, dialect: Dialect) -> list[Money]:
    """Both ends of "$10K-$20K" or "10-20k EUR"; what only one end states (size, currency) holds for both."""
    for between in _BETWEEN.finditer(text):
        left, right = text[: between.start()], text[between.end() :]
        low, high = _SHAPE.fullmatch(left), _SHAPE.fullmatch(right)
        if low is None or high is None or not low["digits"]:
            continue
        size = "" if low["size"] else high["size"] or ""
        lower, upper = amounts(f"{left}{size}" if not low["after"] else left, dialect), amounts(right, dialect)
        if lower and upper:
            currency = lower[0].currency or upper[0].currency
            return [Money(money.amount, money.currency or currency) for money in lower + upper]
    return []
