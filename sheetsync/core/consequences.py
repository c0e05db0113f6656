"""What follows from a change, as values: cells, values of ours, approvals, handoffs, launches, and who has to do what.

`core.impact` finds it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from sheetsync.core.approvals import Given, Stale
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld
from sheetsync.core.following import Follow
from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.model import Place
from sheetsync.core.states import State

BEGUN = (State.CONSUMED, State.DONE)
_TOLD_ELSEWHERE = (FlagKind.DIFFERENCE, FlagKind.STALE_APPROVAL)


@dataclass(frozen=True, slots=True)
class Said:
    """A cell that says something else then; canonical texts, None where nothing is understood."""

    place: Place
    record: str
    field: str
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A value of ours that does not stay as it is; None where no row asks for it."""

    place: Place
    record: str
    field: str
    was: Generated | Withheld | None
    becomes: Generated | Withheld | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A live value that stays, and what would be made instead; None where it is the right one again."""

    place: Place
    record: str
    field: str
    value: str
    instead: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """A cell of people's that does not say what it should, or will again."""

    place: Place
    record: str
    field: str
    #: as it is shown
    says: str
    #: canonical
    should: str
    #: whose word that is: a source, or `GENERATED`
    owner: str

    @property
    def about(self) -> tuple[Place, str, str]:
        return self.place, self.record, self.field


@dataclass(frozen=True, slots=True)
class GoesStale:
    """An approval some of whose fields will not be what was approved any more."""

    given: Given
    source: str
    place: Place
    fields: tuple[Stale, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A handoff of a record that will be in another state; None where there is none."""

    handoff: str
    record: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Build:
    """Work that was begun, or done, on words that hold no more: to be done again."""

    handoff: Handoff
    record: str
    old: State
    #: None where there is no such handoff then
    new: State | None
    #: field -> (what it was built from, what holds then); None where nothing was said, or nothing can be made then
    built_from: Mapping[str, tuple[str | None, str | None]]
    place: Place | None = None
    #: how long it usually takes; None where that is not known
    usual: timedelta | None = None

    @property
    def lost(self) -> bool:
        """Whether its row will not even count as begun."""
        return self.new not in BEGUN


@dataclass(frozen=True, slots=True)
class Launch:
    """The first day of a campaign's flight, and the work that has to be done again before it."""

    campaign: str
    was: date | None
    day: date | None
    #: each handoff once: its rows are done side by side
    needs: timedelta
    #: handoffs that have to be done again, of which nobody knows how long they take
    unknown: tuple[str, ...]

    @property
    def begin_by(self) -> date | None:
        """The last day to begin on, as far as is known."""
        return None if self.day is None else (datetime.combine(self.day, datetime.min.time()) - self.needs).date()

    def in_danger(self, today: date) -> bool:
        """Whether what has to be done again, if anything, would take longer than there is time."""
        return bool(self.needs or self.unknown) and self.begin_by is not None and self.begin_by < today


@dataclass(frozen=True)
class Impact:
    """All that follows. Everything in the order of sources, records and fields as they were read."""

    rules: Rules = field(repr=False)
    #: the day it was judged on
    today: date
    said: tuple[Said, ...]
    turns: tuple[Turn, ...] = ()
    kept: tuple[Kept, ...] = ()
    #: what people have to correct: new, or to something else than what they were told
    differ: tuple[Copy, ...] = ()
    agree: tuple[Copy, ...] = ()
    #: cells of tables that are made to follow
    follow: tuple[Follow, ...] = ()
    stale: tuple[GoesStale, ...] = ()
    #: (approval, record) of those that hold again
    fresh: tuple[tuple[str, str], ...] = ()
    opened: tuple[Flag, ...] = ()
    closed: tuple[Flag, ...] = ()
    #: flags that stay, in other words
    reworded: tuple[Flag, ...] = ()
    steps: tuple[Step, ...] = ()
    builds: tuple[Build, ...] = ()
    launches: tuple[Launch, ...] = ()
    #: why it may be wrong, in sentences
    unsure: tuple[str, ...] = ()

    @cached_property
    def remade(self) -> tuple[Turn, ...]:
        """Values that will be others."""
        return tuple(t for t in self.turns if isinstance(t.was, Generated) and isinstance(t.becomes, Generated))

    @cached_property
    def withheld(self) -> tuple[Turn, ...]:
        """Values that stand, or might, and will be withheld."""
        return tuple(t for t in self.turns if isinstance(t.becomes, Withheld) and not isinstance(t.was, Withheld))

    @cached_property
    def released(self) -> tuple[Turn, ...]:
        """Values that will be made where none was."""
        return tuple(t for t in self.turns if isinstance(t.becomes, Generated) and not isinstance(t.was, Generated))

    @cached_property
    def broken(self) -> tuple[Flag, ...]:
        """Contracts that will be broken: outside of the window, too late, too early, more than the whole."""
        return tuple(flag for flag in self.opened if flag.kind is FlagKind.VIOLATION)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing follows at all."""
        return not (
            self.turns or self.kept or self.differ or self.agree or self.follow or self.stale or self.fresh
        ) and not (self.opened or self.closed or self.reworded or self.steps or self.builds)

    def to_tell(self) -> Mapping[str, tuple[str, ...]]:
        """Source -> what its team has to do: "correct", "build again", "approve again", "look", "a new value"."""
        told: dict[str, dict[str, None]] = {}
        for source, what in self._tasks():
            told.setdefault(source, {})[what] = None
        return {source: tuple(told[source]) for source in self.rules.sources if source in told}

    def _tasks(self) -> Iterator[tuple[str, str]]:
        yield from ((copy.place.source, "correct") for copy in self.differ)
        yield from ((build.handoff.receiver, "build again") for build in self.builds)
        yield from ((one.source, "approve again") for one in self.stale)
        yield from ((flag.place.source, "look") for flag in self.opened if flag.kind not in _TOLD_ELSEWHERE)
        yield from ((turn.place.source, "a new value") for turn in (*self.remade, *self.released))
        yield from ((turn.place.source, "no value") for turn in self.withheld)
