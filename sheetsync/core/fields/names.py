"""What is only spelling in a name that different people have written."""

import re
import unicodedata
from dataclasses import dataclass

from sheetsync.core.fields.texts import fold

#: what a company is by law, which people write or leave out
_FORMS = (
    r"gmbh|mbh|ag|kg|kgaa|ohg|ug|gbr|inc|incorporated|l\.?l\.?c|llp|ltd|limited|plc|corp|corporation|s\.?a|s\.?a\.?s|"
    r"s\.?a\.?r\.?l|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|ab|oy|aps|pty|s\.?l|s\.?l\.?u|sasu|eurl|s\.?n\.?c"
)
_LEGAL_FORM = re.compile(rf"(?<=\S),? ((?:{_FORMS})\.?(?: and co\.?)?(?: (?:{_FORMS})\.?)*)$")
_IN_SHORT = {"limited": "ltd", "incorporated": "inc", "corporation": "corp"}
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[\s_-]+(?=[^\W\d_])")
_AND = re.compile(r" (?:und|et|y|e|en|&) ")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name without what is only spelling: case, accents, spaces and hyphens between letters, a legal form."""

    core: str
    #: "gmbh", "ltd"; empty where none is written. Two different ones are two companies
    legal_form: str = ""

    def may_be(self, other: "Spelling") -> bool:
        """Whether nothing that both write tells them apart."""
        return self.core == other.core and (not (self.legal_form and other.legal_form) or self == other)


def spelling(text: str, *, legal_form: bool) -> Spelling:
    """How a name counts where nobody has written it exactly so; a campaign's name has no legal form."""
    plain = without_accents(fold(text)).rstrip(" .")
    form = ""
    if legal_form:
        plain, form = _legal_form(plain)
    return Spelling(_BETWEEN_LETTERS.sub("", plain), form)


def spelling_of_name(name: str) -> Spelling:
    """How a partner's or campaign's name counts, whatever language its "and" is in."""
    return spelling(_written_out(name)[0], legal_form=True)


def may_be_one_name(a: str, b: str) -> bool:
    """Whether nothing that both write tells two names apart; nor does ü written ue."""
    ours, theirs = ([spelling(text, legal_form=True) for text in _written_out(name)] for name in (a, b))
    return any(one.may_be(other) for one in ours for other in theirs)


def _written_out(name: str) -> tuple[str, str]:
    """As it is, and as who has no umlauts writes it."""
    plain = _AND.sub(" and ", fold(name))
    return plain, plain.translate(_UMLAUTS)


def _legal_form(plain: str) -> tuple[str, str]:
    found = _LEGAL_FORM.search(plain)
    if found is None:
        return plain, ""
    form = found[1].replace(".", "")
    return plain[: found.start()], _IN_SHORT.get(form, form)


def without_accents(folded: str) -> str:
    """Latin letters only: in other scripts such a mark makes another letter."""
    return "".join(_plain(char) for char in folded)


def _plain(char: str) -> str:
    if char.isascii():
        return char
    first = unicodedata.normalize("NFKD", char)
    return first[0] if first[0].isascii() and first[0].isalpha() else char
