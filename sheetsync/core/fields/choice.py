"""Fields with a closed set of values: one word of a vocabulary, yes or no."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import ClassVar

from sheetsync.core.fields.taken_back import clauses, is_asked, looks_ahead, parted, takes_back
from sheetsync.core.fields.texts import ambiguous, bare, claims_nothing, quote, tidy, unreadable
from sheetsync.core.fields.types import FieldType, Seen, expect
from sheetsync.core.model import Parsed, Problem, ProblemKind, Value

_LISTED = re.compile(r"\s*[,;/|+&]\s*|\s+(?:and|und)\s+")
_MOST_COMPARED = 80
#: a vocabulary's word stands early in a sentence, and a list of them is short
_LONGEST = 200


@dataclass(frozen=True)
class Choice(FieldType):
    """One word of a vocabulary (str, the canonical name); spellings match whole, whatever their case, accents or emoji.

    Nothing is guessed: an unknown word is a Problem with the closest names; two names in one cell are asked, and one
    that the rest of its sentence doubts or takes back.
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
        names, doubt = self._find(seen.text)
        if len(names) == 1 and not doubt:
            return names[0]
        if names:
            return ambiguous(seen.text, doubt or "is more than one word of the vocabulary", names)
        # only now: "NA" may be a region and "none" a status
        return None if claims_nothing(seen.text) else self.unknown(seen.text)

    def _find(self, text: str) -> tuple[list[str], str]:
        """The names a text stands for, as a whole, as a list of words, or by the word its sentence begins with.

        And why that is not certain, if it is not.
        """
        asked = "is a question" if is_asked(text) and not self._is_spelt(text) else ""
        if whole := self.named(text):
            return whole, asked
        text = tidy(text.replace("\n", " | "))[:_LONGEST]
        listed = [self.named(part) for part in _LISTED.split(text)]
        if len(listed) > 1 and (all(listed) or sum(map(bool, listed)) > 1):
            return _each(listed), asked
        head, rest = self._head(text)
        if not head:
            return [], ""
        names = _each([head, *map(self.named, parted(rest))])
        return names, asked or ("takes back what it says first" if takes_back(head, rest) else "")

    def _head(self, text: str) -> tuple[list[str], str]:
        """What the first words of a sentence stand for, and its rest."""
        for start in clauses(text):
            if head := self.named(text[:start]):
                return head, text[start:]
        return self.named(looks_ahead(text)), ""

    def _is_spelt(self, text: str) -> bool:
        """Whether a team's own spelling of the word has its question mark."""
        plain = tidy(text).casefold()
        return any(plain == tidy(word).casefold() for one in self.vocabulary.items() for word in (one[0], *one[1]))

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


def _each(found: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for names in found for name in names))


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
