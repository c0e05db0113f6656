"""How people's texts are cleaned, compared and quoted: the one place that knows which characters do not matter."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from sheetsync.core.model import Cell, Precision, Problem, ProblemKind

#: invisible characters that paste brings along; joiners stay in a text (emoji need them) but are not compared
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d\ufe0f"))
#: NFKC would make a blank and a loose accent of what was typed for an apostrophe
_TIDIED = _INVISIBLE | {0xB4: "'"}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_QUOTES = dict.fromkeys(map(ord, "‘’‚‛`´ʼ"), "'") | dict.fromkeys(map(ord, "“”„‟«»"), '"')
_MARKS = _DASHES | _QUOTES
_LOOSE = _JOINERS | _MARKS

_QUOTED_LENGTH = 60
#: one text is asked about several times on the way to its meaning, and then no more
_REMEMBERED = 1_000
#: ids and codes: no word for "nothing yet" has a digit, and every sentence that says so begins with a t
_SAYS_SOMETHING = re.compile(r"[0-9]|[A-SU-Za-su-z][ -~]*[0-9]")

#: Google's error values, also when somebody pasted them as text
ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!"})

_NOT_YET = frozenset({"tbd", "tba", "tbc", "n/a", "na", "n.a", "k.a"})
_NOT_YET_SENTENCE = re.compile(
    r"(?:tbd|tba|tbc|to be (?:announced|confirmed|decided|defined|determined))(?=$|[\s,.:;!?(/]| -)"
)


def tidy(text: str) -> str:
    """The same text without what nobody typed on purpose: NFKC, no invisible characters, single spaces, trimmed."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFKC", text.translate(_TIDIED)).split())


def as_typed(text: str) -> str:
    """The same text, sign for sign, without invisible characters: "…" is not three full stops here, "½" no "1⁄2"."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


def fold_marks(text: str) -> str:
    """Every dash and minus as '-', every apostrophe as "'": autocorrect changes them, nobody means it."""
    return text.replace("`", "'") if text.isascii() else text.translate(_MARKS)


def fold(text: str) -> str:
    """A text for comparison only: case, dashes, quotes, '&' against 'and' and white space do not count; accents do."""
    plain = unicodedata.normalize("NFKC", tidy(text).casefold()).translate(_LOOSE)
    return " ".join(plain.replace("&", " and ").split())


@lru_cache(maxsize=_REMEMBERED)
def bare(text: str) -> str:
    """A text for look-up in tables of words: folded, and without accents ("Décembre" is "decembre")."""
    if text.isascii():
        return " ".join(text.casefold().replace("`", "'").split())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", tidy(text).casefold()).translate(_LOOSE))
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).split())


def claims_nothing(text: str, also: frozenset[str] = frozenset(), sentences: bool = True) -> bool:
    """Is this a person's way of saying "nothing yet": TBD, n/a, "-", or one of the field's own words (`also`)?

    Those are bare, and without a digit. With `sentences`, "TBD (waiting for legal)" counts too.
    """
    if _SAYS_SOMETHING.match(text):
        # Most of what stands in a sheet, and nothing of it has to be folded to know.
        return False
    plain = bare(text).strip("()[] .!?")
    if not plain.strip("-_/"):
        return not set(tidy(text)) - set("()[] .!?…-–—−_/")
    if plain in _NOT_YET or plain in also:
        return True
    return sentences and plain.startswith("t") and _NOT_YET_SENTENCE.match(plain) is not None


def number_of(cell: Cell) -> float | None:
    """The cell's number, if it holds one; a checkbox is no number."""
    value = cell.value
    return None if value is None or isinstance(value, (str, bool)) else float(value)


def written(cell: Cell) -> str:
    """What a person reads in the cell; values that were never shown are written out plainly."""
    if isinstance(cell.value, str) and cell.value.strip():
        return cell.value
    if cell.shown.strip() or cell.value is None or isinstance(cell.value, str):
        return cell.shown
    # 15 significant digits are what a spreadsheet has; more would show 0.1 + 0.2 as 0.30000000000000004
    return str(cell.value).upper() if isinstance(cell.value, bool) else f"{cell.value:.15g}"


def quote(raw: str) -> str:
    """The raw text as messages quote it: one line, in quotes, at most 60 characters."""
    line = tidy(raw)
    return f"'{line if len(line) <= _QUOTED_LENGTH else line[: _QUOTED_LENGTH - 1] + '…'}'"


def unreadable(raw: str, why: str) -> Problem:
    """A problem that offers nothing to choose from: "'Octember 3' is no date"."""
    return Problem(ProblemKind.UNREADABLE, f"{quote(raw)} {why}")


def ambiguous(raw: str, why: str, candidates: Sequence[str] = (), precision: Precision = Precision.UNKNOWN) -> Problem:
    """A problem a person settles by choosing; candidates are canonical texts, each once, in the order given."""
    return Problem(ProblemKind.AMBIGUOUS, f"{quote(raw)} {why}", tuple(dict.fromkeys(candidates)), precision)
