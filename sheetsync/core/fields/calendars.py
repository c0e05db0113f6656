"""Names of months and weekdays in the languages teams write, without accents and trailing dots (see `texts.bare`)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from babel import Locale

from sheetsync.core.fields.texts import bare

#: regional ones add spellings: "Sept" is British, "Jänner" Austrian
_LANGUAGES = ("en", "en_GB", "de", "de_AT", "fr", "es", "it", "nl")

#: what people write and no locale lists
_MORE_MONTHS = {"maerz": 3, "jaenner": 1, "febr": 2, "sept": 9, "octob": 10, "fev": 2, "juill": 7, "setiembre": 9}
_MORE_WEEKDAYS = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}


def _names(table: Mapping[str, Mapping[str, Mapping[int, str]]]) -> Iterator[tuple[str, int]]:
    for widths in table.values():
        for width in ("wide", "abbreviated", "short"):
            for number, name in widths.get(width, {}).items():
                yield bare(name).rstrip("."), number


def _month_names() -> dict[str, int]:
    names = dict(_MORE_MONTHS)
    for language in _LANGUAGES:
        names.update(_names(Locale.parse(language).months))
    return names


def _weekday_names() -> dict[str, frozenset[int]]:
    names: defaultdict[str, set[int]] = defaultdict(set)
    for name, weekday in _MORE_WEEKDAYS.items():
        names[name].add(weekday)
    for language in _LANGUAGES:
        for name, weekday in _names(Locale.parse(language).days):
            names[name].add(weekday)
    return {name: frozenset(weekdays) for name, weekdays in names.items()}


#: "sept" -> 9; no two of the languages disagree about a name
MONTHS = _month_names()
#: "fri" -> {4}, Monday is 0; a set because "ma" is Monday in Dutch and Tuesday in French
WEEKDAYS = _weekday_names()
