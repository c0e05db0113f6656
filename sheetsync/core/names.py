"""How names of partners and campaigns are compared that different people have written: what is only spelling, and what
may be a typing mistake. The first joins rows where nothing else could be meant; the second is never more than a reason
to ask.
"""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from sheetsync.core.fields import names
from sheetsync.core.fields.names import Spelling
from sheetsync.core.fields.texts import fold

PARTNER = "partner"
CAMPAIGN_NAME = "campaign_name"

#: from here on two names of one partner's campaigns are worth a question, in per cent
ALIKE = 75
#: and two names of partners; higher, because brands are short and look alike
BRANDS_ALIKE = 88

_WORDS = re.compile(r"[^\W_]+")


def spelling(field: str, text: str) -> Spelling:
    """How a name of this field counts where nobody has written it exactly so; only partners have a legal form."""
    return names.spelling(text, legal_form=field == PARTNER)


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
    return " ".join(_WORDS.findall(names.without_accents(fold(name))))
