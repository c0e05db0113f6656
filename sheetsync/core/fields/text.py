"""Fields that stay text: free text, people, ids and codes, URLs."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from sheetsync.core.fields.dialects import About
from sheetsync.core.fields.names import may_be_one_name, spelling_of_name
from sheetsync.core.fields.texts import ambiguous, as_typed, claims_nothing, fold, fold_marks, tidy, unreadable
from sheetsync.core.fields.types import CALENDAR, FieldType, Seen, expect
from sheetsync.core.model import Parsed, Value
from sheetsync.core.tracking import same_tracking_url, same_url


@dataclass(frozen=True)
class Text(FieldType):
    """Free text, kept as people wrote it apart from invisible characters and spaces (str)."""

    kind: ClassVar[str] = "text"

    def _understand(self, seen: Seen) -> Parsed:
        if isinstance(seen.cell.value, bool):
            # A box is shown in the workbook's own language.
            return str(seen.cell.value).upper()
        return None if claims_nothing(seen.text, sentences=False) else as_typed(seen.text)

    def format(self, value: Value) -> str:
        return expect(str, value)

    def read(self, text: str) -> Value:
        return text

    def same(self, a: Value, b: Value) -> bool:
        """Case, dashes, quotes, spaces and '&' for 'and' do not count; accents do."""
        return a == b or (isinstance(a, str) and isinstance(b, str) and fold(a) == fold(b))


@dataclass(frozen=True)
class Name(Text):
    """The name of a partner or campaign (str).

    Same: accents, spaces and hyphens between letters, and "and" in another language do not count either. Agrees: nor do
    ü written ue, and a company's legal form on one side: "Brook" may be "Brook GmbH" or "Brook AG", which are two.
    """

    kind: ClassVar[str] = "name"

    def same(self, a: Value, b: Value) -> bool:
        return a == b or (isinstance(a, str) and isinstance(b, str) and spelling_of_name(a) == spelling_of_name(b))

    def agrees(self, a: Value, b: Value) -> bool:
        return a == b or (isinstance(a, str) and isinstance(b, str) and may_be_one_name(a, b))


@dataclass(frozen=True)
class Person(Text):
    """A person's name as the sheet has it (str); "unspecified" names nobody."""

    kind: ClassVar[str] = "person"

    def _understand(self, seen: Seen) -> Parsed:
        return None if claims_nothing(seen.text, frozenset({"unspecified", "unassigned"})) else tidy(seen.text)


_NO_CODE = frozenset(
    {
        *("none", "no code", "code to come", "code to follow"),
        *("kein code", "ohne code", "keiner", "kein gutschein", "code folgt", "folgt", "kommt noch"),
        *("sans code", "pas de code", "aucun code", "aucun", "a venir", "code a venir", "a definir"),
        *("sin codigo", "sin cupon", "sin codigo promocional", "ningun codigo", "ninguno", "por definir"),
        *("senza codice", "nessun codice", "nessuno", "da definire"),
        *("geen code", "geen kortingscode", "geen", "zonder code", "volgt", "n.v.t", "n.t.b"),
    }
)
#: what neither `tidy` nor `fold_marks` changes, as most codes
_AS_IT_IS = re.compile(r"[!-_a-~]+")
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class Code(FieldType):
    """An id or promo code (str): text even where the sheet holds a number, because 00123 is not 123.

    Canonical is upper case unless `case_sensitive`. A code that the sheet itself turned into a day ("MAR1") or a power
    of ten ("1E5") is a Problem: what was typed is gone.
    """

    case_sensitive: bool = False
    kind: ClassVar[str] = "code"
    depends_on: ClassVar[About] = About.CODES

    def _understand(self, seen: Seen) -> Parsed:
        if claims_nothing(seen.text, _NO_CODE):
            return None
        if seen.number is not None and (seen.cell.format in CALENDAR or _SCIENTIFIC.fullmatch(seen.text.strip())):
            return unreadable(seen.text, "is no longer the code that was typed")
        code, digits = self._canonical(seen.text), seen.dialect.code_digits
        if seen.number is not None and digits is not None and code.isdecimal() and len(code) < digits:
            return ambiguous(seen.text, "may have lost zeros in front", [code.zfill(digits), code])
        return code

    def _canonical(self, text: str) -> str:
        code = text if _AS_IT_IS.fullmatch(text) else fold_marks(tidy(text))
        if self.case_sensitive:
            return code
        return code.upper() if code.isascii() else tidy(code.upper())

    def format(self, value: Value) -> str:
        return expect(str, value)

    def read(self, text: str) -> Value:
        return text

    def same(self, a: Value, b: Value) -> bool:
        return a == b or (isinstance(a, str) and isinstance(b, str) and self._canonical(a) == self._canonical(b))


_LOOK_ALIKE = str.maketrans("OIL", "011", "-_ ./")


def near_miss(a: str, b: str) -> bool:
    """Are two different ids one typo apart: O for 0, I or l for 1, a hyphen or space, two neighbours exchanged?

    A reason to ask, never an equality. Ids that differ in case only are the same and no near miss; nor are two that
    differ in a digit.
    """
    a, b = Code()._canonical(a), Code()._canonical(b)
    if a == b:
        return False
    return _looks(a) == _looks(b) != "" or b in _with_neighbours_exchanged(a)


class NearMisses:
    """Ids, each found by what is a `near_miss` of it: the same as asking of one after the other, however many."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._canonical: defaultdict[str, list[str]] = defaultdict(list)
        self._looks: defaultdict[str, list[str]] = defaultdict(list)
        for one in ids:
            canonical = Code()._canonical(one)
            self._canonical[canonical].append(one)
            self._looks[_looks(canonical)].append(one)

    def of(self, typed: str) -> tuple[str, ...]:
        """The ids it may be a typo of, in order."""
        canonical = Code()._canonical(typed)
        found = set(self._looks.get(_looks(canonical), ()))
        for exchanged in _with_neighbours_exchanged(canonical):
            found.update(self._canonical.get(exchanged, ()))
        return tuple(sorted(one for one in found if near_miss(typed, one)))


def _looks(canonical: str) -> str:
    """An id as it looks to somebody in a hurry; empty where it is nothing but hyphens."""
    return canonical.translate(_LOOK_ALIKE)


def _with_neighbours_exchanged(canonical: str) -> set[str]:
    pairs = range(len(canonical) - 1)
    return {canonical[:at] + canonical[at + 1] + canonical[at] + canonical[at + 2 :] for at in pairs} - {canonical}


_HOST = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}|localhost"
_URL = re.compile(rf"\S*://\S.*|//\S+|(?:{_HOST})(?::[0-9]+)?(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


#: what may part two addresses: commas and semicolons stand inside of one as well, so only where another one begins
_PARTED = re.compile(rf"[\s|]+|[,;]+\s*(?=[a-z][a-z0-9+.-]*://|www\.)|[,;]+\s+(?={_HOST})", re.IGNORECASE)


def _several(shown: str) -> list[str]:
    """The addresses that stand in a text, each by itself."""
    parts = [part for piece in _PARTED.split(shown) if (part := piece.strip(",;"))]
    sure = [part for part in parts if _SCHEME.match(part) or part[:4].casefold() == "www."]
    return parts if len(parts) > 1 and all(map(_URL.fullmatch, parts)) else sure


@dataclass(frozen=True)
class Url(FieldType):
    """A URL exactly as it stands (str), with its defects, which are told elsewhere.

    Two spellings that lead to one page are one value (`same_url`); of a `tagged` one the UTM values count as well
    (`same_tracking_url`). Behind a label counts the link. Two URLs in one cell, or a written URL that links somewhere
    else, are a Problem.
    """

    kind: ClassVar[str] = "url"
    #: its UTM values are what it is about; on a page's address they are somebody's paste
    tagged: bool = False

    def _understand(self, seen: Seen) -> Parsed:
        shown = seen.text.strip().strip("\u200b\ufeff").strip()
        link = (seen.cell.link or "").strip()
        if link:
            return self._behind(shown, link)
        if claims_nothing(shown):
            return None
        if len(several := _several(shown)) > 1:
            return ambiguous(shown, "holds more than one URL", several)
        return shown if _URL.fullmatch(shown) else unreadable(shown, "is no URL")

    def _behind(self, shown: str, link: str) -> Parsed:
        # Google links a bare "brand.example/x" by itself and adds the scheme; the person's own text counts then
        if _SCHEME.sub("", shown).rstrip("/").casefold() == _SCHEME.sub("", link).rstrip("/").casefold():
            return shown
        if _SCHEME.match(shown):
            return ambiguous(shown, "links to another URL than it shows", [shown, link])
        return link

    def format(self, value: Value) -> str:
        return expect(str, value)

    def read(self, text: str) -> Value:
        return text

    def same(self, a: Value, b: Value) -> bool:
        return a == b or (isinstance(a, str) and isinstance(b, str) and self._lead_alike(a, b))

    def _lead_alike(self, a: str, b: str) -> bool:
        return same_tracking_url(a, b) if self.tagged else same_url(a, b)
