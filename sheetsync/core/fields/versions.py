"""Versions as people write them: "v2", "V2.0", "2", "V2 FINAL", "hero_v3"."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from sheetsync.core.fields.text import Text
from sheetsync.core.fields.texts import ambiguous, bare, claims_nothing, tidy
from sheetsync.core.fields.types import Seen
from sheetsync.core.model import Parsed, Value

_LISTED = re.compile(r"[,;|/&+\n]| (?:and|und|et|y|e|en|or|oder) ")
_PARTS = re.compile(r"[^\s_()\[\]/,;:+-]+")
_NUMBERED = re.compile(r"(?:v|ver|vers|version|versie|rev|revision|fassung)\.?([0-9]{1,4}(?:\.[0-9]{1,4}){0,3})")
_WORD = frozenset({"v", "v.", "ver", "ver.", "version", "versie", "rev", "rev.", "revision", "fassung"})
_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}")
#: how far a version is, said beside its number; it is the same version
_MARKS = frozenset(
    {"final", "finale", "finales", "finals", "endgultig", "definitive", "definitief", "def", "approved", "freigegeben"}
    | {"abgenommen", "draft", "entwurf", "wip", "new", "neu", "nouveau", "nuevo", "latest", "clean", "copy", "kopie"}
    | {"ok", "master"}
)


@dataclass(frozen=True)
class Version(Text):
    """A version, with or without a name before it (str, as people wrote it).

    Same: equal numbers ("v2", "V2.0" and "2" are) and equal words beside them; marks such as "FINAL" do not count.
    """

    kind: ClassVar[str] = "version"

    def _understand(self, seen: Seen) -> Parsed:
        if claims_nothing(seen.text):
            return None
        several = [part for piece in _LISTED.split(seen.text) if (part := tidy(piece))]
        if len(several) > 1 and len({_compared(part)[0] for part in several} - {None}) > 1:
            return ambiguous(seen.text, "names more than one version", several)
        return tidy(seen.text)

    def same(self, a: Value, b: Value) -> bool:
        return a == b or (isinstance(a, str) and isinstance(b, str) and _compared(a) == _compared(b))


@lru_cache(maxsize=10_000)
def _compared(text: str) -> tuple[tuple[int, ...] | None, tuple[str, ...]]:
    """The number, None where there is none, and the words that count."""
    parts = _PARTS.findall(bare(text))
    words = [part for part in parts if part not in _MARKS]
    number: tuple[int, ...] | None = None
    rest: list[str] = []
    for at, word in enumerate(words):
        stated = _NUMBERED.fullmatch(word)
        bare_number = _NUMBER.fullmatch(word) if len(words) == 1 or (at and words[at - 1] in _WORD) else None
        if number is None and (stated or bare_number):
            number = _number(stated[1] if stated else word)
            rest = rest[:-1] if bare_number and rest else rest
        else:
            rest.append(word)
    # "FINAL" alone is all it says
    return number, tuple(rest) if number is not None or rest else tuple(dict.fromkeys(parts))


def _number(digits: str) -> tuple[int, ...]:
    """2.0 is 2."""
    numbers = [int(part) for part in digits.split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
