"""What a workbook's locale decides: separators, the order of day and month, currency, names, default date patterns."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_date_format, get_day_names, get_month_names

#: currency by locale, as Google's own default for the locale
_CURRENCY = {"US": "$", "GB": "£", "JP": "¥", "IN": "₹", "CH": "CHF", "CA": "$", "AU": "$", "MX": "$", "BR": "R$"}
_TRUE = {"en": "TRUE", "de": "WAHR", "fr": "VRAI", "es": "VERDADERO", "it": "VERO", "nl": "WAAR"}
_FALSE = {"en": "FALSE", "de": "FALSCH", "fr": "FAUX", "es": "FALSO", "it": "FALSO", "nl": "ONWAAR"}
#: Google's default pattern where it is not the locale's short one with a four-digit year
_DATE_PATTERN = {"en_US": "m/d/yyyy"}


@dataclass(frozen=True)
class Conventions:
    """How people of a locale write numbers, dates and truth."""

    decimal: str
    #: the first is the one written; all are accepted
    groups: tuple[str, ...]
    #: a permutation of "dmy"
    order: str
    currency: str
    #: the pattern of an amount in that currency
    currency_pattern: str
    true: str
    false: str
    date_pattern: str
    #: twelve and twelve, seven and seven (Monday first)
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    days: tuple[str, ...]
    short_days: tuple[str, ...]

    @property
    def decimal_comma(self) -> bool:
        return self.decimal == ","

    def month_number(self, text: str) -> int | None:
        """1 to 12 for a month's name, full or short, with or without its dot and accents; English always counts."""
        folded = fold(text)
        for names in (self.months, self.short_months, *_english()):
            for number, name in enumerate(names, start=1):
                if folded == fold(name) or (folded == fold(name)[:3] and len(folded) == 3):
                    return number
        return 9 if folded == "sept" else None


def fold(text: str) -> str:
    """Lower case without accents and dots, for comparing names."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return plain.casefold().rstrip(".")


@lru_cache(maxsize=64)
def conventions(locale: str) -> Conventions:
    """The conventions of `de_DE` and its like; an unknown locale is treated as en_US."""
    try:
        parsed = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        parsed = Locale("en", "US")
    symbols = parsed.number_symbols.get("latn", {})
    decimal, group = symbols.get("decimal", "."), symbols.get("group", ",")
    pattern = get_date_format("short", locale=parsed).pattern
    order = "".join(dict.fromkeys(letter for letter in pattern.lower() if letter in "dmy")) or "mdy"
    language = parsed.language
    currency = _CURRENCY.get(parsed.territory or "", "€" if language in {"de", "fr", "es", "it", "nl"} else "$")
    return Conventions(
        decimal=decimal,
        groups=_alike(group),
        order=order,
        currency=currency,
        currency_pattern=_currency_pattern(parsed.currency_formats["standard"].pattern, currency),
        true=_TRUE.get(language, "TRUE"),
        false=_FALSE.get(language, "FALSE"),
        date_pattern=_DATE_PATTERN.get(str(parsed), _four_digit_year(pattern)),
        months=_twelve(get_month_names("wide", locale=parsed)),
        short_months=_twelve(get_month_names("abbreviated", locale=parsed)),
        days=_seven(get_day_names("wide", locale=parsed)),
        short_days=_seven(get_day_names("abbreviated", locale=parsed)),
    )


def _alike(group: str) -> tuple[str, ...]:
    """The locale's own sign between groups, and those that people type for it."""
    if not group.strip():
        return group, "\u202f", "\xa0", " "
    return (group, "'") if group == "’" else (group,)


def _currency_pattern(standard: str, currency: str) -> str:
    """`"$"#,##0.00` or `#,##0.00\\ "€"`: the sign where the locale has it."""
    positive = standard.partition(";")[0].replace("\xa0", " ")
    before = positive.startswith("¤")
    if positive.strip("¤").strip() == positive.strip("¤"):
        return f'"{currency}"#,##0.00' if before else f'#,##0.00"{currency}"'
    return f'"{currency}"\\ #,##0.00' if before else f'#,##0.00\\ "{currency}"'


def _four_digit_year(pattern: str) -> str:
    lowered = pattern.lower()
    return lowered if "yyyy" in lowered else lowered.replace("yy", "y").replace("y", "yyyy")


def _twelve(names: object) -> tuple[str, ...]:
    return tuple(str(names[number]) for number in range(1, 13))  # type: ignore[index]


def _seven(names: object) -> tuple[str, ...]:
    return tuple(str(names[number]) for number in range(7))  # type: ignore[index]


@lru_cache(maxsize=1)
def _english() -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _twelve(get_month_names("wide", locale="en_US")), _twelve(get_month_names("abbreviated", locale="en_US"))
