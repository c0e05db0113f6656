"""What speaks for and against a handoff's being taken, piece by piece, and the state that follows."""

from dataclasses import dataclass
from enum import StrEnum

from sheetsync.core.contracts import Pair
from sheetsync.core.graph import Handoff
from sheetsync.core.model import Claim, Value
from sheetsync.core.states import State
from sheetsync.core.truth import Unknown

AboutHandoff = tuple[str, str]
"""(handoff "landing->utm", record)"""


class Demand(StrEnum):
    """What a piece of evidence is about; the words of the configuration where it has one."""

    #: the giver has a row for it
    ROW = "row"
    #: the giver's word on a field that crosses can be read
    READABLE = "readable"
    AGREE = "agree"
    FILLED = "filled"
    SAYS = "is"
    PRODUCTION = "production"
    APPROVED = "approved"
    #: an exception takes the place of all that would be demanded
    EXCEPTION = "exception"
    #: the receiver's row says what the owner says, or a value that nobody types stands there
    CARRIED = "carried"
    TAKEN = "taken_when"
    DONE = "done_when"


@dataclass(frozen=True, slots=True)
class NoWord:
    """The owner says nothing, or there is no row in which it could."""

    reason: Unknown


@dataclass(frozen=True, slots=True)
class Apart:
    """Copies that say something else than their owner, by source and record."""

    copies: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class OtherWord:
    """The owner says a word that is none of those asked for."""

    said: Value
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Defective:
    """No link may be made from this address."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotGranted:
    """The approving row says another word, or none."""

    said: Value | None


@dataclass(frozen=True, slots=True)
class GoneStale:
    """Granted, but the owners say otherwise since on these fields."""

    fields: tuple[str, ...]


Why = NoWord | Apart | OtherWord | Defective | NotGranted | GoneStale


@dataclass(frozen=True, slots=True)
class Holds:
    """A demand that is met: by whose word, and where that stands."""

    demand: Demand
    #: a field, or the name of an approval; empty where it is about the whole row
    about: str
    source: str
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Fails:
    """A demand that is not met, and why."""

    demand: Demand
    about: str
    source: str
    claim: Claim | None
    why: Why


@dataclass(frozen=True, slots=True)
class Unsure:
    """A demand of which nobody can tell: a source was not read, a cell not understood, or people are in conflict."""

    demand: Demand
    about: str
    source: str
    claim: Claim | None
    reason: Unknown


Evidence = Holds | Fails | Unsure


@dataclass(frozen=True, slots=True)
class Handed:
    """One handoff of one record: its state, and all that speaks for and against it."""

    handoff: Handoff
    #: the receiver's record, or the giver's where the receiver has none yet
    record: str
    state: State
    #: what is to hold, demand by demand in configured order
    demands: tuple[Evidence, ...]
    #: what the receiver's row says of how far it is, and its cell that says so; None where it says nothing
    says: Demand | None = None
    own: Claim | None = None

    @property
    def about(self) -> AboutHandoff:
        return self.handoff.id, self.record

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the receiver's row says first, then the demands."""
        if self.says is None or self.own is None:
            return self.demands
        # Put together when it is looked at: there is one for every row of every receiver.
        return (Holds(self.says, self.own.field, self.handoff.receiver, self.own), *self.demands)

    @property
    def begun(self) -> Claim | None:
        """The receiver's cell that says taken or done."""
        return None if self.says is Demand.CARRIED else self.own

    @property
    def failing(self) -> tuple[Fails, ...]:
        return tuple(piece for piece in self.evidence if isinstance(piece, Fails))

    @property
    def too_early(self) -> bool:
        """Whether the receiver's own word says that it has begun although what it waits for does not hold."""
        return self.handoff.ready_when is not None and self.begun is not None and bool(self.failing)
