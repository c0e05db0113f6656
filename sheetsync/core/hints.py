"""Notes that speak of a change: a reason for people to look at them, and never authority."""

import re
from functools import lru_cache

from sheetsync.core.fields.texts import bare

#: beginnings of words, without accents, in the languages teams write
_CHANGES = (
    # English
    r"might|may (?:be|extend|move|change|slip|need)|could (?:be|move|change)|mov(?:e|ed|ing)\b|chang(?:e|ed|es|ing)\b"
    r"|cancel|extend|postpon|delay|push(?:ed|ing)|resched|shift(?:ed|ing)|replac|swap|on hold|no longer"
    r"|not (?:yet )?confirmed|tentative|instead of|updated?\b|new date|dropped|pulled|paused|brought forward",
    # German
    r"verschoben|verschieb|verlang|geandert|andert|anderung|abgesagt|storni|entfall|gestrichen|neuer termin|vorgezogen"
    r"|evtl|eventuell|vielleicht|statt\b|pausiert|noch nicht (?:fix|bestatigt)",
    # French
    r"report(?:e|ee|er|es)\b|decal|deplac|prolong|modifi|annul|peut-etre|au lieu d|suspend|avance(?:e)?\b",
    # Spanish
    r"aplaza|pospon|pospuest|retras|cambi|modific|ampli(?:a|ar|ado)|prorrog|quizas|tal vez|en vez de|en lugar de|movid",
    # Italian
    r"rinvia|spostat|spostar|posticip|anticip|prorog|annullat|cancellat|forse|invece d|sospes",
    # Dutch
    r"verplaatst|verschoven|verleng|gewijzigd|wijzig|geannuleerd|vervall|misschien|uitgesteld|in plaats van",
)
_CHANGE = re.compile(rf"\b(?:{'|'.join(_CHANGES)})")
_QUESTION = re.compile(r"\?\?")


@lru_cache(maxsize=10_000)
def speaks_of_change(note: str) -> bool:
    """Whether a note says that something has changed or may change ("might extend??", "verschoben auf Montag")."""
    return _CHANGE.search(bare(note)) is not None or _QUESTION.search(note) is not None
