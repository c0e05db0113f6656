"""Sentences that begin with a word and then doubt it or take it back: "Live - killed", "Ready?", "Done - NOT"."""

import re
from collections.abc import Iterator, Sequence

from sheetsync.core.fields.calendars import MONTHS, WEEKDAYS
from sheetsync.core.fields.texts import bare, tidy

_NAMED_DAYS = "|".join(sorted({*MONTHS, *WEEKDAYS}, key=len, reverse=True))

#: what ends the first words of a sentence ("✅ Live — post Wed 15 Apr"); a hyphen only beside a space
_CLAUSE = re.compile(r"\s*[–—,:;()|]\s*|\s+-\s*|\s*-\s+|\s+(?:since|seit|depuis|desde|sinds|by|durch|par|door)\s+")
#: words that look ahead may have their day right behind them ("Publish full Tue 14 Apr"); "Live Friday" is a condition
_AHEAD = re.compile(
    r"\W*(?P<words>publish(?: full)?|planned|scheduled|upcoming|geplant|eingeplant|vorgemerkt|prevue?|planifiee?"
    r"|programmee?|prevista?|previsto|planificad[oa]|programad[oa]|pianificat[oa]|programmat[oa]|gepland|ingepland)"
    rf" (?:(?:for|on|fur|am|den|le|pour|el|para|il|per|op|voor) )?(?:(?:{_NAMED_DAYS})(?![^\W\d_])|[0-9]).*"
)

_QUESTION = re.compile(r"[?？❓❔](?![\w=&/])")
#: right behind the word: it will hold, or may, but does not yet
_NOT_YET = re.compile(
    r"\W*(?:not yet|noch nicht|pas encore|todavia no|non ancora|nog niet|tbc|tbd|pending"
    r"|by (?:[0-9]|eod|end|next|tomorrow|today|then|noon|launch|mid|early|late|the|q[1-4]|"
    + _NAMED_DAYS
    + r")(?![^\W\d_]))"
)
#: what says anywhere that nobody is sure
UNSURE = re.compile(
    r"\b(?:maybe|perhaps|unconfirmed|unsure|tbc|tbd|vielleicht|evtl|unbestatigt|unklar|peut-etre|a confirmer|quizas?"
    r"|tal vez|por confirmar|forse|da confermare|misschien|onbevestigd)\b"
)
NEGATION = re.compile(
    r"\b(?:not|never|isn't|wasn't|don't|doesn't|won't|can't|cannot|nicht|nie|nein|pas|jamais|nunca|niet|nooit|nee"
    r"|no|non)\b(?!-)"
)
#: "no changes" says that all is well
_ALL_WELL = re.compile(
    r"\bno (?:more |further |open )?(?:changes?|issues?|notes?|problems?|errors?|comments?|blockers?|action|edits?"
    r"|feedback|rush)\b"
)
CALLED_OFF = re.compile(
    r"\b(?:cancell?ed|killed|paused|stopped|rejected|dropped|pulled|withdrawn|revoked|blocked|failed|offline|hold"
    r"|taken down|abgesagt|storniert|gestoppt|pausiert|abgelehnt|zuruckgezogen|blockiert|gesperrt|annulee?s?|arretee?s?"
    r"|suspendue?s?|refusee?s?|bloquee?s?|en pause|cancelad[oa]s?|pausad[oa]s?|detenid[oa]s?|rechazad[oa]s?"
    r"|suspendid[oa]s?|bloquead[oa]s?|en pausa|annullat[oaie]|sospes[oaie]|fermat[oaie]|rifiutat[oaie]|bloccat[oaie]"
    r"|in pausa|geannuleerd|gepauzeerd|gestopt|afgewezen|geblokkeerd|ingetrokken)\b"
)
#: what has not happened is not taken back by what is still missing ("planned, no date yet")
_UNDONE = frozenset({"planned", "in_progress", "cancelled"})


def clauses(text: str) -> Iterator[int]:
    """Where its first words may end."""
    return (found.start() for found in _CLAUSE.finditer(text))


def parted(rest: str) -> list[str]:
    """The clauses of a text, those in brackets too."""
    return [part for piece in _CLAUSE.split(rest) if (part := tidy(piece))]


def looks_ahead(text: str) -> str:
    """The first words of a sentence that says of something to come on which day it comes; else nothing."""
    found = _AHEAD.fullmatch(bare(text))
    return found["words"] if found else ""


def is_asked(text: str) -> bool:
    """Whether somebody asks, wherever the mark stands; the one in an address asks nothing."""
    return _QUESTION.search(text) is not None


def takes_back(names: Sequence[str], rest: str) -> bool:
    """Whether what follows the word for one of these names doubts it, denies it, or calls it off."""
    plain = bare(rest)
    if _NOT_YET.match(plain) or UNSURE.search(plain) or any(map(NEGATION.fullmatch, parted(plain))):
        return True
    if "cancelled" not in names and CALLED_OFF.search(plain):
        return True
    return not _UNDONE.issuperset(names) and NEGATION.search(_ALL_WELL.sub("", plain)) is not None
