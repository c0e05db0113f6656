"""What was said elsewhere, in a chat or a mail, kept for the owner of its field: never a value, only news about one.

Nothing here is an input of anything that is compared or made: a person says yes or no, and who owns the field types it.
"""

import hashlib
import hmac
import re
import unicodedata
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sheetsync.core.fields import Field
from sheetsync.core.graph import Rules
from sheetsync.core.match import Identified, Matched
from sheetsync.core.matters import DECISION, KEEP_A, KEEP_B, Row
from sheetsync.core.model import Claim, Problem, Value


class State(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    #: the owner's cell says it
    CLOSED = "closed"


#: states in which the owner has something to hear
OPEN: Final = frozenset({State.PENDING, State.ACCEPTED})

#: who makes the moves that no person makes
OURSELVES: Final = "sheetsync"

#: the most characters of a value and of the place it was said in, of a name, of a note
LONGEST_TEXT, LONGEST_NAME, LONGEST_NOTE = 2_000, 100, 1_000

#: what an address may begin with to be shown as one
_LINK = re.compile(r"(?:(?:https?|slack|msteams)://|mailto:)[^\s/]\S*", re.IGNORECASE)
#: what looks like another one and is never shown: nobody shall be made to click it
_OTHER_LINK = re.compile(
    r"(?!(?:https?|slack|msteams)://)[a-z][a-z0-9+.-]*://|(?:javascript|data|vbscript|file|blob):", re.IGNORECASE
)
#: marks that turn the direction of a line around
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Move:
    """One change of state, by whom and when."""

    state: State
    by: str
    at: datetime
    #: when it expires; only of PENDING
    until: datetime | None = None
    #: what the owner's cell said when it was filed, as canonical text; only of PENDING, None where it said nothing
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class Hearsay:
    """What somebody said somewhere about one field of one record, and what became of it."""

    #: "sc-KJERO6"
    id: str
    #: the campaign's or placement's own that the field belongs to
    record: str
    field: str
    #: canonical text
    value: str
    #: a link, or words
    origin: str
    #: who said it there
    by: str
    note: str
    #: oldest first; never empty
    moves: tuple[Move, ...]

    @property
    def about(self) -> tuple[str, str, str, str]:
        """What makes it this one: said again in the same place it is no other."""
        return self.record, self.field, self.value, self.origin

    @property
    def filed(self) -> Move:
        """When it became pending last."""
        return next(move for move in reversed(self.moves) if move.state is State.PENDING)

    @property
    def last(self) -> Move:
        return self.moves[-1]

    def state(self, now: datetime) -> State:
        """The state at a moment: time passes also where nobody notes it."""
        last = self.last
        is_over = last.state is State.PENDING and last.until is not None and now >= last.until
        return State.EXPIRED if is_over else last.state


@dataclass(frozen=True, slots=True)
class Turn:
    """A move to be noted, if the hearsay still has just so many moves as when it was decided."""

    id: str
    after: int
    move: Move


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a person's yes or no has no effect, and what to do instead."""

    why: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.why} {self.remedy}".strip()


def ids_of(about: tuple[str, str, str, str], salt: str) -> tuple[str, str]:
    """The id by what it is about, and a longer one where another has the first; nobody without the salt can try values
    against either.
    """
    digest = b32encode(hmac.new(salt.encode(), repr(about).encode(), hashlib.sha256).digest()).decode()
    return f"sc-{digest[:6]}", f"sc-{digest[:12]}"


def plain(text: str) -> str:
    """A person's text on one line, without signs that act on who reads it."""
    return " ".join("".join(_harmless(char) for char in text).split())


def _harmless(char: str) -> str:
    if char in _TURNING:
        return ""
    category = unicodedata.category(char)
    return "\ufffd" if category == "Cs" else " " if category in ("Cc", "Zl", "Zp") else char


def is_link(origin: str) -> bool:
    """Whether it is an address that people may be sent to."""
    return _LINK.fullmatch(origin) is not None


def is_other_link(origin: str) -> bool:
    """Whether it is an address of a kind nobody shall be sent to."""
    return _OTHER_LINK.match(origin) is not None


# ---------------------------------------------------------------- the owner's cell


def owners_row(it: Hearsay, matched: Matched, rules: Rules) -> Identified | None:
    """The owner's row about the record, as it was read."""
    owner = rules.owners.get(it.field)
    return None if owner is None or it.field not in rules.fields else matched.of.get((owner, it.record))


def owners_cell(it: Hearsay, matched: Matched, rules: Rules) -> Claim | None:
    """What the owner's cell says."""
    row = owners_row(it, matched, rules)
    return None if row is None else row.record.claims.get(it.field)


def says_so(it: Hearsay, cell: Claim | None, field: Field) -> bool:
    """Whether the owner's cell says what was claimed."""
    value, claimed = _value(cell), _read(it.value, field)
    return value is not None and claimed is not None and field.type.agrees(value, claimed)


def moved_since(it: Hearsay, cell: Claim | None, field: Field) -> bool:
    """Whether the owner's cell says a third thing: neither what it said when this was filed nor what was claimed."""
    value = _value(cell)
    if value is None or says_so(it, cell, field):
        return False
    then = None if it.filed.seen is None else _read(it.filed.seen, field)
    return then is None or not field.type.agrees(value, then)


def _value(cell: Claim | None) -> Value | None:
    return None if cell is None or isinstance(cell.parsed, Problem) else cell.parsed


def _read(text: str, field: Field) -> Value | None:
    try:
        return field.type.read(text)
    except ValueError:
        # The field has changed its kind or its words since.
        return None


# ---------------------------------------------------------------- what becomes of it


def open_at(heard: Iterable[Hearsay], matched: Matched, rules: Rules, now: datetime) -> Iterator[Hearsay]:
    """What the owners have to hear now, in the order in which it was filed."""
    for it in heard:
        field = rules.fields.get(it.field)
        if field is not None and it.state(now) in OPEN and not says_so(it, owners_cell(it, matched, rules), field):
            yield it


def turns(
    heard: Iterable[Hearsay], matched: Matched, rules: Rules, fresh: Mapping[str, object], now: datetime
) -> Iterator[Turn]:
    """What time and the owners' cells make of it; only a cell that was read in this run (`fresh`) closes anything."""
    for it in heard:
        field, owner = rules.fields.get(it.field), rules.owners.get(it.field)
        if it.last.state not in OPEN:
            continue
        if field is not None and owner in fresh and says_so(it, owners_cell(it, matched, rules), field):
            yield Turn(it.id, len(it.moves), Move(State.CLOSED, OURSELVES, now))
        elif it.state(now) is State.EXPIRED:
            yield Turn(it.id, len(it.moves), Move(State.EXPIRED, OURSELVES, now))


def answered(it: Hearsay, verdict: State, by: str, now: datetime) -> Move | Refusal | None:
    """The move a person's yes or no makes; None where that was said already. A yes may be taken back by a no."""
    state, last = it.state(now), it.last
    if state is verdict:
        return None
    if state is State.PENDING or (state is State.ACCEPTED and verdict is State.REJECTED):
        return Move(verdict, by, now)
    again = "File it again with `sheetsync claim`."
    match state:
        case State.EXPIRED:
            return Refusal(f"{it.id} expired at {stamp(it.filed.until or last.at)}.", again)
        case State.REJECTED:
            return Refusal(f"{it.id} was rejected by {last.by} at {stamp(last.at)}.", f"Said anew somewhere? {again}")
        case _:
            return Refusal(
                f"{it.id} is closed: its owner's cell said so at {stamp(last.at)}.", "Nothing is left to do."
            )


def decided(it: Hearsay, row: Row, now: datetime) -> State | Refusal | None:
    """What a line of a decisions tab says of it: keep A is a no, keep B a yes; None where nothing is decided there, or
    nothing new.
    """
    said = " ".join(row.typed.get(DECISION, "").split()).casefold()
    if not said:
        return None
    if said not in (KEEP_A.casefold(), KEEP_B.casefold()):
        return Refusal(
            f"{row.typed[DECISION].strip()[:LONGEST_NAME]!r} is no answer to what was said elsewhere:",
            f"choose {KEEP_A!r} to reject it or {KEEP_B!r} to accept it.",
        )
    verdict = State.ACCEPTED if said == KEEP_B.casefold() else State.REJECTED
    move = answered(it, verdict, "", now)
    return verdict if isinstance(move, Move) else move


def stamp(moment: datetime) -> str:
    """A time in UTC as people read it; it never ages: "2026-11-24 10:00Z"."""
    return moment.strftime("%Y-%m-%d %H:%MZ")
