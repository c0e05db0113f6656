"""Fields with a closed set of values: one word of a vocabulary, yes or no."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import ClassVar

from sheetsync.core.fields.calendars import MONTHS, WEEKDAYS
from sheetsync.core.fields.texts import ambiguous, bare, claims_nothing, quote, tidy, unreadable
from sheetsync.core.fields.types import FieldType, Seen, expect
from sheetsync.core.model import Parsed, Problem, ProblemKind, Value

#: what ends the vocabulary's word in a sentence ("✅ Live — post Wed 15 Apr"); a hyphen only beside a space
_CLAUSE = re.compile(r"\s*[–—,:;(]\s*|\s+-\s*|\s*-\s+|\s+(?:since|seit|depuis|desde|sinds|by|durch|par|door)\s+")
#: what follows the word takes it back, or says only when it will hold ("Live by Friday")
_TAKEN_BACK = re.compile(
    r"\W*(?:not yet|noch nicht|pas encore|todavia no|non ancora|nog niet|tbc|tbd|pending|maybe|unconfirmed|\?"
    r"|by (?:[0-9]|eod|end|next|tomorrow|today|then|noon|launch|mid|early|late|the|q[1-4]|"
    + "|".join(sorted({*MONTHS, *WEEKDAYS}, key=len, reverse=True))
    + r")(?![^\W\d_]))"
)
_LISTED = re.compile(r"\s*[,;/|+&]\s*|\s+(?:and|und)\s+")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_MOST_COMPARED = 80
#: a vocabulary's word stands early in a sentence, and a list of them is short
_LONGEST = 200


@dataclass(frozen=True)
class Choice(FieldType):
    """One word of a vocabulary (str, the canonical name); spellings match whole, whatever their case, accents or emoji.

    Nothing is guessed: an unknown word is a Problem with the closest names, two names in one cell are asked.
    """

    #: canonical name -> its other spellings
    vocabulary: Mapping[str, tuple[str, ...]] = field(hash=False)
    kind: ClassVar[str] = "choice"

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """Folded spelling -> the canonical names it stands for (more than one is the vocabulary's own ambiguity)."""
        names: dict[str, list[str]] = {}
        for name, spellings in self.vocabulary.items():
            for key in dict.fromkeys(_word(spelling) for spelling in (name, *spellings)):
                names.setdefault(key, []).append(name)
        return names

    def _understand(self, seen: Seen) -> Parsed:
        names = self._find(seen.text)
        if len(names) == 1:
            return names[0]
        if names:
            return ambiguous(seen.text, "is more than one word of the vocabulary", names)
        # only now: "NA" may be a region and "none" a status
        return None if claims_nothing(seen.text) else self.unknown(seen.text)

    def _find(self, text: str) -> list[str]:
        """The names a text stands for: as a whole, as a list of words, or by the word its sentence begins with."""
        if whole := self.named(text):
            return whole
        text = tidy(text.replace("\n", " | "))[:_LONGEST]
        listed = [self.named(part) for part in _LISTED.split(text)]
        if len(listed) > 1 and (all(listed) or sum(map(bool, listed)) > 1):
            return list(dict.fromkeys(name for names in listed for name in names))
        clauses = [clause for clause in _CLAUSE.finditer(text) if self.named(text[: clause.start()])]
        if not clauses or _TAKEN_BACK.match(bare(text[clauses[0].start() :])):
            return []
        heads = [text[: clause.start()] for clause in clauses] + _IN_BRACKETS.findall(text)
        return list(dict.fromkeys(name for head in heads for name in self.named(head)))

    def named(self, text: str) -> list[str]:
        """The names a text stands for as a whole: none, one, or what the vocabulary itself leaves open."""
        # an exact name wins over another name's spelling that only folds to it
        return [text] if text in self.vocabulary else self._names.get(_word(text), []) if text.strip() else []

    def unknown(self, text: str) -> Problem:
        """The problem of a text that is no word of the vocabulary, with the closest names."""
        close = get_close_matches(_word(text)[:_MOST_COMPARED], self._names, n=6)
        candidates = tuple(dict.fromkeys(name for key in close for name in self._names[key]))[:3]
        return Problem(ProblemKind.VOCABULARY, f"{quote(text)} is not a word of the vocabulary", candidates)

    def format(self, value: Value) -> str:
        return expect(str, value)

    def read(self, text: str) -> Value:
        if text not in self.vocabulary:
            raise ValueError(f"{text!r} is not in the vocabulary: {', '.join(self.vocabulary)}")
        return text


def _word(text: str) -> str:
    """A word without case, accents, emoji, punctuation and spaces; one that is nothing else is kept as it is."""
    return "".join(filter(str.isalnum, bare(text))) or tidy(text)


_YES = frozenset(
    {"yes", "y", "true", "ja", "j", "wahr", "oui", "vrai", "si", "verdadero", "vero", "1", "x", "✓", "✔", "☑", "✅"}
)
_NO = frozenset({"no", "n", "false", "nein", "falsch", "non", "faux", "falso", "nee", "0", "✗", "✘", "☐", "❌"})


@dataclass(frozen=True)
class Checkbox(FieldType):
    """A yes or no (bool), ticked or in words."""

    kind: ClassVar[str] = "checkbox"

    def _understand(self, seen: Seen) -> Parsed:
        if isinstance(seen.cell.value, bool):
            return seen.cell.value
        word = bare(seen.text).strip(" .!")
        if word in _YES or word in _NO:
            return word in _YES
        return None if claims_nothing(seen.text) else unreadable(seen.text, "is neither yes nor no")

    def format(self, value: Value) -> str:
        return "yes" if expect(bool, value) else "no"

    def read(self, text: str) -> Value:
        if text not in ("yes", "no"):
            raise ValueError(f"{text!r} is neither yes nor no")
        return text == "yes"
