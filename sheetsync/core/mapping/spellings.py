"""Which fields a header may name: spellings as people write them, and all that may stand around one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from sheetsync.core.fields.texts import bare
from sheetsync.core.mapping.dressing import (
    abbreviates,
    is_abbreviated,
    is_campaign_number,
    without_place,
    without_tax_and_unit,
    words_of,
)
from sheetsync.core.mapping.words import listed

#: letters that have no accent to lose
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "№": "#"})
#: the currencies people put into headers; all that can stand in a cell would cost a hundred times as much to look for
_MONEY = re.compile(
    r"\b[a-z]{1,3}\$|[$€£¥₹₺₪₩]|\b(?:usd|eur|euros?|gbp|chf|sfr|cad|aud|nzd|sek|nok|dkk|pln|czk|huf|jpy|inr|brl|mxn)\b"
)
#: a longer text is prose
_LONGEST = 60
#: no header, however it is dressed up
_NEVER = re.compile(r"://|@|^[\W\d_]*$")
#: what may stand around a word or part two of them: a header without any of it is its spelling or none
_DRESSED = re.compile(
    rf"[()\[\]{{}}/|·•–—&\n]|\s-\s|^\s*\w{{1,2}}[.)]\s|\s(?:and|und|et|y|e|en|i)\s|{_MONEY.pattern}|(?<=_)[a-z]{{3}}$",
    re.IGNORECASE,
)
#: two words of which one may be enough; no "and" or "&", which as often make one thing of two
_HALVES = re.compile(r"\s*[/|+\n]\s*|\s+[-–—]\s+|\s*[–—]\s*")
_IN_MONEY = re.compile(r"\s*\b(?:in|en|w|em|i)?\s*\$\s*$|^\s*\$\s*")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}|[a-z])\s*[.)]\s+")
#: what parts the languages of one header, or two words for one thing
_PARTS = re.compile(r"\s*[/|\n·•]\s*|\s+[-–—]\s+|\s*[–—]\s*|\s+(?:&|and|und|et|y|e|en|i)\s+")
#: what a bracket or a word behind a header may say so that the column is about something else
_OTHERWISE = frozenset(
    listed(
        """
        actual, actuals, spent, old, previous, prev, archive, archived, last, year, ly, obsolete, deprecated, unused,
        backup, ist, vorjahr, alt, veraltet, ancien, ancienne, precedent, anterior, viejo, vecchio, precedente, oud,
        vorig, stary
        """
    )
)
#: beside one of these, a word for money means what was paid for what came of it
_MEASURED: Final = frozenset(
    listed(
        "rate, rates, cpm, cpc, cpa, cpv, cpl, ctr, roas, roi, fee, clicks, views, impressions, revenue, cost, sales"
    )
)
_AMOUNTS: Final = frozenset({"price", "budget", "placement_budget"})


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """A header as spellings are compared: letters and digits only, any currency as "$", "#" as "no"."""
    plain = bare(text.replace("_", " ")).translate(_LETTERS)
    plain = _MONEY.sub("$", plain).replace("&", "and").replace("#", "no")
    return "".join(sign for sign in plain if sign.isalnum() or sign == "$")


@dataclass(frozen=True, slots=True)
class Naming:
    """What a header's text names."""

    #: fields whose spelling it is, in the model's order
    firmly: tuple[str, ...] = ()
    #: fields it means only where no other column does, and where the values look like it
    loosely: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return self.firmly + self.loosely

    @property
    def as_loose(self) -> "Naming":
        """The same, but only where no other column means it and the values agree."""
        return Naming((), self.fields)

    def __bool__(self) -> bool:
        return bool(self.firmly or self.loosely)


_NOTHING = Naming()


@dataclass(frozen=True)
class HeaderWords:
    """Every known spelling. Calling it is the `Names` of a tab's finder."""

    #: folded spelling -> what it names
    spellings: Mapping[str, Naming] = field(default_factory=dict)
    #: the same by their words, bare, for headers that abbreviate them
    phrases: Mapping[tuple[str, ...], Naming] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        firmly: Mapping[str, tuple[str, ...]],
        loosely: Mapping[str, tuple[str, ...]] | None = None,
        own: Mapping[str, tuple[str, ...]] | None = None,
    ) -> "HeaderWords":
        """From field -> spellings as people write them; `own` are a team's, whose word counts alone."""
        sure, loose, theirs = _by_spelling(firmly), _by_spelling(loosely or {}), _by_spelling(own or {})
        spellings = {
            key: Naming(theirs[key])
            if key in theirs
            else Naming(sure.get(key, ()), tuple(name for name in loose.get(key, ()) if name not in sure.get(key, ())))
            for key in (*sure, *loose, *theirs)
        }
        written = (text for known in (firmly, loosely or {}, own or {}) for texts in known.values() for text in texts)
        return cls(spellings, {words_of(text): spellings[fold(text)] for text in written if fold(text)})

    def __call__(self, header: str) -> tuple[str, ...]:
        """The fields a header's text may name; empty for text that is no header anybody knows.

        Stricter than `naming`: it is asked about every text of a tab, where most are none.
        """
        return self._known(header, "").fields

    def naming(self, header: str, group: str = "") -> Naming:
        """What a header names below its group's header ("ID" under "Campaign"); the first form of it that is known."""
        return self._known(header, group) or self._dressed_up(header)

    def _known(self, header: str, group: str) -> Naming:
        if len(header) > _LONGEST or _NEVER.search(header) or _is_about_something_else(header):
            return _NOTHING
        if group.strip():
            for text in (f"{group} {header}", f"{header} {group}"):
                if found := self.spellings.get(fold(text)):
                    return found
        if found := self.spellings.get(fold(header)):
            return found
        return self._undressed(header) if _DRESSED.search(header) else _NOTHING

    def _undressed(self, header: str) -> Naming:
        for form in _forms(header):
            if found := self.spellings.get(fold(form)):
                return found
        return self._in_parts(header)

    def _in_parts(self, header: str) -> Naming:
        """Two languages in one cell, or two words for one thing: "Beginn / Start", "Start - End"."""
        parts = [
            self.spellings.get(fold(form)) for text in _PARTS.split(header) for form in [_plain(text)] if fold(form)
        ]
        known = [naming for naming in parts if naming]
        if len(parts) < 2 or len(known) < len(parts):
            return _NOTHING
        if [set(naming.firmly) & {"flight_start", "flight_end"} for naming in known] == [
            {"flight_start"},
            {"flight_end"},
        ]:
            return Naming(("flight_start",))
        shared = [name for name in known[0].fields if all(name in naming.fields for naming in known)]
        return Naming(tuple(shared))

    def _dressed_up(self, header: str) -> Naming:
        """Forms that are made by a rule, the surest first; those that leave a doubt name a field loosely."""
        if len(header) > _LONGEST or _NEVER.search(header) or _is_about_something_else(header):
            return _NOTHING
        plain = _plain(header)
        if is_campaign_number(plain):
            return Naming(("campaign_id",))
        amount = self.spellings.get(fold(_IN_MONEY.sub("", without_tax_and_unit(plain))), _NOTHING)
        if amount and set(amount.fields) <= _AMOUNTS:
            return amount
        if is_abbreviated(header) and (found := self._abbreviated(_BRACKETS.sub(" ", header))):
            return found
        if rest := without_place(_BRACKETS.sub(" ", header)):
            found = self._known(rest, "") or Naming(("campaign_id",) if is_campaign_number(bare(rest)) else ())
            return found.as_loose
        return self._half_known(header)

    def _abbreviated(self, header: str) -> Naming:
        """What all spellings that it may stand for have in common."""
        meant = [naming for words, naming in self.phrases.items() if abbreviates(header, words)]
        if not meant:
            return _NOTHING
        shared = [name for name in meant[0].fields if all(name in naming.fields for naming in meant)]
        firmly = tuple(name for name in shared if all(name in naming.firmly for naming in meant))
        return Naming(firmly, tuple(name for name in shared if name not in firmly))

    def _half_known(self, header: str) -> Naming:
        """ "Title / mail": the half that is known, unless the other tells what was measured, or of another time."""
        halves = [half for half in map(_plain, _HALVES.split(_BRACKETS.sub(" ", header))) if fold(half)]
        known = [naming for half in halves if (naming := self.spellings.get(fold(half)))]
        rest = {word for half in halves if fold(half) not in self.spellings for word in half.split()}
        if len(halves) != 2 or len(known) != 1 or rest & (_MEASURED | _OTHERWISE):
            return _NOTHING
        return known[0].as_loose


def _by_spelling(spellings: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, texts in spellings.items():
        for text in texts:
            key = fold(text)
            if key and name not in found.get(key, ()):
                found[key] = (*found.get(key, ()), name)
    return found


def _forms(header: str) -> Iterator[str]:
    """The header with its remark as a part of it ("Status (page)"), then bare of all around it."""
    remarks = [next(filter(None, found), "") for found in _BRACKETS.findall(header)]
    rest = _BRACKETS.sub(" ", header)
    for remark in remarks:
        yield f"{remark} {rest}"
    yield rest
    yield _plain(header)


def _plain(text: str) -> str:
    plain = _MONEY.sub("$", bare(_BRACKETS.sub(" ", text).replace("_", " ")))
    return _NUMBERED.sub("", _IN_MONEY.sub("", plain))


def _is_about_something_else(header: str) -> bool:
    """ "Budget (actual)" is no budget, "Status (old)" no status."""
    remarks = " ".join(next(filter(None, found), "") for found in _BRACKETS.findall(header))
    return bool(remarks) and bool(set(bare(remarks).split()) & _OTHERWISE)
