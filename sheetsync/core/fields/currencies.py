"""Which currency a text, a number pattern or a header names."""

import re
from collections.abc import Iterable
from functools import lru_cache

#: different texts that are remembered: beside the digits teams write the same few
_REMEMBERED = 1_000

#: the ISO 4217 codes that count; the others are as likely words (ALL, TOP, PEN)
_CODES = frozenset(
    {
        "USD",
        "EUR",
        "GBP",
        "CHF",
        "CAD",
        "AUD",
        "NZD",
        "JPY",
        "CNY",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "TRY",
        "INR",
        "BRL",
        "MXN",
        "SGD",
        "HKD",
        "ZAR",
        "AED",
        "SAR",
        "ILS",
        "KRW",
        "THB",
    }
)

#: spelling (folded) -> the codes it may stand for
_SPELLINGS: dict[str, tuple[str, ...]] = {code.casefold(): (code,) for code in _CODES} | {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "us$": ("USD",),
    "c$": ("CAD",),
    "ca$": ("CAD",),
    "a$": ("AUD",),
    "au$": ("AUD",),
    "nz$": ("NZD",),
    "s$": ("SGD",),
    "hk$": ("HKD",),
    "mx$": ("MXN",),
    "r$": ("BRL",),
    "€": ("EUR",),
    "euro": ("EUR",),
    "euros": ("EUR",),
    "$us": ("USD",),
    "$ca": ("CAD",),
    "$au": ("AUD",),
    "£": ("GBP",),
    "£gb": ("GBP",),
    "gb£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK"),
    "kr.": ("SEK", "NOK", "DKK"),
    "fr.": ("CHF",),
    "sfr": ("CHF",),
    "sfr.": ("CHF",),
    "franken": ("CHF",),
    "zł": ("PLN",),
    "kč": ("CZK",),
    "kc": ("CZK",),
    "₹": ("INR",),
    "₺": ("TRY",),
    "₪": ("ILS",),
    "₩": ("KRW",),
}

#: what a shared sign means when neither the column nor the locale says; "kr" stays unknown
_USUAL = {"$": "USD", "¥": "JPY"}

_HOME = {
    "CA": "CAD",
    "AU": "AUD",
    "NZ": "NZD",
    "SG": "SGD",
    "HK": "HKD",
    "MX": "MXN",
    "CN": "CNY",
    "SE": "SEK",
    "NO": "NOK",
    "DK": "DKK",
}

#: only these count in a header in lower case ("daily_budget_eur"): "try", "ron" and "sar" are words and names
_PLAIN_IN_HEADERS = frozenset({"usd", "eur", "gbp", "chf", "cad", "aud"})


def _alternatives(spellings: Iterable[str]) -> str:
    longest_first = sorted(spellings, key=len, reverse=True)
    closed = [(s[0].isalpha(), re.escape(s) + (r"(?![^\W\d_])" if s[-1].isalpha() else "")) for s in longest_first]
    words, signs = ("|".join(shape for is_word, shape in closed if is_word is wanted) for wanted in (True, False))
    # What stands before a word is looked at once, not once for each of them.
    return rf"(?<![^\W\d_])(?:{words})|{signs}"


#: regex source for one currency spelling in a folded text
CURRENCY = f"(?:{_alternatives(_SPELLINGS)})"
_CURRENCY = re.compile(CURRENCY)
_BESIDE_DIGITS = re.compile(rf"{CURRENCY}(?= ?-?[0-9])|(?<=[0-9]) ?(?:[km]|[.,]?-{{1,2}})? ?{CURRENCY}")
_BRACKETS = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")


class Contradiction(Exception):
    """Two currencies in one text that cannot be the same."""


@lru_cache(maxsize=_REMEMBERED)
def is_currency(code: str) -> bool:
    """Whether this is a code of ISO 4217 that we know, as it is written there."""
    return code in _CODES


def currency_in(text: str, locale: str, expected: str | None = None) -> str | None:
    """The one currency a folded text names, as an ISO 4217 code; None when it names none or a sign nobody can place.

    `expected` (the column's currency) and the locale's territory settle shared signs such as "$".
    Raises Contradiction for "€40 USD".
    """
    spellings = _CURRENCY.findall(text)
    if not spellings:
        return None
    codes = set(_SPELLINGS[spellings[0]]).intersection(*(_SPELLINGS[spelling] for spelling in spellings))
    if not codes:
        raise Contradiction(text)
    if len(codes) == 1:
        return codes.pop()
    home = _HOME.get(locale.replace("-", "_").rpartition("_")[2])
    return next((code for code in (expected, home, _USUAL.get(spellings[0])) if code in codes), None)


def currency_beside_digits(text: str, locale: str) -> str | None:
    """Like `currency_in`, but for a text that may be prose: "try" and "ron" are currencies only next to a number."""
    return currency_in(" ".join(_BESIDE_DIGITS.findall(text)), locale)


def currency_in_pattern(pattern: str, locale: str, expected: str | None = None) -> str | None:
    """The currency of a number format: `"€"#,##0.00`, `[$CHF-807] #,##0`, `#,##0.00 [$€-1]`."""
    positive = pattern.partition(";")[0]
    plain = _BRACKETS.sub(r" \1 ", positive).replace('"', " ").replace("\\", " ")
    try:
        return currency_in(plain.casefold(), locale, expected)
    except Contradiction:
        return None


def currency_in_header(header: str, locale: str) -> str | None:
    """The currency a header states: "Budget (EUR)", "Budget €", "daily_budget_eur"."""
    words = re.split(r"[\s()\[\]_/:,-]+", header)
    folded = (word.casefold() for word in words if word.isupper() or not word.isalpha() or _known_in_lower_case(word))
    named = {currency_in(word, locale) for word in folded if word in _SPELLINGS} - {None}
    return named.pop() if len(named) == 1 else None


def _known_in_lower_case(word: str) -> bool:
    return word.casefold() in _PLAIN_IN_HEADERS or word.casefold() in {"euro", "euros", "franken"}
