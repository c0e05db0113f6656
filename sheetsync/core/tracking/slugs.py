"""Slugs: how a name people wrote becomes the piece of a URL, an id or a file name."""

import re
import unicodedata
from typing import Final

#: Both spellings people see as "an apostrophe": Lou's, Lou’s, Lou´s, Lou`s. They join, they do not separate.
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’‘‛`´ʼʹ′＇"))

#: Latin letters that Unicode does not decompose into a base letter and an accent (ß is already ss after casefold).
_LATIN: Final = str.maketrans(
    dict(zip("øɵɔłƚɫđðɖəɛɇıɨħŧƀƶǥĸʉɍɏȼ", "ooollldddeeeiihtbzgkuryc", strict=True))
    | {"æ": "ae", "œ": "oe", "þ": "th", "ŋ": "ng", "ƕ": "hv"}
)
_AND: Final = re.compile(r"[&+]")
_NOT_SLUG: Final = re.compile(r"[^a-zA-Z0-9]+")


def slug(text: str, *, keep_case: bool = False) -> str:
    """`text` in [a-z0-9-]: "Lou's Bäckerei & Co." -> "lous-backerei-and-co". Idempotent.

    Accents go (ä -> a, é -> e), Latin letters without a decomposition are spelled out (ß -> ss, ø -> o, ł -> l), "&"
    and "+" are read as "and", apostrophes vanish, every other run becomes one hyphen. Letters of other scripts have no
    Latin spelling without a language to read them in, so they are dropped like punctuation: the result may be "", and
    what stands in its place then is the caller's decision, not a guess made here. With `keep_case` capitals stay.
    """
    plain = text.translate(_APOSTROPHES)  # before NFKC, which would turn ´ into a space and an accent
    plain = unicodedata.normalize("NFKC", plain)
    if keep_case:
        plain = "".join(_spelled(letter).upper() if letter.isupper() else _spelled(letter) for letter in plain)
    else:
        plain = _spelled(plain)
    return _NOT_SLUG.sub("-", _AND.sub(" and ", plain)).strip("-")


def _spelled(text: str) -> str:
    """In lower case and, as far as it has them, in Latin letters without accents."""
    plain = text.casefold().translate(_APOSTROPHES)
    plain = unicodedata.normalize("NFKD", plain.translate(_LATIN)).translate(_LATIN)  # again: ǿ hides its ø until now
    return "".join(character for character in plain if not unicodedata.combining(character))
