"""Fields that hold several values in one cell: "Facebook, Instagram", "US/CA", one to a line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from sheetsync.core.fields.choice import Choice
from sheetsync.core.fields.texts import ambiguous, claims_nothing, fold, tidy
from sheetsync.core.fields.types import FieldType, Seen
from sheetsync.core.model import Parsed, Value

#: what parts values whatever they are; a comma or slash between digits belongs to a number ("1,000", "24/7")
_PARTED = re.compile(
    r"[\n;|•·]+|(?<![0-9]),|,(?![0-9])|\s/\s|(?<![0-9\s])/(?=[^\W\d_]{2})| \+ |^\s*[-*]\s+", re.MULTILINE
)
#: what parts the last two of several values, or short codes ("US & CA"); elsewhere a name may well be "Health & Beauty"
_JOINED = re.compile(r"\s+&\s+|\s+(?:and|und|et|y|e|en)\s+", re.IGNORECASE)
_CODES = re.compile(r"[A-Z]{2,4}(?:(?:\s+&\s+|\s+(?:and|und|et|y|e|en)\s+)[A-Z]{2,4})+")
_AND = " and "
#: in a canonical text
_BETWEEN = ", "


@dataclass(frozen=True)
class List(FieldType):
    """Several words in one cell (tuple of str): of a vocabulary, or as people wrote them.

    Same: the same words, whatever their order and what stands between them; each counts once.
    """

    #: canonical name -> its other spellings; empty where any word may stand
    vocabulary: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    kind: ClassVar[str] = "list"

    @cached_property
    def _choice(self) -> Choice:
        return Choice(self.vocabulary)

    def _understand(self, seen: Seen) -> Parsed:
        # only now: "NA" may be a region
        if not (self.vocabulary and self._choice.named(seen.text)) and claims_nothing(seen.text):
            return None
        if not self.vocabulary:
            return self._any_words(seen.text) or None
        if set(canonical := seen.text.split(_BETWEEN)) <= self.vocabulary.keys():
            return _each_once(canonical)
        parts = list(self._parts(seen.text))
        words: list[str] = []
        for part in parts:
            names = self._choice.named(part)
            if len(names) > 1:
                return ambiguous(part, "is more than one word of the vocabulary", names)
            if not names:
                return self._choice.unknown(part)
            words += names
        return _each_once(words) or None

    def _any_words(self, text: str) -> tuple[str, ...]:
        """The words of a text, none of which would come apart again ("A / / B", "- - 3") where they stand in a list."""
        words = _each_once(list(self._parts(text)))
        while (again := _each_once(list(self._parts(_BETWEEN.join(words))))) != words:
            words = again
        return words

    def _parts(self, text: str) -> Iterator[str]:
        pieces = [piece for part in _PARTED.split(text) if not claims_nothing(piece := tidy(part))]
        for number, piece in enumerate(pieces, start=1):
            if self.vocabulary and self._choice.named(piece):
                yield piece
            elif self.vocabulary or (number == len(pieces) > 1) or _CODES.fullmatch(piece):
                yield from (word for part in _JOINED.split(piece) if (word := tidy(part)))
            else:
                yield piece

    def format(self, value: Value) -> str:
        if not isinstance(value, tuple):
            raise TypeError(f"expected tuple, got {value!r}")
        return _BETWEEN.join(value)

    def read(self, text: str) -> Value:
        words = tuple(text.split(_BETWEEN))
        if unknown := [word for word in words if not word or (self.vocabulary and word not in self.vocabulary)]:
            raise ValueError(f"{unknown[0]!r} is not in the vocabulary: {', '.join(self.vocabulary)}")
        return words

    def same(self, a: Value, b: Value) -> bool:
        if not (isinstance(a, tuple) and isinstance(b, tuple)):
            return a == b
        return a == b or _compared(a) == _compared(b)


def _each_once(words: list[str]) -> tuple[str, ...]:
    """The words without repetitions, each as it was first written."""
    first = {fold(word): word for word in reversed(words)}
    return tuple(dict.fromkeys(first[fold(word)] for word in words))


def _compared(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(part for word in words for part in fold(_JOINED.sub(_AND, word)).split(_AND))


def is_list_word(word: str) -> bool:
    """Whether a vocabulary's word can stand among others in a canonical text."""
    return _BETWEEN not in word and bool(word)
