"""How long a handoff usually takes, by what the ledger has seen of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from sheetsync.core.evidence import AboutHandoff
from sheetsync.core.graph import Rules
from sheetsync.core.states import State

#: fewer times than this are no custom
ENOUGH: Final = 3
_BEGUN = (State.CONSUMED, State.DONE)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of state, as it was seen."""

    about: AboutHandoff
    at: datetime
    #: None at first sight
    old: str | None
    #: None where there is nothing to hand over any more
    new: str | None


def usual_durations(steps: Iterable[Step], rules: Rules) -> Mapping[str, timedelta]:
    """Handoff -> the median of its times from when it had to be taken until it was done; without those seen too rarely.

    It has to be taken from when it became ready, or from when it fell back after it had been taken, whichever came
    first; what first sight found ready began nobody knows when. It is done when its row says `done_when`; a handoff
    without that, when it is taken. `steps` in order of time.
    """
    ends = {it.id: (State.DONE,) if it.done_when else _BEGUN for it in rules.handoffs}
    since: dict[AboutHandoff, datetime] = {}
    took: defaultdict[str, list[float]] = defaultdict(list)
    for step in steps:
        handoff = step.about[0]
        if step.new is None or handoff not in ends:
            since.pop(step.about, None)
        elif step.new in ends[handoff]:
            if (began := since.pop(step.about, None)) is not None:
                took[handoff].append((step.at - began).total_seconds())
        elif step.old is not None and (step.new == State.READY or (step.old in _BEGUN and step.new not in _BEGUN)):
            since.setdefault(step.about, step.at)
    return {handoff: timedelta(seconds=median(times)) for handoff, times in took.items() if len(times) >= ENOUGH}
