"""The life of a conflict: from the run that found it to the one that saw both sides say the same, and back again."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sheetsync.core.disputes import Dispute, row_id
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import End, InForce, Ruling


class State(StrEnum):
    """How far a conflict has come."""

    OPEN = "open"
    #: somebody has decided, and not all that we write says so yet
    DECIDED = "decided"
    #: all that we write says so; a person's cell may still be behind
    APPLIED = "applied"
    #: open again after it was closed
    REOPENED = "reopened"
    CLOSED = "closed"


#: a person is waited for
OPEN_STATES = (State.OPEN, State.REOPENED)

CONVERGED = "both sides say the same"
NO_MORE = "nothing is in conflict any more"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One dispute that a person must decide, from its first run to its last: the line of a decisions tab."""

    #: of the flag, with the number of the episode from the second on
    id: str
    flag: str
    episode: int
    state: State
    #: as it was last seen while it was open
    dispute: Dispute
    #: this episode's first run
    since: datetime
    #: its state's first run
    changed: datetime
    #: how it was decided or closed, in a sentence's part; empty while it is open
    said: str = ""
    #: what follows from each choice, as it was foreseen when its campaign changed last; and the same without values
    follows: str = ""
    follows_discreet: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True)
class Seen:
    """What one cycle saw of conflicts."""

    #: those of the kinds that people are asked about
    disputes: Sequence[Dispute]
    rulings: InForce
    #: sources that were read
    fresh: Collection[str]
    #: sources in which all stands as it should
    settled: Collection[str]
    now: datetime
    #: (copy's source, record, field) that means what its owner says
    agreed: Collection[RecordField] = ()
    #: (source, record, field) of cells that nobody understands just now
    unclear: Collection[RecordField] = ()


def lives(before: Iterable[Conflict], seen: Seen) -> list[Conflict]:
    """Every conflict that is new or not what it was. `before`: each one's newest episode, at least."""
    newest: dict[str, Conflict] = {}
    for one in before:
        if one.flag not in newest or newest[one.flag].episode < one.episode:
            newest[one.flag] = one
    now = {it.id: it for it in seen.disputes}
    moved = [later for was in newest.values() for later in _next(was, now.get(was.flag), seen)]
    moved += [_opened(it, 1, seen.now) for name, it in now.items() if name not in newest]
    return moved


def _next(was: Conflict, dispute: Dispute | None, seen: Seen) -> Iterator[Conflict]:
    if dispute is not None:
        if was.is_open:
            if was.dispute != dispute:
                yield replace(was, dispute=dispute)
            return
        if was.state is not State.CLOSED:
            yield _closed(was, _how_it_ended(was, seen), seen.now)
        yield _opened(dispute, was.episode + 1, seen.now)
        return
    if was.state is State.CLOSED:
        return
    later = _undisputed(was, seen)
    if later != was:
        yield later


def _undisputed(was: Conflict, seen: Seen) -> Conflict:
    if (ruling := seen.rulings.on(was.id)) is not None:
        sides = {was.dispute.a.source, was.dispute.b.source}
        state = State.APPLIED if was.state is State.APPLIED or sides <= set(seen.settled) else State.DECIDED
        changed = was.changed if state is was.state else seen.now
        return replace(was, state=state, changed=changed, said=decision_words(ruling))
    if not {was.dispute.a.source, was.dispute.b.source} <= set(seen.fresh):
        return was
    if any(cell in seen.unclear for cell in _cells(was.dispute)):
        # What cannot be read has not become the same.
        return was
    return _closed(was, _how_it_ended(was, seen), seen.now)


def _opened(dispute: Dispute, episode: int, now: datetime) -> Conflict:
    state = State.OPEN if episode == 1 else State.REOPENED
    return Conflict(row_id(dispute.id, episode), dispute.id, episode, state, dispute, now, now)


def _closed(was: Conflict, how: str, now: datetime) -> Conflict:
    return replace(was, state=State.CLOSED, changed=now, said=how)


def _how_it_ended(was: Conflict, seen: Seen) -> str:
    """In words: by a decision and its end, or without one."""
    ended = next((one for one in seen.rulings.ended if one.matter == was.id), None)
    if ended is not None and ended.end is not None:
        words = decision_words(ended)
        return f"{words}; {ended.end.value}"
    if was.said:
        return f"{was.said}; {End.FULFILLED.value}"
    copies = [(was.dispute.b.source, was.dispute.record, name) for name in was.dispute.fields]
    return CONVERGED if all(cell in seen.agreed for cell in copies) else NO_MORE


def _cells(it: Dispute) -> Iterator[RecordField]:
    for name in it.fields:
        yield it.a.source, it.about, name
        yield it.b.source, it.record, name


def decision_words(ruling: Ruling) -> str:
    """A decision in one part of a sentence; nothing in it ages."""
    what = ruling.verdict.value
    if ruling.until is not None:
        what += f" until {ruling.until.isoformat()}"
    elif ruling.holds:
        what += f" ({', '.join(dict.fromkeys(ruling.holds.values()))})"
    return f"{what}, {ruling.words}" + (f": {ruling.why}" if ruling.why else "")


def known_as(conflicts: Iterable[Conflict]) -> Mapping[str, Conflict]:
    """Conflicts by the id of their line."""
    return {one.id: one for one in conflicts}
