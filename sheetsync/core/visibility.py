"""What the readers of a workbook may learn of other people's sheets.

Readers come by the workbook, not by the tab: whoever opens it reads every tab in it, ours and hidden ones included.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from sheetsync.core.graph import Rules, Source, Visibility

#: from wide to narrow
_NARROWNESS = {seen: position for position, seen in enumerate(Visibility)}


@dataclass(frozen=True, slots=True)
class Readers:
    """Everybody who can open one workbook, by all the sources that stand in it."""

    sources: tuple[Source, ...]

    def may_learn(self, spoken_of: Collection[str]) -> Visibility:
        """How much may be said of these sources together: the least that any source here allows of any of them.

        Of what stands in the workbook itself there is nothing to hide: its readers have it before their eyes.
        """
        here = {source.name for source in self.sources}
        allowed = [seen for other in spoken_of if other not in here for _, seen in self.settings(other)]
        return max(allowed, key=_NARROWNESS.__getitem__, default=Visibility.FULL)

    def settings(self, other: str) -> Iterator[tuple[str, Visibility]]:
        """What each source here says of one that stands elsewhere."""
        return ((source.name, source.readers_see_of.get(other, source.readers_see)) for source in self.sources)


class Audience(Protocol):
    """Somebody who may learn so much."""

    def may_learn(self, spoken_of: Collection[str]) -> Visibility:
        """How much may be said of these sources together."""


@dataclass(frozen=True, slots=True)
class Anybody:
    """Somebody of whom no more is known than how much of any other source may be said."""

    sees: Visibility

    def may_learn(self, spoken_of: Collection[str]) -> Visibility:
        """What may be said of nobody may be said to anybody."""
        return self.sees if spoken_of else Visibility.FULL


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources of one workbook that say different things of another source; the narrowest word counts."""

    other: str
    #: source of this workbook -> its setting
    settings: tuple[tuple[str, Visibility], ...]
    counts: Visibility


def disagreements(rules: Rules) -> Iterator[Disagreement]:
    """Where what one source's setting promises its readers is not what they get, because of another one beside it."""
    for spreadsheet in rules.spreadsheets:
        readers = Readers(rules.tabs_of(spreadsheet))
        here = {source.name for source in readers.sources}
        for other in rules.sources:
            settings = tuple(readers.settings(other))
            if other not in here and len({seen for _, seen in settings}) > 1:
                yield Disagreement(other, settings, readers.may_learn((other,)))
