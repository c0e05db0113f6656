"""Which words are frozen, and what counts of them, told by somebody who has read the configuration himself."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from ruamel.yaml import YAML

#: fields, as the tab calls them, as the configuration does, and as the register does
START, END, OFFER = "Flight start", "Flight end", "Offer"
_NAMES: Final = {"flight_start": START, "flight_end": END, "offer": OFFER}
REGISTERED: Final = {START: "starts_on", END: "ends_on", OFFER: "offer"}


class Rule(NamedTuple):
    """One freeze rule: how long before launch it begins, what it freezes, and whose yes it asks for."""

    within: timedelta
    fields: frozenset[str]
    needs: frozenset[str]


def rule_of(configuration: Path) -> Rule:
    """The only freeze rule of the story."""
    [rule] = YAML(typ="safe").load(configuration)["freeze"]
    hours = re.fullmatch(r"(\d+) h", rule["within"])
    assert hours is not None
    fields = frozenset(_NAMES[name] for name in rule["fields"])
    return Rule(timedelta(hours=int(hours[1])), fields, frozenset(rule["needs"]))


class Counted(NamedTuple):
    """A campaign's words as they counted when nobody had touched them: field -> the text."""

    words: Mapping[str, str]

    def begins(self, rule: Rule) -> datetime:
        return _midnight(self.words[START]) - rule.within

    def same_launch(self, other: "Counted") -> bool:
        return all(self.words[about] == other.words[about] for about in (START, END))

    def is_frozen(self, rule: Rule, at: datetime) -> bool:
        return self.begins(rule) <= at < _midnight(self.words[END]) + timedelta(days=1)


def counted(cell: Callable[[str], str]) -> Counted:
    """By what the owner's cells say of one campaign."""
    return Counted({about: cell(about).strip("[]'") for about in REGISTERED})


def held(row: Mapping[str, Any], counts: Counted, ruled: Mapping[str, set[str]], plain: Callable[[str], str]) -> str:
    """What a line of the register says of frozen words although nobody who may has said yes; empty if all is well."""
    for about, column in REGISTERED.items():
        if plain(str(row[column])) not in {plain(counts.words[about]), *ruled.get(about, ())}:
            return f"{about} {row[column]!r}"
    return ""


def _midnight(day: str) -> datetime:
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
