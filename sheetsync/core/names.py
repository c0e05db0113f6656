"""How names of partners and campaigns are compared that different people have written: what is only spelling, and what
may be a typing mistake. The first joins rows where nothing else could be meant; the second is never more than a reason
to ask.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from sheetsync.core.fields.texts import fold

PARTNER = "partner"
CAMPAIGN_NAME = "campaign_name"

#: from here on two names of one partner's campaigns are worth a question, in per cent
ALIKE = 75
#: and two names of partners; higher, because brands are short and look alike
BRANDS_ALIKE = 88

#: what a company is by law, which people write or leave out
_FORMS = (
    r"gmbh|mbh|ag|kg|kgaa|ohg|ug|gbr|inc|incorporated|l\.?l\.?c|llp|ltd|limited|plc|corp|corporation|s\.?a|s\.?a\.?s|"
    r"s\.?a\.?r\.?l|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|ab|oy|aps|pty"
)
_LEGAL_FORM = re.compile(rf"(?<=\S),? ((?:{_FORMS})\.?(?: and co\.?)?(?: (?:{_FORMS})\.?)*)$")
_IN_SHORT = {"limited": "ltd", "incorporated": "inc", "corporation": "corp"}
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[\s_-]+(?=[^\W\d_])")
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name without what is only spelling: case, accents, spaces and hyphens between letters, a legal form."""

    core: str
    #: "gmbh", "ltd"; empty where none is written. Two different ones are two companies
    legal_form: str = ""

    def may_be(self, other: "Spelling") -> bool:
        """Whether nothing that both write tells them apart."""
        return self.core == other.core and (not (self.legal_form and other.legal_form) or self == other)


def spelling(field: str, text: str) -> Spelling:
    """How a name of this field counts where nobody has written it exactly so; only partners have a legal form."""
    plain = _without_accents(fold(text))
    form = ""
    if field == PARTNER:
        plain, form = _legal_form(plain)
    return Spelling(_BETWEEN_LETTERS.sub("", plain), form)


def alike(name: str, others: Sequence[str], least: int = ALIKE) -> dict[int, int]:
    """Position -> how alike, in per cent, of those names that are at least so much so; all as `words` gives them.

    The order of words does not count, and a name that is part of another is very much alike.
    """
    found = process.extract(name, others, scorer=fuzz.token_ratio, score_cutoff=least, limit=None)
    return {at: min(int(score), 99) for _, score, at in found}


def brands_alike(a: str, b: str) -> int:
    """How alike two names of partners are, in per cent; 0 where that is no reason to ask. Order of words counts."""
    score = int(fuzz.ratio(words(a), words(b)))
    return min(score, 99) if score >= BRANDS_ALIKE else 0


def is_short_for(short: str, name: str) -> bool:
    """Whether these are the initials of a name of several words: BBS, Bramble Bay Soap."""
    plain, initials = words(short).replace(" ", ""), [word[0] for word in words(name).split()]
    return len(initials) > 2 and plain == "".join(initials)


def words(name: str) -> str:
    """A name's words as they are compared for likeness, one blank apart."""
    return " ".join(_WORDS.findall(_without_accents(fold(name))))


def _legal_form(plain: str) -> tuple[str, str]:
    found = _LEGAL_FORM.search(plain)
    if found is None:
        return plain, ""
    form = found[1].replace(".", "")
    return plain[: found.start()], _IN_SHORT.get(form, form)


def _without_accents(folded: str) -> str:
    """Latin letters only: in other scripts such a mark makes another letter."""
    return "".join(_plain(char) for char in folded)


def _plain(char: str) -> str:
    if char.isascii():
        return char
    first = unicodedata.normalize("NFKD", char)
    return first[0] if first[0].isascii() and first[0].isalpha() else char
