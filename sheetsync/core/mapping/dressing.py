"""What people write around and into a header's word: a campaign's number, a country, a tax, a unit, a full stop.

Each form is a rule of how headers are written, not a list of headers. What a rule takes away never changes the field
that the rest names; where it might, the rest names it loosely only.
"""

import re
from collections.abc import Iterable
from typing import Final

from sheetsync.core.fields.texts import bare
from sheetsync.core.mapping.words import listed

# ---------------------------------------------------------------- a campaign's number

_PROPERLY = r"camp(?:aigns?|agnen?|agna|ana|anha)?|cmp|kamp(?:agnen?|anj|anii|ania)?"
_CAMPAIGN = (
    rf"(?:{_PROPERLY}|aktion(?:s|en)?|actie|akcj[ai]|opera(?:tion|cion|zione)"
    r"|promo(?:tions?|tie|cion|zione|cj[ai])?|ini[ct]iativ[ae])"
)
_NUMBER = (
    r"(?:id|#|nr|no|n[o°]|num(?:mer|ber|ero)?|ref(?:eren(?:ce|z|cia|tie))?|rif(?:erimento)?"
    r"|kennung|kurzel|identifi(?:er|ant))"
)
_GLUE = r"[\s.:#/_-]*(?:(?:de la|de|della|di|da|van de|der|of)\s+)?"
_NUMBERED: Final = re.compile(
    rf"(?:{_CAMPAIGN}{_GLUE}{_NUMBER}|{_NUMBER}{_GLUE}{_CAMPAIGN}"
    rf"|(?:{_PROPERLY}){_GLUE}(?:code|cod|kod|codice|codigo)|(?:code|cod|kod|codice|codigo){_GLUE}(?:{_PROPERLY}))[.:*]*"
)
#: two to four capitals that the numbers under it begin with
_INITIALS: Final = re.compile(r"([A-ZÄÖÜ]{2,4})[\s.-]*(?:ID|Id|[Nn][ro]|NR|N[°º]|Ref|Code)\W*")


def is_campaign_number(plain: str) -> bool:
    """A word for campaign and a word for number, in any order: "camp id", "actienr.", "ref. promo"; `plain` is bare."""
    return _NUMBERED.fullmatch(plain) is not None


def numbers_its_own(header: str, samples: Iterable[str]) -> bool:
    """Does every number under "KL-Nr." begin with these letters ("KL-0203")? Then it counts the team's own things."""
    found = _INITIALS.fullmatch(header.strip())
    numbers = [*samples]
    return found is not None and len(numbers) > 1 and all(_begins(found[1], number) for number in numbers)


def _begins(letters: str, number: str) -> bool:
    return re.match(rf"{letters}[\W_]?\d", number.strip(), re.IGNORECASE) is not None


# ---------------------------------------------------------------- words that change nothing

_PLACES: Final = frozenset(
    listed(
        """
        hq, eu, emea, apac, latam, dach, anz, benelux, nordics, nordic, global, intl, international, usa, aus,
        germany, deutschland, allemagne, alemania, germania, duitsland, austria, osterreich, switzerland, schweiz,
        suisse, svizzera, france, frankreich, francia, frankrijk, belgium, belgique, belgie, belgien, netherlands,
        nederland, holland, spain, espana, spanien, espagne, spagna, italy, italia, italien, italie, portugal, uk,
        ireland, britain, england, scotland, wales, us, canada, mexico, australia, nz, poland, polska, polen, sweden,
        sverige, denmark, danmark, norway, norge, finland, japan, brasil, brazil
        """
    )
)
#: they are words too, unless they stand in capitals among other letters
_CODES: Final = frozenset(listed("US, AU, CA, FR, DE, ES, NL, BE, CH, PL, PT, DK, FI, JP, BR, MX, IE"))
_USED: Final = frozenset(listed("used, verwendet, genutzt, utilise, usado, utilizado, usato, utilizzato, gebruikt"))
_TAXES_AND_UNITS: Final = frozenset(
    listed(
        """
        ht, ttc, hors taxe, hors taxes, net, netto, brutto, gross, bruto, neto, lordo, brut, vat, ex vat, excl vat,
        incl vat, inc vat, ex gst, inc gst, gst, mwst, zzgl mwst, inkl mwst, ohne mwst, btw, excl btw, incl btw, iva,
        sin iva, con iva, iva inclusa, iva esclusa, des, ab, from, desde, da, vanaf, a partir de, a partire da, mo,
        month, monat, mois, mes, mese, maand, year, yr, jahr, an, ano, anno, jaar, unit, stuck, stk, piece, pc, pers,
        person, p.p, per month, pro monat, par mois, al mes, al mese, per maand, per unit, pro stuck, pp, pppn
        """
    )
)
_LONGEST: Final = max(len(words.split()) for words in _TAXES_AND_UNITS)


def without_place(text: str) -> str:
    """ "NZ code" without its country, "Code used" without the word that adds nothing; empty where nothing goes."""
    words = text.split()
    if len(words) < 2:
        return ""
    if _is_place(words[0], text):
        return " ".join(words[1:])
    if _is_place(words[-1], text) or bare(words[-1]) in _USED:
        return " ".join(words[:-1])
    return ""


def _is_place(word: str, text: str) -> bool:
    plain = bare(word).strip("-.,:")
    if word.strip("-.,:") in _CODES:
        return not text.isupper() or plain == "us"
    return plain in _PLACES and (plain != "us" or word.isupper())


def without_tax_and_unit(text: str) -> str:
    """ "Prix HT", "Price /mo", "Preis ab" without what does not name an amount; empty where nothing goes."""
    words = [word for part in bare(text).replace("/", " ").split() if (word := part.strip(".,:"))]
    before = len(words)
    for count in range(min(_LONGEST, before - 1), 0, -1):
        if " ".join(words[-count:]) in _TAXES_AND_UNITS:
            words = words[:-count]
        elif " ".join(words[:count]) in _TAXES_AND_UNITS:
            words = words[count:]
        if len(words) <= count:
            break
    return " ".join(words) if 0 < len(words) < before else ""


# ---------------------------------------------------------------- abbreviations

_SPLIT: Final = re.compile(r"[\s/_'’()-]+")
_STEM: Final = 3


def is_abbreviated(header: str) -> bool:
    """Does a word of it end in a full stop?"""
    return any(len(word) > _STEM and word.endswith(".") for word in _tokens(header)) and len(_tokens(header)) <= _STEM


def abbreviates(header: str, spelling: tuple[str, ...]) -> bool:
    """Is every word the spelling's, but that one with a full stop may stand for any that begins so?"""
    tokens = _tokens(header)
    return len(tokens) == len(spelling) and all(
        token.rstrip(".") == word or (len(token) > _STEM and token.endswith(".") and word.startswith(token.rstrip(".")))
        for token, word in zip(tokens, spelling, strict=True)
    )


def words_of(spelling: str) -> tuple[str, ...]:
    """A spelling's words as `abbreviates` takes them."""
    return tuple(token.rstrip(".") for token in _tokens(spelling))


def _tokens(text: str) -> list[str]:
    return [token for token in _SPLIT.split(bare(text)) if token]
